//! `upshift completions` and `upshift man`.

use std::path::Path;

use anyhow::{Context as _, Result};
use clap::CommandFactory as _;

use super::Exit;
use crate::cli::{Cli, CompletionsArgs, ManArgs};
use crate::report::Report;

/// Prints the completions of a shell.
pub fn completions(args: &CompletionsArgs, report: &mut Report) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "upshift", &mut script);
    report.text(&String::from_utf8_lossy(&script));
    Exit::Done
}

/// Prints the manual page, or writes one for each verb into a folder.
pub fn man(root: &Path, args: &ManArgs, report: &mut Report) -> Result<Exit> {
    let Some(folder) = &args.output else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page).context("writing the manual page")?;
        report.text(&String::from_utf8_lossy(&page));
        return Ok(Exit::Done);
    };
    let folder = root.join(folder);
    std::fs::create_dir_all(&folder).with_context(|| format!("making `{}`", folder.display()))?;
    clap_mangen::generate_to(Cli::command(), &folder).with_context(|| format!("writing in `{}`", folder.display()))?;
    report.note(&format!("wrote the manual pages into {}", folder.display()));
    Ok(Exit::Done)
}
