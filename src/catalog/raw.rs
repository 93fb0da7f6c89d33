//! The shape of catalog files, exactly as people write them: texts with their places, nothing resolved.
//! Every key of the format is here or in the files below; what the values mean is decided by `validate`.
//!
//! The comments of the fields are the help that editors show: they are written for people who fill in a catalog.
//! `schemars` attributes say to editors what `validate` checks later.

mod branch;
mod component;
mod process;
mod runtime;
mod settings;
mod short;
mod upgrade;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalog::yaml::{Entries, Spanned};

pub use branch::{Branch, Group};
pub use component::{Component, Pin, PinPattern, Scan, Team, Use};
pub use process::{Delay, Gate, Need, Phase, Process, Role, Step, StepCheck, When, Where};
pub use runtime::{Options, Runtime, Variant};
pub use settings::{Calendar, Diff, Network, Settings, WorkflowLabel};
pub use upgrade::{Criterion, TaskRecord, Upgrade};

type Text = Spanned<String>;

/// One file below `data/`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// What belongs to the organisation rather than to a runtime. Stands in one file only.
    pub settings: Option<Spanned<Settings>>,
    /// The owners of components and steps, by id. Example: `gitaly: { name: Gitaly }`.
    pub teams: Entries<Team>,
    /// The things that somebody owns and that use a runtime, by id.
    pub components: Entries<Component>,
    /// The product's release branches, by id: which runtime each ships, and until when it is maintained. Example:
    /// `19-3-stable`.
    pub branches: Entries<Branch>,
    /// What is upgraded, by id. Example: `go`.
    pub runtimes: Entries<Runtime>,
    /// How upgrades are done, by id: phases and steps, without a version.
    pub processes: Entries<Process>,
    /// Moves of one runtime to one target, by id: the runtime's id, `-`, and a slug that names the folder of the pages.
    /// Example: `go-1.26.7`.
    pub upgrades: Entries<Upgrade>,
    /// Upgrades that belong together, by id; an upgrade names its group. Example: `2026-11-ruby-security`.
    pub groups: Entries<Group>,
}
