//! `upshift lock merge`.

use std::fs;

use anyhow::{Context as _, Result};

use super::{Exit, load};
use crate::cli::{Global, LockArgs, LockMergeArgs, LockVerb};
use crate::lock::{self, Lock};
use crate::report::Report;
use crate::write;

/// Works with locks.
pub fn run(global: &Global, args: &LockArgs, report: &mut Report) -> Result<Exit> {
    match &args.verb {
        LockVerb::Merge(args) => merge(global, args, report),
    }
}

fn merge(global: &Global, args: &LockMergeArgs, report: &mut Report) -> Result<Exit> {
    let Some(loaded) = load::sound_catalog(global, report)? else { return Ok(Exit::Usage) };
    let mut united = Lock::default();
    for path in &args.locks {
        let text = fs::read_to_string(path).with_context(|| format!("reading `{}`", path.display()))?;
        let next = match Lock::parse(&text) {
            Ok(next) => next,
            Err(error) => {
                report.failure(&format!("`{}`: {error}", path.display()), &[]);
                return Ok(Exit::Usage);
            }
        };
        united = match united.merge(next) {
            Ok(united) => united,
            Err(faults) => {
                for fault in faults {
                    let help = format!("`{}` disagrees with those before it; nothing was written", path.display());
                    report.failure(&fault, &[&help]);
                }
                return Ok(Exit::Usage);
            }
        };
    }
    let text = united.to_text(&loaded.catalog.schemes());
    let written = write::write_in_place(&global.root.join(lock::FILE), text.as_bytes())?;
    report.note(if written.is_some() { "wrote upshift.lock" } else { "the lock is current" });
    Ok(Exit::Done)
}
