//! Released revisions: what `upshift release` freezes stays as it is, and `upshift check` names what does not.

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
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use harness::{Run, copy, read_tree, repository, root, upshift};
use serde_json::{Value, json};

const CATALOG: &str = r##"teams: { core: { name: Core, handle: "@core" } }
components: { api: { owner: core, uses: { go: { phase: work } } } }
runtimes: { go: { name: Go, scheme: go, process: go } }
processes:
  go:
    phases: [{ id: work }]
    steps:
      build: { title: "Build {{ component.name }}", each: component, do: Change the version. }
upgrades:
  go-1.27.0: { runtime: go, from: "1.26.7", to: "1.27.0", state: active }
"##;

const FOLDER: &str = "site/go/1.27.0";

type Tree = BTreeMap<String, String>;

fn run(code: i32, err: &str) -> Run {
    Run { code, out: String::new(), err: err.to_owned() }
}

fn release(folder: &Path, day: &str) -> Run {
    upshift(folder, &["release", "go-1.27.0", "--as-of", day])
}

fn write_catalog(folder: &Path, instructions: &str) {
    fs::write(folder.join("data/a.yaml"), CATALOG.replace("Change the version.", instructions)).expect("writes");
}

/// The released files of a repository.
fn released(folder: &Path) -> Tree {
    let mut tree = read_tree(&folder.join(FOLDER));
    tree.retain(|path, _| path == "revisions.json" || path.starts_with("r1.") || path.starts_with("r2."));
    tree
}

/// A repository with two revisions, and the pages of both.
fn two_revisions() -> tempfile::TempDir {
    let folder = repository(&[("data/a.yaml", CATALOG)]);
    assert_eq!(release(folder.path(), "2026-08-10").code, 0);
    write_catalog(folder.path(), "Change it in `go.mod`.");
    assert_eq!(release(folder.path(), "2026-08-15").code, 0);
    assert_eq!(upshift(folder.path(), &["build", "--no-public", "--as-of", "2026-08-22"]).code, 0);
    folder
}

/// The problems of a repository: code, file, message.
fn problems(folder: &Path) -> Vec<[String; 3]> {
    let check = upshift(folder, &["check", "--format", "json"]);
    let document: Value = serde_json::from_str(&check.out).expect("is JSON");
    let problems = document["problems"].as_array().expect("is a list");
    assert_eq!((check.code, check.err.as_str()), (if problems.is_empty() { 0 } else { 2 }, ""));
    let text = |problem: &Value, key: &str| problem[key].as_str().expect("is a text").to_owned();
    problems.iter().map(|problem| ["code", "file", "message"].map(|key| text(problem, key))).collect()
}

#[test]
fn a_release_freezes_the_runbook_once() {
    let folder = repository(&[("data/a.yaml", CATALOG)]);
    let folder = folder.path();
    let said =
        "released go-1.27.0 as r1 of 2026-08-10: site/go/1.27.0/r1.md; run `upshift build` so that its pages say so\n";
    assert_eq!(upshift(folder, &["release", "go-1.27.0", "--as-of", "2026-08-10", "-m", "The first"]), run(0, said));
    let first = released(folder);
    assert_eq!(first.keys().collect::<Vec<_>>(), ["r1.json", "r1.md", "revisions.json"]);
    let unchanged = "go-1.27.0 has not changed since r1 of 2026-08-10: nothing to release\n";
    assert_eq!(release(folder, "2026-08-10"), run(0, unchanged));
    assert_eq!(released(folder), first);

    write_catalog(folder, "Change it in `go.mod`.");
    let before = "error: r1 is of 2026-08-10, and a revision of 2026-08-09 cannot follow it\n";
    assert_eq!(release(folder, "2026-08-09"), run(2, before));
    assert_eq!(release(folder, "2026-08-15").code, 0);
    let second = released(folder);
    assert_eq!([&second["r1.md"], &second["r1.json"]], [&first["r1.md"], &first["r1.json"]]);
    let list: Value = serde_json::from_str(&second["revisions.json"]).expect("is JSON");
    let entries = list["revisions"].as_array().expect("is a list");
    let told = |key: &str| entries.iter().map(|entry| entry[key].clone()).collect::<Vec<_>>();
    assert_eq!(told("date"), ["2026-08-10", "2026-08-15"]);
    assert_eq!(told("message"), [json!("The first"), json!(null)]);
    assert_eq!(told("superseded_by"), [json!(2), json!(null)]);
    assert_eq!(told("previous"), [json!(null), told("digest")[0].clone()]);
    let document: Value = serde_json::from_str(&second["r2.json"]).expect("is JSON");
    assert_eq!(document["revision"], 2);
    assert_eq!(problems(folder), Vec::<[String; 3]>::new());
    let names = fs::read_dir(folder).expect("is a folder").flatten().map(|entry| entry.file_name()).collect::<Vec<_>>();
    assert_eq!(names.len(), 2, "no stage is left: {names:?}");
}

#[test]
fn a_release_needs_an_upgrade_a_day_and_a_sound_catalog() {
    let folder = repository(&[("data/a.yaml", CATALOG)]);
    let folder = folder.path();
    let unknown = "error: there is no upgrade `go-1.27.1`\n  = help: did you mean `go-1.27.0`?\n";
    assert_eq!(upshift(folder, &["release", "go-1.27.1"]), run(2, unknown));
    let dateless = "error: nothing is recorded, so a revision would have no date\n  = help: run `upshift update` first, or name the day with `--as-of DATE`\n";
    assert_eq!(upshift(folder, &["release", "go-1.27.0"]), run(2, dateless));
    assert_eq!(upshift(folder, &["release", "go-1.27.0", "-m", ""]).code, 2);
    write_catalog(folder, "\"{{ nobody }}\"");
    assert_eq!(release(folder, "2026-08-10").code, 2);
    assert!(!folder.join("site").exists(), "nothing is written");
}

#[test]
fn nothing_but_a_release_touches_what_was_released() {
    let folder = two_revisions();
    let folder = folder.path();
    let kept = released(folder);
    let manifest = fs::read_to_string(folder.join("site/.upshift-manifest.json")).expect("reads");
    assert!(!manifest.contains("/r1.") && !manifest.contains("revisions.json"), "{manifest}");
    let build = || {
        let build = upshift(folder, &["build", "--no-public", "--as-of", "2026-08-22"]);
        assert_eq!((build.code, released(folder)), (0, kept.clone()), "{}", build.err);
        assert_eq!(problems(folder), Vec::<[String; 3]>::new());
    };
    // A template of one's own.
    fs::create_dir(folder.join("templates")).expect("makes a folder");
    fs::write(folder.join("templates/runbook.md"), "# Mine\n").expect("writes");
    build();
    // A manifest that claims them.
    let claimed = manifest.replace("\"files\": [", "\"files\": [\"go/1.27.0/r1.md\", \"go/1.27.0/revisions.json\",");
    assert_ne!(claimed, manifest);
    fs::write(folder.join("site/.upshift-manifest.json"), claimed).expect("writes");
    build();
    // An upgrade that is gone.
    let (without, _) = CATALOG.split_once("upgrades:").expect("has upgrades");
    fs::write(folder.join("data/a.yaml"), without).expect("writes");
    build();
    assert!(!folder.join(FOLDER).join("runbook.md").exists(), "its other pages are gone");
    // And still nobody may change them.
    fs::write(folder.join(FOLDER).join("r1.md"), "").expect("writes");
    assert_eq!(problems(folder).len(), 1);
}

#[test]
fn check_names_the_first_broken_link() {
    let original = two_revisions();
    let list = fs::read_to_string(original.path().join(FOLDER).join("revisions.json")).expect("reads");
    let document: Value = serde_json::from_str(&list).expect("is JSON");
    let [first, second] = [0, 1].map(|at| document["revisions"][at]["digest"].as_str().expect("is a digest"));
    let edit = |old: &str, new: &str| {
        assert!(list.contains(old), "{old}");
        Some(list.replacen(old, new, 1))
    };
    let changed = |name: &str, key: &str| {
        let number = &name[1..2];
        format!("`{name}` is not what was released: `{key}` of r{number} is another digest")
    };
    let other = "0".repeat(64);
    // What becomes of a file (nothing: it is removed), and what is said of which file.
    let cases: Vec<(&str, Option<String>, &str, &str, String)> = vec![
        ("r1.md", Some("# Mine\n".to_owned()), "changed-revision", "r1.md", changed("r1.md", "markdown")),
        ("r2.json", Some("{}".to_owned()), "changed-revision", "r2.json", changed("r2.json", "json")),
        ("r1.json", None, "missing-revision", "r1.json", "`r1.json` is not there, and r1 was released".to_owned()),
        (
            "revisions.json",
            edit("2026-08-10", "2026-08-09"),
            "broken-chain",
            "revisions.json",
            "the `digest` of r1 does not match its entry".to_owned(),
        ),
        (
            "revisions.json",
            edit(&format!("\"previous\": \"{first}\""), &format!("\"previous\": \"{other}\"")),
            "broken-chain",
            "revisions.json",
            "the `previous` of r2 is not the `digest` of r1".to_owned(),
        ),
        (
            "revisions.json",
            edit(&format!("\"digest\": \"{second}\""), &format!("\"digest\": \"{other}\"")),
            "broken-chain",
            "revisions.json",
            "the `digest` of r2 does not match its entry".to_owned(),
        ),
        (
            "revisions.json",
            edit("\"revision\": 2", "\"revision\": 4294967295"),
            "broken-chain",
            "revisions.json",
            "the entry after r1 has the `revision` 4294967295".to_owned(),
        ),
        (
            "revisions.json",
            edit("\"superseded_by\": 2", "\"superseded_by\": null"),
            "broken-chain",
            "revisions.json",
            "the `superseded_by` of r1 does not match the list".to_owned(),
        ),
        (
            "r3.md",
            Some(String::new()),
            "surplus-revision",
            "r3.md",
            "`r3.md` was not released: there is no r3 in `revisions.json`".to_owned(),
        ),
        (
            "r01.json",
            Some(String::new()),
            "surplus-revision",
            "r01.json",
            "`r01.json` was not released: no revision has this number in `revisions.json`".to_owned(),
        ),
        (
            "revisions.json",
            edit("upshift/revisions/1", "upshift/revisions/2"),
            "invalid-revision",
            "revisions.json",
            "this has the format `upshift/revisions/2`; this version reads `upshift/revisions/1`".to_owned(),
        ),
        (
            "revisions.json",
            edit("go-1.27.0", "go-1.27.1"),
            "invalid-revision",
            "revisions.json",
            "this is of the upgrade `go-1.27.1`, and stands in the folder of another".to_owned(),
        ),
    ];
    for (name, text, code, file, message) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        copy(original.path(), folder.path());
        let path = folder.path().join(FOLDER).join(name);
        match text {
            Some(text) => fs::write(&path, text).expect("writes"),
            None => fs::remove_file(&path).expect("removes"),
        }
        assert_eq!(problems(folder.path()), [[code.to_owned(), format!("{FOLDER}/{file}"), message.clone()]], "{name}");
        let before = read_tree(folder.path());
        for verb in [&["build", "--no-public"][..], &["release", "go-1.27.0", "--as-of", "2026-08-22"]] {
            assert_eq!(upshift(folder.path(), verb).code, 2, "{verb:?}: {message}");
        }
        assert!(read_tree(folder.path()) == before, "{name}: nothing is written");
    }
    // Without the list, nothing says what the files are.
    fs::remove_file(original.path().join(FOLDER).join("revisions.json")).expect("removes");
    let codes: Vec<String> = problems(original.path()).into_iter().map(|[code, ..]| code).collect();
    assert_eq!(codes, ["surplus-revision"; 4]);
}

#[test]
fn lists_that_mean_harm_are_problems_and_no_more() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let entry = |text: &str| {
        format!("{{\"schema\": \"upshift/revisions/1\", \"upgrade\": \"go-1.27.0\", \"revisions\": [{text}]}}")
    };
    let lists = [
        String::new(),
        "null".to_owned(),
        "\u{1b}[2J".to_owned(),
        deep.clone(),
        format!("{{\"schema\": {deep}}}"),
        entry("{}"),
        entry("7"),
        entry("{\"revision\": -1}"),
        entry("{\"revision\": 99999999999999999999}"),
        entry("{\"\u{202e}\u{7}\": 1}"),
        entry("").replace("go-1.27.0", "../../etc"),
        entry("").replace("/1\"", "/\u{1b}[31m\""),
    ];
    for list in lists {
        let folder = repository(&[("data/a.yaml", CATALOG), (&format!("{FOLDER}/revisions.json"), &list)]);
        let check = upshift(folder.path(), &["check"]);
        let shown: String = list.chars().take(60).collect();
        assert_eq!(check.code, 2, "{shown:?}: {}", check.err);
        let first = check.err.lines().next().unwrap_or_default();
        assert!(first.starts_with("error[invalid-revision]: this "), "{shown:?}: {first}");
        assert!(first.len() < 400 && !check.err.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{shown:?}: {first:?}");
    }
    // Names that look released, and are folders or links, or numbers without end.
    let long = format!("{FOLDER}/r{}.json", "9".repeat(200));
    let folder = repository(&[("data/a.yaml", CATALOG), (&format!("{FOLDER}/r1.md/x"), ""), (&long, "")]);
    let codes: Vec<String> = problems(folder.path()).into_iter().map(|[code, ..]| code).collect();
    assert_eq!(codes, ["surplus-revision"; 2]);
}

#[test]
fn a_chain_that_somebody_forged_names_no_path_outside() {
    let golden = root().join("tests/golden/released_revisions");
    let folder = tempfile::tempdir().expect("a folder");
    copy(&golden, folder.path());
    let place = folder.path().join("site/go/1.26.7");
    let document = fs::read_to_string(place.join("r1.json")).expect("reads");
    let forged = document.replace("\"owner\": \"core\"", "\"owner\": \"../../../core\"");
    assert_ne!(forged, document);
    fs::write(place.join("r1.json"), &forged).expect("writes");
    let list = fs::read_to_string(place.join("revisions.json")).expect("reads");
    let mut list: upshift::model::revision::RevisionList = serde_json::from_str(&list).expect("is a list");
    list.revisions[0].json = upshift::model::digest::sha256(forged.as_bytes());
    list.revisions[0].digest = list.revisions[0].to_digest();
    fs::write(place.join("revisions.json"), serde_json::to_string(&list).expect("is JSON")).expect("writes");
    let said = ["invalid-revision", "site/go/1.26.7/r1.json", "`../../../core` is no id"].map(str::to_owned);
    assert_eq!(problems(folder.path()), [said]);
}

#[cfg(unix)]
#[test]
fn a_release_that_is_killed_leaves_the_old_state_or_the_new_one() {
    let original = two_revisions();
    write_catalog(original.path(), "Change it twice.");
    let tree = |folder: &Path| read_tree(&folder.join("site"));
    let old = tree(original.path());
    let args = ["release", "go-1.27.0", "--as-of", "2026-08-22"];
    let whole = tempfile::tempdir().expect("a folder");
    copy(original.path(), whole.path());
    let start = Instant::now();
    assert_eq!(upshift(whole.path(), &args).code, 0);
    let longest = start.elapsed();
    let new = tree(whole.path());
    assert_ne!(old, new);
    let mut killed = 0;
    for part in 0..25 {
        let folder = tempfile::tempdir().expect("a folder");
        copy(original.path(), folder.path());
        let mut child = Command::new(env!("CARGO_BIN_EXE_upshift"))
            .args(args)
            .current_dir(folder.path())
            .env_clear()
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        thread::sleep(longest * part / 20);
        child.kill().expect("is a child of this process");
        killed += u32::from(child.wait().expect("ends").code().is_none());
        let found = tree(folder.path());
        assert!(found == old || found == new, "killed after {:?}: a mixture", longest * part / 20);
        // The next run ends what this one began, and clears up.
        assert_eq!(upshift(folder.path(), &args).code, 0);
        assert!(tree(folder.path()) == new, "the next run releases");
        let left = fs::read_dir(folder.path()).expect("is a folder").count();
        assert_eq!(left, 2, "no stage is left");
    }
    assert!(killed > 0 && longest > Duration::ZERO, "no run was killed while it worked");
}
