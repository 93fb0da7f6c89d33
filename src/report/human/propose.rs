//! Proposals for people: the most urgent first, each with its reasons.

use std::fmt::Write as _;

use super::{BOLD, RED, YELLOW};
use crate::model::id::UpgradeId;
use crate::model::proposal::{Kind, Urgency};
use crate::model::upgrade::State;
use crate::report::json::{ProposalEntry, ProposalsDocument, ReasonEntry};
use crate::text::escape::to_terminal;

/// Prints which upgrades are due.
pub fn proposals(document: &ProposalsDocument) -> String {
    let mut out = String::new();
    for entry in &document.proposals {
        proposal(entry, &mut out);
    }
    let heading = |out: &mut String, text: &str| {
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{gap}{BOLD}{text}{BOLD:#}");
    };
    let given_up = || document.settled.iter().filter(|entry| entry.state == State::Aborted);
    if given_up().next().is_some() {
        heading(&mut out, "Given up, and so not proposed");
    }
    for entry in given_up() {
        let because =
            entry.because.as_deref().map_or_else(String::new, |because| format!(": {}", to_terminal(because)));
        let _ = writeln!(out, "  {}, {}{because}", entry.upgrade, list(&entry.kinds));
    }
    if document.runtimes.iter().any(|entry| !entry.notes.is_empty()) {
        heading(&mut out, "Notes");
    }
    for entry in &document.runtimes {
        for note in &entry.notes {
            let _ = writeln!(out, "  {}: {}", entry.id, to_terminal(note));
        }
    }
    out
}

fn proposal(entry: &ProposalEntry, out: &mut String) {
    let style = match entry.urgency {
        Urgency::Now => RED,
        Urgency::Soon => YELLOW,
        Urgency::Later => anstyle::Style::new(),
    };
    let what = match &entry.moves {
        Some(now) => format!("move its target from {now} to {}", entry.to),
        None => format!("{} {} -> {}", entry.name, entry.from, entry.to),
    };
    let gap = if out.is_empty() { "" } else { "\n" };
    let id = to_terminal(&entry.id);
    let _ = writeln!(out, "{gap}{style}{:<5}{style:#}  {BOLD}{id}{BOLD:#}  {}", entry.urgency, to_terminal(&what));
    let mut say = |text: &str| {
        let _ = writeln!(out, "       {}", to_terminal(text));
    };
    for ReasonEntry { kind, text, sources } in &entry.reasons {
        let sources = if sources.is_empty() { String::new() } else { format!(" ({})", sources.join(", ")) };
        say(&format!("{kind}: {text}{sources}"));
    }
    if let Some(deadline) = &entry.deadline {
        say(&format!("due {}: {}", deadline.date, deadline.because));
    }
    match (entry.late_by_days, entry.earliest_finish, entry.begin_by) {
        (Some(late), Some(finish), _) if late > 0 => {
            let days = if late == 1 { "day" } else { "days" };
            say(&format!("late: done on {finish} at the earliest, {late} {days} after that"));
        }
        (_, _, Some(begin_by)) => say(&format!("begin by {begin_by}")),
        _ => {}
    }
    if !entry.aborted.is_empty() {
        let ids: Vec<&str> = entry.aborted.iter().map(UpgradeId::as_str).collect();
        say(&format!("given up before: {}", ids.join(", ")));
    }
    if let Some(why) = &entry.by_hand {
        say(&format!("by hand: {why}"));
    }
}

/// Kinds in a sentence: `end of life and new line`.
fn list(kinds: &[Kind]) -> String {
    let words: Vec<String> = kinds.iter().map(ToString::to_string).collect();
    match words.as_slice() {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        words => words.join(", "),
    }
}
