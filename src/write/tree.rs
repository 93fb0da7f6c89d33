//! Trees of files: staging a new one beside the old, and exchanging the two.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::stage::Stage;

/// Writes a file and the folders above it.
#[expect(clippy::disallowed_methods, reason = "this is the place that writes")]
pub fn write_file(path: &Path, bytes: &[u8]) -> io::Result<fs::File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    Ok(file)
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
            continue;
        }
        let staged = fs::symlink_metadata(&new);
        if staged.as_ref().is_ok_and(fs::Metadata::is_dir) {
            bail!("`{}` is not a folder, and pages belong in a folder of that name; move it away", old.display());
        }
        if !removed.contains(&below) && staged.is_err() {
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
pub fn exchange(target: &Path, stage: &Stage) -> Result<()> {
    let new = stage.new_output();
    if fs::symlink_metadata(target).is_err() {
        return fs::rename(&new, target).with_context(|| format!("writing `{}`", target.display()));
    }
    if !swap(target, &new)? {
        let old = stage.old();
        fs::rename(target, &old).with_context(|| format!("replacing `{}`", target.display()))?;
        if let Err(error) = fs::rename(&new, target) {
            let _ = fs::rename(&old, target);
            return Err(error).with_context(|| format!("replacing `{}`", target.display()));
        }
        fs::rename(&old, &new).with_context(|| format!("replacing `{}`", target.display()))?;
    }
    // What the stage holds now is the old tree; its folder is removed with it.
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
