//! Compares what was believed with what is believed, and says what is new in lines for people.

use std::collections::BTreeMap;
use std::fmt::Display;

use jiff::civil::Date;

use crate::model::advisory::Advisory;
use crate::model::facts::{Conflict, Line, Release, VersionFacts};
use crate::model::news::Kind;
use crate::model::version::Version;

/// Compares one kind of facts.
type Find = fn(&VersionFacts, &VersionFacts, &mut Vec<String>);

/// What is compared, in the order in which it is told.
const PARTS: [(Kind, Find); 4] = [
    (Kind::Release, find_releases),
    (Kind::Line, find_lines),
    (Kind::Advisory, find_advisories),
    (Kind::Conflict, find_conflicts),
];

/// Says what is new, one line each; empty when nothing that is believed has changed.
pub(super) fn find(before: &VersionFacts, now: &VersionFacts) -> Vec<(Kind, String)> {
    let mut all = Vec::new();
    for (kind, find) in PARTS {
        let mut news = Vec::new();
        find(before, now, &mut news);
        all.extend(news.into_iter().map(|text| (kind, text)));
    }
    all
}

fn find_releases(before: &VersionFacts, now: &VersionFacts, news: &mut Vec<String>) {
    let known: BTreeMap<&Version, &Release> =
        before.releases.iter().map(|release| (&release.version, release)).collect();
    for release in &now.releases {
        let version = &release.version;
        match known.get(version) {
            None => {
                let what = if release.prerelease { "pre-release" } else { "release" };
                let date = release.date.map(|date| format!(" of {date}")).unwrap_or_default();
                news.push(format!("new {what} {version}{date}"));
            }
            Some(old) => {
                change(news, &format!("date of {version}"), old.date, release.date);
                change(news, &format!("pre-release mark of {version}"), Some(old.prerelease), Some(release.prerelease));
                // What the advisories say of old releases comes with the advisories.
                if before.advisories.is_some() == now.advisories.is_some() {
                    change(news, &format!("security mark of {version}"), old.security, release.security);
                }
            }
        }
    }
    for old in before.releases.iter().filter(|old| now.find(&old.version).is_none()) {
        news.push(format!("release {} is no longer listed", old.version));
    }
}

fn find_lines(before: &VersionFacts, now: &VersionFacts, news: &mut Vec<String>) {
    for line in &now.lines {
        let name = &line.line;
        let Some(old) = before.find_line(name) else {
            let date = line.released.map(|date| format!(" of {date}")).unwrap_or_default();
            news.push(format!("new line {name}{date}"));
            continue;
        };
        type Pick = fn(&Line) -> Option<Date>;
        let dates: [(&str, Pick); 3] = [
            ("first release", |line| line.released),
            ("end of active support", |line| line.support_ends),
            ("end of life", |line| line.eol),
        ];
        for (what, pick) in dates {
            change(news, &format!("{what} of {name}"), pick(old), pick(line));
        }
        change(news, &format!("end of support of {name}"), old.ended, line.ended);
        change(news, &format!("long-term support of {name}"), old.lts, line.lts);
        // A newer release has been told already.
        if let (Some(was), Some(is)) = (&old.latest, &line.latest)
            && is < was
        {
            news.push(format!("latest of {name}: {was} -> {is}"));
        }
    }
    for old in before.lines.iter().filter(|old| now.find_line(&old.line).is_none()) {
        news.push(format!("line {} is no longer listed", old.line));
    }
}

fn find_advisories(before: &VersionFacts, now: &VersionFacts, news: &mut Vec<String>) {
    let (Some(before), Some(now)) = (&before.advisories, &now.advisories) else { return };
    let by_id =
        |advisories: &'_ [Advisory], id: &str| advisories.binary_search_by(|known| known.id.as_str().cmp(id)).ok();
    for advisory in now {
        let told = match (advisory.aliases.first(), &advisory.summary) {
            (Some(_), Some(summary)) => format!("{} ({}): {summary}", advisory.id, advisory.aliases.join(", ")),
            (None, Some(summary)) => format!("{}: {summary}", advisory.id),
            (Some(_), None) => format!("{} ({})", advisory.id, advisory.aliases.join(", ")),
            (None, None) => advisory.id.clone(),
        };
        match by_id(before, &advisory.id) {
            None => news.push(format!("new advisory {told}")),
            Some(at) if before[at].affected != advisory.affected => {
                news.push(format!("advisory {} affects other versions than before", advisory.id));
            }
            Some(_) => {}
        }
    }
    for old in before.iter().filter(|old| by_id(now, &old.id).is_none()) {
        news.push(format!("advisory {} was withdrawn", old.id));
    }
}

/// Tells a disagreement in words.
pub(super) fn tell(conflict: &Conflict) -> String {
    let Conflict { fact, followed, other } = conflict;
    let (source, value) = (&followed.source, &followed.value);
    format!("sources disagree on the {fact}: {source} says {value}, {} says {}", other.source, other.value)
}

fn find_conflicts(before: &VersionFacts, now: &VersionFacts, news: &mut Vec<String>) {
    news.extend(now.conflicts.iter().filter(|new| !before.conflicts.contains(new)).map(tell));
    let settled =
        |old: &&Conflict| !now.conflicts.iter().any(|new| new.fact == old.fact && new.other.source == old.other.source);
    news.extend(before.conflicts.iter().filter(settled).map(|old| format!("sources agree again on the {}", old.fact)));
}

fn change<T: PartialEq + Display>(news: &mut Vec<String>, what: &str, was: Option<T>, is: Option<T>) {
    if was != is {
        let text = |value: Option<T>| value.map_or_else(|| "unknown".to_owned(), |value| value.to_string());
        news.push(format!("{what}: {} -> {}", text(was), text(is)));
    }
}
