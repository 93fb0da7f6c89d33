//! TOML files that others wrote: texts with their places. What is broken gives nothing.

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};

use super::file::{At, Text};

/// The largest file that is read as TOML, in bytes: it is held as a tree.
const LARGEST: usize = 1 << 20;

/// Reads a file.
pub(super) fn parse(text: &str) -> Option<DeTable<'_>> {
    if text.len() > LARGEST {
        return None;
    }
    DeTable::parse(text).ok().map(Spanned::into_inner)
}

/// The value at a path of keys.
pub(super) fn find<'v, 't>(table: &'v DeTable<'t>, path: &[&str]) -> Option<&'v Spanned<DeValue<'t>>> {
    let (first, rest) = path.split_first()?;
    let found = table.get(*first)?;
    if rest.is_empty() { Some(found) } else { find(found.get_ref().as_table()?, rest) }
}

/// A text with its place, without quotes.
pub(super) fn to_text<'v>(file: &str, value: &'v Spanned<DeValue<'_>>) -> Option<Text<'v>> {
    let text = value.get_ref().as_str()?;
    let span = value.span();
    let written = file.get(span.clone())?;
    let quotes = if written.starts_with("\"\"\"") || written.starts_with("'''") { 3 } else { 1 };
    Some(Text::plain(At::Byte(span.start + quotes), text))
}
