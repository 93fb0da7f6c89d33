//! Time from left to right: where a day stands, and which days are told.

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use super::canvas::{Anchor, Canvas, SMALL, width};

/// The height of the two lines of text above what is drawn.
pub const AXIS_HEIGHT: i64 = 38;

/// The space between two ticks' texts, in pixels.
const GAP: i64 = 10;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// How days become pixels.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// Where the first day begins.
    pub left: i64,
    /// Where the last day ends.
    pub right: i64,
}

/// The steps between ticks, from fine to coarse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Days(i64),
    Week,
    Months(i64),
    Years(i64),
}

const STEPS: [Step; 14] = [
    Step::Days(1),
    Step::Days(2),
    Step::Week,
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Years(1),
    Step::Years(2),
    Step::Years(5),
    Step::Years(10),
    Step::Years(100),
    Step::Years(1000),
    Step::Years(10_000),
];

impl Scale {
    /// Makes room for some days, at least two.
    pub fn new(first: Date, last: Date, left: i64, right: i64) -> Self {
        let last = last.max(first.saturating_add(1.days()));
        Self { first: first.min(last), last, left, right }
    }

    /// Says whether a day has a place.
    pub fn holds(&self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }

    /// Where a day begins; the nearest end for a day without a place.
    pub fn start(&self, day: Date) -> i64 {
        self.place(days(self.first, day))
    }

    /// Where a day ends.
    pub fn end(&self, day: Date) -> i64 {
        self.place(days(self.first, day) + 1)
    }

    /// The middle of a day.
    pub fn middle(&self, day: Date) -> i64 {
        (self.start(day) + self.end(day)) / 2
    }

    fn place(&self, days_since: i64) -> i64 {
        let all = days(self.first, self.last) + 1;
        let since = days_since.clamp(0, all);
        self.left + (since * (self.right - self.left) + all / 2) / all
    }

    /// Draws ticks from a height down to another, and their texts above it.
    pub fn draw(&self, canvas: &mut Canvas, top: i64, bottom: i64) {
        let ticks = self.ticks();
        canvas.open("sv-axis");
        for tick in &ticks {
            let x = self.start(tick.day);
            let class = if tick.major.is_some() { "sv-grid sv-grid-major" } else { "sv-grid" };
            canvas.line(class, [x, top], [x, bottom]);
            canvas.text(SMALL, [x + 3, top - 6], Anchor::Start, &tick.minor, WIDEST);
        }
        for (text, x) in self.find_majors(&ticks) {
            canvas.text("sv-small sv-ink", [x + 3, top - 22], Anchor::Start, &text, WIDEST);
        }
        canvas.close();
    }

    /// The texts of the upper line, each at the beginning of what it names, as far as there is room.
    fn find_majors(&self, ticks: &[Tick]) -> Vec<(String, i64)> {
        let mut majors: Vec<(String, i64)> = Vec::new();
        // What the first day is a part of, which began before it. Ticks that are years have nothing above them.
        if ticks.first().is_some_and(|tick| !tick.within.is_empty()) {
            majors.push((self.lead(ticks), self.left));
        }
        majors.extend(ticks.iter().filter_map(|tick| Some((tick.major.clone()?, self.start(tick.day)))));
        // From the right: of two that stand too close, the first is perhaps only the end of what it names.
        let mut free = self.right + 2 * GAP;
        majors.reverse();
        majors.retain(|(text, x)| {
            let fits = x + 3 + width(text, SMALL) + GAP <= free;
            free = if fits { *x } else { free };
            fits
        });
        majors.reverse();
        majors
    }

    /// The text for what the first day is a part of.
    fn lead(&self, ticks: &[Tick]) -> String {
        let step = if ticks.iter().any(|tick| tick.within.contains(' ')) { Step::Days(1) } else { Step::Months(1) };
        Tick::of(step, self.first, None).within
    }

    fn ticks(&self) -> Vec<Tick> {
        for step in STEPS {
            if self.is_coarse_enough(step) {
                return self.ticks_of(step);
            }
        }
        Vec::new()
    }

    /// Says whether texts of such ticks have room, without making each of what may be millions.
    fn is_coarse_enough(&self, step: Step) -> bool {
        let (least_days, widest) = match step {
            Step::Days(days) => (days, "30"),
            Step::Week => (7, "30"),
            Step::Months(months) => (28 * months, "Mar"),
            Step::Years(years) => (365 * years, "2026"),
        };
        let all = days(self.first, self.last) + 1;
        least_days * (self.right - self.left) / all >= width(widest, SMALL) + GAP
    }

    fn ticks_of(&self, step: Step) -> Vec<Tick> {
        let start = Tick::of(step, self.first, None);
        let mut ticks: Vec<Tick> = Vec::new();
        let mut next = to_first(step, self.first);
        while let Some(day) = next.filter(|day| *day <= self.last) {
            if day >= self.first {
                let before = ticks.last().unwrap_or(&start);
                ticks.push(Tick::of(step, day, Some(before)));
            }
            next = day.checked_add(step.span()).ok();
            // Every other day begins anew with each month, so that the first of a month is always told.
            if let (Step::Days(2), Some(after)) = (step, next)
                && after.month() != day.month()
            {
                next = Some(after.first_of_month());
            }
        }
        // The last tick may have no room for its text before the end.
        ticks.retain(|tick| self.start(tick.day) + 3 + width(&tick.minor, SMALL) <= self.right + GAP);
        if let (Step::Days(2), [.., before, last]) = (step, ticks.as_slice())
            && days(before.day, last.day) < 2
        {
            let at = ticks.len() - 2;
            ticks.remove(at);
        }
        ticks
    }
}

/// The widest text of an axis.
const WIDEST: i64 = 80;

impl Step {
    fn span(self) -> Span {
        match self {
            Self::Days(days) => days.days(),
            Self::Week => 1.week(),
            Self::Months(months) => months.months(),
            Self::Years(years) => years.years(),
        }
    }
}

/// A day that is told, below what it is a part of.
struct Tick {
    day: Date,
    minor: String,
    /// What begins here: a month, a year.
    major: Option<String>,
    /// What it is a part of.
    within: String,
}

impl Tick {
    fn of(step: Step, day: Date, before: Option<&Self>) -> Self {
        let year = format!("{}", day.year());
        let month = MONTHS[usize::from(day.month().unsigned_abs()).saturating_sub(1) % 12];
        let (minor, within) = match step {
            Step::Days(_) | Step::Week => (day.day().to_string(), format!("{month} {year}")),
            Step::Months(_) => (month.to_owned(), year),
            Step::Years(_) => (year, String::new()),
        };
        let begins = before.is_some_and(|before| before.within != within);
        let major = begins.then(|| within.clone());
        Self { day, minor, major, within }
    }
}

/// The first day of the step that a day belongs to.
fn to_first(step: Step, day: Date) -> Option<Date> {
    match step {
        Step::Days(_) => Some(day),
        Step::Week => day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).ok(),
        Step::Months(months) => {
            let since = (i64::from(day.month()) - 1) % months;
            day.first_of_month().checked_sub(since.months()).ok()
        }
        Step::Years(years) => {
            let since = i64::from(day.year()).rem_euclid(years);
            day.first_of_year().checked_sub(since.years()).ok().or(Some(day.first_of_year()))
        }
    }
}

/// The days from one day to another.
pub fn days(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

/// A day as people write it: `5 Oct 2026`.
pub fn to_day(day: Date) -> String {
    let month = MONTHS[usize::from(day.month().unsigned_abs()).saturating_sub(1) % 12];
    format!("{} {month} {}", day.day(), day.year())
}

/// A note above the axis that belongs to a day or to several.
#[derive(Clone)]
pub struct Flag {
    /// Where its days begin.
    pub x: i64,
    /// Its words.
    pub text: String,
    /// The class of its text.
    pub class: &'static str,
}

/// The height of a line of notes.
pub const FLAG_HEIGHT: i64 = 18;

/// Places notes in lines above each other so that none covers another one; notes that would need more lines than there
/// may be are left out. Gives the line of each, from the lowest, and where it begins.
pub fn to_lanes(flags: &[Flag], [left, right]: [i64; 2], most: usize) -> Vec<Option<(usize, i64)>> {
    let mut order: Vec<usize> = (0..flags.len()).collect();
    order.sort_by_key(|at| (flags[*at].x, *at));
    let mut ends: Vec<i64> = Vec::new();
    let mut places = vec![None; flags.len()];
    for at in order {
        let wide = width(&flags[at].text, flags[at].class).min(right - left);
        let x = flags[at].x.min(right - wide).max(left);
        let lane = match ends.iter().position(|end| *end + GAP <= x) {
            Some(lane) => lane,
            None if ends.len() < most => {
                ends.push(i64::MIN / 2);
                ends.len() - 1
            }
            None => continue,
        };
        ends[lane] = x + wide;
        places[at] = Some((lane, x));
    }
    places
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn told(first: Date, last: Date) -> String {
        let scale = Scale::new(first, last, 0, 600);
        let ticks = scale.ticks();
        let minor: Vec<&str> = ticks.iter().map(|tick| tick.minor.as_str()).collect();
        let major: Vec<String> = scale.find_majors(&ticks).into_iter().map(|(text, x)| format!("{text}@{x}")).collect();
        format!("{} | {}", major.join(" "), minor.join(" "))
    }

    #[test]
    fn ticks_suit_days_months_and_years() {
        let first = date(2026, 11, 24);
        for (last, expected) in [
            (date(2026, 11, 24), "Nov 2026@0 | 24 25"),
            (date(2026, 12, 5), "Nov 2026@0 Dec 2026@350 | 24 25 26 27 28 29 30 1 2 3 4 5"),
            (date(2027, 1, 17), "Nov 2026@0 Dec 2026@142 Jan 2027@447 | 30 7 14 21 28 4 11"),
            (date(2027, 9, 30), "2026@0 2027@73 | Dec Jan Feb Mar Apr May Jun Jul Aug Sep"),
            (
                date(2033, 9, 30),
                "2027@9 2028@97 2029@184 2030@272 2031@359 2032@447 2033@535 | Jan Jul Jan Jul Jan Jul Jan Jul Jan Jul Jan Jul Jan Jul",
            ),
            (date(9999, 12, 31), " | 3000 4000 5000 6000 7000 8000 9000"),
        ] {
            assert_eq!(told(first, last), expected);
        }
    }

    #[test]
    fn a_day_without_a_place_stands_at_the_nearest_end() {
        let scale = Scale::new(date(2026, 10, 1), date(2026, 10, 10), 100, 200);
        let places = [date(2026, 9, 1), date(2026, 10, 1), date(2026, 10, 10), date(2027, 1, 1)];
        assert_eq!(
            places.map(|day| (scale.start(day), scale.end(day))),
            [(100, 100), (100, 110), (190, 200), (200, 200)]
        );
    }

    #[test]
    fn notes_stand_above_each_other() {
        let flag = |x, text: &str| Flag { x, text: text.to_owned(), class: SMALL };
        let flags = [flag(0, "freeze"), flag(10, "today"), flag(60, "due"), flag(15, "more")];
        let lanes: Vec<Option<usize>> = to_lanes(&flags, [0, 100], 2).iter().map(|place| Some((*place)?.0)).collect();
        assert_eq!(lanes, [Some(0), Some(1), Some(0), None]);
    }
}
