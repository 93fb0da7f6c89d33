//! Pictures for pages.

use serde::Serialize;

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
