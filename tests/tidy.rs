//! The rules of the house, checked: which module may know which, how long a file may be, and that what is generated is
//! current.

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "harness/harness.rs"]
mod harness;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use harness::{root, upshift};

/// The longest source file, in lines.
const LONGEST_FILE: usize = 600;

/// Each module and the modules that it may know. A new arrow is added here and in ARCHITECTURE.md, in one commit.
const MAY_KNOW: [(&str, &[&str]); 26] = [
    ("model", &[]),
    ("text", &["model"]),
    ("sources", &["model"]),
    ("scan", &["model"]),
    ("catalog", &["model", "sources"]),
    ("lock", &["model"]),
    ("write", &["model"]),
    ("http", &["model"]),
    ("resolve", &["http", "lock", "model", "sources"]),
    ("planner", &["model"]),
    ("runbook", &["model", "text"]),
    ("review", &["model"]),
    ("revisions", &["model"]),
    ("propose", &["model", "text"]),
    ("diff", &["model"]),
    ("git", &["model"]),
    ("notation", &["model", "text"]),
    ("render", &["model", "notation", "text"]),
    ("serve", &[]),
    ("explain", &[]),
    ("init", &[]),
    ("cli", &["model"]),
    ("report", &["cli", "explain", "model", "notation", "text"]),
    (
        "commands",
        &[
            "catalog",
            "cli",
            "diff",
            "explain",
            "git",
            "http",
            "init",
            "lock",
            "model",
            "planner",
            "propose",
            "render",
            "report",
            "resolve",
            "review",
            "revisions",
            "runbook",
            "scan",
            "serve",
            "text",
            "write",
        ],
    ),
    ("main", &["cli", "commands", "report"]),
    ("lib", &[]),
];

fn find_files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("is a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(find_files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Each source file with its module and text.
fn sources() -> Vec<(PathBuf, String, String)> {
    let src = root().join("src");
    let read = |path: PathBuf| {
        let below = path.strip_prefix(&src).expect("is below src").to_path_buf();
        let first = below.components().next().expect("has a name").as_os_str().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("reads");
        (below, first.trim_end_matches(".rs").to_owned(), text)
    };
    find_files(&src, ".rs").into_iter().map(read).collect()
}

/// The modules that a text names: `crate::a::...` and `crate::{a::..., b}`.
fn find_known(text: &str) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    for prefix in ["crate::", "upshift::"] {
        for rest in code.split(prefix).skip(1) {
            let names: Vec<&str> = match rest.strip_prefix('{') {
                Some(list) => {
                    let list = &list[..list.find("};").unwrap_or(list.len())];
                    list.split(',').map(|name| name.trim().split("::").next().unwrap_or_default()).collect()
                }
                None => vec![rest],
            };
            for name in names {
                let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
                known.insert(name[..end].to_owned());
            }
        }
    }
    known.remove("");
    known
}

#[test]
fn modules_know_only_what_they_may() {
    let may_know: BTreeMap<&str, &[&str]> = MAY_KNOW.into_iter().collect();
    let mut faults = Vec::new();
    for (path, module, text) in sources() {
        let allowed = may_know.get(module.as_str()).expect("the module is in the table");
        for known in find_known(&text) {
            if known != module && !allowed.contains(&known.as_str()) {
                faults.push(format!("{} knows `{known}`", path.display()));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn the_table_of_modules_has_no_circle() {
    let mut order: Vec<&str> = Vec::new();
    for (module, known) in MAY_KNOW {
        for known in known {
            assert!(order.contains(known), "`{module}` knows `{known}`, which stands after it");
        }
        order.push(module);
    }
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    let mut faults = Vec::new();
    for (path, _, text) in sources() {
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            faults.push(format!("{} has {lines} lines", path.display()));
        }
        if !text.starts_with("//! ") {
            faults.push(format!("{} does not begin by saying what it is for", path.display()));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn three_files_name_the_yaml_crate() {
    let naming: Vec<String> = sources()
        .into_iter()
        .filter(|(_, _, text)| text.contains("serde_yaml"))
        .map(|(path, _, _)| path.display().to_string())
        .collect();
    assert_eq!(naming, ["catalog/yaml.rs", "scan/yaml.rs", "sources/yaml.rs"]);
}

#[test]
fn only_git_starts_processes() {
    let naming: Vec<String> = sources()
        .into_iter()
        .filter(|(_, _, text)| text.contains("process::Command") || text.contains("process::{Command"))
        .map(|(path, _, _)| path.display().to_string())
        .collect();
    assert_eq!(naming, ["git/remote.rs", "git.rs"]);
}

#[test]
fn the_readme_shows_lines_of_the_real_runbook() {
    let readme = fs::read_to_string(root().join("README.md")).expect("reads");
    let marker = "<!-- excerpt of site/go/1.27.0/runbook.md -->\n";
    let excerpt = readme.split(marker).nth(1).expect("the README has an excerpt");
    let fence: String = excerpt.chars().take_while(|c| *c == '`').collect();
    let body = excerpt.split_once('\n').expect("has lines").1;
    let body = body.split(&format!("\n{fence}")).next().expect("ends");
    let runbook = fs::read_to_string(root().join("site/go/1.27.0/runbook.md")).expect("reads");
    let lines: BTreeSet<&str> = runbook.lines().collect();
    let strange: Vec<&str> =
        body.lines().filter(|line| !line.is_empty() && *line != "..." && !lines.contains(line)).collect();
    assert_eq!(strange, Vec::<&str>::new());
}

#[test]
fn generated_files_are_current() {
    let check = upshift(root(), &["build", "--check"]);
    assert_eq!((check.code, check.out.as_str()), (0, ""), "{}", check.err);
}
