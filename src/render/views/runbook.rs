//! The checklist of an upgrade, whole or one team's part: waves, and in each the tasks that share an instruction.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;
use tera::Value;

use crate::model::count::count;
use crate::model::digest::sha256;
use crate::model::id::{ComponentId, PhaseId, StepId, TaskId, TeamId};
use crate::model::revision::Revision;
use crate::model::runbook::{AnnounceEntry, ComponentEntry, PhaseEntry, Runbook, StepEntry, TaskEntry};
use crate::model::upgrade::TaskState;
use crate::notation::mermaid;
use crate::render::Material;
use crate::render::layout;
use crate::render::views::parts::{
    ComponentView, OwnerView, Owners, Progress, join_and, to_component_view, working_days,
};
use crate::render::views::released::ReleasedView;
use crate::render::views::schedule::{self, ScheduleView};
use crate::render::views::security::{self, VariantView};
use crate::render::views::sums::{PhaseRow, TeamRow, to_phase_rows, to_team_rows};
use crate::text::escape::to_one_line;

/// How many tasks a page holds; a longer checklist is told by wave, with links to the teams' parts.
const MOST_TASKS: usize = 300;

/// The same for a checklist that can be filtered.
const MOST_TASKS_OF_CHECKLIST: usize = 2000;

/// A checklist page.
#[derive(Serialize)]
pub struct RunbookView<'a> {
    id: String,
    /// Whether this is the page of a released revision.
    is_revision: bool,
    /// The revision that the page shows, or else the latest one.
    released: Option<ReleasedView>,
    runtime: String,
    from: String,
    to: String,
    line: String,
    /// `a new line (called major)`, `a patch release (called minor)`.
    change: String,
    risk: String,
    state: String,
    due: Option<String>,
    /// When it can be done; on the page of the whole upgrade.
    schedule: Option<ScheduleView>,
    /// The same as a Mermaid diagram, where days are known and it is short enough to be drawn.
    gantt: Option<String>,
    notes: Option<String>,
    /// Why it is a security upgrade, where the catalog says so.
    security: Option<String>,
    security_url: Option<String>,
    /// What it means for known vulnerabilities, where they are recorded, and where that is not nothing.
    fixes: Option<String>,
    variants: Vec<VariantView>,
    size: String,
    progress: String,
    percent: usize,
    team: Option<OwnerView>,
    teams: Vec<TeamRow>,
    /// The phases that have tasks, in order.
    phases: Vec<PhaseRow>,
    /// Whether the tasks stand on the teams' pages only.
    is_split: bool,
    waves: Vec<WaveView<'a>>,
    not_planned: Vec<NotPlannedView>,
    facts: Vec<FactView>,
}

/// A wave.
#[derive(Serialize)]
struct WaveView<'a> {
    number: u32,
    heading: String,
    anchor: String,
    tasks: String,
    size: usize,
    settled: usize,
    phases: String,
    /// What must be done before the wave's phases, in words; empty in the first phase.
    barrier: Vec<String>,
    steps: Vec<&'a str>,
    groups: Vec<GroupView<'a>>,
}

/// Tasks of one step that share their instruction.
#[derive(Serialize)]
struct GroupView<'a> {
    heading: String,
    anchor: String,
    step: &'a str,
    phase: &'a str,
    takes: String,
    because: Vec<&'a str>,
    needs: Vec<String>,
    /// When they can be done and must be.
    dates: Option<String>,
    /// Conditions beside needs, each with its state.
    gates: Vec<String>,
    /// The heading and anchor of the earlier group that prints the same texts, when there is one.
    same_as: Option<LinkView>,
    instructions: Option<&'a str>,
    run: Option<&'a str>,
    verify: Option<&'a str>,
    rollback: Option<&'a str>,
    announce: Option<&'a AnnounceEntry>,
    source: Option<&'a str>,
    unblocks: usize,
    /// The tasks; none where they stand on the teams' pages only.
    tasks: Vec<TaskView<'a>>,
    /// Who does them, each with the number of tasks.
    owners: Vec<ShareView>,
}

/// An owner's share of a group.
#[derive(Serialize)]
struct ShareView {
    owner: Value,
    tasks: String,
}

#[derive(Clone, Serialize)]
struct LinkView {
    heading: String,
    anchor: String,
}

/// A line of the checklist. Its owner and component are values that all lines share.
#[derive(Serialize)]
struct TaskView<'a> {
    id: &'a str,
    settled: bool,
    /// What stands before the owner: the component or team, nothing for the upgrade as a whole.
    name: Option<&'a str>,
    owner: Value,
    owner_inferred: bool,
    /// The state, where it is not plain from the mark and the wave.
    state: Option<String>,
    /// The state by its name.
    status: String,
    /// What tells whether its texts changed: the beginning of their SHA-256.
    digest: String,
    /// The last day on which it may be done.
    by: Option<String>,
    is_late: bool,
    is_critical: bool,
    /// The unsettled tasks that it waits for directly.
    waits_for: Vec<&'a TaskId>,
    evidence: &'a [String],
    component: Option<Value>,
    /// Whether this is the phase in which the component itself is upgraded, so that its pins matter.
    is_upgraded_here: bool,
    /// The component's owner, where somebody else does the task.
    component_owner: Option<Value>,
    /// When it can be done and must be, where its group has others.
    dates: Option<String>,
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

/// What of a runbook a page shows.
#[derive(Clone, Copy)]
pub enum Part<'a> {
    /// All of it, on a page that people read as text.
    Whole,
    /// All of it, on a page whose reader can hide what is done.
    Checklist,
    /// What one team does.
    Team(&'a str),
    /// All of it, as it is released: by itself, since no other page stays as it is.
    Revision(&'a Revision),
}

impl Part<'_> {
    /// Says whether there are too many tasks for it: they stand in the part of each team then.
    pub fn is_split(self, runbook: &Runbook) -> bool {
        match self {
            Self::Whole => runbook.tasks.len() > MOST_TASKS,
            Self::Checklist => runbook.tasks.len() > MOST_TASKS_OF_CHECKLIST,
            Self::Team(_) | Self::Revision(_) => false,
        }
    }
}

/// Makes the view of a whole runbook, or of one team's part of it.
pub fn view<'a>(material: &Material<'_>, index: &'a Index<'a>, part: Part<'_>) -> RunbookView<'a> {
    let runbook = index.runbook;
    let team = match part {
        Part::Team(team) => Some(team),
        Part::Whole | Part::Checklist | Part::Revision(_) => None,
    };
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
    let is_split = part.is_split(runbook);
    let today = match part {
        // What never changes is as it was on its own day.
        Part::Revision(revision) => revision.date,
        Part::Whole | Part::Checklist | Part::Team(_) => material.today(),
    };
    RunbookView {
        id: runbook.upgrade.to_string(),
        is_revision: matches!(part, Part::Revision(_)),
        released: match part {
            Part::Whole | Part::Checklist => ReleasedView::of_latest(material, runbook, ""),
            Part::Team(_) => ReleasedView::of_latest(material, runbook, "../"),
            Part::Revision(revision) => Some(ReleasedView::of_revision(revision)),
        },
        runtime: runtime.map_or_else(|| runbook.runtime.to_string(), |runtime| runtime.name.clone()),
        from: runbook.from.clone(),
        to: runbook.to.clone(),
        line: runbook.line.clone(),
        change: to_change(runbook),
        risk: runbook.risk.to_string(),
        state: runbook.state.to_string(),
        due: runbook.due.date.map(|date| date.to_string()),
        // Both look at all tasks, which is too much for each of many teams.
        schedule: if team.is_none() { schedule::view(runbook) } else { None },
        gantt: if team.is_none() { mermaid::gantt_for_page(runbook) } else { None },
        notes: runbook.notes.clone(),
        security: stated.map(|security| security.because.clone()),
        variants: security::variants(runbook),
        fixes: security::view(runbook).filter(|known| !known.lists.is_empty()).map(|known| known.summary),
        security_url: stated.and_then(|security| security.source.clone()),
        size,
        progress: Progress::of(&tasks).in_words(),
        percent: Progress::of(&tasks).percent(),
        team: team
            .and_then(|team| runbook.teams.iter().find(|entry| entry.id.as_str() == team))
            .map(|entry| index.owners.find(&entry.id)),
        teams: if team.is_none() { to_team_rows(runbook, &index.owners) } else { Vec::new() },
        phases: to_phase_rows(runbook, &tasks),
        is_split,
        waves: Grouping { index, today, is_split, printed: BTreeMap::new() }.waves(&tasks),
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
    pub runbook: &'a Runbook,
    owners: Owners<'a>,
    /// The owners as templates see them.
    owner_values: BTreeMap<&'a TeamId, Value>,
    /// The components, also as templates see them.
    components: BTreeMap<&'a ComponentId, (&'a ComponentEntry, Value)>,
    phases: BTreeMap<&'a PhaseId, &'a PhaseEntry>,
    steps: BTreeMap<&'a StepId, &'a StepEntry>,
    by_team: BTreeMap<&'a str, Vec<&'a TaskEntry>>,
    tasks: BTreeMap<&'a TaskId, &'a TaskEntry>,
}

impl<'a> Index<'a> {
    /// Makes the index of a runbook.
    pub fn of(runbook: &'a Runbook) -> Self {
        let owners = Owners::of(runbook);
        let mut by_team: BTreeMap<&str, Vec<&TaskEntry>> = BTreeMap::new();
        let mut owner_values = BTreeMap::new();
        for task in &runbook.tasks {
            by_team.entry(task.owner.as_str()).or_default().push(task);
            owner_values.entry(&task.owner).or_insert_with(|| Value::from_serializable(&owners.find(&task.owner)));
        }
        let components = runbook.components.iter().map(|entry| {
            owner_values.entry(&entry.owner).or_insert_with(|| Value::from_serializable(&owners.find(&entry.owner)));
            let view = to_component_view(entry, &owners, &runbook.variants);
            (&entry.id, (entry, Value::from_serializable(&view)))
        });
        Self {
            runbook,
            components: components.collect(),
            phases: runbook.phases.iter().map(|entry| (&entry.id, entry)).collect(),
            steps: runbook.steps.iter().map(|entry| (&entry.id, entry)).collect(),
            owners,
            owner_values,
            by_team,
            tasks: runbook.tasks.iter().map(|task| (&task.id, task)).collect(),
        }
    }

    /// The teams that have tasks, by id.
    pub fn teams(&self) -> Vec<&'a str> {
        self.by_team.keys().copied().collect()
    }

    /// What the runbook says of a component.
    pub fn standing(&self, id: &ComponentId) -> Option<ComponentView> {
        let (component, _) = self.components.get(id)?;
        Some(to_component_view(component, &self.owners, &self.runbook.variants))
    }

    /// A task of the runbook.
    pub fn task(&self, id: &TaskId) -> Option<&'a TaskEntry> {
        self.tasks.get(id).copied()
    }

    fn is_settled(&self, id: &TaskId) -> bool {
        self.task(id).is_some_and(|task| task.state.is_settled())
    }

    fn owner(&self, id: &TeamId) -> Value {
        self.owner_values.get(id).cloned().unwrap_or_else(Value::none)
    }
}

struct Grouping<'a> {
    index: &'a Index<'a>,
    today: Date,
    is_split: bool,
    printed: BTreeMap<Texts<'a>, LinkView>,
}

impl<'a> Grouping<'a> {
    fn waves(mut self, tasks: &[&'a TaskEntry]) -> Vec<WaveView<'a>> {
        let mut waves = Vec::new();
        let mut met: BTreeSet<&PhaseId> = BTreeSet::new();
        for wave in tasks.chunk_by(|a, b| a.wave == b.wave) {
            let number = wave[0].wave;
            let mut phases: Vec<&PhaseId> = wave.iter().map(|task| &task.phase).collect();
            phases.dedup();
            let new: Vec<&PhaseId> = phases.iter().copied().filter(|phase| met.insert(phase)).collect();
            let heading = format!("Wave {number}");
            let steps: BTreeSet<&str> = wave.iter().map(|task| task.step.as_str()).collect();
            // The parts of teams say what differs from task to task.
            let is_split = self.is_split;
            let says_same = |a: &TaskEntry, b: &TaskEntry| match is_split {
                true => a.step == b.step,
                false => to_texts(a) == to_texts(b) && schedule::ask_alike(a, b),
            };
            let groups: Vec<GroupView<'a>> = wave
                .chunk_by(|a, b| a.phase == b.phase && says_same(a, b))
                .enumerate()
                .map(|(at, group)| self.group(number, at + 1, group))
                .collect();
            waves.push(WaveView {
                number,
                anchor: layout::to_anchor(&heading),
                heading,
                tasks: count(wave.len(), "task"),
                size: wave.len(),
                settled: wave.iter().filter(|task| task.state.is_settled()).count(),
                phases: phases.iter().map(|id| self.phase_name(id)).collect::<Vec<_>>().join(", "),
                steps: steps.into_iter().collect(),
                barrier: new.iter().filter_map(|phase| self.barrier(phase)).collect(),
                groups,
            });
        }
        waves
    }

    fn phase_name(&self, id: &'a PhaseId) -> &'a str {
        self.index.phases.get(id).map_or(id.as_str(), |phase| phase.name.as_str())
    }

    /// What a phase is for and what it waits for, said where it begins.
    fn barrier(&self, id: &PhaseId) -> Option<String> {
        let phase = self.index.phases.get(id)?;
        let mut parts = Vec::new();
        if let Some(about) = &phase.about {
            parts.push(about.trim().to_owned());
        }
        if !phase.after.is_empty() {
            let names: Vec<String> = phase.after.iter().map(|id| self.phase_name(id).to_owned()).collect();
            parts.push(format!("Begins when everything in {} is done.", join_and(&names)));
        }
        if !phase.blocks {
            parts.push("Later phases do not wait for it.".to_owned());
        }
        (!parts.is_empty()).then(|| format!("**{}.** {}", phase.name, parts.join(" ")))
    }

    fn group(&mut self, wave: u32, number: usize, tasks: &[&'a TaskEntry]) -> GroupView<'a> {
        let first = tasks[0];
        let step = self.index.steps.get(&first.step);
        let title = match tasks {
            [one] => &one.title,
            _ => step.map_or(&first.title, |step| &step.title),
        };
        let heading = format!("{wave}.{number} {title}");
        let link = LinkView { anchor: layout::to_anchor(&heading), heading: heading.clone() };
        // Otherwise tasks are in one group because they are alike.
        let alike = |is_alike: fn(&TaskEntry, &TaskEntry) -> bool| {
            !self.is_split || tasks.iter().all(|task| is_alike(first, task))
        };
        let has_one_text = alike(|a, b| to_texts(a) == to_texts(b));
        let text = |text: &'a Option<String>| text.as_deref().filter(|_| has_one_text);
        let has_text = first.instructions.is_some() || first.run.is_some() || first.verify.is_some();
        let same_as = (has_one_text && has_text).then(|| self.printed.get(&to_texts(first)).cloned()).flatten();
        if has_one_text && same_as.is_none() {
            self.printed.insert(to_texts(first), link.clone());
        }
        let (shared_needs, tasks_shown) = if self.is_split { Default::default() } else { self.tasks(tasks) };
        let shared_because =
            first.because.iter().filter(|reason| tasks.iter().all(|task| task.because.contains(reason)));
        GroupView {
            heading,
            anchor: link.anchor,
            step: first.step.as_str(),
            phase: self.phase_name(&first.phase),
            takes: working_days(first.takes_days),
            because: shared_because.map(String::as_str).collect(),
            needs: shared_needs,
            dates: schedule::in_words(tasks),
            gates: if alike(schedule::ask_alike) { schedule::to_gates(tasks) } else { Vec::new() },
            same_as,
            instructions: text(&first.instructions),
            run: text(&first.run),
            verify: text(&first.verify),
            rollback: text(&first.rollback),
            announce: first.announce.as_ref().filter(|_| has_one_text),
            source: step.and_then(|step| step.source.as_deref()),
            unblocks: tasks.iter().map(|task| task.unblocks).max().unwrap_or(0),
            owners: self.shares(tasks),
            tasks: tasks_shown,
        }
    }

    fn shares(&self, tasks: &[&TaskEntry]) -> Vec<ShareView> {
        let mut shares: BTreeMap<&TeamId, usize> = BTreeMap::new();
        for task in tasks {
            *shares.entry(&task.owner).or_default() += 1;
        }
        let share = |(team, tasks)| ShareView { owner: self.index.owner(team), tasks: count(tasks, "task") };
        shares.into_iter().map(share).collect()
    }

    /// The needs that tasks share, and the tasks, each with its other needs.
    fn tasks(&self, tasks: &[&'a TaskEntry]) -> (Vec<String>, Vec<TaskView<'a>>) {
        let mut needs: Vec<BTreeSet<String>> = tasks.iter().map(|task| to_needs(task)).collect();
        let (first, others) = needs.split_at(1);
        let is_shared = |need: &&String| others.iter().all(|needs| needs.contains(*need));
        let shared: BTreeSet<String> = first.iter().flatten().filter(is_shared).cloned().collect();
        for needs in &mut needs {
            needs.retain(|need| !shared.contains(need));
        }
        let together = schedule::are_together(tasks);
        let views = tasks.iter().zip(needs).map(|(task, needs)| {
            let dates = if together { None } else { schedule::in_words(&[task]) };
            TaskView { dates, ..self.task(task, needs.into_iter().collect()) }
        });
        (shared.iter().cloned().collect(), views.collect())
    }

    fn task(&self, task: &'a TaskEntry, needs: Vec<String>) -> TaskView<'a> {
        let known = task.component.as_ref().and_then(|id| self.index.components.get(id));
        let component = known.map(|(component, _)| *component);
        TaskView {
            id: task.id.as_str(),
            settled: task.state.is_settled(),
            name: component
                .map(|component| component.name.as_str())
                .or_else(|| task.team.as_ref().map(|_| self.index.owners.name(&task.owner))),
            owner_inferred: component.is_some_and(|component| component.owner_inferred),
            owner: self.index.owner(&task.owner),
            status: task.state.to_string(),
            digest: to_digest(task),
            by: task.latest_finish.filter(|_| !task.state.is_settled()).map(|day| day.to_string()),
            is_late: task.is_late(self.today),
            is_critical: task.critical == Some(true),
            waits_for: task.needs.iter().filter(|need| !self.index.is_settled(need)).collect(),
            state: match task.state {
                TaskState::Waived => Some(match &task.waived {
                    Some(waiver) => format!("waived until {}: {}", waiver.until, to_one_line(&waiver.because)),
                    None => task.state.to_string(),
                }),
                TaskState::Cannot | TaskState::InProgress => Some(task.state.to_string()),
                TaskState::Blocked | TaskState::Ready | TaskState::Done => None,
            }
            .into_iter()
            .chain(schedule::find_late(task, self.today))
            .chain((task.changed_since_done == Some(true)).then(|| "changed since done".to_owned()))
            .reduce(|state, more| format!("{state}; {more}")),
            evidence: &task.evidence,
            component: known.map(|(_, value)| value.clone()),
            is_upgraded_here: component.is_some_and(|component| component.phase.as_ref() == Some(&task.phase)),
            component_owner: component
                .filter(|component| component.owner != task.owner)
                .map(|component| self.index.owner(&component.owner)),
            dates: None,
            needs,
        }
    }
}

fn to_texts(task: &TaskEntry) -> Texts<'_> {
    let announce = task.announce.as_ref().map(|announce| (announce.to.as_slice(), announce.text.as_str()));
    (&task.step, &task.instructions, &task.run, &task.verify, &task.rollback, announce)
}

/// The beginning of the SHA-256 of what a task asks for; ticks remember it, to tell what changed since.
fn to_digest(task: &TaskEntry) -> String {
    let texts = [&task.instructions, &task.run, &task.verify].map(|text| text.as_deref().unwrap_or_default());
    sha256(texts.join("\0").as_bytes())[..8].to_owned()
}

/// The needs of a task in words that tasks of other components share: `` `open-issue` of the same component ``.
fn to_needs(task: &TaskEntry) -> BTreeSet<String> {
    let own = (task.component.as_ref().map(|id| (id.as_str(), "component")))
        .or(task.team.as_ref().map(|id| (id.as_str(), "team")))
        .or(task.branch.as_ref().map(|id| (id.as_str(), "branch")));
    let mut needs: BTreeSet<String> = BTreeSet::new();
    let mut others: BTreeMap<&str, Vec<&TaskId>> = BTreeMap::new();
    for need in &task.needs {
        match (need.as_str().split_once('/'), own) {
            (Some((step, subject)), Some((own, kind))) if subject == own => {
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
                needs.insert(format!("{many} `{step}` tasks"));
            }
        }
    }
    needs
}
