//! The checklist of an upgrade, whole or one team's part: waves, and in each the tasks that share an instruction.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::model::id::{ComponentId, PhaseId, StepId, TaskId, TeamId};
use crate::model::runbook::{AnnounceEntry, ComponentEntry, PhaseEntry, Runbook, StepEntry, TaskEntry};
use crate::model::upgrade::TaskState;
use crate::render::Material;
use crate::render::layout;
use crate::render::views::parts::{
    ComponentView, OwnerView, Owners, Progress, count, join_and, to_component_view, working_days,
};
use crate::render::views::security::{self, VariantView};

/// How many tasks a page holds; a longer checklist is told by wave, with links to the teams' parts.
const MOST_TASKS: usize = 300;

/// A checklist page.
#[derive(Serialize)]
pub struct RunbookView {
    id: String,
    runtime: String,
    from: String,
    to: String,
    line: String,
    /// `a new line (called major)`, `a patch release (called minor)`.
    change: String,
    risk: String,
    state: String,
    due: Option<String>,
    notes: Option<String>,
    /// Why it is a security upgrade, where the catalog says so.
    security: Option<String>,
    security_url: Option<String>,
    /// What it means for known vulnerabilities, where they are recorded, and where that is not nothing.
    fixes: Option<String>,
    variants: Vec<VariantView>,
    size: String,
    progress: String,
    team: Option<OwnerView>,
    teams: Vec<TeamRow>,
    /// Whether the tasks stand on the teams' pages only.
    is_split: bool,
    waves: Vec<WaveView>,
    not_planned: Vec<NotPlannedView>,
    facts: Vec<FactView>,
}

/// A team's row in the overview.
#[derive(Serialize)]
struct TeamRow {
    owner: OwnerView,
    tasks: usize,
    first_wave: u32,
    last_wave: u32,
}

/// A wave.
#[derive(Serialize)]
struct WaveView {
    number: u32,
    heading: String,
    anchor: String,
    tasks: String,
    size: usize,
    phases: String,
    /// What must be done before the wave's phases, in words; empty in the first phase.
    barrier: Vec<String>,
    steps: Vec<String>,
    groups: Vec<GroupView>,
}

/// Tasks of one step that share their instruction.
#[derive(Serialize)]
struct GroupView {
    heading: String,
    anchor: String,
    step: String,
    phase: String,
    takes: String,
    because: Vec<String>,
    needs: Vec<String>,
    gates: Vec<String>,
    /// The heading and anchor of the earlier group that prints the same texts, when there is one.
    same_as: Option<LinkView>,
    instructions: Option<String>,
    run: Option<String>,
    verify: Option<String>,
    rollback: Option<String>,
    announce: Option<AnnounceEntry>,
    source: Option<String>,
    unblocks: usize,
    tasks: Vec<TaskView>,
    /// Who does them, each with the number of tasks.
    owners: Vec<ShareView>,
}

/// An owner's share of a group.
#[derive(Serialize)]
struct ShareView {
    owner: OwnerView,
    tasks: String,
}

#[derive(Clone, Serialize)]
struct LinkView {
    heading: String,
    anchor: String,
}

/// A line of the checklist.
#[derive(Serialize)]
struct TaskView {
    id: String,
    settled: bool,
    /// What stands before the owner: the component or team, nothing for the upgrade as a whole.
    name: Option<String>,
    owner: OwnerView,
    owner_inferred: bool,
    /// The state, where it is not plain from the mark and the wave.
    state: Option<String>,
    evidence: Vec<String>,
    component: Option<ComponentView>,
    /// Whether this is the phase in which the component itself is upgraded, so that its pins matter.
    is_upgraded_here: bool,
    /// The component's owner, where somebody else does the task.
    component_owner: Option<OwnerView>,
    /// Needs that this task has beside those of its group.
    needs: Vec<String>,
}

#[derive(Serialize)]
struct NotPlannedView {
    component: String,
    because: String,
}

#[derive(Serialize)]
struct FactView {
    fact: String,
    value: String,
    source: String,
}

/// Makes the view of a whole runbook, or of one team's part of it.
pub fn view(material: &Material<'_>, index: &Index<'_>, team: Option<&str>) -> RunbookView {
    let runbook = index.runbook;
    let runtime = material.catalog.runtimes.get(&runbook.runtime);
    let tasks: Vec<&TaskEntry> = match team {
        Some(team) => index.by_team.get(team).cloned().unwrap_or_default(),
        None => runbook.tasks.iter().collect(),
    };
    let size = match team {
        None => format!(
            "{} in {} for {} and {}",
            count(tasks.len(), "task"),
            count(runbook.summary.waves as usize, "wave"),
            count(runbook.components.len(), "component"),
            count(index.by_team.len(), "team"),
        ),
        Some(_) => count(tasks.len(), "task"),
    };
    let upgrade = material.catalog.upgrades.get(&runbook.upgrade);
    let stated = upgrade.and_then(|upgrade| upgrade.security.as_ref());
    RunbookView {
        id: runbook.upgrade.to_string(),
        runtime: runtime.map_or_else(|| runbook.runtime.to_string(), |runtime| runtime.name.clone()),
        from: runbook.from.clone(),
        to: runbook.to.clone(),
        line: runbook.line.clone(),
        change: to_change(runbook),
        risk: runbook.risk.to_string(),
        state: runbook.state.to_string(),
        due: runbook.due.date.map(|date| date.to_string()),
        notes: runbook.notes.clone(),
        security: stated.map(|security| security.because.clone()),
        variants: security::variants(runbook),
        fixes: security::view(runbook).filter(|known| !known.lists.is_empty()).map(|known| known.summary),
        security_url: stated.and_then(|security| security.source.clone()),
        size,
        progress: Progress::of(&tasks).in_words(),
        team: team
            .and_then(|team| runbook.teams.iter().find(|entry| entry.id.as_str() == team))
            .map(|entry| index.owners.find(&entry.id)),
        teams: if team.is_none() { to_team_rows(runbook, &index.owners) } else { Vec::new() },
        is_split: team.is_none() && tasks.len() > MOST_TASKS,
        waves: Grouping::new(index).waves(&tasks),
        not_planned: runbook
            .not_planned
            .iter()
            .map(|entry| NotPlannedView { component: entry.component.to_string(), because: entry.because.clone() })
            .collect(),
        facts: runbook
            .facts
            .iter()
            .map(|fact| FactView { fact: fact.fact.clone(), value: fact.value.clone(), source: fact.source.clone() })
            .collect(),
    }
}

/// The size of a change as people say it, with the organisation's own word for it.
pub fn to_change(runbook: &Runbook) -> String {
    use crate::model::version::Bump;
    let change = match runbook.bump {
        Some(Bump::Major) => "a new major version",
        Some(_) if runbook.from_line != runbook.line => "a new line",
        // Lines of one number have several minor releases: Node.js 22.1 and 22.2.
        Some(Bump::Minor) => "a minor release",
        Some(Bump::Patch) => "a patch release",
        None => "the same version in another build",
    };
    let own_word =
        runbook.called.as_ref().filter(|called| runbook.bump.is_some_and(|bump| bump.name() != called.as_str()));
    match own_word {
        Some(called) => format!("{change}, called {called}"),
        None => change.to_owned(),
    }
}

fn to_team_rows(runbook: &Runbook, owners: &Owners<'_>) -> Vec<TeamRow> {
    let mut rows: BTreeMap<&str, TeamRow> = BTreeMap::new();
    for task in &runbook.tasks {
        let row = rows.entry(task.owner.as_str()).or_insert_with(|| TeamRow {
            owner: owners.find(&task.owner),
            tasks: 0,
            first_wave: task.wave,
            last_wave: task.wave,
        });
        row.tasks += 1;
        row.last_wave = task.wave;
    }
    rows.into_values().collect()
}

/// What must be equal for tasks to share an instruction.
type Texts<'a> = (
    &'a StepId,
    &'a Option<String>,
    &'a Option<String>,
    &'a Option<String>,
    &'a Option<String>,
    Option<(&'a [String], &'a str)>,
);

/// The parts of a runbook by their ids, made once for all its pages.
pub struct Index<'a> {
    runbook: &'a Runbook,
    owners: Owners<'a>,
    components: BTreeMap<&'a ComponentId, &'a ComponentEntry>,
    phases: BTreeMap<&'a PhaseId, &'a PhaseEntry>,
    steps: BTreeMap<&'a StepId, &'a StepEntry>,
    by_team: BTreeMap<&'a str, Vec<&'a TaskEntry>>,
}

impl<'a> Index<'a> {
    /// Makes the index of a runbook.
    pub fn of(runbook: &'a Runbook) -> Self {
        let mut by_team: BTreeMap<&str, Vec<&TaskEntry>> = BTreeMap::new();
        for task in &runbook.tasks {
            by_team.entry(task.owner.as_str()).or_default().push(task);
        }
        Self {
            runbook,
            owners: Owners::of(runbook),
            components: runbook.components.iter().map(|entry| (&entry.id, entry)).collect(),
            phases: runbook.phases.iter().map(|entry| (&entry.id, entry)).collect(),
            steps: runbook.steps.iter().map(|entry| (&entry.id, entry)).collect(),
            by_team,
        }
    }

    /// The teams that have tasks, by id.
    pub fn teams(&self) -> Vec<&'a str> {
        self.by_team.keys().copied().collect()
    }
}

struct Grouping<'a> {
    index: &'a Index<'a>,
    printed: BTreeMap<Texts<'a>, LinkView>,
}

impl<'a> Grouping<'a> {
    fn new(index: &'a Index<'a>) -> Self {
        Self { index, printed: BTreeMap::new() }
    }

    fn waves(mut self, tasks: &[&'a TaskEntry]) -> Vec<WaveView> {
        let mut waves = Vec::new();
        let mut met: BTreeSet<&PhaseId> = BTreeSet::new();
        for wave in tasks.chunk_by(|a, b| a.wave == b.wave) {
            let number = wave[0].wave;
            let mut phases: Vec<&PhaseId> = wave.iter().map(|task| &task.phase).collect();
            phases.dedup();
            let new: Vec<&PhaseId> = phases.iter().copied().filter(|phase| met.insert(phase)).collect();
            let heading = format!("Wave {number}");
            let steps: BTreeSet<String> = wave.iter().map(|task| task.step.to_string()).collect();
            let groups: Vec<GroupView> = wave
                .chunk_by(|a, b| to_texts(a) == to_texts(b) && a.phase == b.phase && a.gates == b.gates)
                .enumerate()
                .map(|(at, group)| self.group(number, at + 1, group))
                .collect();
            waves.push(WaveView {
                number,
                anchor: layout::to_anchor(&heading),
                heading,
                tasks: count(wave.len(), "task"),
                size: wave.len(),
                phases: phases.iter().map(|id| self.phase_name(id)).collect::<Vec<_>>().join(", "),
                steps: steps.into_iter().collect(),
                barrier: new.iter().filter_map(|phase| self.barrier(phase)).collect(),
                groups,
            });
        }
        waves
    }

    fn phase_name(&self, id: &PhaseId) -> String {
        self.index.phases.get(id).map_or_else(|| id.to_string(), |phase| phase.name.clone())
    }

    /// What a phase is for and what it waits for, said where it begins.
    fn barrier(&self, id: &PhaseId) -> Option<String> {
        let phase = self.index.phases.get(id)?;
        let mut parts = Vec::new();
        if let Some(about) = &phase.about {
            parts.push(about.trim().to_owned());
        }
        if !phase.after.is_empty() {
            let names: Vec<String> = phase.after.iter().map(|id| self.phase_name(id)).collect();
            parts.push(format!("Begins when everything in {} is done.", join_and(&names)));
        }
        if !phase.blocks {
            parts.push("Later phases do not wait for it.".to_owned());
        }
        (!parts.is_empty()).then(|| format!("**{}.** {}", phase.name, parts.join(" ")))
    }

    fn group(&mut self, wave: u32, number: usize, tasks: &[&'a TaskEntry]) -> GroupView {
        let first = tasks[0];
        let step = self.index.steps.get(&first.step);
        let title = match tasks {
            [one] => one.title.clone(),
            _ => step.map_or_else(|| first.title.clone(), |step| step.title.clone()),
        };
        let heading = format!("{wave}.{number} {title}");
        let link = LinkView { anchor: layout::to_anchor(&heading), heading: heading.clone() };
        let has_text = first.instructions.is_some() || first.run.is_some() || first.verify.is_some();
        let same_as = has_text.then(|| self.printed.get(&to_texts(first)).cloned()).flatten();
        if same_as.is_none() {
            self.printed.insert(to_texts(first), link.clone());
        }
        let shared_needs: BTreeSet<String> = tasks
            .iter()
            .map(|task| to_needs(task))
            .reduce(|a, b| a.intersection(&b).cloned().collect())
            .unwrap_or_default();
        let shared_because: Vec<String> = first
            .because
            .iter()
            .filter(|reason| tasks.iter().all(|task| task.because.contains(reason)))
            .cloned()
            .collect();
        GroupView {
            heading,
            anchor: link.anchor,
            step: first.step.to_string(),
            phase: self.phase_name(&first.phase),
            takes: working_days(first.takes_days),
            because: shared_because,
            needs: shared_needs.iter().cloned().collect(),
            gates: first.gates.iter().map(|gate| gate.text.clone()).collect(),
            same_as,
            instructions: first.instructions.clone(),
            run: first.run.clone(),
            verify: first.verify.clone(),
            rollback: first.rollback.clone(),
            announce: first.announce.clone(),
            source: step.and_then(|step| step.source.clone()),
            unblocks: tasks.iter().map(|task| task.unblocks).max().unwrap_or(0),
            owners: self.shares(tasks),
            tasks: tasks.iter().map(|task| self.task(task, &shared_needs)).collect(),
        }
    }

    fn shares(&self, tasks: &[&TaskEntry]) -> Vec<ShareView> {
        let mut shares: BTreeMap<&TeamId, usize> = BTreeMap::new();
        for task in tasks {
            *shares.entry(&task.owner).or_default() += 1;
        }
        let share = |(team, tasks)| ShareView { owner: self.index.owners.find(team), tasks: count(tasks, "task") };
        shares.into_iter().map(share).collect()
    }

    fn task(&self, task: &TaskEntry, shared: &BTreeSet<String>) -> TaskView {
        let component = task.component.as_ref().and_then(|id| self.index.components.get(id));
        let owner = self.index.owners.find(&task.owner);
        TaskView {
            id: task.id.to_string(),
            settled: task.state.is_settled(),
            name: component
                .map(|component| component.name.clone())
                .or_else(|| task.team.as_ref().map(|_| owner.name.clone())),
            owner_inferred: component.is_some_and(|component| component.owner_inferred),
            owner,
            state: match task.state {
                TaskState::Waived | TaskState::Cannot | TaskState::InProgress => Some(task.state.to_string()),
                TaskState::Blocked | TaskState::Ready | TaskState::Done => None,
            },
            evidence: task.evidence.clone(),
            component: component.map(|component| to_component_view(component, &self.index.owners)),
            is_upgraded_here: component.is_some_and(|component| component.phase.as_ref() == Some(&task.phase)),
            component_owner: component
                .filter(|component| component.owner != task.owner)
                .map(|component| self.index.owners.find(&component.owner)),
            needs: to_needs(task).difference(shared).cloned().collect(),
        }
    }
}

fn to_texts(task: &TaskEntry) -> Texts<'_> {
    let announce = task.announce.as_ref().map(|announce| (announce.to.as_slice(), announce.text.as_str()));
    (&task.step, &task.instructions, &task.run, &task.verify, &task.rollback, announce)
}

/// The needs of a task in words that tasks of other components share: `` `open-issue` of the same component ``.
fn to_needs(task: &TaskEntry) -> BTreeSet<String> {
    let own = task.component.as_ref().map(ComponentId::as_str).or(task.team.as_ref().map(TeamId::as_str));
    let mut needs: BTreeSet<String> = BTreeSet::new();
    let mut others: BTreeMap<&str, Vec<&TaskId>> = BTreeMap::new();
    for need in &task.needs {
        match (need.as_str().split_once('/'), own) {
            (Some((step, subject)), Some(own)) if subject == own => {
                let kind = if task.component.is_some() { "component" } else { "team" };
                needs.insert(format!("`{step}` of the same {kind}"));
            }
            (Some((step, _)), _) => others.entry(step).or_default().push(need),
            (None, _) => {
                needs.insert(format!("`{need}`"));
            }
        }
    }
    for (step, tasks) in others {
        match tasks.len() {
            1..=3 => needs.extend(tasks.iter().map(|task| format!("`{task}`"))),
            many => {
                needs.insert(format!("`{step}` of {many} components"));
            }
        }
    }
    needs
}
