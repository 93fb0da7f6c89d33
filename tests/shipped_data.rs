//! The shipped catalog: sound, complete, and every documented order of GitLab's processes holds in its waves.

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "harness/harness.rs"]
mod harness;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use harness::{Run, root, shipped, upshift};
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
    let said = "the catalog is sound: 6 runtimes, 56 components, 26 teams, 6 processes, 11 upgrades\n";
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

/// The plan of an upgrade of the shipped catalog, with some of its text exchanged.
fn plan(upgrade: &str, changes: &[(&str, &str)]) -> Value {
    let folder = shipped();
    let path = folder.path().join(format!("data/upgrades/{upgrade}.yaml"));
    for (old, new) in changes {
        let written = fs::read_to_string(&path).expect("reads");
        assert_eq!(written.matches(old).count(), 1, "{upgrade}: `{old}` stands there once");
        fs::write(&path, written.replace(old, new)).expect("writes");
    }
    let run = upshift(folder.path(), &["plan", upgrade, "--format", "json"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{upgrade}");
    serde_json::from_str(&run.out).expect("is JSON")
}

/// Fails unless all tasks of each group of steps come before all tasks of the next group.
fn assert_order(what: &str, plan: &Value, order: &[&[&str]]) {
    let waves = waves(plan);
    for (first, then) in
        order.iter().zip(&order[1..]).flat_map(|(a, b)| a.iter().flat_map(|a| b.iter().map(move |b| (a, b))))
    {
        let (before, after) = (waves.get(first), waves.get(then));
        let (before, after) = (before.expect(first), after.expect(then));
        assert!(before.1 < after.0, "{what}: all of `{first}` comes before `{then}`");
    }
}

/// The steps of the kickoff and of both options, R1 to R5 of the guide.
const RUBY_BEGINS: [&[&str]; 5] =
    [&["pick-target"], &["check-asdf", "open-epic"], &["open-issue"], &["announce-start"], &["build-images"]];

#[test]
fn a_new_ruby_of_high_risk_goes_to_production_before_it_is_the_default() {
    let plan = plan("ruby-3.4.10", &[]);
    let order: Vec<&[&str]> = RUBY_BEGINS
        .into_iter()
        .chain([
            &["gdk-option"] as &[&str],
            &["experiment", "test-with", "test-plan", "change-request", "distribution-epic"],
            &["build-next"],
            &["build-nightly"],
            &["prepare-rails", "run-tests"],
            &["canary-rollout"],
            &["production-rollout"],
            &["bump-builder"],
            &["ship"],
            &["merge-rails"],
            &["make-default", "default-gdk"],
            &["default-compose-kit", "announce-default"],
            &["announce-shipped"],
            &["drop-old"],
            &["retrospective"],
        ])
        .collect();
    assert_order("high risk", &plan, &order);
}

#[test]
fn a_new_ruby_of_normal_risk_is_the_default_before_it_goes_to_production() {
    let plan =
        plan("ruby-3.4.10", &[("    risk: high\n", "    risk: normal\n"), (", run-tests", ""), ("test-plan, ", "")]);
    let order: [&[&str]; 8] = [
        &["gdk-option"],
        &["prepare-rails"],
        &["make-default", "default-gdk"],
        &["canary-rollout"],
        &["production-rollout"],
        &["ship"],
        &["merge-rails"],
        &["announce-shipped"],
    ];
    assert_order("normal risk", &plan, &order);
    for step in ["test-plan", "run-tests", "change-request", "change-lock"] {
        assert!(!waves(&plan).contains_key(step), "`{step}` is for what is risky");
    }
}

#[test]
fn a_ruby_patch_has_no_rollout_and_goes_to_the_release_branches_that_are_behind() {
    let plan = plan("ruby-3.3.12", &[]);
    let order: Vec<&[&str]> = RUBY_BEGINS
        .into_iter()
        .chain([
            &["gdk-option"] as &[&str],
            &["prepare-rails"],
            &["make-default", "default-gdk"],
            &["ship"],
            &["merge-rails"],
            &["announce-shipped"],
            &["backport"],
            &["retrospective"],
        ])
        .collect();
    assert_order("patch", &plan, &order);
    for step in ["test-with", "experiment", "canary-rollout", "production-rollout", "default-compose-kit", "drop-old"] {
        assert!(!waves(&plan).contains_key(step), "`{step}` is for a new line");
    }
    let branches: Vec<&str> =
        tasks(&plan).iter().filter(|task| text(task, "step") == "backport").map(|task| text(task, "branch")).collect();
    assert_eq!(branches, ["19-1-stable", "19-2-stable"], "19.3 ships it already");
}

#[test]
fn developers_have_a_week_and_in_a_security_upgrade_a_day() {
    for (upgrade, wait) in [("ruby-3.4.10", "7 days after"), ("ruby-3.3.12", "1 day after")] {
        let plan = plan(upgrade, &[]);
        for id in ["default-gdk/gdk", "make-default/gitaly"] {
            let task = tasks(&plan).iter().find(|task| text(task, "id") == id).expect(id);
            let gates = task["gates"].as_array().expect("is a list");
            let waits: Vec<&str> =
                gates.iter().filter(|gate| text(gate, "kind") == "wait").map(|gate| text(gate, "text")).collect();
            assert!(matches!(waits[..], [said] if said.starts_with(wait)), "{upgrade}: {id}: {waits:?}");
        }
    }
}

#[test]
fn a_new_node_goes_from_images_to_ci_to_packages_and_the_old_one_leaves_last() {
    let plan = plan("node-24.19.0", &[]);
    let order: [&[&str]; 15] = [
        &["pick-target"],
        &["open-epic"],
        &["announce-start"],
        &["open-issue"],
        &["prepare"],
        &["make-default"],
        &["use-in-development"],
        &["bump-builder"],
        &["bump-cng"],
        &["raise-builder"],
        &["test-packages"],
        &["merge-packages"],
        &["bump-satellite"],
        &["drop-old"],
        &["retrospective"],
    ];
    assert_order("node", &plan, &order);
    let newer = self::plan("node-22.23.2", &[]);
    for step in ["bump-satellite", "drop-old"] {
        assert!(!waves(&newer).contains_key(step), "`{step}` is for a new line");
    }
}

#[test]
fn a_postgresql_is_opt_in_then_tested_then_the_default_and_the_old_one_is_removed_last() {
    let order: [&[&str]; 8] = [
        &["open-issue"],
        &["add-definition", "add-to-images", "test-suites"],
        &["test-matrix"],
        &["make-default"],
        &["auto-upgrade"],
        &["announce-removal"],
        &["remove-old"],
        &["drop-old"],
    ];
    assert_order("postgresql", &plan("postgresql-18.6", &[]), &order);
    for upgrade in ["postgresql-17.11", "postgresql-18.6-opt-in"] {
        let plan = plan(upgrade, &[]);
        let steps: BTreeSet<&str> = waves(&plan).into_keys().collect();
        let expected = [
            "announce-shipped",
            "announce-start",
            "bump-minor",
            "merge-minor",
            "open-epic",
            "pick-target",
            "retrospective",
        ];
        assert_eq!(steps, BTreeSet::from(expected), "{upgrade}");
    }
}

#[test]
fn a_new_rust_goes_from_images_to_builder_to_packages() {
    let order: [&[&str]; 8] = [
        &["prepare"],
        &["make-default"],
        &["bump-builder"],
        &["raise-builder"],
        &["test-packages"],
        &["merge-packages"],
        &["announce-shipped"],
        &["drop-old"],
    ];
    assert_order("rust", &plan("rust-1.98.0", &[]), &order);
}

#[test]
fn a_python_of_a_line_with_security_fixes_only_goes_to_every_maintained_branch() {
    let plan = plan("python-3.12.14", &[]);
    assert_order("python", &plan, &[&["raise-version"], &["merge-packages"], &["announce-shipped"], &["backport"]]);
    let branches: Vec<&str> =
        tasks(&plan).iter().filter(|task| text(task, "step") == "backport").map(|task| text(task, "branch")).collect();
    assert_eq!(branches, ["19-1-stable", "19-2-stable", "19-3-stable"]);
}

#[test]
fn go_for_fips_is_a_bump_of_its_own_while_the_fork_lives() {
    let fips = |plan: &Value| {
        let of_step = |task: &&Value| text(task, "step") == "bump-fips";
        tasks(plan).iter().filter(of_step).map(|task| text(task, "component").to_owned()).collect::<Vec<_>>()
    };
    let plan_of_patch = plan("go-1.26.7", &[]);
    assert_eq!(fips(&plan_of_patch), ["cng", "gitlab-runner", "kas", "omnibus-builder"]);
    assert_order("fips", &plan_of_patch, &[&["merge-packages"], &["announce-shipped"], &["bump-fips"]]);
    assert_order("fips", &plan_of_patch, &[&["announce-shipped"], &["backport"], &["backport-fips"]]);
    assert_eq!(fips(&plan("go-1.27.0", &[])), Vec::<String>::new(), "the fork ends with Go 1.26");
}

#[test]
fn every_process_ends_with_what_was_learnt() {
    for upgrade in ["go-1.26.7", "go-1.27.0", "ruby-3.4.10", "node-24.19.0", "python-3.12.14", "rust-1.98.0"] {
        let plan = plan(upgrade, &[]);
        let steps = waves(&plan);
        let last = steps.get("retrospective").expect(upgrade);
        assert!(steps.get("announce-shipped").expect(upgrade).1 < last.0, "{upgrade}");
    }
}
