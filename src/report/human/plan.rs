//! A plan for people: what it comes to, the tasks by wave with their days, and a timeline. It fits in 100 columns unless
//! names are very long.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anstyle::Style;
use jiff::civil::Date;
use unicode_width::UnicodeWidthStr as _;

use super::{BOLD, CYAN, DIM, GREEN, RED, YELLOW, count};
use crate::model::id::{ComponentId, TaskId, TeamId};
use crate::model::runbook::{Runbook, TaskEntry};
use crate::model::upgrade::TaskState;
use crate::notation::timeline;
use crate::text::escape::to_terminal;

/// The columns that the timeline takes: those of the narrowest terminal that is common.
const COLUMNS: usize = 80;

/// Ids and owners are padded to the widest, but not further than this: a single long name must not push all days out of
/// sight.
const WIDEST_PADDING: usize = 40;

/// How many needs of a task are named; more are counted.
const MOST_NEEDS: usize = 3;

/// Draws a plan.
pub fn plan(runbook: &Runbook) -> String {
    let mut out = head(runbook);
    let width =
        |text: &dyn Fn(&TaskEntry) -> usize| runbook.tasks.iter().map(text).max().unwrap_or(0).min(WIDEST_PADDING);
    let path: BTreeSet<&TaskId> = runbook.summary.critical_path.iter().collect();
    let widths = [width(&|task| task.id.as_str().width()), width(&|task| task.owner.as_str().width())];
    for wave in runbook.tasks.chunk_by(|a, b| a.wave == b.wave) {
        let mut phases: Vec<&str> = wave.iter().map(|task| task.phase.as_str()).collect();
        phases.dedup();
        let _ = writeln!(out, "\n{BOLD}Wave {}{BOLD:#}  {DIM}{}{DIM:#}", wave[0].wave, phases.join(", "));
        for run in wave.chunk_by(|a, b| a.step == b.step && to_shared(a) == to_shared(b)) {
            let _ = writeln!(out, "  {DIM}{}{DIM:#}", to_terminal(&to_caption(run, runbook)));
            for task in run {
                let _ = writeln!(out, "{}", to_line(task, widths, path.contains(&task.id)));
            }
        }
    }
    if let Some(chart) = timeline::chart(runbook, COLUMNS) {
        let _ = write!(out, "\n{BOLD}Timeline{BOLD:#}\n{}", colour(&chart));
    }
    if !runbook.not_planned.is_empty() {
        let _ = writeln!(out, "\n{BOLD}Not planned{BOLD:#}");
        for entry in &runbook.not_planned {
            let (id, because) = (&entry.component, to_terminal(&entry.because));
            let _ = writeln!(out, "  {id:width$}  {DIM}{because}{DIM:#}", width = widths[0]);
        }
    }
    let _ = writeln!(out, "\n{DIM}> ready, ~ in progress, x done, - waived, ! cannot be done{DIM:#}");
    out
}

/// What is upgraded, and what its days come to.
fn head(runbook: &Runbook) -> String {
    let name = |text: &str| to_terminal(text).into_owned();
    let called = runbook.called.as_ref().map_or_else(String::new, |called| format!(", called {}", name(called)));
    let bump = runbook.bump.map_or_else(|| "no bump".to_owned(), |bump| format!("{bump} bump{called}"));
    let (runtime, from, to) = (name(&runbook.runtime_name), name(&runbook.from), name(&runbook.to));
    let summary = &runbook.summary;
    let mut out = format!(
        "{BOLD}{runtime} {from} -> {to}{BOLD:#}  {bump}; risk {}; {}\n{} in {}, {} done\n",
        runbook.risk,
        runbook.state,
        count(summary.tasks, "task"),
        count(summary.waves as usize, "wave"),
        summary.settled
    );
    let mut rows: Vec<(&str, String)> = Vec::new();
    let with_reason = |day: Date, because: &Option<String>| match because {
        Some(because) => format!("{day}, {}", name(because)),
        None => day.to_string(),
    };
    if let Some(start) = runbook.start.date {
        rows.push(("Start", with_reason(start, &runbook.start.because)));
    }
    if let Some(due) = runbook.due.date {
        rows.push(("Due", with_reason(due, &runbook.due.because)));
    }
    if let Some(finish) = summary.earliest_finish {
        rows.push(("Finish", format!("{finish} at the earliest{}", to_lateness(runbook, finish))));
    }
    for remedy in &summary.remedies {
        let sooner = count(remedy.days as usize, "day");
        rows.push(("Would help", format!("without {} the end comes {sooner} earlier", remedy.subject())));
    }
    if let Some(days) = summary.critical_path_days {
        let (days, tasks) = (count(days as usize, "working day"), count(summary.critical_path.len(), "task"));
        rows.push(("Critical path", format!("{days}, {tasks}, marked *")));
    }
    for (what, value) in rows {
        let _ = writeln!(out, "{DIM}{what:13}{DIM:#}  {value}");
    }
    out
}

fn to_lateness(runbook: &Runbook, finish: Date) -> String {
    match (runbook.summary.late_by_days, runbook.due.date) {
        (Some(late), _) if late > 0 => format!(", {RED}{} late{RED:#}", count(late as usize, "day")),
        (_, Some(due)) if finish < due => {
            let early = usize::try_from((due - finish).get_days()).unwrap_or(0);
            format!(", {} before it is due", count(early, "day"))
        }
        (_, Some(due)) if finish == due => ", on the day on which it is due".to_owned(),
        _ => String::new(),
    }
}

/// What stands above tasks that wait for the same: what that is, and how many tasks wait for them.
fn to_caption(run: &[TaskEntry], runbook: &Runbook) -> String {
    let mut caption = to_shared(&run[0]);
    if caption.is_empty() {
        let is_first = runbook.phases.iter().any(|phase| phase.id == run[0].phase && phase.after.is_empty());
        caption.push_str(if is_first { "needs nothing" } else { "needs the phases before" });
    }
    let unblocks = || run.iter().map(|task| task.unblocks);
    match (unblocks().min(), unblocks().max()) {
        (_, None | Some(0)) => {}
        (Some(least), Some(most)) if least == most => caption.push_str(&format!("; unblocks {most}")),
        (_, Some(most)) => caption.push_str(&format!("; unblocks up to {most}")),
    }
    caption
}

/// What a task waits for.
fn to_shared(task: &TaskEntry) -> String {
    let mut parts = Vec::new();
    match task.needs.as_slice() {
        [] => {}
        needs if needs.len() <= MOST_NEEDS => {
            let needs: Vec<String> = needs.iter().map(|need| to_need(need, task)).collect();
            parts.push(format!("needs {}", needs.join(", ")));
        }
        needs => parts.push(format!("needs {} tasks", needs.len())),
    }
    for gate in task.gates.iter().filter(|gate| gate.holds != Some(true)) {
        let until = gate.until.map_or_else(String::new, |until| format!(", until {until}"));
        parts.push(format!("waits: {}{until}", gate.text));
    }
    parts.join("; ")
}

/// A need by its id, or by its step where it is about the same component or team.
fn to_need(need: &TaskId, task: &TaskEntry) -> String {
    let component = task.component.as_ref().map(ComponentId::as_str);
    let own = component.or(task.team.as_ref().map(TeamId::as_str));
    match need.as_str().split_once('/') {
        Some((step, subject)) if Some(subject) == own => {
            format!("{step} of the same {}", if component.is_some() { "component" } else { "team" })
        }
        _ => need.to_string(),
    }
}

fn to_line(task: &TaskEntry, [id_width, owner_width]: [usize; 2], is_critical: bool) -> String {
    let (mark, style) = match task.state {
        TaskState::Done => ("x", GREEN),
        TaskState::Waived => ("-", DIM),
        TaskState::Cannot => ("!", RED),
        TaskState::InProgress => ("~", YELLOW),
        TaskState::Ready => (">", CYAN),
        TaskState::Blocked => (" ", Style::new()),
    };
    let (id, owner) = (&task.id, &task.owner);
    let line = format!("  {style}{mark}{style:#} {id:id_width$}  {owner:owner_width$}");
    let (Some(start), Some(finish)) = (task.earliest_start, task.earliest_finish) else {
        return line.trim_end().to_owned();
    };
    let mark = if is_critical { format!(" {RED}*{RED:#}") } else { String::new() };
    let slack = task.slack_days.map_or_else(String::new, |days| {
        let style = if task.critical == Some(true) { RED } else { DIM };
        format!("  {style}slack {days}{style:#}")
    });
    format!("{line}  {:19}{slack}{mark}", to_days(start, finish)).trim_end().to_owned()
}

/// `2026-09-14`, `2026-09-14 to 10-02`, `2026-12-28 to 2027-01-08`.
fn to_days(start: Date, finish: Date) -> String {
    match finish {
        _ if start == finish => start.to_string(),
        _ if start.year() == finish.year() => format!("{start} to {:02}-{:02}", finish.month(), finish.day()),
        _ => format!("{start} to {finish}"),
    }
}

/// Colours the marks of a timeline, which says the same without.
fn colour(chart: &str) -> String {
    let style = |c: char| match c {
        timeline::CRITICAL => RED,
        timeline::PLANNED => CYAN,
        timeline::SLACK => DIM,
        timeline::DUE => YELLOW,
        _ => Style::new(),
    };
    let mut out = String::new();
    for run in chart.chars().collect::<Vec<_>>().chunk_by(|a, b| style(*a) == style(*b)) {
        let (style, text) = (style(run[0]), run.iter().collect::<String>());
        let _ = write!(out, "{style}{text}{style:#}");
    }
    out
}
