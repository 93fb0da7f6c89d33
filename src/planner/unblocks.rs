//! Counts, for each task, how many others wait for it, directly or through others.

use crate::model::plan::TaskNeed;
use crate::model::process::Process;
use crate::planner::select::Chosen;

/// Counts for every task. What waits for a phase is computed once for each phase, so that the cost of a fleet stays
/// linear; only what a task leads to beside its phase's barrier is walked task by task.
pub fn count(process: &Process, chosen: &[Chosen<'_>], needs: &[Vec<TaskNeed>]) -> Vec<usize> {
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); chosen.len()];
    for (at, needs) in needs.iter().enumerate() {
        for need in needs {
            after[need.task].push(at);
        }
    }
    let behind: Vec<Vec<bool>> =
        (0..process.phases.len()).map(|phase| find_behind(process, chosen, &after, phase)).collect();
    let sizes: Vec<usize> = behind.iter().map(|tasks| tasks.iter().filter(|&&is_behind| is_behind).count()).collect();

    let mut stamps = vec![usize::MAX; chosen.len()];
    let mut counts = Vec::with_capacity(chosen.len());
    for (at, task) in chosen.iter().enumerate() {
        let covered = &behind[task.phase];
        let mut count = sizes[task.phase];
        let mut waiting = vec![at];
        stamps[at] = at;
        while let Some(next) = waiting.pop() {
            let phase = chosen[next].phase;
            // The barrier of its own phase is counted already; one of another phase is rarely reached first here.
            let beyond: Vec<usize> = match phase == task.phase || sizes[phase] == 0 {
                true => Vec::new(),
                false => (0..chosen.len()).filter(|&other| behind[phase][other]).collect(),
            };
            for other in after[next].iter().copied().chain(beyond) {
                if !covered[other] && stamps[other] != at {
                    stamps[other] = at;
                    count += 1;
                    waiting.push(other);
                }
            }
        }
        counts.push(count);
    }
    counts
}

/// Marks the tasks that wait for a phase to end.
fn find_behind(process: &Process, chosen: &[Chosen<'_>], after: &[Vec<usize>], phase: usize) -> Vec<bool> {
    let mut gated = vec![false; process.phases.len()];
    for later in 0..process.phases.len() {
        gated[later] = process.phases_before(later).into_iter().any(|earlier| earlier == phase || gated[earlier]);
    }
    let mut behind = vec![false; chosen.len()];
    let mut waiting: Vec<usize> = (0..chosen.len()).filter(|&at| gated[chosen[at].phase]).collect();
    for &at in &waiting {
        behind[at] = true;
    }
    while let Some(at) = waiting.pop() {
        for &next in &after[at] {
            if !behind[next] {
                behind[next] = true;
                waiting.push(next);
            }
        }
    }
    behind
}
