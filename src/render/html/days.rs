//! The calendar: what happens on which day, over all open upgrades, month by month.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use super::Site;
use super::frame::Link;
use crate::render::views::schedule;

/// How many days back the calendar begins.
const DAYS_BACK: i32 = 31;

/// The calendar.
#[derive(Serialize)]
pub struct CalendarView {
    months: Vec<Month>,
    /// The days before, which readers may unfold.
    before: Vec<Month>,
}

#[derive(Serialize)]
struct Month {
    /// `September 2026`.
    name: String,
    id: String,
    days: Vec<Day>,
}

#[derive(Serialize)]
struct Day {
    date: String,
    /// `Thu 17`.
    name: String,
    is_today: bool,
    events: Vec<Event>,
}

#[derive(Serialize)]
struct Event {
    text: String,
    source: String,
    /// The upgrades that it belongs to.
    upgrades: Vec<Link>,
}

/// What happens on a day, by text and source, with the places of the upgrades that it belongs to.
type Events = BTreeMap<(String, String), BTreeSet<usize>>;

/// Makes the calendar.
pub fn view(site: &Site<'_>) -> CalendarView {
    let mut days: BTreeMap<Date, Events> = BTreeMap::new();
    let folders: Vec<_> = site.folders.values().filter(|folder| folder.is_open()).collect();
    for (at, folder) in folders.iter().enumerate() {
        let name = &folder.runbook.runtime_name;
        for event in schedule::to_timeline(site.material.catalog, folder.runbook, folder.upgrade, name) {
            if let Ok(day) = event.date.parse::<Date>() {
                days.entry(day).or_default().entry((event.event, event.source)).or_default().insert(at);
            }
        }
    }
    let today = site.material.as_of;
    if let Some(today) = today {
        days.entry(today).or_default();
    }
    let begin = today.and_then(|today| today.checked_sub(jiff::Span::new().days(DAYS_BACK)).ok());
    let begin = begin.map_or(Date::MIN, Date::first_of_month);
    let view = |(date, events): (&Date, &Events)| Day {
        date: date.to_string(),
        name: date.strftime("%a %-d").to_string(),
        is_today: Some(*date) == today,
        events: events
            .iter()
            .map(|((text, source), upgrades)| Event {
                text: text.clone(),
                source: source.clone(),
                upgrades: upgrades
                    .iter()
                    .filter_map(|at| folders.get(*at))
                    .map(|folder| Link::new("calendar/index.html", &folder.handbook(), &folder.title))
                    .collect(),
            })
            .collect(),
    };
    let months = |days: Vec<(&Date, &Events)>| {
        let months = days.chunk_by(|(a, _), (b, _)| (a.year(), a.month()) == (b.year(), b.month()));
        let month = |days: &[(&Date, &Events)]| Month {
            name: days[0].0.strftime("%B %Y").to_string(),
            id: days[0].0.strftime("%Y-%m").to_string(),
            days: days.iter().copied().map(view).collect(),
        };
        months.map(month).collect::<Vec<_>>()
    };
    CalendarView { months: months(days.range(begin..).collect()), before: months(days.range(..begin).collect()) }
}
