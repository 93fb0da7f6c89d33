//! The formats of `upshift check`: what each writes for one broken catalog, in whole, and how findings are told apart.
//! `SNAPSHOTS=overwrite` writes the files of `tests/reports` anew.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on stops, and writes where it likes"
)]

#[path = "harness/harness.rs"]
mod harness;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use harness::{Run, copy, repository, root, shipped, upshift};

/// Each format and the file that shows it.
const FORMATS: [(&str, &str); 5] = [
    ("json", "problems.json"),
    ("sarif", "problems.sarif"),
    ("junit", "problems.xml"),
    ("gitlab", "gl-code-quality-report.json"),
    ("github", "github.txt"),
];

const CATALOG: &str = "teams: { core: {}, core2: {} }
components:
  api: { owner: croe, uses: {} }
  web:
    owner: croe
    uses: {}
    repo: \"a\\eb\"
";

const MORE: &str = "teams: { core: {} }\n";

/// The documented fingerprints of a catalog, by code and the text of their message.
fn find_fingerprints(folder: &Path) -> Vec<(String, String)> {
    let check = upshift(folder, &["check", "--format", "json"]);
    assert_eq!(check.err, "");
    let document: serde_json::Value = serde_json::from_str(&check.out).expect("is JSON");
    let text = |value: &serde_json::Value| value.as_str().expect("is a text").to_owned();
    let problems = document["problems"].as_array().expect("is a list");
    problems.iter().map(|problem| (text(&problem["message"]), text(&problem["fingerprint"]))).collect()
}

#[test]
fn every_format_is_as_recorded() {
    let files = [("data/a.yaml", CATALOG), ("data/b.yaml", MORE), ("data/c, 100%ü.yml", "")];
    let folder = repository(&files);
    for (format, file) in FORMATS {
        let check = upshift(folder.path(), &["check", "--format", format]);
        let path = root().join("tests/reports").join(file);
        if std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
            fs::create_dir_all(root().join("tests/reports")).expect("makes a folder");
            fs::write(&path, &check.out).expect("writes");
        }
        let expected = fs::read_to_string(&path).expect("is there").replace("\r\n", "\n");
        assert_eq!(check, Run { code: 2, out: expected, err: String::new() }, "{format}");
    }
}

#[test]
fn every_format_is_whole_when_nothing_is_wrong() {
    let folder = shipped();
    let junit = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites name=\"upshift check\" tests=\"1\" failures=\"0\" errors=\"0\">
    <testsuite name=\"upshift check\" tests=\"1\" disabled=\"0\" errors=\"0\" failures=\"0\">
        <testcase name=\"the catalog is sound\" classname=\"upshift check\">
        </testcase>
    </testsuite>
</testsuites>
";
    for (format, expected) in [("junit", junit), ("gitlab", "[]\n"), ("github", "")] {
        let check = upshift(folder.path(), &["check", "--fail-on", "warning", "--format", format]);
        assert_eq!(check, Run { code: 0, out: expected.to_owned(), err: String::new() }, "{format}");
    }
    let sarif = upshift(folder.path(), &["check", "--format", "sarif"]);
    assert_eq!((sarif.code, sarif.err.as_str()), (0, ""));
    let log: serde_json::Value = serde_json::from_str(&sarif.out).expect("is JSON");
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
    assert_eq!(log["runs"][0]["tool"]["driver"]["rules"], serde_json::json!([]));
}

#[test]
fn warnings_count_in_every_format_only_when_asked() {
    let folder = shipped();
    fs::write(folder.path().join("data/z.yml"), "").expect("writes");
    for (format, _) in FORMATS {
        assert_eq!(upshift(folder.path(), &["check", "--format", format]).code, 0, "{format}");
        let strict = upshift(folder.path(), &["check", "--format", format, "--fail-on", "warning"]);
        assert_eq!((strict.code, strict.err.as_str()), (1, ""), "{format}");
    }
}

#[test]
fn fingerprints_stay_when_lines_move_and_other_findings_come() {
    let folder = repository(&[("data/a.yaml", CATALOG)]);
    let before = find_fingerprints(folder.path());
    assert_eq!(before.len(), 3, "{before:?}");
    let moved = CATALOG.replace("components:\n", "\n# who is who\ncomponents:\n  aaa: { owner: zzz, uses: {} }\n");
    fs::write(folder.path().join("data/a.yaml"), moved).expect("writes");
    let after = find_fingerprints(folder.path());
    assert_eq!(after.len(), 4, "{after:?}");
    assert_eq!(after[1..], before);
    let in_lines = CATALOG.replace("api: { owner: croe, uses: {} }", "api:\n    uses: {}\n    owner: croe");
    fs::write(folder.path().join("data/a.yaml"), in_lines).expect("writes");
    assert_eq!(find_fingerprints(folder.path()), before);
}

#[test]
fn no_two_findings_of_a_catalog_share_a_fingerprint() {
    let mut cases = 0;
    for entry in fs::read_dir(root().join("tests/problems")).expect("is a folder").flatten() {
        let work = tempfile::tempdir().expect("a folder");
        if entry.path().join("data").is_dir() {
            copy(&entry.path().join("data"), &work.path().join("data"));
        }
        let found = find_fingerprints(work.path());
        let distinct: BTreeSet<&String> = found.iter().map(|(_, fingerprint)| fingerprint).collect();
        assert_eq!(distinct.len(), found.len(), "{}: {found:?}", entry.path().display());
        cases += 1;
    }
    assert!(cases > 30, "{cases}");
}

#[test]
fn mending_one_of_several_findings_at_a_place_leaves_the_others() {
    let roles = "teams: { core: {} }
components: { api: { owner: core, uses: { go: { phase: work } } } }
runtimes: { go: { scheme: go, process: go } }
processes:
  go:
    roles: { dri: { name: DRI, does: Runs it. }, second: { name: Second, does: Helps. } }
    phases: [{ id: work }]
    steps: { build: { title: Build, each: component } }
upgrades:
  go-1.27.0: { runtime: go, from: \"1.26.7\", to: \"1.27.0\" }
";
    let folder = repository(&[("data/a.yaml", roles)]);
    let before: BTreeMap<String, String> = find_fingerprints(folder.path()).into_iter().collect();
    assert_eq!(before.len(), 2, "{before:?}");
    let mended = roles.replace("to: \"1.27.0\"", "to: \"1.27.0\", roles: { dri: core }");
    fs::write(folder.path().join("data/a.yaml"), mended).expect("writes");
    let after = find_fingerprints(folder.path());
    assert_eq!(after.len(), 1, "{after:?}");
    assert_eq!(before.get(&after[0].0), Some(&after[0].1));
}
