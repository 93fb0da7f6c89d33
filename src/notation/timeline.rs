//! A runbook as a chart for a terminal: a line for each step of a phase, time from left to right, readable without colours.

use jiff::Span;
use jiff::civil::Date;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::group::{Groups, Sum};
use crate::model::runbook::Runbook;
use crate::text::escape::to_one_line;

/// Time of steps on the critical path.
pub const CRITICAL: char = '█';
/// Time of other steps.
pub const PLANNED: char = '▒';
/// Time by which tasks may slip.
pub const SLACK: char = '·';
/// The due date.
pub const DUE: char = '│';

/// The widest name of a line, in columns.
const WIDEST_NAME: usize = 30;

/// The columns of what the first line says of the scale: `3 columns are a week`.
const WIDEST_SCALE: usize = 20;

/// The fewest columns for time.
const NARROWEST: usize = 10;

/// The months after January.
const MONTHS: [&str; 11] = ["Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Draws the chart in at most so many columns, of which it needs 60; nothing where no day is known.
#[must_use]
pub fn chart(runbook: &Runbook, columns: usize) -> Option<String> {
    let groups = Groups::of(runbook);
    let all = groups.sum(&runbook.tasks);
    let (first, last) = all.days?;
    let last = last.max(all.latest.unwrap_or(last)).max(runbook.due.date.unwrap_or(last));
    let mut lines: Vec<(String, Option<Sum>)> = Vec::new();
    for section in &groups.sections {
        lines.push((cut(&section.phase.name, WIDEST_NAME), None));
        for group in &section.groups {
            let name = group.with_count(&cut(group.step.as_str(), WIDEST_NAME - 8));
            lines.push((format!("  {name}"), Some(groups.sum(group.tasks.iter().copied()))));
        }
    }
    let name_width = lines.iter().map(|(name, _)| name.width()).max().unwrap_or(0).max(WIDEST_SCALE);
    let scale = Scale::new(first, last, columns.saturating_sub(name_width + 2).max(NARROWEST));
    let mut out = String::new();
    let mut push = |name: &str, cells: &str| {
        let gap = " ".repeat(name_width.saturating_sub(name.width()) + 2);
        out.push_str(format!("{name}{gap}{cells}").trim_end());
        out.push('\n');
    };
    push(&scale.in_words(), &scale.months());
    let due = runbook.due.date.and_then(|day| scale.column(day));
    for (name, sum) in &lines {
        push(name, &scale.bar(sum.as_ref(), due));
    }
    let due = runbook.due.date.map_or_else(String::new, |day| format!("  {DUE} due {day}"));
    out.push_str(&format!("{CRITICAL} critical path  {PLANNED} other steps  {SLACK} slack{due}\n"));
    Some(out)
}

/// How days become columns: so many columns for so many days.
struct Scale {
    first: Date,
    columns_in: usize,
    days: usize,
    width: usize,
}

impl Scale {
    /// Finds the finest scale that fits: a column for a day, then 3, 2 or 1 for a week, then a column for several weeks.
    fn new(first: Date, last: Date, most: usize) -> Self {
        let since_monday = i64::from(first.weekday().to_monday_zero_offset());
        let monday = first.saturating_sub(Span::new().days(since_monday));
        let fine = [(first, 7), (monday, 3), (monday, 2), (monday, 1)].map(|(first, columns)| (first, columns, 7));
        let coarse = (2..).map(|weeks| (monday, 1, 7 * weeks));
        let scales = fine.into_iter().chain(coarse).map(|(first, columns_in, days)| {
            let scale = Self { first, columns_in, days, width: 0 };
            Self { width: scale.column(last).unwrap_or(0) + 1, ..scale }
        });
        let mut fitting = scales.filter(|scale| scale.width <= most);
        fitting.next().unwrap_or(Self { first, columns_in: 1, days: usize::MAX, width: 1 })
    }

    fn in_words(&self) -> String {
        match (self.columns_in, self.days / 7) {
            (7, _) => "a column is a day".to_owned(),
            (1, 1) => "a column is a week".to_owned(),
            (1, weeks) => format!("a column is {weeks} weeks"),
            (columns, _) => format!("{columns} columns are a week"),
        }
    }

    /// The column of a day; none for a day before the first one.
    fn column(&self, day: Date) -> Option<usize> {
        let days = usize::try_from((day - self.first).get_days()).ok()?;
        Some(days * self.columns_in / self.days)
    }

    /// The months, each above the column of its first day, as far as there is room. A January is told by its year; where
    /// columns are many weeks, there are only years.
    fn months(&self) -> String {
        let only_years = self.days > 14;
        let mut labels: Vec<(usize, String)> = Vec::new();
        let mut month = self.first.first_of_month();
        while let Some(column) = self.column(month.max(self.first)).filter(|column| *column < self.width) {
            match month.month() {
                number if number == 1 || (only_years && labels.is_empty()) => {
                    labels.push((column, format!("{:04}", month.year())));
                }
                number if !only_years => {
                    labels.push((column, MONTHS[usize::from(number.unsigned_abs()) - 2].to_owned()));
                }
                _ => {}
            }
            let Ok(next) = month.checked_add(Span::new().months(1)) else { break };
            month = next;
        }
        // From the right: of two that stand too close, the first is perhaps only the end of its month.
        let mut free = self.width + 1;
        labels.reverse();
        labels.retain(|(column, label)| {
            let fits = column + label.len() < free;
            free = if fits { *column } else { free };
            fits
        });
        let mut out = String::new();
        for (column, label) in labels.into_iter().rev() {
            out.extend(std::iter::repeat_n(' ', column - out.len()));
            out.push_str(&label);
        }
        out
    }

    fn bar(&self, sum: Option<&Sum>, due: Option<usize>) -> String {
        let mut cells = vec![' '; self.width];
        if let Some(due) = due.and_then(|due| cells.get_mut(due)) {
            *due = DUE;
        }
        let Some(sum) = sum else { return cells.into_iter().collect() };
        let Some((first, last)) = sum.days else { return "not known".to_owned() };
        let mut fill = |from: Date, to: Date, mark: char| {
            if let (Some(from), Some(to)) = (self.column(from), self.column(to)) {
                cells.iter_mut().take(to + 1).skip(from).for_each(|cell| *cell = mark);
            }
        };
        if let Some(latest) = sum.latest.filter(|latest| *latest > last) {
            fill(last, latest, SLACK);
        }
        fill(first, last, if sum.is_critical { CRITICAL } else { PLANNED });
        cells.into_iter().collect()
    }
}

/// A text on one line in so many columns.
fn cut(text: &str, widest: usize) -> String {
    let text = to_one_line(text);
    if text.width() <= widest {
        return text;
    }
    let mut width = 0;
    let kept = text.chars().take_while(|c| {
        width += c.width().unwrap_or(0);
        width < widest
    });
    kept.collect::<String>() + "…"
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::tests::{dated, hostile, phase, runbook, task, undated};
    use super::*;

    #[test]
    fn a_column_is_a_day_where_there_is_room() {
        let expected = "\
a column is a day     Sep                           Oct
Phase kickoff                                               │
  open                █                                     │
Phase work                                                  │
  build ×3             █████████████████                    │
  test                                    █████             │
Phase side                                                  │
  try                         ▒▒▒·····················      │
Phase wrap-up                                               │
  announce                                       █████      │
█ critical path  ▒ other steps  · slack  │ due 2026-10-09
";
        assert_eq!(chart(&dated(), 80).as_deref(), Some(expected));
        assert_eq!(chart(&undated(), 80), None);
    }

    #[test]
    fn weeks_are_columns_where_there_is_less() {
        let expected = "\
a column is a week    Sep
Phase kickoff              │
  open                █    │
Phase work                 │
  build ×3            ███  │
  test                   █ │
Phase side                 │
  try                  ▒···│
Phase wrap-up              │
  announce                █│
█ critical path  ▒ other steps  · slack  │ due 2026-10-09
";
        assert_eq!(chart(&dated(), 32).as_deref(), Some(expected));
    }

    #[test]
    fn a_plan_of_years_fits_and_tells_the_years() {
        let tasks = vec![
            task("a", "work", &[], Some([date(2026, 3, 2), date(2027, 9, 1)])),
            task("b", "work", &["a"], Some([date(2027, 9, 2), date(2031, 3, 1)])),
            task("c", "work", &[], None),
        ];
        let expected = "\
a column is 7 weeks   2026  2027   2028    2029   2030
Phase work
  a                   ▒▒▒▒▒▒▒▒▒▒▒▒
  b                              ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
  c                   not known
█ critical path  ▒ other steps  · slack
";
        assert_eq!(chart(&runbook(vec![phase("work", &[])], tasks), 60).as_deref(), Some(expected));
    }

    #[test]
    fn no_line_is_wider_than_asked_for() {
        let mut wide = hostile();
        wide.phases[0].name = "段階".repeat(40);
        wide.tasks[0].latest_finish = Some(date(2029, 9, 1));
        wide.due.date = Some(date(2026, 7, 1));
        for columns in [60, 80, 100, 200] {
            for line in chart(&wide, columns).expect("has days").lines() {
                assert!(line.width() <= columns, "{} in {columns}: {line}", line.width());
            }
        }
    }
}
