//! Go's versions: turns `1.21rc2` into a key that orders as the Go project says.
//!
//! The rules are those of <https://go.dev/doc/toolchain#version> and `internal/gover` in the Go sources: from 1.21,
//! `1.N` is a language version below its betas, candidates and `1.N.0`; before, `1.N` is the first release itself.
//! A suffix (`-fips`, `-1-openssl-fips`) names a build of a version and takes no part in the order.

use super::to_number;

/// The first line whose first release is `1.N.0` and not `1.N`.
const FIRST_WITH_PATCH_ZERO: u64 = 21;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    major: u64,
    minor: u64,
    /// Nothing for a language version and for what precedes the first release: it sorts below patch 0.
    patch: Option<u64>,
    stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Stage {
    Language,
    Beta(u64),
    Candidate(u64),
    Release,
}

impl Key {
    pub(super) fn is_prerelease(&self) -> bool {
        self.stage != Stage::Release
    }

    pub(super) fn is_language(&self) -> bool {
        self.stage == Stage::Language
    }

    pub(super) fn numbers(&self) -> [u64; 3] {
        [self.major, self.minor, self.patch.unwrap_or(0)]
    }
}

/// Reads a version without its prefix, or says what is wrong.
pub(super) fn parse(text: &str) -> Result<Key, &'static str> {
    let (core, suffix) = match text.split_once('-') {
        Some((core, suffix)) => (core, Some(suffix)),
        None => (text, None),
    };
    if let Some(suffix) = suffix {
        check_suffix(suffix)?;
    }
    let (numbers, stage) = split_stage(core)?;
    let mut parts = numbers.split('.').map(to_number);
    let mut next = || match parts.next() {
        Some(None) => Err("numbers are decimal, without leading zeros, and below 2^64"),
        Some(Some(number)) => Ok(Some(number)),
        None => Ok(None),
    };
    let (major, minor, patch) = (next()?, next()?, next()?);
    if next()?.is_some() {
        return Err("it has at most three numbers");
    }
    let major = major.ok_or("it starts with a number")?;
    Ok(match (stage, patch) {
        // `1.21.0rc1` is a spelling of `1.21rc1`; `1.9.2rc2` is the candidate of a patch, which Go had once.
        (Some(stage), patch) => {
            Key { major, minor: minor.unwrap_or(0), patch: patch.filter(|patch| *patch > 0), stage }
        }
        (None, None) if minor.is_some_and(|minor| minor >= FIRST_WITH_PATCH_ZERO) => {
            Key { major, minor: minor.unwrap_or(0), patch: None, stage: Stage::Language }
        }
        (None, patch) => {
            Key { major, minor: minor.unwrap_or(0), patch: Some(patch.unwrap_or(0)), stage: Stage::Release }
        }
    })
}

/// Cuts `rc2` off `1.21rc2`.
fn split_stage(core: &str) -> Result<(&str, Option<Stage>), &'static str> {
    for (word, stage) in [("beta", Stage::Beta as fn(u64) -> Stage), ("rc", Stage::Candidate)] {
        if let Some((numbers, number)) = core.split_once(word) {
            let number = to_number(number).ok_or("`rc` and `beta` are followed by a number, as in `1.21rc2`")?;
            return Ok((numbers, Some(stage(number))));
        }
    }
    Ok((core, None))
}

fn check_suffix(suffix: &str) -> Result<(), &'static str> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '+');
    if suffix.is_empty() || !suffix.chars().all(allowed) {
        return Err("a suffix after `-` holds letters, digits, `.`, `_`, `+` and `-`");
    }
    // Taken as a build, a candidate written the semver way would pass for a release.
    if ["rc", "beta", "alpha", "pre"].iter().any(|word| suffix.starts_with(word)) {
        return Err("Go writes candidates as `1.21rc2`, without `-`");
    }
    Ok(())
}
