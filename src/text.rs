//! Texts that are filled in: how outside values are escaped where they land, the step texts of a process, and documents.

pub mod escape;
pub mod limited;
pub mod steps;

use anyhow::Result;
use serde::Serialize;

/// A document as text: indented, keys in the order of the format, a line end at the end.
///
/// # Errors
///
/// A value that JSON cannot hold.
pub fn to_json(document: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string_pretty(document)? + "\n")
}
