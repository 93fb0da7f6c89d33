//! Versions: how each scheme reads, orders and groups them.
//!
//! Turns upstream's text into a [`Version`] that remembers its spelling; must not guess, and must not order by text.

mod go;
mod range;
mod semver;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Serialize;
use thiserror::Error;

use crate::model::quote::quote;

pub use range::VersionRange;

/// The longest version or range, in bytes.
pub const LONGEST_VERSION: usize = 128;

/// How a runtime writes and orders its versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// The Go project's: `1.20`, `1.21rc2`, `1.26.7`.
    Go,
    /// Semantic versioning 2.0.0: `1.2.3`, `1.2.3-rc.1`.
    Semver,
}

/// Why a text is no version or no range.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VersionError {
    /// There is no text.
    #[error("a version must not be empty")]
    Empty,
    /// The text is longer than any version.
    #[error("a version has at most {LONGEST_VERSION} bytes, this has {0}")]
    TooLong(usize),
    /// The text does not follow the scheme.
    #[error("{} is not a version in the scheme `{scheme}`: {why}", quote(text))]
    Version {
        /// The text.
        text: String,
        /// The scheme that it breaks.
        scheme: Scheme,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The text is not a range.
    #[error("{} is not a range of versions: {why}", quote(text))]
    Range {
        /// The text.
        text: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Scheme {
    /// All schemes, in the order in which help texts list them.
    pub const ALL: [Self; 2] = [Self::Go, Self::Semver];

    /// Its name in the catalog.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Semver => "semver",
        }
    }

    /// Reads a version, with or without upstream's prefix (`go` in Go, `v` in semver).
    ///
    /// # Errors
    ///
    /// When the text is empty, longer than [`LONGEST_VERSION`], or not a version of this scheme.
    pub fn parse(self, text: &str) -> Result<Version, VersionError> {
        check_length(text)?;
        let prefix = match self {
            Self::Go => "go",
            Self::Semver => "v",
        };
        let bare = text.strip_prefix(prefix).unwrap_or(text);
        let key = match self {
            Self::Go => go::parse(bare).map(Key::Go),
            Self::Semver => semver::parse(bare).map(Key::Semver),
        };
        match key {
            Ok(key) => Ok(Version { text: bare.to_owned(), key }),
            Err(why) => Err(VersionError::Version { text: text.to_owned(), scheme: self, why }),
        }
    }

    /// Reads a range; [`VersionRange`] describes the grammar.
    ///
    /// # Errors
    ///
    /// When the text is not a range, or names something that is not a version of this scheme.
    pub fn parse_range(self, text: &str) -> Result<VersionRange, VersionError> {
        range::parse(self, text)
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Scheme {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|scheme| scheme.name() == text)
            .ok_or_else(|| format!("{} is not a scheme of versions", quote(text)))
    }
}

fn check_length(text: &str) -> Result<(), VersionError> {
    match text.len() {
        0 => Err(VersionError::Empty),
        1..=LONGEST_VERSION => Ok(()),
        length => Err(VersionError::TooLong(length)),
    }
}

/// A version of a scheme. It prints as upstream writes it less its prefix; it is compared by the scheme's rules,
/// so Go's `1.20` and `1.20.0` are equal. Versions of different schemes have a fixed order without meaning.
#[derive(Clone)]
pub struct Version {
    text: String,
    key: Key,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key {
    Go(go::Key),
    Semver(semver::Key),
}

impl Version {
    /// Upstream's spelling, less its prefix.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The scheme that it was read by.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        match self.key {
            Key::Go(_) => Scheme::Go,
            Key::Semver(_) => Scheme::Semver,
        }
    }

    /// The line that it belongs to by its first two numbers: `1.26`.
    #[must_use]
    pub fn line(&self) -> String {
        let [major, minor, _] = self.parts();
        format!("{major}.{minor}")
    }

    /// Says whether it comes before the release that it announces: an alpha, a beta, a candidate,
    /// or Go's language version (`1.26`, which is older than `1.26.0`).
    #[must_use]
    pub fn is_prerelease(&self) -> bool {
        match &self.key {
            Key::Go(key) => key.is_prerelease(),
            Key::Semver(key) => key.is_prerelease(),
        }
    }

    /// The size of the step up to another version; nothing unless the other is newer and of the same scheme.
    ///
    /// From a candidate to its release counts as a patch.
    #[must_use]
    pub fn bump_to(&self, other: &Self) -> Option<Bump> {
        if self.scheme() != other.scheme() || other <= self {
            return None;
        }
        let (from, to) = (self.parts(), other.parts());
        Some(match () {
            () if from[0] != to[0] => Bump::Major,
            () if from[1] != to[1] => Bump::Minor,
            () => Bump::Patch,
        })
    }

    /// Says whether it can be installed: all can but Go's language versions (`1.26`), which only go.mod files name.
    #[must_use]
    pub fn is_installable(&self) -> bool {
        match &self.key {
            Key::Go(key) => !key.is_language(),
            Key::Semver(_) => true,
        }
    }

    /// Its three numbers; one that is not written is 0.
    #[must_use]
    pub fn parts(&self) -> [u64; 3] {
        match &self.key {
            Key::Go(key) => key.numbers(),
            Key::Semver(key) => key.numbers(),
        }
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme(), self.text)
    }
}

/// The size of a change, by the position of the first number that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Bump {
    /// The first number.
    Major,
    /// The second number.
    Minor,
    /// The third number, or a step between pre-releases of one version.
    Patch,
}

impl Bump {
    /// All sizes, largest first.
    pub const ALL: [Self; 3] = [Self::Major, Self::Minor, Self::Patch];

    /// Its name in the catalog.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Patch => "patch",
        }
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Bump {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|bump| bump.name() == text)
            .ok_or_else(|| format!("{} is not a bump: use `major`, `minor` or `patch`", quote(text)))
    }
}

/// Orders the names of release lines: by their numbers where they have some (`1.9` before `1.10`), others last, by text.
#[must_use]
pub fn compare_lines(a: &str, b: &str) -> Ordering {
    let numbers = |line: &str| line.split('.').map(to_number).collect::<Option<Vec<u64>>>();
    match (numbers(a), numbers(b)) {
        (Some(x), Some(y)) => x.cmp(&y).then_with(|| a.cmp(b)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

/// Reads a decimal number as versions write it: ASCII digits without leading zeros.
fn to_number(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain && (text == "0" || !text.starts_with('0')) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;
