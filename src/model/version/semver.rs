//! Semantic versions: turns `1.2.3-rc.1` into a key that orders by precedence (<https://semver.org/#spec-item-11>).
//!
//! Build metadata (`+7`) names a build of a version: it is printed, and takes no part in order or equality.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

#[derive(Clone, Debug)]
pub(super) struct Key(::semver::Version);

impl Key {
    pub(super) fn is_prerelease(&self) -> bool {
        !self.0.pre.is_empty()
    }

    pub(super) fn numbers(&self) -> [u64; 3] {
        [self.0.major, self.0.minor, self.0.patch]
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp_precedence(&other.0)
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.numbers(), &self.0.pre).hash(state);
    }
}

/// Reads a version without its prefix, or says what is wrong.
pub(super) fn parse(text: &str) -> Result<Key, &'static str> {
    ::semver::Version::parse(text)
        .map(Key)
        .map_err(|_| "it needs three numbers, as in `1.2.3`, `1.2.3-rc.1` or `1.2.3+7`")
}
