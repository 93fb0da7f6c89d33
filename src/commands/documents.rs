//! The documents for programs that the site publishes beside its pages: those that verbs print.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::civil::Date;

use crate::model::catalog::Catalog;
use crate::model::changes::Changes;
use crate::model::facts::VersionFacts;
use crate::model::id::{RuntimeId, UpgradeId};
use crate::model::page::Page;
use crate::model::pins::{Pins, Scans};
use crate::model::runbook::Runbook;
use crate::model::upgrade::Upgrade;
use crate::model::usage;
use crate::report::{StatusDocument, VersionsDocument};
use crate::text::to_json;

/// What documents are made of.
pub struct Known<'a> {
    /// What people wrote down.
    pub catalog: &'a Catalog,
    /// What is believed about each runtime's versions.
    pub facts: &'a BTreeMap<RuntimeId, VersionFacts>,
    /// What was found in the repositories of components.
    pub scans: &'a Scans,
    /// The runbook of each upgrade.
    pub runbooks: &'a BTreeMap<UpgradeId, Runbook>,
    /// What changed between states of upgrades.
    pub pairs: &'a BTreeMap<RuntimeId, Vec<Changes>>,
    /// The day as of which things are looked at.
    pub as_of: Option<Date>,
}

/// Makes the documents, each with its path.
pub fn make(known: &Known<'_>) -> Result<Vec<Page>> {
    let Known { catalog, facts, scans, runbooks, pairs, as_of } = known;
    let nothing = VersionFacts::default();
    let mut pages = Vec::new();
    for runtime in catalog.runtimes.values() {
        let facts = facts.get(&runtime.id).unwrap_or(&nothing);
        let usage = usage::find_usage(catalog, runtime, facts, scans);
        let document = VersionsDocument::new(&runtime.id, *as_of, facts).with_usage(usage.as_ref());
        pages.push(Page { path: format!("versions/{}.json", runtime.id), text: to_json(&document)? });
    }
    let open = catalog.upgrades.values().filter(|upgrade| Upgrade::is_open(upgrade));
    let asked = open.filter_map(|upgrade| Some((upgrade, runbooks.get(&upgrade.id)?)));
    pages.push(Page { path: "status.json".to_owned(), text: to_json(&StatusDocument::new(*as_of, asked, None))? });
    let pins = scans.values().flat_map(|scan| scan.pins.iter().cloned()).collect();
    pages.push(Page { path: "pins.json".to_owned(), text: to_json(&Pins::new(pins))? });
    for changes in pairs.values().flatten() {
        let path = format!("diff/{}..{}.json", changes.from, changes.to);
        pages.push(Page { path, text: to_json(changes)? });
    }
    Ok(pages)
}
