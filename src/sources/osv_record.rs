//! Records in the OSV format (<https://ossf.github.io/osv-schema/>), which several sources of advisories share.
//!
//! Turns a record into the versions that it affects; must not know who sent it.

use serde::Deserialize;
use serde_json::Value;

use super::osv_order::{Key, Order};
use super::text::{parse_id, parse_name, to_summary};
use crate::model::advisory::{AdvisoryFact, RangeFact};
use crate::model::quote::{clean, quote};

/// What of a record is wanted, and how.
pub(super) struct Subject<'a> {
    /// Says whether it is about what is asked for; a record may be about many things.
    pub is_about: &'a dyn Fn(&Affected) -> bool,
    /// How its versions are spelled.
    pub spelling: Spelling,
}

/// How versions are spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As upstream writes them.
    Upstream,
    /// As the Go project writes them: the Go database writes `1.27.0-rc.3` for `1.27rc3`.
    Go,
}

#[derive(Deserialize)]
struct Record {
    id: String,
    #[serde(default)]
    aliases: Vec<Value>,
    #[serde(default)]
    summary: Value,
    #[serde(default)]
    details: Value,
    #[serde(default)]
    withdrawn: Value,
    #[serde(default)]
    affected: Vec<Value>,
}

/// One thing that a record is about.
#[derive(Deserialize)]
pub(super) struct Affected {
    /// The package, where it is one.
    #[serde(default)]
    pub package: Package,
    /// Ranges of versions; one is enough.
    #[serde(default)]
    pub ranges: Vec<Range>,
    #[serde(default)]
    versions: Vec<Value>,
}

/// A package of an ecosystem.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Package {
    /// Its name: `stdlib`.
    pub name: String,
    /// Where it is published: `Go`.
    pub ecosystem: String,
    /// Both in one: `pkg:golang/stdlib`.
    pub purl: String,
}

/// A range of versions, by the events at which it starts and ends.
#[derive(Deserialize)]
pub(super) struct Range {
    #[serde(rename = "type")]
    kind: String,
    /// The repository, when the events are its commits.
    #[serde(default)]
    pub repo: String,
    #[serde(default)]
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
    limit: Option<String>,
}

/// Reads a record. Parts that cannot be read are left out and told in `skipped`.
pub(super) fn to_advisory(
    record: Value,
    subject: &Subject<'_>,
    skipped: &mut Vec<String>,
) -> Result<AdvisoryFact, String> {
    let record: Record = serde_json::from_value(record).map_err(|error| clean(&error.to_string()))?;
    let id = parse_id(&record.id)?;
    let mut skip = |why: String| skipped.push(format!("`{id}`: {why}"));
    let mut aliases = Vec::new();
    for alias in &record.aliases {
        match alias.as_str().map_or_else(|| Err("an alias is not a text".to_owned()), parse_id) {
            Ok(alias) => aliases.push(alias),
            Err(why) => skip(why),
        }
    }
    aliases.sort();
    aliases.dedup();
    let mut affected = Vec::new();
    for (at, entry) in record.affected.into_iter().enumerate() {
        let entry: Affected = match serde_json::from_value(entry) {
            Ok(entry) => entry,
            Err(error) => {
                skip(format!("field `affected`, entry {}: {}", at + 1, clean(&error.to_string())));
                continue;
            }
        };
        if (subject.is_about)(&entry) {
            affected.extend(to_ranges(&entry, subject.spelling, &mut skip));
        }
    }
    affected.sort();
    affected.dedup();
    Ok(AdvisoryFact {
        aliases,
        summary: [&record.summary, &record.details].into_iter().find_map(|text| to_summary(text.as_str()?)),
        url: None,
        modified: None,
        withdrawn: !record.withdrawn.is_null(),
        affected,
        id,
    })
}

/// The ranges of versions, and each single version that lies in none of them.
fn to_ranges(entry: &Affected, spelling: Spelling, skip: &mut dyn FnMut(String)) -> Vec<RangeFact> {
    let versions: Vec<&str> = entry.versions.iter().filter_map(Value::as_str).collect();
    let ranges: Vec<&Range> = entry.ranges.iter().filter(|range| range.kind != "GIT").collect();
    let named =
        ranges.iter().flat_map(|range| &range.events).filter_map(Event::version).chain(versions.iter().copied());
    let order = Order::of(named);
    let mut spans = Vec::new();
    for range in ranges {
        match to_points(range, order, spelling) {
            Ok((points, limit)) => spans.extend(walk(points, limit.as_ref())),
            Err(why) => skip(format!("a range is left out: {why}")),
        }
    }
    let mut points = Vec::new();
    for version in versions {
        match to_point(version, order, spelling) {
            Ok(point) => points.push(point),
            Err(why) => skip(format!("a version is left out: {why}")),
        }
    }
    let single = find_outside(&mut spans, points);
    let single =
        single.into_iter().map(|point| Span { introduced: Some(point.clone()), fixed: None, last: Some(point) });
    spans.into_iter().chain(single).map(Span::into_fact).collect()
}

/// The versions that no range holds; both are sorted, so that each is looked at once.
fn find_outside(spans: &mut [Span], mut points: Vec<Point>) -> Vec<Point> {
    spans.sort_by(|a, b| a.start().cmp(&b.start()));
    points.sort_by(|a, b| a.key.cmp(&b.key));
    let mut ahead = spans.iter().peekable();
    let mut furthest: Option<End<'_>> = None;
    points.retain(|point| {
        while let Some(span) = ahead.next_if(|span| span.start() <= Some(&point.key)) {
            furthest = furthest.max(Some(span.end()));
        }
        furthest.is_none_or(|end| !end.is_after(&point.key))
    });
    points
}

impl Event {
    /// The version that it names.
    fn version(&self) -> Option<&str> {
        let all = [&self.introduced, &self.fixed, &self.last_affected, &self.limit];
        all.into_iter().find_map(|text| text.as_deref()).filter(|text| *text != "0" && *text != "*")
    }
}

/// A version and its place in the order.
#[derive(Clone)]
struct Point {
    key: Key,
    text: String,
}

/// What happens at a version. Nothing stands for the start of all.
enum Turn {
    Starts(Option<Point>),
    Ends(Point),
    EndsAfter(Point),
}

impl Turn {
    fn key(&self) -> Option<&Key> {
        match self {
            Self::Starts(point) => point.as_ref().map(|point| &point.key),
            Self::Ends(point) | Self::EndsAfter(point) => Some(&point.key),
        }
    }
}

/// A range whose ends can be compared.
struct Span {
    introduced: Option<Point>,
    fixed: Option<Point>,
    last: Option<Point>,
}

impl Span {
    fn start(&self) -> Option<&Key> {
        self.introduced.as_ref().map(|point| &point.key)
    }

    fn end(&self) -> End<'_> {
        match (&self.fixed, &self.last) {
            (Some(fixed), _) => End::At(&fixed.key, Edge::Outside),
            (None, Some(last)) => End::At(&last.key, Edge::Inside),
            (None, None) => End::Never,
        }
    }

    fn is_empty(&self) -> bool {
        let Some(first) = &self.introduced else { return false };
        self.fixed.as_ref().is_some_and(|fixed| fixed.key <= first.key)
            || self.last.as_ref().is_some_and(|last| last.key < first.key)
    }

    /// The part of it before a limit, which ends it as a fix would.
    fn cut(mut self, limit: &Point) -> Self {
        let ends_before = self.fixed.as_ref().is_some_and(|fixed| fixed.key <= limit.key)
            || self.last.as_ref().is_some_and(|last| last.key < limit.key);
        if !ends_before {
            (self.fixed, self.last) = (Some(limit.clone()), None);
        }
        self
    }

    fn into_fact(self) -> RangeFact {
        let text = |point: Option<Point>| point.map(|point| point.text);
        RangeFact { introduced: text(self.introduced), fixed: text(self.fixed), last: text(self.last) }
    }
}

/// Where a range ends; a later end is the greater one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End<'a> {
    At(&'a Key, Edge),
    Never,
}

/// Whether the version at the end belongs to the range.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Edge {
    Outside,
    Inside,
}

impl End<'_> {
    fn is_after(self, key: &Key) -> bool {
        match self {
            Self::At(end, edge) => key < end || (key == end && edge == Edge::Inside),
            Self::Never => true,
        }
    }
}

/// What happens along a range, and the version that it never reaches.
fn to_points(range: &Range, order: Order, spelling: Spelling) -> Result<(Vec<Turn>, Option<Point>), String> {
    if !matches!(range.kind.as_str(), "SEMVER" | "ECOSYSTEM") {
        return Err(format!("its type {} is not known", quote(&range.kind)));
    }
    let mut turns = Vec::new();
    let mut limits = Vec::new();
    let mut endless = false;
    let point = |text: &str| to_point(text, order, spelling);
    for event in &range.events {
        match event {
            Event { introduced: Some(text), fixed: None, last_affected: None, limit: None } => {
                turns.push(Turn::Starts(if text == "0" { None } else { Some(point(text)?) }));
            }
            Event { introduced: None, fixed: Some(text), last_affected: None, limit: None } => {
                turns.push(Turn::Ends(point(text)?));
            }
            Event { introduced: None, fixed: None, last_affected: Some(text), limit: None } => {
                turns.push(Turn::EndsAfter(point(text)?));
            }
            Event { introduced: None, fixed: None, last_affected: None, limit: Some(text) } if text == "*" => {
                endless = true;
            }
            Event { introduced: None, fixed: None, last_affected: None, limit: Some(text) } => {
                limits.push(point(text)?);
            }
            _ => return Err("an event is not one of `introduced`, `fixed`, `last_affected` and `limit`".to_owned()),
        }
    }
    let limit = limits.into_iter().max_by(|a, b| a.key.cmp(&b.key)).filter(|_| !endless);
    Ok((turns, limit))
}

/// Walks over what happens, oldest first, as the format's own algorithm does
/// (<https://ossf.github.io/osv-schema/#evaluation>). What happens at one version stays in upstream's order.
fn walk(mut turns: Vec<Turn>, limit: Option<&Point>) -> Vec<Span> {
    turns.sort_by(|a, b| a.key().cmp(&b.key()));
    let mut spans = Vec::new();
    let mut open: Option<Option<Point>> = None;
    for turn in turns {
        match turn {
            Turn::Starts(point) => open = open.or(Some(point)),
            Turn::Ends(fixed) => {
                spans.extend(open.take().map(|introduced| Span { introduced, fixed: Some(fixed), last: None }));
            }
            Turn::EndsAfter(last) => {
                spans.extend(open.take().map(|introduced| Span { introduced, fixed: None, last: Some(last) }));
            }
        }
    }
    spans.extend(open.map(|introduced| Span { introduced, fixed: None, last: None }));
    let cut = |span: Span| if let Some(limit) = limit { span.cut(limit) } else { span };
    spans.into_iter().map(cut).filter(|span| !span.is_empty()).collect()
}

fn to_point(text: &str, order: Order, spelling: Spelling) -> Result<Point, String> {
    let name = parse_name(text)?;
    let text = match spelling {
        Spelling::Upstream => name.clone(),
        Spelling::Go => to_go(&name)?,
    };
    Ok(Point { key: order.to_key(&name), text })
}

/// The first line of Go whose language version (`1.21`) is older than all its candidates.
const FIRST_WITH_LANGUAGE: u64 = 21;

/// Writes a version as the Go project does; the Go database rewrites them to semver
/// (<https://go.dev/doc/security/vuln/database#schema>).
///
/// `1.26.0-0`, the oldest of all that is called 1.26, is the language version `1.26`; before 1.21 that is the name of
/// the first release, and a beta that never was stands for it.
fn to_go(text: &str) -> Result<String, String> {
    let fail = || format!("{} is not a version of Go's as its database writes them", quote(text));
    let version = semver::Version::parse(text).map_err(|_| fail())?;
    let semver::Version { major, minor, patch, .. } = version;
    let line = format!("{major}.{minor}");
    let number = |pre: &str| pre.bytes().all(|byte| byte.is_ascii_digit()) && !pre.is_empty();
    let from_line = if patch == 0 { line.clone() } else { format!("{line}.{patch}") };
    let stage = |word: &str| version.pre.strip_prefix(word).filter(|pre| number(pre));
    Ok(match version.pre.as_str() {
        _ if !version.build.is_empty() => return Err(fail()),
        "" if patch == 0 && minor < FIRST_WITH_LANGUAGE => line,
        "" => format!("{line}.{patch}"),
        "0" if patch == 0 && minor >= FIRST_WITH_LANGUAGE => line,
        "0" => format!("{from_line}beta0"),
        _ => match (stage("rc."), stage("beta.")) {
            (Some(candidate), _) => format!("{from_line}rc{candidate}"),
            (_, Some(beta)) => format!("{from_line}beta{beta}"),
            _ => return Err(fail()),
        },
    })
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "records are written where they are used")]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(affected: Value, spelling: Spelling) -> (Vec<String>, Vec<String>) {
        let record = json!({ "id": "A-1", "affected": affected });
        let mut skipped = Vec::new();
        let subject = Subject { is_about: &|entry| entry.package.name == "p", spelling };
        let advisory = to_advisory(record, &subject, &mut skipped).unwrap();
        let text = |text: Option<String>| text.unwrap_or_default();
        let said = advisory.affected.into_iter().map(|range| {
            let last = range.last.map(|last| format!("={last}")).unwrap_or_default();
            format!("{}..{}{last}", text(range.introduced), text(range.fixed))
        });
        (said.collect(), skipped)
    }

    fn ranges(kind: &str, events: Value) -> Vec<String> {
        let affected = json!([{ "package": { "name": "p" }, "ranges": [{ "type": kind, "events": events }] }]);
        let (ranges, skipped) = read(affected, Spelling::Upstream);
        assert_eq!(skipped, Vec::<String>::new());
        ranges
    }

    #[test]
    fn walks_over_events_oldest_first() {
        for (kind, events, expected) in [
            ("SEMVER", json!([{ "introduced": "0" }]), vec![".."]),
            ("SEMVER", json!([{ "introduced": "0" }, { "fixed": "1.2.0" }]), vec!["..1.2.0"]),
            (
                "SEMVER",
                json!([{ "fixed": "1.10.1" }, { "introduced": "1.10.0" }, { "fixed": "1.9.9" }, { "introduced": "0" }]),
                vec!["..1.9.9", "1.10.0..1.10.1"],
            ),
            (
                "SEMVER",
                json!([{ "introduced": "1.0.0" }, { "introduced": "1.1.0" }, { "fixed": "1.2.0" }]),
                vec!["1.0.0..1.2.0"],
            ),
            ("SEMVER", json!([{ "introduced": "1.0.0" }, { "last_affected": "1.1.0" }]), vec!["1.0.0..=1.1.0"]),
            ("SEMVER", json!([{ "introduced": "1.0.0" }, { "fixed": "1.0.0" }]), vec![]),
            ("SEMVER", json!([{ "fixed": "1.0.0" }]), vec![]),
            ("SEMVER", json!([]), vec![]),
            (
                "SEMVER",
                json!([{ "introduced": "1.0.0-rc.2" }, { "fixed": "1.0.0-rc.10" }]),
                vec!["1.0.0-rc.2..1.0.0-rc.10"],
            ),
            ("ECOSYSTEM", json!([{ "fixed": "3.10" }, { "introduced": "3.9" }]), vec!["3.9..3.10"]),
            ("ECOSYSTEM", json!([{ "fixed": "3.1" }, { "introduced": "3.1rc1" }]), vec!["3.1rc1..3.1"]),
            ("SEMVER", json!([{ "introduced": "0" }, { "limit": "2.0.0" }, { "limit": "1.0.0" }]), vec!["..2.0.0"]),
            ("SEMVER", json!([{ "introduced": "0" }, { "limit": "*" }, { "limit": "1.0.0" }]), vec![".."]),
            (
                "SEMVER",
                json!([{ "introduced": "0" }, { "fixed": "1.0.0" }, { "introduced": "3.0.0" }, { "limit": "2.0.0" }]),
                vec!["..1.0.0"],
            ),
            ("GIT", json!([{ "introduced": "0" }, { "fixed": "aaaa" }]), vec![]),
        ] {
            assert_eq!(ranges(kind, events.clone()), expected, "{events}");
        }
    }

    #[test]
    fn single_versions_count_where_no_range_holds_them() {
        let affected = json!([
            { "package": { "name": "p" }, "versions": ["1.0", "1.1", "2.0"],
              "ranges": [
                { "type": "GIT", "repo": "https://example.org/p", "events": [{ "introduced": "0" }] },
                { "type": "ECOSYSTEM", "events": [{ "introduced": "0" }, { "fixed": "1.2" }] },
              ] },
            { "package": { "name": "other" }, "versions": ["9.0"] },
        ]);
        assert_eq!(read(affected, Spelling::Upstream), (vec!["..1.2".to_owned(), "2.0..=2.0".to_owned()], vec![]));
    }

    #[test]
    fn says_what_is_left_out() {
        let range = |kind: &str, events: Value| json!({ "type": kind, "events": events });
        let affected = json!([
            { "package": { "name": "p" }, "versions": ["a b"], "ranges": [
                range("SEMVER", json!([{ "introduced": "0", "fixed": "1.0.0" }])),
                range("SEMVER", json!([{ "introduced": "0" }, { "repaired": "1.0.0" }])),
                range("CALENDAR", json!([{ "introduced": "0" }])),
                range("SEMVER", json!([{ "introduced": "0" }, { "fixed": "2.0.0" }])),
            ] },
            { "package": { "name": "p" }, "ranges": [range("SEMVER", json!([{ "introduced": 1 }]))] },
        ]);
        let (ranges, skipped) = read(affected, Spelling::Upstream);
        assert_eq!(ranges, ["..2.0.0"]);
        assert_eq!(
            skipped,
            [
                "`A-1`: a range is left out: an event is not one of `introduced`, `fixed`, `last_affected` and `limit`",
                "`A-1`: a range is left out: an event is not one of `introduced`, `fixed`, `last_affected` and `limit`",
                "`A-1`: a range is left out: its type `CALENDAR` is not known",
                "`A-1`: a version is left out: `a b` holds spaces or control characters",
                "`A-1`: field `affected`, entry 2: invalid type: integer `1`, expected a string",
            ]
            .map(|line| line.replace("integer `1`", "integer '1'"))
        );
    }

    #[test]
    fn versions_of_go_are_written_as_the_project_does() {
        for (text, expected) in [
            ("1.26.6", "1.26.6"),
            ("1.21.0", "1.21.0"),
            ("1.20.0", "1.20"),
            ("1.27.0-rc.3", "1.27rc3"),
            ("1.9.2-rc.2", "1.9.2rc2"),
            ("1.21.0-beta.1", "1.21beta1"),
            ("1.26.0-0", "1.26"),
            ("1.20.0-0", "1.20beta0"),
            ("1.5.0-0", "1.5beta0"),
        ] {
            assert_eq!(to_go(text).as_deref(), Ok(expected));
            let parsed = crate::model::version::Scheme::Go.parse(expected);
            assert_eq!(parsed.map(|version| version.as_str().to_owned()).as_deref(), Ok(expected));
        }
        for text in ["", "1.26", "go1.26.6", "1.26.0-pre", "1.26.0-rc.x", "1.26.0-rc.", "1.26.6+fips"] {
            let expected = format!("`{text}` is not a version of Go's as its database writes them");
            assert_eq!(to_go(text), Err(expected));
        }
    }
}
