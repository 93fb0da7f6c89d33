//! Writes findings as GitHub's workflow commands, which become annotations of a pull request
//! (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>).

use std::fmt::Write as _;

use super::finding::{Finding, Origin, Weight};
use crate::text::escape::to_terminal;

/// How many annotations of one kind GitHub shows for one step.
const MOST_OF_A_KIND: usize = 10;

/// Writes one command a line, and one more when there are more findings than GitHub shows.
pub fn findings(origin: &Origin, findings: &[Finding<'_>]) -> String {
    let mut out = String::new();
    let mut left_out = Vec::new();
    for weight in Weight::ALL {
        // GitHub's word for a note.
        let command = if weight == Weight::Note { "notice" } else { &weight.to_string() };
        let of_kind: Vec<_> = findings.iter().filter(|finding| finding.weight == weight).collect();
        for finding in of_kind.iter().take(MOST_OF_A_KIND) {
            let mut properties = vec![format!("file={}", to_property(&finding.place.file))];
            if finding.place.line > 0 {
                properties.push(format!("line={},col={}", finding.place.line, finding.place.column.max(1)));
            }
            properties.push(format!("title={}", to_property(finding.code)));
            let mut message = to_data(finding.message);
            for help in finding.help {
                let _ = write!(message, "%0Ahelp: {}", to_data(help));
            }
            let _ = writeln!(out, "::{command} {}::{message}", properties.join(","));
        }
        match of_kind.len().saturating_sub(MOST_OF_A_KIND) {
            0 => {}
            1 => left_out.push(format!("1 more {weight}")),
            more => left_out.push(format!("{more} more {weight}s")),
        }
    }
    if !left_out.is_empty() {
        let _ = writeln!(out, "::notice title={0}::{1}; `{0}` shows all", origin.name, left_out.join(" and "));
    }
    out
}

/// A text as the message of a command.
fn to_data(text: &str) -> String {
    to_terminal(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text as a property of a command, where colons and commas mean something too.
fn to_property(text: &str) -> String {
    to_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::finding::CHECK;
    use super::*;
    use crate::model::place::Place;
    use crate::model::problem::Problem;

    #[test]
    fn escapes_what_a_command_would_read() {
        let place = Place { file: "data/a,b:c%.yaml".into(), line: 3, column: 7, length: 1 };
        let problem = Problem::error("invalid-id", &place, "100%: a, b\n::stop-commands::x");
        let finding = Finding::new(&problem, String::new());
        let expected =
            "::error file=data/a%2Cb%3Ac%25.yaml,line=3,col=7,title=invalid-id::100%25: a, b\\u{a}::stop-commands::x\n";
        assert_eq!(findings(&CHECK, &[finding]), expected);
    }

    #[test]
    fn writes_ten_of_a_kind_and_counts_the_rest() {
        let place = Place::whole("data/a.yaml");
        let error = Problem::error("invalid-id", &place, "x");
        let warning = Problem::warning("ignored-file", &place, "y");
        let finding = |problem| Finding::new(problem, String::new());
        let findings: Vec<_> = (0..24).map(|at| finding(if at < 12 { &error } else { &warning })).take(23).collect();
        let expected = format!(
            "{}{}::notice title=upshift check::2 more errors and 1 more warning; `upshift check` shows all\n",
            "::error file=data/a.yaml,title=invalid-id::x\n".repeat(10),
            "::warning file=data/a.yaml,title=ignored-file::y\n".repeat(10)
        );
        assert_eq!(super::findings(&CHECK, &findings), expected);
    }
}
