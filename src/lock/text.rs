//! The lock as TOML: one fact per line, sorted by version, the same bytes for the same facts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;
use serde::Deserialize;
use toml::value::Datetime;

use super::{FORMAT, Lock, LockError, RuntimeLock, SourceRecord};
use crate::model::facts::{Conflict, LineFact, ReleaseFact, Said};
use crate::model::version::{Scheme, Version};

const HEADER: &str = "# What upstream said, and when. Written by `upshift update`; do not edit.\n";

/// The largest lock, in bytes.
const LARGEST_LOCK: usize = 64 << 20;

#[derive(Deserialize)]
struct FormatOnly {
    format: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLock {
    format: u32,
    #[serde(default)]
    days: RawDays,
    #[serde(default)]
    runtimes: BTreeMap<String, RawRuntime>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDays {
    versions: Option<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRuntime {
    #[serde(default)]
    sources: BTreeMap<String, RawSource>,
    #[serde(default)]
    lines: BTreeMap<String, BTreeMap<String, RawLine>>,
    #[serde(default)]
    releases: BTreeMap<String, BTreeMap<String, RawRelease>>,
    #[serde(default)]
    conflicts: Vec<RawConflict>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSource {
    url: String,
    time: Datetime,
    sha256: String,
    etag: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLine {
    released: Option<Datetime>,
    support_ends: Option<Datetime>,
    eol: Option<Datetime>,
    ended: Option<bool>,
    lts: Option<bool>,
    latest: Option<String>,
    latest_date: Option<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRelease {
    date: Option<Datetime>,
    prerelease: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConflict {
    fact: String,
    followed: String,
    by: String,
    other: String,
    other_by: String,
}

pub fn parse(text: &str) -> Result<Lock, LockError> {
    if text.len() > LARGEST_LOCK {
        return Err(LockError::Broken("it is larger than 64 MiB".to_owned()));
    }
    // The format comes first: a newer lock may have any shape.
    let broken = |error: toml::de::Error| LockError::Broken(to_message(text, &error));
    let FormatOnly { format } = toml::from_str(text).map_err(broken)?;
    if format > FORMAT {
        return Err(LockError::Newer(format));
    }
    let raw: RawLock = toml::from_str(text).map_err(broken)?;
    if raw.format != FORMAT {
        return Err(LockError::Broken(format!("there is no format {}", raw.format)));
    }
    let mut lock = Lock { versions_day: to_date(raw.days.versions)?, runtimes: BTreeMap::new() };
    for (id, runtime) in raw.runtimes {
        lock.runtimes.insert(id, to_runtime(runtime)?);
    }
    Ok(lock)
}

fn to_message(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let message = error.message().lines().next().unwrap_or_default();
    line.map_or_else(|| message.to_owned(), |line| format!("line {line}: {message}"))
}

fn to_runtime(raw: RawRuntime) -> Result<RuntimeLock, LockError> {
    let mut runtime = RuntimeLock::default();
    for (name, source) in raw.sources {
        let time = to_date(Some(source.time))?.ok_or_else(|| LockError::Broken("a source has no time".to_owned()))?;
        let record = SourceRecord { url: source.url, time, sha256: source.sha256, etag: source.etag };
        runtime.sources.insert(name, record);
    }
    for (line, said) in raw.lines {
        for (source, raw) in said {
            let fact = LineFact {
                line: line.clone(),
                released: to_date(raw.released)?,
                support_ends: to_date(raw.support_ends)?,
                eol: to_date(raw.eol)?,
                ended: raw.ended,
                lts: raw.lts,
                latest: raw.latest,
                latest_date: to_date(raw.latest_date)?,
            };
            runtime.lines.entry(line.clone()).or_default().insert(source, fact);
        }
    }
    for (version, said) in raw.releases {
        for (source, raw) in said {
            let fact = ReleaseFact { version: version.clone(), date: to_date(raw.date)?, prerelease: raw.prerelease };
            runtime.releases.entry(version.clone()).or_default().insert(source, fact);
        }
    }
    runtime.conflicts = raw
        .conflicts
        .into_iter()
        .map(|raw| Conflict {
            fact: raw.fact,
            followed: Said { source: raw.by, value: raw.followed },
            other: Said { source: raw.other_by, value: raw.other },
        })
        .collect();
    Ok(runtime)
}

fn to_date(datetime: Option<Datetime>) -> Result<Option<Date>, LockError> {
    let Some(datetime) = datetime else { return Ok(None) };
    let text = datetime.to_string();
    // A date with a time would be read, and the time lost.
    let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
    date.map(Some).ok_or_else(|| LockError::Broken(format!("`{text}` is not a date")))
}

pub fn write(lock: &Lock, schemes: &BTreeMap<String, Scheme>) -> String {
    let mut out = String::from(HEADER);
    let _ = writeln!(out, "format = {FORMAT}");
    if let Some(day) = lock.versions_day {
        let _ = write!(out, "\n[days]\nversions = {day}\n");
    }
    for (id, runtime) in &lock.runtimes {
        let scheme = schemes.get(id).copied();
        let id = to_key(id);
        let _ = writeln!(out, "\n[runtimes.{id}.sources]");
        for (name, source) in &runtime.sources {
            let mut fields = Fields::default();
            fields.text("url", Some(&source.url));
            fields.plain("time", Some(source.time));
            fields.text("sha256", Some(&source.sha256));
            fields.text("etag", source.etag.as_ref());
            let _ = writeln!(out, "{} = {}", to_key(name), fields.end());
        }
        write_lines(&mut out, &id, runtime);
        write_releases(&mut out, &id, runtime, scheme);
        write_conflicts(&mut out, &id, runtime);
    }
    out
}

fn write_lines(out: &mut String, id: &str, runtime: &RuntimeLock) {
    let _ = writeln!(out, "\n[runtimes.{id}.lines]");
    let mut lines: Vec<_> = runtime.lines.iter().collect();
    lines.sort_by_key(|(line, _)| (to_numbers(line), (*line).clone()));
    for (line, said) in lines {
        let said = said.iter().map(|(source, fact)| {
            let mut fields = Fields::default();
            fields.plain("released", fact.released);
            fields.plain("support_ends", fact.support_ends);
            fields.plain("eol", fact.eol);
            fields.plain("ended", fact.ended);
            fields.plain("lts", fact.lts);
            fields.text("latest", fact.latest.as_ref());
            fields.plain("latest_date", fact.latest_date);
            (source, fields.end())
        });
        let _ = writeln!(out, "{} = {}", to_key(line), to_table(said));
    }
}

fn write_releases(out: &mut String, id: &str, runtime: &RuntimeLock, scheme: Option<Scheme>) {
    let _ = writeln!(out, "\n[runtimes.{id}.releases]");
    let parse = |text: &str| scheme.and_then(|scheme| scheme.parse(text).ok());
    let mut releases: Vec<(Option<Version>, _)> =
        runtime.releases.iter().map(|entry| (parse(entry.0), entry)).collect();
    releases.sort_by(|a, b| (&a.0, a.1.0).cmp(&(&b.0, b.1.0)));
    for (_, (version, said)) in releases {
        let said = said.iter().map(|(source, fact)| {
            let mut fields = Fields::default();
            fields.plain("date", fact.date);
            fields.plain("prerelease", fact.prerelease);
            (source, fields.end())
        });
        let _ = writeln!(out, "{} = {}", to_key(version), to_table(said));
    }
}

fn write_conflicts(out: &mut String, id: &str, runtime: &RuntimeLock) {
    for conflict in &runtime.conflicts {
        let _ = writeln!(out, "\n[[runtimes.{id}.conflicts]]");
        for (key, value) in [
            ("fact", &conflict.fact),
            ("followed", &conflict.followed.value),
            ("by", &conflict.followed.source),
            ("other", &conflict.other.value),
            ("other_by", &conflict.other.source),
        ] {
            let _ = writeln!(out, "{key} = {}", to_string(value));
        }
    }
}

/// The fields of an inline table.
#[derive(Default)]
struct Fields(Vec<String>);

impl Fields {
    fn plain(&mut self, key: &str, value: Option<impl std::fmt::Display>) {
        self.0.extend(value.map(|value| format!("{key} = {value}")));
    }

    fn text(&mut self, key: &str, value: Option<&String>) {
        self.0.extend(value.map(|value| format!("{key} = {}", to_string(value))));
    }

    fn end(self) -> String {
        if self.0.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", self.0.join(", ")) }
    }
}

fn to_table<'a>(entries: impl Iterator<Item = (&'a String, String)>) -> String {
    let entries: Vec<String> = entries.map(|(key, value)| format!("{} = {value}", to_key(key))).collect();
    format!("{{ {} }}", entries.join(", "))
}

fn to_key(text: &str) -> String {
    let is_bare = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { text.to_owned() } else { to_string(text) }
}

fn to_string(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The numbers of a line, for sorting: 1.9 before 1.10.
pub fn to_numbers(line: &str) -> Vec<u64> {
    line.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = r#"# What upstream said, and when. Written by `upshift update`; do not edit.
format = 1

[days]
versions = 2026-08-22

[runtimes.go.sources]
"endoflife:go" = { url = "https://endoflife.date/api/v1/products/go", time = 2026-08-22, sha256 = "ab", etag = "\"x\"" }
go = { url = "https://go.dev/dl/?mode=json&include=all", time = 2026-08-20, sha256 = "cd" }

[runtimes.go.lines]
"1.9" = { "endoflife:go" = { eol = 2019-02-25, ended = true } }
"1.10" = { "endoflife:go" = { released = 2018-02-16, latest = "1.10.8", latest_date = 2019-01-23 } }

[runtimes.go.releases]
"1.9.7" = { go = { prerelease = false } }
"1.10rc1" = { go = { prerelease = true } }
"1.10.8" = { "endoflife:go" = { date = 2019-01-23 }, go = {} }

[[runtimes.go.conflicts]]
fact = "latest of 1.10"
followed = "1.10.8"
by = "go"
other = "1.10.7"
other_by = "endoflife:go"
"#;

    fn schemes() -> BTreeMap<String, Scheme> {
        BTreeMap::from([("go".to_owned(), Scheme::Go)])
    }

    #[test]
    fn prints_what_it_read() {
        let lock = Lock::parse(TEXT).expect("parses");
        assert_eq!(lock.as_of(), Some(jiff::civil::date(2026, 8, 22)));
        assert_eq!(lock.to_text(&schemes()), TEXT);
    }

    #[test]
    fn refuses_what_is_not_a_lock() {
        let cases = [
            ("", "this is not a lock: line 1: missing field `format`"),
            (
                "format = 2\nnew = 1\n",
                "the lock has format 2, and this version of upshift knows format 1; use a newer upshift",
            ),
            ("format = 0\n", "this is not a lock: there is no format 0"),
            (
                "format = 1\n\n[days]\nversions = 2026-08-22T10:00:00\n",
                "this is not a lock: `2026-08-22T10:00:00` is not a date",
            ),
            (
                "format = 1\nextra = 1\n",
                "this is not a lock: line 2: unknown field `extra`, expected one of `format`, `days`, `runtimes`",
            ),
        ];
        for (text, message) in cases {
            assert_eq!(Lock::parse(text).map_err(|error| error.to_string()), Err(message.to_owned()));
        }
    }

    proptest! {
        #[test]
        fn keeps_any_text_whole(text in "\\PC{0,40}|[\\x00-\\x7f]{0,40}") {
            let mut lock = Lock::default();
            let mut runtime = RuntimeLock::default();
            let fact = LineFact { line: text.clone(), latest: Some(text.clone()), ..LineFact::default() };
            runtime.lines.insert(text.clone(), BTreeMap::from([(text.clone(), fact)]));
            lock.runtimes.insert("go".to_owned(), runtime);
            prop_assert_eq!(Lock::parse(&lock.to_text(&schemes())), Ok(lock));
        }
    }
}
