//! How far open upgrades are: the document `upshift/status/1`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::model::id::{PhaseId, RuntimeId, TaskId, TeamId, UpgradeId};
use crate::model::runbook::{Gate, Runbook, TaskEntry};
use crate::model::schema::{self, Day, Side};
use crate::model::upgrade::{Criterion, State, TaskState, Upgrade};

/// The format of statuses.
const SCHEMA: &str = "upshift/status/1";

/// Makes the JSON Schema of statuses.
#[must_use]
pub fn to_status_schema() -> Value {
    schema::to_schema::<StatusDocument>(
        Side::Written,
        "status",
        "Upshift status",
        "What `upshift status --format json` prints: how far upgrades are, what can be done now, and what is late.",
    )
}

/// How far upgrades are: `upshift/status/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StatusDocument {
    /// The name and version of the format.
    #[schemars(extend("const" = SCHEMA))]
    schema: &'static str,
    /// The day as of which things are late.
    #[schemars(with = "Option<Day>")]
    pub as_of: Option<Date>,
    /// The upgrades, by id.
    pub upgrades: Vec<UpgradeEntry>,
}

/// How far an upgrade is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UpgradeEntry {
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
    /// Where the upgrade stands.
    pub state: State,
    /// When it must be done.
    #[schemars(with = "Option<Day>")]
    pub due: Option<Date>,
    /// Days by which the earliest end is after that; 0 when it is kept.
    pub late_by_days: Option<u32>,
    /// How many tasks.
    pub tasks: usize,
    /// How many are done or waived.
    pub settled: usize,
    /// The share that is done or waived in whole percent, rounded down: 100 means all.
    pub percent: usize,
    /// How many tasks are in each state that occurs.
    pub states: BTreeMap<TaskState, usize>,
    /// When it counts as done, in the order of the catalog.
    pub criteria: Vec<CriterionEntry>,
    /// Tasks that can be done now or are worked on, the most urgent first.
    pub ready: Vec<StatusTask>,
    /// Tasks that wait for nothing but gates, the first to open first.
    pub waiting: Vec<WaitingEntry>,
    /// Tasks that should have been done by now, the oldest first.
    pub late: Vec<StatusTask>,
    /// Tasks that are done and whose instructions changed since, so that somebody should look at them again.
    pub changed_since_done: Vec<StatusTask>,
    /// Tasks that need not be done.
    pub waived: Vec<WaivedEntry>,
}

/// How far a criterion is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CriterionEntry {
    /// Its id.
    pub id: String,
    /// How many tasks measure it.
    pub tasks: usize,
    /// How many of them are done or waived.
    pub settled: usize,
    /// The day by which it should be met.
    #[schemars(with = "Option<Day>")]
    pub target: Option<Date>,
}

/// A task and its owner.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StatusTask {
    /// The task.
    pub task: TaskId,
    /// Its title.
    pub title: String,
    /// Who does it.
    pub owner: TeamId,
    /// Where it stands.
    pub state: TaskState,
    /// The last day on which it may be done.
    #[schemars(with = "Option<Day>")]
    pub by: Option<Date>,
}

/// A task that waits for gates.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WaitingEntry {
    /// The task.
    pub task: TaskId,
    /// Who does it.
    pub owner: TeamId,
    /// The closed gates, in words.
    pub gates: Vec<String>,
    /// The day on which the last of them opens; unknown, when no day is known for one of them.
    #[schemars(with = "Option<Day>")]
    pub opens: Option<Date>,
}

/// A task that need not be done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WaivedEntry {
    /// The task.
    pub task: TaskId,
    /// Why not.
    pub because: String,
    /// The last day on which that holds.
    #[schemars(with = "Day")]
    pub until: Date,
}

impl StatusDocument {
    /// Makes the document; with a team, lists of tasks hold its own.
    pub fn new<'a>(
        as_of: Option<Date>,
        upgrades: impl Iterator<Item = (&'a Upgrade, &'a Runbook)>,
        team: Option<&TeamId>,
    ) -> Self {
        Self {
            schema: SCHEMA,
            as_of,
            upgrades: upgrades.map(|(upgrade, runbook)| to_entry(upgrade, runbook, as_of, team)).collect(),
        }
    }
}

fn to_entry(upgrade: &Upgrade, runbook: &Runbook, as_of: Option<Date>, team: Option<&TeamId>) -> UpgradeEntry {
    let mut states: BTreeMap<TaskState, usize> = BTreeMap::new();
    for task in &runbook.tasks {
        *states.entry(task.state).or_default() += 1;
    }
    let is_ready = |task: &TaskEntry| matches!(task.state, TaskState::Ready | TaskState::InProgress);
    let is_late = |task: &TaskEntry| as_of.is_some_and(|today| task.is_late(today));
    let list = |keep: &dyn Fn(&TaskEntry) -> bool| {
        let kept = runbook.tasks.iter().filter(|task| keep(task) && team.is_none_or(|team| &task.owner == team));
        let mut tasks: Vec<StatusTask> = kept.map(to_task).collect();
        tasks.sort_by_key(|task| task.by.unwrap_or(Date::MAX));
        tasks
    };
    let waived = runbook.tasks.iter().filter(|task| team.is_none_or(|team| &task.owner == team));
    UpgradeEntry {
        upgrade: upgrade.id.clone(),
        runtime: runbook.runtime.clone(),
        runtime_name: runbook.runtime_name.clone(),
        from: runbook.from.clone(),
        to: runbook.to.clone(),
        state: upgrade.state,
        due: runbook.due.date,
        late_by_days: runbook.summary.late_by_days,
        tasks: runbook.summary.tasks,
        settled: runbook.summary.settled,
        percent: (runbook.summary.settled * 100).checked_div(runbook.summary.tasks).unwrap_or(0),
        states,
        criteria: upgrade.criteria.iter().map(|criterion| to_criterion(criterion, runbook)).collect(),
        ready: list(&is_ready),
        waiting: find_waiting(runbook, team),
        late: list(&is_late),
        changed_since_done: list(&|task| task.changed_since_done == Some(true)),
        waived: waived
            .filter_map(|task| {
                let waiver = task.waived.as_ref()?;
                Some(WaivedEntry { task: task.id.clone(), because: waiver.because.clone(), until: waiver.until })
            })
            .collect(),
    }
}

/// The blocked tasks whose needs and earlier phases are settled.
fn find_waiting(runbook: &Runbook, team: Option<&TeamId>) -> Vec<WaitingEntry> {
    let open: BTreeSet<&TaskId> =
        runbook.tasks.iter().filter(|task| !task.state.is_settled()).map(|task| &task.id).collect();
    let unsettled: BTreeSet<&PhaseId> =
        runbook.tasks.iter().filter(|task| !task.state.is_settled()).map(|task| &task.phase).collect();
    let begun: BTreeSet<&PhaseId> = runbook
        .phases
        .iter()
        .filter(|phase| !phase.after.iter().any(|before| unsettled.contains(before)))
        .map(|phase| &phase.id)
        .collect();
    let waits = |task: &&TaskEntry| {
        task.state == TaskState::Blocked
            && begun.contains(&task.phase)
            && !task.needs.iter().any(|need| open.contains(need))
            && team.is_none_or(|team| &task.owner == team)
    };
    let entry = |task: &TaskEntry| {
        let closed: Vec<&Gate> = task.gates.iter().filter(|gate| gate.holds == Some(false)).collect();
        WaitingEntry {
            task: task.id.clone(),
            owner: task.owner.clone(),
            gates: closed.iter().map(|gate| gate.text.clone()).collect(),
            opens: closed
                .iter()
                .map(|gate| gate.until)
                .collect::<Option<Vec<Date>>>()
                .and_then(|days| days.into_iter().max()),
        }
    };
    let mut waiting: Vec<WaitingEntry> = runbook.tasks.iter().filter(waits).map(entry).collect();
    waiting.sort_by_key(|entry| entry.opens.unwrap_or(Date::MAX));
    waiting
}

fn to_task(task: &TaskEntry) -> StatusTask {
    StatusTask {
        task: task.id.clone(),
        title: task.title.clone(),
        owner: task.owner.clone(),
        state: task.state,
        by: task.latest_finish,
    }
}

fn to_criterion(criterion: &Criterion, runbook: &Runbook) -> CriterionEntry {
    let measured = || runbook.tasks.iter().filter(|task| criterion.steps.contains(&task.step));
    CriterionEntry {
        id: criterion.id.clone(),
        tasks: measured().count(),
        settled: measured().filter(|task| task.state.is_settled()).count(),
        target: criterion.target,
    }
}
