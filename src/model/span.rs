//! Lengths of time as people write them: working time for tasks, calendar time for waits and policies.

use std::fmt;

use jiff::civil::Date;

/// Working hours in a working day.
pub const HOURS_A_DAY: u32 = 8;

/// Working time that a task takes: `2d`, `4h`; a day is eight hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkingTime {
    hours: u32,
}

impl WorkingTime {
    /// One working day, which a step takes unless it says otherwise.
    pub const DAY: Self = Self { hours: HOURS_A_DAY };

    /// Reads `2d` or `4h`; nothing else, no fractions.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = split_unit(text)?;
        let hours = match unit {
            "d" => number.checked_mul(HOURS_A_DAY)?,
            "h" => number,
            _ => return None,
        };
        (hours <= 1_000 * HOURS_A_DAY).then_some(Self { hours })
    }

    /// The time in working hours.
    #[must_use]
    pub fn hours(self) -> u32 {
        self.hours
    }

    /// The time in working days, as a fraction where it is not a whole number.
    #[must_use]
    pub fn days(self) -> f64 {
        f64::from(self.hours) / f64::from(HOURS_A_DAY)
    }
}

/// A length of calendar time: `7d`, `2w`, `8mo`, `1y`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalendarTime {
    number: i32,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Days,
    Weeks,
    Months,
    Years,
}

impl CalendarTime {
    /// Reads `7d`, `2w`, `8mo` or `1y`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = split_unit(text)?;
        let unit = match unit {
            "d" => Unit::Days,
            "w" => Unit::Weeks,
            "mo" => Unit::Months,
            "y" => Unit::Years,
            _ => return None,
        };
        let number = i32::try_from(number).ok()?;
        (number <= 10_000).then_some(Self { number, unit })
    }

    /// The day that lies this long after another; months keep the day of the month where they can.
    #[must_use]
    pub fn after(self, day: Date) -> Option<Date> {
        day.checked_add(self.to_span()?).ok()
    }

    fn to_span(self) -> Option<jiff::Span> {
        let span = jiff::Span::new();
        let span = match self.unit {
            Unit::Days => span.try_days(self.number),
            Unit::Weeks => span.try_weeks(self.number),
            Unit::Months => span.try_months(self.number),
            Unit::Years => span.try_years(self.number),
        };
        span.ok()
    }

    /// The last day after which it has passed on another.
    #[must_use]
    pub fn back_from(self, day: Date) -> Option<Date> {
        let early = day.checked_sub(self.to_span()?).ok()?;
        // A month back from the end of a month may be some days before the last that reach it.
        let days = (0..=3).rev().filter_map(|days| early.checked_add(jiff::Span::new().days(days)).ok());
        days.into_iter().find(|early| self.after(*early).is_some_and(|after| after <= day))
    }

    /// Orders two lengths by the days that they last at most.
    #[must_use]
    pub fn longer(self, other: Self) -> Self {
        if other.most_days() > self.most_days() { other } else { self }
    }

    fn most_days(self) -> i64 {
        i64::from(self.number)
            * match self.unit {
                Unit::Days => 1,
                Unit::Weeks => 7,
                Unit::Months => 31,
                Unit::Years => 366,
            }
    }
}

impl fmt::Display for CalendarTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Days => "day",
            Unit::Weeks => "week",
            Unit::Months => "month",
            Unit::Years => "year",
        };
        write!(f, "{} {unit}{}", self.number, if self.number == 1 { "" } else { "s" })
    }
}

fn split_unit(text: &str) -> Option<(u32, &str)> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn reads_working_time() {
        for (text, days) in [("1d", 1.0), ("2d", 2.0), ("4h", 0.5), ("12h", 1.5), ("0d", 0.0)] {
            assert_eq!(WorkingTime::parse(text).map(WorkingTime::days), Some(days), "{text}");
        }
        for text in ["", "d", "1", "1.5d", "-1d", "1w", "99999999999d", "1 d", "2000d"] {
            assert_eq!(WorkingTime::parse(text), None, "{text}");
        }
    }

    #[test]
    fn adds_calendar_time_to_a_day() {
        for (text, day) in
            [("7d", date(2026, 9, 7)), ("2w", date(2026, 9, 14)), ("8mo", date(2027, 4, 30)), ("1y", date(2027, 8, 31))]
        {
            let time = CalendarTime::parse(text).expect(text);
            assert_eq!(time.after(date(2026, 8, 31)), Some(day), "{text}");
        }
        for (text, day) in [("7d", date(2026, 8, 31)), ("6mo", date(2026, 3, 7)), ("1y", date(2025, 9, 7))] {
            let time = CalendarTime::parse(text).expect(text);
            assert_eq!(time.back_from(date(2026, 9, 7)), Some(day), "{text}");
        }
        let month = CalendarTime::parse("1mo").expect("is one");
        assert_eq!(month.back_from(date(2026, 2, 28)), Some(date(2026, 1, 31)));
        assert_eq!(CalendarTime::parse("8m"), None);
        assert_eq!(CalendarTime::parse("8mo").map(|time| time.to_string()), Some("8 months".to_owned()));
        assert_eq!(CalendarTime::parse("1d").map(|time| time.to_string()), Some("1 day".to_owned()));
    }
}
