//! The folder beside an output in which a run prepares it: `.upshift-stage-<name>`, which belongs to one run at a time.
//!
//! The run holds a lock on the folder, and the system takes the lock away when the run ends, however it ends. So a run
//! that finds the folder unlocked knows that its owner was killed, and may clear it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};

/// Sole use of the folder beside an output; gives it up, and removes it, when dropped.
#[derive(Debug)]
pub struct Stage {
    folder: PathBuf,
    _lock: Option<File>,
}

impl Stage {
    /// Takes the folder beside an output, and removes what a killed run has left in it.
    ///
    /// A tree that such a run had moved out of the way, on a system which cannot exchange folders, goes back first.
    pub fn take(target: &Path) -> Result<Self> {
        let Some(name) = target.file_name() else { bail!("`{}` has no name", target.display()) };
        let mut own = OsString::from(".upshift-stage-");
        own.push(name);
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if fs::metadata(parent).is_ok_and(|found| !found.is_dir()) {
            bail!("`{}` is not a folder, so nothing can be written below it", parent.display());
        }
        fs::create_dir_all(parent).with_context(|| format!("making `{}`", parent.display()))?;
        let folder = parent.join(own);
        let lock = lock(&folder, target)?;
        let stage = Self { folder, _lock: lock };
        let old = stage.old();
        if fs::symlink_metadata(target).is_err() && fs::symlink_metadata(&old).is_ok() {
            fs::rename(&old, target).with_context(|| format!("restoring `{}`", target.display()))?;
        }
        stage
            .clear()
            .with_context(|| format!("removing what a killed run has left in `{}`", stage.folder.display()))?;
        Ok(stage)
    }

    /// Where the new output is prepared.
    pub fn new_output(&self) -> PathBuf {
        self.folder.join("new")
    }

    /// Where the old output waits while the new one takes its place.
    pub fn old(&self) -> PathBuf {
        self.folder.join("old")
    }

    fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            match fs::symlink_metadata(&path)?.is_dir() {
                true => fs::remove_dir_all(&path)?,
                false => fs::remove_file(&path)?,
            }
        }
        Ok(())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next run, which can also say so.
        if fs::symlink_metadata(self.old()).is_err() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Makes the folder and locks it.
#[cfg(unix)]
fn lock(folder: &Path, target: &Path) -> Result<Option<File>> {
    use std::fs::TryLockError;
    use std::os::unix::fs::MetadataExt as _;
    loop {
        make(folder)?;
        let fail = |error: io::Error| anyhow!("opening `{}`: {error}", folder.display());
        let file = match File::open(folder) {
            // Its owner has just removed it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            opened => opened.map_err(fail)?,
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                bail!("another run of upshift is writing `{}`; wait for it to end", target.display())
            }
            // A disk that has no locks, such as some network disks: exactly as safe as without.
            Err(TryLockError::Error(_)) => return Ok(None),
        }
        // Between opening and locking, its owner may have removed it, and another run may have made a new one.
        let own = file.metadata().map_err(fail)?;
        if fs::symlink_metadata(folder).is_ok_and(|found| (found.dev(), found.ino()) == (own.dev(), own.ino())) {
            return Ok(Some(file));
        }
    }
}

#[cfg(not(unix))]
fn lock(folder: &Path, _target: &Path) -> Result<Option<File>> {
    make(folder)?;
    Ok(None)
}

fn make(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match fs::symlink_metadata(folder) {
            Ok(found) if !found.is_dir() => {
                bail!("`{}` is not a folder; upshift needs that name for itself, so move it away", folder.display())
            }
            _ => Ok(()),
        },
        made => made.with_context(|| format!("making `{}`", folder.display())),
    }
}
