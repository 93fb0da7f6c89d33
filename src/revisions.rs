//! Reads the released revisions below the output folder and proves that they are what was released: each file has the
//! digest of its entry, and each entry holds the digest of the one before. Reads files, and nothing else; what stands in
//! them may come from anybody.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::model::digest::sha256;
use crate::model::id::{self, UpgradeId};
use crate::model::place::Place;
use crate::model::problem::Problem;
use crate::model::quote::{clean, quote};
use crate::model::revision::{FILE, Histories, Released, Revision, RevisionList, SCHEMA, find_number};
use crate::model::runbook::{self, Runbook};

/// The folder of the pages, below the root of the repository.
pub const FOLDER: &str = "site";

/// The largest released file that is read, in bytes: as large as a page may be.
const LARGEST_FILE: u64 = 64 << 20;

/// What to do when a released file is not what it was.
const RESTORE: &str = "released files never change: restore it from version control";

/// The released files of an upgrade's folder: bytes, or why there are none.
struct Folder {
    /// Its path below the root: `site/go/1.27.0`.
    path: String,
    runtime: String,
    slug: String,
    files: BTreeMap<String, Result<Vec<u8>, String>>,
}

/// Reads all revisions of a repository, also those of upgrades that the catalog no longer has. Of a chain with a fault,
/// nothing counts.
#[must_use]
pub fn load(root: &Path) -> (Histories, Vec<Problem>) {
    let mut histories = Histories::new();
    let mut problems = Vec::new();
    for runtime in find_folders(&root.join(FOLDER)) {
        for slug in find_folders(&root.join(FOLDER).join(&runtime)) {
            let path = format!("{FOLDER}/{runtime}/{slug}");
            let files = read_files(&root.join(&path));
            let folder = Folder { path, runtime: runtime.clone(), slug, files };
            match verify(&folder) {
                Ok(Some((upgrade, released))) => _ = histories.insert(upgrade, released),
                Ok(None) => {}
                Err(more) => problems.extend(more),
            }
        }
    }
    (histories, problems)
}

/// The names of folders in a folder, sorted; links are not followed.
fn find_folders(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

fn read_files(folder: &Path) -> BTreeMap<String, Result<Vec<u8>, String>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name == FILE || find_number(&name).is_some() {
            files.insert(name, read_file(&entry.path()));
        }
    }
    files
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: std::io::Error| format!("this cannot be read: {error}");
    let found = fs::symlink_metadata(path).map_err(unreadable)?;
    if !found.is_file() {
        return Err("this is no plain file".to_owned());
    }
    if found.len() > LARGEST_FILE {
        return Err(format!("this file has {} bytes; at most {LARGEST_FILE} are read", found.len()));
    }
    fs::read(path).map_err(unreadable)
}

/// Proves a folder's revisions, oldest first, up to the first fault; then looks for files that no entry names.
fn verify(folder: &Folder) -> Result<Option<(UpgradeId, Vec<Released>)>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut released = Vec::new();
    let list = match folder.files.contains_key(FILE).then(|| folder.read_list()).transpose() {
        Ok(list) => list,
        Err(problem) => return Err(vec![*problem]),
    };
    let entries = list.as_ref().map_or(&[][..], |list| &list.revisions);
    for (at, entry) in entries.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| entries.get(before));
        match folder.verify_entry(at, entry, before, entries.len()).and_then(|()| folder.verify_files(entry, &list)) {
            Ok(runbook) => released.push(Released { revision: entry.clone(), runbook }),
            Err(problem) => {
                problems.push(*problem);
                break;
            }
        }
    }
    let is_listed = |number: u32| number > 0 && number as usize <= entries.len();
    for name in folder.files.keys() {
        let Some(number) = find_number(name).filter(|number| !is_listed(*number)) else { continue };
        let what =
            if number == 0 { "no revision has this number".to_owned() } else { format!("there is no r{number}") };
        let message = format!("`{name}` was not released: {what} in `{FILE}`");
        problems
            .push(Problem::error("surplus-revision", &folder.place(name), message).help(format!(
                "restore `{FILE}` from version control, or remove this file if nobody ever released it"
            )));
    }
    match (problems.is_empty(), list) {
        (false, _) => Err(problems),
        (true, list) => Ok(list.map(|list| (list.upgrade, released)).filter(|(_, released)| !released.is_empty())),
    }
}

#[derive(Deserialize)]
struct Format {
    schema: String,
}

impl Folder {
    fn place(&self, name: &str) -> Place {
        Place::whole(&format!("{}/{name}", self.path))
    }

    fn invalid(&self, name: &str, message: impl Into<String>) -> Box<Problem> {
        Box::new(Problem::error("invalid-revision", &self.place(name), message).help(RESTORE))
    }

    fn bytes(&self, name: &str) -> Result<Option<&[u8]>, Box<Problem>> {
        match self.files.get(name) {
            None => Ok(None),
            Some(Ok(bytes)) => Ok(Some(bytes)),
            Some(Err(fault)) => Err(self.invalid(name, fault)),
        }
    }

    fn parse<'a, T: Deserialize<'a>>(&self, name: &str, bytes: &'a [u8]) -> Result<T, Box<Problem>> {
        serde_json::from_slice(bytes).map_err(|error| {
            self.invalid(name, format!("this is not what upshift writes: {}", clean(&error.to_string())))
        })
    }

    fn read_list(&self) -> Result<RevisionList, Box<Problem>> {
        let bytes = self.bytes(FILE)?.unwrap_or_default();
        let format: Format = self.parse(FILE, bytes)?;
        if format.schema != SCHEMA {
            let message = format!("this has the format {}; this version reads `{SCHEMA}`", quote(&format.schema));
            return Err(self.invalid(FILE, message));
        }
        let list: RevisionList = self.parse(FILE, bytes)?;
        self.verify_upgrade(FILE, &list.upgrade)?;
        Ok(list)
    }

    /// The upgrade that a document is of must be the one of the folder.
    fn verify_upgrade(&self, name: &str, upgrade: &UpgradeId) -> Result<(), Box<Problem>> {
        let id = upgrade.as_str();
        let slug = id.strip_prefix(&self.runtime).and_then(|rest| rest.strip_prefix('-')).unwrap_or(id);
        if slug == self.slug {
            return Ok(());
        }
        Err(self.invalid(name, format!("this is of the upgrade {}, and stands in the folder of another", quote(id))))
    }

    /// What an entry says of itself and of its neighbours.
    fn verify_entry(
        &self,
        at: usize,
        entry: &Revision,
        before: Option<&Revision>,
        entries: usize,
    ) -> Result<(), Box<Problem>> {
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let next = (at + 1 < entries).then(|| number.saturating_add(1));
        let fault = if entry.revision != number {
            format!("the entry after r{at} has the `revision` {}", entry.revision)
        } else if entry.previous.as_ref() != before.map(|before| &before.digest) {
            match before {
                Some(_) => format!("the `previous` of r{number} is not the `digest` of r{at}"),
                None => "r1 has a `previous`, and nothing came before it".to_owned(),
            }
        } else if entry.digest != entry.to_digest() {
            format!("the `digest` of r{number} does not match its entry")
        } else if before.is_some_and(|before| before.date > entry.date) {
            format!("the `date` of r{number} is before that of r{at}")
        } else if entry.superseded_by != next {
            format!("the `superseded_by` of r{number} does not match the list")
        } else {
            return Ok(());
        };
        Err(Box::new(
            Problem::error("broken-chain", &self.place(FILE), fault)
                .help("only `upshift release` writes this file: restore it from version control"),
        ))
    }

    fn verify_files(&self, entry: &Revision, list: &Option<RevisionList>) -> Result<Runbook, Box<Problem>> {
        let number = entry.revision;
        let [markdown, json] = ["md", "json"].map(|ending| format!("r{number}.{ending}"));
        let mut document = &[][..];
        for (name, digest, key) in [(&json, &entry.json, "json"), (&markdown, &entry.markdown, "markdown")] {
            let Some(bytes) = self.bytes(name)? else {
                let message = format!("`{name}` is not there, and r{number} was released");
                return Err(Box::new(Problem::error("missing-revision", &self.place(name), message).help(RESTORE)));
            };
            if sha256(bytes) != *digest {
                let message = format!("`{name}` is not what was released: `{key}` of r{number} is another digest");
                return Err(Box::new(Problem::error("changed-revision", &self.place(name), message).help(RESTORE)));
            }
            if key == "json" {
                document = bytes;
            }
        }
        let runbook: Runbook = self.parse(&json, document)?;
        self.verify_upgrade(&json, &runbook.upgrade)?;
        let fault = if runbook.schema != runbook::SCHEMA {
            Some(format!("this has the format {}", quote(&runbook.schema)))
        } else if list.as_ref().is_none_or(|list| list.upgrade != runbook.upgrade)
            || runbook.runtime.as_str() != self.runtime
        {
            Some(format!("this is a runbook of {}", quote(runbook.upgrade.as_str())))
        } else if runbook.revision != Some(number) {
            Some(format!("this is no document of r{number}"))
        } else if runbook.facts_digest != entry.facts_digest {
            Some(format!("its `facts_digest` is not that of r{number}"))
        } else {
            find_strange_id(&runbook).map(|id| format!("{} is no id", quote(id)))
        };
        fault.map_or(Ok(runbook), |fault| Err(self.invalid(&json, fault)))
    }
}

/// An id in a document that can be none; ids become paths and links.
fn find_strange_id(runbook: &Runbook) -> Option<&str> {
    let tasks = runbook.tasks.iter().flat_map(|task| {
        let component = task.component.as_ref().map(id::ComponentId::as_str);
        let branch = task.branch.as_ref().map(id::BranchId::as_str);
        [Some(task.owner.as_str()), Some(task.step.as_str()), Some(task.phase.as_str()), component, branch]
    });
    let teams = runbook.teams.iter().map(|team| Some(team.id.as_str()));
    let components = runbook.components.iter().flat_map(|entry| [Some(entry.id.as_str()), Some(entry.owner.as_str())]);
    tasks.chain(teams).chain(components).flatten().find(|id| id::find_fault(id).is_some())
}
