//! The PHP project's list of releases (<https://www.php.net/releases/index.php?json>), one answer for each branch that is
//! supported, and, where it is wanted, its list of branches (<https://www.php.net/releases/branches.php>).

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::listing::{Fields, Listing, find_text};
use super::text::{parse_date, parse_name, parse_path, parse_time};
use super::{Coverage, SourceError, Upstream, check_count, find_reply, parse_json};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{LineFact, ReleaseFact, SourceFacts};
use crate::model::quote::{clean, quote};

const INDEX: &str = "https://www.php.net/releases/index.php?json";
const BRANCHES: &str = "https://www.php.net/releases/branches.php";

/// Where the addresses of announcements begin.
const SITE: &str = "https://www.php.net";

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The PHP project: every release of the supported branches, with its day and whether it is a security release.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Php {
    /// Whether to ask for the dates of all branches, too: `true` or `false`. Not every mirror has that list.
    /// Default: `false`; `endoflife: { product: php }` has these dates as well.
    #[serde(default)]
    branches: bool,
}

impl Upstream for Php {
    /// When a branch is no longer supported, its releases are no longer asked for.
    fn coverage(&self) -> Coverage {
        Coverage::NewestOfEachLine
    }

    fn requests(&self) -> Vec<Request> {
        let branches = self.branches.then_some(BRANCHES);
        [INDEX].into_iter().chain(branches).map(Request::get).collect()
    }

    fn more(&self, _: &SourceFacts, reply: &Reply) -> Result<Vec<Request>, SourceError> {
        if reply.asked != INDEX {
            return Ok(Vec::new());
        }
        let branches = find_branches(&parse_object(&reply.body)?);
        // Without `max` it is the newest only; no branch has a hundred.
        let ask = |branch: String| Request::get(format!("{INDEX}&version={branch}&max=100"));
        Ok(branches.into_iter().flatten().map(ask).collect())
    }

    fn to_facts(&self, _: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        let mut listing = Listing::default();
        for branch in find_branches(&parse_object(&find_reply(replies, INDEX)?.body)?) {
            if let Err(why) = branch {
                listing.skip("supported versions", why);
            }
        }
        let is_list = |reply: &&Reply| reply.asked != INDEX && reply.asked != BRANCHES;
        for reply in replies.iter().filter(is_list) {
            let releases = parse_object(&reply.body)?;
            for (version, entry) in &releases {
                let read = parse_name(version).and_then(|version| match entry.is_object() {
                    true => Ok(version),
                    false => Err(format!("{} is no object", quote(&version))),
                });
                listing.release("releases", read, |fields| to_release(fields, entry));
            }
        }
        check_count(listing.facts.releases.len())?;
        if self.branches {
            read_branches(&find_reply(replies, BRANCHES)?.body, &mut listing)?;
        }
        Ok(listing.facts)
    }
}

/// Reads an object, for which PHP writes `[]` when it is empty. Errors come with the status 200.
fn parse_object(body: &[u8]) -> Result<BTreeMap<String, Value>, SourceError> {
    let value: Value = parse_json(body)?;
    if let Some(error) = value.get("error") {
        return Err(SourceError::Refused(clean(error.as_str().unwrap_or("error"))));
    }
    match value {
        Value::Object(entries) => Ok(entries.into_iter().collect()),
        Value::Array(entries) if entries.is_empty() => Ok(BTreeMap::new()),
        _ => Err(SourceError::Shape("it is no object".to_owned())),
    }
}

/// The supported branches of each major version; the newest release that stands beside them is in their answers, too.
fn find_branches(index: &BTreeMap<String, Value>) -> Vec<Result<String, String>> {
    let branches = index.values().filter_map(|major| major["supported_versions"].as_array()).flatten();
    let read = |branch: &Value| {
        let text = branch.as_str().ok_or_else(|| "a branch is not a text".to_owned())?;
        let is_number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        match text.split_once('.') {
            Some((major, minor)) if is_number(major) && is_number(minor) => Ok(text.to_owned()),
            _ => Err(format!("{} is not a branch", quote(text))),
        }
    };
    branches.map(read).collect()
}

fn to_release(fields: &mut Fields, entry: &Value) -> ReleaseFact {
    let tags = entry["tags"].as_array();
    let announcement = &entry["announcement"]["English"];
    ReleaseFact {
        date: fields.text("date", &entry["date"], parse_day),
        security: tags.map(|tags| tags.iter().any(|tag| tag == "security")),
        url: fields.text("announcement", announcement, |path| parse_path(SITE, path)),
        ..ReleaseFact::default()
    }
}

/// A day as people write it: `30 Jul 2026`, `8 May 2025`, `07 August 2008`.
fn parse_day(text: &str) -> Result<Date, String> {
    let mut parts = text.splitn(3, ' ');
    let (day, month, year) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next());
    let is_month = |name: &str| month.len() >= 3 && name.starts_with(month);
    let month = MONTHS.iter().position(|name| is_month(name)).map_or(0, |at| at + 1);
    let date = parse_date(&format!("{}-{month:02}-{day:0>2}", year.unwrap_or_default()));
    date.map_err(|_| format!("{} is not a date", quote(text)))
}

fn read_branches(body: &[u8], listing: &mut Listing) -> Result<(), SourceError> {
    let entries: Vec<Value> = parse_json(body)?;
    check_count(entries.len())?;
    for (at, entry) in entries.iter().enumerate() {
        let branch = find_text(entry, "branch").and_then(parse_name);
        listing.line(format!("branches, entry {}", at + 1), branch, |fields| to_line(fields, entry));
    }
    listing.take_newest();
    Ok(())
}

fn to_line(fields: &mut Fields, entry: &Value) -> LineFact {
    let eol = fields.text("security_support_end", &entry["security_support_end"], parse_time);
    let ended = match entry["state"].as_str() {
        Some("eol") => Some(true),
        Some("stable" | "security" | "future") => Some(false),
        _ => None,
    };
    LineFact {
        released: fields.text("initial_release", &entry["initial_release"], parse_time),
        support_ends: fields.text("active_support_end", &entry["active_support_end"], parse_time),
        eol,
        ended: ended.filter(|_| eol.is_none()),
        latest: fields.text("latest", &entry["latest"], parse_name),
        ..LineFact::default()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;
    use crate::sources::testing::{open, read_all, reply};

    const GOOD_INDEX: &[u8] = include_bytes!("../../tests/upstream/php/good_index.json");
    const GOOD_RELEASES: &[u8] = include_bytes!("../../tests/upstream/php/good_releases.json");
    const GOOD_BRANCHES: &[u8] = include_bytes!("../../tests/upstream/php/good_branches.json");
    const LIST: &str = "https://www.php.net/releases/index.php?json&version=8.5&max=100";

    fn read(index: &[u8], releases: &[u8]) -> Result<SourceFacts, SourceError> {
        read_all(&*open("php", json!({})), &[(INDEX, index), (LIST, releases)])
    }

    #[test]
    fn asks_for_each_supported_branch() {
        let asked = |upstream: &dyn Upstream, reply: &Reply| {
            let more = upstream.more(&SourceFacts::default(), reply).unwrap();
            more.into_iter().map(|request| request.url).collect::<Vec<_>>()
        };
        let upstream = open("php", json!({}));
        assert_eq!(upstream.requests(), [Request::get(INDEX)]);
        assert_eq!(
            asked(&*upstream, &reply(INDEX, GOOD_INDEX)),
            [
                "https://www.php.net/releases/index.php?json&version=8.4&max=100",
                "https://www.php.net/releases/index.php?json&version=8.5&max=100",
            ]
        );
        assert_eq!(asked(&*upstream, &reply(LIST, GOOD_RELEASES)), Vec::<String>::new());
        let upstream = open("php", json!({ "branches": true }));
        assert_eq!(upstream.requests(), [Request::get(INDEX), Request::get(BRANCHES)]);
    }

    #[test]
    fn reads_releases_and_branches() {
        let answers = [(INDEX, GOOD_INDEX), (BRANCHES, GOOD_BRANCHES), (LIST, GOOD_RELEASES)];
        let facts = read_all(&*open("php", json!({ "branches": true })), &answers).unwrap();
        let release = |version: &str, date, security, path: Option<&str>| ReleaseFact {
            version: version.to_owned(),
            date,
            security,
            url: path.map(|path| format!("https://www.php.net{path}")),
            ..ReleaseFact::default()
        };
        assert_eq!(
            facts.releases,
            [
                release("8.5.0", Some(date(2025, 11, 20)), None, None),
                release("8.5.7", Some(date(2026, 6, 4)), Some(false), Some("/releases/8_5_7.php")),
                release("8.5.9", Some(date(2026, 7, 30)), Some(true), None),
                release("7.4.33", None, None, None),
            ]
        );
        let line = |line: &str, latest: Option<&str>, released, support_ends, eol, ended| LineFact {
            line: line.to_owned(),
            released,
            support_ends,
            eol,
            ended,
            latest: latest.map(str::to_owned),
            ..LineFact::default()
        };
        assert_eq!(
            facts.lines,
            [
                line("8.6", None, None, None, None, Some(false)),
                line(
                    "8.5",
                    Some("8.5.9"),
                    Some(date(2025, 11, 20)),
                    Some(date(2027, 12, 31)),
                    Some(date(2029, 12, 31)),
                    None
                ),
                line(
                    "7.4",
                    Some("7.4.33"),
                    Some(date(2019, 11, 28)),
                    Some(date(2021, 11, 28)),
                    Some(date(2022, 11, 28)),
                    None
                ),
            ]
        );
        assert!(facts.skipped.is_empty());
    }

    #[test]
    fn leaves_out_odd_entries_and_fields_and_says_which() {
        let answers: [(&str, &[u8]); 4] = [
            (INDEX, include_bytes!("../../tests/upstream/php/odd_index.json")),
            (BRANCHES, include_bytes!("../../tests/upstream/php/odd_branches.json")),
            (LIST, include_bytes!("../../tests/upstream/php/odd_releases.json")),
            ("https://www.php.net/releases/index.php?json&version=8.4&max=100", b"[]"),
        ];
        let facts = read_all(&*open("php", json!({ "branches": true })), &answers).unwrap();
        let releases: Vec<_> =
            facts.releases.iter().map(|release| (release.version.as_str(), release.date, release.security)).collect();
        assert_eq!(
            releases,
            [("8.5.0", None, None), ("8.5.1", None, Some(false)), ("8.5.2", Some(date(2026, 1, 8)), Some(false))]
        );
        let lines: Vec<_> = facts.lines.iter().map(|line| (line.line.as_str(), line.eol, line.ended)).collect();
        assert_eq!(lines, [("8.5", None, None), ("8.4", None, Some(true))]);
        assert_eq!(
            facts.skipped,
            [
                "supported versions: `8.5&x=1` is not a branch",
                "supported versions: a branch is not a text",
                "`8.5.0`, field `date`: `2025-11-20` is not a date",
                "`8.5.0`, field `announcement`: `.evil.example/x` is not a path",
                "`8.5.1`, field `date`: it is not a text",
                "releases: `8.5.3` is no object",
                "releases: `8.5.4 (latest)` holds spaces or control characters",
                "`8.5`, field `security_support_end`: `2029-12-31` is not a time",
                "branches, entry 3: `branch` is not a text",
            ]
        );
    }

    #[test]
    fn reads_a_day_as_people_write_it() {
        for (text, expected) in [
            ("30 Jul 2026", Some(date(2026, 7, 30))),
            ("8 May 2025", Some(date(2025, 5, 8))),
            ("07 August 2008", Some(date(2008, 8, 7))),
            ("31 Feb 2026", None),
            ("30 Ju 2026", None),
            ("30 jul 2026", None),
            ("30 Jul 26", None),
            ("Jul 30 2026", None),
            ("30 Jul 2026 x", None),
            ("", None),
        ] {
            assert_eq!(parse_day(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn refuses_broken_replies() {
        let page = b"<!doctype html><title>404</title>";
        let cut = include_bytes!("../../tests/upstream/php/broken_cut_off.json");
        let unknown = include_bytes!("../../tests/upstream/php/broken_unknown.json");
        assert_eq!(read(page, GOOD_RELEASES), Err(SourceError::Html));
        assert_eq!(read(GOOD_INDEX, cut), Err(SourceError::CutOff { line: 2, column: 30 }));
        assert_eq!(read(GOOD_INDEX, unknown), Err(SourceError::Refused("Unknown version".to_owned())));
        assert_eq!(read(unknown, GOOD_RELEASES).unwrap_err().to_string(), "upstream says: Unknown version");
        assert_eq!(read(GOOD_INDEX, b"[]"), Err(SourceError::Empty));
        assert_eq!(read(GOOD_INDEX, b"[1]"), Err(SourceError::Shape("it is no object".to_owned())));
        let more = open("php", json!({})).more(&SourceFacts::default(), &reply(INDEX, page));
        assert_eq!(more, Err(SourceError::Html));
    }
}
