//! Pins for people: of one folder by runtime and place, of a fleet by component.

use std::fmt::Write as _;

use super::{BOLD, YELLOW, rows, table};
use crate::model::pins::{FoundPin, PinFinding, Pins};
use crate::report::ScannedEntry;
use crate::text::escape::to_terminal;

/// Prints the pins of a folder by runtime.
pub fn pins(document: &Pins) -> String {
    let mut pins: Vec<&FoundPin> = document.pins.iter().collect();
    pins.sort_by(|a, b| a.runtime.cmp(&b.runtime).then_with(|| a.cmp(b)));
    let mut out = String::new();
    for of_runtime in pins.chunk_by(|a, b| a.runtime == b.runtime) {
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{gap}{BOLD}{}{BOLD:#}", to_terminal(of_runtime[0].runtime.as_str()));
        let lines: Vec<[String; 4]> = of_runtime.iter().map(|pin| to_row(pin)).collect();
        out.push_str(&rows(&lines));
    }
    out
}

fn to_row(pin: &FoundPin) -> [String; 4] {
    let flavour = pin.variant.as_ref().map(|variant| format!(" ({variant})")).unwrap_or_default();
    // Where the value is the version, it is not told twice.
    let meaning = match &pin.version {
        Some(version) if *version != pin.value => format!("= {version}"),
        _ => String::new(),
    };
    [format!("  {}", pin.place()), format!("{}{flavour}", pin.kind), pin.value.clone(), meaning]
}

/// Prints what each component is built with, and what breaks a rule.
pub fn scanned(document: &Pins, entries: &[ScannedEntry]) -> String {
    let mut lines = vec![["Component", "Runtime", "In use", "Pins"].map(str::to_owned)];
    lines.extend(entries.iter().map(|entry| {
        let in_use = if entry.in_use.is_empty() { "unknown".to_owned() } else { entry.in_use.join(", ") };
        [entry.component.to_string(), entry.runtime.clone(), in_use, entry.pins.to_string()]
    }));
    let mut out = if entries.is_empty() { String::new() } else { table(&lines) };
    if !out.is_empty() && !document.findings.is_empty() {
        out.push('\n');
    }
    for PinFinding { component, rule, message, places, .. } in &document.findings {
        let text = format!("{component} {message} ({})", places.join(", "));
        let _ = writeln!(out, "{YELLOW}{rule}{YELLOW:#}: {}", to_terminal(&text));
    }
    out
}
