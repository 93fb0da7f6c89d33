//! The Node.js project's list of releases (<https://nodejs.org/dist/index.json>) and its schedule of release lines
//! (<https://github.com/nodejs/Release#release-schedule>).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::listing::{Fields, Listing, find_text, strip_prefix};
use super::text::parse_date;
use super::{SourceError, Upstream, check_count, find_reply, parse_json};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{LineFact, ReleaseFact, SourceFacts};

const INDEX: &str = "https://nodejs.org/dist/index.json";
const SCHEDULE: &str = "https://raw.githubusercontent.com/nodejs/Release/main/schedule.json";

/// From this line on there is one line a year, and each becomes a long-term one: the schedule no longer says when.
const FIRST_OF_ALL_LONG: u32 = 27;

/// The Node.js project: every release with its day, and the release lines with their dates. It takes no options: `{}`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Node {}

impl Upstream for Node {
    fn requests(&self) -> Vec<Request> {
        vec![Request::get(INDEX), Request::get(SCHEDULE)]
    }

    fn to_facts(&self, _: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        let mut listing = Listing::default();
        read_index(&find_reply(replies, INDEX)?.body, &mut listing)?;
        read_schedule(&find_reply(replies, SCHEDULE)?.body, &mut listing)?;
        Ok(listing.facts)
    }
}

/// The `lts` of a release is left alone: it is set on those made after the line was promoted, and so says nothing of it.
fn read_index(body: &[u8], listing: &mut Listing) -> Result<(), SourceError> {
    let entries: Vec<Value> = parse_json(body)?;
    check_count(entries.len())?;
    for (at, entry) in entries.iter().enumerate() {
        let version = find_text(entry, "version").and_then(|version| strip_prefix(version, "v"));
        listing.release(format!("entry {}", at + 1), version, |fields| ReleaseFact {
            date: fields.text("date", &entry["date"], parse_date),
            security: fields.flag("security", &entry["security"]),
            ..ReleaseFact::default()
        });
    }
    Ok(())
}

fn read_schedule(body: &[u8], listing: &mut Listing) -> Result<(), SourceError> {
    let lines: BTreeMap<String, Value> = parse_json(body)?;
    check_count(lines.len())?;
    for (name, entry) in &lines {
        let line = strip_prefix(name, "v").and_then(|line| match entry.is_object() {
            true => Ok(line),
            false => Err(format!("line `{line}` is no object")),
        });
        let number = line.as_ref().ok().and_then(|line| line.parse::<u32>().ok());
        listing.line("schedule", line, |fields| to_line(fields, entry, number));
    }
    Ok(())
}

fn to_line(fields: &mut Fields, entry: &Value, number: Option<u32>) -> LineFact {
    // A codename is there for long-term lines only; it is empty where none has been chosen yet.
    let is_named = fields.text("codename", &entry["codename"], |name| Ok(!name.is_empty())).unwrap_or(false);
    let is_promised = fields.text("lts", &entry["lts"], parse_date).is_some();
    let is_lts = is_named || is_promised || number.is_some_and(|number| number >= FIRST_OF_ALL_LONG);
    LineFact {
        released: fields.text("start", &entry["start"], parse_date),
        support_ends: fields.text("maintenance", &entry["maintenance"], parse_date),
        eol: fields.text("end", &entry["end"], parse_date),
        lts: is_lts.then_some(true),
        ..LineFact::default()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::sources::testing::{open, read_all};

    const GOOD_INDEX: &[u8] = include_bytes!("../../tests/upstream/node/good_index.json");
    const GOOD_SCHEDULE: &[u8] = include_bytes!("../../tests/upstream/node/good_schedule.json");

    fn read(index: &[u8], schedule: &[u8]) -> Result<SourceFacts, SourceError> {
        read_all(&*open("node", serde_json::json!({})), &[(INDEX, index), (SCHEDULE, schedule)])
    }

    #[test]
    fn reads_releases_and_lines() {
        let facts = read(GOOD_INDEX, GOOD_SCHEDULE).unwrap();
        let release = |version: &str, year, month, day, security| ReleaseFact {
            version: version.to_owned(),
            date: Some(date(year, month, day)),
            security: Some(security),
            ..ReleaseFact::default()
        };
        assert_eq!(
            facts.releases,
            [
                release("24.5.0", 2025, 7, 31, false),
                release("22.17.1", 2025, 7, 15, true),
                release("14.15.0", 2020, 10, 27, false),
                release("14.14.0", 2020, 10, 15, false),
                release("0.12.18", 2017, 2, 22, false),
            ]
        );
        let line = |line: &str, released, support_ends, eol, lts| LineFact {
            line: line.to_owned(),
            released: Some(released),
            support_ends,
            eol: Some(eol),
            lts,
            ..LineFact::default()
        };
        assert_eq!(
            facts.lines,
            [
                line("0.12", date(2015, 2, 6), None, date(2016, 12, 31), None),
                line("22", date(2024, 4, 24), Some(date(2025, 10, 21)), date(2027, 4, 30), Some(true)),
                line("25", date(2025, 10, 15), Some(date(2026, 4, 1)), date(2026, 6, 1), None),
                line("26", date(2026, 5, 5), Some(date(2027, 10, 20)), date(2029, 4, 30), Some(true)),
                line("27", date(2027, 4, 22), Some(date(2027, 10, 20)), date(2030, 4, 30), Some(true)),
            ]
        );
        assert!(facts.skipped.is_empty());
    }

    #[test]
    fn leaves_out_odd_entries_and_fields_and_says_which() {
        let facts = read(
            include_bytes!("../../tests/upstream/node/odd_index.json"),
            include_bytes!("../../tests/upstream/node/odd_schedule.json"),
        )
        .unwrap();
        let versions: Vec<_> = facts.releases.iter().map(|release| (release.version.as_str(), release.date)).collect();
        assert_eq!(versions, [("24.5.0", Some(date(2025, 7, 31))), ("24.4.0", None), ("24.3.0", None)]);
        let lines: Vec<_> = facts.lines.iter().map(|line| (line.line.as_str(), line.eol, line.lts)).collect();
        assert_eq!(lines, [("20", None, None), ("22", Some(date(2027, 4, 30)), Some(true))]);
        assert_eq!(
            facts.skipped,
            [
                "`24.4.0`, field `date`: `31.07.2025` is not a date",
                "`24.3.0`, field `security`: it is neither true nor false",
                "entry 4: `24.2.0` does not begin with `v`",
                "entry 5: `24.5.0` is listed twice",
                "entry 6: `version` is not a text",
                "entry 7: it has no `version`",
                "entry 8: `v24.1.0\\u{202e}` holds spaces or control characters",
                "schedule: `19` does not begin with `v`",
                "`20`, field `codename`: it is not a text",
                "`20`, field `end`: `2026-02-30` is not a date",
                "schedule: line `21` is no object",
            ]
        );
    }

    #[test]
    fn refuses_broken_replies() {
        let page = b"<!doctype html><title>404</title>";
        let cut = include_bytes!("../../tests/upstream/node/broken_cut_off.json");
        assert_eq!(read(page, GOOD_SCHEDULE), Err(SourceError::Html));
        assert_eq!(read(GOOD_INDEX, page), Err(SourceError::Html));
        assert_eq!(read(cut, GOOD_SCHEDULE), Err(SourceError::CutOff { line: 3, column: 22 }));
        assert_eq!(read(b"[]", GOOD_SCHEDULE), Err(SourceError::Empty));
        assert_eq!(read(GOOD_INDEX, b"{}"), Err(SourceError::Empty));
        assert!(matches!(read(GOOD_INDEX, b"[]"), Err(SourceError::Shape(_))));
        let one_answer = read_all(&*open("node", serde_json::json!({})), &[(INDEX, GOOD_INDEX)]);
        assert_eq!(one_answer, Err(SourceError::Empty));
    }
}
