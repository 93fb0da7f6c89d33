//! A runbook that was made by hand, for the tests of each notation.

use jiff::civil::{Date, date};

use crate::model::id::{ComponentId, PhaseId, RuntimeId, StepId, TaskId, TeamId, UpgradeId};
use crate::model::runbook::{
    Advisories, Due, PhaseEntry, Runbook, SCHEMA, StepEntry, Summary, TaskEntry, TeamEntry, UsedFact,
};
use crate::model::upgrade::{Risk, State, TaskState};
use crate::model::version::Bump;

/// A phase and those that it waits for.
pub fn phase(id: &str, after: &[&str]) -> PhaseEntry {
    PhaseEntry {
        id: PhaseId::new(id),
        name: format!("Phase {id}"),
        about: None,
        blocks: true,
        in_order: Vec::new(),
        after: after.iter().map(|id| PhaseId::new(id)).collect(),
    }
}

/// A task of a phase, what it needs, and its days.
pub fn task(id: &str, phase: &str, needs: &[&str], days: Option<[Date; 2]>) -> TaskEntry {
    let (step, component) = id.split_once('/').map_or((id, None), |(step, component)| (step, Some(component)));
    TaskEntry {
        id: TaskId::new(id),
        step: StepId::new(step),
        component: component.map(ComponentId::new),
        team: None,
        branch: None,
        variant: None,
        phase: PhaseId::new(phase),
        wave: 1,
        needs: needs.iter().map(|need| TaskId::new(need)).collect(),
        unblocks: 0,
        title: format!("Do {id}"),
        owner: TeamId::new("core"),
        because: vec!["every upgrade needs it".to_owned()],
        takes_days: 1.0,
        earliest_start: days.map(|days| days[0]),
        earliest_finish: days.map(|days| days[1]),
        latest_start: days.map(|days| days[0]),
        latest_finish: days.map(|days| days[1]),
        slack_days: days.map(|_| 0),
        critical: days.map(|_| true),
        gates: Vec::new(),
        state: TaskState::Blocked,
        waived: None,
        evidence: Vec::new(),
        changed_since_done: None,
        instructions: None,
        run: None,
        verify: None,
        rollback: None,
        announce: None,
    }
}

/// A runbook of phases and tasks.
pub fn runbook(phases: Vec<PhaseEntry>, tasks: Vec<TaskEntry>) -> Runbook {
    let step = |id: &StepId| StepEntry { id: id.clone(), title: format!("Do {id} everywhere"), source: None };
    let mut steps: Vec<StepEntry> = tasks.iter().map(|task| step(&task.step)).collect();
    steps.dedup();
    Runbook {
        schema: SCHEMA.into(),
        upgrade: UpgradeId::new("go-1.27.0"),
        runtime: RuntimeId::new("go"),
        runtime_name: "Go".to_owned(),
        from: "1.26.7".to_owned(),
        to: "1.27.0".to_owned(),
        from_line: "1.26".to_owned(),
        line: "1.27".to_owned(),
        bump: Some(Bump::Minor),
        called: None,
        risk: Risk::Normal,
        security: None,
        security_because: None,
        state: State::Planned,
        revision: None,
        facts_digest: String::new(),
        facts: Vec::new(),
        notes: None,
        start: Due { date: None, because: None },
        due: Due { date: None, because: None },
        summary: Summary {
            tasks: tasks.len(),
            settled: 0,
            waves: 1,
            critical_path_days: None,
            critical_path: Vec::new(),
            earliest_finish: None,
            late_by_days: None,
            remedies: Vec::new(),
        },
        advisories: Advisories::default(),
        variants: Vec::new(),
        phases,
        steps,
        tasks,
        teams: vec![TeamEntry {
            id: TeamId::new("core"),
            name: "Core".to_owned(),
            handle: None,
            label: None,
            chat: None,
        }],
        components: Vec::new(),
        not_planned: Vec::new(),
        branches: Vec::new(),
    }
}

/// Four phases and one that is empty; a step with three tasks; a phase beside the critical path; a need that follows from
/// the order of phases, and one that does not.
pub fn dated() -> Runbook {
    let days = |from: (i8, i8), to: (i8, i8)| Some([date(2026, from.0, from.1), date(2026, to.0, to.1)]);
    let mut tasks = vec![
        task("open", "kickoff", &[], days((9, 1), (9, 1))),
        task("build/api", "work", &["open"], days((9, 2), (9, 8))),
        task("build/web", "work", &["build/api"], days((9, 9), (9, 18))),
        task("build/cli", "work", &[], days((9, 2), (9, 4))),
        task("test", "work", &["build/cli", "build/web"], days((9, 21), (9, 25))),
        task("try/api", "side", &["build/api"], days((9, 9), (9, 11))),
        task("announce", "wrap-up", &[], days((9, 28), (10, 2))),
    ];
    tasks[0].state = TaskState::Done;
    tasks[0].evidence = vec!["https://example.org/1".to_owned()];
    tasks[1].state = TaskState::InProgress;
    for (at, slack, finish) in [(3, 10, (9, 18)), (5, 15, (10, 2))] {
        tasks[at].critical = Some(false);
        tasks[at].slack_days = Some(slack);
        tasks[at].latest_finish = Some(date(2026, finish.0, finish.1));
    }
    let phases = vec![
        phase("kickoff", &[]),
        phase("empty", &["kickoff"]),
        phase("work", &["kickoff", "empty"]),
        phase("side", &["kickoff"]),
        phase("wrap-up", &["kickoff", "empty", "work"]),
    ];
    let mut dated = runbook(phases, tasks);
    dated.start = Due { date: Some(date(2026, 9, 1)), because: Some("set by the catalog".to_owned()) };
    dated.summary.critical_path =
        ["open", "build/api", "build/web", "test", "announce"].iter().map(|id| TaskId::new(id)).collect();
    dated.summary.critical_path_days = Some(24);
    dated.summary.earliest_finish = Some(date(2026, 10, 2));
    dated.summary.late_by_days = Some(0);
    dated.due = Due { date: Some(date(2026, 10, 9)), because: Some("set by the catalog".to_owned()) };
    dated.facts = vec![
        UsedFact {
            id: "to.released".to_owned(),
            fact: "release of 1.27.0".to_owned(),
            value: "2026-08-19".to_owned(),
            source: "go".to_owned(),
        },
        UsedFact {
            id: "from_line.eol".to_owned(),
            fact: "end of life of 1.26".to_owned(),
            value: "2027-02-01".to_owned(),
            source: "endoflife:go".to_owned(),
        },
    ];
    dated
}

/// The same before anything has a day.
pub fn undated() -> Runbook {
    let mut undated = dated();
    (undated.start, undated.due) = (Due { date: None, because: None }, Due { date: None, because: None });
    undated.summary = runbook(Vec::new(), Vec::new()).summary;
    undated.facts.clear();
    for task in &mut undated.tasks {
        (task.earliest_start, task.earliest_finish, task.latest_start, task.latest_finish) = (None, None, None, None);
        (task.slack_days, task.critical) = (None, None);
    }
    undated
}

/// Texts that want to be more than texts, as title of a task, name of a phase, and owner.
pub const HOSTILE: [&str; 20] = [
    "\"] --> x; click t1 \"javascript:alert(1)\" %% \"",
    "<img src=x onerror=alert(1)>",
    "`**bold**`",
    "a\nclick t1 href \"https://evil.example\"",
    "%%{init: {\"securityLevel\": \"loose\"}}%%",
    "title: x; section y # z",
    "Section of the page",
    "2026-10-10 is a day",
    "1. a list",
    "- a list",
    "style a:#1;x#2;",
    "ﬂ°°60¶ßb",
    "#quot;#60;b#62;",
    "$$x^2$$",
    "fa:fa-car end",
    "end",
    "=cmd|' /C calc'!A0",
    "\t@SUM(1+1)",
    "{{x}} [[y]] ((z)) |p|",
    "\\\" , \\N \u{202e}x",
];

/// A runbook in which all texts are hostile.
pub fn hostile() -> Runbook {
    let day = date(2026, 9, 1);
    let mut tasks: Vec<TaskEntry> =
        (0..HOSTILE.len()).map(|at| task(&format!("step-{at}"), "work", &[], Some([day, day]))).collect();
    let mut work = phase("work", &[]);
    work.name = HOSTILE.join(" ").chars().take(58).collect();
    for (task, text) in tasks.iter_mut().zip(HOSTILE) {
        task.title = text.to_owned();
        task.owner = TeamId::new(text);
    }
    let mut hostile = runbook(vec![work], tasks);
    hostile.runtime_name = HOSTILE[0].to_owned();
    hostile
}
