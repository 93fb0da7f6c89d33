//! Tries every process for every bump, risk and kind of upgrade, so that a recipe is known to work before the upgrade
//! that needs it: no circles, no step that can never apply, no phase that nobody is ever in.

use std::collections::BTreeSet;
use std::iter;

use crate::model::catalog::Catalog;
use crate::model::condition::{Situation, Versions, When};
use crate::model::id::{ComponentId, StepId};
use crate::model::problem::{self, Problem};
use crate::model::process::{Each, Process, Step};
use crate::model::runtime::Runtime;
use crate::model::upgrade::Risk;
use crate::model::version::Bump;
use crate::planner::select::Ground;
use crate::planner::{order, select};

/// Tries all processes of a catalog, and returns what is wrong with them.
#[must_use]
pub fn rehearse(catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    for runtime in catalog.runtimes.values() {
        if let Some(process) = catalog.process_of(runtime) {
            try_process(catalog, runtime, process, &mut problems);
        }
    }
    problem::sort(&mut problems);
    problems
}

fn try_process(catalog: &Catalog, runtime: &Runtime, process: &Process, problems: &mut Vec<Problem>) {
    // No day in particular: branches need every upgrade here.
    let ground = Ground::of(catalog, runtime, process, None);
    let users = &ground.users;
    let mut used_steps: BTreeSet<&StepId> = BTreeSet::new();
    let mut used_phases: BTreeSet<usize> = BTreeSet::new();
    let mut circles = Vec::new();
    let mut planned: BTreeSet<&ComponentId> = BTreeSet::new();
    for situation in to_situations(process) {
        let selection = select::select(&ground, &situation);
        used_steps.extend(selection.chosen.iter().map(|task| &task.step.id));
        used_phases.extend(selection.chosen.iter().map(|task| task.phase));
        let left_out: BTreeSet<&ComponentId> = selection.not_planned.iter().map(|entry| &entry.component).collect();
        planned.extend(users.iter().map(|(component, _)| &component.id).filter(|id| !left_out.contains(id)));
        if let Err(problem) = order::order(&ground, &situation, &selection.chosen) {
            circles.push(*problem);
        }
    }
    // Many situations show the same circle from another side; one is enough to mend it.
    problems.extend(circles.into_iter().next());
    // Which branches there are is no matter of the process.
    let is_unused =
        |step: &&Step| !used_steps.contains(&step.id) && (step.each != Each::Branch || !ground.branches.is_empty());
    for step in process.steps.values().filter(is_unused) {
        let asks = [step.when.in_words(), step.which.in_words()].map(|words| (!words.is_empty()).then_some(words));
        let asks: Vec<String> = asks.into_iter().flatten().collect();
        let message = format!("the step `{}` can never apply to an upgrade of `{}`", step.id, runtime.id);
        let problem = Problem::error("step-never-applies", &step.place, message).about(runtime.id.as_str());
        problems.push(match asks.is_empty() {
            true => problem.help(format!("no component uses `{}`", runtime.id)),
            false => problem.help(format!("it asks for {}", asks.join(", and for components "))),
        });
    }
    for (component, usage) in users.iter().filter(|(component, _)| !planned.contains(&component.id)) {
        let message = format!("no upgrade of `{}` ever has a task for `{}`", runtime.id, component.id);
        problems.push(
            Problem::warning("component-without-step", &usage.place, message)
                .help("let a step apply to it, or leave the runtime out of its `uses`"),
        );
    }
    for (at, phase) in process.phases.iter().enumerate().filter(|(at, _)| !used_phases.contains(at)) {
        let message = format!("nobody is ever in the phase `{}` of `{}`", process.phases[at].id, process.id);
        problems.push(
            Problem::error("empty-phase", &phase.place, message).help("give it a step or a component, or remove it"),
        );
    }
}

/// The conditions of a process that a situation decides.
fn conditions(process: &Process) -> impl Iterator<Item = &When> {
    process.steps.values().flat_map(|step| iter::once(&step.when).chain(step.needs.iter().map(|need| &need.when)))
}

/// The situations that the conditions of a process can tell apart.
fn to_situations(process: &Process) -> Vec<Situation> {
    let mut asked = Asked::default();
    conditions(process).for_each(|when| asked.note(when));
    let bumps: &[Bump] = if asked.bump { &Bump::ALL } else { &Bump::ALL[..1] };
    let risks: &[(&str, Risk)] = if asked.risk { &Risk::ALL } else { &Risk::ALL[..1] };
    let securities: &[bool] = if asked.security { &[false, true] } else { &[false] };
    let ranges: &[bool] = if asked.ranges { &[true, false] } else { &[true] };
    let mut situations = Vec::new();
    for bump in bumps {
        for (_, risk) in risks {
            for security in securities {
                situations.extend(ranges.iter().map(|assumed| Situation {
                    bump: Some(*bump),
                    risk: *risk,
                    security: security.then(|| "a security upgrade".to_owned()),
                    versions: Versions::Assumed(*assumed),
                }));
            }
        }
    }
    let mut told_apart = BTreeSet::new();
    situations.retain(|situation| {
        let answers: Vec<bool> = conditions(process).map(|when| when.decide(situation).holds).collect();
        told_apart.insert(answers)
    });
    situations
}

/// What the conditions of a process ask about.
#[derive(Default)]
struct Asked {
    bump: bool,
    risk: bool,
    security: bool,
    ranges: bool,
}

impl Asked {
    fn note(&mut self, when: &When) {
        self.bump |= !when.bump.is_empty();
        self.risk |= !when.risk.is_empty();
        self.security |= when.security.is_some();
        self.ranges |= when.from.is_some() || when.to.is_some();
        when.any.iter().for_each(|part| self.note(part));
        if let Some(not) = &when.not {
            self.note(not);
        }
    }
}
