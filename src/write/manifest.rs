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

#[derive(Deserialize)]
struct Manifest {
    schema: String,
    files: Vec<String>,
    #[serde(default)]
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
    let Manifest { schema, files, mut made_of } = serde_json::from_slice(&bytes)
        .with_context(|| format!("`{}` is not a manifest of upshift; remove it to start anew", path.display()))?;
    if schema != SCHEMA {
        bail!("`{}` has the format `{schema}`; this version knows `{SCHEMA}`", path.display());
    }
    Ok(files.into_iter().map(|path| (made_of.remove(&path), path)).map(|(made_of, path)| (path, made_of)).collect())
}

/// The text of a manifest.
///
/// # Errors
///
/// Never; JSON's writer could.
pub fn to_text(files: &Files) -> Result<String> {
    #[derive(Serialize)]
    struct Written<'a> {
        schema: &'a str,
        files: Vec<&'a str>,
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        made_of: BTreeMap<&'a str, &'a MadeOf>,
    }
    let made_of = files.iter().filter_map(|(path, made_of)| Some((path.as_str(), made_of.as_ref()?)));
    let files = files.keys().map(String::as_str).collect();
    Ok(serde_json::to_string_pretty(&Written { schema: SCHEMA, files, made_of: made_of.collect() })? + "\n")
}
