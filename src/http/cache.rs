//! The cache of bodies: one file per address, so that an upstream with `ETag`s answers an unchanged body with a short 304.
//!
//! Must not serve a damaged body: a file whose digest is wrong is no file.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::model::digest::sha256;

/// The most bytes of a file before its body.
const LONGEST_HEAD: usize = 8 << 10;

#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
}

/// A body of an earlier run.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cached {
    pub(super) etag: String,
    pub(super) body: Vec<u8>,
}

/// The first line of a file.
#[derive(Serialize, Deserialize)]
struct Head {
    etag: String,
    sha256: String,
}

impl Cache {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Loads what is known of an address; nothing when it is missing, damaged or larger than allowed.
    pub(super) fn load(&self, url: &Url, largest_body: usize) -> Option<Cached> {
        let limit = u64::try_from(largest_body.saturating_add(LONGEST_HEAD)).ok()?;
        let mut bytes = Vec::new();
        File::open(self.path(url)).ok()?.take(limit).read_to_end(&mut bytes).ok()?;
        let end = bytes.iter().take(LONGEST_HEAD).position(|byte| *byte == b'\n')?;
        let head: Head = serde_json::from_slice(&bytes[..end]).ok()?;
        let body = bytes.split_off(end + 1);
        (sha256(&body) == head.sha256).then_some(Cached { etag: head.etag, body })
    }

    /// Keeps a body for later; a reader sees the old file or the new one, never half of it.
    pub(super) fn store(&self, url: &Url, etag: &str, body: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let head = Head { etag: etag.to_owned(), sha256: sha256(body) };
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(serde_json::to_string(&head)?.as_bytes())?;
        file.write_all(b"\n")?;
        file.write_all(body)?;
        file.persist(self.path(url)).map_err(|error| error.error)?;
        Ok(())
    }

    /// The name is a digest: an address may hold credentials, and characters that no file name can.
    fn path(&self, url: &Url) -> PathBuf {
        Path::new(&self.folder).join(sha256(url.as_str().as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test damages files")]
    fn gives_back_what_it_keeps_and_nothing_that_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("made/when/needed"));
        let url = Url::parse("https://go.dev/dl/?mode=json").unwrap();
        assert_eq!(cache.load(&url, 100), None);
        cache.store(&url, "\"a\"", b"old").unwrap();
        cache.store(&url, "\"b\"", b"line\nline\xff").unwrap();
        assert_eq!(cache.load(&url, 100), Some(Cached { etag: "\"b\"".to_owned(), body: b"line\nline\xff".to_vec() }));
        assert_eq!(cache.load(&Url::parse("https://go.dev/").unwrap(), 100), None);

        let good = fs::read(cache.path(&url)).unwrap();
        for damaged in [&good[..good.len() - 1], &good[1..], b"", b"{}\n", &b"x".repeat(20_000)] {
            fs::write(cache.path(&url), damaged).unwrap();
            assert_eq!(cache.load(&url, 100), None);
        }
    }
}
