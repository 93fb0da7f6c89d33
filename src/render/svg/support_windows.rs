//! How long the lines of runtimes are supported: a bar for each line, time from left to right.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::axis::{AXIS_HEIGHT, Scale, days, to_day};
use super::canvas::{Anchor, Canvas, SMALL, STRONG, to_id, width};
use super::legend::{self, Mark};
use super::{Figure, WIDTH, count, to_list};

/// A runtime and its lines.
#[derive(Clone, Debug, Default)]
pub struct RuntimeWindows {
    /// What people call it.
    pub name: String,
    /// Where its name leads to.
    pub href: Option<String>,
    /// Its lines, oldest first.
    pub lines: Vec<LineWindow>,
}

/// A line and the days of its support.
#[derive(Clone, Debug, Default)]
pub struct LineWindow {
    /// The line.
    pub line: String,
    /// Where its name leads to.
    pub href: Option<String>,
    /// The day of its first release.
    pub released: Option<Date>,
    /// The last day of active support.
    pub support_ends: Option<Date>,
    /// The last day of any support.
    pub eol: Option<Date>,
    /// Its newest release.
    pub latest: Option<String>,
    /// How many components use it.
    pub in_use: usize,
}

/// The height of a line's row.
const ROW: i64 = 24;
/// Where bars begin.
const LEFT: i64 = 196;
/// Where bars end; the rest is for the words behind them.
const RIGHT: i64 = WIDTH - 150;
/// The most lines of a runtime, beside those in use.
const MOST_LINES: usize = 16;
/// The most days to be seen before today, and after it.
const BEFORE: i64 = 2 * 366;
const AFTER: i64 = 6 * 366;

/// Draws the windows of support of runtimes.
///
/// Lines that nobody uses and that ended more than a year before today are counted, not drawn.
#[must_use]
pub fn support_windows(id: &str, runtimes: &[RuntimeWindows], today: Option<Date>) -> Figure {
    let id = to_id(id);
    let shown: Vec<(&RuntimeWindows, Vec<&LineWindow>)> =
        runtimes.iter().map(|runtime| (runtime, choose(&runtime.lines, today))).collect();
    let left_out: usize = runtimes.iter().map(|runtime| runtime.lines.len()).sum::<usize>()
        - shown.iter().map(|(_, lines)| lines.len()).sum::<usize>();
    let lines: Vec<&LineWindow> = shown.iter().flat_map(|(_, lines)| lines.iter().copied()).collect();
    let scale = to_scale(&lines, today);

    let mut canvas = Canvas::new();
    let mut y = 8 + legend::draw(&mut canvas, 12, 8, &to_legend(&lines, today));
    let top = y + AXIS_HEIGHT + if today.is_some() { 4 } else { 0 };
    let rows = i64::try_from(shown.len() + lines.len()).unwrap_or(i64::MAX / ROW / 2);
    let bottom = top + rows * ROW + 4;
    if let Some(scale) = &scale {
        scale.draw(&mut canvas, top, bottom);
        if let Some(today) = today.filter(|today| scale.holds(*today)) {
            let x = scale.middle(today);
            canvas.line("sv-today", [x, top], [x, bottom]);
        }
    }
    y = top + 2;
    for (runtime, lines) in &shown {
        canvas.rect("sv-band", [0, y, WIDTH, ROW], 0);
        let end = canvas.open_link(runtime.href.as_deref());
        canvas.text(STRONG, [12, y + 17], Anchor::Start, &runtime.name, LEFT - 24);
        canvas.close_link(end);
        if lines.is_empty() {
            canvas.text(
                SMALL,
                [LEFT, y + 16],
                Anchor::Start,
                "no line is known that is supported or in use",
                WIDTH - LEFT,
            );
        }
        y += ROW;
        for line in lines {
            draw_line(&mut canvas, line, scale.as_ref(), today, y);
            y += ROW;
        }
    }
    let title = match runtimes {
        [one] => format!("Support windows of {}", one.name),
        _ => "Support windows".to_owned(),
    };
    let description = describe(&shown, left_out, today);
    let svg = canvas.finish(&id, [WIDTH, bottom + 8], &title, &description);
    let columns = ["Runtime", "Line", "Newest release", "Released", "Active support ends", "End of life", "In use by"];
    Figure { id, title, description, svg, columns: columns.map(str::to_owned).to_vec(), rows: to_rows(&shown) }
}

/// The lines that are drawn, newest first. A line of which nobody says when it ends is as old as those after it.
fn choose(lines: &[LineWindow], today: Option<Date>) -> Vec<&LineWindow> {
    let mut is_old = false;
    let mut room = MOST_LINES;
    let newest_first = lines.iter().rev();
    let is_shown = |line: &&LineWindow| {
        if let Some((today, end)) = today.zip(line.eol.or(line.support_ends)) {
            is_old = days(end, today) > 366;
        }
        let fits = !is_old && room > 0;
        room -= usize::from(fits);
        fits || line.in_use > 0
    };
    newest_first.filter(is_shown).collect()
}

/// The days to be seen; none where no day is known.
fn to_scale(lines: &[&LineWindow], today: Option<Date>) -> Option<Scale> {
    let all = || lines.iter().flat_map(|line| [line.released, line.support_ends, line.eol]).flatten();
    let mut first = all().min().or(today)?;
    let mut last = all().max().or(today)?;
    if let Some(today) = today {
        first = first.min(today).max(today.saturating_sub(BEFORE.days()));
        last = last.max(today.saturating_add(366.days())).min(today.saturating_add(AFTER.days()));
    }
    // Whole months, so that the first tick is where the picture begins.
    Some(Scale::new(first.first_of_month(), last.last_of_month(), LEFT, RIGHT))
}

/// How a line stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stand {
    Supported,
    Ended,
    Planned,
}

impl Stand {
    fn of(line: &LineWindow, today: Option<Date>) -> Self {
        match today {
            Some(today) if line.released.is_some_and(|released| released > today) => Self::Planned,
            Some(today) if line.eol.is_some_and(|eol| eol < today) => Self::Ended,
            _ => Self::Supported,
        }
    }
}

fn draw_line(canvas: &mut Canvas, line: &LineWindow, scale: Option<&Scale>, today: Option<Date>, y: i64) {
    let used = match line.in_use {
        0 => String::new(),
        number => count(number, "component", "components"),
    };
    let used_width = canvas.text(SMALL, [LEFT - 14, y + 16], Anchor::End, &used, 110);
    let end = canvas.open_link(line.href.as_deref());
    canvas.say(&to_sentence(line));
    let class = if line.in_use > 0 { STRONG } else { "" };
    canvas.text(class, [24, y + 17], Anchor::Start, &line.line, LEFT - 14 - 24 - used_width - 8);
    let words = match scale {
        Some(scale) if line.released.or(line.support_ends).or(line.eol).is_some() => {
            let behind = draw_bar(canvas, line, scale, today, y);
            let words = to_words(line, today);
            let x = (behind + 8).min(WIDTH - 8 - width(&words, SMALL)).max(LEFT);
            Some((x, words))
        }
        _ => Some((LEFT + 4, "no days known".to_owned())),
    };
    if let Some((x, words)) = words {
        canvas.text("sv-small sv-halo", [x, y + 16], Anchor::Start, &words, WIDTH - 8 - x);
    }
    canvas.close_link(end);
}

/// Draws the bar of a line, and says where it ends.
fn draw_bar(canvas: &mut Canvas, line: &LineWindow, scale: &Scale, today: Option<Date>, y: i64) -> i64 {
    let stand = Stand::of(line, today);
    let left = line.released.map_or(scale.left, |day| scale.start(day));
    let known = line.eol.or(line.support_ends).filter(|end| line.released.is_none_or(|released| *end >= released));
    let mut right = known.map_or(left, |day| scale.end(day));
    if known.is_some_and(|end| end < scale.first) {
        canvas.path("sv-ended-mark", format_args!("M{} {}l-6 6 6 6", scale.left + 8, y + 6));
        return scale.left + 8;
    }
    if line.released.is_some_and(|day| day > scale.last) {
        canvas.path("sv-ended-mark", format_args!("M{} {}l6 6 -6 6", scale.right - 8, y + 6));
        return scale.right;
    }
    let (full, rest) = match stand {
        Stand::Supported => ("sv-active", "sv-security"),
        Stand::Ended => ("sv-past", "sv-past"),
        Stand::Planned => ("sv-planned", "sv-planned"),
    };
    // Where nobody says when active support ends, all of it is drawn as one.
    let active = match (line.support_ends, line.eol) {
        (Some(support), Some(_)) => scale.end(support).clamp(left, right),
        _ => right,
    };
    if active > left {
        canvas.rect(full, [left, y + 5, active - left, 14], 2);
    }
    if right > active {
        canvas.rect(rest, [active, y + 8, right - active, 8], 0);
    }
    if line.eol.is_none() {
        // Support goes on until nobody knows when: at least until today, and a year more.
        let from = right.max(left);
        let until = today.map_or(right, |day| scale.end(day)).max(from);
        let year = scale.end(scale.first.saturating_add(365.days())) - scale.left;
        let open = (until + year / 2).max(from + 40).min(scale.right);
        if open > from {
            canvas.path("sv-open", format_args!("M{open} {}H{from}V{}H{open}", y + 6, y + 18));
            right = open;
        }
    }
    if known.is_some_and(|end| end > scale.last) {
        canvas.path("sv-more", format_args!("M{} {}l5 5 -5 5", right + 2, y + 7));
        right += 8;
    }
    right
}

/// The words behind a bar.
fn to_words(line: &LineWindow, today: Option<Date>) -> String {
    match (Stand::of(line, today), line.eol, line.released) {
        (Stand::Planned, _, Some(released)) => format!("from {}", to_day(released)),
        (Stand::Ended, Some(eol), _) => format!("ended {}", to_day(eol)),
        (_, Some(eol), _) => format!("ends {}", to_day(eol)),
        _ => "end not known".to_owned(),
    }
}

fn to_sentence(line: &LineWindow) -> String {
    let mut parts = vec![line.line.clone()];
    parts.extend(line.latest.as_ref().map(|latest| format!("newest release {latest}")));
    parts.extend(line.released.map(|day| format!("released {day}")));
    parts.extend(line.support_ends.map(|day| format!("active support until {day}")));
    parts.push(line.eol.map_or_else(|| "end not known".to_owned(), |day| format!("end of life {day}")));
    parts.push(format!("in use by {}", count(line.in_use, "component", "components")));
    parts.join(", ")
}

fn to_legend(lines: &[&LineWindow], today: Option<Date>) -> Vec<(Mark, &'static str)> {
    let stands: BTreeSet<Stand> = lines.iter().map(|line| Stand::of(line, today)).collect();
    let has_two = lines.iter().any(|line| line.support_ends.is_some() && line.eol.is_some());
    let mut entries = Vec::new();
    if stands.contains(&Stand::Supported) {
        entries.push((Mark::Bar("sv-active", 14), if has_two { "active support" } else { "supported" }));
    }
    if has_two {
        entries.push((Mark::Bar("sv-security", 8), "security fixes only"));
    }
    if stands.contains(&Stand::Ended) {
        entries.push((Mark::Bar("sv-past", 14), "ended"));
    }
    if stands.contains(&Stand::Planned) {
        entries.push((Mark::Bar("sv-planned", 14), "not released yet"));
    }
    if lines.iter().any(|line| line.eol.is_none()) {
        entries.push((Mark::Bar("sv-open", 12), "end not known"));
    }
    if today.is_some() {
        entries.push((Mark::Upright("sv-today"), "today"));
    }
    entries
}

fn describe(shown: &[(&RuntimeWindows, Vec<&LineWindow>)], left_out: usize, today: Option<Date>) -> String {
    let mut text = match today {
        Some(today) => format!("How long each line is supported, as of {}.", to_day(today)),
        None => "How long each line is supported.".to_owned(),
    };
    let ended: Vec<String> = shown
        .iter()
        .flat_map(|(runtime, lines)| lines.iter().map(|line| (*runtime, *line)))
        .filter(|(_, line)| line.in_use > 0 && Stand::of(line, today) == Stand::Ended)
        .map(|(runtime, line)| format!("{} {}", runtime.name, line.line))
        .collect();
    if !ended.is_empty() {
        text.push_str(&format!(" In use although support has ended: {}.", to_list(&ended)));
    }
    if left_out > 0 {
        let are = if left_out == 1 { "is" } else { "are" };
        text.push_str(&format!(" {} {are} left out.", count(left_out, "older line", "older lines")));
    }
    text
}

fn to_rows(shown: &[(&RuntimeWindows, Vec<&LineWindow>)]) -> Vec<Vec<String>> {
    let to_text = |day: Option<Date>| day.map_or_else(|| "not known".to_owned(), |day| day.to_string());
    let to_row = |runtime: &RuntimeWindows, line: &LineWindow| {
        vec![
            runtime.name.clone(),
            line.line.clone(),
            line.latest.clone().unwrap_or_else(|| "not known".to_owned()),
            to_text(line.released),
            to_text(line.support_ends),
            to_text(line.eol),
            count(line.in_use, "component", "components"),
        ]
    };
    shown.iter().flat_map(|(runtime, lines)| lines.iter().map(|line| to_row(runtime, line))).collect()
}
