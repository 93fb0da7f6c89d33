//! What holds for every kind of source, and what their readers share.

use jiff::civil::Date;
use serde_json::json;

use super::testing::{open, read, reply};
use super::*;
use crate::model::source::Pattern;

fn source(pattern: Option<&str>) -> Source {
    Source {
        kind: "go".to_owned(),
        name: "go".to_owned(),
        options: json!({}),
        pattern: pattern.map(|pattern| Pattern::parse(pattern).unwrap()),
        prereleases: true,
    }
}

#[test]
fn says_what_came_in_place_of_data() {
    for (kind, options) in [("go", json!({})), ("endoflife", json!({ "product": "go" }))] {
        let upstream = open(kind, options);
        let error = |body: &[u8]| read(&*upstream, body).unwrap_err().to_string();
        assert_eq!(error(b"<!doctype html><title>404</title>"), "the reply is a web page, not data");
        assert_eq!(error(b"\n <html>"), "the reply is a web page, not data");
        assert_eq!(error(b""), "the reply is cut off at line 1, column 0");
        assert_eq!(error(b"Retry later\n"), "the reply is not JSON: expected value at line 1 column 1");
        assert_eq!(error(b"\xff\xfe"), "the reply is not JSON: expected value at line 1 column 1");
        assert!(error(b"17").starts_with("the reply is not what this source sends: invalid type: integer"));
        assert!(error(&b"[".repeat(100_000)).starts_with("the reply is not"));
    }
}

#[test]
fn names_are_taken_through_the_pattern() {
    let body = br#"[{"version":"go1.26.7"},{"version":"go1.27rc1"},{"version":"gotip"}]"#;
    let versions = |pattern: Option<&str>| {
        let source = source(pattern);
        let upstream = super::open(&source).unwrap();
        let facts = to_facts(&source, &*upstream, &SourceFacts::default(), &[reply("https://go.dev/", body)]);
        facts.map(|facts| facts.releases.into_iter().map(|release| release.version).collect::<Vec<_>>())
    };
    assert_eq!(versions(None).unwrap(), ["1.26.7", "1.27rc1", "tip"]);
    assert_eq!(versions(Some(r"^\d+\.\d+\.\d+$")).unwrap(), ["1.26.7"]);
    assert_eq!(versions(Some(r"^\d+\.\d+")).unwrap(), ["1.26", "1.27"]);
    assert_eq!(versions(Some("(?<version>1)")).unwrap(), ["1"], "builds of one version are one release");
    assert_eq!(versions(Some("^v.*")), Err(SourceError::Empty));
}

#[test]
fn several_builds_of_a_version_are_one_release() {
    let releases = [("1-2-fips", 12), ("2-1-fips", 11), ("1-1-fips", 10), ("1-3-fips", 13)];
    let body: Vec<Value> = releases
        .iter()
        .map(|(name, day)| json!({ "tag_name": name, "published_at": format!("2026-08-{day}T00:00:00Z") }))
        .collect();
    let source = Source {
        kind: "github-releases".to_owned(),
        options: json!({ "repo": "a/b" }),
        ..source(Some(r"^(?<version>\d+)-\d+-fips$"))
    };
    let upstream = super::open(&source).unwrap();
    let replies = [reply("https://api.github.com/", &serde_json::to_vec(&body).unwrap())];
    let facts = to_facts(&source, &*upstream, &SourceFacts::default(), &replies).unwrap();
    let said = facts.releases.iter().map(|release| (release.version.as_str(), release.date.map(Date::day)));
    assert_eq!(said.collect::<Vec<_>>(), [("1", Some(10)), ("2", Some(11))]);
    assert!(facts.skipped.is_empty());
}

#[test]
fn a_digest_covers_all_that_counts() {
    let upstream = open("go", json!({}));
    let digest = |bodies: &[&str]| {
        let replies: Vec<Reply> = bodies.iter().map(|body| reply("https://go.dev/", body.as_bytes())).collect();
        to_digest(&*upstream, &replies).unwrap()
    };
    assert_eq!(digest(&[""]), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
}

#[test]
fn another_reading_has_another_mark() {
    let mark = |source: &Source| to_reading(source, &*super::open(source).unwrap());
    let plain = mark(&source(None));
    assert_eq!(plain, mark(&source(None)));
    assert_ne!(plain, mark(&source(Some("x"))));
    assert_ne!(plain, mark(&Source { prereleases: false, ..source(None) }));
}

#[test]
fn a_next_page_is_on_the_same_server() {
    let next = |link: &str| {
        let reply = Reply { link: Some(link.to_owned()), ..reply("https://api.github.com/a?page=1", b"") };
        find_next_page(&reply).map_err(|error| error.to_string())
    };
    for (link, expected) in [
        (
            "<https://api.github.com/a?page=2>; rel=\"next\", <https://api.github.com/a?page=9>; rel=\"last\"",
            Ok(Some("https://api.github.com/a?page=2")),
        ),
        ("<https://api.github.com/a?page=1>; rel=\"prev\"", Ok(None)),
        (
            "</v2/golang/tags/list?last=1&n=100>; rel=\"next\"",
            Ok(Some("https://api.github.com/v2/golang/tags/list?last=1&n=100")),
        ),
        (
            "<https://evil.example/>; rel=\"next\"",
            Err("the next page is at `https://evil.example/`, which is another server"),
        ),
        (
            "<http://api.github.com/a?page=2>; rel=\"next\"",
            Err("the next page is at `http://api.github.com/a?page=2`, which is another server"),
        ),
        ("nonsense", Ok(None)),
    ] {
        assert_eq!(
            next(link),
            expected.map(|next: Option<&str>| next.map(str::to_owned)).map_err(str::to_owned),
            "{link}"
        );
    }
    assert_eq!(find_next_page(&reply("https://x.org/", b"")), Ok(None));
}

#[test]
fn every_kind_has_its_own_name_and_a_help_text() {
    let mut names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    for kind in KINDS {
        let schema = kind.schema(&mut SchemaGenerator::default());
        assert!(schema.get("description").is_some(), "`{}` says what it is", kind.name);
    }
}

#[test]
fn the_readme_lists_all_kinds_in_their_order() {
    let readme = include_str!("../../README.md");
    let (_, section) = readme.split_once("## Sources\n").unwrap();
    let (_, table) = section.split_once("|---|---|---|---|\n").unwrap();
    let cells = table.lines().map_while(|row| row.strip_prefix("| ")?.split(" |").next());
    // Between backticks stand the names; what is not, between them.
    let listed: Vec<&str> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert_eq!(listed, KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>());
}

#[test]
fn too_many_entries_are_refused() {
    let versions: Vec<Value> = (0..=MOST_ENTRIES).map(|at| json!({ "version": format!("go1.{at}") })).collect();
    let body = serde_json::to_vec(&versions).unwrap();
    assert_eq!(read(&*open("go", json!({})), &body), Err(SourceError::TooMany(MOST_ENTRIES + 1)));
}
