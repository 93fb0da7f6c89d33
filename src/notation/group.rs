//! Groups tasks as pictures show them: the tasks of a step in a phase are one thing, so that a step for 29 components is
//! not 29 boxes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::order::{to_all_before, to_right_before};
use crate::model::id::{PhaseId, StepId, TaskId};
use crate::model::runbook::{PhaseEntry, Runbook, TaskEntry};
use crate::model::upgrade::TaskState;

/// The phases that have tasks, in order.
pub struct Groups<'a> {
    /// Each phase with what is done in it.
    pub sections: Vec<Section<'a>>,
    /// The phases right before each one, by their places.
    pub before: Vec<BTreeSet<usize>>,
    /// All phases before each one, by their places.
    all_before: Vec<BTreeSet<usize>>,
    /// The critical path: the longest chain of tasks.
    path: BTreeSet<&'a TaskId>,
}

/// A phase and what is done in it.
pub struct Section<'a> {
    /// The phase.
    pub phase: &'a PhaseEntry,
    /// The steps that have tasks in it.
    pub groups: Vec<Group<'a>>,
}

/// The tasks of a step in a phase.
pub struct Group<'a> {
    /// The step.
    pub step: &'a StepId,
    /// Its title for all its tasks together.
    pub title: &'a str,
    /// The tasks, by wave.
    pub tasks: Vec<&'a TaskEntry>,
}

/// How far tasks are, taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Nobody has begun.
    Open,
    /// Some are under way or done.
    Begun,
    /// All are done or waived.
    Settled,
}

impl<'a> Groups<'a> {
    /// Groups the tasks of a runbook.
    #[must_use]
    pub fn of(runbook: &'a Runbook) -> Self {
        let titles: BTreeMap<&StepId, &str> =
            runbook.steps.iter().map(|step| (&step.id, step.title.as_str())).collect();
        let mut phases: BTreeMap<&PhaseId, Vec<&TaskEntry>> = BTreeMap::new();
        for task in &runbook.tasks {
            phases.entry(&task.phase).or_default().push(task);
        }
        let shown: Vec<usize> =
            (0..runbook.phases.len()).filter(|at| phases.contains_key(&runbook.phases[*at].id)).collect();
        let (before, all_before) = to_phase_order(&runbook.phases, &shown);
        let mut sections = Vec::with_capacity(shown.len());
        for phase in shown.iter().map(|at| &runbook.phases[*at]) {
            let mut groups: Vec<Group<'_>> = Vec::new();
            let mut of_step: BTreeMap<&StepId, usize> = BTreeMap::new();
            for task in phases.remove(&phase.id).unwrap_or_default() {
                let at = *of_step.entry(&task.step).or_insert(groups.len());
                if at == groups.len() {
                    groups.push(Group { step: &task.step, title: &task.title, tasks: Vec::new() });
                } else if let Some(title) = titles.get(&task.step) {
                    groups[at].title = title;
                }
                groups[at].tasks.push(task);
            }
            sections.push(Section { phase, groups });
        }
        Self { sections, before, all_before, path: runbook.summary.critical_path.iter().collect() }
    }

    /// Says whether a task is on the critical path.
    #[must_use]
    pub fn is_critical(&self, task: &TaskId) -> bool {
        self.path.contains(task)
    }

    /// Looks at tasks together.
    pub fn sum<'b>(&self, tasks: impl IntoIterator<Item = &'b TaskEntry>) -> Sum {
        let mut sum = Sum { days: None, latest: None, is_critical: false, stand: Stand::Settled };
        let (mut open, mut begun) = (0, 0);
        for task in tasks {
            if let (Some(start), Some(finish)) = (task.earliest_start, task.earliest_finish) {
                let (first, last) = sum.days.unwrap_or((start, finish));
                sum.days = Some((first.min(start), last.max(finish)));
            }
            sum.latest = sum.latest.max(task.latest_finish);
            sum.is_critical |= self.is_critical(&task.id);
            open += usize::from(!task.state.is_settled());
            begun += usize::from(task.state.is_settled() || task.state == TaskState::InProgress);
        }
        sum.stand = match (open, begun) {
            (0, _) => Stand::Settled,
            (_, 0) => Stand::Open,
            _ => Stand::Begun,
        };
        sum
    }
}

/// The needs of tasks, looked at by phase and group.
pub struct Needs<'a> {
    groups: &'a Groups<'a>,
    /// The section of each task, and its group among all groups.
    places: BTreeMap<&'a TaskId, (usize, usize)>,
}

impl<'a> Needs<'a> {
    /// Looks where the tasks are.
    #[must_use]
    pub fn of(groups: &'a Groups<'a>) -> Self {
        let mut places = Vec::new();
        let mut next = 0;
        for (section, of_phase) in groups.sections.iter().enumerate() {
            for group in &of_phase.groups {
                places.extend(group.tasks.iter().map(|task| (&task.id, (section, next))));
                next += 1;
            }
        }
        Self { groups, places: places.into_iter().collect() }
    }

    /// Says whether a need says more than the order of phases does.
    #[must_use]
    pub fn is_of_its_own(&self, need: &TaskId, task: &TaskId) -> bool {
        match (self.places.get(need), self.places.get(task)) {
            (Some((before, _)), Some((section, _))) => !self.groups.all_before[*section].contains(before),
            _ => false,
        }
    }

    /// Says whether two tasks are in one phase.
    #[must_use]
    pub fn are_in_one_phase(&self, one: &TaskId, other: &TaskId) -> bool {
        let section = |task| self.places.get(task).map(|(section, _)| section);
        section(one) == section(other)
    }

    /// For each group, by its place among all groups, those right before it; the order of phases is not repeated.
    #[must_use]
    pub fn right_before(&self) -> Vec<BTreeSet<usize>> {
        let sections = self.groups.sections.iter().enumerate();
        let groups = sections.flat_map(|(at, section)| section.groups.iter().map(move |group| (at, group)));
        let before = |(section, group): (usize, &Group<'_>)| {
            let needs = group.tasks.iter().flat_map(|task| &task.needs).filter_map(|need| self.places.get(need));
            let own = needs.filter(|(before, _)| !self.groups.all_before[section].contains(before));
            own.map(|(_, group)| *group).collect()
        };
        to_right_before(&to_all_before(&groups.map(before).collect::<Vec<_>>()))
    }
}

/// For each phase that is shown, those right before it and all before it, as places among the shown ones.
fn to_phase_order(phases: &[PhaseEntry], shown: &[usize]) -> (Vec<BTreeSet<usize>>, Vec<BTreeSet<usize>>) {
    let place = |id: &PhaseId| phases.iter().position(|phase| &phase.id == id);
    let before: Vec<BTreeSet<usize>> =
        phases.iter().map(|phase| phase.after.iter().filter_map(place).collect()).collect();
    let all = to_all_before(&before);
    let among_shown = |at: &usize| (0..shown.len()).filter(|place| all[*at].contains(&shown[*place])).collect();
    let all: Vec<BTreeSet<usize>> = shown.iter().map(among_shown).collect();
    (to_right_before(&all), all)
}

impl<'a> Section<'a> {
    /// All its tasks.
    pub fn tasks(&self) -> impl Iterator<Item = &'a TaskEntry> {
        self.groups.iter().flat_map(|group| group.tasks.iter().copied())
    }
}

impl Group<'_> {
    /// A name with the number of tasks, where there are several: `bump-pin ×21`.
    #[must_use]
    pub fn with_count(&self, name: &str) -> String {
        match self.tasks.len() {
            1 => name.to_owned(),
            several => format!("{name} ×{several}"),
        }
    }
}

/// What holds for several tasks together.
pub struct Sum {
    /// The first day on which one can begin and the first on which all can be done, where any day is known.
    pub days: Option<(Date, Date)>,
    /// The last day on which one may be done.
    pub latest: Option<Date>,
    /// Whether one is on the critical path.
    pub is_critical: bool,
    /// How far they are.
    pub stand: Stand,
}
