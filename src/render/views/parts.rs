//! The parts that several pages show: owners, components, upgrades.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::id::TeamId;
use crate::model::runbook::{ComponentEntry, Runbook, TaskEntry, TeamEntry, Variant};
use crate::model::upgrade::TaskState;
use crate::render::views::pins::{PinView, to_pin_views, to_words};

/// An owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnerView {
    pub id: String,
    pub name: String,
    /// The handle or, without one, the label: how to reach the team in the tracker.
    pub reach: Option<String>,
    pub chat: Option<String>,
}

/// A component as pages list it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ComponentView {
    pub id: String,
    pub name: String,
    pub owner: OwnerView,
    pub owner_inferred: bool,
    pub repo: Option<String>,
    pub path: Option<String>,
    pub tracker: Option<String>,
    pub shipped_by: Option<String>,
    /// The versions in use, and how they compare with the target: `1.26.5 (behind)`, `unknown`.
    pub version: String,
    pub pins: Vec<PinView>,
    pub note: Option<String>,
}

/// Finds owners by id.
pub struct Owners<'a>(BTreeMap<&'a TeamId, &'a TeamEntry>);

impl<'a> Owners<'a> {
    pub fn of(runbook: &'a Runbook) -> Self {
        Self(runbook.teams.iter().map(|team| (&team.id, team)).collect())
    }

    /// What people call a team.
    pub fn name<'b>(&'b self, id: &'b TeamId) -> &'b str {
        self.0.get(id).map_or(id.as_str(), |team| team.name.as_str())
    }

    pub fn find(&self, id: &TeamId) -> OwnerView {
        let team = self.0.get(id);
        OwnerView {
            id: id.to_string(),
            name: self.name(id).to_owned(),
            reach: team.and_then(|team| to_reach(&team.handle, &team.label)),
            chat: team.and_then(|team| team.chat.clone()),
        }
    }
}

/// How to reach a team in the tracker: by its handle or, without one, its label.
pub fn to_reach(handle: &Option<String>, label: &Option<String>) -> Option<String> {
    handle.clone().or_else(|| label.as_ref().map(|label| format!("~{label}")))
}

/// Makes the view of a component; `flavours` has the names of build flavours.
pub fn to_component_view(component: &ComponentEntry, owners: &Owners<'_>, flavours: &[Variant]) -> ComponentView {
    ComponentView {
        id: component.id.to_string(),
        name: component.name.clone(),
        owner: owners.find(&component.owner),
        owner_inferred: component.owner_inferred,
        repo: component.repo.clone(),
        path: component.path.clone(),
        tracker: component.tracker.clone(),
        shipped_by: component.shipped_by.as_ref().map(ToString::to_string),
        version: match component.versions.as_slice() {
            [] => to_words(component.verdict),
            versions => format!("{} ({})", versions.join(", "), to_words(component.verdict)),
        },
        pins: to_pin_views(&component.pins, flavours),
        note: component.note.clone(),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn join_and(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [start @ .., last] => format!("{} and {last}", start.join(", ")),
    }
}

/// How far tasks are.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    total: usize,
    done: usize,
    waived: usize,
}

impl Progress {
    pub fn of(tasks: &[&TaskEntry]) -> Self {
        let count = |state: TaskState| tasks.iter().filter(|task| task.state == state).count();
        Self { total: tasks.len(), done: count(TaskState::Done), waived: count(TaskState::Waived) }
    }

    /// `3 of 12 done`, `3 of 12 done, 1 waived`; `no task` where there is nothing to be done.
    pub fn in_words(self) -> String {
        if self.total == 0 {
            return "no task".to_owned();
        }
        let waived = if self.waived > 0 { format!(", {} waived", self.waived) } else { String::new() };
        format!("{} of {} done{waived}", self.done, self.total)
    }

    /// The share that is done or waived in whole percent, rounded down: 100 means all.
    pub fn percent(self) -> usize {
        ((self.done + self.waived) * 100).checked_div(self.total).unwrap_or(0)
    }
}

/// Working days as people say them: `1 day`, `half a day`, `1.5 days`.
pub fn working_days(days: f64) -> String {
    match days {
        0.0 => "no time".to_owned(),
        0.5 => "half a day".to_owned(),
        1.0 => "1 day".to_owned(),
        days if days < 1.0 => {
            let hours = days * f64::from(crate::model::span::HOURS_A_DAY);
            format!("{hours} hour{}", if (hours - 1.0).abs() < f64::EPSILON { "" } else { "s" })
        }
        days => format!("{days} days"),
    }
}
