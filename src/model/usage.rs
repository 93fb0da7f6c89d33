//! Who is on what: turns what was found in repositories into the components on each release line of a runtime.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::catalog::Catalog;
use crate::model::facts::VersionFacts;
use crate::model::id::ComponentId;
use crate::model::pins::{Scans, find_scan};
use crate::model::runtime::Runtime;

/// The components that use a runtime, by release line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The components on each line that is known; one that is on several stands at each.
    pub lines: BTreeMap<String, BTreeSet<ComponentId>>,
    /// The components on none of them: nobody knows, or upstream does not.
    pub others: BTreeSet<ComponentId>,
}

/// Finds who is on what, in the main build. Nothing when no component of the runtime was ever scanned.
#[must_use]
pub fn find_usage(catalog: &Catalog, runtime: &Runtime, known: &VersionFacts, scans: &Scans) -> Option<Usage> {
    let mut usage = Usage::default();
    let mut is_known = false;
    for (component, _) in catalog.users(&runtime.id) {
        let scan = find_scan(scans, component);
        is_known |= scan.is_some();
        let in_use = scan.map(|scan| scan.find_in_use(&runtime.id, None)).unwrap_or_default();
        let lines: BTreeSet<String> =
            in_use.iter().filter_map(|found| find_line(runtime, known, found.version)).collect();
        if lines.is_empty() {
            usage.others.insert(component.id.clone());
        }
        for line in lines {
            usage.lines.entry(line).or_default().insert(component.id.clone());
        }
    }
    is_known.then_some(usage)
}

/// The line of a version, among those that are known; a pin may name the line itself.
fn find_line(runtime: &Runtime, known: &VersionFacts, version: &str) -> Option<String> {
    let named = || runtime.scheme.parse(version).ok().map(|version| known.line_of(&version));
    known.find_line(version).map(|line| line.line.clone()).or_else(named).filter(|line| known.find_line(line).is_some())
}
