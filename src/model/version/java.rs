//! The JDK: turns `21.0.2+13-LTS` into a key by JEP 322 (<https://openjdk.org/jeps/322>).
//!
//! Any count of numbers; those that are not written are 0. 8 and older have more spellings: `8u402-b06`,
//! `1.8.0_402-b06` and `8.0.402+6` have the same numbers. The build (`+13`, `-b06`, and `_13` in tags of images) and
//! what follows it (`-LTS`) take no part in the order of releases, so that a source that leaves them out means the same;
//! builds of a pre-release (`22-ea+10`) are releases of their own, and count.

use ::semver::Prerelease;

use super::key::{Key, Mark, Number};
use super::reader::Reader;
use super::scheme::Rules;

pub(super) const RULES: Rules =
    Rules { prefixes: &["jdk-", "jdk"], line: |_| 1, parse_start, ..Rules::new("java", parse) };

const SHAPE: &str = "it is written as in `21.0.2+13-LTS`, `22-ea+10`, `8u402-b06` or `1.8.0_402-b06`";

/// What may stand after `-` and before the build. Vendors write other words there, which say nothing about the order.
const PRERELEASES: [&str; 3] = ["beta", "ea", "internal"];

fn parse(text: &str) -> Result<Key, &'static str> {
    let mut reader = Reader::new(text);
    let numbers = read_numbers(&mut reader)?;
    let mut prerelease = read_prerelease(&mut reader);
    let build = read_build(&mut reader)?;
    let option = reader.rest();
    match build {
        // 8 has `8u412-b01-ea`.
        Some(_) => prerelease = prerelease.or_else(|| read_prerelease(&mut reader)),
        None if option.is_empty() || option == "-LTS" => {}
        None => return Err(SHAPE),
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '+');
    if !(option.is_empty() || option.starts_with(['-', '.', '_']) && option.chars().all(allowed)) {
        return Err(SHAPE);
    }
    let marks = match prerelease {
        None => Vec::new(),
        Some(word) => {
            let word = Prerelease::new(word).map_err(|_| SHAPE)?;
            vec![Mark::Identifiers(word), Mark::Then(build.unwrap_or(0))]
        }
    };
    Ok(Key::new(numbers, marks))
}

/// Takes the numbers in all spellings: `21.0.2`, `8u402`, `1.8.0_402`.
fn read_numbers(reader: &mut Reader<'_>) -> Result<Vec<Number>, &'static str> {
    let written = reader.numbers()?;
    let mut numbers = to_meant(written.clone());
    let has_update = match written.len() {
        1 => reader.skip(&['u']),
        3 => numbers.len() == 2 && reader.skip(&['_']),
        _ => false,
    };
    if has_update {
        let update = reader.padded_number()?.ok_or(SHAPE)?;
        numbers.resize(2, Number::ZERO);
        numbers.push(update.into());
    }
    Ok(numbers)
}

/// Takes `-ea` and the like.
fn read_prerelease(reader: &mut Reader<'_>) -> Option<&'static str> {
    let (word, after) = PRERELEASES.iter().find_map(|word| {
        let after = reader.rest().strip_prefix('-')?.strip_prefix(word)?;
        (!after.starts_with(|c: char| c.is_ascii_alphanumeric())).then_some((*word, after))
    })?;
    *reader = Reader::new(after);
    Some(word)
}

/// Takes `+13`, `_13`, `-b06` or the `+` of `+-LTS`, which has build 0.
fn read_build(reader: &mut Reader<'_>) -> Result<Option<u64>, &'static str> {
    if let Some(after) = reader.rest().strip_prefix("-b") {
        *reader = Reader::new(after);
    } else if !reader.skip(&['+', '_']) {
        return Ok(None);
    } else if reader.rest().starts_with('-') {
        return Ok(Some(0));
    }
    reader.padded_number()?.map(Some).ok_or(SHAPE)
}

fn parse_start(text: &str) -> Option<Vec<Number>> {
    text.split('.').map(Number::parse_plain).collect::<Option<_>>().map(to_meant)
}

/// Takes off the 1 that versions began with up to 8.
fn to_meant(mut numbers: Vec<Number>) -> Vec<Number> {
    if numbers.len() > 1 && numbers.first() == Some(&Number::from(1)) {
        numbers.remove(0);
    }
    numbers
}
