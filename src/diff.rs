//! Turns two runbooks into what differs between them by meaning: what somebody who followed the older one must know.
//! Pure; knows neither files nor catalogs.

mod found;
mod upgrade;

use crate::model::changes::{Changes, Levels};
use crate::model::runbook::Runbook;

use found::Found;

/// Compares two runbooks.
///
/// Between equal ones there are no changes; when they change places, each change becomes its mirror.
#[must_use]
pub fn compare(old: &Runbook, new: &Runbook, levels: &Levels) -> Changes {
    let mut changes = Vec::new();
    changes.extend(upgrade::compare(old, new));
    let changes = changes.into_iter().map(|found: Found| found.into_change(levels)).collect();
    Changes::new(to_name(old), to_name(new), changes)
}

/// A runbook by its upgrade and revision: `go-1.27.0@r1`.
fn to_name(runbook: &Runbook) -> String {
    match runbook.revision {
        Some(revision) => format!("{}@r{revision}", runbook.upgrade),
        None => runbook.upgrade.to_string(),
    }
}
