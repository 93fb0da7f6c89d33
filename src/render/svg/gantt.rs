//! When what of a runbook is done: a bar for each step of a phase, with the days that it may slip; freezes, release days,
//! the due date and today.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::axis::{AXIS_HEIGHT, FLAG_HEIGHT, Flag, Scale, days, to_day, to_lanes};
use super::canvas::{Anchor, Canvas, SMALL, STRONG, fit, to_id};
use super::legend::{self, Mark};
use super::{Figure, TaskLink, WIDTH, count, to_list};
use crate::model::runbook::{Runbook, TaskEntry};
use crate::notation::group::{Groups, Stand, Sum};
use crate::text::escape::to_one_line;

/// The days around a plan.
#[derive(Clone, Debug, Default)]
pub struct Gantt {
    /// When production is frozen.
    pub freezes: Vec<Freeze>,
    /// The days on which the product is released.
    pub releases: Vec<Date>,
    /// The day of the picture.
    pub today: Option<Date>,
}

/// Days on which production is frozen.
#[derive(Clone, Debug)]
pub struct Freeze {
    /// What people call them.
    pub name: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// The most steps that have rows of their own; of larger plans, phases have.
pub const MOST_GROUPS: usize = 60;
/// The height of a row.
const ROW: i64 = 24;
/// Where time begins and ends.
const LEFT: i64 = 312;
const RIGHT: i64 = WIDTH - 16;
/// The most lines of notes above the axis.
const MOST_LANES: usize = 4;

/// A row: a phase, or what is done in it.
struct Row<'a> {
    name: String,
    /// What stands in the table's first column.
    phase: &'a str,
    first: Option<&'a TaskEntry>,
    number: usize,
    settled: usize,
    /// What the bar shows; a phase above its steps has none.
    sum: Option<Sum>,
}

/// Draws when what is done; nothing where no day is known.
#[must_use]
pub fn gantt(id: &str, runbook: &Runbook, around: &Gantt, link: TaskLink<'_>) -> Option<Figure> {
    let groups = Groups::of(runbook);
    let scale = to_scale(&groups, runbook, around.today)?;
    let has_steps = groups.sections.iter().map(|section| section.groups.len()).sum::<usize>() <= MOST_GROUPS;
    let rows = to_rows(&groups, has_steps);
    let id = to_id(id);

    let mut canvas = Canvas::new();
    let mut top = 8 + legend::draw(&mut canvas, 12, 8, &to_legend(&rows, around, runbook, &scale));
    let (flags, lanes) = to_flags(runbook, around, &scale);
    let flag_lines = lanes.iter().flatten().map(|(lane, _)| *lane as i64 + 1).max().unwrap_or(0);
    top += 6 + flag_lines * FLAG_HEIGHT + AXIS_HEIGHT;
    let bottom = top + ROW * rows.len() as i64 + 6;
    for freeze in around.freezes.iter().filter(|freeze| is_seen(freeze, &scale)) {
        let [from, to] = [scale.start(freeze.from), scale.end(freeze.to)];
        canvas.open("sv-freeze-band");
        canvas.say(&format!("{}: {} to {}", freeze.name, freeze.from, freeze.to));
        canvas.rect("sv-freeze", [from, top, to - from, bottom - top], 0);
        canvas.close();
    }
    for (at, _) in rows.iter().enumerate().filter(|(_, row)| row.sum.is_none()) {
        canvas.rect("sv-band", [0, top + 3 + ROW * at as i64, LEFT - 8, ROW], 0);
        canvas.line("sv-rule", [0, top + 3 + ROW * at as i64], [RIGHT, top + 3 + ROW * at as i64]);
    }
    scale.draw(&mut canvas, top, bottom);
    for (flag, place) in flags.iter().zip(&lanes) {
        if let Some((lane, x)) = place {
            let y = top - AXIS_HEIGHT - *lane as i64 * FLAG_HEIGHT - 2;
            canvas.text(flag.class, [*x, y], Anchor::Start, &flag.text, RIGHT - LEFT);
        }
    }
    let mut last = None;
    for x in around.releases.iter().filter(|day| scale.holds(**day)).map(|day| scale.middle(*day)) {
        // Where days are narrow, markers would become a bar.
        if last.is_none_or(|last| x - last >= 6) {
            legend::pointer(&mut canvas, [x, top + 1]);
            last = Some(x);
        }
    }
    if let Some(today) = around.today.filter(|today| scale.holds(*today)) {
        canvas.line("sv-today", [scale.middle(today), top], [scale.middle(today), bottom]);
    }
    if let Some(due) = runbook.due.date {
        canvas.line("sv-due", [scale.end(due), top], [scale.end(due), bottom]);
    }
    for (at, row) in rows.iter().enumerate() {
        draw_row(&mut canvas, row, &scale, link, top + 3 + ROW * at as i64, has_steps);
    }
    let title = format!("Schedule of {} {}", runbook.runtime_name, runbook.to);
    let description = describe(runbook, around, &scale, has_steps);
    let svg = canvas.finish(&id, [WIDTH, bottom + 8], &title, &description);
    let columns = ["Phase", "What", "Tasks", "Done", "Begins", "Can be done", "Must be done", "On the critical path"];
    let rows = rows.iter().filter_map(to_cells).collect();
    Some(Figure { id, title, description, svg, columns: columns.map(str::to_owned).to_vec(), rows })
}

fn to_rows<'a>(groups: &Groups<'a>, has_steps: bool) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for section in &groups.sections {
        let tasks: Vec<&TaskEntry> = section.tasks().collect();
        let phase = section.phase.name.as_str();
        let settled = |tasks: &[&TaskEntry]| tasks.iter().filter(|task| task.state.is_settled()).count();
        let sum = if has_steps { None } else { Some(groups.sum(tasks.iter().copied())) };
        let (number, done) = (tasks.len(), settled(&tasks));
        let first = tasks.first().copied();
        rows.push(Row { name: phase.to_owned(), phase, first, number, settled: done, sum });
        for group in section.groups.iter().filter(|_| has_steps) {
            rows.push(Row {
                name: group.title.to_owned(),
                phase,
                first: group.tasks.first().copied(),
                number: group.tasks.len(),
                settled: settled(&group.tasks),
                sum: Some(groups.sum(group.tasks.iter().copied())),
            });
        }
    }
    rows
}

/// The days to be seen: those of the plan, the due date, and today where it is near.
fn to_scale(groups: &Groups<'_>, runbook: &Runbook, today: Option<Date>) -> Option<Scale> {
    let all = groups.sum(&runbook.tasks);
    let (start, finish) = all.days?;
    let first = start.min(runbook.due.date.unwrap_or(start));
    let last = [all.latest, runbook.due.date].into_iter().flatten().fold(finish, Date::max);
    let near = (days(first, last) / 3).max(14).days();
    let is_near = |day: &Date| first.saturating_sub(near) <= *day && *day <= last.saturating_add(near);
    let today = today.filter(is_near);
    let first = first.min(today.unwrap_or(first)).saturating_sub(1.days());
    let last = last.max(today.unwrap_or(last)).saturating_add(1.days());
    Some(Scale::new(first, last, LEFT, RIGHT))
}

fn is_seen(freeze: &Freeze, scale: &Scale) -> bool {
    freeze.from <= freeze.to && freeze.from <= scale.last && freeze.to >= scale.first
}

type Lanes = Vec<Option<(usize, i64)>>;

/// The notes above the axis: today, the due date, then freezes as far as there is room.
fn to_flags(runbook: &Runbook, around: &Gantt, scale: &Scale) -> (Vec<Flag>, Lanes) {
    let today = around.today.filter(|today| scale.holds(*today)).map(|today| {
        let text = format!("today {}", to_day(today));
        Flag { x: scale.middle(today) - 2, text, class: "sv-small sv-today-text" }
    });
    let due = runbook.due.date.map(|due| {
        let text = format!("due {}", to_day(due));
        Flag { x: scale.end(due) - 2, text, class: "sv-small sv-due-text" }
    });
    let freezes = around.freezes.iter().filter(|freeze| is_seen(freeze, scale)).map(|freeze| Flag {
        x: scale.start(freeze.from),
        text: fit(&to_one_line(&freeze.name), 150, SMALL),
        class: "sv-small sv-freeze-text",
    });
    // The few notes that matter most go in whatever comes: a plan has at most a dozen freezes that can be read.
    let flags: Vec<Flag> = today.into_iter().chain(due).chain(freezes.take(24)).collect();
    let lanes = to_lanes(&flags, [LEFT, RIGHT], MOST_LANES);
    (flags, lanes)
}

fn draw_row(canvas: &mut Canvas, row: &Row<'_>, scale: &Scale, link: TaskLink<'_>, y: i64, has_steps: bool) {
    let indent = if row.sum.is_some() && has_steps { 24 } else { 12 };
    let href = row.first.and_then(|task| link(&task.id));
    let end = canvas.open_link(href.as_deref());
    canvas.say(&to_sentence(row));
    let number = if row.number > 1 && row.sum.is_some() { format!("×{}", row.number) } else { String::new() };
    let class = if row.sum.is_none() || !has_steps { STRONG } else { "" };
    let taken = canvas.text("sv-small sv-ink", [LEFT - 16, y + 16], Anchor::End, &number, 60);
    canvas.text(class, [indent, y + 17], Anchor::Start, &row.name, LEFT - 16 - indent - taken - 8);
    if let Some(sum) = &row.sum {
        draw_bar(canvas, row, sum, scale, y);
    }
    canvas.close_link(end);
}

fn draw_bar(canvas: &mut Canvas, row: &Row<'_>, sum: &Sum, scale: &Scale, y: i64) {
    let Some((first, last)) = sum.days else {
        canvas.text("sv-small sv-halo", [LEFT + 4, y + 16], Anchor::Start, "days not known", RIGHT - LEFT);
        return;
    };
    let left = scale.start(first);
    let right = scale.end(last).max(left + 3);
    if let Some(latest) = sum.latest.filter(|latest| *latest > last && sum.stand != Stand::Settled) {
        let end = scale.end(latest);
        canvas.line("sv-slack", [right, y + 12], [end, y + 12]);
        canvas.line("sv-slack", [end, y + 8], [end, y + 16]);
    }
    let class = match (sum.stand, sum.is_critical) {
        (Stand::Settled, _) => "sv-bar sv-bar-done",
        (_, true) => "sv-bar sv-critical",
        _ => "sv-bar",
    };
    canvas.rect(class, [left, y + 5, right - left, 14], 3);
    let done = (right - left - 4) * row.settled as i64 / row.number.max(1) as i64;
    if sum.stand == Stand::Begun && done > 0 {
        canvas.rect("sv-progress", [left + 2, y + 15, done, 2], 0);
    }
    if sum.stand == Stand::Settled {
        let x = if right - left >= 14 { i64::midpoint(left, right) } else { right + 8 };
        canvas.check([x, y + 12]);
    }
}

fn to_sentence(row: &Row<'_>) -> String {
    let mut text = format!("{}: {}", row.name, count(row.number, "task", "tasks"));
    if row.settled > 0 {
        text.push_str(&format!(", {} done", row.settled));
    }
    let Some(sum) = &row.sum else { return text };
    if let Some((first, last)) = sum.days {
        text.push_str(&format!(", {first} to {last}"));
    }
    if let Some(latest) = sum.latest {
        text.push_str(&format!(", at the latest {latest}"));
    }
    if sum.is_critical {
        text.push_str(", on the critical path");
    }
    text
}

fn to_cells(row: &Row<'_>) -> Option<Vec<String>> {
    let sum = row.sum.as_ref()?;
    let to_text = |day: Option<Date>| day.map_or_else(|| "not known".to_owned(), |day| day.to_string());
    Some(vec![
        row.phase.to_owned(),
        row.name.clone(),
        row.number.to_string(),
        row.settled.to_string(),
        to_text(sum.days.map(|(first, _)| first)),
        to_text(sum.days.map(|(_, last)| last)),
        to_text(sum.latest),
        if sum.is_critical { "yes" } else { "no" }.to_owned(),
    ])
}

fn to_legend(rows: &[Row<'_>], around: &Gantt, runbook: &Runbook, scale: &Scale) -> Vec<(Mark, &'static str)> {
    let sums = || rows.iter().filter_map(|row| row.sum.as_ref());
    let is_open = |sum: &Sum| sum.stand != Stand::Settled;
    let mut entries = Vec::new();
    if sums().any(|sum| is_open(sum) && sum.is_critical) {
        entries.push((Mark::Bar("sv-bar sv-critical", 14), "on the critical path"));
    }
    if sums().any(|sum| is_open(sum) && !sum.is_critical) {
        entries.push((Mark::Bar("sv-bar", 14), "planned"));
    }
    if sums().any(|sum| !is_open(sum)) {
        entries.push((Mark::Check, "done"));
    }
    if sums().any(|sum| is_open(sum) && sum.latest > sum.days.map(|(_, last)| last)) {
        entries.push((Mark::Line("sv-slack"), "may slip until"));
    }
    if around.freezes.iter().any(|freeze| is_seen(freeze, scale)) {
        entries.push((Mark::Bar("sv-freeze", 14), "freeze"));
    }
    if around.releases.iter().any(|day| scale.holds(*day)) {
        entries.push((Mark::Pointer, "release of the product"));
    }
    if runbook.due.date.is_some() {
        entries.push((Mark::Upright("sv-due"), "due"));
    }
    if around.today.is_some_and(|today| scale.holds(today)) {
        entries.push((Mark::Upright("sv-today"), "today"));
    }
    entries
}

fn describe(runbook: &Runbook, around: &Gantt, scale: &Scale, has_steps: bool) -> String {
    let what = if has_steps { "step of a phase" } else { "phase" };
    let mut text = format!("When each {what} can be done at the earliest, and how long it may slip.");
    if let Some(finish) = runbook.summary.earliest_finish {
        text.push_str(&format!(" All can be done on {}.", to_day(finish)));
    }
    if let Some(due) = runbook.due.date {
        text.push_str(&format!(" Due {}.", to_day(due)));
    }
    let freezes: Vec<String> = around
        .freezes
        .iter()
        .filter(|freeze| is_seen(freeze, scale))
        .map(|freeze| format!("{} ({} to {})", freeze.name, freeze.from, freeze.to))
        .collect();
    if !freezes.is_empty() {
        text.push_str(&format!(" Frozen: {}.", to_list(&freezes)));
    }
    text
}
