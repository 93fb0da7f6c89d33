//! Pictures in hard cases: what is drawn is XML, inside the picture, and no text covers another one.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use roxmltree::{Document, Node};

use super::canvas::width;
use super::{
    BurnUp, Column, Figure, Freeze, Gantt, InUse, LineWindow, Point, RuntimeWindows, Support, Use, burn_up, gantt,
    in_use, support_windows, task_graph,
};
use crate::model::id::TaskId;
use crate::model::runbook::Runbook;
use crate::notation::tests::{dated, hostile, phase, runbook, task, undated};

const TODAY: Date = date(2026, 9, 10);

/// Names that mean harm, or that are as hard to draw.
fn hard_names() -> Vec<String> {
    let names = [
        "<script>alert(1)</script>",
        "\"' onload='x",
        "]]> & &amp;",
        "שלום \u{202e}abc\u{7}\u{0}",
        "",
        "\u{ffff}\u{fffe}",
    ];
    let long = ["W".repeat(200), "漢字".repeat(100), "a\u{301}".repeat(5000), "👩\u{200d}💻 ".repeat(50)];
    names.map(str::to_owned).into_iter().chain(long).collect()
}

/// Where a text is, reckoned as wide as it may be: left, top, right, bottom.
fn to_box(text: Node<'_, '_>) -> [i64; 4] {
    let number = |name: &str| text.attribute(name).expect("has a place").parse::<i64>().expect("is a number");
    let class = text.attribute("class").unwrap_or_default();
    let words: String = text.children().filter(Node::is_text).filter_map(|part| part.text()).collect();
    let wide = width(&words, class);
    let left = match text.attribute("text-anchor") {
        Some("middle") => number("x") - wide / 2,
        Some("end") => number("x") - wide,
        _ => number("x"),
    };
    let high = if class.contains("sv-small") { 9 } else { 11 };
    [left, number("y") - high, left + wide, number("y") + 3]
}

/// Holds a picture against all that must be true of each.
fn check(figure: &Figure) {
    let svg = Document::parse(&figure.svg).unwrap_or_else(|error| panic!("{error}: {}", figure.svg));
    let root = svg.root_element();
    let size = |name: &str| root.attribute(name).expect("has a size").parse::<i64>().expect("is a number");
    let (wide, high) = (size("width"), size("height"));
    let names: BTreeSet<&str> = svg.descendants().filter(Node::is_element).map(|node| node.tag_name().name()).collect();
    let known = ["a", "circle", "desc", "g", "line", "path", "rect", "svg", "text", "title"];
    assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
    for node in svg.descendants() {
        for attribute in node.attributes() {
            assert!(attribute.name() != "style" && !attribute.name().starts_with("on"), "{}", attribute.name());
            assert!(attribute.name() != "id" || attribute.value().starts_with(&figure.id), "{}", attribute.value());
        }
    }
    let mut boxes: Vec<[i64; 4]> = svg
        .descendants()
        .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")))
        .map(to_box)
        .collect();
    boxes.sort_by_key(|[left, top, ..]| (*top, *left));
    for (at, one) in boxes.iter().enumerate() {
        let inside = one[0] >= 0 && one[1] >= 0 && one[2] <= wide && one[3] <= high;
        assert!(inside, "{one:?} leaves {wide} x {high} in {}", figure.title);
        for other in boxes[at + 1..].iter().take_while(|other| other[1] < one[3]) {
            let apart = one[2] <= other[0] || other[2] <= one[0] || one[3] <= other[1];
            assert!(apart, "{one:?} covers {other:?} in {}", figure.title);
        }
    }
    assert!(figure.rows.iter().all(|row| row.len() == figure.columns.len()));
}

fn to_link(task: &TaskId) -> Option<String> {
    Some(format!("#{task}"))
}

/// A plan of so many steps for so many components each.
fn plan(steps: usize, components: usize) -> Runbook {
    let mut tasks = Vec::new();
    for step in 0..steps {
        let start = date(2026, 9, 1).saturating_add(i64::try_from(step).expect("is small").days());
        for component in 0..components {
            let need = format!("step-{}/c{component}", step.saturating_sub(1));
            let needs: &[&str] = if step % 4 == 0 { &[] } else { &[&need] };
            let mut task = task(&format!("step-{step}/c{component}"), &format!("p{}", step / 8), needs, None);
            task.wave = u32::try_from(step).expect("is small") + 1;
            (task.earliest_start, task.earliest_finish) = (Some(start), Some(start));
            task.latest_finish = Some(start.saturating_add(20.days()));
            task.title = format!("Build the component with the new version, step {step}");
            tasks.push(task);
        }
    }
    let phases = (0..steps.div_ceil(8)).map(|at| match at {
        0 => phase("p0", &[]),
        at => phase(&format!("p{at}"), &[&format!("p{}", at - 1)]),
    });
    runbook(phases.collect(), tasks)
}

fn around() -> Gantt {
    let freeze = |name: &str, from, to| Freeze { name: name.to_owned(), from, to };
    let mut freezes: Vec<Freeze> =
        hard_names().iter().map(|name| freeze(name, date(2026, 9, 8), date(2026, 9, 12))).collect();
    freezes.push(freeze("ends before it begins", date(2026, 9, 12), date(2026, 9, 1)));
    freezes.push(freeze("the year's end", date(2026, 9, 28), date(2030, 1, 1)));
    Gantt { freezes, releases: vec![date(2026, 9, 17), date(2026, 10, 15)], today: Some(TODAY) }
}

fn window(line: &str, days: [Option<Date>; 3], in_use: usize) -> LineWindow {
    let [released, support_ends, eol] = days;
    LineWindow { line: line.to_owned(), released, support_ends, eol, in_use, ..LineWindow::default() }
}

#[test]
fn windows_stay_apart_whatever_is_known() {
    let some = [None, Some(Date::MIN), Some(date(2020, 1, 1)), Some(TODAY), Some(date(2027, 2, 1)), Some(Date::MAX)];
    let mut lines = Vec::new();
    for released in some {
        for support in some {
            lines.extend(some.map(|eol| window("1.26", [released, support, eol], lines.len())));
        }
    }
    lines.extend(hard_names().iter().map(|name| window(name, [Some(TODAY), None, None], usize::MAX)));
    let names =
        hard_names().into_iter().map(|name| RuntimeWindows { name, href: Some("\"><b>".to_owned()), lines: vec![] });
    let mut runtimes: Vec<RuntimeWindows> = names.collect();
    runtimes[0].lines = lines;
    for today in [None, Some(TODAY), Some(Date::MIN), Some(Date::MAX)] {
        check(&support_windows("w", &runtimes, today));
        check(&support_windows("w", &[], today));
    }
}

#[test]
fn old_lines_are_counted_unless_somebody_uses_them() {
    let ended = |line, in_use| window(line, [None, None, Some(date(2020, 1, 1))], in_use);
    // Nobody says when the first one ended, but it is older than one that is old.
    let first = window("1.0", [Some(date(2015, 1, 1)), None, None], 0);
    let lines = vec![first, ended("1.1", 0), ended("1.2", 3), window("1.3", [None; 3], 0)];
    let runtimes = [RuntimeWindows { name: "Go".to_owned(), href: None, lines }];
    let figure = support_windows("w", &runtimes, Some(TODAY));
    let lines: Vec<&str> = figure.rows.iter().map(|row| row[1].as_str()).collect();
    assert_eq!(lines, ["1.3", "1.2"]);
    let expected = "How long each line is supported, as of 10 Sep 2026. In use although support has ended: Go 1.2. 2 older lines \
                    are left out.";
    assert_eq!(figure.description, expected);
}

#[test]
fn plans_stay_apart_however_large() {
    for runbook in [dated(), undated(), hostile(), plan(3, 29), plan(29, 29), plan(60, 8), plan(61, 8), plan(480, 1)] {
        check(&task_graph("t", &runbook, &to_link));
        if let Some(figure) = gantt("g", &runbook, &around(), &to_link) {
            check(&figure);
        }
    }
    let mut hard = plan(10, 2);
    for (at, name) in hard_names().into_iter().enumerate() {
        hard.tasks[2 * at].title.clone_from(&name);
        hard.tasks[2 * at + 1].title = name;
    }
    for (phase, name) in hard.phases.iter_mut().zip(hard_names().into_iter().skip(6)) {
        phase.name = name;
    }
    check(&task_graph("t", &hard, &to_link));
    check(&gantt("g", &hard, &around(), &to_link).expect("has days"));
}

#[test]
fn large_plans_are_drawn_by_phase() {
    let large = plan(480, 4);
    let graph = task_graph("t", &large, &to_link);
    let chart = gantt("g", &large, &Gantt::default(), &to_link).expect("has days");
    assert_eq!((graph.rows.len(), chart.rows.len()), (60, 60));
    assert!(graph.svg.len() < 60_000 && chart.svg.len() < 60_000, "{} {}", graph.svg.len(), chart.svg.len());
    assert_eq!(gantt("g", &undated(), &Gantt::default(), &to_link), None);
}

fn uses(components: usize, lines: usize) -> InUse {
    let support = [Support::Supported, Support::EndingSoon, Support::Ended, Support::Unknown];
    let column = |at: usize| Column {
        name: format!("1.{at}"),
        versions: vec![format!("1.{at}.1"), format!("1.{at}.2")],
        support: support[at % 4],
    };
    let component = |at: usize| Use {
        component: format!("Component {at} with a name that is long"),
        href: Some(format!("c/{at}.html")),
        versions: (0..at % 4).map(|by| format!("1.{}.{}", (at + by) % (lines + 1), at % 3)).collect(),
        exact: "behind the target".to_owned(),
    };
    InUse {
        name: "Go".to_owned(),
        columns: (0..lines).map(column).collect(),
        uses: (0..components).map(component).collect(),
    }
}

#[test]
fn marks_of_versions_stay_apart_and_many_are_counted() {
    for (components, lines) in [(0, 0), (1, 1), (29, 4), (60, 12), (60, 40), (500, 4), (500, 400)] {
        let figure = in_use("u", &uses(components, lines));
        check(&figure);
        assert!(figure.svg.len() < 60_000, "{}", figure.svg.len());
    }
    let mut hard = uses(10, 10);
    for (at, name) in hard_names().into_iter().enumerate() {
        let Use { component, exact, versions, .. } = &mut hard.uses[at];
        (*component, *exact, *versions) = (name.clone(), name.clone(), vec![name.clone()]);
        hard.columns[at].name = name;
    }
    check(&in_use("u", &hard));
    let figure = in_use("u", &uses(500, 1));
    assert_eq!(figure.rows.iter().map(|row| row[2].as_str()).collect::<Vec<_>>(), ["125", "375", "166"]);
}

#[test]
fn progress_is_drawn_from_nothing_to_years() {
    let days = [None, Some(Date::MIN), Some(date(2026, 9, 1)), Some(TODAY), Some(Date::MAX)];
    let points = |number: i64| {
        let to_point = |at: i64| Point {
            date: date(2026, 9, 1).saturating_add(at.days()),
            settled: usize::try_from(at).expect("is small"),
            total: 10_000_000,
        };
        (0..number).map(to_point).collect::<Vec<_>>()
    };
    for number in [0, 1, 2, 500] {
        for start in days {
            for due in days {
                let name = hard_names().remove(0);
                check(&burn_up("b", &BurnUp { name, points: points(number), start, due, today: Some(TODAY) }));
            }
        }
    }
    let long = burn_up("b", &BurnUp { points: points(20_000), ..BurnUp::default() });
    assert!(long.svg.len() < 30_000, "{}", long.svg.len());
}

#[test]
fn a_picture_is_the_same_each_time_and_whole() {
    let input = BurnUp { name: "Go <1.27>".to_owned(), ..BurnUp::default() };
    let expected = r##"<svg xmlns="http://www.w3.org/2000/svg" class="sv" role="img" aria-labelledby="go-1-title go-1-desc" viewBox="0 0 960 264" width="960" height="264">
<title id="go-1-title">Progress of Go &lt;1.27&gt;</title>
<desc id="go-1-desc">Nothing is recorded yet.</desc>
<g class="sv-legend">
<line class="sv-done-line" x1="12" y1="17" x2="36" y2="17"/>
<text class="sv-small" x="42" y="21">done: 0</text>
<line class="sv-scope" x1="104" y1="17" x2="128" y2="17"/>
<text class="sv-small" x="134" y="21">all tasks</text>
</g>
<g class="sv-axis">
<line class="sv-base" x1="56" y1="252" x2="944" y2="252"/>
<text class="sv-small" x="48" y="256" text-anchor="end">0</text>
<line class="sv-grid" x1="56" y1="44" x2="944" y2="44"/>
<text class="sv-small" x="48" y="48" text-anchor="end">1</text>
</g>
<text class="sv-halo sv-quiet" x="500" y="224" text-anchor="middle">nothing done yet</text>
</svg>"##;
    assert_eq!(burn_up("go 1", &input).svg, expected);
}
