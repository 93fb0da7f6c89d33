//! The shipped catalog: sound, complete, and every documented order of GitLab's process holds in its waves.

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "harness/harness.rs"]
mod harness;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use harness::{Run, root, upshift};
use serde_json::Value;

const UPGRADES: [&str; 2] = ["1.26.7", "1.27.0"];

fn runbook(slug: &str) -> Value {
    let path = root().join(format!("site/go/{slug}/runbook.json"));
    serde_json::from_str(&fs::read_to_string(path).expect("reads")).expect("is JSON")
}

fn tasks(runbook: &Value) -> &Vec<Value> {
    runbook["tasks"].as_array().expect("is a list")
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The waves of each step, lowest and highest.
fn waves(runbook: &Value) -> BTreeMap<&str, (u64, u64)> {
    let mut waves: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for task in tasks(runbook) {
        let wave = task["wave"].as_u64().expect("has a wave");
        let known = waves.entry(text(task, "step")).or_insert((wave, wave));
        *known = (known.0.min(wave), known.1.max(wave));
    }
    waves
}

fn wave_of(runbook: &Value, id: &str) -> u64 {
    tasks(runbook).iter().find(|task| text(task, "id") == id).and_then(|task| task["wave"].as_u64()).expect(id)
}

#[test]
fn the_shipped_catalog_is_sound() {
    let check = upshift(root(), &["check", "--fail-on", "warning"]);
    let said = "the catalog is sound: 6 runtimes, 30 components, 18 teams, 1 process, 2 upgrades\n";
    assert_eq!(check, Run { code: 0, out: String::new(), err: said.to_owned() });
}

#[test]
fn all_29_components_stand_in_their_four_phases() {
    for slug in UPGRADES {
        let runbook = runbook(slug);
        let mut phases: BTreeMap<&str, usize> = BTreeMap::new();
        for component in runbook["components"].as_array().expect("is a list") {
            *phases.entry(text(component, "phase")).or_default() += 1;
        }
        let expected = BTreeMap::from([("prerequisites", 3), ("approval", 21), ("final", 2), ("independent", 3)]);
        assert_eq!(phases, expected, "{slug}");
        assert_eq!(runbook["not_planned"], Value::Array(Vec::new()), "{slug}");
    }
}

#[test]
fn every_component_has_a_task_that_names_its_pin_or_says_that_it_is_unknown() {
    for slug in UPGRADES {
        let page = fs::read_to_string(root().join(format!("site/go/{slug}/runbook.md"))).expect("reads");
        let lines: Vec<&str> = page.lines().collect();
        let runbook = runbook(slug);
        for component in runbook["components"].as_array().expect("is a list") {
            let id = text(component, "id");
            let mut told = false;
            for (at, line) in lines.iter().enumerate() {
                let is_task = line.starts_with("- [") && line.contains(&format!("/{id}` · "));
                let next = lines.get(at + 1).copied().unwrap_or_default();
                told |= is_task && (next.starts_with("  - pins: `") || next.starts_with("  - pin unknown: "));
            }
            assert!(told, "{slug}: no task of `{id}` names its pin or says that it is unknown");
            let pins = component["pins"].as_array().expect("is a list");
            for pin in pins {
                assert!(page.contains(&format!("`{}`", text(pin, "file"))), "{slug}: {id}: {pin}");
            }
        }
    }
}

#[test]
fn every_task_says_what_to_do_who_does_it_and_why() {
    for slug in UPGRADES {
        let runbook = runbook(slug);
        let teams: BTreeSet<&str> =
            runbook["teams"].as_array().expect("is a list").iter().map(|team| text(team, "id")).collect();
        for task in tasks(&runbook) {
            let id = text(task, "id");
            assert!(teams.contains(text(task, "owner")), "{slug}: {id} has no owner");
            assert!(!task["because"].as_array().expect("is a list").is_empty(), "{slug}: {id} says not why");
            assert!(!text(task, "do").is_empty() || !task["announce"].is_null(), "{slug}: {id} says not what to do");
            assert!(!text(task, "verify").is_empty(), "{slug}: {id} says not how to know that it worked");
            assert!(!page_text(task).contains("{{"), "{slug}: {id} has a text that was not filled in");
        }
    }
}

fn page_text(task: &Value) -> String {
    ["title", "do", "run", "verify", "rollback"].map(|key| text(task, key).to_owned()).join("\n")
}

#[test]
fn the_documented_order_holds_in_the_waves() {
    for slug in UPGRADES {
        let runbook = runbook(slug);
        let waves = waves(&runbook);
        let before = |first: &str, then: &str| {
            let first_waves = waves.get(first).expect("every upgrade has the step");
            let then_waves = waves.get(then).expect("every upgrade has the step");
            assert!(first_waves.1 < then_waves.0, "{slug}: all of `{first}` comes before `{then}`");
        };
        before("pick-target", "dry-run");
        before("dry-run", "open-epic");
        before("open-epic", "announce-start");
        before("announce-start", "open-issue");
        before("open-issue", "prepare");
        before("prepare", "announce-gdk");
        before("announce-gdk", "bump-pin");
        before("bump-pin", "bump-builder");
        before("bump-pin", "bump-cng");
        before("bump-builder", "bump-omnibus");
        before("bump-omnibus", "test-packages");
        before("bump-cng", "test-packages");
        before("test-packages", "announce-shipped");
        let runner = wave_of(&runbook, "prepare/gitlab-runner");
        let images = wave_of(&runbook, "prepare/build-images");
        let gdk = wave_of(&runbook, "prepare/gdk");
        assert!(runner < images && images < gdk, "{slug}: Runner, then CI images, then GDK");
    }
}

#[test]
fn nothing_waits_for_independent_components() {
    for slug in UPGRADES {
        let runbook = runbook(slug);
        let independent: Vec<&Value> = tasks(&runbook)
            .iter()
            .filter(|task| text(task, "phase") == "independent" && !task["component"].is_null())
            .collect();
        assert_eq!(independent.len(), 3, "{slug}");
        for task in independent {
            assert_eq!(task["unblocks"], 0, "{slug}: {}", task["id"]);
        }
    }
}

#[test]
fn scale_is_tried_for_a_new_line_only() {
    assert!(!waves(&runbook("1.26.7")).contains_key("validate-at-scale"));
    assert!(waves(&runbook("1.27.0")).contains_key("validate-at-scale"));
    assert_eq!(runbook("1.26.7")["security"], true);
    assert_eq!(runbook("1.27.0")["security"], false, "the advisories are recorded, and it fixes none");
}
