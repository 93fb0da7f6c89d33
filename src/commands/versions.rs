//! `upshift versions`.

use anyhow::Result;

use super::{Exit, load};
use crate::cli::{Format, Global, VersionsArgs};
use crate::model::id::RuntimeId;
use crate::report::{Report, VersionsDocument};

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
    let document = VersionsDocument::new(&runtime.id, load::as_of(global, &lock), &facts);
    let document = if args.all || args.format == Format::Json { document } else { document.only_supported() };
    report.versions(&document, args.format)?;
    Ok(Exit::Done)
}
