//! Writes findings as GitLab's Code Quality report, for the widget of a merge request
//! (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).

use anyhow::Result;
use serde::Serialize;

use super::finding::{Finding, Weight};
use crate::text::escape::to_terminal;
use crate::text::to_json;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// Writes the report; a finding about a file as a whole stands at its first line, since GitLab wants a line.
pub fn findings(findings: &[Finding<'_>]) -> Result<String> {
    let issues = findings.iter().map(|finding| Issue {
        description: to_terminal(finding.message).into_owned(),
        check_name: finding.code,
        fingerprint: &finding.fingerprint,
        severity: match finding.weight {
            Weight::Error => "major",
            Weight::Warning => "minor",
            Weight::Note => "info",
        },
        location: Location {
            path: to_terminal(&finding.place.file).into_owned(),
            lines: Lines { begin: finding.place.line.max(1) },
        },
    });
    to_json(&issues.collect::<Vec<_>>())
}
