//! Turns the plans of several upgrades into what they ask of each team, week by week, and finds the weeks in which
//! several ask the same one.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

use crate::model::id::{TeamId, UpgradeId};
use crate::model::plan::{Plan, Task};
use crate::model::workload::{Ask, Collision};

/// Finds the weeks in which several plans ask the same team, by the earliest dates of open tasks; in the order of weeks
/// and teams.
#[must_use]
pub fn find_collisions<'a>(plans: impl IntoIterator<Item = &'a Plan>, weekend: &[Weekday]) -> Vec<Collision> {
    let mut weeks: BTreeMap<(Date, &TeamId), BTreeMap<UpgradeId, Ask>> = BTreeMap::new();
    for plan in plans {
        for task in plan.tasks.iter().filter(|task| !task.state.is_settled()) {
            for (week, share) in to_shares(task, weekend) {
                let ask = weeks.entry((week, &task.owner)).or_default().entry(plan.upgrade.clone()).or_default();
                ask.tasks += 1;
                ask.days += task.takes.days() * share;
            }
        }
    }
    let shared = weeks.into_iter().filter(|(_, asks)| asks.len() > 1);
    shared.map(|((week, team), asks)| Collision { week, team: team.clone(), asks }).collect()
}

/// The weeks in which a task is worked on, each with its share of the work.
fn to_shares(task: &Task, weekend: &[Weekday]) -> BTreeMap<Date, f64> {
    let mut days: BTreeMap<Date, u32> = BTreeMap::new();
    let Some(dates) = task.dates else { return BTreeMap::new() };
    for day in dates.earliest_start.series(jiff::Span::new().days(1)).take_while(|day| *day <= dates.earliest_finish) {
        if !weekend.contains(&day.weekday()) {
            *days.entry(to_monday(day)).or_default() += 1;
        }
    }
    let all: u32 = days.values().sum();
    days.into_iter().map(|(week, days)| (week, f64::from(days) / f64::from(all.max(1)))).collect()
}

fn to_monday(day: Date) -> Date {
    let days = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(jiff::Span::new().days(days)).unwrap_or(day)
}
