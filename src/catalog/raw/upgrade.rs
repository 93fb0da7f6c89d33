//! The shape of `upgrades`.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Text;
use crate::catalog::shape::{Anything, Day, Few, Id, Ids, Named, One, Reported, Risks, States, Tasks, Url, Working};
use crate::catalog::yaml::{Entries, OneOrMore};

/// Moving one runtime to one target.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Upgrade {
    /// The runtime, by id.
    #[schemars(with = "Id")]
    pub runtime: Text,
    /// The version in use when the upgrade was opened; quoted, and older than `to`. Example: `"1.26.5"`.
    pub from: Text,
    /// The target; quoted. Example: `"1.26.7"`.
    pub to: Text,
    /// Where it stands: `planned` (agreed, not begun), `active`, `done`, `aborted` (given up; say why in `because`).
    /// Default: `planned`.
    #[schemars(with = "Option<One<States>>")]
    pub state: Option<Text>,
    /// Why it was given up. Required for `state: aborted`.
    pub because: Option<Text>,
    /// The upgrade that took its place, by id.
    #[schemars(with = "Option<Id>")]
    pub superseded_by: Option<Text>,
    /// How risky it is: `low`, `normal`, or `high` (the careful order applies). Default: `normal`.
    #[schemars(with = "Option<One<Risks>>")]
    pub risk: Option<Text>,
    /// The group of upgrades that it belongs to, by id. Default: none.
    #[schemars(with = "Option<Id>")]
    pub group: Option<Text>,
    /// Why it is a security upgrade. Default: it is not known to be one.
    pub security: Option<Security>,
    /// The day on which work begins. Example: `2026-08-24`. Default: the target's release or the day of the lock,
    /// whichever is later.
    #[schemars(with = "Option<Day>")]
    pub start: Option<Text>,
    /// The day by which it must be done. Example: `2026-09-17`. Default: computed from the runtime's policy.
    #[schemars(with = "Option<Day>")]
    pub due: Option<Text>,
    /// What it is good for, in Markdown. Default: the goal of the process.
    pub goal: Option<Text>,
    /// The team that holds each role of the process, by id. Example: `{ dri: distribution }`.
    #[serde(default)]
    #[schemars(with = "Entries<Id>")]
    pub roles: Entries<Text>,
    /// When it counts as done, measured by tasks. Default: none.
    #[serde(default)]
    pub criteria: Vec<Criterion>,
    /// What could go wrong, and what is done about it. Default: none.
    #[serde(default)]
    pub risks: Vec<KnownRisk>,
    /// What to do when something goes wrong. Default: none.
    #[serde(default)]
    pub contingency: Vec<Contingency>,
    /// Where to find more, by any name: an address each. Example: `{ epic: "https://...", chat: "https://..." }`.
    #[serde(default)]
    #[schemars(with = "Named<Anything, String>")]
    pub links: Entries<Text>,
    /// What people report about its tasks, by the task's id: `step`, `step/component` or `step/team`. Example:
    /// `bump-pin/kas`.
    #[serde(default)]
    #[schemars(with = "Named<Tasks, TaskRecord>")]
    pub tasks: Entries<TaskRecord>,
}

/// Why an upgrade is a security upgrade.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Security {
    /// What it fixes, in one sentence.
    pub because: Text,
    /// Where that is said: a web address.
    #[schemars(with = "Option<Url>")]
    pub source: Option<Text>,
}

/// A condition under which an upgrade counts as done.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its id. Example: `shipped`.
    #[schemars(with = "Id")]
    pub id: Text,
    /// What must be true, in one sentence.
    pub text: Text,
    /// Who answers for it: a team or a role, by id. Default: nobody.
    #[schemars(with = "Option<Id>")]
    pub dri: Option<Text>,
    /// The day on which work on it begins. Example: `2026-10-05`.
    #[schemars(with = "Option<Day>")]
    pub start: Option<Text>,
    /// The day by which it should be met. Example: `2026-10-30`.
    #[schemars(with = "Option<Day>")]
    pub target: Option<Text>,
    /// The tasks that measure it: it is met when all of them are done.
    pub tasks: TaskFilter,
}

/// Some tasks of an upgrade.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskFilter {
    /// The steps whose tasks count, by id. Example: `[bump-pin]`.
    #[schemars(with = "Few<Ids>")]
    pub step: OneOrMore,
}

/// Something that could go wrong.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownRisk {
    /// What could go wrong, in one sentence.
    pub risk: Text,
    /// What is done about it, in one sentence.
    pub mitigation: Text,
}

/// What to do when something goes wrong.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contingency {
    /// The event, in one sentence.
    pub when: Text,
    /// What is done then, in one sentence.
    pub then: Text,
    /// Who decides: a team or a role, by id. Default: nobody.
    #[schemars(with = "Option<Id>")]
    pub owner: Option<Text>,
}

/// What people report about a task.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TaskRecord {
    /// Where it stands: `in-progress`, `done` (with `evidence`) or `cannot`. Default: computed from what it waits for.
    #[schemars(with = "Option<One<Reported>>")]
    pub state: Option<Text>,
    /// The day on which it reached that state. Example: `2026-08-28`.
    #[schemars(with = "Option<Day>")]
    pub on: Option<Text>,
    /// What proves it, such as the address of a merge request. Required for `state: done`.
    pub evidence: Option<Text>,
    /// Why it need not be done.
    pub waived: Option<Waiver>,
    /// The team that does it instead of the owner that the process names, by id.
    #[schemars(with = "Option<Id>")]
    pub owner: Option<Text>,
    /// The working time that it takes here: days, or hours of which eight are a day. Example: `2d`. Default: that of
    /// the step.
    #[schemars(with = "Option<Working>")]
    pub takes: Option<Text>,
}

/// Why a task need not be done, and until when that holds.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The reason, in one sentence.
    pub because: Text,
    /// The last day on which it holds. Example: `2026-10-01`.
    #[schemars(with = "Day")]
    pub until: Text,
}
