//! Turns two runbooks into what differs between them by meaning: what somebody who followed the older one must know.
//! Pure; knows neither files nor catalogs.
//!
//! What follows from something else is not compared: counts, slack, digests, reasons, the titles that a step has for all
//! its tasks, whether a gate holds, lines of pins and how they compare with the target.

mod components;
mod found;
mod gates;
mod moved;
mod pairs;
mod phases;
mod tasks;
#[cfg(test)]
mod tests;
mod texts;
mod upgrade;

use crate::model::changes::{Changes, Levels};
use crate::model::runbook::Runbook;

use pairs::Matched;
use texts::Texts;

/// Compares two runbooks.
///
/// Between equal ones there are no changes; when they change places, each change becomes its mirror. The order of tasks
/// and of what else is known by an id counts for nothing.
#[must_use]
pub fn compare(old: &Runbook, new: &Runbook, levels: &Levels) -> Changes {
    let texts = Texts::new(old, new);
    let matched = Matched::new(old, new, &texts);
    let mut found = upgrade::compare(old, new, &texts, &matched);
    found.extend(phases::compare(old, new, &matched));
    found.extend(components::compare(&matched));
    found.extend(tasks::compare(&texts, &matched));
    found.extend(moved::compare(&matched.tasks.both));
    Changes::new(to_name(old), to_name(new), found.into_iter().map(|found| found.into_change(levels)).collect())
}

/// A runbook by its upgrade and revision: `go-1.27.0@r1`.
fn to_name(runbook: &Runbook) -> String {
    match runbook.revision {
        Some(revision) => format!("{}@r{revision}", runbook.upgrade),
        None => runbook.upgrade.to_string(),
    }
}
