//! Processes: the reusable recipe of how a runtime is upgraded.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::condition::{When, Where};
use crate::model::id::{ComponentId, PhaseId, ProcessId, RoleId, StepId, VariantId};
use crate::model::place::{Located, Place};
use crate::model::plan::Wait;
use crate::model::span::{CalendarTime, WorkingTime};

/// A process, with what it extends already folded in.
#[derive(Clone, Debug)]
pub struct Process {
    /// Its id in the catalog.
    pub id: ProcessId,
    /// What people call it.
    pub name: String,
    /// What it is for, in Markdown.
    pub about: Option<String>,
    /// What an upgrade by it is good for, in Markdown; an upgrade may say its own.
    pub goal: Option<String>,
    /// The roles that an upgrade gives to teams.
    pub roles: BTreeMap<RoleId, Role>,
    /// Its phases, in order.
    pub phases: Vec<Phase>,
    /// Its steps.
    pub steps: BTreeMap<StepId, Step>,
    /// Where the process was read.
    pub source: Option<String>,
    /// Where the catalog defines it.
    pub place: Place,
}

impl Process {
    /// The position of a phase.
    #[must_use]
    pub fn find_phase(&self, id: &PhaseId) -> Option<usize> {
        self.phases.iter().position(|phase| &phase.id == id)
    }

    /// The positions of the blocking phases that a phase waits for directly.
    ///
    /// Without `after` those are all blocking phases before it; with `after` just the ones it names.
    #[must_use]
    pub fn phases_before(&self, phase: usize) -> Vec<usize> {
        match &self.phases[phase].after {
            Some(after) => after.iter().filter_map(|id| self.find_phase(&id.value)).collect(),
            None => (0..phase).filter(|&earlier| self.phases[earlier].blocks).collect(),
        }
    }
}

/// A role that an upgrade gives to a team.
#[derive(Clone, Debug)]
pub struct Role {
    /// What people call it.
    pub name: String,
    /// What it answers for.
    pub does: String,
}

/// A phase of a process.
#[derive(Clone, Debug)]
pub struct Phase {
    /// Its id.
    pub id: PhaseId,
    /// What people call it.
    pub name: String,
    /// What it is for, in a sentence of Markdown.
    pub about: Option<String>,
    /// Components that go one after the other; all others go side by side.
    pub in_order: Vec<Located<ComponentId>>,
    /// The phases that it waits for, when those are not simply all blocking ones before it.
    pub after: Option<Vec<Located<PhaseId>>>,
    /// Whether later phases wait for it.
    pub blocks: bool,
    /// Where the catalog defines it.
    pub place: Place,
}

/// A step of a process.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its id.
    pub id: StepId,
    /// Its title, as a template.
    pub title: Text,
    /// What gets a task of its own.
    pub each: Each,
    /// The components that it applies to.
    pub which: Where,
    /// The build flavour that it is for.
    pub variant: Option<Located<VariantId>>,
    /// The upgrades that it applies to.
    pub when: When,
    /// Its phase; without one, each component's own.
    pub phase: Option<Located<PhaseId>>,
    /// Who does it; without one, the component's owner.
    pub owner: Option<Located<String>>,
    /// What comes before it.
    pub needs: Vec<Need>,
    /// What must hold before it.
    pub gates: Vec<Gate>,
    /// The working time that it takes.
    pub takes: WorkingTime,
    /// What to do, in Markdown.
    pub instructions: Option<Text>,
    /// Commands to run.
    pub run: Option<Text>,
    /// How a person knows that it worked, in Markdown.
    pub verify: Option<Text>,
    /// How the tool knows that it worked.
    pub check: Option<Check>,
    /// How to undo it, in Markdown.
    pub rollback: Option<Text>,
    /// What to tell whom.
    pub announce: Option<Announcement>,
    /// Where the step was read.
    pub source: Option<String>,
    /// Where the catalog defines it.
    pub place: Place,
}

/// A text of the catalog that is a template over a task's values.
pub type Text = Located<String>;

/// What gets a task of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    /// The upgrade as a whole: one task.
    Upgrade,
    /// Every component that the step applies to.
    Component,
    /// Every team that owns such a component.
    Team,
    /// Every maintained release branch that ships an older version of the target's line.
    Branch,
}

impl Each {
    /// All of them, by the name that the catalog uses.
    pub const ALL: [(&'static str, Self); 4] =
        [("upgrade", Self::Upgrade), ("component", Self::Component), ("team", Self::Team), ("branch", Self::Branch)];
}

/// A condition that must hold before the tasks of a step.
#[derive(Clone, Debug)]
pub struct Gate {
    /// The condition.
    pub condition: Condition,
    /// Where the catalog says so.
    pub place: Place,
}

/// What a gate asks for.
#[derive(Clone, Debug)]
pub enum Condition {
    /// A container image is there; its reference, in which `{{ to }}` and `{{ line }}` stand for versions: see [`fill`].
    Published(Text),
    /// A build flavour has a release of the target.
    Released(VariantId),
    /// The target has been out for some time.
    Soak(Delay),
    /// A day has come.
    NotBefore(Date),
    /// Production is not frozen.
    NotFrozen,
    /// No release day of the product is as near as this.
    BeforeRelease(CalendarTime),
    /// Somebody has shown something, in words.
    Evidence(String),
}

/// Puts values in the place of names in a text that is no template beside that: `{{ line }}`.
#[must_use]
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{{ {name} }}}}"), value).replace(&format!("{{{{{name}}}}}"), value)
    })
}

/// Calendar time that must pass; a security upgrade may shorten it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay {
    /// The time.
    pub time: CalendarTime,
    /// The time in a security upgrade, where that is another.
    pub security: Option<CalendarTime>,
}

impl Delay {
    /// What it means in an upgrade.
    #[must_use]
    pub fn of(self, is_security: bool) -> Wait {
        match self.security.filter(|_| is_security) {
            Some(shorter) => Wait { time: shorter, instead_of: Some(self.time) },
            None => Wait { time: self.time, instead_of: None },
        }
    }
}

/// How the tool knows that a task is done.
#[derive(Clone, Debug)]
pub enum Check {
    /// By the component's recorded pins.
    Pin(PinCheck),
    /// By a container image that is recorded: its reference, see [`fill`].
    Image(Text),
}

/// What a step asks of a component's recorded pins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinCheck {
    /// All are at the target or newer.
    AtLeast,
    /// One of them names the target.
    Includes,
    /// All name the target, and nothing else.
    Only,
}

impl PinCheck {
    /// All of them, by the name that the catalog uses.
    pub const ALL: [(&'static str, Self); 3] =
        [("at-least", Self::AtLeast), ("includes", Self::Includes), ("only", Self::Only)];
}

/// A step that must be done before another.
#[derive(Clone, Debug)]
pub struct Need {
    /// The step.
    pub step: Located<StepId>,
    /// Which of its tasks.
    pub reach: Reach,
    /// Calendar time that must pass after it.
    pub wait: Option<Delay>,
    /// The upgrades in which it is needed.
    pub when: When,
}

/// Which tasks of a needed step are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those of the same component or team, where both steps have them.
    Same,
    /// All of them.
    All,
}

/// What to tell whom.
#[derive(Clone, Debug)]
pub struct Announcement {
    /// The channels.
    pub to: Vec<String>,
    /// The words, as a template.
    pub text: Text,
}
