//! Turns jobs in order into moments: forward from the start, backward from the day by which all must be done. Each job
//! is looked at once in each direction, so the cost grows with the number of needs.

use jiff::civil::Date;

use crate::model::plan::TaskNeed;
use crate::planner::days::{Moment, WorkDays};

/// All jobs of a plan. A job stands after all that it waits for.
pub struct Jobs<'a> {
    /// The jobs.
    pub jobs: Vec<Job<'a>>,
    /// The phases that each phase waits for directly.
    pub before: &'a [Vec<usize>],
}

/// What a schedule asks about a task.
pub struct Job<'a> {
    /// The jobs that it waits for.
    pub needs: &'a [TaskNeed],
    /// Its phase.
    pub phase: usize,
    /// The hours of work that it takes.
    pub hours: i64,
    /// The day before which gates do not let it begin.
    pub floor: Option<Date>,
    /// What is done already takes no more time.
    pub done: Option<Done>,
    /// The days on which it may be worked on.
    pub days: &'a WorkDays,
}

/// That a job is done or need not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// On a day.
    On(Date),
    /// Some time.
    Sometime,
}

/// When a job begins and ends.
pub type Span = (Moment, Moment);

/// The earliest times of all jobs.
pub struct Earliest {
    /// The times of each.
    pub spans: Vec<Span>,
    /// When each could begin, were it not for times of rest.
    pub from: Vec<Moment>,
    /// The job that each had to wait for longest, when there was one.
    held_by: Vec<Option<usize>>,
}

impl Earliest {
    /// The job that is done last.
    pub fn last(&self) -> Option<usize> {
        (0..self.spans.len()).max_by_key(|&at| (self.spans[at].1, std::cmp::Reverse(at)))
    }

    /// When all are done.
    pub fn end(&self) -> Option<Moment> {
        self.last().map(|last| self.spans[last].1)
    }

    /// The longest chain: the jobs that lead to the one that is done last, each held by the one before.
    pub fn chain(&self) -> Vec<usize> {
        let mut chain: Vec<usize> = std::iter::successors(self.last(), |&at| self.held_by[at]).collect();
        chain.reverse();
        chain
    }
}

impl Jobs<'_> {
    /// The earliest times, when work begins on a day. Jobs can be taken out: then they take no time, and neither do their
    /// gates and waits.
    pub fn earliest(&self, start: Date, without: &[usize]) -> Earliest {
        let mut out = vec![false; self.jobs.len()];
        without.iter().for_each(|&at| out[at] = true);
        let mut phases = Phases {
            before: self.before,
            start: Moment::begin_of(start),
            ends: vec![(Moment::begin_of(start), None); self.before.len()],
            begins: vec![None; self.before.len()],
        };
        let mut spans: Vec<Span> = Vec::with_capacity(self.jobs.len());
        let mut froms = Vec::with_capacity(self.jobs.len());
        let mut held_by = Vec::with_capacity(self.jobs.len());
        for (at, job) in self.jobs.iter().enumerate() {
            let is_out = out[at];
            let mut held = phases.begin(job.phase);
            for need in job.needs {
                let end = spans[need.task].1;
                let after = match need.wait.filter(|_| !is_out) {
                    Some(wait) => end
                        .last_day()
                        .and_then(|day| wait.time.after(day))
                        .map_or(Moment::NEVER, |day| end.max(Moment::begin_of(day))),
                    None => end,
                };
                hold(&mut held, (after, Some(need.task)));
            }
            if let Some(floor) = job.floor.filter(|_| !is_out).map(Moment::begin_of).filter(|floor| *floor > held.0) {
                held = (floor, None);
            }
            let (from, holder) = held;
            let span = match job.done {
                Some(Done::On(day)) => (from.min(Moment::begin_of(day)), Moment::end_of(day)),
                Some(Done::Sometime) => (from, from),
                None => job.days.forward(from, if is_out { 0 } else { job.hours }),
            };
            phases.end(job.phase, span.1, at);
            spans.push(span);
            froms.push(from);
            held_by.push(holder);
        }
        Earliest { spans, from: froms, held_by }
    }

    /// The latest times with which all is done by the end of a day; nothing for what is done already.
    pub fn latest(&self, due: Date) -> Vec<Option<Span>> {
        let by = Moment::end_of(due);
        let mut phases = PhasesBackward {
            before: self.before,
            firsts: vec![by; self.before.len()],
            limits: vec![None; self.before.len()],
            by,
        };
        let mut limits = vec![by; self.jobs.len()];
        let mut spans = vec![None; self.jobs.len()];
        for (at, job) in self.jobs.iter().enumerate().rev() {
            if job.done.is_some() {
                continue;
            }
            let span = job.days.backward(limits[at].min(phases.limit(job.phase)), job.hours);
            phases.begin(job.phase, span.0);
            spans[at] = Some(span);
            for need in job.needs {
                let limit = match need.wait {
                    Some(wait) => span
                        .0
                        .day()
                        .and_then(|day| wait.time.back_from(day))
                        .map_or(Moment::begin_of(Date::MIN), |day| span.0.min(Moment::end_of(day))),
                    None => span.0,
                };
                limits[need.task] = limits[need.task].min(limit);
            }
        }
        spans
    }
}

/// A moment, and the job that it comes from.
type Held = (Moment, Option<usize>);

/// Waits for a moment, too. Of several jobs that hold until the same one, the first counts.
fn hold(held: &mut Held, (moment, job): Held) {
    if moment > held.0 || (moment == held.0 && held.1.is_none()) {
        *held = (moment, job);
    }
}

/// When phases begin and end, forward.
struct Phases<'a> {
    before: &'a [Vec<usize>],
    start: Moment,
    ends: Vec<Held>,
    /// Known once the first of a phase's jobs asks: all jobs of the phases before have been seen by then.
    begins: Vec<Option<Held>>,
}

impl Phases<'_> {
    fn begin(&mut self, phase: usize) -> Held {
        if let Some(known) = self.begins[phase] {
            return known;
        }
        let mut begin = (self.start, None);
        for &earlier in &self.before[phase] {
            for earlier in [self.begin(earlier), self.ends[earlier]] {
                hold(&mut begin, earlier);
            }
        }
        self.begins[phase] = Some(begin);
        begin
    }

    fn end(&mut self, phase: usize, moment: Moment, at: usize) {
        hold(&mut self.ends[phase], (moment, Some(at)));
    }
}

/// When phases must have ended, backward.
struct PhasesBackward<'a> {
    before: &'a [Vec<usize>],
    /// The first moment at which a job of each phase must begin.
    firsts: Vec<Moment>,
    limits: Vec<Option<Moment>>,
    by: Moment,
}

impl PhasesBackward<'_> {
    fn limit(&mut self, phase: usize) -> Moment {
        if let Some(known) = self.limits[phase] {
            return known;
        }
        let mut limit = self.by;
        for later in (0..self.before.len()).filter(|&later| self.before[later].contains(&phase)) {
            limit = limit.min(self.firsts[later]).min(self.limit(later));
        }
        self.limits[phase] = Some(limit);
        limit
    }

    fn begin(&mut self, phase: usize, moment: Moment) {
        self.firsts[phase] = self.firsts[phase].min(moment);
    }
}

#[cfg(test)]
mod tests;
