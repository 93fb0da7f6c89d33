//! The list of what this tool wrote into a folder, and may therefore remove.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use super::read_old;

/// Its name in the folder.
pub const MANIFEST: &str = ".upshift-manifest.json";

const SCHEMA: &str = "upshift/manifest/1";

/// What a file was made of, as a digest, and how long it is: what it is made of tells what it holds.
pub type MadeOf = (String, u64);

/// The files, by path, each with what it was made of where that is known.
pub type Files = BTreeMap<String, Option<MadeOf>>;

#[derive(Serialize, Deserialize)]
struct Manifest {
    schema: String,
    /// The files of which it is not known what they were made of.
    files: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    made_of: BTreeMap<String, MadeOf>,
}

/// Reads the manifest of a folder; one that has none holds nothing of this tool.
///
/// # Errors
///
/// A manifest that cannot be read, or is none.
pub fn read(folder: &Path) -> Result<Files> {
    let path = folder.join(MANIFEST);
    let Some(bytes) = read_old(&path)? else { return Ok(Files::new()) };
    let Manifest { schema, files, made_of } = serde_json::from_slice(&bytes)
        .with_context(|| format!("`{}` is not a manifest of upshift; remove it to start anew", path.display()))?;
    if schema != SCHEMA {
        bail!("`{}` has the format `{schema}`; this version knows `{SCHEMA}`", path.display());
    }
    let known = made_of.into_iter().map(|(path, made_of)| (path, Some(made_of)));
    Ok(files.into_iter().map(|path| (path, None)).chain(known).collect())
}

/// The text of a manifest.
///
/// # Errors
///
/// Never; JSON's writer could.
pub fn to_text(files: Files) -> Result<String> {
    let mut manifest = Manifest { schema: SCHEMA.to_owned(), files: Vec::new(), made_of: BTreeMap::new() };
    for (path, made_of) in files {
        match made_of {
            Some(made_of) => drop(manifest.made_of.insert(path, made_of)),
            None => manifest.files.push(path),
        }
    }
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}
