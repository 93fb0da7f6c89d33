//! How far the parts of a checklist are: by team, by phase.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::runbook::{PhaseEntry, Runbook, TaskEntry};
use crate::render::views::parts::{OwnerView, Owners};

/// A team's row in the overview.
#[derive(Serialize)]
pub struct TeamRow {
    owner: OwnerView,
    tasks: usize,
    settled: usize,
    first_wave: u32,
    last_wave: u32,
}

/// A phase's row in the overview.
#[derive(Serialize)]
pub struct PhaseRow {
    name: String,
    tasks: usize,
    settled: usize,
}

/// Makes the rows of the teams that have tasks.
pub fn to_team_rows(runbook: &Runbook, owners: &Owners<'_>) -> Vec<TeamRow> {
    let mut rows: BTreeMap<&str, TeamRow> = BTreeMap::new();
    for task in &runbook.tasks {
        let row = rows.entry(task.owner.as_str()).or_insert_with(|| TeamRow {
            owner: owners.find(&task.owner),
            tasks: 0,
            settled: 0,
            first_wave: task.wave,
            last_wave: task.wave,
        });
        row.tasks += 1;
        row.settled += usize::from(task.state.is_settled());
        row.last_wave = task.wave;
    }
    rows.into_values().collect()
}

/// Makes the rows of the phases that have tasks.
pub fn to_phase_rows(runbook: &Runbook, tasks: &[&TaskEntry]) -> Vec<PhaseRow> {
    let row = |phase: &PhaseEntry| {
        let own = || tasks.iter().filter(|task| task.phase == phase.id);
        let settled = own().filter(|task| task.state.is_settled()).count();
        PhaseRow { name: phase.name.clone(), tasks: own().count(), settled }
    };
    runbook.phases.iter().map(row).filter(|row| row.tasks > 0).collect()
}
