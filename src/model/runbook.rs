//! The runbook: the plan of an upgrade as a document. What Markdown pages, issues and calendars are views of.
//!
//! The types are the format `upshift/runbook/1`: keys may be added, not renamed. Unknown is `null`.

use std::borrow::Cow;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::component::PinKind;
use crate::model::id::{BranchId, ComponentId, PhaseId, RuntimeId, StepId, TaskId, TeamId, UpgradeId, VariantId};
use crate::model::plan::BranchFit;
use crate::model::schema::{self, Day, Side};
use crate::model::upgrade::{Risk, State, TaskState};
use crate::model::verdict::Verdict;
use crate::model::version::Bump;

/// A runbook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Runbook {
    /// The name and version of the format.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: Cow<'static, str>,
    /// The upgrade.
    pub upgrade: UpgradeId,
    /// What is upgraded.
    pub runtime: RuntimeId,
    /// What people call it.
    pub runtime_name: String,
    /// The version in use.
    pub from: String,
    /// The target.
    pub to: String,
    /// The release line in use.
    pub from_line: String,
    /// The release line of the target.
    pub line: String,
    /// The size of the change, by position.
    pub bump: Option<Bump>,
    /// What the organisation calls a change of that size.
    pub called: Option<String>,
    /// How risky it is.
    pub risk: Risk,
    /// Whether it is a security upgrade; unknown where the catalog does not say so and no advisories are recorded.
    pub security: Option<bool>,
    /// Why it is one, when it is.
    pub security_because: Option<Reference>,
    /// Where the upgrade stands.
    pub state: State,
    /// The released revision; none for a draft.
    pub revision: Option<u32>,
    /// SHA-256 of the facts below: a digest that changes only when a fact that this runbook uses does.
    pub facts_digest: String,
    /// The outside facts that this runbook uses.
    pub facts: Vec<UsedFact>,
    /// The address of upstream's release notes.
    pub notes: Option<String>,
    /// When work begins.
    pub start: Due,
    /// When it must be done.
    pub due: Due,
    /// Its size.
    pub summary: Summary,
    /// What the jump means for known vulnerabilities.
    pub advisories: Advisories,
    /// Build flavours with targets of their own.
    pub variants: Vec<Variant>,
    /// The phases, in order.
    pub phases: Vec<PhaseEntry>,
    /// The steps that have tasks, by id.
    pub steps: Vec<StepEntry>,
    /// The tasks, by wave.
    pub tasks: Vec<TaskEntry>,
    /// The teams that own tasks or components, by id.
    pub teams: Vec<TeamEntry>,
    /// The components that use the runtime, by id.
    pub components: Vec<ComponentEntry>,
    /// Components without a task.
    pub not_planned: Vec<NotPlannedEntry>,
    /// The release branches that ship the runtime, by id.
    pub branches: Vec<BranchEntry>,
}

/// The format that this version writes.
pub const SCHEMA: &str = "upshift/runbook/1";

/// Makes the JSON Schema of runbooks.
#[must_use]
pub fn to_schema() -> Value {
    schema::to_schema::<Runbook>(
        Side::Written,
        "runbook",
        "Upshift runbook",
        "`runbook.json` of an upgrade, and what `upshift plan UPGRADE --format json` prints: the plan as a document.",
    )
}

/// A statement and where it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reference {
    /// The statement.
    pub text: String,
    /// Where it was read.
    pub url: Option<String>,
}

/// An outside fact and who said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UsedFact {
    /// Which fact it is: `to.released`, `from_line.eol`.
    pub id: String,
    /// The same in words: `end of life of 1.26`.
    pub fact: String,
    /// The fact.
    pub value: String,
    /// The source, by its name in the lock.
    pub source: String,
}

/// When an upgrade begins or must be done, and why then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Due {
    /// The day.
    #[schemars(with = "Option<Day>")]
    pub date: Option<Date>,
    /// The reason.
    pub because: Option<String>,
}

/// The size of a runbook. Dates come with a schedule; without one they are unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// How many tasks.
    pub tasks: usize,
    /// How many are done or waived.
    pub settled: usize,
    /// How many waves.
    pub waves: u32,
    /// Working days from the beginning of the longest chain to its end, waits included.
    pub critical_path_days: Option<u32>,
    /// The longest chain of tasks: each is held by the one before it.
    pub critical_path: Vec<TaskId>,
    /// The earliest day on which all can be done.
    #[schemars(with = "Option<Day>")]
    pub earliest_finish: Option<Date>,
    /// Days after the due date; 0 when it is kept.
    pub late_by_days: Option<u32>,
    /// What would help most, when it is late.
    pub remedies: Vec<RemedyEntry>,
}

/// Tasks whose leaving out would bring the end of a late plan forward: one, or all of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RemedyEntry {
    /// The tasks, by wave.
    pub tasks: Vec<TaskId>,
    /// The calendar days that it would save.
    pub days: u32,
}

/// What a jump means for known vulnerabilities; unknown where no advisories are recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Advisories {
    /// Those that the target fixes.
    pub fixed: Option<Vec<Advisory>>,
    /// Those that remain.
    pub still_affected: Option<Vec<Advisory>>,
    /// Those that it brings.
    pub newly_affected: Option<Vec<Advisory>>,
    /// The sources that were asked, by their names in the lock.
    pub sources: Vec<String>,
}

/// A known vulnerability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Advisory {
    /// Its id.
    pub id: String,
    /// Other ids.
    pub aliases: Vec<String>,
    /// What it is.
    pub summary: Option<String>,
    /// Where to read more.
    pub url: Option<String>,
    /// The source, by its name in the lock.
    pub source: String,
}

/// A build flavour with releases of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Variant {
    /// Its id.
    pub id: VariantId,
    /// What people call it.
    pub name: String,
    /// The target, once there is a release of this flavour for it.
    pub to: Option<String>,
    /// Its newest release that is not newer than the target.
    pub newest: Option<String>,
    /// The days by which that release lags behind the target: those between the two versions' own release days, 0 when
    /// they are the same version.
    pub lag_days: Option<u32>,
    /// The components that are built so, by id.
    pub components: Vec<ComponentId>,
    /// The sources that were asked, by their names in the lock; none of them has answered when this is empty.
    pub sources: Vec<String>,
}

/// A phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PhaseEntry {
    /// Its id.
    pub id: PhaseId,
    /// What people call it.
    pub name: String,
    /// What it is for, in Markdown.
    pub about: Option<String>,
    /// Whether later phases wait for it.
    pub blocks: bool,
    /// Components that go one after the other.
    pub in_order: Vec<ComponentId>,
    /// The phases that it waits for.
    pub after: Vec<PhaseId>,
}

/// A step that has tasks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepEntry {
    /// Its id.
    pub id: StepId,
    /// Its title for all its tasks together.
    pub title: String,
    /// Where the step was read.
    pub source: Option<String>,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TaskEntry {
    /// Its id.
    pub id: TaskId,
    /// Its step.
    pub step: StepId,
    /// Its component.
    pub component: Option<ComponentId>,
    /// Its team.
    pub team: Option<TeamId>,
    /// Its release branch.
    pub branch: Option<BranchId>,
    /// Its build flavour.
    pub variant: Option<VariantId>,
    /// Its phase.
    pub phase: PhaseId,
    /// Its wave, from 1.
    pub wave: u32,
    /// The tasks that it waits for directly, beside those of earlier phases.
    pub needs: Vec<TaskId>,
    /// How many tasks wait for it.
    pub unblocks: usize,
    /// Its title.
    pub title: String,
    /// Who does it.
    pub owner: TeamId,
    /// Why it is here.
    pub because: Vec<String>,
    /// Working days that it takes.
    pub takes_days: f64,
    /// The first day on which it can begin.
    #[schemars(with = "Option<Day>")]
    pub earliest_start: Option<Date>,
    /// The first day on which it can be done.
    #[schemars(with = "Option<Day>")]
    pub earliest_finish: Option<Date>,
    /// The last day on which it may begin.
    #[schemars(with = "Option<Day>")]
    pub latest_start: Option<Date>,
    /// The last day on which it may be done.
    #[schemars(with = "Option<Day>")]
    pub latest_finish: Option<Date>,
    /// Working days that it may slip.
    pub slack_days: Option<i32>,
    /// Whether it is on the critical path.
    pub critical: Option<bool>,
    /// Conditions that must hold before it.
    pub gates: Vec<Gate>,
    /// Where it stands.
    pub state: TaskState,
    /// Why it need not be done, while that holds.
    pub waived: Option<WaiverEntry>,
    /// What proves that.
    pub evidence: Vec<String>,
    /// Whether `do`, `run` or `verify` changed after people reported it as done; unknown where no revision was released
    /// by then.
    #[serde(default)]
    pub changed_since_done: Option<bool>,
    /// What to do, in Markdown.
    #[serde(rename = "do")]
    pub instructions: Option<String>,
    /// Commands to run.
    pub run: Option<String>,
    /// How a person knows that it worked, in Markdown.
    pub verify: Option<String>,
    /// How to undo it, in Markdown.
    pub rollback: Option<String>,
    /// What to tell whom.
    pub announce: Option<AnnounceEntry>,
}

impl TaskEntry {
    /// Says whether it should have been done before a day, and can still be done.
    #[must_use]
    pub fn is_late(&self, today: Date) -> bool {
        let is_open = matches!(self.state, TaskState::Blocked | TaskState::Ready | TaskState::InProgress);
        is_open && self.latest_finish.is_some_and(|by| by < today)
    }
}

/// Why a task need not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WaiverEntry {
    /// The reason.
    pub because: String,
    /// The last day on which it holds.
    #[schemars(with = "Day")]
    pub until: Date,
}

impl RemedyEntry {
    /// What it is about: a task, or all tasks of a step.
    #[must_use]
    pub fn subject(&self) -> String {
        match self.tasks.as_slice() {
            [one] => format!("`{one}`"),
            several => {
                let step = several.first().map_or("", |task| task.as_str().split('/').next().unwrap_or_default());
                format!("the {} `{step}` tasks", several.len())
            }
        }
    }
}

/// A condition that must hold before a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gate {
    /// What sort of condition it is.
    pub kind: GateKind,
    /// The condition, in words.
    pub text: String,
    /// Whether it holds; unknown before the facts say so.
    pub holds: Option<bool>,
    /// Until when it keeps the task waiting.
    #[schemars(with = "Option<Day>")]
    pub until: Option<Date>,
}

/// The sorts of gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GateKind {
    /// Time must pass after a needed task.
    Wait,
    /// The target must have been out for some time.
    Soak,
    /// A day must have come.
    NotBefore,
    /// Production must not be frozen.
    NotFrozen,
    /// No release day of the product may be near.
    BeforeRelease,
    /// A build flavour must have a release of the target.
    Released,
    /// A container image must be there.
    Published,
    /// Somebody must have shown something.
    Evidence,
}

/// What to tell whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AnnounceEntry {
    /// The channels.
    pub to: Vec<String>,
    /// The words.
    pub text: String,
}

/// A team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TeamEntry {
    /// Its id.
    pub id: TeamId,
    /// What people call it.
    pub name: String,
    /// Its handle in the tracker.
    pub handle: Option<String>,
    /// Its label in the tracker.
    pub label: Option<String>,
    /// Its chat channel.
    pub chat: Option<String>,
}

/// A component that uses the runtime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComponentEntry {
    /// Its id.
    pub id: ComponentId,
    /// What people call it.
    pub name: String,
    /// The team that owns it.
    pub owner: TeamId,
    /// Whether that owner is only inferred.
    pub owner_inferred: bool,
    /// Its repository.
    pub repo: Option<String>,
    /// Its folder inside the repository.
    pub path: Option<String>,
    /// Where its issues go.
    pub tracker: Option<String>,
    /// The component that bundles it.
    pub shipped_by: Option<ComponentId>,
    /// The phase that it declares.
    pub phase: Option<PhaseId>,
    /// What is special about it, in Markdown.
    pub note: Option<String>,
    /// The versions in use by recorded pins, the newest first; those of the component that ships it, where one does. None
    /// where nobody knows.
    pub versions: Vec<String>,
    /// How recorded pins compare with the target; those of the component that ships it, where one does.
    pub verdict: Verdict,
    /// The places that name a version: those that were found in its repository, then those that are only said to be there.
    pub pins: Vec<PinEntry>,
    /// Where all this was read.
    pub source: Option<String>,
}

/// A place that names a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PinEntry {
    /// The file.
    pub file: String,
    /// The variable, key or line.
    pub name: Option<String>,
    /// The line, from 1; unknown where nobody has looked.
    pub line: Option<u32>,
    /// What is written there.
    pub value: Option<String>,
    /// The version that this names, where it names a single one.
    pub version: Option<String>,
    /// What sort of pin it is.
    pub kind: Option<PinKind>,
    /// The build flavour that it is for; none for the main one.
    pub variant: Option<VariantId>,
    /// How it compares with the target.
    pub verdict: Verdict,
    /// The address of its line, as it was read.
    pub url: Option<String>,
}

/// A component without a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotPlannedEntry {
    /// The component.
    pub component: ComponentId,
    /// Why.
    pub because: String,
}

/// A release branch that ships the runtime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BranchEntry {
    /// Its id.
    pub id: BranchId,
    /// The product's version.
    pub version: String,
    /// The day of its release.
    #[schemars(with = "Option<Day>")]
    pub released: Option<Date>,
    /// The last day on which it is maintained.
    #[schemars(with = "Option<Day>")]
    pub ends: Option<Date>,
    /// The version of the runtime that it ships.
    pub ships: Option<String>,
    /// What it has to do with the upgrade.
    pub fit: BranchFit,
    /// The same in words.
    pub because: String,
    /// Its tasks.
    pub tasks: Vec<TaskId>,
    /// Whether what it ships must keep working, by the organisation's own rule.
    pub supported: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runbook_is_read_as_it_was_written() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        for upgrade in ["site/go/1.26.7", "site/ruby/3.4.10", "tests/golden/recorded_pins/expected/go/1.27.0"] {
            let text = std::fs::read_to_string(root.join(upgrade).join("runbook.json")).expect("reads");
            let written: Value = serde_json::from_str(&text).expect("is JSON");
            let read: Runbook = serde_json::from_str(&text).expect("is a runbook");
            assert_eq!(serde_json::to_value(read).expect("is JSON"), written, "{upgrade}");
        }
    }
}
