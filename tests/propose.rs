//! `upshift propose`: which upgrades are due, in tables of situations; what it prints and writes, in whole.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on stops, and changes its own copy of the catalog"
)]

#[path = "harness/harness.rs"]
mod harness;

use std::fs;
use std::path::Path;

use harness::{assert_recorded, copy, read_tree, repository, root, shipped, upshift};
use serde_json::Value;

/// A catalog without upgrades. `POLICY` is replaced.
const CATALOG: &str = r"teams: { core: {}, web: {} }
components: { api: { owner: core, uses: { go: { phase: work } } } }
runtimes:
  go:
    name: Go
    scheme: go
    process: go
    releases: [{ endoflife: { product: go } }]
    advisories: [{ go-vulndb: {} }]
    policy: POLICY
processes:
  go:
    roles: { dri: { name: DRI, does: Leads. } }
    phases: [{ id: work }]
    steps: { build: { title: Build, each: component, takes: 10d } }
";

const LOCK: &str = r#"format = 1

[days]
versions = 2026-08-22

[runtimes.go.sources]
"endoflife:go" = { url = "https://endoflife.date/api/v1/products/go", time = 2026-08-22, sha256 = "0000000000000000000000000000000000000000000000000000000000000000" }
go-vulndb = { url = "https://vuln.go.dev/index/modules.json", time = 2026-08-22, sha256 = "0202020202020202020202020202020202020202020202020202020202020202" }

[runtimes.go.lines]
"1.24" = { "endoflife:go" = { released = 2025-02-11, ended = true } }
"1.25" = { "endoflife:go" = { released = 2025-08-12, eol = 2026-08-19 } }
"1.26" = { "endoflife:go" = { released = 2026-02-10, eol = 2027-02-19 } }
"1.27" = { "endoflife:go" = { released = 2026-08-19, eol = 2027-08-19 } }
"1.28" = { "endoflife:go" = { released = 2027-02-15 } }

[runtimes.go.releases]
"1.24.13" = { "endoflife:go" = { date = 2026-02-04 } }
"1.25.13" = { "endoflife:go" = { date = 2026-08-06 } }
"1.25.14" = { "endoflife:go" = { date = 2026-08-13 } }
"1.26.5" = { "endoflife:go" = { date = 2026-07-07 } }
"1.26.6" = { "endoflife:go" = { date = 2026-08-13 } }
"1.26.7" = { "endoflife:go" = { date = 2026-08-19 } }
"1.27rc1" = { "endoflife:go" = {} }
"1.27.0" = { "endoflife:go" = { date = 2026-08-19 } }
"1.28rc1" = { "endoflife:go" = {} }

[runtimes.go.advisories]
"GO-1" = { go-vulndb = { affected = [{ introduced = "1.25", fixed = "1.25.14" }, { introduced = "1.26", fixed = "1.26.6" }] } }
"GO-2" = { go-vulndb = { affected = [{}] } }
"#;

/// Done upgrades that say which version is in use, and nothing else.
const ON_1_26_5: &str = r#"go-old: { runtime: go, from: "1.25.13", to: "1.26.5", state: done }"#;
const ON_1_26_7: &str = r#"go-old: { runtime: go, from: "1.26.5", to: "1.26.7", state: done }"#;

fn folder(catalog: &str, upgrades: &[&str], lock: &str) -> tempfile::TempDir {
    let mut text = catalog.to_owned();
    for upgrade in upgrades {
        let upgrade = upgrade.replace(" }", ", roles: { dri: web } }");
        text += &format!("{}  {upgrade}\n", if text.contains("\nupgrades:\n") { "" } else { "upgrades:\n" });
    }
    repository(&[("data/a.yaml", &text), ("upshift.lock", lock)])
}

fn propose(folder: &Path, args: &[&str]) -> Value {
    let all: Vec<&str> = ["propose", "-q", "--format", "json"].into_iter().chain(args.iter().copied()).collect();
    let run = upshift(folder, &all);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{args:?}");
    serde_json::from_str(&run.out).expect("is JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("is text")
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().expect("is a list")
}

fn texts(value: &Value, key: &str) -> String {
    list(value, key).iter().map(text).collect::<Vec<_>>().join(" + ")
}

/// A document in short: a line for each proposal, for each thing that is settled, and for each note.
fn to_lines(document: &Value) -> Vec<String> {
    let proposals = list(document, "proposals").iter().map(|entry| {
        let from = entry["moves"].as_str().map_or_else(|| text(&entry["from"]).to_owned(), |now| format!("move {now}"));
        let due = entry["deadline"]["date"].as_str().map_or_else(String::new, |due| format!(", due {due}"));
        let late = entry["late_by_days"].as_u64().filter(|days| *days > 0);
        let late = late.map_or_else(String::new, |days| format!(", {days} days late"));
        let [urgency, id, to] = ["urgency", "id", "to"].map(|key| text(&entry[key]));
        format!("{urgency} {id}: {from} to {to}: {}{due}{late}", texts(entry, "kinds"))
    });
    let settled = list(document, "settled").iter().map(|entry| {
        let [upgrade, state, to] = ["upgrade", "state", "to"].map(|key| text(&entry[key]));
        format!("{to}: {}: {upgrade} is {state}", texts(entry, "kinds"))
    });
    let notes = list(document, "runtimes").iter().flat_map(|entry| list(entry, "notes").iter().map(text));
    proposals.chain(settled).chain(notes.map(str::to_owned)).collect()
}

/// A situation: its policy, upgrades and arguments, and what comes of it.
type Case<'a> = (&'a str, &'a str, &'a [&'a str], &'a [&'a str], &'a [&'a str]);

fn holds_with(lock: &str) -> impl Fn(&[Case<'_>]) {
    move |cases| {
        for (what, policy, upgrades, args, expected) in cases {
            let folder = folder(&CATALOG.replace("POLICY", policy), upgrades, lock);
            assert_eq!(to_lines(&propose(folder.path(), args)), *expected, "{what}");
        }
    }
}

#[test]
fn a_newer_release_of_the_line_in_use_is_due_when_it_fixes_vulnerabilities() {
    let lock = LOCK.replace(", eol = 2027-02-19", "");
    holds_with(&lock)(&[
        (
            "nothing in use",
            "{}",
            &[],
            &[],
            &["no version in use is known: run `upshift scan`, or write an upgrade by hand"],
        ),
        ("one fixed, one open", "{}", &[ON_1_26_5], &[], &["now go-1.26.7: 1.26.5 to 1.26.7: security"]),
        (
            "by policy within a time",
            "{ security_within: 30d }",
            &[ON_1_26_5],
            &[],
            &["now go-1.26.7: 1.26.5 to 1.26.7: security, due 2026-09-18"],
        ),
        (
            "what is newer fixes nothing more",
            "{}",
            &[r#"go-old: { runtime: go, from: "1.26.5", to: "1.26.6", state: done }"#],
            &[],
            &[],
        ),
        (
            "unless all patches are asked for",
            "{}",
            &[r#"go-old: { runtime: go, from: "1.26.5", to: "1.26.6", state: done }"#],
            &["--patches"],
            &["later go-1.26.7: 1.26.6 to 1.26.7: patch"],
        ),
        ("there is nothing newer", "{}", &[ON_1_26_7], &["--patches"], &[]),
        (
            "an open upgrade of that line brings it",
            "{}",
            &[r#"go-fix: { runtime: go, from: "1.26.5", to: "1.26.7", state: active }"#],
            &[],
            &["1.26.7: security: go-fix is active"],
        ),
        (
            "one of another line does not",
            "{}",
            &[r#"go-next: { runtime: go, from: "1.26.5", to: "1.27.0" }"#],
            &[],
            &["now go-1.26.7: 1.26.5 to 1.26.7: security"],
        ),
    ]);
}

#[test]
fn a_line_is_left_within_a_year_of_its_end() {
    let on_1_25 = r#"go-old: { runtime: go, from: "1.24.13", to: "1.25.14", state: done }"#;
    let on_1_24 = r#"go-old: { runtime: go, from: "1.24.12", to: "1.24.13", state: done }"#;
    holds_with(LOCK)(&[
        (
            "it ends within a year",
            "{}",
            &[ON_1_26_7],
            &[],
            &["later go-1.27.0: 1.26.7 to 1.27.0: end-of-life, due 2027-02-19"],
        ),
        ("it does not end within a year", "{}", &[ON_1_26_7], &["--as-of", "2026-02-18"], &[]),
        (
            "the policy's margin comes first",
            "{ before_eol: 3mo }",
            &[ON_1_26_7],
            &[],
            &["soon go-1.27.0: 1.26.7 to 1.27.0: end-of-life, due 2026-11-19"],
        ),
        (
            "it has ended",
            "{}",
            &[on_1_25],
            &[],
            &["now go-1.27.0: 1.25.14 to 1.27.0: end-of-life, due 2026-08-19, 16 days late"],
        ),
        (
            "on its last day it has not; but ten days of work do not fit into one",
            "{}",
            &[on_1_25],
            &["--as-of", "2026-08-19"],
            &["now go-1.27.0: 1.25.14 to 1.27.0: end-of-life, due 2026-08-19, 13 days late"],
        ),
        (
            "before the newest line has begun, the way leads to the one before",
            "{}",
            &[on_1_25],
            &["--as-of", "2026-08-01"],
            &["now go-1.26.7: 1.25.14 to 1.26.7: end-of-life, due 2026-08-19, 13 days late"],
        ),
        (
            "it has ended, and nobody says when",
            "{}",
            &[on_1_24],
            &[],
            &["now go-1.27.0: 1.24.13 to 1.27.0: end-of-life"],
        ),
        (
            "an open upgrade leaves it",
            "{}",
            &[r#"go-next: { runtime: go, from: "1.25.14", to: "1.26.7" }"#],
            &[],
            &["1.27.0: end-of-life: go-next is planned"],
        ),
        (
            "the target was given up",
            "{}",
            &[
                ON_1_26_7,
                r#"go-next: { runtime: go, from: "1.26.7", to: "1.27.0", state: aborted, because: It is slow. }"#,
            ],
            &[],
            &["1.27.0: end-of-life: go-next is aborted"],
        ),
        (
            "nothing newer is there",
            "{}",
            &[r#"go-old: { runtime: go, from: "1.26.7", to: "1.27.0", state: done }"#],
            &[],
            &["Go 1.27 reaches its end of life on 2027-08-19, and no newer line has a release"],
        ),
    ]);
}

#[test]
fn a_new_line_is_adopted_when_the_policy_says_so() {
    let policy = "{ adopt_within: 8mo }";
    holds_with(LOCK)(&[
        ("no policy", "{}", &[ON_1_26_7], &["--as-of", "2026-02-18"], &[]),
        ("before it begins", policy, &[ON_1_26_7], &["--as-of", "2026-02-18"], &[]),
        (
            "one target for two reasons",
            policy,
            &[ON_1_26_7],
            &[],
            &["later go-1.27.0: 1.26.7 to 1.27.0: end-of-life + new-line, due 2027-02-19"],
        ),
        (
            "a patch comes first, and the new line begins where it ends",
            policy,
            &[ON_1_26_5],
            &[],
            &[
                "now go-1.26.7: 1.26.5 to 1.26.7: security",
                "later go-1.27.0: 1.26.7 to 1.27.0: end-of-life + new-line, due 2027-02-19",
            ],
        ),
        (
            "a patch that was given up leads nowhere",
            policy,
            &[ON_1_26_5, r#"go-a: { runtime: go, from: "1.26.5", to: "1.26.7", state: aborted, because: No. }"#],
            &[],
            &[
                "now go-1.27.0: 1.26.5 to 1.27.0: security + end-of-life + new-line, due 2027-02-19",
                "1.26.7: security: go-a is aborted",
            ],
        ),
        (
            "open upgrades bring both",
            policy,
            &[
                r#"go-a: { runtime: go, from: "1.26.5", to: "1.26.7" }"#,
                r#"go-b: { runtime: go, from: "1.26.7", to: "1.27.0" }"#,
            ],
            &[],
            &["1.26.7: security: go-a is planned", "1.27.0: end-of-life + new-line: go-b is planned"],
        ),
        (
            "an upgrade to a line between does not bring the newest",
            policy,
            &[r#"go-a: { runtime: go, from: "1.25.14", to: "1.26.7" }"#],
            &[],
            &["later go-1.27.0: 1.26.7 to 1.27.0: new-line, due 2027-02-19", "1.27.0: end-of-life: go-a is planned"],
        ),
    ]);
}

#[test]
fn an_open_upgrade_moves_when_its_target_was_overtaken() {
    holds_with(LOCK)(&[
        (
            "by a release that fixes more",
            "{}",
            &[r#"go-a: { runtime: go, from: "1.25.14", to: "1.26.5", due: 2027-01-21 }"#],
            &[],
            &[
                "now go-a: move 1.26.5 to 1.26.7: security + overtaken, due 2027-01-21",
                "1.27.0: end-of-life: go-a is planned",
            ],
        ),
        (
            "by a release that fixes nothing more; the upgrade covers its line all the same",
            "{}",
            &[r#"go-a: { runtime: go, from: "1.26.5", to: "1.26.6", due: 2027-01-21 }"#],
            &[],
            &[
                "later go-a: move 1.26.6 to 1.26.7: overtaken, due 2027-01-21",
                "later go-1.27.0: 1.26.7 to 1.27.0: end-of-life, due 2027-02-19",
                "1.26.7: security: go-a is planned",
            ],
        ),
        (
            "by the end of the line to which it leads",
            "{}",
            &[r#"go-a: { runtime: go, from: "1.24.13", to: "1.25.14" }"#],
            &[],
            &["now go-a: move 1.25.14 to 1.27.0: overtaken", "1.27.0: end-of-life: go-a is planned"],
        ),
        (
            "but one within a line stays there",
            "{}",
            &[r#"go-a: { runtime: go, from: "1.25.13", to: "1.25.14" }"#],
            &[],
            &[
                "now go-1.27.0: 1.25.14 to 1.27.0: end-of-life, due 2026-08-19, 16 days late",
                "1.25.14: security: go-a is planned",
            ],
        ),
        (
            "what is done or given up does not move",
            "{}",
            &[
                r#"go-a: { runtime: go, from: "1.26.5", to: "1.26.6", state: done }"#,
                r#"go-b: { runtime: go, from: "1.25.13", to: "1.26.5", state: aborted, because: No. }"#,
            ],
            &["--as-of", "2026-02-18"],
            &[],
        ),
    ]);
}

#[test]
fn the_version_in_use_is_what_pins_say_else_upgrades_else_branches() {
    let lock = LOCK.replace(", eol = 2027-02-19", "");
    let branches = r#"branches:
  18-11-stable: { version: "18.11", ships: { go: "1.25.13" } }
  19-3-stable: { version: "19.3", ships: { go: "1.26.5" } }
"#;
    let pins = r#"
[pins.api]
day = 2026-08-22
found = [
  { file = ".tool-versions", line = 2, column = 8, runtime = "go", value = "1.26.6", version = "1.26.6", kind = "exact" },
  { file = "Dockerfile", line = 1, column = 13, runtime = "go", value = "1.25-alpine", version = "1.25", kind = "minor" },
  { file = "go.mod", line = 3, column = 4, runtime = "go", value = "1.24", version = "1.24", kind = "floor" },
]
"#;
    let pinned = lock.replace("versions = 2026-08-22\n", "pins = 2026-08-22\nversions = 2026-08-22\n") + pins;
    let catalog = CATALOG.replace("POLICY", "{}");
    let done = r#"go-a: { runtime: go, from: "1.25.13", to: "1.26.5", state: done }"#;
    let open = r#"go-b: { runtime: go, from: "1.26.6", to: "1.27.0" }"#;
    let late = r#"go-b: { runtime: go, from: "1.25.14", to: "1.27.0" }"#;
    let in_use = |branches: &str, upgrades: &[&str], lock: &str| {
        let folder = folder(&(catalog.clone() + branches), upgrades, lock);
        let document = propose(folder.path(), &[]);
        let used = list(&document["runtimes"][0], "in_use").iter();
        used.map(|used| format!("{}: {}", text(&used["version"]), text(&used["because"]))).collect::<Vec<_>>()
    };
    assert_eq!(in_use("", &[], &lock), Vec::<String>::new());
    assert_eq!(in_use(branches, &[], &lock), ["1.26.5: the release branch `19-3-stable` ships it"]);
    assert_eq!(in_use(branches, &[done], &lock), ["1.26.5: `go-a` is done"]);
    assert_eq!(in_use("", &[done, open], &lock), ["1.26.6: `go-b` begins there"], "somebody went on by hand");
    assert_eq!(in_use("", &[done, late], &lock), ["1.25.14: `go-b` begins there", "1.26.5: `go-a` is done"]);
    assert_eq!(
        in_use(branches, &[done], &pinned),
        ["1.25.14: `Dockerfile:1` of `api` says `1.25-alpine`", "1.26.6: `.tool-versions:2` of `api` says `1.26.6`"]
    );
}

#[test]
fn from_a_line_with_long_term_support_the_way_leads_to_the_next() {
    let catalog = CATALOG.replace("scheme: go", "scheme: node").replace("POLICY", "{ adopt_within: 1y }");
    let start = LOCK.find("[runtimes.go.lines]").expect("has lines");
    let lock = |lasting: &str| {
        let facts = r#"[runtimes.go.lines]
22 = { "endoflife:go" = { released = 2024-04-24, eol = 2027-04-30, lts = true } }
23 = { "endoflife:go" = { released = 2024-10-16, eol = 2027-06-01 } }
24 = { "endoflife:go" = { released = 2025-05-06, eol = 2028-04-30LASTING } }
25 = { "endoflife:go" = { released = 2025-10-15, eol = 2028-06-01 } }

[runtimes.go.releases]
"22.23.2" = { "endoflife:go" = {} }
"23.11.1" = { "endoflife:go" = {} }
"24.19.0" = { "endoflife:go" = {} }
"25.9.0" = { "endoflife:go" = {} }
"#;
        format!("{}{}", &LOCK[..start], facts.replace("LASTING", lasting))
    };
    for (from, lasting, expected) in [
        ("22.23.2", ", lts = true", "go-24.19.0: 22.23.2 to 24.19.0"),
        ("22.23.2", "", "go-25.9.0: 22.23.2 to 25.9.0"),
        ("23.11.1", ", lts = true", "go-25.9.0: 23.11.1 to 25.9.0"),
    ] {
        let done = format!(r#"go-old: {{ runtime: go, from: "20.0.0", to: "{from}", state: done }}"#);
        let folder = folder(&catalog, &[&done], &lock(lasting));
        let lines = to_lines(&propose(folder.path(), &[]));
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert!(line.contains(expected), "{line}");
    }
}

#[test]
fn without_advisories_what_sources_call_a_security_release_counts() {
    let catalog =
        CATALOG.replace("POLICY", "{ security_within: 30d }").replace("    advisories: [{ go-vulndb: {} }]\n", "");
    let lock = LOCK
        .replace(", eol = 2027-02-19", "")
        .replace("\"1.26.6\" = { \"endoflife:go\" = { ", "\"1.26.6\" = { \"endoflife:go\" = { security = true, ");
    let folder = folder(&catalog, &[ON_1_26_5], &lock);
    let document = propose(folder.path(), &["--write"]);
    assert_eq!(to_lines(&document), ["now go-1.26.7: 1.26.5 to 1.26.7: security, due 2026-09-18"]);
    let reason = &document["proposals"][0]["reasons"][0];
    assert_eq!(
        (text(&reason["text"]), &document["proposals"][0]["fixes"]),
        ("1.26.6 is a security release", &Value::Null)
    );
    let plan = upshift(folder.path(), &["plan", "go-1.26.7", "--format", "json"]);
    let plan: Value = serde_json::from_str(&plan.out).expect("is JSON");
    let said = (text(&plan["due"]["date"]), text(&plan["security_because"]["text"]));
    assert_eq!(said, ("2026-09-18", "1.26.6 is a security release"));
}

#[test]
fn what_cannot_be_written_says_why() {
    let lock = LOCK.replace(", eol = 2027-02-19", "");
    let pins = r#"
[pins.api]
day = 2026-08-22
found = [{ file = ".go-version", line = 1, column = 1, runtime = "go", value = "1.26.5", version = "1.26.5", kind = "exact" }]
"#;
    let pinned = lock.clone() + pins;
    let plain = CATALOG.replace("POLICY", "{}");
    let branches = "branches: { 19-3-stable: { version: \"19.3\", ships: { go: \"1.26.5\" } } }\n";
    let watched = format!("{}{branches}", plain.replace("    process: go\n", ""));
    let first = format!("{plain}{branches}");
    let long = format!("1.26.7-{}", "a".repeat(70));
    let long_lock = lock.replace("\"1.26.7\"", &format!("\"{long}\""));
    let loose = plain.replace("scheme: go", "scheme: loose");
    let done = r#"go-1.26.7: { runtime: go, from: "1.26.5", to: "1.26.7", state: done }"#;
    for (what, catalog, upgrades, lock, expected) in [
        ("watched", &watched, &[][..], &lock, "the runtime `go` has no process, so nothing can be planned for it"),
        ("the first", &first, &[], &lock, "no upgrade of `go` says who holds the role `dri`; write the first by hand"),
        (
            "a version that is too long",
            &loose,
            &[ON_1_26_5],
            &long_lock,
            "its version makes no id of an upgrade: an id has at most 64 characters",
        ),
        (
            "taken",
            &plain,
            &[done],
            &pinned,
            "the id `go-1.26.7` is taken by an upgrade that is done; `-v` tells who is not there yet",
        ),
        ("a file", &plain, &[ON_1_26_5], &lock, "`data/upgrades/go-1.26.7.yaml` is there, and is about something else"),
    ] {
        let folder = folder(catalog, upgrades, lock);
        let path = folder.path().join("data/upgrades");
        fs::create_dir(&path).expect("makes a folder");
        fs::write(path.join("go-1.26.7.yaml"), "# mine\n").expect("writes");
        let before = read_tree(folder.path());
        let document = propose(folder.path(), &["--write"]);
        let entry = &document["proposals"][0];
        assert_eq!(
            (text(&entry["by_hand"]), &entry["file"], &entry["written"]),
            (expected, &Value::Null, &false.into()),
            "{what}"
        );
        assert_eq!(read_tree(folder.path()), before, "{what}: nothing is written");
    }
}

/// A company with a bit of everything, in which names and facts mean harm.
fn company() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&root().join("tests/propose"), folder.path());
    folder
}

#[test]
fn proposals_are_told_to_people_and_programs_and_written_as_a_person_would() {
    let folder = company();
    let folder = folder.path();
    let mut said = String::new();
    let mut run = |args: &[&str]| {
        let shown = upshift(folder, args);
        said.push_str(&format!("$ upshift {}\n{}{}exit code {}\n\n", args.join(" "), shown.out, shown.err, shown.code));
        shown.code
    };
    run(&["propose", "-v"]);
    run(&["propose", "go", "--check"]);
    run(&["propose", "node", "--check"]);
    run(&["propose", "--write", "--check"]);
    run(&["propose", "golang"]);
    run(&["propose", "--format", "json"]);
    run(&["propose", "--write"]);
    let after = read_tree(folder);
    assert_eq!(run(&["check"]), 0, "what was written is sound");
    run(&["propose", "--write"]);
    assert_eq!(read_tree(folder), after, "a second run writes nothing more");
    for (path, text) in after.iter().filter(|(path, _)| path.starts_with("data/upgrades/")) {
        said.push_str(&format!("$ cat {path}\n{text}\n"));
    }
    assert_recorded("propose.txt", &said);
}

#[test]
fn before_anything_is_recorded_nothing_is_proposed() {
    let folder = company();
    fs::remove_file(folder.path().join("upshift.lock")).expect("removes");
    let document = propose(folder.path(), &["go"]);
    assert_eq!(to_lines(&document), ["nothing is recorded: run `upshift update`"]);
    assert_eq!(document["as_of"], Value::Null);
}

#[test]
fn a_catalog_that_is_not_sound_is_not_written_to() {
    let folder = company();
    let path = folder.path().join("data/company.yaml");
    let text = fs::read_to_string(&path).expect("reads");
    fs::write(&path, text.replace("title: Build,", "title: \"{{ nothing }}\",")).expect("writes");
    let before = read_tree(folder.path());
    let run = upshift(folder.path(), &["propose", "--write"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
    assert_eq!(read_tree(folder.path()), before);
}

#[test]
fn what_follows_the_shipped_upgrades_passes_the_check() {
    let folder = shipped();
    let folder = folder.path();
    let upgrades = folder.join("data/upgrades");
    for entry in fs::read_dir(&upgrades).expect("is a folder").flatten() {
        let text = fs::read_to_string(entry.path()).expect("reads");
        // What is left says which versions are in use, and who holds the roles.
        fs::write(entry.path(), text.replace("    state: active\n", "    state: done\n")).expect("writes");
    }
    let quiet = upshift(folder, &["propose", "--write", "-q"]);
    assert_eq!((quiet.code, quiet.err.as_str()), (0, ""));
    let check = upshift(folder, &["check", "-q"]);
    assert_eq!(check.code, 0, "{}", check.err);
    let after = read_tree(folder);
    assert_eq!(upshift(folder, &["propose", "--write", "-q"]).code, 0);
    assert_eq!(read_tree(folder), after, "a second run writes nothing more");
}

#[test]
fn what_was_given_up_is_told() {
    let lock = LOCK.replace(", eol = 2027-02-19", "");
    let upgrades = [
        ON_1_26_5,
        r#"go-a: { runtime: go, from: "1.26.5", to: "1.26.6", state: aborted, because: Too slow. }"#,
        r#"go-b: { runtime: go, from: "1.26.5", to: "1.27.0", state: aborted, because: Later. }"#,
    ];
    let folder = folder(&CATALOG.replace("POLICY", "{ adopt_within: 8mo }"), &upgrades, &lock);
    let run = upshift(folder.path(), &["propose"]);
    let expected = "now    go-1.26.7  Go 1.26.5 -> 1.26.7
       security: fixes GO-1, which affects 1.26.5 (go-vulndb)
       given up before: go-a

Given up, and so not proposed
  go-b, new line: Later.
";
    assert_eq!(run.out, expected);
    assert_eq!((run.code, run.err.as_str()), (0, "`upshift propose --write` writes a file\n"));
}
