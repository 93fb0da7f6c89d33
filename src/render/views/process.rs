//! The evergreen process of a runtime, without a version: what a prose upgrade guide is today.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, anyhow};
use serde::Serialize;
use tera::Context;

use crate::model::catalog::Catalog;
use crate::model::count::count;
use crate::model::id::VariantId;
use crate::model::id::{RuntimeId, StepId};
use crate::model::problem::Problem;
use crate::model::process::{Condition, Delay, Each, Need, Process, Reach, Step, fill};
use crate::model::runtime::Runtime;
use crate::model::version::Bump;
use crate::render::Material;
use crate::render::views::parts::{join_and, working_days};
use crate::text::steps::{Field, StepTexts};

/// The page of a process.
#[derive(Serialize)]
pub struct ProcessView {
    runtime: String,
    name: String,
    about: Option<String>,
    source: Option<String>,
    bumps: Vec<BumpRow>,
    policy: Vec<String>,
    policy_source: Option<String>,
    roles: Vec<RoleRow>,
    phases: Vec<PhaseSection>,
}

#[derive(Serialize)]
struct BumpRow {
    bump: String,
    called: String,
}

#[derive(Serialize)]
struct RoleRow {
    id: String,
    name: String,
    does: String,
}

#[derive(Serialize)]
struct PhaseSection {
    name: String,
    about: Option<String>,
    after: String,
    blocks: bool,
    in_order: Vec<String>,
    steps: Vec<StepSection>,
}

#[derive(Serialize)]
struct StepSection {
    id: String,
    title: String,
    applies: String,
    when: String,
    owner: String,
    needs: Vec<String>,
    gates: Vec<String>,
    takes: String,
    instructions: Option<String>,
    run: Option<String>,
    verify: Option<String>,
    rollback: Option<String>,
    announce: Option<AnnounceView>,
    source: Option<String>,
}

#[derive(Serialize)]
struct AnnounceView {
    to: Vec<String>,
    text: String,
}

/// Makes the view of a runtime's process.
///
/// # Errors
///
/// A text of the catalog that cannot be filled in without an upgrade.
pub fn view(material: &Material<'_>, id: &RuntimeId) -> Result<ProcessView> {
    let catalog = material.catalog;
    let found = catalog.runtimes.get(id).and_then(|runtime| Some((runtime, catalog.process_of(runtime)?)));
    let Some((runtime, process)) = found else { return Err(anyhow!("the runtime `{id}` has no process")) };
    let texts = StepTexts::new(process, &stand_ins(runtime, process)).map_err(|problems| to_error(&problems))?;
    let depths = to_depths(process);
    let mut phases: Vec<PhaseSection> = Vec::new();
    let steps: Vec<(&Step, BTreeSet<usize>)> =
        process.steps.values().map(|step| (step, find_phases(catalog, runtime, process, step))).collect();
    for (at, phase) in process.phases.iter().enumerate() {
        let mut steps: Vec<&Step> =
            steps.iter().filter(|(_, phases)| phases.contains(&at)).map(|(step, _)| *step).collect();
        steps.sort_by_key(|step| (depths.get(&step.id).copied().unwrap_or(0), &step.id));
        let mut sections = Vec::new();
        for step in steps {
            sections.push(to_section(catalog, runtime, step, &texts)?);
        }
        let before: Vec<String> =
            process.phases_before(at).into_iter().map(|earlier| process.phases[earlier].name.clone()).collect();
        phases.push(PhaseSection {
            name: phase.name.clone(),
            about: phase.about.clone(),
            after: join_and(&before),
            blocks: phase.blocks,
            in_order: phase
                .in_order
                .iter()
                .map(|id| {
                    catalog
                        .components
                        .get(&id.value)
                        .map_or_else(|| id.value.to_string(), |component| component.name.clone())
                })
                .collect(),
            steps: sections,
        });
    }
    Ok(ProcessView {
        runtime: runtime.name.clone(),
        name: process.name.clone(),
        about: process.about.clone(),
        source: process.source.clone(),
        bumps: Bump::ALL.iter().map(|bump| BumpRow { bump: bump.to_string(), called: runtime.called(*bump) }).collect(),
        policy: to_policy(runtime),
        policy_source: runtime.policy.source.clone(),
        roles: process
            .roles
            .iter()
            .map(|(id, role)| RoleRow { id: id.to_string(), name: role.name.clone(), does: role.does.clone() })
            .collect(),
        phases,
    })
}

fn to_error(problems: &[Problem]) -> anyhow::Error {
    anyhow!("{}", problems.iter().map(|problem| problem.message.clone()).collect::<Vec<_>>().join("; "))
}

fn to_policy(runtime: &Runtime) -> Vec<String> {
    let mut rules = Vec::new();
    if let Some(within) = runtime.policy.adopt_within {
        rules.push(format!("A new line of {} is adopted within {within} of its release.", runtime.name));
    }
    if let Some(margin) = runtime.policy.before_eol {
        rules.push(format!("A line of {} is left {margin} before its end of life.", runtime.name));
    }
    if let Some(within) = runtime.policy.security_within {
        rules.push(format!("A security release of {} is taken within {within} of its release.", runtime.name));
    }
    if let Some(last) = runtime.policy.support_last {
        let releases = count(last as usize, "release");
        rules.push(format!(
            "Components keep working with the {} versions that the last {releases} of the product shipped.",
            runtime.name
        ));
    }
    rules
}

/// The phases in which a step has tasks: its own, or those of the components that it applies to.
fn find_phases(catalog: &Catalog, runtime: &Runtime, process: &Process, step: &Step) -> BTreeSet<usize> {
    if let Some(phase) = &step.phase {
        return process.find_phase(&phase.value).into_iter().collect();
    }
    let declared = catalog.users(&runtime.id).filter_map(|(component, usage)| {
        let phase = &usage.phase.as_ref()?.value;
        let fits = step.which.decide(component, Some(phase)).holds;
        process.find_phase(phase).filter(|_| fits)
    });
    declared.collect()
}

/// How many needs lie before each step at most, so that a page lists what comes first first.
fn to_depths(process: &Process) -> BTreeMap<&StepId, usize> {
    let mut depths: BTreeMap<&StepId, usize> = process.steps.keys().map(|id| (id, 0)).collect();
    // A checked process has no circle, so the longest chain has as many links as there are steps.
    for _ in 0..process.steps.len() {
        let mut changed = false;
        for step in process.steps.values() {
            let before =
                step.needs.iter().filter_map(|need| depths.get(&need.step.value)).max().map_or(0, |depth| depth + 1);
            if depths.get(&step.id).is_some_and(|depth| *depth < before) {
                depths.insert(&step.id, before);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    depths
}

fn to_section(catalog: &Catalog, runtime: &Runtime, step: &Step, texts: &StepTexts) -> Result<StepSection> {
    let text = |field| texts.render(step, field, &Context::new()).map_err(|problem| anyhow!("{}", problem.message));
    let which = step.which.in_words();
    Ok(StepSection {
        id: step.id.to_string(),
        title: text(Field::Title)?.unwrap_or_default(),
        applies: match (step.each, which.is_empty()) {
            (Each::Upgrade, _) => "once for the upgrade".to_owned(),
            (Each::Component, true) => "once for each component".to_owned(),
            (Each::Component, false) => format!("once for each component {which}"),
            (Each::Branch, true) => {
                "once for each maintained release branch that ships an older version of the line".to_owned()
            }
            (Each::Branch, false) => {
                format!("once for each maintained release branch {which} that ships an older version of the line")
            }
            (Each::Team, true) => "once for each team".to_owned(),
            (Each::Team, false) => format!("once for each team with a component {which}"),
        },
        when: if step.when.is_empty() { "always".to_owned() } else { step.when.in_words() },
        owner: match (&step.owner, step.each) {
            (Some(owner), _) => catalog
                .teams
                .get(owner.value.as_str())
                .map_or_else(|| format!("the role {}", owner.value), |team| team.name.clone()),
            (None, Each::Team) => "the team".to_owned(),
            (None, _) => "the component's owner".to_owned(),
        },
        needs: step.needs.iter().map(to_need).collect(),
        gates: step.gates.iter().map(|gate| to_gate(runtime, &gate.condition)).collect(),
        takes: working_days(step.takes.days()),
        instructions: text(Field::Do)?,
        run: text(Field::Run)?,
        verify: text(Field::Verify)?,
        rollback: text(Field::Rollback)?,
        announce: match (&step.announce, text(Field::Announce)?) {
            (Some(announcement), Some(text)) => Some(AnnounceView { to: announcement.to.clone(), text }),
            _ => None,
        },
        source: step.source.clone(),
    })
}

fn in_words(delay: Delay) -> String {
    match delay.security {
        Some(shorter) => format!("{} ({shorter} in a security upgrade)", delay.time),
        None => delay.time.to_string(),
    }
}

fn to_gate(runtime: &Runtime, condition: &Condition) -> String {
    let flavour =
        |id: &VariantId| runtime.variants.get(id).map_or_else(|| id.to_string(), |variant| variant.name.clone());
    match condition {
        Condition::Published(image) => {
            format!("the image `{}` is published", fill(&image.value, &[("to", "{to}"), ("line", "{line}")]))
        }
        Condition::Released(variant) => format!("{} has a release of {{to}}", flavour(variant)),
        Condition::Soak(delay) => format!("{{to}} is out for {}", in_words(*delay)),
        Condition::NotBefore(day) => format!("not before {day}"),
        Condition::NotFrozen => "production is not frozen".to_owned(),
        Condition::BeforeRelease(time) => format!("no release day of the product within {time}"),
        Condition::Evidence(text) => text.trim_end_matches('.').to_owned(),
    }
}

fn to_need(need: &Need) -> String {
    let mut words = match need.reach {
        Reach::Same => format!("`{}`", need.step.value),
        Reach::All => format!("all of `{}`", need.step.value),
    };
    if let Some(wait) = need.wait {
        words.push_str(&format!(" and {} more", in_words(wait)));
    }
    if !need.when.is_empty() {
        words.push_str(&format!(" (with {})", need.when.in_words()));
    }
    words
}

#[derive(Serialize)]
struct UpgradeStandIn {
    id: String,
    slug: &'static str,
    risk: &'static str,
    state: &'static str,
    due: Option<String>,
}

#[derive(Serialize)]
struct NameStandIn {
    id: String,
    name: String,
    handle: Option<String>,
    chat: Option<String>,
}

#[derive(Serialize)]
struct ComponentStandIn {
    id: &'static str,
    name: &'static str,
    repo: Option<String>,
    path: Option<String>,
    tracker: Option<String>,
    shipped_by: Option<String>,
    owner_name: &'static str,
}

#[derive(Serialize)]
struct BranchStandIn {
    id: &'static str,
    version: &'static str,
    ships: &'static str,
}

#[derive(Serialize)]
struct VariantStandIn {
    id: &'static str,
    name: &'static str,
    newest: &'static str,
}

/// Values for texts about no upgrade in particular: placeholders in braces, and a new line as the size of the change.
fn stand_ins(runtime: &Runtime, process: &Process) -> Context {
    let named =
        |id: &str, name: &str| NameStandIn { id: id.to_owned(), name: name.to_owned(), handle: None, chat: None };
    let mut context = Context::new();
    let upgrade = UpgradeStandIn {
        id: format!("{}-{{to}}", runtime.id),
        slug: "{to}",
        risk: "normal",
        state: "planned",
        due: None,
    };
    context.insert("upgrade", &upgrade);
    context.insert("runtime", &named(runtime.id.as_str(), &runtime.name));
    for (key, stand_in) in [("from", "{from}"), ("to", "{to}"), ("from_line", "{from_line}"), ("line", "{line}")] {
        context.insert(key, stand_in);
    }
    context.insert("bump", &Bump::Minor.to_string());
    context.insert("called", &runtime.called(Bump::Minor));
    context.insert("security", &false);
    context.insert("owner", &named("owner", "the owner"));
    context.insert("team", &named("team", "each team"));
    context.insert("branch", &BranchStandIn { id: "BRANCH", version: "each release branch", ships: "{from}" });
    context.insert("variant", &VariantStandIn { id: "FLAVOUR", name: "the flavour", newest: "{newest}" });
    let component = ComponentStandIn {
        id: "COMPONENT",
        name: "each component",
        repo: None,
        path: None,
        tracker: None,
        shipped_by: None,
        owner_name: "its owner",
    };
    context.insert("component", &component);
    let roles: BTreeMap<&str, NameStandIn> =
        process.roles.iter().map(|(id, role)| (id.as_str(), named(id.as_str(), &role.name))).collect();
    context.insert("roles", &roles);
    context.insert("supported", &Vec::<BranchStandIn>::new());
    context
}
