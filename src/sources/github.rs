//! What all lists of GitHub's REST API have in common (<https://docs.github.com/rest/using-the-rest-api>): the address,
//! the headers and the pages.

use super::pages::{check_base, check_path, to_about};
use super::{OptionFault, SourceError, find_next_page};
use crate::model::exchange::{Reply, Request};

const API: &str = "https://api.github.com";

/// A list that a repository has.
pub(super) struct List<'a> {
    /// The repository: `golang-fips/go`.
    pub repo: &'a str,
    /// The API, where it is not that of github.com.
    pub url: Option<&'a str>,
    /// The list: `tags`.
    pub name: &'static str,
}

impl List<'_> {
    pub(super) fn about(&self) -> String {
        self.url.map_or_else(|| self.repo.to_owned(), |url| format!("{}/{}", to_about(url), self.repo))
    }

    pub(super) fn check(&self) -> Result<(), OptionFault> {
        check_path("repo", self.repo, 2, "`owner/name`")?;
        self.url.map_or(Ok(()), |url| check_base("url", url))
    }

    pub(super) fn first(&self) -> Request {
        // As many as GitHub sends at once; the pages after it have addresses of GitHub's own making.
        ask(format!("{}/repos/{}/{}?per_page=100", self.url.unwrap_or(API), self.repo, self.name))
    }
}

/// The question for the page after an answer.
pub(super) fn next(reply: &Reply) -> Result<Vec<Request>, SourceError> {
    Ok(find_next_page(reply)?.map(ask).into_iter().collect())
}

fn ask(url: String) -> Request {
    Request::get(url)
        .with_header("accept", "application/vnd.github+json")
        .with_header("x-github-api-version", "2022-11-28")
}
