//! Every kind of problem: each folder of `tests/problems` is named after a code, holds a catalog (and perhaps pages) with that problem,
//! and in `check.txt` all that `upshift check` says about it. `SNAPSHOTS=overwrite` writes those files anew.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on stops, and writes where it likes"
)]

#[path = "harness/harness.rs"]
mod harness;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use harness::{copy, root, upshift};

/// The codes that the sources mention: every word with a hyphen in quotes after `Problem::error` and its like.
fn find_codes(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("is a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            find_codes(&path, codes);
            continue;
        }
        let text = fs::read_to_string(&path).expect("reads");
        let tested = text.find("#[cfg(test)]").unwrap_or(text.len());
        for start in ["Problem::error(", "Problem::warning(", "=> (\"unknown-"] {
            for (at, _) in text[..tested].match_indices(start) {
                let quoted = text[at..].split('"').nth(1).expect("a code follows");
                // A code in a variable is followed by the quoted message, which has spaces.
                if !quoted.contains(' ') {
                    codes.insert(quoted.to_owned());
                }
            }
        }
    }
}

#[test]
fn every_code_is_triggered_and_says_what_it_should() {
    let mut codes = BTreeSet::new();
    find_codes(&root().join("src"), &mut codes);
    let folder = root().join("tests/problems");
    let cases: BTreeSet<String> = fs::read_dir(&folder)
        .expect("is a folder")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(codes, cases, "codes of the sources, and folders of tests/problems");
    let explained = upshift(root(), &["explain"]);
    let explained: BTreeSet<String> =
        explained.out.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    assert_eq!(codes, explained, "codes of the sources, and explanations");
    for code in cases {
        let case = folder.join(&code);
        let work = tempfile::tempdir().expect("a folder");
        for part in ["data", "site"] {
            if case.join(part).is_dir() {
                copy(&case.join(part), &work.path().join(part));
            }
        }
        if case.join("upshift.lock").is_file() {
            fs::copy(case.join("upshift.lock"), work.path().join("upshift.lock")).expect("copies");
        }
        let check = upshift(work.path(), &["check"]);
        let said = format!("{}\nexit code {}\n", check.err.trim_end(), check.code);
        if std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
            fs::write(case.join("check.txt"), &said).expect("writes");
        }
        assert_eq!(said, fs::read_to_string(case.join("check.txt")).expect("is there"), "{code}");
        assert!(said.contains(&format!("[{code}]")), "{code}: {said}");

        let json = upshift(work.path(), &["check", "--format", "json"]);
        assert_eq!((json.code, json.err.as_str()), (check.code, ""), "{code}");
        let document: serde_json::Value = serde_json::from_str(&json.out).expect("is JSON");
        let found: BTreeSet<&str> = document["problems"]
            .as_array()
            .expect("is a list")
            .iter()
            .filter_map(|problem| problem["code"].as_str())
            .collect();
        assert!(found.contains(code.as_str()), "{code}: {found:?}");
    }
}
