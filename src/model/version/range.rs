//! Ranges of versions: comparators joined by spaces or commas ("and"), alternatives by `||` ("or").

use super::go::parse_number;
use super::{Scheme, Version, VersionError, shorten};

/// A range of versions of one scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRange {
    alternatives: Vec<Vec<Comparator>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Comparator {
    relation: Relation,
    bound: Bound,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Bound {
    /// The first numbers of a version: none for any, one for a major version, two for a line.
    Prefix(Vec<u64>),
    Version(Version),
}

impl VersionRange {
    /// Says whether a version lies in the range.
    #[must_use]
    pub fn contains(&self, version: &Version) -> bool {
        self.alternatives.iter().any(|all| all.iter().all(|comparator| comparator.holds(version)))
    }
}

impl Comparator {
    fn holds(&self, version: &Version) -> bool {
        let order = match &self.bound {
            Bound::Version(bound) => version.cmp(bound),
            Bound::Prefix(prefix) => version.parts()[..prefix.len()].cmp(prefix),
        };
        match self.relation {
            Relation::Less => order.is_lt(),
            Relation::LessOrEqual => order.is_le(),
            Relation::Equal => order.is_eq(),
            Relation::GreaterOrEqual => order.is_ge(),
            Relation::Greater => order.is_gt(),
        }
    }
}

/// Reads a range.
pub fn parse(scheme: Scheme, text: &str) -> Result<VersionRange, VersionError> {
    let error = || VersionError {
        text: shorten(text),
        scheme,
        help: "write a range as `>=1.21 <1.27`, `1.26.x` or `1.25 || 1.26`",
    };
    if text.len() > 1_000 {
        return Err(error());
    }
    let alternatives = text.split("||").map(|all| {
        let words: Vec<&str> = all.split([' ', ',']).filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return Err(error());
        }
        words.into_iter().map(|word| parse_comparator(scheme, word).ok_or_else(error)).collect()
    });
    Ok(VersionRange { alternatives: alternatives.collect::<Result<_, _>>()? })
}

fn parse_comparator(scheme: Scheme, word: &str) -> Option<Comparator> {
    let relations = [
        (">=", Relation::GreaterOrEqual),
        ("<=", Relation::LessOrEqual),
        (">", Relation::Greater),
        ("<", Relation::Less),
        ("=", Relation::Equal),
    ];
    let found = relations.iter().find_map(|(sign, relation)| Some((*relation, word.strip_prefix(sign)?)));
    let (relation, text) = found.unwrap_or((Relation::Equal, word));
    let bound = match parse_prefix(text) {
        Some(prefix) => Bound::Prefix(prefix),
        None => Bound::Version(scheme.parse(text).ok()?),
    };
    Some(Comparator { relation, bound })
}

/// Reads `*`, `1`, `1.x`, `1.26`, `1.26.x` and `1.26.*`.
fn parse_prefix(text: &str) -> Option<Vec<u64>> {
    let parts: Vec<&str> = text.split('.').collect();
    let named = parts.iter().take_while(|part| !matches!(**part, "x" | "*")).count();
    let is_open = named < parts.len();
    let open_at_end = parts[named..].len() <= 1;
    if parts.len() > 3 || !open_at_end || (!is_open && parts.len() > 2) {
        return None;
    }
    parts[..named].iter().map(|part| parse_number(part)).collect()
}
