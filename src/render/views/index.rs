//! The overview of all runtimes and upgrades, as a page and as a document.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::model::count::count;
use crate::model::facts::VersionFacts;
use crate::model::runbook::Runbook;
use crate::model::runtime::Runtime;
use crate::model::schema::{self, Day, Side};
use crate::model::upgrade::{Risk, State};
use crate::render::Material;
use crate::render::views::in_use::{self, FleetView};
use crate::render::views::parts::Progress;
use crate::render::views::runbook::to_change;
use crate::render::views::security::{self, VariantView};

/// The format of `index.json`.
const SCHEMA: &str = "upshift/index/1";

/// The overview page.
#[derive(Serialize)]
pub struct IndexView {
    title: String,
    as_of: Option<String>,
    runtimes: Vec<RuntimeRow>,
    upgrades: Vec<UpgradeRow>,
    groups: Vec<GroupRow>,
    fleet: Option<FleetView>,
}

/// A group of upgrades.
#[derive(Serialize)]
struct GroupRow {
    id: String,
    name: String,
    upgrades: String,
}

#[derive(Serialize)]
struct RuntimeRow {
    id: String,
    name: String,
    latest: Option<String>,
    latest_date: Option<String>,
    supported: String,
    components: usize,
    upgrades: usize,
    has_process: bool,
}

/// An upgrade's row.
#[derive(Clone, Serialize)]
pub struct UpgradeRow {
    id: String,
    runtime: String,
    runtime_id: String,
    slug: String,
    from: String,
    to: String,
    /// The build flavours; those whose newest release is not the target say so.
    behind: Vec<VariantView>,
    change: String,
    state: String,
    risk: String,
    start: Option<String>,
    /// The earliest day on which all can be done, and whether that is after the due date.
    finish: Option<String>,
    is_late: bool,
    due: Option<String>,
    progress: String,
    percent: usize,
}

/// The overview document.
#[derive(Serialize, JsonSchema)]
pub struct IndexDocument {
    /// The name and version of the format.
    #[schemars(extend("const" = SCHEMA))]
    schema: &'static str,
    /// The title of the site.
    title: String,
    /// The day as of which all this holds; unknown before anything is recorded.
    #[schemars(with = "Option<Day>")]
    as_of: Option<String>,
    /// The runtimes, by id.
    runtimes: Vec<RuntimeEntry>,
    /// The upgrades, by id.
    upgrades: Vec<UpgradeEntry>,
}

/// A runtime.
#[derive(Serialize, JsonSchema)]
struct RuntimeEntry {
    /// Its id.
    id: String,
    /// What people call it.
    name: String,
    /// Its newest release that is no pre-release.
    latest: Option<String>,
    /// The release lines that are supported; unknown where nothing is recorded of them.
    supported_lines: Option<Vec<String>>,
    /// How many components use it.
    components: usize,
}

/// An upgrade.
#[derive(Serialize, JsonSchema)]
struct UpgradeEntry {
    /// Its id.
    id: String,
    /// The runtime, by id.
    runtime: String,
    /// The version in use.
    from: String,
    /// The target.
    to: String,
    /// Where it stands.
    #[schemars(with = "State")]
    state: String,
    /// How risky it is.
    #[schemars(with = "Risk")]
    risk: String,
    /// The day on which work begins.
    #[schemars(with = "Option<Day>")]
    start: Option<String>,
    /// The day by which it must be done.
    #[schemars(with = "Option<Day>")]
    due: Option<String>,
    /// How many tasks it has.
    tasks: usize,
    /// How many of them are done or waived.
    settled: usize,
    /// How many waves.
    waves: u32,
    /// The path of its runbook, below this document's folder.
    runbook: String,
    /// SHA-256 of the facts that its runbook uses.
    facts_digest: String,
}

/// Makes the JSON Schema of the overview document.
#[must_use]
pub fn to_schema() -> Value {
    schema::to_schema::<IndexDocument>(
        Side::Written,
        "index",
        "Upshift index",
        "`index.json` of a site: all runtimes and upgrades.",
    )
}

/// Makes the view of the overview.
pub fn view(material: &Material<'_>) -> IndexView {
    let runtimes = material.catalog.runtimes.values().map(|runtime| {
        let facts = material.facts.get(&runtime.id);
        let latest = facts.and_then(VersionFacts::newest_stable);
        RuntimeRow {
            id: runtime.id.to_string(),
            name: runtime.name.clone(),
            latest: latest.map(|release| release.version.to_string()),
            latest_date: latest.and_then(|release| release.date).map(|date| date.to_string()),
            supported: supported_lines(material, runtime)
                .map_or_else(|| "not known".to_owned(), |lines| lines.join(", ")),
            components: material.catalog.users(&runtime.id).count(),
            upgrades: material.catalog.upgrades_of(&runtime.id).count(),
            has_process: material.catalog.process_of(runtime).is_some(),
        }
    });
    IndexView {
        fleet: in_use::view(material),
        title: material.catalog.settings.title.clone(),
        as_of: material.as_of.map(|day| day.to_string()),
        runtimes: runtimes.collect(),
        upgrades: material.runbooks.values().map(|runbook| to_upgrade_row(material, runbook)).collect(),
        groups: material
            .catalog
            .groups
            .values()
            .map(|group| GroupRow {
                id: group.id.to_string(),
                name: group.name.clone(),
                upgrades: count(
                    material.catalog.upgrades.values().filter(|other| other.group.as_ref() == Some(&group.id)).count(),
                    "upgrade",
                ),
            })
            .collect(),
    }
}

/// Makes the row of an upgrade.
pub fn to_upgrade_row(material: &Material<'_>, runbook: &Runbook) -> UpgradeRow {
    let progress = Progress::of(&runbook.tasks.iter().collect::<Vec<_>>());
    let upgrade = material.catalog.upgrades.get(&runbook.upgrade);
    let runtime = material.catalog.runtimes.get(&runbook.runtime);
    UpgradeRow {
        id: runbook.upgrade.to_string(),
        runtime: runtime.map_or_else(|| runbook.runtime.to_string(), |runtime| runtime.name.clone()),
        runtime_id: runbook.runtime.to_string(),
        slug: upgrade.map_or_else(|| runbook.upgrade.to_string(), |upgrade| upgrade.slug().to_owned()),
        from: runbook.from.clone(),
        to: runbook.to.clone(),
        behind: security::variants(runbook),
        change: to_change(runbook),
        state: runbook.state.to_string(),
        risk: runbook.risk.to_string(),
        start: runbook.start.date.map(|day| day.to_string()),
        finish: runbook.summary.earliest_finish.map(|day| day.to_string()),
        is_late: runbook.summary.late_by_days.is_some_and(|days| days > 0),
        due: runbook.due.date.map(|day| day.to_string()),
        progress: progress.in_words(),
        percent: progress.percent(),
    }
}

/// Makes the overview document.
pub fn document(material: &Material<'_>) -> IndexDocument {
    let runtimes = material.catalog.runtimes.values().map(|runtime| RuntimeEntry {
        id: runtime.id.to_string(),
        name: runtime.name.clone(),
        latest: material
            .facts
            .get(&runtime.id)
            .and_then(VersionFacts::newest_stable)
            .map(|release| release.version.to_string()),
        supported_lines: supported_lines(material, runtime),
        components: material.catalog.users(&runtime.id).count(),
    });
    let upgrades = material.runbooks.values().map(|runbook| {
        let row = to_upgrade_row(material, runbook);
        UpgradeEntry {
            runbook: format!("{}/{}/runbook.json", runbook.runtime, row.slug),
            id: row.id,
            runtime: row.runtime_id,
            from: row.from,
            to: row.to,
            state: row.state,
            risk: row.risk,
            start: row.start,
            due: row.due,
            tasks: runbook.summary.tasks,
            settled: runbook.summary.settled,
            waves: runbook.summary.waves,
            facts_digest: runbook.facts_digest.clone(),
        }
    });
    IndexDocument {
        schema: SCHEMA,
        title: material.catalog.settings.title.clone(),
        as_of: material.as_of.map(|day| day.to_string()),
        runtimes: runtimes.collect(),
        upgrades: upgrades.collect(),
    }
}

/// The lines that are supported on the day of the build; unknown when nothing is recorded of any line.
fn supported_lines(material: &Material<'_>, runtime: &Runtime) -> Option<Vec<String>> {
    let facts = material.facts.get(&runtime.id).filter(|facts| !facts.lines.is_empty())?;
    let supported = facts.lines.iter().filter(|line| line.is_supported(material.today()) == Some(true));
    Some(supported.map(|line| line.line.to_string()).collect())
}
