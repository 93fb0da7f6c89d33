//! What comes of a whole update: halves that fail, all that fails, `--check`, JSON, and answers that are known.

use serde_json::{Value, json};

use super::*;
use crate::harness::{read_tree, root};
use crate::server::{Then, bytes, find_header, reply, to_target};

/// Four runtimes with a source each.
const FOUR: &str = r"teams: { core: {} }
components: { api: { owner: core, uses: { go: {}, node: {}, php: {}, ruby: {} } } }
runtimes:
  go: { scheme: go, process: all, releases: [{ go: {} }] }
  node: { scheme: node, process: all, releases: [{ endoflife: { product: nodejs } }] }
  php: { scheme: php, process: all, releases: [{ endoflife: { product: php } }] }
  ruby: { scheme: ruby, process: all, releases: [{ endoflife: { product: ruby } }] }
processes: { all: { phases: [{ id: work }], steps: { build: { title: Build, each: component, phase: work } } } }
";

/// One line, with its newest release.
fn line(name: &str, latest: &str) -> String {
    format!(
        r#"{{"result": {{"releases": [{{"name": "{name}", "latest": {{"name": "{latest}", "date": "2026-08-19"}}}}]}}}}"#
    )
}

/// A repository whose lock knows all four runtimes, and that lock.
fn four() -> (TempDir, String) {
    let folder = repository(&[("data/a.yaml", FOUR)]);
    let server = Server::start(vec![
        ("/go.dev/", good(list(&releases()))),
        ("/endoflife.date/api/v1/products/nodejs", good(line("24", "24.7.0"))),
        ("/endoflife.date/api/v1/products/php", good(line("8.5", "8.5.7"))),
        ("/endoflife.date/api/v1/products/ruby", good(line("3.4", "3.4.8"))),
    ]);
    let run = update(folder.path(), FIRST, &server, &["-q"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let lock = load(folder.path());
    (folder, lock)
}

#[test]
fn when_half_of_the_sources_fail_the_other_half_is_written() {
    let (folder, before) = four();
    let server = Server::start(vec![
        ("/go.dev/", bytes("HTTP/1.1 503 Busy\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n")),
        ("/endoflife.date/api/v1/products/nodejs", good(line("24", "24.7.0"))),
        ("/endoflife.date/api/v1/products/php", good("<!doctype html>")),
        ("/endoflife.date/api/v1/products/ruby", good(line("3.4", "3.4.9"))),
    ]);
    let run = update(folder.path(), LATER, &server, &[]);
    let expected = Run {
        code: 3,
        out: "ruby: new release 3.4.9 of 2026-08-19\n".to_owned(),
        err: "error: go of go: https://go.dev/dl/?mode=json&include=all: the answer was 503 Service Unavailable; it asks to wait for 3600 s
  = help: what it said on 2026-08-22 is kept
error: endoflife:php of php: https://endoflife.date/api/v1/products/php: the reply is a web page, not data
  = help: what it said on 2026-08-22 is kept
wrote upshift.lock
"
        .to_owned(),
    };
    assert_eq!(run, expected);
    // The same by hand: the good half alone on the later day, and the day of the last answer beside the others.
    let apart = repository(&[("data/a.yaml", FOUR), ("upshift.lock", &before)]);
    assert_eq!(update(apart.path(), LATER, &server, &["node", "ruby"]).code, 0);
    let to_line = |line: &str| match line.strip_suffix(" }") {
        Some(start) if line.starts_with("go = { url") || line.starts_with("\"endoflife:php\" = { url") => {
            format!("{start}, stale = {FIRST} }}\n")
        }
        _ => format!("{line}\n"),
    };
    assert_eq!(load(folder.path()), load(apart.path()).lines().map(to_line).collect::<String>());
    let added = "\"3.4.9\" = { \"endoflife:ruby\" = { date = 2026-08-19 } }";
    assert!(load(folder.path()).lines().any(|line| line == added), "{}", load(folder.path()));
}

#[test]
fn when_everything_fails_no_file_changes() {
    let (folder, before) = four();
    let server = Server::start(Vec::new());
    let tree = read_tree(folder.path());
    let run = update(folder.path(), LATER, &server, &[]);
    let failure = |source: &str, url: &str| {
        format!("error: {source}: {url}: the answer was 404 Not Found\n  = help: what it said before is kept\n")
    };
    let err = [
        failure("go of go", "https://go.dev/dl/?mode=json&include=all"),
        failure("endoflife:nodejs of node", "https://endoflife.date/api/v1/products/nodejs"),
        failure("endoflife:php of php", "https://endoflife.date/api/v1/products/php"),
        failure("endoflife:ruby of ruby", "https://endoflife.date/api/v1/products/ruby"),
        "the lock is current\n".to_owned(),
    ];
    assert_eq!(run, Run { code: 3, out: String::new(), err: err.concat() });
    assert_eq!((load(folder.path()), read_tree(folder.path())), (before, tree));
}

#[test]
fn when_everything_fails_the_first_time_no_lock_is_made() {
    let folder = repository(&[("data/a.yaml", FOUR)]);
    let run = update(folder.path(), FIRST, &Server::start(Vec::new()), &["go"]);
    let err = "error: go of go: https://go.dev/dl/?mode=json&include=all: the answer was 404 Not Found
  = help: nothing is known from it yet
nothing was written
";
    assert_eq!(run, Run { code: 3, out: String::new(), err: err.to_owned() });
    assert_eq!(read_tree(folder.path()).into_keys().collect::<Vec<_>>(), ["data/a.yaml"]);
}

#[test]
fn check_tells_news_and_writes_nothing() {
    let (folder, before) = four();
    let tree = read_tree(folder.path());
    let newer = |broken: Answer| {
        Server::start(vec![
            ("/go.dev/", broken),
            ("/endoflife.date/api/v1/products/nodejs", good(line("24", "24.8.0"))),
            ("/endoflife.date/api/v1/products/php", good(line("8.5", "8.5.7"))),
            ("/endoflife.date/api/v1/products/ruby", good(line("3.4", "3.4.8"))),
        ])
    };
    let out = "node: new release 24.8.0 of 2026-08-19\n".to_owned();
    let run = update(folder.path(), LATER, &newer(good(list(&releases()))), &["--check"]);
    assert_eq!(run, Run { code: 1, out: out.clone(), err: "nothing was written\n".to_owned() });
    // A source that fails weighs more than news.
    let run = update(folder.path(), LATER, &newer(good("[]")), &["--check"]);
    let err = "error: go of go: https://go.dev/dl/?mode=json&include=all: the reply lists nothing that can be read
  = help: what it said on 2026-08-22 is kept
nothing was written
";
    assert_eq!(run, Run { code: 3, out, err: err.to_owned() });
    assert_eq!((load(folder.path()), read_tree(folder.path())), (before, tree));
}

#[test]
fn check_makes_no_lock_where_there_is_none() {
    let folder = repository(&[("data/a.yaml", FOUR)]);
    let server = Server::start(vec![("/go.dev/", good(list(&releases())))]);
    let run = update(folder.path(), FIRST, &server, &["--check", "go"]);
    let out = "go: source go read for the first time: 12 releases\n".to_owned();
    assert_eq!(run, Run { code: 1, out, err: "nothing was written\n".to_owned() });
    assert_eq!(read_tree(folder.path()).into_keys().collect::<Vec<_>>(), ["data/a.yaml"]);
}

#[test]
fn the_json_document_tells_all_and_fits_its_schema() {
    let upgrade = r#"upgrades: { go-1.26.9: { runtime: go, from: "1.26.5", to: "1.26.9", state: active } }"#;
    let catalog = [CATALOG.replace("SETTINGS", "").replace("SOURCE", "{ go: {} }").as_str(), upgrade].concat();
    let folder = repository(&[("data/a.yaml", &catalog)]);
    let first = Server::start(vec![("/go.dev/", good(list(&releases()))), ("/endoflife.date/", good(ENDOFLIFE))]);
    assert_eq!(update(folder.path(), FIRST, &first, &["-q"]).code, 0);
    let odd = ENDOFLIFE.replace("null", "\"2027-02-28\"").replace("false", "\"no\"");
    let then = Server::start(vec![("/go.dev/", good("<html>")), ("/endoflife.date/", good(odd))]);
    let run = update(folder.path(), LATER, &then, &["-q", "--format", "json"]);
    let err = "error: go of go: https://go.dev/dl/?mode=json&include=all: the reply is a web page, not data
  = help: what it said on 2026-08-22 is kept
";
    assert_eq!((run.code, run.err.as_str()), (3, err));
    let document: Value = serde_json::from_str(&run.out).expect("is JSON");
    let expected = json!({
        "schema": "upshift/update/1",
        "as_of": "2026-08-24",
        "written": true,
        "news": [
            { "runtime": "go", "kind": "line", "text": "end of life of 1.26: unknown -> 2027-02-28" },
            { "runtime": "go", "kind": "line", "text": "end of support of 1.26: false -> unknown" },
        ],
        "ending": [{ "runtime": "go", "line": "1.26", "eol": "2027-02-28", "days": 188 }],
        "behind": [
            { "upgrade": "go-1.26.9", "to": "1.26.9", "newest": "1.26.11", "date": "2026-08-19", "fixes": null },
        ],
        "failures": [{
            "runtime": "go",
            "source": "go",
            "url": "https://go.dev/dl/?mode=json&include=all",
            "message": "the reply is a web page, not data",
            "kept": true,
            "stale": "2026-08-22",
        }],
        "skipped": [{
            "runtime": "go",
            "source": "endoflife:go",
            "reason": "`1.26`, field `isEol`: it is neither true nor false",
        }],
    });
    assert_eq!(document, expected);
    let schema = fs::read_to_string(root().join("site/schema/update.schema.json")).expect("reads");
    let schema = serde_json::from_str(&schema).expect("is JSON");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("is a schema");
    let faults: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new());
}

/// Answers with a mark, and with 304 to those who know it.
fn marked(mark: &'static str, headers: &'static str, body: String) -> Answer {
    Box::new(move |head, stream| {
        let answer = match find_header(head, "if-none-match") {
            Some(known) if known == mark => reply("304 Not Modified", &format!("etag: {mark}\r\n"), ""),
            _ => reply("200 OK", &format!("etag: {mark}\r\n{headers}"), &body),
        };
        stream.write_all(&answer).map(|()| Then::Listen)
    })
}

#[test]
fn what_is_known_costs_a_304_for_each_answer_and_changes_nothing() {
    let next = "link: <https://api.github.com/more>; rel=\"next\"\r\n";
    let sources = "{ go: {} }, { github-tags: { repo: golang-fips/go } }";
    let catalog = CATALOG.replace("SETTINGS", "").replace("SOURCE", sources);
    let folder = repository(&[("data/a.yaml", &catalog)]);
    let server = Server::start(vec![
        ("/go.dev/", marked("\"go\"", "", list(&releases()))),
        ("/api.github.com/repos/", marked("\"page 1\"", next, r#"[{"name": "1.26.7"}]"#.to_owned())),
        ("/api.github.com/more", marked("\"page 2\"", "", r#"[{"name": "1.26.6"}]"#.to_owned())),
        ("/endoflife.date/", marked("\"lines\"", "", ENDOFLIFE.to_owned())),
    ]);
    assert_eq!(update(folder.path(), FIRST, &server, &["-q"]).code, 0);
    let (before, asked) = (load(folder.path()), server.heads().len());
    let current = Run { code: 0, out: String::new(), err: "the lock is current\n".to_owned() };
    assert_eq!(update(folder.path(), FIRST, &server, &[]), current);
    assert_eq!(load(folder.path()), before);
    let again = server.heads().split_off(asked);
    let mut marks: Vec<_> =
        again.iter().map(|head| (to_target(head), find_header(head, "if-none-match").unwrap_or_default())).collect();
    marks.sort_unstable();
    assert_eq!(
        marks,
        [
            ("/api.github.com/more", "\"page 2\""),
            ("/api.github.com/repos/golang-fips/go/tags?per_page=100", "\"page 1\""),
            ("/endoflife.date/api/v1/products/go", "\"lines\""),
            ("/go.dev/dl/?mode=json&include=all", "\"go\""),
        ]
    );
    // On another day the day moves, and nothing else.
    let run = update(folder.path(), LATER, &server, &[]);
    assert_eq!(run, Run { err: "wrote upshift.lock\n".to_owned(), ..current });
    assert_eq!(load(folder.path()), before.replace("versions = 2026-08-22", "versions = 2026-08-24"));
}
