//! Runs that are killed, and disks that fail: what was there stays whole, and the next run clears up.

#![cfg(unix)]
#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on stops, and writes where it likes"
)]

#[path = "harness/harness.rs"]
mod harness;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use harness::{Run, read_tree, repository, shipped, upshift};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// How often each verb is killed.
const KILLS: u32 = 50;

const CATALOG: &str = r#"teams: { core: {} }
components: { api: { owner: core, uses: { go: { phase: work } } } }
runtimes: { go: { name: Go, scheme: go, process: go, releases: [{ go: {} }] } }
processes:
  go:
    phases: [{ id: work }]
    steps: { build: { title: Build, each: component } }
upgrades:
  go-1.27.0: { runtime: go, from: "1.26.7", to: "1.27.0" }
"#;

type Tree = BTreeMap<String, String>;

/// Moments that are spread over a time and differ from one to the next, the same in every run of the test.
struct Moments(u64);

impl Moments {
    fn next(&mut self, within: Duration) -> Duration {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        within * u32::try_from(self.0 >> 44).unwrap_or(0) / (1 << 20)
    }
}

/// Starts the program and kills it after a while; says whether it was still running.
fn kill(folder: &Path, args: &[&str], after: Duration) -> bool {
    let mut child = Command::new(env!("CARGO_BIN_EXE_upshift"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    thread::sleep(after);
    child.kill().expect("is a child of this process");
    child.wait().expect("ends").code().is_none()
}

fn stages(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).expect("is a folder").flatten();
    let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(".upshift-")).collect()
}

fn ok(run: &Run) {
    assert_eq!(run.code, 0, "{}", run.err);
}

/// A copy of the shipped catalog, and the same under another title, which is on every page.
fn two_titles() -> (tempfile::TempDir, [String; 2]) {
    let folder = shipped();
    let path = folder.path().join("data/runtimes/go.yaml");
    let text = fs::read_to_string(&path).expect("reads");
    let other = text.replace("name: Go\n", "name: Gopher\n");
    assert_ne!(text, other, "the catalog has the text that is replaced");
    (folder, [text, other])
}

#[test]
fn a_build_that_is_killed_leaves_the_old_pages_or_the_new_ones() {
    let (folder, texts) = two_titles();
    let folder = folder.path();
    let catalog = folder.join("data/runtimes/go.yaml");
    let title = |title: usize| fs::write(&catalog, &texts[title]).expect("writes");
    let mut trees: Vec<Tree> = Vec::new();
    let mut longest = Duration::ZERO;
    for at in [0, 1] {
        title(at);
        let start = Instant::now();
        ok(&upshift(folder, &["build"]));
        longest = longest.max(start.elapsed());
        trees.push(read_tree(&folder.join("site")));
    }
    let changed = trees[0].iter().filter(|(path, text)| trees[1].get(*path) != Some(text)).count();
    assert!(changed > 3, "only {changed} pages differ");

    let mut moments = Moments(1);
    let (mut current, mut killed, mut left) = (1, 0, 0);
    for run in 0..KILLS {
        let wanted = 1 - current;
        title(wanted);
        let after = moments.next(longest * 5 / 4);
        killed += u32::from(kill(folder, &["build"], after));
        let found = read_tree(&folder.join("site"));
        let whole = trees.iter().position(|tree| *tree == found);
        assert!(whole.is_some(), "run {run}, killed after {after:?}: the pages are a mixture");
        current = whole.unwrap_or(current);
        left += usize::from(!stages(folder).is_empty());
        // Every other time, the next run is one that is killed as well.
        if run % 2 == 1 {
            ok(&upshift(folder, &["build"]));
            assert_eq!(stages(folder), Vec::<String>::new(), "run {run}");
            assert_eq!(read_tree(&folder.join("site")), trees[wanted], "run {run}");
            current = wanted;
        }
    }
    assert!(killed > 0, "no run was killed while it worked");
    ok(&upshift(folder, &["build"]));
    assert_eq!(stages(folder), Vec::<String>::new(), "{left} runs left something");
}

#[test]
fn an_update_that_is_killed_leaves_the_old_lock_or_the_new_one() {
    let engine = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("starts");
    let server = engine.block_on(MockServer::start());
    let answer = |versions: u32| {
        let entries: Vec<String> =
            (0..versions).map(|patch| format!("{{\"version\": \"go1.26.{patch}\", \"stable\": true}}")).collect();
        let reply = ResponseTemplate::new(200).set_body_string(format!("[{}]", entries.join(",")));
        engine.block_on(async {
            server.reset().await;
            Mock::given(any()).respond_with(reply).mount(&server).await;
        });
    };
    let folder = repository(&[("data/a.yaml", CATALOG)]);
    let folder = folder.path();
    let uri = server.uri();
    let args = ["update", "-q", "--as-of", "2026-08-22", "--mirror", &uri];
    let read = || fs::read_to_string(folder.join("upshift.lock")).expect("reads");
    let (mut locks, mut longest) = (Vec::new(), Duration::ZERO);
    for versions in [300, 301] {
        answer(versions);
        let start = Instant::now();
        ok(&upshift(folder, &args));
        longest = longest.max(start.elapsed());
        locks.push(read());
    }
    let mut moments = Moments(2);
    let mut killed = 0;
    for run in 0..KILLS {
        let wanted = usize::from(run % 2 == 1);
        fs::write(folder.join("upshift.lock"), &locks[1 - wanted]).expect("writes");
        // A new answer can only add to the lock, so the shorter one is asked for when there is none yet.
        if wanted == 0 {
            fs::remove_file(folder.join("upshift.lock")).expect("removes");
        }
        answer(if wanted == 0 { 300 } else { 301 });
        let after = moments.next(longest * 5 / 4);
        killed += u32::from(kill(folder, &args, after));
        let found = fs::read_to_string(folder.join("upshift.lock")).ok();
        let old = (wanted == 1).then(|| locks[0].as_str());
        let is_new = found.as_deref().is_some_and(|text| text == locks[wanted] || is_same_facts(text, &locks[wanted]));
        assert!(found.as_deref() == old || is_new, "run {run}, killed after {after:?}: {found:?}");
        ok(&upshift(folder, &args));
        assert_eq!(stages(folder), Vec::<String>::new(), "run {run}");
        assert!(is_same_facts(&read(), &locks[wanted]), "run {run}");
    }
    assert!(killed > 0, "no run was killed while it worked");
}

/// A catalog in which ten runtimes are on a line that has ended.
fn ten_proposals() -> (String, String) {
    let mut catalog = String::from("teams: { core: {} }\nprocesses:\n  go:\n    phases: [{ id: work }]\n");
    catalog += "    steps: { build: { title: Build, each: component } }\nruntimes:\n";
    let mut lock = String::from("format = 1\n\n[days]\nversions = 2026-08-22\n");
    let (mut uses, mut upgrades) = (String::new(), String::new());
    for at in 0..10 {
        catalog +=
            &format!("  go{at}: {{ scheme: go, process: go, releases: [{{ endoflife: {{ product: go }} }}] }}\n");
        uses += &format!("go{at}: {{ phase: work }}, ");
        upgrades += &format!("  go{at}-old: {{ runtime: go{at}, from: \"1.26.6\", to: \"1.26.7\", state: done }}\n");
        let source = "url = \"https://endoflife.date/api/v1/products/go\", time = 2026-08-22";
        lock += &format!(
            r#"
[runtimes.go{at}.sources]
"endoflife:go" = {{ {source}, sha256 = "{}" }}

[runtimes.go{at}.lines]
"1.26" = {{ "endoflife:go" = {{ ended = true }} }}

[runtimes.go{at}.releases]
"1.26.7" = {{ "endoflife:go" = {{}} }}
"1.27.0" = {{ "endoflife:go" = {{}} }}
"#,
            "0".repeat(64)
        );
    }
    catalog += &format!("components: {{ api: {{ owner: core, uses: {{ {uses} }} }} }}\nupgrades:\n{upgrades}");
    (catalog, lock)
}

#[test]
fn proposals_that_are_killed_leave_whole_files_and_the_next_run_writes_the_rest() {
    let (catalog, lock) = ten_proposals();
    let folder = repository(&[("data/a.yaml", &catalog), ("upshift.lock", &lock)]);
    let folder = folder.path();
    let args = ["propose", "-q", "--write"];
    let start = Instant::now();
    ok(&upshift(folder, &args));
    let longest = start.elapsed();
    let all = read_tree(folder);
    assert_eq!(all.keys().filter(|path| path.starts_with("data/upgrades/")).count(), 10);
    let mut moments = Moments(3);
    let mut killed = 0;
    for run in 0..KILLS {
        fs::remove_dir_all(folder.join("data/upgrades")).expect("removes");
        let after = moments.next(longest * 5 / 4);
        killed += u32::from(kill(folder, &args, after));
        let mut found = read_tree(folder);
        found.retain(|path, _| !path.contains("/.upshift-stage-"));
        let is_whole = |(path, text): (&String, &String)| all.get(path) == Some(text);
        assert!(found.iter().all(is_whole), "run {run}, killed after {after:?}: {found:?}");
        ok(&upshift(folder, &args));
        assert_eq!(read_tree(folder), all, "run {run}");
    }
    assert!(killed > 0, "no run was killed while it worked");
}

/// Whether two locks state the same, whatever day a source began to say so.
fn is_same_facts(a: &str, b: &str) -> bool {
    let facts =
        |text: &str| text.lines().filter(|line| !line.starts_with("go = ")).map(str::to_owned).collect::<Vec<_>>();
    facts(a) == facts(b)
}

/// A folder with pages, and a catalog that wants others.
fn built() -> tempfile::TempDir {
    let folder = repository(&[("data/a.yaml", CATALOG), ("site/mine.md", "mine\n")]);
    ok(&upshift(folder.path(), &["build"]));
    fs::write(folder.path().join("data/a.yaml"), CATALOG.replace("title: Build", "title: Make")).expect("writes");
    folder
}

/// Runs a build that must fail with a message and change nothing.
fn fails(folder: &Path, args: &[&str], message: &str) {
    let before = read_tree(folder);
    let run = upshift(folder, args);
    let shown = run.err.replace(&folder.display().to_string(), "REPO");
    assert_eq!((run.code, run.out.as_str(), shown.as_str()), (3, "", message));
    assert_eq!(read_tree(folder), before);
}

#[test]
fn clears_what_a_killed_run_has_left_even_when_nothing_changes() {
    let folder = built();
    ok(&upshift(folder.path(), &["build"]));
    let expected = read_tree(folder.path());
    fs::create_dir_all(folder.path().join(".upshift-stage-site/new/go")).expect("makes a folder");
    fs::write(folder.path().join(".upshift-stage-site/new/go/half.md"), "ha").expect("writes");
    ok(&upshift(folder.path(), &["build", "--check"]));
    assert_ne!(read_tree(folder.path()), expected, "a comparison writes nothing");
    ok(&upshift(folder.path(), &["build"]));
    assert_eq!(read_tree(folder.path()), expected);
    assert_eq!(stages(folder.path()), Vec::<String>::new());
}

#[test]
fn puts_back_the_pages_that_a_killed_run_had_moved_away() {
    let folder = built();
    ok(&upshift(folder.path(), &["build"]));
    let expected = read_tree(folder.path());
    fs::create_dir_all(folder.path().join(".upshift-stage-site")).expect("makes a folder");
    fs::rename(folder.path().join("site"), folder.path().join(".upshift-stage-site/old")).expect("moves");
    ok(&upshift(folder.path(), &["build"]));
    assert_eq!(read_tree(folder.path()), expected, "people's own pages as well");
}

#[test]
fn a_second_run_beside_the_first_says_so_and_keeps_away() {
    let folder = built();
    let stage = folder.path().join(".upshift-stage-site");
    fs::create_dir(&stage).expect("makes a folder");
    fs::write(stage.join("new"), "the first run's").expect("writes");
    let first = File::open(&stage).expect("opens");
    first.lock().expect("locks");
    fails(folder.path(), &["build"], "error: another run of upshift is writing `./site`; wait for it to end\n");
    drop(first);
    ok(&upshift(folder.path(), &["build"]));
    assert_eq!(stages(folder.path()), Vec::<String>::new());
}

#[test]
fn two_builds_at_once_leave_whole_pages() {
    let folder = built();
    let runs: Vec<Run> = thread::scope(|scope| {
        let runs: Vec<_> = (0..8).map(|_| scope.spawn(|| upshift(folder.path(), &["build"]))).collect();
        runs.into_iter().map(|run| run.join().expect("ends")).collect()
    });
    assert!(runs.iter().any(|run| run.code == 0), "{runs:?}");
    let busy = "error: another run of upshift is writing `./site`; wait for it to end\n";
    assert!(runs.iter().all(|run| run.code == 0 || (run.code, run.err.as_str()) == (3, busy)), "{runs:?}");
    assert_eq!(upshift(folder.path(), &["build", "--check", "-q"]).code, 0);
    assert_eq!(stages(folder.path()), Vec::<String>::new());
}

#[test]
fn files_and_folders_in_the_way_are_named_and_kept() {
    let folder = built();
    let page = "site/go/1.27.0/runbook.md";
    let at = |path: &str| folder.path().join(path);
    fs::remove_file(at(page)).expect("removes");
    fs::create_dir(at(page)).expect("makes a folder");
    fs::write(at(page).join("note"), "mine").expect("writes");
    let message = format!("error: `./{page}` is not a plain file, and upshift writes one there; move it away\n");
    fails(folder.path(), &["build"], &message);

    fs::remove_dir_all(at("site/go")).expect("removes");
    fs::write(at("site/go"), "mine").expect("writes");
    let message = "cannot be written: something above it is a file; move that away\n";
    fails(folder.path(), &["build"], &format!("error: `./site/go/1.27.0/handbook.md` {message}"));

    fs::remove_file(at("site/go")).expect("removes");
    fs::create_dir(at("elsewhere")).expect("makes a folder");
    std::os::unix::fs::symlink(at("elsewhere"), at("site/go")).expect("links");
    let run = upshift(folder.path(), &["build"]);
    let message = "error: `./site/go` is not a folder, and pages belong in a folder of that name; move it away\n";
    assert_eq!((run.code, run.err.as_str()), (3, message));
    assert!(fs::symlink_metadata(at("site/go")).expect("is there").is_symlink());

    fs::rename(at("site"), at("kept")).expect("moves");
    fs::write(at("site"), "mine").expect("writes");
    fails(folder.path(), &["build"], "error: `./site` is not a folder; pages are not written through links\n");

    fs::remove_file(at("kept/go")).expect("removes");
    fs::write(at(".upshift-stage-kept"), "mine").expect("writes");
    let message = "is not a folder; upshift needs that name for itself, so move it away\n";
    fails(folder.path(), &["build", "--output", "kept"], &format!("error: `./.upshift-stage-kept` {message}"));
    fails(
        folder.path(),
        &["build", "--output", "site/below"],
        "error: `./site/below/.upshift-manifest.json` cannot be written: something above it is a file; move that away\n",
    );
}

/// Runs the program in a shell that lets no file grow beyond some blocks of 512 bytes, as a full disk would.
fn on_a_full_disk(folder: &Path, blocks: u32, args: &[&str]) -> Run {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let output = Command::new("/bin/sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_upshift")])
        .args(args)
        .current_dir(folder)
        .env_clear()
        .output()
        .expect("runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("prints text");
    Run { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

#[test]
fn a_full_disk_is_named_and_loses_nothing() {
    let folder = built();
    let before = read_tree(folder.path());
    let run = on_a_full_disk(folder.path(), 0, &["build"]);
    assert_eq!(run.code, 3, "{}", run.err);
    let message = "error: writing `./site/go/1.27.0/handbook.md`: File too large (os error 27)\n";
    assert_eq!(run.err, message);
    assert_eq!(read_tree(folder.path()), before);
    assert_eq!(stages(folder.path()), Vec::<String>::new());
}

#[test]
fn an_update_on_a_full_disk_keeps_the_lock() {
    let engine = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("starts");
    let server = engine.block_on(MockServer::start());
    let reply = ResponseTemplate::new(200).set_body_string(r#"[{"version": "go1.26.7", "stable": true}]"#);
    engine.block_on(Mock::given(any()).respond_with(reply).mount(&server));
    let old = "format = 1\n";
    let folder = repository(&[("data/a.yaml", CATALOG), ("upshift.lock", old)]);
    let uri = server.uri();
    let args = ["update", "-q", "--as-of", "2026-08-22", "--mirror", &uri];
    let run = on_a_full_disk(folder.path(), 0, &args);
    let message = "error: writing `./upshift.lock`: File too large (os error 27)\n";
    assert_eq!((run.code, run.err.as_str()), (3, message));
    let files: Vec<String> = read_tree(folder.path()).into_keys().collect();
    assert_eq!(files, ["data/a.yaml", "upshift.lock"]);
    assert_eq!(fs::read_to_string(folder.path().join("upshift.lock")).expect("reads"), old);
}

#[test]
fn a_folder_that_may_not_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = built();
    let mode = |mode| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).expect("sets rights");
    mode(0o555);
    // No rights bind the superuser, in whose hands many containers run: for them the build must simply work.
    let may_write = File::create(folder.path().join("probe")).is_ok();
    let run = upshift(folder.path(), &["build", "-q"]);
    mode(0o755);
    let denied = "error: making `./.upshift-stage-site`: Permission denied (os error 13)\n";
    let expected = if may_write { (0, "") } else { (3, denied) };
    assert_eq!((run.code, run.err.as_str()), expected);
}
