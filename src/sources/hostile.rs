//! Feeds every kind of source with what no upstream should send, in place of each of its answers and inside them.
//! Whatever comes, there is a short message or short facts.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::testing::reply;
use super::*;
use crate::model::quote::is_hidden;

/// A kind with good answers: for each a part of the address that it belongs to. `version` stands in the first of them.
struct Case {
    kind: &'static str,
    options: Value,
    answers: &'static [(&'static str, &'static [u8])],
    version: &'static str,
}

macro_rules! answer {
    ($address:literal, $path:literal) => {
        ($address, include_bytes!(concat!("../../tests/upstream/", $path)) as &[u8])
    };
}

/// All kinds but `manual`, which asks nothing.
fn cases() -> Vec<Case> {
    let case = |kind, options, answers, version| Case { kind, options, answers, version };
    vec![
        case("go", json!({}), &[answer!("", "go/good.json")], "1.26.7"),
        case(
            "go-vulndb",
            json!({}),
            &[
                answer!("GO-2026-4602", "go-vulndb/good_stdlib.json"),
                answer!("GO-2026-4866", "go-vulndb/good_toolchain.json"),
                answer!("GO-2023-0001", "go-vulndb/good_withdrawn.json"),
                answer!("index", "go-vulndb/good_index.json"),
            ],
            "1.25.8",
        ),
        case(
            "node",
            json!({}),
            &[answer!("index.json", "node/good_index.json"), answer!("schedule", "node/good_schedule.json")],
            "22.17.1",
        ),
        case(
            "ruby",
            json!({}),
            &[
                answer!("index.txt", "ruby/good_index.txt"),
                answer!("releases.yml", "ruby/good_releases.yml"),
                answer!("branches.yml", "ruby/good_branches.yml"),
            ],
            "3.4.2",
        ),
        case(
            "python",
            json!({}),
            &[
                answer!("python-releases", "python/good_releases.json"),
                answer!("release-cycle", "python/good_cycle.json"),
            ],
            "3.14.1",
        ),
        case("rust", json!({}), &[answer!("", "rust/good.txt")], "1.82.0"),
        case(
            "java",
            json!({}),
            &[answer!("/assets/", "java/good_page.json"), answer!("/info/", "java/good_available.json")],
            "21.0.2+13-LTS",
        ),
        case(
            "dotnet",
            json!({}),
            &[
                answer!("/8.0/", "dotnet/good_8.0.json"),
                answer!("/11.0/", "dotnet/good_11.0.json"),
                answer!("index", "dotnet/good_index.json"),
            ],
            "8.0.28",
        ),
        case(
            "php",
            json!({ "branches": true }),
            &[
                answer!("version=8.5", "php/good_releases.json"),
                answer!("version=8.4", "php/good_8.4.json"),
                answer!("branches", "php/good_branches.json"),
                answer!("json", "php/good_index.json"),
            ],
            "8.5.7",
        ),
        case("postgresql", json!({}), &[answer!("", "postgresql/good.json")], "9.6"),
        case("hexpm", json!({ "of": "elixir" }), &[answer!("", "hexpm/good_elixir.txt")], "1.18.4"),
        case("endoflife", json!({ "product": "go" }), &[answer!("", "endoflife/good.json")], "1.26.7"),
        case(
            "osv",
            json!({ "package": "jinja2", "ecosystem": "PyPI" }),
            &[answer!("", "osv/good_1.json")],
            "PYSEC-2026-1",
        ),
        case(
            "github-tags",
            json!({ "repo": "golang-fips/go" }),
            &[answer!("", "github-tags/good.json")],
            "go1.26.5-1-openssl-fips",
        ),
        case(
            "github-releases",
            json!({ "repo": "erlang/otp" }),
            &[answer!("", "github-releases/good.json")],
            "OTP-27.3.4.16",
        ),
        case(
            "gitlab-tags",
            json!({ "project": "gitlab-org/ci-cd/runner" }),
            &[answer!("", "gitlab-tags/good.json")],
            "v18.3.0",
        ),
        case(
            "gitlab-releases",
            json!({ "project": "gitlab-org/gitlab-runner" }),
            &[answer!("", "gitlab-releases/good.json")],
            "v18.3.0",
        ),
        case(
            "git-tags",
            json!({ "url": "https://git.example/go" }),
            &[("", b"617f66979579d1263eb127e493bec344b4ab943f\trefs/tags/go1.26.7\n")],
            "go1.26.7",
        ),
        case("docker-tags", json!({ "image": "golang" }), &[answer!("", "docker-tags/good.json")], "1.26.7-alpine"),
        case(
            "json",
            json!({ "url": "https://example.org/", "each": "$.releases[*]", "version": "$.version" }),
            &[answer!("", "json/good.json")],
            "3.14.0",
        ),
    ]
}

/// Asks as an update does, with these answers.
fn gather(case: &Case, answer: &dyn Fn(&str) -> Vec<u8>) -> Result<SourceFacts, SourceError> {
    let source = Source {
        kind: case.kind.to_owned(),
        name: case.kind.to_owned(),
        options: case.options.clone(),
        pattern: None,
        prereleases: true,
    };
    let upstream = open(&source).unwrap();
    let nothing = SourceFacts::default();
    let (mut replies, mut asked) = (Vec::new(), BTreeSet::new());
    let mut round = upstream.requests();
    while !round.is_empty() {
        round.retain(|request| asked.insert(request.url.clone()));
        let answers: Vec<Reply> = round.iter().map(|request| reply(&request.url, &answer(&request.url))).collect();
        round.clear();
        for reply in &answers {
            round.extend(upstream.more(&nothing, reply)?);
        }
        replies.extend(answers);
    }
    to_digest(&*upstream, &replies)?;
    to_facts(&source, &*upstream, &nothing, &replies)
}

/// Gathers good answers, but for one.
fn gather_with(case: &Case, changed: usize, body: &[u8]) -> Result<SourceFacts, SourceError> {
    gather(case, &|url| {
        let at = case.answers.iter().position(|(address, _)| url.contains(address)).expect("every address is answered");
        if at == changed { body.to_vec() } else { case.answers[at].1.to_vec() }
    })
}

#[track_caller]
fn assert_tame(kind: &str, result: Result<SourceFacts, SourceError>) {
    let is_short = |text: &str, longest| text.chars().count() <= longest && !text.contains(is_hidden);
    let facts = match result {
        Ok(facts) => facts,
        Err(error) => return assert!(is_short(&error.to_string(), 300), "{kind}: {error}"),
    };
    for message in &facts.skipped {
        assert!(is_short(message, 300), "{kind}: {message}");
    }
    let releases = facts.releases.iter().map(|release| &release.version);
    let lines = facts.lines.iter().flat_map(|line| [Some(&line.line), line.latest.as_ref()]).flatten();
    let ranges = facts.advisories.iter().flat_map(|advisory| &advisory.affected);
    let bounds = ranges.flat_map(|range| [&range.introduced, &range.fixed, &range.last]).flatten();
    let ids = facts.advisories.iter().map(|advisory| &advisory.id);
    for name in releases.chain(lines).chain(bounds).chain(ids) {
        assert!(!name.is_empty() && is_short(name, 128) && !name.contains(char::is_whitespace), "{kind}: {name}");
    }
}

#[test]
fn every_kind_is_here_and_its_good_answers_are_good() {
    let here: Vec<&str> = cases().iter().map(|case| case.kind).collect();
    let asking = KINDS.iter().map(|kind| kind.name).filter(|kind| *kind != "manual");
    assert_eq!(here, asking.collect::<Vec<_>>());
    for case in cases() {
        let facts = gather_with(&case, usize::MAX, b"").unwrap();
        assert_eq!((case.kind, facts.skipped), (case.kind, Vec::new()));
        assert!(std::str::from_utf8(case.answers[0].1).unwrap().contains(case.version), "{}", case.kind);
    }
}

#[test]
fn every_kind_refuses_what_came_in_place_of_data_in_a_short_line() {
    let deep = |open: &str, close: &str| [open.repeat(10_000), close.repeat(10_000)].concat().into_bytes();
    let bodies: Vec<Vec<u8>> = vec![
        Vec::new(),
        b" \n".to_vec(),
        b"<!doctype html><title>404</title>".to_vec(),
        b"\xef\xbb\xbf<html>".to_vec(),
        b"\xff\xfe\x00".to_vec(),
        b"\x1f\x8b\x08\x00\x00".to_vec(),
        b"Retry later\n".to_vec(),
        b"[".repeat(100_000),
        b"{\"a\":".repeat(100_000),
        deep("[", "]"),
        [b"{\"a\":".repeat(10_000).as_slice(), b"1", &b"}".repeat(10_000)].concat(),
        b"- ".repeat(100_000),
        b"null".to_vec(),
        b"{}".to_vec(),
        b"[]".to_vec(),
        b"\"\"".to_vec(),
        b"[null, [], {}, 1, true, \"x\"]".to_vec(),
        [b"{\"error\":\"\x1b[31m", b"x".repeat(1_000_000).as_slice(), b"\"}"].concat(),
        [b"\"", b"x".repeat(1_000_000).as_slice(), b"\""].concat(),
        b"\x1b]0;title\x07\n\x1b[2J".to_vec(),
    ];
    for case in cases() {
        for body in &bodies {
            let result = gather(&case, &|_| body.clone());
            assert!(result.is_err(), "{} {:?}", case.kind, String::from_utf8_lossy(&body[..body.len().min(40)]));
            assert_tame(case.kind, result);
            for changed in 0..case.answers.len() {
                assert_tame(case.kind, gather_with(&case, changed, body));
            }
        }
    }
}

#[test]
fn every_kind_cuts_short_what_hides_in_a_version() {
    let (long, hidden) = ("9".repeat(1_000_000), "\u{e0001}".repeat(1000));
    let names = [
        "",
        " ",
        "-",
        "1.0\u{1b}[31m",
        "1.0\u{7}\u{0}",
        "1.0\u{202e}2",
        "1.0\u{200b}",
        "1.0\n2.0",
        "1.0\t2.0",
        "1.0<script>alert(1)</script>",
        "1.0`](javascript:alert(1))",
        "../../../etc/passwd",
        "99999999999999999999999999.0.0",
        "1.2.3.4.5.6.7.8",
        &long,
        &hidden,
    ];
    for case in cases() {
        for (at, (_, body)) in case.answers.iter().enumerate() {
            let good = std::str::from_utf8(body).unwrap();
            for name in names {
                let escaped = serde_json::to_string(name).unwrap();
                let ways = BTreeSet::from([name, escaped.trim_matches('"')]);
                for name in ways {
                    assert_tame(case.kind, gather_with(&case, at, good.replace(case.version, name).as_bytes()));
                }
            }
        }
    }
}

#[test]
fn every_kind_lives_with_answers_that_end_anywhere() {
    for case in cases() {
        for (at, (_, body)) in case.answers.iter().enumerate() {
            for end in (0..body.len()).step_by(23) {
                assert_tame(case.kind, gather_with(&case, at, &body[..end]));
            }
        }
    }
}
