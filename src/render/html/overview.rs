//! The first page: each runtime with the lines in use and what is ahead of them, the open upgrades, who is on what.

use serde::Serialize;

use super::Site;
use super::figures::{self, to_support};
use super::frame::Link;
use super::upgrade::Folder;
use crate::model::count::count;
use crate::model::facts::VersionFacts;
use crate::model::runtime::Runtime;
use crate::model::usage;
use crate::render::svg::{Figure, Support};
use crate::render::views::in_use::{self, FleetView};
use crate::render::views::index::UpgradeRow;

/// The first page.
#[derive(Serialize)]
pub struct OverviewView {
    as_of: Option<String>,
    runtimes: Vec<RuntimeCard>,
    open: Vec<UpgradeCard>,
    closed: Vec<UpgradeCard>,
    figures: Vec<Figure>,
    groups: Vec<Link>,
    fleet: Option<FleetView>,
}

/// A runtime.
#[derive(Serialize)]
struct RuntimeCard {
    link: Link,
    latest: Option<String>,
    latest_date: Option<String>,
    lines: Vec<LineInUse>,
    /// Why no line is said to be in use.
    unknown: Option<String>,
    components: String,
    open: Vec<UpgradeCard>,
}

/// A release line in use.
#[derive(Serialize)]
struct LineInUse {
    line: String,
    /// `21 components`, or the upgrades that begin there.
    by: String,
    /// `2027-02-11`, or that it is not known.
    eol: String,
    standing: &'static str,
    /// What the day means.
    note: Option<&'static str>,
}

/// An upgrade.
#[derive(Serialize)]
pub struct UpgradeCard {
    #[serde(flatten)]
    row: UpgradeRow,
    handbook: String,
    checklist: String,
}

/// Makes the view of the first page.
pub fn view(site: &Site<'_>) -> OverviewView {
    let material = site.material;
    let card = |folder: &&Folder<'_>| to_card("index.html", folder);
    OverviewView {
        as_of: material.as_of.map(|day| day.to_string()),
        runtimes: material.catalog.runtimes.values().map(|runtime| to_runtime(site, runtime)).collect(),
        open: site.folders.values().filter(|folder| folder.is_open()).map(|folder| card(&folder)).collect(),
        closed: site.folders.values().filter(|folder| !folder.is_open()).map(|folder| card(&folder)).collect(),
        figures: vec![figures::support_windows(site, "index.html", material.catalog.runtimes.values())],
        groups: material
            .catalog
            .groups
            .values()
            .map(|group| Link::new("index.html", &format!("groups/{}/index.html", group.id), &group.name))
            .collect(),
        fleet: in_use::view(material),
    }
}

/// Makes the card of an upgrade, for a page.
pub fn to_card(from: &str, folder: &Folder<'_>) -> UpgradeCard {
    let way = |to: &str| Link::new(from, to, "").href;
    UpgradeCard { row: folder.row.clone(), handbook: way(&folder.handbook()), checklist: way(&folder.checklist()) }
}

fn to_runtime(site: &Site<'_>, runtime: &Runtime) -> RuntimeCard {
    let material = site.material;
    let nothing = VersionFacts::default();
    let facts = material.facts.get(&runtime.id).unwrap_or(&nothing);
    let latest = facts.newest_stable();
    let lines = to_lines(site, runtime, facts);
    RuntimeCard {
        link: Link::new("index.html", &format!("{}/index.html", runtime.id), &runtime.name),
        latest: latest.map(|release| release.version.to_string()),
        latest_date: latest.and_then(|release| release.date).map(|date| date.to_string()),
        unknown: lines.is_empty().then(|| "not known before a repository is scanned".to_owned()),
        lines,
        components: count(material.catalog.users(&runtime.id).count(), "component"),
        open: open_of(site, runtime).map(|folder| to_card("index.html", folder)).collect(),
    }
}

fn open_of<'a>(site: &'a Site<'a>, runtime: &Runtime) -> impl Iterator<Item = &'a Folder<'a>> {
    site.folders.values().filter(|folder| folder.runbook.runtime == runtime.id && folder.is_open())
}

/// The lines in use by what repositories say; before any was scanned, those from which open upgrades begin.
fn to_lines(site: &Site<'_>, runtime: &Runtime, facts: &VersionFacts) -> Vec<LineInUse> {
    let material = site.material;
    let view = |line: &str, by: String| {
        let known = facts.find_line(line);
        let eol = known.and_then(|line| line.eol);
        let (standing, note) = match to_support(known, material.as_of) {
            Support::Ended => ("ended", Some("ended")),
            Support::EndingSoon => ("ending", Some("ends soon")),
            Support::Supported if eol.is_none() => ("supported", Some("supported")),
            Support::Supported => ("supported", None),
            Support::Unknown => ("unknown", None),
        };
        LineInUse {
            line: line.to_owned(),
            by,
            eol: eol.map_or_else(|| "not known".to_owned(), |day| day.to_string()),
            standing,
            note,
        }
    };
    if let Some(usage) = usage::find_usage(material.catalog, runtime, facts, material.scans) {
        let order = facts.lines.iter().rev();
        let used = order.filter_map(|line| Some((line, usage.lines.get(&line.line)?)));
        return used.map(|(line, users)| view(&line.line, count(users.len(), "component"))).collect();
    }
    let mut lines: Vec<(&str, usize)> = Vec::new();
    for folder in open_of(site, runtime) {
        match lines.iter_mut().find(|(line, _)| *line == folder.runbook.from_line) {
            Some((_, upgrades)) => *upgrades += 1,
            None => lines.push((&folder.runbook.from_line, 1)),
        }
    }
    lines.into_iter().map(|(line, upgrades)| view(line, format!("by {}", count(upgrades, "open upgrade")))).collect()
}
