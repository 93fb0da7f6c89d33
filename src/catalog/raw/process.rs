//! The shape of `processes`: phases, steps and their conditions.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Text;
use super::short::{LongForm, Short};
use crate::catalog::shape::{Bumps, Calendar, Day, Few, Id, Ids, One, PinChecks, Risks, Scopes, Url, Working};
use crate::catalog::yaml::{Entries, OneOrMore};

/// How upgrades are done.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Process {
    /// The process that this one takes over, by id. A step given again overrides the keys that it names.
    #[schemars(with = "Option<Id>")]
    pub extends: Option<Text>,
    /// What people call it. Default: its id.
    pub name: Option<Text>,
    /// What it is and for whom, in Markdown.
    pub about: Option<Text>,
    /// What its upgrades are good for, in Markdown; an upgrade may say so itself.
    pub goal: Option<Text>,
    /// What an upgrade gives to teams, by id; every upgrade names a team for each. Example: `dri`.
    #[serde(default)]
    pub roles: Entries<Role>,
    /// The phases, in order. A phase waits for all blocking phases before it. Default: those of the process that it
    /// extends.
    pub phases: Option<Vec<Phase>>,
    /// The steps, by id; the id is a part of the ids of tasks, so it stays when the title changes.
    #[serde(default)]
    pub steps: Entries<Step>,
    /// Steps of the process that it extends which do not apply, by id. Default: none.
    #[serde(default)]
    #[schemars(with = "Few<Ids>")]
    pub drop: OneOrMore,
    /// Where the process was read: a web address.
    #[schemars(with = "Option<Url>")]
    pub source: Option<Text>,
}

/// What an upgrade gives to a team.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// What people call it. Example: `Release managers`.
    pub name: Text,
    /// What the team does that holds it, in one sentence.
    pub does: Text,
}

/// A part of a process that comes after others.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its id, by which steps and components name it. Example: `approval`.
    #[schemars(with = "Id")]
    pub id: Text,
    /// What people call it. Default: its id.
    pub name: Option<Text>,
    /// What it is for, in Markdown.
    pub about: Option<Text>,
    /// Components that go one after the other in this phase, by id; all others go side by side. Default: none.
    #[serde(default)]
    #[schemars(with = "Vec<Id>")]
    pub in_order: Vec<Text>,
    /// The phases that it waits for, by id; each stands before it in the list. `[]`: it waits for none. Default: all
    /// blocking phases before it.
    #[schemars(with = "Option<Vec<Id>>")]
    pub after: Option<Vec<Text>>,
    /// Whether later phases wait for it. Default: `true`.
    pub blocks: Option<bool>,
}

/// One piece of work of a process. Every key may be missing where a step is given again, to override some keys.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    /// The title of its tasks; a template. Required. Example: `"Build {{ component.name }} with Go {{ to }}"`.
    pub title: Option<Text>,
    /// What gets a task of its own: `upgrade` (one task), `component` (each that the step applies to), `team` (each that
    /// owns such a component), `branch` (each maintained release branch that ships an older version of the target's
    /// line). Default: `upgrade`.
    #[schemars(with = "Option<One<Scopes>>")]
    pub each: Option<Text>,
    /// The components that it applies to; for `each: component` and `each: team`. With `each: branch`, the branches, by
    /// their tags. Default: all that use the runtime.
    #[serde(rename = "where")]
    pub which: Option<Where>,
    /// The build flavour that it is for, by id: only components that are built so get a task. Default: the main one.
    #[schemars(with = "Option<Id>")]
    pub variant: Option<Text>,
    /// The upgrades that it belongs to. Default: all.
    pub when: Option<When>,
    /// The phase, by id. Default, for `each: component` only: the phase that the component declares in `uses`.
    #[schemars(with = "Option<Id>")]
    pub phase: Option<Text>,
    /// Who does it: a team or a role, by id. Default: the component's owner; required for `each: upgrade`.
    #[schemars(with = "Option<Id>")]
    pub owner: Option<Text>,
    /// The steps that come before it. A bare id is short for `{ step: id }`. Example: `[open-issue, { step: gdk-option,
    /// wait: 7d }, { all: test, when: { risk: high } }]`.
    pub needs: Option<Vec<Need>>,
    /// Conditions that must hold before it. Example: `[{ soak: 3mo }, { not-frozen: {} }]`. Default: none.
    pub gates: Option<Vec<Gate>>,
    /// The working time of one task: days, or hours of which eight are a day. Example: `4h`. Default: `1d`.
    #[schemars(with = "Option<Working>")]
    pub takes: Option<Text>,
    /// What to do, in Markdown; a template.
    #[serde(rename = "do")]
    pub instructions: Option<Text>,
    /// Commands for a shell, shown as a block to copy; a template in which only ids, versions and paths may stand.
    pub run: Option<Text>,
    /// How a person knows that it worked, in Markdown; a template.
    pub verify: Option<Text>,
    /// How the tool knows that it is done. Default: it does not; people report it.
    pub check: Option<StepCheck>,
    /// How to undo it, in Markdown; a template.
    pub rollback: Option<Text>,
    /// What to tell whom.
    pub announce: Option<Announcement>,
    /// Where the step was read: a web address.
    #[schemars(with = "Option<Url>")]
    pub source: Option<Text>,
}

/// A condition that must hold before a task: one of these keys.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub struct Gate {
    /// A container image that must be there; a template. It is known where a source `docker-tags` of that image is
    /// recorded. Example: `"docker.io/library/golang:{{ to }}"`.
    pub published: Option<Text>,
    /// A build flavour, by id, that must have a release of the target. Example: `fips`.
    #[schemars(with = "Option<Id>")]
    pub released: Option<Text>,
    /// The time for which the target must be out. Example: `3mo`, or `{ for: 3mo, security: 1d }`.
    pub soak: Option<Delay>,
    /// The first day on which it may begin. Example: `2026-10-01`.
    #[schemars(with = "Option<Day>")]
    pub not_before: Option<Text>,
    /// It touches production: nobody works on it while production is frozen. Write `{}`.
    pub not_frozen: Option<Nothing>,
    /// Nobody works on it so shortly before a release day of the product, or on that day. Example: `7d`.
    #[schemars(with = "Option<Calendar>")]
    pub before_release: Option<Text>,
    /// What somebody must have shown, in one sentence; it holds once the task's record in the upgrade has `evidence`.
    /// Example: `"The change request is approved"`.
    pub evidence: Option<Text>,
}

/// An empty map.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// How the tool knows that a task is done: one of these keys.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub struct StepCheck {
    /// What the component's recorded pins must say: `at-least` (all are at the target or newer), `includes` (one of them
    /// names it), `only` (all name it, and nothing else).
    #[schemars(with = "Option<One<PinChecks>>")]
    pub pin: Option<Text>,
    /// A container image that must be there, where a source `docker-tags` of it is recorded; a template. Example:
    /// `"docker.io/library/golang:{{ to }}"`.
    pub image: Option<Text>,
}

/// A length of calendar time, or one that security upgrades shorten.
pub type Delay = Short<DelayMap>;

/// A length of calendar time that security upgrades shorten.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DelayMap {
    /// The time: days, weeks, months or years. Example: `3mo`.
    #[serde(rename = "for")]
    #[schemars(with = "Calendar")]
    pub time: Text,
    /// The time in a security upgrade. Example: `1d`. Default: the same.
    #[schemars(with = "Option<Calendar>")]
    pub security: Option<Text>,
}

impl LongForm for DelayMap {
    type Bare = Calendar;
    const EXPECTED: &'static str = "a length of time, or a map with `for`";
    const ABOUT: &'static str = "A length of calendar time, or a map with `for`.";
}

/// What to tell whom.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Announcement {
    /// The channels. Example: `["#backend", "#development"]`.
    pub to: OneOrMore,
    /// The words to post; a template.
    pub text: Text,
}

/// A condition on an upgrade. All keys must hold; in a list, one value must.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// The size of the change, by position. Example: `[major, minor]`. Default: any.
    #[schemars(with = "Few<Bumps>")]
    pub bump: OneOrMore,
    /// The risk of the upgrade. Example: `high`. Default: any.
    #[schemars(with = "Few<Risks>")]
    pub risk: OneOrMore,
    /// `true`: only security upgrades; `false`: only others. Default: both.
    pub security: Option<bool>,
    /// The version in use, as a range in the runtime's scheme. Example: `"<1.21"`. Default: any.
    pub from: Option<Text>,
    /// The target, as a range in the runtime's scheme. Example: `">=1.25"`. Default: any.
    pub to: Option<Text>,
    /// Conditions of which at least one must hold.
    pub any: Vec<When>,
    /// A condition that must not hold.
    pub not: Option<Box<When>>,
}

/// A condition on a component. All keys must hold; in a list, one value must.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Where {
    /// Tags of which the component has one. Example: `[shipped]`. Default: any or none.
    pub tags: OneOrMore,
    /// Components, by id. Default: any.
    #[schemars(with = "Few<Ids>")]
    pub component: OneOrMore,
    /// Teams that own the component, by id. Default: any.
    #[schemars(with = "Few<Ids>")]
    pub owner: OneOrMore,
    /// Phases that the component declares in `uses`, by id. Default: any.
    #[schemars(with = "Few<Ids>")]
    pub phase: OneOrMore,
    /// `true`: only components that another one ships (`shipped_by`); `false`: only others. Default: both.
    pub bundled: Option<bool>,
    /// Conditions of which at least one must hold.
    pub any: Vec<Where>,
    /// A condition that must not hold.
    pub not: Option<Box<Where>>,
}

/// A need: a bare id, or a map with `step` or `all`.
pub type Need = Short<NeedMap>;

/// A step that comes before another, with more said about it; either `step` or `all` names it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["step"] }, { "required": ["all"] }]))]
pub struct NeedMap {
    /// A step, by id, of which the tasks of the same component or team come first.
    #[schemars(with = "Option<Id>")]
    pub step: Option<Text>,
    /// A step, by id, of which all tasks come first.
    #[schemars(with = "Option<Id>")]
    pub all: Option<Text>,
    /// Calendar time that must pass after it: days, weeks, months or years. Example: `7d`. Default: none.
    #[schemars(with = "Option<Calendar>")]
    pub wait: Option<Text>,
    /// That time in a security upgrade. Example: `1d`. Default: the same.
    #[schemars(with = "Option<Calendar>")]
    pub security: Option<Text>,
    /// The upgrades in which it is needed. Default: all.
    pub when: Option<When>,
}

impl LongForm for NeedMap {
    type Bare = Id;
    const EXPECTED: &'static str = "a step's id, or a map with `step` or `all`";
    const ABOUT: &'static str = "A step that comes before: its id, or a map with `step` or `all`.";
}
