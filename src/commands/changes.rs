//! What pages tell of each upgrade's changes: which runbooks are compared with which.

use std::collections::BTreeMap;

use crate::diff;
use crate::model::catalog::Catalog;
use crate::model::changes::Changes;
use crate::model::id::UpgradeId;
use crate::model::revision::Histories;
use crate::model::runbook::Runbook;
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

/// The upgrade of the same runtime with the highest target below that of this one.
fn find_previous<'a>(catalog: &'a Catalog, upgrade: &Upgrade) -> Option<&'a Upgrade> {
    let others = catalog.upgrades.values().filter(|other| other.runtime == upgrade.runtime);
    others.filter(|other| other.to.value < upgrade.to.value).max_by(|a, b| a.to.value.cmp(&b.to.value))
}
