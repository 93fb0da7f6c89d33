//! Walks a folder on disk, and gives what counts to a scanner. Links are not followed.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Mutex;

use ignore::WalkBuilder;

use super::filter::{Choice, Filter};
use super::{LARGEST_FILE, Note, Scanner};

/// The most files of one repository that are read because a pipeline includes them.
pub const MOST_INCLUDED: usize = 500;

/// The most files of one repository that are read.
const MOST_FILES: usize = 100_000;

/// Reads all that counts below a folder, the root of a repository. What cannot be read becomes a note.
pub fn walk(root: &Path, filter: &Filter, scanner: &mut Scanner<'_>) {
    let mut paths = find(root, filter, scanner);
    if paths.len() > MOST_FILES {
        let message =
            format!("{} files name versions by their names; only the first {MOST_FILES} are read", paths.len());
        scanner.note(Note::trouble("", message));
        paths.truncate(MOST_FILES);
    }
    for path in paths {
        match read(&root.join(&path)) {
            Ok(bytes) => scanner.add(&path, &bytes, filter),
            Err(why) => scanner.note(Note::trouble(&path, why)),
        }
    }
    for _ in 0..MOST_INCLUDED {
        let Some(path) = scanner.next_included() else { break };
        // A link could lead out of the repository.
        let is_file = has_no_links(root, &path);
        if let Some(bytes) = is_file.then(|| read(&root.join(&path)).ok()).flatten() {
            scanner.add(&path, &bytes, filter);
        }
    }
}

/// Says whether a path leads to a plain file, over no link.
fn has_no_links(root: &Path, path: &str) -> bool {
    let mut at = root.to_path_buf();
    for part in path.split('/') {
        at.push(part);
        if !at.symlink_metadata().is_ok_and(|about| about.is_dir() || about.is_file()) {
            return false;
        }
    }
    at.is_file()
}

/// The files that count, in the order of their paths.
fn find(root: &Path, filter: &Filter, scanner: &mut Scanner<'_>) -> Vec<String> {
    let begin = root.join(&filter.within);
    let skipped: Arc<Mutex<Vec<(String, Choice)>>> = Arc::default();
    let (rules, base, told) = (filter.clone(), root.to_path_buf(), Arc::clone(&skipped));
    let mut builder = WalkBuilder::new(&begin);
    builder.hidden(false).parents(false).ignore(false).git_global(false).git_exclude(false).require_git(false);
    builder.follow_links(false).filter_entry(move |entry| {
        if !entry.file_type().is_some_and(|kind| kind.is_dir()) || entry.depth() == 0 {
            return true;
        }
        // A folder whose name is not UTF-8 is told of with its files.
        let Some(path) = to_path(entry.path(), &base) else { return true };
        let choice = rules.choose_folder(&path);
        if choice != Choice::Read
            && let Ok(mut told) = told.lock()
        {
            told.push((path, choice));
        }
        choice == Choice::Read
    });
    let mut paths = Vec::new();
    for entry in builder.build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                scanner.note(Note::trouble("", error.to_string().replace(&root.display().to_string(), "")));
                continue;
            }
        };
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let Some(path) = to_path(entry.path(), root) else {
            scanner.note(Note::skipped(&entry.path().to_string_lossy(), "its name is not UTF-8"));
            continue;
        };
        match filter.choose(&path) {
            Choice::Read => paths.push(path),
            choice => scanner.leave_out(&path, choice),
        }
    }
    for (folder, choice) in skipped.lock().map(|mut told| std::mem::take(&mut *told)).unwrap_or_default() {
        scanner.leave_out(&format!("{folder}/"), choice);
    }
    paths.sort();
    paths
}

fn to_path(path: &Path, root: &Path) -> Option<String> {
    let below: PathBuf = path.strip_prefix(root).ok()?.to_path_buf();
    let parts: Option<Vec<&str>> = below.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    // One byte more than counts tells that there is more.
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}
