//! Who is on what, over all runtimes: a row for each component whose repository was scanned.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::pins::find_scan;
use crate::model::runtime::Runtime;
use crate::render::Material;

/// The most rows that the page of a fleet has.
const MOST_ROWS: usize = 300;

/// Components and the versions that they are built with.
#[derive(Serialize)]
pub struct FleetView {
    /// The runtimes that any of them uses: the columns.
    runtimes: Vec<String>,
    rows: Vec<FleetRow>,
    /// How many components are left out.
    more: usize,
}

#[derive(Serialize)]
struct FleetRow {
    id: String,
    component: String,
    /// The versions in use, for each column: nothing where the component does not use the runtime.
    cells: Vec<Option<String>>,
}

/// Makes the view; nothing before any repository was scanned.
pub fn view(material: &Material<'_>) -> Option<FleetView> {
    let scanned = material.catalog.components.values().filter_map(|component| {
        let scan = find_scan(material.scans, component)?;
        Some((component, scan))
    });
    let scanned: Vec<_> = scanned.collect();
    let used: BTreeSet<_> = scanned
        .iter()
        .flat_map(|(component, scan)| component.uses.keys().chain(scan.pins.iter().map(|pin| &pin.runtime)))
        .collect();
    let runtimes: Vec<&Runtime> = used.into_iter().filter_map(|id| material.catalog.runtimes.get(id)).collect();
    if scanned.is_empty() || runtimes.is_empty() {
        return None;
    }
    let more = scanned.len().saturating_sub(MOST_ROWS);
    let rows = scanned.into_iter().take(MOST_ROWS).map(|(component, scan)| {
        let cell = |runtime: &&Runtime| {
            let versions: Vec<&str> = scan.find_in_use(&runtime.id, None).iter().map(|found| found.version).collect();
            match (versions.is_empty(), component.uses.contains_key(&runtime.id)) {
                (false, _) => Some(versions.join(", ")),
                (true, true) => Some("not known".to_owned()),
                (true, false) => None,
            }
        };
        FleetRow {
            id: component.id.to_string(),
            component: component.name.clone(),
            cells: runtimes.iter().map(cell).collect(),
        }
    });
    Some(FleetView {
        runtimes: runtimes.iter().map(|runtime| runtime.name.clone()).collect(),
        rows: rows.collect(),
        more,
    })
}
