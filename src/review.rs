//! Compares what the catalog says with the plans and facts that follow from it, and finds what is doubtful: targets that
//! were overtaken, dates that cannot hold, criteria that measure nothing, names that nobody uses. Pure.

pub mod pins;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::model::catalog::Catalog;
use crate::model::condition::Where;
use crate::model::count::count;
use crate::model::facts::VersionFacts;
use crate::model::id::{RuntimeId, TeamId, UpgradeId};
use crate::model::place::Place;
use crate::model::problem::Problem;
use crate::model::process::Condition;
use crate::model::process::Each;
use crate::model::runbook::Runbook;
use crate::model::upgrade::Upgrade;

/// Reviews a catalog that is sound by itself, as of a day.
#[must_use]
pub fn review(
    catalog: &Catalog,
    runbooks: &BTreeMap<UpgradeId, Runbook>,
    facts: &BTreeMap<RuntimeId, VersionFacts>,
    as_of: Option<Date>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for upgrade in catalog.upgrades.values() {
        let is_open = upgrade.is_open();
        if let Some(runbook) = runbooks.get(&upgrade.id) {
            problems.extend(find_empty_criteria(upgrade, runbook));
            problems.extend(find_late_plan(upgrade, runbook));
        }
        if is_open && let Some(known) = facts.get(&upgrade.runtime) {
            problems.extend(find_overtaken_target(upgrade, known));
            problems.extend(find_late_due_date(upgrade, known));
        }
        if is_open && let Some(today) = as_of {
            problems.extend(find_expired_waivers(upgrade, today));
        }
    }
    problems.extend(find_idle_gates(catalog));
    problems.extend(find_shared_handles(catalog));
    problems.extend(find_unused_teams(catalog));
    problems.extend(find_unused_tags(catalog));
    problems.extend(find_strangers_in_order(catalog));
    problems
}

fn find_empty_criteria<'a>(upgrade: &'a Upgrade, runbook: &'a Runbook) -> impl Iterator<Item = Problem> + 'a {
    let measured: BTreeSet<_> = runbook.tasks.iter().map(|task| &task.step).collect();
    upgrade.criteria.iter().filter(move |criterion| !criterion.steps.iter().any(|step| measured.contains(step))).map(
        |criterion| {
            let message = format!("the criterion `{}` measures no task of `{}`", criterion.id, upgrade.id);
            Problem::warning("criterion-without-task", &criterion.place, message)
                .help("none of its steps applies to this upgrade; name steps that do, or leave the criterion out")
        },
    )
}

/// A plan that cannot keep its due date, with what would help most.
fn find_late_plan(upgrade: &Upgrade, runbook: &Runbook) -> Option<Problem> {
    let late = runbook.summary.late_by_days.filter(|days| *days > 0 && upgrade.is_open())?;
    let (finish, due) = (runbook.summary.earliest_finish?, runbook.due.date?);
    let place = upgrade.due.as_ref().map_or(&upgrade.place, |due| &due.place);
    let days = |days: u32| count(days as usize, "day");
    let message =
        format!("`{}` can be done by {finish} at the earliest, {} after its due date {due}", upgrade.id, days(late));
    let mut problem = Problem::warning("late-plan", place, message);
    if let Some(because) = runbook.due.because.as_ref().filter(|_| upgrade.due.is_none()) {
        problem = problem.help(format!("the due date is computed: {because}"));
    }
    for remedy in &runbook.summary.remedies {
        problem = problem.help(format!("without {} the end comes {} earlier", remedy.subject(), days(remedy.days)));
    }
    Some(problem.help("begin earlier, move the due date, or waive tasks with a reason"))
}

/// Gates that never hold anybody up, or never let anybody through.
fn find_idle_gates(catalog: &Catalog) -> Vec<Problem> {
    let mut problems = BTreeMap::new();
    for runtime in catalog.runtimes.values() {
        let Some(process) = catalog.process_of(runtime) else { continue };
        for (step, gate) in process.steps.values().flat_map(|step| step.gates.iter().map(move |gate| (step, gate))) {
            let problem = match &gate.condition {
                Condition::BeforeRelease(_) if catalog.settings.calendar.releases.is_empty() => {
                    let message = format!("`{}` keeps away from release days, and the calendar has none", step.id);
                    Problem::warning("gate-without-release", &gate.place, message)
                        .help("add `releases` to `settings.calendar`, or remove the gate")
                }
                Condition::Released(variant)
                    if runtime.variants.get(variant).is_some_and(|variant| variant.releases.is_empty()) =>
                {
                    let message =
                        format!("`{}` waits for releases of `{variant}`, and nobody is asked for them", step.id);
                    Problem::warning("gate-never-opens", &gate.place, message)
                        .help("give the flavour `releases`, or remove the gate")
                }
                _ => continue,
            };
            problems.insert(gate.place.clone(), problem);
        }
    }
    problems.into_values().collect()
}

/// A release line that reaches its end of life soon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending<'a> {
    /// The line.
    pub line: &'a str,
    /// The last day of any support.
    pub eol: Date,
    /// The days until then.
    pub days: i32,
}

/// The lines that reach their end of life within so many days, the nearest first.
#[must_use]
pub fn find_ending(known: &VersionFacts, today: Date, within: i32) -> Vec<Ending<'_>> {
    let ending = known.lines.iter().filter_map(|line| {
        let eol = line.eol?;
        let days = (eol - today).get_days();
        (0..=within).contains(&days).then_some(Ending { line: &line.line, eol, days })
    });
    let mut ending: Vec<Ending<'_>> = ending.collect();
    ending.sort_by_key(|ending| ending.days);
    ending
}

fn find_overtaken_target(upgrade: &Upgrade, known: &VersionFacts) -> Option<Problem> {
    let target = &upgrade.to.value;
    let newest = known.find_newer(target)?;
    let date = newest.date.map_or_else(String::new, |date| format!(", released on {date}"));
    let message = format!("{target} was overtaken by {}{date}", newest.version);
    Some(
        Problem::warning("target-overtaken", &upgrade.to.place, message)
            .help(format!("write to: \"{}\"", newest.version)),
    )
}

fn find_late_due_date(upgrade: &Upgrade, known: &VersionFacts) -> Option<Problem> {
    let due = upgrade.due.as_ref()?;
    let line = known.find_line(&known.line_of(&upgrade.from.value))?;
    let eol = line.eol.filter(|eol| due.value > *eol)?;
    let message = format!("the due date is after the end of life of {}, the line in use, which is {eol}", line.line);
    let help = "bring the date forward, or say in `risks` how the time without support is bridged";
    Some(Problem::warning("due-after-end-of-life", &due.place, message).help(help))
}

fn find_expired_waivers(upgrade: &Upgrade, today: Date) -> impl Iterator<Item = Problem> + '_ {
    upgrade.tasks.iter().filter_map(move |(id, record)| {
        let waiver = record.waived.as_ref().filter(|waiver| waiver.until < today)?;
        let message = format!("the waiver of `{id}` ended on {}", waiver.until);
        let help = "do the task, or renew the waiver with a new date and reason";
        Some(Problem::warning("waiver-expired", &record.place, message).help(help))
    })
}

fn find_shared_handles(catalog: &Catalog) -> Vec<Problem> {
    let mut first: BTreeMap<&str, (&TeamId, &Place)> = BTreeMap::new();
    let mut problems = Vec::new();
    for team in catalog.teams.values() {
        let Some(handle) = team.handle.as_deref() else { continue };
        if let Some((other, place)) = first.get(handle) {
            let message = format!("the teams `{other}` and `{}` have the same handle, `{handle}`", team.id);
            let problem = Problem::warning("duplicate-handle", &team.place, message).related(place, "the other team");
            problems.push(problem.help("make one team of them, or give each its own handle"));
        } else {
            first.insert(handle, (&team.id, &team.place));
        }
    }
    problems
}

fn find_unused_teams(catalog: &Catalog) -> impl Iterator<Item = Problem> + '_ {
    let mut used: BTreeSet<&str> = catalog.components.values().map(|component| component.owner.as_str()).collect();
    for step in catalog.processes.values().flat_map(|process| process.steps.values()) {
        used.extend(step.owner.as_ref().map(|owner| owner.value.as_str()));
    }
    for upgrade in catalog.upgrades.values() {
        used.extend(upgrade.roles.values().map(TeamId::as_str));
        used.extend(upgrade.criteria.iter().filter_map(|criterion| criterion.dri.as_ref()).map(TeamId::as_str));
        used.extend(upgrade.contingency.iter().filter_map(|plan| plan.owner.as_ref()).map(TeamId::as_str));
        used.extend(upgrade.tasks.values().filter_map(|record| record.owner.as_ref()).map(TeamId::as_str));
    }
    catalog.teams.values().filter(move |team| !used.contains(team.id.as_str())).map(|team| {
        Problem::warning("unused-team", &team.place, format!("nothing belongs to the team `{}`", team.id))
            .help("give it a component, a step or a role, or remove it")
    })
}

/// Tags that conditions ask for and nothing of the kind has that they select from.
fn find_unused_tags(catalog: &Catalog) -> Vec<Problem> {
    let of_components: BTreeSet<&str> =
        catalog.components.values().flat_map(|component| component.tags.iter().map(String::as_str)).collect();
    let of_branches: BTreeSet<&str> =
        catalog.branches.values().flat_map(|branch| branch.tags.iter().map(String::as_str)).collect();
    let mut problems = Vec::new();
    let mut look = |who: String, which: &Where, place: &Place, (kind, known): (&str, &BTreeSet<&str>)| {
        let mut asked = BTreeSet::new();
        note_tags(which, &mut asked);
        for tag in asked.into_iter().filter(|tag| !known.contains(tag)) {
            let message = format!("{who} asks for the tag `{tag}`, which no {kind} has");
            problems.push(Problem::warning("unused-tag", place, message).suggest(tag, known.iter().copied()));
        }
    };
    for step in catalog.processes.values().flat_map(|process| process.steps.values()) {
        let from = match step.each {
            // Which branches there are is no matter of the process.
            Each::Branch if catalog.branches.is_empty() => continue,
            Each::Branch => ("branch", &of_branches),
            Each::Upgrade | Each::Component | Each::Team => ("component", &of_components),
        };
        look(format!("the step `{}`", step.id), &step.which, &step.place, from);
    }
    for runtime in catalog.runtimes.values() {
        for variant in runtime.variants.values() {
            let who = format!("the flavour `{}` of `{}`", variant.id, runtime.id);
            look(who, &variant.applies, &variant.place, ("component", &of_components));
        }
    }
    problems
}

fn note_tags<'a>(which: &'a Where, asked: &mut BTreeSet<&'a str>) {
    asked.extend(which.tags.iter().map(String::as_str));
    which.any.iter().for_each(|part| note_tags(part, asked));
    if let Some(not) = &which.not {
        note_tags(not, asked);
    }
}

/// Components that a phase puts in order, and that are not in it for any runtime of the process.
fn find_strangers_in_order(catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    for process in catalog.processes.values() {
        let runtimes: Vec<&RuntimeId> = catalog
            .runtimes
            .values()
            .filter(|runtime| runtime.process.as_ref() == Some(&process.id))
            .map(|runtime| &runtime.id)
            .collect();
        for phase in &process.phases {
            for named in &phase.in_order {
                let is_member = catalog.components.get(&named.value).is_some_and(|component| {
                    runtimes
                        .iter()
                        .filter_map(|runtime| component.uses.get(*runtime))
                        .any(|usage| usage.phase.as_ref().is_some_and(|declared| declared.value == phase.id))
                });
                if !is_member {
                    let message =
                        format!("`{}` is put in order in the phase `{}`, but is not in it", named.value, phase.id);
                    let help = format!(
                        "write `phase: {}` where the component uses the runtime, or leave it out here",
                        phase.id
                    );
                    problems.push(Problem::warning("stranger-in-order", &named.place, message).help(help));
                }
            }
        }
    }
    problems
}
