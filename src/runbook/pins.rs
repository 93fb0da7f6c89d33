//! The pins of a component as its runbook shows them: those that were found in its repository, and those that only the
//! catalog names.

use crate::model::component::{Component, Pin};
use crate::model::pins::{FoundPin, Scan, Scans, find_scan};
use crate::model::runbook::PinEntry;
use crate::model::verdict::{self, Aim, Verdict};

/// The versions in use, and how they compare with the target.
pub fn judge(component: &Component, aim: Aim<'_>, scans: &Scans) -> (Vec<String>, Verdict) {
    let Some(scan) = find_scan(scans, component) else { return (Vec::new(), Verdict::Unknown) };
    let versions = scan.find_in_use(aim.runtime, aim.variant).iter().map(|found| found.version.to_owned()).collect();
    (versions, verdict::judge(scan, aim))
}

/// The pins, of all build flavours. Where something was found in a file, that is what the catalog says of it.
pub fn list(component: &Component, aim: Aim<'_>, scans: &Scans) -> Vec<PinEntry> {
    let scan = scans.get(&component.id);
    let found: Vec<(&Scan, &FoundPin)> = scan
        .iter()
        .flat_map(|scan| scan.pins.iter().map(move |pin| (*scan, pin)))
        .filter(|(_, pin)| &pin.runtime == aim.runtime)
        .collect();
    let told = || component.pins_of(aim.runtime);
    let known = found.iter().map(|(scan, pin)| PinEntry {
        file: pin.file.clone(),
        name: find_name(told(), pin),
        line: Some(pin.line),
        value: Some(pin.value.clone()),
        version: pin.version.clone(),
        kind: Some(pin.kind),
        variant: pin.variant.clone(),
        verdict: verdict::judge_pin(pin, aim.target),
        url: scan.link(pin),
    });
    let unseen = told().filter(|pin| found.iter().all(|(_, known)| known.file != pin.file)).map(|pin| PinEntry {
        file: pin.file.clone(),
        name: pin.name.clone(),
        line: None,
        value: None,
        version: None,
        kind: pin.kind,
        variant: None,
        verdict: Verdict::Unknown,
        url: None,
    });
    known.chain(unseen).collect()
}

/// What the catalog calls a pin, where only one of its pins in that file can mean it: one of the same kind, or else one
/// without a kind.
fn find_name<'a>(told: impl Iterator<Item = &'a Pin>, pin: &FoundPin) -> Option<String> {
    let (mut same, mut open) = (Vec::new(), Vec::new());
    for told in told.filter(|told| told.file == pin.file) {
        match told.kind {
            Some(kind) if kind == pin.kind => same.push(told),
            Some(_) => {}
            None => open.push(told),
        }
    }
    match (same.as_slice(), open.as_slice()) {
        ([one], _) | ([], [one]) => one.name.clone(),
        _ => None,
    }
}
