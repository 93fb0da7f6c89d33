//! Takes several sources together: turns what each said into what is believed, and lists where they disagree.
//!
//! Each fact follows the most trusted source that states it. Must not drop a disagreement, and must not fail.

use std::collections::{BTreeMap, BTreeSet};

use super::{Record, RuntimeLock};
use crate::model::advisory::{Advisory, AdvisoryFact, AffectedRange};
use crate::model::facts::{
    Conflict, Line, LineFact, LineSources, Release, ReleaseFact, Said, SourceState, VersionFacts,
};
use crate::model::image::ImageTags;
use crate::model::source::Source;
use crate::model::version::{Scheme, Version, compare_lines};

/// The sources of a runtime, each list with the most trusted first.
#[derive(Clone, Copy, Debug)]
pub struct Trust<'a> {
    /// For releases and lines.
    pub releases: &'a [Source],
    /// For advisories.
    pub advisories: &'a [Source],
}

/// Reconciles what is recorded of a runtime; the first source is trusted first, others do not count.
///
/// Versions are equal by their scheme, and the spelling of the most trusted source stays. The newest release of a line
/// is the newest that any source says it is, or else the newest stable one that a source lists. A line that no source describes is known
/// by its stable releases, unless it is older than all described ones.
#[must_use]
pub fn reconcile(known: &RuntimeLock, trust: Trust<'_>, scheme: Scheme) -> VersionFacts {
    let mut skipped = Vec::new();
    let find = |source: &Source| known.sources.get_key_value(&source.name);
    let voices: Vec<Voice<'_>> = trust
        .releases
        .iter()
        .filter_map(find)
        .map(|(name, record)| to_voice(name.clone(), record, scheme, &mut skipped))
        .collect();
    let described: BTreeSet<&str> = voices.iter().flat_map(|voice| voice.lines.keys().copied()).collect();
    let mut conflicts = Vec::new();
    let mut releases = settle_releases(&voices, &described, &mut conflicts);
    let lines = settle_lines(&voices, &described, &releases, &mut conflicts);
    let records: Vec<(&String, &Record)> = trust.advisories.iter().filter_map(find).collect();
    let advisories = (!records.is_empty()).then(|| settle_advisories(&records, scheme, &mut skipped));
    let mut sources: Vec<SourceState> = Vec::new();
    for (name, record) in trust.releases.iter().chain(trust.advisories).filter_map(find) {
        if sources.iter().all(|known| known.name != *name) {
            let (url, time, stale) = (record.url.clone(), record.time, record.stale);
            sources.push(SourceState { name: name.clone(), url, time, stale });
        }
    }
    if let Some(advisories) = &advisories {
        let fixes: BTreeSet<&Version> = advisories.iter().flat_map(Advisory::fixes).collect();
        for release in &mut releases {
            release.security = release.security.or(Some(fixes.contains(&release.version)));
        }
    }
    let advisory_sources = records.iter().map(|(name, _)| (*name).clone()).collect();
    let images = trust.releases.iter().filter_map(|source| to_image_tags(source, known, scheme)).collect();
    let variants = BTreeMap::new();
    VersionFacts { releases, lines, advisories, images, variants, conflicts, sources, advisory_sources, skipped }
}

/// What is recorded of a container image, for a source that reads tags.
fn to_image_tags(source: &Source, known: &RuntimeLock, scheme: Scheme) -> Option<ImageTags> {
    let (image, record) = (source.image()?, known.sources.get(&source.name)?);
    let (pattern, prereleases) = (source.pattern.clone(), source.prereleases);
    let versions = record.facts.releases.iter().map(|release| release.version.clone()).collect();
    Some(ImageTags { image, pattern, prereleases, scheme, versions })
}

/// The advisories of all sources, by id. One that a more trusted source knows, by id or alias, is not told twice.
fn settle_advisories(records: &[(&String, &Record)], scheme: Scheme, skipped: &mut Vec<String>) -> Vec<Advisory> {
    let mut all: BTreeMap<String, Advisory> = BTreeMap::new();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for (name, record) in records {
        for fact in record.facts.advisories.iter().filter(|fact| !fact.withdrawn) {
            let names = || std::iter::once(&fact.id).chain(&fact.aliases);
            if let Some(id) = names().find_map(|name| known.get(name)).cloned() {
                if let Some(advisory) = all.get_mut(&id) {
                    advisory.aliases.extend(names().filter(|name| **name != id).cloned());
                }
            } else {
                let advisory = to_advisory(name, fact, scheme, skipped);
                all.insert(fact.id.clone(), advisory);
            }
            let id = names().find_map(|name| known.get(name)).cloned().unwrap_or_else(|| fact.id.clone());
            known.extend(names().map(|name| (name.clone(), id.clone())));
        }
    }
    let mut all: Vec<Advisory> = all.into_values().collect();
    for advisory in &mut all {
        advisory.aliases.sort();
        advisory.aliases.dedup();
    }
    all
}

fn to_advisory(source: &str, fact: &AdvisoryFact, scheme: Scheme, skipped: &mut Vec<String>) -> Advisory {
    let mut read = |text: &Option<String>| match text.as_deref().map(|text| scheme.parse(text)) {
        None => Some(None),
        Some(Ok(version)) => Some(Some(version)),
        Some(Err(error)) => {
            skipped.push(format!("{source}: {}: {error}", fact.id));
            None
        }
    };
    let mut affected = Vec::new();
    for range in &fact.affected {
        if let (Some(introduced), Some(fixed), Some(last)) =
            (read(&range.introduced), read(&range.fixed), read(&range.last))
        {
            affected.push(AffectedRange { introduced, fixed, last });
        }
    }
    Advisory {
        id: fact.id.clone(),
        aliases: fact.aliases.clone(),
        summary: fact.summary.clone(),
        url: fact.url.clone(),
        source: source.to_owned(),
        affected,
    }
}

/// A source and what it says, as far as the scheme can read it.
struct Voice<'a> {
    name: String,
    releases: BTreeMap<Version, (Version, &'a ReleaseFact)>,
    lines: BTreeMap<&'a str, (&'a LineFact, Option<Version>)>,
}

fn to_voice<'a>(name: String, record: &'a Record, scheme: Scheme, skipped: &mut Vec<String>) -> Voice<'a> {
    let mut read = |text: &str| match scheme.parse(text) {
        Ok(version) => Some(version),
        Err(error) => {
            skipped.push(format!("{name}: {error}"));
            None
        }
    };
    let mut releases = BTreeMap::new();
    for fact in &record.facts.releases {
        if let Some(version) = read(&fact.version) {
            releases.entry(version.clone()).or_insert((version, fact));
        }
    }
    let mut lines = BTreeMap::new();
    for fact in &record.facts.lines {
        lines.entry(fact.line.as_str()).or_insert((fact, fact.latest.as_deref().and_then(&mut read)));
    }
    Voice { name, releases, lines }
}

/// Follows the first statement and records all later ones that differ.
fn settle<T: PartialEq + ToString>(
    said: impl IntoIterator<Item = (String, T)>,
    conflicts: &mut Vec<Conflict>,
    fact: impl Fn() -> String,
) -> (Option<T>, Option<String>) {
    let mut said = said.into_iter();
    let Some((source, value)) = said.next() else {
        return (None, None);
    };
    for (other, different) in said.filter(|(_, other)| *other != value) {
        conflicts.push(Conflict {
            fact: fact(),
            followed: Said { source: source.clone(), value: value.to_string() },
            other: Said { source: other, value: different.to_string() },
        });
    }
    (Some(value), Some(source))
}

fn settle_releases(voices: &[Voice<'_>], described: &BTreeSet<&str>, conflicts: &mut Vec<Conflict>) -> Vec<Release> {
    let all: BTreeSet<&Version> = voices.iter().flat_map(|voice| voice.releases.keys()).collect();
    let mut releases = Vec::new();
    for version in all {
        let said: Vec<(&str, &Version, &ReleaseFact)> = voices
            .iter()
            .filter_map(|voice| {
                voice.releases.get(version).map(|(spelled, fact)| (voice.name.as_str(), spelled, *fact))
            })
            .collect();
        let Some((source, spelled, _)) = said.first().copied() else { continue };
        let dates = said.iter().filter_map(|(name, _, fact)| Some(((*name).to_owned(), fact.date?)));
        let (date, date_source) = settle(dates, conflicts, || format!("date of {spelled}"));
        let marks = said.iter().filter_map(|(name, _, fact)| Some(((*name).to_owned(), fact.prerelease?)));
        let (prerelease, _) = settle(marks, conflicts, || format!("pre-release mark of {spelled}"));
        let marks = said.iter().filter_map(|(name, _, fact)| Some(((*name).to_owned(), fact.security?)));
        let (security, _) = settle(marks, conflicts, || format!("security mark of {spelled}"));
        releases.push(Release {
            version: spelled.clone(),
            line: find_line(spelled, described),
            date,
            date_source,
            source: source.to_owned(),
            prerelease: prerelease.unwrap_or(false) || spelled.is_prerelease(),
            security,
            url: said.iter().find_map(|(_, _, fact)| fact.url.clone()),
        });
    }
    releases
}

/// The line of a version as the sources cut them: some have `1.26`, some only `22`.
fn find_line(version: &Version, described: &BTreeSet<&str>) -> String {
    version.line_among(|line| described.contains(line))
}

fn settle_lines(
    voices: &[Voice<'_>],
    described: &BTreeSet<&str>,
    releases: &[Release],
    conflicts: &mut Vec<Conflict>,
) -> Vec<Line> {
    let oldest = described.iter().copied().min_by(|a, b| compare_lines(a, b));
    let seen = releases.iter().filter(|release| !release.prerelease).map(|release| release.line.as_str());
    let seen = seen.filter(|line| oldest.is_none_or(|oldest| compare_lines(line, oldest).is_gt()));
    let mut all: Vec<&str> = described.iter().copied().chain(seen).collect();
    all.sort_by(|a, b| compare_lines(a, b));
    all.dedup();
    let newest: Vec<_> = voices.iter().map(|voice| find_newest(voice, described)).collect();
    all.into_iter().map(|line| settle_line(line, voices, &newest, releases, conflicts)).collect()
}

fn settle_line(
    line: &str,
    voices: &[Voice<'_>],
    newest: &[BTreeMap<String, &Version>],
    releases: &[Release],
    conflicts: &mut Vec<Conflict>,
) -> Line {
    let said: Vec<(&str, &LineFact)> =
        voices.iter().filter_map(|voice| voice.lines.get(line).map(|(fact, _)| (voice.name.as_str(), *fact))).collect();
    let mut date = |what: &str, pick: fn(&LineFact) -> Option<jiff::civil::Date>| {
        let dates = said.iter().filter_map(|(name, fact)| Some(((*name).to_owned(), pick(fact)?)));
        settle(dates, conflicts, || format!("{what} of {line}"))
    };
    let (released, released_source) = date("first release", |fact| fact.released);
    let (support_ends, support_source) = date("end of active support", |fact| fact.support_ends);
    let (eol, eol_source) = date("end of life", |fact| fact.eol);
    let mut flag = |what: &str, pick: fn(&LineFact) -> Option<bool>| {
        let flags = said.iter().filter_map(|(name, fact)| Some(((*name).to_owned(), pick(fact)?)));
        settle(flags, conflicts, || format!("{what} of {line}"))
    };
    let (ended, ended_source) = flag("end of support", |fact| fact.ended);
    let (lts, lts_source) = flag("long-term support", |fact| fact.lts);
    // A source that lags behind does not hide a release: the newest counts, whoever knows it.
    let newest = voices.iter().zip(newest);
    let newest = newest.filter_map(|(voice, newest)| Some((voice.name.clone(), (*newest.get(line)?).clone())));
    let mut newest: Vec<(String, Version)> = newest.collect();
    newest.sort_by(|(_, a), (_, b)| b.cmp(a));
    let (latest, latest_source) = settle(newest, conflicts, || format!("latest of {line}"));
    let (latest_date, date_source) = find_latest_date(latest.as_ref(), line, voices, releases);
    Line {
        line: line.to_owned(),
        released,
        support_ends,
        eol,
        ended,
        lts,
        latest,
        latest_date,
        url: said.iter().find_map(|(_, fact)| fact.url.clone()),
        source: said.first().map(|(name, _)| (*name).to_owned()),
        sources: LineSources {
            released: released_source,
            support_ends: support_source,
            eol: eol_source,
            ended: ended_source,
            lts: lts_source,
            latest: latest_source,
            latest_date: date_source,
        },
    }
}

/// What a source holds for the newest release of each line: what it says, or the newest stable one that it lists.
fn find_newest<'a>(voice: &'a Voice<'_>, described: &BTreeSet<&str>) -> BTreeMap<String, &'a Version> {
    let stable =
        voice.releases.values().filter(|(version, fact)| fact.prerelease != Some(true) && !version.is_prerelease());
    let listed = stable.map(|(version, _)| (find_line(version, described), version));
    let said = voice.lines.iter().filter_map(|(line, (_, latest))| Some(((*line).to_owned(), latest.as_ref()?)));
    // Of several for a line, the last one stays.
    listed.chain(said).collect()
}

fn find_latest_date(
    latest: Option<&Version>,
    line: &str,
    voices: &[Voice<'_>],
    releases: &[Release],
) -> (Option<jiff::civil::Date>, Option<String>) {
    let Some(latest) = latest else { return (None, None) };
    let release = releases.binary_search_by(|release| release.version.cmp(latest)).ok().and_then(|at| releases.get(at));
    if let Some(Release { date: Some(date), date_source, .. }) = release {
        return (Some(*date), date_source.clone());
    }
    let said = voices.iter().find_map(|voice| match voice.lines.get(line) {
        Some((LineFact { latest_date: Some(date), .. }, Some(version))) if version == latest => {
            Some((*date, voice.name.clone()))
        }
        _ => None,
    });
    said.map_or((None, None), |(date, name)| (Some(date), Some(name)))
}
