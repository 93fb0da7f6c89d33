//! Turns an upgrade of the catalog into its plan. Pure and total: no clock, no files, and every component that uses
//! the runtime is in the result, with tasks or with the reason why it has none.

mod days;
mod evidence;
mod gates;
mod order;
mod rehearse;
mod schedule;
mod select;
mod timing;
mod unblocks;
mod what_if;
mod workload;

use gates::Judge;
use select::Ground;

pub use rehearse::rehearse;
pub use what_if::{WhatIf, assume};
pub use workload::find_collisions;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::advisory;
use crate::model::catalog::Catalog;
use crate::model::condition::{Situation, Versions};
use crate::model::due;
use crate::model::facts::{Known, VersionFacts};
use crate::model::id::{RuntimeId, TaskId, TeamId, UpgradeId};
use crate::model::pins::Scans;
use crate::model::plan::{Plan, Subject, Task};
use crate::model::problem::Problem;
use crate::model::process::{Process, Step};
use crate::model::upgrade::{TaskRecord, TaskState, Upgrade};

/// Plans an upgrade as of a day, with what is believed of its runtime's versions.
///
/// # Errors
///
/// When tasks wait for each other in a circle, or when the upgrade's runtime has no process; a checked catalog has
/// neither.
pub fn plan(catalog: &Catalog, upgrade: &Upgrade, known: Known<'_>, as_of: Option<Date>) -> Result<Plan, Box<Problem>> {
    let Some((runtime, process)) = catalog.recipe(upgrade) else {
        let message = format!("the runtime `{}` has no process", upgrade.runtime);
        return Err(Box::new(Problem::error("unknown-process", &upgrade.place, message)));
    };
    let versions = known.versions;
    let situation = to_situation(upgrade, versions);
    let ground = Ground::of(catalog, runtime, process, as_of);
    let selection = select::select(&ground, &situation);
    let order = order::order(&ground, &situation, &selection.chosen)?;
    let unblocks = unblocks::count(process, &selection.chosen, &order.needs);

    let ordered = order.needs.into_iter().zip(order.waves).zip(unblocks);
    let tasks = selection.chosen.into_iter().zip(ordered).map(|(chosen, ((needs, wave), unblocks))| {
        let record = upgrade.tasks.get(&chosen.id);
        let variant = chosen.step.variant.as_ref().map(|variant| variant.value.clone());
        let proof = chosen.step.check.as_ref().and_then(|check| {
            evidence::find_proof(catalog, upgrade, check, (&chosen.subject, variant.as_ref()), known)
        });
        let reported = to_reported_state(record, as_of);
        let said = record.and_then(|record| record.evidence.clone());
        Task {
            step: chosen.step.id.clone(),
            variant,
            phase: chosen.phase,
            wave,
            needs,
            unblocks,
            owner: find_owner(catalog, upgrade, process, chosen.step, &chosen.subject, record),
            because: chosen.because,
            takes: record.and_then(|record| record.takes).unwrap_or(chosen.step.takes),
            gates: Vec::new(),
            dates: None,
            state: match reported {
                Some(state @ (TaskState::Done | TaskState::Cannot)) => state,
                _ if proof.is_some() => TaskState::Done,
                other => other.unwrap_or(TaskState::Ready),
            },
            on: record.and_then(|record| record.on),
            evidence: said.into_iter().chain(proof.into_iter().flatten()).collect(),
            id: chosen.id,
            subject: chosen.subject,
        }
    });
    let mut tasks = sort_by_wave(tasks.collect());
    let is_security = situation.security.is_some();
    let judge = Judge { upgrade, runtime, known: versions, calendar: &catalog.settings.calendar, is_security, as_of };
    let start = due::find_start(upgrade, versions, as_of);
    let due = due::find_due(upgrade, runtime, versions, is_security);
    let schedule = timing::date(catalog, process, &judge, (start.as_ref(), due.as_ref()), &mut tasks);
    mark_blocked(process, &mut tasks);
    Ok(Plan {
        upgrade: upgrade.id.clone(),
        bump: situation.bump,
        security: situation.security,
        due,
        schedule,
        tasks,
        not_planned: selection.not_planned,
        branches: selection.branches,
    })
}

/// Plans several upgrades as of a day. Those whose tasks wait for each other in a circle have no plan; what people wrote
/// about tasks that a plan does not have is a problem, too. Which tasks an upgrade has depends on what is believed of its
/// runtime's versions: on the advisories that it fixes.
#[must_use]
pub fn plan_all<'a>(
    catalog: &Catalog,
    upgrades: impl IntoIterator<Item = &'a Upgrade>,
    facts: &BTreeMap<RuntimeId, VersionFacts>,
    scans: &Scans,
    as_of: Option<Date>,
) -> (BTreeMap<UpgradeId, Plan>, Vec<Problem>) {
    let mut plans = BTreeMap::new();
    let mut problems = Vec::new();
    let nothing = VersionFacts::default();
    for upgrade in upgrades {
        let known = Known { versions: facts.get(&upgrade.runtime).unwrap_or(&nothing), scans };
        match plan(catalog, upgrade, known, as_of) {
            Ok(plan) => {
                problems.extend(find_strangers(upgrade, &plan));
                plans.insert(upgrade.id.clone(), plan);
            }
            Err(problem) => problems.push(*problem),
        }
    }
    (plans, problems)
}

/// Reports what people wrote about tasks that the plan does not have.
fn find_strangers(upgrade: &Upgrade, plan: &Plan) -> Vec<Problem> {
    let mut written: BTreeMap<&TaskId, &TaskRecord> = upgrade.tasks.iter().collect();
    plan.tasks.iter().for_each(|task| _ = written.remove(&task.id));
    let strangers = written.into_iter().map(|(id, record)| {
        Problem::error("unknown-task", &record.place, format!("the upgrade `{}` has no task `{id}`", upgrade.id))
            .suggest(id.as_str(), plan.tasks.iter().map(|task| task.id.as_str()))
            .help(format!("`upshift plan {} --format json` lists its tasks", upgrade.id))
    });
    strangers.collect()
}

fn to_situation(upgrade: &Upgrade, known: &VersionFacts) -> Situation {
    Situation {
        bump: upgrade.from.value.bump_to(&upgrade.to.value),
        risk: upgrade.risk,
        security: upgrade
            .security
            .as_ref()
            .map(|security| security.because.clone())
            .or_else(|| to_security_reason(upgrade, known)),
        versions: Versions::Real { from: upgrade.from.value.clone(), to: upgrade.to.value.clone() },
    }
}

/// The advisories that an upgrade fixes, as a reason: `fixes GO-2026-4602 and 3 more`.
fn to_security_reason(upgrade: &Upgrade, known: &VersionFacts) -> Option<String> {
    let advisories = known.advisories.as_deref()?;
    let fixed = advisory::judge(advisories, &upgrade.from.value, &upgrade.to.value).fixed;
    match fixed.as_slice() {
        [] => None,
        [one] => Some(format!("fixes {}", one.id)),
        [first, more @ ..] => Some(format!("fixes {} and {} more", first.id, more.len())),
    }
}

/// The owner of a task: who the upgrade names for it, else the step's team or role, else whose component it is.
fn find_owner(
    catalog: &Catalog,
    upgrade: &Upgrade,
    process: &Process,
    step: &Step,
    subject: &Subject,
    record: Option<&TaskRecord>,
) -> TeamId {
    if let Some(owner) = record.and_then(|record| record.owner.as_ref()) {
        return owner.clone();
    }
    match (&step.owner, subject) {
        (Some(owner), _) if process.roles.contains_key(owner.value.as_str()) => {
            upgrade.roles.get(owner.value.as_str()).cloned().unwrap_or_else(|| TeamId::new(&owner.value))
        }
        (Some(owner), _) => TeamId::new(&owner.value),
        (None, Subject::Component(component)) => {
            catalog.components.get(component).map_or_else(|| TeamId::new(""), |component| component.owner.clone())
        }
        (None, Subject::Team(team)) => team.clone(),
        (None, Subject::Upgrade | Subject::Branch(_)) => TeamId::new(""),
    }
}

fn to_reported_state(record: Option<&TaskRecord>, as_of: Option<Date>) -> Option<TaskState> {
    let record = record?;
    let waived = record.waived.as_ref().filter(|waiver| as_of.is_none_or(|today| today <= waiver.until));
    record.state.or(waived.map(|_| TaskState::Waived))
}

/// Marks the tasks that wait for one which is neither done nor waived, or for a gate.
fn mark_blocked(process: &Process, tasks: &mut [Task]) {
    let mut settled = vec![true; process.phases.len()];
    for task in &*tasks {
        settled[task.phase] &= task.state.is_settled();
    }
    let open: Vec<bool> = (0..process.phases.len()).map(|phase| is_open(process, phase, &settled)).collect();
    let blocked: Vec<bool> = tasks
        .iter()
        .map(|task| {
            !open[task.phase]
                || task.needs.iter().any(|need| !tasks[need.task].state.is_settled())
                || task.gates.iter().any(|gate| gate.holds == Some(false))
        })
        .collect();
    for (task, blocked) in tasks.iter_mut().zip(blocked) {
        if blocked && task.state == TaskState::Ready {
            task.state = TaskState::Blocked;
        }
    }
}

fn is_open(process: &Process, phase: usize, settled: &[bool]) -> bool {
    process.phases_before(phase).into_iter().all(|earlier| settled[earlier] && is_open(process, earlier, settled))
}

fn sort_by_wave(mut tasks: Vec<Task>) -> Vec<Task> {
    let mut by_wave: Vec<usize> = (0..tasks.len()).collect();
    by_wave.sort_by(|&a, &b| {
        let key = |task: &Task| (task.wave, task.phase);
        key(&tasks[a])
            .cmp(&key(&tasks[b]))
            .then_with(|| tasks[a].step.cmp(&tasks[b].step))
            .then_with(|| tasks[a].subject.cmp(&tasks[b].subject))
    });
    let mut position = vec![0; tasks.len()];
    for (new, &old) in by_wave.iter().enumerate() {
        position[old] = new;
    }
    for task in &mut tasks {
        for need in &mut task.needs {
            need.task = position[need.task];
        }
        task.needs.sort_by_key(|need| need.task);
    }
    let mut sorted: Vec<(usize, Task)> = position.into_iter().zip(tasks).collect();
    sorted.sort_unstable_by_key(|(position, _)| *position);
    sorted.into_iter().map(|(_, task)| task).collect()
}
