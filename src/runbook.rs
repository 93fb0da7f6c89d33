//! Turns a plan into the runbook document: names resolved, texts filled in, facts attached. Pure.

mod facts;
mod pins;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use tera::Context;

use crate::model::catalog::Catalog;
use crate::model::component::{Component, Use};
use crate::model::facts::{Known, VersionFacts};
use crate::model::id::{PhaseId, StepId, TaskId, TeamId, VariantId};
use crate::model::pins::Scans;
use crate::model::plan::{BranchFit, BranchPlan, Plan, Subject, Task};
use crate::model::problem::Problem;
use crate::model::process::{Phase, Process, Step};
use crate::model::runbook::{
    AnnounceEntry, BranchEntry, ComponentEntry, Due, NotPlannedEntry, PhaseEntry, Reference, RemedyEntry, Runbook,
    SCHEMA, StepEntry, Summary, TaskEntry, TeamEntry, Variant, WaiverEntry,
};
use crate::model::runtime::{self, Runtime};
use crate::model::upgrade::{TaskState, Upgrade};
use crate::model::verdict::Aim;
use crate::text::steps::{Field, StepTexts};

/// Writes the runbook of an upgrade.
///
/// # Errors
///
/// Every text of the catalog that cannot be filled in, with its place.
pub fn write(catalog: &Catalog, upgrade: &Upgrade, plan: &Plan, known: Known<'_>) -> Result<Runbook, Vec<Problem>> {
    let Some((runtime, process)) = catalog.recipe(upgrade) else {
        let message = format!("the runtime `{}` has no process", upgrade.runtime);
        return Err(vec![Problem::error("unknown-process", &upgrade.place, message)]);
    };
    let Known { versions: known, scans } = known;
    let shared = values::of_upgrade(catalog, runtime, upgrade, plan);
    let variants = find_variants(catalog, runtime, upgrade, known);
    let texts = StepTexts::new(process, &shared)?;
    let writer = Writer { catalog, runtime, process, plan, texts, variants: &variants };
    let (tasks, mut problems) = writer.tasks();
    let (steps, more) = writer.steps();
    problems.extend(more);
    if !problems.is_empty() {
        return Err(problems);
    }
    let advisories = facts::find_advisories(upgrade, known);
    let used = facts::find_used(upgrade, known);
    let aim = Aim { runtime: &runtime.id, variant: None, target: &upgrade.to.value };
    let components = catalog.users(&runtime.id).map(|(component, usage)| to_component(component, usage, aim, scans));
    let components: Vec<ComponentEntry> = components.collect();
    Ok(Runbook {
        schema: SCHEMA.into(),
        upgrade: upgrade.id.clone(),
        runtime: runtime.id.clone(),
        runtime_name: runtime.name.clone(),
        from: upgrade.from.value.to_string(),
        to: upgrade.to.value.to_string(),
        from_line: upgrade.from.value.line(),
        line: upgrade.to.value.line(),
        bump: plan.bump,
        called: plan.bump.map(|bump| runtime.called(bump)),
        risk: upgrade.risk,
        security: plan.security.as_ref().map(|_| true).or(known.advisories.as_ref().map(|_| false)),
        security_because: plan.security.as_ref().map(|because| Reference {
            text: because.clone(),
            url: upgrade.security.as_ref().and_then(|security| security.source.clone()),
        }),
        state: upgrade.state,
        revision: None,
        facts_digest: facts::to_digest(&used, &advisories, &components),
        facts: used,
        notes: values::notes(runtime, upgrade),
        start: Due {
            date: plan.schedule.as_ref().map(|schedule| schedule.start.day),
            because: plan.schedule.as_ref().map(|schedule| schedule.start.because.clone()),
        },
        due: Due {
            date: plan.due.as_ref().map(|due| due.day),
            because: plan.due.as_ref().map(|due| due.because.clone()),
        },
        summary: Summary {
            tasks: tasks.len(),
            settled: tasks.iter().filter(|task| task.state.is_settled()).count(),
            waves: plan.waves(),
            critical_path_days: plan.schedule.as_ref().and_then(|schedule| schedule.critical_path_days),
            critical_path: plan
                .schedule
                .iter()
                .flat_map(|schedule| &schedule.critical_path)
                .map(|&task| plan.tasks[task].id.clone())
                .collect(),
            earliest_finish: plan.schedule.as_ref().and_then(|schedule| schedule.earliest_finish),
            late_by_days: plan.schedule.as_ref().and_then(|schedule| schedule.late_by_days),
            remedies: plan
                .schedule
                .iter()
                .flat_map(|schedule| &schedule.remedies)
                .map(|remedy| RemedyEntry {
                    tasks: remedy.tasks.iter().map(|&task| plan.tasks[task].id.clone()).collect(),
                    days: remedy.days,
                })
                .collect(),
        },
        advisories,
        phases: writer.phases(),
        teams: writer.teams(&tasks, &components),
        branches: writer.branches(),
        variants,
        steps,
        tasks,
        components,
        not_planned: plan
            .not_planned
            .iter()
            .map(|entry| NotPlannedEntry { component: entry.component.clone(), because: entry.because.clone() })
            .collect(),
    })
}

struct Writer<'a> {
    catalog: &'a Catalog,
    runtime: &'a Runtime,
    process: &'a Process,
    plan: &'a Plan,
    texts: StepTexts,
    variants: &'a [Variant],
}

/// What the values of a task depend on.
fn to_key(task: &Task) -> (&TeamId, &Subject, Option<&VariantId>) {
    (&task.owner, &task.subject, task.variant.as_ref())
}

impl Writer<'_> {
    fn tasks(&self) -> (Vec<TaskEntry>, Vec<Problem>) {
        // A component has many tasks, and all of its owner's are told the same values.
        let mut values: BTreeMap<(&TeamId, &Subject, Option<&VariantId>), Context> = BTreeMap::new();
        for task in &self.plan.tasks {
            values.entry(to_key(task)).or_insert_with(|| self.values_of(task));
        }
        let write = |task: &Task| {
            let step = self.process.steps.get(&task.step)?;
            Some(self.task(task, step, &values[&to_key(task)]))
        };
        let written: Vec<Result<TaskEntry, Vec<Problem>>> = self.plan.tasks.par_iter().filter_map(write).collect();
        let mut entries = Vec::with_capacity(written.len());
        let mut problems: Vec<Problem> = Vec::new();
        for task in written {
            match task {
                Ok(entry) => entries.push(entry),
                // Texts are equal for many tasks, and so are their problems.
                Err(more) => {
                    problems.extend(more.into_iter().filter(|problem| !problems.contains(problem)).collect::<Vec<_>>());
                }
            }
        }
        (entries, problems)
    }

    fn task(&self, task: &Task, step: &Step, values: &Context) -> Result<TaskEntry, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut text = |field| {
            self.texts.render(step, field, values).unwrap_or_else(|problem| {
                problems.push(*problem);
                None
            })
        };
        let (title, instructions, run) = (text(Field::Title), text(Field::Do), text(Field::Run));
        let (verify, rollback, words) = (text(Field::Verify), text(Field::Rollback), text(Field::Announce));
        if !problems.is_empty() {
            return Err(problems);
        }
        let announce = match (&step.announce, words) {
            (Some(announcement), Some(text)) => Some(AnnounceEntry { to: announcement.to.clone(), text }),
            _ => None,
        };
        let needs = task.needs.iter().map(|need| self.plan.tasks[need.task].id.clone());
        Ok(TaskEntry {
            id: task.id.clone(),
            step: task.step.clone(),
            component: task.subject.component().cloned(),
            team: match &task.subject {
                Subject::Team(team) => Some(team.clone()),
                _ => None,
            },
            branch: match &task.subject {
                Subject::Branch(branch) => Some(branch.clone()),
                _ => None,
            },
            variant: task.variant.clone(),
            phase: self.phase_id(task.phase),
            wave: task.wave,
            needs: needs.collect::<Vec<TaskId>>(),
            unblocks: task.unblocks,
            title: title.unwrap_or_default(),
            owner: task.owner.clone(),
            because: task.because.clone(),
            takes_days: task.takes.days(),
            earliest_start: task.dates.map(|dates| dates.earliest_start),
            earliest_finish: task.dates.map(|dates| dates.earliest_finish),
            latest_start: task.dates.and_then(|dates| dates.latest).map(|(start, _)| start),
            latest_finish: task.dates.and_then(|dates| dates.latest).map(|(_, finish)| finish),
            slack_days: task.dates.and_then(|dates| dates.slack_days),
            critical: task.dates.map(|dates| dates.critical),
            gates: task.gates.clone(),
            state: task.state,
            waived: self.waiver(task),
            evidence: task.evidence.clone(),
            changed_since_done: None,
            instructions,
            run,
            verify,
            rollback,
            announce,
        })
    }

    fn waiver(&self, task: &Task) -> Option<WaiverEntry> {
        let record = self.catalog.upgrades.get(&self.plan.upgrade)?.tasks.get(&task.id)?;
        let waiver = record.waived.as_ref().filter(|_| task.state == TaskState::Waived)?;
        Some(WaiverEntry { because: waiver.because.clone(), until: waiver.until })
    }

    fn values_of(&self, task: &Task) -> Context {
        let mut context = Context::new();
        context.insert("owner", &values::team(self.catalog, &task.owner));
        match &task.subject {
            Subject::Component(id) => {
                if let Some(component) = self.catalog.components.get(id) {
                    context.insert("component", &values::component(self.catalog, component));
                }
            }
            Subject::Team(team) => context.insert("team", &values::team(self.catalog, team)),
            Subject::Branch(branch) => {
                if let Some(branch) = values::branch(self.catalog, branch, &self.runtime.id) {
                    context.insert("branch", &branch);
                }
            }
            Subject::Upgrade => {}
        }
        if let Some(variant) = task.variant.as_ref().and_then(|id| self.variants.iter().find(|known| &known.id == id)) {
            context.insert("variant", &values::variant(variant));
        }
        context
    }

    /// The steps that have tasks; their titles speak of "each component" where a task's speaks of one.
    fn steps(&self) -> (Vec<StepEntry>, Vec<Problem>) {
        let mut first: BTreeMap<&StepId, &Task> = BTreeMap::new();
        for task in &self.plan.tasks {
            first.entry(&task.step).or_insert(task);
        }
        let mut entries = Vec::new();
        let mut problems = Vec::new();
        for (id, task) in first {
            let Some(step) = self.process.steps.get(id) else { continue };
            let mut context = self.values_of(task);
            values::generalise(&mut context, self.catalog, &task.subject);
            match self.texts.render(step, Field::Title, &context) {
                Ok(title) => entries.push(StepEntry {
                    id: id.clone(),
                    title: title.unwrap_or_default(),
                    source: step.source.clone(),
                }),
                Err(problem) => problems.push(*problem),
            }
        }
        (entries, problems)
    }

    fn phases(&self) -> Vec<PhaseEntry> {
        let entry = |(at, phase): (usize, &Phase)| PhaseEntry {
            id: phase.id.clone(),
            name: phase.name.clone(),
            about: phase.about.clone(),
            blocks: phase.blocks,
            in_order: phase.in_order.iter().map(|component| component.value.clone()).collect(),
            after: self.process.phases_before(at).into_iter().map(|phase| self.phase_id(phase)).collect(),
        };
        self.process.phases.iter().enumerate().map(entry).collect()
    }

    fn phase_id(&self, phase: usize) -> PhaseId {
        self.process.phases[phase].id.clone()
    }

    fn branches(&self) -> Vec<BranchEntry> {
        let entry = |plan: &BranchPlan| {
            let branch = self.catalog.branches.get(&plan.branch)?;
            let tasks = self.plan.tasks.iter().filter(|task| task.subject == Subject::Branch(branch.id.clone()));
            let ships = branch.ships.get(&self.runtime.id).map(|version| version.value.to_string());
            Some(BranchEntry {
                id: branch.id.clone(),
                version: branch.version.clone(),
                released: branch.released,
                ends: branch.ends,
                fit: plan.fit,
                because: match plan.fit {
                    BranchFit::Behind => "ships an older version of the same line",
                    BranchFit::There => "ships the target or something newer",
                    BranchFit::OtherLine => "ships another line, and stays on it",
                    BranchFit::Ended => "is no longer maintained",
                    BranchFit::Unknown => "nobody says what it ships",
                }
                .to_owned(),
                ships,
                tasks: tasks.map(|task| task.id.clone()).collect(),
                supported: plan.supported,
            })
        };
        self.plan.branches.iter().filter_map(entry).collect()
    }

    fn teams(&self, tasks: &[TaskEntry], components: &[ComponentEntry]) -> Vec<TeamEntry> {
        let owners: BTreeSet<&TeamId> =
            tasks.iter().map(|task| &task.owner).chain(components.iter().map(|component| &component.owner)).collect();
        let teams = owners.into_iter().filter_map(|id| self.catalog.teams.get(id));
        teams
            .map(|team| TeamEntry {
                id: team.id.clone(),
                name: team.name.clone(),
                handle: team.handle.clone(),
                label: team.label.clone(),
                chat: team.chat.clone(),
            })
            .collect()
    }
}

/// The build flavours of a runtime, each with its components and how far it is on the way to the target.
fn find_variants(catalog: &Catalog, runtime: &Runtime, upgrade: &Upgrade, known: &VersionFacts) -> Vec<Variant> {
    let users: Vec<_> = catalog.users(&runtime.id).collect();
    let entry = |variant: &runtime::Variant| {
        let applies = |component: &Component, usage: &Use| {
            let phase = usage.phase.as_ref().map(|phase| &phase.value);
            variant.applies.is_empty() || variant.applies.decide(component, phase).holds
        };
        let components = users.iter().filter(|(component, usage)| applies(component, usage));
        let components = components.map(|(component, _)| component.id.clone()).collect();
        facts::find_variant(variant, upgrade, known, components)
    };
    runtime.variants.values().map(entry).collect()
}

fn to_component(component: &Component, usage: &Use, aim: Aim<'_>, scans: &Scans) -> ComponentEntry {
    let (versions, verdict) = pins::judge(component, aim, scans);
    ComponentEntry {
        id: component.id.clone(),
        name: component.name.clone(),
        owner: component.owner.clone(),
        owner_inferred: component.is_owner_inferred(),
        repo: component.repo.clone(),
        path: component.path.clone(),
        tracker: component.tracker.clone(),
        shipped_by: component.shipped_by.as_ref().map(|by| by.value.clone()),
        phase: usage.phase.as_ref().map(|phase| phase.value.clone()),
        note: usage.note.clone(),
        versions,
        verdict,
        pins: pins::list(component, aim, scans),
        source: component.source.clone(),
    }
}
