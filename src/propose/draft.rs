//! Turns a proposal into a file of the catalog, as a person would write it.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::model::proposal::{Proposal, Reason};
use crate::model::runtime::Runtime;
use crate::text::escape::{to_markdown, to_one_line};

/// Words that YAML reads as something else than a text.
const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/// Writes the file of a new upgrade. It has no due date: that follows from the policy as long as nobody sets one.
#[must_use]
pub fn draft(proposal: &Proposal, runtime: &Runtime, today: Date) -> String {
    let upgrade = &proposal.upgrade;
    let (from, to) = (upgrade.from.value.as_str(), upgrade.to.value.as_str());
    let mut out = String::from("# yaml-language-server: $schema=../../site/schema/catalog.schema.json\n");
    // Writing into a text does not fail.
    let _ = writeln!(
        out,
        "# Proposed by `upshift propose` as of {today}. When it is due follows from the policy; `due` says otherwise."
    );
    let _ = writeln!(out, "upgrades:\n  {}:", to_scalar(upgrade.id.as_str()));
    let _ = writeln!(out, "    runtime: {}", to_scalar(runtime.id.as_str()));
    let _ = writeln!(out, "    from: {}\n    to: {}", quote(from), quote(to));
    let _ = writeln!(out, "    state: {}", upgrade.state);
    if let Some(security) = &upgrade.security {
        let _ = writeln!(out, "    security: {{ because: {} }}", quote(&security.because));
    }
    let name = to_markdown(&runtime.name);
    let _ = writeln!(out, "    goal: |\n      Upgrade {name} from {} to {}.\n", to_markdown(from), to_markdown(to));
    for reason in &proposal.reasons {
        let _ = writeln!(out, "      - {}", to_item(reason));
    }
    if !upgrade.roles.is_empty() {
        let roles = upgrade
            .roles
            .iter()
            .map(|(role, team)| format!("{}: {}", to_scalar(role.as_str()), to_scalar(team.as_str())));
        let _ = writeln!(out, "    roles: {{ {} }}", roles.collect::<Vec<_>>().join(", "));
    }
    out
}

/// A reason as an item of a list, with its sources: `Security: fixes GO-2026-4602, which affects 1.26.5 (go-vulndb).`
fn to_item(reason: &Reason) -> String {
    let kind = reason.kind.to_string();
    let kind = kind[..1].to_uppercase() + &kind[1..];
    let sources = match reason.sources.as_slice() {
        [] => String::new(),
        sources => format!(" ({})", to_markdown(&sources.join(", "))),
    };
    format!("{kind}: {}{sources}.", to_markdown(&reason.text))
}

/// An id in YAML; it needs quotes where it could be read as a number or a truth.
fn to_scalar(id: &str) -> String {
    let is_plain = id.starts_with(|c: char| c.is_ascii_lowercase()) && !WORDS.contains(&id);
    if is_plain { id.to_owned() } else { quote(id) }
}

/// A text in YAML, in double quotes: what JSON writes is YAML, too.
fn quote(text: &str) -> String {
    serde_json::Value::from(to_one_line(text)).to_string()
}
