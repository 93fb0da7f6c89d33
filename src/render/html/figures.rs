//! The pictures of pages: which facts each one shows.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jiff::civil::Date;

use super::Site;
use super::paths::to_relative;
use super::upgrade::Folder;
use crate::model::facts::{Line, VersionFacts};
use crate::model::pins::find_scan;
use crate::model::runtime::Runtime;
use crate::model::usage::{self, Usage};
use crate::render::svg::{
    self, BurnUp, Column, Figure, Freeze, Gantt, InUse, LineWindow, Point, RuntimeWindows, Support, Use,
};

/// How many days before its end a line counts as ending.
pub const SOON: i32 = 183;

/// When the lines of runtimes are supported, for a page.
pub fn support_windows<'a>(site: &Site<'_>, from: &str, runtimes: impl Iterator<Item = &'a Runtime>) -> Figure {
    let material = site.material;
    let nothing = VersionFacts::default();
    let windows = runtimes.map(|runtime| {
        let facts = material.facts.get(&runtime.id).unwrap_or(&nothing);
        let usage = usage::find_usage(material.catalog, runtime, facts, material.scans);
        let users = |line: &Line, usage: &Usage| usage.lines.get(&line.line).map_or(0, BTreeSet::len);
        // A line that only shows in the list of releases has no window to be drawn.
        let is_dated = |line: &&Line| line.released.or(line.support_ends).or(line.eol).is_some();
        let lines = facts.lines.iter().filter(is_dated).map(|line| LineWindow {
            line: line.line.clone(),
            href: None,
            released: line.released,
            support_ends: line.support_ends,
            eol: line.eol,
            latest: line.latest.as_ref().map(ToString::to_string),
            in_use: usage.as_ref().map_or(0, |usage| users(line, usage)),
        });
        let page = format!("{}/index.html", runtime.id);
        RuntimeWindows {
            name: runtime.name.clone(),
            href: (page != from).then(|| to_relative(from, &page)),
            lines: lines.collect(),
        }
    });
    svg::support_windows("windows", &windows.collect::<Vec<_>>(), material.as_of)
}

/// How a line is supported on a day.
pub fn to_support(line: Option<&Line>, today: Option<Date>) -> Support {
    let Some((line, today)) = line.zip(today) else { return Support::Unknown };
    match line.is_supported(today) {
        Some(false) => Support::Ended,
        Some(true) if line.eol.is_some_and(|eol| (eol - today).get_days() <= SOON) => Support::EndingSoon,
        Some(true) => Support::Supported,
        None => Support::Unknown,
    }
}

/// Which component is on which line; nothing before a repository was scanned.
pub fn in_use(site: &Site<'_>, from: &str, runtime: &Runtime) -> Option<Figure> {
    let material = site.material;
    let facts = material.facts.get(&runtime.id)?;
    let usage = usage::find_usage(material.catalog, runtime, facts, material.scans)?;
    let column = |line: &Line| Column {
        name: line.line.clone(),
        versions: Vec::new(),
        support: to_support(Some(line), material.as_of),
    };
    let columns = facts.lines.iter().filter(|line| usage.lines.contains_key(&line.line)).map(column);
    let uses = material.catalog.users(&runtime.id).map(|(component, _)| {
        let lines = usage.lines.iter().filter(|(_, users)| users.contains(&component.id));
        let scan = find_scan(material.scans, component);
        let exact: Vec<&str> = scan
            .map(|scan| scan.find_in_use(&runtime.id, None).iter().map(|found| found.version).collect())
            .unwrap_or_default();
        Use {
            component: component.name.clone(),
            href: Some(to_relative(from, &format!("components/{}/index.html", component.id))),
            versions: lines.map(|(line, _)| line.clone()).collect(),
            exact: exact.join(", "),
        }
    });
    let input = InUse { name: runtime.name.clone(), columns: columns.collect(), uses: uses.collect() };
    Some(svg::in_use("in-use", &input))
}

/// When steps can be done and must be.
pub fn gantt(site: &Site<'_>, from: &str, folder: &Folder<'_>) -> Option<Figure> {
    let calendar = &site.material.catalog.settings.calendar;
    let freeze = |freeze: &crate::model::settings::Freeze| Freeze {
        name: freeze.name.clone(),
        from: freeze.from,
        to: freeze.to,
    };
    let around = Gantt {
        freezes: calendar.freezes.iter().map(freeze).collect(),
        releases: calendar.releases.clone(),
        today: site.material.as_of,
    };
    svg::gantt("schedule", folder.runbook, &around, &|task| Some(folder.to_task(from, task)))
}

/// What comes before what.
pub fn task_graph(from: &str, folder: &Folder<'_>) -> Figure {
    svg::task_graph("order", folder.runbook, &|task| Some(folder.to_task(from, task)))
}

/// How far an upgrade was on each day of which something is known.
pub fn burn_up(site: &Site<'_>, folder: &Folder<'_>) -> Figure {
    let runbook = folder.runbook;
    let done_on = |id| folder.upgrade?.tasks.get(id)?.on;
    // Of a task without a day only the state is known, so it counts from the day of the page.
    let mut settled: BTreeMap<Date, usize> = BTreeMap::new();
    for task in runbook.tasks.iter().filter(|task| task.state.is_settled()) {
        if let Some(day) = done_on(&task.id).or(site.material.as_of) {
            *settled.entry(day).or_default() += 1;
        }
    }
    let revisions = folder.released.iter().map(|other| (other.revision.date, other.runbook.tasks.len()));
    let mut totals: BTreeMap<Date, usize> = revisions.collect();
    if let Some(today) = site.material.as_of {
        totals.insert(today, runbook.tasks.len());
    }
    let days: BTreeSet<Date> = settled.keys().chain(totals.keys()).copied().collect();
    let mut sum = 0;
    let points = days.into_iter().map(|date| {
        sum += settled.get(&date).copied().unwrap_or(0);
        let known = totals.range(..=date).next_back().or_else(|| totals.range(date..).next());
        Point { date, settled: sum, total: known.map_or(runbook.tasks.len(), |(_, total)| *total) }
    });
    let input = BurnUp {
        name: folder.title.clone(),
        points: points.collect(),
        start: runbook.start.date,
        due: runbook.due.date,
        today: site.material.as_of,
    };
    svg::burn_up("progress", &input)
}

/// A picture as part of a text.
pub fn to_html(site: &Site<'_>, figure: Option<Figure>) -> Result<Option<String>> {
    #[derive(serde::Serialize)]
    struct Shown {
        figure: Figure,
    }
    figure.map(|figure| site.templates.render_html("html/figure.html", &Shown { figure })).transpose()
}
