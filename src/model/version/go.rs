//! Go's versions: turns `1.21rc2` into a key that orders as the Go project says.
//!
//! The rules are those of <https://go.dev/doc/toolchain#version> and `internal/gover` in the Go sources: from 1.21,
//! `1.N` is a language version below its betas, candidates and `1.N.0`; before, `1.N` is the first release itself.
//! A suffix (`-fips`, `-1-openssl-fips`) names a build of a version and takes no part in the order.

use super::key::{Key, Mark, Number};
use super::reader::{NO_NUMBER, check_build};
use super::scheme::Rules;

pub(super) const RULES: Rules = Rules { prefixes: &["go"], ..Rules::new("go", parse) };

/// The first line whose first release is `1.N.0` and not `1.N`.
const FIRST_WITH_PATCH_ZERO: u64 = 21;

fn parse(text: &str) -> Result<Key, &'static str> {
    let (core, suffix) = match text.split_once('-') {
        Some((core, suffix)) => (core, Some(suffix)),
        None => (text, None),
    };
    if let Some(suffix) = suffix {
        check_build(suffix, "Go writes candidates as `1.21rc2`, without `-`")?;
    }
    let (numbers, stage) = split_stage(core)?;
    let numbers: Vec<Number> = numbers.split('.').map(Number::parse_plain).collect::<Option<_>>().ok_or(NO_NUMBER)?;
    let mark = match (stage, numbers.as_slice()) {
        (_, [_, _, _, _, ..]) => return Err("it has at most three numbers"),
        (None, [_, minor]) if minor.value() >= FIRST_WITH_PATCH_ZERO => Some(Mark::Language),
        (stage, _) => stage,
    };
    Ok(Key::new(numbers, mark.into_iter().collect()))
}

/// Cuts `rc2` off `1.21rc2`.
fn split_stage(core: &str) -> Result<(&str, Option<Mark>), &'static str> {
    for (word, mark) in [("beta", Mark::Beta as fn(u64) -> Mark), ("rc", Mark::Candidate)] {
        if let Some((numbers, number)) = core.split_once(word) {
            let number =
                Number::parse_plain(number).ok_or("`rc` and `beta` are followed by a number, as in `1.21rc2`")?;
            return Ok((numbers, Some(mark(number.value()))));
        }
    }
    Ok((core, None))
}
