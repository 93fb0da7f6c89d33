//! What several tests share: running the program, and copies of folders to run it in.

#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on stops, and writes where it likes"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the package.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// How a run of the program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its exit code.
    pub code: i32,
    /// What it printed as a result.
    pub out: String,
    /// What it said beside.
    pub err: String,
}

/// Runs the program in a folder, without colours and without anything of the user's.
pub fn upshift(folder: &Path, args: &[&str]) -> Run {
    upshift_with(folder, args, &[])
}

/// Runs the program as [`upshift`] does, with variables in its environment.
pub fn upshift_with(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_upshift"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("NO_COLOR", "1")
        .env("XDG_CACHE_HOME", folder.join(".cache"))
        .envs(variables.iter().copied())
        .output()
        .expect("runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("prints text").replace("\r\n", "\n");
    Run { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("makes a folder");
    for entry in fs::read_dir(from).expect("is a folder").flatten() {
        let (old, new) = (entry.path(), to.join(entry.file_name()));
        if old.is_dir() {
            copy(&old, &new);
        } else {
            fs::copy(&old, &new).expect("copies");
        }
    }
}

/// All files below a folder by their path, with `/` between its parts.
pub fn read_tree(folder: &Path) -> BTreeMap<String, String> {
    fn walk(folder: &Path, base: &Path, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).expect("is a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, base, found);
            } else {
                let name = path.strip_prefix(base).expect("is below").to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read_to_string(&path).expect("reads"));
            }
        }
    }
    let mut found = BTreeMap::new();
    if folder.is_dir() {
        walk(folder, folder, &mut found);
    }
    found
}

/// A repository that holds the shipped catalog and lock, to run in.
pub fn shipped() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&root().join("data"), &folder.path().join("data"));
    fs::copy(root().join("upshift.lock"), folder.path().join("upshift.lock")).expect("copies");
    folder
}

/// A repository with the given files, to run in.
pub fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path: PathBuf = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("has a folder")).expect("makes a folder");
        fs::write(path, text).expect("writes");
    }
    folder
}

/// Compares with a file of `tests/cli`; `SNAPSHOTS=overwrite` writes it anew.
pub fn assert_recorded(name: &str, said: &str) {
    let path = root().join("tests/cli").join(name);
    if std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
        fs::create_dir_all(root().join("tests/cli")).expect("makes a folder");
        fs::write(&path, said).expect("writes");
    }
    assert_eq!(said, fs::read_to_string(&path).expect("reads"));
}
