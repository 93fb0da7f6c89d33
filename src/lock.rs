//! The lock: what the outside world said, when, and who said it.
//!
//! Turns `upshift.lock` into a [`Lock`] and back, and what several sources said into what is believed. Each source's
//! statements are kept apart, so that a source that fails today is still known by what it said before.
//! Must not fetch, and must not guess: a file that does not read exactly is an error.

mod merge;
mod read;
mod reconcile;
mod write;

use std::collections::BTreeMap;

use jiff::civil::Date;
use thiserror::Error;

use crate::model::facts::{Conflict, SourceFacts};
use crate::model::id::{RuntimeId, VariantId};
use crate::model::pins::Scans;
use crate::model::version::Scheme;

pub use reconcile::{Trust, reconcile};

/// The name of the lock, in the root of the repository.
pub const FILE: &str = "upshift.lock";

/// The format that this version writes, and the newest that it reads.
pub const FORMAT: i64 = 1;

/// The largest lock that is read, in bytes.
pub const LARGEST_LOCK: usize = 64 << 20;

/// All recorded facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// When each section was last checked.
    pub days: Days,
    /// What is recorded of each runtime; a runtime of which nothing is known is not listed.
    pub runtimes: BTreeMap<RuntimeId, RuntimeLock>,
    /// The pins that were found in the repository of each component that was ever scanned.
    pub scans: Scans,
}

/// The day of each section's last check against the outside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// The releases and lines.
    pub versions: Option<Date>,
    /// The pins.
    pub pins: Option<Date>,
}

/// What is recorded of a runtime.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuntimeLock {
    /// What each source said, by the source's name.
    pub sources: BTreeMap<String, Record>,
    /// Where the sources disagree, for the reader of the file: [`reconcile`] finds them anew.
    pub conflicts: Vec<Conflict>,
    /// What is recorded of each build flavour, which has no flavours of its own.
    pub variants: BTreeMap<VariantId, RuntimeLock>,
}

/// What a source said, and when it began to say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The true address, whatever mirror was asked.
    pub url: String,
    /// The day when a reply with this digest was first seen.
    pub time: Date,
    /// The SHA-256 of all in the reply that counts, in lower-case hex.
    pub sha256: String,
    /// Upstream's mark of the reply that was first seen with this digest; of several replies, the digest of their marks.
    pub etag: Option<String>,
    /// Tells how the reply was read: by which options and reader; empty, when nobody knows.
    pub reading: String,
    /// The last day on which it answered, when it did not answer since.
    pub stale: Option<Date>,
    /// The statements, sorted by the text of version, line and id; `skipped` is not recorded.
    pub facts: SourceFacts,
}

/// Why a lock cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LockError {
    /// It is larger than [`LARGEST_LOCK`].
    #[error("the lock has {0} bytes, more than {LARGEST_LOCK}")]
    TooLarge(usize),
    /// A newer version of this program wrote it.
    #[error("the lock has format {0}, and this version of upshift reads format {FORMAT}: upgrade upshift")]
    Newer(i64),
    /// It is damaged.
    #[error("line {line}: {message}")]
    Damaged {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
}

/// Makes the JSON Schema of locks.
#[must_use]
pub fn to_schema() -> serde_json::Value {
    read::to_schema()
}

impl Lock {
    /// Reads the text of a lock.
    ///
    /// # Errors
    ///
    /// When the text is too large, in a newer format, or not exactly what [`Lock::to_text`] writes by meaning: unknown
    /// keys, impossible dates, statements of unlisted sources, pins outside the repository. The message names the line.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        read::parse(text)
    }

    /// Writes the lock: sorted, one fact per line, the same bytes for the same facts.
    ///
    /// Releases are in the order of their runtime's scheme, oldest first; without a scheme, and for what the scheme
    /// cannot read, in the order of their text.
    #[must_use]
    pub fn to_text(&self, schemes: &BTreeMap<RuntimeId, Scheme>) -> String {
        write::to_text(self, schemes)
    }

    /// What is recorded of a runtime, or of one of its build flavours.
    #[must_use]
    pub fn find(&self, runtime: &RuntimeId, variant: Option<&VariantId>) -> Option<&RuntimeLock> {
        let runtime = self.runtimes.get(runtime)?;
        variant.map_or(Some(runtime), |variant| runtime.variants.get(variant))
    }

    /// Records what is known of a runtime, or of one of its build flavours; nothing is recorded of what has no source.
    pub fn put(&mut self, runtime: &RuntimeId, variant: Option<&VariantId>, known: RuntimeLock) {
        if known.sources.is_empty() {
            return;
        }
        let entry = self.runtimes.entry(runtime.clone()).or_default();
        match variant {
            Some(variant) => drop(entry.variants.insert(variant.clone(), known)),
            None => *entry = RuntimeLock { variants: std::mem::take(&mut entry.variants), ..known },
        }
    }

    /// The day of the newest section: the `as_of` of builds that set none.
    #[must_use]
    pub fn as_of(&self) -> Option<Date> {
        self.days.versions.max(self.days.pins)
    }
}

#[cfg(test)]
mod tests;
