//! Finds pins that break the rules of their runtime: builds that disagree, floors that are not as agreed, `toolchain`
//! lines; and runtimes that a component has pins of, though the catalog does not say that it uses them. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::catalog::Catalog;
use crate::model::component::{Component, PinKind};
use crate::model::id::VariantId;
use crate::model::pins::{FoundPin, PinFinding, Scans};
use crate::model::runtime::{PinRule, Runtime};
use crate::model::version::Version;

/// The rule of runtimes that the catalog does not name for a component; it holds everywhere.
pub const UNLISTED: &str = "unlisted-runtime";

/// Finds what breaks a rule, by component, runtime and rule.
#[must_use]
pub fn find(catalog: &Catalog, scans: &Scans) -> Vec<PinFinding> {
    let mut findings = Vec::new();
    for (id, scan) in scans {
        let Some(component) = catalog.components.get(id) else { continue };
        let mut by_runtime: BTreeMap<_, Vec<&FoundPin>> = BTreeMap::new();
        for pin in &scan.pins {
            by_runtime.entry(&pin.runtime).or_default().push(pin);
        }
        for (id, pins) in by_runtime {
            let Some(runtime) = catalog.runtimes.get(id) else { continue };
            if !component.uses.contains_key(id) {
                let builds: Vec<&FoundPin> = pins.iter().copied().filter(|pin| pin.is_build()).collect();
                if !builds.is_empty() {
                    let message =
                        format!("is built with {}, and the catalog does not say that it uses it", runtime.name);
                    findings.push(to_finding(component, runtime, UNLISTED, message, &builds));
                }
            }
            for rule in &runtime.policy.pins {
                findings.extend(judge(catalog, component, runtime, *rule, &pins));
            }
        }
    }
    findings.sort();
    findings
}

fn to_finding(
    component: &Component,
    runtime: &Runtime,
    rule: &'static str,
    message: String,
    pins: &[&FoundPin],
) -> PinFinding {
    let places: BTreeSet<String> = pins.iter().map(|pin| pin.place()).collect();
    PinFinding {
        component: component.id.clone(),
        runtime: runtime.id.clone(),
        rule,
        message,
        places: places.into_iter().collect(),
    }
}

fn judge(
    catalog: &Catalog,
    component: &Component,
    runtime: &Runtime,
    rule: PinRule,
    pins: &[&FoundPin],
) -> Vec<PinFinding> {
    let finding = |message: String, pins: &[&FoundPin]| to_finding(component, runtime, rule.name(), message, pins);
    let floors = || pins.iter().copied().filter(|pin| pin.kind == PinKind::Floor);
    match rule {
        PinRule::OneVersion => {
            let flavours: BTreeSet<Option<&VariantId>> = pins.iter().map(|pin| pin.variant.as_ref()).collect();
            let drift = flavours.into_iter().filter_map(|flavour| find_drift(pins, flavour));
            drift.map(|(message, pins)| finding(message, &pins)).collect()
        }
        PinRule::FloorFirstRelease => floors()
            .filter(|pin| pin.version.as_ref().is_some_and(|version| !is_first_release(version)))
            .map(|pin| finding(format!("needs {}, which is not the first release of a line", pin.value), &[pin]))
            .collect(),
        PinRule::FloorShipped => {
            let Some(shipped) = find_shipped(catalog, runtime) else { return Vec::new() };
            let is_newer = |pin: &&FoundPin| {
                let version = pin.version.as_ref().and_then(|version| runtime.scheme.parse(version).ok());
                version.is_some_and(|version| version > *shipped)
            };
            floors()
                .filter(is_newer)
                .map(|pin| finding(format!("needs {}, and the newest branch ships {shipped}", pin.value), &[pin]))
                .collect()
        }
        PinRule::NoToolchain => {
            let is_toolchain = |pin: &&FoundPin| {
                pin.kind != PinKind::Floor && pin.file.rsplit('/').next().is_some_and(|name| name == "go.mod")
            };
            let lines: Vec<&FoundPin> = pins.iter().copied().filter(is_toolchain).collect();
            let message = || "has a `toolchain` line".to_owned();
            if lines.is_empty() { Vec::new() } else { vec![finding(message(), &lines)] }
        }
    }
}

/// Versions that name what is built with and do not agree: one is not the beginning of the other.
fn find_drift<'a>(pins: &[&'a FoundPin], flavour: Option<&VariantId>) -> Option<(String, Vec<&'a FoundPin>)> {
    let builds = pins.iter().copied().filter(|pin| pin.is_build() && pin.variant.as_ref() == flavour);
    let mut by_version: BTreeMap<&str, Vec<&FoundPin>> = BTreeMap::new();
    for pin in builds {
        if let Some(version) = &pin.version {
            by_version.entry(version).or_default().push(pin);
        }
    }
    let begins = |a: &str, b: &str| b.strip_prefix(a).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let versions: Vec<&str> = by_version.keys().copied().collect();
    let agree = versions.iter().all(|a| versions.iter().all(|b| begins(a, b) || begins(b, a)));
    if agree {
        return None;
    }
    let message = format!("is built with versions that differ: {}", versions.join(", "));
    let pins = by_version.into_values().flatten().collect();
    Some((message, pins))
}

/// Says whether a version is the first of its line: `1.26.0`.
fn is_first_release(version: &str) -> bool {
    version.split('.').nth(2).is_some_and(|patch| patch == "0")
}

/// What the newest branch ships.
fn find_shipped<'a>(catalog: &'a Catalog, runtime: &Runtime) -> Option<&'a Version> {
    let ships = catalog.branches.values().filter_map(|branch| Some((branch, branch.ships.get(&runtime.id)?)));
    ships.max_by_key(|(branch, shipped)| (branch.released, shipped.value.clone())).map(|(_, shipped)| &shipped.value)
}
