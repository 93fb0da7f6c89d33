//! Finds the commit that is checked out in a folder by reading git's own files, since a fleet of checkouts would be as many
//! processes (<https://git-scm.com/docs/gitrepository-layout>).

use std::fs;
use std::path::{Path, PathBuf};

/// The largest of git's files that is read, in bytes.
const LARGEST: u64 = 16 << 20;

/// The commit that is checked out in a folder, which is the root of a checkout; nothing where that cannot be told.
#[must_use]
pub fn find_head(folder: &Path) -> Option<String> {
    let dot_git = folder.join(".git");
    let git = if dot_git.is_file() {
        // A worktree or submodule names its folder.
        let named = read(&dot_git)?;
        folder.join(named.strip_prefix("gitdir:")?.trim())
    } else {
        dot_git
    };
    let head = read(&git.join("HEAD"))?;
    let Some(name) = head.strip_prefix("ref:") else { return to_commit(&head) };
    let name = name.trim();
    if !name.starts_with("refs/") || name.split('/').any(|part| part == "..") {
        return None;
    }
    let common = read(&git.join("commondir")).map(|path| git.join(path.trim()));
    let folders: Vec<PathBuf> = std::iter::once(git).chain(common).collect();
    folders.iter().find_map(|folder| find_reference(folder, name))
}

fn find_reference(git: &Path, name: &str) -> Option<String> {
    if let Some(commit) = read(&git.join(name)).and_then(|text| to_commit(&text)) {
        return Some(commit);
    }
    let packed = read(&git.join("packed-refs"))?;
    packed.lines().find_map(|line| to_commit(line.strip_suffix(name)?))
}

fn read(path: &Path) -> Option<String> {
    let is_small = fs::metadata(path).is_ok_and(|about| about.is_file() && about.len() <= LARGEST);
    is_small.then(|| fs::read_to_string(path).ok()).flatten()
}

fn to_commit(text: &str) -> Option<String> {
    let text = text.trim();
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (matches!(text.len(), 40 | 64) && text.bytes().all(is_hex)).then(|| text.to_owned())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "what git put there")]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    fn checkout(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("has a folder")).expect("makes a folder");
            fs::write(path, text).expect("writes");
        }
        folder
    }

    #[test]
    fn finds_the_commit_wherever_git_keeps_it() {
        let line = format!("{COMMIT}\n");
        let packed = format!("# pack-refs with: peeled\n{COMMIT} refs/heads/main\n");
        let main = "ref: refs/heads/main\n";
        for files in [
            vec![(".git/HEAD", line.as_str())],
            vec![(".git/HEAD", main), (".git/refs/heads/main", &line)],
            vec![(".git/HEAD", main), (".git/packed-refs", &packed)],
            vec![
                (".git", "gitdir: real/worktrees/a\n"),
                ("real/worktrees/a/HEAD", main),
                ("real/worktrees/a/commondir", "../..\n"),
                ("real/refs/heads/main", &line),
            ],
        ] {
            assert_eq!(find_head(checkout(&files).path()).as_deref(), Some(COMMIT), "{files:?}");
        }
    }

    #[test]
    fn tells_nothing_where_nothing_is() {
        for files in [
            vec![("x", "")],
            vec![(".git/HEAD", "ref: refs/heads/main\n")],
            vec![(".git/HEAD", "ref: refs/../../x\n"), ("x", COMMIT)],
            vec![(".git/HEAD", "0123\n")],
        ] {
            assert_eq!(find_head(checkout(&files).path()), None, "{files:?}");
        }
    }
}
