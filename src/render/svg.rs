//! Draws the pictures of the HTML site: a value goes in, an SVG to stand in a page comes out, with the same as a table. A
//! picture has classes and no colours; `templates/html/pictures.css` gives them, light and dark.

mod axis;
mod burn_up;
mod canvas;
mod gantt;
mod in_use;
mod legend;
mod routes;
mod support_windows;
mod task_graph;

#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::model::id::TaskId;

pub use burn_up::{BurnUp, Point, burn_up};
pub use gantt::{Freeze, Gantt, gantt};
pub use in_use::{Column, InUse, Use, in_use};
pub use support_windows::{LineWindow, RuntimeWindows, support_windows};
pub use task_graph::task_graph;

/// A picture for a page: the SVG, and the same as a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// What the ids of its elements begin with.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The same in a sentence or two, with what the picture leaves out.
    pub description: String,
    /// The `svg` element.
    pub svg: String,
    /// The heads of the table.
    pub columns: Vec<String>,
    /// The rows of the table.
    pub rows: Vec<Vec<String>>,
}

/// How a line of versions is supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Support {
    /// Support is to go on for some time.
    Supported,
    /// Support ends soon.
    EndingSoon,
    /// Support has ended.
    Ended,
    /// Nobody knows.
    Unknown,
}

impl Support {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::EndingSoon => "ends soon",
            Self::Ended => "ended",
            Self::Unknown => "not known",
        }
    }
}

/// Where the box of a task leads to.
pub type TaskLink<'a> = &'a dyn Fn(&TaskId) -> Option<String>;

/// The width of every picture.
const WIDTH: i64 = 960;

/// A number of things with their name: `1 task`, `2 tasks`.
fn count(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

/// A list in a sentence, of which the rest is counted where it is long.
fn to_list(names: &[String]) -> String {
    const MOST: usize = 5;
    match names.len() {
        0..=MOST => names.join(", "),
        all => format!("{} and {} more", names[..MOST].join(", "), all - MOST),
    }
}
