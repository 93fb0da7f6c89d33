//! The Go project's download list (<https://go.dev/dl/?mode=json&include=all>): every release, with no dates.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::listing::{Listing, find_text, strip_prefix};
use super::{SourceError, Upstream, check_count, parse_json};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{ReleaseFact, SourceFacts};

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

/// `internal/dl/dl.go` in golang/website defines the entries.
fn to_facts(body: &[u8]) -> Result<SourceFacts, SourceError> {
    let entries: Vec<Value> = parse_json(body)?;
    check_count(entries.len())?;
    let mut listing = Listing::default();
    for (at, entry) in entries.iter().enumerate() {
        let version = find_text(entry, "version").and_then(|version| strip_prefix(version, "go"));
        listing.release(format!("entry {}", at + 1), version, |fields| ReleaseFact {
            prerelease: fields.flag("stable", &entry["stable"]).filter(|stable| !stable).map(|_| true),
            ..ReleaseFact::default()
        });
    }
    Ok(listing.facts)
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
                "entry 4: it has no `version`",
                "entry 5: `version` is not a text",
                "entry 6: `go1.26.5\\u{1b}[31m` holds spaces or control characters",
                "entry 7: `1.27.0` is listed twice",
                "entry 8: it has no `version`",
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
