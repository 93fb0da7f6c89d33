//! All open upgrades for people: when each can be done, and the weeks in which several ask the same team.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::{BOLD, count, table};
use crate::report::json::{PlanEntry, PlansDocument};

/// Prints all plans.
pub fn plans(document: &PlansDocument) -> String {
    if document.upgrades.is_empty() {
        return "No upgrade is open.\n".to_owned();
    }
    let day = |day: Option<Date>| day.map_or_else(|| "not known".to_owned(), |day| day.to_string());
    let mut rows = vec![["Upgrade", "Begins", "Can be done", "Due", "Done", "Outcome"].map(str::to_owned)];
    rows.extend(document.upgrades.iter().map(|plan| {
        let done = format!("{} of {}", plan.settled, plan.tasks);
        [plan.upgrade.to_string(), day(plan.start), day(plan.earliest_finish), day(plan.due), done, outcome(plan)]
    }));
    let mut out = table(&rows);
    if document.collisions.is_empty() {
        out.push_str("\nNo team is asked by several upgrades in one week.\n");
        return out;
    }
    let _ = writeln!(out, "\n{BOLD}Teams that several upgrades ask in one week{BOLD:#}, by the earliest dates");
    for week in document.collisions.chunk_by(|a, b| a.week == b.week) {
        let _ = writeln!(out, "\n{BOLD}Week of {}{BOLD:#}", week[0].week);
        let width = week.iter().map(|collision| collision.team.as_str().len()).max().unwrap_or(0);
        for collision in week {
            let asks = collision.asks.iter().map(|ask| {
                let days = if ask.days == 1.0 { "1 day".to_owned() } else { format!("{} days", ask.days) };
                format!("{} ({}, {days})", ask.upgrade, count(ask.tasks, "task"))
            });
            let _ = writeln!(out, "  {:width$}  {}", collision.team, asks.collect::<Vec<_>>().join(", "));
        }
    }
    out
}

fn outcome(plan: &PlanEntry) -> String {
    match (plan.late_by_days, plan.due.zip(plan.earliest_finish)) {
        (Some(late), _) if late > 0 => format!("{} late", count(late as usize, "day")),
        (_, Some((due, finish))) => {
            format!("{} to spare", count(usize::try_from((due - finish).get_days()).unwrap_or(0), "day"))
        }
        _ => "no due date".to_owned(),
    }
}
