//! Any text as a file of the catalog: problems, never a panic, and every plan of what is sound can be tried.
#![no_main]

use std::collections::BTreeMap;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use upshift::model::place::Texts;
use upshift::{catalog, model::problem, planner};

fuzz_target!(|text: &str| {
    let texts = Texts::from([(Arc::from("data/x.yaml"), text.to_owned())]);
    let loaded = catalog::load_texts(texts);
    if !problem::has_errors(&loaded.problems) {
        let _ = planner::rehearse(&loaded.catalog);
        let _ = planner::plan_all(&loaded.catalog, loaded.catalog.upgrades.values(), &BTreeMap::new(), &BTreeMap::new(), None);
    }
});
