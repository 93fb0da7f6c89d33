//! Gathers what upstream lists: each version and each line once. Must not lose an entry in silence: what cannot be read
//! is left out and told, an entry by its place, a field by the name of its entry.

use std::collections::BTreeSet;
use std::fmt::Display;

use serde_json::Value;

use super::text::parse_name;
use crate::model::facts::{LineFact, ReleaseFact, SourceFacts};
use crate::model::quote::quote;

/// What has been read so far.
#[derive(Default)]
pub(super) struct Listing {
    pub(super) facts: SourceFacts,
    versions: BTreeSet<String>,
    lines: BTreeSet<String>,
}

impl Listing {
    /// Takes a release over, unless its version cannot be read or is there; `fill` reads the rest of it.
    pub(super) fn release(
        &mut self,
        place: impl Display,
        version: Result<String, String>,
        fill: impl FnOnce(&mut Fields) -> ReleaseFact,
    ) {
        let skipped = &mut self.facts.skipped;
        if let Some(version) = admit(&mut self.versions, skipped, &place, version) {
            let release = fill(&mut Fields::new(&version, skipped));
            self.facts.releases.push(ReleaseFact { version, ..release });
        }
    }

    /// Takes a line over, unless its name cannot be read or is there; `fill` reads the rest of it.
    pub(super) fn line(
        &mut self,
        place: impl Display,
        line: Result<String, String>,
        fill: impl FnOnce(&mut Fields) -> LineFact,
    ) {
        let skipped = &mut self.facts.skipped;
        if let Some(line) = admit(&mut self.lines, skipped, &place, line) {
            let fact = fill(&mut Fields::new(&line, skipped));
            self.facts.lines.push(LineFact { line, ..fact });
        }
    }

    /// Takes over the newest release of each line, where it is not there yet. The day stays with the release alone: said
    /// twice, it would be two facts.
    pub(super) fn take_newest(&mut self) {
        for line in &mut self.facts.lines {
            let date = line.latest_date.take();
            if let Some(version) = line.latest.clone().filter(|version| self.versions.insert(version.clone())) {
                self.facts.releases.push(ReleaseFact { version, date, ..ReleaseFact::default() });
            }
        }
    }

    /// Says whether a version is there.
    pub(super) fn has(&self, version: &str) -> bool {
        self.versions.contains(version)
    }

    /// Leaves an entry out.
    pub(super) fn skip(&mut self, place: impl Display, why: impl Display) {
        self.facts.skipped.push(format!("{place}: {why}"));
    }
}

fn admit(
    known: &mut BTreeSet<String>,
    skipped: &mut Vec<String>,
    place: &impl Display,
    name: Result<String, String>,
) -> Option<String> {
    let admitted = name.and_then(|name| match known.insert(name.clone()) {
        true => Ok(name),
        false => Err(format!("{} is listed twice", quote(&name))),
    });
    admitted.map_err(|why| skipped.push(format!("{place}: {why}"))).ok()
}

/// Reads the fields of one entry; a bad one is left out and told, so that the others are not lost with it.
pub(super) struct Fields<'a> {
    place: String,
    skipped: &'a mut Vec<String>,
}

impl<'a> Fields<'a> {
    fn new(name: &str, skipped: &'a mut Vec<String>) -> Self {
        Self { place: quote(name), skipped }
    }

    /// A text that `parse` makes something of; nothing where there is none.
    pub(super) fn text<T>(
        &mut self,
        field: &str,
        value: &Value,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let parsed = match value {
            Value::Null => return None,
            Value::String(text) => parse(text),
            _ => Err("it is not a text".to_owned()),
        };
        parsed.map_err(|why| self.skip(field, why)).ok()
    }

    /// `true` or `false`; nothing where there is neither.
    pub(super) fn flag(&mut self, field: &str, value: &Value) -> Option<bool> {
        match value {
            Value::Null => None,
            Value::Bool(flag) => Some(*flag),
            _ => {
                self.skip(field, "it is neither true nor false");
                None
            }
        }
    }

    /// Leaves a field out.
    pub(super) fn skip(&mut self, field: &str, why: impl Display) {
        self.skipped.push(format!("{}, field `{field}`: {why}", self.place));
    }
}

/// A text that an entry must have.
pub(super) fn find_text<'a>(entry: &'a Value, field: &str) -> Result<&'a str, String> {
    match entry.get(field) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(format!("`{field}` is not a text")),
        None => Err(format!("it has no `{field}`")),
    }
}

/// A name that begins with a prefix, without it.
pub(super) fn strip_prefix(name: &str, prefix: &str) -> Result<String, String> {
    // Checked as a whole, so that the message shows the name as upstream writes it.
    let whole = parse_name(name)?;
    let bare = whole.strip_prefix(prefix).ok_or_else(|| format!("{} does not begin with `{prefix}`", quote(name)))?;
    parse_name(bare)
}
