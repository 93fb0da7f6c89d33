//! Trees of files: staging a new one beside the old, and exchanging the two.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

/// Puts an old tree back that a killed run had moved aside on a system which cannot exchange folders.
pub fn recover(target: &Path) -> Result<()> {
    let aside = aside(target)?;
    if !target.exists() && aside.is_dir() {
        fs::rename(&aside, target).with_context(|| format!("restoring `{}`", target.display()))?;
    }
    Ok(())
}

/// Makes an empty folder beside the target, on the same disk.
pub fn stage_beside(target: &Path) -> Result<TempDir> {
    let parent = parent(target);
    fs::create_dir_all(parent).with_context(|| format!("making `{}`", parent.display()))?;
    tempfile::Builder::new()
        .prefix(".upshift-stage-")
        .tempdir_in(parent)
        .with_context(|| format!("writing in `{}`", parent.display()))
}

/// Writes a file and the folders above it.
#[expect(clippy::disallowed_methods, reason = "this is the place that writes")]
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("making `{}`", folder.display()))?;
    }
    let mut file = fs::File::create(path).with_context(|| format!("writing `{}`", path.display()))?;
    file.write_all(bytes).with_context(|| format!("writing `{}`", path.display()))
}

/// Gives a new file the rights of the one that it replaces, or those of any new file.
pub fn copy_mode(old: &Path, new: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(old).map_or(0o644, |found| found.permissions().mode());
        fs::set_permissions(new, fs::Permissions::from_mode(mode))
            .with_context(|| format!("writing `{}`", new.display()))?;
    }
    #[cfg(not(unix))]
    let _ = (old, new);
    Ok(())
}

/// Takes into the stage what the target has beside the removed and the newly written files.
pub fn fill(target: &Path, stage: &Path, removed: &BTreeSet<String>) -> Result<()> {
    if target.is_dir() {
        fill_folder(target, stage, "", removed)?;
    }
    Ok(())
}

fn fill_folder(from: &Path, to: &Path, path: &str, removed: &BTreeSet<String>) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("reading `{}`", from.display()))? {
        let entry = entry.with_context(|| format!("reading `{}`", from.display()))?;
        let name = entry.file_name();
        let below = match (path, name.to_string_lossy()) {
            ("", name) => name.into_owned(),
            (path, name) => format!("{path}/{name}"),
        };
        let (old, new) = (entry.path(), to.join(&name));
        let kind = entry.file_type().with_context(|| format!("reading `{}`", old.display()))?;
        if kind.is_dir() {
            fill_folder(&old, &new, &below, removed)?;
        } else if !removed.contains(&below) && fs::symlink_metadata(&new).is_err() {
            if let Some(folder) = new.parent() {
                fs::create_dir_all(folder).with_context(|| format!("making `{}`", folder.display()))?;
            }
            carry_over(&old, &new)?;
        }
    }
    Ok(())
}

/// Links a file into the stage, or copies it where the disk has no links.
fn carry_over(old: &Path, new: &Path) -> Result<()> {
    if fs::hard_link(old, new).is_err() {
        fs::copy(old, new).with_context(|| format!("copying `{}`", old.display()))?;
    }
    Ok(())
}

/// Makes the stage the target, and removes what the target was.
pub fn exchange(target: &Path, stage: &Path) -> Result<()> {
    open_folder(stage)?;
    if !target.exists() {
        return fs::rename(stage, target).with_context(|| format!("writing `{}`", target.display()));
    }
    if !swap(target, stage)? {
        let aside = aside(target)?;
        fs::rename(target, &aside).with_context(|| format!("replacing `{}`", target.display()))?;
        fs::rename(stage, target).with_context(|| format!("replacing `{}`", target.display()))?;
        fs::rename(&aside, stage).with_context(|| format!("replacing `{}`", target.display()))?;
    }
    // What the stage holds now is the old tree; its folder is removed with it.
    Ok(())
}

/// A temporary folder is closed to others; a published one is open.
fn open_folder(stage: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(stage, fs::Permissions::from_mode(0o755))
            .with_context(|| format!("opening `{}`", stage.display()))?;
    }
    #[cfg(not(unix))]
    let _ = stage;
    Ok(())
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn swap(target: &Path, stage: &Path) -> Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, target, CWD, stage, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Ok(false),
        Err(error) => bail!("replacing `{}`: {error}", target.display()),
    }
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn swap(_target: &Path, _stage: &Path) -> Result<bool> {
    Ok(false)
}

fn parent(target: &Path) -> &Path {
    target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn aside(target: &Path) -> Result<PathBuf> {
    let Some(name) = target.file_name() else { bail!("`{}` has no name", target.display()) };
    let mut aside = OsString::from(".upshift-old-");
    aside.push(name);
    Ok(parent(target).join(aside))
}
