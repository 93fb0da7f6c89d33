//! Versions: how each scheme reads, orders and groups them.
//!
//! Turns upstream's text into a [`Version`] that remembers its spelling; must not guess, and must not order by text.

mod dotnet;
mod elixir;
mod erlang;
mod go;
mod java;
mod key;
mod loose;
mod node;
mod php;
mod postgresql;
mod python;
mod range;
mod reader;
mod requirement;
mod ruby;
mod rust;
mod scheme;
mod semver;

use std::cmp::Ordering;
use std::fmt::{self, Write as _};
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::model::quote::quote;

use key::{Key, Number};

pub use range::VersionRange;
pub use scheme::Scheme;

/// The longest version or range, in bytes.
pub const LONGEST_VERSION: usize = 128;

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
    scheme: Scheme,
    key: Key,
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
        self.scheme
    }

    /// The line that it belongs to, by its leading numbers, as upstream names lines: Go `1.26`, Node.js `22`.
    #[must_use]
    pub fn line(&self) -> String {
        let length = (self.scheme.rules().line)(&self.key);
        let mut line = String::new();
        for (at, number) in self.key.numbers().take(length).enumerate() {
            // Writing into a text does not fail.
            let _ = write!(line, "{}{number}", if at == 0 { "" } else { "." });
        }
        line
    }

    /// The line that it belongs to, among those that are known: some sources name .NET's line 8.0 by its first number
    /// alone.
    #[must_use]
    pub fn line_among(&self, is_known: impl Fn(&str) -> bool) -> String {
        let line = self.line();
        match line.split_once('.') {
            Some((first, _)) if !is_known(&line) && is_known(first) => first.to_owned(),
            _ => line,
        }
    }

    /// Says whether its text is the name of its line too, or even less: Java's `21`, Python's `3`.
    #[must_use]
    pub fn names_line(&self) -> bool {
        let rules = self.scheme.rules();
        (rules.parse_start)(&self.text).is_some_and(|numbers| numbers.len() <= (rules.line)(&self.key))
    }

    /// Says whether it comes before the release that it announces: an alpha, a beta, a candidate,
    /// or Go's language version (`1.26`, which is older than `1.26.0`).
    #[must_use]
    pub fn is_prerelease(&self) -> bool {
        self.key.is_prerelease()
    }

    /// The size of the step up to another version; nothing unless the other is newer and of the same scheme.
    ///
    /// From a candidate to its release counts as a patch.
    #[must_use]
    pub fn bump_to(&self, other: &Self) -> Option<Bump> {
        if self.scheme != other.scheme || other <= self {
            return None;
        }
        Some(match self.key.first_difference(&other.key) {
            Some(0) => Bump::Major,
            Some(1) => Bump::Minor,
            _ => Bump::Patch,
        })
    }

    /// Says whether it can be installed: all can but Go's language versions (`1.26`), which only go.mod files name.
    #[must_use]
    pub fn is_installable(&self) -> bool {
        !self.key.is_language()
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
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
        self.scheme.cmp(&other.scheme).then_with(|| self.key.cmp(&other.key))
    }
}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.scheme, &self.key).hash(state);
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme, self.text)
    }
}

/// The size of a change, by the position of the first number that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
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
    let numbers = |line: &str| line.split('.').map(Number::parse).collect::<Option<Vec<Number>>>();
    match (numbers(a), numbers(b)) {
        (Some(x), Some(y)) => x.cmp(&y),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests;
