//! The pages of an upgrade: why, what, who, and what changed.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::Site;
use super::figures;
use super::frame::{About, Frame, Link, Notice};
use super::paths::to_relative;
use crate::model::id::TaskId;
use crate::model::revision::Released;
use crate::model::runbook::Runbook;
use crate::model::upgrade::Upgrade;
use crate::notation::ics;
use crate::render::Material;
use crate::render::svg::Figure;
use crate::render::views::changes;
use crate::render::views::handbook::{self, Frame as HandbookFrame};
use crate::render::views::index::{UpgradeRow, to_upgrade_row};
use crate::render::views::runbook::{self, Index, Part, RunbookView};

/// How many revisions the tabs of an upgrade show; the handbook page lists all.
const MOST_REVISIONS: usize = 4;

/// An upgrade and its place in the site.
pub struct Folder<'a> {
    pub runbook: &'a Runbook,
    pub upgrade: Option<&'a Upgrade>,
    pub index: Index<'a>,
    /// Its row in lists of upgrades.
    pub row: UpgradeRow,
    pub released: &'a [Released],
    /// Its folder: `go/1.27.0`.
    pub path: String,
    /// `Go 1.27.0`; with the rest of the folder's name where that says more: `PostgreSQL 18.6 (opt-in)`.
    pub title: String,
}

/// What a checklist page shows beside what Markdown pages do.
#[derive(Serialize)]
struct Checklist<'a> {
    #[serde(flatten)]
    runbook: RunbookView<'a>,
    /// The folder of the upgrade, from the top of the site.
    folder: &'a str,
    figures: Vec<Figure>,
    /// The tasks of the critical path.
    critical_path: Vec<Link>,
    /// Whether the upgrade has a calendar file.
    has_days: bool,
    /// The key of what a browser remembers: the upgrade and the revision.
    key: String,
    /// The way from a team's part to the checklist, where other teams' tasks stand.
    whole: Option<String>,
    /// The keys from which ticks can be taken over, the newest first.
    earlier: Vec<String>,
}

impl<'a> Folder<'a> {
    /// Finds the place of an upgrade.
    pub fn of(material: &Material<'a>, runbook: &'a Runbook) -> Self {
        let upgrade = material.catalog.upgrades.get(&runbook.upgrade);
        let slug = upgrade.map_or(runbook.upgrade.as_str(), Upgrade::slug);
        Self {
            runbook,
            upgrade,
            index: Index::of(runbook),
            row: to_upgrade_row(material, runbook),
            released: material.revisions.get(&runbook.upgrade).map_or(&[], Vec::as_slice),
            path: format!("{}/{slug}", runbook.runtime),
            title: to_title(runbook, slug),
        }
    }

    pub fn handbook(&self) -> String {
        format!("{}/index.html", self.path)
    }

    pub fn checklist(&self) -> String {
        format!("{}/runbook/index.html", self.path)
    }

    /// What one team does of it.
    pub fn part(&self, team: &str) -> String {
        format!("{}/teams/{team}/index.html", self.path)
    }

    pub fn changes(&self) -> String {
        format!("{}/changes/index.html", self.path)
    }

    pub fn revision(&self, released: &Released) -> String {
        format!("{}/r{}/index.html", self.path, released.revision.revision)
    }

    /// The pages of the upgrade that stand side by side.
    pub fn tabs(&self, material: &Material<'_>) -> Vec<(String, String)> {
        let mut tabs = vec![(self.handbook(), "Handbook".to_owned()), (self.checklist(), "Runbook".to_owned())];
        if material.changes.contains_key(&self.runbook.upgrade) {
            tabs.push((self.changes(), "Changes".to_owned()));
        }
        let revisions = self.released.iter().rev().take(MOST_REVISIONS);
        tabs.extend(revisions.map(|released| (self.revision(released), format!("r{}", released.revision.revision))));
        tabs
    }

    fn frame(&self, site: &Site<'_>, path: &str, title: String, above: &[(String, String)]) -> Frame {
        let runtime = (format!("{}/index.html", self.runbook.runtime), self.runbook.runtime_name.clone());
        let about = About {
            path,
            title,
            above: std::iter::once(runtime).chain(above.iter().cloned()).collect(),
            tabs: self.tabs(site.material),
            place: self.upgrade.map(|upgrade| &upgrade.place),
        };
        let mut frame = Frame::new(site, about);
        if let Some(next) = self.upgrade.and_then(|upgrade| upgrade.superseded_by.as_ref()) {
            let link = site.folders.get(next).map(|next| Link::new(path, &next.handbook(), &next.title));
            frame.notice = Some(Notice { text: "Another upgrade took the place of this one.".to_owned(), link });
            frame.is_hidden = true;
        }
        frame
    }

    pub fn render_handbook(&self, site: &Site<'_>, path: &str) -> Result<String> {
        let view = handbook::view(site.material, self.runbook, HandbookFrame::Site);
        let markdown = site.templates.render("handbook.md", &view)?;
        let inserts = site.inserts([
            ("timeline", figures::gantt(site, path, self)),
            ("order-in-a-picture", Some(figures::task_graph(path, self))),
            ("tracking-progress", Some(figures::burn_up(site, self))),
        ])?;
        let document = site.document(&format!("{}/handbook.md", self.path), &markdown, inserts);
        site.told(self.frame(site, path, format!("{} upgrade", self.title), &[]), document)
    }

    pub fn render_changes(&self, site: &Site<'_>, path: &str) -> Result<String> {
        let markdown = site.templates.render("changes.md", &changes::view(site.material, self.runbook))?;
        let document = site.document(&format!("{}/changes.md", self.path), &markdown, BTreeMap::new());
        let above = [(self.handbook(), self.title.clone())];
        site.told(self.frame(site, path, format!("{}: what changed", self.title), &above), document)
    }

    /// Renders a checklist: the whole, a team's part, or a revision, whose `index` is its own.
    pub fn render_checklist(&self, site: &Site<'_>, path: &str, index: &Index<'_>, part: Part<'_>) -> Result<String> {
        let id = &self.runbook.upgrade;
        let mut above = vec![(self.handbook(), self.title.clone())];
        let (title, earlier) = match part {
            Part::Revision(revision) => (format!("{} runbook, r{}", self.title, revision.revision), revision.revision),
            Part::Team(team) => {
                above.push((self.checklist(), "Runbook".to_owned()));
                (format!("{}: {}", self.title, site.team_name(team)), u32::MAX)
            }
            Part::Whole | Part::Checklist => (format!("{} runbook", self.title), u32::MAX),
        };
        let mut frame = self.frame(site, path, title, &above);
        let key = match part {
            Part::Revision(revision) => {
                frame.freeze();
                if let Some(by) = revision.superseded_by {
                    let next = self.released.iter().find(|other| other.revision.revision == by);
                    let link = next
                        .map(|next| Link::new(path, &self.revision(next), &format!("r{by} of {}", next.revision.date)));
                    frame.notice = Some(Notice { text: format!("r{by} took the place of this revision."), link });
                    frame.is_hidden = true;
                }
                format!("{id}/r{}", revision.revision)
            }
            _ => format!("{id}/draft"),
        };
        let numbers = self.released.iter().rev().map(|other| other.revision.revision);
        // A team's part would take over its own tasks only, and the whole would then offer nothing.
        let (is_part, is_revision) = (matches!(part, Part::Team(_)), matches!(part, Part::Revision(_)));
        let mut before: Vec<String> =
            numbers.filter(|number| *number < earlier && !is_part).map(|number| format!("{id}/r{number}")).collect();
        if is_revision {
            before.push(format!("{id}/draft"));
        }
        let runbook = runbook::view(site.material, index, part);
        // The pictures and days of a revision would be those of another runbook.
        let (figures, has_days) = match part {
            Part::Checklist => (figures::gantt(site, path, self).into_iter().collect(), self.has_days()),
            Part::Team(_) => (Vec::new(), self.has_days()),
            Part::Revision(_) | Part::Whole => (Vec::new(), false),
        };
        let to_link = |task: &TaskId| Link {
            name: task.to_string(),
            // A revision has all of its tasks on its own page.
            href: if is_revision { format!("#task-{task}") } else { self.to_task(path, task) },
            is_here: false,
        };
        let critical_path = index.runbook.summary.critical_path.iter().map(to_link).collect();
        let whole = (is_part && !Part::Checklist.is_split(self.runbook)).then(|| to_relative(path, &self.checklist()));
        let page =
            Checklist { runbook, folder: &self.path, figures, critical_path, has_days, key, whole, earlier: before };
        site.fill("html/runbook.html", &frame, page)
    }

    /// The way from a page to a task: in the checklist, or in its team's part of one that is too long.
    pub fn to_task(&self, from: &str, task: &TaskId) -> String {
        let (page, anchor) = self.place_of(task);
        if page == from { format!("#{anchor}") } else { format!("{}#{anchor}", to_relative(from, &page)) }
    }

    /// The page on which a task stands, and its anchor there.
    pub fn place_of(&self, task: &TaskId) -> (String, String) {
        let page = match self.index.task(task).filter(|_| Part::Checklist.is_split(self.runbook)) {
            Some(task) => self.part(task.owner.as_str()),
            None => self.checklist(),
        };
        (page, format!("task-{task}"))
    }

    /// Says whether any day is known of it.
    pub fn has_days(&self) -> bool {
        ics::has_calendar(self.runbook)
    }

    pub fn is_open(&self) -> bool {
        self.upgrade.is_some_and(Upgrade::is_open)
    }
}

fn to_title(runbook: &Runbook, slug: &str) -> String {
    let name = format!("{} {}", runbook.runtime_name, runbook.to);
    match slug.strip_prefix(runbook.to.as_str()).map(|rest| rest.trim_start_matches('-')) {
        Some("") => name,
        rest => format!("{name} ({})", rest.unwrap_or(slug)),
    }
}

impl Site<'_> {
    /// What people call a team.
    #[must_use]
    pub fn team_name(&self, id: &str) -> String {
        self.material.catalog.teams.get(id).map_or_else(|| id.to_owned(), |team| team.name.clone())
    }
}
