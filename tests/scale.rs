//! A company far larger than the shipped catalog: the numbers are exact, nobody is forgotten, the same bytes come out.

#[path = "harness/fleet.rs"]
mod fleet;
#[path = "harness/harness.rs"]
mod harness;

use fleet::Fleet;
use harness::{read_tree, upshift};

#[test]
fn every_component_of_a_fleet_has_every_step() {
    let fleet = Fleet { components: 50, steps: 30 };
    let folder = tempfile::tempdir().expect("a folder");
    fleet.write(folder.path());
    let check = upshift(folder.path(), &["check", "--fail-on", "warning"]);
    let sound = "the catalog is sound: 1 runtime, 50 components, 3 teams, 1 process, 1 upgrade\n";
    assert_eq!((check.code, check.err.as_str()), (0, sound));

    fleet::build(folder.path());
    let first = read_tree(&folder.path().join("site"));
    let runbook: serde_json::Value = serde_json::from_str(&first["go/1.27.0/runbook.json"]).expect("is JSON");
    assert_eq!(runbook["summary"]["tasks"], fleet.tasks());
    assert_eq!(runbook["not_planned"], serde_json::json!([]));
    let lines = |page: &str| first[page].lines().filter(|line| line.starts_with("- [ ] ")).count();
    let pages = ["team-0000", "team-0001", "team-0002"].map(|team| lines(&format!("go/1.27.0/teams/{team}.md")));
    assert_eq!(pages, [600, 600, 300]);
    // Where tasks stand in the parts of teams, a step is told once, however many components it names.
    let headings = first["go/1.27.0/runbook.md"].lines().filter(|line| line.starts_with("### ")).count();
    assert_eq!(headings, fleet.steps);

    let again = upshift(folder.path(), &["build", "--check"]);
    assert_eq!((again.code, again.out.as_str()), (0, ""));
}
