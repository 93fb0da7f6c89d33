//! Reads a version piece by piece: numbers, words, separators. Must not know any scheme.

use super::key::Number;

/// Why a number is none.
pub(super) const NO_NUMBER: &str = "numbers are decimal, without leading zeros, and below 2^64";

/// The part of a version that is still to be read.
pub(super) struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes numbers with dots between them, as far as they go; a dot that no digit follows stays.
    pub(super) fn numbers(&mut self) -> Result<Vec<Number>, &'static str> {
        if !self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            return Err("it begins with a number");
        }
        self.numbers_by(Number::parse_plain).ok_or(NO_NUMBER)
    }

    /// The same for numbers that may have zeros before them.
    pub(super) fn padded_numbers(&mut self) -> Option<Vec<Number>> {
        self.numbers_by(Number::parse)
    }

    fn numbers_by(&mut self, parse: fn(&str) -> Option<Number>) -> Option<Vec<Number>> {
        let mut numbers = vec![parse(self.digits())?];
        while self.skip_before_digit(&['.']) {
            numbers.push(parse(self.digits())?);
        }
        Some(numbers)
    }

    /// Takes a number, if one stands here.
    pub(super) fn number(&mut self) -> Result<Option<u64>, &'static str> {
        match self.digits() {
            "" => Ok(None),
            digits => Number::parse_plain(digits).map(|number| Some(number.value())).ok_or(NO_NUMBER),
        }
    }

    /// Takes a number that may have zeros before it, if one stands here.
    pub(super) fn padded_number(&mut self) -> Result<Option<u64>, &'static str> {
        match self.digits() {
            "" => Ok(None),
            digits => Number::parse(digits).map(|number| Some(number.value())).ok_or(NO_NUMBER),
        }
    }

    fn digits(&mut self) -> &'a str {
        self.take_while(|c| c.is_ascii_digit())
    }

    /// Takes letters, if some stand here, and makes them small.
    pub(super) fn word(&mut self) -> String {
        self.take_while(|c| c.is_ascii_alphabetic()).to_ascii_lowercase()
    }

    /// Takes one of the characters, if it stands here.
    pub(super) fn skip(&mut self, any: &[char]) -> bool {
        let after = self.rest.strip_prefix(any);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    /// Takes one of the characters, if it stands here and a digit after it.
    pub(super) fn skip_before_digit(&mut self, any: &[char]) -> bool {
        let after = self.rest.strip_prefix(any).filter(|after| after.starts_with(|c: char| c.is_ascii_digit()));
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn take_while(&mut self, keep: fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !keep(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }
}

/// Checks a suffix that names a build and takes no part in the order; `stages` says how candidates are written instead.
pub(super) fn check_build(suffix: &str, stages: &'static str) -> Result<(), &'static str> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '+');
    if suffix.is_empty() || !suffix.chars().all(allowed) {
        return Err("a suffix that names a build holds letters, digits, `.`, `_`, `+` and `-`");
    }
    // Taken as a build, a candidate written in another way would pass for a release.
    let word = suffix.to_ascii_lowercase();
    if ["rc", "beta", "alpha", "pre", "dev"].iter().any(|stage| word.starts_with(stage)) {
        return Err(stages);
    }
    Ok(())
}
