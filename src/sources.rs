//! Turns the answers of upstream into facts: one file for each kind of source, none of which touches the network.

mod endoflife;
mod go;

use thiserror::Error;

use crate::model::facts::SourceFacts;
use crate::model::source::Source;

/// Why an answer says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SourceError {
    /// A page for people, as servers send for what they do not have.
    #[error("the answer is a web page, not data")]
    WebPage,
    /// Not the expected format.
    #[error("the answer cannot be read: {0}")]
    Format(String),
    /// The expected format with nothing in it, which upstream never means.
    #[error("the answer lists no releases")]
    Empty,
}

/// How much of what there is a source lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Every release: what is gone from the list is gone.
    Whole,
    /// The newest release of each line: what it said of earlier ones still stands.
    Newest,
}

/// The address of a source.
#[must_use]
pub fn to_url(source: &Source) -> String {
    match source {
        Source::Go => go::URL.to_owned(),
        Source::Endoflife { product } => endoflife::to_url(product),
    }
}

/// How much a source lists.
#[must_use]
pub fn to_extent(source: &Source) -> Extent {
    match source {
        Source::Go => Extent::Whole,
        Source::Endoflife { .. } => Extent::Newest,
    }
}

/// Reads an answer.
///
/// # Errors
///
/// An answer that is not what the source sends. A single entry that cannot be read is skipped and named instead.
pub fn to_facts(source: &Source, bytes: &[u8]) -> Result<SourceFacts, SourceError> {
    if bytes.trim_ascii_start().starts_with(b"<") {
        return Err(SourceError::WebPage);
    }
    let facts = match source {
        Source::Go => go::to_facts(bytes)?,
        Source::Endoflife { .. } => endoflife::to_facts(bytes)?,
    };
    match facts.releases.is_empty() && facts.lines.is_empty() {
        true => Err(SourceError::Empty),
        false => Ok(facts),
    }
}

/// The part of an answer that its digest covers: all of it, less what upstream writes anew each day.
#[must_use]
pub fn to_content(source: &Source, bytes: &[u8]) -> Vec<u8> {
    match source {
        Source::Go => bytes.to_owned(),
        Source::Endoflife { .. } => endoflife::to_content(bytes),
    }
}

/// A text of upstream that is short and can be seen; anything else is not a version, a line or a name.
fn to_plain(text: &str) -> Option<&str> {
    let sound = !text.is_empty() && text.len() <= 64 && text.chars().all(|c| c.is_ascii_graphic());
    sound.then_some(text)
}

/// An entry as a message may show it.
fn to_shown(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_debug).collect()
}

fn to_format_error(error: &serde_json::Error) -> SourceError {
    SourceError::Format(error.to_string())
}
