//! Writes findings as a JUnit report: a failed test for each error, a passed one that says something for the others.

use std::fmt::Write as _;

use anyhow::Result;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::finding::{Finding, Origin, Weight};
use crate::text::escape::to_terminal;

/// Writes the report; without findings, one passed test says so.
pub fn findings(origin: &Origin, findings: &[Finding<'_>]) -> Result<String> {
    let mut suite = TestSuite::new(origin.name);
    for finding in findings {
        let said = to_xml_text(&in_words(finding));
        let mut case = match finding.weight {
            Weight::Error => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_message(to_xml_text(finding.message)).set_type(finding.code).set_description(said);
                TestCase::new(to_name(finding), status)
            }
            Weight::Warning | Weight::Note => {
                let mut case = TestCase::new(to_name(finding), TestCaseStatus::success());
                case.set_system_out(said);
                case
            }
        };
        case.set_classname(finding.code);
        suite.add_test_case(case);
    }
    if findings.is_empty() {
        let mut case = TestCase::new(origin.nothing, TestCaseStatus::success());
        case.set_classname(origin.name);
        suite.add_test_case(case);
    }
    let mut report = Report::new(origin.name);
    report.add_test_suite(suite);
    Ok(report.to_string()?)
}

/// The name of the test: where, and what.
fn to_name(finding: &Finding<'_>) -> String {
    to_xml_text(&format!("{}: {}", in_file(finding), finding.message))
}

fn in_file(finding: &Finding<'_>) -> String {
    let place = &finding.place;
    match place.line {
        0 => place.file.to_string(),
        line => format!("{}:{line}:{}", place.file, place.column),
    }
}

fn in_words(finding: &Finding<'_>) -> String {
    let mut said = format!("{}[{}]: {}\n", finding.weight, finding.code, finding.message);
    let _ = write!(said, "--> {}", in_file(finding));
    for help in finding.help {
        let _ = write!(said, "\nhelp: {help}");
    }
    said
}

/// A text that XML can hold: line ends stay, other controls are shown, what is no character in XML is replaced.
fn to_xml_text(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(to_terminal).collect();
    lines.join("\n").replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_only_what_xml_can() {
        assert_eq!(to_xml_text("a\u{1b}[31m\u{0}\nb\u{ffff}<"), "a\\u{1b}[31m\\u{0}\nb\u{fffd}<");
    }
}
