//! CRuby: turns `3.4.0-preview1` into a key: previews, candidates, the release, its patch levels.
//!
//! Upstream: <https://cache.ruby-lang.org/pub/ruby/index.txt>. The line has three numbers before 2.1, when the third was
//! what the second is now (<https://www.ruby-lang.org/en/news/2013/12/21/ruby-version-policy-changes-with-2-1-0/>).
//! Git tags have `_` for dots up to 3.4; RubyGems writes `.preview1`, and a patch level without `-`.

use super::key::{Key, Mark, Number};
use super::reader::Reader;
use super::scheme::Rules;

pub(super) const RULES: Rules =
    Rules { prefixes: &["ruby-", "v"], from_tag, line: to_line, ..Rules::new("ruby", parse) };

fn parse(text: &str) -> Result<Key, &'static str> {
    const SHAPE: &str = "it needs three numbers, and then may have `-preview1`, `-rc1` or `-p648`";
    let mut reader = Reader::new(text);
    let numbers = reader.numbers()?;
    if numbers.len() != 3 {
        return Err(SHAPE);
    }
    if reader.is_done() {
        return Ok(Key::new(numbers, Vec::new()));
    }
    reader.skip(&['-', '.']);
    let word = reader.word();
    let number = reader.number()?.ok_or(SHAPE)?;
    let mark = match word.as_str() {
        "preview" => Mark::Preview(number),
        "rc" => Mark::Candidate(number),
        "p" => Mark::Then(number),
        _ => return Err(SHAPE),
    };
    if reader.is_done() { Ok(Key::new(numbers, vec![mark])) } else { Err(SHAPE) }
}

fn to_line(key: &Key) -> usize {
    let before_2_1 = key.numbers().take(2).lt([2, 1].map(Number::from));
    if before_2_1 { 3 } else { 2 }
}

/// Turns `3_4_10`, `3_4_0_preview1` and `2_0_0_648` into the usual spelling.
fn from_tag(tag: &str) -> Option<String> {
    let parts: Vec<&str> = tag.split('_').collect();
    let numbers = parts.get(..3)?.join(".");
    match parts.get(3..)? {
        [] => Some(numbers),
        [level] if level.starts_with(|c: char| c.is_ascii_digit()) => Some(format!("{numbers}-p{level}")),
        [stage] => Some(format!("{numbers}-{stage}")),
        _ => None,
    }
}
