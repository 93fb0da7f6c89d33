//! Turns a revision of a git repository into the files that it holds. The only place that starts a process: `git` itself,
//! without a shell. Nothing is checked out, and no hook or filter runs. Only `remote` fetches, into a cache.

mod head;
mod remote;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, anyhow, bail};
use thiserror::Error;

use crate::model::quote::{clean, quote};

pub use head::find_head;
pub use remote::{Reach, fetch};

/// The largest file that is read, in bytes.
const LARGEST_FILE: u64 = 256 << 20;

/// A revision that git does not know, or that is none.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct UnknownRevision(String);

/// A folder inside a git repository, in the state of one commit.
#[derive(Clone, Debug)]
pub struct Snapshot {
    folder: PathBuf,
    commit: String,
    /// How git is started there.
    start: fn(&Path) -> Command,
}

/// A file of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path below the folder, with `/` between its parts.
    pub path: String,
    object: String,
}

impl Snapshot {
    /// Finds a revision, by any name that git has for commits: `main`, `v1.0`, `HEAD~2`, a hash.
    ///
    /// # Errors
    ///
    /// [`UnknownRevision`] with git's own words where there is no such commit; any other error when git cannot be started.
    pub fn find(folder: &Path, revision: &str) -> Result<Self> {
        if revision.is_empty() || revision.starts_with('-') {
            return Err(UnknownRevision(format!("{} cannot be the name of a revision", quote(revision))).into());
        }
        let wanted = format!("{revision}^{{commit}}");
        match run(to_command(folder), ["rev-parse", "--verify", &wanted])? {
            Ok(hash) => Ok(Self {
                folder: folder.to_owned(),
                commit: String::from_utf8_lossy(&hash).trim().to_owned(),
                start: to_command,
            }),
            Err(said) => {
                Err(UnknownRevision(format!("git does not know the revision {}: {said}", quote(revision))).into())
            }
        }
    }

    /// Lists the plain files at or below paths of the folder, in the order of their paths. What is not there is left out,
    /// and so are links and submodules.
    ///
    /// # Errors
    ///
    /// What git says when it fails.
    pub fn list(&self, paths: &[&str]) -> Result<Vec<Entry>> {
        let (entries, odd) = self.list_all(paths)?;
        if odd > 0 {
            bail!("git lists a file whose name is not UTF-8");
        }
        Ok(entries)
    }

    /// Lists files as [`Snapshot::list`] does, and counts those whose names are not UTF-8, which it leaves out.
    ///
    /// # Errors
    ///
    /// What git says when it fails.
    pub fn list_all(&self, paths: &[&str]) -> Result<(Vec<Entry>, usize)> {
        let fixed = ["--literal-pathspecs", "ls-tree", "-r", "-z", self.commit.as_str(), "--"];
        let listed = match run((self.start)(&self.folder), fixed.into_iter().chain(paths.iter().copied()))? {
            Ok(listed) => listed,
            Err(said) => bail!("git ls-tree: {said}"),
        };
        let (mut entries, mut odd) = (Vec::new(), 0);
        for line in listed.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            let Ok(line) = std::str::from_utf8(line) else {
                odd += 1;
                continue;
            };
            // MODE SP TYPE SP OBJECT TAB PATH
            let (about, path) = line.split_once('\t').ok_or_else(|| anyhow!("git ls-tree answers {}", quote(line)))?;
            if let [mode, "blob", object] = about.split(' ').collect::<Vec<_>>()[..]
                && mode.starts_with("100")
            {
                entries.push(Entry { path: path.to_owned(), object: object.to_owned() });
            }
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok((entries, odd))
    }

    /// Reads files, all by one process.
    ///
    /// # Errors
    ///
    /// A file that is too large, and what git says when it fails.
    pub fn read(&self, entries: &[Entry]) -> Result<BTreeMap<String, Vec<u8>>> {
        let mut files = BTreeMap::new();
        if entries.is_empty() {
            return Ok(files);
        }
        let mut command = (self.start)(&self.folder);
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().context("starting `git`")?;
        let (Some(mut asks), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("git cat-file has no input or no output");
        };
        let mut answers = BufReader::new(answers);
        // One question at a time: neither side can fill a pipe that the other does not empty.
        let mut ask = |entry: &Entry| -> Result<Vec<u8>> {
            writeln!(asks, "{}", entry.object)?;
            asks.flush()?;
            let mut head = String::new();
            answers.read_line(&mut head)?;
            // OBJECT SP TYPE SP SIZE
            let size = match head.trim_end().split(' ').collect::<Vec<_>>()[..] {
                [_, "blob", size] => size.parse::<u64>()?,
                _ => bail!("git cat-file answers {}", quote(head.trim_end())),
            };
            if size > LARGEST_FILE {
                bail!("this file has {size} bytes; at most {LARGEST_FILE} are read");
            }
            let mut bytes = vec![0; usize::try_from(size)?];
            answers.read_exact(&mut bytes)?;
            answers.read_exact(&mut [0])?;
            Ok(bytes)
        };
        let mut outcome = Ok(());
        for entry in entries {
            match ask(entry) {
                Ok(bytes) => _ = files.insert(entry.path.clone(), bytes),
                Err(error) => {
                    outcome = Err(error.context(format!("reading {} at {}", quote(&entry.path), self.commit)));
                    break;
                }
            }
        }
        drop((asks, answers));
        let status = child.wait().context("waiting for `git`")?;
        outcome?;
        if !status.success() {
            bail!("git cat-file failed: {status}");
        }
        Ok(files)
    }
}

/// Git in a folder, with nothing that the user's terminal or settings add: no pager, no prompt, no translation.
fn to_command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("--no-pager").arg("-C").arg(folder);
    command.envs([
        ("LC_ALL", "C"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_OPTIONAL_LOCKS", "0"),
        // A clone without all objects would fetch what is missing; only `http` uses the network.
        ("GIT_NO_LAZY_FETCH", "1"),
    ]);
    command.stdin(Stdio::null());
    command
}

/// Runs git; the answer is its output, or its words when it fails.
fn run(mut git: Command, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Result<Vec<u8>, String>> {
    let output = git.args(args).output().context("starting `git`")?;
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().map(str::trim).find(|line| !line.is_empty());
    Ok(Err(line.map_or_else(|| output.status.to_string(), clean)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn git(folder: &Path, args: &[&str]) {
        let fixed = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main"];
        run(to_command(folder), fixed.iter().chain(args)).expect("starts").expect("succeeds");
    }

    #[expect(clippy::disallowed_methods, reason = "what somebody else put there")]
    fn put(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().expect("has a folder")).expect("makes a folder");
        fs::write(path, text).expect("writes");
    }

    fn repository() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        git(folder.path(), &["init", "--quiet"]);
        put(&folder.path().join("sub/data/b ü.yaml"), "two\n");
        put(&folder.path().join("sub/data/a.yaml"), "one\n");
        put(&folder.path().join("sub/data/empty.yaml"), "");
        put(&folder.path().join("sub/other"), "other\n");
        put(&folder.path().join("data/a.yaml"), "not this one\n");
        git(folder.path(), &["add", "."]);
        git(folder.path(), &["commit", "--quiet", "--message", "first"]);
        git(folder.path(), &["tag", "v1"]);
        put(&folder.path().join("sub/data/a.yaml"), "changed\n");
        folder
    }

    #[test]
    fn reads_the_files_of_a_revision_below_the_folder_that_it_is_asked_in() {
        let root = repository();
        let snapshot = Snapshot::find(&root.path().join("sub"), "v1").expect("finds it");
        let entries = snapshot.list(&["data", "no-such-file"]).expect("lists");
        let files = snapshot.read(&entries).expect("reads");
        let expected = [("data/a.yaml", "one\n"), ("data/b ü.yaml", "two\n"), ("data/empty.yaml", "")];
        let found: Vec<(&str, &str)> =
            files.iter().map(|(path, bytes)| (path.as_str(), std::str::from_utf8(bytes).expect("is text"))).collect();
        assert_eq!(found, expected);
        // The user's tree is as it was.
        assert_eq!(fs::read_to_string(root.path().join("sub/data/a.yaml")).expect("reads"), "changed\n");
    }

    #[cfg(unix)]
    #[test]
    fn leaves_out_links() {
        let root = repository();
        std::os::unix::fs::symlink("/etc/passwd", root.path().join("sub/data/z.yaml")).expect("links");
        git(root.path(), &["add", "."]);
        git(root.path(), &["commit", "--quiet", "--message", "second"]);
        let snapshot = Snapshot::find(&root.path().join("sub"), "HEAD").expect("finds it");
        let paths: Vec<String> = snapshot.list(&["data"]).expect("lists").into_iter().map(|entry| entry.path).collect();
        assert_eq!(paths, ["data/a.yaml", "data/b ü.yaml", "data/empty.yaml"]);
    }

    #[test]
    fn says_what_git_says() {
        let root = repository();
        let said = |folder: &Path, revision: &str| {
            let error = Snapshot::find(folder, revision).expect_err(revision);
            assert!(error.is::<UnknownRevision>(), "{error:#}");
            error.to_string()
        };
        assert_eq!(said(root.path(), "v2"), "git does not know the revision `v2`: fatal: Needed a single revision");
        assert_eq!(said(root.path(), "--output=x"), "`--output=x` cannot be the name of a revision");
        assert_eq!(said(root.path(), ""), "`` cannot be the name of a revision");
        let elsewhere = tempfile::tempdir().expect("a folder");
        assert_eq!(
            said(elsewhere.path(), "main"),
            "git does not know the revision `main`: fatal: not a git repository (or any of the parent directories): .git"
        );
    }
}
