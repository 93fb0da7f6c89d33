//! Reads the text of a lock; the only place that knows its shape as TOML reads it.

mod pins;

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use toml::Spanned;
use toml::value::Datetime;

use pins::RawScan;

use super::{Days, FORMAT, LARGEST_LOCK, Lock, LockError, Record, RuntimeLock};
use crate::model::advisory::{AdvisoryFact, RangeFact};
use crate::model::facts::{Conflict, LineFact, ReleaseFact, Said, SourceFacts};
use crate::model::id::{RuntimeId, VariantId, find_fault};
use crate::model::quote::{clean, quote};
use crate::model::schema::{self, Side};

/// The one key that every format has. It is read alone where the whole cannot be read, because a newer format may differ
/// in all else.
#[derive(Deserialize)]
struct Head {
    format: Spanned<i64>,
}

/// Recorded facts.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawLock {
    /// The version of the format.
    #[schemars(extend("const" = FORMAT))]
    format: i64,
    /// The day on which each section was last asked for.
    #[serde(default)]
    days: RawDays,
    /// What each source said of each runtime, by the id of the runtime.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, RawRuntime>")]
    runtimes: BTreeMap<Spanned<String>, RawRuntime>,
    /// What was found in the repository of each component that was ever scanned, by the id of the component.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, RawScan>")]
    pins: BTreeMap<Spanned<String>, RawScan>,
}

/// Days of sections.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawDays {
    /// The day on which releases and lines were last asked for.
    versions: Option<Day>,
    /// The day on which repositories were last looked at for pins.
    pins: Option<Day>,
}

/// What was said of a runtime.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawRuntime {
    /// Where sources disagree.
    #[serde(default)]
    conflicts: Vec<RawConflict>,
    /// The sources, by name. Example: `endoflife:go`.
    sources: BTreeMap<String, RawSource>,
    /// Release lines, by name; for each, what every source said.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, BTreeMap<String, RawLine>>")]
    lines: BTreeMap<String, BTreeMap<Spanned<String>, RawLine>>,
    /// Releases, by version; for each, what every source said.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, BTreeMap<String, RawRelease>>")]
    releases: BTreeMap<String, BTreeMap<Spanned<String>, RawRelease>>,
    /// Advisories, by id; for each, what every source said.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, BTreeMap<String, RawAdvisory>>")]
    advisories: BTreeMap<String, BTreeMap<Spanned<String>, RawAdvisory>>,
    /// Build flavours with releases of their own, by id; they have no flavours themselves.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, RawRuntime>")]
    variants: BTreeMap<Spanned<String>, RawRuntime>,
}

/// A source and its last answer.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawSource {
    /// Its address.
    url: String,
    /// The day on which it last said something else than before.
    time: Day,
    /// SHA-256 of what it said, in lower-case hexadecimal digits.
    #[schemars(with = "String", regex(pattern = "^[0-9a-f]{64}$"))]
    sha256: Spanned<String>,
    /// The mark by which its server knows the answer; of several answers, the SHA-256 of their marks.
    etag: Option<String>,
    /// Tells how the answer was read: by which options and reader. Nobody knows, where it is missing.
    #[serde(default)]
    reading: String,
    /// The last day on which it answered, when it did not answer since.
    stale: Option<Day>,
}

/// What a source said of a release line.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawLine {
    /// The day of its first release.
    released: Option<Day>,
    /// The last day of active support.
    support_ends: Option<Day>,
    /// The last day of any support.
    eol: Option<Day>,
    /// Whether support has ended, where no day is known.
    ended: Option<bool>,
    /// Whether it is supported for longer than others.
    lts: Option<bool>,
    /// Its newest release.
    latest: Option<String>,
    /// The day of that release.
    latest_date: Option<Day>,
    /// Where to read more.
    url: Option<String>,
}

/// What a source said of a release.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawRelease {
    /// The day of its release.
    date: Option<Day>,
    /// Whether it is a beta or a candidate.
    prerelease: Option<bool>,
    /// Whether it fixes vulnerabilities.
    security: Option<bool>,
    /// Where to read more.
    url: Option<String>,
}

/// What a source said of a vulnerability.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawAdvisory {
    /// The names that others have for it. Example: `CVE-2026-27139`.
    #[serde(default)]
    aliases: Vec<String>,
    /// What it is.
    summary: Option<String>,
    /// Where to read more.
    url: Option<String>,
    /// Upstream's mark of this state of the record.
    modified: Option<String>,
    /// Whether upstream took it back.
    #[serde(default)]
    withdrawn: bool,
    /// The versions that it affects; one range is enough.
    #[serde(default)]
    affected: Vec<RawRange>,
}

/// Versions that are affected.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawRange {
    /// The first version that is affected; from the start, when missing.
    introduced: Option<String>,
    /// The first version after it that is not.
    fixed: Option<String>,
    /// The last version that is.
    last: Option<String>,
}

/// A fact that two sources give differently.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawConflict {
    /// What it is about.
    fact: String,
    /// What is believed.
    followed: RawSaid,
    /// What another source says.
    other: RawSaid,
}

/// A value and who says it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawSaid {
    /// The source.
    source: String,
    /// The value.
    value: String,
}

/// A TOML date without a time.
#[derive(Clone, Copy)]
struct Day(Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let said = Datetime::deserialize(deserializer)?;
        let (Some(date), None) = (said.date, said.time) else {
            return Err(D::Error::custom("expected a day without a time"));
        };
        let fail = || D::Error::custom("there is no such day");
        let year = i16::try_from(date.year).map_err(|_| fail())?;
        let (month, day) = (i8::try_from(date.month).map_err(|_| fail())?, i8::try_from(date.day).map_err(|_| fail())?);
        Date::new(year, month, day).map(Self).map_err(|_| fail())
    }
}

fn day(day: Option<Day>) -> Option<Date> {
    day.map(|day| day.0)
}

impl JsonSchema for Day {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        schema::Day::json_schema(generator)
    }
}

/// Makes the JSON Schema of locks.
pub(super) fn to_schema() -> Value {
    schema::to_schema::<RawLock>(
        Side::Read,
        "lock",
        "Upshift lock",
        "`upshift.lock`, which is TOML: what each source said of each runtime, which pins were found in repositories, and when. Written by the program alone.",
    )
}

pub(super) fn parse(text: &str) -> Result<Lock, LockError> {
    if text.len() > LARGEST_LOCK {
        return Err(LockError::TooLarge(text.len()));
    }
    let place = Place { text };
    let raw = match toml::from_str::<RawLock>(text) {
        Ok(raw) if raw.format == FORMAT => raw,
        fault => {
            let head: Head = toml::from_str(text).map_err(|error| place.to_error(&error))?;
            return Err(match (*head.format.get_ref(), fault) {
                (FORMAT, Err(error)) => place.to_error(&error),
                (newer, _) if newer > FORMAT => LockError::Newer(newer),
                _ => place.fail(head.format.span().start, format!("the format is {FORMAT}")),
            });
        }
    };
    let mut runtimes = BTreeMap::new();
    for (id, raw) in raw.runtimes {
        if find_fault(id.get_ref()).is_some() {
            return Err(place.fail(id.span().start, format!("{} is not the id of a runtime", quote(id.get_ref()))));
        }
        runtimes.insert(RuntimeId::new(id.get_ref()), place.to_runtime(raw)?);
    }
    let days = Days { versions: day(raw.days.versions), pins: day(raw.days.pins) };
    Ok(Lock { days, runtimes, scans: place.to_scans(raw.pins)? })
}

/// Knows the text, to say in which line something is.
struct Place<'a> {
    text: &'a str,
}

impl Place<'_> {
    fn fail(&self, at: usize, message: String) -> LockError {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        LockError::Damaged { line: before.split(|byte| *byte == b'\n').count(), message }
    }

    fn to_error(&self, error: &toml::de::Error) -> LockError {
        self.fail(error.span().map_or(0, |span| span.start), clean(error.message()))
    }

    fn to_runtime(&self, raw: RawRuntime) -> Result<RuntimeLock, LockError> {
        let mut sources = BTreeMap::new();
        for (name, raw) in raw.sources {
            let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            let sha256 = raw.sha256.get_ref();
            if sha256.len() != 64 || !sha256.bytes().all(hex) {
                return Err(self.fail(raw.sha256.span().start, "a sha256 has 64 digits in lower-case hex".to_owned()));
            }
            let record = Record {
                url: raw.url,
                time: raw.time.0,
                sha256: sha256.clone(),
                etag: raw.etag,
                reading: raw.reading,
                stale: day(raw.stale),
                facts: SourceFacts::default(),
            };
            sources.insert(name, record);
        }
        for (line, voices) in raw.lines {
            for (source, raw) in voices {
                self.find(&mut sources, &source)?.lines.push(to_line(&line, raw));
            }
        }
        for (version, voices) in raw.releases {
            for (source, raw) in voices {
                self.find(&mut sources, &source)?.releases.push(to_release(&version, raw));
            }
        }
        for (id, voices) in raw.advisories {
            for (source, raw) in voices {
                self.find(&mut sources, &source)?.advisories.push(to_advisory(&id, raw));
            }
        }
        let mut variants = BTreeMap::new();
        for (id, raw) in raw.variants {
            if find_fault(id.get_ref()).is_some() || !raw.variants.is_empty() {
                let message = format!("{} is not a build flavour", quote(id.get_ref()));
                return Err(self.fail(id.span().start, message));
            }
            variants.insert(VariantId::new(id.get_ref()), self.to_runtime(raw)?);
        }
        Ok(RuntimeLock { sources, conflicts: raw.conflicts.into_iter().map(to_conflict).collect(), variants })
    }

    fn find<'s>(
        &self,
        sources: &'s mut BTreeMap<String, Record>,
        name: &Spanned<String>,
    ) -> Result<&'s mut SourceFacts, LockError> {
        match sources.get_mut(name.get_ref()) {
            Some(record) => Ok(&mut record.facts),
            None => Err(self.fail(
                name.span().start,
                format!("the source {} is not listed under `sources`", quote(name.get_ref())),
            )),
        }
    }
}

fn to_line(line: &str, raw: RawLine) -> LineFact {
    LineFact {
        line: line.to_owned(),
        released: day(raw.released),
        support_ends: day(raw.support_ends),
        eol: day(raw.eol),
        ended: raw.ended,
        lts: raw.lts,
        latest: raw.latest,
        latest_date: day(raw.latest_date),
        url: raw.url,
    }
}

fn to_release(version: &str, raw: RawRelease) -> ReleaseFact {
    ReleaseFact {
        version: version.to_owned(),
        date: day(raw.date),
        prerelease: raw.prerelease,
        security: raw.security,
        url: raw.url,
    }
}

fn to_advisory(id: &str, raw: RawAdvisory) -> AdvisoryFact {
    let to_range = |raw: RawRange| RangeFact { introduced: raw.introduced, fixed: raw.fixed, last: raw.last };
    AdvisoryFact {
        id: id.to_owned(),
        aliases: raw.aliases,
        summary: raw.summary,
        url: raw.url,
        modified: raw.modified,
        withdrawn: raw.withdrawn,
        affected: raw.affected.into_iter().map(to_range).collect(),
    }
}

fn to_conflict(raw: RawConflict) -> Conflict {
    let said = |raw: RawSaid| Said { source: raw.source, value: raw.value };
    Conflict { fact: raw.fact, followed: said(raw.followed), other: said(raw.other) }
}
