//! `upshift diff`.

mod driver;
mod operand;
mod world;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use super::{Exit, load};
use crate::cli::{ChangeLevel, DiffArgs, Global};
use crate::model::catalog::Catalog;
use crate::model::changes::{Level, Levels};
use crate::model::comparison::Comparison;
use crate::model::id::{TeamId, UpgradeId};
use crate::model::runbook::Runbook;
use crate::model::upgrade::Upgrade;
use crate::report::{Asked, Report};
use crate::{catalog, diff};

use operand::{At, Operand};
use world::World;

/// What one side calls a runbook, and the runbook, unless that side has none.
struct Named {
    name: String,
    runbook: Option<Runbook>,
}

/// One side of a comparison.
enum Side {
    All(Box<World>),
    One(Box<Named>),
}

/// Shows how runbooks differ.
pub fn run(global: &Global, args: &DiffArgs, report: &mut Report) -> Result<Exit> {
    // What the rules weigh is said by the catalog as it is now; without a sound one, the rules themselves say it.
    let Catalog { settings, teams, .. } = catalog::load(&global.root).catalog;
    let levels = settings.levels;
    if !args.git_driver.is_empty() {
        return driver::run(&args.git_driver, &levels, report);
    }
    let Some((mut comparisons, asked)) = compare(global, args, &levels, report)? else { return Ok(Exit::Usage) };
    if let Some(team) = &args.team {
        let known: BTreeSet<&TeamId> = comparisons.iter().flat_map(|comparison| comparison.teams.keys()).collect();
        if !known.contains(&TeamId::new(team)) && !teams.contains_key(team.as_str()) {
            let known: BTreeSet<&TeamId> = known.into_iter().chain(teams.keys()).collect();
            load::unknown("team", team, known.into_iter().map(TeamId::as_str), report);
            return Ok(Exit::Usage);
        }
        comparisons.iter_mut().for_each(|comparison| comparison.restrict(&TeamId::new(team)));
    }
    report.changes(&comparisons, asked, args.format)?;
    let worst = comparisons.iter().flat_map(|comparison| &comparison.changes.changes).map(|change| change.level).max();
    if worst.is_none() && !comparisons.is_empty() {
        report.note("nothing differs");
    }
    let least = match args.fail_on {
        ChangeLevel::Breaking => Level::Breaking,
        ChangeLevel::Warning => Level::Warning,
        ChangeLevel::Info => Level::Info,
    };
    Ok(if worst >= Some(least) { Exit::Findings } else { Exit::Done })
}

/// Compares what the user asked for; says what is wrong with it, and returns nothing, when that cannot be.
fn compare(
    global: &Global,
    args: &DiffArgs,
    levels: &Levels,
    report: &mut Report,
) -> Result<Option<(Vec<Comparison>, Asked)>> {
    let is_file = |text: &str| Path::new(text).is_file();
    let operand = |text| Operand::parse(text, &is_file);
    let (old, new) = match (args.old.as_deref(), args.new.as_deref()) {
        (None, _) => return released(global, None, levels, report),
        (Some(old), Some(new)) => (operand(old), operand(new)),
        (Some(old), None) => match (Operand::parse_range(old, &is_file), operand(old)) {
            (Some([old, new]), _) => (old, new),
            (None, Operand::Upgrade(At::Here, id)) => return released(global, Some(id), levels, report),
            (None, old) => (old, Operand::All(At::Here)),
        },
    };
    let Some(old) = load_side(global, old, report)? else { return Ok(None) };
    let Some(new) = load_side(global, new, report)? else { return Ok(None) };
    let (old, new) = match (old, new) {
        (Side::One(old), Side::One(new)) => (*old, *new),
        (Side::One(old), Side::All(new)) => {
            let Some(new) = find_same(&old, &new, report)? else { return Ok(None) };
            (*old, new)
        }
        (Side::All(old), Side::One(new)) => {
            let Some(old) = find_same(&new, &old, report)? else { return Ok(None) };
            (old, *new)
        }
        (Side::All(old), Side::All(new)) => return all(&old, &new, levels, report),
    };
    Ok(Some((to_comparison(old, new, levels).into_iter().collect(), Asked::One)))
}

fn load_side(global: &Global, operand: Operand<'_>, report: &mut Report) -> Result<Option<Side>> {
    let (at, id) = match operand {
        Operand::All(at) => (at, None),
        Operand::Upgrade(at, id) | Operand::Revision(at, id, _) => (at, Some(id)),
        Operand::File(at, path) => {
            let (name, runbook) = match at {
                At::Here => (path.to_owned(), world::read_runbook(Path::new(path), report)?),
                At::Git(revision) => {
                    let Some(snapshot) = world::find(global, revision, report)? else { return Ok(None) };
                    let name = format!("{revision}:{path}");
                    let runbook = world::read_runbook_at(&snapshot, &name, path, report)?;
                    (name, runbook)
                }
            };
            return Ok(runbook.map(|runbook| Side::One(Box::new(Named { name, runbook: Some(runbook) }))));
        }
    };
    let Some(world) = World::load(global, at, report)? else { return Ok(None) };
    let Some(id) = id else { return Ok(Some(Side::All(Box::new(world)))) };
    let (name, runbook) = match operand {
        Operand::Revision(_, _, number) => (format!("{id}@r{number}"), world.revision(id, number, report)?),
        _ => (id.to_owned(), world.plan(id, report)?),
    };
    let name = world.to_name(&name);
    Ok(runbook.map(|runbook| Side::One(Box::new(Named { name, runbook: Some(runbook) }))))
}

/// Finds the upgrade of a runbook among those of the other side.
fn find_same(named: &Named, other: &World, report: &mut Report) -> Result<Option<Named>> {
    match &named.runbook {
        Some(runbook) => find(other, &runbook.upgrade, report),
        None => Ok(None),
    }
}

/// Plans an upgrade of a side that may not have it; says what is wrong, and returns nothing, when that cannot be.
fn find(world: &World, id: &UpgradeId, report: &mut Report) -> Result<Option<Named>> {
    let name = world.to_name(id.as_str());
    if !world.loaded.catalog.upgrades.contains_key(id) {
        return Ok(Some(Named { name, runbook: None }));
    }
    Ok(world.plan(id.as_str(), report)?.map(|runbook| Named { name, runbook: Some(runbook) }))
}

/// Compares all upgrades that either side has.
fn all(old: &World, new: &World, levels: &Levels, report: &mut Report) -> Result<Option<(Vec<Comparison>, Asked)>> {
    let ids = [old, new].into_iter().flat_map(|world| world.loaded.catalog.upgrades.keys());
    let mut comparisons = Vec::new();
    for id in ids.collect::<BTreeSet<_>>() {
        let Some(before) = find(old, id, report)? else { return Ok(None) };
        let Some(after) = find(new, id, report)? else { return Ok(None) };
        comparisons.extend(to_comparison(before, after, levels));
    }
    Ok(Some((comparisons, Asked::All)))
}

/// Compares the latest revision of an upgrade, or of each that is open, with the upgrade as it is planned now.
fn released(
    global: &Global,
    only: Option<&str>,
    levels: &Levels,
    report: &mut Report,
) -> Result<Option<(Vec<Comparison>, Asked)>> {
    let Some(world) = World::load(global, At::Here, report)? else { return Ok(None) };
    let upgrades: Vec<&Upgrade> = match only {
        Some(id) => match world.find_upgrade(id, report) {
            Some(upgrade) => vec![upgrade],
            None => return Ok(None),
        },
        None => world.loaded.catalog.upgrades.values().filter(|upgrade| upgrade.is_open()).collect(),
    };
    let mut comparisons = Vec::new();
    for upgrade in upgrades {
        let id = upgrade.id.as_str();
        let Some(number) = world.find_revisions(upgrade)?.last().copied() else {
            if only.is_some() {
                report.failure(&format!("`{id}` has no revision yet"), &["name the other side, too"]);
                return Ok(None);
            }
            report.note(&format!("`{id}` has no revision yet"));
            continue;
        };
        let Some(revision) = world.revision(id, number, report)? else { return Ok(None) };
        let before = Named { name: format!("{id}@r{number}"), runbook: Some(revision) };
        let Some(draft) = find(&world, &upgrade.id, report)? else { return Ok(None) };
        comparisons.extend(to_comparison(before, draft, levels));
    }
    Ok(Some((comparisons, if only.is_some() { Asked::One } else { Asked::All })))
}

/// Compares what two sides call a runbook; nothing where neither has one.
fn to_comparison(old: Named, new: Named, levels: &Levels) -> Option<Comparison> {
    let (from, to) = (old.name, new.name);
    match (old.runbook, new.runbook) {
        (Some(old), Some(new)) => {
            let mut comparison = Comparison::new(diff::compare(&old, &new, levels), &old, &new);
            (comparison.changes.from, comparison.changes.to) = (from, to);
            Some(comparison)
        }
        (None, Some(new)) => Some(Comparison::added(from, to, &new)),
        (Some(old), None) => Some(Comparison::removed(from, to, &old)),
        (None, None) => None,
    }
}
