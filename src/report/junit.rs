//! Writes problems as a JUnit report: a failed test for each error, a passed one that says something for each warning.

use std::fmt::Write as _;

use anyhow::Result;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::finding::Finding;
use crate::model::problem::{Problem, Severity};
use crate::text::escape::to_terminal;

/// The name of the report and of its one suite.
const NAME: &str = "upshift check";

/// Writes the report; without findings, one passed test says so.
pub fn problems(findings: &[Finding<'_>]) -> Result<String> {
    let mut suite = TestSuite::new(NAME);
    for Finding { problem, .. } in findings {
        let said = to_xml_text(&in_words(problem));
        let mut case = match problem.severity {
            Severity::Error => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_message(to_xml_text(&problem.message)).set_type(problem.code).set_description(said);
                TestCase::new(to_name(problem), status)
            }
            Severity::Warning => {
                let mut case = TestCase::new(to_name(problem), TestCaseStatus::success());
                case.set_system_out(said);
                case
            }
        };
        case.set_classname(problem.code);
        suite.add_test_case(case);
    }
    if findings.is_empty() {
        let mut case = TestCase::new("the catalog is sound", TestCaseStatus::success());
        case.set_classname(NAME);
        suite.add_test_case(case);
    }
    let mut report = Report::new(NAME);
    report.add_test_suite(suite);
    Ok(report.to_string()?)
}

/// The name of the test: where, and what.
fn to_name(problem: &Problem) -> String {
    to_xml_text(&format!("{}: {}", in_file(problem), problem.message))
}

fn in_file(problem: &Problem) -> String {
    let place = &problem.place;
    match place.line {
        0 => place.file.to_string(),
        line => format!("{}:{line}:{}", place.file, place.column),
    }
}

fn in_words(problem: &Problem) -> String {
    let mut said = format!("{}[{}]: {}\n", problem.severity, problem.code, problem.message);
    let _ = write!(said, "--> {}", in_file(problem));
    for help in &problem.help {
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
