//! The page of a group of upgrades: one overview, the announcements that they share, and one calendar.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::branch::Group;
use crate::model::runbook::{Runbook, TaskEntry};
use crate::render::Material;
use crate::render::views::index::{UpgradeRow, to_upgrade_row};
use crate::render::views::schedule;

/// The page of a group.
#[derive(Serialize)]
pub struct GroupView {
    name: String,
    about: Option<String>,
    upgrades: Vec<UpgradeRow>,
    announcements: Vec<AnnouncementView>,
    calendar: Vec<EventView>,
}

/// What several upgrades announce at the same point: one post can say all of it.
#[derive(Serialize)]
struct AnnouncementView {
    heading: String,
    /// The earliest day on which the last of them can be posted.
    day: Option<String>,
    to: Vec<String>,
    texts: Vec<TextView>,
}

#[derive(Serialize)]
struct TextView {
    task: String,
    upgrade: String,
    text: String,
}

#[derive(Serialize)]
struct EventView {
    date: String,
    events: String,
}

/// Makes the view of a group.
pub fn view(material: &Material<'_>, group: &Group) -> GroupView {
    let runbooks = members(material, group);
    GroupView {
        name: group.name.clone(),
        about: group.about.clone(),
        upgrades: runbooks.iter().map(|runbook| to_upgrade_row(material, runbook)).collect(),
        announcements: to_announcements(&runbooks),
        calendar: to_calendar(material, &runbooks),
    }
}

fn members<'a>(material: &Material<'a>, group: &Group) -> Vec<&'a Runbook> {
    let upgrades = material.catalog.upgrades.values().filter(|upgrade| upgrade.group.as_ref() == Some(&group.id));
    upgrades.filter_map(|upgrade| material.runbooks.get(&upgrade.id)).collect()
}

/// The announcements of all upgrades, those of the same step together, by the day on which they can be made.
fn to_announcements(runbooks: &[&Runbook]) -> Vec<AnnouncementView> {
    let mut by_step: BTreeMap<&str, Vec<(&Runbook, &TaskEntry)>> = BTreeMap::new();
    for (runbook, task) in runbooks.iter().flat_map(|runbook| runbook.tasks.iter().map(move |task| (*runbook, task))) {
        if task.announce.is_some() && !task.state.is_settled() {
            by_step.entry(task.step.as_str()).or_default().push((runbook, task));
        }
    }
    let mut announcements: Vec<AnnouncementView> =
        by_step.into_iter().map(|(step, tasks)| to_announcement(step, &tasks)).collect();
    announcements.sort_by(|a, b| a.day.cmp(&b.day).then_with(|| a.heading.cmp(&b.heading)));
    announcements
}

fn to_announcement(step: &str, tasks: &[(&Runbook, &TaskEntry)]) -> AnnouncementView {
    let announced = tasks.iter().filter_map(|(_, task)| task.announce.as_ref());
    let mut to: Vec<String> = Vec::new();
    for channel in announced.flat_map(|announce| &announce.to) {
        if !to.contains(channel) {
            to.push(channel.clone());
        }
    }
    let texts = tasks.iter().filter_map(|(runbook, task)| {
        let text = task.announce.as_ref()?.text.clone();
        Some(TextView { task: task.id.to_string(), upgrade: runbook.upgrade.to_string(), text })
    });
    AnnouncementView {
        heading: step.to_owned(),
        day: tasks.iter().filter_map(|(_, task)| task.earliest_finish).max().map(|day| day.to_string()),
        to,
        texts: texts.collect(),
    }
}

/// The events of all upgrades: those that several share stand once.
fn to_calendar(material: &Material<'_>, runbooks: &[&Runbook]) -> Vec<EventView> {
    let mut events: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    for runbook in runbooks {
        let upgrade = material.catalog.upgrades.get(&runbook.upgrade);
        for event in schedule::to_timeline(material.catalog, runbook, upgrade, &runbook.runtime_name) {
            let upgrades = events.entry(event.date).or_default().entry(event.event).or_default();
            upgrades.push(runbook.upgrade.to_string());
        }
    }
    let in_words = |events: BTreeMap<String, Vec<String>>| {
        let words = events.into_iter().map(|(event, upgrades)| match upgrades.len() == runbooks.len() {
            true => event,
            false => format!("{event} ({})", upgrades.join(", ")),
        });
        words.collect::<Vec<_>>().join("; ")
    };
    events.into_iter().map(|(date, events)| EventView { date, events: in_words(events) }).collect()
}
