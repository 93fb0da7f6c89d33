//! The Go project's download list (<https://go.dev/dl/?mode=json&include=all>): every release, no dates.
//! The list is not in version order and its `stable` means "neither beta nor candidate".

use serde::Deserialize;

use super::{SourceError, to_format_error, to_plain, to_shown};
use crate::model::facts::{ReleaseFact, SourceFacts};
use crate::model::version::Scheme;

pub const URL: &str = "https://go.dev/dl/?mode=json&include=all";

#[derive(Deserialize)]
struct Entry {
    version: String,
    stable: Option<bool>,
}

pub fn to_facts(bytes: &[u8]) -> Result<SourceFacts, SourceError> {
    let entries: Vec<Entry> = serde_json::from_slice(bytes).map_err(|error| to_format_error(&error))?;
    let mut facts = SourceFacts::default();
    for entry in entries {
        let version = to_plain(&entry.version).and_then(|text| text.strip_prefix("go"));
        match version.filter(|text| Scheme::Go.parse(text).is_ok()) {
            Some(version) => facts.releases.push(ReleaseFact {
                version: version.to_owned(),
                date: None,
                prerelease: entry.stable.filter(|stable| !stable).map(|_| true),
            }),
            None => facts.skipped.push(format!("`{}` is not a Go version", to_shown(&entry.version))),
        }
    }
    Ok(facts)
}
