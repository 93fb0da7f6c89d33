//! The PostgreSQL project's list of major versions (<https://www.postgresql.org/versions.json>): their dates, and the
//! newest release of each.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::listing::{Fields, Listing, find_text};
use super::text::{parse_date, parse_name};
use super::{Coverage, SourceError, Upstream, check_count, parse_json};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{LineFact, SourceFacts};
use crate::model::quote::quote;

const URL: &str = "https://www.postgresql.org/versions.json";

/// The PostgreSQL project: major versions with their dates, and the newest release of each. It takes no options: `{}`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Postgresql {}

impl Upstream for Postgresql {
    fn coverage(&self) -> Coverage {
        Coverage::NewestOfEachLine
    }

    fn requests(&self) -> Vec<Request> {
        vec![Request::get(URL)]
    }

    fn to_facts(&self, _: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        replies.first().map_or(Err(SourceError::Empty), |reply| to_facts(&reply.body))
    }
}

/// The oldest stands first, and all numbers are texts. Betas and candidates are not listed.
fn to_facts(body: &[u8]) -> Result<SourceFacts, SourceError> {
    let entries: Vec<Value> = parse_json(body)?;
    check_count(entries.len())?;
    let mut listing = Listing::default();
    for (at, entry) in entries.iter().enumerate() {
        let major = find_text(entry, "major").and_then(parse_name);
        let name = major.clone().unwrap_or_default();
        listing.line(format!("entry {}", at + 1), major, |fields| to_line(fields, entry, &name));
    }
    listing.take_newest();
    Ok(listing.facts)
}

fn to_line(fields: &mut Fields, entry: &Value, major: &str) -> LineFact {
    let eol = fields.text("eolDate", &entry["eolDate"], parse_date);
    let is_supported = fields.flag("supported", &entry["supported"]);
    LineFact {
        released: fields.text("firstRelDate", &entry["firstRelDate"], parse_date),
        eol,
        // As of today, upstream's: where there is a date, it is the date that counts.
        ended: is_supported.map(|is_supported| !is_supported).filter(|_| eol.is_none()),
        latest: fields.text("latestMinor", &entry["latestMinor"], |minor| match minor.parse::<u32>() {
            Ok(_) => parse_name(&format!("{major}.{minor}")),
            Err(_) => Err(format!("{} is not a number", quote(minor))),
        }),
        latest_date: fields.text("relDate", &entry["relDate"], parse_date),
        ..LineFact::default()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn reads_major_versions_and_their_newest_releases() {
        let facts = to_facts(include_bytes!("../../tests/upstream/postgresql/good.json")).unwrap();
        let line = |line: &str, latest: &str, released, eol| LineFact {
            line: line.to_owned(),
            released: Some(released),
            eol: Some(eol),
            latest: Some(latest.to_owned()),
            ..LineFact::default()
        };
        assert_eq!(
            facts.lines,
            [
                line("9.6", "9.6.24", date(2016, 9, 29), date(2021, 11, 11)),
                line("17", "17.10", date(2024, 9, 26), date(2029, 11, 8)),
                line("18", "18.5", date(2025, 9, 25), date(2030, 11, 14)),
            ]
        );
        let releases: Vec<_> = facts.releases.iter().map(|release| (release.version.as_str(), release.date)).collect();
        assert_eq!(
            releases,
            [
                ("9.6.24", Some(date(2021, 11, 11))),
                ("17.10", Some(date(2026, 8, 13))),
                ("18.5", Some(date(2026, 8, 13))),
            ]
        );
        assert!(facts.skipped.is_empty());
    }

    #[test]
    fn leaves_out_odd_entries_and_fields_and_says_which() {
        let facts = to_facts(include_bytes!("../../tests/upstream/postgresql/odd.json")).unwrap();
        let lines: Vec<_> =
            facts.lines.iter().map(|line| (line.line.as_str(), line.latest.as_deref(), line.ended)).collect();
        assert_eq!(lines, [("18", None, Some(false)), ("17", Some("17.10"), None), ("16", None, Some(true))]);
        let releases: Vec<_> = facts.releases.iter().map(|release| (release.version.as_str(), release.date)).collect();
        assert_eq!(releases, [("17.10", None)]);
        assert_eq!(
            facts.skipped,
            [
                "`18`, field `latestMinor`: it is not a text",
                "`17`, field `supported`: it is neither true nor false",
                "`17`, field `relDate`: `13 Aug 2026` is not a date",
                "`16`, field `latestMinor`: `1<script>` is not a number",
                "entry 4: `major` is not a text",
                "entry 5: `17` is listed twice",
                "entry 6: it has no `major`",
            ]
        );
    }

    #[test]
    fn refuses_broken_replies() {
        let cut = include_bytes!("../../tests/upstream/postgresql/broken_cut_off.json");
        assert_eq!(to_facts(cut), Err(SourceError::CutOff { line: 2, column: 36 }));
        assert_eq!(to_facts(b"<!doctype html><title>404</title>"), Err(SourceError::Html));
        assert_eq!(to_facts(b"[]"), Err(SourceError::Empty));
        assert!(matches!(to_facts(b"{\"versions\":[]}"), Err(SourceError::Shape(_))));
    }
}
