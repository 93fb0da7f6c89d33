//! The diff of runbooks by meaning: random edits of recorded runbooks are told, and nothing else is; the two Go
//! upgrades of the shipped catalog, line by line. `SNAPSHOTS=overwrite` writes the files of `tests/diff` anew.

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "harness/harness.rs"]
mod harness;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use harness::root;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde_json::{Value, json};
use upshift::diff::compare;
use upshift::model::changes::{Changes, Level, Levels, Rule};
use upshift::model::runbook::Runbook;

fn read(path: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(root().join(path)).expect("reads")).expect("is JSON")
}

fn to_runbook(document: &Value) -> Runbook {
    serde_json::from_value(document.clone()).expect("is a runbook")
}

fn compared(old: &Value, new: &Value) -> Changes {
    compare(&to_runbook(old), &to_runbook(new), &Levels::default())
}

/// Rules and paths, in order.
fn told(changes: &Changes) -> Vec<String> {
    sorted(changes.changes.iter().map(|change| format!("{} {}", change.id, change.path)).collect())
}

fn sorted(mut told: Vec<String>) -> Vec<String> {
    told.sort();
    told
}

/// What may be done to a task. Renames come last, so that each other edit finds its task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Edit {
    Remove,
    Add,
    Phase,
    Wave,
    Title,
    Instructions,
    Command,
    Verification,
    Rollback,
    Announcement,
    Owner,
    Takes,
    State,
    Due,
    Gate,
    NoGates,
    Need,
    NoNeeds,
    Rename,
}

const EDITS: [Edit; 19] = [
    Edit::Remove,
    Edit::Add,
    Edit::Phase,
    Edit::Wave,
    Edit::Title,
    Edit::Instructions,
    Edit::Command,
    Edit::Verification,
    Edit::Rollback,
    Edit::Announcement,
    Edit::Owner,
    Edit::Takes,
    Edit::State,
    Edit::Due,
    Edit::Gate,
    Edit::NoGates,
    Edit::Need,
    Edit::NoNeeds,
    Edit::Rename,
];

/// A runbook that is edited, and what must be told of it.
struct Oracle {
    new: Value,
    told: Vec<String>,
    /// The tasks of which days or waves were moved, by key.
    moved: BTreeMap<&'static str, Vec<String>>,
    /// What tasks are called now.
    names: BTreeMap<String, String>,
}

impl Oracle {
    fn tasks(&mut self) -> &mut Vec<Value> {
        self.new["tasks"].as_array_mut().expect("is a list")
    }

    fn task(&mut self, id: &str) -> &mut Value {
        self.tasks().iter_mut().find(|task| task["id"] == id).expect("is a task")
    }

    fn tell(&mut self, rule: &str, id: &str, key: &str) {
        self.told.push(format!("{rule} tasks/{id}{key}"));
    }

    fn set(&mut self, id: &str, key: &str, value: Value, rule: &str) {
        self.task(id)[key] = value;
        self.tell(rule, id, &format!("/{key}"));
    }

    /// A text that nothing else has.
    fn set_text(&mut self, id: &str, key: &str, rules: [&str; 2]) {
        let rule = if self.task(id)[key].is_null() { rules[0] } else { rules[1] };
        self.set(id, key, json!(format!("The new {key} of {id}.")), rule);
    }

    fn shift(&mut self, id: &str, key: &'static str, value: Value) {
        if !self.task(id)[key].is_null() {
            self.task(id)[key] = value;
            self.moved.entry(key).or_default().push(id.to_owned());
        }
    }

    /// Tells what was moved: once where all tasks moved, else once for each team.
    fn tell_moves(&mut self, old: &Value) {
        let before: BTreeMap<&str, &Value> =
            old["tasks"].as_array().expect("is a list").iter().map(|task| (to_id(task), task)).collect();
        let after: BTreeMap<String, Value> =
            self.tasks().iter().map(|task| (to_id(task).to_owned(), task.clone())).collect();
        let is_open = |task: &Value| task["state"] != "done" && task["state"] != "waived";
        for (key, moved) in std::mem::take(&mut self.moved) {
            let rule = if key == "wave" { "task-wave" } else { "task-due-moved" };
            let counts = |id: &str| key == "wave" || is_open(before[id]) && is_open(&after[id]);
            let all = before.keys().filter(|id| after.contains_key(**id) && counts(id)).count();
            let moved: Vec<String> = moved.into_iter().filter(|id| counts(id)).collect();
            let mut teams: BTreeMap<[String; 2], Vec<&String>> = BTreeMap::new();
            for id in &moved {
                let owners = [before[id.as_str()], &after[id]].map(|task| task["owner"].to_string());
                teams.entry(owners).or_default().push(id);
            }
            if moved.len() == all && all > 1 {
                teams = BTreeMap::from([([String::new(), String::new()], moved.iter().collect())]);
            }
            for tasks in teams.into_values() {
                let who = if tasks.len() == 1 { tasks[0] } else { "*" };
                self.tell(rule, who, &format!("/{key}"));
            }
        }
    }

    /// Edits a task; the number is its own.
    fn edit(&mut self, id: &str, number: usize, edit: Edit, edits: &BTreeSet<Edit>) {
        if edits.contains(&Edit::Remove) && edit != Edit::Remove && edit != Edit::Add {
            return;
        }
        match edit {
            Edit::Remove => {
                self.tasks().retain(|task| task["id"] != id);
                self.tell("task-removed", id, "");
            }
            Edit::Add => {
                let mut task = self.tasks().first().expect("has a task").clone();
                let new = format!("new-{number}");
                for key in ["id", "step", "title", "do"] {
                    task[key] = json!(new);
                }
                self.tasks().push(task);
                self.tell("task-added", &new, "");
            }
            Edit::Phase => self.set(id, "phase", json!("elsewhere"), "task-moved"),
            Edit::Wave => self.shift(id, "wave", json!(1_000)),
            // A task that is renamed, called otherwise and done otherwise is another task.
            Edit::Title if edits.contains(&Edit::Rename) => {}
            Edit::Title => self.set_text(id, "title", ["title-changed"; 2]),
            Edit::Instructions => self.set_text(id, "do", ["instructions-changed"; 2]),
            Edit::Command => self.set_text(id, "run", ["command-changed"; 2]),
            Edit::Verification => self.set_text(id, "verify", ["verification-added", "verification-changed"]),
            Edit::Rollback => self.set_text(id, "rollback", ["rollback-added", "rollback-changed"]),
            Edit::Announcement => {
                let words = json!({ "to": ["#new"], "text": format!("News of {id}") });
                self.set(id, "announce", words, "announcement-changed");
            }
            Edit::Owner => self.set(id, "owner", json!(format!("team-{number}")), "owner-changed"),
            Edit::Takes => self.set(id, "takes_days", json!(77.5), "takes-changed"),
            Edit::State => self.set(id, "state", json!("cannot"), "state-changed"),
            Edit::Due => self.shift(id, "latest_finish", json!("2100-01-01")),
            Edit::Gate => {
                let gate = json!({ "kind": "not-before", "text": "not before", "holds": null, "until": "2026-01-01" });
                self.task(id)["gates"].as_array_mut().expect("is a list").push(gate);
                self.tell("gate-added", id, "/gates/not-before");
            }
            Edit::NoGates => {
                let gates = self.task(id)["gates"].as_array_mut().expect("is a list");
                let (taken, kept) = gates.drain(..).partition(|gate| gate["text"] != "not before");
                *gates = kept;
                let taken: Vec<Value> = taken;
                for gate in taken {
                    let kind = gate["kind"].as_str().expect("is a word").to_owned();
                    self.tell("gate-removed", id, &format!("/gates/{kind}"));
                }
            }
            Edit::Need => {
                self.task(id)["needs"].as_array_mut().expect("is a list").push(json!("unheard-of"));
                self.tell("needs-added", id, "/needs");
            }
            Edit::NoNeeds => {
                let needs = self.task(id)["needs"].as_array_mut().expect("is a list");
                let before = needs.len();
                needs.retain(|need| need == "unheard-of");
                if needs.len() < before {
                    self.tell("needs-removed", id, "/needs");
                }
            }
            Edit::Rename => {
                self.names.insert(id.to_owned(), format!("renamed-{number}"));
                self.tell("task-renamed", id, "/id");
            }
        }
    }

    /// Gives tasks their new names, wherever they are named.
    fn rename(&mut self) {
        let names = std::mem::take(&mut self.names);
        let rename = |value: &mut Value| {
            if let Some(name) = value.as_str().and_then(|id| names.get(id)) {
                *value = json!(name);
            }
        };
        for task in self.tasks() {
            rename(&mut task["id"]);
            task["needs"].as_array_mut().expect("is a list").iter_mut().for_each(rename);
        }
        let path = self.new["summary"]["critical_path"].as_array_mut().expect("is a list");
        path.iter_mut().for_each(rename);
        self.names = names;
    }
}

fn to_id(task: &Value) -> &str {
    task["id"].as_str().expect("is an id")
}

/// The same with new names of tasks in the place of the old ones.
fn renamed(told: &[String], names: &BTreeMap<String, String>) -> Vec<String> {
    let turn = |line: &String| {
        let (rule, path) = line.split_once(' ').expect("has a path");
        let found = names.iter().find_map(|(old, new)| {
            let rest = path.strip_prefix(&format!("tasks/{old}/"))?;
            // `bump/kas` is not `bump`, though its path begins with it.
            (!rest.contains('/') || rest.starts_with("gates/")).then(|| format!("{rule} tasks/{new}/{rest}"))
        });
        found.unwrap_or_else(|| line.clone())
    };
    sorted(told.iter().map(turn).collect())
}

fn mirrored(told: &[String]) -> Vec<String> {
    let turn = |line: &String| {
        let (name, path) = line.split_once(' ').expect("has a path");
        let (_, rule) = Rule::ALL.iter().find(|(known, _)| *known == name).expect("is a rule");
        format!("{} {path}", rule.mirror().name())
    };
    sorted(told.iter().map(turn).collect())
}

/// A recorded runbook with some of its tasks, in any order.
fn runbooks() -> impl Strategy<Value = Value> {
    let paths = ["site/go/1.27.0", "site/ruby/3.4.10", "site/postgresql/18.6", "site/node/24.19.0"];
    select(paths.to_vec())
        .prop_map(|path| read(&format!("{path}/runbook.json")))
        .prop_flat_map(|document| {
            let tasks = document["tasks"].as_array().expect("is a list").clone();
            let some = subsequence(tasks.clone(), 1..=tasks.len()).prop_shuffle();
            (Just(document), some)
        })
        .prop_map(|(mut document, tasks)| {
            document["tasks"] = json!(tasks);
            document
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_edits_are_told_and_nothing_else(
        old in runbooks(),
        edits in prop::collection::vec((any::<Index>(), select(EDITS.to_vec())), 0..40),
        order in any::<Index>(),
    ) {
        let ids: Vec<String> = old["tasks"].as_array().expect("is a list").iter()
            .map(|task| to_id(task).to_owned()).collect();
        let mut chosen: BTreeMap<usize, BTreeSet<Edit>> = BTreeMap::new();
        for (task, edit) in edits {
            chosen.entry(task.index(ids.len())).or_default().insert(edit);
        }
        let mut oracle = Oracle { new: old.clone(), told: Vec::new(), moved: BTreeMap::new(), names: BTreeMap::new() };
        // What is added is made of the first task, so it comes before that one changes or goes.
        for (number, edits) in chosen.iter().filter(|(_, edits)| edits.contains(&Edit::Add)) {
            oracle.edit(&ids[*number], *number, Edit::Add, edits);
        }
        for (number, edits) in &chosen {
            for edit in edits.iter().filter(|edit| **edit != Edit::Add) {
                oracle.edit(&ids[*number], *number, *edit, edits);
            }
        }
        oracle.tell_moves(&old);
        oracle.rename();
        let turn = order.index(oracle.tasks().len().max(1));
        oracle.tasks().rotate_left(turn);

        let there = compared(&old, &oracle.new);
        prop_assert_eq!(told(&there), renamed(&oracle.told, &oracle.names));
        let back = compared(&oracle.new, &old);
        prop_assert_eq!(told(&back), mirrored(&oracle.told));
        let prints: BTreeSet<&String> = there.changes.iter().map(|change| &change.fingerprint).collect();
        prop_assert_eq!(prints.len(), there.changes.len());
        prop_assert_eq!(&compared(&old, &old).changes, &[]);
    }
}

/// Each change on a line.
fn to_lines(changes: &Changes) -> String {
    let mut lines = format!("{} -> {}\n", changes.from, changes.to);
    for change in &changes.changes {
        let level = Level::ALL.iter().find(|(_, level)| *level == change.level).expect("is a level").0;
        let _ = writeln!(lines, "{level} {} {}\n    {}", change.id, change.path, change.text);
    }
    lines
}

#[test]
fn a_patch_and_a_new_line_of_go_differ_as_recorded() {
    let pages = ["site/go/1.26.7/runbook.json", "site/go/1.27.0/runbook.json"].map(read);
    let lines = to_lines(&compared(&pages[0], &pages[1]));
    let path = root().join("tests/diff/go-1.26.7_to_go-1.27.0.txt");
    if std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
        #[expect(clippy::disallowed_methods, reason = "a test writes where it likes")]
        fs::write(&path, &lines).expect("writes");
    }
    assert_eq!(lines, fs::read_to_string(&path).expect("reads"));
}

#[test]
fn what_differs_between_two_lines_is_mirrored() {
    let pages = ["site/ruby/3.3.12/runbook.json", "site/ruby/3.4.10/runbook.json"].map(read);
    let there = compared(&pages[0], &pages[1]);
    let back = compared(&pages[1], &pages[0]);
    assert_eq!(told(&back), mirrored(&told(&there)));
}
