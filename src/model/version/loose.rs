//! Anything else that begins with a number: turns `1.1.1w`, `20.04` and `2.0-rc1` into a key, for want of a scheme of
//! its own.
//!
//! The numbers up to the first other thing come first; those that are not written are 0, and `20.04` is not `20.4`.
//! What follows is read as words and numbers, in capitals or not, wherever and however they are separated:
//! dev, snapshot, nightly `<` alpha `<` beta `<` pre, preview, milestone, m1 `<` rc, cr `<` nothing `<` a number
//! (`1.2-3`) `<` a word (`1.1.1w`), words by their letters.

use super::key::{Key, Mark, Number};
use super::reader::Reader;
use super::scheme::Rules;

pub(super) const RULES: Rules =
    Rules { parse_start: |text| text.split('.').map(Number::parse).collect(), ..Rules::new("loose", parse) };

const SEPARATORS: [char; 5] = ['.', '-', '_', '+', '~'];

fn parse(text: &str) -> Result<Key, &'static str> {
    const SHAPE: &str = "it holds letters, digits, and single signs between them";
    if text.ends_with(".x") {
        return Err("it is a range of versions");
    }
    let mut reader = Reader::new(text);
    let numbers = reader.padded_numbers().ok_or("it begins with a number below 2^64")?;
    let mut marks = Vec::new();
    while !reader.is_done() {
        reader.skip(&SEPARATORS);
        let word = reader.word();
        let is_stage = to_stage(&word, None).is_some();
        if is_stage {
            reader.skip_before_digit(&SEPARATORS);
        }
        let number = reader.padded_number()?;
        match (to_stage(&word, number), number) {
            (Some(stage), _) => marks.push(stage),
            (None, None) if word.is_empty() => return Err(SHAPE),
            (None, _) => {
                marks.extend((!word.is_empty()).then_some(Mark::Word(word)));
                marks.extend(number.map(Mark::Then));
            }
        }
    }
    Ok(Key::new(numbers, marks))
}

/// What comes before a release; `m` alone is a letter like others, as in OpenSSL's `1.1.1m`.
fn to_stage(word: &str, number: Option<u64>) -> Option<Mark> {
    let count = number.unwrap_or(0);
    match word {
        "dev" | "snapshot" | "nightly" => Some(Mark::Dev(count)),
        "alpha" => Some(Mark::Alpha(count)),
        "beta" => Some(Mark::Beta(count)),
        "pre" | "preview" | "milestone" => Some(Mark::Preview(count)),
        "m" => number.map(Mark::Preview),
        "rc" | "cr" => Some(Mark::Candidate(count)),
        _ => None,
    }
}
