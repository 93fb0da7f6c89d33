//! What pages tell of each upgrade's changes: which runbooks are compared with which.

use std::collections::BTreeMap;

use crate::diff;
use crate::model::catalog::Catalog;
use crate::model::changes::Changes;
use crate::model::id::{RuntimeId, UpgradeId};
use crate::model::revision::Histories;
use crate::model::runbook::Runbook;
use crate::model::runtime::Runtime;
use crate::model::upgrade::Upgrade;

/// The comparisons of each upgrade, the newest first: its draft with the latest revision, each revision with the one
/// before, and all of it with the upgrade of the same runtime whose target comes before.
pub fn compare(
    catalog: &Catalog,
    runbooks: &BTreeMap<UpgradeId, Runbook>,
    revisions: &Histories,
) -> BTreeMap<UpgradeId, Vec<Changes>> {
    let of = |upgrade: &Upgrade| {
        let draft = runbooks.get(&upgrade.id)?;
        let released = revisions.get(&upgrade.id).map_or(&[][..], Vec::as_slice);
        let mut states: Vec<&Runbook> = released.iter().map(|released| &released.runbook).collect();
        // A closed upgrade has no draft beside what was released last.
        if upgrade.is_open() || states.is_empty() {
            states.push(draft);
        }
        let before = find_previous(catalog, upgrade).and_then(|before| runbooks.get(&before.id));
        let steps = states.windows(2).rev().map(|pair| (pair[0], pair[1]));
        let pairs = steps.chain(before.map(|before| (before, draft)));
        let levels = &catalog.settings.levels;
        let changes: Vec<Changes> = pairs.map(|(old, new)| diff::compare(old, new, levels)).collect();
        (!changes.is_empty()).then(|| (upgrade.id.clone(), changes))
    };
    catalog.upgrades.values().filter_map(of).collect()
}

/// How many states of a runtime's upgrades are compared with each other, the latest first.
const MOST_STATES: usize = 8;

/// How many tasks all of them may have; larger ones are compared with their neighbours only.
const MOST_TASKS: usize = 5000;

/// Each two states of a runtime's upgrades: drafts and released revisions, the later compared with the earlier.
pub fn compare_all(
    catalog: &Catalog,
    runbooks: &BTreeMap<UpgradeId, Runbook>,
    revisions: &Histories,
) -> BTreeMap<RuntimeId, Vec<Changes>> {
    let of = |runtime: &Runtime| {
        let mut upgrades: Vec<&Upgrade> = catalog.upgrades_of(&runtime.id).collect();
        upgrades.sort_by(|a, b| a.to.value.cmp(&b.to.value).then_with(|| a.id.cmp(&b.id)));
        let states = upgrades.into_iter().flat_map(|upgrade| {
            let released = revisions.get(&upgrade.id).map_or(&[][..], Vec::as_slice);
            let draft = runbooks.get(&upgrade.id).filter(|_| upgrade.is_open() || released.is_empty());
            released.iter().map(|released| &released.runbook).chain(draft)
        });
        let states: Vec<&Runbook> = states.collect();
        let latest = &states[states.len().saturating_sub(MOST_STATES)..];
        let mut pairs = Vec::new();
        if latest.iter().map(|state| state.tasks.len()).sum::<usize>() <= MOST_TASKS {
            for (at, old) in latest.iter().enumerate() {
                pairs.extend(latest[at + 1..].iter().map(|new| diff::compare(old, new, &catalog.settings.levels)));
            }
        }
        (!pairs.is_empty()).then(|| (runtime.id.clone(), pairs))
    };
    catalog.runtimes.values().filter_map(of).collect()
}

/// The upgrade of the same runtime with the highest target below that of this one.
fn find_previous<'a>(catalog: &'a Catalog, upgrade: &Upgrade) -> Option<&'a Upgrade> {
    let others = catalog.upgrades.values().filter(|other| other.runtime == upgrade.runtime);
    others.filter(|other| other.to.value < upgrade.to.value).max_by(|a, b| a.to.value.cmp(&b.to.value))
}
