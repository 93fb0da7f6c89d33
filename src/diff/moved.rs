//! Days and waves of tasks that moved. One change of a plan moves much that comes after it, so it is told once:
//! for all tasks together where all moved, else for the tasks of each team.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use crate::diff::found::Found;
use crate::model::changes::Rule;
use crate::model::id::{TaskId, TeamId};
use crate::model::runbook::TaskEntry;

/// A task in both runbooks.
type Both<'a> = (&'a TaskEntry, &'a TaskEntry);

/// What became of a day or wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Move {
    Shifted,
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

impl<V: Copy + PartialEq + Serialize> Aspect<'_, V> {
    fn compare(&self, tasks: &[Both<'_>]) -> Vec<Found> {
        let mut groups: BTreeMap<(&TeamId, &TeamId, Move), Vec<Both<'_>>> = BTreeMap::new();
        let mut moves: BTreeSet<Option<Move>> = BTreeSet::new();
        for (old, new) in tasks {
            let moved = self.find_move(old, new);
            moves.insert(moved);
            if let Some(moved) = moved {
                groups.entry((&old.owner, &new.owner, moved)).or_default().push((old, new));
            }
        }
        match moves.into_iter().collect::<Vec<_>>().as_slice() {
            [Some(moved)] if tasks.len() > 1 => vec![self.found("all tasks", *moved, tasks)],
            _ => groups
                .into_iter()
                .map(|((was, is, moved), tasks)| {
                    let found = match tasks.as_slice() {
                        [both] => self.found_one(moved, *both),
                        tasks => self.found(&format!("{} tasks of `{is}`", tasks.len()), moved, tasks),
                    };
                    // The two names in order, so that it is the same way back.
                    found.for_team(is).apart(format!("{} {} {moved:?}", was.min(is), was.max(is)))
                })
                .collect(),
        }
    }

    fn find_move(&self, old: &TaskEntry, new: &TaskEntry) -> Option<Move> {
        match ((self.value)(old), (self.value)(new)) {
            (Some(old), Some(new)) => (old != new).then_some(Move::Shifted),
            (None, Some(_)) => Some(Move::Known),
            (Some(_), None) => Some(Move::Unknown),
            (None, None) => None,
        }
    }

    fn found_one(&self, moved: Move, (old, new): Both<'_>) -> Found {
        let text = self.text(&format!("`{}`", new.id), moved, &[(old, new)]);
        let path = format!("tasks/{}/{}", new.id, self.key);
        Found::new(self.rule, path, text, (self.value)(old), (self.value)(new))
            .of_component(new.component.as_ref())
            .of_tasks(vec![new.id.clone()])
    }

    fn found(&self, who: &str, moved: Move, tasks: &[Both<'_>]) -> Found {
        let before: BTreeMap<&TaskId, Option<V>> = tasks.iter().map(|(old, _)| (&old.id, (self.value)(old))).collect();
        let after: BTreeMap<&TaskId, Option<V>> = tasks.iter().map(|(_, new)| (&new.id, (self.value)(new))).collect();
        Found::new(self.rule, format!("tasks/*/{}", self.key), self.text(who, moved, tasks), before, after)
            .of_tasks(tasks.iter().map(|(_, new)| new.id.clone()).collect())
    }

    fn text(&self, who: &str, moved: Move, tasks: &[Both<'_>]) -> String {
        let what = self.what;
        match moved {
            Move::Shifted => format!("{who}: {what} {}", self.to_distance(tasks)),
            Move::Known => format!("{who}: it is known now when they {what}"),
            Move::Unknown => format!("{who}: it is not known any more when they {what}"),
        }
    }

    /// How far tasks moved: `7 days later`, `1 to 3 waves earlier`.
    fn to_distance(&self, tasks: &[Both<'_>]) -> String {
        let distance = |(old, new): &Both<'_>| Some((self.distance)((self.value)(old)?, (self.value)(new)?));
        let all: BTreeSet<i64> = tasks.iter().filter_map(distance).collect();
        let (least, most) = (all.first().copied().unwrap_or(0), all.last().copied().unwrap_or(0));
        let count = |number: i64| match number.abs() {
            1 => format!("1 {}", self.unit),
            number => format!("{number} {}s", self.unit),
        };
        match (least, most) {
            _ if least == most && most > 0 => format!("{} later", count(most)),
            _ if least == most => format!("{} earlier", count(least)),
            (1.., _) => format!("{least} to {} later", count(most)),
            (_, ..0) => format!("{} to {} earlier", most.abs(), count(least)),
            _ => format!("up to {} earlier or {} later", count(least), count(most)),
        }
    }
}
