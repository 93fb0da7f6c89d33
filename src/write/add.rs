//! Brings new files to disk, one by one: each is there as a whole or not at all, and none takes the place of another.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::stage::Stage;
use super::tree;

/// Adds files to a folder below a root, each in one step; what has the name of one already stays as it is. Returns the
/// names of those that are new.
///
/// # Errors
///
/// When the disk fails, something on the way to the folder is no folder or a symbolic link, or another run is writing
/// there.
pub fn add(root: &Path, folder: &str, files: &[(String, String)]) -> Result<Vec<String>> {
    let way = find_way(root, folder)?;
    // Taken even for nothing: it clears up what a killed run has left.
    let stage = Stage::take(&way);
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let stage = stage?;
    let mut added = Vec::new();
    for (name, text) in files {
        let path = way.join(name);
        if add_file(&stage, &path, text.as_bytes()).with_context(|| format!("writing `{}`", path.display()))? {
            added.push(name.clone());
        }
    }
    Ok(added)
}

/// Adds files by their paths below a root, each in one step; what has the name of one already stays as it is. The name is
/// that of the run's own folder in the root. Returns the paths of those that are new.
///
/// # Errors
///
/// When the disk fails, something on the way to a new file is no folder or a symbolic link (nothing is written then), or
/// another run is writing there.
pub fn add_tree<'a>(root: &Path, name: &str, files: &[(&'a str, &str)]) -> Result<Vec<&'a str>> {
    let mut missing = Vec::new();
    for (path, text) in files {
        let full = root.join(path);
        if fs::symlink_metadata(&full).is_ok() {
            continue;
        }
        if let Some((folder, _)) = path.rsplit_once('/') {
            find_way(root, folder)?;
        }
        missing.push((*path, full, *text));
    }
    let mut added = Vec::new();
    if missing.is_empty() {
        return Ok(added);
    }
    let stage = Stage::take(&root.join(name))?;
    for (path, full, text) in missing {
        if add_file(&stage, &full, text.as_bytes()).with_context(|| format!("writing `{}`", full.display()))? {
            added.push(path);
        }
    }
    Ok(added)
}

/// The folder below the root, with nothing but folders on the way to it.
fn find_way(root: &Path, folder: &str) -> Result<PathBuf> {
    let mut way = root.to_owned();
    for part in folder.split('/') {
        way.push(part);
        if fs::symlink_metadata(&way).is_ok_and(|found| !found.is_dir()) {
            bail!("`{}` is not a folder; files are not written through links", way.display());
        }
    }
    Ok(way)
}

/// Adds a file, unless something has its name.
fn add_file(stage: &Stage, path: &Path, bytes: &[u8]) -> Result<bool> {
    let new = stage.new_output();
    let file = tree::write_file(&new, bytes)?;
    // It is a name for what is whole on the disk, or it is not there.
    file.sync_all()?;
    tree::copy_mode(path, &new)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    // A link is made only where nothing is. A disk without links has no such step, and the stage keeps other runs away.
    let is_new = match fs::hard_link(&new, path) {
        Ok(()) => true,
        Err(_) if fs::symlink_metadata(path).is_ok() => false,
        Err(_) => return Ok(fs::rename(&new, path).map(|()| true)?),
    };
    // The next file must not be written into this one.
    fs::remove_file(&new)?;
    Ok(is_new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(root: &Path) -> Vec<String> {
        fn walk(folder: &Path, path: &str, found: &mut Vec<String>) {
            for entry in fs::read_dir(folder).expect("is a folder").flatten() {
                let name = format!("{path}{}", entry.file_name().to_string_lossy());
                match entry.file_type().expect("has a type").is_dir() {
                    true => walk(&entry.path(), &format!("{name}/"), found),
                    false => found.push(name),
                }
            }
        }
        let mut found = Vec::new();
        walk(root, "", &mut found);
        found.sort();
        found
    }

    #[test]
    fn adds_files_and_leaves_alone_what_is_there() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path();
        let files = |texts: &[(&str, &str)]| -> Vec<(String, String)> {
            texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        };
        let first = files(&[("a.yaml", "1\n"), ("b.yaml", "2\n")]);
        assert_eq!(add(root, "data/upgrades", &first).expect("adds"), ["a.yaml", "b.yaml"]);
        let second = files(&[("b.yaml", "3\n"), ("c.yaml", "4\n")]);
        assert_eq!(add(root, "data/upgrades", &second).expect("adds"), ["c.yaml"]);
        assert_eq!(names(root), ["data/upgrades/a.yaml", "data/upgrades/b.yaml", "data/upgrades/c.yaml"]);
        let read = |name: &str| fs::read_to_string(root.join("data/upgrades").join(name)).expect("reads");
        assert_eq!([read("a.yaml"), read("b.yaml"), read("c.yaml")], ["1\n", "2\n", "4\n"]);
        assert_eq!(add(root, "data/upgrades", &[]).expect("adds nothing"), Vec::<&str>::new());
    }

    #[cfg(unix)]
    #[test]
    fn adds_no_files_through_symbolic_links() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path();
        fs::create_dir(root.join("elsewhere")).expect("makes a folder");
        std::os::unix::fs::symlink(root.join("elsewhere"), root.join("data")).expect("links");
        let error = add(root, "data/upgrades", &[("a".to_owned(), String::new())]).expect_err("refuses").to_string();
        let expected =
            format!("`{}` is not a folder; files are not written through links", root.join("data").display());
        assert_eq!(error, expected);
        // A link that leads nowhere has a name all the same.
        fs::create_dir(root.join("own")).expect("makes a folder");
        std::os::unix::fs::symlink(root.join("nowhere"), root.join("own/a")).expect("links");
        assert_eq!(add(root, "own", &[("a".to_owned(), String::new())]).expect("adds"), Vec::<&str>::new());
        assert_eq!(names(root), ["data", "own/a"]);
    }
}
