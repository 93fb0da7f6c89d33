//! The catalog and lock of one side of a comparison, from files or from a revision of git, and the runbooks in it.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use jiff::civil::Date;

use super::operand::At;
use crate::catalog::{self, Loaded};
use crate::cli::{Global, ProblemFormat};
use crate::commands::load;
use crate::git::{Snapshot, UnknownRevision};
use crate::lock::{self, Lock};
use crate::model::facts::VersionFacts;
use crate::model::id::{RuntimeId, UpgradeId};
use crate::model::place::Texts;
use crate::model::problem;
use crate::model::quote::quote;
use crate::model::revision::find_number;
use crate::model::runbook::{self, Runbook};
use crate::model::upgrade::Upgrade;
use crate::report::Report;
use crate::revisions;

/// Where files come from.
enum Files {
    /// The root of the repository.
    Disk(PathBuf),
    Git(Snapshot),
}

/// A catalog, and what follows from it.
pub struct World {
    /// What stands before the names of its runbooks.
    prefix: String,
    files: Files,
    /// The catalog.
    pub loaded: Loaded,
    lock: Lock,
    facts: BTreeMap<RuntimeId, VersionFacts>,
    as_of: Option<Date>,
}

impl World {
    /// Loads a catalog and a lock; says what is wrong, and returns nothing, when there is no sound one.
    pub fn load(global: &Global, at: At<'_>, report: &mut Report) -> Result<Option<Self>> {
        let (prefix, files, loaded, lock) = match at {
            At::Here => {
                let Some(loaded) = load::sound_catalog(global, report)? else { return Ok(None) };
                let Some(lock) = load::lock(&global.root, report)? else { return Ok(None) };
                (String::new(), Files::Disk(global.root.clone()), loaded, lock)
            }
            At::Git(revision) => {
                let Some(snapshot) = find(global, revision, report)? else { return Ok(None) };
                let Some((loaded, lock)) = read(&snapshot, revision, report)? else { return Ok(None) };
                (format!("{revision}:"), Files::Git(snapshot), loaded, lock)
            }
        };
        let (facts, as_of) = (load::facts(&loaded.catalog, &lock), load::as_of(global, &lock));
        Ok(Some(Self { prefix, files, loaded, lock, facts, as_of }))
    }

    /// What a runbook of this side is called.
    pub fn to_name(&self, runbook: &str) -> String {
        format!("{}{runbook}", self.prefix)
    }

    /// Plans an upgrade; says what is wrong, and returns nothing, when that cannot be.
    pub fn plan(&self, id: &str, report: &mut Report) -> Result<Option<Runbook>> {
        let Some(upgrade) = self.find_upgrade(id, report) else { return Ok(None) };
        match load::runbook(&self.loaded.catalog, upgrade, &self.facts, &self.lock.scans, &[], self.as_of) {
            Ok(runbook) => Ok(Some(runbook)),
            Err(mut problems) => {
                problem::settle(&mut problems, &self.loaded.texts);
                report.problems(&problems, &self.loaded.texts, ProblemFormat::Human)?;
                Ok(None)
            }
        }
    }

    /// Finds an upgrade; says so when there is none.
    pub fn find_upgrade(&self, id: &str, report: &mut Report) -> Option<&Upgrade> {
        let upgrades = &self.loaded.catalog.upgrades;
        if !upgrades.contains_key(id) {
            load::unknown("upgrade", id, upgrades.keys().map(UpgradeId::as_str), report);
        }
        upgrades.get(id)
    }

    /// The numbers of an upgrade's released revisions, in order.
    pub fn find_revisions(&self, upgrade: &Upgrade) -> Result<Vec<u32>> {
        let folder = to_folder(upgrade);
        let names: Vec<String> = match &self.files {
            Files::Disk(root) => match fs::read_dir(root.join(&folder)) {
                Ok(entries) => entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect(),
                Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
                Err(error) => return Err(error).with_context(|| format!("reading `{folder}`")),
            },
            Files::Git(snapshot) => {
                let entries = snapshot.list(&[&folder])?;
                entries
                    .iter()
                    .filter_map(|entry| Some(entry.path.strip_prefix(&folder)?.get(1..)?.to_owned()))
                    .collect()
            }
        };
        let number = |name: &String| find_number(name).filter(|number| *number > 0 && name.ends_with(".json"));
        let mut numbers: Vec<u32> = names.iter().filter_map(number).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Reads a released revision; says so, and returns nothing, when there is none.
    pub fn revision(&self, id: &str, number: u32, report: &mut Report) -> Result<Option<Runbook>> {
        let Some(upgrade) = self.find_upgrade(id, report) else { return Ok(None) };
        let known = self.find_revisions(upgrade)?;
        if !known.contains(&number) {
            let help = match known.last() {
                Some(latest) => format!("the latest one is `{id}@r{latest}`"),
                None => format!("`{id}` has no revision yet"),
            };
            report.failure(&format!("there is no revision `{}`", self.to_name(&format!("{id}@r{number}"))), &[&help]);
            return Ok(None);
        }
        let path = format!("{}/r{number}.json", to_folder(upgrade));
        match &self.files {
            Files::Disk(root) => read_runbook(&root.join(path), report),
            Files::Git(snapshot) => read_runbook_at(snapshot, &self.to_name(&path), &path, report),
        }
    }
}

/// The folder of an upgrade's pages.
fn to_folder(upgrade: &Upgrade) -> String {
    format!("{}/{}/{}", revisions::FOLDER, upgrade.runtime, upgrade.slug())
}

/// Finds a revision of git; says so, and returns nothing, when there is none.
pub fn find(global: &Global, revision: &str, report: &mut Report) -> Result<Option<Snapshot>> {
    match Snapshot::find(&global.root, revision) {
        Ok(snapshot) => Ok(Some(snapshot)),
        Err(error) if error.is::<UnknownRevision>() => {
            report.failure(&error.to_string(), &[]);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The catalog and the lock of a revision of git.
fn read(snapshot: &Snapshot, revision: &str, report: &mut Report) -> Result<Option<(Loaded, Lock)>> {
    let mut entries = snapshot.list(&[catalog::FOLDER, lock::FILE])?;
    entries.retain(|entry| entry.path == lock::FILE || entry.path.ends_with(".yaml"));
    let mut texts = Texts::new();
    let mut recorded = Lock::default();
    for (path, bytes) in snapshot.read(&entries)? {
        let Ok(text) = String::from_utf8(bytes) else {
            report.failure(&format!("{} is not UTF-8", quote(&format!("{revision}:{path}"))), &[]);
            return Ok(None);
        };
        if path != lock::FILE {
            texts.insert(Arc::from(path), text);
            continue;
        }
        recorded = match Lock::parse(&text) {
            Ok(lock) => lock,
            Err(error) => {
                report.failure(&format!("{}: {error}", quote(&format!("{revision}:{path}"))), &[]);
                return Ok(None);
            }
        };
    }
    if texts.is_empty() {
        report.failure(&format!("there is no catalog in {}", quote(&format!("{revision}:{}", catalog::FOLDER))), &[]);
        return Ok(None);
    }
    let loaded = catalog::load_texts(texts);
    if problem::has_errors(&loaded.problems) {
        report.problems(&loaded.problems, &loaded.texts, ProblemFormat::Human)?;
        report.failure(&format!("the catalog of {} cannot be planned", quote(revision)), &[]);
        return Ok(None);
    }
    Ok(Some((loaded, recorded)))
}

/// Reads the file of a runbook; says why, and returns nothing, when it is none.
pub fn read_runbook(path: &std::path::Path, report: &mut Report) -> Result<Option<Runbook>> {
    match fs::read(path) {
        Ok(bytes) => Ok(accept(&path.display().to_string(), &bytes, report)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            report.failure(&format!("there is no file {}", quote(&path.display().to_string())), &[]);
            Ok(None)
        }
        Err(error) => Err(error).with_context(|| format!("reading `{}`", path.display())),
    }
}

/// Reads the file of a runbook in a revision of git, as [`read_runbook`] does.
pub fn read_runbook_at(snapshot: &Snapshot, name: &str, path: &str, report: &mut Report) -> Result<Option<Runbook>> {
    let entries = snapshot.list(&[path])?;
    match snapshot.read(&entries)?.get(path) {
        Some(bytes) => Ok(accept(name, bytes, report)),
        None => {
            report.failure(&format!("there is no file {}", quote(name)), &[]);
            Ok(None)
        }
    }
}

fn accept(name: &str, bytes: &[u8], report: &mut Report) -> Option<Runbook> {
    match parse(bytes) {
        Ok(runbook) => Some(runbook),
        Err(fault) => {
            report.failure(&format!("{} is not a runbook of upshift: {fault}", quote(name)), &[]);
            None
        }
    }
}

/// Reads a runbook, or says why it is none.
pub fn parse(bytes: &[u8]) -> Result<Runbook, String> {
    let runbook: Runbook = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if runbook.schema != runbook::SCHEMA {
        return Err(format!("its format is {}; this version knows `{}`", quote(&runbook.schema), runbook::SCHEMA));
    }
    Ok(runbook)
}
