//! What differs in the upgrade itself: versions, dates, risk, facts, advisories.

use crate::diff::found::Found;
use crate::model::changes::Rule;
use crate::model::runbook::Runbook;

/// Compares the upgrades of two runbooks.
pub fn compare(old: &Runbook, new: &Runbook) -> Vec<Found> {
    let mut found = Vec::new();
    if old.to != new.to {
        let text = format!("the upgrade leads to {}, not to {}", new.to, old.to);
        found.push(Found::new(Rule::TargetChanged, "to", text, &old.to, &new.to));
    }
    found
}
