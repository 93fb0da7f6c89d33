//! `upshift plan`.

use anyhow::Result;

use super::{Exit, load};
use crate::cli::{Format, Global, PlanArgs, ProblemFormat};
use crate::model::id::UpgradeId;
use crate::model::problem;
use crate::report::Report;
use crate::text;

/// Shows the plan of an upgrade.
pub fn run(global: &Global, args: &PlanArgs, report: &mut Report) -> Result<Exit> {
    let Some(loaded) = load::sound_catalog(global, report)? else { return Ok(Exit::Usage) };
    let Some(upgrade) = loaded.catalog.upgrades.get(args.upgrade.as_str()) else {
        load::unknown("upgrade", &args.upgrade, loaded.catalog.upgrades.keys().map(UpgradeId::as_str), report);
        return Ok(Exit::Usage);
    };
    let Some(lock) = load::lock(&global.root, report)? else { return Ok(Exit::Usage) };
    match load::runbook(&loaded.catalog, upgrade, &lock, load::as_of(global, &lock)) {
        Ok(runbook) => {
            match args.format {
                Format::Human => report.plan(&runbook),
                Format::Json => report.text(&text::to_json(&runbook)?),
            }
            Ok(Exit::Done)
        }
        Err(mut problems) => {
            problem::settle(&mut problems, &loaded.texts);
            report.problems(&problems, &loaded.texts, ProblemFormat::Human)?;
            Ok(Exit::Usage)
        }
    }
}
