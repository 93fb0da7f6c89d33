//! Ranges of versions: turns `>=1.25, <1.27 || 1.20.x` into a test of versions, by the scheme's order alone.

use std::cmp::Ordering;
use std::fmt;

use super::key::Number;
use super::{LONGEST_VERSION, Scheme, Version, VersionError, check_length};
use crate::model::quote::quote;

/// A set of versions of one scheme.
///
/// - `>= > <= < =` before a full version compare by the scheme's order; `1.26.5` alone means exactly that version.
/// - One or two numbers (`1.26`, `1`), and any count before `.x` or `.*` (`1.26.x`, `27.3.4.*`), stand for all versions that start so, with their
///   pre-releases: `1.26` is the whole line, `>1.26` begins with the next one, `<1.26` ends before its first beta.
/// - A comma or a space between terms means that all must hold, `||` that one side must; `*` is every version.
/// - A pre-release is in a range whenever its place in the order is: `1.27rc1` is in `<1.27.0`, but not in `<1.27`.
///
/// A version of another scheme is in no range.
#[derive(Clone, PartialEq, Eq)]
pub struct VersionRange {
    text: String,
    scheme: Scheme,
    /// Alternatives, each a list of terms that all hold.
    any: Vec<Vec<Term>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    comparator: Comparator,
    bound: Bound,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparator {
    Equal,
    Above,
    AtLeast,
    Below,
    AtMost,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Bound {
    Exact(Version),
    /// The leading numbers; none of them is every version.
    Start(Vec<Number>),
}

impl VersionRange {
    /// The range as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Says whether a version lies in the range.
    #[must_use]
    pub fn contains(&self, version: &Version) -> bool {
        self.side_of(version) == Some(Ordering::Equal)
    }

    /// On which side of the range a version lies: `Less` below all of it, `Equal` within, `Greater` above all of it.
    /// Nothing for one in a gap between alternatives, and for one of another scheme.
    #[must_use]
    pub fn side_of(&self, version: &Version) -> Option<Ordering> {
        if version.scheme() != self.scheme {
            return None;
        }
        let sides: Vec<Option<Ordering>> = self.any.iter().map(|terms| find_side(terms, version)).collect();
        if sides.contains(&Some(Ordering::Equal)) {
            return Some(Ordering::Equal);
        }
        let (first, others) = sides.split_first()?;
        first.filter(|_| others.iter().all(|side| side == first))
    }
}

/// On which side of what all terms hold together a version lies. One that is too low for one term and too high for
/// another lies on none: nothing is between them.
fn find_side(terms: &[Term], version: &Version) -> Option<Ordering> {
    let mut outside = terms.iter().map(|term| term.side_of(version)).filter(|side| *side != Ordering::Equal);
    let Some(first) = outside.next() else { return Some(Ordering::Equal) };
    outside.all(|side| side == first).then_some(first)
}

impl Term {
    /// `Equal` where the version is as the term says.
    fn side_of(&self, version: &Version) -> Ordering {
        let order = match &self.bound {
            Bound::Exact(bound) => version.cmp(bound),
            Bound::Start(numbers) => version.key.numbers().take(numbers.len()).cmp(numbers.iter().copied()),
        };
        match (self.comparator, order) {
            (Comparator::Equal, order) => order,
            (Comparator::Above | Comparator::AtLeast, Ordering::Less) => Ordering::Less,
            (Comparator::Above, Ordering::Equal) => Ordering::Less,
            (Comparator::Below | Comparator::AtMost, Ordering::Greater) => Ordering::Greater,
            (Comparator::Below, Ordering::Equal) => Ordering::Greater,
            _ => Ordering::Equal,
        }
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme, self.text)
    }
}

/// The versions that begin with some numbers.
pub(super) fn parse_line(scheme: Scheme, text: &str) -> Option<VersionRange> {
    check_length(text).ok()?;
    let bare = scheme.to_usual_spelling(text);
    let bound = Bound::Start((scheme.rules().parse_start)(&bare)?);
    let any = vec![vec![Term { comparator: Comparator::Equal, bound }]];
    Some(VersionRange { text: format!("{bare}.x"), scheme, any })
}

pub(super) fn parse(scheme: Scheme, text: &str) -> Result<VersionRange, VersionError> {
    let fail = |why: &str| VersionError::Range { text: text.to_owned(), why: why.to_owned() };
    if text.len() > 4 * LONGEST_VERSION {
        return Err(fail("it is too long"));
    }
    let mut any = Vec::new();
    for part in text.split("||") {
        let mut terms = Vec::new();
        let mut rest = part.trim_matches(is_joint);
        if rest.is_empty() {
            return Err(fail("there is no version in it"));
        }
        while !rest.is_empty() {
            let (comparator, after) = split_comparator(rest);
            let end = after.find(|c: char| is_joint(c) || matches!(c, '<' | '>' | '=')).unwrap_or(after.len());
            let (bound, next) = after.split_at(end);
            if bound.is_empty() {
                return Err(fail("a comparator needs a version after it"));
            }
            terms.push(Term { comparator, bound: parse_bound(scheme, bound).map_err(|why| fail(&why))? });
            rest = next.trim_start_matches(is_joint);
        }
        let exact = |term: &&Term| term.comparator == Comparator::Equal && term.bound != Bound::Start(Vec::new());
        if terms.iter().filter(exact).count() > 1 {
            return Err(fail("no version is two things at once; write `||` for one or the other"));
        }
        any.push(terms);
    }
    Ok(VersionRange { text: text.trim().to_owned(), scheme, any })
}

fn is_joint(c: char) -> bool {
    c == ',' || c == ' ' || c == '\t'
}

fn split_comparator(text: &str) -> (Comparator, &str) {
    let all = [
        (">=", Comparator::AtLeast),
        ("<=", Comparator::AtMost),
        (">", Comparator::Above),
        ("<", Comparator::Below),
        ("=", Comparator::Equal),
    ];
    for (sign, comparator) in all {
        if let Some(rest) = text.strip_prefix(sign) {
            return (comparator, rest.trim_start_matches([' ', '\t']));
        }
    }
    (Comparator::Equal, text)
}

fn parse_bound(scheme: Scheme, text: &str) -> Result<Bound, String> {
    if let Some(foreign) = text.chars().find(|c| matches!(c, '^' | '~' | '!' | '|')) {
        return Err(format!("`{foreign}` is not known here; use `>= > <= < =`, `1.26.x` and `||`"));
    }
    let bare = scheme.to_usual_spelling(text);
    if bare == "*" || bare == "x" {
        return Ok(Bound::Start(Vec::new()));
    }
    let start = bare.strip_suffix(".x").or_else(|| bare.strip_suffix(".*"));
    let is_whole = start.is_some();
    match (scheme.rules().parse_start)(start.unwrap_or(&bare)) {
        Some(numbers) if is_whole || numbers.len() <= 2 => Ok(Bound::Start(numbers)),
        _ => scheme.parse(text).map(Bound::Exact).map_err(|error| match error {
            VersionError::Version { why, .. } => format!("{}: {why}", quote(text)),
            other => other.to_string(),
        }),
    }
}
