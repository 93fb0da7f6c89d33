//! Turns calendars into arithmetic of working time: when work of some hours ends, when it must begin. Every answer is
//! reckoned, not walked day by day, so that a plan of a fleet costs no more for long gaps.

use jiff::civil::{Date, Weekday};

use crate::model::span::HOURS_A_DAY;

/// Working hours in a day.
const HOURS: i64 = HOURS_A_DAY as i64;

/// 1970-01-01, a Thursday, has the number 0.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// A Monday before every date.
const ORIGIN: i64 = -4_371_993;

/// A moment of working time: a day's number times eight, and the hours of work that have passed on it. The end of a day
/// is the beginning of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(i64);

impl Moment {
    /// After all dates: what never comes.
    pub const NEVER: Self = Self(i64::MAX);

    /// The beginning of a day.
    pub fn begin_of(day: Date) -> Self {
        Self(to_number(day) * HOURS)
    }

    /// The end of a day.
    pub fn end_of(day: Date) -> Self {
        Self((to_number(day) + 1) * HOURS)
    }

    /// The hours since another moment.
    #[cfg(test)]
    pub fn hours_since(self, other: Self) -> i64 {
        self.0 - other.0
    }

    /// The day that begins or goes on at this moment.
    pub fn day(self) -> Option<Date> {
        to_date(self.0.div_euclid(HOURS))
    }

    /// The day on which work that ends at this moment is done.
    pub fn last_day(self) -> Option<Date> {
        to_date((self.0 - 1).div_euclid(HOURS))
    }
}

fn to_number(day: Date) -> i64 {
    i64::from((day - EPOCH).get_days())
}

fn to_date(number: i64) -> Option<Date> {
    let days = i32::try_from(number).ok()?;
    EPOCH.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// The days on which some task may be worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkDays {
    /// Which days of the week, from Monday.
    week: [bool; 7],
    /// Other days of rest: apart from each other, in order.
    rests: Vec<Rest>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rest {
    from: i64,
    to: i64,
    /// The days of work that all earlier rests took.
    taken: i64,
}

impl WorkDays {
    /// All days but weekends and times of rest, each from its first to its last day. The weekend must leave a day.
    pub fn new(weekend: &[Weekday], rests: impl IntoIterator<Item = (Date, Date)>) -> Self {
        let mut week = [true; 7];
        for day in weekend {
            week[day.to_monday_zero_offset() as usize] = false;
        }
        let mut spans: Vec<(i64, i64)> = rests.into_iter().map(|(from, to)| (to_number(from), to_number(to))).collect();
        spans.sort_unstable();
        let mut days = Self { week, rests: Vec::new() };
        for (from, to) in spans {
            match days.rests.last_mut() {
                Some(last) if from <= last.to + 1 => last.to = last.to.max(to),
                _ => days.rests.push(Rest { from, to, taken: 0 }),
            }
        }
        let mut taken = 0;
        for at in 0..days.rests.len() {
            days.rests[at].taken = taken;
            let Rest { from, to, .. } = days.rests[at];
            taken += days.week_days_before(to + 1) - days.week_days_before(from);
        }
        days
    }

    /// Days of the working week before a day, counted from the origin.
    fn week_days_before(&self, day: i64) -> i64 {
        let (weeks, rest) = ((day - ORIGIN).div_euclid(7), (day - ORIGIN).rem_euclid(7));
        weeks * self.count_week(7) + self.count_week(rest as usize)
    }

    /// How many of the first days of a week are worked on.
    fn count_week(&self, days: usize) -> i64 {
        self.week[..days].iter().map(|&works| i64::from(works)).sum()
    }

    /// Days of work before a day, counted from the origin.
    fn days_before(&self, day: i64) -> i64 {
        let after = self.rests.partition_point(|rest| rest.from < day);
        let taken = after.checked_sub(1).map_or(0, |at| {
            let rest = self.rests[at];
            rest.taken + self.week_days_before(day.min(rest.to + 1)) - self.week_days_before(rest.from)
        });
        self.week_days_before(day) - taken
    }

    /// The day of work that has so many before it.
    fn find_day(&self, before: i64) -> i64 {
        let mut day = self.find_week_day(before);
        // Days of rest that were passed have to be made up for; each round passes all rests before the day.
        loop {
            let missing = before + 1 - self.days_before(day + 1);
            if missing <= 0 {
                return day;
            }
            day = self.find_week_day(self.week_days_before(day + 1) + missing - 1);
        }
    }

    /// The day of the working week that has so many before it.
    fn find_week_day(&self, before: i64) -> i64 {
        let (weeks, rest) = (before.div_euclid(self.count_week(7)), before.rem_euclid(self.count_week(7)));
        let in_week = (0..7).find(|&day| self.week[day] && self.count_week(day) == rest).unwrap_or(0);
        ORIGIN + weeks * 7 + in_week as i64
    }

    /// The hours of work before a moment, counted from the origin: what lies between two moments is their difference.
    pub fn hours_before(&self, moment: Moment) -> i64 {
        let (day, hour) = (moment.0.div_euclid(HOURS), moment.0.rem_euclid(HOURS));
        let before = self.days_before(day);
        let works = self.days_before(day + 1) > before;
        before * HOURS + if works { hour } else { 0 }
    }

    /// The first moment at which work goes on after so many hours of it.
    fn find_begin(&self, hours: i64) -> Moment {
        Moment(self.find_day(hours.div_euclid(HOURS)) * HOURS + hours.rem_euclid(HOURS))
    }

    /// The beginning and end of work of some hours, with so many before it.
    fn find_span(&self, before: i64, hours: i64) -> (Moment, Moment) {
        (self.find_begin(before), Moment(self.find_begin(before + hours - 1).0 + 1))
    }

    /// The beginning and end of work of some hours that may begin at a moment. Work of no hours is done at that moment.
    pub fn forward(&self, from: Moment, hours: i64) -> (Moment, Moment) {
        match (from, hours) {
            (Moment::NEVER, _) | (_, 0) => (from, from),
            _ => self.find_span(self.hours_before(from), hours),
        }
    }

    /// The last beginning and end of work of some hours that must be done at a moment. Work of no hours may wait until
    /// then.
    pub fn backward(&self, by: Moment, hours: i64) -> (Moment, Moment) {
        match (by, hours) {
            (Moment::NEVER, _) | (_, 0) => (by, by),
            _ => self.find_span(self.hours_before(by) - hours, hours),
        }
    }

    /// The first day of work at a moment or after it.
    pub fn next_day(&self, from: Moment) -> Option<Date> {
        if from == Moment::NEVER { None } else { self.find_begin(self.hours_before(from)).day() }
    }

    /// The days of work from one day to another, both included.
    pub fn days_between(&self, first: Date, last: Date) -> i64 {
        self.days_before(to_number(last) + 1) - self.days_before(to_number(first))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const WEEKEND: [Weekday; 2] = [Weekday::Saturday, Weekday::Sunday];

    fn days(moments: (Moment, Moment)) -> (Option<Date>, Option<Date>) {
        (moments.0.day(), moments.1.last_day())
    }

    #[test]
    fn a_day_of_work_begins_and_ends_on_the_same_day_and_the_next_begins_on_the_next_working_day() {
        let week = WorkDays::new(&WEEKEND, []);
        let friday = Moment::begin_of(date(2026, 8, 28));
        let (begin, end) = week.forward(friday, 8);
        assert_eq!(days((begin, end)), (Some(date(2026, 8, 28)), Some(date(2026, 8, 28))));
        assert_eq!(days(week.forward(end, 16)), (Some(date(2026, 8, 31)), Some(date(2026, 9, 1))));
    }

    #[test]
    fn half_days_share_a_day() {
        let week = WorkDays::new(&WEEKEND, []);
        let (_, noon) = week.forward(Moment::begin_of(date(2026, 8, 28)), 4);
        assert_eq!(days(week.forward(noon, 4)), (Some(date(2026, 8, 28)), Some(date(2026, 8, 28))));
        assert_eq!(days(week.forward(noon, 8)), (Some(date(2026, 8, 28)), Some(date(2026, 8, 31))));
    }

    #[test]
    fn work_rests_over_holidays_and_freezes() {
        let rests = [(date(2026, 12, 18), date(2027, 1, 4)), (date(2026, 12, 25), date(2026, 12, 25))];
        let week = WorkDays::new(&WEEKEND, rests);
        let span = week.forward(Moment::begin_of(date(2026, 12, 17)), 16);
        assert_eq!(days(span), (Some(date(2026, 12, 17)), Some(date(2027, 1, 5))));
        assert_eq!(week.days_between(date(2026, 12, 17), date(2027, 1, 5)), 2);
    }

    #[test]
    fn work_that_must_be_done_by_a_day_of_rest_ends_before_it() {
        let week = WorkDays::new(&WEEKEND, []);
        let by = Moment::end_of(date(2026, 8, 30));
        assert_eq!(days(week.backward(by, 8)), (Some(date(2026, 8, 28)), Some(date(2026, 8, 28))));
    }

    #[test]
    fn what_never_comes_is_never_done() {
        let week = WorkDays::new(&WEEKEND, []);
        assert_eq!(week.forward(Moment::NEVER, 8), (Moment::NEVER, Moment::NEVER));
        let forever = WorkDays::new(&WEEKEND, [(date(2026, 1, 1), Date::MAX)]);
        assert_eq!(forever.forward(Moment::begin_of(date(2026, 1, 1)), 8).0.day(), None);
    }

    fn calendars() -> impl Strategy<Value = (Vec<Weekday>, Vec<(i32, i32)>)> {
        let weekend = prop::collection::vec(
            (0i8..7).prop_map(|day| Weekday::from_monday_zero_offset(day).expect("is one")),
            0..6,
        );
        (weekend, prop::collection::vec((-40i32..120, 0i32..20), 0..6))
    }

    proptest! {
        /// Hour by hour, as slowly and plainly as it can be said.
        #[test]
        fn arithmetic_is_what_walking_hour_by_hour_gives((weekend, rests) in calendars(), from in 0i64..400, hours in 0i64..60) {
            let day = |number: i32| EPOCH.checked_add(jiff::Span::new().days(20_000 + number)).expect("is a day");
            let spans: Vec<(Date, Date)> = rests.iter().map(|(from, long)| (day(*from), day(from + long))).collect();
            let week = WorkDays::new(&weekend, spans.clone());
            let works = |hour: i64| {
                let date = to_date(hour.div_euclid(HOURS)).expect("is a day");
                !weekend.contains(&date.weekday()) && !spans.iter().any(|(from, to)| (*from..=*to).contains(&date))
            };
            let from = 20_000 * HOURS + from;
            let mut begin = from;
            while hours > 0 && !works(begin) {
                begin += 1;
            }
            let (mut end, mut left) = (begin, hours);
            while left > 0 {
                left -= i64::from(works(end));
                end += 1;
            }
            prop_assert_eq!(week.forward(Moment(from), hours), (Moment(begin), Moment(end)));
            // The other way round: the last beginning from which as much work is done by then.
            let by = end.max(from);
            let (last, done) = week.backward(Moment(by), hours);
            let worked = (last.0..by).filter(|&hour| works(hour)).count() as i64;
            prop_assert_eq!(worked, if hours == 0 { 0 } else { hours });
            prop_assert!(hours == 0 || (works(last.0) && works(done.0 - 1) && done.0 <= by));
        }
    }
}
