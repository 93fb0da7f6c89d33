//! The tasks of a runbook as a table for spreadsheets: a row for each, by RFC 4180. No cell is a formula.

use anyhow::Result;
use csv::Writer;
use jiff::civil::Date;

use crate::model::id::TaskId;
use crate::model::runbook::{Runbook, TaskEntry};
use crate::text::escape::to_one_line;

/// The names of the columns.
const HEAD: [&str; 21] = [
    "id",
    "step",
    "component",
    "team",
    "branch",
    "variant",
    "phase",
    "wave",
    "title",
    "owner",
    "state",
    "takes_days",
    "earliest_start",
    "earliest_finish",
    "latest_start",
    "latest_finish",
    "slack_days",
    "critical",
    "unblocks",
    "needs",
    "evidence",
];

/// Makes the table. What is unknown is an empty cell.
///
/// # Errors
///
/// A row that cannot be written.
pub fn table(runbook: &Runbook) -> Result<String> {
    let mut table = Writer::from_writer(Vec::new());
    table.write_record(HEAD)?;
    for task in &runbook.tasks {
        table.write_record(to_row(task))?;
    }
    Ok(String::from_utf8(table.into_inner().map_err(csv::IntoInnerError::into_error)?)?)
}

fn to_row(task: &TaskEntry) -> [String; HEAD.len()] {
    let text = |value: &str| to_text(value);
    let day = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
    let needs: Vec<&str> = task.needs.iter().map(TaskId::as_str).collect();
    [
        text(task.id.as_str()),
        text(task.step.as_str()),
        task.component.as_ref().map_or_else(String::new, |id| text(id.as_str())),
        task.team.as_ref().map_or_else(String::new, |id| text(id.as_str())),
        task.branch.as_ref().map_or_else(String::new, |id| text(id.as_str())),
        task.variant.as_ref().map_or_else(String::new, |id| text(id.as_str())),
        text(task.phase.as_str()),
        task.wave.to_string(),
        text(&task.title),
        text(task.owner.as_str()),
        task.state.to_string(),
        task.takes_days.to_string(),
        day(task.earliest_start),
        day(task.earliest_finish),
        day(task.latest_start),
        day(task.latest_finish),
        task.slack_days.map_or_else(String::new, |days| days.to_string()),
        task.critical.map_or_else(String::new, |critical| critical.to_string()),
        task.unblocks.to_string(),
        text(&needs.join(" ")),
        text(&task.evidence.join(" ")),
    ]
}

/// A text from outside as a cell. A spreadsheet takes what begins with one of these characters for a formula; a quote in
/// front makes it a text: <https://owasp.org/www-community/attacks/CSV_Injection>. Tabs and line ends, which are on that
/// list too, are gone before.
fn to_text(value: &str) -> String {
    let value = to_one_line(value);
    match value.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        true => format!("'{value}"),
        false => value,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{HOSTILE, dated, hostile, undated};
    use super::*;

    #[test]
    fn a_task_is_a_row() {
        let expected = "id,step,component,team,branch,variant,phase,wave,title,owner,state,takes_days,earliest_start,earliest_finish,latest_start,latest_finish,slack_days,critical,unblocks,needs,evidence
\
open,open,,,,,kickoff,1,Do open,core,done,1,2026-09-01,2026-09-01,2026-09-01,2026-09-01,0,true,0,,https://example.org/1
\
build/api,build,api,,,,work,1,Do build/api,core,in-progress,1,2026-09-02,2026-09-08,2026-09-02,2026-09-08,0,true,0,open,
\
build/web,build,web,,,,work,1,Do build/web,core,blocked,1,2026-09-09,2026-09-18,2026-09-09,2026-09-18,0,true,0,build/api,
\
build/cli,build,cli,,,,work,1,Do build/cli,core,blocked,1,2026-09-02,2026-09-04,2026-09-02,2026-09-18,10,false,0,,
\
test,test,,,,,work,1,Do test,core,blocked,1,2026-09-21,2026-09-25,2026-09-21,2026-09-25,0,true,0,build/cli build/web,
\
try/api,try,api,,,,side,1,Do try/api,core,blocked,1,2026-09-09,2026-09-11,2026-09-09,2026-10-02,15,false,0,build/api,
\
announce,announce,,,,,wrap-up,1,Do announce,core,blocked,1,2026-09-28,2026-10-02,2026-09-28,2026-10-02,0,true,0,,
\
";
        assert_eq!(table(&dated()).expect("writes"), expected);
    }

    #[test]
    fn what_is_unknown_is_empty() {
        let table = table(&undated()).expect("writes");
        let row = "open,open,,,,,kickoff,1,Do open,core,done,1,,,,,,,0,,https://example.org/1";
        assert_eq!(table.lines().nth(1), Some(row));
    }

    #[test]
    fn no_cell_is_a_formula_or_breaks_out() {
        let cases = [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t=1", "'=1"),
            ("\r\n=1", "'=1"),
            ("\u{200b}=1", "'=1"),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
        ];
        for (text, expected) in cases {
            assert_eq!(to_text(text), expected);
        }
        let table = table(&hostile()).expect("writes");
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let titles: Vec<String> = reader.records().map(|row| row.expect("is a row")[8].to_owned()).collect();
        assert_eq!(titles, HOSTILE.map(to_text));
    }
}
