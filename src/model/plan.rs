//! The plan of an upgrade: its tasks in order, and why each is there.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::id::{BranchId, ComponentId, StepId, TaskId, TeamId, UpgradeId, VariantId};
use crate::model::runbook::Gate;
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
    /// When it must be done.
    pub due: Option<Fixed>,
    /// When it can be done; nothing where no day is known on which it begins.
    pub schedule: Option<Schedule>,
    /// The tasks, by wave, then phase, step and subject.
    pub tasks: Vec<Task>,
    /// Components that use the runtime and have no task, each with the reasons.
    pub not_planned: Vec<NotPlanned>,
    /// The release branches that ship the runtime.
    pub branches: Vec<BranchPlan>,
}

impl Plan {
    /// The number of waves.
    #[must_use]
    pub fn waves(&self) -> u32 {
        self.tasks.last().map_or(0, |task| task.wave)
    }

    /// The last day on which work must begin so that all is done in time; unknown without a due date.
    #[must_use]
    pub fn latest_start(&self) -> Option<Date> {
        self.tasks.iter().filter_map(|task| Some(task.dates?.latest?.0)).min()
    }
}

/// A step applied to one component, team or branch, or to the upgrade as a whole.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its id: `step`, `step/component`, `step/team` or `step/branch`.
    pub id: TaskId,
    /// The step.
    pub step: StepId,
    /// What the step is applied to.
    pub subject: Subject,
    /// The build flavour that it is for.
    pub variant: Option<VariantId>,
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
    /// What must hold before it.
    pub gates: Vec<Gate>,
    /// When it can be done, and when it must be; nothing where that is not known, or never.
    pub dates: Option<Dates>,
    /// Where it stands.
    pub state: TaskState,
    /// The day on which it reached that state.
    pub on: Option<Date>,
    /// What proves that.
    pub evidence: Vec<String>,
}

/// A day, and why that one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The day.
    pub day: Date,
    /// The reason.
    pub because: String,
}

/// When an upgrade can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// When it begins.
    pub start: Fixed,
    /// When all its tasks can be done; nothing, when one of them never can.
    pub earliest_finish: Option<Date>,
    /// The days by which that is after the due date; unknown without one.
    pub late_by_days: Option<u32>,
    /// The longest chain of tasks, waits included, by their positions in the plan.
    pub critical_path: Vec<usize>,
    /// The working days from the beginning of that chain to its end.
    pub critical_path_days: Option<u32>,
    /// What would help most, when it is late.
    pub remedies: Vec<Remedy>,
}

/// Tasks whose leaving out would bring the end of a late plan forward: one, or all of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// The positions of the tasks in the plan.
    pub tasks: Vec<usize>,
    /// The calendar days that it would save.
    pub days: u32,
}

/// When a task can be done, and when it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// The first day on which it can begin.
    pub earliest_start: Date,
    /// The first day on which it can be done.
    pub earliest_finish: Date,
    /// The last days on which it may begin and be done; unknown without a due date, and of no matter once it is done.
    pub latest: Option<(Date, Date)>,
    /// The working days that it may slip; negative when it is late already.
    pub slack_days: Option<i32>,
    /// Whether no open task of the plan may slip less.
    pub critical: bool,
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
    /// A release branch.
    Branch(BranchId),
}

impl Subject {
    /// The id of the component, team or branch.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Upgrade => None,
            Self::Component(id) => Some(id.as_str()),
            Self::Team(id) => Some(id.as_str()),
            Self::Branch(id) => Some(id.as_str()),
        }
    }

    /// What it is, in a word; nothing for the upgrade as a whole.
    #[must_use]
    pub fn word(&self) -> Option<&'static str> {
        match self {
            Self::Upgrade => None,
            Self::Component(_) => Some("component"),
            Self::Team(_) => Some("team"),
            Self::Branch(_) => Some("branch"),
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
    pub wait: Option<Wait>,
}

/// Calendar time that must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The time.
    pub time: CalendarTime,
    /// The time that it would be, were this not a security upgrade.
    pub instead_of: Option<CalendarTime>,
}

impl Wait {
    /// The one that lasts longer.
    #[must_use]
    pub fn longer(self, other: Self) -> Self {
        if self.time.longer(other.time) == self.time { self } else { other }
    }
}

/// A release branch that ships the runtime.
#[derive(Clone, Debug)]
pub struct BranchPlan {
    /// The branch.
    pub branch: BranchId,
    /// What it has to do with the upgrade.
    pub fit: BranchFit,
    /// Whether what it ships must keep working.
    pub supported: bool,
}

/// What a release branch has to do with an upgrade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BranchFit {
    /// It ships an older version of the target's line: the upgrade can be backported to it.
    Behind,
    /// It ships the target or something newer.
    There,
    /// It ships another line, on which it stays.
    OtherLine,
    /// It is no longer maintained.
    Ended,
    /// Nobody says what it ships.
    Unknown,
}

/// A component without a task.
#[derive(Clone, Debug)]
pub struct NotPlanned {
    /// The component.
    pub component: ComponentId,
    /// Why no step applies to it.
    pub because: String,
}
