//! A runtime's page: its support windows, its upgrades, and who uses it.

use serde::Serialize;

use crate::model::component::{Component, Use};
use crate::model::count::count;
use crate::model::facts::{Line, VersionFacts};
use crate::model::id::RuntimeId;
use crate::model::pins;
use crate::model::runbook::Runbook;
use crate::model::runtime::Runtime;
use crate::model::upgrade::Upgrade;
use crate::render::Material;
use crate::render::views::index::{UpgradeRow, to_upgrade_row};
use crate::render::views::pins::{InUseView, to_in_use};
use crate::render::views::schedule::{self, BranchMatrix};

/// How many lines before the oldest supported one are still shown.
const ENDED_LINES: usize = 3;

/// A runtime's page.
#[derive(Serialize)]
pub struct RuntimeView {
    id: String,
    name: String,
    has_process: bool,
    as_of: Option<String>,
    lines: Vec<LineView>,
    older: usize,
    conflicts: Vec<ConflictView>,
    sources: Vec<String>,
    /// Sources that never answered.
    silent: Vec<String>,
    stale: Vec<StaleView>,
    variants: Vec<FlavourView>,
    advisories: Option<usize>,
    upgrades: Vec<UpgradeRow>,
    /// What the release branches of the product have to do with the open upgrades.
    branches: Option<BranchMatrix>,
    components: Vec<UserView>,
}

#[derive(Serialize)]
struct LineView {
    line: String,
    released: Option<String>,
    latest: Option<String>,
    latest_date: Option<String>,
    eol: String,
    supported: String,
}

#[derive(Serialize)]
struct ConflictView {
    fact: String,
    followed: String,
    followed_source: String,
    other: String,
    other_source: String,
}

/// A source that did not answer lately.
#[derive(Serialize)]
struct StaleView {
    source: String,
    since: String,
    /// `3 days`; nothing where nobody knows what day it is.
    age: Option<String>,
}

/// A build flavour.
#[derive(Serialize)]
struct FlavourView {
    name: String,
    newest: Option<String>,
    date: Option<String>,
    sources: Vec<String>,
}

#[derive(Serialize)]
struct UserView {
    name: String,
    repo: Option<String>,
    phase: Option<String>,
    owner: String,
    owner_inferred: bool,
    in_use: Vec<InUseView>,
    /// Why nothing is said to be in use: `unknown`, `no pin names it`.
    unknown: String,
    /// The component that ships it, whose versions these are.
    shipped_by: Option<String>,
}

fn find_open<'a>(material: &Material<'a>, id: &RuntimeId) -> Vec<&'a Runbook> {
    let open = |runbook: &&Runbook| {
        &runbook.runtime == id && material.catalog.upgrades.get(&runbook.upgrade).is_some_and(Upgrade::is_open)
    };
    material.runbooks.values().filter(open).collect()
}

/// Makes the view of a runtime's page.
pub fn view(material: &Material<'_>, id: &RuntimeId) -> RuntimeView {
    let catalog = material.catalog;
    let runtime = catalog.runtimes.get(id);
    let facts = material.facts.get(id);
    let all: Vec<&Line> = facts.iter().flat_map(|facts| facts.lines.iter().rev()).collect();
    let is_supported = |line: &&Line| line.is_supported(material.today()) == Some(true);
    let oldest_supported = all.iter().rposition(is_supported).map_or(0, |at| at + 1);
    let shown = &all[..all.len().min(oldest_supported + ENDED_LINES)];
    let asked: Vec<String> =
        runtime.iter().flat_map(|runtime| &runtime.releases).map(|source| source.name.clone()).collect();
    let has_answered = |name: &str| facts.is_some_and(|facts| facts.sources.iter().any(|source| source.name == name));
    RuntimeView {
        id: id.to_string(),
        name: runtime.map_or_else(|| id.to_string(), |runtime| runtime.name.clone()),
        has_process: runtime.is_some_and(|runtime| catalog.process_of(runtime).is_some()),
        as_of: material.as_of.map(|day| day.to_string()),
        older: all.len() - shown.len(),
        lines: shown.iter().map(|line| to_line_view(line, material)).collect(),
        conflicts: facts
            .iter()
            .flat_map(|facts| &facts.conflicts)
            .map(|conflict| ConflictView {
                fact: conflict.fact.clone(),
                followed: conflict.followed.value.clone(),
                followed_source: conflict.followed.source.clone(),
                other: conflict.other.value.clone(),
                other_source: conflict.other.source.clone(),
            })
            .collect(),
        sources: asked.iter().filter(|name| has_answered(name)).cloned().collect(),
        silent: asked.iter().filter(|name| !has_answered(name)).cloned().collect(),
        stale: to_stale(facts, material),
        variants: runtime
            .iter()
            .flat_map(|runtime| runtime.variants.values())
            .map(|variant| {
                let own = facts.and_then(|facts| facts.variants.get(&variant.id));
                let newest = own.and_then(VersionFacts::newest_stable);
                FlavourView {
                    name: variant.name.clone(),
                    newest: newest.map(|release| release.version.to_string()),
                    date: newest.and_then(|release| release.date).map(|date| date.to_string()),
                    sources: variant.releases.iter().map(|source| source.name.clone()).collect(),
                }
            })
            .collect(),
        advisories: facts.and_then(|facts| facts.advisories.as_ref()).map(Vec::len),
        branches: schedule::to_matrix(&find_open(material, id)),
        upgrades: material
            .runbooks
            .values()
            .filter(|runbook| &runbook.runtime == id)
            .map(|runbook| to_upgrade_row(material, runbook))
            .collect(),
        components: runtime
            .iter()
            .flat_map(|runtime| {
                catalog.users(id).map(|(component, usage)| to_user(material, runtime, component, usage))
            })
            .collect(),
    }
}

fn to_user(material: &Material<'_>, runtime: &Runtime, component: &Component, usage: &Use) -> UserView {
    let catalog = material.catalog;
    let scan = pins::find_scan(material.scans, component);
    let owner = catalog.teams.get(&component.owner);
    UserView {
        name: component.name.clone(),
        repo: component.repo.clone(),
        phase: usage.phase.as_ref().map(|phase| phase.value.to_string()),
        owner: owner.map_or_else(|| component.owner.to_string(), |team| team.name.clone()),
        owner_inferred: component.is_owner_inferred(),
        in_use: scan.map(|scan| to_in_use(scan, runtime)).unwrap_or_default(),
        unknown: if scan.is_some() { "no pin names it" } else { "unknown" }.to_owned(),
        shipped_by: component.shipped_by.as_ref().map(|by| {
            catalog.components.get(&by.value).map_or_else(|| by.value.to_string(), |bundler| bundler.name.clone())
        }),
    }
}

/// The sources that did not answer when others did, those of the flavours too.
fn to_stale(facts: Option<&VersionFacts>, material: &Material<'_>) -> Vec<StaleView> {
    let all = facts
        .iter()
        .flat_map(|facts| facts.sources.iter().chain(facts.variants.values().flat_map(|variant| &variant.sources)));
    let stale = all.filter_map(|source| {
        let since = source.stale?;
        let days = material.as_of.map(|today| (today - since).get_days());
        let age = days.and_then(|days| usize::try_from(days).ok()).map(|days| count(days, "day"));
        Some(StaleView { source: source.name.clone(), since: since.to_string(), age })
    });
    stale.collect()
}

fn to_line_view(line: &Line, material: &Material<'_>) -> LineView {
    let text = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string());
    LineView {
        line: line.line.to_string(),
        released: text(line.released),
        latest: line.latest.as_ref().map(ToString::to_string),
        latest_date: text(line.latest_date),
        eol: text(line.eol).unwrap_or_else(|| match line.ended {
            Some(false) => "not announced".to_owned(),
            _ => "not known".to_owned(),
        }),
        supported: match line.is_supported(material.today()) {
            Some(true) => "yes".to_owned(),
            Some(false) if !line.has_begun(material.today()) => "not yet".to_owned(),
            Some(false) => "no".to_owned(),
            None => "unknown".to_owned(),
        },
    }
}
