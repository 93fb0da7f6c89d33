//! `upshift update` against upstreams that mean harm or are broken: all that is said, the exit code, and the lock
//! afterwards, byte by byte.

#![expect(clippy::expect_used, clippy::disallowed_methods, reason = "a test that cannot go on stops, and writes files")]

#[path = "harness/harness.rs"]
mod harness;
#[path = "harness/server.rs"]
mod server;

#[path = "hostile_upstream/answers.rs"]
mod answers;
#[path = "hostile_upstream/connections.rs"]
mod connections;
#[path = "hostile_upstream/outcomes.rs"]
mod outcomes;

use std::fs;
use std::path::Path;

use harness::{Run, repository, upshift_with};
use server::{Answer, Routes, Server, good};
use tempfile::TempDir;

/// A runtime of which two sources speak: SOURCE, which a test lets fail, and one that always answers.
const CATALOG: &str = r"SETTINGS
teams: { core: {} }
components: { api: { owner: core, uses: { go: { phase: work } } } }
runtimes: { go: { name: Go, scheme: go, process: go, releases: [SOURCE, { endoflife: { product: go } }] } }
processes: { go: { phases: [{ id: work }], steps: { build: { title: Build, each: component } } } }
";

const ENDOFLIFE: &str = r#"{"schema_version": "1.2.1", "result": {"releases": [
 {"name": "1.26", "releaseDate": "2026-02-10", "isEol": false, "eolFrom": null, "latest": {"name": "1.26.11", "date": "2026-08-19"}}
]}}"#;

const FIRST: &str = "2026-08-22";
const LATER: &str = "2026-08-24";

/// A repository whose lock knows what both sources said on the first day.
struct Known {
    folder: TempDir,
    /// The lock of the first day.
    lock: String,
    /// The source that is to fail, as messages name it: `go of go: https://...`.
    source: &'static str,
    /// Where a mirror has what it is asked.
    place: &'static str,
}

/// What an update over a server came to.
struct Tried {
    run: Run,
    lock: String,
    /// What the server was asked, sorted.
    asked: Vec<String>,
}

/// Twelve releases as go.dev lists them.
fn releases() -> Vec<String> {
    (0..12).rev().map(|patch| format!(r#"{{"version": "go1.26.{patch}", "stable": true}}"#)).collect()
}

/// A list in JSON.
fn list(entries: &[String]) -> String {
    format!("[{}]", entries.join(",\n "))
}

fn load(folder: &Path) -> String {
    fs::read_to_string(folder.join("upshift.lock")).unwrap_or_default()
}

/// Updates on a day over a mirror. Whatever is said is short and harmless.
fn update(folder: &Path, day: &str, server: &Server, more: &[&str]) -> Run {
    let mut args = vec!["update", "--as-of", day, "--mirror", &server.url];
    args.extend(more);
    tame(upshift_with(folder, &args, &[]))
}

#[track_caller]
fn tame(run: Run) -> Run {
    for line in run.out.lines().chain(run.err.lines()) {
        assert!(line.chars().count() < 300 && !line.contains(|c: char| c.is_control()), "{line:?}");
    }
    run
}

impl Known {
    /// go.dev, as the most trusted source.
    fn go() -> Self {
        Self::go_with("")
    }

    /// The same, with settings in the catalog.
    fn go_with(settings: &str) -> Self {
        let source = "go of go: https://go.dev/dl/?mode=json&include=all";
        Self::new(settings, "{ go: {} }", source, "/go.dev/dl/", good(list(&releases())))
    }

    fn new(settings: &str, options: &str, source: &'static str, place: &'static str, first: Answer) -> Self {
        let catalog = CATALOG.replace("SETTINGS", settings).replace("SOURCE", options);
        let folder = repository(&[("data/a.yaml", &catalog)]);
        let server = Server::start(vec![(place, first), ("/endoflife.date/", good(ENDOFLIFE))]);
        let run = update(folder.path(), FIRST, &server, &["-q"]);
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        let lock = load(folder.path());
        Self { folder, lock, source, place }
    }

    /// Updates two days later, when the source gives another answer.
    fn try_with(&self, answer: Answer) -> Tried {
        let server = Server::start(vec![(self.place, answer), ("/endoflife.date/", good(ENDOFLIFE))]);
        fs::write(self.folder.path().join("upshift.lock"), &self.lock).expect("writes");
        let run = update(self.folder.path(), LATER, &server, &[]);
        Tried { run, lock: load(self.folder.path()), asked: server.asked() }
    }

    /// The lock in which all is as it was, but for the day.
    fn lock_of_later(&self) -> String {
        self.lock.replace(&format!("versions = {FIRST}"), &format!("versions = {LATER}"))
    }

    /// The lock in which the source that failed keeps all it said, with the day on which it last answered.
    fn lock_with_stale(&self) -> String {
        let name = self.source.split(" of ").next().expect("has a name");
        let to_line = |line: &str| match line.strip_suffix(" }").filter(|_| line.contains("sha256")) {
            Some(start) if line.trim_start_matches('"').starts_with(name) => format!("{start}, stale = {FIRST} }}\n"),
            _ => format!("{line}\n"),
        };
        let lock: String = self.lock_of_later().lines().map(to_line).collect();
        assert!(lock.contains("stale"), "{lock}");
        lock
    }

    /// The source failed with this message, all it said is kept, and the other source was heard.
    #[track_caller]
    fn assert_kept(&self, tried: &Tried, message: &str) {
        let err = format!(
            "error: {}: {message}\n  = help: what it said on {FIRST} is kept\nwrote upshift.lock\n",
            self.source
        );
        assert_eq!(tried.run, Run { code: 3, out: String::new(), err });
        assert_eq!(tried.lock, self.lock_with_stale());
    }

    /// The source fails with this message when it gives this answer, and all it said is kept.
    #[track_caller]
    fn assert_refuses(&self, answer: Answer, message: &str) {
        self.assert_kept(&self.try_with(answer), message);
    }
}
