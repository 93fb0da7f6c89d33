//! What the marks of a picture mean, and the marks for how versions are supported.

use super::canvas::{Anchor, Canvas, SMALL, width};
use super::{Support, WIDTH};

/// The height of a line of the legend.
const LINE: i64 = 20;

/// How a mark is drawn in the legend.
#[derive(Clone, Copy)]
pub enum Mark {
    /// A bar of a class, and its height.
    Bar(&'static str, i64),
    /// A line of a class from left to right.
    Line(&'static str),
    /// A line of a class from top to bottom.
    Upright(&'static str),
    /// A small triangle that points down.
    Pointer,
    /// A check mark.
    Check,
    /// The mark of a support.
    Dot(Support),
}

/// Draws a legend from a height down, and says how high it is.
pub fn draw(canvas: &mut Canvas, left: i64, top: i64, entries: &[(Mark, &str)]) -> i64 {
    let (mut x, mut y) = (left, top);
    canvas.open("sv-legend");
    for (mark, text) in entries {
        let wide = 24 + 6 + width(text, SMALL) + 18;
        if x > left && x + wide > WIDTH - 8 {
            (x, y) = (left, y + LINE);
        }
        draw_mark(canvas, *mark, x, y + 9);
        canvas.text(SMALL, [x + 30, y + 13], Anchor::Start, text, WIDTH - 8 - x - 30);
        x += wide;
    }
    canvas.close();
    y + LINE - top
}

fn draw_mark(canvas: &mut Canvas, mark: Mark, x: i64, middle: i64) {
    match mark {
        Mark::Bar(class, height) => canvas.rect(class, [x + 1, middle - height / 2, 22, height], 3),
        Mark::Line(class) => canvas.line(class, [x, middle], [x + 24, middle]),
        Mark::Upright(class) => canvas.line(class, [x + 12, middle - 8], [x + 12, middle + 8]),
        Mark::Pointer => pointer(canvas, [x + 12, middle + 4]),
        Mark::Check => canvas.check([x + 12, middle]),
        Mark::Dot(support) => dot(canvas, support, [x + 12, middle]),
    }
}

/// Draws a triangle that points down to a point.
pub fn pointer(canvas: &mut Canvas, [x, y]: [i64; 2]) {
    canvas.path("sv-release", format_args!("M{} {}h8l-4 7z", x - 4, y - 7));
}

/// Draws the mark of a support around a point: each has a form of its own.
pub fn dot(canvas: &mut Canvas, support: Support, [x, y]: [i64; 2]) {
    match support {
        Support::Supported => canvas.circle("sv-ok", [x, y], 6),
        Support::EndingSoon => canvas.path("sv-soon", format_args!("M{} {}l7 12h-14z", x, y - 7)),
        Support::Ended => {
            canvas.path("sv-ended-mark", format_args!("M{} {}l10 10m0 -10l-10 10", x - 5, y - 5));
        }
        Support::Unknown => canvas.circle("sv-unknown", [x, y], 6),
    }
}
