//! Any JSON on the web: the catalog says by paths where in it the versions are.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::json_path::{Many, One};
use super::listing::{Fields, Listing};
use super::pages::to_about;
use super::text::{parse_date, parse_name, parse_time, parse_url};
use super::{Coverage, OptionFault, SourceError, Upstream, check_count, parse_json};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{LineFact, ReleaseFact, SourceFacts};
use crate::model::quote::quote;

/// Any JSON on the web. Options are JSONPaths (<https://www.rfc-editor.org/rfc/rfc9535>): `each` leads to the entries, the
/// others from an entry, which is their `$`, to one value in it. An entry is a release, or a line when `line` is given.
/// Dates are `2026-08-19` or `2026-08-19T09:00:00Z`; a date or a flag that is not there is unknown. Example, for
/// Node.js: `{ url: "https://nodejs.org/dist/index.json", version: $.version, date: $.date, security: $.security }`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Json {
    /// The address of the JSON. Example: `https://nodejs.org/dist/index.json`.
    #[schemars(regex(pattern = "^https://"))]
    url: String,
    /// The path to the entries; names, numbers, `[*]`, slices, and filters that compare fields. Example:
    /// `"$.releases[?@.stable == true]"`. Default: `$[*]`, all of a list; with `keys`, `$`.
    each: Option<String>,
    /// For objects whose keys are versions or lines, as `{ "3.14": { "end_of_life": "2030-10-01" } }`: what the keys are.
    /// `each` then leads to such an object, and its members are the entries. Example: `line`. Default: entries say it.
    keys: Option<Keys>,
    /// The path to the version of a release, or, where entries are lines, of the newest release. Example: `$.version`.
    version: Option<String>,
    /// The path to the day of that release. Example: `$.date`.
    date: Option<String>,
    /// The path to `true` for a beta or a candidate. Example: `$.prerelease`.
    prerelease: Option<String>,
    /// The path to `true` for a release that fixes vulnerabilities. Example: `$.security`.
    security: Option<String>,
    /// The path to the address of a page about the entry. Example: `$.html_url`.
    page: Option<String>,
    /// The path to the name of a line. Example: `$.cycle`.
    line: Option<String>,
    /// The path to the day of a line's first release. Example: `$.first_release`.
    released: Option<String>,
    /// The path to the last day of a line's active support. Example: `$.maintenance`.
    support_ends: Option<String>,
    /// The path to the last day of a line's support, or to `true` when support has ended. Example: `$.end_of_life`.
    eol: Option<String>,
    /// The path to `true` for a line that is supported for longer. Example: `$.lts`.
    lts: Option<String>,
}

/// What the keys of an object are.
#[derive(Clone, Copy, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Keys {
    Version,
    Line,
}

/// The options that are paths, read.
struct Paths {
    each: Many,
    fields: BTreeMap<&'static str, One>,
    keys: Option<Keys>,
}

/// An entry, with its key where keys say something.
struct Entry<'a> {
    key: Option<&'a str>,
    value: &'a Value,
}

impl Json {
    fn options(&self) -> [(&'static str, &Option<String>); 10] {
        [
            ("version", &self.version),
            ("date", &self.date),
            ("prerelease", &self.prerelease),
            ("security", &self.security),
            ("page", &self.page),
            ("line", &self.line),
            ("released", &self.released),
            ("support_ends", &self.support_ends),
            ("eol", &self.eol),
            ("lts", &self.lts),
        ]
    }

    fn has_lines(&self) -> bool {
        self.line.is_some() || self.keys == Some(Keys::Line)
    }

    fn paths(&self) -> Result<Paths, OptionFault> {
        let each = self.each.as_deref().unwrap_or(if self.keys.is_some() { "$" } else { "$[*]" });
        let each = Many::parse(each).map_err(|why| OptionFault { option: Some("each"), why })?;
        let mut fields = BTreeMap::new();
        for (option, path) in self.options() {
            if let Some(path) = path {
                let path = One::parse(path).map_err(|why| OptionFault { option: Some(option), why })?;
                fields.insert(option, path);
            }
        }
        Ok(Paths { each, fields, keys: self.keys })
    }

    /// Finds options that do not go together.
    fn check_together(&self) -> Result<(), OptionFault> {
        let given: BTreeSet<&'static str> =
            self.options().into_iter().filter(|(_, path)| path.is_some()).map(|(option, _)| option).collect();
        let find = |options: &[&'static str]| options.iter().copied().find(|option| given.contains(option));
        let fault = |option, why: &str| Err(OptionFault { option: Some(option), why: why.to_owned() });
        match self.keys {
            Some(Keys::Version) if given.contains("version") => fault("version", "the keys are the versions"),
            Some(Keys::Version) if given.contains("line") => fault("line", "the keys are the versions of releases"),
            Some(Keys::Line) if given.contains("line") => fault("line", "the keys are the lines"),
            _ if self.has_lines() => find(&["prerelease", "security"])
                .map_or(Ok(()), |option| fault(option, "it is for releases, and the entries are lines")),
            _ if !given.contains("version") && self.keys.is_none() => {
                fault("version", "give the path to the `version`, or to the `line`")
            }
            _ => find(&["released", "support_ends", "eol", "lts"])
                .map_or(Ok(()), |option| fault(option, "it is for lines, and the entries are releases: give `line`")),
        }
    }

    fn read(&self, body: &[u8]) -> Result<SourceFacts, SourceError> {
        let paths = self.paths().map_err(|fault| SourceError::Shape(fault.why))?;
        let document: Value = parse_json(body)?;
        let entries = paths.find_entries(&document)?;
        let mut listing = Listing::default();
        for (at, entry) in entries.iter().enumerate() {
            let place = format!("entry {}", at + 1);
            if self.has_lines() {
                listing.line(place, paths.find_name("line", Keys::Line, entry), |fields| paths.to_line(fields, entry));
            } else {
                let version = paths.find_name("version", Keys::Version, entry);
                listing.release(place, version, |fields| paths.to_release(fields, entry));
            }
        }
        let mut facts = listing.facts;
        let mut versions = BTreeSet::new();
        for line in &mut facts.lines {
            // The release says its own day: said twice, it would be two facts.
            let date = line.latest_date.take();
            if let Some(version) = line.latest.clone().filter(|version| versions.insert(version.clone())) {
                facts.releases.push(ReleaseFact { version, date, ..ReleaseFact::default() });
            }
        }
        Ok(facts)
    }
}

impl Paths {
    fn find_entries<'a>(&self, document: &'a Value) -> Result<Vec<Entry<'a>>, SourceError> {
        let found = self.each.find(document);
        if found.is_empty() {
            return Err(SourceError::Shape("`each` leads to nothing".to_owned()));
        }
        let mut entries = Vec::new();
        for value in found {
            match (self.keys, value) {
                (None, value) => entries.push(Entry { key: None, value }),
                (Some(_), Value::Object(members)) => {
                    entries.extend(members.iter().map(|(key, value)| Entry { key: Some(key), value }));
                }
                (Some(_), _) => return Err(SourceError::Shape("`each` leads to something without keys".to_owned())),
            }
        }
        check_count(entries.len())?;
        Ok(entries)
    }

    fn find<'a>(&self, option: &str, entry: &Entry<'a>) -> &'a Value {
        self.fields.get(option).map_or(&Value::Null, |path| path.find(entry.value))
    }

    /// The name of an entry: its key, or what a path leads to.
    fn find_name(&self, option: &str, keys: Keys, entry: &Entry<'_>) -> Result<String, String> {
        match entry.key {
            Some(key) if self.keys == Some(keys) => parse_name(key),
            _ => to_name(self.find(option, entry))
                .unwrap_or_else(|| Err(format!("it has no `{option}`")))
                .map_err(|why| entry.key.map_or_else(|| why.clone(), |key| format!("{}: {why}", quote(key)))),
        }
    }

    fn to_release(&self, fields: &mut Fields, entry: &Entry<'_>) -> ReleaseFact {
        ReleaseFact {
            date: fields.text("date", self.find("date", entry), parse_day),
            prerelease: fields.flag("prerelease", self.find("prerelease", entry)),
            security: fields.flag("security", self.find("security", entry)),
            url: fields.text("page", self.find("page", entry), parse_url),
            ..ReleaseFact::default()
        }
    }

    fn to_line(&self, fields: &mut Fields, entry: &Entry<'_>) -> LineFact {
        let eol = self.find("eol", entry);
        let latest = to_name(self.find("version", entry)).and_then(|name| match name {
            Ok(name) => Some(name),
            Err(why) => {
                fields.skip("version", why);
                None
            }
        });
        LineFact {
            released: fields.text("released", self.find("released", entry), parse_day),
            support_ends: fields.text("support_ends", self.find("support_ends", entry), parse_day),
            eol: if eol.is_boolean() { None } else { fields.text("eol", eol, parse_day) },
            ended: eol.as_bool(),
            lts: fields.flag("lts", self.find("lts", entry)),
            latest,
            latest_date: fields.text("date", self.find("date", entry), parse_day),
            url: fields.text("page", self.find("page", entry), parse_url),
            ..LineFact::default()
        }
    }
}

/// A name of a version or line. A whole number is one too; `3.10` as a number has lost its zero already.
fn to_name(value: &Value) -> Option<Result<String, String>> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(parse_name(text)),
        Value::Number(number) if number.is_u64() => Some(Ok(number.to_string())),
        Value::Number(number) => Some(Err(format!("{number} is a number, not a text"))),
        _ => Some(Err("the name is not a text".to_owned())),
    }
}

fn parse_day(text: &str) -> Result<Date, String> {
    parse_time(text).or_else(|_| parse_date(text))
}

impl Upstream for Json {
    fn about(&self) -> String {
        to_about(&self.url).to_owned()
    }

    fn check(&self) -> Result<(), OptionFault> {
        if !self.url.starts_with("https://") || parse_url(&self.url).is_err() {
            return Err(OptionFault { option: Some("url"), why: "it is an https address".to_owned() });
        }
        self.check_together()?;
        self.paths().map(|_| ())
    }

    /// Lines name their newest release, and no other.
    fn coverage(&self) -> Coverage {
        if self.has_lines() { Coverage::NewestOfEachLine } else { Coverage::Everything }
    }

    fn requests(&self) -> Vec<Request> {
        vec![Request::get(&self.url)]
    }

    /// The entries: what stands beside them may be the time of the day.
    fn to_counted<'a>(&self, reply: &'a Reply) -> Result<Cow<'a, [u8]>, SourceError> {
        let paths = self.paths().map_err(|fault| SourceError::Shape(fault.why))?;
        let document: Value = parse_json(&reply.body)?;
        let lines: String = paths.each.find(&document).into_iter().map(|entry| format!("{entry}\n")).collect();
        Ok(Cow::Owned(lines.into_bytes()))
    }

    fn to_facts(&self, _: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        replies.first().map_or(Err(SourceError::Empty), |reply| self.read(&reply.body))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;
    use crate::sources::testing::{open, read, refuse, reply};
    use crate::sources::to_digest;

    const URL: &str = "https://example.org/versions.json";

    fn releases() -> Box<dyn Upstream> {
        open(
            "json",
            json!({
                "url": URL, "each": "$.releases[?@.channel != 'nightly']", "version": "$.version", "date": "$.dates.out",
                "security": "$.security", "prerelease": "$.beta", "page": "$.notes",
            }),
        )
    }

    fn lines() -> Box<dyn Upstream> {
        open(
            "json",
            json!({
                "url": URL, "each": "$.lines", "keys": "line", "version": "$.latest", "date": "$.date",
                "released": "$.first_release", "eol": "$.end_of_life", "lts": "$.lts",
            }),
        )
    }

    const GOOD: &[u8] = include_bytes!("../../tests/upstream/json/good.json");
    const ODD: &[u8] = include_bytes!("../../tests/upstream/json/odd.json");

    #[test]
    fn reads_releases() {
        let facts = read(&*releases(), GOOD).unwrap();
        let expected = [
            ReleaseFact {
                version: "3.14.0".to_owned(),
                date: Some(date(2025, 10, 7)),
                prerelease: Some(false),
                security: Some(true),
                url: Some("https://example.org/3.14.0".to_owned()),
            },
            ReleaseFact { version: "4".to_owned(), date: Some(date(2026, 1, 2)), ..ReleaseFact::default() },
        ];
        assert_eq!(facts, SourceFacts { releases: expected.to_vec(), ..SourceFacts::default() });
        assert_eq!(releases().coverage(), Coverage::Everything);
    }

    #[test]
    fn reads_lines_by_their_keys() {
        let facts = read(&*lines(), GOOD).unwrap();
        let newest = LineFact {
            line: "3.14".to_owned(),
            released: Some(date(2025, 10, 7)),
            eol: Some(date(2030, 10, 1)),
            lts: Some(true),
            latest: Some("3.14.0".to_owned()),
            ..LineFact::default()
        };
        let ended = LineFact { line: "3.8".to_owned(), ended: Some(true), ..LineFact::default() };
        let release =
            ReleaseFact { version: "3.14.0".to_owned(), date: Some(date(2025, 10, 7)), ..ReleaseFact::default() };
        let expected = SourceFacts { lines: vec![newest, ended], releases: vec![release], ..SourceFacts::default() };
        assert_eq!(facts, expected);
        assert_eq!(lines().coverage(), Coverage::NewestOfEachLine);
    }

    #[test]
    fn reads_versions_from_keys_and_from_a_plain_list() {
        let versions = |options: Value, body: &[u8]| {
            let facts = read(&*open("json", options), body).unwrap();
            facts.releases.into_iter().map(|release| release.version).collect::<Vec<_>>()
        };
        let keyed = json!({ "url": URL, "keys": "version", "date": "$.date" });
        assert_eq!(versions(keyed, b"{\"1.10\":{},\"1.2\":null}"), ["1.10", "1.2"]);
        let plain = json!({ "url": URL, "version": "$" });
        assert_eq!(versions(plain, b"[\"v2\",\"v1\"]"), ["v2", "v1"]);
    }

    #[test]
    fn leaves_out_odd_fields_and_entries_and_says_which() {
        let facts = read(&*releases(), ODD).unwrap();
        assert_eq!(facts.releases, [ReleaseFact { version: "1.0".to_owned(), ..ReleaseFact::default() }]);
        assert_eq!(
            facts.skipped,
            [
                "`1.0`, field `date`: it is not a text",
                "`1.0`, field `prerelease`: it is neither true nor false",
                "`1.0`, field `security`: it is neither true nor false",
                "`1.0`, field `page`: `/notes` is not an http address",
                "entry 2: it has no `version`",
                "entry 3: `1.0` is listed twice",
                "entry 4: 3.1 is a number, not a text",
                "entry 5: the name is not a text",
                "entry 6: it has no `version`",
            ]
        );
        let facts = read(&*lines(), ODD).unwrap();
        let said: Vec<_> = facts.lines.iter().map(|line| (line.line.as_str(), line.latest.as_deref())).collect();
        assert_eq!(said, [("1", None)]);
        assert_eq!(
            facts.skipped,
            [
                "entry 1: the name is empty",
                "`1`, field `version`: `a b` holds spaces or control characters",
                "`1`, field `released`: `soon` is not a date",
                "`1`, field `eol`: it is not a text",
            ]
        );
    }

    #[test]
    fn refuses_broken_replies() {
        let error = |upstream: &dyn Upstream, body: &[u8]| read(upstream, body).unwrap_err().to_string();
        let page = include_bytes!("../../tests/upstream/json/broken_page.html");
        assert_eq!(error(&*releases(), page), "the reply is a web page, not data");
        assert_eq!(error(&*releases(), &GOOD[..40]), "the reply is cut off at line 2, column 38");
        for (body, expected) in [
            (&b"{\"error\":\"x\"}"[..], "the reply is not what this source sends: `each` leads to nothing"),
            (b"[]", "the reply is not what this source sends: `each` leads to nothing"),
            (b"{\"releases\":[]}", "the reply is not what this source sends: `each` leads to nothing"),
        ] {
            assert_eq!(error(&*releases(), body), expected);
        }
        assert_eq!(
            error(&*lines(), b"{\"lines\":[]}"),
            "the reply is not what this source sends: `each` leads to something without keys"
        );
        assert_eq!(error(&*lines(), b"{\"lines\":{}}"), "the reply lists nothing that can be read");
    }

    #[test]
    fn what_stands_beside_the_entries_does_not_move_the_digest() {
        let digest = |text: &str| to_digest(&*releases(), &[reply(URL, text.as_bytes())]).unwrap();
        let good = String::from_utf8_lossy(GOOD);
        assert_eq!(digest(&good), digest(&good.replace("2026-08-22", "2026-08-23")));
        assert_ne!(digest(&good), digest(&good.replace("2025-10-07", "2025-10-08")));
    }

    #[test]
    fn many_entries_are_read_in_a_moment() {
        let entries: Vec<Value> = (0..20_000).map(|at| json!({ "version": format!("1.{at}") })).collect();
        let body = json!({ "releases": entries }).to_string();
        assert_eq!(read(&*releases(), body.as_bytes()).unwrap().releases.len(), 20_000);
    }

    #[test]
    fn says_which_option_cannot_be() {
        assert_eq!(releases().about(), "example.org/versions.json");
        for (options, option, why) in [
            (json!({ "url": "http://a.example/", "version": "$" }), "url", "it is an https address"),
            (json!({ "url": URL }), "version", "give the path to the `version`, or to the `line`"),
            (json!({ "url": URL, "version": "$.a[" }), "version", "it is not a path by RFC 9535, as `$.releases[*]`"),
            (json!({ "url": URL, "version": "$", "each": "$..a" }), "each", "`..` is not for paths here: name the way"),
            (
                json!({ "url": URL, "version": "$", "date": "$.*" }),
                "date",
                "it leads to one value, by names and numbers: `$.released.date`",
            ),
            (json!({ "url": URL, "version": "$", "keys": "version" }), "version", "the keys are the versions"),
            (json!({ "url": URL, "line": "$", "keys": "version" }), "line", "the keys are the versions of releases"),
            (json!({ "url": URL, "line": "$", "keys": "line" }), "line", "the keys are the lines"),
            (
                json!({ "url": URL, "line": "$", "security": "$" }),
                "security",
                "it is for releases, and the entries are lines",
            ),
            (
                json!({ "url": URL, "version": "$", "eol": "$" }),
                "eol",
                "it is for lines, and the entries are releases: give `line`",
            ),
        ] {
            let fault = refuse("json", options);
            assert_eq!((fault.option, fault.why.as_str()), (Some(option), why));
        }
    }
}
