//! The outside facts that a runbook uses, each with its source, and their digest. A fact that is not used here does not
//! move the digest: a release of another line changes no runbook.

use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::model::facts::{Line, Release, VersionFacts};
use crate::model::runbook::UsedFact;
use crate::model::upgrade::Upgrade;
use crate::model::version::Version;

/// Finds the facts that matter to an upgrade.
pub fn find_used(upgrade: &Upgrade, known: &VersionFacts) -> Vec<UsedFact> {
    let (from, to) = (&upgrade.from.value, &upgrade.to.value);
    let mut used = Vec::new();
    let mut add = |id: &str, fact: String, value: Option<String>, source: Option<&String>| {
        if let (Some(value), Some(source)) = (value, source) {
            used.push(UsedFact { id: id.to_owned(), fact, value, source: source.clone() });
        }
    };
    for (id, version) in [("from.released", from), ("to.released", to)] {
        if let Some(release) = known.find(version) {
            add(id, format!("release of {version}"), text(release.date), release.date_source.as_ref());
        }
    }
    let between = find_between(known, from, to);
    let versions = between.iter().map(|release| release.version.to_string()).collect::<Vec<_>>().join(", ");
    let source = between.last().map(|release| &release.source);
    add(
        "between",
        format!("releases of the line after {from}, up to the target"),
        (!between.is_empty()).then_some(versions),
        source,
    );
    let [from_line, to_line] = [from, to].map(|version| version.line_among(|line| known.find_line(line).is_some()));
    if let Some(line) = known.find_line(&from_line) {
        add("from_line.eol", format!("end of life of {}", line.line), text(line.eol), line.source.as_ref());
        add("from_line.ended", format!("support of {} has ended", line.line), ended(line), line.source.as_ref());
    }
    if let Some(line) = known.find_line(&to_line).filter(|line| line.line != from_line) {
        add("to_line.released", format!("first release of {}", line.line), text(line.released), line.source.as_ref());
        add("to_line.eol", format!("end of life of {}", line.line), text(line.eol), line.source.as_ref());
    }
    used
}

fn text(date: Option<Date>) -> Option<String> {
    date.map(|date| date.to_string())
}

/// Whether support has ended, where a source says so without a date.
fn ended(line: &Line) -> Option<String> {
    line.ended.filter(|_| line.eol.is_none()).map(|ended| ended.to_string())
}

/// The stable releases after one version and up to another, when both are of one line.
fn find_between<'a>(known: &'a VersionFacts, from: &Version, to: &Version) -> Vec<&'a Release> {
    let same_line = from.line() == to.line();
    let within =
        |release: &&Release| same_line && !release.prerelease && &release.version > from && &release.version <= to;
    known.releases.iter().filter(within).collect()
}

/// The SHA-256 of facts, in hexadecimal.
pub fn to_digest(facts: &[UsedFact]) -> String {
    let mut digest = Sha256::new();
    for fact in facts {
        // Lengths keep neighbouring texts apart.
        for part in [&fact.id, &fact.value, &fact.source] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
