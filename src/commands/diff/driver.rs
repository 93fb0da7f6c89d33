//! `upshift diff --git-driver`: git shows the changes of a runbook in place of those of its lines
//! (<https://git-scm.com/docs/gitattributes#_defining_an_external_diff_driver>).

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::world::parse;
use crate::cli::DiffFormat;
use crate::commands::Exit;
use crate::diff;
use crate::model::changes::{Changes, Levels};
use crate::model::comparison::Comparison;
use crate::report::{Asked, Report};
use crate::write;

/// What git gives for the side of a file that is not there.
const NOTHING: &str = "/dev/null";

/// Shows the changes of one file. The exit code is 0, since git takes any other for a failure.
pub fn run(args: &[PathBuf], levels: &Levels, report: &mut Report) -> Result<Exit> {
    // PATH OLD-FILE OLD-HEX OLD-MODE NEW-FILE NEW-HEX NEW-MODE, and for a renamed file its new path and what git says of it.
    let (path, old, new, to) = match args {
        [path] => {
            report.text(&format!("* unmerged {}\n", path.display()));
            return Ok(Exit::Done);
        }
        [path, old, _, _, new, _, _] => (path, old, new, path),
        [path, old, _, _, new, _, _, to, _] => (path, old, new, to),
        _ => {
            report.failure(
                &format!("git gives 7 arguments to a diff driver, not {}", args.len()),
                &["write `git config diff.upshift.command 'upshift diff --git-driver'`"],
            );
            return Ok(Exit::Usage);
        }
    };
    let (from, to) = (format!("a/{}", path.display()), format!("b/{}", to.display()));
    let (old, new) = (read(old)?, read(new)?);
    let comparison = match (old.as_deref().map(parse), new.as_deref().map(parse)) {
        (Some(Ok(old)), Some(Ok(new))) => {
            let mut comparison = Comparison::new(diff::compare(&old, &new, levels), &old, &new);
            (comparison.changes.from, comparison.changes.to) = (from, to);
            comparison
        }
        (None, Some(Ok(new))) => Comparison::added(NOTHING.to_owned(), to, &new),
        (Some(Ok(old)), None) => Comparison::removed(from, NOTHING.to_owned(), &old),
        _ => {
            unified(from, to, old, new, report);
            return Ok(Exit::Done);
        }
    };
    if comparison.changes.changes.is_empty() {
        let Changes { from, to, .. } = &comparison.changes;
        report.text(&format!("{from} -> {to}: no change of meaning\n"));
    } else {
        report.changes(&[comparison], Asked::One, DiffFormat::Human)?;
    }
    Ok(Exit::Done)
}

/// The changes of a file that is no runbook, line by line.
fn unified(from: String, to: String, old: Option<Vec<u8>>, new: Option<Vec<u8>>, report: &mut Report) {
    let name = |name: String, bytes: &Option<Vec<u8>>| bytes.as_ref().map_or_else(|| NOTHING.to_owned(), |_| name);
    let (from, to) = (name(from, &old), name(to, &new));
    let text = |bytes: Option<Vec<u8>>| String::from_utf8(bytes.unwrap_or_default());
    match (text(old), text(new)) {
        (Ok(old), Ok(new)) => report.diff(&write::to_unified_diff(&from, &to, &old, &new)),
        _ => report.text(&format!("Binary files {from} and {to} differ\n")),
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    if path == Path::new(NOTHING) {
        return Ok(None);
    }
    fs::read(path).map(Some).with_context(|| format!("reading `{}`", path.display()))
}
