//! Turns runbooks and the catalog into the site that people open: HTML pages in folders of their own, feeds, calendars and
//! documents, one by one in the order of their paths. Pages that only tell something are the Markdown pages in another
//! form; those that people work with have views and templates of their own.

mod assets;
mod days;
mod feed;
mod figures;
mod frame;
mod overview;
mod pairs;
mod paths;
mod people;
pub mod search;
mod sitemap;
mod upgrade;

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use self::assets::Assets;
use self::frame::{About, Frame, Link};
use self::people::Work;
use self::upgrade::Folder;
use crate::model::branch::Group;
use crate::model::changes::Changes;
use crate::model::component::Component;
use crate::model::digest::sha256;
use crate::model::id::{RuntimeId, UpgradeId};
use crate::model::page::Page;
use crate::model::revision::{self, Released, RevisionList};
use crate::model::runtime::Runtime;
use crate::model::team::Team;
use crate::notation::ics;
use crate::render::markup::{self, Document, Kind, Setting};
use crate::render::output::{self, Output};
use crate::render::svg::Figure;
use crate::render::views;
use crate::render::views::runbook::{Index, Part};
use crate::render::{Material, Templates};
use crate::text::to_json;

/// The list of pages for search engines.
const SITEMAP: &str = "sitemap.xml";

/// What the site shows beside what Markdown pages do.
#[derive(Clone, Copy)]
pub struct More<'a> {
    /// Documents for programs, by their paths below `api`.
    pub documents: &'a [Page],
    /// What changed between each two states of a runtime's upgrades.
    pub pairs: &'a BTreeMap<RuntimeId, Vec<Changes>>,
}

/// All that pages of the site are made of.
pub struct Site<'a> {
    material: &'a Material<'a>,
    templates: &'a Templates,
    assets: Assets,
    /// The upgrades, by id.
    folders: BTreeMap<&'a UpgradeId, Folder<'a>>,
    work: Work<'a>,
    /// The calendar file of all open upgrades, where any day is known.
    days: Option<String>,
    more: More<'a>,
}

/// A page with what stands around it.
#[derive(Serialize)]
struct View<'a, T> {
    frame: &'a Frame,
    page: T,
}

/// Renders all pages and hands each on, in the order of their paths.
///
/// # Errors
///
/// A template that cannot be filled in, or what the output reports.
pub fn pages(material: &Material<'_>, templates: &Templates, more: More<'_>, output: &mut dyn Output) -> Result<()> {
    let assets = Assets::of(templates);
    let folders = material.runbooks.values().map(|runbook| (&runbook.upgrade, Folder::of(material, runbook)));
    let folders: BTreeMap<&UpgradeId, Folder<'_>> = folders.collect();
    let open = folders.values().filter(|folder| folder.is_open()).map(|folder| folder.runbook);
    let days = ics::calendar_of_all(&material.catalog.settings.title, open, material.as_of);
    let site =
        Site { material, templates, work: Work::of(material.catalog, folders.values()), folders, assets, days, more };
    let mut plans: Vec<(String, Plan<'_>)> = site.plans().into_iter().map(|plan| (plan.path(), plan)).collect();
    let sitemap = material.catalog.settings.site_url.as_deref().map(|url| {
        let listed = plans.iter().filter(|(path, plan)| plan.is_listed(path));
        let mut listed: Vec<&str> = listed.map(|(path, _)| path.as_str()).collect();
        listed.sort_unstable();
        sitemap::sitemap(url, listed.into_iter())
    });
    plans.extend(sitemap.iter().map(|text| (SITEMAP.to_owned(), Plan::File(SITEMAP.to_owned(), text))));
    plans.sort_by(|a, b| a.0.cmp(&b.0));
    output::make(&plans, |plan| plan.key(&site), |path, plan| plan.render(&site, path), output)
}

/// A page that is to be rendered.
enum Plan<'a> {
    Overview,
    Runtime(&'a Runtime),
    Process(&'a Runtime),
    Handbook(&'a Folder<'a>),
    Checklist(&'a Folder<'a>),
    Part(&'a Folder<'a>, &'a str),
    Revision(&'a Folder<'a>, &'a Released),
    Changes(&'a Folder<'a>),
    Group(&'a Group),
    Teams,
    Team(&'a Team),
    Components,
    Component(&'a Component),
    Calendar,
    Search,
    NotFound,
    /// A page that leads on to another one.
    Alias(String, String, String),
    /// What changed between two states of upgrades, and the list of such pages.
    Pair(&'a Runtime, &'a Changes),
    Pairs(&'a Runtime, &'a [Changes]),
    RevisionDocument(&'a Folder<'a>, &'a Released),
    Revisions(&'a Folder<'a>),
    /// A file that is there already.
    File(String, &'a str),
    /// The document of an upgrade.
    Runbook(&'a Folder<'a>),
    /// The calendar file of an upgrade.
    Days(&'a Folder<'a>),
    TeamDays(&'a Team),
    /// The overview as a document.
    IndexDocument,
    Feed,
    SearchIndex,
}

impl<'a> Site<'a> {
    fn plans(&'a self) -> Vec<Plan<'a>> {
        let catalog = self.material.catalog;
        let mut plans =
            vec![Plan::Overview, Plan::Teams, Plan::Components, Plan::Calendar, Plan::Search, Plan::NotFound];
        for runtime in catalog.runtimes.values() {
            plans.push(Plan::Runtime(runtime));
            plans.extend(catalog.process_of(runtime).map(|_| Plan::Process(runtime)));
            plans.extend(self.find_latest(runtime).map(|latest| {
                Plan::Alias(format!("{}/latest/index.html", runtime.id), latest.handbook(), latest.title.clone())
            }));
            if let Some(pairs) = self.more.pairs.get(&runtime.id) {
                plans.push(Plan::Pairs(runtime, pairs));
                plans.extend(pairs.iter().map(|changes| Plan::Pair(runtime, changes)));
            }
        }
        for folder in self.folders.values() {
            plans.extend([Plan::Handbook(folder), Plan::Checklist(folder)]);
            plans.extend(self.material.changes.get(&folder.runbook.upgrade).map(|_| Plan::Changes(folder)));
            plans.extend(folder.index.teams().into_iter().map(|team| Plan::Part(folder, team)));
            plans.extend(folder.released.iter().map(|released| Plan::Revision(folder, released)));
            if !folder.released.is_empty() {
                plans.push(Plan::Revisions(folder));
            }
            plans.extend(folder.released.iter().map(|released| Plan::RevisionDocument(folder, released)));
            plans.extend(folder.released.last().map(|last| {
                let title = format!("{}, r{}", folder.title, last.revision.revision);
                Plan::Alias(format!("{}/latest/index.html", folder.path), folder.revision(last), title)
            }));
        }
        plans.extend(catalog.groups.values().map(Plan::Group));
        plans.extend(catalog.teams.values().map(Plan::Team));
        plans.extend(catalog.components.values().map(Plan::Component));
        plans.extend([Plan::IndexDocument, Plan::Feed, Plan::SearchIndex]);
        plans.extend(self.folders.values().map(Plan::Runbook));
        plans.extend(self.folders.values().filter(|folder| folder.has_days()).map(Plan::Days));
        plans.extend(catalog.teams.values().filter(|team| self.work.has_days(&team.id)).map(Plan::TeamDays));
        plans.extend(self.days.as_ref().map(|days| Plan::File("calendar.ics".to_owned(), days)));
        plans.extend(self.assets.files().map(|(path, text)| Plan::File(path.to_owned(), text)));
        let documents = self.more.documents.iter().chain(self.material.schemas);
        plans.extend(documents.map(|page| Plan::File(paths::to_public(&page.path), &page.text)));
        plans
    }

    /// The upgrade of a runtime that people mean when they name none: the open one with the lowest target, or else the
    /// one with the highest.
    fn find_latest(&self, runtime: &Runtime) -> Option<&Folder<'a>> {
        let own = || self.folders.values().filter(|folder| folder.runbook.runtime == runtime.id);
        let target = |folder: &&Folder<'a>| folder.upgrade.map(|upgrade| upgrade.to.value.clone());
        own()
            .filter(|folder| folder.is_open())
            .min_by(|a, b| target(a).cmp(&target(b)))
            .or_else(|| own().max_by(|a, b| target(a).cmp(&target(b))))
    }

    /// The pages of a runtime that stand side by side.
    fn tabs_of(&self, runtime: &Runtime) -> Vec<(String, String)> {
        let mut tabs = vec![(format!("{}/index.html", runtime.id), runtime.name.clone())];
        if self.material.catalog.process_of(runtime).is_some() {
            tabs.push((format!("{}/process/index.html", runtime.id), "Process".to_owned()));
        }
        if self.more.pairs.contains_key(&runtime.id) {
            tabs.push((format!("{}/changes/index.html", runtime.id), "Changes".to_owned()));
        }
        let own = self.folders.values().filter(|folder| folder.runbook.runtime == runtime.id);
        tabs.extend(own.map(|folder| (folder.handbook(), folder.title.clone())));
        tabs
    }

    /// A Markdown page as part of an HTML page.
    fn document(&self, markdown_path: &str, markdown: &str, inserts: BTreeMap<String, String>) -> Document {
        let setting = Setting {
            highlighter: self.templates.highlighter(),
            link: &|target| paths::follow(markdown_path, target),
            inserts,
            with_words: false,
            kind: Kind::Page,
        };
        markup::to_document(markdown, &setting)
    }

    /// Pictures by the anchors of the headings below which they stand.
    fn inserts<const N: usize>(&self, figures: [(&str, Option<Figure>); N]) -> Result<BTreeMap<String, String>> {
        let mut inserts = BTreeMap::new();
        for (anchor, figure) in figures {
            if let Some(html) = figures::to_html(self, figure)? {
                inserts.insert(anchor.to_owned(), html);
            }
        }
        Ok(inserts)
    }

    fn fill<T: Serialize>(&self, template: &str, frame: &Frame, page: T) -> Result<String> {
        self.templates.render_html(template, &View { frame, page })
    }

    /// A page that is a Markdown page in another form.
    fn told(&self, mut frame: Frame, document: Document) -> Result<String> {
        #[derive(Serialize)]
        struct Told {
            html: String,
        }
        frame.contents = document.headings;
        self.fill("html/document.html", &frame, Told { html: document.html })
    }
}

impl Plan<'_> {
    fn path(&self) -> String {
        match self {
            Self::Overview => "index.html".to_owned(),
            Self::Runtime(runtime) => format!("{}/index.html", runtime.id),
            Self::Process(runtime) => format!("{}/process/index.html", runtime.id),
            Self::Handbook(folder) => folder.handbook(),
            Self::Checklist(folder) => folder.checklist(),
            Self::Part(folder, team) => folder.part(team),
            Self::Revision(folder, released) => folder.revision(released),
            Self::Changes(folder) => folder.changes(),
            Self::Group(group) => format!("groups/{}/index.html", group.id),
            Self::Teams => "teams/index.html".to_owned(),
            Self::Team(team) => format!("teams/{}/index.html", team.id),
            Self::Components => "components/index.html".to_owned(),
            Self::Component(component) => format!("components/{}/index.html", component.id),
            Self::Calendar => "calendar/index.html".to_owned(),
            Self::Search => "search/index.html".to_owned(),
            Self::NotFound => "404.html".to_owned(),
            Self::Alias(path, ..) => path.clone(),
            Self::Pairs(runtime, _) => format!("{}/changes/index.html", runtime.id),
            Self::Pair(runtime, changes) => pairs::to_path(runtime, changes),
            Self::RevisionDocument(folder, released) => {
                format!("api/{}/r{}.json", folder.path, released.revision.revision)
            }
            Self::Revisions(folder) => format!("api/{}/revisions.json", folder.path),
            Self::File(path, _) => path.clone(),
            Self::Runbook(folder) => format!("api/{}/runbook.json", folder.path),
            Self::Days(folder) => format!("{}/calendar.ics", folder.path),
            Self::TeamDays(team) => format!("teams/{}/calendar.ics", team.id),
            Self::IndexDocument => "api/index.json".to_owned(),
            Self::Feed => "feed.xml".to_owned(),
            Self::SearchIndex => "assets/search.js".to_owned(),
        }
    }

    /// Says whether it is a page for people who come from a search engine.
    fn is_listed(&self, path: &str) -> bool {
        match self {
            Self::Revision(_, released) => released.revision.superseded_by.is_none(),
            Self::NotFound | Self::Alias(..) | Self::Search => false,
            _ => path.ends_with(".html"),
        }
    }

    /// The digest of all that the page is made of, where that is known without making it: revisions never change.
    fn key(&self, site: &Site<'_>) -> Option<String> {
        let Self::Revision(folder, released) = self else { return None };
        let settings = &site.material.catalog.settings;
        let revisions: Vec<&str> = folder.released.iter().map(|other| other.revision.digest.as_str()).collect();
        let tabs = folder.tabs(site.material);
        let made_of =
            (site.templates.digest(), &released.revision.digest, revisions, &settings.title, &settings.site_url, tabs);
        Some(sha256(serde_json::to_string(&made_of).unwrap_or_default().as_bytes()))
    }

    fn render(&self, site: &Site<'_>, path: &str) -> Result<String> {
        let (material, templates) = (site.material, site.templates);
        let plain = |title: &str| Frame::new(site, About { path, title: title.to_owned(), ..About::default() });
        match self {
            Self::File(_, text) => Ok((*text).to_owned()),
            Self::Runbook(folder) => to_json(folder.runbook),
            Self::RevisionDocument(_, released) => to_json(&released.runbook),
            Self::Revisions(folder) => to_json(&RevisionList {
                schema: revision::SCHEMA.into(),
                upgrade: folder.runbook.upgrade.clone(),
                revisions: folder.released.iter().map(|released| released.revision.clone()).collect(),
            }),
            Self::Pairs(runtime, pairs) => {
                let about = About {
                    path,
                    title: format!("{}: what changed", runtime.name),
                    above: vec![(format!("{}/index.html", runtime.id), runtime.name.clone())],
                    tabs: site.tabs_of(runtime),
                    place: None,
                };
                site.fill("html/pairs.html", &Frame::new(site, about), pairs::view(runtime, pairs))
            }
            Self::Pair(runtime, changes) => {
                let above = vec![
                    (format!("{}/index.html", runtime.id), runtime.name.clone()),
                    (format!("{}/changes/index.html", runtime.id), "Changes".to_owned()),
                ];
                let title = format!("{} to {}", changes.from, changes.to);
                let about = About { path, title, above, ..About::default() };
                let markdown = templates.render("changes.md", &views::changes::view_of_pair(&runtime.name, changes))?;
                let document = site.document(&pairs::to_markdown_path(runtime, changes), &markdown, BTreeMap::new());
                site.told(Frame::new(site, about), document)
            }
            Self::Days(folder) => Ok(ics::calendar(folder.runbook, material.as_of).unwrap_or_default()),
            Self::TeamDays(team) => {
                let name = format!("{}: {}", material.catalog.settings.title, team.name);
                let folders: Vec<&Folder<'_>> = site.folders.values().collect();
                let own = site.work.of_team(&team.id).iter();
                let tasks = own.filter_map(|(at, task)| Some((folders.get(*at)?.runbook, *task)));
                Ok(ics::calendar_of_team(&name, tasks, material.as_of).unwrap_or_default())
            }
            Self::IndexDocument => to_json(&views::index::document(material)),
            Self::Feed => Ok(feed::feed(site)),
            Self::SearchIndex => search::index(site),
            Self::Overview => {
                let frame = plain(&material.catalog.settings.title);
                site.fill("html/overview.html", &frame, overview::view(site))
            }
            Self::Runtime(runtime) => {
                let about = About {
                    path,
                    title: runtime.name.clone(),
                    above: Vec::new(),
                    tabs: site.tabs_of(runtime),
                    place: Some(&runtime.place),
                };
                let markdown = templates.render("runtime.md", &views::runtime::view(material, &runtime.id))?;
                let windows = figures::support_windows(site, path, std::iter::once(*runtime));
                let inserts = site.inserts([
                    ("support-windows", Some(windows)),
                    ("who-is-on-what", figures::in_use(site, path, runtime)),
                ])?;
                let document = site.document(&format!("{}/index.md", runtime.id), &markdown, inserts);
                site.told(Frame::new(site, about), document)
            }
            Self::Process(runtime) => {
                let markdown = templates.render("process.md", &views::process::view(material, &runtime.id)?)?;
                let document = site.document(&format!("{}/process.md", runtime.id), &markdown, BTreeMap::new());
                let about = About {
                    path,
                    title: document.title.clone().unwrap_or_else(|| runtime.name.clone()),
                    above: vec![(format!("{}/index.html", runtime.id), runtime.name.clone())],
                    tabs: site.tabs_of(runtime),
                    place: material.catalog.process_of(runtime).map(|process| &process.place),
                };
                site.told(Frame::new(site, about), document)
            }
            Self::Group(group) => {
                let markdown = templates.render("group.md", &views::group::view(material, group))?;
                let document = site.document(&format!("groups/{}.md", group.id), &markdown, BTreeMap::new());
                let about = About { path, title: group.name.clone(), place: Some(&group.place), ..About::default() };
                site.told(Frame::new(site, about), document)
            }
            Self::Handbook(folder) => folder.render_handbook(site, path),
            Self::Changes(folder) => folder.render_changes(site, path),
            Self::Checklist(folder) => folder.render_checklist(site, path, &folder.index, Part::Checklist),
            Self::Part(folder, team) => folder.render_checklist(site, path, &folder.index, Part::Team(team)),
            Self::Revision(folder, released) => {
                let index = Index::of(&released.runbook);
                folder.render_checklist(site, path, &index, Part::Revision(&released.revision))
            }
            Self::Teams => site.fill("html/teams.html", &plain("Teams"), people::teams(site)),
            Self::Team(team) => {
                let about = About {
                    path,
                    title: team.name.clone(),
                    above: vec![("teams/index.html".to_owned(), "Teams".to_owned())],
                    tabs: Vec::new(),
                    place: Some(&team.place),
                };
                site.fill("html/team.html", &Frame::new(site, about), people::team(site, team))
            }
            Self::Components => site.fill("html/components.html", &plain("Components"), people::components(site)),
            Self::Component(component) => {
                let about = About {
                    path,
                    title: component.name.clone(),
                    above: vec![("components/index.html".to_owned(), "Components".to_owned())],
                    tabs: Vec::new(),
                    place: Some(&component.place),
                };
                site.fill("html/component.html", &Frame::new(site, about), people::component(site, component))
            }
            Self::Calendar => site.fill("html/calendar.html", &plain("Calendar"), days::view(site)),
            Self::Search => site.fill("html/search.html", &plain("Search"), ()),
            Self::NotFound => {
                let mut frame = plain("Page not found");
                // Whoever serves this page serves it for any address, so ways from where it stands lead nowhere.
                frame.lead_from_top(&material.catalog.settings);
                site.fill("html/404.html", &frame, ())
            }
            Self::Alias(_, to, title) => {
                let mut frame = plain(title);
                frame.point_to(site, to);
                site.fill("html/alias.html", &frame, Link::new(path, to, title))
            }
        }
    }
}
