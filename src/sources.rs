//! The upstreams of releases: for each, its address, a pure reader of its reply, and what of the reply counts as a change.
//!
//! Turns bytes into [`SourceFacts`]; must not fetch, and must not know the lock.

mod endoflife;
mod go;
mod text;

use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::model::digest::sha256;
use crate::model::facts::SourceFacts;
use crate::model::quote::clean;
use crate::model::source::Source;

/// The most releases or lines that a source may list.
pub const MOST_ENTRIES: usize = 20_000;

/// The most unreadable entries that are told one by one.
const MOST_SKIPPED: usize = 50;

/// Why a whole reply cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SourceError {
    /// It is a web page.
    #[error("the reply is a web page, not data")]
    Html,
    /// It ends too early.
    #[error("the reply is cut off at line {line}, column {column}")]
    CutOff {
        /// The line of the end, from 1.
        line: usize,
        /// The column of the end.
        column: usize,
    },
    /// It is no JSON.
    #[error("the reply is not JSON: {0}")]
    NotJson(String),
    /// It is JSON of another shape.
    #[error("the reply is not what this source sends: {0}")]
    Shape(String),
    /// It lists nothing, which no healthy upstream does.
    #[error("the reply lists nothing that can be read")]
    Empty,
    /// It lists more than can be true.
    #[error("the reply lists {0} entries, more than {MOST_ENTRIES}")]
    TooMany(usize),
}

/// How much of the past a source lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Every release: what it no longer lists, it no longer says.
    Everything,
    /// The newest release of each line: what it said of older ones stays said.
    NewestOfEachLine,
}

/// The address of a source.
#[must_use]
pub fn url(source: &Source) -> String {
    match source {
        Source::Go => go::URL.to_owned(),
        Source::Endoflife { product } => endoflife::url(product),
    }
}

/// How much of the past a source lists.
#[must_use]
pub fn coverage(source: &Source) -> Coverage {
    match source {
        Source::Go => Coverage::Everything,
        Source::Endoflife { .. } => Coverage::NewestOfEachLine,
    }
}

/// Reads a source's reply. Single bad entries are left out and reported in `skipped`.
///
/// # Errors
///
/// When the reply as a whole is not what the source sends, or lists nothing.
pub fn to_facts(source: &Source, body: &[u8]) -> Result<SourceFacts, SourceError> {
    let mut facts = match source {
        Source::Go => go::to_facts(body)?,
        Source::Endoflife { .. } => endoflife::to_facts(body)?,
    };
    if facts.releases.is_empty() && facts.lines.is_empty() {
        return Err(SourceError::Empty);
    }
    let more = facts.skipped.len().saturating_sub(MOST_SKIPPED);
    if more > 0 {
        facts.skipped.truncate(MOST_SKIPPED);
        facts.skipped.push(format!("and {more} more"));
    }
    Ok(facts)
}

/// The SHA-256, in lower-case hex, of all in a reply that counts; upstream's build times do not.
///
/// # Errors
///
/// When the reply is not JSON.
pub fn to_digest(source: &Source, body: &[u8]) -> Result<String, SourceError> {
    match source {
        Source::Go => Ok(sha256(body)),
        Source::Endoflife { .. } => Ok(sha256(endoflife::to_counted(body)?.as_bytes())),
    }
}

/// Reads JSON, and says in plain words what came in its place.
fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, SourceError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match body.trim_ascii_start().first() {
        None => return Err(SourceError::CutOff { line: 1, column: 0 }),
        Some(b'<') => return Err(SourceError::Html),
        Some(_) => {}
    }
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        serde_json::error::Category::Eof => SourceError::CutOff { line: error.line(), column: error.column() },
        serde_json::error::Category::Data => SourceError::Shape(clean(&error.to_string())),
        _ => SourceError::NotJson(clean(&error.to_string())),
    })
}

fn check_count(count: usize) -> Result<(), SourceError> {
    match count {
        0 => Err(SourceError::Empty),
        1..=MOST_ENTRIES => Ok(()),
        _ => Err(SourceError::TooMany(count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_came_in_place_of_data() {
        let sources = [Source::Go, Source::Endoflife { product: "go".to_owned() }];
        for source in &sources {
            let error = |body: &[u8]| to_facts(source, body).unwrap_err().to_string();
            assert_eq!(error(b"<!doctype html><title>404</title>"), "the reply is a web page, not data");
            assert_eq!(error(b"\n <html>"), "the reply is a web page, not data");
            assert_eq!(error(b""), "the reply is cut off at line 1, column 0");
            assert_eq!(error(b"Retry later\n"), "the reply is not JSON: expected value at line 1 column 1");
            assert_eq!(error(b"\xff\xfe"), "the reply is not JSON: expected value at line 1 column 1");
            assert!(error(b"17").starts_with("the reply is not what this source sends: invalid type: integer"));
            assert!(error(&b"[".repeat(100_000)).starts_with("the reply is not"));
        }
    }

    #[test]
    fn digests_are_sha256_in_hex() {
        assert_eq!(
            to_digest(&Source::Go, b"").unwrap(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn each_source_has_an_address() {
        assert_eq!(url(&Source::Go), "https://go.dev/dl/?mode=json&include=all");
        assert_eq!(url(&Source::Endoflife { product: "go".to_owned() }), "https://endoflife.date/api/v1/products/go");
    }
}
