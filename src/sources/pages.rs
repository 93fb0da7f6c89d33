//! Lists that forges and registries send page by page, and the options that their addresses are made of.
//!
//! Turns pages into facts; must not follow a page to another server.

use serde_json::Value;
use url::Url;

use super::listing::Listing;
use super::{OptionFault, SourceError, check_count, parse_json};
use crate::model::exchange::Reply;
use crate::model::facts::SourceFacts;
use crate::model::quote::clean;

/// Reads the entries of all pages, which `read` takes over one by one, each with its place.
pub(super) fn to_facts(
    replies: &[Reply],
    mut read: impl FnMut(&mut Listing, String, &Value),
) -> Result<SourceFacts, SourceError> {
    let mut listing = Listing::default();
    let mut count = 0;
    for reply in replies {
        for entry in parse_list(&reply.body)? {
            count += 1;
            read(&mut listing, format!("entry {count}"), &entry);
        }
    }
    check_count(count)?;
    Ok(listing.facts)
}

/// Reads one page: a list, or an object in which upstream says what is wrong.
pub(super) fn parse_list(body: &[u8]) -> Result<Vec<Value>, SourceError> {
    match parse_json(body)? {
        Value::Array(entries) => Ok(entries),
        other => Err(find_refusal(&other).unwrap_or_else(|| SourceError::Shape("it is not a list".to_owned()))),
    }
}

/// What upstream says is wrong: `message` at GitHub, GitLab and OSV, `error` at GitLab, `errors` at registries.
pub(super) fn find_refusal(reply: &Value) -> Option<SourceError> {
    let first = reply.get("errors").and_then(|errors| errors.get(0));
    let said = [first.and_then(|error| error.get("message")), first.and_then(|error| error.get("code"))];
    let said = said.into_iter().chain([reply.get("message"), reply.get("error")]).flatten();
    said.filter_map(Value::as_str).find(|text| !text.is_empty()).map(|text| SourceError::Refused(clean(text)))
}

/// Checks a name of several parts, as `owner/name`.
pub(super) fn check_path(option: &'static str, path: &str, count: usize, shape: &str) -> Result<(), OptionFault> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_part = |part: &str| !matches!(part, "" | "." | "..") && part.len() <= 255 && part.chars().all(plain);
    let parts = path.split('/').count();
    if parts >= 2 && parts <= count && path.split('/').all(is_part) {
        return Ok(());
    }
    Err(OptionFault {
        option: Some(option),
        why: format!("it is written {shape}, with letters, digits, `-`, `_` and `.`"),
    })
}

/// Checks an address that others are made from by appending a path.
pub(super) fn check_base(option: &'static str, text: &str) -> Result<(), OptionFault> {
    let fits = Url::parse(text).is_ok_and(|url| {
        url.scheme() == "https"
            && url.host_str().is_some_and(|host| !host.is_empty())
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    if fits && text.len() <= 1000 && !text.ends_with('/') {
        return Ok(());
    }
    let why = "it is an https address without a name, a query, a fragment or a `/` at its end".to_owned();
    Err(OptionFault { option: Some(option), why })
}

/// An address as a part of a name: without `https://`.
pub(super) fn to_about(url: &str) -> &str {
    url.strip_prefix("https://").unwrap_or(url)
}
