//! Releases of a repository on GitHub (<https://docs.github.com/rest/releases/releases#list-releases>), with dates.

use schemars::JsonSchema;
use serde::Deserialize;

use super::github::{List, next};
use super::listing::find_text;
use super::text::{parse_name, parse_time, parse_url};
use super::{OptionFault, SourceError, Upstream, pages};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{ReleaseFact, SourceFacts};

/// The releases of a repository on GitHub, with their dates. A tag without a release does not count, and neither does a
/// draft.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GithubReleases {
    /// The repository. Example: `erlang/otp`.
    #[schemars(regex(pattern = "^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$"))]
    repo: String,
    /// The address of the REST API of a GitHub Enterprise server. Example: `https://github.example.com/api/v3`. Default:
    /// that of github.com.
    #[schemars(regex(pattern = "^https://"))]
    url: Option<String>,
}

impl GithubReleases {
    fn list(&self) -> List<'_> {
        List { repo: &self.repo, url: self.url.as_deref(), name: "releases" }
    }
}

impl Upstream for GithubReleases {
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
            if entry["draft"] == true {
                return;
            }
            let name = find_text(entry, "tag_name").and_then(parse_name);
            listing.release(place, name, |fields| ReleaseFact {
                date: fields.text("published_at", &entry["published_at"], parse_time),
                prerelease: fields.flag("prerelease", &entry["prerelease"]).filter(|prerelease| *prerelease),
                url: fields.text("html_url", &entry["html_url"], parse_url),
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
        open("github-releases", json!({ "repo": "erlang/otp" }))
    }

    #[test]
    fn reads_releases_and_their_dates_and_no_drafts() {
        let facts = read(&*releases(), include_bytes!("../../tests/upstream/github-releases/good.json")).unwrap();
        let release = |version: &str, date, prerelease| ReleaseFact {
            version: version.to_owned(),
            date: Some(date),
            prerelease,
            security: None,
            url: Some(format!("https://github.com/erlang/otp/releases/tag/{version}")),
        };
        let expected =
            [release("OTP-27.3.4.16", date(2026, 8, 14), None), release("OTP-28.0-rc1", date(2025, 2, 12), Some(true))];
        assert_eq!(facts, SourceFacts { releases: expected.to_vec(), ..SourceFacts::default() });
    }

    #[test]
    fn leaves_out_odd_fields_and_entries_and_says_which() {
        let facts = read(&*releases(), include_bytes!("../../tests/upstream/github-releases/odd.json")).unwrap();
        let said: Vec<_> = facts.releases.iter().map(|release| (release.version.as_str(), release.date)).collect();
        assert_eq!(said, [("v2.0.0", None), ("v1.9.0", None)]);
        assert_eq!(
            facts.skipped,
            [
                "`v2.0.0`, field `published_at`: `yesterday` is not a time",
                "`v2.0.0`, field `prerelease`: it is neither true nor false",
                "`v2.0.0`, field `html_url`: `javascript:alert(1)` is not an http address",
                "entry 3: it has no `tag_name`",
                "entry 4: `v2.0.0` is listed twice",
            ]
        );
    }

    #[test]
    fn refuses_broken_replies() {
        let error = |body: &[u8]| read(&*releases(), body).unwrap_err().to_string();
        assert_eq!(
            error(include_bytes!("../../tests/upstream/github-releases/broken_page.html")),
            "the reply is a web page, not data"
        );
        assert_eq!(error(b"[ { \"tag_name\": \"v1\""), "the reply is cut off at line 1, column 20");
        assert_eq!(error(b"{ \"message\": \"Not Found\" }"), "upstream says: Not Found");
        assert_eq!(error(b"[]"), "the reply lists nothing that can be read");
    }

    #[test]
    fn a_repository_has_a_name_and_an_address() {
        assert_eq!(releases().about(), "erlang/otp");
        assert_eq!(releases().address(), "https://api.github.com/repos/erlang/otp/releases?per_page=100");
        assert_eq!(refuse("github-releases", json!({ "repo": "otp" })).option, Some("repo"));
    }
}
