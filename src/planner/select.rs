//! Decides which steps an upgrade needs, for which components and teams, and why.

use std::collections::BTreeMap;

use crate::model::component::{Component, Use};
use crate::model::condition::{Situation, Verdict};
use crate::model::id::{ComponentId, PhaseId, RuntimeId, TaskId, TeamId};
use crate::model::plan::{NotPlanned, Subject};
use crate::model::process::{Each, Process, Step};

/// A component that uses the runtime, and how.
pub type User<'a> = (&'a Component, &'a Use);

/// The steps that were chosen, and the components that none was chosen for.
pub struct Selection<'a> {
    /// In the order of steps and subjects.
    pub chosen: Vec<Chosen<'a>>,
    /// By component.
    pub not_planned: Vec<NotPlanned>,
}

/// A step that was chosen for a subject.
pub struct Chosen<'a> {
    /// The id of the task that it becomes.
    pub id: TaskId,
    /// The step.
    pub step: &'a Step,
    /// What it is applied to.
    pub subject: Subject,
    /// The position of its phase.
    pub phase: usize,
    /// Why.
    pub because: Vec<String>,
}

/// Chooses the steps of a process for a situation.
pub fn select<'a>(
    process: &'a Process,
    runtime: &RuntimeId,
    users: &[User<'a>],
    situation: &Situation,
) -> Selection<'a> {
    let mut chosen = Vec::new();
    let mut refusals: BTreeMap<&ComponentId, Vec<String>> =
        users.iter().map(|(component, _)| (&component.id, Vec::new())).collect();
    let mut planned: Vec<&ComponentId> = Vec::new();
    for step in process.steps.values() {
        let when = step.when.decide(situation);
        match step.each {
            Each::Upgrade => {
                if let (true, Some(phase)) = (when.holds, find_phase(process, step, None)) {
                    chosen.push(to_chosen(step, Subject::Upgrade, phase, &when, None));
                }
            }
            Each::Component => {
                for (component, usage) in users {
                    let declared = usage.phase.as_ref().map(|phase| &phase.value);
                    let fits = step.which.decide(component, declared);
                    let phase = find_phase(process, step, declared);
                    match (when.holds, fits.holds, phase) {
                        (true, true, Some(phase)) => {
                            let subject = Subject::Component(component.id.clone());
                            chosen.push(to_chosen(step, subject, phase, &when, Some(&fits)));
                            planned.push(&component.id);
                        }
                        _ => {
                            let refusal = to_refusal(step, &when, &fits, runtime);
                            refusals.entry(&component.id).or_default().push(refusal);
                        }
                    }
                }
            }
            Each::Team => {
                let Some(phase) = find_phase(process, step, None).filter(|_| when.holds) else { continue };
                let mut teams: BTreeMap<&TeamId, Verdict> = BTreeMap::new();
                for (component, usage) in users {
                    let fits = step.which.decide(component, usage.phase.as_ref().map(|phase| &phase.value));
                    if fits.holds {
                        teams.entry(&component.owner).or_insert(fits);
                    }
                }
                for (team, fits) in teams {
                    chosen.push(to_chosen(step, Subject::Team(team.clone()), phase, &when, Some(&fits)));
                }
            }
        }
    }
    planned.sort_unstable();
    let not_planned = refusals.into_iter().filter(|(component, _)| planned.binary_search(component).is_err());
    let not_planned = not_planned.map(|(component, refusals)| NotPlanned {
        component: component.clone(),
        because: match refusals.is_empty() {
            true => "the process has no step for components".to_owned(),
            false => refusals.join("; "),
        },
    });
    Selection { chosen, not_planned: not_planned.collect() }
}

fn find_phase(process: &Process, step: &Step, declared: Option<&PhaseId>) -> Option<usize> {
    let phase = step.phase.as_ref().map(|phase| &phase.value).or(declared)?;
    process.find_phase(phase)
}

fn to_chosen<'a>(step: &'a Step, subject: Subject, phase: usize, when: &Verdict, fits: Option<&Verdict>) -> Chosen<'a> {
    let mut because = when.reasons.clone();
    if because.is_empty() {
        because.push("every upgrade needs it".to_owned());
    }
    because.extend(fits.into_iter().flat_map(|fits| fits.reasons.iter().cloned()));
    Chosen { id: TaskId::of(&step.id, subject.as_str()), step, subject, phase, because }
}

fn to_refusal(step: &Step, when: &Verdict, fits: &Verdict, runtime: &RuntimeId) -> String {
    let reasons = match (when.holds, fits.holds) {
        (false, _) => format!("asks for {}", step.when.in_words()),
        (true, false) => fits.reasons.join(", "),
        (true, true) => format!("the component declares no phase for {runtime}"),
    };
    format!("`{}`: {reasons}", step.id)
}
