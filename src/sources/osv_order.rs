//! Orders the versions inside one advisory, so that its ranges begin before they end. What a runtime's versions mean is
//! its scheme's business; here nobody knows the scheme.

/// How versions are compared; the same for all of an advisory, so that the order is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// As semantic versions.
    Semver,
    /// By their numbers and words.
    Natural,
}

/// A version's place in the order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Semver(semver::Version),
    Natural(Vec<Part>),
}

/// A part of a version. The order of the variants makes `1.0rc1 < 1.0 < 1.0.1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Word(String),
    End,
    /// Digits without leading zeros; a longer number is a larger one.
    Number(usize, String),
}

impl Order {
    /// The order that all these versions have.
    pub(super) fn of<'a>(mut versions: impl Iterator<Item = &'a str>) -> Self {
        if versions.all(|version| semver::Version::parse(version).is_ok()) { Self::Semver } else { Self::Natural }
    }

    pub(super) fn to_key(self, version: &str) -> Key {
        match semver::Version::parse(version) {
            Ok(parsed) if self == Self::Semver => Key::Semver(parsed),
            _ => Key::Natural(to_parts(version)),
        }
    }
}

fn to_parts(version: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = version;
    while let Some(first) = rest.chars().next() {
        let is_same =
            |c: char| (c.is_ascii_digit(), c.is_alphabetic()) == (first.is_ascii_digit(), first.is_alphabetic());
        let (run, after) = rest.split_at(rest.find(|c| !is_same(c)).unwrap_or(rest.len()));
        if first.is_ascii_digit() {
            let digits = run.trim_start_matches('0');
            parts.push(Part::Number(digits.len(), digits.to_owned()));
        } else if first.is_alphabetic() {
            parts.push(Part::Word(run.to_lowercase()));
        }
        rest = after;
    }
    parts.push(Part::End);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_by_numbers_and_words() {
        for sorted in [
            &["1.0.0-0", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0", "1.2.0", "1.10.0"][..],
            &["3.9", "3.10rc1", "3.10", "3.10.1", "3.10.10", "4"],
            &["REL_9_6_1", "REL_16_2", "REL_17_BETA1", "REL_17_0"],
        ] {
            let order = Order::of(sorted.iter().copied());
            let mut keys: Vec<Key> = sorted.iter().map(|version| order.to_key(version)).collect();
            keys.reverse();
            keys.sort();
            assert_eq!(keys, sorted.iter().map(|version| order.to_key(version)).collect::<Vec<_>>());
        }
        assert_eq!(Order::of(["1.0.0", "1.0"].into_iter()), Order::Natural);
        assert_eq!(Order::Natural.to_key("1.01"), Order::Natural.to_key("1.1"));
    }
}
