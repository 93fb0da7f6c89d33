//! What pages show of pins: where they are and what was found there, and which versions are in use.

use serde::Serialize;

use crate::model::component::PinKind;
use crate::model::id::VariantId;
use crate::model::pins::Scan;
use crate::model::runbook::{PinEntry, Variant};
use crate::model::runtime::Runtime;
use crate::model::verdict::{self, Verdict};

/// A pin: where it is, what to look for there, and what was found. The elements of a list on one line are one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PinView {
    /// The file, with the line where that is known.
    pub place: String,
    pub url: Option<String>,
    pub name: Option<String>,
    pub values: Vec<String>,
    /// Its kind, build flavour and verdict: `list, FIPS, behind`.
    pub note: Option<String>,
}

/// Makes the views of a component's pins; `flavours` has the names of build flavours.
pub fn to_pin_views(pins: &[PinEntry], flavours: &[Variant]) -> Vec<PinView> {
    pins.chunk_by(are_one_list).map(|pins| to_pin_view(pins, flavours)).collect()
}

fn are_one_list(a: &PinEntry, b: &PinEntry) -> bool {
    let is_found_list = a.kind == Some(PinKind::List) && a.line.is_some();
    is_found_list && (a.kind, a.line, &a.file, &a.variant) == (b.kind, b.line, &b.file, &b.variant)
}

fn to_pin_view(pins: &[PinEntry], flavours: &[Variant]) -> PinView {
    let pin = &pins[0];
    let verdicts: Vec<Verdict> = pins.iter().map(|pin| pin.verdict).collect();
    let verdict = match (pin.kind, verdict::judge_list(&verdicts)) {
        // A floor that is met asks for nothing.
        (_, Verdict::Unknown) | (Some(PinKind::Floor), Verdict::At) => None,
        (_, verdict) => Some(to_words(verdict)),
    };
    let flavour = |id: &VariantId| {
        let known = flavours.iter().find(|flavour| &flavour.id == id);
        known.map_or_else(|| id.to_string(), |flavour| flavour.name.clone())
    };
    let notes = [pin.kind.map(|kind| kind.to_string()), pin.variant.as_ref().map(flavour), verdict];
    PinView {
        place: pin.line.map_or_else(|| pin.file.clone(), |line| format!("{}:{line}", pin.file)),
        url: pin.url.clone(),
        name: pin.name.clone(),
        values: pins.iter().filter_map(|pin| pin.value.clone()).collect(),
        note: Some(notes.into_iter().flatten().collect::<Vec<_>>().join(", ")).filter(|note| !note.is_empty()),
    }
}

/// A verdict as people say it.
pub fn to_words(verdict: Verdict) -> String {
    match verdict {
        Verdict::At => "at the target".to_owned(),
        other => other.to_string(),
    }
}

/// A version in use, and where that is said.
#[derive(Serialize)]
pub struct InUseView {
    /// The name of the build flavour; nothing for the main one.
    pub flavour: Option<String>,
    pub version: String,
    /// The first place, as `file:line`.
    pub place: String,
    pub url: Option<String>,
    /// How many more places say so.
    pub more: usize,
}

/// The versions of a runtime that a component uses, then those of each build flavour.
pub fn to_in_use(scan: &Scan, runtime: &Runtime) -> Vec<InUseView> {
    let main = std::iter::once((None, None));
    let flavours = runtime.variants.values().map(|variant| (Some(&variant.id), Some(&variant.name)));
    let views = main.chain(flavours).flat_map(|(id, name)| {
        scan.find_in_use(&runtime.id, id).into_iter().filter_map(move |found| {
            let (first, others) = found.pins.split_first()?;
            Some(InUseView {
                flavour: name.cloned(),
                version: found.version.to_owned(),
                place: first.place(),
                url: scan.link(first),
                more: others.len(),
            })
        })
    });
    views.collect()
}
