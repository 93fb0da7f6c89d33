//! Results for programs: the documents `upshift/problems/1` and `upshift/versions/1`.

mod changes;
mod plans;
mod propose;
mod status;
mod update;

use std::collections::BTreeSet;

use anyhow::Result;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::finding::Finding;
use crate::model::advisory::{self, Advisory, Jump};
use crate::model::facts::{Line, Release, SourceState, VersionFacts};
use crate::model::id::{ComponentId, RuntimeId, VariantId};
use crate::model::problem::{Problem, Severity};
use crate::model::schema::{self, Day, Digest, Side, Word};
use crate::model::usage::Usage;
use crate::model::version::Version;
use crate::text::to_json;

pub use changes::{DiffsDocument, to_diffs_schema};
pub use plans::{PlanEntry, PlansDocument, to_plans_schema};
pub use propose::{
    DeadlineEntry, OutlookEntry, ProposalEntry, ProposalsDocument, ReasonEntry, SettledEntry, UsedEntry,
    to_proposals_schema,
};
pub use status::{StatusDocument, StatusTask, UpgradeEntry, to_status_schema};
pub use update::{BehindEntry, EndingEntry, FailureEntry, NewsEntry, SkippedEntry, UpdateDocument, to_update_schema};

/// The format of problems.
const PROBLEMS: &str = "upshift/problems/1";

/// The format of versions.
const VERSIONS: &str = "upshift/versions/1";

/// Makes the JSON Schema of problems.
#[must_use]
pub fn to_problems_schema() -> Value {
    schema::to_schema::<ProblemsDocument<'_>>(
        Side::Written,
        "problems",
        "Upshift problems",
        "What `upshift check --format json` prints: the problems of a catalog.",
    )
}

/// Makes the JSON Schema of the versions of a runtime.
#[must_use]
pub fn to_versions_schema() -> Value {
    schema::to_schema::<VersionsDocument>(
        Side::Written,
        "versions",
        "Upshift versions",
        "What `upshift versions RUNTIME --format json` prints: release lines and releases, oldest first.",
    )
}

#[derive(Serialize, JsonSchema)]
struct ProblemsDocument<'a> {
    /// The name and version of the format.
    #[schemars(extend("const" = PROBLEMS))]
    schema: &'static str,
    /// The problems, by place.
    problems: Vec<ProblemEntry<'a>>,
}

/// A problem.
#[derive(Serialize, JsonSchema)]
struct ProblemEntry<'a> {
    /// The stable name of this kind of problem.
    #[schemars(with = "Word")]
    code: &'a str,
    /// How much it weighs.
    severity: Severity,
    /// What is wrong.
    message: &'a str,
    /// The file or folder, below the root of the repository.
    file: &'a str,
    /// The line, from 1.
    line: Option<u32>,
    /// The column, from 1.
    column: Option<u32>,
    /// What to do about it.
    help: &'a [String],
    /// SHA-256 of what the problem is about; it stays when lines move or the message is worded anew.
    #[schemars(with = "Digest")]
    fingerprint: &'a str,
}

/// Writes problems as a document.
pub fn problems(problems: &[Problem], findings: &[Finding<'_>]) -> Result<String> {
    let known = |number: u32| (number > 0).then_some(number);
    let entries = problems.iter().zip(findings).map(|(problem, Finding { fingerprint, .. })| ProblemEntry {
        code: problem.code,
        severity: problem.severity,
        message: &problem.message,
        file: &problem.place.file,
        line: known(problem.place.line),
        column: known(problem.place.column),
        help: &problem.help,
        fingerprint,
    });
    to_json(&ProblemsDocument { schema: PROBLEMS, problems: entries.collect() })
}

/// The versions of a runtime: `upshift/versions/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VersionsDocument {
    /// The name and version of the format.
    #[schemars(extend("const" = VERSIONS))]
    schema: &'static str,
    /// The runtime.
    pub runtime: RuntimeId,
    /// The day for which support is told.
    #[schemars(with = "Option<Day>")]
    pub as_of: Option<Date>,
    /// Release lines, oldest first.
    pub lines: Vec<LineEntry>,
    /// The components that use the runtime and are on none of these lines: nobody knows, or upstream does not. Unknown where
    /// no component of the runtime was ever scanned.
    pub other_components: Option<Vec<ComponentId>>,
    /// Releases, oldest first.
    pub releases: Vec<ReleaseEntry>,
    /// Build flavours with releases of their own.
    pub variants: Vec<VariantEntry>,
    /// Known vulnerabilities, by id; unknown where no source of them was read.
    pub advisories: Option<Vec<AdvisoryEntry>>,
    /// What a jump between two versions means for known vulnerabilities, when one is asked about.
    pub jump: Option<JumpEntry>,
    /// Where sources disagree.
    pub conflicts: Vec<ConflictEntry>,
    /// The sources that were read, most trusted first.
    pub sources: Vec<SourceEntry>,
}

/// A build flavour.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VariantEntry {
    /// Its id.
    pub id: VariantId,
    /// Its newest release that is no pre-release.
    pub newest: Option<String>,
    /// The day of that release.
    #[schemars(with = "Option<Day>")]
    pub date: Option<Date>,
    /// Its releases, oldest first.
    pub releases: Vec<String>,
    /// The sources that were read, most trusted first.
    pub sources: Vec<SourceEntry>,
}

/// A known vulnerability.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AdvisoryEntry {
    /// Its id in the source.
    pub id: String,
    /// The names that others have for it.
    pub aliases: Vec<String>,
    /// What it is.
    pub summary: Option<String>,
    /// Where to read more.
    pub url: Option<String>,
    /// The releases that are the first without it, oldest first.
    pub fixed_in: Vec<String>,
    /// The source, by its name in the lock.
    pub source: String,
}

/// What a jump between two versions means for known vulnerabilities; unknown where no source of them was read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JumpEntry {
    /// The version before.
    pub from: String,
    /// The version after.
    pub to: String,
    /// Those that it fixes.
    pub fixed: Option<Vec<AdvisoryEntry>>,
    /// Those that affect both versions.
    pub still_affected: Option<Vec<AdvisoryEntry>>,
    /// Those that affect the version after only.
    pub newly_affected: Option<Vec<AdvisoryEntry>>,
}

impl JumpEntry {
    /// Judges a jump.
    #[must_use]
    pub fn new(facts: &VersionFacts, from: &Version, to: &Version) -> Self {
        let jump = facts.advisories.as_ref().map(|advisories| advisory::judge(advisories, from, to));
        let list = |pick: fn(&Jump<'_>) -> Vec<AdvisoryEntry>| jump.as_ref().map(pick);
        Self {
            from: from.to_string(),
            to: to.to_string(),
            fixed: list(|jump| jump.fixed.iter().copied().map(AdvisoryEntry::new).collect()),
            still_affected: list(|jump| jump.still_affected.iter().copied().map(AdvisoryEntry::new).collect()),
            newly_affected: list(|jump| jump.newly_affected.iter().copied().map(AdvisoryEntry::new).collect()),
        }
    }
}

/// A source that was read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SourceEntry {
    /// Its name in the lock.
    pub name: String,
    /// Where to read what it says.
    pub url: String,
    /// The day when it began to say what is recorded.
    #[schemars(with = "Day")]
    pub time: Date,
    /// The last day on which it answered, when it did not answer since.
    #[schemars(with = "Option<Day>")]
    pub stale: Option<Date>,
}

/// A release line.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LineEntry {
    /// The line.
    pub line: String,
    /// The day of its first release.
    #[schemars(with = "Option<Day>")]
    pub released: Option<Date>,
    /// The last day of active support.
    #[schemars(with = "Option<Day>")]
    pub support_ends: Option<Date>,
    /// The last day of any support.
    #[schemars(with = "Option<Day>")]
    pub eol: Option<Date>,
    /// Whether it is supported for longer than others.
    pub lts: Option<bool>,
    /// Its newest release.
    pub latest: Option<String>,
    /// The day of that release.
    #[schemars(with = "Option<Day>")]
    pub latest_date: Option<Date>,
    /// Whether it is supported on the day of the document.
    pub supported: Option<bool>,
    /// The components that are on it by their pins, by id; unknown where no component of the runtime was ever scanned.
    pub components: Option<Vec<ComponentId>>,
}

/// A release.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReleaseEntry {
    /// The version.
    pub version: String,
    /// The day of its release.
    #[schemars(with = "Option<Day>")]
    pub date: Option<Date>,
    /// Its line.
    pub line: String,
    /// Whether it is a beta or a candidate.
    pub prerelease: bool,
    /// Whether it fixes vulnerabilities, by a source or by the advisories; unknown where neither is recorded.
    pub security: Option<bool>,
}

/// A fact that two sources give differently.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ConflictEntry {
    /// What it is about.
    pub fact: String,
    /// What is believed.
    pub followed: SaidEntry,
    /// What another source says.
    pub other: SaidEntry,
}

/// A value and who says it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SaidEntry {
    /// The source.
    pub source: String,
    /// The value.
    pub value: String,
}

fn to_variant(id: &VariantId, facts: &VersionFacts) -> VariantEntry {
    let newest = facts.newest_stable();
    VariantEntry {
        id: id.clone(),
        newest: newest.map(|release| release.version.to_string()),
        date: newest.and_then(|release| release.date),
        releases: facts.releases.iter().map(|release| release.version.to_string()).collect(),
        sources: facts.sources.iter().map(to_source).collect(),
    }
}

impl AdvisoryEntry {
    /// Makes the entry of an advisory.
    #[must_use]
    pub fn new(advisory: &Advisory) -> Self {
        let mut fixes: Vec<&Version> = advisory.fixes().collect();
        fixes.sort();
        Self {
            id: advisory.id.clone(),
            aliases: advisory.aliases.clone(),
            summary: advisory.summary.clone(),
            url: advisory.url.clone(),
            fixed_in: fixes.iter().map(ToString::to_string).collect(),
            source: advisory.source.clone(),
        }
    }
}

fn to_source(source: &SourceState) -> SourceEntry {
    SourceEntry { name: source.name.clone(), url: source.url.clone(), time: source.time, stale: source.stale }
}

impl VersionsDocument {
    /// Makes the document of a runtime as of a day.
    #[must_use]
    pub fn new(runtime: &RuntimeId, as_of: Option<Date>, facts: &VersionFacts) -> Self {
        let line = |line: &Line| LineEntry {
            line: line.line.clone(),
            released: line.released,
            support_ends: line.support_ends,
            eol: line.eol,
            lts: line.lts,
            latest: line.latest.as_ref().map(ToString::to_string),
            latest_date: line.latest_date,
            supported: line.is_supported(as_of.unwrap_or(Date::MIN)),
            components: None,
        };
        let release = |release: &Release| ReleaseEntry {
            version: release.version.to_string(),
            date: release.date,
            line: release.line.clone(),
            prerelease: release.prerelease,
            security: release.security,
        };
        let said =
            |said: &crate::model::facts::Said| SaidEntry { source: said.source.clone(), value: said.value.clone() };
        Self {
            schema: VERSIONS,
            runtime: runtime.clone(),
            as_of,
            lines: facts.lines.iter().map(line).collect(),
            other_components: None,
            releases: facts.releases.iter().map(release).collect(),
            conflicts: facts
                .conflicts
                .iter()
                .map(|conflict| ConflictEntry {
                    fact: conflict.fact.clone(),
                    followed: said(&conflict.followed),
                    other: said(&conflict.other),
                })
                .collect(),
            jump: None,
            variants: facts.variants.iter().map(|(id, facts)| to_variant(id, facts)).collect(),
            advisories: facts.advisories.as_ref().map(|advisories| advisories.iter().map(AdvisoryEntry::new).collect()),
            sources: facts.sources.iter().map(to_source).collect(),
        }
    }

    /// Adds who is on what, where that is known.
    #[must_use]
    pub fn with_usage(mut self, usage: Option<&Usage>) -> Self {
        let list = |components: &BTreeSet<ComponentId>| components.iter().cloned().collect();
        for line in &mut self.lines {
            line.components = usage.map(|usage| usage.lines.get(&line.line).map(list).unwrap_or_default());
        }
        self.other_components = usage.map(|usage| list(&usage.others));
        self
    }

    /// Leaves out the releases of lines that are not supported.
    #[must_use]
    pub fn only_supported(mut self) -> Self {
        let supported: Vec<&String> =
            self.lines.iter().filter(|line| line.supported == Some(true)).map(|line| &line.line).collect();
        self.releases.retain(|release| supported.contains(&&release.line));
        self
    }
}
