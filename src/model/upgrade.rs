//! Upgrades: moving one runtime to one target.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::id::{GroupId, RoleId, RuntimeId, StepId, TaskId, TeamId, UpgradeId};
use crate::model::place::{Located, Place};
use crate::model::span::WorkingTime;
use crate::model::version::Version;

/// An upgrade.
#[derive(Clone, Debug)]
pub struct Upgrade {
    /// Its id in the catalog.
    pub id: UpgradeId,
    /// What is upgraded.
    pub runtime: RuntimeId,
    /// The version in use when it was opened.
    pub from: Located<Version>,
    /// The target.
    pub to: Located<Version>,
    /// Where it stands.
    pub state: State,
    /// Why it was given up, or stands as it does.
    pub because: Option<String>,
    /// The upgrade that took its place.
    pub superseded_by: Option<UpgradeId>,
    /// How risky it is.
    pub risk: Risk,
    /// The group of upgrades that it belongs to.
    pub group: Option<GroupId>,
    /// Why it is a security upgrade, when it is one.
    pub security: Option<Security>,
    /// When work begins.
    pub start: Option<Date>,
    /// When it must be done.
    pub due: Option<Located<Date>>,
    /// What it is good for, in Markdown.
    pub goal: Option<String>,
    /// The teams that hold the process's roles.
    pub roles: BTreeMap<RoleId, TeamId>,
    /// When it counts as done.
    pub criteria: Vec<Criterion>,
    /// What could go wrong.
    pub risks: Vec<KnownRisk>,
    /// What to do when it does.
    pub contingency: Vec<Contingency>,
    /// Where to find its epic, chat, board and more, by name.
    pub links: BTreeMap<String, String>,
    /// What people reported about its tasks.
    pub tasks: BTreeMap<TaskId, TaskRecord>,
    /// Where the catalog defines it.
    pub place: Place,
}

impl Upgrade {
    /// The part of its id after the runtime: the name of its folder.
    #[must_use]
    pub fn slug(&self) -> &str {
        let id = self.id.as_str();
        id.strip_prefix(self.runtime.as_str()).and_then(|rest| rest.strip_prefix('-')).unwrap_or(id)
    }

    /// Says whether there is still something to do: it is planned or under way.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Planned | State::Active)
    }
}

macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $name {
            /// All of them, by the name that the catalog uses.
            pub const ALL: [(&'static str, Self); [$($word),*].len()] = [$(($word, Self::$variant)),*];
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $(Self::$variant => $word),* })
            }
        }
    };
}

/// Where an upgrade stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Agreed, not begun.
    Planned,
    /// Under way.
    Active,
    /// Finished.
    Done,
    /// Given up.
    Aborted,
}

words!(State { Planned = "planned", Active = "active", Done = "done", Aborted = "aborted" });

/// How risky an upgrade is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Little can go wrong.
    Low,
    /// As usual.
    Normal,
    /// Much can go wrong: the careful order applies.
    High,
}

words!(Risk { Low = "low", Normal = "normal", High = "high" });

/// Why an upgrade is a security upgrade.
#[derive(Clone, Debug)]
pub struct Security {
    /// What it fixes.
    pub because: String,
    /// Where that is said.
    pub source: Option<String>,
}

/// A condition under which an upgrade counts as done, measured by tasks.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// Its id.
    pub id: String,
    /// What must be true.
    pub text: String,
    /// Who answers for it: a team or a role.
    pub dri: Option<TeamId>,
    /// When work on it begins.
    pub start: Option<Date>,
    /// When it should be met.
    pub target: Option<Date>,
    /// The steps whose tasks measure it.
    pub steps: Vec<StepId>,
    /// Where the catalog says so.
    pub place: Place,
}

/// Something that could go wrong.
#[derive(Clone, Debug)]
pub struct KnownRisk {
    /// What.
    pub risk: String,
    /// What is done about it.
    pub mitigation: String,
}

/// What to do when something goes wrong.
#[derive(Clone, Debug)]
pub struct Contingency {
    /// The event.
    pub when: String,
    /// The answer.
    pub then: String,
    /// Who decides: a team or a role.
    pub owner: Option<TeamId>,
}

/// What people reported about a task.
#[derive(Clone, Debug)]
pub struct TaskRecord {
    /// The state that they gave it.
    pub state: Option<TaskState>,
    /// The day on which it reached that state.
    pub on: Option<Date>,
    /// What proves it.
    pub evidence: Option<String>,
    /// Why it need not be done.
    pub waived: Option<Waiver>,
    /// Who does it instead of the owner that the process names.
    pub owner: Option<TeamId>,
    /// The working time that it takes here.
    pub takes: Option<WorkingTime>,
    /// Where the catalog says so.
    pub place: Place,
}

/// Why a task need not be done, and until when that holds.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// The reason.
    pub because: String,
    /// The last day on which it holds.
    pub until: Date,
}

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TaskState {
    /// Something else must be done first.
    Blocked,
    /// It can begin.
    Ready,
    /// Somebody works on it.
    InProgress,
    /// It is done.
    Done,
    /// It cannot be done.
    Cannot,
    /// It need not be done.
    Waived,
}

words!(TaskState {
    Blocked = "blocked",
    Ready = "ready",
    InProgress = "in-progress",
    Done = "done",
    Cannot = "cannot",
    Waived = "waived",
});

impl TaskState {
    /// Says whether tasks that need this one may go on.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Done | Self::Waived)
    }

    /// The states that a person may give a task; the others are computed.
    pub const REPORTED: [(&'static str, Self); 3] =
        [("in-progress", Self::InProgress), ("done", Self::Done), ("cannot", Self::Cannot)];
}
