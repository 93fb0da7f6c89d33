//! The pages of teams and components: who owes what, and by when.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::Site;
use super::frame::Link;
use super::overview::{UpgradeCard, to_card};
use super::paths::to_relative;
use super::upgrade::Folder;
use crate::model::catalog::Catalog;
use crate::model::component::Component;
use crate::model::count::count;
use crate::model::id::{ComponentId, TeamId};
use crate::model::pins::find_scan;
use crate::model::runbook::TaskEntry;
use crate::model::team::Team;
use crate::render::views::parts::{ComponentView, Progress, to_reach};
use crate::render::views::pins::{InUseView, to_in_use};

/// How many tasks of an upgrade such a page lists; the checklist has the rest.
const MOST_TASKS: usize = 200;

/// A task in a list of several upgrades.
#[derive(Serialize)]
pub struct TaskRow {
    title: String,
    id: String,
    href: String,
    status: String,
    /// The day by which it must be done.
    by: Option<String>,
    /// The first day on which it can begin.
    from: Option<String>,
    is_late: bool,
    is_critical: bool,
    owner: Link,
    #[serde(skip)]
    order: (Option<Date>, Option<Date>),
}

/// What somebody owes in one upgrade.
#[derive(Serialize)]
pub struct Share {
    upgrade: UpgradeCard,
    title: String,
    href: String,
    /// `3 of 12 done, 1 waived`.
    progress: String,
    percent: usize,
    tasks: Vec<TaskRow>,
    /// How many tasks are not listed.
    more: usize,
}

/// What teams have: their components, and all tasks of open upgrades by who and what they are for.
pub struct Work<'a> {
    owned: BTreeMap<&'a TeamId, Vec<&'a Component>>,
    by_team: BTreeMap<&'a TeamId, Vec<(usize, &'a TaskEntry)>>,
    by_component: BTreeMap<&'a ComponentId, Vec<(usize, &'a TaskEntry)>>,
}

impl<'a> Work<'a> {
    /// Sorts components and tasks; each task has the place of its upgrade among the folders.
    pub fn of<'b>(catalog: &'a Catalog, folders: impl Iterator<Item = &'b Folder<'a>>) -> Self
    where
        'a: 'b,
    {
        let mut work = Self { owned: BTreeMap::new(), by_team: BTreeMap::new(), by_component: BTreeMap::new() };
        for component in catalog.components.values() {
            work.owned.entry(&component.owner).or_default().push(component);
        }
        for (at, folder) in folders.enumerate().filter(|(_, folder)| folder.is_open()) {
            for task in &folder.runbook.tasks {
                work.by_team.entry(&task.owner).or_default().push((at, task));
                if let Some(component) = &task.component {
                    work.by_component.entry(component).or_default().push((at, task));
                }
            }
        }
        work
    }

    /// The components of a team.
    fn owned_by(&self, team: &TeamId) -> &[&'a Component] {
        self.owned.get(team).map_or(&[], Vec::as_slice)
    }

    /// The tasks of a team, each with the place of its upgrade among the folders.
    pub fn of_team(&self, team: &TeamId) -> &[(usize, &'a TaskEntry)] {
        self.by_team.get(team).map_or(&[], Vec::as_slice)
    }

    /// The tasks for a component, each with the place of its upgrade among the folders.
    fn for_component(&self, component: &ComponentId) -> &[(usize, &'a TaskEntry)] {
        self.by_component.get(component).map_or(&[], Vec::as_slice)
    }

    /// Says whether a day is known by which a team must have done something.
    pub fn has_days(&self, team: &TeamId) -> bool {
        self.of_team(team).iter().any(|(_, task)| !task.state.is_settled() && task.latest_finish.is_some())
    }
}

fn to_row(site: &Site<'_>, from: &str, folder: &Folder<'_>, task: &TaskEntry) -> TaskRow {
    let text = |day: Option<Date>| day.map(|day| day.to_string());
    TaskRow {
        title: task.title.clone(),
        id: task.id.to_string(),
        href: folder.to_task(from, &task.id),
        status: task.state.to_string(),
        by: text(task.latest_finish),
        from: text(task.earliest_start),
        is_late: task.is_late(site.material.today()),
        is_critical: task.critical == Some(true),
        owner: Link::new(from, &format!("teams/{}/index.html", task.owner), &site.team_name(task.owner.as_str())),
        order: (task.latest_finish, task.earliest_start),
    }
}

/// What tasks ask for, upgrade by upgrade, the most urgent upgrade first.
fn to_shares(site: &Site<'_>, from: &str, tasks: &[(usize, &TaskEntry)], team: Option<&TeamId>) -> Vec<Share> {
    let folders: Vec<&Folder<'_>> = site.folders.values().collect();
    let mut shares: Vec<(Option<Date>, Share)> = Vec::new();
    for own in tasks.chunk_by(|a, b| a.0 == b.0) {
        let Some(folder) = folders.get(own[0].0) else { continue };
        let progress = Progress::of(&own.iter().map(|(_, task)| *task).collect::<Vec<_>>());
        let mut rows: Vec<TaskRow> = own
            .iter()
            .filter(|(_, task)| !task.state.is_settled())
            .map(|(_, task)| to_row(site, from, folder, task))
            .collect();
        // Whatever has no day comes last.
        let key = |row: &TaskRow| (row.order.0.unwrap_or(Date::MAX), row.order.1.unwrap_or(Date::MAX));
        rows.sort_by_key(key);
        let more = rows.len().saturating_sub(MOST_TASKS);
        rows.truncate(MOST_TASKS);
        let part = team.map(|team| folder.part(team.as_str()));
        shares.push((
            rows.first().and_then(|row| row.order.0),
            Share {
                upgrade: to_card(from, folder),
                title: folder.title.clone(),
                href: to_relative(from, &part.unwrap_or_else(|| folder.checklist())),
                progress: progress.in_words(),
                percent: progress.percent(),
                tasks: rows,
                more,
            },
        ));
    }
    shares.sort_by_key(|(first, _)| first.unwrap_or(Date::MAX));
    shares.into_iter().map(|(_, share)| share).collect()
}

/// The page of all teams.
#[derive(Serialize)]
pub struct TeamsView {
    teams: Vec<TeamRow>,
}

#[derive(Serialize)]
struct TeamRow {
    link: Link,
    reach: Option<String>,
    components: usize,
    open: usize,
    late: usize,
    /// The next day by which something must be done.
    next: Option<String>,
}

/// Makes the view of all teams.
pub fn teams(site: &Site<'_>) -> TeamsView {
    let rows = site.material.catalog.teams.values().map(|team| {
        let own = site.work.of_team(&team.id);
        let open = || own.iter().map(|(_, task)| *task).filter(|task| !task.state.is_settled());
        TeamRow {
            link: Link::new("teams/index.html", &format!("teams/{}/index.html", team.id), &team.name),
            reach: to_reach(&team.handle, &team.label),
            components: site.work.owned_by(&team.id).len(),
            open: open().count(),
            late: open().filter(|task| task.is_late(site.material.today())).count(),
            next: open().filter_map(|task| task.latest_finish).min().map(|day| day.to_string()),
        }
    });
    TeamsView { teams: rows.collect() }
}

/// The page of a team.
#[derive(Serialize)]
pub struct TeamView {
    is_team: bool,
    /// Whether there is a calendar file.
    has_days: bool,
    reach: Option<String>,
    chat: Option<String>,
    /// `12 open tasks in 3 upgrades, the first due 2026-09-10`.
    summary: String,
    late: usize,
    shares: Vec<Share>,
    components: Vec<ComponentRow>,
}

/// A component in a list.
#[derive(Serialize)]
struct ComponentRow {
    link: Link,
    owner: Link,
    is_inferred: bool,
    runtimes: Vec<Link>,
    open: usize,
}

/// Makes the view of a team.
pub fn team(site: &Site<'_>, team: &Team) -> TeamView {
    let from = format!("teams/{}/index.html", team.id);
    let own = site.work.of_team(&team.id);
    let open: Vec<&TaskEntry> = own.iter().map(|(_, task)| *task).filter(|task| !task.state.is_settled()).collect();
    let shares = to_shares(site, &from, own, Some(&team.id));
    let mut summary = match open.len() {
        0 => "Nothing is open for this team".to_owned(),
        some => {
            let upgrades = shares.iter().filter(|share| !share.tasks.is_empty()).count();
            format!("{} in {}", count(some, "open task"), count(upgrades, "upgrade"))
        }
    };
    if let Some(first) = open.iter().filter_map(|task| task.latest_finish).min() {
        summary.push_str(&format!("; the first must be done by {first}"));
    }
    TeamView {
        is_team: true,
        has_days: site.work.has_days(&team.id),
        reach: to_reach(&team.handle, &team.label),
        chat: team.chat.clone(),
        summary,
        late: open.iter().filter(|task| task.is_late(site.material.today())).count(),
        shares,
        components: site
            .work
            .owned_by(&team.id)
            .iter()
            .map(|component| to_component_row(site, &from, component))
            .collect(),
    }
}

fn to_component_row(site: &Site<'_>, from: &str, component: &Component) -> ComponentRow {
    let catalog = site.material.catalog;
    let runtimes = component.uses.keys().filter_map(|id| catalog.runtimes.get(id));
    let own = site.work.for_component(&component.id);
    ComponentRow {
        link: Link::new(from, &format!("components/{}/index.html", component.id), &component.name),
        owner: Link::new(
            from,
            &format!("teams/{}/index.html", component.owner),
            &site.team_name(component.owner.as_str()),
        ),
        is_inferred: component.is_owner_inferred(),
        runtimes: runtimes
            .map(|runtime| Link::new(from, &format!("{}/index.html", runtime.id), &runtime.name))
            .collect(),
        open: own.iter().filter(|(_, task)| !task.state.is_settled()).count(),
    }
}

/// The page of all components.
#[derive(Serialize)]
pub struct ComponentsView {
    components: Vec<ComponentRow>,
}

/// Makes the view of all components.
pub fn components(site: &Site<'_>) -> ComponentsView {
    let from = "components/index.html";
    let rows = site.material.catalog.components.values().map(|component| to_component_row(site, from, component));
    ComponentsView { components: rows.collect() }
}

/// The page of a component.
#[derive(Serialize)]
pub struct ComponentPage {
    is_team: bool,
    row: ComponentRow,
    repo: Option<String>,
    path: Option<String>,
    tracker: Option<String>,
    tags: Vec<String>,
    source: Option<String>,
    shipped_by: Option<Link>,
    /// The commit and day of the last scan.
    scanned: Option<String>,
    uses: Vec<UseView>,
    shares: Vec<Share>,
}

/// How a component uses a runtime.
#[derive(Serialize)]
struct UseView {
    runtime: Link,
    phase: Option<String>,
    in_use: Vec<InUseView>,
    /// What open upgrades say of its pins.
    upgrades: Vec<Standing>,
}

/// How a component stands towards an upgrade.
#[derive(Serialize)]
struct Standing {
    link: Link,
    component: ComponentView,
}

/// Makes the view of a component.
pub fn component(site: &Site<'_>, component: &Component) -> ComponentPage {
    let from = format!("components/{}/index.html", component.id);
    let catalog = site.material.catalog;
    let scan = find_scan(site.material.scans, component);
    let uses = component.uses.iter().filter_map(|(id, how)| {
        let runtime = catalog.runtimes.get(id)?;
        let open = site.folders.values().filter(|folder| &folder.runbook.runtime == id && folder.is_open());
        let standing = open.filter_map(|folder| {
            Some(Standing {
                component: folder.index.standing(&component.id)?,
                link: Link::new(&from, &folder.handbook(), &folder.title),
            })
        });
        let process = catalog.process_of(runtime);
        let phase = how.phase.as_ref().map(|phase| {
            let known = process.and_then(|process| process.phases.iter().find(|known| known.id == phase.value));
            known.map_or_else(|| phase.value.to_string(), |known| known.name.clone())
        });
        Some(UseView {
            runtime: Link::new(&from, &format!("{id}/index.html"), &runtime.name),
            phase,
            in_use: scan.map(|scan| to_in_use(scan, runtime)).unwrap_or_default(),
            upgrades: standing.collect(),
        })
    });
    let work = site.work.for_component(&component.id);
    ComponentPage {
        is_team: false,
        row: to_component_row(site, &from, component),
        repo: component.repo.clone(),
        path: component.path.clone(),
        tracker: component.tracker.clone(),
        tags: component.tags.iter().cloned().collect(),
        source: component.source.clone(),
        shipped_by: component.shipped_by.as_ref().map(|by| {
            let name = catalog.components.get(&by.value).map_or(by.value.as_str(), |other| other.name.as_str());
            Link::new(&from, &format!("components/{}/index.html", by.value), name)
        }),
        scanned: scan.map(|scan| match &scan.commit {
            Some(commit) => format!("at {} since {}", &commit[..commit.len().min(12)], scan.day),
            None => format!("on {}", scan.day),
        }),
        uses: uses.collect(),
        shares: to_shares(site, &from, work, None),
    }
}
