//! `upshift status`.

use anyhow::Result;

use super::load::Judged;
use super::{Exit, load};
use crate::cli::{Global, StatusArgs};
use crate::model::id::{TeamId, UpgradeId};
use crate::model::upgrade::Upgrade;
use crate::report::{Report, StatusDocument};

/// Shows how far upgrades are.
pub fn run(global: &Global, args: &StatusArgs, report: &mut Report) -> Result<Exit> {
    let Some(loaded) = load::sound_catalog(global, report)? else { return Ok(Exit::Usage) };
    for id in &args.upgrades {
        if !loaded.catalog.upgrades.contains_key(id.as_str()) {
            load::unknown("upgrade", id, loaded.catalog.upgrades.keys().map(UpgradeId::as_str), report);
            return Ok(Exit::Usage);
        }
    }
    let team = args.team.as_deref().map(TeamId::new);
    if let Some(team) = team.as_ref().filter(|team| !loaded.catalog.teams.contains_key(*team)) {
        load::unknown("team", team.as_str(), loaded.catalog.teams.keys().map(TeamId::as_str), report);
        return Ok(Exit::Usage);
    }
    let Some(judged) = load::judged(global, loaded, report)? else { return Ok(Exit::Usage) };
    let Judged { loaded, as_of, runbooks, .. } = judged;
    let is_asked = |upgrade: &Upgrade| match args.upgrades.as_slice() {
        [] => upgrade.is_open(),
        asked => asked.iter().any(|id| id == upgrade.id.as_str()),
    };
    let upgrades = loaded.catalog.upgrades.values().filter(|upgrade| is_asked(upgrade));
    let asked = upgrades.filter_map(|upgrade| Some((upgrade, runbooks.get(&upgrade.id)?)));
    report.status(&StatusDocument::new(as_of, asked, team.as_ref()), args.format)?;
    Ok(Exit::Done)
}
