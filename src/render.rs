//! Turns runbooks and the catalog into pages, one by one in the order of their paths. Templates decide nothing: what a
//! page says is a field of a view.

pub mod highlight;
pub mod html;
pub mod inject;
mod layout;
pub mod markup;
pub mod output;
pub mod svg;
mod templates;
mod views;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use jiff::civil::Date;

use crate::model::branch::Group;
use crate::model::catalog::Catalog;
use crate::model::changes::Changes;
use crate::model::facts::VersionFacts;
use crate::model::id::{RuntimeId, UpgradeId};
use crate::model::page::Page;
use crate::model::pins::Scans;
use crate::model::revision::{Histories, Revision};
use crate::model::runbook::Runbook;

use crate::render::views::runbook::{Index, Part};
use crate::text::to_json;

use output::Output;
pub use templates::{TemplateError, Templates};
pub use views::index::to_schema as to_index_schema;

/// All that pages are made of.
pub struct Material<'a> {
    /// What people wrote down.
    pub catalog: &'a Catalog,
    /// What is believed about each runtime's versions.
    pub facts: &'a BTreeMap<RuntimeId, VersionFacts>,
    /// What was found in the repositories of components.
    pub scans: &'a Scans,
    /// The runbook of each upgrade.
    pub runbooks: &'a BTreeMap<UpgradeId, Runbook>,
    /// The released revisions of each upgrade that has any.
    pub revisions: &'a Histories,
    /// What changed in each upgrade, the newest comparison first; nothing is known of those that have none.
    pub changes: &'a BTreeMap<UpgradeId, Vec<Changes>>,
    /// The JSON Schemas of all inputs and outputs, as pages already.
    pub schemas: &'a [Page],
    /// The day as of which pages are made; none before anything is recorded.
    pub as_of: Option<Date>,
}

impl Material<'_> {
    /// The day for comparing dates; before all of them where nothing is recorded, so that nothing is late.
    fn today(&self) -> Date {
        self.as_of.unwrap_or(Date::MIN)
    }
}

/// Renders all Markdown pages and what stands beside them, and hands each on, in the order of their paths.
///
/// # Errors
///
/// A template that cannot be filled in, or what the output reports.
pub fn pages(material: &Material<'_>, templates: &Templates, output: &mut dyn Output) -> Result<()> {
    let mut plans: Vec<PagePlan<'_>> = vec![PagePlan::Index, PagePlan::IndexJson];
    for runtime in material.catalog.runtimes.values() {
        plans.push(PagePlan::Runtime(&runtime.id));
        plans.extend(material.catalog.process_of(runtime).map(|_| PagePlan::Process(&runtime.id)));
    }
    let indexes: Vec<(&Runbook, Index<'_>)> =
        material.runbooks.values().map(|runbook| (runbook, Index::of(runbook))).collect();
    for (runbook, index) in &indexes {
        plans.extend([PagePlan::Runbook(runbook, index), PagePlan::RunbookJson(runbook), PagePlan::Handbook(runbook)]);
        plans.extend(material.changes.get(&runbook.upgrade).map(|_| PagePlan::Changes(runbook)));
        plans.extend(index.teams().into_iter().map(|team| PagePlan::Team(runbook, index, team)));
    }
    plans.extend(material.catalog.groups.values().map(PagePlan::Group));
    plans.extend(material.schemas.iter().map(PagePlan::Schema));
    let mut plans: Vec<(String, PagePlan<'_>)> =
        plans.into_iter().map(|plan| (plan.path(material.catalog), plan)).collect();
    plans.sort_by(|a, b| a.0.cmp(&b.0));
    output::make(&plans, |_| None, |_, plan| plan.render(material, templates), output)
}

/// Renders the handbook page of one upgrade, without front matter, to be put into a page that people write.
///
/// # Errors
///
/// A template that cannot be filled in.
pub fn handbook_region(material: &Material<'_>, runbook: &Runbook, templates: &Templates) -> Result<String> {
    let view = views::handbook::view(material, runbook, views::handbook::Frame::Region);
    templates.render("handbook.md", &view)
}

/// Renders the page of a revision: the checklist as it is released.
///
/// # Errors
///
/// A template that cannot be filled in.
pub fn revision_page(
    material: &Material<'_>,
    runbook: &Runbook,
    revision: &Revision,
    templates: &Templates,
) -> Result<String> {
    let index = Index::of(runbook);
    templates.render("runbook.md", &views::runbook::view(material, &index, Part::Revision(revision)))
}

/// A page that is to be rendered.
enum PagePlan<'a> {
    Index,
    IndexJson,
    Runtime(&'a RuntimeId),
    Process(&'a RuntimeId),
    Runbook(&'a Runbook, &'a Index<'a>),
    RunbookJson(&'a Runbook),
    Team(&'a Runbook, &'a Index<'a>, &'a str),
    Handbook(&'a Runbook),
    Changes(&'a Runbook),
    Group(&'a Group),
    Schema(&'a Page),
}

impl PagePlan<'_> {
    fn path(&self, catalog: &Catalog) -> String {
        let folder = |runbook: &Runbook| {
            let slug =
                catalog.upgrades.get(&runbook.upgrade).map_or(runbook.upgrade.as_str(), |upgrade| upgrade.slug());
            format!("{}/{slug}", runbook.runtime)
        };
        match self {
            Self::Index => "index.md".to_owned(),
            Self::IndexJson => "index.json".to_owned(),
            Self::Runtime(runtime) => format!("{runtime}/index.md"),
            Self::Process(runtime) => format!("{runtime}/process.md"),
            Self::Runbook(runbook, _) => format!("{}/runbook.md", folder(runbook)),
            Self::RunbookJson(runbook) => format!("{}/runbook.json", folder(runbook)),
            Self::Team(runbook, _, team) => format!("{}/teams/{team}.md", folder(runbook)),
            Self::Handbook(runbook) => format!("{}/handbook.md", folder(runbook)),
            Self::Changes(runbook) => format!("{}/changes.md", folder(runbook)),
            Self::Group(group) => format!("groups/{}.md", group.id),
            Self::Schema(page) => page.path.clone(),
        }
    }

    fn render(&self, material: &Material<'_>, templates: &Templates) -> Result<String> {
        match self {
            Self::Index => templates.render("index.md", &views::index::view(material)),
            Self::IndexJson => to_json(&views::index::document(material)),
            Self::Runtime(runtime) => templates.render("runtime.md", &views::runtime::view(material, runtime)),
            Self::Process(runtime) => templates.render("process.md", &views::process::view(material, runtime)?),
            Self::Runbook(_, index) => {
                templates.render("runbook.md", &views::runbook::view(material, index, Part::Whole))
            }
            Self::RunbookJson(runbook) => to_json(runbook),
            Self::Changes(runbook) => templates.render("changes.md", &views::changes::view(material, runbook)),
            Self::Group(group) => templates.render("group.md", &views::group::view(material, group)),
            Self::Schema(page) => Ok(page.text.clone()),
            Self::Team(_, index, team) => {
                templates.render("team.md", &views::runbook::view(material, index, Part::Team(team)))
            }
            Self::Handbook(runbook) => {
                templates.render("handbook.md", &views::handbook::view(material, runbook, views::handbook::Frame::Page))
            }
        }
    }
}

/// Loads the templates of a repository.
///
/// # Errors
///
/// A template that cannot be read or is not one.
pub fn load_templates(root: &Path) -> Result<Templates> {
    Templates::load(&root.join("templates"))
}
