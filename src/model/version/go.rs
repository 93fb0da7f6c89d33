//! Go's versions, as <https://go.dev/doc/toolchain#version> orders them.

/// What Go versions are compared by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub parts: [u64; 3],
    pub stage: Stage,
}

/// How far a version had come, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The language version `1.N`, from 1.21 on: lower than everything that implements it.
    Language,
    Beta(u64),
    Candidate(u64),
    Release,
}

/// Reads a version without its prefix `go`; what follows a `-` names a build and does not count.
pub fn parse(text: &str) -> Option<Key> {
    let (text, suffix) = text.split_once('-').map_or((text, None), |(text, suffix)| (text, Some(suffix)));
    if suffix.is_some_and(|suffix| {
        suffix.is_empty() || !suffix.chars().all(|c| c.is_ascii_alphanumeric() || ".-_+".contains(c))
    }) {
        return None;
    }
    let (numbers, stage) = split_stage(text)?;
    let mut parts = [0; 3];
    let mut named = 0;
    for part in numbers.split('.') {
        *parts.get_mut(named)? = parse_number(part)?;
        named += 1;
    }
    let stage = match stage {
        Some(stage) => stage,
        // Go 1.21 made `1.N` the language version; before, it was the first release of the line.
        None if named < 3 && (parts[0], parts[1]) >= (1, 21) => Stage::Language,
        None => Stage::Release,
    };
    Some(Key { parts, stage })
}

fn split_stage(text: &str) -> Option<(&str, Option<Stage>)> {
    let Some(at) = text.find(|c: char| c.is_ascii_alphabetic()) else { return Some((text, None)) };
    let (numbers, stage) = text.split_at(at);
    let stage = match (stage.strip_prefix("rc"), stage.strip_prefix("beta")) {
        (Some(number), _) => Stage::Candidate(parse_number(number)?),
        (_, Some(number)) => Stage::Beta(parse_number(number)?),
        _ => return None,
    };
    Some((numbers, Some(stage)))
}

/// A number without leading zeros.
pub fn parse_number(text: &str) -> Option<u64> {
    let sound = text.chars().all(|c| c.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    sound.then(|| text.parse().ok()).flatten()
}
