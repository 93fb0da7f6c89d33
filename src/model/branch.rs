//! Release branches of the product: which runtime each ships, and until when it is maintained.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::model::id::{BranchId, GroupId, RuntimeId};
use crate::model::place::{Located, Place};
use crate::model::version::Version;

/// A release branch.
#[derive(Clone, Debug)]
pub struct Branch {
    /// Its id in the catalog.
    pub id: BranchId,
    /// The product's version.
    pub version: String,
    /// The day of its release.
    pub released: Option<Date>,
    /// The last day on which it is maintained.
    pub ends: Option<Date>,
    /// The version of each runtime that it ships.
    pub ships: BTreeMap<RuntimeId, Located<Version>>,
    /// Free labels that conditions select by.
    pub tags: BTreeSet<String>,
    /// Where this was read.
    pub source: Option<String>,
    /// Where the catalog defines it.
    pub place: Place,
}

impl Branch {
    /// Says whether it is still maintained on a day; one without an end is.
    #[must_use]
    pub fn is_maintained(&self, day: Date) -> bool {
        self.ends.is_none_or(|ends| day <= ends)
    }
}

/// Upgrades that belong together.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its id in the catalog.
    pub id: GroupId,
    /// What people call it.
    pub name: String,
    /// Why they belong together, in Markdown.
    pub about: Option<String>,
    /// Where the catalog defines it.
    pub place: Place,
}
