//! The list of what changed between each two states of a runtime's upgrades.

use serde::Serialize;

use super::frame::Link;
use crate::model::changes::{Changes, Level};
use crate::model::runtime::Runtime;

/// The list, as a table: a row for each newer state, a column for each older one.
#[derive(Serialize)]
pub struct PairsView<'a> {
    columns: Vec<&'a str>,
    rows: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    cells: Vec<Option<Cell>>,
}

#[derive(Serialize)]
struct Cell {
    link: Link,
    breaking: usize,
}

/// The path of the page of two states.
pub fn to_path(runtime: &Runtime, changes: &Changes) -> String {
    format!("{}/changes/{}..{}/index.html", runtime.id, changes.from, changes.to)
}

/// The path that the Markdown page of two states would have.
pub fn to_markdown_path(runtime: &Runtime, changes: &Changes) -> String {
    format!("{}/changes/{}..{}.md", runtime.id, changes.from, changes.to)
}

/// Makes the list.
pub fn view<'a>(runtime: &Runtime, pairs: &'a [Changes]) -> PairsView<'a> {
    let from = format!("{}/changes/index.html", runtime.id);
    let mut columns: Vec<&str> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for changes in pairs {
        if !columns.contains(&changes.from.as_str()) {
            columns.push(&changes.from);
        }
        if !names.contains(&changes.to.as_str()) {
            names.push(&changes.to);
        }
    }
    let cell = |old: &str, new: &str| {
        let changes = pairs.iter().find(|changes| changes.from == old && changes.to == new)?;
        let breaking = changes.changes.iter().filter(|change| change.level == Level::Breaking).count();
        let name = format!("{} changes", changes.changes.len());
        Some(Cell { link: Link::new(&from, &to_path(runtime, changes), &name), breaking })
    };
    let row = |name: &&'a str| Row { name, cells: columns.iter().map(|old| cell(old, name)).collect() };
    let rows = names.iter().map(row).collect();
    PairsView { columns, rows }
}
