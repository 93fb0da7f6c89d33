//! Erlang/OTP: turns `27.3.4.16` into a key (<https://www.erlang.org/doc/system/versions.html>).
//!
//! Any count of numbers from two on; those that are not written are 0. `28.0-rc1` comes before `28.0`.

use super::key::{Key, Mark};
use super::reader::Reader;
use super::scheme::Rules;

pub(super) const RULES: Rules = Rules { prefixes: &["OTP-", "v"], line: |_| 1, ..Rules::new("erlang", parse) };

fn parse(text: &str) -> Result<Key, &'static str> {
    const SHAPE: &str = "it is written as in `27.0`, `27.3.4.16` or `28.0-rc1`; `R16B03` and older are not read";
    let mut reader = Reader::new(text);
    let numbers = reader.numbers().map_err(|_| SHAPE)?;
    if numbers.len() < 2 {
        return Err("one number names a line; a release has two or more, as in `27.0`");
    }
    if reader.is_done() {
        return Ok(Key::new(numbers, Vec::new()));
    }
    let is_candidate = reader.skip(&['-']) && reader.word() == "rc";
    reader.skip_before_digit(&['.']);
    match reader.number()? {
        Some(candidate) if is_candidate && reader.is_done() => Ok(Key::new(numbers, vec![Mark::Candidate(candidate)])),
        _ => Err(SHAPE),
    }
}
