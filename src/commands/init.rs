//! `upshift init`.

use std::fs;

use anyhow::{Context as _, Result};

use super::Exit;
use crate::cli::{Ci, Global, InitArgs};
use crate::init::{self, Forge, Starter};
use crate::model::count::count;
use crate::report::Report;
use crate::{catalog, write};

/// What `catalog` says of files that it leaves alone.
const NOT_READ: [&str; 3] = ["ignored-file", "too-large", "unreadable-file"];

/// Writes the files of a starter repository that are not there yet.
pub fn run(global: &Global, args: &InitArgs, report: &mut Report) -> Result<Exit> {
    let root = args.folder.as_ref().map_or_else(|| global.root.clone(), |folder| global.root.join(folder));
    let found = catalog::load(&root);
    // What the catalog does not read there is somebody's, too.
    let has_catalog = found.texts.iter().any(|(path, text)| !init::is_example(path, text))
        || found.problems.iter().any(|problem| NOT_READ.contains(&problem.code));
    let mut files: Vec<Starter> = vec![init::IGNORED];
    if !has_catalog {
        files.extend(init::CATALOG);
    }
    for (ci, forge) in [(Ci::Gitlab, Forge::Gitlab), (Ci::Github, Forge::Github)] {
        if args.ci.contains(&ci) {
            files.extend(forge.files());
        }
    }

    let texts: Vec<(&str, &str)> = files.iter().map(|file| (file.path, file.text)).collect();
    let added = write::add_tree(&root, "init", &texts).context("writing the starter repository")?;
    for file in &files {
        let word = if added.contains(&file.path) { "added" } else { "kept" };
        report.note(&format!("{word:<8} {}", file.path));
    }
    if has_catalog {
        report.note(&format!("{:<8} {}/, which has a catalog; the example is left out", "kept", catalog::FOLDER));
    }
    if added.is_empty() {
        report.note("nothing to do: every file is there");
        return Ok(Exit::Done);
    }
    if !added.contains(&init::IGNORED.path) {
        let path = root.join(init::IGNORED.path);
        let text = fs::read_to_string(&path).unwrap_or_default();
        if !init::ignores_site(&text) {
            report.note("the site is built anew each time, so `/public/` belongs in `.gitignore`");
        }
    }
    report.note(&format!("{} added; next:", count(added.len(), "file")));
    for step in [
        "upshift check     find what is wrong, now and after each edit below data/",
        "upshift update    ask upstream for versions: writes upshift.lock",
        "upshift build     write the pages below site/ and the site in public/",
    ] {
        report.note(&format!("  {step}"));
    }
    report.note("then commit data/, site/, upshift.lock and the pipelines, once what stands at their top is set up");
    Ok(Exit::Done)
}
