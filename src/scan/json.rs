//! JSON files that others wrote, with comments: texts with their places. What is broken gives nothing. The parser bounds
//! how deep they nest.

use jsonc_parser::ast::{Object, StringLit, Value};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::file::{At, Text};

/// Reads a file whose outermost value is an object.
pub(super) fn parse(text: &str) -> Option<Object<'_>> {
    match parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()).ok()?.value? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

/// The value at a path of keys.
pub(super) fn find<'v, 't>(object: &'v Object<'t>, path: &[&str]) -> Option<&'v Value<'t>> {
    let (first, rest) = path.split_first()?;
    let found = &object.get(first)?.value;
    if rest.is_empty() { Some(found) } else { find(found.as_object()?, rest) }
}

/// A text with its place, without quotes.
pub(super) fn to_text<'v>(literal: &'v StringLit<'_>) -> Text<'v> {
    Text::plain(At::Byte(literal.range.start + 1), &literal.value)
}
