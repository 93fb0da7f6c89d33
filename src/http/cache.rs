//! The cache of answers: one file for each question, so that an upstream with marks answers an unchanged one with a
//! short 304.
//!
//! Must not serve a damaged answer, nor one person's answer to another: a file whose digest is wrong is no file, and who
//! asked is part of the question. Tokens are not in it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::{Duration, SystemTime};

use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::model::digest::sha256_of_parts;

/// The most bytes of a file before its body: two lines.
const LONGEST_HEAD: usize = 8 << 10;

/// What the name of a file that is being written begins with.
const UNFINISHED: &str = ".upshift-";

/// The age at which an unfinished file is nobody's: no run takes that long to write one.
const ABANDONED: Duration = Duration::from_hours(1);

#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    cleared: Once,
}

/// The name of a file: a digest, since an address may hold secrets, and characters that no file name can.
#[derive(Debug)]
pub(super) struct Key(String);

/// An answer of an earlier run.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) head: Head,
    pub(super) body: Vec<u8>,
}

/// What is kept of an answer's headers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) content_type: Option<String>,
    pub(super) link: Option<String>,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

impl Key {
    /// All that an answer depends on; the identity is that of who asks.
    pub(super) fn new(asked: &Url, headers: &[(&str, String)], identity: Option<&str>) -> Self {
        let mut parts = vec![asked.as_str(), identity.unwrap_or_default()];
        parts.extend(headers.iter().flat_map(|(name, value)| [*name, value.as_str()]));
        Self(sha256_of_parts(parts.into_iter().map(str::as_bytes)))
    }
}

impl Cache {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, cleared: Once::new() }
    }

    /// Loads what is known of a question; nothing when it is missing, damaged or larger than allowed.
    pub(super) fn load(&self, key: &Key, largest: usize) -> Option<Kept> {
        let limit = u64::try_from(largest.saturating_add(LONGEST_HEAD)).ok()?;
        let file = File::open(self.path(key)).ok()?;
        let length = file.metadata().ok()?.len().min(limit);
        // As long as it says it is, so that it is read at once.
        let mut bytes = Vec::with_capacity(usize::try_from(length).ok()?);
        file.take(limit).read_to_end(&mut bytes).ok()?;
        let digest = end_of_line(&bytes, 0)?;
        let end = end_of_line(&bytes, digest + 1)?;
        let (said, body) = (&bytes[digest + 1..end], &bytes[end + 1..]);
        if body.len() > largest || sha256_of_parts([said, body]).as_bytes() != &bytes[..digest] {
            return None;
        }
        let head = serde_json::from_slice(said).ok()?;
        bytes.drain(..=end);
        Some(Kept { head, body: bytes })
    }

    /// Keeps an answer that upstream marked; a reader sees the old file or the new one, never half of it.
    pub(super) fn store(&self, key: &Key, head: &Head, body: &[u8]) -> io::Result<()> {
        let said = serde_json::to_vec(head)?;
        if (head.etag.is_none() && head.last_modified.is_none()) || said.len() > LONGEST_HEAD / 2 {
            return Ok(());
        }
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.folder)?;
        self.cleared.call_once(|| self.clear(file.as_file()));
        for part in [sha256_of_parts([&said, body]).as_bytes(), b"\n", &said, b"\n", body] {
            file.write_all(part)?;
        }
        file.persist(self.path(key)).map_err(|error| error.error)?;
        Ok(())
    }

    /// Removes what killed runs have left: unfinished files that are much older than one of now, by the disk's own time.
    ///
    /// What cannot be removed is left to a later run.
    fn clear(&self, newest: &File) {
        let Ok(now) = newest.metadata().and_then(|found| found.modified()) else { return };
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) && is_abandoned(&entry, now) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn path(&self, key: &Key) -> PathBuf {
        Path::new(&self.folder).join(&key.0)
    }
}

fn is_abandoned(entry: &fs::DirEntry, now: SystemTime) -> bool {
    let written = entry.metadata().and_then(|found| found.modified()).unwrap_or(now);
    now.duration_since(written).is_ok_and(|age| age > ABANDONED)
}

/// Where the line ends that begins at a place.
fn end_of_line(bytes: &[u8], from: usize) -> Option<usize> {
    bytes.iter().take(LONGEST_HEAD).skip(from).position(|byte| *byte == b'\n').map(|at| at + from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(url: &str) -> Key {
        Key::new(&Url::parse(url).unwrap(), &[], None)
    }

    fn head(etag: &str) -> Head {
        Head { etag: Some(etag.to_owned()), link: Some("<x>; rel=\"next\"".to_owned()), ..Head::default() }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test damages files")]
    fn gives_back_what_it_keeps_and_nothing_that_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("made/when/needed"));
        let key = key("https://go.dev/dl/?mode=json");
        assert_eq!(cache.load(&key, 100), None);
        cache.store(&key, &head("\"a\""), b"old").unwrap();
        cache.store(&key, &head("\"b\""), b"line\nline\xff").unwrap();
        assert_eq!(cache.load(&key, 10), Some(Kept { head: head("\"b\""), body: b"line\nline\xff".to_vec() }));
        assert_eq!(cache.load(&key, 9), None);

        let good = fs::read(cache.path(&key)).unwrap();
        let mut turned = good.clone();
        turned[70] ^= 1;
        for damaged in [&good[..good.len() - 1], &good[1..], &turned, b"", b"\n\n", b"{}\n", &b"x".repeat(20_000)] {
            fs::write(cache.path(&key), damaged).unwrap();
            assert_eq!(cache.load(&key, 100), None);
        }
    }

    #[test]
    fn each_question_and_each_asker_has_a_file() {
        let url = Url::parse("https://go.dev/dl/").unwrap();
        let accept = ("accept", "text/plain".to_owned());
        let mut names = vec![
            key("https://go.dev/dl/").0,
            key("https://go.dev/dl").0,
            Key::new(&url, std::slice::from_ref(&accept), None).0,
            Key::new(&url, &[("git-protocol", accept.1.clone())], None).0,
            Key::new(&url, &[], Some("somebody")).0,
            Key::new(&url, &[], Some("somebody else")).0,
        ];
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 6);
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test leaves what a killed run would leave")]
    fn clears_up_after_killed_runs_and_leaves_the_files_of_others() {
        let folder = tempfile::tempdir().unwrap();
        let leave = |name: &str, age: Duration| {
            let file = File::create(folder.path().join(name)).unwrap();
            let now = file.metadata().unwrap().modified().unwrap();
            file.set_modified(now - age).unwrap();
        };
        leave(".upshift-killed", Duration::from_hours(2));
        leave(".upshift-beside", Duration::from_mins(5));
        leave("not-ours", Duration::from_hours(2));
        fs::create_dir(folder.path().join(".upshift-folder")).unwrap();
        let cache = Cache::new(folder.path().to_owned());
        let key = key("https://go.dev/dl/");
        cache.store(&key, &head("\"a\""), b"body").unwrap();
        let mut names: Vec<String> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let mut expected = vec![".upshift-beside", ".upshift-folder", "not-ours", key.0.as_str()];
        expected.sort_unstable();
        assert_eq!(names, expected);
    }
}
