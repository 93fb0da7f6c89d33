//! Unites two locks: what was learnt last counts. Two that learnt different things on one day are not united.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::{Days, Lock, Record, RuntimeLock};
use crate::model::id::ComponentId;
use crate::model::pins::Scan;

impl Lock {
    /// Unites this lock with another; what both have keeps the newer day's.
    ///
    /// # Errors
    ///
    /// All that differs and has the same day in both, one sentence each.
    pub fn merge(self, other: Self) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let days =
            Days { versions: self.days.versions.max(other.days.versions), pins: self.days.pins.max(other.days.pins) };
        let is_newer = other.days.versions > self.days.versions;
        let mut runtimes = self.runtimes;
        for (id, theirs) in other.runtimes {
            match runtimes.entry(id) {
                Entry::Vacant(empty) => _ = empty.insert(theirs),
                Entry::Occupied(mut ours) => {
                    let id = ours.key().to_string();
                    merge_runtime(ours.get_mut(), theirs, &id, is_newer, &mut faults);
                }
            }
        }
        let mut scans = self.scans;
        for (id, theirs) in other.scans {
            match scans.entry(id) {
                Entry::Vacant(empty) => _ = empty.insert(theirs),
                Entry::Occupied(mut ours) => {
                    let id = ours.key().clone();
                    merge_scan(ours.get_mut(), theirs, &id, &mut faults);
                }
            }
        }
        if faults.is_empty() { Ok(Self { days, runtimes, scans }) } else { Err(faults) }
    }

    /// Records what a scan found. While a repository holds the same pins, the commit and the day of the first scan stay, so
    /// that only what changed changes the lock.
    pub fn put_scan(&mut self, component: &ComponentId, found: Scan) {
        match self.scans.entry(component.clone()) {
            Entry::Vacant(empty) => _ = empty.insert(found),
            Entry::Occupied(mut known) => {
                let is_same = known.get().pins == found.pins && known.get().repo == found.repo;
                if !is_same || (known.get().commit.is_none() && found.commit.is_some()) {
                    known.insert(found);
                }
            }
        }
    }

    /// Forgets the pins of what is no component any more.
    pub fn keep_scans(&mut self, is_component: impl Fn(&ComponentId) -> bool) {
        self.scans.retain(|id, _| is_component(id));
    }
}

fn merge_runtime(ours: &mut RuntimeLock, theirs: RuntimeLock, id: &str, is_newer: bool, faults: &mut Vec<String>) {
    if is_newer {
        ours.conflicts = theirs.conflicts;
    }
    for (name, record) in theirs.sources {
        merge_source(&mut ours.sources, name, record, id, faults);
    }
    for (flavour, theirs) in theirs.variants {
        match ours.variants.entry(flavour) {
            Entry::Vacant(empty) => _ = empty.insert(theirs),
            Entry::Occupied(mut ours) => {
                let id = format!("{id}, {}", ours.key());
                merge_runtime(ours.get_mut(), theirs, &id, is_newer, faults);
            }
        }
    }
}

fn merge_source(
    ours: &mut BTreeMap<String, Record>,
    name: String,
    theirs: Record,
    runtime: &str,
    faults: &mut Vec<String>,
) {
    match ours.entry(name) {
        Entry::Vacant(empty) => _ = empty.insert(theirs),
        Entry::Occupied(mut ours) => {
            // One that answered counts before one that did not answer since.
            let age = |record: &Record| (record.time, record.stale.is_none(), record.stale);
            let known = ours.get();
            if age(&theirs) > age(known) {
                ours.insert(theirs);
            } else if age(&theirs) == age(known) && theirs != *known {
                faults.push(format!(
                    "the source `{}` of {runtime} says different things on {}",
                    ours.key(),
                    theirs.time
                ));
            }
        }
    }
}

fn merge_scan(ours: &mut Scan, theirs: Scan, component: &ComponentId, faults: &mut Vec<String>) {
    let is_same = ours.pins == theirs.pins && ours.repo == theirs.repo;
    match (is_same, theirs.day.cmp(&ours.day)) {
        // The first scan that found them counts.
        (true, std::cmp::Ordering::Less) | (false, std::cmp::Ordering::Greater) => *ours = theirs,
        (false, std::cmp::Ordering::Equal) => {
            faults.push(format!("the pins of `{component}` differ, and both were found on {}", theirs.day));
        }
        _ => {}
    }
}
