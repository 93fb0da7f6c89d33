//! Tells when a file changes that pages are made of.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use notify_debouncer_full::notify::{self, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};

use super::Event;

/// Editors write a file in several steps: for how long nothing more must happen.
const QUIET: Duration = Duration::from_millis(150);

/// The folders below the root in which files count.
const FOLDERS: [&str; 3] = ["data", "templates", "site"];

/// Watches a repository until it is dropped.
pub struct Watch {
    root: PathBuf,
    debouncer: Mutex<Debouncer<RecommendedWatcher, RecommendedCache>>,
}

impl Watch {
    /// Watches catalog, templates, lock and released revisions below a root; sends [`Event::Changed`].
    ///
    /// # Errors
    ///
    /// The system does not let the root be watched.
    pub fn begin(root: &Path, events: Sender<Event>) -> notify::Result<Self> {
        let root = root.canonicalize().map_err(notify::Error::io)?;
        let base = root.clone();
        let tell = move |result: DebounceEventResult| {
            let changed = match result {
                Ok(happened) => happened.iter().any(|event| {
                    !event.kind.is_access() && event.paths.iter().any(|path| counts(path.strip_prefix(&base).ok()))
                }),
                // Something was missed, so anything may have changed.
                Err(_) => true,
            };
            if changed {
                let _ = events.send(Event::Changed);
            }
        };
        let mut debouncer = new_debouncer(QUIET, None, tell)?;
        debouncer.watch(&root, RecursiveMode::NonRecursive)?;
        let watch = Self { root, debouncer: Mutex::new(debouncer) };
        watch.renew();
        Ok(watch)
    }

    /// Watches folders that are new, or that were exchanged for others.
    pub fn renew(&self) {
        let mut debouncer = self.debouncer.lock().unwrap_or_else(PoisonError::into_inner);
        for folder in FOLDERS {
            let folder = self.root.join(folder);
            if folder.is_dir() {
                // What cannot be watched is only not told.
                let _ = debouncer.watch(&folder, RecursiveMode::Recursive);
            }
        }
    }
}

/// Whether pages are made of a file: of what `build` writes, only released revisions count, so that a build beside the
/// server does not start one here.
fn counts(path: Option<&Path>) -> bool {
    let Some(path) = path else { return false };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match path.iter().next().and_then(|first| first.to_str()) {
        Some("data" | "templates" | "upshift.lock") => true,
        Some("site") if path.iter().count() == 1 => true,
        Some("site") => {
            let number = name.strip_prefix('r').and_then(|rest| rest.strip_suffix(".json"));
            name == "revisions.json" || number.is_some_and(|number| number.parse::<u32>().is_ok())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_pages_are_made_of_and_not_what_a_build_writes() {
        for (path, expected) in [
            ("data/go.yaml", true),
            ("templates/index.md", true),
            ("upshift.lock", true),
            ("site/go/1.27.0/r1.json", true),
            ("site/go/1.27.0/revisions.json", true),
            ("site/go/1.27.0/runbook.json", false),
            ("site/index.md", false),
            ("public/index.html", false),
            ("README.md", false),
        ] {
            assert_eq!(counts(Some(Path::new(path))), expected, "{path}");
        }
    }
}
