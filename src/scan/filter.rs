//! Says which files of a repository are looked at.

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::readers::FORMATS;

/// Folders that hold no pins of their own: what others wrote, what tests read, what people read.
const SKIPPED: [&str; 36] = [
    ".bundle",
    ".cache",
    ".git",
    ".hg",
    ".pnpm-store",
    ".svn",
    ".terraform",
    ".venv",
    ".yarn",
    "__fixtures__",
    "__snapshots__",
    "__tests__",
    "_examples",
    "archetype-resources",
    "bower_components",
    "doc",
    "docs",
    "documentation",
    "example",
    "examples",
    "fixtures",
    "golden",
    "node_modules",
    "sample",
    "samples",
    "site-packages",
    "snapshots",
    "spec",
    "test-data",
    "test-fixtures",
    "test_data",
    "testdata",
    "third_party",
    "vendor",
    "venv",
    "versioned_docs",
];

/// What is done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// It is read.
    Read,
    /// It is of no format that names versions.
    Other,
    /// It stands in a folder that is skipped by default.
    Skipped,
    /// The catalog leaves it out.
    Excluded,
}

/// Which files of a repository are looked at.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The folder inside the repository: empty, or with a `/` at its end.
    pub within: String,
    /// Folders that belong to somebody else, with a `/` at their ends.
    pub others: Vec<String>,
    include: Gitignore,
    /// What `include` begins with, before anything that stands for more than itself.
    starts: Vec<String>,
    exclude: Gitignore,
    /// Files that are read whatever their format.
    any: Gitignore,
}

fn build<'a>(lines: impl Iterator<Item = &'a str>) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for line in lines {
        // What is no pattern was reported when the catalog was read.
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

fn has(set: &Gitignore, path: &str) -> bool {
    !set.is_empty() && set.matched_path_or_any_parents(path, false).is_ignore()
}

fn has_folder(set: &Gitignore, path: &str) -> bool {
    !set.is_empty() && set.matched_path_or_any_parents(path, true).is_ignore()
}

impl Filter {
    /// A filter by lines as a `.gitignore` has them: what is looked at besides, what is left out, and what is read whatever
    /// its format.
    #[must_use]
    pub fn new(include: &[String], exclude: &[String], any: &[String]) -> Self {
        let lines = |lines: &'_ [String]| build(lines.iter().map(String::as_str));
        let start = |line: &String| {
            let line = line.trim_start_matches('/');
            let end = line.find(['*', '?', '[', '{', '\\']).unwrap_or(line.len());
            // A name without a slash stands for itself in every folder.
            if line.trim_end_matches('/').contains('/') { line[..end].to_owned() } else { String::new() }
        };
        Self {
            within: String::new(),
            others: Vec::new(),
            include: lines(include),
            starts: include.iter().chain(any).map(start).collect(),
            exclude: lines(exclude),
            any: lines(any),
        }
    }

    /// What is done with a folder, by its path from the root of the repository: whether something below it may count.
    #[must_use]
    pub fn choose_folder(&self, path: &str) -> Choice {
        let with_slash = format!("{path}/");
        if self.others.contains(&with_slash) || has_folder(&self.exclude, path) {
            return Choice::Excluded;
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        if name == ".git" {
            return Choice::Skipped;
        }
        if !is_skipped(name) || self.within.starts_with(&with_slash) {
            return Choice::Read;
        }
        let leads_on =
            self.starts.iter().any(|start| start.starts_with(&with_slash) || with_slash.starts_with(start.as_str()));
        if leads_on { Choice::Read } else { Choice::Skipped }
    }

    /// What is done with a file, by its path from the root of the repository.
    #[must_use]
    pub fn choose(&self, path: &str) -> Choice {
        let Some(inside) = path.strip_prefix(self.within.as_str()) else { return Choice::Other };
        if has(&self.any, path) {
            return Choice::Read;
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        if !FORMATS.iter().any(|format| (format.matches)(path, name)) {
            return Choice::Other;
        }
        if has(&self.exclude, path) || self.others.iter().any(|other| path.starts_with(other.as_str())) {
            return Choice::Excluded;
        }
        let folders = inside.rsplit_once('/').map_or("", |(folders, _)| folders);
        if folders.split('/').any(is_skipped) && !has(&self.include, path) { Choice::Skipped } else { Choice::Read }
    }

    /// Says whether a file is read whatever its format.
    #[must_use]
    pub fn is_any(&self, path: &str) -> bool {
        has(&self.any, path)
    }
}

fn is_skipped(folder: &str) -> bool {
    SKIPPED.binary_search(&folder).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_hold_no_pins_are_skipped_unless_somebody_asks() {
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        let plain = Filter::new(&[], &[], &[]);
        let asked = Filter::new(&lines(&["docs/site/**"]), &lines(&["tools/old/"]), &lines(&["versions.txt"]));
        for (path, expected, with) in [
            ("go.mod", Choice::Read, Choice::Read),
            ("README.md", Choice::Other, Choice::Other),
            ("a/vendor/x/go.mod", Choice::Skipped, Choice::Skipped),
            ("docs/site/go.mod", Choice::Skipped, Choice::Read),
            ("docs/go.mod", Choice::Skipped, Choice::Skipped),
            ("tools/old/go.mod", Choice::Read, Choice::Excluded),
            ("a/versions.txt", Choice::Other, Choice::Read),
        ] {
            assert_eq!(plain.choose(path), expected, "{path}");
            assert_eq!(asked.choose(path), with, "{path}");
        }
        for (path, expected, with) in [
            ("docs", Choice::Skipped, Choice::Read),
            ("docs/site", Choice::Read, Choice::Read),
            ("tools/old", Choice::Read, Choice::Excluded),
            (".git", Choice::Skipped, Choice::Skipped),
        ] {
            assert_eq!(plain.choose_folder(path), expected, "{path}");
            assert_eq!(asked.choose_folder(path), with, "{path}");
        }
    }

    #[test]
    fn the_folders_that_are_skipped_are_sorted() {
        assert!(SKIPPED.is_sorted());
    }
}
