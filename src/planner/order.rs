//! Puts chosen steps in order: what each task waits for, its wave, and the circle when there is one.
//!
//! A phase barrier is one implied node that all earlier blocking tasks lead to and all tasks of the phase start from,
//! so that a fleet of components does not become a square of edges.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::component::Component;
use crate::model::condition::Situation;
use crate::model::id::{BranchId, ComponentId, RuntimeId, StepId};
use crate::model::plan::{Subject, TaskNeed, Wait};
use crate::model::problem::Problem;
use crate::model::process::{Each, Need, Process, Reach, Step};
use crate::planner::select::{Chosen, Ground, User};

/// The order of chosen steps, by their position.
pub struct Order {
    /// What each waits for directly.
    pub needs: Vec<Vec<TaskNeed>>,
    /// The wave of each, from 1.
    pub waves: Vec<u32>,
}

/// Puts the chosen steps in order.
///
/// # Errors
///
/// A circle of tasks that wait for each other.
pub fn order(ground: &Ground<'_>, situation: &Situation, chosen: &[Chosen<'_>]) -> Result<Order, Box<Problem>> {
    let process = ground.process;
    let finder = Finder::new(ground, situation, chosen);
    let mut needs: Vec<Found> = chosen.iter().map(|task| finder.needs_of(task)).collect();
    add_component_needs(&finder, &ground.runtime.id, &ground.users, chosen, &mut needs);
    add_order_in_phases(process, chosen, &mut needs);
    let waves = to_waves(process, chosen, &needs)?;
    let needs = needs.into_iter().map(|found| found.into_iter().map(|(task, wait)| TaskNeed { task, wait }).collect());
    Ok(Order { needs: needs.collect(), waves })
}

/// Needed tasks by position, each with the time that must pass after it.
type Found = BTreeMap<usize, Option<Wait>>;

fn add(found: &mut Found, task: usize, wait: Option<Wait>) {
    let known = found.entry(task).or_insert(wait);
    *known = longer(*known, wait);
}

fn longer(a: Option<Wait>, b: Option<Wait>) -> Option<Wait> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.longer(b)),
        (a, b) => a.or(b),
    }
}

/// Finds the tasks that a need means.
struct Finder<'a> {
    process: &'a Process,
    users: BTreeMap<&'a ComponentId, &'a Component>,
    /// The needs of each step that hold in the situation; its tasks do not change that.
    needs: BTreeMap<&'a StepId, Vec<&'a Need>>,
    tasks: BTreeMap<&'a StepId, BTreeMap<&'a Subject, usize>>,
    branches: Vec<&'a BranchId>,
    is_security: bool,
}

impl<'a> Finder<'a> {
    fn new(ground: &Ground<'a>, situation: &Situation, chosen: &'a [Chosen<'a>]) -> Self {
        let process = ground.process;
        let mut tasks: BTreeMap<&StepId, BTreeMap<&Subject, usize>> = BTreeMap::new();
        for (at, task) in chosen.iter().enumerate() {
            tasks.entry(&task.step.id).or_default().insert(&task.subject, at);
        }
        let needs = process.steps.values().map(|step| {
            let holding = step.needs.iter().filter(|need| need.when.decide(situation).holds);
            (&step.id, holding.collect())
        });
        Self {
            process,
            users: ground.users.iter().map(|(component, _)| (&component.id, *component)).collect(),
            needs: needs.collect(),
            tasks,
            branches: ground.branches.iter().map(|(branch, _)| &branch.id).collect(),
            is_security: situation.security.is_some(),
        }
    }

    fn find_task(&self, step: &StepId, subject: &Subject) -> Option<usize> {
        self.tasks.get(step)?.get(subject).copied()
    }

    fn needs_of(&self, task: &Chosen<'a>) -> Found {
        let mut found = Found::new();
        self.follow(task.step, &task.subject, None, &mut found, &mut BTreeSet::new());
        found
    }

    /// Adds what a step's needs mean for a subject.
    fn follow(
        &self,
        step: &'a Step,
        subject: &Subject,
        wait: Option<Wait>,
        found: &mut Found,
        seen: &mut BTreeSet<(&'a StepId, Subject)>,
    ) {
        for need in self.needs.get(&step.id).into_iter().flatten() {
            let Some(needed) = self.process.steps.get(&need.step.value) else { continue };
            let wait = longer(wait, need.wait.map(|wait| wait.of(self.is_security)));
            let meant = self.subjects(needed, need.reach, subject);
            let tasks: Vec<usize> = meant.iter().filter_map(|meant| self.find_task(&needed.id, meant)).collect();
            tasks.iter().for_each(|&task| add(found, task, wait));
            // A need on a step that has no task here is replaced by that step's own needs, so that order is not lost.
            // Each such step is followed once for each subject, since steps without tasks may form a circle.
            let replaced = meant.into_iter().filter(|_| tasks.is_empty());
            for meant in replaced {
                if seen.insert((&needed.id, meant.clone())) {
                    self.follow(needed, &meant, wait, found, seen);
                }
            }
        }
    }

    /// The subjects for which a needed step counts, chosen or not.
    fn subjects(&self, needed: &Step, reach: Reach, subject: &Subject) -> Vec<Subject> {
        let components = |keep: &dyn Fn(&Component) -> bool| {
            let kept = self.users.values().filter(|component| keep(component));
            kept.map(|component| Subject::Component(component.id.clone())).collect::<Vec<_>>()
        };
        match (needed.each, reach, subject) {
            (Each::Upgrade, _, _) => vec![Subject::Upgrade],
            (Each::Component, Reach::Same, Subject::Component(_))
            | (Each::Team, Reach::Same, Subject::Team(_))
            | (Each::Branch, Reach::Same, Subject::Branch(_)) => vec![subject.clone()],
            (Each::Branch, _, _) => self.branches.iter().map(|branch| Subject::Branch((*branch).clone())).collect(),
            (Each::Component, Reach::Same, Subject::Team(team)) => components(&|component| &component.owner == team),
            (Each::Component, _, _) => components(&|_| true),
            (Each::Team, Reach::Same, Subject::Component(component)) => {
                let owner = self.users.get(component).map(|component| component.owner.clone());
                owner.map(Subject::Team).into_iter().collect()
            }
            (Each::Team, _, _) => {
                let teams: BTreeSet<_> = self.users.values().map(|component| component.owner.clone()).collect();
                teams.into_iter().map(Subject::Team).collect()
            }
        }
    }
}

/// Lets a component's tasks wait for the same step's tasks of the components that it needs.
fn add_component_needs(
    finder: &Finder<'_>,
    runtime: &RuntimeId,
    users: &[User<'_>],
    chosen: &[Chosen<'_>],
    needs: &mut [Found],
) {
    let ordered = users.iter().filter(|(_, usage)| !usage.needs.is_empty());
    for (component, _) in ordered {
        for (at, task) in chosen.iter().enumerate().filter(|(_, task)| task.subject.component() == Some(&component.id))
        {
            let mut waiting: Vec<&ComponentId> = vec![&component.id];
            let mut seen = BTreeSet::from([&component.id]);
            while let Some(next) = waiting.pop() {
                let Some(usage) = finder.users.get(next).and_then(|user| user.uses.get(runtime)) else { continue };
                for needed in usage.needs.iter().map(|needed| &needed.value) {
                    let subject = Subject::Component(needed.clone());
                    match finder.find_task(&task.step.id, &subject) {
                        Some(other) => add(&mut needs[at], other, None),
                        None if seen.insert(needed) => waiting.push(needed),
                        None => {}
                    }
                }
            }
        }
    }
}

/// Lets the components that a phase names in order follow each other with all their tasks of that phase.
fn add_order_in_phases(process: &Process, chosen: &[Chosen<'_>], needs: &mut [Found]) {
    for (phase, declared) in process.phases.iter().enumerate().filter(|(_, phase)| !phase.in_order.is_empty()) {
        let mut last: Vec<usize> = Vec::new();
        for component in &declared.in_order {
            let own: BTreeSet<usize> = chosen
                .iter()
                .enumerate()
                .filter(|(_, task)| task.phase == phase && task.subject.component() == Some(&component.value))
                .map(|(at, _)| at)
                .collect();
            if own.is_empty() {
                continue;
            }
            let needed: BTreeSet<usize> = own.iter().flat_map(|&task| needs[task].keys().copied()).collect();
            let first: Vec<usize> =
                own.iter().copied().filter(|&task| !needs[task].keys().any(|need| own.contains(need))).collect();
            for (task, before) in first.iter().flat_map(|&task| last.iter().map(move |&before| (task, before))) {
                add(&mut needs[task], before, None);
            }
            last = own.into_iter().filter(|task| !needed.contains(task)).collect();
        }
    }
}

/// Computes the wave of each task: one more than the highest wave of all that it waits for, barriers included.
fn to_waves(process: &Process, chosen: &[Chosen<'_>], needs: &[Found]) -> Result<Vec<u32>, Box<Problem>> {
    let graph = Graph::new(process, chosen, needs);
    let mut missing: Vec<usize> = graph.before.iter().map(Vec::len).collect();
    let mut ready: Vec<usize> = (0..missing.len()).filter(|&node| missing[node] == 0).collect();
    let mut waves = vec![0; missing.len()];
    let mut done = 0;
    while let Some(node) = ready.pop() {
        done += 1;
        if node < chosen.len() {
            waves[node] += 1;
        }
        for &next in &graph.after[node] {
            waves[next] = waves[next].max(waves[node]);
            missing[next] -= 1;
            if missing[next] == 0 {
                ready.push(next);
            }
        }
    }
    if done < missing.len() {
        return Err(Box::new(to_cycle_problem(process, chosen, &graph, &missing)));
    }
    waves.truncate(chosen.len());
    Ok(waves)
}

/// Tasks and, after them, one node for the beginning of each phase.
struct Graph {
    before: Vec<Vec<usize>>,
    after: Vec<Vec<usize>>,
}

impl Graph {
    fn new(process: &Process, chosen: &[Chosen<'_>], needs: &[Found]) -> Self {
        let begin = |phase: usize| chosen.len() + phase;
        let nodes = chosen.len() + process.phases.len();
        let mut graph = Self { before: vec![Vec::new(); nodes], after: vec![Vec::new(); nodes] };
        for (at, task) in chosen.iter().enumerate() {
            graph.link(begin(task.phase), at);
            for &need in needs[at].keys() {
                graph.link(need, at);
            }
        }
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); process.phases.len()];
        for (at, task) in chosen.iter().enumerate() {
            members[task.phase].push(at);
        }
        for phase in 0..process.phases.len() {
            for earlier in process.phases_before(phase) {
                graph.link(begin(earlier), begin(phase));
                for &task in &members[earlier] {
                    graph.link(task, begin(phase));
                }
            }
        }
        graph
    }

    fn link(&mut self, first: usize, then: usize) {
        self.before[then].push(first);
        self.after[first].push(then);
    }
}

/// Walks back through what is missing until a node comes round again.
fn to_cycle_problem(process: &Process, chosen: &[Chosen<'_>], graph: &Graph, missing: &[usize]) -> Problem {
    let mut path: Vec<usize> = Vec::new();
    let mut next = missing.iter().position(|&count| count > 0);
    while let Some(node) = next.filter(|node| !path.contains(node)) {
        path.push(node);
        next = graph.before[node].iter().copied().find(|&before| missing[before] > 0);
    }
    let start = next.and_then(|node| path.iter().position(|&seen| seen == node)).unwrap_or(0);
    let mut circle = path.split_off(start);
    let first = (0..circle.len()).filter(|&at| circle[at] < chosen.len()).min_by_key(|&at| &chosen[circle[at]].id);
    circle.rotate_left(first.unwrap_or(0));
    let name = |node: usize| match chosen.get(node) {
        Some(task) => format!("`{}`", task.id),
        None => format!("the beginning of phase `{}`", process.phases[node - chosen.len()].id),
    };
    let mut names: Vec<String> = circle.iter().map(|&node| name(node)).collect();
    names.extend(names.first().cloned());
    let place = chosen.get(circle[0]).map_or(&process.place, |task| &task.step.place);
    Problem::error("step-cycle", place, format!("these tasks wait for each other: {}", names.join(" -> ")))
        .help("read each arrow as `needs`; take one of these needs away")
}
