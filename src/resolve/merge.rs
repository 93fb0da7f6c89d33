//! Joins what a source says now with what it said before; must not let a crippled reply erase what is known.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::facts::{ReleaseFact, SourceFacts};
use crate::model::quote::quote;
use crate::model::version::{Scheme, Version};
use crate::sources::Coverage;

/// Below this share of its former length (one in so many) a list is taken for crippled.
const SHRUNK: usize = 2;

/// The most unreadable entries that are told one by one.
const MOST_SKIPPED: usize = 20;

/// Lists shorter than this may shrink as they like.
const FEW: usize = 10;

/// Joins the statements of a source, sorted by text. What the scheme cannot read is left out and reported in `skipped`.
///
/// # Errors
///
/// When the scheme can read nothing of it.
pub(super) fn merge(
    before: Option<&SourceFacts>,
    fresh: SourceFacts,
    coverage: Coverage,
    prereleases: bool,
    scheme: Scheme,
) -> Result<SourceFacts, String> {
    let mut facts = leave_out_unreadable(fresh, prereleases, scheme);
    if facts.releases.is_empty() && facts.lines.is_empty() && facts.advisories.is_empty() {
        return Err(format!("the reply holds no version that the scheme `{scheme}` can read"));
    }
    if let (Some(before), Coverage::NewestOfEachLine) = (before, coverage) {
        let kept = find_kept(before, &facts, scheme);
        facts.releases.extend(kept);
    }
    facts.releases.sort_by(|a, b| a.version.cmp(&b.version));
    facts.lines.sort_by(|a, b| a.line.cmp(&b.line));
    facts.advisories.sort_by(|a, b| a.id.cmp(&b.id));
    let more = facts.skipped.len().saturating_sub(MOST_SKIPPED);
    if more > 0 {
        facts.skipped.truncate(MOST_SKIPPED);
        facts.skipped.push(format!("and {more} more"));
    }
    Ok(facts)
}

/// Checks that what was read in the same way still says about as much: lists that shrink, and days that go because a
/// field has changed its shape, are no facts.
///
/// # Errors
///
/// When so much is missing that it must be taken for a mistake of upstream's.
pub(super) fn check(before: &SourceFacts, now: &SourceFacts) -> Result<(), String> {
    check_length("releases", before.releases.len(), now.releases.len())?;
    check_length("lines", before.lines.len(), now.lines.len())?;
    check_length("advisories", before.advisories.len(), now.advisories.len())?;
    let ends = |facts: &SourceFacts| facts.lines.iter().filter(|line| line.eol.is_some()).count();
    let dates = |facts: &SourceFacts| facts.releases.iter().filter(|release| release.date.is_some()).count();
    check_length("ends of life", ends(before), ends(now))?;
    check_length("dates of releases", dates(before), dates(now))
}

fn check_length(what: &str, before: usize, now: usize) -> Result<(), String> {
    if before >= FEW && now * SHRUNK < before {
        return Err(format!(
            "the reply lists {now} {what} where {before} were known; if that is right, delete the runtime from the lock and update again"
        ));
    }
    Ok(())
}

fn leave_out_unreadable(mut facts: SourceFacts, prereleases: bool, scheme: Scheme) -> SourceFacts {
    let mut skipped = facts.skipped;
    let mut reported = BTreeSet::new();
    let mut read = |text: &str| {
        let version = scheme.parse(text);
        if let Err(error) = &version
            && reported.insert(text.to_owned())
        {
            skipped.push(error.to_string());
        }
        version.ok()
    };
    facts.releases.retain(|release| {
        let Some(version) = read(&release.version) else { return false };
        prereleases || !(release.prerelease == Some(true) || version.is_prerelease())
    });
    for line in &mut facts.lines {
        if line.latest.as_deref().is_some_and(|latest| read(latest).is_none()) {
            (line.latest, line.latest_date) = (None, None);
        }
    }
    for advisory in &mut facts.advisories {
        advisory.affected.retain(|range| {
            [&range.introduced, &range.fixed, &range.last].into_iter().flatten().all(|text| read(text).is_some())
        });
    }
    let mut lines = BTreeSet::new();
    facts.lines.retain(|line| {
        let is_first = lines.insert(line.line.clone());
        if !is_first {
            skipped.push(format!("{} is listed twice", quote(&line.line)));
        }
        is_first
    });
    SourceFacts { skipped, ..facts }
}

/// The former statements about releases that still stand: all but those said anew, and those newer than what the source
/// now calls the newest of their line, which it has taken back.
fn find_kept(before: &SourceFacts, now: &SourceFacts, scheme: Scheme) -> Vec<ReleaseFact> {
    let parse = |text: &str| scheme.parse(text).ok();
    let said: BTreeSet<Version> = now.releases.iter().filter_map(|release| parse(&release.version)).collect();
    let newest: BTreeMap<String, Version> = now
        .lines
        .iter()
        .filter_map(|line| line.latest.as_deref().and_then(parse))
        .map(|latest| (latest.line(), latest))
        .fold(BTreeMap::new(), |mut newest, (line, latest)| {
            let known = newest.entry(line).or_insert_with(|| latest.clone());
            if *known < latest {
                *known = latest;
            }
            newest
        });
    let stands = |version: Version| {
        !said.contains(&version) && newest.get(&version.line()).is_none_or(|newest| version <= *newest)
    };
    before.releases.iter().filter(|release| parse(&release.version).is_some_and(stands)).cloned().collect()
}
