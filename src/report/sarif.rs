//! Writes findings as SARIF 2.1.0, for code scanning
//! (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>).

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde::Serialize;

use super::finding::{Finding, Origin};
use crate::model::place::Place;
use crate::text::escape::to_terminal;
use crate::text::to_json;

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    column_kind: &'static str,
    results: Vec<Outcome<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    information_uri: Option<&'static str>,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    short_description: Text,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

/// What SARIF calls a result.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: String,
    message: Text,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, &'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
}

/// Writes the log of one run.
pub fn findings(origin: &Origin, findings: &[Finding<'_>]) -> Result<String> {
    let codes: BTreeSet<&str> = findings.iter().map(|finding| finding.code).collect();
    let indexes: BTreeMap<&str, usize> = codes.iter().zip(0..).map(|(code, at)| (*code, at)).collect();
    let driver = Driver {
        name: "upshift",
        version: env!("CARGO_PKG_VERSION"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: Some(env!("CARGO_PKG_REPOSITORY")).filter(|address| !address.is_empty()),
        rules: codes
            .iter()
            .map(|code| Rule { id: code, short_description: Text { text: (origin.describe)(code) } })
            .collect(),
    };
    to_json(&Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver },
            column_kind: "unicodeCodePoints",
            results: findings.iter().map(|finding| to_outcome(finding, &indexes)).collect(),
        }],
    })
}

fn to_outcome<'a>(finding: &'a Finding<'_>, indexes: &BTreeMap<&str, usize>) -> Outcome<'a> {
    Outcome {
        rule_id: finding.code,
        rule_index: indexes.get(finding.code).copied().unwrap_or_default(),
        level: finding.weight.to_string(),
        message: to_text(finding.message, finding.help),
        locations: [to_location(&finding.place, None)],
        related_locations: finding.related.iter().map(|(place, label)| to_location(place, Some(label))).collect(),
        partial_fingerprints: BTreeMap::from([("upshift/v1", finding.fingerprint.as_str())]),
    }
}

fn to_text(message: &str, help: &[String]) -> Text {
    let mut lines = vec![to_terminal(message).into_owned()];
    lines.extend(help.iter().map(|help| format!("help: {}", to_terminal(help))));
    Text { text: lines.join("\n") }
}

fn to_location(place: &Place, label: Option<&str>) -> Location {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: to_uri(&place.file), uri_base_id: "%SRCROOT%" },
            region: (place.line > 0).then(|| Region { start_line: place.line, start_column: place.column.max(1) }),
        },
        message: label.map(|label| to_text(label, &[])),
    }
}

/// A path as a relative reference: all that is not plain is written as its bytes (RFC 3986, section 2.1).
fn to_uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_paths_as_relative_references() {
        assert_eq!(to_uri("data/a b:ü.yaml"), "data/a%20b%3A%C3%BC.yaml");
    }
}
