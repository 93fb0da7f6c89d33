//! Tags of a project on GitLab (<https://docs.gitlab.com/api/tags/>), with the day of the tag or of its commit.

use schemars::JsonSchema;
use serde::Deserialize;

use super::gitlab::{List, next};
use super::listing::find_text;
use super::text::{parse_name, parse_time};
use super::{OptionFault, SourceError, Upstream, pages};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{ReleaseFact, SourceFacts};

/// The tags of a project on GitLab. Their dates are those of the tag, or else of its commit, which can be older than the
/// release. Where a project has tags that are no versions, `match` says which are.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GitlabTags {
    /// The project, with its groups. Example: `gitlab-org/gitlab-runner`.
    #[schemars(regex(pattern = "^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$"))]
    project: String,
    /// The address of another GitLab server. Example: `https://gitlab.example.com`. Default: `https://gitlab.com`.
    #[schemars(regex(pattern = "^https://"))]
    url: Option<String>,
}

impl GitlabTags {
    fn list(&self) -> List<'_> {
        List { project: &self.project, url: self.url.as_deref(), name: "repository/tags" }
    }
}

impl Upstream for GitlabTags {
    fn about(&self) -> String {
        self.list().about()
    }

    fn check(&self) -> Result<(), OptionFault> {
        self.list().check()
    }

    fn requests(&self) -> Vec<Request> {
        vec![self.list().first()]
    }

    fn more(&self, _: &SourceFacts, reply: &Reply) -> Result<Vec<Request>, SourceError> {
        next(reply)
    }

    fn to_facts(&self, _: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        pages::to_facts(replies, |listing, place, entry| {
            let name = find_text(entry, "name").and_then(parse_name);
            listing.release(place, name, |fields| {
                // A lightweight tag has no time of its own.
                let tagged = fields.text("created_at", &entry["created_at"], parse_time);
                let committed = &entry["commit"]["created_at"];
                let date = tagged.or_else(|| fields.text("commit.created_at", committed, parse_time));
                ReleaseFact { date, ..ReleaseFact::default() }
            });
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;
    use crate::sources::testing::{open, read, refuse, reply};

    fn tags() -> Box<dyn Upstream> {
        open("gitlab-tags", json!({ "project": "gitlab-org/ci-cd/runner" }))
    }

    fn said(facts: &SourceFacts) -> Vec<(&str, Option<jiff::civil::Date>)> {
        facts.releases.iter().map(|release| (release.version.as_str(), release.date)).collect()
    }

    #[test]
    fn reads_tags_and_their_days() {
        let facts = read(&*tags(), include_bytes!("../../tests/upstream/gitlab-tags/good.json")).unwrap();
        assert_eq!(said(&facts), [("v18.3.0", Some(date(2026, 8, 20))), ("v18.2.1", Some(date(2026, 7, 29)))]);
        assert!(facts.skipped.is_empty() && facts.lines.is_empty());
    }

    #[test]
    fn leaves_out_odd_fields_and_entries_and_says_which() {
        let facts = read(&*tags(), include_bytes!("../../tests/upstream/gitlab-tags/odd.json")).unwrap();
        assert_eq!(said(&facts), [("v1", Some(date(2026, 1, 2))), ("v2", None)]);
        assert_eq!(
            facts.skipped,
            [
                "`v1`, field `created_at`: `2026-13-01T00:00:00Z` is not a time",
                "`v2`, field `commit.created_at`: it is not a text",
                "entry 3: `name` is not a text",
                "entry 4: `v1` is listed twice",
            ]
        );
    }

    #[test]
    fn refuses_broken_replies() {
        let error = |body: &[u8]| {
            let error = read(&*tags(), body).unwrap_err();
            let link = Some("<?page=2>; rel=\"next\"".to_owned());
            let first = Reply { link, ..reply("https://gitlab.com/", body) };
            assert_eq!(tags().more(&SourceFacts::default(), &first), Err(error.clone()));
            error.to_string()
        };
        assert_eq!(
            error(include_bytes!("../../tests/upstream/gitlab-tags/broken_page.html")),
            "the reply is a web page, not data"
        );
        assert_eq!(error(b"Retry later\n"), "the reply is not JSON: expected value at line 1 column 1");
        assert_eq!(error(b"[ { \"name\": "), "the reply is cut off at line 1, column 12");
        assert_eq!(error(b"{ \"message\": \"404 Project Not Found\" }"), "upstream says: 404 Project Not Found");
        assert_eq!(error(b"{ \"error\": \"scope\" }"), "upstream says: scope");
        assert_eq!(error(b"{ \"tags\": [] }"), "the reply is not what this source sends: it is not a list");
        assert_eq!(read(&*tags(), b"[]"), Err(SourceError::Empty));
    }

    #[test]
    fn follows_pages_until_one_is_empty() {
        let address = "https://gitlab.com/api/v4/projects/gitlab-org%2Fci-cd%2Frunner/repository/tags?per_page=100";
        assert_eq!(tags().address(), address);
        let more = |link: &str, body: &[u8]| {
            let link = Some(format!("<{link}>; rel=\"next\""));
            let next = tags().more(&SourceFacts::default(), &Reply { link, ..reply(address, body) });
            next.map(|next| next.into_iter().map(|request| request.url).collect::<Vec<_>>())
        };
        let next = "https://gitlab.com/api/v4/projects/1/repository/tags?page=2&per_page=100";
        assert_eq!(more(next, b"[{}]").unwrap(), [next]);
        assert_eq!(more(next, b"[]").unwrap(), Vec::<String>::new());
        assert_eq!(
            more("https://evil.example/", b"[{}]").unwrap_err().to_string(),
            "the next page is at `https://evil.example/`, which is another server"
        );
    }

    #[test]
    fn a_project_stands_in_a_group() {
        assert_eq!(tags().about(), "gitlab-org/ci-cd/runner");
        let own = open("gitlab-tags", json!({ "project": "a/b", "url": "https://gitlab.example.com" }));
        assert_eq!(own.about(), "gitlab.example.com/a/b");
        assert_eq!(own.address(), "https://gitlab.example.com/api/v4/projects/a%2Fb/repository/tags?per_page=100");
        for project in ["", "b", "a//b", "a/../b", "a/b#c"] {
            let fault = refuse("gitlab-tags", json!({ "project": project }));
            assert_eq!(fault.option, Some("project"), "{project}");
            assert_eq!(fault.why, "it is written `group/name`, with letters, digits, `-`, `_` and `.`");
        }
    }
}
