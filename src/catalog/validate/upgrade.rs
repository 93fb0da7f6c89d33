//! Checks upgrades: their versions, dates, roles, criteria and what people reported about their tasks.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Check, File, Kind};
use crate::catalog::raw;
use crate::catalog::yaml::{Entries, Spanned, to_located, to_place};
use crate::model::catalog::Catalog;
use crate::model::id::{FOLDERS_OF_RUNTIME, GroupId, RoleId, RuntimeId, StepId, TaskId, TeamId, UpgradeId};
use crate::model::place::Located;
use crate::model::problem::Problem;
use crate::model::process::Process;
use crate::model::upgrade::{
    Contingency, Criterion, KnownRisk, Risk, Security, State, TaskRecord, TaskState, Upgrade, Waiver,
};
use crate::model::version::{Scheme, Version};

impl Check {
    pub(super) fn upgrades(&mut self, files: &[File], catalog: &Catalog) -> BTreeMap<UpgradeId, Upgrade> {
        let mut upgrades = BTreeMap::new();
        for (file, raw) in files {
            for (key, said) in &raw.upgrades.0 {
                if let Some(upgrade) = self.upgrade(file, key, said, catalog) {
                    upgrades.entry(upgrade.id.clone()).or_insert(upgrade);
                }
            }
        }
        upgrades
    }

    fn upgrade(
        &mut self,
        file: &Arc<str>,
        key: &Spanned<String>,
        said: &raw::Upgrade,
        catalog: &Catalog,
    ) -> Option<Upgrade> {
        self.known(&said.runtime, file, Kind::Runtime);
        let runtime = catalog.runtimes.get(said.runtime.value.as_str());
        let process = runtime.and_then(|runtime| catalog.process_of(runtime));
        if let Some(runtime) = runtime.filter(|runtime| runtime.process.is_none()) {
            let message = format!("the runtime `{}` has no process, so nothing can be planned for it", runtime.id);
            self.problems.push(
                Problem::error("missing-process", &to_place(&said.runtime, file), message)
                    .related(&runtime.place, "defined here")
                    .help("give the runtime a `process`"),
            );
        }
        if !key.value.strip_prefix(&said.runtime.value).is_some_and(|rest| rest.len() > 1 && rest.starts_with('-')) {
            let message =
                format!("the id of an upgrade of `{}` begins with `{}-`", said.runtime.value, said.runtime.value);
            self.problems.push(
                Problem::error("invalid-id", &to_place(key, file), message)
                    .about("runtime")
                    .help(format!("call it `{}-{}`", said.runtime.value, said.to.value)),
            );
        }
        let slug = key.value.strip_prefix(&said.runtime.value).and_then(|rest| rest.strip_prefix('-'));
        if let Some(slug) = slug.filter(|slug| FOLDERS_OF_RUNTIME.contains(slug)) {
            let message = format!("an upgrade cannot be called `{slug}`: pages of all upgrades have that folder");
            let help = format!("call it `{}-{}`", said.runtime.value, said.to.value);
            self.problems.push(Problem::error("invalid-id", &to_place(key, file), message).about("folder").help(help));
        }
        let roles = self.upgrade_roles(file, key, &said.roles, process);
        let criteria = said.criteria.iter().map(|criterion| self.criterion(file, criterion, process, &roles)).collect();
        let contingency = said.contingency.iter().map(|said| Contingency {
            when: said.when.value.clone(),
            then: said.then.value.clone(),
            owner: said.owner.as_ref().and_then(|owner| self.team_or_role(file, owner, &roles)),
        });
        let contingency = contingency.collect();
        let tasks =
            said.tasks.0.iter().map(|(id, record)| (TaskId::new(&id.value), self.task(file, id, record, process)));
        let tasks = tasks.collect();
        let state = match &said.state {
            Some(state) => self.word(state, file, "state", &State::ALL).unwrap_or(State::Planned),
            None => State::Planned,
        };
        if state == State::Aborted && said.because.is_none() {
            let message = format!("`{}` was aborted, and nobody says why", key.value);
            let problem = Problem::error("missing-reason", &to_place(key, file), message);
            self.problems.push(problem.help("add `because: ...`; those who come after will ask"));
        }
        if let Some(group) = &said.group {
            self.known(group, file, Kind::Group);
        }
        if let Some(next) = &said.superseded_by {
            self.known(next, file, Kind::Upgrade);
        }
        let links = said.links.0.iter().map(|(name, link)| (name.value.clone(), link.value.clone())).collect();
        let scheme = runtime?.scheme;
        let from = self.version(file, &said.from, scheme);
        let to = self.version(file, &said.to, scheme);
        let (from, to) = (from?, to?);
        for version in [&from, &to].into_iter().filter(|version| !version.value.is_installable()) {
            let message = format!("`{}` names a language version, which nobody can install", version.value);
            let help = format!("the first release of that line is `{}.0`", version.value);
            self.problems.push(Problem::error("invalid-version", &version.place, message).help(help));
        }
        if to.value <= from.value {
            let message = format!("{} is not newer than {}", to.value, from.value);
            self.problems.push(Problem::error("not-an-upgrade", &to.place, message).related(&from.place, "from here"));
        }
        Some(Upgrade {
            id: UpgradeId::new(&key.value),
            runtime: RuntimeId::new(&said.runtime.value),
            from,
            to,
            state,
            because: said.because.as_ref().map(|because| because.value.clone()),
            superseded_by: said.superseded_by.as_ref().map(|next| UpgradeId::new(&next.value)),
            risk: match &said.risk {
                Some(risk) => self.word(risk, file, "risk", &Risk::ALL).unwrap_or(Risk::Normal),
                None => Risk::Normal,
            },
            security: said.security.as_ref().map(|security| Security {
                because: security.because.value.clone(),
                source: self.optional_url(security.source.as_ref(), file),
            }),
            start: said.start.as_ref().and_then(|day| self.date(day, file)),
            due: said
                .due
                .as_ref()
                .and_then(|day| Some(Located { value: self.date(day, file)?, place: to_place(day, file) })),
            group: said.group.as_ref().map(|group| GroupId::new(&group.value)),
            goal: said.goal.as_ref().map(|goal| goal.value.trim().to_owned()),
            roles,
            criteria,
            risks: said
                .risks
                .iter()
                .map(|said| KnownRisk { risk: said.risk.value.clone(), mitigation: said.mitigation.value.clone() })
                .collect(),
            contingency,
            links,
            tasks,
            place: to_place(key, file),
        })
    }

    pub(super) fn version(
        &mut self,
        file: &Arc<str>,
        text: &Spanned<String>,
        scheme: Scheme,
    ) -> Option<Located<Version>> {
        match scheme.parse(&text.value) {
            Ok(value) => Some(Located { value, place: to_place(text, file) }),
            Err(error) => {
                self.problems.push(Problem::error("invalid-version", &to_place(text, file), error.to_string()));
                None
            }
        }
    }

    /// Reads who holds which role, and reports roles that the process needs and nobody holds.
    fn upgrade_roles(
        &mut self,
        file: &Arc<str>,
        key: &Spanned<String>,
        said: &Entries<Spanned<String>>,
        process: Option<&Process>,
    ) -> BTreeMap<RoleId, TeamId> {
        let mut roles = BTreeMap::new();
        for (role, team) in &said.0 {
            self.known(team, file, Kind::Team);
            if let Some(process) = process
                && !process.roles.contains_key(role.value.as_str())
            {
                let message = format!("the process `{}` has no role `{}`", process.id, role.value);
                let problem = Problem::error("unknown-role", &to_place(role, file), message);
                self.problems.push(problem.suggest(&role.value, process.roles.keys().map(RoleId::as_str)));
            }
            roles.insert(RoleId::new(&role.value), TeamId::new(&team.value));
        }
        for role in process.iter().flat_map(|process| process.roles.keys()).filter(|role| !roles.contains_key(*role)) {
            let message = format!("nobody holds the role `{role}` in `{}`", key.value);
            self.problems.push(
                Problem::error("missing-role", &to_place(key, file), message)
                    .about(role.as_str())
                    .help(format!("add `roles: {{ {role}: TEAM }}`")),
            );
        }
        roles
    }

    fn team_or_role(
        &mut self,
        file: &Arc<str>,
        text: &Spanned<String>,
        roles: &BTreeMap<RoleId, TeamId>,
    ) -> Option<TeamId> {
        if let Some(team) = roles.get(text.value.as_str()) {
            return Some(team.clone());
        }
        self.known(text, file, Kind::Team).then(|| TeamId::new(&text.value))
    }

    fn criterion(
        &mut self,
        file: &Arc<str>,
        said: &raw::Criterion,
        process: Option<&Process>,
        roles: &BTreeMap<RoleId, TeamId>,
    ) -> Criterion {
        self.id(&said.id, file);
        for step in &said.tasks.step.0 {
            self.step_of(file, step, &step.value, process);
        }
        Criterion {
            place: to_place(&said.id, file),
            id: said.id.value.clone(),
            text: said.text.value.trim().to_owned(),
            dri: said.dri.as_ref().and_then(|dri| self.team_or_role(file, dri, roles)),
            start: said.start.as_ref().and_then(|day| self.date(day, file)),
            target: said.target.as_ref().and_then(|day| self.date(day, file)),
            steps: said.tasks.step.0.iter().map(|step| StepId::new(&step.value)).collect(),
        }
    }

    /// Reports a step that the process does not have.
    fn step_of(&mut self, file: &Arc<str>, text: &Spanned<String>, step: &str, process: Option<&Process>) {
        let Some(process) = process else { return };
        if !process.steps.contains_key(step) {
            let message = format!("the process `{}` has no step `{step}`", process.id);
            let problem = Problem::error("unknown-step", &to_place(text, file), message);
            self.problems.push(problem.suggest(step, process.steps.keys().map(StepId::as_str)));
        }
    }

    fn task(
        &mut self,
        file: &Arc<str>,
        id: &Spanned<String>,
        said: &raw::TaskRecord,
        process: Option<&Process>,
    ) -> TaskRecord {
        let step = id.value.split('/').next().unwrap_or(&id.value);
        self.step_of(file, id, step, process);
        let state = said
            .state
            .as_ref()
            .and_then(|state| self.word(state, file, "state that a person reports", &TaskState::REPORTED));
        if state == Some(TaskState::Done) && said.evidence.is_none() {
            let message = format!("`{}` is done without evidence", id.value);
            self.problems.push(
                Problem::error("missing-evidence", &to_place(id, file), message)
                    .help("link what proves it: `evidence: https://...`"),
            );
        }
        TaskRecord {
            place: to_place(id, file),
            state,
            on: said.on.as_ref().and_then(|day| self.date(day, file)),
            evidence: said.evidence.as_ref().map(|evidence| to_located(evidence, file).value),
            waived: said.waived.as_ref().and_then(|waiver| {
                Some(Waiver { because: waiver.because.value.clone(), until: self.date(&waiver.until, file)? })
            }),
            owner: said
                .owner
                .as_ref()
                .filter(|owner| self.known(owner, file, Kind::Team))
                .map(|owner| TeamId::new(&owner.value)),
            takes: said.takes.as_ref().and_then(|takes| self.working_time(file, takes)),
        }
    }
}
