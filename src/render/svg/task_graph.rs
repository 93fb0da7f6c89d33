//! What of a runbook comes before what: waves from top to bottom, phases as bands, the critical path thick. Boxes are the
//! steps of a phase, or phases where there are too many of these.

use std::collections::{BTreeMap, BTreeSet};

use super::canvas::{Anchor, Canvas, SMALL, STRONG, to_id};
use super::gantt::MOST_GROUPS;
use super::legend::{self, Mark};
use super::routes::{self, BOX_HEIGHT, BOX_WIDTH, COLUMNS, Cell, Edge, to_x};
use super::{Figure, TaskLink, WIDTH, count};
use crate::model::id::TaskId;
use crate::model::runbook::{Runbook, TaskEntry};
use crate::notation::group::{Groups, Needs, Stand};

/// Where boxes begin; before are the names of phases, then waves.
const LEFT: i64 = 192;
/// Where the numbers of waves end.
const WAVES: i64 = LEFT - 16;

/// What a box stands for.
struct Node<'a> {
    title: &'a str,
    tasks: Vec<&'a TaskEntry>,
    /// Its band, by its place.
    band: usize,
    /// What boxes of a row have in common: their first wave, or how many phases come before.
    row: u32,
    is_critical: bool,
    stand: Stand,
    settled: usize,
}

/// A phase behind its boxes.
struct Band<'a> {
    name: &'a str,
    after: String,
}

/// What is drawn.
struct Graph<'a> {
    nodes: Vec<Node<'a>>,
    bands: Vec<Band<'a>>,
    /// Pairs of nodes, and whether the critical path goes along.
    edges: BTreeMap<(usize, usize), bool>,
}

/// Draws what comes before what.
#[must_use]
pub fn task_graph(id: &str, runbook: &Runbook, link: TaskLink<'_>) -> Figure {
    let id = to_id(id);
    let groups = Groups::of(runbook);
    let has_steps = groups.sections.iter().map(|section| section.groups.len()).sum::<usize>() <= MOST_GROUPS;
    let graph = if has_steps { Graph::of_steps(&groups, runbook) } else { Graph::of_phases(&groups, runbook) };
    let cells = graph.to_cells();
    let taken: BTreeSet<Cell> = cells.iter().copied().collect();
    let rows = cells.iter().map(|cell| cell.0 + 1).max().unwrap_or(0);

    let mut canvas = Canvas::new();
    let mut top = 8 + legend::draw(&mut canvas, 12, 8, &graph.to_legend());
    if has_steps && rows > 0 {
        canvas.text(SMALL, [12, top + 16], Anchor::Start, "phase", 100);
        canvas.text(SMALL, [WAVES, top + 16], Anchor::End, "wave", 60);
        top += 18;
    }
    let edges: Vec<(Edge, bool)> = graph
        .edges
        .iter()
        .map(|((from, to), critical)| (Edge { from: cells[*from], to: cells[*to] }, *critical))
        .collect();
    let plain: Vec<Edge> = edges.iter().map(|(edge, _)| *edge).collect();
    let routes = routes::find_routes(LEFT, top, rows, &plain, &|cell| taken.contains(&cell));
    if has_steps {
        graph.draw_bands(&mut canvas, &cells, &routes.rows, [top, routes.bottom]);
    }
    canvas.open("sv-edges");
    for critical in [false, true] {
        let class = if critical { "sv-edge sv-edge-critical" } else { "sv-edge" };
        let arrow = if critical { "sv-arrow sv-arrow-critical" } else { "sv-arrow" };
        for ((_, is_critical), path) in edges.iter().zip(&routes.paths).filter(|((_, it), _)| *it == critical) {
            // The line ends where its arrow begins.
            let mut path = path.clone();
            if let Some(last) = path.last_mut() {
                let [x, y] = *last;
                last[1] = y - 6;
                canvas.path(class, routes::to_path(&path));
                let wide = if *is_critical { 5 } else { 4 };
                canvas.path(arrow, format_args!("M{} {}h{}l-{wide} 7z", x - wide, y - 8, 2 * wide));
            }
        }
    }
    canvas.close();
    for (node, cell) in graph.nodes.iter().zip(&cells) {
        node.draw(&mut canvas, [to_x(LEFT, cell.1), routes.rows[cell.0]], link);
    }
    let title = format!("Tasks of {} {}", runbook.runtime_name, runbook.to);
    let description = graph.describe(runbook, has_steps);
    let svg = canvas.finish(&id, [WIDTH, routes.bottom + 8], &title, &description);
    let columns = ["Phase", "What", "Waves", "Tasks", "Done", "Waits for", "On the critical path"];
    Figure { id, title, description, svg, columns: columns.map(str::to_owned).to_vec(), rows: graph.to_rows(has_steps) }
}

impl<'a> Graph<'a> {
    fn of_steps(groups: &Groups<'a>, runbook: &Runbook) -> Self {
        let mut nodes = Vec::new();
        let mut bands = Vec::new();
        let mut places: BTreeMap<&TaskId, usize> = BTreeMap::new();
        for (at, section) in groups.sections.iter().enumerate() {
            let after: Vec<&str> =
                groups.before[at].iter().map(|before| groups.sections[*before].phase.name.as_str()).collect();
            let after = if after.is_empty() { String::new() } else { format!("after {}", after.join(", ")) };
            bands.push(Band { name: &section.phase.name, after });
            for group in &section.groups {
                places.extend(group.tasks.iter().map(|task| (&task.id, nodes.len())));
                let first = group.tasks.iter().map(|task| task.wave).min().unwrap_or(0);
                nodes.push(Node::of(groups, group.title, group.tasks.clone(), at, first));
            }
        }
        let before = Needs::of(groups).right_before();
        let mut edges = BTreeMap::new();
        for (to, before) in before.iter().enumerate() {
            edges.extend(before.iter().map(|from| ((*from, to), false)));
        }
        for pair in runbook.summary.critical_path.windows(2) {
            if let (Some(from), Some(to)) = (places.get(&pair[0]), places.get(&pair[1]))
                && from != to
            {
                edges.insert((*from, *to), true);
            }
        }
        Self { nodes, bands, edges }
    }

    fn of_phases(groups: &Groups<'a>, runbook: &Runbook) -> Self {
        let mut nodes: Vec<Node<'a>> = Vec::new();
        let mut edges = BTreeMap::new();
        let mut places: BTreeMap<&TaskId, usize> = BTreeMap::new();
        for (at, section) in groups.sections.iter().enumerate() {
            let row =
                groups.before[at].iter().filter_map(|before| Some(nodes.get(*before)?.row + 1)).max().unwrap_or(0);
            edges.extend(groups.before[at].iter().map(|before| ((*before, at), false)));
            places.extend(section.tasks().map(|task| (&task.id, at)));
            nodes.push(Node::of(groups, &section.phase.name, section.tasks().collect(), 0, row));
        }
        for pair in runbook.summary.critical_path.windows(2) {
            if let (Some(from), Some(to)) = (places.get(&pair[0]), places.get(&pair[1]))
                && let Some(critical) = edges.get_mut(&(*from, *to))
            {
                *critical = true;
            }
        }
        Self { nodes, bands: Vec::new(), edges }
    }

    /// The place of each node: below each other by band and wave; in a row, below what comes before where that is free.
    fn to_cells(&self) -> Vec<Cell> {
        let mut before: Vec<Vec<(bool, usize)>> = vec![Vec::new(); self.nodes.len()];
        for ((from, to), critical) in &self.edges {
            before[*to].push((!critical, *from));
        }
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        order.sort_by_key(|at| (self.nodes[*at].band, self.nodes[*at].row, !self.nodes[*at].is_critical, *at));
        let mut cells: Vec<Option<Cell>> = vec![None; self.nodes.len()];
        let mut row = 0;
        for same in order.chunk_by(|a, b| {
            let key = |at: &usize| (self.nodes[*at].band, self.nodes[*at].row);
            key(a) == key(b)
        }) {
            for chunk in same.chunks(COLUMNS) {
                let mut free: Vec<usize> = (0..COLUMNS).collect();
                for at in chunk {
                    before[*at].sort_unstable();
                    let wanted = before[*at].iter().find_map(|(_, from)| cells[*from]).map_or(0, |cell| cell.1);
                    let nearest = (0..free.len()).min_by_key(|place| (free[*place].abs_diff(wanted), *place));
                    let column = nearest.map_or(0, |place| free.remove(place));
                    cells[*at] = Some((row, column));
                }
                row += 1;
            }
        }
        cells.into_iter().map(Option::unwrap_or_default).collect()
    }

    fn draw_bands(&self, canvas: &mut Canvas, cells: &[Cell], rows: &[i64], [top, bottom]: [i64; 2]) {
        let mut waves: BTreeMap<usize, (usize, u32, u32)> = BTreeMap::new();
        for (node, cell) in self.nodes.iter().zip(cells) {
            let (first, last) = node.waves();
            let entry = waves.entry(cell.0).or_insert((node.band, first, last));
            *entry = (node.band, entry.1.min(first), entry.2.max(last));
        }
        let mut begun = None;
        for (row, (band, first, last)) in &waves {
            let y = rows[*row];
            if begun != Some(*band) {
                let upper = if begun.is_none() { top } else { y - 12 };
                let last_row =
                    waves.iter().filter(|(_, entry)| entry.0 == *band).map(|(row, _)| *row).max().unwrap_or(*row);
                let lower = rows.get(last_row + 1).map_or(bottom, |next| next - 12);
                let class = if band % 2 == 0 { "sv-band" } else { "sv-band sv-band-other" };
                canvas.rect(class, [0, upper, WIDTH, lower - upper], 0);
                let entry = &self.bands[*band];
                let room = WAVES - 12 - 36;
                let lines = canvas.two_lines(STRONG, [12, y + 14], entry.name, room, 17);
                canvas.text(SMALL, [12, y + 14 + 17 * lines.max(1)], Anchor::Start, &entry.after, room);
                begun = Some(*band);
            }
            let text = if first == last { first.to_string() } else { format!("{first}–{last}") };
            canvas.text("sv-small sv-ink", [WAVES, y + 14], Anchor::End, &text, 48);
        }
    }

    fn to_legend(&self) -> Vec<(Mark, &'static str)> {
        let mut entries = Vec::new();
        if self.nodes.iter().any(|node| node.is_critical) {
            entries.push((Mark::Bar("sv-box sv-box-critical", 14), "on the critical path"));
        }
        if self.nodes.iter().any(|node| !node.is_critical) {
            entries.push((Mark::Bar("sv-box", 14), "other tasks"));
        }
        if self.nodes.iter().any(|node| node.stand == Stand::Settled) {
            entries.push((Mark::Check, "done"));
        }
        if !self.edges.is_empty() {
            entries.push((Mark::Line("sv-edge"), "comes before"));
        }
        entries
    }

    fn describe(&self, runbook: &Runbook, has_steps: bool) -> String {
        let tasks = count(runbook.tasks.len(), "task", "tasks");
        let waves = count(usize::try_from(runbook.summary.waves).unwrap_or(0), "wave", "waves");
        let mut text = match has_steps {
            true => format!("{tasks} in {waves}, from top to bottom. The tasks of a step in a phase are one box."),
            false => format!("{tasks} in {waves}. There are too many steps to draw, so each box is a phase."),
        };
        let path: Vec<&str> = self.nodes.iter().filter(|node| node.is_critical).map(|node| node.title).collect();
        if !path.is_empty() {
            text.push_str(&format!(" {} on the critical path.", count(path.len(), "box is", "boxes are")));
        }
        text
    }

    fn to_rows(&self, has_steps: bool) -> Vec<Vec<String>> {
        let mut before: Vec<Vec<&str>> = vec![Vec::new(); self.nodes.len()];
        for (from, to) in self.edges.keys() {
            before[*to].push(self.nodes[*from].title);
        }
        let to_row = |(node, before): (&Node<'_>, &Vec<&str>)| {
            let (first, last) = node.waves();
            vec![
                if has_steps { self.bands[node.band].name } else { node.title }.to_owned(),
                if has_steps { node.title } else { "all tasks" }.to_owned(),
                if first == last { first.to_string() } else { format!("{first}–{last}") },
                node.tasks.len().to_string(),
                node.settled.to_string(),
                before.join(", "),
                if node.is_critical { "yes" } else { "no" }.to_owned(),
            ]
        };
        self.nodes.iter().zip(&before).map(to_row).collect()
    }
}

impl<'a> Node<'a> {
    fn of(groups: &Groups<'a>, title: &'a str, tasks: Vec<&'a TaskEntry>, band: usize, row: u32) -> Self {
        let sum = groups.sum(tasks.iter().copied());
        let settled = tasks.iter().filter(|task| task.state.is_settled()).count();
        Self { title, tasks, band, row, is_critical: sum.is_critical, stand: sum.stand, settled }
    }

    fn waves(&self) -> (u32, u32) {
        let waves = || self.tasks.iter().map(|task| task.wave);
        (waves().min().unwrap_or(0), waves().max().unwrap_or(0))
    }

    fn draw(&self, canvas: &mut Canvas, [x, y]: [i64; 2], link: TaskLink<'_>) {
        let href = self.tasks.first().and_then(|task| link(&task.id));
        let end = canvas.open_link(href.as_deref());
        let [number, owner] = self.to_words();
        let state = if self.is_critical { ", on the critical path" } else { "" };
        canvas.say(&format!("{} ({number}, {owner}{state})", self.title));
        let class = match (self.stand, self.is_critical) {
            (Stand::Settled, true) => "sv-box sv-box-critical sv-box-done",
            (Stand::Settled, false) => "sv-box sv-box-done",
            (_, true) => "sv-box sv-box-critical",
            _ => "sv-box",
        };
        canvas.rect(class, [x, y, BOX_WIDTH, BOX_HEIGHT], 4);
        let mark = if self.stand == Stand::Settled { 18 } else { 0 };
        let lines = canvas.two_lines("", [x + 10, y + 17], self.title, BOX_WIDTH - 20 - mark, 15);
        if mark > 0 {
            canvas.check([x + BOX_WIDTH - 14, y + 14]);
        }
        let base = if lines > 1 { y + 47 } else { y + 36 };
        let taken = match self.tasks.len() {
            1 => 0,
            several => canvas.text("sv-small sv-ink", [x + 10, base], Anchor::Start, &format!("×{several}"), 60) + 8,
        };
        let words =
            if self.settled > 0 && self.tasks.len() > 1 { format!("{} done · {owner}", self.settled) } else { owner };
        canvas.text(SMALL, [x + 10 + taken, base], Anchor::Start, &words, BOX_WIDTH - 20 - taken);
        if self.stand == Stand::Begun && self.settled > 0 {
            let done = (BOX_WIDTH - 8) * self.settled as i64 / self.tasks.len().max(1) as i64;
            canvas.rect("sv-progress", [x + 4, y + BOX_HEIGHT - 4, done, 2], 0);
        }
        canvas.close_link(end);
    }

    /// How many tasks it is, and who does them.
    fn to_words(&self) -> [String; 2] {
        let owners: BTreeSet<&str> = self.tasks.iter().map(|task| task.owner.as_str()).collect();
        let owner = match owners.len() {
            1 => owners.first().copied().unwrap_or_default().to_owned(),
            several => count(several, "team", "teams"),
        };
        [count(self.tasks.len(), "task", "tasks"), owner]
    }
}
