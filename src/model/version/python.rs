//! CPython: turns `3.14.0rc1` into a key by PEP 440 (<https://peps.python.org/pep-0440/>).
//!
//! `dev < a < b < rc < release < post`, in all spellings that the PEP allows (`3.14.0-rc.1`, `3.14.0c1`). A local
//! version (`+build.7`) names a build: it is printed, and takes no part in the order. There are no epochs, and two
//! numbers name a line from 3.3 on; before, `2.7` was a release. Variants (`3.14t`) and other implementations are no
//! versions.

use super::key::{Key, Mark, Number};
use super::reader::{Reader, check_build};
use super::scheme::Rules;

pub(super) const RULES: Rules = Rules { prefixes: &["v", "Python "], ..Rules::new("python", parse) };

const SHAPE: &str = "it is written as in `3.13.1`, `3.14.0rc1` or `3.13.1.post1`";

const SEPARATORS: [char; 3] = ['.', '-', '_'];

fn parse(text: &str) -> Result<Key, &'static str> {
    let (public, build) = match text.split_once('+') {
        Some((public, build)) => (public, Some(build)),
        None => (text, None),
    };
    if let Some(build) = build {
        check_build(build, "Python writes candidates as `3.14.0rc1`, without `+`")?;
    }
    let mut reader = Reader::new(public);
    let numbers = reader.numbers()?;
    let mut marks = Vec::new();
    // Each stage stands at most once, and in this order.
    let mut stages = 0;
    while !reader.is_done() {
        let dash = reader.rest().starts_with('-');
        reader.skip(&SEPARATORS);
        let word = reader.word();
        if !word.is_empty() {
            reader.skip_before_digit(&SEPARATORS);
        }
        let number = reader.number()?;
        let count = number.unwrap_or(0);
        let (stage, mark) = match word.as_str() {
            "a" | "alpha" => (1, Mark::Alpha(count)),
            "b" | "beta" => (1, Mark::Beta(count)),
            "rc" | "c" | "pre" | "preview" => (1, Mark::Candidate(count)),
            "post" | "rev" | "r" => (2, Mark::Then(count)),
            // `3.13.1-1` is a spelling of `3.13.1.post1`.
            "" if dash && number.is_some() => (2, Mark::Then(count)),
            "dev" => (3, Mark::Dev(count)),
            _ => return Err(SHAPE),
        };
        if stage <= stages {
            return Err(SHAPE);
        }
        stages = stage;
        marks.push(mark);
    }
    check_numbers(&numbers, &marks)?;
    Ok(Key::new(numbers, marks))
}

fn check_numbers(numbers: &[Number], marks: &[Mark]) -> Result<(), &'static str> {
    match numbers {
        [_, _] if !marks.is_empty() => Ok(()),
        [_, _] if numbers < [3, 3].map(Number::from).as_slice() => Ok(()),
        [_, _] => Err("two numbers name a line; a release has three, as in `3.13.0`"),
        [_, _, _] => Ok(()),
        _ => Err(SHAPE),
    }
}
