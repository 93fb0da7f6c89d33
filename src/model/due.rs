//! Turns the catalog, a policy and facts into the day by which an upgrade must be done, and the day on which it begins,
//! each with the reason.

use jiff::civil::Date;

use crate::model::facts::VersionFacts;
use crate::model::plan::Fixed;
use crate::model::runtime::Runtime;
use crate::model::span::CalendarTime;
use crate::model::upgrade::{State, Upgrade};

/// The reason for a day that the catalog states.
pub const STATED: &str = "set by the catalog";

/// The day by which an upgrade must be done: what the catalog says, else the earliest that the policy gives.
#[must_use]
pub fn find_due(upgrade: &Upgrade, runtime: &Runtime, known: &VersionFacts, is_security: bool) -> Option<Fixed> {
    if let Some(due) = &upgrade.due {
        return Some(Fixed { day: due.value, because: STATED.to_owned() });
    }
    to_deadlines(upgrade, runtime, known, is_security).into_iter().min_by_key(|deadline| deadline.day)
}

/// All days that the policy gives, in the order in which it is written down.
#[must_use]
pub fn to_deadlines(upgrade: &Upgrade, runtime: &Runtime, known: &VersionFacts, is_security: bool) -> Vec<Fixed> {
    let (from, to) = (&upgrade.from.value, &upgrade.to.value);
    let [from_line, to_line] = [from, to].map(|version| known.line_of(version));
    let is_new_line = from_line != to_line;
    let policy = &runtime.policy;
    let mut deadlines = Vec::new();
    let mut add = |day: Option<Date>, because: String| {
        deadlines.extend(day.map(|day| Fixed { day, because }));
    };
    if let (Some(within), Some(released)) =
        (policy.adopt_within.filter(|_| is_new_line), known.find_line(&to_line).and_then(|line| line.released))
    {
        let because = format!("{to_line} was released on {released}, and a new line is adopted within {within}");
        add(within.after(released), because);
    }
    if let Some(eol) = known.find_line(&from_line).and_then(|line| line.eol).filter(|_| is_new_line) {
        let (day, margin) = match policy.before_eol {
            Some(margin) => (margin.back_from(eol), format!("{margin} before ")),
            None => (Some(eol), String::new()),
        };
        add(day, format!("{margin}the end of life of {from_line}, which is {eol}"));
    }
    if let (Some(within), Some(released)) =
        (policy.security_within.filter(|_| is_security), find_release(known, upgrade))
    {
        let because = format!("{to} was released on {released}, and a security release is taken within {within}");
        add(within.after(released), because);
    }
    deadlines
}

/// The day on which an upgrade begins: what the catalog says, else the target's release or the given day, whichever is
/// later.
#[must_use]
pub fn find_start(upgrade: &Upgrade, known: &VersionFacts, as_of: Option<Date>) -> Option<Fixed> {
    if let Some(start) = upgrade.start {
        return Some(Fixed { day: start, because: STATED.to_owned() });
    }
    let released = find_release(known, upgrade).map(|day| (day, format!("the release of {}", upgrade.to.value)));
    let today = as_of.map(|day| (day, "the day of these facts".to_owned()));
    let (day, what) = released.into_iter().chain(today).max_by_key(|(day, _)| *day)?;
    let because = match upgrade.state {
        State::Planned => format!("not started; reckoned from {what}"),
        _ => format!("no start is set; reckoned from {what}"),
    };
    Some(Fixed { day, because })
}

/// The day of the target's release.
#[must_use]
pub fn find_release(known: &VersionFacts, upgrade: &Upgrade) -> Option<Date> {
    known.find(&upgrade.to.value).and_then(|release| release.date)
}

/// The day until which a target must have been out.
#[must_use]
pub fn to_soaked(known: &VersionFacts, upgrade: &Upgrade, time: CalendarTime) -> Option<Date> {
    time.after(find_release(known, upgrade)?)
}
