//! Whole builds: each folder of `tests/golden` is a situation with `data`, perhaps `upshift.lock` and what was released
//! before (`site`), and what comes out.
//!
//! `expected/` holds every page, byte by byte, but not the schemas, which are the same everywhere (see `schema.rs`); `check.txt` what `upshift check` says when the situation is not sound.
//! `SNAPSHOTS=overwrite cargo test --test golden` writes them anew; read every one before you commit it.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on stops, and writes where it likes"
)]

#[path = "harness/harness.rs"]
mod harness;

use std::fs;
use std::path::Path;

use harness::{copy, read_tree, root, upshift};

fn is_overwriting() -> bool {
    std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite")
}

#[test]
fn every_situation_builds_as_expected() {
    let folder = root().join("tests/golden");
    let mut situations: Vec<_> =
        fs::read_dir(&folder).expect("is a folder").flatten().map(|entry| entry.path()).collect();
    situations.sort();
    assert!(situations.len() >= 5, "there are situations");
    for situation in situations {
        try_situation(&situation);
    }
}

fn try_situation(situation: &Path) {
    let name = situation.file_name().expect("has a name").to_string_lossy().into_owned();
    let work = tempfile::tempdir().expect("a folder");
    for part in ["data", "templates", "site", "upshift.lock"] {
        let from = situation.join(part);
        if from.is_dir() {
            copy(&from, &work.path().join(part));
        } else if from.is_file() {
            fs::copy(&from, work.path().join(part)).expect("copies");
        }
    }
    // What is there already was released: it must stay as it is, and is no page.
    let released = read_tree(&work.path().join("site"));
    let check = upshift(work.path(), &["check"]);
    let said = format!("{}\nexit code {}\n", check.err.trim_end(), check.code);
    compare_file(&name, &situation.join("check.txt"), &said);
    let build = upshift(work.path(), &["build"]);
    let mut built = read_tree(&work.path().join("site"));
    let all = built.len();
    built.retain(|path, _| !path.starts_with("schema/"));
    if check.code != 0 {
        assert_eq!(build.code, 2, "{name}: {build:?}");
        assert_eq!(built, released, "{name}: nothing is written for a catalog that is not sound");
        return;
    }
    assert_eq!(build.code, 0, "{name}: {build:?}");
    let expected = situation.join("expected");
    if is_overwriting() {
        let _ = fs::remove_dir_all(&expected);
        copy(&work.path().join("site"), &expected);
        let _ = fs::remove_dir_all(expected.join("schema"));
    }
    let wanted = read_tree(&expected);
    assert_eq!(
        built.keys().collect::<Vec<_>>(),
        wanted.keys().collect::<Vec<_>>(),
        "{name}: the pages are others than expected"
    );
    for (path, text) in &released {
        assert_eq!(&built[path], text, "{name}: {path} was released");
    }
    for (path, text) in &built {
        assert_eq!(text, &wanted[path], "{name}: {path}");
    }
    let again = upshift(work.path(), &["build"]);
    let pages = all - 1 - released.len();
    let day = again.err.rsplit(" (").next().expect("says the day").to_owned();
    let current = format!("{pages} pages, all current ({day}");
    assert!(
        again.code == 0 && again.out.is_empty() && again.err.ends_with(&current),
        "{name}: a second build changes nothing"
    );
    assert_eq!(upshift(work.path(), &["build", "--check"]).code, 0, "{name}: what was built is current");
}

fn compare_file(name: &str, path: &Path, text: &str) {
    if is_overwriting() {
        fs::write(path, text).expect("writes");
    }
    let wanted = fs::read_to_string(path).expect("`check.txt` is there");
    assert_eq!(text, wanted, "{name}: what `check` says");
}
