//! Dates of the shipped plans: a change of one due date, freeze, holiday or duration changes exactly what it should, and
//! another runtime needs one file.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on stops, and changes its own copy of the catalog"
)]

#[path = "harness/harness.rs"]
mod harness;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use harness::{Run, assert_recorded, copy, root, shipped, upshift};
use jiff::civil::Date;
use serde_json::Value;

const UPGRADE: &str = "go-1.27.0";

/// The plan of the shipped catalog with some texts replaced, each of which stands once in its file.
fn plan_with(changes: &[(&str, &str, &str)]) -> Value {
    let folder = shipped();
    for (file, old, new) in changes {
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path).expect("reads");
        assert_eq!(text.matches(old).count(), 1, "{old} in {file}");
        fs::write(&path, text.replace(old, new)).expect("writes");
    }
    let run = upshift(folder.path(), &["plan", UPGRADE, "--format", "json"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{changes:?}");
    serde_json::from_str(&run.out).expect("is JSON")
}

fn tasks(plan: &Value) -> &Vec<Value> {
    plan["tasks"].as_array().expect("is a list")
}

fn id(task: &Value) -> &str {
    task["id"].as_str().expect("has an id")
}

/// The tasks of which some keys differ between two plans.
fn changed<'a>(before: &'a Value, after: &'a Value, keys: &[&str]) -> BTreeSet<&'a str> {
    let after: BTreeMap<&str, &Value> = tasks(after).iter().map(|task| (id(task), task)).collect();
    let differs = |task: &&Value| keys.iter().any(|key| task[key] != after[id(task)][key]);
    tasks(before).iter().filter(differs).map(id).collect()
}

/// The tasks that wait for some task, directly or through others: by needs, and by phases that wait for its phase.
fn behind<'a>(plan: &'a Value, first: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    let phases: BTreeMap<&str, Vec<&str>> = plan["phases"]
        .as_array()
        .expect("is a list")
        .iter()
        .map(|phase| {
            let after = phase["after"].as_array().expect("is a list");
            (id(phase), after.iter().filter_map(Value::as_str).collect())
        })
        .collect();
    let phase_of: BTreeMap<&str, &str> =
        tasks(plan).iter().map(|task| (id(task), task["phase"].as_str().expect("has a phase"))).collect();
    let mut behind = first.clone();
    loop {
        let waits = |task: &&Value| {
            let needs = task["needs"].as_array().expect("is a list").iter().filter_map(Value::as_str);
            let before = &phases[phase_of[id(task)]];
            needs.into_iter().any(|need| behind.contains(need))
                || behind.iter().any(|other| before.contains(&phase_of[other]))
        };
        let more: BTreeSet<&str> = tasks(plan).iter().filter(waits).map(id).collect();
        let size = behind.len();
        behind.extend(more);
        if behind.len() == size {
            return behind;
        }
    }
}

const EARLIEST: [&str; 2] = ["earliest_start", "earliest_finish"];
const LATEST: [&str; 2] = ["latest_start", "latest_finish"];

#[test]
fn another_due_date_moves_what_must_be_and_not_what_can_be() {
    let before = plan_with(&[]);
    // From one release day to the next: four weeks.
    let after = plan_with(&[("data/upgrades/go-1.27.0.yaml", "due: 2027-01-21", "due: 2027-02-18")]);
    assert_eq!(changed(&before, &after, &EARLIEST), BTreeSet::new());
    let day = |task: &Value| task["latest_finish"].as_str().expect("has a day").parse::<Date>().expect("is a day");
    for (before, after) in tasks(&before).iter().zip(tasks(&after)) {
        assert_eq!((day(after) - day(before)).get_days(), 28, "{}", id(before));
    }
}

#[test]
fn a_longer_task_moves_just_what_waits_for_it_and_how_late_it_may_begin() {
    let before = plan_with(&[]);
    let step = "      test-packages:\n";
    let file = "data/processes/go.yaml";
    let text = fs::read_to_string(shipped().path().join(file)).expect("reads");
    let own = text.split(step).nth(1).expect("has the step");
    let takes = own.lines().find(|line| line.trim_start().starts_with("takes:")).expect("takes some time");
    let upto = &own[..own.find(takes).expect("is there") + takes.len()];
    let longer = upto.replace(takes, "        takes: 10d");
    let (old, new) = (format!("{step}{upto}"), format!("{step}{longer}"));
    let after = plan_with(&[(file, &old, &new)]);

    let moved = changed(&before, &after, &EARLIEST);
    let first = BTreeSet::from(["test-packages"]);
    assert_eq!(moved, behind(&before, &first));
    // How late something may be done changes for what the task waits for; the task itself is done as late as before.
    let pressed = changed(&before, &after, &LATEST);
    assert!(pressed.contains("test-packages") && pressed.contains("pick-target"), "{pressed:?}");
    let later: BTreeSet<&str> = behind(&before, &first).into_iter().filter(|id| *id != "test-packages").collect();
    assert_eq!(pressed.intersection(&later).collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[test]
fn a_freeze_moves_what_touches_production_and_what_waits_for_it() {
    let before = plan_with(&[]);
    let merge = tasks(&before).iter().find(|task| id(task) == "merge-packages").expect("is there");
    let day = merge["earliest_finish"].as_str().expect("has a day");
    let freeze = format!("    freezes:\n      - {{ name: Test, from: {day}, to: {day} }}\n");
    let after = plan_with(&[("data/settings.yaml", "    freezes:\n", &freeze)]);
    let moved = changed(&before, &after, &EARLIEST);
    assert_eq!(moved, behind(&before, &BTreeSet::from(["merge-packages"])));
    let gates = tasks(&after).iter().find(|task| id(task) == "merge-packages").expect("is there")["gates"].clone();
    let frozen = gates.as_array().expect("is a list").iter().find(|gate| gate["kind"] == "not-frozen");
    assert_eq!(frozen.expect("is gated")["text"], format!("production is not frozen (Test: {day} to {day})").as_str());
}

#[test]
fn a_holiday_of_a_team_moves_that_teams_tasks_and_what_waits_for_them() {
    let before = plan_with(&[]);
    let own = |task: &&Value| task["owner"] == "gitaly";
    let first: BTreeSet<&str> = tasks(&before).iter().filter(own).map(id).collect();
    let bump = tasks(&before).iter().find(|task| id(task) == "bump-pin/gitaly").expect("is there");
    let day = bump["earliest_start"].as_str().expect("has a day");
    let holiday = format!("  gitaly:\n    holidays: [{day}]\n");
    let after = plan_with(&[("data/teams.yaml", "  gitaly:\n", &holiday)]);
    let moved = changed(&before, &after, &EARLIEST);
    assert!(moved.contains("bump-pin/gitaly") && moved.is_subset(&behind(&before, &first)), "{moved:?}");
    let others = moved.iter().copied().filter(|id| id.starts_with("bump-pin/")).collect::<Vec<_>>();
    assert_eq!(others, ["bump-pin/gitaly"]);
}

/// All that Java needs: a runtime, its process on the common one, components, an upgrade. No line of Rust.
const JAVA: &str = r#"runtimes:
  java:
    name: Java
    scheme: java
    releases: [{ endoflife: { product: eclipse-temurin } }]
    policy: { adopt_within: 1y }
    process: java
processes:
  java:
    extends: common
    name: Java upgrade
    steps:
      bump-pin:
        title: "Build {{ component.name }} with Java {{ to }}"
        takes: 3d
        gates: [{ soak: 2w }]
      make-default:
        gates: [{ not-frozen: {} }, { before-release: 7d }]
components:
  jdk-image: { name: JDK image, owner: distribution-build, uses: { java: { phase: prerequisites } } }
  billing: { name: Billing, owner: distribution, uses: { java: { phase: both } } }
upgrades:
  java-25.0.1:
    runtime: java
    from: "21.0.9"
    to: "25.0.1"
    start: 2026-09-01
    due: 2026-10-29
    roles: { dri: distribution, packager: distribution-build, releases: delivery }
"#;

/// What the program says to some questions about a catalog with dates, gates and branches.
#[test]
fn plans_side_by_side_what_ifs_and_progress_are_as_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&root().join("tests/golden/dates_gates_and_branches"), folder.path());
    let questions: [&[&str]; 8] = [
        &["plan", "--all"],
        &["plan", "--all", "--format", "json"],
        &["plan", "go-1.27.0", "--start", "2026-09-14", "--without", "shop", "--risk", "high"],
        &["plan", "go-1.27.0", "--without", "shpo"],
        &["plan", "go-1.27.0", "--to", "1.26.7"],
        &["status"],
        &["status", "--for", "web", "go-1.26.7", "--as-of", "2026-09-15"],
        &["status", "go-1.26.7", "--format", "json"],
    ];
    let mut said = String::new();
    for question in questions {
        let Run { code, out, err } = upshift(folder.path(), question);
        said += &format!("$ upshift {}\n{out}{err}exit code {code}\n\n", question.join(" "));
    }
    assert_recorded("dates.txt", &said);
}

#[test]
fn another_runtime_is_one_file() {
    let folder = shipped();
    fs::write(folder.path().join("data/java.yaml"), JAVA).expect("writes");
    let check = upshift(folder.path(), &["check", "--fail-on", "warning"]);
    assert_eq!((check.code, check.out.as_str()), (0, ""), "{}", check.err);
    let Run { code, out, err } = upshift(folder.path(), &["plan", "java-25.0.1", "--format", "json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let plan: Value = serde_json::from_str(&out).expect("is JSON");
    let bump = tasks(&plan).iter().find(|task| id(task) == "bump-pin/billing").expect("is planned");
    let dates: Vec<&Value> = [EARLIEST, LATEST].iter().flatten().map(|key| &bump[key]).collect();
    assert_eq!(dates, ["2026-09-03", "2026-09-07", "2026-10-23", "2026-10-27"]);
    assert_eq!(plan["summary"]["late_by_days"], 0);
    assert_eq!(plan["bump"], "major");
    let build = upshift(folder.path(), &["build", "--quiet"]);
    assert_eq!((build.code, build.err.as_str()), (0, ""));
    let pages = ["java/index.md", "java/process.md", "java/25.0.1/handbook.md", "java/25.0.1/teams/distribution.md"];
    assert!(pages.iter().all(|page| folder.path().join("site").join(page).exists()));
}
