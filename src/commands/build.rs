//! `upshift build`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::load::Judged;
use super::{Exit, changes, load, schema, site};
use crate::cli::{BuildArgs, Global};
use crate::model::count::count;
use crate::model::id::UpgradeId;
use crate::model::page::Page;
use crate::render::output::Output;
use crate::render::{self, Material, Templates, inject};
use crate::report::Report;
use crate::write::{self, Kind, Mode, Outcome, Writer};

/// Writes all pages, or compares them with what is there.
pub fn run(global: &Global, args: &BuildArgs, report: &mut Report) -> Result<Exit> {
    let Some(loaded) = load::sound_catalog(global, report)? else { return Ok(Exit::Usage) };
    let Some(judged) = load::judged(global, loaded, report)? else { return Ok(Exit::Usage) };
    let Judged { loaded, as_of, revisions, runbooks, .. } = &judged;
    if !loaded.problems.is_empty() {
        report.note(&format!("{}; `upshift check` shows them", count(loaded.problems.len(), "warning")));
    }
    let templates = match render::load_templates(&global.root) {
        Ok(templates) => templates,
        Err(error) => return load::refuse_template(error, report),
    };
    let schemas = schema::pages()?;
    let changes = changes::compare(&loaded.catalog, runbooks, revisions);
    let material = judged.material(&changes, &schemas);
    let mode = if args.check { Mode::Check } else { Mode::Write };
    if let (Some(page), Some(id)) = (&args.into, &args.upgrade) {
        let Some(runbook) = runbooks.get(id.as_str()) else {
            load::unknown("upgrade", id, runbooks.keys().map(UpgradeId::as_str), report);
            return Ok(Exit::Usage);
        };
        let region = match render::handbook_region(&material, runbook, &templates) {
            Ok(region) => region,
            Err(error) => return load::refuse_template(error, report),
        };
        return into_page(page, id, &region, mode, report);
    }
    let mut pages = ToDisk(Writer::begin(&global.root.join(&args.output), mode)?);
    if let Err(error) = render::pages(&material, &templates, &mut pages) {
        return load::refuse_template(error, report);
    }
    // Both are made before one is written: a template that fails leaves both as they were.
    let public = match mode {
        Mode::Write if !args.no_public => match make_site(&material, &templates, &global.root.join(&args.public)) {
            Ok(site) => Some(site),
            Err(error) => return load::refuse_template(error, report),
        },
        _ => None,
    };
    let outcome = pages.0.finish()?;
    tell(&args.output, &outcome, report);
    if let Some(public) = public {
        let outcome = public.finish()?;
        report.note(&format!("{} files of the site, {} changed", outcome.pages, outcome.changes.len()));
    }
    let changed = outcome.changes.len();
    let as_of = as_of.map_or_else(|| "nothing recorded".to_owned(), |day| format!("as of {day}"));
    match (mode, changed) {
        (_, 0) => report.note(&format!("{} pages, all current ({as_of})", outcome.pages)),
        (Mode::Write, _) => report.note(&format!("{} pages, {changed} changed ({as_of})", outcome.pages)),
        (Mode::Check, _) => {
            let plural = if changed == 1 { "file is" } else { "files are" };
            report.failure(
                &format!("{changed} {plural} not current"),
                &["run `upshift build` and commit what it writes"],
            );
        }
    }
    Ok(if mode == Mode::Check && changed > 0 { Exit::Findings } else { Exit::Done })
}

/// Makes the site, up to the moment in which it takes its place.
fn make_site(material: &Material<'_>, templates: &Templates, folder: &Path) -> Result<Writer> {
    let mut output = ToDisk(Writer::begin(folder, Mode::Write)?);
    site::make(material, templates, &mut output)?;
    Ok(output.0)
}

/// Writes pages.
struct ToDisk(Writer);

impl Output for ToDisk {
    fn has(&self, path: &str, made_of: &str) -> bool {
        self.0.has(path, made_of)
    }

    fn keep(&mut self, path: &str) -> Result<()> {
        self.0.keep(path)
    }

    fn take(&mut self, page: Page, made_of: Option<String>) -> Result<()> {
        self.0.page(&page, made_of)
    }
}

/// Tells what became of each page.
fn tell(folder: &Path, outcome: &Outcome, report: &mut Report) {
    for change in &outcome.changes {
        let word = match change.kind {
            Kind::Added => "added",
            Kind::Changed => "changed",
            Kind::Removed => "removed",
        };
        match &change.diff {
            Some(diff) => report.diff(diff),
            None => report.note(&format!("{word:<8} {}/{}", folder.display(), change.path)),
        }
    }
}

fn into_page(page: &Path, upgrade: &str, region: &str, mode: Mode, report: &mut Report) -> Result<Exit> {
    let before = fs::read_to_string(page).with_context(|| format!("reading `{}`", page.display()))?;
    let after = match inject::inject(&before, upgrade, region) {
        Ok(after) => after,
        Err(error) => {
            let lines = format!(
                "put `<!-- BEGIN upshift: {upgrade} -->` and `<!-- END upshift: {upgrade} -->` where the page belongs, each once"
            );
            report.failure(&format!("{}: {error}", page.display()), &[&lines]);
            return Ok(Exit::Usage);
        }
    };
    let shown = page.display().to_string();
    if before == after {
        report.note(&format!("{shown} is current"));
        return Ok(Exit::Done);
    }
    if mode == Mode::Check {
        report.diff(&write::to_unified_diff(&format!("a/{shown}"), &format!("b/{shown}"), &before, &after));
        return Ok(Exit::Findings);
    }
    write::write_in_place(page, after.as_bytes())?;
    report.note(&format!("changed {shown}"));
    Ok(Exit::Done)
}
