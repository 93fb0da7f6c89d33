//! Checks processes: folds in what they extend, resolves their phases and steps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Check, File, Kind};
use crate::catalog::raw;
use crate::catalog::yaml::{Spanned, to_located, to_place};
use crate::model::condition::{When, Where};
use crate::model::id::{ComponentId, PhaseId, ProcessId, RoleId, StepId};
use crate::model::place::{Located, Place};
use crate::model::problem::Problem;
use crate::model::process::{Announcement, Check as StepCheck, Each, Need, Phase, Process, Reach, Role, Step};
use crate::model::span::WorkingTime;
use crate::model::version::Scheme;

/// A process as one file writes it.
#[derive(Clone, Copy)]
struct Layer<'a> {
    file: &'a Arc<str>,
    key: &'a Spanned<String>,
    raw: &'a raw::Process,
}

/// A step as one file writes it; the last layer that says something wins, key by key.
#[derive(Clone, Copy)]
struct StepLayer<'a> {
    file: &'a Arc<str>,
    key: &'a Spanned<String>,
    raw: &'a raw::Step,
}

/// What a step may refer to.
pub(super) struct Surroundings<'a> {
    steps: Vec<&'a str>,
    phases: Vec<&'a str>,
    roles: BTreeSet<&'a str>,
    scheme: Option<Scheme>,
    /// The build flavours that all runtimes of the process have; nothing where it belongs to no runtime.
    pub(super) variants: Option<BTreeSet<&'a str>>,
}

impl Check {
    pub(super) fn processes(&mut self, files: &[File]) -> BTreeMap<ProcessId, Process> {
        let mut layers: BTreeMap<&str, Layer<'_>> = BTreeMap::new();
        for (file, raw) in files {
            for (key, raw) in &raw.processes.0 {
                layers.entry(&key.value).or_insert(Layer { file, key, raw });
            }
        }
        let schemes = schemes_by_process(files);
        let extended: BTreeSet<&str> =
            layers.values().filter_map(|layer| layer.raw.extends.as_ref()).map(|base| base.value.as_str()).collect();
        let mut processes = BTreeMap::new();
        for (id, layer) in &layers {
            let Some(chain) = self.chain(*layer, &layers) else { continue };
            // A process that only others extend need not be complete by itself; these may stand in a file that could
            // not be read.
            if (extended.contains(id) || self.incomplete) && !schemes.contains_key(id) {
                continue;
            }
            let scheme = schemes.get(id).and_then(|schemes| match schemes.as_slice() {
                [scheme] => Some(*scheme),
                _ => None,
            });
            let process = self.process(&chain, scheme, to_variants(files, id));
            processes.insert(process.id.clone(), process);
        }
        processes
    }

    /// The process and all that it extends, the base first; nothing when that leads round in a circle.
    fn chain<'a>(&mut self, layer: Layer<'a>, layers: &BTreeMap<&str, Layer<'a>>) -> Option<Vec<Layer<'a>>> {
        let mut chain = vec![layer];
        while let Some(base) = chain.last().and_then(|last| last.raw.extends.as_ref().map(|base| (last.file, base))) {
            let (file, base) = base;
            if let Some(at) = chain.iter().position(|seen| seen.key.value == base.value) {
                let mut names: Vec<&str> = chain[at..].iter().map(|layer| layer.key.value.as_str()).collect();
                names.push(&base.value);
                // Each member of the circle is walked; the one with the smallest name reports it.
                if at == 0 && names.iter().min() == Some(&layer.key.value.as_str()) {
                    let message = format!("these processes extend each other: {}", names.join(" -> "));
                    self.problems.push(Problem::error("process-cycle", &to_place(base, file), message));
                }
                return None;
            }
            match layers.get(base.value.as_str()) {
                Some(next) => chain.push(*next),
                None => {
                    self.known(base, file, Kind::Process);
                    return None;
                }
            }
        }
        chain.reverse();
        Some(chain)
    }

    fn process(&mut self, chain: &[Layer<'_>], scheme: Option<Scheme>, variants: Option<BTreeSet<&str>>) -> Process {
        let top = chain[chain.len() - 1];
        let steps = self.step_layers(chain);
        let phases = chain.iter().rev().find_map(|layer| Some((layer.file, layer.raw.phases.as_ref()?)));
        let roles: BTreeMap<&str, &raw::Role> =
            chain.iter().flat_map(|layer| &layer.raw.roles.0).map(|(key, role)| (key.value.as_str(), role)).collect();
        for layer in chain {
            layer.raw.roles.0.iter().for_each(|(key, _)| self.id(key, layer.file));
        }
        let around = Surroundings {
            steps: steps.keys().copied().collect(),
            phases: phases.iter().flat_map(|(_, phases)| phases.iter()).map(|phase| phase.id.value.as_str()).collect(),
            roles: roles.keys().copied().collect(),
            scheme,
            variants,
        };
        let last = |field: fn(&raw::Process) -> Option<&Spanned<String>>| {
            chain.iter().rev().find_map(|layer| field(layer.raw)).map(|text| text.value.clone())
        };
        Process {
            id: ProcessId::new(&top.key.value),
            name: last(|raw| raw.name.as_ref()).unwrap_or_else(|| top.key.value.clone()),
            about: last(|raw| raw.about.as_ref()),
            goal: last(|raw| raw.goal.as_ref()),
            source: self.optional_url(top.raw.source.as_ref(), top.file),
            roles: roles
                .iter()
                .map(|(id, role)| {
                    (RoleId::new(id), Role { name: role.name.value.clone(), does: role.does.value.clone() })
                })
                .collect(),
            phases: match phases {
                Some((file, phases)) => self.phases(file, phases),
                None => Vec::new(),
            },
            steps: steps
                .values()
                .filter_map(|layers| self.step(layers, &around))
                .map(|step| (step.id.clone(), step))
                .collect(),
            place: to_place(top.key, top.file),
        }
    }

    fn step_layers<'a>(&mut self, chain: &[Layer<'a>]) -> BTreeMap<&'a str, Vec<StepLayer<'a>>> {
        let mut steps: BTreeMap<&str, Vec<StepLayer<'_>>> = BTreeMap::new();
        for layer in chain {
            for dropped in &layer.raw.drop.0 {
                if steps.remove(dropped.value.as_str()).is_none() {
                    let message = format!("there is no step `{}` to drop", dropped.value);
                    let problem = Problem::error("unknown-step", &to_place(dropped, layer.file), message);
                    self.problems.push(problem.suggest(&dropped.value, steps.keys().copied()));
                }
            }
            for (key, raw) in &layer.raw.steps.0 {
                self.id(key, layer.file);
                steps.entry(&key.value).or_default().push(StepLayer { file: layer.file, key, raw });
            }
        }
        steps
    }

    fn phases(&mut self, file: &Arc<str>, said: &[raw::Phase]) -> Vec<Phase> {
        let mut phases: Vec<Phase> = Vec::new();
        for phase in said {
            self.id(&phase.id, file);
            let place = to_place(&phase.id, file);
            if let Some(first) = phases.iter().find(|known| known.id.as_str() == phase.id.value) {
                let message = format!("the phase `{}` is defined twice", phase.id.value);
                let problem =
                    Problem::error("duplicate-id", &place, message).related(&first.place, "first defined here");
                self.problems.push(problem);
                continue;
            }
            let earlier: Vec<&str> = phases.iter().map(|phase| phase.id.as_str()).collect();
            let mut after = None;
            if let Some(said) = &phase.after {
                for id in said {
                    if !earlier.contains(&id.value.as_str()) {
                        let message = format!("`{}` is not a phase before `{}`", id.value, phase.id.value);
                        let problem = Problem::error("unknown-phase", &to_place(id, file), message);
                        self.problems.push(problem.suggest(&id.value, earlier.iter().copied()));
                    }
                }
                after = Some(
                    said.iter()
                        .map(|id| Located { value: PhaseId::new(&id.value), place: to_place(id, file) })
                        .collect(),
                );
            }
            phases.push(Phase {
                id: PhaseId::new(&phase.id.value),
                name: phase.name.as_ref().map_or_else(|| phase.id.value.clone(), |name| name.value.clone()),
                about: phase.about.as_ref().map(|about| about.value.trim().to_owned()),
                in_order: phase
                    .in_order
                    .iter()
                    .map(|id| {
                        self.known(id, file, Kind::Component);
                        Located { value: ComponentId::new(&id.value), place: to_place(id, file) }
                    })
                    .collect(),
                after,
                blocks: phase.blocks.unwrap_or(true),
                place,
            });
        }
        phases
    }

    fn step(&mut self, layers: &[StepLayer<'_>], around: &Surroundings<'_>) -> Option<Step> {
        let first = layers.first()?;
        let place = to_place(first.key, first.file);
        let text = |field: fn(&raw::Step) -> Option<&Spanned<String>>| {
            last(layers, field).map(|(file, text)| to_located(text, file))
        };
        let each = match last(layers, |raw| raw.each.as_ref()) {
            Some((file, each)) => self.word(each, file, "scope", &Each::ALL).unwrap_or(Each::Component),
            None => Each::Upgrade,
        };
        let title = text(|raw| raw.title.as_ref());
        if title.is_none() {
            let message = format!("the step `{}` has no title", first.key.value);
            self.problems.push(Problem::error("missing-key", &place, message).about("title"));
        }
        let phase = last(layers, |raw| raw.phase.as_ref()).map(|(file, phase)| {
            self.phase(file, phase, &around.phases);
            Located { value: PhaseId::new(&phase.value), place: to_place(phase, file) }
        });
        if phase.is_none() && each != Each::Component {
            let message = format!("the step `{}` has no phase", first.key.value);
            let help = "only a step for each component can leave its phase to the component";
            self.problems.push(Problem::error("missing-key", &place, message).about("phase").help(help));
        }
        let owner = self.step_owner(layers, each, around);
        let (which, when) = self.step_conditions(layers, each, around);
        let variant =
            last(layers, |raw| raw.variant.as_ref()).and_then(|(file, variant)| self.variant(file, variant, around));
        let check = last(layers, |raw| raw.check.as_ref()).and_then(|(file, check)| self.check(file, &place, check));
        let asks_pins = matches!(check, Some(StepCheck::Pin(_)));
        if each != Each::Component && (variant.is_some() || asks_pins) {
            let key = if variant.is_some() { "variant" } else { "check" };
            let message =
                format!("`{key}` speaks of components, and the step `{}` is not for each one", first.key.value);
            let problem = Problem::error("key-without-component", &place, message).about(key);
            self.problems.push(problem.help(format!("write `each: component`, or leave `{key}` out")));
        }
        Some(Step {
            id: StepId::new(&first.key.value),
            title: title?,
            each,
            which,
            variant,
            when,
            phase,
            owner,
            needs: match last(layers, |raw| raw.needs.as_ref()) {
                Some((file, needs)) => needs.iter().filter_map(|need| self.need(file, need, around)).collect(),
                None => Vec::new(),
            },
            gates: match last(layers, |raw| raw.gates.as_ref()) {
                Some((file, gates)) => gates.iter().filter_map(|gate| self.gate(file, &place, gate, around)).collect(),
                None => Vec::new(),
            },
            takes: match last(layers, |raw| raw.takes.as_ref()) {
                Some((file, takes)) => self.working_time(file, takes).unwrap_or(WorkingTime::DAY),
                None => WorkingTime::DAY,
            },
            instructions: text(|raw| raw.instructions.as_ref()),
            run: text(|raw| raw.run.as_ref()),
            verify: text(|raw| raw.verify.as_ref()),
            check,
            rollback: text(|raw| raw.rollback.as_ref()),
            announce: last(layers, |raw| raw.announce.as_ref()).map(|(file, said)| Announcement {
                to: said.to.0.iter().map(|to| to.value.clone()).collect(),
                text: to_located(&said.text, file),
            }),
            source: last(layers, |raw| raw.source.as_ref()).map(|(file, source)| self.url(source, file)),
            place,
        })
    }

    fn step_owner(
        &mut self,
        layers: &[StepLayer<'_>],
        each: Each,
        around: &Surroundings<'_>,
    ) -> Option<Located<String>> {
        let first = layers.first()?;
        let Some((file, owner)) = last(layers, |raw| raw.owner.as_ref()) else {
            if matches!(each, Each::Upgrade | Each::Branch) {
                let message = format!("nobody owns the step `{}`", first.key.value);
                let help =
                    "name a team or a role: a step that is for no component or team has nothing to take an owner from";
                self.problems
                    .push(Problem::error("missing-owner", &to_place(first.key, first.file), message).help(help));
            }
            return None;
        };
        let is_known = around.roles.contains(owner.value.as_str()) || self.names.teams.contains_key(&owner.value);
        if !is_known && !self.incomplete {
            let message = format!("`{}` is neither a team nor a role of this process", owner.value);
            let names = around.roles.iter().copied().chain(self.names.teams.keys().map(String::as_str));
            let problem = Problem::error("unknown-team", &to_place(owner, file), message).suggest(&owner.value, names);
            self.problems.push(problem);
        }
        Some(to_located(owner, file))
    }

    fn step_conditions(&mut self, layers: &[StepLayer<'_>], each: Each, around: &Surroundings<'_>) -> (Where, When) {
        let which = match last(layers, |raw| raw.which.as_ref()) {
            Some((file, which)) => self.which(file, which, &around.phases),
            None => Where::default(),
        };
        if each == Each::Upgrade && !which.is_empty() {
            let key = layers[0].key;
            let message =
                format!("`where` selects components, and the step `{}` is for the upgrade as a whole", key.value);
            let help = "write `each: component`, or leave `where` out";
            self.problems
                .push(Problem::error("where-without-component", &to_place(key, layers[0].file), message).help(help));
        }
        if each == Each::Branch && !which.asks_for_tags_only() {
            let key = layers[0].key;
            let message =
                format!("the step `{}` is for branches, of which `where` can ask nothing but tags", key.value);
            let help = "keep `tags`, `any` and `not`, and leave the other keys out";
            self.problems
                .push(Problem::error("where-without-component", &to_place(key, layers[0].file), message).help(help));
        }
        let when = match last(layers, |raw| raw.when.as_ref()) {
            Some((file, when)) => self.when(file, when, around.scheme),
            None => When::default(),
        };
        (which, when)
    }

    fn need(&mut self, file: &Arc<str>, said: &raw::Need, around: &Surroundings<'_>) -> Option<Need> {
        let (step, reach, said) = match said {
            raw::Need::Bare(step) => (step, Reach::Same, None),
            raw::Need::Map(map) => match (&map.step, &map.all) {
                (Some(step), None) => (step, Reach::Same, Some(map)),
                (None, Some(step)) => (step, Reach::All, Some(map)),
                (Some(step), Some(_)) => {
                    let message = "a need names either `step` or `all`, not both";
                    self.problems.push(Problem::error("unknown-key", &to_place(step, file), message));
                    return None;
                }
                (None, None) => {
                    let place = map.wait.as_ref().map_or_else(|| Place::whole(file), |wait| to_place(wait, file));
                    let message = "a need names the step that comes before: `step: ID` or `all: ID`";
                    self.problems.push(Problem::error("missing-key", &place, message));
                    return None;
                }
            },
        };
        if !around.steps.contains(&step.value.as_str()) {
            let message = format!("this process has no step `{}`", step.value);
            let problem = Problem::error("unknown-step", &to_place(step, file), message);
            self.problems.push(problem.suggest(&step.value, around.steps.iter().copied()));
            return None;
        }
        if let Some(security) = said.and_then(|said| said.security.as_ref().filter(|_| said.wait.is_none())) {
            let message = "`security` shortens a wait, and there is none";
            let problem = Problem::error("missing-key", &to_place(security, file), message).about("wait");
            self.problems.push(problem.help("add `wait: TIME`"));
        }
        Some(Need {
            step: Located { value: StepId::new(&step.value), place: to_place(step, file) },
            reach,
            wait: said.and_then(|said| self.delay(file, said.wait.as_ref()?, said.security.as_ref())),
            when: said
                .and_then(|said| said.when.as_ref())
                .map_or_else(When::default, |when| self.when(file, when, around.scheme)),
        })
    }

    pub(super) fn working_time(&mut self, file: &Arc<str>, text: &Spanned<String>) -> Option<WorkingTime> {
        let time = WorkingTime::parse(&text.value);
        if time.is_none() {
            self.problems.push(
                Problem::error(
                    "invalid-duration",
                    &to_place(text, file),
                    format!("`{}` is not a working time", text.value),
                )
                .help("write days or hours: 2d, 4h; a day is eight hours"),
            );
        }
        time
    }
}

/// The last layer that says something about a field.
fn last<'a, T>(
    layers: &[StepLayer<'a>],
    field: impl Fn(&'a raw::Step) -> Option<&'a T>,
) -> Option<(&'a Arc<str>, &'a T)> {
    layers.iter().rev().find_map(|layer| Some((layer.file, field(layer.raw)?)))
}

/// The build flavours that all runtimes of a process have; nothing where it belongs to no runtime.
fn to_variants<'a>(files: &'a [File], process: &str) -> Option<BTreeSet<&'a str>> {
    let runtimes = files.iter().flat_map(|(_, raw)| &raw.runtimes.0).map(|(_, runtime)| runtime);
    let own = runtimes.filter(|runtime| runtime.process.as_ref().is_some_and(|own| own.value == process));
    let variants = own.map(|runtime| runtime.variants.0.iter().map(|(key, _)| key.value.as_str()).collect());
    variants.reduce(|a: BTreeSet<&str>, b| a.intersection(&b).copied().collect())
}

/// The version schemes of the runtimes that name each process.
fn schemes_by_process(files: &[File]) -> BTreeMap<&str, Vec<Scheme>> {
    let mut schemes: BTreeMap<&str, Vec<Scheme>> = BTreeMap::new();
    for (_, runtime) in files.iter().flat_map(|(_, raw)| &raw.runtimes.0) {
        let Some(process) = &runtime.process else { continue };
        let known = schemes.entry(&process.value).or_default();
        if let Ok(scheme) = runtime.scheme.value.parse::<Scheme>()
            && !known.contains(&scheme)
        {
            known.push(scheme);
        }
    }
    schemes
}
