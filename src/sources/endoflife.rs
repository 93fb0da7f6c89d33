//! endoflife.date, API v1 (<https://endoflife.date/docs/api/v1/>): release lines with their dates, and each line's newest release.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::listing::{Fields, Listing, find_text};
use super::text::{parse_date, parse_name, parse_url};
use super::{Coverage, OptionFault, SourceError, Upstream, check_count, parse_json};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{LineFact, SourceFacts};

/// When the site was built and the product's page last edited: no statement about versions.
const UNCOUNTED: [&str; 2] = ["generated_at", "last_modified"];

/// A product of <https://endoflife.date>: release lines with their dates, and the newest release of each.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Endoflife {
    /// The product, as in the address of its page on <https://endoflife.date>. Example: `go`.
    #[schemars(regex(pattern = "^[a-z0-9][a-z0-9.+-]*$"))]
    product: String,
}

impl Upstream for Endoflife {
    fn about(&self) -> String {
        self.product.clone()
    }

    fn check(&self) -> Result<(), OptionFault> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '+' | '-');
        if self.product.starts_with(|c: char| c.is_ascii_alphanumeric()) && self.product.chars().all(is_plain) {
            return Ok(());
        }
        let why = "products are written in small letters, digits, `.`, `+` and `-`".to_owned();
        Err(OptionFault { option: Some("product"), why })
    }

    fn coverage(&self) -> Coverage {
        Coverage::NewestOfEachLine
    }

    /// The site answers without the slash at the end; a product's former name is a redirect.
    fn requests(&self) -> Vec<Request> {
        vec![Request::get(format!("https://endoflife.date/api/v1/products/{}", self.product))]
    }

    fn to_counted<'a>(&self, reply: &'a Reply) -> Result<Cow<'a, [u8]>, SourceError> {
        Ok(Cow::Owned(to_counted(&reply.body)?.into_bytes()))
    }

    fn to_facts(&self, _: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        replies.first().map_or(Err(SourceError::Empty), |reply| to_facts(&reply.body))
    }
}

#[derive(Deserialize)]
struct Answer {
    result: Product,
}

#[derive(Deserialize)]
struct Product {
    releases: Vec<Value>,
}

fn to_facts(body: &[u8]) -> Result<SourceFacts, SourceError> {
    let answer: Answer = parse_json(body)?;
    let cycles = answer.result.releases;
    check_count(cycles.len())?;
    let mut listing = Listing::default();
    for (at, cycle) in cycles.iter().enumerate() {
        listing.line(format!("entry {}", at + 1), find_text(cycle, "name").and_then(parse_name), |fields| {
            to_line(fields, cycle)
        });
    }
    listing.take_newest();
    Ok(listing.facts)
}

fn to_line(fields: &mut Fields, cycle: &Value) -> LineFact {
    let eol = fields.text("eolFrom", &cycle["eolFrom"], parse_date);
    let is_eol = fields.flag("isEol", &cycle["isEol"]);
    LineFact {
        released: fields.text("releaseDate", &cycle["releaseDate"], parse_date),
        support_ends: fields.text("eoasFrom", &cycle["eoasFrom"], parse_date),
        eol,
        // As of the day when the site was built: where there is a date, it is the date that counts.
        ended: is_eol.filter(|_| eol.is_none()),
        lts: fields.flag("isLts", &cycle["isLts"]).filter(|lts| *lts),
        latest: fields.text("latest.name", &cycle["latest"]["name"], parse_name),
        latest_date: fields.text("latest.date", &cycle["latest"]["date"], parse_date),
        url: fields.text("latest.link", &cycle["latest"]["link"], parse_url),
        ..LineFact::default()
    }
}

/// The part of a reply that counts as a change, in a form that does not depend on the order of its keys.
fn to_counted(body: &[u8]) -> Result<String, SourceError> {
    let reply: BTreeMap<String, Value> = parse_json(body)?;
    let counted = reply.into_iter().filter(|(key, _)| !UNCOUNTED.contains(&key.as_str()));
    Ok(counted.map(|(key, value)| format!("{key}={}\n", sort_keys(value))).collect())
}

fn sort_keys(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(sort_keys).collect(),
        Value::Object(entries) => {
            let sorted: BTreeMap<String, Value> =
                entries.into_iter().map(|(key, value)| (key, sort_keys(value))).collect();
            Value::Object(sorted.into_iter().collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::sources::testing::{open, refuse, reply};
    use crate::sources::to_digest;

    const GOOD: &str = include_str!("../../tests/upstream/endoflife/good.json");

    #[test]
    fn reads_lines_and_their_newest_releases() {
        let facts = to_facts(GOOD.as_bytes()).unwrap();
        let newest = LineFact {
            line: "1.26".to_owned(),
            released: Some(date(2026, 2, 10)),
            support_ends: None,
            eol: None,
            ended: Some(false),
            lts: None,
            latest: Some("1.26.7".to_owned()),
            latest_date: None,
            url: Some("https://go.dev/doc/go1.26".to_owned()),
        };
        let ended = LineFact {
            line: "1.25".to_owned(),
            released: Some(date(2025, 8, 12)),
            support_ends: Some(date(2026, 2, 10)),
            eol: Some(date(2026, 8, 19)),
            ended: None,
            lts: None,
            latest: Some("1.25.14".to_owned()),
            latest_date: None,
            url: Some("https://go.dev/doc/devel/release#go1.25.minor".to_owned()),
        };
        assert_eq!(facts.lines, [newest, ended]);
        let releases: Vec<_> = facts.releases.iter().map(|release| (release.version.as_str(), release.date)).collect();
        assert_eq!(releases, [("1.26.7", Some(date(2026, 8, 19))), ("1.25.14", Some(date(2026, 8, 19)))]);
        assert!(facts.skipped.is_empty());
    }

    #[test]
    fn leaves_out_odd_fields_and_entries_and_says_which() {
        let facts = to_facts(include_bytes!("../../tests/upstream/endoflife/odd.json")).unwrap();
        let lines: Vec<_> =
            facts.lines.iter().map(|line| (line.line.as_str(), line.latest.as_deref(), line.eol)).collect();
        assert_eq!(
            lines,
            [("24", None, None), ("22", Some("22.4.0"), None), ("bookworm", None, Some(date(2028, 6, 30)))]
        );
        assert_eq!(
            facts.skipped,
            [
                "`22`, field `eolFrom`: `2027-02-30` is not a date",
                "`22`, field `isLts`: it is neither true nor false",
                "`22`, field `latest.date`: it is not a text",
                "`22`, field `latest.link`: `javascript:alert(1)` is not an http address",
                "entry 4: it has no `name`",
                "entry 5: `22` is listed twice",
                "entry 6: `1\\u{202e}2` holds spaces or control characters",
            ]
        );
    }

    #[test]
    fn refuses_broken_replies() {
        let cut = include_bytes!("../../tests/upstream/endoflife/broken_cut_off.json");
        assert!(matches!(to_facts(cut).unwrap_err(), SourceError::CutOff { .. }));
        let page = include_bytes!("../../tests/upstream/endoflife/broken_page.html");
        assert_eq!(to_facts(page).unwrap_err(), SourceError::Html);
        assert_eq!(to_facts(b"{\"result\":{\"releases\":[]}}").unwrap_err(), SourceError::Empty);
        assert!(matches!(to_facts(b"{\"result\":[]}").unwrap_err(), SourceError::Shape(_)));
    }

    #[test]
    fn build_times_do_not_move_the_digest_and_all_else_does() {
        let upstream = open("endoflife", serde_json::json!({ "product": "go" }));
        let digest = |text: &str| to_digest(&*upstream, &[reply("", text.as_bytes())]).unwrap();
        let rebuilt =
            GOOD.replace("2026-08-22T09:00:00", "2026-08-23T09:00:00").replace("2026-08-20T13", "2026-08-21T13");
        assert_ne!(GOOD, rebuilt);
        assert_eq!(digest(GOOD), digest(&rebuilt));
        assert_eq!(digest("{\"a\":1,\"b\":{\"x\":1,\"y\":2}}"), digest("{\"b\":{\"y\":2,\"x\":1},\"a\":1}"));
        for (before, after) in [
            ("1.26.7", "1.26.8"),
            ("\"isEol\": false", "\"isEol\": true"),
            ("1.2.1", "1.3.0"),
            ("\"Go\"", "\"Golang\""),
        ] {
            let changed = GOOD.replace(before, after);
            assert_ne!(digest(GOOD), digest(&changed), "{before}");
        }
    }

    #[test]
    fn a_product_is_a_part_of_an_address() {
        let upstream = open("endoflife", serde_json::json!({ "product": "amazon-corretto" }));
        assert_eq!(upstream.about(), "amazon-corretto");
        assert_eq!(upstream.address(), "https://endoflife.date/api/v1/products/amazon-corretto");
        let fault = refuse("endoflife", serde_json::json!({ "product": "../go" }));
        assert_eq!(fault.option, Some("product"));
        assert_eq!(fault.why, "products are written in small letters, digits, `.`, `+` and `-`");
    }
}
