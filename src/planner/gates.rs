//! Turns the gates of a step into what they ask of a task: in words, whether they hold as of a day, and until when they
//! keep it waiting.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::due;
use crate::model::facts::VersionFacts;
use crate::model::id::{PhaseId, StepId, TaskId};
use crate::model::place::Located;
use crate::model::plan::{Task, Wait};
use crate::model::process::{Condition, Delay, Step};
use crate::model::runbook::{Gate, GateKind};
use crate::model::runtime::Runtime;
use crate::model::settings::Calendar;
use crate::model::span::CalendarTime;
use crate::model::upgrade::Upgrade;
use crate::planner::evidence;

/// What gates are judged by.
pub struct Judge<'a> {
    pub upgrade: &'a Upgrade,
    pub runtime: &'a Runtime,
    pub known: &'a VersionFacts,
    pub calendar: &'a Calendar,
    pub is_security: bool,
    /// The day as of which they are judged; unknown before anything is recorded.
    pub as_of: Option<Date>,
}

/// The gates of a step that are the same for all its tasks, and those that depend on when a task is worked on.
pub struct StepGates {
    fixed: Vec<Gate>,
    /// Whether somebody must have shown something.
    asks_evidence: bool,
    /// The first day on which its tasks may begin.
    pub floor: Option<Date>,
    /// When its tasks rest.
    pub closed: Vec<Closed>,
    /// The time that must lie between the end of its tasks and a release day.
    before_release: Option<CalendarTime>,
    touches_production: bool,
}

/// A time in which some tasks rest.
#[derive(Clone, Debug)]
pub struct Closed {
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub to: Date,
    /// What it is: the freeze's name; nothing before a release day.
    freeze: Option<String>,
}

impl Closed {
    fn day_after(&self) -> Option<Date> {
        self.to.tomorrow().ok()
    }
}

impl Judge<'_> {
    /// Judges the gates of a step whose tasks are in a phase.
    pub fn step(&self, step: &Step, phase: &PhaseId) -> StepGates {
        let mut gates = StepGates {
            fixed: Vec::new(),
            asks_evidence: false,
            floor: None,
            closed: Vec::new(),
            before_release: None,
            touches_production: false,
        };
        for gate in &step.gates {
            match &gate.condition {
                Condition::NotFrozen => gates.touches_production = true,
                Condition::BeforeRelease(time) => {
                    gates.closed.extend(self.calendar.releases.iter().filter_map(|release| {
                        Some(Closed { from: time.back_from(*release)?.tomorrow().ok()?, to: *release, freeze: None })
                    }));
                    gates.before_release = Some(*time);
                }
                Condition::Evidence(text) => {
                    gates.asks_evidence = true;
                    gates.fixed.push(to_gate(GateKind::Evidence, text.trim_end_matches('.').to_owned(), None, None));
                }
                Condition::Soak(delay) => {
                    let (gate, until) = self.soak(*delay);
                    gates.floor = gates.floor.max(until);
                    gates.fixed.push(gate);
                }
                Condition::NotBefore(day) => {
                    gates.floor = gates.floor.max(Some(*day));
                    gates.fixed.push(to_gate(
                        GateKind::NotBefore,
                        format!("not before {day}"),
                        self.has_come(*day),
                        Some(*day),
                    ));
                }
                Condition::Released(variant) => {
                    let name = self.runtime.variants.get(variant).map_or(variant.as_str(), |variant| &variant.name);
                    let text = format!("{name} has a release of {}", self.upgrade.to.value);
                    let holds = self
                        .known
                        .variants
                        .get(variant)
                        .filter(|own| !own.sources.is_empty())
                        .map(|own| own.releases.iter().any(|release| release.version == self.upgrade.to.value));
                    gates.fixed.push(to_gate(GateKind::Released, text, holds, None));
                }
                Condition::Published(image) => {
                    let image = evidence::to_image(self.upgrade, image);
                    let holds = self.known.is_published(&image);
                    gates.fixed.push(to_gate(
                        GateKind::Published,
                        format!("the image `{image}` is published"),
                        holds,
                        None,
                    ));
                }
            }
        }
        let applies =
            |named: &[Located<PhaseId>]| gates.touches_production || named.iter().any(|named| &named.value == phase);
        let freezes = self.calendar.freezes.iter().filter(|freeze| applies(&freeze.phases));
        let frozen: Vec<Closed> = freezes
            .map(|freeze| Closed { from: freeze.from, to: freeze.to, freeze: Some(freeze.name.clone()) })
            .collect();
        gates.closed.extend(frozen);
        gates.closed.sort_by_key(|closed| (closed.from, closed.to));
        gates
    }

    fn soak(&self, delay: Delay) -> (Gate, Option<Date>) {
        let wait = delay.of(self.is_security);
        let until = due::to_soaked(self.known, self.upgrade, wait.time);
        let text = format!("{} is out for {}", self.upgrade.to.value, in_words(wait));
        (to_gate(GateKind::Soak, text, until.and_then(|day| self.has_come(day)), until), until)
    }

    fn has_come(&self, day: Date) -> Option<bool> {
        self.as_of.map(|today| today >= day)
    }

    /// The gates of a task: those of its step, and the waits of its needs. It could begin on a day, were it not for times
    /// of rest.
    pub fn task(&self, gates: &StepGates, tasks: &[Task], task: &Task, could_begin: Option<Date>) -> Vec<Gate> {
        let mut all = self.waits(tasks, task);
        let has_evidence = gates.asks_evidence && self.has_evidence(&task.id);
        all.extend(gates.fixed.iter().map(|gate| match gate.kind {
            GateKind::Evidence => Gate { holds: Some(has_evidence), ..gate.clone() },
            _ => gate.clone(),
        }));
        let finish = task.dates.map(|dates| dates.earliest_finish);
        let met = |closed: &&Closed| {
            could_begin.is_some_and(|begin| closed.to >= begin) && finish.is_some_and(|finish| closed.from <= finish)
        };
        let (frozen, near): (Vec<&Closed>, Vec<&Closed>) =
            gates.closed.iter().filter(met).partition(|closed| closed.freeze.is_some());
        all.extend(self.freeze(gates, &frozen));
        all.extend(self.release(gates, finish, &near));
        all
    }

    fn has_evidence(&self, task: &TaskId) -> bool {
        self.upgrade.tasks.get(task).is_some_and(|record| record.evidence.is_some())
    }

    /// What a freeze asks of a task, where it touches production or a freeze moves it.
    fn freeze(&self, gates: &StepGates, in_the_way: &[&Closed]) -> Option<Gate> {
        if !gates.touches_production && in_the_way.is_empty() {
            return None;
        }
        let mut text = "production is not frozen".to_owned();
        if let [first, ..] = in_the_way {
            let name = first.freeze.as_deref().unwrap_or_default();
            text.push_str(&format!(" ({name}: {} to {})", first.from, first.to));
        }
        let is_open = |today: Date| {
            !gates.closed.iter().any(|closed| closed.freeze.is_some() && (closed.from..=closed.to).contains(&today))
        };
        Some(to_gate(
            GateKind::NotFrozen,
            text,
            self.as_of.map(is_open),
            in_the_way.last().and_then(|closed| closed.day_after()),
        ))
    }

    /// What release days ask of a task.
    fn release(&self, gates: &StepGates, finish: Option<Date>, in_the_way: &[&Closed]) -> Option<Gate> {
        let time = gates.before_release?;
        let release = finish.and_then(|finish| self.calendar.releases.iter().find(|release| **release > finish));
        let mut text = format!("at least {time} before a release day");
        if let Some(release) = release {
            text.push_str(&format!("; the release of {release} has it then"));
        }
        let is_open = |today: Date| {
            !gates.closed.iter().any(|closed| closed.freeze.is_none() && (closed.from..=closed.to).contains(&today))
        };
        Some(to_gate(
            GateKind::BeforeRelease,
            text,
            self.as_of.map(is_open),
            in_the_way.last().and_then(|closed| closed.day_after()),
        ))
    }

    /// The waits of a task, told once for all needed tasks of a step.
    fn waits(&self, tasks: &[Task], task: &Task) -> Vec<Gate> {
        let mut waits: BTreeMap<(&StepId, String), Vec<(&Task, Wait)>> = BTreeMap::new();
        for need in &task.needs {
            let needed = &tasks[need.task];
            if let Some(wait) = need.wait {
                waits.entry((&needed.step, in_words(wait))).or_default().push((needed, wait));
            }
        }
        let gates = waits.into_iter().map(|((step, wait), needed)| {
            let text = match needed.as_slice() {
                [(one, _)] if one.subject == task.subject => match one.subject.word() {
                    Some(word) => format!("{wait} after `{step}` of the same {word}"),
                    None => format!("{wait} after `{step}`"),
                },
                [(one, _)] => format!("{wait} after `{}`", one.id),
                several => format!("{wait} after the last of {} `{step}` tasks", several.len()),
            };
            let until = |(task, wait): &(&Task, Wait)| wait.time.after(task.dates?.earliest_finish);
            let until = needed.iter().map(until).collect::<Option<Vec<Date>>>().and_then(|days| days.into_iter().max());
            let settled = needed.iter().all(|(task, _)| task.state.is_settled());
            let dated = needed.iter().all(|(task, _)| task.on.is_some());
            let holds = match (settled, dated) {
                (false, _) => Some(false),
                (true, true) => until.and_then(|day| self.has_come(day)),
                (true, false) => None,
            };
            to_gate(GateKind::Wait, text, holds, until)
        });
        gates.collect()
    }
}

/// A wait in words; that a security upgrade shortened it is a part of them.
fn in_words(wait: Wait) -> String {
    match wait.instead_of {
        Some(usual) => format!("{} (instead of {usual}, as it is a security upgrade)", wait.time),
        None => wait.time.to_string(),
    }
}

fn to_gate(kind: GateKind, text: String, holds: Option<bool>, until: Option<Date>) -> Gate {
    Gate { kind, text, holds, until }
}
