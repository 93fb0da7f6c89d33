//! What the versions of all schemes are compared by: numbers, then marks. Must not know any scheme.
//!
//! Numbers that are not written are 0, so `1.20` and `1.20.0` are equal. Marks are what follows the numbers; they are
//! compared one by one, and [`Mark::End`] stands after the last. So `rc1` (below the end) sorts before the bare
//! numbers, `p1` (above it) after them, and `a1.dev2 < a1 < a1.post1` as well. The schemes never meet each other here,
//! so they share what fits.

use std::cmp::Ordering;
use std::fmt;
use std::iter;

use ::semver::Prerelease;

/// A number as it is written: its value, then the zeros before it, so that `20.04` and `20.4` are two lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Number {
    value: u64,
    zeros: usize,
}

impl Number {
    pub(super) const ZERO: Self = Self { value: 0, zeros: 0 };

    /// Reads ASCII digits; none when there are others, or when the value is 2^64 or more.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let value = if plain { text.parse().ok()? } else { return None };
        let significant = text.trim_start_matches('0').len().max(1);
        Some(Self { value, zeros: text.len() - significant })
    }

    /// Reads a number as nearly all schemes write it: without zeros before it.
    pub(super) fn parse_plain(text: &str) -> Option<Self> {
        Self::parse(text).filter(|number| number.zeros == 0)
    }

    pub(super) fn value(self) -> u64 {
        self.value
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self { value, zeros: 0 }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0>zeros$}{}", "", self.value, zeros = self.zeros)
    }
}

/// What stands after the numbers of a version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Mark {
    /// Go's language version.
    Language,
    Dev(u64),
    Alpha(u64),
    Beta(u64),
    /// A preview, a milestone.
    Preview(u64),
    Candidate(u64),
    /// A semantic version's pre-release, which has an order of its own.
    Identifiers(Prerelease),
    /// Nothing more. What sorts before it makes a pre-release.
    End,
    /// A patch level, a post-release, a build where builds are counted.
    Then(u64),
    /// A word that is no known pre-release, as the `w` of `1.1.1w`.
    Word(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// Without zeros at the end.
    numbers: Vec<Number>,
    /// Without [`Mark::End`], which is understood.
    marks: Vec<Mark>,
}

impl Key {
    pub(super) fn new(mut numbers: Vec<Number>, marks: Vec<Mark>) -> Self {
        let significant = numbers.iter().rposition(|number| *number != Number::ZERO).map_or(0, |last| last + 1);
        numbers.truncate(significant);
        Self { numbers, marks }
    }

    /// The numbers from the first on, without end: those that are not written are 0.
    pub(super) fn numbers(&self) -> impl Iterator<Item = Number> + '_ {
        self.numbers.iter().copied().chain(iter::repeat(Number::ZERO))
    }

    pub(super) fn first(&self) -> u64 {
        self.numbers.first().map_or(0, |number| number.value)
    }

    pub(super) fn is_prerelease(&self) -> bool {
        self.marks.iter().any(|mark| *mark < Mark::End)
    }

    pub(super) fn is_language(&self) -> bool {
        self.marks.first() == Some(&Mark::Language)
    }

    /// The position of the first number that differs, counted from 0; none when only the marks do.
    pub(super) fn first_difference(&self, other: &Self) -> Option<usize> {
        let length = self.numbers.len().max(other.numbers.len());
        self.numbers().zip(other.numbers()).take(length).position(|(a, b)| a != b)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| {
            let end = [Mark::End];
            self.marks.iter().chain(&end).cmp(other.marks.iter().chain(&end))
        })
    }
}
