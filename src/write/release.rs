//! Brings a released revision to disk: its files and the list that names them appear in one step, and no released file
//! is ever written again.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::stage::Stage;
use super::{is_inside, tree};
use crate::model::page::Page;

/// Adds the files of a revision to an output folder, and brings the list that names them up to date: in one step, so
/// that a run that is killed leaves the old tree or the new one.
///
/// # Errors
///
/// When a file of the revision is there already, the folder is a symbolic link or a file, the disk fails, or another run
/// is writing there.
pub fn release(target: &Path, files: &[Page], list: &Page) -> Result<()> {
    let stage = Stage::take(target)?;
    if fs::symlink_metadata(target).is_ok_and(|found| !found.is_dir()) {
        bail!("`{}` is not a folder; pages are not written through links", target.display());
    }
    for page in files {
        let path = target.join(&page.path);
        if fs::symlink_metadata(&path).is_ok() {
            bail!("`{}` is there already, and released files are never written again", path.display());
        }
    }
    for page in files.iter().chain([list]) {
        if !is_inside(&page.path) {
            bail!("`{}` is not a path below the output folder", page.path);
        }
        let writing = || format!("writing `{}`", target.join(&page.path).display());
        let file =
            tree::write_file(&stage.new_output().join(&page.path), page.text.as_bytes()).with_context(writing)?;
        // It cannot be generated anew: it reaches the disk before its name does.
        file.sync_all().with_context(writing)?;
    }
    tree::fill(target, &stage.new_output(), &BTreeSet::new())?;
    tree::exchange(target, &stage)
}

/// Removes what a killed run has left beside an output folder. What cannot be removed now is removed by a later run.
pub fn clear_up(target: &Path) {
    drop(Stage::take(target));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str, text: &str) -> Page {
        Page { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn adds_a_revision_and_writes_none_again() {
        let root = tempfile::tempdir().expect("a folder");
        let site = root.path().join("site");
        let read = |path: &str| fs::read_to_string(site.join(path)).expect("reads");
        release(&site, &[page("go/1/r1.md", "one\n")], &page("go/1/revisions.json", "[1]\n")).expect("releases");
        release(&site, &[page("go/1/r2.md", "two\n")], &page("go/1/revisions.json", "[1, 2]\n")).expect("releases");
        let all = ["go/1/r1.md", "go/1/r2.md", "go/1/revisions.json"].map(read);
        assert_eq!(all, ["one\n", "two\n", "[1, 2]\n"]);
        let again = release(&site, &[page("go/1/r2.md", "three\n")], &page("go/1/revisions.json", "[]\n"));
        let message = again.expect_err("refuses").to_string();
        let path = site.join("go/1/r2.md");
        assert_eq!(
            message,
            format!("`{}` is there already, and released files are never written again", path.display())
        );
        assert_eq!(["go/1/r2.md", "go/1/revisions.json"].map(read), ["two\n", "[1, 2]\n"]);
        assert_eq!(fs::read_dir(root.path()).expect("is a folder").count(), 1, "no stage is left");
    }
}
