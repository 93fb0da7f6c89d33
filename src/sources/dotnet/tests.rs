//! What is made of .NET's answers.

use jiff::civil::{Date, date};
use serde_json::json;

use super::*;
use crate::model::advisory::AdvisoryFact;
use crate::sources::testing::{open, read_all, refuse, reply};

const GOOD_INDEX: &[u8] = include_bytes!("../../../tests/upstream/dotnet/good_index.json");
const GOOD_8: &[u8] = include_bytes!("../../../tests/upstream/dotnet/good_8.0.json");
const GOOD_11: &[u8] = include_bytes!("../../../tests/upstream/dotnet/good_11.0.json");

fn read(options: Value, index: &[u8], eight: &[u8]) -> Result<SourceFacts, SourceError> {
    read_all(&*open("dotnet", options), &[(INDEX, index), (&to_url("8.0"), eight), (&to_url("11.0"), GOOD_11)])
}

fn said(facts: &SourceFacts) -> Vec<(&str, Option<Date>, Option<bool>)> {
    facts.releases.iter().map(|release| (release.version.as_str(), release.date, release.security)).collect()
}

/// Advisories in short: `from .. before fixed`, `from ..= last`.
fn affected(advisory: &AdvisoryFact) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let ranges = advisory.affected.iter().map(|range| match &range.fixed {
        Some(fixed) => format!("{} .. {fixed}", text(&range.introduced)),
        None => format!("{} ..= {}", text(&range.introduced), text(&range.last)),
    });
    ranges.collect()
}

#[test]
fn reads_channels_and_runtimes() {
    let facts = read(json!({}), GOOD_INDEX, GOOD_8).unwrap();
    assert_eq!(
        said(&facts),
        [
            ("11.0.0-preview.6.26359.118", Some(date(2026, 7, 14)), Some(false)),
            ("8.0.29", Some(date(2026, 7, 14)), Some(true)),
            ("8.0.28", Some(date(2026, 6, 9)), Some(true)),
            ("8.0.0", Some(date(2023, 11, 14)), Some(false)),
            ("8.0.0-preview.1.23110.8", Some(date(2023, 2, 21)), Some(false)),
        ]
    );
    let notes = "https://github.com/dotnet/core/blob/main/release-notes/8.0/8.0.29/8.0.29.md";
    assert_eq!(facts.releases[1].url.as_deref(), Some(notes));
    let preview = LineFact {
        line: "11.0".to_owned(),
        ended: Some(false),
        latest: Some("11.0.0-preview.6.26359.118".to_owned()),
        ..LineFact::default()
    };
    let eight = LineFact {
        line: "8.0".to_owned(),
        released: Some(date(2023, 11, 14)),
        eol: Some(date(2026, 11, 10)),
        lts: Some(true),
        latest: Some("8.0.29".to_owned()),
        ..LineFact::default()
    };
    assert_eq!(facts.lines, [preview, eight]);
    assert!(facts.skipped.is_empty());
}

#[test]
fn what_a_runtime_fixes_affects_all_before_it_in_its_channel() {
    let facts = read(json!({}), GOOD_INDEX, GOOD_8).unwrap();
    let short: Vec<_> = facts.advisories.iter().map(|advisory| (advisory.id.as_str(), affected(advisory))).collect();
    assert_eq!(
        short,
        [
            ("CVE-2026-45591", vec!["8.0.0-preview.1.23110.8 .. 8.0.28".to_owned()]),
            ("CVE-2026-50651", vec!["8.0.0-preview.1.23110.8 .. 8.0.29".to_owned()]),
        ]
    );
    let url = "https://cve.mitre.org/cgi-bin/cvename.cgi?name=CVE-2026-45591";
    assert_eq!(facts.advisories[0].url.as_deref(), Some(url));
}

#[test]
fn sdks_are_fixed_band_by_band() {
    let facts = read(json!({ "product": "sdk", "channels": ["8.0"] }), GOOD_INDEX, GOOD_8).unwrap();
    let versions: Vec<_> = facts.releases.iter().map(|release| release.version.as_str()).collect();
    assert_eq!(
        versions,
        ["8.0.423", "8.0.129", "8.0.422", "8.0.128", "8.0.302", "8.0.100", "8.0.100-preview.1.23115.2"]
    );
    assert_eq!(facts.lines.iter().map(|line| line.latest.as_deref()).collect::<Vec<_>>(), [Some("8.0.423")]);
    let short: Vec<_> = facts.advisories.iter().map(|advisory| (advisory.id.as_str(), affected(advisory))).collect();
    let text = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        short,
        [
            ("CVE-2026-45591", text(&["8.0.100-preview.1.23115.2 .. 8.0.128"])),
            (
                "CVE-2026-50651",
                text(&["8.0.100-preview.1.23115.2 .. 8.0.129", "8.0.302 ..= 8.0.302", "8.0.422 .. 8.0.423"])
            ),
        ]
    );
}

#[test]
fn asks_for_each_channel() {
    let asked = |options: Value| {
        let more = open("dotnet", options).more(&SourceFacts::default(), &reply(INDEX, GOOD_INDEX)).unwrap();
        more.into_iter().map(|request| request.url).collect::<Vec<_>>()
    };
    assert_eq!(asked(json!({})), [to_url("11.0"), to_url("8.0")]);
    assert_eq!(asked(json!({ "channels": ["8.0", "9.0"] })), [to_url("8.0")]);
    assert_eq!(to_url("8.0"), "https://builds.dotnet.microsoft.com/dotnet/release-metadata/8.0/releases.json");
    let fault = refuse("dotnet", json!({ "channels": ["../8.0"] }));
    assert_eq!((fault.option, fault.why.as_str()), (Some("channels"), "`../8.0` is not a channel, such as `8.0`"));
    assert_eq!(refuse("dotnet", json!({ "product": "aspnet" })).option, None);
    assert_eq!(open("dotnet", json!({})).about(), "runtime");
    assert_eq!(open("dotnet", json!({ "product": "sdk" })).about(), "sdk");
}

#[test]
fn leaves_out_odd_entries_and_fields_and_says_which() {
    let index = include_bytes!("../../../tests/upstream/dotnet/odd_index.json");
    let eight = include_bytes!("../../../tests/upstream/dotnet/odd_8.0.json");
    let facts = read(json!({ "channels": ["8.0", "9.0"] }), index, eight).unwrap();
    assert_eq!(said(&facts), [("8.0.4", None, None), ("8.0.3", Some(date(2024, 3, 12)), None), ("8.0.1", None, None)]);
    let lines: Vec<_> = facts.lines.iter().map(|line| (line.line.as_str(), line.eol, line.ended, line.lts)).collect();
    assert_eq!(lines, [("8.0", None, Some(true), None)]);
    let short: Vec<_> = facts.advisories.iter().map(|advisory| (advisory.id.as_str(), affected(advisory))).collect();
    assert_eq!(short, [("CVE-1", vec!["8.0.1 .. 8.0.4".to_owned()])]);
    assert_eq!(facts.advisories[0].url, None);
    assert_eq!(
        facts.skipped,
        [
            "entry 1: `../11.0` is not a channel, such as `8.0`",
            "entry 2: it has no `channel-version`",
            "`8.0`, field `eol-date`: `2026-11-31` is not a date",
            "`8.0.4`, field `release-date`: `today` is not a date",
            "`8.0.4`, field `security`: it is neither true nor false",
            "channel `8.0`, entry 4: `version` is not a text",
            "channel `8.0`, entry 5: `8` is not a version of .NET",
            "channel `8.0`, entry 6: `8.0.3` is listed twice",
            "channel `8.0`, entry 7: it has no `release-version`",
            "release `8.0.4`, `cve-list`: it has no `cve-id`",
            "entry 4: `8.0` is listed twice",
            "channel `9.0`: upstream does not list it",
        ]
    );
}

#[test]
fn refuses_broken_replies() {
    let page = b"<!doctype html><title>404</title>";
    let cut = include_bytes!("../../../tests/upstream/dotnet/broken_cut_off.json");
    assert_eq!(read(json!({}), page, GOOD_8), Err(SourceError::Html));
    assert_eq!(read(json!({}), GOOD_INDEX, page), Err(SourceError::Html));
    assert_eq!(read(json!({}), GOOD_INDEX, cut), Err(SourceError::CutOff { line: 4, column: 40 }));
    assert_eq!(read(json!({}), b"{\"releases-index\":[]}", GOOD_8), Err(SourceError::Empty));
    assert_eq!(read(json!({}), GOOD_INDEX, b"{\"releases\":[]}"), Err(SourceError::Empty));
    let shape = SourceError::Shape("missing field 'releases-index' at line 1 column 2".to_owned());
    assert_eq!(read(json!({}), b"{}", GOOD_8), Err(shape));
    assert_eq!(read_all(&*open("dotnet", json!({})), &[(INDEX, GOOD_INDEX)]), Err(SourceError::Empty));
}
