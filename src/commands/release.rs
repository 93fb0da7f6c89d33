//! `upshift release`.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::load::Judged;
use super::{Exit, load};
use crate::cli::{Global, ReleaseArgs};
use crate::model::digest::sha256;
use crate::model::id::UpgradeId;
use crate::model::page::Page;
use crate::model::revision::{self, Released, Revision, RevisionList};
use crate::model::runbook::Runbook;
use crate::render;
use crate::report::Report;
use crate::text::to_json;
use crate::{lock, revisions, write};

/// Freezes the current runbook of an upgrade as its next revision.
pub fn run(global: &Global, args: &ReleaseArgs, report: &mut Report) -> Result<Exit> {
    let Some(loaded) = load::sound_catalog(global, report)? else { return Ok(Exit::Usage) };
    let Some(judged) = load::judged(global, loaded, report)? else { return Ok(Exit::Usage) };
    let Judged { loaded, as_of, revisions: histories, runbooks, .. } = &judged;
    let id = &args.upgrade;
    let (Some(upgrade), Some(draft)) = (loaded.catalog.upgrades.get(id.as_str()), runbooks.get(id.as_str())) else {
        load::unknown("upgrade", id, runbooks.keys().map(UpgradeId::as_str), report);
        return Ok(Exit::Usage);
    };
    let Some(date) = *as_of else {
        let help = "run `upshift update` first, or name the day with `--as-of DATE`";
        report.failure("nothing is recorded, so a revision would have no date", &[help]);
        return Ok(Exit::Usage);
    };
    let site = global.root.join(revisions::FOLDER);
    let history = histories.get(&upgrade.id).map_or(&[][..], Vec::as_slice);
    if let Some(Released { revision: last, runbook }) = history.last() {
        if revision::is_same(runbook, draft) {
            // A run that was killed after the exchange has released, and left its stage.
            write::clear_up(&site);
            report.note(&format!("{id} has not changed since r{} of {}: nothing to release", last.revision, last.date));
            return Ok(Exit::Done);
        }
        if date < last.date {
            let message = format!("r{} is of {}, and a revision of {date} cannot follow it", last.revision, last.date);
            report.failure(&message, &[]);
            return Ok(Exit::Usage);
        }
    }
    let number = u32::try_from(history.len() + 1).context("counting revisions")?;
    let runbook = Runbook { revision: Some(number), ..draft.clone() };
    let json = to_json(&runbook)?;
    let mut entry = Revision {
        revision: number,
        date,
        message: args.message.clone(),
        json: sha256(json.as_bytes()),
        markdown: String::new(),
        facts_digest: runbook.facts_digest.clone(),
        lock: find_lock_digest(&global.root)?,
        previous: history.last().map(|last| last.revision.digest.clone()),
        digest: String::new(),
        superseded_by: None,
    };
    let changes = BTreeMap::new();
    let material = judged.material(&changes, &[]);
    let page = render::load_templates(&global.root)
        .and_then(|templates| render::revision_page(&material, &runbook, &entry, &templates));
    let markdown = match page {
        Ok(page) => page,
        Err(error) => return load::refuse_template(error, report),
    };
    entry.markdown = sha256(markdown.as_bytes());
    entry.digest = entry.to_digest();
    let folder = format!("{}/{}", upgrade.runtime, upgrade.slug());
    let mut entries: Vec<Revision> = history.iter().map(|released| released.revision.clone()).collect();
    if let Some(last) = entries.last_mut() {
        last.superseded_by = Some(number);
    }
    entries.push(entry);
    let list = RevisionList { schema: revision::SCHEMA.into(), upgrade: upgrade.id.clone(), revisions: entries };
    let page = |name: &str, text| Page { path: format!("{folder}/{name}"), text };
    let files = [page(&format!("r{number}.json"), json), page(&format!("r{number}.md"), markdown)];
    write::release(&site, &files, &page(revision::FILE, to_json(&list)?))?;
    let place = format!("{}/{folder}/r{number}.md", revisions::FOLDER);
    report
        .note(&format!("released {id} as r{number} of {date}: {place}; run `upshift build` so that its pages say so"));
    Ok(Exit::Done)
}

/// The digest of the lock as it is on disk; none where there is none.
fn find_lock_digest(root: &Path) -> Result<Option<String>> {
    match fs::read(root.join(lock::FILE)) {
        Ok(bytes) => Ok(Some(sha256(&bytes))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading `{}`", lock::FILE)),
    }
}
