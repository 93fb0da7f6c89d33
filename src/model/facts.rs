//! Facts about versions: what each source says, and what is believed when sources are taken together.

use jiff::civil::Date;

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
}

/// What one source says of one release line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineFact {
    /// The line.
    pub line: String,
    /// The day of its first release.
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
}

/// All that one source says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceFacts {
    /// Releases, in any order.
    pub releases: Vec<ReleaseFact>,
    /// Release lines, in any order.
    pub lines: Vec<LineFact>,
    /// Entries that could not be read, each with the reason.
    pub skipped: Vec<String>,
}

/// What is believed about a runtime's versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionFacts {
    /// Releases, oldest first.
    pub releases: Vec<Release>,
    /// Release lines, oldest first.
    pub lines: Vec<Line>,
    /// Where sources disagree.
    pub conflicts: Vec<Conflict>,
}

/// A release as it is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The version, spelled as the most trusted source spells it.
    pub version: Version,
    /// The day of its release, and who says so.
    pub date: Option<Date>,
    /// The source of the date.
    pub date_source: Option<String>,
    /// The most trusted source that knows the release.
    pub source: String,
    /// Whether it is a beta or a candidate.
    pub prerelease: bool,
}

/// A release line as it is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The most trusted source that describes the line.
    pub source: Option<String>,
}

impl Line {
    /// Says whether the line is supported on a day; unknown when no source says.
    ///
    /// A line is supported on its last day. (endoflife.date reads it so; others count that day out.)
    #[must_use]
    pub fn is_supported(&self, on: Date) -> Option<bool> {
        match (self.eol, self.ended) {
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
        self.releases.binary_search_by(|release| release.version.cmp(version)).ok().map(|at| &self.releases[at])
    }

    /// Finds a line.
    #[must_use]
    pub fn find_line(&self, line: &str) -> Option<&Line> {
        self.lines.iter().find(|known| known.line == line)
    }

    /// The newest release that is neither beta nor candidate.
    #[must_use]
    pub fn newest_stable(&self) -> Option<&Release> {
        self.releases.iter().rev().find(|release| !release.prerelease)
    }
}
