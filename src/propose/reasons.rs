//! Turns facts about versions and an organisation's policy into reasons for an upgrade, in words and with their sources.

use std::cmp::Ordering;

use jiff::civil::Date;

use crate::model::advisory::{self, Advisory};
use crate::model::facts::{Line, Release, VersionFacts};
use crate::model::proposal::{Kind, Reason};
use crate::model::runtime::Runtime;
use crate::model::version::{Version, compare_lines};

/// How long before a line must have been left it is proposed to leave it.
const YEAR: i32 = 1;

/// How many advisories or releases are named; the rest is counted.
const MOST_NAMED: usize = 3;

/// The newest line after another that is supported and has a release. From a line with long-term support, the way leads to
/// the next such line, where there is one.
pub(super) fn find_next_line<'a>(known: &'a VersionFacts, line: &str, today: Date) -> Option<(&'a Line, &'a Release)> {
    let newer = || {
        let newer = known.lines.iter().filter(|next| compare_lines(&next.line, line) == Ordering::Greater);
        let begun = newer.filter(|next| next.has_begun(today) && next.is_supported(today) != Some(false));
        begun.filter_map(|next| Some((next, known.latest_in(&next.line)?)))
    };
    let is_lts = |line: &Line| line.lts == Some(true);
    let stays = known.find_line(line).is_some_and(is_lts);
    let lasting = newer().rfind(|(next, _)| stays && is_lts(next));
    lasting.or_else(|| newer().next_back())
}

/// Says whether a line was supported, and is no more.
pub(super) fn has_ended(line: &Line, today: Date) -> bool {
    line.has_begun(today) && line.is_supported(today) == Some(false)
}

/// A jump fixes vulnerabilities: by the advisories that are recorded; where none are, by what sources say of releases.
pub(super) fn security(known: &VersionFacts, from: &Version, to: &Version) -> Option<Reason> {
    let (text, sources) = match &known.advisories {
        Some(advisories) => {
            let fixed = advisory::judge(advisories, from, to).fixed;
            let ids: Vec<&str> = fixed.iter().map(|advisory| advisory.id.as_str()).collect();
            let verb = if ids.len() == 1 { "affects" } else { "affect" };
            (format!("fixes {}, which {verb} {from}", name(&ids)?), to_sources(&fixed))
        }
        None => {
            let line = known.line_of(to);
            let between = |release: &&Release| *from < release.version && release.version <= *to;
            let marked = known
                .releases
                .iter()
                .filter(between)
                .filter(|release| release.line == line && !release.prerelease && release.security == Some(true));
            let marked: Vec<&Release> = marked.collect();
            let versions: Vec<&str> = marked.iter().rev().map(|release| release.version.as_str()).collect();
            let verb = if versions.len() == 1 { "is a security release" } else { "are security releases" };
            let sources = marked.iter().map(|release| release.source.clone()).collect();
            (format!("{} {verb}", name(&versions)?), sort(sources))
        }
    };
    Some(Reason { kind: Kind::Security, text, sources, cannot_wait: true })
}

/// There is a newer release of a line.
pub(super) fn patch(newest: &Release) -> Reason {
    let text = format!("{} is the newest release of its line{}", newest.version, released_on(newest.date));
    Reason { kind: Kind::Patch, text, sources: sources_of(newest), cannot_wait: false }
}

/// A line must have been left within a year, or has reached its end of life.
pub(super) fn end_of_life(line: &Line, runtime: &Runtime, today: Date) -> Option<Reason> {
    let name = &runtime.name;
    let (text, source) = match line.eol {
        Some(eol) => {
            let leave = runtime.policy.before_eol.and_then(|margin| margin.back_from(eol)).unwrap_or(eol);
            let begin = leave.checked_sub(jiff::Span::new().years(YEAR)).ok()?;
            let verb = if today > eol { "reached" } else { "reaches" };
            let text = format!("{name} {} {verb} its end of life on {eol}", line.line);
            (today >= begin).then_some((text, &line.sources.eol))?
        }
        None if has_ended(line, today) => (format!("{name} {} is no longer supported", line.line), &line.sources.ended),
        None => return None,
    };
    let sources = source.iter().cloned().collect();
    Some(Reason { kind: Kind::EndOfLife, text, sources, cannot_wait: has_ended(line, today) })
}

/// A new line has to be adopted.
pub(super) fn new_line(line: &Line, runtime: &Runtime) -> Reason {
    let text = format!("{} {} is a new line{}", runtime.name, line.line, released_on(line.released));
    let sources = line.sources.released.iter().chain(&runtime.policy.source).cloned().collect();
    Reason { kind: Kind::NewLine, text, sources, cannot_wait: false }
}

/// There is a newer release of the line of a target.
pub(super) fn overtaken(target: &Version, newest: &Release) -> Reason {
    let text = format!("{target} was overtaken by {}{}", newest.version, released_on(newest.date));
    Reason { kind: Kind::Overtaken, text, sources: sources_of(newest), cannot_wait: false }
}

/// The line of a target has ended before anybody got there.
pub(super) fn line_overtaken(ended: &Line, runtime: &Runtime, newest: &Release) -> Reason {
    let when = ended.eol.map_or_else(|| "is no longer supported".to_owned(), |eol| format!("ended on {eol}"));
    let text = format!("{} {} {when}, and {} is the newest line", runtime.name, ended.line, newest.line);
    let sources = ended.sources.eol.iter().chain(&ended.sources.ended).take(1).cloned().collect();
    Reason { kind: Kind::Overtaken, text, sources, cannot_wait: false }
}

fn released_on(date: Option<Date>) -> String {
    date.map_or_else(String::new, |date| format!(", released on {date}"))
}

/// The first of several names, and how many more there are; nothing where there are none.
fn name(all: &[&str]) -> Option<String> {
    match (all, all.len().saturating_sub(MOST_NAMED)) {
        ([], _) => None,
        ([rest @ .., last], 0) if !rest.is_empty() => Some(format!("{} and {last}", rest.join(", "))),
        (all, 0) => Some(all.join(", ")),
        (all, more) => Some(format!("{} and {more} more", all[..MOST_NAMED].join(", "))),
    }
}

/// Who knows a release, and its day.
fn sources_of(release: &Release) -> Vec<String> {
    let mut sources = vec![release.source.clone()];
    sources.extend(release.date_source.iter().filter(|source| **source != release.source).cloned());
    sources
}

fn to_sources(advisories: &[&Advisory]) -> Vec<String> {
    sort(advisories.iter().map(|advisory| advisory.source.clone()).collect())
}

fn sort(mut sources: Vec<String>) -> Vec<String> {
    sources.sort();
    sources.dedup();
    sources
}
