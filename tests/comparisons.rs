//! The verb `upshift diff`: what each format writes of hostile changes, in whole, and what the verb does in a real git repository.
//! `SNAPSHOTS=overwrite` writes the files of `tests/reports/diff` anew.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on stops, and writes where it likes"
)]

#[path = "harness/harness.rs"]
mod harness;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use harness::{Run, repository, root, upshift};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use serde_json::{Value, json};
use upshift::cli::DiffFormat;
use upshift::model::changes::{Change, Changes, Part, Piece, Rule};
use upshift::model::comparison::Comparison;
use upshift::model::id::{ComponentId, TaskId, TeamId};
use upshift::report::{Asked, to_changes_text};

/// Each format and the file that shows it.
const FORMATS: [(DiffFormat, &str, &str); 7] = [
    (DiffFormat::Human, "human", "changes.txt"),
    (DiffFormat::Markdown, "markdown", "comment.md"),
    (DiffFormat::Json, "json", "changes.json"),
    (DiffFormat::Html, "html", "fragment.html"),
    (DiffFormat::Sarif, "sarif", "changes.sarif"),
    (DiffFormat::Junit, "junit", "changes.xml"),
    (DiffFormat::Github, "github", "github.txt"),
];

fn piece(part: Part, text: &str) -> Piece {
    Piece { part, text: text.to_owned() }
}

fn change(rule: Rule, path: &str, text: &str) -> Change {
    Change {
        id: rule.name().to_owned(),
        level: rule.level(),
        path: path.to_owned(),
        text: text.to_owned(),
        team: None,
        component: None,
        tasks: Vec::new(),
        before: None,
        after: None,
        words: Vec::new(),
        fingerprint: upshift::model::digest::sha256(path.as_bytes()),
    }
}

/// A change for everybody, two of one team and one of another, with all that a catalog should not hold.
fn hostile() -> Comparison {
    let words = vec![
        piece(Part::Same, "First line\n\nRun it\n"),
        piece(Part::Removed, "/close\n"),
        piece(Part::Same, "Ask "),
        piece(Part::Removed, "@all"),
        piece(Part::Added, "@everybody <img src=x onerror=alert(1)>"),
        piece(Part::Same, " and \u{1b}[31mwait\u{202e}\n```\n"),
        piece(Part::Added, "/approve\n::error::x"),
        piece(Part::Same, "\nlast\nof all\n"),
    ];
    let of = |team: &str, component: Option<&str>, change: Change| Change {
        team: Some(TeamId::new(team)),
        component: component.map(ComponentId::new),
        ..change
    };
    let due = Change {
        before: Some(json!("2026-09-10")),
        after: Some(json!("2026-09-17")),
        ..change(
            Rule::DateMoved,
            "due/date",
            "it is due on 2026-09-17, not on 2026-09-10; see #12 and https://x.org/!3",
        )
    };
    let api = Change {
        tasks: vec![TaskId::new("build/api")],
        words: words.clone(),
        ..change(Rule::InstructionsChanged, "tasks/build/api/do", "`build/api` is done in another way")
    };
    let web = Change {
        words,
        path: "tasks/build/web/do".to_owned(),
        text: "`build/web` is done in another way".to_owned(),
        fingerprint: upshift::model::digest::sha256(b"web"),
        ..api.clone()
    };
    let title = change(
        Rule::TitleChanged,
        "tasks/test/title",
        "the title of `test` is now `<script>alert(1)</script>`, not /close @all [x](javascript:alert(1))\n/approve",
    );
    let changes = vec![due, of("core", Some("api"), api), of("core", Some("web"), web), of("hostile", None, title)];
    Comparison {
        changes: Changes::new("go-1.27.0@r1".to_owned(), "v1 `@all`:go-1.27.0".to_owned(), changes),
        file: "site/go/1.27.0/runbook.json".to_owned(),
        teams: BTreeMap::from([
            (TeamId::new("core"), "Core".to_owned()),
            (TeamId::new("hostile"), "</summary><b>@all \u{1b}[1m`x".to_owned()),
        ]),
        components: BTreeMap::from([(ComponentId::new("api"), "API <1> @core".to_owned())]),
    }
}

#[test]
fn every_format_of_changes_is_as_recorded() {
    for (format, name, file) in FORMATS {
        let text = to_changes_text(&[hostile()], Asked::One, format).expect("writes");
        let text = anstream::adapter::strip_str(&text).to_string();
        let path = root().join("tests/reports/diff").join(file);
        if std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
            fs::create_dir_all(root().join("tests/reports/diff")).expect("makes a folder");
            fs::write(&path, &text).expect("writes");
        }
        assert_eq!(text, fs::read_to_string(&path).expect("is there").replace("\r\n", "\n"), "{name}");
    }
}

#[test]
fn words_have_colours_where_there_are_colours() {
    let text = to_changes_text(&[hostile()], Asked::One, DiffFormat::Human).expect("writes");
    let line = text.lines().find(|line| line.contains("@everybody")).expect("is shown");
    let expected = "            \u{1b}[2m|\u{1b}[0m Ask \u{1b}[31m[-@all-]\u{1b}[0m\u{1b}[32m{+@everybody <img src=x onerror=alert(1)>+}\u{1b}[0m and \\u{1b}[31mwait\\u{202e}";
    assert_eq!(line, expected);
}

#[test]
fn a_comment_holds_no_line_that_a_tracker_obeys_and_no_name_that_it_calls() {
    let text = to_changes_text(&[hostile()], Asked::One, DiffFormat::Markdown).expect("writes");
    assert_eq!(text.lines().filter(|line| line.trim_start().starts_with('/')).collect::<Vec<_>>(), Vec::<&str>::new());
    // As CommonMark reads it: what is text names nobody, links nowhere, and is no element but those of the comment.
    let mut elements = Vec::new();
    let mut is_in_fence = false;
    for event in Parser::new(&text) {
        match event {
            Event::Start(Tag::CodeBlock(_)) | Event::End(TagEnd::CodeBlock) => is_in_fence = !is_in_fence,
            Event::Text(part) if !is_in_fence => assert!(!part.contains('@') && !part.contains("://"), "{part}"),
            Event::Html(part) | Event::InlineHtml(part) => elements.push(part.trim().to_owned()),
            Event::Start(Tag::Link { dest_url, .. }) => panic!("links to {dest_url}"),
            _ => {}
        }
    }
    let expected = [
        "<details><summary><code>&lt;/summary&gt;&lt;b&gt;@all</code> <code>[1m&#39;x</code>: 1 info</summary>",
        "</details>",
        "<details><summary>Core: 2 breaking</summary>",
        "</details>",
    ];
    assert_eq!(elements, expected);
}

#[test]
fn a_report_without_changes_is_whole() {
    let none = Comparison { changes: Changes::new("a".to_owned(), "b".to_owned(), Vec::new()), ..hostile() };
    let text = |format| to_changes_text(std::slice::from_ref(&none), Asked::All, format).expect("writes");
    assert_eq!(text(DiffFormat::Human), "");
    assert_eq!(text(DiffFormat::Markdown), "No runbook changes its meaning.\n");
    assert_eq!(
        text(DiffFormat::Html),
        "<div class=\"upshift-diff\">\n<p class=\"upshift-none\">No runbook changes its meaning.</p>\n</div>\n"
    );
    assert_eq!(text(DiffFormat::Json), "{\n  \"schema\": \"upshift/diffs/1\",\n  \"diffs\": []\n}\n");
    assert_eq!(text(DiffFormat::Github), "");
    let sarif: Value = serde_json::from_str(&text(DiffFormat::Sarif)).expect("is JSON");
    assert_eq!(sarif["runs"][0]["results"], json!([]));
}

#[test]
fn a_long_comment_says_what_it_leaves_out() {
    let many = (0..1000).map(|at| Change {
        team: Some(TeamId::new(&format!("team{at}"))),
        ..change(Rule::TaskAdded, &format!("tasks/t{at}"), &format!("`t{at}` {}", "is new ".repeat(20)))
    });
    let long = Comparison { changes: Changes::new("a".to_owned(), "b".to_owned(), many.collect()), ..hostile() };
    let text = to_changes_text(&[long], Asked::One, DiffFormat::Markdown).expect("writes");
    let shown = text.matches("</details>").count();
    let last = text.lines().last().expect("has lines");
    assert!(text.len() < 61_000 && shown > 100, "{shown}");
    assert_eq!(last, format!("{} more changes are too long for a comment; `upshift diff` shows all.", 1000 - shown));
}

#[test]
fn a_team_hears_of_its_own_changes_and_of_those_for_everybody() {
    let mut comparison = hostile();
    let moved = Change {
        team: Some(TeamId::new("core")),
        before: Some(json!("old")),
        after: Some(json!("core")),
        ..change(Rule::OwnerChanged, "tasks/ship/owner", "`ship` is done by `core`, not by `old`")
    };
    comparison.changes.changes.push(moved);
    let paths = |team: &str| {
        let mut restricted = comparison.clone();
        restricted.restrict(&TeamId::new(team));
        restricted.changes.changes.iter().map(|change| change.path.clone()).collect::<Vec<_>>()
    };
    assert_eq!(paths("core"), ["due/date", "tasks/build/api/do", "tasks/build/web/do", "tasks/ship/owner"]);
    assert_eq!(paths("old"), ["due/date", "tasks/ship/owner"]);
    assert_eq!(paths("nobody"), ["due/date"]);
}

const CATALOG: &str = r##"teams: { core: { name: Core }, other: { name: Other } }
components:
  api: { name: API, owner: core, uses: { go: { phase: work } } }
  web: { name: Web, owner: other, uses: { go: { phase: work } } }
runtimes: { go: { name: Go, scheme: go, process: go } }
processes:
  go:
    phases: [{ id: work }]
    steps:
      build:
        title: "Build {{ component.name }} with {{ to }}"
        each: component
        do: |
          Change the version in `go.mod`.

          Ask for a review.
upgrades:
  go-1.27.0: { runtime: go, from: "1.26.7", to: "1.27.0", start: 2026-08-24, due: 2026-09-17 }
"##;

const LOCK: &str = "format = 1\n\n[days]\nversions = 2026-08-22\n";

/// Runs git in a folder, and returns what it prints.
fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main"])
        .args(args)
        .current_dir(folder)
        .env_remove("GIT_DIR")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("NO_COLOR", "1")
        .output()
        .expect("runs");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("prints text")
}

/// A git repository with a built catalog, whose branch `main` holds it as it is.
fn committed() -> tempfile::TempDir {
    let folder = repository(&[("data/catalog.yaml", CATALOG), ("upshift.lock", LOCK)]);
    assert_eq!(upshift(folder.path(), &["build", "--quiet", "--no-public"]), done(""));
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["add", "data", "upshift.lock", "site"]);
    git(folder.path(), &["commit", "--quiet", "--message", "first"]);
    git(folder.path(), &["tag", "v1"]);
    folder
}

fn done(out: &str) -> Run {
    Run { code: 0, out: out.to_owned(), err: String::new() }
}

/// Replaces a part of the catalog, and builds.
fn edit(folder: &Path, old: &str, new: &str) {
    let path = folder.join("data/catalog.yaml");
    let text = fs::read_to_string(&path).expect("reads");
    assert!(text.contains(old), "{old}");
    fs::write(path, text.replace(old, new)).expect("writes");
    assert_eq!(upshift(folder, &["build", "--quiet", "--no-public"]), done(""));
}

const IN_GO_MOD: &str = "Change the version in `go.mod`.";
const IN_TOOL_VERSIONS: &str = "Change the version in `.tool-versions`.";

#[test]
fn a_reviewer_sees_what_an_edited_step_means() {
    let folder = committed();
    assert_eq!(upshift(folder.path(), &["diff", "main:", "--quiet"]), done(""));
    edit(folder.path(), IN_GO_MOD, IN_TOOL_VERSIONS);
    let expected = "main:go-1.27.0 -> go-1.27.0: 2 breaking

Core
  API
    breaking  `build/api`: it is done in another way [instructions-changed]
            | Change the version in [-`go.mod`.-]{+`.tool-versions`.+}
            |
            | ...

Other
  Web
    breaking  `build/web`: it is done in another way [instructions-changed]
              the same words as in tasks/build/api/do
";
    let found = Run { code: 1, out: expected.to_owned(), err: String::new() };
    assert_eq!(upshift(folder.path(), &["diff", "main:"]), found);
    for args in [["diff", "v1:", "go-1.27.0"], ["diff", "v1:go-1.27.0", "go-1.27.0"]] {
        let shown = upshift(folder.path(), &args);
        assert_eq!(shown, Run { out: expected.replace("main:", "v1:"), ..found.clone() }, "{args:?}");
    }
    // For one team; from a subfolder; with both sides in git; and the tree of the user is as it was.
    let core = upshift(folder.path(), &["diff", "main:", "--for", "core"]);
    let only_core = expected.split("\nOther").next().expect("has a part").replace("2 breaking", "1 breaking");
    assert_eq!(core, Run { out: only_core, ..found.clone() });
    assert_eq!(upshift(&folder.path().join("data"), &["-C", "..", "diff", "main:"]), found);
    git(folder.path(), &["commit", "--quiet", "--all", "--message", "second"]);
    let both = expected.replace("main:", "v1:").replace("-> go", "-> HEAD:go");
    assert_eq!(upshift(folder.path(), &["diff", "v1..HEAD"]), Run { out: both, ..found });
    assert_eq!(git(folder.path(), &["status", "--porcelain"]), "");
}

#[test]
fn a_catalog_in_a_subfolder_of_its_repository_is_found() {
    let folder = repository(&[("sub/data/catalog.yaml", CATALOG), ("sub/upshift.lock", LOCK)]);
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message", "first"]);
    edit(&folder.path().join("sub"), "due: 2026-09-17", "due: 2026-09-24");
    let shown = upshift(folder.path(), &["-C", "sub", "diff", "main:", "--format", "json", "--fail-on", "breaking"]);
    let document: Value = serde_json::from_str(&shown.out).expect("is JSON");
    let changes = document["diffs"][0]["changes"].as_array().expect("is a list");
    let ids: Vec<&Value> =
        changes.iter().filter(|change| change["path"] == "due/date").map(|change| &change["id"]).collect();
    assert_eq!((shown.code, ids), (0, vec![&json!("date-moved")]));
}

#[test]
fn an_upgrade_of_one_side_only_is_told() {
    let folder = committed();
    edit(
        folder.path(),
        "  go-1.27.0: {",
        "  go-1.27.1: { runtime: go, from: \"1.27.0\", to: \"1.27.1\" }\n  go-1.27.0: {",
    );
    let added = "main:go-1.27.1 -> go-1.27.1: 1 info

Everybody
    info      the upgrade `go-1.27.1` is new: 2 tasks [upgrade-added]
";
    assert_eq!(upshift(folder.path(), &["diff", "main:"]), Run { code: 1, out: added.to_owned(), err: String::new() });
    assert_eq!(upshift(folder.path(), &["diff", "main:", "--fail-on", "warning"]), done(added));
    git(folder.path(), &["commit", "--quiet", "--all", "--message", "second"]);
    let removed = "HEAD:go-1.27.1 -> v1:go-1.27.1: 1 breaking

Everybody
    breaking  the upgrade `go-1.27.1` is gone, with 2 tasks [upgrade-removed]
";
    let shown = upshift(folder.path(), &["diff", "HEAD:", "v1:", "--fail-on", "breaking"]);
    assert_eq!(shown, Run { code: 1, out: removed.to_owned(), err: String::new() });
}

/// Releases the runbook as it is now.
fn release(folder: &Path) {
    assert_eq!(upshift(folder, &["release", "go-1.27.0", "--quiet"]), done(""));
}

#[test]
fn a_revision_is_compared_with_what_came_after() {
    let folder = committed();
    let unreleased = "`go-1.27.0` has no revision yet\n";
    assert_eq!(upshift(folder.path(), &["diff"]), Run { err: unreleased.to_owned(), ..done("") });
    let alone = "error: `go-1.27.0` has no revision yet\n  = help: name the other side, too\n";
    let refused = |err: &str| Run { code: 2, out: String::new(), err: err.to_owned() };
    assert_eq!(upshift(folder.path(), &["diff", "go-1.27.0"]), refused(alone));
    release(folder.path());
    let nothing = Run { err: "nothing differs\n".to_owned(), ..done("") };
    assert_eq!(upshift(folder.path(), &["diff"]), nothing);
    edit(folder.path(), IN_GO_MOD, IN_TOOL_VERSIONS);
    release(folder.path());
    assert_eq!(upshift(folder.path(), &["diff"]), nothing);
    let first = |out: &Run| out.out.lines().next().map(str::to_owned);
    for (args, expected) in [
        (vec!["diff", "go-1.27.0@r1"], "go-1.27.0@r1 -> go-1.27.0: 2 breaking"),
        (vec!["diff", "go-1.27.0@r1", "go-1.27.0@r2"], "go-1.27.0@r1 -> go-1.27.0@r2: 2 breaking"),
        (vec!["diff", "site/go/1.27.0/r1.json"], "site/go/1.27.0/r1.json -> go-1.27.0: 2 breaking"),
        (vec!["diff", "main:", "go-1.27.0@r2"], "main:go-1.27.0 -> go-1.27.0@r2: 2 breaking"),
        (
            vec!["diff", "main:site/go/1.27.0/runbook.json", "site/go/1.27.0/runbook.json"],
            "main:site/go/1.27.0/runbook.json -> site/go/1.27.0/runbook.json: 2 breaking",
        ),
    ] {
        let shown = upshift(folder.path(), &args);
        assert_eq!((shown.code, first(&shown).as_deref(), shown.err.as_str()), (1, Some(expected), ""), "{args:?}");
    }
    let missing = "error: there is no revision `go-1.27.0@r3`\n  = help: the latest one is `go-1.27.0@r2`\n";
    assert_eq!(upshift(folder.path(), &["diff", "go-1.27.0@r3"]), refused(missing));
}

#[test]
fn what_cannot_be_compared_is_refused_in_words() {
    let folder = committed();
    fs::write(folder.path().join("no.json"), "{}").expect("writes");
    let cases = [
        ("nope:", "error: git does not know the revision `nope`: fatal: Needed a single revision\n"),
        ("go-1.28", "error: there is no upgrade `go-1.28`\n  = help: did you mean `go-1.27.0`?\n"),
        ("main:go-1.28", "error: there is no upgrade `go-1.28`\n  = help: did you mean `go-1.27.0`?\n"),
        ("main:no.json", "error: there is no file `main:no.json`\n"),
        ("gone.json", "error: there is no file `gone.json`\n"),
        ("no.json", "error: `no.json` is not a runbook of upshift: missing field `schema` at line 1 column 2\n"),
        (":", "error: `` cannot be the name of a revision\n"),
    ];
    for (operand, expected) in cases {
        let shown = upshift(folder.path(), &["diff", operand]);
        assert_eq!(shown, Run { code: 2, out: String::new(), err: expected.to_owned() }, "{operand}");
    }
    let option = upshift(folder.path(), &["diff", "--", "--upload-pack=touch x:"]);
    let expected = "error: `--upload-pack=touch x` cannot be the name of a revision\n";
    assert_eq!(option, Run { code: 2, out: String::new(), err: expected.to_owned() });
    let team = upshift(folder.path(), &["diff", "main:", "--for", "cores"]);
    let expected = "error: there is no team `cores`\n  = help: did you mean `core`?\n";
    assert_eq!(team, Run { code: 2, out: String::new(), err: expected.to_owned() });
    // Outside of git, and where an older catalog is broken.
    let elsewhere = repository(&[("data/catalog.yaml", CATALOG)]);
    let shown = upshift(elsewhere.path(), &["diff", "main:"]);
    assert_eq!(shown.code, 2, "{shown:?}");
    fs::write(folder.path().join("data/catalog.yaml"), "teams: [").expect("writes");
    git(folder.path(), &["commit", "--quiet", "--all", "--message", "broken"]);
    fs::write(folder.path().join("data/catalog.yaml"), CATALOG).expect("writes");
    let shown = upshift(folder.path(), &["diff", "HEAD:"]);
    assert_eq!(shown.code, 2);
    assert_eq!(shown.err.lines().last(), Some("error: the catalog of `HEAD` cannot be planned"));
}

#[test]
fn every_format_is_printed_by_the_verb() {
    let folder = committed();
    edit(folder.path(), IN_GO_MOD, IN_TOOL_VERSIONS);
    let diff = |format: &str| {
        let shown = upshift(folder.path(), &["diff", "main:", "go-1.27.0", "--format", format]);
        assert_eq!((shown.code, shown.err.as_str()), (1, ""), "{format}");
        shown.out
    };
    let parse = |text: &str| -> Value { serde_json::from_str(text).expect("is JSON") };
    let document = parse(&diff("json"));
    let schema = |name: &str| parse(&upshift(root(), &["schema", name]).out);
    let faults = |name: &str, document: &Value| {
        let validator = jsonschema::validator_for(&schema(name)).expect("is a schema");
        validator.iter_errors(document).map(|error| error.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(faults("diff", &document), Vec::<String>::new());
    let all = parse(&upshift(folder.path(), &["diff", "main:", "--format", "json"]).out);
    assert_eq!(faults("diffs", &all), Vec::<String>::new());
    assert_eq!(all["diffs"][0], document);
    // The readers count the same changes.
    let prints = |list: &Value, path: &str| -> Vec<Value> {
        list.as_array().expect("is a list").iter().map(|entry| entry.pointer(path).expect("has one").clone()).collect()
    };
    let known = prints(&document["changes"], "/fingerprint");
    assert_eq!(known.len(), 2);
    let sarif = parse(&diff("sarif"));
    assert_eq!(prints(&sarif["runs"][0]["results"], "/partialFingerprints/upshift~1v1"), known);
    assert_eq!(diff("junit").matches("<failure ").count(), 2);
    let expected = "::error file=site/go/1.27.0/runbook.json,title=instructions-changed::`build/api`: it is done in another way: ... the version in [-`go.mod`.-] {+`.tool-versions`.+} Ask for a ...
::error file=site/go/1.27.0/runbook.json,title=instructions-changed::`build/web`: it is done in another way: ... the version in [-`go.mod`.-] {+`.tool-versions`.+} Ask for a ...
";
    assert_eq!(diff("github"), expected);
    assert_eq!(diff("html").matches("<li class=\"upshift-change upshift-breaking\">").count(), 2);
    assert_eq!(diff("markdown").lines().next(), Some("### `main:go-1.27.0` → `go-1.27.0`: 2 breaking"));
}

#[test]
fn git_shows_the_meaning_of_runbooks() {
    let folder = committed();
    let attributes = "site/**/runbook.json diff=upshift\n*.txt diff=upshift\n";
    fs::write(folder.path().join(".gitattributes"), attributes).expect("writes");
    let command = format!("'{}' diff --git-driver", env!("CARGO_BIN_EXE_upshift"));
    git(folder.path(), &["config", "diff.upshift.command", &command]);
    fs::write(folder.path().join("note.txt"), "one\n").expect("writes");
    git(folder.path(), &["add", ".gitattributes", "note.txt"]);
    git(folder.path(), &["commit", "--quiet", "--message", "attributes"]);
    edit(folder.path(), IN_GO_MOD, IN_TOOL_VERSIONS);
    let runbook = "site/go/1.27.0/runbook.json";
    let shown = git(folder.path(), &["diff", "--", runbook]);
    assert_eq!(
        shown.lines().next(),
        Some("a/site/go/1.27.0/runbook.json -> b/site/go/1.27.0/runbook.json: 2 breaking")
    );
    // In a subfolder of the repository, too.
    assert_eq!(git(&folder.path().join("site"), &["diff", "--", "go/1.27.0/runbook.json"]), shown);
    // What is no runbook is shown by its lines.
    fs::write(folder.path().join("note.txt"), "two\n").expect("writes");
    let lines = "--- a/note.txt\n+++ b/note.txt\n@@ -1 +1 @@\n-one\n+two\n";
    assert_eq!(git(folder.path(), &["diff", "--", "note.txt"]), lines);
    // A runbook that is gone, and one that is new.
    fs::remove_file(folder.path().join(runbook)).expect("removes");
    let gone = "a/site/go/1.27.0/runbook.json -> /dev/null: 1 breaking

Everybody
    breaking  the upgrade `go-1.27.0` is gone, with 2 tasks [upgrade-removed]
";
    assert_eq!(git(folder.path(), &["diff", "--", runbook]), gone);
    git(folder.path(), &["rm", "--quiet", "--cached", runbook]);
    git(folder.path(), &["commit", "--quiet", "--message", "gone"]);
    git(folder.path(), &["checkout", "--quiet", "v1", "--", runbook]);
    let new = "/dev/null -> b/site/go/1.27.0/runbook.json: 1 info

Everybody
    info      the upgrade `go-1.27.0` is new: 2 tasks [upgrade-added]
";
    assert_eq!(git(folder.path(), &["diff", "--cached", "--", runbook]), new);
}

#[test]
fn the_driver_takes_what_git_gives_and_nothing_else() {
    let folder = repository(&[("old", "a\n"), ("new", "b\n")]);
    let driver = |args: &[&str]| upshift(folder.path(), &[&["diff", "--git-driver"], args].concat());
    let lines = "--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n";
    assert_eq!(driver(&["x", "old", "0", "100644", "new", "0", "100644", "y", "similarity index 0%"]), done(lines));
    assert_eq!(driver(&["-x"]), done("* unmerged -x\n"));
    let refused = "error: git gives 7 arguments to a diff driver, not 3\n  = help: write `git config diff.upshift.command 'upshift diff --git-driver'`\n";
    assert_eq!(driver(&["x", "old", "new"]), Run { code: 2, out: String::new(), err: refused.to_owned() });
    fs::write(folder.path().join("new"), [0xff, 0xfe, 0]).expect("writes");
    let binary = "Binary files a/x and b/x differ\n";
    assert_eq!(driver(&["x", "old", "0", "100644", "new", "0", "100644"]), done(binary));
}

/// From an edited step to a second revision: what the reviewer reads, what the engineer keeps, what nobody may change.
#[test]
fn the_story_of_a_merge_request() {
    let folder = committed();
    let site = folder.path().join("site/go/1.27.0");
    // The first revision, and an engineer who has done two of its tasks; one of them before its words changed.
    release(folder.path());
    let ticks = "\n    tasks: { build/api: { state: done, on: 2026-08-22, evidence: \"https://acme.example/1\" } }\n";
    edit(folder.path(), "due: 2026-09-17 }\n", &format!("due: 2026-09-17,{} }}\n", ticks.trim()));
    git(folder.path(), &["add", "data", "site"]);
    git(folder.path(), &["commit", "--quiet", "--message", "r1"]);

    // The edit, and what the reviewer of its merge request reads.
    edit(folder.path(), IN_GO_MOD, IN_TOOL_VERSIONS);
    let comment = upshift(folder.path(), &["diff", "main:", "--format", "markdown", "--fail-on", "breaking"]);
    assert_eq!((comment.code, comment.err.as_str()), (1, ""));
    assert!(comment.out.contains("- Change the version in `go.mod`."), "{}", comment.out);
    assert!(comment.out.contains("+ Change the version in `.tool-versions`."), "{}", comment.out);

    // The second revision, of another day; the tick survives, and says that the words changed since.
    let later = ["--as-of", "2026-08-25", "--quiet"];
    assert_eq!(upshift(folder.path(), &[&["release", "go-1.27.0"][..], &later].concat()), done(""));
    assert_eq!(upshift(folder.path(), &[&["build", "--no-public"][..], &later].concat()), done(""));
    let page = fs::read_to_string(site.join("runbook.md")).expect("reads");
    let ticked = page.lines().find(|line| line.starts_with("- [x] ")).expect("is ticked");
    assert!(ticked.contains("`build/api`") && ticked.contains("changed since done"), "{ticked}");
    assert!(page.contains("Released: [r2](r2.md) of 2026-08-25"), "{page}");
    let found = upshift(folder.path(), &["diff", "go-1.27.0@r1", "go-1.27.0@r2", "--fail-on", "breaking"]);
    assert_eq!((found.code, found.err.as_str()), (1, ""));

    // Somebody changes what was released.
    let first = fs::read_to_string(site.join("r1.json")).expect("reads");
    fs::write(site.join("r1.json"), first.replace("go.mod", "go.sum")).expect("writes");
    let check = upshift(folder.path(), &["check"]);
    assert_eq!(check.code, 2);
    assert!(check.err.starts_with("error[changed-revision]: `r1.json` is not what was released"), "{}", check.err);
}
