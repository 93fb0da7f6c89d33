//! Facts about versions: what each source says, and what is believed when sources are taken together.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::advisory::{Advisory, AdvisoryFact};
use crate::model::id::VariantId;
use crate::model::image::{Image, ImageTags};
use crate::model::pins::Scans;
use crate::model::version::Version;

/// What one source says of one release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReleaseFact {
    /// The version, as upstream writes it less its prefix.
    pub version: String,
    /// The day of its release.
    pub date: Option<Date>,
    /// Whether it is a beta or a candidate.
    pub prerelease: Option<bool>,
    /// Whether it fixes a security fault.
    pub security: Option<bool>,
    /// Where upstream describes it.
    pub url: Option<String>,
}

/// What one source says of one release line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineFact {
    /// The line.
    pub line: String,
    /// The day of its first release; a day ahead is planned.
    pub released: Option<Date>,
    /// The last day of active support.
    pub support_ends: Option<Date>,
    /// The last day of any support.
    pub eol: Option<Date>,
    /// Whether support has ended, for sources that say so without a date.
    pub ended: Option<bool>,
    /// Whether it is supported for longer than others.
    pub lts: Option<bool>,
    /// Its newest release.
    pub latest: Option<String>,
    /// The day of that release.
    pub latest_date: Option<Date>,
    /// Where upstream describes it.
    pub url: Option<String>,
}

/// All that one source says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceFacts {
    /// Releases, in any order, each version once.
    pub releases: Vec<ReleaseFact>,
    /// Release lines, in any order, each line once.
    pub lines: Vec<LineFact>,
    /// Advisories, in any order, each id once.
    pub advisories: Vec<AdvisoryFact>,
    /// Entries that upstream sent and that could not be read, each with the reason.
    pub skipped: Vec<String>,
}

/// What is recorded from outside that the runbook of an upgrade may use.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// What is believed about the runtime's versions.
    pub versions: &'a VersionFacts,
    /// What was found in the repositories of components.
    pub scans: &'a Scans,
}

/// What is believed about a runtime's versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionFacts {
    /// Releases, oldest first.
    pub releases: Vec<Release>,
    /// Release lines, oldest first.
    pub lines: Vec<Line>,
    /// Known vulnerabilities by id; nothing when no source of them was read, and then nobody knows.
    pub advisories: Option<Vec<Advisory>>,
    /// The tags of container images, by each source of releases that reads some.
    pub images: Vec<ImageTags>,
    /// What is believed of the releases of each build flavour.
    pub variants: BTreeMap<VariantId, VersionFacts>,
    /// Where sources disagree: releases first, then lines, oldest first.
    pub conflicts: Vec<Conflict>,
    /// The sources that were read, most trusted first.
    pub sources: Vec<SourceState>,
    /// Those of them that know advisories, by name.
    pub advisory_sources: Vec<String>,
    /// Recorded statements that the scheme cannot read, each with its source and the reason.
    pub skipped: Vec<String>,
}

/// A source that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceState {
    /// Its name in the lock.
    pub name: String,
    /// Where people find what it says.
    pub url: String,
    /// The day when it began to say what is recorded.
    pub time: Date,
    /// The last day on which it answered, when it did not answer since.
    pub stale: Option<Date>,
}

/// A release as it is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The version, spelled as the most trusted source spells it.
    pub version: Version,
    /// The line that it belongs to, as the sources name it.
    pub line: String,
    /// The day of its release.
    pub date: Option<Date>,
    /// The source of the date.
    pub date_source: Option<String>,
    /// The most trusted source that knows the release.
    pub source: String,
    /// Whether it is a beta or a candidate, by a source or by its version.
    pub prerelease: bool,
    /// Whether it fixes a security fault: a source says so, or an advisory names it as the first version without it.
    pub security: Option<bool>,
    /// Where upstream describes it.
    pub url: Option<String>,
}

/// A release line as it is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The line.
    pub line: String,
    /// The day of its first release.
    pub released: Option<Date>,
    /// The last day of active support.
    pub support_ends: Option<Date>,
    /// The last day of any support.
    pub eol: Option<Date>,
    /// Whether support has ended, where a source says so.
    pub ended: Option<bool>,
    /// Whether it is supported for longer than others.
    pub lts: Option<bool>,
    /// Its newest release.
    pub latest: Option<Version>,
    /// The day of that release.
    pub latest_date: Option<Date>,
    /// Where upstream describes it.
    pub url: Option<String>,
    /// The most trusted source that describes the line; nothing when it only shows in the list of releases.
    pub source: Option<String>,
    /// Who says what.
    pub sources: LineSources,
}

/// The source of each fact of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineSources {
    /// Who gives the day of the first release.
    pub released: Option<String>,
    /// Who gives the end of active support.
    pub support_ends: Option<String>,
    /// Who gives the end of life.
    pub eol: Option<String>,
    /// Who says that support has ended, or has not.
    pub ended: Option<String>,
    /// Who says whether it is supported for longer.
    pub lts: Option<String>,
    /// Who knows the newest release.
    pub latest: Option<String>,
    /// Who gives the day of the newest release.
    pub latest_date: Option<String>,
}

impl Line {
    /// Says whether the line has begun on a day; sources name lines ahead of their first release.
    #[must_use]
    pub fn has_begun(&self, on: Date) -> bool {
        self.released.is_none_or(|released| released <= on)
    }

    /// Says whether the line is supported on a day; unknown when no source says.
    ///
    /// A line is supported on its last day. (endoflife.date reads it so; others count that day out.) Before its first
    /// release it is not.
    #[must_use]
    pub fn is_supported(&self, on: Date) -> Option<bool> {
        match (self.eol, self.ended) {
            _ if !self.has_begun(on) => Some(false),
            (Some(eol), _) => Some(on <= eol),
            (None, Some(ended)) => Some(!ended),
            (None, None) => None,
        }
    }
}

/// A fact that two sources give differently.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// What it is about: `date of 1.20.1`, `latest of 1.26`.
    pub fact: String,
    /// What is believed.
    pub followed: Said,
    /// What another source says.
    pub other: Said,
}

/// A value and who says it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// The source, by its name in the lock.
    pub source: String,
    /// The value.
    pub value: String,
}

impl VersionFacts {
    /// Finds a release.
    #[must_use]
    pub fn find(&self, version: &Version) -> Option<&Release> {
        let at = self.releases.binary_search_by(|release| release.version.cmp(version)).ok()?;
        self.releases.get(at)
    }

    /// Finds a line.
    #[must_use]
    pub fn find_line(&self, line: &str) -> Option<&Line> {
        self.lines.iter().find(|known| known.line == line)
    }

    /// The line of a version, by the name that the sources have for it: some say `8.0`, others `8`.
    #[must_use]
    pub fn line_of(&self, version: &Version) -> String {
        version.line_among(|line| self.find_line(line).is_some())
    }

    /// The newest release that is neither beta nor candidate.
    #[must_use]
    pub fn newest_stable(&self) -> Option<&Release> {
        self.releases.iter().rev().find(|release| !release.prerelease)
    }

    /// The newest release of a line that is neither beta nor candidate.
    #[must_use]
    pub fn latest_in(&self, line: &str) -> Option<&Release> {
        self.releases.iter().rev().find(|release| !release.prerelease && release.line == line)
    }

    /// The newest release of a version's line, when it is newer than the version.
    #[must_use]
    pub fn find_newer(&self, version: &Version) -> Option<&Release> {
        self.latest_in(&self.line_of(version)).filter(|newest| newest.version > *version)
    }

    /// Says whether a container image is published under a tag (`docker.io/library/golang:1.27.0-alpine`), by what is
    /// recorded of it for the runtime or one of its build flavours.
    ///
    /// Unknown where no source of the image is recorded, where none of them would record such a tag, and for an image that
    /// is named by its digest.
    #[must_use]
    pub fn is_published(&self, image: &str) -> Option<bool> {
        let (image, tag) = Image::parse_tagged(image)?;
        let all = self.images.iter().chain(self.variants.values().flat_map(|variant| &variant.images));
        // Where one source has the tag, it is there, whatever others say.
        all.filter(|tags| tags.image == image).filter_map(|tags| tags.lists(tag)).max()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::model::source::Pattern;
    use crate::model::version::Scheme;

    fn facts(versions: &[&str]) -> VersionFacts {
        let release = |text: &&str| {
            let version = Scheme::Go.parse(text).unwrap();
            Release {
                line: version.line(),
                prerelease: version.is_prerelease(),
                version,
                date: None,
                date_source: None,
                source: "go".to_owned(),
                security: None,
                url: None,
            }
        };
        VersionFacts { releases: versions.iter().map(release).collect(), ..VersionFacts::default() }
    }

    #[test]
    fn a_line_is_supported_on_its_last_day() {
        let day = date(2026, 8, 19);
        let line = |eol, ended| Line { eol, ended, ..Line::default() };
        for (line, on, expected) in [
            (line(Some(day), Some(false)), day, Some(true)),
            (line(Some(day), Some(false)), date(2026, 8, 20), Some(false)),
            (line(None, Some(false)), day, Some(true)),
            (line(None, Some(true)), day, Some(false)),
            (line(None, None), day, None),
        ] {
            assert_eq!(line.is_supported(on), expected);
        }
        let ahead = Line { released: Some(date(2026, 8, 20)), ..line(Some(date(2030, 1, 1)), None) };
        assert_eq!([ahead.is_supported(day), ahead.is_supported(date(2026, 8, 20))], [Some(false), Some(true)]);
    }

    #[test]
    fn finds_a_release_under_any_spelling() {
        let facts = facts(&["1.20", "1.20.1", "1.26.7", "1.27rc1"]);
        let found = facts.find(&Scheme::Go.parse("go1.20.0").unwrap()).unwrap();
        assert_eq!(found.version.as_str(), "1.20");
        assert_eq!(facts.find(&Scheme::Go.parse("1.20.2").unwrap()), None);
    }

    #[test]
    fn an_image_is_published_when_a_recorded_tag_says_so() {
        let tags = |image: &str, pattern: Option<&str>, versions: &[&str]| ImageTags {
            image: Image::parse(image),
            pattern: pattern.map(|pattern| Pattern::parse(pattern).unwrap()),
            prereleases: pattern.is_none(),
            scheme: Scheme::Go,
            versions: versions.iter().map(|version| (*version).to_owned()).collect(),
        };
        let fips = VersionFacts {
            images: vec![tags("registry.example.com:5000/go-fips", Some(r"^v(?<version>.+)-fips$"), &["1.26.7"])],
            ..VersionFacts::default()
        };
        let facts = VersionFacts {
            images: vec![
                tags("golang", None, &["1.26.7", "1.26.7-alpine", "1.27rc1"]),
                tags("acme/golang", Some(r"^(?<version>[\d.]+)-slim$"), &["1.26.7"]),
                tags("docker.io/acme/golang", Some(r"^(?<version>[\d.]+)-(slim|full)$"), &["1.27.0"]),
            ],
            variants: BTreeMap::from([(VariantId::new("fips"), fips)]),
            ..VersionFacts::default()
        };
        for (image, expected) in [
            ("golang:1.26.7", Some(true)),
            ("golang:1.26.7-alpine", Some(true)),
            ("docker.io/library/golang:1.27rc1", Some(true)),
            ("index.docker.io/golang:1.26.7", Some(true)),
            ("golang:1.27.0", Some(false)),
            ("golang:1.27.0-alpine", Some(false)),
            ("library/golang:1.26", Some(false)),
            // These are no versions, so they would not have been recorded.
            ("golang", None),
            ("golang:latest", None),
            ("golang:alpine", None),
            ("golang:1.26.7@sha256:0123", None),
            // Another image, another registry.
            ("golang-fips:1.26.7", None),
            ("ghcr.io/library/golang:1.26.7", None),
            ("localhost:5000/library/golang:1.26.7", None),
            // Two sources of one image.
            ("acme/golang:1.26.7-slim", Some(true)),
            ("acme/golang:1.27.0-slim", Some(true)),
            ("acme/golang:1.26.7-full", Some(false)),
            ("acme/golang:1.26.8-slim", Some(false)),
            ("acme/golang:1.26.7", None),
            // One of a flavour, behind a port.
            ("registry.example.com:5000/go-fips:v1.26.7-fips", Some(true)),
            ("registry.example.com:5000/go-fips:v1.27.0-fips", Some(false)),
            ("registry.example.com:5000/go-fips:v1.27rc1-fips", None),
            ("registry.example.com:5000/go-fips:1.26.7", None),
            ("registry.example.com/go-fips:v1.26.7-fips", None),
            ("", None),
        ] {
            assert_eq!(facts.is_published(image), expected, "{image}");
        }
        assert_eq!(VersionFacts::default().is_published("golang:1.26.7"), None);
    }

    #[test]
    fn the_newest_release_is_no_candidate() {
        let facts = facts(&["1.20", "1.26.6", "1.26.7", "1.27rc1"]);
        assert_eq!(facts.newest_stable().unwrap().version.as_str(), "1.26.7");
        assert_eq!(facts.latest_in("1.26").unwrap().version.as_str(), "1.26.7");
        assert_eq!(facts.latest_in("1.27"), None);
    }
}
