//! What readers of programs share: expressions, and lines without comments.

use std::sync::LazyLock;

use regex::Regex;

use crate::scan::file::At;

/// An expression that is right: nothing only where it could not be.
pub(super) type Pattern = LazyLock<Option<Regex>>;

macro_rules! pattern {
    ($name:ident, $text:expr) => {
        static $name: $crate::scan::readers::code::Pattern = std::sync::LazyLock::new(|| regex::Regex::new($text).ok());
    };
}

pub(super) use pattern;

/// The groups `name` and `value` of all matches in the code of a line, with the offset of the value.
pub(super) fn find<'t>(pattern: &'static Pattern, begin: usize, code: &'t str) -> Vec<(&'t str, At, &'t str)> {
    let Some(pattern) = pattern.as_ref() else { return Vec::new() };
    let groups = pattern.captures_iter(code).filter_map(|groups| {
        let value = groups.name("value")?;
        Some((groups.name("name").map_or("", |name| name.as_str()), At::Byte(begin + value.start()), value.as_str()))
    });
    groups.collect()
}

/// The code of a line before a comment that begins with a sign; within quotes it is none.
pub(super) fn before<'t>(line: &'t str, sign: &str) -> &'t str {
    let mut quote = None;
    for (at, c) in line.char_indices() {
        match quote {
            None if line[at..].starts_with(sign) => return &line[..at],
            None if c == '"' || c == '\'' => quote = Some(c),
            Some(open) if open == c => quote = None,
            _ => {}
        }
    }
    line
}
