//! The handbook page of an upgrade: what a working group's page holds, computed instead of kept by hand.

use jiff::civil::Date;
use serde::Serialize;

use crate::model::catalog::Catalog;
use crate::model::id::{PhaseId, TeamId};
use crate::model::runbook::{PhaseEntry, Runbook, TaskEntry};
use crate::model::runtime::Runtime;
use crate::model::settings::{Preset, Settings};
use crate::model::upgrade::{Criterion, TaskState, Upgrade};
use crate::notation::mermaid;
use crate::render::Material;
use crate::render::views::parts::{ComponentView, OwnerView, Owners, Progress, to_component_view};
use crate::render::views::released::{self, RevisionRow};
use crate::render::views::runbook::to_change;
use crate::render::views::schedule::{self, BranchView, EventView, ScheduleView};
use crate::render::views::security::{self, SecurityView, VariantView};
use crate::text::escape::to_one_line;

/// Whether the page stands alone or inside a page that people write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// With front matter and title.
    Page,
    /// Without.
    Region,
    /// Without, for a page that has pictures of its own.
    Site,
}

/// The handbook page.
#[derive(Serialize)]
pub struct HandbookView {
    front_matter: Vec<String>,
    /// The title, where the front matter does not make the heading.
    heading: Option<String>,
    has_toc_macro: bool,
    id: String,
    runtime: String,
    from: String,
    to: String,
    change: String,
    state: String,
    risk: String,
    attributes: Vec<Attribute>,
    variants: Vec<VariantView>,
    goal: Option<String>,
    why: Vec<Statement>,
    security: Option<SecurityView>,
    workflow: Vec<LabelView>,
    states: Vec<StateView>,
    percent: usize,
    /// Whether any task counts.
    counts: bool,
    progress: String,
    criteria: Vec<CriterionView>,
    schedule: Option<ScheduleView>,
    timeline: Vec<EventView>,
    /// The release branches that ship the runtime.
    branches: Vec<BranchView>,
    roles: Vec<RoleView>,
    /// The order of phases and steps as a Mermaid diagram, where it is short enough to be drawn.
    order: Option<String>,
    /// Whether the page shows that order itself.
    has_pictures: bool,
    phases: Vec<PhaseView>,
    risks: Vec<RiskView>,
    contingency: Vec<ContingencyView>,
    /// Whether there is a page of changes.
    has_changes: bool,
    /// The released revisions, the latest first.
    revisions: Vec<RevisionRow>,
    links: Vec<Attribute>,
    not_planned: Vec<Attribute>,
}

/// A name and its value; an address when the value is one.
#[derive(Serialize)]
struct Attribute {
    name: String,
    value: String,
    url: Option<String>,
    /// Whether the value is the name of a channel or the like.
    is_code: bool,
}

/// A sentence and who says so.
#[derive(Serialize)]
struct Statement {
    text: String,
    source: String,
    url: Option<String>,
}

#[derive(Serialize)]
struct LabelView {
    label: String,
    means: String,
}

#[derive(Serialize)]
struct StateView {
    state: String,
    tasks: usize,
}

#[derive(Serialize)]
struct CriterionView {
    id: String,
    start: Option<String>,
    target: Option<String>,
    completed: Option<String>,
    dri: Option<OwnerView>,
    text: String,
    progress: String,
}

#[derive(Serialize)]
struct RoleView {
    name: String,
    team: OwnerView,
    does: String,
}

#[derive(Serialize)]
struct PhaseView {
    name: String,
    about: Option<String>,
    order: String,
    components: Vec<ComponentView>,
}

#[derive(Serialize)]
struct RiskView {
    risk: String,
    mitigation: String,
}

#[derive(Serialize)]
struct ContingencyView {
    when: String,
    then: String,
    owner: Option<OwnerView>,
}

/// Makes the view of an upgrade's handbook page.
pub fn view(material: &Material<'_>, runbook: &Runbook, frame: Frame) -> HandbookView {
    let catalog = material.catalog;
    let owners = Owners::of(runbook);
    let upgrade = catalog.upgrades.get(&runbook.upgrade);
    let runtime = catalog.runtimes.get(&runbook.runtime);
    let name = runtime.map_or_else(|| runbook.runtime.to_string(), |runtime| runtime.name.clone());
    let title = format!("{name} {} upgrade", runbook.to);
    let criteria = upgrade.map_or(&[][..], |upgrade| &upgrade.criteria);
    let counted = find_counted(criteria, runbook);
    HandbookView {
        front_matter: match frame {
            Frame::Page => {
                let slug = upgrade.map_or(runbook.upgrade.as_str(), Upgrade::slug);
                to_front_matter(&catalog.settings, runbook, slug, &name, &title)
            }
            Frame::Region | Frame::Site => Vec::new(),
        },
        heading: (frame == Frame::Page && catalog.settings.preset == Preset::Plain).then_some(title),
        has_toc_macro: frame == Frame::Page && catalog.settings.preset == Preset::Middleman,
        id: runbook.upgrade.to_string(),
        from: runbook.from.clone(),
        to: runbook.to.clone(),
        change: to_change(runbook),
        state: runbook.state.to_string(),
        risk: runbook.risk.to_string(),
        attributes: upgrade.map_or_else(Vec::new, |upgrade| to_attributes(catalog, upgrade, runbook)),
        variants: security::variants(runbook),
        goal: upgrade
            .and_then(|upgrade| upgrade.goal.clone())
            .or_else(|| upgrade.and_then(|upgrade| catalog.recipe(upgrade)?.1.goal.clone())),
        why: to_reasons(runbook, upgrade, runtime, &name),
        security: security::view(runbook),
        workflow: catalog
            .settings
            .workflow
            .iter()
            .map(|label| LabelView { label: label.label.clone(), means: label.means.clone() })
            .collect(),
        states: to_states(&runbook.tasks),
        percent: Progress::of(&counted).percent(),
        counts: !counted.is_empty(),
        progress: Progress::of(&counted).in_words(),
        criteria: criteria
            .iter()
            .map(|criterion| to_criterion(criterion, runbook, upgrade, &owners, catalog))
            .collect(),
        schedule: schedule::view(runbook),
        timeline: schedule::to_timeline(catalog, runbook, upgrade, &name),
        branches: schedule::to_branches(runbook),
        roles: upgrade.map_or_else(Vec::new, |upgrade| to_roles(catalog, upgrade, &owners)),
        order: mermaid::flowchart_for_page(runbook).filter(|_| frame != Frame::Site),
        has_pictures: frame == Frame::Site,
        phases: to_phases(runbook, &owners),
        risks: upgrade
            .iter()
            .flat_map(|upgrade| &upgrade.risks)
            .map(|known| RiskView { risk: known.risk.clone(), mitigation: known.mitigation.clone() })
            .collect(),
        contingency: upgrade
            .iter()
            .flat_map(|upgrade| &upgrade.contingency)
            .map(|plan| ContingencyView {
                when: plan.when.clone(),
                then: plan.then.clone(),
                owner: plan.owner.as_ref().map(|team| find_team(catalog, &owners, team)),
            })
            .collect(),
        has_changes: material.changes.contains_key(&runbook.upgrade),
        revisions: released::to_rows(material, &runbook.upgrade),
        links: to_links(runbook, upgrade, &name),
        not_planned: runbook
            .not_planned
            .iter()
            .map(|entry| Attribute {
                name: entry.component.to_string(),
                value: entry.because.clone(),
                url: None,
                is_code: false,
            })
            .collect(),
        runtime: name,
    }
}

fn to_front_matter(settings: &Settings, runbook: &Runbook, slug: &str, name: &str, title: &str) -> Vec<String> {
    // A JSON string is a YAML string.
    let quote = |text: &str| serde_json::Value::from(to_one_line(text)).to_string();
    let description =
        format!("How {name} moves from {} to {}: who does what, by when, and how far it is", runbook.from, runbook.to);
    match settings.preset {
        Preset::Plain => Vec::new(),
        Preset::Hugo => vec![
            format!("title: {}", quote(title)),
            format!("description: {}", quote(&description)),
            format!("status: {}", runbook.state),
        ],
        Preset::Middleman => vec![
            "layout: markdown_page".to_owned(),
            format!("title: {}", quote(title)),
            format!("description: {}", quote(&description)),
            format!("canonical_path: {}", quote(&format!("/{}/{slug}/", runbook.runtime))),
        ],
        Preset::GitlabDocs => vec![
            "stage: none".to_owned(),
            "group: unassigned".to_owned(),
            format!("info: {}", quote("This page is generated. Change the catalog, not the page.")),
            format!("title: {}", quote(title)),
        ],
    }
}

fn to_attributes(catalog: &Catalog, upgrade: &Upgrade, runbook: &Runbook) -> Vec<Attribute> {
    let day = |day: Option<Date>| day.map_or_else(|| "not known".to_owned(), |day| day.to_string());
    let plain = |name: &str, value: String| Attribute { name: name.to_owned(), value, url: None, is_code: false };
    let linked = |name: &str, key: &str| match upgrade.links.get(key) {
        Some(link) => to_attribute(name, link),
        None => plain(name, "not set".to_owned()),
    };
    let mut attributes = vec![
        plain("Upgrade", upgrade.id.to_string()),
        plain("State", to_state(upgrade)),
        plain("Start", day(runbook.start.date)),
        plain("Target end date", day(runbook.due.date)),
        linked("Chat", "chat"),
        linked("Board", "board"),
        linked("Epic", "epic"),
    ];
    if let Some(group) = upgrade.group.as_ref().and_then(|group| catalog.groups.get(group)) {
        let url = Some(format!("../../groups/{}.md", group.id));
        attributes.push(Attribute { name: "Group".to_owned(), value: group.name.clone(), url, is_code: false });
    }
    if let Some(tracker) = &catalog.settings.tracker {
        let value = tracker.group.clone().unwrap_or_else(|| tracker.url.clone());
        let url = match &tracker.group {
            Some(group) => format!("{}/{group}", tracker.url.trim_end_matches('/')),
            None => tracker.url.clone(),
        };
        attributes.push(Attribute { name: "Tracker".to_owned(), value, url: Some(url), is_code: false });
    }
    attributes
}

fn to_state(upgrade: &Upgrade) -> String {
    let mut state = upgrade.state.to_string();
    if let Some(because) = &upgrade.because {
        state.push_str(&format!(": {because}"));
    }
    if let Some(next) = &upgrade.superseded_by {
        state.push_str(&format!("; superseded by {next}"));
    }
    state
}

fn to_attribute(name: &str, link: &str) -> Attribute {
    let url = (link.starts_with("https://") || link.starts_with("http://")).then(|| link.to_owned());
    Attribute { name: name.to_owned(), value: link.to_owned(), url, is_code: link.starts_with('#') }
}

fn find_fact<'a>(runbook: &'a Runbook, id: &str) -> Option<(&'a str, &'a str)> {
    runbook.facts.iter().find(|fact| fact.id == id).map(|fact| (fact.value.as_str(), fact.source.as_str()))
}

/// Why the upgrade is due: security, end of life, and the organisation's own rule, each from a fact or the catalog.
fn to_reasons(runbook: &Runbook, upgrade: Option<&Upgrade>, runtime: Option<&Runtime>, name: &str) -> Vec<Statement> {
    let mut reasons = Vec::new();
    let mut say = |text: String, source: &str, url: Option<String>| {
        reasons.push(Statement { text, source: source.to_owned(), url });
    };
    if let Some(security) = upgrade.and_then(|upgrade| upgrade.security.as_ref()) {
        let text = security.because.trim_end_matches('.');
        say(format!("Security: {text}."), "catalog", security.source.clone());
    }
    match security::view(runbook) {
        Some(known) => say(format!("{}.", known.summary), &known.sources.join(", "), None),
        None => {
            say(format!("Which known vulnerabilities {name} {} fixes is not recorded.", runbook.to), "lock", None);
        }
    }
    if let Some((between, source)) = find_fact(runbook, "between") {
        say(format!("{name} {} is followed by {between}.", runbook.from), source, None);
    }
    if let Some((released, source)) =
        find_fact(runbook, "to_line.released").filter(|_| runbook.bump.is_some_and(is_new_line))
    {
        say(format!("{name} {} came out on {released}.", runbook.line), source, None);
    }
    let from_line = &runbook.from_line;
    match (find_fact(runbook, "from_line.eol"), find_fact(runbook, "from_line.ended")) {
        (Some((eol, source)), _) => {
            say(format!("End of life of {name} {from_line}, the line in use: {eol}."), source, None);
        }
        (None, Some((ended, source))) => {
            let said = if ended == "true" { "is no longer supported" } else { "is still supported" };
            say(
                format!("{name} {from_line}, the line in use, {said}; the date of its end of life is not known."),
                source,
                None,
            );
        }
        (None, None) => {
            say(format!("The end of life of {name} {from_line}, the line in use, is not recorded."), "lock", None);
        }
    }
    if let Some((within, by)) = to_adoption_rule(runbook, runtime) {
        let source = runtime.and_then(|runtime| runtime.policy.source.clone());
        let slack = runbook.due.date.map(|due| match due <= by {
            true => format!(" The target end date, {due}, keeps it."),
            false => format!(" The target end date, {due}, is later."),
        });
        let text = format!(
            "Our rule: adopt a new line within {within} of its release, so by {by}.{}",
            slack.unwrap_or_default()
        );
        say(text, "catalog", source);
    }
    reasons
}

fn is_new_line(bump: crate::model::version::Bump) -> bool {
    bump != crate::model::version::Bump::Patch
}

/// The organisation's rule for new lines, and the day that it gives for this one.
fn to_adoption_rule(runbook: &Runbook, runtime: Option<&Runtime>) -> Option<(String, Date)> {
    let within = runtime?.policy.adopt_within?;
    if !runbook.bump.is_some_and(is_new_line) {
        return None;
    }
    let released: Date = find_fact(runbook, "to_line.released")?.0.parse().ok()?;
    Some((within.to_string(), within.after(released)?))
}

fn to_states(tasks: &[TaskEntry]) -> Vec<StateView> {
    let states = TaskState::ALL.iter().map(|(word, state)| StateView {
        state: (*word).to_owned(),
        tasks: tasks.iter().filter(|task| task.state == *state).count(),
    });
    states.filter(|state| state.tasks > 0).collect()
}

fn measured<'a>(criterion: &'a Criterion, runbook: &'a Runbook) -> impl Iterator<Item = &'a TaskEntry> {
    runbook.tasks.iter().filter(|task| criterion.steps.contains(&task.step))
}

/// The tasks that any criterion counts, each once.
fn find_counted<'a>(criteria: &[Criterion], runbook: &'a Runbook) -> Vec<&'a TaskEntry> {
    runbook.tasks.iter().filter(|task| criteria.iter().any(|criterion| criterion.steps.contains(&task.step))).collect()
}

fn to_criterion(
    criterion: &Criterion,
    runbook: &Runbook,
    upgrade: Option<&Upgrade>,
    owners: &Owners<'_>,
    catalog: &Catalog,
) -> CriterionView {
    let tasks: Vec<&TaskEntry> = measured(criterion, runbook).collect();
    let settled = tasks.iter().filter(|task| task.state.is_settled()).count();
    let days: Option<Vec<Date>> = tasks.iter().map(|task| upgrade?.tasks.get(&task.id)?.on).collect();
    let completed = days.filter(|_| settled == tasks.len()).and_then(|days| days.into_iter().max());
    CriterionView {
        id: criterion.id.clone(),
        start: criterion.start.map(|day| day.to_string()),
        target: criterion.target.map(|day| day.to_string()),
        completed: completed.map(|day| day.to_string()),
        dri: criterion.dri.as_ref().map(|team| find_team(catalog, owners, team)),
        text: criterion.text.clone(),
        progress: Progress::of(&tasks).in_words(),
    }
}

/// A team that may own no task of the runbook.
fn find_team(catalog: &Catalog, owners: &Owners<'_>, id: &TeamId) -> OwnerView {
    let mut view = owners.find(id);
    if let Some(team) = catalog.teams.get(id) {
        view.name.clone_from(&team.name);
    }
    view
}

fn to_roles(catalog: &Catalog, upgrade: &Upgrade, owners: &Owners<'_>) -> Vec<RoleView> {
    let Some((_, process)) = catalog.recipe(upgrade) else { return Vec::new() };
    let roles = upgrade.roles.iter().filter_map(|(id, team)| {
        let role = process.roles.get(id)?;
        Some(RoleView { name: role.name.clone(), team: find_team(catalog, owners, team), does: role.does.clone() })
    });
    roles.collect()
}

fn to_phases(runbook: &Runbook, owners: &Owners<'_>) -> Vec<PhaseView> {
    let mut phases: Vec<PhaseView> =
        runbook.phases.iter().map(|phase| to_phase(runbook, Some(phase), owners)).collect();
    phases.push(to_phase(runbook, None, owners));
    phases.retain(|phase| !phase.components.is_empty());
    phases
}

fn to_phase(runbook: &Runbook, phase: Option<&PhaseEntry>, owners: &Owners<'_>) -> PhaseView {
    let id: Option<&PhaseId> = phase.map(|phase| &phase.id);
    let mut members: Vec<_> = runbook.components.iter().filter(|component| component.phase.as_ref() == id).collect();
    let in_order = phase.map_or(&[][..], |phase| &phase.in_order);
    members.sort_by_key(|component| {
        (in_order.iter().position(|id| id == &component.id).unwrap_or(usize::MAX), &component.id)
    });
    PhaseView {
        name: phase.map_or_else(|| "No phase".to_owned(), |phase| phase.name.clone()),
        about: phase.and_then(|phase| phase.about.clone()),
        order: match phase {
            Some(phase) if !phase.in_order.is_empty() => "One after the other, in the order of the table".to_owned(),
            Some(phase) if !phase.blocks => "Side by side; nothing waits for them".to_owned(),
            _ => "Side by side".to_owned(),
        },
        components: members
            .into_iter()
            .map(|component| to_component_view(component, owners, &runbook.variants))
            .collect(),
    }
}

fn to_links(runbook: &Runbook, upgrade: Option<&Upgrade>, name: &str) -> Vec<Attribute> {
    let mut links = vec![];
    if let Some(notes) = &runbook.notes {
        links.push(Attribute {
            name: format!("{name} {} release notes", runbook.line),
            value: notes.clone(),
            url: Some(notes.clone()),
            is_code: false,
        });
    }
    let shown = ["chat", "board", "epic"];
    for (name, link) in
        upgrade.iter().flat_map(|upgrade| &upgrade.links).filter(|(name, _)| !shown.contains(&name.as_str()))
    {
        links.push(to_attribute(name, link));
    }
    links
}
