//! Checks components: their owners, what they use, and what is known of their pins.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Check, File, Kind};
use crate::catalog::raw;
use crate::catalog::yaml::{Spanned, to_located, to_place};
use crate::model::component::{Component, Field, Pin, PinKind, Use};
use crate::model::id::{ComponentId, PhaseId, ProcessId, RuntimeId, TeamId};
use crate::model::place::Located;
use crate::model::problem::Problem;
use crate::model::process::{Each, Process};
use crate::model::runtime::Runtime;

impl Check {
    pub(super) fn components(&mut self, files: &[File]) -> BTreeMap<ComponentId, Component> {
        let mut components = BTreeMap::new();
        for (file, raw) in files {
            for (key, said) in &raw.components.0 {
                let component = self.component(file, key, said);
                components.entry(component.id.clone()).or_insert(component);
            }
        }
        components
    }

    fn component(&mut self, file: &Arc<str>, key: &Spanned<String>, said: &raw::Component) -> Component {
        let text = |value: &Option<Spanned<String>>| value.as_ref().map(|text| text.value.clone());
        let place = to_place(key, file);
        let owner = match &said.owner {
            Some(owner) => {
                self.known(owner, file, Kind::Team);
                owner.value.clone()
            }
            None => {
                self.problems.push(
                    Problem::error("missing-owner", &place, format!("the component `{}` has no owner", key.value))
                        .help("name the team that answers for it: `owner: TEAM`")
                        .help("when you can only guess, add `inferred: [owner]`; pages then say so"),
                );
                String::new()
            }
        };
        let repo = self.optional_url(said.repo.as_ref(), file);
        let tracker = self.optional_url(said.tracker.as_ref(), file);
        let uses = said.uses.0.iter().map(|(runtime, said)| {
            self.known(runtime, file, Kind::Runtime);
            (RuntimeId::new(&runtime.value), self.usage(file, runtime, said))
        });
        let uses: BTreeMap<RuntimeId, Use> = uses.collect();
        Component {
            id: ComponentId::new(&key.value),
            name: text(&said.name).unwrap_or_else(|| key.value.clone()),
            path: text(&said.path),
            tracker: tracker.or_else(|| repo.as_deref().map(to_tracker)),
            repo,
            shipped_by: said.shipped_by.as_ref().map(|by| self.component_id(by, file)),
            owner: TeamId::new(&owner),
            inferred: said
                .inferred
                .0
                .iter()
                .filter_map(|name| self.word(name, file, "field that can be inferred", &Field::ALL))
                .collect(),
            source: self.optional_url(said.source.as_ref(), file),
            tags: said.tags.0.iter().map(|tag| tag.value.clone()).collect(),
            pins: said.pins.iter().filter_map(|pin| self.pin(file, key, pin, &uses)).collect(),
            uses,
            looking: self.looking(file, said.scan.as_ref()),
            place,
        }
    }

    fn usage(&mut self, file: &Arc<str>, runtime: &Spanned<String>, said: &raw::Use) -> Use {
        Use {
            phase: said.phase.as_ref().map(|phase| {
                let Located { value, place } = to_located(phase, file);
                Located { value: PhaseId::new(&value), place }
            }),
            needs: said.needs.0.iter().map(|need| self.component_id(need, file)).collect(),
            note: said.note.as_ref().map(|note| note.value.trim().to_owned()),
            place: to_place(runtime, file),
        }
    }

    fn pin(
        &mut self,
        file: &Arc<str>,
        component: &Spanned<String>,
        said: &raw::Pin,
        uses: &BTreeMap<RuntimeId, Use>,
    ) -> Option<Pin> {
        let known = self.known(&said.runtime, file, Kind::Runtime);
        let runtime = RuntimeId::new(&said.runtime.value);
        if known && !uses.contains_key(&runtime) {
            let message = format!("`{}` names a pin of `{runtime}`, but does not use it", component.value);
            let help = format!("add `{runtime}: {{}}` to its `uses`");
            self.problems.push(Problem::error("pin-without-use", &to_place(&said.runtime, file), message).help(help));
        }
        Some(Pin {
            runtime,
            file: said.file.value.clone(),
            name: said.name.as_ref().map(|name| name.value.clone()),
            kind: match &said.kind {
                Some(kind) => Some(self.word(kind, file, "kind of pin", &PinKind::ALL)?),
                None => None,
            },
        })
    }

    fn component_id(&mut self, text: &Spanned<String>, file: &Arc<str>) -> Located<ComponentId> {
        self.known(text, file, Kind::Component);
        Located { value: ComponentId::new(&text.value), place: to_place(text, file) }
    }

    /// Checks that every component has a place in the process of each runtime that it uses.
    pub(super) fn component_phases(
        &mut self,
        components: &BTreeMap<ComponentId, Component>,
        runtimes: &BTreeMap<RuntimeId, Runtime>,
        processes: &BTreeMap<ProcessId, Process>,
    ) {
        for component in components.values() {
            for (runtime, usage) in &component.uses {
                let process = runtimes.get(runtime).and_then(|runtime| processes.get(runtime.process.as_ref()?));
                let Some(process) = process else { continue };
                self.problems.extend(find_phase_fault(component, runtime, usage, process));
            }
        }
    }
}

fn find_phase_fault(component: &Component, runtime: &RuntimeId, usage: &Use, process: &Process) -> Option<Problem> {
    let phases = || process.phases.iter().map(|phase| phase.id.as_str());
    if let Some(phase) = &usage.phase {
        let message = format!("the process `{}` has no phase `{}`", process.id, phase.value);
        return match process.find_phase(&phase.value) {
            Some(_) => None,
            None => {
                Some(Problem::error("unknown-phase", &phase.place, message).suggest(phase.value.as_str(), phases()))
            }
        };
    }
    let step = process.steps.values().find(|step| {
        step.each == Each::Component && step.phase.is_none() && step.which.decide(component, None).holds
    })?;
    let message = format!(
        "`{}` has no phase for `{runtime}`, and the step `{}` leaves it to the component",
        component.id, step.id
    );
    let help = format!("write `{runtime}: {{ phase: PHASE }}` with one of {}", phases().collect::<Vec<_>>().join(", "));
    Some(Problem::error("missing-phase", &usage.place, message).about(step.id.as_str()).help(help))
}

/// The issues of a repository: GitLab puts them below `/-/`, GitHub does not.
fn to_tracker(repo: &str) -> String {
    let repo = repo.trim_end_matches('/');
    match repo.starts_with("https://github.com/") {
        true => format!("{repo}/issues"),
        false => format!("{repo}/-/issues"),
    }
}
