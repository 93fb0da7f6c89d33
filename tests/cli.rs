//! The command line: what each verb prints and how it ends, in whole.

#![expect(clippy::disallowed_methods, reason = "a test writes where it likes")]

#[path = "harness/harness.rs"]
mod harness;

use std::fs;

use harness::{Run, read_tree, repository, root, shipped, upshift};

const CATALOG: &str = r##"teams: { core: { name: Core, handle: "@core" } }
components:
  api: { owner: core, uses: { go: { phase: work } } }
  web: { owner: core, uses: { go: { phase: work, needs: [api] } } }
runtimes: { go: { name: Go, scheme: go, process: go } }
processes:
  go:
    phases: [{ id: work }]
    steps:
      build: { title: "Build {{ component.name }} with {{ to }}", each: component }
upgrades:
  go-1.27.0: { runtime: go, from: "1.26.7", to: "1.27.0" }
"##;

const LOCK: &str = r#"# What upstream said, and when. Written by `upshift update`; do not edit.
format = 1

[days]
versions = 2026-08-22

[runtimes.go.sources]
go = { url = "https://go.dev/dl/?mode=json&include=all", time = 2026-08-22, sha256 = "00" }

[runtimes.go.lines]
"1.26" = { go = { released = 2026-02-10, ended = false } }

[runtimes.go.releases]
"1.25.1" = { go = {} }
"1.26.7" = { go = { date = 2026-08-19 } }
"1.27rc1" = { go = { prerelease = true } }
"#;

fn run(code: i32, out: &str, err: &str) -> Run {
    Run { code, out: out.to_owned(), err: err.to_owned() }
}

#[test]
fn help_is_as_recorded() {
    let folder = repository(&[]);
    let mut help = String::new();
    for verb in ["", "check", "update", "versions", "plan", "build"] {
        let args: Vec<&str> = [verb, "--help"].into_iter().filter(|arg| !arg.is_empty()).collect();
        let shown = upshift(folder.path(), &args);
        assert_eq!((shown.code, shown.err.as_str()), (0, ""), "{verb}");
        help.push_str(&format!("$ upshift {}\n{}\n", args.join(" "), shown.out));
    }
    let path = root().join("tests/cli/help.txt");
    if std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
        fs::create_dir_all(root().join("tests/cli")).expect("makes a folder");
        fs::write(&path, &help).expect("writes");
    }
    assert_eq!(help, fs::read_to_string(&path).expect("reads"));
}

#[test]
fn check_says_that_a_catalog_is_sound() {
    let folder = repository(&[("data/a.yaml", CATALOG)]);
    let sound = "the catalog is sound: 1 runtime, 2 components, 1 team, 1 process, 1 upgrade\n";
    assert_eq!(upshift(folder.path(), &["check"]), run(0, "", sound));
    assert_eq!(upshift(folder.path(), &["check", "--quiet"]), run(0, "", ""));
    let document = "{\n  \"schema\": \"upshift/problems/1\",\n  \"problems\": []\n}\n";
    assert_eq!(upshift(folder.path(), &["check", "--format", "json"]), run(0, document, ""));
}

#[test]
fn check_counts_warnings_only_when_asked() {
    let folder = repository(&[("data/a.yaml", CATALOG), ("data/b.yml", "")]);
    let said = "warning[ignored-file]: `b.yml` is not read\n--> data/b.yml\n = help: name it `.yaml` to make it a part of the catalog\n\n0 errors, 1 warning\n";
    assert_eq!(upshift(folder.path(), &["check"]), run(0, "", said));
    assert_eq!(upshift(folder.path(), &["check", "--fail-on", "warning"]), run(1, "", said));
}

#[test]
fn check_finds_names_that_no_text_may_use() {
    let folder = repository(&[("data/a.yaml", &CATALOG.replace("component.name", "component.nmae"))]);
    let check = upshift(folder.path(), &["check"]);
    let expected = "error[invalid-template]: `title` of the step `build`: field `nmae` is not defined. Available fields: id, name, owner_name, path, repo, shipped_by, tracker
  --> data/a.yaml:10:23
   |
10 |       build: { title: \"Build {{ component.nmae }} with {{ to }}\", each: component }
   |                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

1 error, 0 warnings
";
    assert_eq!(check, run(2, "", expected));
}

#[test]
fn check_finds_values_that_a_shell_would_read_and_texts_without_end() {
    let command = "run: \"echo '{{ component.name }}'\", each";
    let named = CATALOG.replace("api: { owner", "api: { name: \"'; reboot '\", owner").replace("each", command);
    let folder = repository(&[("data/a.yaml", &named)]);
    let check = upshift(folder.path(), &["check"]);
    let expected = "error[invalid-template]: `run` of the step `build`: a value is no plain word
  --> data/a.yaml:10:72
   |
10 |       build: { title: \"Build {{ component.name }} with {{ to }}\", run: \"echo '{{ component.name }}'\", each: component }
   |                                                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: a shell could read it as a command; in `run`, use ids, versions and paths

1 error, 0 warnings
";
    assert_eq!(check, run(2, "", expected));
    let endless = "do: \"{% for a in range(end=100000) %}{{ a }}{% endfor %}\", each";
    fs::write(folder.path().join("data/a.yaml"), CATALOG.replace("each", endless)).expect("writes");
    let check = upshift(folder.path(), &["check"]);
    assert_eq!(check.code, 2);
    assert!(
        check.err.starts_with("error[invalid-template]: `do` of the step `build` grows beyond 64 KiB\n"),
        "{}",
        check.err
    );
}

#[test]
fn plan_prints_waves_with_owners_and_needs() {
    let folder = repository(&[("data/a.yaml", CATALOG), ("upshift.lock", LOCK)]);
    let plan = "Go 1.26.7 -> 1.27.0  minor bump, called minor; risk normal; planned
2 tasks in 2 waves, 0 done

Wave 1  work
  > build/api  core  unblocks 1

Wave 2  work
    build/web  core                needs build/api

> ready, ~ in progress, x done, - waived, ! cannot be done
";
    assert_eq!(upshift(folder.path(), &["plan", "go-1.27.0"]), run(0, plan, ""));
    let json = upshift(folder.path(), &["plan", "go-1.27.0", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&json.out).expect("is JSON");
    assert_eq!(
        (document["schema"].as_str(), document["tasks"][1]["needs"][0].as_str()),
        (Some("upshift/runbook/1"), Some("build/api"))
    );
    let unknown = "error: no upgrade `go-1.27` in the catalog\n  = help: did you mean `go-1.27.0`?\n";
    assert_eq!(upshift(folder.path(), &["plan", "go-1.27"]), run(2, "", unknown));
}

#[test]
fn versions_prints_lines_and_releases() {
    let folder = repository(&[("data/a.yaml", CATALOG), ("upshift.lock", LOCK)]);
    // A source that the catalog does not name is not believed.
    let trusted = CATALOG.replace("scheme: go,", "scheme: go, releases: [{ go: {} }],");
    fs::write(folder.path().join("data/a.yaml"), trusted).expect("writes");
    let versions = "go as of 2026-08-22

Line  Released    Latest  Of          End of life  Supported
1.27  -           -       -           -            unknown
1.26  2026-02-10  1.26.7  2026-08-19  -            yes
1.25  -           1.25.1  -           -            unknown

Release  Date        Line  Kind
1.26.7   2026-08-19  1.26  release
";
    assert_eq!(upshift(folder.path(), &["versions", "go"]), run(0, versions, ""));
    let all = upshift(folder.path(), &["versions", "go", "--all"]);
    assert!(all.out.ends_with("1.27rc1  -           1.27  pre-release\n1.26.7   2026-08-19  1.26  release\n1.25.1   -           1.25  release\n"), "{}", all.out);
    let json = upshift(folder.path(), &["versions", "go", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&json.out).expect("is JSON");
    assert_eq!(document["releases"].as_array().map(Vec::len), Some(3));
    assert_eq!(document["releases"][0]["version"], "1.25.1");
    assert_eq!(document["lines"][1]["supported"], true);
    let unknown = "error: no runtime `ruby` in the catalog\n  = help: the catalog has `go`\n";
    assert_eq!(upshift(folder.path(), &["versions", "ruby"]), run(2, "", unknown));
}

#[test]
fn a_lock_of_a_newer_format_is_refused() {
    let folder = repository(&[("data/a.yaml", CATALOG), ("upshift.lock", "format = 2\n")]);
    let said = "error: `./upshift.lock`: the lock has format 2, and this version of upshift knows format 1; use a newer upshift\n";
    for verb in [&["build"][..], &["plan", "go-1.27.0"], &["versions", "go"], &["check"]] {
        assert_eq!(upshift(folder.path(), verb), run(2, "", said), "{verb:?}");
    }
}

#[test]
fn build_writes_once_and_check_shows_drift() {
    let folder = repository(&[("data/a.yaml", CATALOG), ("upshift.lock", LOCK)]);
    let built = upshift(folder.path(), &["build"]);
    assert_eq!((built.code, built.out.as_str()), (0, ""));
    assert!(built.err.ends_with("8 pages, 8 changed (as of 2026-08-22)\n"), "{}", built.err);
    let current = run(0, "", "8 pages, all current (as of 2026-08-22)\n");
    assert_eq!(upshift(folder.path(), &["build", "--check"]), current);

    let page = folder.path().join("site/go/1.27.0/teams/core.md");
    let text = fs::read_to_string(&page).expect("reads");
    fs::write(&page, text.replace("# Go 1.27.0: Core", "# By hand")).expect("writes");
    let before = read_tree(folder.path());
    let diff = "--- a/go/1.27.0/teams/core.md
+++ b/go/1.27.0/teams/core.md
@@ -1,4 +1,4 @@
-# By hand
+# Go 1.27.0: Core
 
 <!-- Generated by upshift from the catalog in data/. Change the catalog, not this page. -->
 
";
    let said = "error: 1 file is not current\n  = help: run `upshift build` and commit what it writes\n";
    assert_eq!(upshift(folder.path(), &["build", "--check"]), run(1, diff, said));
    assert_eq!(read_tree(folder.path()), before, "nothing was written");
    assert_eq!(upshift(folder.path(), &["build"]).code, 0);
    assert_eq!(upshift(folder.path(), &["build", "--check"]), current);
}

#[test]
fn build_removes_the_pages_of_upgrades_that_are_gone_and_nothing_else() {
    let folder = repository(&[("data/a.yaml", CATALOG), ("upshift.lock", LOCK)]);
    upshift(folder.path(), &["build"]);
    fs::write(folder.path().join("site/go/1.27.0/notes.md"), "mine\n").expect("writes");
    let without = CATALOG.split("upgrades:").next().expect("has a beginning");
    fs::write(folder.path().join("data/a.yaml"), without).expect("writes");
    let built = upshift(folder.path(), &["build"]);
    let said = "removed  site/go/1.27.0/handbook.md
removed  site/go/1.27.0/runbook.json
removed  site/go/1.27.0/runbook.md
removed  site/go/1.27.0/teams/core.md
changed  site/go/index.md
changed  site/index.json
changed  site/index.md
4 pages, 7 changed (as of 2026-08-22)
";
    assert_eq!(built, run(0, "", said));
    let left: Vec<String> = read_tree(&folder.path().join("site")).into_keys().collect();
    assert_eq!(
        left,
        [".upshift-manifest.json", "go/1.27.0/notes.md", "go/index.md", "go/process.md", "index.json", "index.md"]
    );
}

#[test]
fn build_writes_nothing_for_a_catalog_that_is_not_sound() {
    let folder = repository(&[("data/a.yaml", &CATALOG.replace("owner: core, uses", "owner: croe, uses"))]);
    let before = read_tree(folder.path());
    assert_eq!(upshift(folder.path(), &["build"]).code, 2);
    assert_eq!(read_tree(folder.path()), before);
}

#[test]
fn build_puts_the_handbook_page_between_markers() {
    let page = "# Ours\n\n<!-- BEGIN upshift: go-1.27.0 -->\n<!-- END upshift: go-1.27.0 -->\n\nThe end.\n";
    let folder =
        repository(&[("data/a.yaml", CATALOG), ("upshift.lock", LOCK), ("page.md", page), ("broken.md", "# Ours\n")]);
    let into = ["build", "--into", "page.md", "--upgrade", "go-1.27.0"];
    assert_eq!(upshift(folder.path(), &[&into[..], &["--check"]].concat()).code, 1);
    assert_eq!(upshift(folder.path(), &into), run(0, "", "changed page.md\n"));
    assert_eq!(upshift(folder.path(), &into), run(0, "", "page.md is current\n"));
    let text = fs::read_to_string(folder.path().join("page.md")).expect("reads");
    assert!(text.starts_with("# Ours\n\n<!-- BEGIN upshift: go-1.27.0 -->\n\n"), "{text}");
    assert!(text.contains("\n## Exit criteria (0%)\n"), "{text}");
    assert!(text.ends_with("\n\n<!-- END upshift: go-1.27.0 -->\n\nThe end.\n"), "{text}");
    assert!(!folder.path().join("site").exists(), "nothing else is written");

    let broken = "error: broken.md: the marker `<!-- BEGIN upshift: go-1.27.0 -->` is missing\n  = help: put `<!-- BEGIN upshift: go-1.27.0 -->` and `<!-- END upshift: go-1.27.0 -->` where the page belongs, each once\n";
    let args = ["build", "--into", "broken.md", "--upgrade", "go-1.27.0"];
    assert_eq!(upshift(folder.path(), &args), run(2, "", broken));
    assert_eq!(fs::read_to_string(folder.path().join("broken.md")).expect("reads"), "# Ours\n");
}

#[test]
fn templates_of_the_user_take_the_place_of_the_shipped_ones() {
    let own = [("data/a.yaml", CATALOG), ("templates/team.md", "Only {{ team.name }}: {{ size }}\n")];
    let folder = repository(&own);
    assert_eq!(upshift(folder.path(), &["build"]).code, 0);
    let page = fs::read_to_string(folder.path().join("site/go/1.27.0/teams/core.md")).expect("reads");
    assert_eq!(page, "Only Core: 2 tasks\n");
    fs::write(folder.path().join("templates/team.md"), "{{ nothing }}").expect("writes");
    let failed = upshift(folder.path(), &["build"]);
    assert_eq!((failed.code, failed.out.as_str()), (2, ""));
    assert!(failed.err.contains("Variable `nothing` is not defined"), "{}", failed.err);
    assert_eq!(fs::read_to_string(folder.path().join("site/go/1.27.0/teams/core.md")).expect("reads"), page);
}

#[test]
fn update_refuses_to_ask_without_a_network() {
    let folder = shipped();
    let said = "error: `update` asks upstream, and `--offline` forbids it\n  = help: leave `--offline` out\n";
    assert_eq!(upshift(folder.path(), &["update", "--offline"]), run(2, "", said));
    let said = "error: no runtime `golang` in the catalog\n  = help: the catalog has `go`\n";
    assert_eq!(upshift(folder.path(), &["update", "golang"]), run(2, "", said));
}

#[test]
fn usage_errors_end_with_2() {
    let folder = repository(&[]);
    for args in [
        &["bild"][..],
        &["plan"],
        &["build", "--into", "x.md"],
        &["check", "--format", "xml"],
        &["check", "--as-of", "today"],
    ] {
        assert_eq!(upshift(folder.path(), args).code, 2, "{args:?}");
    }
}
