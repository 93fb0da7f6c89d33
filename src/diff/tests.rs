//! Each rule: an edit of a recorded runbook, what is told of it, and the mirror of that.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::model::changes::{Level, Part, Piece, Rule, to_excerpt};

fn recorded() -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("tests/golden/dates_gates_and_branches/expected/go/1.27.0/runbook.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("reads")).expect("is JSON")
}

fn compared(old: &Value, new: &Value) -> Changes {
    let read = |document: &Value| serde_json::from_value::<Runbook>(document.clone()).expect("is a runbook");
    compare(&read(old), &read(new), &Levels::default())
}

/// Rules and paths.
fn told(changes: &Changes) -> Vec<String> {
    changes.changes.iter().map(|change| format!("{} {}", change.id, change.path)).collect()
}

fn rule(name: &str) -> Rule {
    Rule::ALL.iter().find(|(known, _)| *known == name).expect("is a rule").1
}

fn task(id: &str) -> usize {
    ["tell", "try/api", "try/shop", "bump/api", "bump/shop", "bump-fips/api", "ship"]
        .iter()
        .position(|known| *known == id)
        .expect("is recorded")
}

/// Changes a key of a task of the recorded runbook.
fn set(document: &mut Value, id: &str, key: &str, value: Value) {
    document["tasks"][task(id)][key] = value;
}

fn list<'a>(document: &'a mut Value, key: &str) -> &'a mut Vec<Value> {
    document[key].as_array_mut().expect("is a list")
}

fn gate(text: &str, kind: &str) -> Value {
    json!({ "kind": kind, "text": text, "holds": null, "until": null })
}

type Edit = fn(&mut Value);

/// An edit, and what is told of it.
const EDITS: &[(Edit, &[&str])] = &[
    (|d| d["to"] = json!("1.27.1"), &["target-changed to"]),
    (|d| d["from"] = json!("1.26.8"), &["from-changed from"]),
    (|d| d["risk"] = json!("high"), &["risk-changed risk"]),
    (|d| d["state"] = json!("active"), &["state-changed state"]),
    (|d| d["security"] = json!(true), &["security-changed security"]),
    (|d| d["notes"] = json!("https://go.dev/doc"), &["notes-changed notes"]),
    (|d| d["due"]["date"] = json!("2026-10-06"), &["date-moved due/date"]),
    (|d| d["start"]["date"] = Value::Null, &["date-moved start/date"]),
    (|d| d["summary"]["critical_path"] = json!(["tell", "ship"]), &["critical-path-changed summary/critical_path"]),
    (|d| d["facts"][2]["value"] = json!("2027-03-31"), &["fact-changed facts/from_line.eol"]),
    (|d| drop(list(d, "facts").remove(0)), &["fact-changed facts/from.released"]),
    (
        |d| {
            let advisory = json!({ "id": "GO-1", "aliases": [], "summary": null, "url": null, "source": "go-vulndb" });
            d["advisories"]["fixed"] = json!([advisory]);
        },
        &["advisory-added advisories/fixed/GO-1"],
    ),
    (|d| d["variants"][0]["to"] = json!("1.27.0"), &["variant-changed variants/fips"]),
    (|d| d["variants"] = json!([]), &["variant-changed variants/fips"]),
    (|d| d["branches"][3]["ends"] = json!("2027-03-20"), &["branch-changed branches/4-0"]),
    (|d| drop(list(d, "branches").pop()), &["branch-changed branches/4-0"]),
    (|d| d["teams"][1]["chat"] = json!("#web"), &["team-changed teams/web"]),
    (
        |d| d["not_planned"] = json!([{ "component": "api", "because": "it rests" }]),
        &["not-planned-changed not_planned/api"],
    ),
    (|d| drop(list(d, "phases").remove(2)), &["phase-removed phases/after"]),
    (|d| d["phases"][0]["blocks"] = json!(false), &["phase-changed phases/start"]),
    (|d| list(d, "phases").swap(1, 2), &["phase-reordered phases"]),
    (|d| drop(list(d, "components").pop()), &["component-removed components/shop"]),
    (|d| d["components"][1]["owner"] = json!("core"), &["component-owner-changed components/shop/owner"]),
    (|d| d["components"][1]["note"] = json!("Old."), &["component-changed components/shop/note"]),
    (|d| d["components"][1]["versions"] = json!(["1.26.7"]), &["pins-changed components/shop/versions"]),
    (|d| drop(list(d, "tasks").pop()), &["task-removed tasks/ship"]),
    (|d| set(d, "tell", "phase", json!("after")), &["task-moved tasks/tell/phase"]),
    (|d| set(d, "tell", "wave", json!(2)), &["task-wave tasks/tell/wave"]),
    (|d| set(d, "tell", "title", json!("Tell everybody")), &["title-changed tasks/tell/title"]),
    (|d| set(d, "tell", "do", json!("Write it down.")), &["instructions-changed tasks/tell/do"]),
    (|d| set(d, "tell", "run", json!("mail all")), &["command-changed tasks/tell/run"]),
    (|d| set(d, "tell", "verify", json!("All know.")), &["verification-added tasks/tell/verify"]),
    (|d| set(d, "tell", "rollback", json!("Say sorry.")), &["rollback-added tasks/tell/rollback"]),
    (|d| set(d, "tell", "announce", Value::Null), &["announcement-changed tasks/tell/announce"]),
    (|d| d["tasks"][0]["announce"]["to"] = json!(["#some"]), &["announcement-changed tasks/tell/announce"]),
    (|d| set(d, "tell", "owner", json!("web")), &["owner-changed tasks/tell/owner"]),
    (|d| set(d, "tell", "takes_days", json!(2.0)), &["takes-changed tasks/tell/takes_days"]),
    (|d| set(d, "tell", "state", json!("in-progress")), &["state-changed tasks/tell/state"]),
    (|d| set(d, "tell", "evidence", json!(["https://a.b"])), &["evidence-changed tasks/tell/evidence"]),
    (
        |d| set(d, "tell", "waived", json!({ "because": "known", "until": "2026-10-01" })),
        &["waiver-added tasks/tell/waived"],
    ),
    (|d| set(d, "tell", "latest_finish", json!("2026-09-18")), &["task-due-moved tasks/tell/latest_finish"]),
    (|d| set(d, "tell", "earliest_start", json!("2026-09-18")), &["task-start-moved tasks/tell/earliest_start"]),
    (|d| set(d, "bump/api", "needs", json!(["try/api", "tell"])), &["needs-added tasks/bump/api/needs"]),
    (
        |d| d["tasks"][1]["gates"][0]["text"] = json!("2 months after `tell`"),
        &["gate-tightened tasks/try/api/gates/wait"],
    ),
    (|d| d["tasks"][1]["gates"][0]["text"] = json!("7 days after the last of 3 `tell` tasks"), &[]),
    (|d| d["tasks"][1]["gates"][0]["text"] = json!("7 days after `ship`"), &["gate-changed tasks/try/api/gates/wait"]),
    (
        |d| {
            d["tasks"][3]["gates"][0]["text"] =
                json!("1.27.0 is out for 1 day (instead of 2 weeks, as it is a security upgrade)");
        },
        &["gate-loosened tasks/bump/api/gates/soak"],
    ),
    (|d| d["tasks"][3]["gates"][1]["text"] = json!("production is not frozen (Audit: 2026-09-01 to 2026-09-02)"), &[]),
    (|d| set(d, "tell", "gates", json!([gate("It is said", "evidence")])), &["gate-added tasks/tell/gates/evidence"]),
    (|d| d["tasks"][6]["gates"][0]["text"] = json!("Two say so"), &["gate-changed tasks/ship/gates/evidence"]),
    (|d| d["tasks"][6]["gates"][1]["until"] = json!("2026-10-01"), &["gate-tightened tasks/ship/gates/not-before"]),
    (
        |d| d["tasks"][6]["gates"][2]["text"] = json!("at least 2 weeks before a release day"),
        &["gate-tightened tasks/ship/gates/before-release"],
    ),
    // What follows from something else is not told.
    (|d| set(d, "tell", "unblocks", json!(7)), &[]),
    (|d| set(d, "tell", "slack_days", json!(7)), &[]),
    (|d| d["facts_digest"] = json!("0"), &[]),
    (|d| d["steps"][0]["title"] = json!("Bump"), &[]),
];

/// What is told when the runbooks change places.
fn mirrored(told: &[String]) -> Vec<String> {
    let turn = |told: &String| {
        let (name, path) = told.split_once(' ').expect("has a path");
        format!("{} {path}", rule(name).mirror().name())
    };
    told.iter().map(turn).collect()
}

#[test]
fn each_edit_is_told_and_mirrored() {
    let old = recorded();
    let mut rules = BTreeSet::new();
    for (at, (edit, expected)) in EDITS.iter().enumerate() {
        let mut new = old.clone();
        edit(&mut new);
        let there = compared(&old, &new);
        let back = compared(&new, &old);
        assert_eq!(told(&there), *expected, "edit {at}");
        assert_eq!(told(&back), mirrored(&told(&there)), "edit {at}, backwards");
        let values = |changes: &Changes| -> Vec<_> {
            changes.changes.iter().map(|change| (change.before.clone(), change.after.clone())).collect()
        };
        let turned: Vec<_> = values(&back).into_iter().map(|(before, after)| (after, before)).collect();
        assert_eq!(values(&there), turned, "edit {at}");
        rules.extend(there.changes.into_iter().chain(back.changes).map(|change| change.id));
    }
    let all: BTreeSet<String> = Rule::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    let missing: Vec<&String> = all.difference(&rules).collect();
    let elsewhere = ["component-renamed", "rollback-changed", "task-renamed", "verification-changed", "waiver-changed"];
    assert_eq!(missing, elsewhere, "has tests of its own");
}

#[test]
fn a_text_or_waiver_that_both_have_is_changed() {
    let (mut old, mut new) = (recorded(), recorded());
    for (document, word, day) in [(&mut old, "some", "2026-10-01"), (&mut new, "all", "2026-10-02")] {
        set(document, "ship", "verify", json!(format!("Look at {word} of it.")));
        set(document, "ship", "rollback", json!(format!("Take {word} back.")));
        set(document, "ship", "waived", json!({ "because": "known", "until": day }));
    }
    let paths = [
        "rollback-changed tasks/ship/rollback",
        "verification-changed tasks/ship/verify",
        "waiver-changed tasks/ship/waived",
    ];
    let changes = compared(&old, &new);
    assert_eq!(told(&changes), paths);
    assert_eq!(told(&compared(&new, &old)), paths);
    assert_eq!(changes.changes[1].text, "`ship`: something else tells that it worked: Look at [-some-] {+all+} of it.");
    let words: Vec<(Part, &str)> =
        changes.changes[1].words.iter().map(|piece| (piece.part, piece.text.as_str())).collect();
    let expected = [(Part::Same, "Look at "), (Part::Removed, "some"), (Part::Added, "all"), (Part::Same, " of it.")];
    assert_eq!(words, expected);
}

#[test]
fn a_renamed_step_is_a_rename_of_its_tasks() {
    let old = recorded();
    let text = old.to_string();
    let text = text.replace("\"try/", "\"rehearse/").replace("\"step\":\"try\"", "\"step\":\"rehearse\"");
    let new: Value = serde_json::from_str(&text).expect("is JSON");
    let expected = ["task-renamed tasks/rehearse/api/id", "task-renamed tasks/rehearse/shop/id"];
    let changes = compared(&old, &new);
    assert_eq!(told(&changes), expected);
    assert_eq!(changes.changes[0].text, "`try/api` is called `rehearse/api` now");
    assert_eq!(told(&compared(&new, &old)), ["task-renamed tasks/try/api/id", "task-renamed tasks/try/shop/id"]);
}

#[test]
fn a_renamed_step_that_is_done_otherwise_is_both() {
    let mut old = recorded();
    set(&mut old, "ship", "do", json!("Ask for a review, then press the button."));
    let mut new = old.clone();
    set(&mut new, "ship", "id", json!("release"));
    set(&mut new, "ship", "step", json!("release"));
    set(&mut new, "ship", "do", json!("Ask for two reviews, then press the button."));
    assert_eq!(told(&compared(&old, &new)), ["instructions-changed tasks/release/do", "task-renamed tasks/release/id"]);
}

#[test]
fn a_renamed_component_keeps_its_tasks() {
    let old = recorded();
    let text = old.to_string().replace("/shop\"", "/store\"").replace("\"shop\"", "\"store\"");
    let text = text.replace("acme/store\"", "acme/shop\"");
    let new: Value = serde_json::from_str(&text).expect("is JSON");
    let expected = [
        "component-renamed components/store/id",
        "task-renamed tasks/bump/store/id",
        "task-renamed tasks/try/store/id",
    ];
    assert_eq!(told(&compared(&old, &new)), expected);
}

#[test]
fn a_swapped_order_is_told_by_what_waits_for_what() {
    let old = recorded();
    let mut new = old.clone();
    set(&mut new, "ship", "needs", json!(["bump/shop"]));
    set(&mut new, "bump/api", "needs", json!(["try/api", "ship"]));
    list(&mut new, "tasks").swap(3, 6);
    let expected = ["needs-added tasks/bump/api/needs", "needs-removed tasks/ship/needs"];
    let changes = compared(&old, &new);
    assert_eq!(told(&changes), expected);
    assert_eq!(changes.changes[0].text, "`bump/api` waits for `ship`");
    assert_eq!(changes.changes[0].level, Level::Breaking);
}

#[test]
fn days_that_all_move_alike_are_told_once() {
    let old = recorded();
    let mut new = old.clone();
    for task in list(&mut new, "tasks") {
        for key in ["earliest_start", "latest_finish"] {
            let day: jiff::civil::Date = task[key].as_str().expect("has a day").parse().expect("is a day");
            let later = day.checked_add(jiff::Span::new().days(7)).expect("is a day");
            task[key] = json!(later.to_string());
        }
    }
    let changes = compared(&old, &new);
    assert_eq!(told(&changes), ["task-start-moved tasks/*/earliest_start", "task-due-moved tasks/*/latest_finish"]);
    assert_eq!(changes.changes[1].text, "all tasks: must be done 7 days later");
    assert_eq!(changes.changes[1].tasks.len(), 7);
}

#[test]
fn days_that_some_move_are_told_once_for_each_team() {
    let old = recorded();
    let mut new = old.clone();
    for (id, wave) in [("try/api", 3), ("try/shop", 3), ("bump/api", 4), ("bump/shop", 4)] {
        set(&mut new, id, "wave", json!(wave));
    }
    let changes = compared(&old, &new);
    let texts: BTreeSet<&str> = changes.changes.iter().map(|change| change.text.as_str()).collect();
    assert_eq!(texts, ["2 tasks of `core`: come 1 wave later", "2 tasks of `web`: come 1 wave later"].into());
}

#[test]
fn between_upgrades_the_versions_that_texts_name_are_told_once() {
    let old = recorded();
    let text =
        old.to_string().replace("1.27.0", "1.28.0").replace("\"1.27\"", "\"1.28\"").replace(" 1.27\"", " 1.28\"");
    let text = text.replace("1.26.7", "1.27.3").replace("\"1.26\"", "\"1.27\"");
    let new: Value = serde_json::from_str(&text).expect("is JSON");
    assert_eq!(told(&compared(&old, &new)), ["from-changed from", "target-changed to"]);
}

#[test]
fn the_order_of_tasks_and_lists_counts_for_nothing() {
    let old = recorded();
    let mut new = old.clone();
    for key in ["tasks", "components", "teams", "facts", "branches"] {
        list(&mut new, key).reverse();
    }
    new["tasks"][0]["needs"] = json!(["bump/shop", "bump/api"]);
    new["tasks"][0]["gates"].as_array_mut().expect("is a list").reverse();
    assert_eq!(compared(&old, &new).changes, []);
}

#[test]
fn the_settings_of_an_organisation_decide_how_much_a_change_matters() {
    let read = |document: Value| serde_json::from_value::<Runbook>(document).expect("is a runbook");
    let mut new = recorded();
    set(&mut new, "tell", "owner", json!("web"));
    let mut levels = Levels::default();
    levels.set(Rule::OwnerChanged, Level::Info);
    let changes = compare(&read(recorded()), &read(new), &levels);
    assert_eq!(changes.changes.iter().map(|change| change.level).collect::<Vec<_>>(), [Level::Info]);
}

#[test]
fn versions_are_told_from_longer_ones_that_begin_or_end_alike() {
    let mut other = recorded();
    other["to"] = json!("1.28.0");
    other["line"] = json!("1.28");
    let read = |document: Value| serde_json::from_value::<Runbook>(document).expect("is a runbook");
    let (old, new) = (read(recorded()), read(other));
    let texts = Texts::new(&old, &new);
    for (old, new, is_same) in [
        ("go1.27.0 of line 1.27.", "go1.28.0 of line 1.28.", true),
        ("since 1.27.0", "since 1.27.0", true),
        ("take 1.27.0", "take 1.28", false),
        ("take 1.27.01", "take 1.28.01", false),
        ("take 11.27.0", "take 11.28.0", false),
        ("take 1.27.0.1", "take 1.28.0.1", false),
        ("take 1.28.0", "take 1.27.0", false),
    ] {
        assert_eq!(texts.is_same(old, new), is_same, "{old} and {new}");
    }
}

proptest::proptest! {
    #[test]
    fn words_are_both_texts_and_the_same_backwards(old in "([ab1.]{1,3}[ \n]{1,2}){0,12}", new in "([ab1.]{1,3}[ \n]{1,2}){0,12}") {
        let words = texts::to_words(&old, &new);
        let text = |leave_out| -> String {
            words.iter().filter(|piece| piece.part != leave_out).map(|piece| piece.text.as_str()).collect()
        };
        proptest::prop_assert_eq!(text(Part::Added), old.as_str());
        proptest::prop_assert_eq!(text(Part::Removed), new.as_str());
        let pieces = |words: &[Piece], part| -> Vec<String> {
            words.iter().filter(|piece| piece.part == part).map(|piece| piece.text.clone()).collect()
        };
        let back = texts::to_words(&new, &old);
        for (there, again) in
            [(Part::Same, Part::Same), (Part::Removed, Part::Added), (Part::Added, Part::Removed)]
        {
            proptest::prop_assert_eq!(pieces(&words, there), pieces(&back, again));
        }
    }
}

#[test]
fn an_excerpt_shows_a_few_words_around_what_changed() {
    let old = "Read the notes of the release with care, then raise the version in `go.mod` and ask for a review.";
    let new = "Read the notes of the release with care, then lift the version in `go.work` and ask for a review.";
    assert_eq!(
        to_excerpt(&texts::to_words(old, new)),
        "... with care, then [-raise-] {+lift+} the version in [-`go.mod`-] {+`go.work`+} and ask for ..."
    );
    let long = "word ".repeat(1_000);
    let excerpt = to_excerpt(&texts::to_words("short", &long));
    assert_eq!(excerpt.len(), "[-short-] {+...+}".len() + 100);
}
