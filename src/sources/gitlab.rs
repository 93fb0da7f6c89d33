//! What all lists of GitLab's REST API have in common (<https://docs.gitlab.com/api/rest/>): the address and the pages.

use super::pages::{check_base, check_path, parse_list, to_about};
use super::{OptionFault, SourceError, find_next_page};
use crate::model::exchange::{Reply, Request};

const HOST: &str = "https://gitlab.com";

/// The most groups, one in another, that GitLab allows, with the project.
const DEEPEST: usize = 21;

/// A list that a project has.
pub(super) struct List<'a> {
    /// The project: `gitlab-org/gitlab-runner`.
    pub project: &'a str,
    /// The server, where it is not gitlab.com.
    pub url: Option<&'a str>,
    /// The list: `releases`.
    pub name: &'static str,
}

impl List<'_> {
    pub(super) fn about(&self) -> String {
        self.url.map_or_else(|| self.project.to_owned(), |url| format!("{}/{}", to_about(url), self.project))
    }

    pub(super) fn check(&self) -> Result<(), OptionFault> {
        check_path("project", self.project, DEEPEST, "`group/name`")?;
        self.url.map_or(Ok(()), |url| check_base("url", url))
    }

    pub(super) fn first(&self) -> Request {
        let project = self.project.replace('/', "%2F");
        Request::get(format!("{}/api/v4/projects/{project}/{}?per_page=100", self.url.unwrap_or(HOST), self.name))
    }
}

/// The question for the page after an answer. An empty page is the last one, though its header may name another
/// (<https://gitlab.com/gitlab-org/gitlab/-/issues/471566>); one whose header names none need not be read to know.
pub(super) fn next(reply: &Reply) -> Result<Vec<Request>, SourceError> {
    Ok(match find_next_page(reply)? {
        Some(next) if !parse_list(&reply.body)?.is_empty() => vec![Request::get(next)],
        _ => Vec::new(),
    })
}
