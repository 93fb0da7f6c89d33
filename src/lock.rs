//! The lock: what the outside world said, and when. Reads and writes `upshift.lock`; must not fetch anything.
//!
//! A release or line stands on one line, with what each source says of it. So a new upstream release is one line in a
//! diff, and what one source said can be told apart when another cannot be reached.

mod reconcile;
mod text;

use std::collections::BTreeMap;

use jiff::civil::Date;
use thiserror::Error;

use crate::model::facts::{Conflict, LineFact, ReleaseFact, SourceFacts};
use crate::model::version::{Scheme, Version};

pub use reconcile::reconcile;

/// The name of the lock, in the root of the repository.
pub const FILE: &str = "upshift.lock";

/// The format that this version reads and writes.
pub const FORMAT: u32 = 1;

/// The lock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// The day of the last look at upstream versions.
    pub versions_day: Option<Date>,
    /// What was said about each runtime, by its id.
    pub runtimes: BTreeMap<String, RuntimeLock>,
}

/// What was said about one runtime.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuntimeLock {
    /// The sources, by name.
    pub sources: BTreeMap<String, SourceRecord>,
    /// What each source says of each release line, by line.
    pub lines: BTreeMap<String, BTreeMap<String, LineFact>>,
    /// What each source says of each release, by version.
    pub releases: BTreeMap<String, BTreeMap<String, ReleaseFact>>,
    /// Where sources disagree.
    pub conflicts: Vec<Conflict>,
}

/// How a source answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRecord {
    /// The address that was asked, never that of a mirror.
    pub url: String,
    /// The day on which its answer last changed.
    pub time: Date,
    /// SHA-256 of the answer, in hexadecimal.
    pub sha256: String,
    /// The ETag of the answer.
    pub etag: Option<String>,
}

/// Why a lock cannot be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum LockError {
    /// It is of a later version of this tool.
    #[error("the lock has format {0}, and this version of upshift knows format {FORMAT}; use a newer upshift")]
    Newer(u32),
    /// It is not a lock.
    #[error("this is not a lock: {0}")]
    Broken(String),
}

impl Lock {
    /// Reads a lock.
    ///
    /// # Errors
    ///
    /// A text that is not a lock, or one of a newer format.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        text::parse(text)
    }

    /// Writes the lock, releases and lines in the order of their versions; `schemes` gives each runtime's.
    #[must_use]
    pub fn to_text(&self, schemes: &BTreeMap<String, Scheme>) -> String {
        text::write(self, schemes)
    }

    /// The newest day of any section: the day as of which builds are made.
    #[must_use]
    pub fn as_of(&self) -> Option<Date> {
        self.versions_day
    }
}

impl RuntimeLock {
    /// Takes in what a source says; sources that are trusted more come first, and their spelling of a version stays.
    pub fn take_in(&mut self, scheme: Scheme, source: &str, record: SourceRecord, facts: &SourceFacts) {
        self.sources.insert(source.to_owned(), record);
        for line in &facts.lines {
            self.lines.entry(line.line.clone()).or_default().insert(source.to_owned(), line.clone());
        }
        let mut known: BTreeMap<Version, String> =
            self.releases.keys().filter_map(|text| Some((scheme.parse(text).ok()?, text.clone()))).collect();
        for release in &facts.releases {
            let Ok(version) = scheme.parse(&release.version) else { continue };
            let spelling = known.entry(version).or_insert_with(|| release.version.clone()).clone();
            let fact = ReleaseFact { version: spelling.clone(), ..release.clone() };
            self.releases.entry(spelling).or_default().insert(source.to_owned(), fact);
        }
    }

    /// What one source said, as far as the lock holds it.
    #[must_use]
    pub fn facts_of(&self, source: &str) -> SourceFacts {
        SourceFacts {
            releases: self.releases.values().filter_map(|said| said.get(source).cloned()).collect(),
            lines: self.lines.values().filter_map(|said| said.get(source).cloned()).collect(),
            skipped: Vec::new(),
        }
    }
}
