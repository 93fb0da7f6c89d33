//! Advisories: known vulnerabilities of a runtime, the versions that they affect, and what a jump between two versions
//! means for them.

use crate::model::version::Version;

/// What one source says of one vulnerability.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdvisoryFact {
    /// Its id in the source: `GO-2026-4602`.
    pub id: String,
    /// The names that others have for it: `CVE-2026-27139`.
    pub aliases: Vec<String>,
    /// What it is, in one line.
    pub summary: Option<String>,
    /// Where upstream describes it.
    pub url: Option<String>,
    /// Upstream's mark of this state of the record, by which a changed record is known; as upstream writes it.
    pub modified: Option<String>,
    /// Whether upstream took it back: it is kept so that it is not asked for again, and counts for nothing.
    pub withdrawn: bool,
    /// The versions that it affects; one range is enough.
    pub affected: Vec<RangeFact>,
}

/// Versions that are affected, in the spelling of the runtime's scheme.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RangeFact {
    /// The first version that is affected; nothing: from the start.
    pub introduced: Option<String>,
    /// The first version after it that is not.
    pub fixed: Option<String>,
    /// The last version that is, where nobody names a first one that is not.
    pub last: Option<String>,
}

/// A vulnerability as it is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advisory {
    /// Its id in the source that was followed.
    pub id: String,
    /// The names that others have for it, sorted.
    pub aliases: Vec<String>,
    /// What it is, in one line.
    pub summary: Option<String>,
    /// Where upstream describes it.
    pub url: Option<String>,
    /// The source that was followed.
    pub source: String,
    /// The versions that it affects.
    pub affected: Vec<AffectedRange>,
}

/// Versions that are affected: from `introduced` on, before `fixed`, up to `last`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AffectedRange {
    /// The first version that is affected; nothing: from the start.
    pub introduced: Option<Version>,
    /// The first version after it that is not.
    pub fixed: Option<Version>,
    /// The last version that is.
    pub last: Option<Version>,
}

impl AffectedRange {
    fn holds(&self, version: &Version) -> bool {
        self.introduced.as_ref().is_none_or(|first| first <= version)
            && self.fixed.as_ref().is_none_or(|fixed| version < fixed)
            && self.last.as_ref().is_none_or(|last| version <= last)
    }
}

impl Advisory {
    /// Says whether a version is affected: whether one of the ranges holds it.
    #[must_use]
    pub fn affects(&self, version: &Version) -> bool {
        self.affected.iter().any(|range| range.holds(version))
    }

    /// The versions that are the first without it, each on its line.
    pub fn fixes(&self) -> impl Iterator<Item = &Version> {
        self.affected.iter().filter_map(|range| range.fixed.as_ref())
    }
}

/// What a jump from one version to another means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jump<'a> {
    /// Affect the version before, and not the one after.
    pub fixed: Vec<&'a Advisory>,
    /// Affect both.
    pub still_affected: Vec<&'a Advisory>,
    /// Affect the version after, and not the one before.
    pub newly_affected: Vec<&'a Advisory>,
}

/// Judges a jump. Each list is in the order of the advisories.
#[must_use]
pub fn judge<'a>(advisories: &'a [Advisory], from: &Version, to: &Version) -> Jump<'a> {
    let mut jump = Jump::default();
    for advisory in advisories {
        match (advisory.affects(from), advisory.affects(to)) {
            (true, false) => jump.fixed.push(advisory),
            (true, true) => jump.still_affected.push(advisory),
            (false, true) => jump.newly_affected.push(advisory),
            (false, false) => {}
        }
    }
    jump
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::version::Scheme;

    fn version(text: &str) -> Version {
        Scheme::Go.parse(text).unwrap()
    }

    fn advisory(id: &str, ranges: &[(&str, &str)]) -> Advisory {
        let some = |text: &str| (!text.is_empty()).then(|| version(text));
        let affected = ranges.iter().map(|(introduced, fixed)| AffectedRange {
            introduced: some(introduced),
            fixed: some(fixed),
            last: None,
        });
        Advisory {
            id: id.to_owned(),
            aliases: Vec::new(),
            summary: None,
            url: None,
            source: "go-vulndb".to_owned(),
            affected: affected.collect(),
        }
    }

    #[test]
    fn a_range_holds_its_first_version_and_not_the_fixed_one() {
        let known = advisory("A", &[("", "1.25.8"), ("1.26", "1.26.1")]);
        for (text, expected) in [
            ("1.20", true),
            ("1.25.7", true),
            ("1.25.8", false),
            ("1.26rc1", true),
            ("1.26.0", true),
            ("1.26.1", false),
        ] {
            assert_eq!(known.affects(&version(text)), expected, "{text}");
        }
        let range = AffectedRange { last: Some(version("1.20.3")), ..AffectedRange::default() };
        assert!(range.holds(&version("1.20.3")) && !range.holds(&version("1.20.4")));
        assert!(!advisory("none", &[]).affects(&version("1.26.0")));
    }

    #[test]
    fn a_jump_fixes_keeps_and_brings() {
        let all = [
            advisory("fixed", &[("", "1.26.6")]),
            advisory("kept", &[("", "")]),
            advisory("new", &[("1.26.6", "")]),
            advisory("gone", &[("", "1.20")]),
        ];
        let ids = |list: &[&Advisory]| list.iter().map(|advisory| advisory.id.clone()).collect::<Vec<_>>();
        let jump = judge(&all, &version("1.26.5"), &version("1.26.6"));
        assert_eq!(
            (ids(&jump.fixed), ids(&jump.still_affected), ids(&jump.newly_affected)),
            (vec!["fixed".to_owned()], vec!["kept".to_owned()], vec!["new".to_owned()])
        );
    }
}
