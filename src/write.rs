//! Brings pages to disk, or compares them with what is there. The only place that writes below an output folder.
//!
//! The new tree is staged beside the old one, what did not change is linked into it, and the two are exchanged in one
//! step: a run that is killed leaves the old tree or the new one, never a mixture.

mod add;
mod manifest;
mod release;
mod stage;
mod tree;

use std::collections::BTreeSet;
use std::collections::btree_map::Entry;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};

use crate::model::page::Page;
use crate::model::revision::is_released_path;
use manifest::{Files, MadeOf};
use stage::Stage;

pub use add::{add, add_tree};
pub use manifest::MANIFEST;
pub use release::{clear_up, release};

/// Whether to write, or only to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Write what differs.
    Write,
    /// Change nothing; tell what differs, line by line.
    Check,
}

/// How a file of the output differs from what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is new.
    Added,
    /// Its text differs.
    Changed,
    /// It is no longer generated.
    Removed,
}

/// A difference between the output folder and the pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path below the output folder.
    pub path: String,
    /// What happened, or would happen.
    pub kind: Kind,
    /// The difference, in unified form; only in check mode.
    pub diff: Option<String>,
}

/// What became of the pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many pages there are.
    pub pages: usize,
    /// The differences, by path.
    pub changes: Vec<Change>,
}

/// Takes pages one by one; nothing of the output folder changes before `finish`.
pub struct Writer {
    target: PathBuf,
    mode: Mode,
    /// What was written before, without what is taken again.
    before: Files,
    taken: Files,
    /// The place to prepare the new tree, or why there is none, which matters only when something differs.
    stage: Result<Stage>,
    is_staged: bool,
    changes: Vec<Change>,
}

impl Writer {
    /// Begins with an output folder, which need not exist.
    ///
    /// # Errors
    ///
    /// When the folder is a symbolic link or a file, or its manifest cannot be read.
    pub fn begin(target: &Path, mode: Mode) -> Result<Self> {
        let stage = match mode {
            Mode::Write => Stage::take(target),
            Mode::Check => Err(anyhow!("a comparison writes nothing")),
        };
        match fs::symlink_metadata(target) {
            Ok(found) if !found.is_dir() => {
                bail!("`{}` is not a folder; pages are not written through links", target.display())
            }
            _ => {}
        }
        Ok(Self {
            target: target.to_owned(),
            mode,
            before: manifest::read(target)?,
            taken: Files::new(),
            stage,
            is_staged: false,
            changes: Vec::new(),
        })
    }

    /// Takes a page, with the digest of what it is made of where it is to be kept as long as that stays the same.
    ///
    /// # Errors
    ///
    /// When its path leads out of the folder or was taken already, or the disk fails.
    pub fn page(&mut self, page: &Page, made_of: Option<String>) -> Result<()> {
        if !is_inside(&page.path) {
            bail!("`{}` is not a path below the output folder", page.path);
        }
        self.before.remove(&page.path);
        self.count(page.path.clone(), made_of.map(|made_of| (made_of, page.text.len() as u64)))?;
        self.compare(&page.path, &page.text)
    }

    /// Says whether a page is there already that was made of the same. What it is made of stands for the text, so that
    /// nobody has to make it.
    #[must_use]
    pub fn has(&self, path: &str, made_of: &str) -> bool {
        let known = self.before.get(path).and_then(Option::as_ref);
        known.filter(|(known, _)| known == made_of).filter(|_| is_inside(path)).is_some_and(|(_, length)| {
            let found = fs::symlink_metadata(self.target.join(path));
            found.is_ok_and(|found| found.is_file() && found.len() == *length)
        })
    }

    /// Counts a page as taken that is there already: one of which [`Self::has`] says so.
    ///
    /// # Errors
    ///
    /// When its path was taken already.
    pub fn keep(&mut self, path: &str) -> Result<()> {
        let Some((path, made_of)) = self.before.remove_entry(path) else { bail!("two pages have the path `{path}`") };
        self.count(path, made_of)
    }

    fn count(&mut self, path: String, made_of: Option<MadeOf>) -> Result<()> {
        match self.taken.entry(path) {
            Entry::Occupied(taken) => bail!("two pages have the path `{}`", taken.key()),
            Entry::Vacant(free) => free.insert(made_of),
        };
        Ok(())
    }

    fn compare(&mut self, path: &str, text: &str) -> Result<()> {
        let old = read_old(&self.target.join(path))?;
        if old.as_deref() == Some(text.as_bytes()) {
            return Ok(());
        }
        let kind = if old.is_some() { Kind::Changed } else { Kind::Added };
        let diff = match self.mode {
            Mode::Check => Some(to_diff(path, &old.unwrap_or_default(), text)),
            Mode::Write => {
                let staged = self.stage()?.new_output().join(path);
                tree::write_file(&staged, text.as_bytes())
                    .with_context(|| format!("writing `{}`", self.target.join(path).display()))?;
                None
            }
        };
        self.changes.push(Change { path: path.to_owned(), kind, diff });
        Ok(())
    }

    fn stage(&mut self) -> Result<&Stage> {
        self.is_staged = true;
        match &mut self.stage {
            Ok(stage) => Ok(stage),
            Err(error) => Err(std::mem::replace(error, anyhow!("there is no place to write"))),
        }
    }

    /// Removes what is no longer generated, and makes the new tree the current one.
    ///
    /// # Errors
    ///
    /// When the disk fails; the old tree is then still in place.
    pub fn finish(mut self) -> Result<Outcome> {
        let gone = std::mem::take(&mut self.before).into_keys();
        let mut removed = BTreeSet::new();
        // Whatever a manifest says, what was released stays.
        for path in gone.filter(|path| is_inside(path) && !is_released_path(path)) {
            let Some(old) = read_old(&self.target.join(&path))? else { continue };
            let diff = (self.mode == Mode::Check).then(|| to_diff(&path, &old, ""));
            self.changes.push(Change { path: path.clone(), kind: Kind::Removed, diff });
            removed.insert(path);
        }
        let pages = self.taken.len();
        let manifest = manifest::to_text(std::mem::take(&mut self.taken))?;
        self.compare(MANIFEST, &manifest)?;
        self.changes.retain(|change| change.path != MANIFEST || self.mode == Mode::Check);
        if self.mode == Mode::Write && (self.is_staged || !removed.is_empty()) {
            let target = self.target.clone();
            let stage = self.stage()?;
            tree::fill(&target, &stage.new_output(), &removed)?;
            tree::exchange(&target, stage)?;
        }
        self.changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Outcome { pages, changes: self.changes })
    }
}

/// Writes one file in one step, unless it has that text already: beside it first, then in its place.
///
/// # Errors
///
/// When the disk fails, the file is a symbolic link, or another run is writing it.
pub fn write_in_place(path: &Path, bytes: &[u8]) -> Result<Option<Kind>> {
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
        bail!("`{}` is a symbolic link; it is not written through", path.display());
    }
    let stage = Stage::take(path);
    let old = read_old(path)?;
    if old.as_deref() == Some(bytes) {
        return Ok(None);
    }
    let (stage, writing) = (stage?, || format!("writing `{}`", path.display()));
    let new = stage.new_output();
    let file = tree::write_file(&new, bytes).with_context(writing)?;
    // The one file that cannot be generated anew: it reaches the disk before its name does.
    file.sync_all().with_context(writing)?;
    tree::copy_mode(path, &new)?;
    fs::rename(&new, path).with_context(writing)?;
    Ok(Some(if old.is_some() { Kind::Changed } else { Kind::Added }))
}

/// The difference of two texts in unified form, with three lines around each change.
#[must_use]
pub fn to_unified_diff(old_name: &str, new_name: &str, old: &str, new: &str) -> String {
    similar::TextDiff::from_lines(old, new).unified_diff().context_radius(3).header(old_name, new_name).to_string()
}

fn to_diff(path: &str, old: &[u8], new: &str) -> String {
    to_unified_diff(&format!("a/{path}"), &format!("b/{path}"), &String::from_utf8_lossy(old), new)
}

/// A path below the folder: relative, of plain names, none of them hidden but the manifest's.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && path
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0', ':']))
}

fn read_old(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => {
            fs::read(path).map(Some).with_context(|| format!("reading `{}`", path.display()))
        }
        Ok(_) => bail!("`{}` is not a plain file, and upshift writes one there; move it away", path.display()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            bail!("`{}` cannot be written: something above it is a file; move that away", path.display())
        }
        Err(error) => Err(error).with_context(|| format!("reading `{}`", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "what somebody else put there")]
    fn put(path: &Path, text: &str) {
        fs::write(path, text).expect("writes");
    }

    fn pages(texts: &[(&str, &str)]) -> Vec<Page> {
        texts.iter().map(|(path, text)| Page { path: (*path).to_owned(), text: (*text).to_owned() }).collect()
    }

    fn write(target: &Path, mode: Mode, texts: &[(&str, &str)]) -> Outcome {
        let mut writer = Writer::begin(target, mode).expect("begins");
        pages(texts).iter().for_each(|page| writer.page(page, None).expect("takes the page"));
        writer.finish().expect("finishes")
    }

    fn kinds(outcome: &Outcome) -> Vec<(&str, Kind)> {
        outcome.changes.iter().map(|change| (change.path.as_str(), change.kind)).collect()
    }

    fn files(folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).expect("is a folder").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            match entry.file_type().expect("has a type").is_dir() {
                true => found.extend(files(&entry.path()).into_iter().map(|below| format!("{name}/{below}"))),
                false => found.push(name),
            }
        }
        found.sort();
        found
    }

    #[test]
    fn writes_what_is_new_and_removes_only_what_it_wrote() {
        let root = tempfile::tempdir().expect("a folder");
        let site = root.path().join("site");
        let first = write(&site, Mode::Write, &[("a.md", "1\n"), ("go/b.md", "2\n")]);
        assert_eq!(kinds(&first), [("a.md", Kind::Added), ("go/b.md", Kind::Added)]);
        fs::create_dir_all(site.join("own")).expect("makes a folder");
        put(&site.join("own/note.md"), "mine\n");

        let second = write(&site, Mode::Write, &[("a.md", "1\n"), ("c.md", "3\n")]);
        assert_eq!(kinds(&second), [("c.md", Kind::Added), ("go/b.md", Kind::Removed)]);
        assert_eq!(files(root.path()), ["site/.upshift-manifest.json", "site/a.md", "site/c.md", "site/own/note.md"]);
        assert_eq!(write(&site, Mode::Write, &[("a.md", "1\n"), ("c.md", "3\n")]).changes, []);
    }

    #[test]
    fn checks_without_writing() {
        let root = tempfile::tempdir().expect("a folder");
        let site = root.path().join("site");
        write(&site, Mode::Write, &[("a.md", "one\n"), ("b.md", "two\n")]);
        let before = files(root.path());
        let outcome = write(&site, Mode::Check, &[("a.md", "uno\n")]);
        let shown: Vec<&str> = outcome.changes.iter().filter_map(|change| change.diff.as_deref()).collect();
        assert_eq!(
            shown[1..],
            ["--- a/a.md\n+++ b/a.md\n@@ -1 +1 @@\n-one\n+uno\n", "--- a/b.md\n+++ b/b.md\n@@ -1 +0,0 @@\n-two\n"]
        );
        assert_eq!(files(root.path()), before);
        assert_eq!(fs::read_to_string(site.join("a.md")).expect("reads"), "one\n");
    }

    #[test]
    fn never_leaves_its_folder() {
        let root = tempfile::tempdir().expect("a folder");
        let site = root.path().join("site");
        fs::create_dir_all(&site).expect("makes a folder");
        put(&root.path().join("precious"), "x");
        let hostile = r#"{"schema": "upshift/manifest/1", "files": ["../precious", "/etc/passwd", ""]}"#;
        put(&site.join(MANIFEST), hostile);
        assert_eq!(write(&site, Mode::Write, &[]).changes, []);
        assert_eq!(files(root.path()), ["precious", "site/.upshift-manifest.json"]);
        for path in ["../a", "/a", "a//b", "a/./b", "", "a\\b"] {
            let mut writer = Writer::begin(&site, Mode::Write).expect("begins");
            let page = Page { path: path.to_owned(), text: String::new() };
            let error = writer.page(&page, None).expect_err(path).to_string();
            assert_eq!(error, format!("`{path}` is not a path below the output folder"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn does_not_write_through_symbolic_links() {
        let root = tempfile::tempdir().expect("a folder");
        fs::create_dir(root.path().join("elsewhere")).expect("makes a folder");
        std::os::unix::fs::symlink(root.path().join("elsewhere"), root.path().join("site")).expect("links");
        let error = Writer::begin(&root.path().join("site"), Mode::Write).err().expect("refuses").to_string();
        assert!(error.ends_with("is not a folder; pages are not written through links"), "{error}");
        assert_eq!(files(&root.path().join("elsewhere")), Vec::<String>::new());
    }
}
