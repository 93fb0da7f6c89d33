//! The outside facts that a runbook uses, each with its source, and their digest. A fact that is not used here does not
//! move the digest: a release of another line changes no runbook.

use crate::model::advisory;
use crate::model::digest::sha256_of_parts;
use crate::model::facts::{Line, Release, VersionFacts};
use crate::model::id::ComponentId;
use crate::model::runbook::{Advisories, Advisory, ComponentEntry, UsedFact, Variant};
use crate::model::runtime;
use crate::model::upgrade::Upgrade;
use crate::model::version::Version;
use jiff::civil::Date;

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
    let [from_line, to_line] = [from, to].map(|version| known.line_of(version));
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

/// What the jump means for known vulnerabilities.
pub fn find_advisories(upgrade: &Upgrade, known: &VersionFacts) -> Advisories {
    let Some(advisories) = &known.advisories else { return Advisories::default() };
    let jump = advisory::judge(advisories, &upgrade.from.value, &upgrade.to.value);
    let entries = |advisories: Vec<&advisory::Advisory>| {
        let entry = |advisory: &advisory::Advisory| Advisory {
            id: advisory.id.clone(),
            aliases: advisory.aliases.clone(),
            summary: advisory.summary.clone(),
            url: advisory.url.clone(),
            source: advisory.source.clone(),
        };
        Some(advisories.into_iter().map(entry).collect())
    };
    Advisories {
        fixed: entries(jump.fixed),
        still_affected: entries(jump.still_affected),
        newly_affected: entries(jump.newly_affected),
        sources: known.advisory_sources.clone(),
    }
}

/// How far a build flavour is on the way to the target.
pub fn find_variant(
    variant: &runtime::Variant,
    upgrade: &Upgrade,
    known: &VersionFacts,
    components: Vec<ComponentId>,
) -> Variant {
    let target = &upgrade.to.value;
    let nothing = VersionFacts::default();
    let own = known.variants.get(&variant.id).unwrap_or(&nothing);
    let newest = own.releases.iter().rev().find(|release| !release.prerelease && release.version <= *target);
    let day = |version: &Version| known.find(version).and_then(|release| release.date);
    let lag = newest.and_then(|newest| match newest.version == *target {
        true => Some(0),
        false => {
            let (then, now) = (day(&newest.version)?, day(target)?);
            u32::try_from((now - then).get_days()).ok()
        }
    });
    Variant {
        id: variant.id.clone(),
        name: variant.name.clone(),
        to: newest.filter(|newest| newest.version == *target).map(|newest| newest.version.to_string()),
        newest: newest.map(|newest| newest.version.to_string()),
        lag_days: lag,
        components,
        sources: own.sources.iter().map(|source| source.name.clone()).collect(),
    }
}

/// The SHA-256 of facts, advisories and what was found in repositories, in hexadecimal.
pub fn to_digest(facts: &[UsedFact], advisories: &Advisories, components: &[ComponentEntry]) -> String {
    let facts = facts.iter().flat_map(|fact| [fact.id.as_str(), &fact.value, &fact.source]);
    let lists = [&advisories.fixed, &advisories.still_affected, &advisories.newly_affected];
    let advisories = lists.into_iter().zip(["fixed", "still", "new"]).flat_map(|(list, kind)| {
        list.iter().flatten().flat_map(move |advisory| {
            let texts = [kind, &advisory.id, advisory.summary.as_deref().unwrap_or_default()];
            texts.into_iter().chain(advisory.aliases.iter().map(String::as_str))
        })
    });
    let parts = facts.chain(advisories).map(str::as_bytes);
    let found: Vec<String> = components.iter().flat_map(to_found).collect();
    sha256_of_parts(parts.chain(found.iter().map(String::as_bytes)))
}

/// What was found of a component; nothing, so that the digest is as it was, where nobody looked.
fn to_found(component: &ComponentEntry) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut parts = Vec::new();
    for pin in component.pins.iter().filter(|pin| pin.line.is_some()) {
        let line = pin.line.map(|line| line.to_string());
        let (kind, variant) = (pin.kind.map(|kind| kind.to_string()), pin.variant.as_ref().map(ToString::to_string));
        parts.extend(["pin".to_owned(), component.id.to_string(), pin.file.clone()]);
        parts.extend([&line, &pin.value, &pin.version, &kind, &variant, &pin.url].map(text));
    }
    if !component.versions.is_empty() {
        parts.extend(["in use".to_owned(), component.id.to_string()]);
        parts.extend(component.versions.iter().cloned());
    }
    parts
}
