//! The catalog as a whole: every reference in it has been resolved.

use std::collections::BTreeMap;

use crate::model::branch::{Branch, Group};
use crate::model::component::{Component, Use};
use crate::model::id::{BranchId, ComponentId, GroupId, ProcessId, RuntimeId, TeamId, UpgradeId};
use crate::model::process::Process;
use crate::model::runtime::Runtime;
use crate::model::settings::Settings;
use crate::model::team::Team;
use crate::model::upgrade::Upgrade;
use crate::model::version::Scheme;

/// Everything that people wrote down, by id.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// What belongs to the organisation as a whole.
    pub settings: Settings,
    /// The owners.
    pub teams: BTreeMap<TeamId, Team>,
    /// What uses runtimes.
    pub components: BTreeMap<ComponentId, Component>,
    /// The product's release branches.
    pub branches: BTreeMap<BranchId, Branch>,
    /// What is upgraded.
    pub runtimes: BTreeMap<RuntimeId, Runtime>,
    /// How it is upgraded.
    pub processes: BTreeMap<ProcessId, Process>,
    /// To what, and by when.
    pub upgrades: BTreeMap<UpgradeId, Upgrade>,
    /// Upgrades that belong together.
    pub groups: BTreeMap<GroupId, Group>,
}

impl Catalog {
    /// The components that use a runtime, by id, each with how it does.
    pub fn users<'a>(&'a self, runtime: &'a RuntimeId) -> impl Iterator<Item = (&'a Component, &'a Use)> {
        self.components.values().filter_map(move |component| Some((component, component.uses.get(runtime)?)))
    }

    /// How the versions of each runtime read.
    #[must_use]
    pub fn schemes(&self) -> BTreeMap<RuntimeId, Scheme> {
        self.runtimes.values().map(|runtime| (runtime.id.clone(), runtime.scheme)).collect()
    }

    /// The upgrades of a runtime, by id.
    pub fn upgrades_of<'a>(&'a self, runtime: &'a RuntimeId) -> impl Iterator<Item = &'a Upgrade> {
        self.upgrades.values().filter(move |upgrade| &upgrade.runtime == runtime)
    }

    /// The runtime and process of an upgrade.
    ///
    /// A checked catalog has both; `None` means that it was put together by hand.
    #[must_use]
    pub fn recipe(&self, upgrade: &Upgrade) -> Option<(&Runtime, &Process)> {
        let runtime = self.runtimes.get(&upgrade.runtime)?;
        Some((runtime, self.process_of(runtime)?))
    }

    /// The process of a runtime, where it has one.
    #[must_use]
    pub fn process_of(&self, runtime: &Runtime) -> Option<&Process> {
        self.processes.get(runtime.process.as_ref()?)
    }
}
