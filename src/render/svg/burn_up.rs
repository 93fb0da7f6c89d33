//! How far an upgrade has come: what is done and what there is to do, day by day, and the straight way to the due date.

use jiff::civil::Date;

use super::axis::{AXIS_HEIGHT, FLAG_HEIGHT, Flag, Scale, to_day, to_lanes};
use super::canvas::{Anchor, Canvas, SMALL, to_id};
use super::legend::{self, Mark};
use super::{Figure, WIDTH, count};

/// How an upgrade went.
#[derive(Clone, Debug, Default)]
pub struct BurnUp {
    /// What people call it.
    pub name: String,
    /// How far it was on each day that is known, oldest first.
    pub points: Vec<Point>,
    /// When work begins.
    pub start: Option<Date>,
    /// When it must be done.
    pub due: Option<Date>,
    /// The day of the picture.
    pub today: Option<Date>,
}

/// How far an upgrade was on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The day.
    pub date: Date,
    /// How many tasks were done or waived.
    pub settled: usize,
    /// How many tasks there were.
    pub total: usize,
}

/// Where the days begin and end.
const LEFT: i64 = 56;
const RIGHT: i64 = WIDTH - 16;
/// The height of the chart itself.
const HEIGHT: i64 = 220;

/// Draws the progress of an upgrade.
#[must_use]
pub fn burn_up(id: &str, input: &BurnUp) -> Figure {
    let id = to_id(id);
    let points = keep_changes(&input.points);
    let last = points.last().copied();
    let done = last.map_or(0, |point| point.settled);
    let total = last.map_or(0, |point| point.total);
    let most = points.iter().map(|point| point.total.max(point.settled)).max().unwrap_or(0).max(1);
    let scale = to_scale(input);
    let flags: Vec<(Flag, Date, &str)> = to_flags(input, scale.as_ref());

    let mut canvas = Canvas::new();
    let [done_text, total_text] = [
        format!("done: {done}"),
        match last {
            Some(_) => format!("all tasks: {total}"),
            None => "all tasks".to_owned(),
        },
    ];
    let mut entries = vec![(Mark::Line("sv-done-line"), done_text.as_str()), (Mark::Line("sv-scope"), &total_text)];
    if input.start.is_some() && input.due.is_some() && total > 0 {
        entries.push((Mark::Line("sv-ideal"), "an even pace from start to due date"));
    }
    let mut top = 8 + legend::draw(&mut canvas, 12, 8, &entries);
    let notes: Vec<Flag> = flags.iter().map(|(flag, ..)| flag.clone()).collect();
    let lanes = to_lanes(&notes, [LEFT, RIGHT], 2);
    let flag_lines = lanes.iter().flatten().map(|(lane, _)| lane + 1).max().unwrap_or(0) as i64;
    top += 4 + flag_lines * FLAG_HEIGHT + if scale.is_some() { AXIS_HEIGHT } else { 0 };
    let bottom = top + HEIGHT;
    let plot = Plot { most: most as i64, top, bottom };
    plot.draw_heights(&mut canvas);
    if let Some(scale) = &scale {
        scale.draw(&mut canvas, top, bottom);
        for ((flag, _, line), place) in flags.iter().zip(&lanes) {
            canvas.line(line, [flag.x, top], [flag.x, bottom]);
            if let Some((lane, x)) = place {
                let y = top - AXIS_HEIGHT - *lane as i64 * FLAG_HEIGHT - 2;
                canvas.text(flag.class, [*x, y], Anchor::Start, &flag.text, RIGHT - LEFT);
            }
        }
        plot.draw_lines(&mut canvas, scale, input, &points);
    }
    if done == 0 {
        let at = [i64::midpoint(LEFT, RIGHT), bottom - 28];
        canvas.text("sv-halo sv-quiet", at, Anchor::Middle, "nothing done yet", RIGHT - LEFT);
    }
    let title = format!("Progress of {}", input.name);
    let description = describe(input, done, total);
    let svg = canvas.finish(&id, [WIDTH, bottom + 12], &title, &description);
    let to_row = |point: &Point| vec![point.date.to_string(), point.settled.to_string(), point.total.to_string()];
    let columns = ["Day", "Done", "All tasks"].map(str::to_owned).to_vec();
    Figure { id, title, description, svg, columns, rows: points.iter().map(to_row).collect() }
}

/// The points at which something changed, and the last one; of one day, the last.
fn keep_changes(points: &[Point]) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for point in points {
        match kept.last_mut() {
            Some(before) if before.date >= point.date => *before = Point { date: before.date, ..*point },
            _ => kept.push(*point),
        }
    }
    let last = kept.len().saturating_sub(1);
    let all = kept.clone();
    let mut at = 0;
    kept.retain(|point| {
        let same = at > 0 && (all[at - 1].settled, all[at - 1].total) == (point.settled, point.total);
        at += 1;
        !same || at - 1 == last
    });
    kept
}

fn to_scale(input: &BurnUp) -> Option<Scale> {
    let days = || {
        input.points.iter().map(|point| point.date).chain([input.start, input.due, input.today].into_iter().flatten())
    };
    Some(Scale::new(days().min()?, days().max()?, LEFT, RIGHT))
}

fn to_flags(input: &BurnUp, scale: Option<&Scale>) -> Vec<(Flag, Date, &'static str)> {
    let Some(scale) = scale else { return Vec::new() };
    let today = input.today.map(|day| (scale.middle(day), day, "today", "sv-small sv-today-text", "sv-today"));
    let due = input.due.map(|day| (scale.end(day), day, "due", "sv-small sv-due-text", "sv-due"));
    let to_flag = |(x, day, word, class, line)| (Flag { x, text: format!("{word} {}", to_day(day)), class }, day, line);
    [today, due].into_iter().flatten().map(to_flag).collect()
}

/// The area in which lines are drawn.
struct Plot {
    most: i64,
    top: i64,
    bottom: i64,
}

impl Plot {
    fn y(&self, number: i64) -> i64 {
        self.bottom - (number.min(self.most) * (self.bottom - self.top - 12) + self.most / 2) / self.most
    }

    /// Draws numbers on the left, each with a line.
    fn draw_heights(&self, canvas: &mut Canvas) {
        let steps = (0..18).flat_map(|power| [1, 2, 5].map(|factor| factor * 10_i64.pow(power)));
        let step = steps.into_iter().find(|step| self.most / step <= 5).unwrap_or(self.most);
        canvas.open("sv-axis");
        for number in (0..=self.most).step_by(usize::try_from(step).unwrap_or(1)) {
            let y = self.y(number);
            canvas.line(if number == 0 { "sv-base" } else { "sv-grid" }, [LEFT, y], [RIGHT, y]);
            canvas.text(SMALL, [LEFT - 8, y + 4], Anchor::End, &number.to_string(), LEFT - 12);
        }
        canvas.close();
    }

    fn draw_lines(&self, canvas: &mut Canvas, scale: &Scale, input: &BurnUp, points: &[Point]) {
        let Some(last) = points.last() else { return };
        let end =
            input.today.filter(|today| *today >= last.date).map_or(scale.middle(last.date), |day| scale.middle(day));
        let done = self.to_steps(scale, points, end, |point| point.settled);
        let first = points.first().map_or(end, |point| scale.middle(point.date));
        if last.settled > 0 {
            canvas.path("sv-done-area", format_args!("{done}V{}H{first}z", self.bottom));
        }
        if let (Some(start), Some(due)) = (input.start, input.due)
            && start <= due
            && last.total > 0
        {
            let to = [scale.end(due), self.y(last.total as i64)];
            canvas.line("sv-ideal", [scale.start(start), self.y(0)], to);
        }
        canvas.path("sv-scope", self.to_steps(scale, points, end, |point| point.total));
        canvas.path("sv-done-line", done);
        canvas.circle("sv-done-dot", [end, self.y(last.settled as i64)], 4);
        canvas.circle("sv-scope-dot", [end, self.y(last.total as i64)], 3);
    }

    /// A line that moves only where a number changes; of several changes within a pixel, the last one shows.
    fn to_steps(&self, scale: &Scale, points: &[Point], end: i64, number: impl Fn(&Point) -> usize) -> String {
        let mut corners: Vec<[i64; 2]> = Vec::new();
        for point in points {
            let [x, y] = [scale.middle(point.date), self.y(number(point) as i64)];
            match corners.last_mut() {
                Some(last) if last[0] == x => last[1] = y,
                Some(last) if last[1] == y => {}
                _ => corners.push([x, y]),
            }
        }
        let mut path = String::new();
        for (at, [x, y]) in corners.iter().enumerate() {
            path.push_str(&if at == 0 { format!("M{x} {y}") } else { format!("H{x}V{y}") });
        }
        path.push_str(&format!("H{end}"));
        path
    }
}

fn describe(input: &BurnUp, done: usize, total: usize) -> String {
    let mut text = match (input.points.is_empty(), done) {
        (true, _) => "Nothing is recorded yet.".to_owned(),
        (_, 0) => format!("Nothing of {} is done yet.", count(total, "task", "tasks")),
        _ => format!("{done} of {} done.", count(total, "task is", "tasks are")),
    };
    if let Some(due) = input.due {
        text.push_str(&format!(" Due {}.", to_day(due)));
    }
    text
}
