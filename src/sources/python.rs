//! The Python project's release cycle and releases, as its PEP editors publish them for programs (<https://peps.python.org/api/>).

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::listing::{Fields, Listing, find_text};
use super::text::{parse_date, parse_name};
use super::{SourceError, Upstream, check_count, find_reply, parse_json};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{LineFact, ReleaseFact, SourceFacts};
use crate::model::quote::quote;

const CYCLE: &str = "https://peps.python.org/api/release-cycle.json";
const RELEASES: &str = "https://peps.python.org/api/python-releases.json";

/// The Python project: every release with its day, and the release lines with their dates. It takes no options: `{}`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Python {}

impl Upstream for Python {
    fn requests(&self) -> Vec<Request> {
        [CYCLE, RELEASES].map(Request::get).into()
    }

    fn to_facts(&self, _: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        let cycle: BTreeMap<String, Value> = parse_json(&find_reply(replies, CYCLE)?.body)?;
        let answer: Releases = parse_json(&find_reply(replies, RELEASES)?.body)?;
        check_count(cycle.len())?;
        check_count(answer.releases.len())?;
        let mut listing = Listing::default();
        for (line, entries) in &answer.releases {
            read_releases(line, entries, &mut listing);
        }
        for (line, entry) in &cycle {
            // Work on it has begun; of the line there is nothing yet.
            if entry["status"] != "feature" {
                listing
                    .line("release cycle", parse_name(line), |fields| to_line(fields, entry, &answer.metadata[line]));
            }
        }
        Ok(listing.facts)
    }
}

#[derive(Deserialize)]
struct Releases {
    #[serde(default)]
    metadata: Value,
    releases: BTreeMap<String, Value>,
}

/// Releases that are only planned stand there too.
fn read_releases(line: &str, entries: &Value, listing: &mut Listing) {
    let Value::Array(entries) = entries else {
        return listing.skip(format!("releases of {}", quote(line)), "it is no list");
    };
    for (at, entry) in entries.iter().enumerate() {
        let place = format!("releases of {}, entry {}", quote(line), at + 1);
        match find_text(entry, "state") {
            Err(why) => listing.skip(place, why),
            Ok("actual") => {
                let version = find_text(entry, "stage").and_then(to_version);
                listing.release(place, version, |fields| ReleaseFact {
                    date: fields.text("date", &entry["date"], parse_date),
                    ..ReleaseFact::default()
                });
            }
            Ok(_) => {}
        }
    }
}

/// The version (<https://peps.python.org/pep-0440/>) of a stage: `3.14.0rc1` of `3.14.0 candidate 1`.
fn to_version(stage: &str) -> Result<String, String> {
    let fail = || format!("{} is no stage of a release", quote(stage));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (version, stage_of) = stage.split_once(' ').unwrap_or((stage, "final"));
    let (letter, number) = match stage_of.split_once(' ') {
        None if stage_of == "final" => ("", ""),
        Some(("alpha", number)) if is_number(number) => ("a", number),
        Some(("beta", number)) if is_number(number) => ("b", number),
        Some(("candidate", number)) if is_number(number) => ("rc", number),
        _ => return Err(fail()),
    };
    if version.split('.').all(is_number) { parse_name(&format!("{version}{letter}{number}")) } else { Err(fail()) }
}

fn to_line(fields: &mut Fields, entry: &Value, metadata: &Value) -> LineFact {
    let status = entry["status"].as_str().unwrap_or_default();
    let has_ended = status == "end-of-life";
    let eol = fields.text("end_of_life", &entry["end_of_life"], parse_end).flatten();
    // Before it is over, the end of the phase is a plan.
    let has_no_more_fixes = has_ended || status == "security";
    let pep = entry["pep"].as_u64().map(|pep| format!("https://peps.python.org/pep-{pep:04}/"));
    LineFact {
        released: fields.text("first_release", &entry["first_release"], parse_date),
        support_ends: fields
            .text("end_of_bugfix", &metadata["end_of_bugfix"], parse_date)
            .filter(|_| has_no_more_fixes),
        eol,
        ended: match status {
            _ if eol.is_some() => None,
            "end-of-life" => Some(true),
            "prerelease" | "bugfix" | "security" => Some(false),
            _ => None,
        },
        url: pep,
        ..LineFact::default()
    }
}

/// The end of a line is a month until it has come, and a month is not a day: then no day is said.
fn parse_end(text: &str) -> Result<Option<Date>, String> {
    if text.len() == 7 && parse_date(&format!("{text}-01")).is_ok() {
        return Ok(None);
    }
    parse_date(text).map(Some)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::sources::testing::{open, read_all};

    const GOOD_CYCLE: &[u8] = include_bytes!("../../tests/upstream/python/good_cycle.json");
    const GOOD_RELEASES: &[u8] = include_bytes!("../../tests/upstream/python/good_releases.json");

    fn read(cycle: &[u8], releases: &[u8]) -> Result<SourceFacts, SourceError> {
        read_all(&*open("python", serde_json::json!({})), &[(CYCLE, cycle), (RELEASES, releases)])
    }

    #[test]
    fn reads_releases_that_are_there_and_lines() {
        let facts = read(GOOD_CYCLE, GOOD_RELEASES).unwrap();
        let releases: Vec<_> = facts.releases.iter().map(|release| (release.version.as_str(), release.date)).collect();
        assert_eq!(
            releases,
            [
                ("3.14.0a1", Some(date(2024, 10, 15))),
                ("3.14.0b1", Some(date(2025, 5, 7))),
                ("3.14.0rc1", Some(date(2025, 7, 22))),
                ("3.14.0", Some(date(2025, 10, 7))),
                ("3.14.1", Some(date(2025, 12, 2))),
                ("3.15.0rc1", Some(date(2026, 8, 4))),
                ("3.9.0", Some(date(2020, 10, 5))),
            ]
        );
        let line = |line: &str, pep: &str, released, support_ends, eol, ended| LineFact {
            line: line.to_owned(),
            released,
            support_ends,
            eol,
            ended,
            url: Some(format!("https://peps.python.org/pep-{pep}/")),
            ..LineFact::default()
        };
        assert_eq!(
            facts.lines,
            [
                line("3.12", "0693", Some(date(2023, 10, 2)), Some(date(2025, 4, 8)), None, Some(false)),
                line("3.14", "0745", Some(date(2025, 10, 7)), None, None, Some(false)),
                line("3.15", "0790", Some(date(2026, 10, 1)), None, None, Some(false)),
                line("3.9", "0596", Some(date(2020, 10, 5)), Some(date(2022, 5, 17)), Some(date(2025, 10, 31)), None),
            ]
        );
        assert!(facts.skipped.is_empty());
    }

    #[test]
    fn leaves_out_odd_entries_and_fields_and_says_which() {
        let facts = read(
            include_bytes!("../../tests/upstream/python/odd_cycle.json"),
            include_bytes!("../../tests/upstream/python/odd_releases.json"),
        )
        .unwrap();
        let releases: Vec<_> = facts.releases.iter().map(|release| (release.version.as_str(), release.date)).collect();
        assert_eq!(releases, [("3.14.0", None), ("3.14.1", Some(date(2025, 12, 2)))]);
        let lines: Vec<_> = facts.lines.iter().map(|line| (line.line.as_str(), line.eol, line.ended)).collect();
        assert_eq!(lines, [("3.10", None, None), ("3.11", None, Some(true)), ("3.12", Some(date(2028, 10, 31)), None)]);
        assert_eq!(
            facts.skipped,
            [
                "releases of `3.13`: it is no list",
                "`3.14.0`, field `date`: it is not a text",
                "releases of `3.14`, entry 3: `3.14.0` is listed twice",
                "releases of `3.14`, entry 4: `3.14.2 gamma 1` is no stage of a release",
                "releases of `3.14`, entry 5: `3.14.2 alpha` is no stage of a release",
                "releases of `3.14`, entry 6: `3.14.\\u{1b}[31m2` is no stage of a release",
                "releases of `3.14`, entry 7: it has no `state`",
                "releases of `3.14`, entry 8: it has no `stage`",
                "`3.10`, field `end_of_life`: `2026-13` is not a date",
                "`3.11`, field `first_release`: `October` is not a date",
            ]
        );
    }

    #[test]
    fn reads_every_stage() {
        for (stage, version) in [
            ("3.14.0 alpha 10", Some("3.14.0a10")),
            ("2.6.0 candidate 1", Some("2.6.0rc1")),
            ("2.6.0 final", Some("2.6.0")),
            ("1.6", Some("1.6")),
            ("3.14.0 final 1", None),
            ("3.14.0 final ", None),
            ("3.14.0  beta 1", None),
            ("3.14.0 beta x", None),
            ("3.14. beta 1", None),
            ("", None),
        ] {
            assert_eq!(to_version(stage).ok().as_deref(), version, "{stage}");
        }
    }

    #[test]
    fn refuses_broken_replies() {
        let page = b"<!doctype html><title>404</title>";
        let cut = include_bytes!("../../tests/upstream/python/broken_cut_off.json");
        assert_eq!(read(page, GOOD_RELEASES), Err(SourceError::Html));
        assert_eq!(read(GOOD_CYCLE, page), Err(SourceError::Html));
        assert_eq!(read(GOOD_CYCLE, cut), Err(SourceError::CutOff { line: 4, column: 27 }));
        assert_eq!(read(b"{}", GOOD_RELEASES), Err(SourceError::Empty));
        assert_eq!(read(GOOD_CYCLE, b"{\"releases\":{}}"), Err(SourceError::Empty));
        let shape = SourceError::Shape("missing field 'releases' at line 1 column 15".to_owned());
        assert_eq!(read(GOOD_CYCLE, b"{\"metadata\":{}}"), Err(shape));
    }
}
