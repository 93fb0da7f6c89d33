//! The Rust project's list of manifests (<https://static.rust-lang.org/manifests.txt>): one address for each release of
//! each channel, by day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::listing::Listing;
use super::text::{parse_date, parse_name};
use super::{SourceError, Upstream, check_count, parse_text};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{ReleaseFact, SourceFacts};

const URL: &str = "https://static.rust-lang.org/manifests.txt";

/// The Rust project: every stable release with its day, no support windows. It takes no options: `{}`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rust {}

impl Upstream for Rust {
    fn requests(&self) -> Vec<Request> {
        vec![Request::get(URL)]
    }

    fn to_facts(&self, _: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        replies.first().map_or(Err(SourceError::Empty), |reply| to_facts(&reply.body))
    }
}

fn to_facts(body: &[u8]) -> Result<SourceFacts, SourceError> {
    let mut listing = Listing::default();
    let mut days: BTreeMap<String, Date> = BTreeMap::new();
    let mut count = 0;
    for (at, row) in parse_text(body)?.lines().enumerate() {
        let Some((day, name)) = find_release(row.trim()) else { continue };
        count += 1;
        check_count(count)?;
        match parse_name(name).and_then(|name| Ok((name, parse_date(day)?))) {
            Ok((name, day)) => {
                // What was built anew before it was announced stands there twice: the last is what was released.
                let known = days.entry(name).or_insert(day);
                *known = day.max(*known);
            }
            Err(why) => listing.skip(format!("line {}", at + 1), why),
        }
    }
    check_count(count)?;
    for (version, day) in days {
        listing.release("", Ok(version), |_| ReleaseFact { date: Some(day), ..ReleaseFact::default() });
    }
    Ok(listing.facts)
}

/// The day and version in `static.rust-lang.org/dist/2024-10-17/channel-rust-1.82.0.toml`; nothing where the manifest is
/// that of a channel (`stable`, `nightly`) or of a line (`1.82`).
fn find_release(row: &str) -> Option<(&str, &str)> {
    let (rest, file) = row.rsplit_once('/')?;
    let (_, day) = rest.rsplit_once('/')?;
    let name = file.strip_prefix("channel-rust-")?.strip_suffix(".toml")?;
    let is_release = name.starts_with(|c: char| c.is_ascii_digit()) && name.matches('.').count() > 1;
    is_release.then_some((day, name))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn said(facts: &SourceFacts) -> Vec<(&str, Option<Date>)> {
        facts.releases.iter().map(|release| (release.version.as_str(), release.date)).collect()
    }

    #[test]
    fn reads_numbered_releases_and_no_channels() {
        let facts = to_facts(include_bytes!("../../tests/upstream/rust/good.txt")).unwrap();
        assert_eq!(
            said(&facts),
            [
                ("1.14.0", Some(date(2016, 12, 22))),
                ("1.82.0", Some(date(2024, 10, 17))),
                ("1.83.0-beta.5", Some(date(2024, 11, 14))),
                ("1.9.0", Some(date(2016, 5, 26))),
            ]
        );
        assert!(facts.lines.is_empty() && facts.skipped.is_empty());
    }

    #[test]
    fn leaves_out_odd_rows_and_says_which() {
        let facts = to_facts(include_bytes!("../../tests/upstream/rust/odd.txt")).unwrap();
        assert_eq!(said(&facts), [("1.82.0", Some(date(2024, 10, 17))), ("1.84.0", Some(date(2025, 1, 9)))]);
        assert_eq!(
            facts.skipped,
            [
                "line 3: `2024-11-31` is not a date",
                "line 4: `dist` is not a date",
                "line 5: `1.83.0\\u{1b}[31m` holds spaces or control characters",
            ]
        );
    }

    #[test]
    fn refuses_broken_replies() {
        let page = include_bytes!("../../tests/upstream/rust/broken_page.html");
        assert_eq!(to_facts(page), Err(SourceError::Html));
        let cut = include_bytes!("../../tests/upstream/rust/broken_cut_off.txt");
        assert_eq!(to_facts(cut), Err(SourceError::Empty));
        assert_eq!(to_facts(b""), Err(SourceError::Empty));
        assert_eq!(to_facts(b"{\"releases\": []}"), Err(SourceError::Empty));
    }
}
