//! PostgreSQL: turns `18beta1` into a key (<https://www.postgresql.org/support/versioning/>).
//!
//! From 10 on the first number is the line and the second the release; before, the line had two numbers. A suffix after
//! `-` (`18.3-1.pgdg13+1`) names a build of a version and takes no part in the order. Git tags are `REL_17_2`,
//! `REL_18_BETA1` and `REL9_6_24`.

use super::key::{Key, Mark, Number};
use super::reader::{Reader, check_build};
use super::scheme::Rules;

pub(super) const RULES: Rules = Rules {
    prefixes: &["REL_", "REL", "v"],
    from_tag,
    line: |key| if key.first() < FIRST_WITH_ONE { 2 } else { 1 },
    ..Rules::new("postgresql", parse)
};

/// The first line that is named by one number.
const FIRST_WITH_ONE: u64 = 10;

fn parse(text: &str) -> Result<Key, &'static str> {
    const SHAPE: &str = "it is written as in `17.6`, `18beta1`, `18rc1` or, before 10, `9.6.24`";
    let (version, build) = match text.split_once('-') {
        Some((version, build)) => (version, Some(build)),
        None => (text, None),
    };
    if let Some(build) = build {
        check_build(build, "PostgreSQL writes candidates as `18rc1`, without `-`")?;
    }
    let mut reader = Reader::new(version);
    let numbers = reader.numbers()?;
    let word = reader.word();
    let number = reader.number()?;
    if !reader.is_done() {
        return Err(SHAPE);
    }
    let mark = match (word.as_str(), number) {
        ("", None) => None,
        ("devel", None) => Some(Mark::Dev(0)),
        ("alpha", Some(number)) => Some(Mark::Alpha(number)),
        ("beta", Some(number)) => Some(Mark::Beta(number)),
        ("rc", Some(number)) => Some(Mark::Candidate(number)),
        _ => return Err(SHAPE),
    };
    let line = if numbers.first().is_some_and(|first| *first < Number::from(FIRST_WITH_ONE)) { 2 } else { 1 };
    match (numbers.len(), &mark) {
        // What is before the first release bears the name of the line.
        (length, Some(_)) if length == line || length == line + 1 => {}
        (length, None) if length == line + 1 => {}
        // `9.6` and the like were first releases as well.
        (2, None) if line == 2 => {}
        (1, None) if line == 1 => return Err("one number names a line; a release has two, as in `17.0`"),
        _ => return Err(SHAPE),
    }
    Ok(Key::new(numbers, mark.into_iter().collect()))
}

/// Turns `17_2`, `18_BETA1` and `9_6_24` into the usual spelling.
fn from_tag(tag: &str) -> Option<String> {
    if !tag.contains('_') || tag.contains(['.', '-']) {
        return None;
    }
    let is_stage = |part: &str| part.starts_with(|c: char| c.is_ascii_alphabetic());
    match tag.rsplit_once('_') {
        Some((numbers, stage)) if is_stage(stage) => {
            Some(format!("{}{}", numbers.replace('_', "."), stage.to_ascii_lowercase()))
        }
        _ => Some(tag.replace('_', ".")),
    }
}
