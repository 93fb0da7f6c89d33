//! Tags of a repository on GitHub (<https://docs.github.com/rest/repos/repos#list-repository-tags>): names, with no dates.

use schemars::JsonSchema;
use serde::Deserialize;

use super::github::{List, next};
use super::listing::find_text;
use super::text::parse_name;
use super::{OptionFault, SourceError, Upstream, pages};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{ReleaseFact, SourceFacts};

/// The tags of a repository on GitHub: every tag, no dates. Where a repository has tags that are no versions, `match`
/// says which are.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GithubTags {
    /// The repository. Example: `golang-fips/go`.
    #[schemars(regex(pattern = "^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$"))]
    repo: String,
    /// The address of the REST API of a GitHub Enterprise server. Example: `https://github.example.com/api/v3`. Default:
    /// that of github.com.
    #[schemars(regex(pattern = "^https://"))]
    url: Option<String>,
}

impl GithubTags {
    fn list(&self) -> List<'_> {
        List { repo: &self.repo, url: self.url.as_deref(), name: "tags" }
    }
}

impl Upstream for GithubTags {
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
            listing.release(place, name, |_| ReleaseFact::default());
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sources::testing::{open, read, refuse, reply};

    fn tags() -> Box<dyn Upstream> {
        open("github-tags", json!({ "repo": "golang-fips/go" }))
    }

    fn names(facts: &SourceFacts) -> Vec<&str> {
        facts.releases.iter().map(|release| release.version.as_str()).collect()
    }

    #[test]
    fn reads_every_tag_of_every_page() {
        let good = include_bytes!("../../tests/upstream/github-tags/good.json");
        let next = b"[ { \"name\": \"go1.25.1-1-openssl-fips\" } ]";
        let replies = [reply("https://api.github.com/a", good), reply("https://api.github.com/b", next)];
        let facts = tags().to_facts(&SourceFacts::default(), &replies).unwrap();
        assert_eq!(
            names(&facts),
            ["go1.26.5-1-openssl-fips", "go1.26.4-2-openssl-fips", "weekly.2012-03-27", "go1.25.1-1-openssl-fips"]
        );
        assert_eq!(facts.releases[0], ReleaseFact { version: names(&facts)[0].to_owned(), ..ReleaseFact::default() });
        assert!(facts.skipped.is_empty() && facts.lines.is_empty());
    }

    #[test]
    fn leaves_out_odd_entries_and_says_which() {
        let facts = read(&*tags(), include_bytes!("../../tests/upstream/github-tags/odd.json")).unwrap();
        assert_eq!(names(&facts), ["v1.0.0", "release/1.1"]);
        assert_eq!(
            facts.skipped,
            [
                "entry 2: it has no `name`",
                "entry 3: `name` is not a text",
                "entry 4: `v1.0.0` is listed twice",
                "entry 5: it has no `name`",
                "entry 6: `v1\\u{202e}0` holds spaces or control characters",
            ]
        );
    }

    #[test]
    fn refuses_broken_replies() {
        let error = |body: &[u8]| read(&*tags(), body).unwrap_err().to_string();
        assert_eq!(
            error(include_bytes!("../../tests/upstream/github-tags/broken_page.html")),
            "the reply is a web page, not data"
        );
        assert_eq!(
            error(include_bytes!("../../tests/upstream/github-tags/broken_cut_off.json")),
            "the reply is cut off at line 4, column 26"
        );
        assert_eq!(
            error(include_bytes!("../../tests/upstream/github-tags/broken_refusal.json")),
            "upstream says: API rate limit exceeded for 192.0.2.1."
        );
        assert_eq!(error(b"{ \"tags\": [] }"), "the reply is not what this source sends: it is not a list");
        assert_eq!(error(b"[]"), "the reply lists nothing that can be read");
        assert_eq!(tags().to_facts(&SourceFacts::default(), &[]), Err(SourceError::Empty));
    }

    #[test]
    fn asks_for_as_much_as_github_gives_and_follows_its_pages() {
        let request = tags().requests().remove(0);
        assert_eq!(request.url, "https://api.github.com/repos/golang-fips/go/tags?per_page=100");
        let headers =
            [("accept", "application/vnd.github+json".to_owned()), ("x-github-api-version", "2022-11-28".to_owned())];
        assert_eq!(request.headers, headers);
        let more = |link: &str| {
            let link = Some(format!("<{link}>; rel=\"next\""));
            tags().more(&SourceFacts::default(), &Reply { link, ..reply("https://api.github.com/a", b"[]") })
        };
        let next = more("https://api.github.com/repositories/1/tags?per_page=100&page=2").unwrap().remove(0);
        assert_eq!(next.url, "https://api.github.com/repositories/1/tags?per_page=100&page=2");
        assert_eq!(next.headers, headers);
        assert_eq!(
            more("https://evil.example/tags").unwrap_err().to_string(),
            "the next page is at `https://evil.example/tags`, which is another server"
        );
    }

    #[test]
    fn a_repository_is_an_owner_and_a_name() {
        assert_eq!(tags().about(), "golang-fips/go");
        let own = open("github-tags", json!({ "repo": "a/b", "url": "https://github.example.com/api/v3" }));
        assert_eq!(own.about(), "github.example.com/api/v3/a/b");
        assert_eq!(own.address(), "https://github.example.com/api/v3/repos/a/b/tags?per_page=100");
        for repo in ["", "go", "a/b/c", "a/", "../..", "a/..", "a b/c", "a/b?x", "a/b%2Fc", "https://github.com/a/b"] {
            let fault = refuse("github-tags", json!({ "repo": repo }));
            assert_eq!(fault.option, Some("repo"), "{repo}");
            assert_eq!(fault.why, "it is written `owner/name`, with letters, digits, `-`, `_` and `.`");
        }
        for url in
            ["", "http://a.example", "https://", "https://u:p@a.example", "https://a.example/?x", "https://a.example/"]
        {
            assert_eq!(refuse("github-tags", json!({ "repo": "a/b", "url": url })).option, Some("url"), "{url}");
        }
    }
}
