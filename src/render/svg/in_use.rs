//! Which versions of a runtime are in use: components from top to bottom, lines from left to right, a mark where they
//! meet. Many components are counted by line.

use std::collections::{BTreeMap, BTreeSet};

use super::canvas::{Anchor, Canvas, SMALL, STRONG, to_id, width};
use super::legend::{self, Mark};
use super::{Figure, Support, WIDTH, count};

/// What uses a runtime, and its lines.
#[derive(Clone, Debug, Default)]
pub struct InUse {
    /// What people call the runtime.
    pub name: String,
    /// The lines, oldest first.
    pub columns: Vec<Column>,
    /// The components.
    pub uses: Vec<Use>,
}

/// A line, or a version that stands for itself.
#[derive(Clone, Debug)]
pub struct Column {
    /// What people call it.
    pub name: String,
    /// The versions that belong to it, beside the one that is called like it.
    pub versions: Vec<String>,
    /// How it is supported.
    pub support: Support,
}

/// A component and the versions that it uses.
#[derive(Clone, Debug, Default)]
pub struct Use {
    /// What people call the component.
    pub component: String,
    /// Where its name leads to.
    pub href: Option<String>,
    /// Its versions; none where nobody knows.
    pub versions: Vec<String>,
    /// The exact versions, in words.
    pub exact: String,
}

/// The most components that have rows of their own.
const MOST_ROWS: usize = 60;
/// The height of a row.
const ROW: i64 = 24;
/// Where lines begin and end; before are names, behind are exact versions.
const LEFT: i64 = 236;
const RIGHT: i64 = WIDTH - 124;
/// The widest and the narrowest column of a line.
const WIDEST: i64 = 110;
const NARROWEST: i64 = 44;

/// Draws which versions are in use.
#[must_use]
pub fn in_use(id: &str, input: &InUse) -> Figure {
    let id = to_id(id);
    let table = Table::of(input);
    let title = format!("Versions of {} in use", input.name);
    let counted = input.uses.len() > MOST_ROWS;
    let mut canvas = Canvas::new();
    let supports: BTreeSet<Support> = table.columns.iter().map(|column| column.support).collect();
    let entries: Vec<(Mark, &str)> = supports.iter().map(|support| (Mark::Dot(*support), support.name())).collect();
    let top = 8 + legend::draw(&mut canvas, 12, 8, &entries) + 4;
    let height = match counted {
        true => table.draw_counts(&mut canvas, top),
        false => table.draw_dots(&mut canvas, top, input),
    };
    let description = table.describe(input, counted);
    let svg = canvas.finish(&id, [WIDTH, top + height + 8], &title, &description);
    let (columns, rows) = if counted { table.to_counts() } else { table.to_rows(input) };
    Figure { id, title, description, svg, columns, rows }
}

/// The lines in use, and who uses which.
struct Table {
    columns: Vec<Shown>,
    /// For each component, its columns, each with the versions.
    cells: Vec<BTreeMap<usize, Vec<String>>>,
}

/// A line that is shown.
struct Shown {
    name: String,
    support: Support,
    components: usize,
}

impl Table {
    fn of(input: &InUse) -> Self {
        let mut columns: Vec<Shown> = Vec::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for column in &input.columns {
            for version in column.versions.iter().chain([&column.name]) {
                places.entry(version).or_insert(columns.len());
            }
            columns.push(Shown { name: column.name.clone(), support: column.support, components: 0 });
        }
        let other = columns.len();
        columns.push(Shown { name: "other".to_owned(), support: Support::Unknown, components: 0 });
        columns.push(Shown { name: "not known".to_owned(), support: Support::Unknown, components: 0 });
        let mut cells = Vec::with_capacity(input.uses.len());
        for component in &input.uses {
            let mut cell: BTreeMap<usize, Vec<String>> = BTreeMap::new();
            for version in &component.versions {
                let at = places.get(version.as_str()).copied().unwrap_or(other);
                cell.entry(at).or_default().push(version.clone());
            }
            if cell.is_empty() {
                cell.insert(other + 1, Vec::new());
            }
            cell.keys().for_each(|at| columns[*at].components += 1);
            cells.push(cell);
        }
        let mut table = Self { columns, cells };
        table.keep(|column| column.components > 0);
        table.join_oldest();
        table
    }

    /// Leaves out columns, which nobody uses.
    fn keep(&mut self, is_kept: impl Fn(&Shown) -> bool) {
        let mut next = 0;
        let places: Vec<usize> = self
            .columns
            .iter()
            .map(|column| {
                next += usize::from(is_kept(column));
                next.saturating_sub(1)
            })
            .collect();
        self.columns.retain(&is_kept);
        self.move_cells(&places);
    }

    fn move_cells(&mut self, places: &[usize]) {
        for cell in &mut self.cells {
            for (at, mut versions) in std::mem::take(cell) {
                cell.entry(places[at]).or_default().append(&mut versions);
            }
        }
    }

    /// Takes the oldest lines together where there is no room for all of them.
    fn join_oldest(&mut self) {
        let most = usize::try_from((RIGHT - LEFT) / NARROWEST).unwrap_or(1);
        if self.columns.len() <= most {
            return;
        }
        let joined = self.columns.len() - most + 1;
        let places: Vec<usize> = (0..self.columns.len()).map(|at| at.saturating_sub(joined - 1)).collect();
        self.move_cells(&places);
        let oldest: Vec<Shown> = self.columns.drain(..joined).collect();
        let same = oldest.iter().all(|column| column.support == oldest[0].support);
        let support = if same { oldest[0].support } else { Support::Unknown };
        let components = self.cells.iter().filter(|cell| cell.contains_key(&0)).count();
        self.columns.insert(0, Shown { name: "older".to_owned(), support, components });
    }

    fn draw_dots(&self, canvas: &mut Canvas, top: i64, input: &InUse) -> i64 {
        let number = i64::try_from(self.columns.len()).unwrap_or(1).max(1);
        let wide = ((RIGHT - LEFT) / number).min(WIDEST);
        let bottom = top + ROW + ROW * i64::try_from(input.uses.len()).unwrap_or(0) + 2;
        canvas.text(SMALL, [12, top + 16], Anchor::Start, "component", LEFT - 24);
        canvas.text(SMALL, [RIGHT + 12, top + 16], Anchor::Start, "version", WIDTH - RIGHT - 20);
        for (at, column) in self.columns.iter().enumerate() {
            let middle = LEFT + wide * at as i64 + wide / 2;
            canvas.text("sv-small sv-ink", [middle, top + 16], Anchor::Middle, &column.name, wide - 4);
            canvas.line("sv-grid", [middle, top + ROW], [middle, bottom]);
        }
        for (at, (component, cell)) in input.uses.iter().zip(&self.cells).enumerate() {
            let y = top + ROW + ROW * at as i64;
            canvas.line("sv-rule", [0, y], [WIDTH, y]);
            let end = canvas.open_link(component.href.as_deref());
            canvas.text("", [12, y + 17], Anchor::Start, &component.component, LEFT - 24);
            canvas.close_link(end);
            for (column, versions) in cell {
                let middle = LEFT + wide * *column as i64 + wide / 2;
                let words = versions.join(", ");
                canvas.open("sv-cell");
                canvas.say(&match words.as_str() {
                    "" => format!("{}: no version is known", component.component),
                    words => format!("{}: {words}", component.component),
                });
                legend::dot(canvas, self.columns[*column].support, [middle, y + 12]);
                // The version itself, where it says more than the head of the column and has room.
                let room = wide / 2 - 12;
                if words != self.columns[*column].name && width(&words, SMALL) <= room {
                    canvas.text("sv-small sv-halo", [middle + 10, y + 16], Anchor::Start, &words, room);
                }
                canvas.close();
            }
            canvas.text("sv-small sv-ink", [RIGHT + 12, y + 16], Anchor::Start, &component.exact, WIDTH - RIGHT - 20);
        }
        bottom - top
    }

    fn draw_counts(&self, canvas: &mut Canvas, top: i64) -> i64 {
        let most = self.columns.iter().map(|column| column.components).max().unwrap_or(1).max(1) as i64;
        let room = WIDTH - 180 - 140;
        for (at, column) in self.columns.iter().rev().enumerate() {
            let y = top + ROW * at as i64;
            legend::dot(canvas, column.support, [20, y + 12]);
            canvas.text(STRONG, [40, y + 17], Anchor::Start, &column.name, 130);
            let wide = column.components as i64 * room / most;
            canvas.rect(to_bar(column.support), [180, y + 5, wide, 14], 2);
            let words = count(column.components, "component", "components");
            canvas.text(SMALL, [180 + wide.max(1) + 8, y + 16], Anchor::Start, &words, 130);
        }
        ROW * i64::try_from(self.columns.len()).unwrap_or(0)
    }

    fn describe(&self, input: &InUse, counted: bool) -> String {
        let uses = count(input.uses.len(), "component", "components");
        let mut text = match counted {
            true => format!("How many of {uses} use each line; who uses several is counted with each."),
            false => format!("Which lines {uses} use, oldest on the left."),
        };
        let ended =
            |cell: &&BTreeMap<usize, Vec<String>>| cell.keys().any(|at| self.columns[*at].support == Support::Ended);
        match self.cells.iter().filter(ended).count() {
            0 => {}
            1 => text.push_str(" 1 component uses a line whose support has ended."),
            several => text.push_str(&format!(" {several} components use a line whose support has ended.")),
        }
        text
    }

    fn to_rows(&self, input: &InUse) -> (Vec<String>, Vec<Vec<String>>) {
        let to_row = |(component, cell): (&Use, &BTreeMap<usize, Vec<String>>)| {
            let names: Vec<&str> = cell.keys().map(|at| self.columns[*at].name.as_str()).collect();
            let supports: BTreeSet<Support> = cell.keys().map(|at| self.columns[*at].support).collect();
            let supports: Vec<&str> = supports.into_iter().map(Support::name).collect();
            vec![component.component.clone(), names.join(", "), supports.join(", "), component.exact.clone()]
        };
        let columns = ["Component", "Lines", "Support", "Exact versions"];
        (columns.map(str::to_owned).to_vec(), input.uses.iter().zip(&self.cells).map(to_row).collect())
    }

    fn to_counts(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let to_row =
            |column: &Shown| vec![column.name.clone(), column.support.name().to_owned(), column.components.to_string()];
        let columns = ["Line", "Support", "Components"].map(str::to_owned).to_vec();
        (columns, self.columns.iter().rev().map(to_row).collect())
    }
}

fn to_bar(support: Support) -> &'static str {
    match support {
        Support::Supported => "sv-bar-ok",
        Support::EndingSoon => "sv-bar-soon",
        Support::Ended => "sv-bar-ended",
        Support::Unknown => "sv-bar-unknown",
    }
}
