//! `upshift init`: what it writes is sound, and nothing that was there changes.

#![expect(clippy::disallowed_methods, reason = "a test writes where it likes")]

#[path = "harness/harness.rs"]
mod harness;

use std::collections::BTreeMap;
use std::fs;

use harness::{Run, read_tree, repository, root, upshift};

const EXAMPLE: [&str; 5] =
    ["data/components.yaml", "data/go.yaml", "data/settings.yaml", "data/teams.yaml", "data/upgrades.yaml"];

const ADDED: &str = "added    .gitignore
added    data/settings.yaml
added    data/teams.yaml
added    data/components.yaml
added    data/go.yaml
added    data/upgrades.yaml
added    .gitlab-ci.yml
7 files added; next:
  upshift check     find what is wrong, now and after each edit below data/
  upshift update    ask upstream for versions: writes upshift.lock
  upshift build     write the pages below site/ and the site in public/
then commit data/, site/, upshift.lock and the pipelines, once what stands at their top is set up
";

/// The paths of a tree that `init` made or found.
fn paths(tree: &BTreeMap<String, String>) -> Vec<&str> {
    tree.keys().map(String::as_str).collect()
}

#[test]
fn the_starter_is_sound_and_builds() {
    let folder = repository(&[]);
    assert_eq!(upshift(folder.path(), &["init"]), Run { code: 0, out: String::new(), err: ADDED.to_owned() });
    let sound = "the catalog is sound: 1 runtime, 4 components, 2 teams, 1 process, 1 upgrade\n";
    let check = upshift(folder.path(), &["check", "--fail-on", "warning"]);
    assert_eq!(check, Run { code: 0, out: String::new(), err: sound.to_owned() });
    // With facts, too: those of the day on which its example was true.
    fs::copy(root().join("upshift.lock"), folder.path().join("upshift.lock")).expect("copies");
    assert_eq!(upshift(folder.path(), &["check", "--fail-on", "warning"]), check);
    assert_eq!(upshift(folder.path(), &["build"]).code, 0);
    assert_eq!(upshift(folder.path(), &["build", "--check"]).code, 0);
    // The files name the schema where it now stands.
    for path in EXAMPLE {
        let text = fs::read_to_string(folder.path().join(path)).expect("reads");
        let named = text.lines().next().and_then(|line| line.strip_prefix("# yaml-language-server: $schema="));
        assert!(folder.path().join("data").join(named.expect("names a schema")).is_file(), "{path}");
    }
}

#[test]
fn a_second_run_has_nothing_to_do() {
    let folder = repository(&[]);
    assert_eq!(upshift(folder.path(), &["init", "new/here", "--ci", "gitlab,github"]).code, 0);
    let before = read_tree(folder.path());
    let again = upshift(folder.path(), &["-C", "new", "init", "here", "--ci", "github", "--ci", "gitlab"]);
    assert!(again.err.ends_with("\nnothing to do: every file is there\n"), "{}", again.err);
    assert_eq!((again.code, read_tree(folder.path())), (0, before));
}

#[test]
fn each_forge_has_its_own_files() {
    let (gitlab, action, workflow) =
        (".gitlab-ci.yml", ".github/actions/upshift/action.yml", ".github/workflows/upshift.yml");
    for (ci, expected) in [
        ("none", &[".gitignore"][..]),
        ("gitlab", &[".gitignore", gitlab]),
        ("github", &[action, workflow, ".gitignore"]),
        ("gitlab,github", &[action, workflow, ".gitignore", gitlab]),
    ] {
        let folder = repository(&[]);
        assert_eq!(upshift(folder.path(), &["init", "--quiet", "--ci", ci]).err, "");
        let tree = read_tree(folder.path());
        let found: Vec<&str> = paths(&tree).into_iter().filter(|path| !path.starts_with("data/")).collect();
        assert_eq!(found, expected, "{ci}");
    }
}

#[test]
fn what_is_there_stays_byte_for_byte() {
    let own = [
        (".gitignore", "/target\r\n"),
        (".gitlab-ci.yml", "stages: [mine]"),
        ("data/mine.yaml", "teams: { core: { name: Core } }\n"),
    ];
    let folder = repository(&own);
    let shown = upshift(folder.path(), &["init", "--ci", "gitlab,github"]);
    let expected = "kept     .gitignore
kept     .gitlab-ci.yml
added    .github/actions/upshift/action.yml
added    .github/workflows/upshift.yml
kept     data/, which has a catalog; the example is left out
the site is built anew each time, so `/public/` belongs in `.gitignore`
2 files added; next:
";
    assert!(shown.err.starts_with(expected), "{}", shown.err);
    let mut tree = read_tree(folder.path());
    tree.retain(|path, _| !path.starts_with(".github/"));
    assert_eq!(tree, own.map(|(path, text)| (path.to_owned(), text.to_owned())).into());
}

#[test]
fn the_example_stays_away_from_files_that_the_catalog_cannot_read() {
    for (path, bytes) in [("data/old.yml", &b"a: 1\n"[..]), ("data/a/latin.yaml", b"teams: \xe4\n")] {
        let folder = repository(&[(path, "")]);
        fs::write(folder.path().join(path), bytes).expect("writes");
        assert_eq!(upshift(folder.path(), &["init"]).code, 0);
        assert!(!folder.path().join("data/teams.yaml").exists(), "{path}");
    }
}

#[test]
fn a_run_that_was_cut_short_is_completed() {
    let folder = repository(&[]);
    assert_eq!(upshift(folder.path(), &["init"]).code, 0);
    let whole = read_tree(folder.path());
    for path in ["data/settings.yaml", "data/components.yaml", ".gitlab-ci.yml"] {
        fs::remove_file(folder.path().join(path)).expect("removes");
    }
    fs::create_dir(folder.path().join(".upshift-stage-init")).expect("makes a folder");
    fs::write(folder.path().join(".upshift-stage-init/new"), "half").expect("writes");
    assert_eq!(upshift(folder.path(), &["init"]).code, 0);
    assert_eq!(read_tree(folder.path()), whole);
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_symbolic_links() {
    let folder = repository(&[("elsewhere/README", "")]);
    std::os::unix::fs::symlink("elsewhere", folder.path().join("data")).expect("links");
    let shown = upshift(folder.path(), &["init"]);
    let refused =
        "error: writing the starter repository: `./data` is not a folder; files are not written through links\n";
    assert_eq!(shown, Run { code: 3, out: String::new(), err: refused.to_owned() });
    assert_eq!(paths(&read_tree(&folder.path().join("elsewhere"))), ["README"]);
    assert!(!folder.path().join(".gitignore").exists());

    // A link in the place of a file is a file of somebody's, wherever it leads.
    let folder = repository(&[]);
    std::os::unix::fs::symlink("nowhere", folder.path().join(".gitlab-ci.yml")).expect("links");
    let shown = upshift(folder.path(), &["init"]);
    assert!(shown.code == 0 && shown.err.contains("kept     .gitlab-ci.yml\n"), "{}", shown.err);
    assert!(!folder.path().join("nowhere").exists());
}

#[test]
fn the_jobs_of_this_repository_are_those_of_the_starter() {
    let jobs = |path: &str| {
        let text = fs::read_to_string(root().join(path)).expect("reads");
        text.split_once("\n# The jobs\n").expect("has jobs").1.to_owned()
    };
    assert_eq!(jobs(".gitlab-ci.yml"), jobs("src/init/starter/gitlab-ci.yml"));
}
