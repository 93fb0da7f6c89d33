//! How far upgrades are, for people: progress, what can be done now, what is late.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::{BOLD, DIM, RED, YELLOW, count, rows};
use crate::report::json::{StatusDocument, StatusTask, UpgradeEntry};
use crate::text::escape::to_terminal;

/// How many tasks of a list are shown; the rest is counted.
const MOST_TASKS: usize = 12;

/// Prints how far upgrades are.
pub fn status(document: &StatusDocument) -> String {
    if document.upgrades.is_empty() {
        return "No upgrade is open.\n".to_owned();
    }
    document.upgrades.iter().map(upgrade).collect::<Vec<_>>().join("\n")
}

fn upgrade(entry: &UpgradeEntry) -> String {
    let mut out = String::new();
    let due = entry.due.map_or_else(|| "no due date".to_owned(), |due| format!("due {due}"));
    let _ = writeln!(
        out,
        "{BOLD}{}{BOLD:#}  {} {} -> {}; {}; {due}",
        entry.upgrade,
        to_terminal(&entry.runtime_name),
        entry.from,
        entry.to,
        entry.state
    );
    let states = entry.states.iter().map(|(state, tasks)| format!("{tasks} {state}")).collect::<Vec<_>>().join(", ");
    let _ = writeln!(out, "  {} of {} settled ({}%): {states}", entry.settled, entry.tasks, entry.percent);
    if let Some(late) = entry.late_by_days.filter(|late| *late > 0) {
        let _ = writeln!(
            out,
            "  {RED}cannot make the due date: {} late at the earliest{RED:#}",
            count(late as usize, "day")
        );
    }
    if !entry.criteria.is_empty() {
        let _ = writeln!(out, "\n  {BOLD}Criteria{BOLD:#}");
        let criteria: Vec<[String; 3]> = entry
            .criteria
            .iter()
            .map(|criterion| {
                let target = criterion.target.map_or_else(String::new, |target| format!("target {target}"));
                let settled = match criterion.tasks {
                    0 => "no task".to_owned(),
                    tasks => format!("{} of {tasks}", criterion.settled),
                };
                [criterion.id.clone(), settled, target]
            })
            .collect();
        out.push_str(&indent(&rows(&criteria)));
    }
    list(&mut out, &format!("{YELLOW}Late{YELLOW:#}"), &entry.late);
    list(&mut out, &format!("{YELLOW}Changed since done{YELLOW:#}"), &entry.changed_since_done);
    list(&mut out, &format!("{BOLD}Can be done now{BOLD:#}"), &entry.ready);
    if !entry.waiting.is_empty() {
        let _ = writeln!(out, "\n  {BOLD}Waiting for a gate{BOLD:#}");
        let shown = &entry.waiting[..entry.waiting.len().min(MOST_TASKS)];
        let rows: Vec<[String; 4]> = shown
            .iter()
            .map(|waiting| {
                let opens = waiting.opens.map_or_else(String::new, |day| format!("opens {day}"));
                [waiting.task.to_string(), waiting.owner.to_string(), opens, waiting.gates.join("; ")]
            })
            .collect();
        out.push_str(&indent(&super::rows(&rows)));
        more(&mut out, entry.waiting.len() - shown.len());
    }
    if !entry.waived.is_empty() {
        let _ = writeln!(out, "\n  {BOLD}Waived{BOLD:#}");
        for waived in &entry.waived {
            let _ = writeln!(out, "    {} until {}: {}", waived.task, waived.until, to_terminal(&waived.because));
        }
    }
    out
}

fn list(out: &mut String, heading: &str, tasks: &[StatusTask]) {
    if tasks.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n  {heading}");
    let shown = &tasks[..tasks.len().min(MOST_TASKS)];
    let id_width = shown.iter().map(|task| task.task.as_str().width()).max().unwrap_or(0);
    let owner_width = shown.iter().map(|task| task.owner.as_str().width()).max().unwrap_or(0);
    for task in shown {
        let by = task.by.map_or_else(String::new, |by| format!("by {by}"));
        let line = format!("    {:id_width$}  {:owner_width$}  {by}", task.task, task.owner);
        let _ = writeln!(out, "{}", line.trim_end());
    }
    more(out, tasks.len() - shown.len());
}

fn more(out: &mut String, left: usize) {
    if left > 0 {
        let _ = writeln!(out, "    {DIM}and {left} more{DIM:#}");
    }
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}
