//! Answers kept between runs, so that what has not changed need not be sent again. A damaged entry counts as none.

use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::write;

/// The folder of kept answers.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
}

/// A kept answer.
#[derive(Debug)]
pub struct Kept {
    pub etag: String,
    pub body: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    url: String,
    etag: String,
    sha256: String,
}

impl Cache {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub fn find(&self, url: &str) -> Option<Kept> {
        let entry: Entry = serde_json::from_slice(&fs::read(self.path(url, "json")).ok()?).ok()?;
        let body = fs::read(self.path(url, "body")).ok()?;
        (entry.url == url && entry.sha256 == to_digest(&body)).then_some(Kept { etag: entry.etag, body })
    }

    /// Keeps an answer. A cache that cannot be written is only slower, so failures are not reported.
    pub fn keep(&self, url: &str, etag: &str, body: &[u8]) {
        let entry = Entry { url: url.to_owned(), etag: etag.to_owned(), sha256: to_digest(body) };
        let Ok(entry) = serde_json::to_vec(&entry) else { return };
        if fs::create_dir_all(&self.folder).is_ok() {
            let _ = write::write_in_place(&self.path(url, "body"), body);
            let _ = write::write_in_place(&self.path(url, "json"), &entry);
        }
    }

    fn path(&self, url: &str, kind: &str) -> PathBuf {
        self.folder.join(format!("{}.{kind}", to_digest(url.as_bytes())))
    }
}

fn to_digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
