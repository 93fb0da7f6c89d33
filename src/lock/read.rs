//! Reads the text of a lock; the only place that knows its shape as TOML reads it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use toml::Spanned;
use toml::value::Datetime;

use super::{Days, FORMAT, LARGEST_LOCK, Lock, LockError, Record, RuntimeLock};
use crate::model::facts::{Conflict, LineFact, ReleaseFact, Said, SourceFacts};
use crate::model::id::{RuntimeId, find_fault};
use crate::model::quote::{clean, quote};

/// The one key that every format has; read first, because a newer format may differ in all else.
#[derive(Deserialize)]
struct Head {
    format: Spanned<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLock {
    #[serde(rename = "format")]
    _format: i64,
    #[serde(default)]
    days: RawDays,
    #[serde(default)]
    runtimes: BTreeMap<Spanned<String>, RawRuntime>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDays {
    versions: Option<Day>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRuntime {
    #[serde(default)]
    conflicts: Vec<RawConflict>,
    sources: BTreeMap<String, RawSource>,
    #[serde(default)]
    lines: BTreeMap<String, BTreeMap<Spanned<String>, RawLine>>,
    #[serde(default)]
    releases: BTreeMap<String, BTreeMap<Spanned<String>, RawRelease>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSource {
    url: String,
    time: Day,
    sha256: Spanned<String>,
    etag: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLine {
    released: Option<Day>,
    support_ends: Option<Day>,
    eol: Option<Day>,
    ended: Option<bool>,
    lts: Option<bool>,
    latest: Option<String>,
    latest_date: Option<Day>,
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRelease {
    date: Option<Day>,
    prerelease: Option<bool>,
    security: Option<bool>,
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConflict {
    fact: String,
    followed: RawSaid,
    other: RawSaid,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSaid {
    source: String,
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

pub(super) fn parse(text: &str) -> Result<Lock, LockError> {
    if text.len() > LARGEST_LOCK {
        return Err(LockError::TooLarge(text.len()));
    }
    let place = Place { text };
    let head: Head = toml::from_str(text).map_err(|error| place.to_error(&error))?;
    match *head.format.get_ref() {
        FORMAT => {}
        newer if newer > FORMAT => return Err(LockError::Newer(newer)),
        _ => return Err(place.fail(head.format.span().start, format!("the format is {FORMAT}"))),
    }
    let raw: RawLock = toml::from_str(text).map_err(|error| place.to_error(&error))?;
    let mut runtimes = BTreeMap::new();
    for (id, raw) in raw.runtimes {
        if find_fault(id.get_ref()).is_some() {
            return Err(place.fail(id.span().start, format!("{} is not the id of a runtime", quote(id.get_ref()))));
        }
        runtimes.insert(RuntimeId::new(id.get_ref()), place.to_runtime(raw)?);
    }
    Ok(Lock { days: Days { versions: day(raw.days.versions) }, runtimes })
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
            let facts = SourceFacts::default();
            sources
                .insert(name, Record { url: raw.url, time: raw.time.0, sha256: sha256.clone(), etag: raw.etag, facts });
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
        Ok(RuntimeLock { sources, conflicts: raw.conflicts.into_iter().map(to_conflict).collect() })
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

fn to_conflict(raw: RawConflict) -> Conflict {
    let said = |raw: RawSaid| Said { source: raw.source, value: raw.value };
    Conflict { fact: raw.fact, followed: said(raw.followed), other: said(raw.other) }
}
