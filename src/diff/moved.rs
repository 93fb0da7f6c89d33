//! Days and waves of tasks that moved. One change of a plan moves much that comes after it, so what moved by as much is
//! told once: for all tasks together where all moved, else for the tasks of each team.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use crate::diff::found::Found;
use crate::model::changes::Rule;
use crate::model::id::{TaskId, TeamId};
use crate::model::runbook::TaskEntry;

/// A task in both runbooks.
type Both<'a> = (&'a TaskEntry, &'a TaskEntry);

/// How far something moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shift {
    By(i64),
    /// It is known now.
    Known,
    /// It is not known any more.
    Unknown,
}

/// What of a task moves.
struct Aspect<'a, V> {
    rule: Rule,
    key: &'a str,
    /// What is to be done then.
    what: &'a str,
    /// What it is counted in.
    unit: &'a str,
    value: fn(&TaskEntry) -> Option<V>,
    distance: fn(V, V) -> i64,
}

/// Compares the days and waves of tasks. The days of what is done say nothing.
pub fn compare(tasks: &[Both<'_>]) -> Vec<Found> {
    let is_open = |(old, new): &Both<'_>| !old.state.is_settled() && !new.state.is_settled();
    let open: Vec<Both<'_>> = tasks.iter().copied().filter(is_open).collect();
    let days = |old: Date, new: Date| i64::from((new - old).get_days());
    let starts = Aspect {
        rule: Rule::TaskStartMoved,
        key: "earliest_start",
        what: "can begin",
        unit: "day",
        value: |task| task.earliest_start,
        distance: days,
    };
    let ends = Aspect {
        rule: Rule::TaskDueMoved,
        key: "latest_finish",
        what: "must be done",
        value: |task| task.latest_finish,
        ..starts
    };
    let waves = Aspect {
        rule: Rule::TaskWave,
        key: "wave",
        what: "come",
        unit: "wave",
        value: |task| Some(task.wave),
        distance: |old, new| i64::from(new) - i64::from(old),
    };
    let mut found = starts.compare(&open);
    found.extend(ends.compare(&open));
    found.extend(waves.compare(tasks));
    found
}

impl<V: Copy + Serialize> Aspect<'_, V> {
    fn compare(&self, tasks: &[Both<'_>]) -> Vec<Found> {
        let mut groups: BTreeMap<(&TeamId, &TeamId, Shift), Vec<Both<'_>>> = BTreeMap::new();
        let mut shifts: BTreeSet<Option<Shift>> = BTreeSet::new();
        for (old, new) in tasks {
            let shift = self.shift(old, new);
            shifts.insert(shift);
            if let Some(shift) = shift {
                groups.entry((&old.owner, &new.owner, shift)).or_default().push((old, new));
            }
        }
        match shifts.into_iter().collect::<Vec<_>>().as_slice() {
            [Some(shift)] if tasks.len() > 1 => vec![self.found("all tasks", *shift, tasks)],
            _ => groups
                .into_iter()
                .map(|((was, is, shift), tasks)| {
                    let found = match tasks.as_slice() {
                        [(old, new)] => self.found_one(shift, old, new),
                        tasks => self.found(&format!("{} tasks of `{is}`", tasks.len()), shift, tasks),
                    };
                    found.for_team(is).apart(format!("{was} {is} {shift:?}"))
                })
                .collect(),
        }
    }

    fn shift(&self, old: &TaskEntry, new: &TaskEntry) -> Option<Shift> {
        match ((self.value)(old), (self.value)(new)) {
            (Some(old), Some(new)) => Some((self.distance)(old, new)).filter(|by| *by != 0).map(Shift::By),
            (None, Some(_)) => Some(Shift::Known),
            (Some(_), None) => Some(Shift::Unknown),
            (None, None) => None,
        }
    }

    fn found_one(&self, shift: Shift, old: &TaskEntry, new: &TaskEntry) -> Found {
        let text = self.text(&format!("`{}`", new.id), shift);
        let path = format!("tasks/{}/{}", new.id, self.key);
        Found::new(self.rule, path, text, (self.value)(old), (self.value)(new))
            .of_component(new.component.as_ref())
            .of_tasks(vec![new.id.clone()])
    }

    fn found(&self, who: &str, shift: Shift, tasks: &[Both<'_>]) -> Found {
        let before: BTreeMap<&TaskId, Option<V>> = tasks.iter().map(|(old, _)| (&old.id, (self.value)(old))).collect();
        let after: BTreeMap<&TaskId, Option<V>> = tasks.iter().map(|(_, new)| (&new.id, (self.value)(new))).collect();
        Found::new(self.rule, format!("tasks/*/{}", self.key), self.text(who, shift), before, after)
            .of_tasks(tasks.iter().map(|(_, new)| new.id.clone()).collect())
    }

    fn text(&self, who: &str, shift: Shift) -> String {
        let Self { what, unit, .. } = self;
        match shift {
            Shift::By(by) => {
                let plural = if by.abs() == 1 { "" } else { "s" };
                let way = if by < 0 { "earlier" } else { "later" };
                format!("{who}: {what} {} {unit}{plural} {way}", by.abs())
            }
            Shift::Known => format!("{who}: it is known now when they {what}"),
            Shift::Unknown => format!("{who}: it is not known any more when they {what}"),
        }
    }
}
