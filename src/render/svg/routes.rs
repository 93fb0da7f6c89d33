//! The ways of lines between boxes that stand in rows of equal columns: down into the gutter below a row, along it, down
//! between the boxes, along the gutter above a row, and into the box. So no line crosses a box, and two that are not of one
//! box lie beside each other as long as there is room.

use std::collections::BTreeMap;

/// The columns of boxes.
pub const COLUMNS: usize = 3;
/// The width of a box.
pub const BOX_WIDTH: i64 = 225;
/// The height of a box.
pub const BOX_HEIGHT: i64 = 54;
/// The space between two columns.
const CORRIDOR: i64 = 32;
/// How far from the middle of a box a line leaves it to one side, or comes in from one.
const SIDE: i64 = 16;
/// The space between two lines in a gutter.
const LANE: i64 = 7;
/// The most lines that lie beside each other in a gutter.
const MOST_LANES: usize = 12;

/// A place of a box: its row and its column.
pub type Cell = (usize, usize);

/// A line from a box to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The box that comes before.
    pub from: Cell,
    /// The box that comes after.
    pub to: Cell,
}

/// Where rows and lines are.
#[derive(Debug, Default)]
pub struct Routes {
    /// The height at which each row of boxes begins.
    pub rows: Vec<i64>,
    /// The height at which the gutter below the last row ends.
    pub bottom: i64,
    /// The corners of the line of each edge.
    pub paths: Vec<Vec<[i64; 2]>>,
}

/// The way that an edge takes, before heights are known.
#[derive(Clone, Copy, Debug)]
struct Way {
    /// Where it leaves its box.
    out: i64,
    /// Where it goes from gutter to gutter.
    track: i64,
    /// Where it comes into its box.
    into: i64,
    /// The gutter below the one box and the one above the other.
    gutters: [usize; 2],
    /// The line in each gutter.
    lanes: [usize; 2],
}

/// Where a column of boxes begins.
pub fn to_x(left: i64, column: usize) -> i64 {
    left + (BOX_WIDTH + CORRIDOR) * i64::try_from(column).unwrap_or(0)
}

/// Finds the way of each edge among boxes; `is_taken` says where boxes are.
pub fn find_routes(left: i64, top: i64, rows: usize, edges: &[Edge], is_taken: &dyn Fn(Cell) -> bool) -> Routes {
    let mut ways = find_tracks(left, edges, is_taken);
    let lanes = find_lanes(&mut ways, edges, rows);
    // Gutter 0 is above the first row, and each other one below a row.
    let to_height = |lanes: usize| 16 + LANE * i64::try_from(lanes).unwrap_or(0);
    let mut routes = Routes::default();
    let mut gutters = Vec::with_capacity(rows + 1);
    let mut y = top;
    for (at, lanes) in lanes.iter().enumerate() {
        gutters.push(y);
        y += to_height(*lanes);
        if at < rows {
            routes.rows.push(y);
            y += BOX_HEIGHT;
        }
    }
    routes.bottom = y;
    for (way, edge) in ways.iter().zip(edges) {
        let height = |side: usize| gutters[way.gutters[side]] + 7 + LANE * i64::try_from(way.lanes[side]).unwrap_or(0);
        let [below, above] = [height(0), height(1)];
        let mut corners = vec![
            [way.out, routes.rows[edge.from.0] + BOX_HEIGHT],
            [way.out, below],
            [way.track, below],
            [way.track, above],
            [way.into, above],
            [way.into, routes.rows[edge.to.0]],
        ];
        corners.dedup();
        drop_straight(&mut corners);
        routes.paths.push(corners);
    }
    routes
}

/// Leaves out corners between two pieces that go the same way.
fn drop_straight(corners: &mut Vec<[i64; 2]>) {
    let mut at = 1;
    while at + 1 < corners.len() {
        let [before, here, after] = [corners[at - 1], corners[at], corners[at + 1]];
        if (before[0] == here[0] && here[0] == after[0]) || (before[1] == here[1] && here[1] == after[1]) {
            corners.remove(at);
        } else {
            at += 1;
        }
    }
}

/// How far it is sideways by way of a track.
fn to_way(track: i64, from: i64, to: i64) -> i64 {
    (track - from).abs() + (track - to).abs()
}

/// What already lies on a track: from which gutter to which, and from which box.
type Tracks = BTreeMap<i64, Vec<(usize, usize, Cell)>>;

fn find_tracks(left: i64, edges: &[Edge], is_taken: &dyn Fn(Cell) -> bool) -> Vec<Way> {
    let middle = |column: usize| to_x(left, column) + BOX_WIDTH / 2;
    let mut tracks: Tracks = BTreeMap::new();
    let mut ways = Vec::with_capacity(edges.len());
    for edge in edges {
        let [from, to] = [middle(edge.from.1), middle(edge.to.1)];
        let gutters = [edge.from.0 + 1, edge.to.0];
        let mut way = Way { out: from - SIDE, track: to + SIDE, into: to + SIDE, gutters, lanes: [0; 2] };
        if gutters[0] == gutters[1] {
            if from == to {
                way = Way { out: from, track: from, into: from, ..way };
            }
            ways.push(way);
            continue;
        }
        let rows = edge.from.0 + 1..edge.to.0;
        let is_free = |column: usize| edge.to.0 > edge.from.0 && !rows.clone().any(|row| is_taken((row, column)));
        let mut candidates: Vec<(i64, i64, Option<usize>)> = Vec::new();
        for column in [edge.to.1, edge.from.1] {
            if is_free(column) {
                // One that needs fewer corners is worth a way around.
                let detour = if from == to { -80 } else { -40 };
                let cost = detour + to_way(middle(column), from, to);
                candidates.extend([0, -8, 8].map(|by: i64| (cost + by.abs(), middle(column) + by, Some(column))));
            }
        }
        for column in 0..COLUMNS {
            let x = to_x(left, column) + BOX_WIDTH + CORRIDOR / 2;
            let offsets: &[i64] = if column + 1 == COLUMNS { &[0, 5, -5] } else { &[0, 6, -6, 11, -11] };
            let cost = to_way(x, from, to);
            candidates.extend(offsets.iter().map(|by| (cost + by.abs(), x + by, None)));
        }
        candidates.sort_by_key(|candidate| (candidate.0, candidate.1));
        let span = (gutters[0].min(gutters[1]), gutters[0].max(gutters[1]));
        let fits = |x: i64| {
            let on_track = tracks.get(&x);
            on_track.is_none_or(|others| {
                others.iter().all(|(first, last, cell)| *cell == edge.from || *last < span.0 || span.1 < *first)
            })
        };
        let chosen = candidates.iter().find(|(_, x, _)| fits(*x)).or_else(|| candidates.iter().find(|c| c.2.is_none()));
        if let Some((_, x, column)) = chosen {
            tracks.entry(*x).or_default().push((span.0, span.1, edge.from));
            way.track = *x;
            if *column == Some(edge.from.1) {
                way.out = *x;
            }
            if *column == Some(edge.to.1) {
                way.into = *x;
            }
        }
        ways.push(way);
    }
    ways
}

/// Which lines share a line of a gutter: those that leave one box, or come into one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Bundle {
    Out(Cell),
    Into(Cell),
}

/// Finds a line in its gutters for each way, and says how many lines each gutter has.
fn find_lanes(ways: &mut [Way], edges: &[Edge], rows: usize) -> Vec<usize> {
    let mut next_below: BTreeMap<Cell, usize> = BTreeMap::new();
    for edge in edges.iter().filter(|edge| edge.from.0 + 1 == edge.to.0) {
        *next_below.entry(edge.from).or_default() += 1;
    }
    // For each gutter and bundle, how far it goes.
    let mut bundles: Vec<BTreeMap<Bundle, [i64; 2]>> = vec![BTreeMap::new(); rows + 1];
    let pieces = |way: &Way, edge: &Edge| {
        let is_one = way.gutters[0] == way.gutters[1];
        let alone = is_one && next_below.get(&edge.from).is_none_or(|number| *number == 1);
        let first = if alone { Bundle::Into(edge.to) } else { Bundle::Out(edge.from) };
        let second = if is_one { first } else { Bundle::Into(edge.to) };
        [(0, first, [way.out, way.track]), (1, second, [way.track, way.into])]
    };
    for (way, edge) in ways.iter().zip(edges) {
        for (side, bundle, [a, b]) in pieces(way, edge) {
            if a != b {
                let span = bundles[way.gutters[side]].entry(bundle).or_insert([i64::MAX, i64::MIN]);
                *span = [span[0].min(a).min(b), span[1].max(a).max(b)];
            }
        }
    }
    let mut lanes: Vec<BTreeMap<Bundle, usize>> = Vec::with_capacity(bundles.len());
    let mut numbers = Vec::with_capacity(bundles.len());
    for of_gutter in &bundles {
        let mut order: Vec<(&Bundle, &[i64; 2])> = of_gutter.iter().collect();
        order.sort_by_key(|(bundle, span)| (span[0], span[1], **bundle));
        let mut ends: Vec<i64> = Vec::new();
        let mut of_bundle = BTreeMap::new();
        for (bundle, [from, to]) in order {
            let free = ends.iter().position(|end| end + 8 <= *from);
            let lane = free.unwrap_or(ends.len()).min(MOST_LANES - 1);
            if lane == ends.len() {
                ends.push(*to);
            }
            ends[lane] = ends[lane].max(*to);
            of_bundle.insert(*bundle, lane);
        }
        numbers.push(ends.len());
        lanes.push(of_bundle);
    }
    for (way, edge) in ways.iter_mut().zip(edges) {
        for (side, bundle, _) in pieces(way, edge) {
            way.lanes[side] = lanes[way.gutters[side]].get(&bundle).copied().unwrap_or(0);
        }
    }
    numbers
}

/// Corners as a path with round ones.
pub fn to_path(corners: &[[i64; 2]]) -> String {
    let mut path = String::new();
    for (at, corner) in corners.iter().enumerate() {
        let [x, y] = *corner;
        let around = at.checked_sub(1).and_then(|before| Some((corners[before], *corners.get(at + 1)?)));
        match around {
            None if at == 0 => path.push_str(&format!("M{x} {y}")),
            None => path.push_str(&format!("L{x} {y}")),
            Some((before, after)) => {
                let ([ax, ay], [bx, by]) = (towards(*corner, before), towards(*corner, after));
                path.push_str(&format!("L{ax} {ay}Q{x} {y} {bx} {by}"));
            }
        }
    }
    path
}

/// The point a little way from a corner to the next one.
fn towards([x, y]: [i64; 2], [to_x, to_y]: [i64; 2]) -> [i64; 2] {
    let step = |from: i64, to: i64| from + (to - from).signum() * ((to - from).abs() / 2).min(5);
    [step(x, to_x), step(y, to_y)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(boxes: &[Cell], edges: &[(Cell, Cell)]) -> Vec<String> {
        let rows = boxes.iter().map(|cell| cell.0).max().map_or(0, |last| last + 1);
        let edges: Vec<Edge> = edges.iter().map(|(from, to)| Edge { from: *from, to: *to }).collect();
        let routes = find_routes(0, 0, rows, &edges, &|cell| boxes.contains(&cell));
        for path in &routes.paths {
            for piece in path.windows(2) {
                for cell in boxes {
                    let (x, y) = (to_x(0, cell.1), routes.rows[cell.0]);
                    let inside = |[a, b]: [i64; 2], from: i64, size: i64| a.max(b) > from && a.min(b) < from + size;
                    let crosses = inside([piece[0][0], piece[1][0]], x, BOX_WIDTH)
                        && inside([piece[0][1], piece[1][1]], y, BOX_HEIGHT);
                    assert!(!crosses, "{piece:?} crosses {cell:?}");
                }
            }
        }
        routes.paths.iter().map(|path| to_path(path)).collect()
    }

    #[test]
    fn a_line_goes_straight_down_where_it_can() {
        assert_eq!(
            route(&[(0, 0), (1, 0), (2, 1)], &[((0, 0), (1, 0)), ((1, 0), (2, 1))]),
            ["M112 70L112 86", "M96 140L96 144Q96 147 101 147L380 147Q385 147 385 152L385 163"]
        );
    }

    #[test]
    fn no_line_crosses_a_box() {
        let boxes: Vec<Cell> = (0..6).flat_map(|row| (0..COLUMNS).map(move |column| (row, column))).collect();
        let edges: Vec<(Cell, Cell)> =
            boxes.iter().flat_map(|from| boxes.iter().map(|to| (*from, *to))).filter(|(from, to)| from != to).collect();
        assert_eq!(route(&boxes, &edges).len(), 18 * 17);
    }
}
