//! Reads the pins of a lock: what was found in the repository of each component.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{Day, Place};
use crate::lock::LockError;
use crate::model::component::PinKind;
use crate::model::id::{ComponentId, RuntimeId, VariantId, find_fault};
use crate::model::pins::{FoundPin, Scan, Scans};
use crate::model::quote::quote;
use crate::model::schema::Id;

/// What was found in the repository of a component.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawScan {
    /// The address of the repository.
    repo: Option<String>,
    /// The commit at which just these pins were first found.
    #[schemars(with = "Option<String>", regex(pattern = "^([0-9a-f]{40}|[0-9a-f]{64})$"))]
    commit: Option<Spanned<String>>,
    /// The day on which that was.
    day: Day,
    /// The pins, by file, line and column.
    #[serde(default)]
    #[schemars(with = "Vec<RawPin>")]
    found: Vec<Spanned<RawPin>>,
}

/// A place that names a version.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawPin {
    /// The file, from the root of the repository.
    #[schemars(length(min = 1))]
    file: String,
    /// The line, from 1.
    line: NonZeroU32,
    /// The column, in characters from 1.
    column: NonZeroU32,
    /// The runtime whose version stands there.
    #[schemars(with = "Id")]
    runtime: String,
    /// What is written there.
    #[schemars(length(min = 1))]
    value: String,
    /// The version that this names, where it names a single one.
    version: Option<String>,
    /// What sort of pin it is.
    #[schemars(with = "PinKind")]
    kind: String,
    /// The build flavour that it is for; the main one, when missing.
    #[schemars(with = "Option<Id>")]
    variant: Option<String>,
}

impl Place<'_> {
    pub(super) fn to_scans(&self, raw: BTreeMap<Spanned<String>, RawScan>) -> Result<Scans, LockError> {
        let mut scans = Scans::new();
        for (id, raw) in raw {
            if find_fault(id.get_ref()).is_some() {
                let message = format!("{} is not the id of a component", quote(id.get_ref()));
                return Err(self.fail(id.span().start, message));
            }
            let id = ComponentId::new(id.get_ref());
            let scan = self.to_scan(&id, raw)?;
            scans.insert(id, scan);
        }
        Ok(scans)
    }

    fn to_scan(&self, component: &ComponentId, raw: RawScan) -> Result<Scan, LockError> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_commit = |text: &str| matches!(text.len(), 40 | 64) && text.bytes().all(hex);
        if let Some(commit) = raw.commit.as_ref().filter(|commit| !is_commit(commit.get_ref())) {
            let message = "a commit has 40 or 64 digits in lower-case hex".to_owned();
            return Err(self.fail(commit.span().start, message));
        }
        let mut pins = BTreeSet::new();
        for raw in raw.found {
            let at = raw.span().start;
            let pin = to_pin(component, raw.into_inner()).map_err(|why| self.fail(at, why))?;
            let place = pin.place();
            if !pins.insert(pin) {
                return Err(self.fail(at, format!("the pin at {} is listed twice", quote(&place))));
            }
        }
        Ok(Scan { repo: raw.repo, commit: raw.commit.map(Spanned::into_inner), day: raw.day.0, pins })
    }
}

fn to_pin(component: &ComponentId, raw: RawPin) -> Result<FoundPin, String> {
    if raw.file.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(format!("{} is not a file inside a repository", quote(&raw.file)));
    }
    if raw.value.is_empty() {
        return Err("a pin has a value".to_owned());
    }
    if find_fault(&raw.runtime).is_some() {
        return Err(format!("{} is not the id of a runtime", quote(&raw.runtime)));
    }
    if let Some(variant) = raw.variant.as_ref().filter(|variant| find_fault(variant).is_some()) {
        return Err(format!("{} is not a build flavour", quote(variant)));
    }
    let kind = PinKind::ALL.into_iter().find(|(name, _)| *name == raw.kind);
    Ok(FoundPin {
        component: Some(component.clone()),
        file: raw.file,
        line: raw.line.get(),
        column: raw.column.get(),
        runtime: RuntimeId::new(&raw.runtime),
        value: raw.value,
        version: raw.version,
        kind: kind.ok_or_else(|| format!("{} is not a kind of pin", quote(&raw.kind)))?.1,
        variant: raw.variant.as_deref().map(VariantId::new),
    })
}
