//! Runtimes: what is upgraded.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::condition::Where;
use crate::model::id::{ProcessId, RuntimeId, VariantId};
use crate::model::place::Place;
use crate::model::source::Source;
use crate::model::span::CalendarTime;
use crate::model::version::{Bump, Scheme};

/// A runtime.
#[derive(Clone, Debug)]
pub struct Runtime {
    /// Its id in the catalog.
    pub id: RuntimeId,
    /// What people call it.
    pub name: String,
    /// How its versions read and sort.
    pub scheme: Scheme,
    /// What this organisation calls the bumps, where that differs from their position.
    pub bumps: BTreeMap<Bump, String>,
    /// Where its releases are read, most trusted first.
    pub releases: Vec<Source>,
    /// Where its vulnerabilities are read, most trusted first.
    pub advisories: Vec<Source>,
    /// Its build flavours that have releases of their own.
    pub variants: BTreeMap<VariantId, Variant>,
    /// The rules that the organisation set itself.
    pub policy: Policy,
    /// The address of a line's release notes, as a template over `line`.
    pub notes: Option<String>,
    /// How it is upgraded; nothing where its versions are only watched.
    pub process: Option<ProcessId>,
    /// Where the catalog defines it.
    pub place: Place,
}

/// A build flavour with releases of its own.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its id in the catalog.
    pub id: VariantId,
    /// What people call it.
    pub name: String,
    /// Where its releases are read, most trusted first.
    pub releases: Vec<Source>,
    /// The components that are built so.
    pub applies: Where,
    /// Where the catalog defines it.
    pub place: Place,
}

impl Runtime {
    /// What this organisation calls a bump.
    #[must_use]
    pub fn called(&self, bump: Bump) -> String {
        self.bumps.get(&bump).cloned().unwrap_or_else(|| bump.to_string())
    }
}

/// The rules that an organisation set itself for a runtime.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// How long after its first release a new line must be adopted.
    pub adopt_within: Option<CalendarTime>,
    /// How long before the end of life of the line in use it must have been left.
    pub before_eol: Option<CalendarTime>,
    /// How long after its release a security release must be taken.
    pub security_within: Option<CalendarTime>,
    /// How many of the product's latest releases must keep working with the versions that they shipped.
    pub support_last: Option<u32>,
    /// What its pins must be.
    pub pins: BTreeSet<PinRule>,
    /// Where the rules are written.
    pub source: Option<String>,
}

/// A rule that pins of a runtime follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PinRule {
    /// A floor names the first release of its line.
    FloorFirstRelease,
    /// A floor is not newer than what the newest branch ships.
    FloorShipped,
    /// No `go.mod` has a `toolchain` line.
    NoToolchain,
    /// All that name what a component is built with agree.
    OneVersion,
}

impl PinRule {
    /// All of them, by the name that the catalog uses.
    pub const ALL: [(&'static str, Self); 4] = [
        ("floor-first-release", Self::FloorFirstRelease),
        ("floor-shipped", Self::FloorShipped),
        ("no-toolchain", Self::NoToolchain),
        ("one-version", Self::OneVersion),
    ];

    /// Its name in the catalog.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, rule)| *rule == self).map_or("", |(name, _)| name)
    }
}
