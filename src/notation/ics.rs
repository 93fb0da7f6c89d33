//! The days of a runbook as a calendar (RFC 5545): phases, the tasks of the critical path, the due date, the end of life
//! of release lines. All are whole days, and the same runbook and day give the same bytes.

use icalendar::{Calendar, Component as _, Event, Property};
use jiff::civil::Date;

use super::group::Groups;
use crate::model::runbook::{Runbook, TaskEntry, UsedFact};
use crate::text::escape::to_one_line;

/// When a calendar counts as made while no day is known; RFC 5545 wants one.
const NO_DAY: &str = "19700101T000000Z";

/// Makes the calendar; `stamp` is the day as of which things are looked at. Nothing where no day is known, since a
/// calendar cannot be empty.
#[must_use]
pub fn calendar(runbook: &Runbook, stamp: Option<Date>) -> Option<String> {
    let name = format!("{} {}", runbook.runtime_name, runbook.to);
    let mut calendar = Calendar::empty();
    for (key, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//upshift//upshift//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("X-WR-CALNAME", &to_one_line(&format!("{name} upgrade"))),
    ] {
        calendar.append_property(Property::new(key, value));
    }
    let stamp = stamp.map_or_else(|| NO_DAY.to_owned(), |day| format!("{}T000000Z", to_day(day)));
    let add = |calendar: &mut Calendar, id: &str, (first, last): (Date, Date), summary: String, about: String| {
        // The end of a whole-day event is the first day that is not part of it.
        let Ok(end) = last.tomorrow() else { return };
        let whole_day = |key: &str, day: Date| Property::new(key, to_day(day)).add_parameter("VALUE", "DATE").done();
        let mut event = Event::new();
        event
            .uid(&format!("{id}@{}", runbook.upgrade))
            .add_property("DTSTAMP", &stamp)
            .append_property(whole_day("DTSTART", first))
            .append_property(whole_day("DTEND", end))
            .summary(&to_one_line(&format!("{name}: {summary}")))
            // Nobody is busy because of it.
            .add_property("TRANSP", "TRANSPARENT");
        if !about.is_empty() {
            event.description(&about);
        }
        calendar.push(event.done());
    };
    let groups = Groups::of(runbook);
    for section in &groups.sections {
        if let Some(days) = groups.sum(section.tasks()).days {
            let id = format!("phase:{}", section.phase.id);
            add(
                &mut calendar,
                &id,
                days,
                section.phase.name.clone(),
                to_one_line(section.phase.about.as_deref().unwrap_or_default()),
            );
        }
    }
    for task in runbook.tasks.iter().filter(|task| groups.is_critical(&task.id)) {
        if let Some(days) = groups.sum([task]).days {
            add(&mut calendar, task.id.as_str(), days, task.title.clone(), describe(runbook, task));
        }
    }
    if let Some(due) = runbook.due.date {
        let because = to_one_line(runbook.due.because.as_deref().unwrap_or_default());
        add(&mut calendar, "upgrade:due", (due, due), "the upgrade is due".to_owned(), because);
    }
    for UsedFact { id, fact, value, source } in runbook.facts.iter().filter(|fact| fact.id.ends_with(".eol")) {
        if let Ok(day) = value.parse::<Date>() {
            add(&mut calendar, &format!("fact:{id}"), (day, day), fact.clone(), format!("By {}", to_one_line(source)));
        }
    }
    (!calendar.components.is_empty()).then(|| calendar.to_string())
}

fn to_day(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

fn describe(runbook: &Runbook, task: &TaskEntry) -> String {
    let team = runbook.teams.iter().find(|team| team.id == task.owner);
    let owner = team.map_or(task.owner.as_str(), |team| team.name.as_str());
    to_one_line(&format!("{}, by {owner}, {}; on the critical path", task.id, task.state))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::tests::{dated, hostile, undated};
    use super::*;

    #[test]
    fn days_are_whole_days_and_always_the_same_bytes() {
        let mut runbook = dated();
        runbook.tasks.truncate(1);
        runbook.phases[0].about = Some("Choose the version,\nand tell everybody; at once.".to_owned());
        let expected = "BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//upshift//upshift//EN
CALSCALE:GREGORIAN
X-WR-CALNAME:Go 1.27.0 upgrade
BEGIN:VEVENT
DESCRIPTION:Choose the version\\, and tell everybody\\; at once.
DTEND;VALUE=DATE:20260902
DTSTAMP:20260822T000000Z
DTSTART;VALUE=DATE:20260901
SUMMARY:Go 1.27.0: Phase kickoff
TRANSP:TRANSPARENT
UID:phase:kickoff@go-1.27.0
END:VEVENT
BEGIN:VEVENT
DESCRIPTION:open\\, by Core\\, done\\; on the critical path
DTEND;VALUE=DATE:20260902
DTSTAMP:20260822T000000Z
DTSTART;VALUE=DATE:20260901
SUMMARY:Go 1.27.0: Do open
TRANSP:TRANSPARENT
UID:open@go-1.27.0
END:VEVENT
BEGIN:VEVENT
DESCRIPTION:set by the catalog
DTEND;VALUE=DATE:20261010
DTSTAMP:20260822T000000Z
DTSTART;VALUE=DATE:20261009
SUMMARY:Go 1.27.0: the upgrade is due
TRANSP:TRANSPARENT
UID:upgrade:due@go-1.27.0
END:VEVENT
BEGIN:VEVENT
DESCRIPTION:By endoflife:go
DTEND;VALUE=DATE:20270202
DTSTAMP:20260822T000000Z
DTSTART;VALUE=DATE:20270201
SUMMARY:Go 1.27.0: end of life of 1.26
TRANSP:TRANSPARENT
UID:fact:from_line.eol@go-1.27.0
END:VEVENT
END:VCALENDAR
";
        assert_eq!(calendar(&runbook, Some(date(2026, 8, 22))), Some(expected.replace('\n', "\r\n")));
        let without_day = expected.replace("20260822T000000Z", NO_DAY).replace('\n', "\r\n");
        assert_eq!(calendar(&runbook, None), Some(without_day));
        assert_eq!(calendar(&undated(), None), None);
    }

    #[test]
    fn a_hostile_text_is_no_line_of_its_own() {
        let mut runbook = hostile();
        runbook.summary.critical_path = runbook.tasks.iter().map(|task| task.id.clone()).collect();
        runbook.tasks[0].title = "x\r\nEND:VEVENT\r\nBEGIN:VALARM".to_owned();
        let calendar = calendar(&runbook, None).expect("has days");
        let count = |wanted: &str| calendar.split("\r\n").filter(|line| *line == wanted).count();
        assert_eq!((count("BEGIN:VEVENT"), count("END:VEVENT"), count("BEGIN:VALARM")), (21, 21, 0));
    }
}
