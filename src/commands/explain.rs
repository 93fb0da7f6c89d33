//! `upshift explain`.

use super::Exit;
use super::load;
use crate::cli::ExplainArgs;
use crate::explain;
use crate::report::Report;

/// Tells the long story of a code, or lists all codes.
pub fn run(args: &ExplainArgs, report: &mut Report) -> Exit {
    let all = explain::explanations();
    let Some(code) = &args.code else {
        let width = all.iter().map(|explanation| explanation.code.len()).max().unwrap_or(0);
        for explanation in &all {
            report.text(&format!("{:width$}  {}\n", explanation.code, explanation.summary()));
        }
        return Exit::Done;
    };
    // People paste what they see: `error[unknown-key]`.
    let code = code.rsplit('[').next().unwrap_or(code).trim_end_matches(']');
    match explain::find(code) {
        Some(explanation) => {
            report.text(&format!("{}\n\n{}\n", explanation.code, explanation.text));
            Exit::Done
        }
        None => {
            load::unknown("problem code", code, all.iter().map(|explanation| explanation.code), report);
            Exit::Usage
        }
    }
}
