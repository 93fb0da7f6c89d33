//! `upshift versions`.

use anyhow::Result;

use super::{Exit, load};
use crate::cli::{Format, Global, VersionsArgs};
use crate::model::facts::VersionFacts;
use crate::model::id::RuntimeId;
use crate::model::usage;
use crate::model::version::{Scheme, Version};
use crate::report::{JumpEntry, Report, VersionsDocument};

/// Lists the release lines and releases of a runtime.
pub fn run(global: &Global, args: &VersionsArgs, report: &mut Report) -> Result<Exit> {
    let Some(loaded) = load::sound_catalog(global, report)? else { return Ok(Exit::Usage) };
    let Some(runtime) = loaded.catalog.runtimes.get(args.runtime.as_str()) else {
        load::unknown("runtime", &args.runtime, loaded.catalog.runtimes.keys().map(RuntimeId::as_str), report);
        return Ok(Exit::Usage);
    };
    let Some(lock) = load::lock(&global.root, report)? else { return Ok(Exit::Usage) };
    let mut facts = load::facts(&loaded.catalog, &lock);
    let facts = facts.remove(&runtime.id).unwrap_or_default();
    let jump = match find_jump(args, runtime.scheme, &facts) {
        Ok(jump) => jump,
        Err(message) => {
            report.failure(&message, &[]);
            return Ok(Exit::Usage);
        }
    };
    let usage = usage::find_usage(&loaded.catalog, runtime, &facts, &lock.scans);
    let document = VersionsDocument::new(&runtime.id, load::as_of(global, &lock), &facts);
    let mut document = document.with_usage(usage.as_ref());
    document.jump = jump.map(|(from, to)| JumpEntry::new(&facts, &from, &to));
    let document = if args.all || args.format == Format::Json { document } else { document.only_supported() };
    report.versions(&document, args.format)?;
    Ok(Exit::Done)
}

/// The jump that the command line asks about.
fn find_jump(args: &VersionsArgs, scheme: Scheme, facts: &VersionFacts) -> Result<Option<(Version, Version)>, String> {
    let Some(from) = &args.from else { return Ok(None) };
    let from = scheme.parse(from).map_err(|error| format!("--from: {error}"))?;
    let to = match &args.to {
        Some(to) => scheme.parse(to).map_err(|error| format!("--to: {error}"))?,
        None => {
            let line = facts.line_of(&from);
            let newest =
                facts.latest_in(&line).ok_or_else(|| format!("no release of {line} is recorded: give `--to`"))?;
            newest.version.clone()
        }
    };
    Ok(Some((from, to)))
}
