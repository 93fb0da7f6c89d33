//! `upshift update` against servers on loopback: good, odd and broken ones.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on stops, and writes where it likes"
)]

#[path = "harness/harness.rs"]
mod harness;

use std::fs;
use std::path::Path;

use harness::{Run, repository, upshift};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

const CATALOG: &str = r"teams: { core: {} }
components: { api: { owner: core, uses: { go: { phase: work } } } }
runtimes:
  go: { name: Go, scheme: go, process: go, releases: [{ go: {} }, { endoflife: { product: go } }] }
processes:
  go:
    phases: [{ id: work }]
    steps: { build: { title: Build, each: component } }
";

const GO: &str = r#"[
 {"version": "go1.26.7", "stable": true, "files": []},
 {"version": "go1.27rc1", "stable": false, "files": []},
 {"version": "go1.26.6", "stable": true, "new": [1]},
 {"version": "go1.26.\u001b[31m", "stable": true},
 {"version": "go1.20", "stable": true}
]"#;

const ENDOFLIFE: &str = r#"{"schema_version": "1.2.1", "generated_at": "2026-08-22T09:00:00+00:00", "result": {"name": "go", "releases": [
 {"name": "1.26", "releaseDate": "2026-02-10", "isLts": false, "isEol": false, "eolFrom": null, "latest": {"name": "1.26.6", "date": "2026-08-13"}},
 {"name": "1.20", "releaseDate": "2023-02-01", "isEol": true, "eolFrom": "2024-02-06", "latest": {"name": "1.20.0", "date": "2023-02-01"}},
 {"name": "1.19", "releaseDate": "soon", "latest": null}
]}}"#;

/// A server that stands for both upstreams, and a runtime that keeps it alive.
struct Upstream {
    engine: tokio::runtime::Runtime,
    server: MockServer,
}

impl Upstream {
    fn new() -> Self {
        let engine =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("starts");
        let server = engine.block_on(MockServer::start());
        Self { engine, server }
    }

    fn answer(&self, go: ResponseTemplate, endoflife: ResponseTemplate) {
        self.engine.block_on(async {
            self.server.reset().await;
            Mock::given(path("/go.dev/dl/")).respond_with(go).mount(&self.server).await;
            Mock::given(path("/endoflife.date/api/v1/products/go")).respond_with(endoflife).mount(&self.server).await;
        });
    }

    fn update(&self, folder: &Path, day: &str, more: &[&str]) -> Run {
        let uri = self.server.uri();
        let mut args = vec!["update", "-q", "--as-of", day, "--mirror", &uri];
        args.extend(more);
        let mut run = upshift(folder, &args);
        run.err = run.err.replace(&uri, "MIRROR");
        run
    }
}

fn json(text: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_string(text)
}

fn lock(folder: &Path) -> String {
    fs::read_to_string(folder.join("upshift.lock")).unwrap_or_default()
}

#[test]
fn records_what_both_sources_say_and_changes_nothing_the_second_time() {
    let upstream = Upstream::new();
    let folder = repository(&[("data/a.yaml", CATALOG)]);
    upstream.answer(json(GO), json(ENDOFLIFE));
    let first = upstream.update(folder.path(), "2026-08-22", &[]);
    assert_eq!(
        (first.code, first.out.as_str()),
        (
            0,
            "go: source endoflife:go read for the first time: 2 releases, 3 lines
go: source go read for the first time: 4 releases
go: sources disagree on the latest of 1.26: go says 1.26.7, endoflife:go says 1.26.6
"
        ),
        "{}",
        first.err
    );
    let text = lock(folder.path());
    let facts = text.split("[runtimes.go.lines]").nth(1).expect("has lines");
    let expected = r#"
"1.19" = { "endoflife:go" = {} }
"1.20" = { "endoflife:go" = { released = 2023-02-01, eol = 2024-02-06, latest = "1.20.0" } }
"1.26" = { "endoflife:go" = { released = 2026-02-10, ended = false, latest = "1.26.6" } }

[runtimes.go.releases]
"1.20" = { go = {} }
"1.20.0" = { "endoflife:go" = { date = 2023-02-01 } }
"1.26.6" = { "endoflife:go" = { date = 2026-08-13 }, go = {} }
"1.26.7" = { go = {} }
"1.27rc1" = { go = { prerelease = true } }
"#;
    assert_eq!(facts, expected);
    assert!(
        text.contains("url = \"https://go.dev/dl/?mode=json&include=all\""),
        "the true address is recorded: {text}"
    );

    assert_eq!(upstream.update(folder.path(), "2026-08-22", &[]).code, 0);
    assert_eq!(lock(folder.path()), text);
    // A new build of endoflife.date with the same facts is no news, and no new time.
    upstream.answer(json(GO), json(&ENDOFLIFE.replace("09:00:00", "10:00:00")));
    assert_eq!(
        upstream.update(folder.path(), "2026-08-23", &["--check"]),
        Run { code: 0, out: String::new(), err: String::new() }
    );
    upstream.update(folder.path(), "2026-08-23", &[]);
    assert_eq!(lock(folder.path()), text.replace("versions = 2026-08-22", "versions = 2026-08-23"));
}

#[test]
fn what_was_found_in_repositories_stays_as_it_is() {
    let upstream = Upstream::new();
    let folder = repository(&[("data/a.yaml", CATALOG)]);
    upstream.answer(json(GO), json(ENDOFLIFE));
    upstream.update(folder.path(), "2026-08-22", &[]);
    let versions = lock(folder.path());
    let with_pins = |day: &str| {
        let (head, rest) = versions.split_once("format").expect("has a format");
        let head = head
            .replace("`upshift update`", "`upshift update` and `upshift scan`")
            .replace("runtime,", "runtime, what repositories hold,");
        let rest = rest.replace("versions = 2026-08-22\n", &format!("versions = {day}\npins = 2026-08-21\n"));
        format!(
            r#"{head}format{rest}
[pins.api]
repo = "https://gitlab.com/acme/api"
commit = "0123456789abcdef0123456789abcdef01234567"
day = 2026-08-21
found = [
  {{ file = "go.mod", line = 3, column = 4, runtime = "go", value = "1.26", version = "1.26", kind = "floor" }},
]

[pins.gone]
day = 2026-08-21
"#
        )
    };
    fs::write(folder.path().join("upshift.lock"), with_pins("2026-08-22")).expect("writes");
    for args in [&[][..], &["go"]] {
        assert_eq!(upstream.update(folder.path(), "2026-08-23", args).code, 0);
        assert_eq!(lock(folder.path()), with_pins("2026-08-23"));
    }
    upstream.answer(ResponseTemplate::new(403), ResponseTemplate::new(403));
    assert_eq!(upstream.update(folder.path(), "2026-09-01", &[]).code, 3);
    assert_eq!(lock(folder.path()), with_pins("2026-08-23"));
}

#[test]
fn a_new_release_is_one_line_beside_its_source() {
    let upstream = Upstream::new();
    let folder = repository(&[("data/a.yaml", CATALOG)]);
    upstream.answer(json(GO), json(ENDOFLIFE));
    upstream.update(folder.path(), "2026-08-22", &[]);
    let before = lock(folder.path());
    let newer = GO.replacen('[', r#"[{"version": "go1.27.0", "stable": true},"#, 1);
    upstream.answer(json(&newer), json(ENDOFLIFE));
    let news = Run { code: 1, out: "go: new release 1.27.0\ngo: new line 1.27\n".to_owned(), err: String::new() };
    assert_eq!(upstream.update(folder.path(), "2026-08-22", &["--check"]), news);
    assert_eq!(lock(folder.path()), before, "check writes nothing");
    assert_eq!(upstream.update(folder.path(), "2026-08-22", &[]).code, 0);
    let after = lock(folder.path());
    let added: Vec<&str> = after.lines().filter(|line| !before.contains(line)).collect();
    assert_eq!(added.len(), 2, "{added:?}");
    assert!(added[0].starts_with("go = { url = ") && added[1] == "\"1.27.0\" = { go = {} }", "{added:?}");
}

#[test]
fn dates_that_a_source_no_longer_names_are_kept() {
    let upstream = Upstream::new();
    let folder = repository(&[("data/a.yaml", CATALOG)]);
    upstream.answer(json(GO), json(ENDOFLIFE));
    upstream.update(folder.path(), "2026-08-22", &[]);
    let later = ENDOFLIFE.replace("\"1.26.6\", \"date\": \"2026-08-13\"", "\"1.26.7\", \"date\": \"2026-08-19\"");
    upstream.answer(json(GO), json(&later));
    upstream.update(folder.path(), "2026-08-23", &[]);
    let text = lock(folder.path());
    assert!(text.contains("\"1.26.6\" = { \"endoflife:go\" = { date = 2026-08-13 }, go = {} }\n"), "{text}");
    assert!(text.contains("\"1.26.7\" = { \"endoflife:go\" = { date = 2026-08-19 }, go = {} }\n"), "{text}");
    assert!(!text.contains("conflicts"), "{text}");
}

#[test]
fn a_failed_source_keeps_its_facts_and_is_reported() {
    let upstream = Upstream::new();
    let folder = repository(&[("data/a.yaml", CATALOG)]);
    upstream.answer(json(GO), json(ENDOFLIFE));
    upstream.update(folder.path(), "2026-08-22", &[]);
    let before = lock(folder.path());
    let broken = [
        (
            ResponseTemplate::new(404).set_body_string("<!doctype html>"),
            "https://go.dev/dl/?mode=json&include=all: the answer was 404 Not Found",
        ),
        (
            json("<!doctype html><title>busy</title>"),
            "https://go.dev/dl/?mode=json&include=all: the reply is a web page, not data",
        ),
        (json(&GO[..100]), "https://go.dev/dl/?mode=json&include=all: the reply is cut off at line 3, column 43"),
        (json("[]"), "https://go.dev/dl/?mode=json&include=all: the reply lists nothing that can be read"),
        (
            json(r#"{"message": "hello"}"#),
            "https://go.dev/dl/?mode=json&include=all: the reply is not what this source sends: invalid type: map, expected a sequence at line 1 column 0",
        ),
    ];
    for (answer, message) in broken {
        upstream.answer(answer, json(ENDOFLIFE));
        let err = format!("error: go of go: {message}\n  = help: what it said before is kept\n");
        assert_eq!(upstream.update(folder.path(), "2026-08-22", &[]), Run { code: 3, out: String::new(), err });
        assert_eq!(lock(folder.path()), before);
    }
}

#[test]
fn when_nobody_answers_the_lock_stays_as_it_was() {
    let upstream = Upstream::new();
    let folder = repository(&[("data/a.yaml", CATALOG)]);
    upstream.answer(json(GO), json(ENDOFLIFE));
    upstream.update(folder.path(), "2026-08-22", &[]);
    let before = lock(folder.path());
    upstream.answer(ResponseTemplate::new(403), ResponseTemplate::new(403));
    assert_eq!(upstream.update(folder.path(), "2026-09-01", &[]).code, 3);
    assert_eq!(lock(folder.path()), before);
}

#[test]
fn entries_that_cannot_be_read_are_skipped_by_name() {
    let upstream = Upstream::new();
    let folder = repository(&[("data/a.yaml", CATALOG)]);
    upstream.answer(json(GO), json(ENDOFLIFE));
    let uri = upstream.server.uri();
    let said = upshift(folder.path(), &["update", "--as-of", "2026-08-22", "--mirror", &uri]);
    let err = "skipped: go from go: entry 4: `go1.26.\\u{1b}[31m` holds spaces or control characters
skipped: go from endoflife:go: `1.19`, field `releaseDate`: `soon` is not a date
wrote upshift.lock
";
    assert_eq!((said.code, said.err.as_str()), (0, err));
}
