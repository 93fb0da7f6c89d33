//! Releases of a project on GitLab (<https://docs.gitlab.com/api/releases/>), with dates.

use schemars::JsonSchema;
use serde::Deserialize;

use super::gitlab::{List, next};
use super::listing::find_text;
use super::text::{parse_name, parse_time, parse_url};
use super::{OptionFault, SourceError, Upstream, pages};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{ReleaseFact, SourceFacts};

/// The releases of a project on GitLab, with their dates. A release that is only announced does not count.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GitlabReleases {
    /// The project, with its groups. Example: `gitlab-org/gitlab-runner`.
    #[schemars(regex(pattern = "^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$"))]
    project: String,
    /// The address of another GitLab server. Example: `https://gitlab.example.com`. Default: `https://gitlab.com`.
    #[schemars(regex(pattern = "^https://"))]
    url: Option<String>,
}

impl GitlabReleases {
    fn list(&self) -> List<'_> {
        List { project: &self.project, url: self.url.as_deref(), name: "releases" }
    }
}

impl Upstream for GitlabReleases {
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
            if entry["upcoming_release"] == true {
                return;
            }
            let name = find_text(entry, "tag_name").and_then(parse_name);
            listing.release(place, name, |fields| ReleaseFact {
                date: fields.text("released_at", &entry["released_at"], parse_time),
                url: fields.text("_links.self", &entry["_links"]["self"], parse_url),
                ..ReleaseFact::default()
            });
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;
    use crate::sources::testing::{open, read, refuse};

    fn releases() -> Box<dyn Upstream> {
        open("gitlab-releases", json!({ "project": "gitlab-org/gitlab-runner" }))
    }

    #[test]
    fn reads_releases_that_are_out() {
        let facts = read(&*releases(), include_bytes!("../../tests/upstream/gitlab-releases/good.json")).unwrap();
        let expected = ReleaseFact {
            version: "v18.3.0".to_owned(),
            date: Some(date(2026, 8, 20)),
            prerelease: None,
            security: None,
            url: Some("https://gitlab.com/gitlab-org/gitlab-runner/-/releases/v18.3.0".to_owned()),
        };
        assert_eq!(facts, SourceFacts { releases: vec![expected], ..SourceFacts::default() });
    }

    #[test]
    fn leaves_out_odd_fields_and_entries_and_says_which() {
        let facts = read(&*releases(), include_bytes!("../../tests/upstream/gitlab-releases/odd.json")).unwrap();
        let said: Vec<_> = facts.releases.iter().map(|release| (release.version.as_str(), release.date)).collect();
        assert_eq!(said, [("v2.0.0", None)]);
        assert_eq!(
            facts.skipped,
            [
                "`v2.0.0`, field `released_at`: it is not a text",
                "`v2.0.0`, field `_links.self`: `/-/releases` is not an http address",
                "entry 2: it has no `tag_name`",
                "entry 3: the name is empty",
            ]
        );
    }

    #[test]
    fn refuses_broken_replies() {
        let error = |body: &[u8]| read(&*releases(), body).unwrap_err().to_string();
        assert_eq!(
            error(include_bytes!("../../tests/upstream/gitlab-releases/broken_page.html")),
            "the reply is a web page, not data"
        );
        assert_eq!(error(b"[ {"), "the reply is cut off at line 1, column 3");
        assert_eq!(error(b"{ \"message\": \"403 Forbidden\" }"), "upstream says: 403 Forbidden");
        assert_eq!(error(b"[]"), "the reply lists nothing that can be read");
    }

    #[test]
    fn a_project_has_a_name_and_an_address() {
        assert_eq!(releases().about(), "gitlab-org/gitlab-runner");
        assert_eq!(
            releases().address(),
            "https://gitlab.com/api/v4/projects/gitlab-org%2Fgitlab-runner/releases?per_page=100"
        );
        assert_eq!(refuse("gitlab-releases", json!({ "project": "runner" })).option, Some("project"));
    }
}
