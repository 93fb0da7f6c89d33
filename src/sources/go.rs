//! The Go project's download list (<https://go.dev/dl/?mode=json&include=all>): every release, with no dates.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::text::parse_name;
use super::{SourceError, Upstream, check_count, parse_json};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{ReleaseFact, SourceFacts};
use crate::model::quote::{clean, quote};

/// Without `include=all` the list holds the newest release of two lines only.
const URL: &str = "https://go.dev/dl/?mode=json&include=all";

/// The Go project's download list: every release, no dates. It takes no options: `{}`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Go {}

impl Upstream for Go {
    fn requests(&self) -> Vec<Request> {
        vec![Request::get(URL)]
    }

    fn to_facts(&self, _: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        replies.first().map_or(Err(SourceError::Empty), |reply| to_facts(&reply.body))
    }
}

/// One entry; `internal/dl/dl.go` in golang/website is its definition.
#[derive(Deserialize)]
struct Entry {
    version: String,
    stable: Option<bool>,
}

fn to_facts(body: &[u8]) -> Result<SourceFacts, SourceError> {
    let entries: Vec<Value> = parse_json(body)?;
    check_count(entries.len())?;
    let mut facts = SourceFacts::default();
    let mut seen = BTreeSet::new();
    for (at, entry) in entries.into_iter().enumerate() {
        match to_release(entry) {
            Ok(release) if seen.insert(release.version.clone()) => facts.releases.push(release),
            Ok(release) => facts.skipped.push(format!("entry {}: {} is listed twice", at + 1, quote(&release.version))),
            Err(why) => facts.skipped.push(format!("entry {}: {why}", at + 1)),
        }
    }
    Ok(facts)
}

fn to_release(entry: Value) -> Result<ReleaseFact, String> {
    let entry: Entry = serde_json::from_value(entry).map_err(|error| clean(&error.to_string()))?;
    let version = parse_name(&entry.version)?;
    let version = version.strip_prefix("go").ok_or_else(|| format!("{} does not begin with `go`", quote(&version)))?;
    Ok(ReleaseFact {
        version: parse_name(version)?,
        prerelease: entry.stable.filter(|stable| !stable).map(|_| true),
        ..ReleaseFact::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(facts: &SourceFacts) -> Vec<(&str, Option<bool>)> {
        facts.releases.iter().map(|release| (release.version.as_str(), release.prerelease)).collect()
    }

    #[test]
    fn reads_every_release() {
        let facts = to_facts(include_bytes!("../../tests/upstream/go/good.json")).unwrap();
        assert_eq!(
            said(&facts),
            [
                ("1.27.0", None),
                ("1.26.7", None),
                ("1.20", None),
                ("1", None),
                ("1.27rc1", Some(true)),
                ("1.9.2rc2", Some(true)),
            ]
        );
        assert!(facts.lines.is_empty() && facts.skipped.is_empty());
    }

    #[test]
    fn leaves_out_odd_entries_and_says_which() {
        let facts = to_facts(include_bytes!("../../tests/upstream/go/odd.json")).unwrap();
        assert_eq!(said(&facts), [("1.27.0", None), ("1.26.7", None), ("weekly.2011", None)]);
        assert_eq!(
            facts.skipped,
            [
                "entry 3: `1.26.6` does not begin with `go`",
                "entry 4: missing field 'version'",
                "entry 5: invalid type: integer '7', expected a string",
                "entry 6: `go1.26.5\\u{1b}[31m` holds spaces or control characters",
                "entry 7: `1.27.0` is listed twice",
                "entry 8: invalid type: null, expected struct Entry",
                "entry 9: the name is empty",
            ]
        );
    }

    #[test]
    fn refuses_broken_replies() {
        let cut = include_bytes!("../../tests/upstream/go/broken_cut_off.json");
        assert_eq!(to_facts(cut).unwrap_err().to_string(), "the reply is cut off at line 5, column 15");
        let page = include_bytes!("../../tests/upstream/go/broken_page.html");
        assert_eq!(to_facts(page).unwrap_err(), SourceError::Html);
        assert_eq!(to_facts(b"[]").unwrap_err(), SourceError::Empty);
        assert!(matches!(to_facts(b"{\"error\":\"x\"}").unwrap_err(), SourceError::Shape(_)));
    }
}
