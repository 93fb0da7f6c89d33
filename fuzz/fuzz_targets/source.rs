//! Any bytes as the answers of any kind of source: a short message or short facts, never a panic.
//!
//! The first byte picks the kind. The rest is the body of each answer; 0xff, which no text holds, parts several.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use upshift::model::exchange::Reply;
use upshift::model::facts::SourceFacts;
use upshift::model::quote::is_hidden;
use upshift::model::source::Source;
use upshift::sources;

/// The most questions of one run: what an answer leads to is in the same answers again.
const MOST_REQUESTS: usize = 20;

fuzz_target!(|data: &[u8]| {
    let Some((pick, rest)) = data.split_first() else { return };
    let kinds = [
        ("go", json!({})),
        ("endoflife", json!({ "product": "go" })),
        ("node", json!({})),
        ("ruby", json!({})),
        ("python", json!({})),
        ("rust", json!({})),
        ("java", json!({})),
        ("dotnet", json!({ "product": "runtime" })),
        ("dotnet", json!({ "product": "sdk" })),
        ("php", json!({ "branches": true })),
        ("postgresql", json!({})),
        ("hexpm", json!({ "of": "elixir" })),
        ("hexpm", json!({ "of": "otp" })),
        ("go-vulndb", json!({})),
        ("osv", json!({ "package": "jinja2", "ecosystem": "PyPI" })),
        ("osv", json!({ "package": "stdlib", "ecosystem": "Go" })),
        ("github-tags", json!({ "repo": "a/b" })),
        ("github-releases", json!({ "repo": "a/b" })),
        ("gitlab-tags", json!({ "project": "a/b" })),
        ("gitlab-releases", json!({ "project": "a/b" })),
        ("git-tags", json!({ "url": "https://git.example/go" })),
        ("docker-tags", json!({ "image": "golang" })),
        ("json", json!({ "url": "https://example.org/", "each": "$.releases[*]", "version": "$.version" })),
    ];
    let (kind, options) = kinds[usize::from(*pick) % kinds.len()].clone();
    let source = Source { kind: kind.to_owned(), name: kind.to_owned(), options, pattern: None, prereleases: true };
    let upstream = sources::open(&source).expect("the options are sound");
    let mut bodies = rest.split(|byte| *byte == 0xff).cycle();
    let nothing = SourceFacts::default();
    let (mut replies, mut asked): (Vec<Reply>, _) = (Vec::new(), BTreeSet::new());
    let mut round = upstream.requests();
    while !round.is_empty() && replies.len() < MOST_REQUESTS {
        let mut next = Vec::new();
        for request in round.into_iter().filter(|request| asked.insert(request.url.clone())) {
            let body = bodies.next().unwrap_or_default().to_vec();
            let reply = Reply { asked: request.url.clone(), url: request.url, body, ..Reply::default() };
            match upstream.more(&nothing, &reply) {
                Ok(more) => next.extend(more.into_iter().take(MOST_REQUESTS)),
                Err(error) => check_message(&error.to_string()),
            }
            replies.push(reply);
        }
        round = next;
    }
    if let Err(error) = sources::to_digest(&*upstream, &replies) {
        check_message(&error.to_string());
    }
    match sources::to_facts(&source, &*upstream, &nothing, &replies) {
        Err(error) => check_message(&error.to_string()),
        Ok(facts) => check_facts(&facts),
    }
});

fn check_message(message: &str) {
    assert!(message.chars().count() <= 300 && !message.contains(is_hidden), "{message:?}");
}

fn check_facts(facts: &SourceFacts) {
    facts.skipped.iter().for_each(|message| check_message(message));
    let releases = facts.releases.iter().map(|release| &release.version);
    let lines = facts.lines.iter().flat_map(|line| [Some(&line.line), line.latest.as_ref()]).flatten();
    let ranges = facts.advisories.iter().flat_map(|advisory| &advisory.affected);
    let bounds = ranges.flat_map(|range| [&range.introduced, &range.fixed, &range.last]).flatten();
    let ids = facts.advisories.iter().map(|advisory| &advisory.id);
    for name in releases.chain(lines).chain(bounds).chain(ids) {
        let is_visible = !name.contains(|c: char| is_hidden(c) || c.is_whitespace());
        assert!(!name.is_empty() && name.len() <= 128 && is_visible, "{name:?}");
    }
    let mut versions = BTreeSet::new();
    assert!(facts.releases.iter().all(|release| versions.insert(&release.version)), "a version stands twice");
    let mut lines = BTreeSet::new();
    assert!(facts.lines.iter().all(|line| lines.insert(&line.line)), "a line stands twice");
}
