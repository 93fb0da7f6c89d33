//! The Ruby project's index of archives (<https://cache.ruby-lang.org/pub/ruby/index.txt>), and what its site says of
//! releases and branches (<https://github.com/ruby/www.ruby-lang.org/tree/master/_data>).

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::listing::{Fields, Listing, find_text, strip_prefix};
use super::text::{parse_date, parse_name, parse_path};
use super::yaml::parse_yaml;
use super::{SourceError, Upstream, check_count, find_reply, parse_text};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{LineFact, ReleaseFact, SourceFacts};

const INDEX: &str = "https://cache.ruby-lang.org/pub/ruby/index.txt";
const RELEASES: &str = "https://raw.githubusercontent.com/ruby/www.ruby-lang.org/master/_data/releases.yml";
const BRANCHES: &str = "https://raw.githubusercontent.com/ruby/www.ruby-lang.org/master/_data/branches.yml";

/// Where the addresses of announcements begin.
const SITE: &str = "https://www.ruby-lang.org";

/// The columns of the index; the first is what is read.
const HEADER: &str = "name\turl\t";

/// The Ruby project: every release with the day of its announcement, and the branches with their dates. It takes no options: `{}`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Ruby {}

impl Upstream for Ruby {
    fn requests(&self) -> Vec<Request> {
        [INDEX, RELEASES, BRANCHES].map(Request::get).into()
    }

    fn to_facts(&self, _: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        let mut listing = Listing::default();
        read_releases(&find_reply(replies, RELEASES)?.body, &mut listing)?;
        read_index(&find_reply(replies, INDEX)?.body, &mut listing)?;
        read_branches(&find_reply(replies, BRANCHES)?.body, &mut listing)?;
        Ok(listing.facts)
    }
}

/// The day is that of the announcement in Japan, often a day after the tag's.
fn read_releases(body: &[u8], listing: &mut Listing) -> Result<(), SourceError> {
    for (at, entry) in parse_list(body)?.iter().enumerate() {
        let version = find_text(entry, "version").and_then(parse_name);
        listing.release(format!("releases, entry {}", at + 1), version, |fields| ReleaseFact {
            date: fields.text("date", &entry["date"], parse_date),
            url: fields.text("post", &entry["post"], |path| parse_path(SITE, path)),
            ..ReleaseFact::default()
        });
    }
    Ok(())
}

/// One row for each archive, so that a version stands there up to four times. It holds releases before they are announced.
fn read_index(body: &[u8], listing: &mut Listing) -> Result<(), SourceError> {
    let text = parse_text(body)?;
    let rows = text.strip_prefix(HEADER).and_then(|rest| rest.split_once('\n')).map(|(_, rows)| rows);
    let rows = rows.ok_or_else(|| SourceError::Shape("the index does not begin with its columns".to_owned()))?;
    let names: BTreeSet<&str> = rows.lines().map(|row| row.split('\t').next().unwrap_or_default()).collect();
    let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    check_count(names.len())?;
    for name in names {
        match strip_prefix(name, "ruby-") {
            Ok(version) if listing.has(&version) => {}
            version => listing.release("index", version, |_| ReleaseFact::default()),
        }
    }
    Ok(())
}

fn read_branches(body: &[u8], listing: &mut Listing) -> Result<(), SourceError> {
    for (at, entry) in parse_list(body)?.iter().enumerate() {
        let name = find_text(entry, "name").and_then(parse_name);
        listing.line(format!("branches, entry {}", at + 1), name, |fields| to_line(fields, entry));
    }
    Ok(())
}

/// The `expected_eol_date` is a guess, and moves: it is not said on.
fn to_line(fields: &mut Fields, entry: &Value) -> LineFact {
    let eol = fields.text("eol_date", &entry["eol_date"], parse_date);
    let ended = fields.text("status", &entry["status"], |status| {
        Ok(match status {
            "eol" => Some(true),
            "preview" | "normal maintenance" | "security maintenance" => Some(false),
            _ => None,
        })
    });
    LineFact {
        released: fields.text("date", &entry["date"], parse_date),
        support_ends: fields.text("security_maintenance_date", &entry["security_maintenance_date"], parse_date),
        eol,
        ended: ended.flatten().filter(|_| eol.is_none()),
        ..LineFact::default()
    }
}

fn parse_list(body: &[u8]) -> Result<Vec<Value>, SourceError> {
    let Value::Array(entries) = parse_yaml(body)? else {
        return Err(SourceError::Shape("it is no list".to_owned()));
    };
    check_count(entries.len())?;
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::sources::testing::{open, read_all};

    const GOOD: [&[u8]; 3] = [
        include_bytes!("../../tests/upstream/ruby/good_index.txt"),
        include_bytes!("../../tests/upstream/ruby/good_releases.yml"),
        include_bytes!("../../tests/upstream/ruby/good_branches.yml"),
    ];

    fn read([index, releases, branches]: [&[u8]; 3]) -> Result<SourceFacts, SourceError> {
        let answers = [(INDEX, index), (RELEASES, releases), (BRANCHES, branches)];
        read_all(&*open("ruby", serde_json::json!({})), &answers)
    }

    #[test]
    fn reads_releases_and_branches() {
        let facts = read(GOOD).unwrap();
        let release = |version: &str, date, post: Option<&str>| ReleaseFact {
            version: version.to_owned(),
            date,
            url: post.map(|post| format!("https://www.ruby-lang.org/en/news/{post}/")),
            ..ReleaseFact::default()
        };
        assert_eq!(
            facts.releases,
            [
                release("4.0.6", Some(date(2026, 7, 14)), Some("2026/07/14/ruby-4-0-6-released")),
                release("3.4.10", Some(date(2026, 6, 30)), Some("2026/06/30/ruby-3-4-10-released")),
                release("3.3.0-preview1", Some(date(2023, 5, 12)), Some("2023/05/12/ruby-3-3-0-preview1-released")),
                release("2.0.0-p648", Some(date(2015, 12, 16)), None),
                release("3.4.2", None, None),
            ]
        );
        let line = |line: &str, released, support_ends, eol, ended| LineFact {
            line: line.to_owned(),
            released: Some(released),
            support_ends,
            eol,
            ended,
            ..LineFact::default()
        };
        assert_eq!(
            facts.lines,
            [
                line("4.0", date(2025, 12, 25), None, None, Some(false)),
                line("3.3", date(2023, 12, 25), Some(date(2026, 4, 1)), None, Some(false)),
                line("3.2", date(2022, 12, 25), Some(date(2025, 4, 1)), Some(date(2026, 4, 1)), None),
                line("2.0.0", date(2013, 2, 24), Some(date(2016, 2, 24)), Some(date(2016, 2, 24)), None),
            ]
        );
        assert!(facts.skipped.is_empty());
    }

    #[test]
    fn leaves_out_odd_entries_and_fields_and_says_which() {
        let facts = read([
            include_bytes!("../../tests/upstream/ruby/odd_index.txt"),
            include_bytes!("../../tests/upstream/ruby/odd_releases.yml"),
            include_bytes!("../../tests/upstream/ruby/odd_branches.yml"),
        ])
        .unwrap();
        let releases: Vec<_> = facts.releases.iter().map(|release| (release.version.as_str(), release.date)).collect();
        assert_eq!(releases, [("4.0", Some(date(2025, 12, 25))), ("3.4.10", None), ("3.4.9", None), ("3.4.1", None)]);
        let lines: Vec<_> = facts.lines.iter().map(|line| (line.line.as_str(), line.eol, line.ended)).collect();
        assert_eq!(lines, [("4.10", None, None), ("3.1", None, Some(true)), ("3.0", None, Some(false))]);
        assert_eq!(
            facts.skipped,
            [
                "`3.4.10`, field `date`: `2026-13-01` is not a date",
                "`3.4.9`, field `post`: `javascript:alert(1)` is not a path",
                "releases, entry 4: `4.0` is listed twice",
                "releases, entry 5: `version` is not a text",
                "releases, entry 6: it has no `version`",
                "releases, entry 7: it has no `version`",
                "index: `jruby-9.4` does not begin with `ruby-`",
                "index: the name is empty",
                "index: `ruby-3.4.3\\u{1b}[31m` holds spaces or control characters",
                "`3.0`, field `eol_date`: `soon` is not a date",
                "branches, entry 4: `name` is not a text",
            ]
        );
    }

    #[test]
    fn refuses_broken_replies() {
        let [index, releases, branches] = GOOD;
        let page: &[u8] = b"<!doctype html><title>404</title>";
        for answers in [[page, releases, branches], [index, page, branches], [index, releases, page]] {
            assert_eq!(read(answers), Err(SourceError::Html));
        }
        for answers in [[b"", releases, branches], [index, b"", branches], [index, releases, b"# empty\n"]] {
            assert!(matches!(read(answers), Err(SourceError::Empty | SourceError::Shape(_))));
        }
        let shape = |answers| match read(answers) {
            Err(SourceError::Shape(why)) => why,
            other => panic!("{other:?}"),
        };
        let cut: &[u8] = include_bytes!("../../tests/upstream/ruby/broken_cut_off.yml");
        assert_eq!(shape([index, cut, branches]), "as YAML, unclosed quote at char 44 line 3 column 9");
        assert_eq!(shape([b"Retry later\n", releases, branches]), "the index does not begin with its columns");
        assert_eq!(shape([index, releases, b"branches: []\n"]), "it is no list");
    }
}
