//! Turns the tasks of a plan into dated ones: their calendars and gates, the schedule, and what would help a late plan.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::catalog::Catalog;
use crate::model::id::{StepId, TeamId};
use crate::model::plan::{Dates, Fixed, Remedy, Schedule, Task};
use crate::model::process::Process;
use crate::model::settings::Calendar;
use crate::model::span::HOURS_A_DAY;
use crate::model::upgrade::TaskState;
use crate::planner::days::{Moment, WorkDays};
use crate::planner::gates::{Judge, StepGates};
use crate::planner::schedule::{Done, Earliest, Job, Jobs, Span};

/// How many things are named that would help a late plan most.
const MOST_REMEDIES: usize = 3;

/// The gates of each step, for each phase in which it has tasks.
type Gates<'a> = BTreeMap<(&'a StepId, usize), StepGates>;

/// Gives all tasks their dates and gates, and returns the schedule; nothing when no day is known on which the upgrade
/// begins.
pub fn date(
    catalog: &Catalog,
    process: &Process,
    judge: &Judge<'_>,
    (start, due): (Option<&Fixed>, Option<&Fixed>),
    tasks: &mut [Task],
) -> Option<Schedule> {
    let mut gates: Gates<'_> = BTreeMap::new();
    for task in &*tasks {
        if let Some((id, step)) = process.steps.get_key_value(&task.step) {
            gates.entry((id, task.phase)).or_insert_with(|| judge.step(step, &process.phases[task.phase].id));
        }
    }
    let Some(start) = start else {
        add_gates(judge, &gates, tasks, None);
        return None;
    };
    let calendars = Calendars::new(catalog, &gates, tasks);
    let before: Vec<Vec<usize>> = (0..process.phases.len()).map(|phase| process.phases_before(phase)).collect();
    let jobs = tasks.iter().zip(&calendars.of_task).map(|(task, &days)| Job {
        needs: &task.needs,
        phase: task.phase,
        hours: i64::from(task.takes.hours()),
        floor: gates.get(&(&task.step, task.phase)).and_then(|gates| gates.floor),
        done: to_done(task),
        days: &calendars.days[days],
    });
    let jobs = Jobs { jobs: jobs.collect(), before: &before };
    let earliest = jobs.earliest(start.day, &[]);
    let latest = jobs.latest(due.map_or_else(|| end_of(&earliest), |due| due.day));
    let dates = to_dates(&jobs, &earliest, &latest, due.is_some());
    let schedule = to_schedule(&catalog.settings.calendar, &jobs, tasks, &earliest, (start, due));
    for (task, dates) in tasks.iter_mut().zip(dates) {
        task.dates = dates;
    }
    add_gates(judge, &gates, tasks, Some(&earliest));
    Some(schedule)
}

fn end_of(earliest: &Earliest) -> Date {
    earliest.end().and_then(Moment::last_day).unwrap_or(Date::MAX)
}

fn to_done(task: &Task) -> Option<Done> {
    match (task.state, task.on) {
        (TaskState::Done, Some(day)) => Some(Done::On(day)),
        (TaskState::Done | TaskState::Waived, _) => Some(Done::Sometime),
        _ => None,
    }
}

fn add_gates(judge: &Judge<'_>, gates: &Gates<'_>, tasks: &mut [Task], earliest: Option<&Earliest>) {
    let all = (0..tasks.len()).map(|at| {
        let task = &tasks[at];
        let could_begin = earliest.and_then(|earliest| earliest.from[at].day());
        gates
            .get(&(&task.step, task.phase))
            .map(|gates| judge.task(gates, tasks, task, could_begin))
            .unwrap_or_default()
    });
    let all: Vec<_> = all.collect();
    for (task, gates) in tasks.iter_mut().zip(all) {
        task.gates = gates;
    }
}

/// The days on which each task may be worked on.
struct Calendars {
    days: Vec<WorkDays>,
    of_task: Vec<usize>,
}

impl Calendars {
    fn new(catalog: &Catalog, gates: &Gates<'_>, tasks: &[Task]) -> Self {
        let calendar = &catalog.settings.calendar;
        let nothing: &[Date] = &[];
        let holidays: BTreeMap<&TeamId, &[Date]> =
            catalog.teams.iter().map(|(id, team)| (id, team.holidays.as_slice())).collect();
        let mut known: BTreeMap<(&StepId, usize, &[Date]), usize> = BTreeMap::new();
        let mut calendars = Self { days: Vec::new(), of_task: Vec::with_capacity(tasks.len()) };
        for task in tasks {
            let own = holidays.get(&task.owner).copied().unwrap_or(nothing);
            let days = &mut calendars.days;
            let at = *known.entry((&task.step, task.phase, own)).or_insert_with(|| {
                let closed = gates.get(&(&task.step, task.phase)).map_or(&[][..], |gates| &gates.closed);
                days.push(to_days(calendar, own, closed.iter().map(|closed| (closed.from, closed.to))));
                days.len() - 1
            });
            calendars.of_task.push(at);
        }
        calendars
    }
}

fn to_days(calendar: &Calendar, own: &[Date], closed: impl Iterator<Item = (Date, Date)>) -> WorkDays {
    let holidays = calendar.holidays.iter().chain(own).map(|day| (*day, *day));
    WorkDays::new(&calendar.weekend, holidays.chain(closed))
}

fn to_dates(jobs: &Jobs<'_>, earliest: &Earliest, latest: &[Option<Span>], has_due: bool) -> Vec<Option<Dates>> {
    let slack = |at: usize| {
        let days = jobs.jobs[at].days;
        let hours = days.hours_before(latest[at]?.0) - days.hours_before(earliest.spans[at].0);
        i32::try_from(hours.div_euclid(i64::from(HOURS_A_DAY))).ok()
    };
    let never = |at: usize| earliest.spans[at].1 == Moment::NEVER;
    let slacks: Vec<Option<i32>> = (0..jobs.jobs.len()).map(|at| if never(at) { None } else { slack(at) }).collect();
    let least = slacks.iter().flatten().min().copied();
    let dates = (0..jobs.jobs.len()).map(|at| {
        let (begin, end) = earliest.spans[at];
        // What takes no time is done at once; the day of that is the next day of work.
        let takes_no_time = begin == end;
        let earliest_start = if takes_no_time { jobs.jobs[at].days.next_day(begin)? } else { begin.day()? };
        Some(Dates {
            earliest_start,
            earliest_finish: if takes_no_time { earliest_start } else { end.last_day()? },
            latest: latest[at].filter(|_| has_due).and_then(|(begin, end)| {
                Some((if begin == end { begin.last_day()? } else { begin.day()? }, end.last_day()?))
            }),
            slack_days: slacks[at].filter(|_| has_due),
            critical: slacks[at].is_some() && slacks[at] == least,
        })
    });
    dates.collect()
}

fn to_schedule(
    calendar: &Calendar,
    jobs: &Jobs<'_>,
    tasks: &[Task],
    earliest: &Earliest,
    (start, due): (&Fixed, Option<&Fixed>),
) -> Schedule {
    let critical_path = earliest.chain();
    let finish = earliest.end().filter(|end| *end != Moment::NEVER).and_then(Moment::last_day);
    let late = due.zip(finish).map(|(due, finish)| (finish - due.day).get_days());
    let first = critical_path.first().and_then(|&first| earliest.spans[first].0.day());
    let length =
        first.zip(finish).map(|(first, last)| to_days(calendar, &[], std::iter::empty()).days_between(first, last));
    Schedule {
        start: start.clone(),
        earliest_finish: finish,
        late_by_days: late.map(|days| u32::try_from(days).unwrap_or(0)),
        critical_path_days: length.and_then(|days| u32::try_from(days).ok()),
        remedies: match late {
            Some(days) if days > 0 => find_remedies(jobs, tasks, earliest, &critical_path, start.day),
            _ => Vec::new(),
        },
        critical_path,
    }
}

/// Tries to do without each open task of the longest chain, and without all tasks of its step: where many tasks of a step
/// go side by side, one of them alone changes nothing.
fn find_remedies(jobs: &Jobs<'_>, tasks: &[Task], earliest: &Earliest, chain: &[usize], start: Date) -> Vec<Remedy> {
    let finish = end_of(earliest);
    let is_open = |task: &usize| jobs.jobs[*task].done.is_none();
    let saved =
        |without: &[usize]| u32::try_from((finish - end_of(&jobs.earliest(start, without))).get_days()).unwrap_or(0);
    let mut remedies: Vec<Remedy> = Vec::new();
    for task in chain.iter().copied().filter(is_open) {
        let step = &tasks[task].step;
        if remedies.iter().any(|remedy| remedy.tasks.iter().any(|&other| &tasks[other].step == step)) {
            continue;
        }
        let alone = Remedy { days: saved(&[task]), tasks: vec![task] };
        let all: Vec<usize> = (0..tasks.len()).filter(|at| &tasks[*at].step == step).filter(is_open).collect();
        let together = Remedy { days: if all.len() > 1 { saved(&all) } else { 0 }, tasks: all };
        remedies.push(if together.days > alone.days { together } else { alone });
    }
    remedies.retain(|remedy| remedy.days > 0);
    remedies.sort_by_key(|remedy| std::cmp::Reverse(remedy.days));
    remedies.truncate(MOST_REMEDIES);
    remedies
}
