//! `upshift check`.

use anyhow::Result;

use super::{Exit, load};
use crate::catalog;
use crate::cli::{CheckArgs, FailOn, Global, ProblemFormat};
use crate::model::problem;
use crate::report::Report;

/// Finds what is wrong in the catalog.
pub fn run(global: &Global, args: &CheckArgs, report: &mut Report) -> Result<Exit> {
    let mut loaded = catalog::load(&global.root);
    if !problem::has_errors(&loaded.problems) {
        let Some(lock) = load::lock(&global.root, report)? else { return Ok(Exit::Usage) };
        let revisions = load::revisions(global, &mut loaded);
        load::judge(&mut loaded, &lock, &revisions, load::as_of(global, &lock));
    }
    report.problems(&loaded.problems, &loaded.texts, args.format)?;
    if loaded.problems.is_empty() && args.format == ProblemFormat::Human {
        let catalog = &loaded.catalog;
        let counts = [
            count(catalog.runtimes.len(), "runtime", "runtimes"),
            count(catalog.components.len(), "component", "components"),
            count(catalog.teams.len(), "team", "teams"),
            count(catalog.processes.len(), "process", "processes"),
            count(catalog.upgrades.len(), "upgrade", "upgrades"),
        ];
        report.note(&format!("the catalog is sound: {}", counts.join(", ")));
    }
    Ok(match (problem::has_errors(&loaded.problems), loaded.problems.is_empty(), args.fail_on) {
        (true, _, _) => Exit::Usage,
        (false, false, FailOn::Warning) => Exit::Findings,
        _ => Exit::Done,
    })
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
