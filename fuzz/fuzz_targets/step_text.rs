//! Any text as what a step says to do: a problem or a text, never a panic and never without end.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use upshift::model::place::Texts;
use upshift::model::facts::{Known, VersionFacts};
use upshift::model::pins::Scans;
use upshift::{catalog, planner, runbook};

const CATALOG: &str = r#"teams: { core: {} }
components: { api: { owner: core, uses: { go: { phase: work } } } }
runtimes: { go: { name: Go, scheme: go, process: go } }
processes:
  go:
    phases: [{ id: work }]
    steps: { build: { title: Build, each: component, do: TEXT, run: TEXT } }
upgrades:
  go-1.27.0: { runtime: go, from: "1.26.7", to: "1.27.0" }
"#;

fuzz_target!(|text: &str| {
    // A JSON string is a YAML string.
    let Ok(quoted) = serde_json::to_string(text) else { return };
    let texts = Texts::from([(Arc::from("data/x.yaml"), CATALOG.replace("TEXT", &quoted))]);
    let loaded = catalog::load_texts(texts);
    let catalog = &loaded.catalog;
    let known = Known { versions: &VersionFacts::default(), scans: &Scans::new() };
    for upgrade in catalog.upgrades.values() {
        if let Ok(plan) = planner::plan(catalog, upgrade, known, None) {
            let _ = runbook::write(catalog, upgrade, &plan, known);
        }
    }
});
