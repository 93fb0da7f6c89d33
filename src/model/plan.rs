//! The plan of an upgrade: its tasks in order, and why each is there.

use crate::model::id::{ComponentId, StepId, TaskId, TeamId, UpgradeId};
use crate::model::span::{CalendarTime, WorkingTime};
use crate::model::upgrade::TaskState;
use crate::model::version::Bump;

/// The plan of an upgrade.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The upgrade.
    pub upgrade: UpgradeId,
    /// The size of the change; none when the versions differ in nothing that counts.
    pub bump: Option<Bump>,
    /// Why it is a security upgrade, when it is one: what the catalog says, or the advisories that it fixes.
    pub security: Option<String>,
    /// The tasks, by wave, then phase, step and subject.
    pub tasks: Vec<Task>,
    /// Components that use the runtime and have no task, each with the reasons.
    pub not_planned: Vec<NotPlanned>,
}

impl Plan {
    /// The number of waves.
    #[must_use]
    pub fn waves(&self) -> u32 {
        self.tasks.last().map_or(0, |task| task.wave)
    }
}

/// A step applied to one component or team, or to the upgrade as a whole.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its id: `step`, `step/component` or `step/team`.
    pub id: TaskId,
    /// The step.
    pub step: StepId,
    /// What the step is applied to.
    pub subject: Subject,
    /// The position of its phase in the process.
    pub phase: usize,
    /// Its wave, from 1: tasks of one wave may run side by side.
    pub wave: u32,
    /// The tasks that it waits for directly, beside those of earlier phases.
    pub needs: Vec<TaskNeed>,
    /// How many tasks wait for it, directly or through others.
    pub unblocks: usize,
    /// Who does it.
    pub owner: TeamId,
    /// Why it is in the plan.
    pub because: Vec<String>,
    /// The working time that it takes.
    pub takes: WorkingTime,
    /// Where it stands.
    pub state: TaskState,
    /// What proves that.
    pub evidence: Vec<String>,
}

/// What a step is applied to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The upgrade as a whole.
    Upgrade,
    /// A component.
    Component(ComponentId),
    /// A team.
    Team(TeamId),
}

impl Subject {
    /// The id of the component or team.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Upgrade => None,
            Self::Component(id) => Some(id.as_str()),
            Self::Team(id) => Some(id.as_str()),
        }
    }

    /// The component, if it is one.
    #[must_use]
    pub fn component(&self) -> Option<&ComponentId> {
        match self {
            Self::Component(id) => Some(id),
            _ => None,
        }
    }
}

/// A task that another waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskNeed {
    /// The position of the needed task in the plan.
    pub task: usize,
    /// Calendar time that must pass after it.
    pub wait: Option<CalendarTime>,
}

/// A component without a task.
#[derive(Clone, Debug)]
pub struct NotPlanned {
    /// The component.
    pub component: ComponentId,
    /// Why no step applies to it.
    pub because: String,
}
