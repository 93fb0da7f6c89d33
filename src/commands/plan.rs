//! `upshift plan`.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::civil::Date;

use super::{Exit, load};
use crate::catalog::Loaded;
use crate::cli::{Format, Global, PlanArgs, PlanFormat, ProblemFormat};
use crate::model::catalog::Catalog;
use crate::model::facts::VersionFacts;
use crate::model::id::{ComponentId, RuntimeId, UpgradeId};
use crate::model::pins::Scans;
use crate::model::problem::{self, Problem};
use crate::model::upgrade::{Risk, Upgrade};
use crate::planner::{self, WhatIf};
use crate::report::{PlansDocument, Report};

/// Shows the plan of an upgrade, or of all that are open.
pub fn run(global: &Global, args: &PlanArgs, report: &mut Report) -> Result<Exit> {
    let Some(mut loaded) = load::sound_catalog(global, report)? else { return Ok(Exit::Usage) };
    let Some(lock) = load::lock(&global.root, report)? else { return Ok(Exit::Usage) };
    let facts = load::facts(&loaded.catalog, &lock);
    let as_of = load::as_of(global, &lock);
    let Some(id) = &args.upgrade else { return all(&loaded, &facts, &lock.scans, as_of, args, report) };
    let Some(upgrade) = loaded.catalog.upgrades.get(id.as_str()) else {
        load::unknown("upgrade", id, loaded.catalog.upgrades.keys().map(UpgradeId::as_str), report);
        return Ok(Exit::Usage);
    };
    let id = upgrade.id.clone();
    let revisions = load::revisions(global, &mut loaded);
    let upgrade = &loaded.catalog.upgrades[&id];
    let Some(what_if) = to_what_if(&loaded.catalog, upgrade, args, report) else { return Ok(Exit::Usage) };
    if !what_if.is_nothing() {
        planner::assume(&mut loaded.catalog, &id, &what_if);
        report.note("as if it were so: nothing in the catalog has changed");
    }
    let upgrade = &loaded.catalog.upgrades[&id];
    let released = revisions.get(&id).filter(|_| what_if.is_nothing()).map_or(&[][..], Vec::as_slice);
    match load::runbook(&loaded.catalog, upgrade, &facts, &lock.scans, released, as_of) {
        Ok(runbook) => {
            report.plan(&runbook, args.format, as_of)?;
            Ok(Exit::Done)
        }
        Err(problems) => refuse(problems, &loaded, report),
    }
}

/// Shows when all open upgrades can be done, and where they ask the same team in the same week.
fn all(
    loaded: &Loaded,
    facts: &BTreeMap<RuntimeId, VersionFacts>,
    scans: &Scans,
    as_of: Option<Date>,
    args: &PlanArgs,
    report: &mut Report,
) -> Result<Exit> {
    let format = match args.format {
        PlanFormat::Human => Format::Human,
        PlanFormat::Json => Format::Json,
        PlanFormat::Mermaid | PlanFormat::Gantt | PlanFormat::Dot | PlanFormat::Ics | PlanFormat::Csv => {
            report.failure("this format is for one upgrade: name it", &["with `--all`, use `human` or `json`"]);
            return Ok(Exit::Usage);
        }
    };
    let open = loaded.catalog.upgrades.values().filter(|upgrade| upgrade.is_open());
    let (plans, problems) = planner::plan_all(&loaded.catalog, open, facts, scans, as_of);
    if problem::has_errors(&problems) {
        return refuse(problems, loaded, report);
    }
    let collisions = planner::find_collisions(plans.values(), &loaded.catalog.settings.calendar.weekend);
    report.plans(&PlansDocument::new(as_of, plans.values(), &collisions), format)?;
    Ok(Exit::Done)
}

fn refuse(mut problems: Vec<Problem>, loaded: &Loaded, report: &mut Report) -> Result<Exit> {
    problem::settle(&mut problems, &loaded.texts);
    report.problems(&problems, &loaded.texts, ProblemFormat::Human)?;
    Ok(Exit::Usage)
}

/// What the command line wants to be otherwise; says what cannot be, and returns nothing then.
fn to_what_if(catalog: &Catalog, upgrade: &Upgrade, args: &PlanArgs, report: &mut Report) -> Option<WhatIf> {
    let scheme = catalog.runtimes.get(&upgrade.runtime)?.scheme;
    let mut what_if = WhatIf { start: args.start, due: args.due, ..WhatIf::default() };
    what_if.risk =
        args.risk.as_ref().and_then(|risk| Risk::ALL.iter().find(|(word, _)| word == risk)).map(|(_, risk)| *risk);
    for (to, said, option) in [(&mut what_if.from, &args.from, "--from"), (&mut what_if.to, &args.to, "--to")] {
        match said.as_ref().map(|said| scheme.parse(said)).transpose() {
            Ok(version) => *to = version,
            Err(error) => {
                report.failure(&format!("{option}: {error}"), &[]);
                return None;
            }
        }
    }
    let (from, to) =
        (what_if.from.as_ref().unwrap_or(&upgrade.from.value), what_if.to.as_ref().unwrap_or(&upgrade.to.value));
    if from >= to {
        report.failure(&format!("an upgrade goes up, and {from} is not before {to}"), &[]);
        return None;
    }
    for id in &args.without {
        if catalog.components.get(id.as_str()).is_none_or(|component| !component.uses.contains_key(&upgrade.runtime)) {
            let users = catalog.users(&upgrade.runtime).map(|(component, _)| component.id.as_str());
            load::unknown("component", id, users, report);
            return None;
        }
        what_if.without.push(ComponentId::new(id));
    }
    Some(what_if)
}
