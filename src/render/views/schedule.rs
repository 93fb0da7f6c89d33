//! When an upgrade and its tasks can be done and must be: what pages say of dates, gates and release branches.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;

use crate::model::catalog::Catalog;
use crate::model::count::count;
use crate::model::due;
use crate::model::plan::BranchFit;
use crate::model::runbook::{BranchEntry, Gate, Runbook, TaskEntry};
use crate::model::upgrade::Upgrade;
use crate::render::views::parts::working_days;

/// When an upgrade can be done.
#[derive(Serialize)]
pub struct ScheduleView {
    /// When work begins, and why then: `2026-10-05 (set by the catalog)`.
    start: String,
    /// When it must be done, and why then; nothing where no rule gives a day.
    due: Option<String>,
    /// What that means: `All can be done by 2026-10-20, 93 days before the due date`.
    outcome: String,
    is_late: bool,
    /// The last day on which work may begin for the due date to be kept.
    begin_by: Option<String>,
    /// What would help most, when it is late, in words.
    remedies: Vec<String>,
    /// The tasks of the longest chain, and its length.
    path: Vec<String>,
    path_days: Option<String>,
}

/// Makes the view of a schedule; nothing where no day is known on which work begins.
pub fn view(runbook: &Runbook) -> Option<ScheduleView> {
    let start = runbook.start.date?;
    let summary = &runbook.summary;
    let with_reason = |day: Date, because: &Option<String>| match because {
        Some(because) => format!("{day} ({because})"),
        None => day.to_string(),
    };
    let late = summary.late_by_days.filter(|days| *days > 0);
    let outcome = match (summary.earliest_finish, runbook.due.date, late) {
        (None, _, _) => "Some task can never be done: nobody may work on it on any day".to_owned(),
        (Some(finish), None, _) => format!("All can be done by {finish}"),
        (Some(finish), Some(due), Some(late)) => {
            format!(
                "All can be done by {finish} at the earliest, {} after the due date {due}",
                count(late as usize, "day")
            )
        }
        (Some(finish), Some(due), None) => {
            let spare = usize::try_from((due - finish).get_days()).unwrap_or(0);
            match spare {
                0 => format!("All can be done by {finish}, which is the due date"),
                spare => format!("All can be done by {finish}, {} before the due date {due}", count(spare, "day")),
            }
        }
    };
    let begin_by = runbook.tasks.iter().filter_map(|task| task.latest_start).min().filter(|_| late.is_none());
    Some(ScheduleView {
        start: with_reason(start, &runbook.start.because),
        due: runbook.due.date.map(|due| with_reason(due, &runbook.due.because)),
        outcome,
        is_late: late.is_some(),
        begin_by: begin_by.map(|day| day.to_string()),
        remedies: summary
            .remedies
            .iter()
            .map(|remedy| {
                format!("without {} the end comes {} earlier", remedy.subject(), count(remedy.days as usize, "day"))
            })
            .collect(),
        path: summary.critical_path.iter().map(ToString::to_string).collect(),
        path_days: summary.critical_path_days.map(|days| working_days(f64::from(days))),
    })
}

/// When the tasks of a group can be done and must be: `2026-10-09 to 2026-10-13; at the latest 2027-01-13 to 2027-01-15`.
pub fn in_words(tasks: &[&TaskEntry]) -> Option<String> {
    // When something was done is told by its evidence.
    let open: Vec<&TaskEntry> = tasks.iter().copied().filter(|task| !task.state.is_settled()).collect();
    let first = open.iter().filter_map(|task| task.earliest_start).min()?;
    let last = open.iter().filter_map(|task| task.earliest_finish).max()?;
    let mut words = to_span(first, last);
    let latest = open.iter().filter_map(|task| task.latest_start.zip(task.latest_finish));
    let latest = latest.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    if let Some((first, last)) = latest {
        words.push_str(&format!("; at the latest {}", to_span(first, last)));
    }
    if open.iter().any(|task| task.critical == Some(true)) {
        words.push_str("; critical");
    }
    Some(words)
}

/// Whether tasks have the same dates.
pub fn are_together(tasks: &[&TaskEntry]) -> bool {
    let dates = |task: &&TaskEntry| (task.earliest_start, task.earliest_finish, task.latest_finish, task.critical);
    let open: Vec<_> = tasks.iter().filter(|task| !task.state.is_settled()).map(dates).collect();
    open.windows(2).all(|pair| pair[0] == pair[1])
}

fn to_span(first: Date, last: Date) -> String {
    if first == last { first.to_string() } else { format!("{first} to {last}") }
}

/// Says that a task should have been done by now.
pub fn find_late(task: &TaskEntry, today: Date) -> Option<String> {
    let by = task.latest_finish.filter(|_| task.is_late(today))?;
    Some(format!("late: should have been done by {by}"))
}

/// The gates of a group's tasks, each with its state where that is known: `production is not frozen; open`.
pub fn to_gates(tasks: &[&TaskEntry]) -> Vec<String> {
    let first = tasks.first().map_or(&[][..], |task| &task.gates);
    let gates = first.iter().enumerate().map(|(at, gate)| {
        let all: Vec<&Gate> = tasks.iter().filter_map(|task| task.gates.get(at)).collect();
        let until = all.iter().filter_map(|gate| gate.until).max();
        let holds: BTreeSet<Option<bool>> = all.iter().map(|gate| gate.holds).collect();
        let state = match (holds.iter().next_back(), holds.len()) {
            (Some(Some(true)), 1) => Some("open".to_owned()),
            (Some(Some(false)), 1) if until.is_none() => Some("closed".to_owned()),
            // A gate that names its day needs not say it twice.
            _ => until
                .map(|day| day.to_string())
                .filter(|day| !gate.text.contains(day))
                .map(|day| format!("opens {day}")),
        };
        match state {
            Some(state) => format!("{}; {state}", gate.text),
            None => gate.text.clone(),
        }
    });
    gates.collect()
}

/// Says whether the gates of two tasks ask for the same.
pub fn ask_alike(a: &TaskEntry, b: &TaskEntry) -> bool {
    a.gates.len() == b.gates.len() && a.gates.iter().zip(&b.gates).all(|(a, b)| a.text == b.text)
}

/// A dated event.
#[derive(Serialize)]
pub struct EventView {
    pub date: String,
    pub event: String,
    pub source: String,
}

/// The events of an upgrade in the order of their days: facts, decisions, and what the plan makes of them.
pub fn to_timeline(catalog: &Catalog, runbook: &Runbook, upgrade: Option<&Upgrade>, name: &str) -> Vec<EventView> {
    let mut events: BTreeSet<(String, String, String)> = BTreeSet::new();
    let mut add = |date: &str, event: String, source: &str| {
        events.insert((date.to_owned(), event, source.to_owned()));
    };
    let facts = [
        ("from.released", format!("{name} {} released", runbook.from)),
        ("to.released", format!("{name} {} released", runbook.to)),
        ("to_line.released", format!("{name} {} line begins", runbook.line)),
        ("from_line.eol", "end of life of the line in use".to_owned()),
        ("to_line.eol", format!("end of life of {name} {}", runbook.line)),
    ];
    for (id, event) in facts {
        if let Some(fact) = runbook.facts.iter().find(|fact| fact.id == id) {
            add(&fact.value, event, &fact.source);
        }
    }
    let (start, due) = (runbook.start.date, runbook.due.date);
    let is_set = |because: &Option<String>| because.as_deref() == Some(due::STATED);
    if let Some(start) = start {
        let source = if is_set(&runbook.start.because) { "catalog" } else { "plan" };
        add(&start.to_string(), "work begins".to_owned(), source);
    }
    if let Some(due) = due {
        match runbook.due.because.as_deref().filter(|_| !is_set(&runbook.due.because)) {
            Some(because) => add(&due.to_string(), format!("target end date: {because}"), "policy"),
            None => add(&due.to_string(), "target end date".to_owned(), "catalog"),
        }
    }
    for phase in &runbook.phases {
        let tasks = || runbook.tasks.iter().filter(|task| task.phase == phase.id);
        if let Some(day) = tasks().filter_map(|task| task.earliest_start).min() {
            add(&day.to_string(), format!("{} can begin", phase.name), "plan");
        }
        if let Some(day) = tasks().filter_map(|task| task.latest_finish).max().filter(|_| phase.blocks) {
            add(&day.to_string(), format!("{} must be done", phase.name), "plan");
        }
    }
    if let Some(day) = runbook.summary.earliest_finish {
        add(&day.to_string(), "all can be done".to_owned(), "plan");
    }
    if let (Some(start), Some(due)) = (start, due) {
        let calendar = &catalog.settings.calendar;
        for day in calendar.releases.iter().filter(|day| (start..=due).contains(*day)) {
            add(&day.to_string(), "product release".to_owned(), "catalog");
        }
        for freeze in calendar.freezes.iter().filter(|freeze| freeze.from <= due && freeze.to >= start) {
            add(&freeze.from.to_string(), format!("freeze begins: {}, until {}", freeze.name, freeze.to), "catalog");
        }
    }
    for criterion in upgrade.iter().flat_map(|upgrade| &upgrade.criteria) {
        if let Some(target) = criterion.target {
            add(&target.to_string(), format!("target of criterion {}", criterion.id), "catalog");
        }
    }
    events.into_iter().map(|(date, event, source)| EventView { date, event, source }).collect()
}

/// A release branch of the product.
#[derive(Serialize)]
pub struct BranchView {
    version: String,
    released: String,
    ends: String,
    ships: String,
    /// What it has to do with the upgrade.
    because: String,
    tasks: Vec<String>,
    supported: bool,
}

/// What each release branch has to do with each of some upgrades of one runtime.
#[derive(Serialize)]
pub struct BranchMatrix {
    /// The targets.
    upgrades: Vec<String>,
    rows: Vec<BranchRow>,
}

#[derive(Serialize)]
struct BranchRow {
    branch: BranchView,
    /// One for each upgrade.
    cells: Vec<String>,
}

/// Makes the matrix of release branches and upgrades; nothing where no branch is known to ship the runtime.
pub fn to_matrix(runbooks: &[&Runbook]) -> Option<BranchMatrix> {
    let first = runbooks.iter().find(|runbook| !runbook.branches.is_empty())?;
    let cell = |runbook: &Runbook, version: &str| {
        let branch = runbook.branches.iter().find(|branch| branch.version == version);
        match branch {
            Some(branch) if !branch.tasks.is_empty() => {
                branch.tasks.iter().map(|task| format!("`{task}`")).collect::<Vec<_>>().join(", ")
            }
            Some(branch) => match branch.fit {
                BranchFit::Behind => "behind; no step for it".to_owned(),
                BranchFit::There => "has it".to_owned(),
                BranchFit::OtherLine => "stays on its line".to_owned(),
                BranchFit::Ended => "ended".to_owned(),
                BranchFit::Unknown => "not known".to_owned(),
            },
            None => "not known".to_owned(),
        }
    };
    let rows = to_branches(first).into_iter().map(|branch| BranchRow {
        cells: runbooks.iter().map(|runbook| cell(runbook, &branch.version)).collect(),
        branch,
    });
    Some(BranchMatrix { upgrades: runbooks.iter().map(|runbook| runbook.to.clone()).collect(), rows: rows.collect() })
}

/// The release branches that ship the runtime, the newest first.
pub fn to_branches(runbook: &Runbook) -> Vec<BranchView> {
    let text = |day: Option<Date>| day.map_or_else(|| "not known".to_owned(), |day| day.to_string());
    let mut branches: Vec<_> = runbook.branches.iter().collect();
    branches.sort_by(|a, b| b.released.cmp(&a.released).then_with(|| b.id.cmp(&a.id)));
    let view = |branch: &BranchEntry| BranchView {
        version: branch.version.clone(),
        released: text(branch.released),
        ends: text(branch.ends),
        ships: branch.ships.clone().unwrap_or_else(|| "not known".to_owned()),
        because: branch.because.clone(),
        tasks: branch.tasks.iter().map(ToString::to_string).collect(),
        supported: branch.supported,
    };
    branches.into_iter().map(view).collect()
}
