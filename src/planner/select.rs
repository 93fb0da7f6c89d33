//! Decides which steps an upgrade needs, for which components and teams, and why.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::branch::Branch;
use crate::model::catalog::Catalog;
use crate::model::component::{Component, Use};
use crate::model::condition::{Situation, Verdict, Versions};
use crate::model::id::{BranchId, ComponentId, PhaseId, TaskId, TeamId};
use crate::model::plan::{BranchFit, BranchPlan, NotPlanned, Subject};
use crate::model::process::{Each, Process, Step};
use crate::model::runtime::{Runtime, Variant};
use crate::model::version::Version;

/// A component that uses the runtime, and how.
pub type User<'a> = (&'a Component, &'a Use);

/// What steps are chosen from: a recipe, and all that it may apply to.
pub struct Ground<'a> {
    /// The recipe.
    pub process: &'a Process,
    /// What is upgraded.
    pub runtime: &'a Runtime,
    /// The components that use it.
    pub users: Vec<User<'a>>,
    /// The release branches, each with the version that it is known to ship; none, where no branch is known to ship it.
    pub branches: Vec<(&'a Branch, Option<&'a Version>)>,
    /// The day as of which branches are maintained or not.
    pub as_of: Option<Date>,
}

impl<'a> Ground<'a> {
    /// Gathers it from a catalog.
    pub fn of(catalog: &'a Catalog, runtime: &'a Runtime, process: &'a Process, as_of: Option<Date>) -> Self {
        let ships = |branch: &'a Branch| (branch, branch.ships.get(&runtime.id).map(|version| &version.value));
        let mut branches: Vec<_> = catalog.branches.values().map(ships).collect();
        if branches.iter().all(|(_, ships)| ships.is_none()) {
            branches.clear();
        }
        Self { process, runtime, users: catalog.users(&runtime.id).collect(), branches, as_of }
    }

    /// The build flavour that a step is for.
    fn variant_of(&self, step: &Step) -> Option<&'a Variant> {
        self.runtime.variants.get(&step.variant.as_ref()?.value)
    }

    /// The branches whose runtime must keep working: those of the product's last releases, as many as the policy says.
    fn find_supported(&self) -> Vec<&'a BranchId> {
        let has_come = |day: Date| self.as_of.is_none_or(|today| day <= today);
        let released = self.branches.iter().filter_map(|(branch, _)| Some((branch.released?, &branch.id)));
        let mut released: Vec<_> = released.filter(|(day, _)| has_come(*day)).collect();
        released.sort_unstable_by(|a, b| b.cmp(a));
        let last = self.runtime.policy.support_last.map_or(0, |last| last as usize);
        released.into_iter().take(last).map(|(_, id)| id).collect()
    }

    /// What a branch has to do with an upgrade to a target; without one, it is taken to need it.
    fn fit(&self, branch: &Branch, ships: Option<&Version>, situation: &Situation) -> BranchFit {
        let Versions::Real { to, .. } = &situation.versions else { return BranchFit::Behind };
        let Some(ships) = ships else { return BranchFit::Unknown };
        if self.as_of.is_some_and(|today| !branch.is_maintained(today)) {
            BranchFit::Ended
        } else if ships >= to {
            BranchFit::There
        } else if ships.line() != to.line() {
            BranchFit::OtherLine
        } else {
            BranchFit::Behind
        }
    }
}

/// The steps that were chosen, and the components that none was chosen for.
pub struct Selection<'a> {
    /// In the order of steps and subjects.
    pub chosen: Vec<Chosen<'a>>,
    /// By component.
    pub not_planned: Vec<NotPlanned>,
    /// By branch.
    pub branches: Vec<BranchPlan>,
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
pub fn select<'a>(ground: &Ground<'a>, situation: &Situation) -> Selection<'a> {
    let Ground { process, users, .. } = ground;
    let fits: BTreeMap<&BranchId, BranchFit> =
        ground.branches.iter().map(|(branch, ships)| (&branch.id, ground.fit(branch, *ships, situation))).collect();
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
                    let fits = decide(ground, step, component, declared);
                    let phase = find_phase(process, step, declared);
                    match (when.holds, fits.holds, phase) {
                        (true, true, Some(phase)) => {
                            let subject = Subject::Component(component.id.clone());
                            chosen.push(to_chosen(step, subject, phase, &when, Some(&fits)));
                            planned.push(&component.id);
                        }
                        _ => {
                            let refusal = to_refusal(step, &when, &fits, ground.runtime);
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
            Each::Branch => {
                let Some(phase) = find_phase(process, step, None).filter(|_| when.holds) else { continue };
                for (branch, ships) in &ground.branches {
                    let mut verdict = step.which.decide_branch(branch);
                    if verdict.holds && fits.get(&branch.id) == Some(&BranchFit::Behind) {
                        verdict.reasons.splice(0..0, ships.map(|ships| format!("{} ships {ships}", branch.version)));
                        chosen.push(to_chosen(step, Subject::Branch(branch.id.clone()), phase, &when, Some(&verdict)));
                    }
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
    let supported = ground.find_supported();
    let branches = ground.branches.iter().map(|(branch, _)| BranchPlan {
        branch: branch.id.clone(),
        fit: fits.get(&branch.id).copied().unwrap_or(BranchFit::Unknown),
        supported: supported.contains(&&branch.id),
    });
    Selection { chosen, not_planned: not_planned.collect(), branches: branches.collect() }
}

/// Decides whether a step applies to a component: by the step's own condition, and by that of its build flavour.
fn decide(ground: &Ground<'_>, step: &Step, component: &Component, declared: Option<&PhaseId>) -> Verdict {
    let fits = step.which.decide(component, declared);
    let Some(variant) = ground.variant_of(step).filter(|_| fits.holds) else { return fits };
    let mut built_so = variant.applies.decide(component, declared);
    built_so.reasons = match built_so.holds {
        true => fits.reasons.into_iter().chain([format!("built as {}", variant.name)]).collect(),
        false => vec![format!("not built as {}", variant.name)],
    };
    built_so
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

fn to_refusal(step: &Step, when: &Verdict, fits: &Verdict, runtime: &Runtime) -> String {
    let reasons = match (when.holds, fits.holds) {
        (false, _) => format!("asks for {}", step.when.in_words()),
        (true, false) => fits.reasons.join(", "),
        (true, true) => format!("the component declares no phase for {}", runtime.id),
    };
    format!("`{}`: {reasons}", step.id)
}
