//! What differs in the phases.

use std::collections::BTreeSet;

use crate::diff::found::Found;
use crate::diff::pairs::{Matched, Pairs};
use crate::model::changes::Rule;
use crate::model::id::{ComponentId, PhaseId};
use crate::model::runbook::{PhaseEntry, Runbook};

/// Compares the phases of two runbooks.
pub fn compare(old: &Runbook, new: &Runbook, matched: &Matched<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let pairs = Pairs::by_id(&old.phases, &new.phases, |phase| &phase.id);
    let path = |phase: &PhaseEntry| format!("phases/{}", phase.id);
    for phase in &pairs.added {
        let text = format!("there is a phase `{}`", phase.id);
        found.push(Found::new(Rule::PhaseAdded, path(phase), text, None::<()>, phase));
    }
    for phase in &pairs.removed {
        let text = format!("there is no phase `{}` any more", phase.id);
        found.push(Found::new(Rule::PhaseRemoved, path(phase), text, phase, None::<()>));
    }
    for (old, new) in &pairs.both {
        found.extend(phase(old, new, matched, &pairs));
    }
    let both: BTreeSet<&PhaseId> = pairs.both.iter().map(|(phase, _)| &phase.id).collect();
    let order = |runbook: &'_ Runbook| -> Vec<PhaseId> {
        runbook.phases.iter().map(|phase| phase.id.clone()).filter(|id| both.contains(id)).collect()
    };
    if order(old) != order(new) {
        let ids = |runbook: &Runbook| runbook.phases.iter().map(|phase| phase.id.to_string()).collect::<Vec<_>>();
        let text = format!("the order of phases is {}", ids(new).join(", "));
        found.push(Found::new(Rule::PhaseReordered, "phases", text, ids(old), ids(new)));
    }
    found
}

/// What differs in one phase. What it waits for among phases that only one runbook has is told by those.
fn phase(old: &PhaseEntry, new: &PhaseEntry, matched: &Matched<'_>, pairs: &Pairs<'_, PhaseEntry>) -> Option<Found> {
    let is_told = |id: &&PhaseId| pairs.added.iter().chain(&pairs.removed).all(|phase| phase.id != **id);
    let after = |phase: &PhaseEntry| -> BTreeSet<PhaseId> { phase.after.iter().filter(is_told).cloned().collect() };
    let in_order: Vec<&ComponentId> = old.in_order.iter().map(|id| matched.component(id)).collect();
    let differs: Vec<&str> = [
        ("its name", old.name != new.name),
        ("its purpose", old.about != new.about),
        ("whether later phases wait for it", old.blocks != new.blocks),
        ("the order of components", !in_order.iter().copied().eq(&new.in_order)),
        ("the phases that it waits for", after(old) != after(new)),
    ]
    .into_iter()
    .filter(|(_, differs)| *differs)
    .map(|(what, _)| what)
    .collect();
    if differs.is_empty() {
        return None;
    }
    let text = format!("in the phase `{}`, this is different: {}", new.id, differs.join(", "));
    Some(Found::new(Rule::PhaseChanged, format!("phases/{}", new.id), text, old, new))
}
