//! The days of runbooks as calendars (RFC 5545): of an upgrade its phases, critical path, due date and the end of life of
//! release lines; of a team its tasks. All are whole days, and the same runbooks and day give the same bytes.

use std::collections::BTreeSet;

use icalendar::{Alarm, Calendar, Component as _, Event, EventLike as _, Property};
use jiff::civil::Date;

use super::group::Groups;
use crate::model::runbook::{Gate, Runbook, TaskEntry, UsedFact};
use crate::text::escape::to_one_line;

/// When a calendar counts as made while no day is known; RFC 5545 wants one.
const NO_DAY: &str = "19700101T000000Z";

/// How many days before a day that must not be missed its alarms are.
const ALARMS: [i64; 2] = [30, 7];

/// Makes the calendar of an upgrade; `stamp` is the day as of which things are looked at. Nothing where no day is known,
/// since a calendar cannot be empty.
#[must_use]
pub fn calendar(runbook: &Runbook, stamp: Option<Date>) -> Option<String> {
    let mut days = Days::new(&format!("{} upgrade", to_name(runbook)), stamp);
    days.add_upgrade(runbook);
    days.finish()
}

/// Says whether an upgrade has a calendar, without making it.
#[must_use]
pub fn has_calendar(runbook: &Runbook) -> bool {
    let is_dated = |task: &TaskEntry| {
        let is_open = !task.state.is_settled();
        task.earliest_start.zip(task.earliest_finish).is_some()
            || (is_open && task.gates.iter().any(|gate| gate.until.is_some()))
    };
    let has_end = |fact: &UsedFact| fact.id.ends_with(".eol") && fact.value.parse::<Date>().is_ok();
    runbook.due.date.is_some() || runbook.facts.iter().any(has_end) || runbook.tasks.iter().any(is_dated)
}

/// Makes one calendar of several upgrades, with alarms for the days that must not be missed.
#[must_use]
pub fn calendar_of_all<'a>(
    name: &str,
    runbooks: impl Iterator<Item = &'a Runbook>,
    stamp: Option<Date>,
) -> Option<String> {
    let mut days = Days::new(name, stamp);
    days.has_alarms = true;
    runbooks.for_each(|runbook| days.add_upgrade(runbook));
    days.finish()
}

/// Makes the calendar of a team out of its tasks, each with its runbook: the days by which open ones must be done.
#[must_use]
pub fn calendar_of_team<'a>(
    name: &str,
    tasks: impl Iterator<Item = (&'a Runbook, &'a TaskEntry)>,
    stamp: Option<Date>,
) -> Option<String> {
    let mut days = Days::new(name, stamp);
    days.has_alarms = true;
    for (runbook, task) in tasks.filter(|(_, task)| !task.state.is_settled()) {
        if let Some(by) = task.latest_finish {
            let id = format!("task:{}@{}", task.id, runbook.upgrade);
            let begin = task.earliest_start.map(|day| format!("can begin {day}, ")).unwrap_or_default();
            let about = format!("{}, {begin}{}", task.id, task.state);
            let summary = format!("{}: {}", to_name(runbook), task.title);
            days.add(&id, (by, by), &summary, &to_one_line(&about), Weight::Due);
        }
    }
    days.finish()
}

/// How much it matters not to miss a day.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// It tells when something happens.
    Plain,
    /// Something must be done by then.
    Due,
}

/// A calendar that is being filled.
struct Days {
    calendar: Calendar,
    stamp: String,
    known: BTreeSet<String>,
    has_alarms: bool,
}

impl Days {
    fn new(name: &str, stamp: Option<Date>) -> Self {
        let mut calendar = Calendar::empty();
        for (key, value) in [
            ("VERSION", "2.0"),
            ("PRODID", "-//upshift//upshift//EN"),
            ("CALSCALE", "GREGORIAN"),
            ("X-WR-CALNAME", &to_one_line(name)),
        ] {
            calendar.append_property(Property::new(key, value));
        }
        let stamp = stamp.map_or_else(|| NO_DAY.to_owned(), |day| format!("{}T000000Z", to_day(day)));
        Self { calendar, stamp, known: BTreeSet::new(), has_alarms: false }
    }

    fn finish(self) -> Option<String> {
        (!self.calendar.components.is_empty()).then(|| self.calendar.to_string())
    }

    /// Adds whole days, unless they are there.
    fn add(&mut self, id: &str, (first, last): (Date, Date), summary: &str, about: &str, weight: Weight) {
        // The end of a whole-day event is the first day that is not part of it.
        let Ok(end) = last.tomorrow() else { return };
        if !self.known.insert(id.to_owned()) {
            return;
        }
        let whole_day = |key: &str, day: Date| Property::new(key, to_day(day)).add_parameter("VALUE", "DATE").done();
        let summary = to_one_line(summary);
        let mut event = Event::new();
        event
            .uid(id)
            .add_property("DTSTAMP", &self.stamp)
            .append_property(whole_day("DTSTART", first))
            .append_property(whole_day("DTEND", end))
            .summary(&summary)
            // Nobody is busy because of it.
            .add_property("TRANSP", "TRANSPARENT");
        if !about.is_empty() {
            event.description(about);
        }
        if self.has_alarms && weight == Weight::Due {
            for days in ALARMS {
                // Left alone, an alarm takes an id by chance and the time of the clock.
                let mut alarm = Alarm::display(&summary, -chrono::Duration::days(days));
                alarm.uid(&format!("alarm:{days}:{id}")).add_property("DTSTAMP", &self.stamp);
                event.alarm(alarm.done());
            }
        }
        self.calendar.push(event.done());
    }

    fn add_upgrade(&mut self, runbook: &Runbook) {
        let name = to_name(runbook);
        let own = |id: &str| format!("{id}@{}", runbook.upgrade);
        let groups = Groups::of(runbook);
        for section in &groups.sections {
            if let Some(days) = groups.sum(section.tasks()).days {
                let about = to_one_line(section.phase.about.as_deref().unwrap_or_default());
                let id = own(&format!("phase:{}", section.phase.id));
                self.add(&id, days, &format!("{name}: {}", section.phase.name), &about, Weight::Plain);
            }
        }
        for task in runbook.tasks.iter().filter(|task| groups.is_critical(&task.id)) {
            if let Some(days) = groups.sum([task]).days {
                let summary = format!("{name}: {}", task.title);
                self.add(&own(task.id.as_str()), days, &summary, &describe(runbook, task), Weight::Plain);
            }
        }
        for task in runbook.tasks.iter().filter(|task| !task.state.is_settled()) {
            for (day, gate) in task.gates.iter().filter_map(|gate| Some((gate.until?, gate))) {
                self.add_gate(runbook, task, gate, day);
            }
        }
        if let Some(due) = runbook.due.date {
            let because = to_one_line(runbook.due.because.as_deref().unwrap_or_default());
            let summary = format!("{name}: the upgrade is due");
            self.add(&own("upgrade:due"), (due, due), &summary, &because, Weight::Due);
        }
        for UsedFact { id, fact, value, source } in runbook.facts.iter().filter(|fact| fact.id.ends_with(".eol")) {
            if let Ok(day) = value.parse::<Date>() {
                let about = format!("By {}", to_one_line(source));
                // Upgrades of one runtime share their lines.
                let summary = format!("{}: {fact}", runbook.runtime_name);
                self.add(&format!("{id}:{fact}@{}", runbook.runtime), (day, day), &summary, &about, Weight::Due);
            }
        }
    }

    /// Adds the opening of a gate, once for all tasks of a step that wait for the same.
    fn add_gate(&mut self, runbook: &Runbook, task: &TaskEntry, gate: &Gate, day: Date) {
        let id = format!("gate:{}:{day}:{}@{}", task.step, to_one_line(&gate.text), runbook.upgrade);
        let summary = format!("{}: gate of {} opens", to_name(runbook), task.step);
        self.add(&id, (day, day), &summary, &to_one_line(&gate.text), Weight::Plain);
    }
}

fn to_name(runbook: &Runbook) -> String {
    format!("{} {}", runbook.runtime_name, runbook.to)
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
SUMMARY:Go: end of life of 1.26
TRANSP:TRANSPARENT
UID:from_line.eol:end of life of 1.26@go
END:VEVENT
END:VCALENDAR
";
        assert_eq!(calendar(&runbook, Some(date(2026, 8, 22))), Some(expected.replace('\n', "\r\n")));
        let without_day = expected.replace("20260822T000000Z", NO_DAY).replace('\n', "\r\n");
        assert_eq!(calendar(&runbook, None), Some(without_day));
        assert_eq!(calendar(&undated(), None), None);
        assert!(has_calendar(&runbook) && has_calendar(&dated()) && !has_calendar(&undated()));
    }

    #[test]
    fn days_that_must_not_be_missed_have_alarms() {
        let runbook = dated();
        let all = calendar_of_all("All", std::iter::once(&runbook), Some(date(2026, 8, 22))).expect("has days");
        assert_eq!(all, calendar_of_all("All", std::iter::once(&runbook), Some(date(2026, 8, 22))).expect("has days"));
        let due = all.split("BEGIN:VEVENT").find(|event| event.contains("UID:upgrade:due@go-1.27.0")).expect("is due");
        let alarms: Vec<&str> = due.lines().filter(|line| line.starts_with("TRIGGER")).collect();
        assert_eq!(alarms, ["TRIGGER:-PT2592000S", "TRIGGER:-PT604800S"]);
        let twice = calendar_of_all("All", [&runbook, &runbook].into_iter(), None).expect("has days");
        assert_eq!(twice.matches("BEGIN:VEVENT").count(), all.matches("BEGIN:VEVENT").count());
    }

    #[test]
    fn a_team_has_the_days_by_which_its_open_tasks_must_be_done() {
        let runbook = dated();
        let open = runbook.tasks.iter().find(|task| !task.state.is_settled() && task.latest_finish.is_some());
        let open = open.expect("something is open");
        let tasks_of = |team| runbook.tasks.iter().filter(move |task| &task.owner == team).map(|task| (&runbook, task));
        let own = calendar_of_team("Core", tasks_of(&open.owner), None).expect("has days");
        assert!(own.contains(&format!("UID:task:{}@go-1.27.0", open.id)), "{own}");
        assert_eq!(calendar_of_team("Nobody", std::iter::empty(), None), None);
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
