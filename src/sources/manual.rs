//! Facts that the catalog itself states, for upstreams that no program can read. Nothing is asked.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::listing::Listing;
use super::pages::to_about;
use super::text::{parse_date, parse_name, parse_url};
use super::{OptionFault, SourceError, Upstream};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{LineFact, ReleaseFact, SourceFacts};
use crate::model::schema::Day;

/// Facts stated here, for upstreams that no program can read: releases, lines, or both. Nothing is asked; `reference`
/// says where people read them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Manual {
    /// The page where this was read: an https address. Example: `https://docs.example.com/releases`.
    #[schemars(regex(pattern = "^https://"))]
    reference: String,
    /// Releases. Example: `[{ version: "7.4.2", date: 2026-08-19, security: true }]`. Default: none.
    #[serde(default)]
    releases: Vec<StatedRelease>,
    /// Release lines. Example: `[{ line: "7.4", released: 2025-11-04, eol: 2028-12-31, lts: true }]`. Default: none.
    #[serde(default)]
    lines: Vec<StatedLine>,
}

/// A release.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct StatedRelease {
    /// The version, in quotes. Example: `"7.4.2"`.
    version: String,
    /// The day of its release. Example: `2026-08-19`. Default: unknown.
    #[schemars(with = "Option<Day>")]
    date: Option<String>,
    /// Whether it fixes vulnerabilities. Default: unknown.
    security: Option<bool>,
    /// A page about it. Example: `https://docs.example.com/releases/7.4.2`. Default: none.
    url: Option<String>,
}

/// A release line.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct StatedLine {
    /// The line, in quotes. Example: `"7.4"`.
    line: String,
    /// The day of its first release. Example: `2025-11-04`. Default: unknown.
    #[schemars(with = "Option<Day>")]
    released: Option<String>,
    /// The last day of active support. Example: `2027-12-31`. Default: unknown.
    #[schemars(with = "Option<Day>")]
    support_ends: Option<String>,
    /// The last day of any support. Example: `2028-12-31`. Default: unknown.
    #[schemars(with = "Option<Day>")]
    eol: Option<String>,
    /// Whether it is supported for longer than others. Default: unknown.
    lts: Option<bool>,
}

impl Manual {
    fn read(&self) -> Result<SourceFacts, OptionFault> {
        let mut listing = Listing::default();
        for (at, said) in self.releases.iter().enumerate() {
            let place = format!("entry {}", at + 1);
            let fault = |why| OptionFault { option: Some("releases"), why: format!("{place}: {why}") };
            let release = ReleaseFact {
                date: said.date.as_deref().map(parse_date).transpose().map_err(fault)?,
                security: said.security,
                url: said.url.as_deref().map(parse_url).transpose().map_err(fault)?,
                ..ReleaseFact::default()
            };
            listing.release(&place, parse_name(&said.version), |_| release);
            listing.facts.skipped.pop().map_or(Ok(()), |why| Err(OptionFault { option: Some("releases"), why }))?;
        }
        for (at, said) in self.lines.iter().enumerate() {
            let place = format!("entry {}", at + 1);
            let day = |text: &Option<String>| -> Result<Option<Date>, OptionFault> {
                let fault = |why| OptionFault { option: Some("lines"), why: format!("{place}: {why}") };
                text.as_deref().map(parse_date).transpose().map_err(fault)
            };
            let line = LineFact {
                released: day(&said.released)?,
                support_ends: day(&said.support_ends)?,
                eol: day(&said.eol)?,
                lts: said.lts,
                ..LineFact::default()
            };
            listing.line(&place, parse_name(&said.line), |_| line);
            listing.facts.skipped.pop().map_or(Ok(()), |why| Err(OptionFault { option: Some("lines"), why }))?;
        }
        Ok(listing.facts)
    }
}

impl Upstream for Manual {
    fn about(&self) -> String {
        to_about(&self.reference).to_owned()
    }

    fn check(&self) -> Result<(), OptionFault> {
        if !self.reference.starts_with("https://") || parse_url(&self.reference).is_err() {
            return Err(OptionFault { option: Some("reference"), why: "it is an https address".to_owned() });
        }
        if self.releases.is_empty() && self.lines.is_empty() {
            return Err(OptionFault { option: None, why: "give `releases`, `lines`, or both".to_owned() });
        }
        self.read().map(|_| ())
    }

    fn address(&self) -> String {
        self.reference.clone()
    }

    fn requests(&self) -> Vec<Request> {
        Vec::new()
    }

    fn to_facts(&self, _: &SourceFacts, _: &[Reply]) -> Result<SourceFacts, SourceError> {
        self.read().map_err(|fault| SourceError::Shape(fault.why))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::{Value, json};

    use super::*;
    use crate::sources::testing::{open, refuse};

    const REFERENCE: &str = "https://docs.example.com/releases";

    #[test]
    fn states_releases_and_lines() {
        let manual = open(
            "manual",
            json!({
                "reference": REFERENCE,
                "releases": [
                    { "version": "7.4.2", "date": "2026-08-19", "security": true, "url": "https://docs.example.com/7.4.2" },
                    { "version": "7.4.1" },
                ],
                "lines": [{ "line": "7.4", "released": "2025-11-04", "support_ends": "2027-12-31", "eol": "2028-12-31", "lts": true }],
            }),
        );
        let releases = [
            ReleaseFact {
                version: "7.4.2".to_owned(),
                date: Some(date(2026, 8, 19)),
                prerelease: None,
                security: Some(true),
                url: Some("https://docs.example.com/7.4.2".to_owned()),
            },
            ReleaseFact { version: "7.4.1".to_owned(), ..ReleaseFact::default() },
        ];
        let line = LineFact {
            line: "7.4".to_owned(),
            released: Some(date(2025, 11, 4)),
            support_ends: Some(date(2027, 12, 31)),
            eol: Some(date(2028, 12, 31)),
            lts: Some(true),
            ..LineFact::default()
        };
        let expected = SourceFacts { releases: releases.to_vec(), lines: vec![line], ..SourceFacts::default() };
        assert_eq!(manual.to_facts(&SourceFacts::default(), &[]), Ok(expected));
        assert_eq!((manual.about().as_str(), manual.address().as_str()), ("docs.example.com/releases", REFERENCE));
        assert_eq!(manual.requests(), []);
    }

    #[test]
    fn says_which_option_cannot_be() {
        let with = |key: &str, value: Value| json!({ "reference": REFERENCE, key: value });
        for (options, option, why) in [
            (
                json!({ "reference": "http://a.example", "lines": [{ "line": "1" }] }),
                Some("reference"),
                "it is an https address",
            ),
            (json!({ "reference": REFERENCE }), None, "give `releases`, `lines`, or both"),
            (with("releases", json!([{ "version": "" }])), Some("releases"), "entry 1: the name is empty"),
            (
                with("releases", json!([{ "version": "1" }, { "version": "1" }])),
                Some("releases"),
                "entry 2: `1` is listed twice",
            ),
            (
                with("releases", json!([{ "version": "1", "date": "2026-02-30" }])),
                Some("releases"),
                "entry 1: `2026-02-30` is not a date",
            ),
            (
                with("releases", json!([{ "version": "1", "url": "x" }])),
                Some("releases"),
                "entry 1: `x` is not an http address",
            ),
            (with("lines", json!([{ "line": "1", "eol": "never" }])), Some("lines"), "entry 1: `never` is not a date"),
            (
                with("releases", json!([{ "version": 1.2 }])),
                None,
                "invalid type: floating point '1.2', expected a string",
            ),
        ] {
            let fault = refuse("manual", options);
            assert_eq!((fault.option, fault.why.as_str()), (option, why));
        }
    }
}
