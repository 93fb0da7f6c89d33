//! The feed (Atom, RFC 4287): upgrades, released revisions, and what upstream released, each with its own day.

use std::collections::BTreeMap;

use atom_syndication::{Entry, Feed, FixedDateTime, Link, Text};
use jiff::civil::Date;

use super::Site;
use super::frame::to_address;
use crate::model::digest::sha256;

/// How many entries the feed has.
const MOST_ENTRIES: usize = 60;

/// Makes the feed.
pub fn feed(site: &Site<'_>) -> String {
    let settings = &site.material.catalog.settings;
    let today = site.material.as_of;
    // Newest first; those of one day by what they are.
    let mut entries: BTreeMap<(std::cmp::Reverse<Date>, String), Entry> = BTreeMap::new();
    let mut add = |day: Date, about: &str, title: String, path: &str, summary: String| {
        if today.is_some_and(|today| day <= today) {
            let link = settings.site_url.as_ref().map(|url| Link {
                href: to_address(url, path),
                rel: "alternate".to_owned(),
                ..Link::default()
            });
            let entry = Entry {
                title: Text::plain(title),
                id: to_id(about),
                updated: to_time(Some(day)),
                links: link.into_iter().collect(),
                summary: Some(Text::plain(summary)),
                ..Entry::default()
            };
            entries.insert((std::cmp::Reverse(day), about.to_owned()), entry);
        }
    };
    for folder in site.folders.values() {
        let runbook = folder.runbook;
        for released in folder.released {
            let revision = &released.revision;
            let about = format!("revision {} r{}", runbook.upgrade, revision.revision);
            let title = format!("{} runbook: r{} released", folder.title, revision.revision);
            let summary = revision.message.clone().unwrap_or_else(|| "A revision of the runbook.".to_owned());
            add(revision.date, &about, title, &folder.revision(released), summary);
        }
        // An upgrade cannot be older than its target; the day on which somebody opened it is not recorded.
        let released = runbook.facts.iter().find(|fact| fact.id == "to.released");
        if let Some(day) = released.and_then(|fact| fact.value.parse::<Date>().ok()) {
            let due = runbook.due.date.map(|due| format!(", due {due}")).unwrap_or_default();
            let title = format!("Upgrade: {} {} to {}", runbook.runtime_name, runbook.from, runbook.to);
            let tasks = runbook.summary.tasks;
            let summary = format!("{}{due}; {tasks} tasks, {} settled.", runbook.state, runbook.summary.settled);
            add(day, &format!("upgrade {}", runbook.upgrade), title, &folder.handbook(), summary);
        }
    }
    for runtime in site.material.catalog.runtimes.values() {
        let path = format!("{}/index.html", runtime.id);
        for release in site.material.facts.get(&runtime.id).iter().flat_map(|facts| &facts.releases) {
            if let Some(day) = release.date.filter(|_| !release.prerelease) {
                let about = format!("release {} {}", runtime.id, release.version);
                let is_fix = release.security == Some(true);
                let summary = if is_fix { "A security release" } else { "A release" };
                let summary = format!("{summary} of the line {}, by {}.", release.line, release.source);
                add(day, &about, format!("{} {} released upstream", runtime.name, release.version), &path, summary);
            }
        }
        for line in site.material.facts.get(&runtime.id).iter().flat_map(|facts| &facts.lines) {
            if let Some(day) = line.eol {
                let about = format!("end of life {} {}", runtime.id, line.line);
                let title = format!("{} {} reached its end of life", runtime.name, line.line);
                let by = line.sources.eol.as_deref().unwrap_or("the catalog");
                add(day, &about, title, &path, format!("By {by}."));
            }
        }
    }
    let entries: Vec<Entry> = entries.into_values().take(MOST_ENTRIES).collect();
    let links = settings.site_url.iter().flat_map(|url| {
        let link = |path: &str, rel: &str| Link { href: to_address(url, path), rel: rel.to_owned(), ..Link::default() };
        [link("feed.xml", "self"), link("index.html", "alternate")]
    });
    let feed = Feed {
        title: Text::plain(settings.title.clone()),
        id: to_id(settings.site_url.as_deref().unwrap_or("the site")),
        updated: entries.first().map_or_else(|| to_time(None), |entry| entry.updated),
        authors: vec![atom_syndication::Person { name: settings.title.clone(), ..Default::default() }],
        links: links.collect(),
        entries,
        ..Feed::default()
    };
    feed.to_string() + "\n"
}

/// The beginning of a day. Nobody knows the hour, and before anything is recorded nobody knows the day.
fn to_time(day: Option<Date>) -> FixedDateTime {
    let day = day.unwrap_or(jiff::civil::date(1970, 1, 1));
    format!("{day}T00:00:00Z").parse().unwrap_or_default()
}

/// An id that stays the same wherever the site is published: a UUID made of what the entry is about (RFC 9562, version 8).
fn to_id(about: &str) -> String {
    let hex = sha256(format!("upshift {about}").as_bytes());
    format!("urn:uuid:{}-{}-8{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_and_stay_the_same() {
        assert_eq!(to_id("a"), to_id("a"));
        assert_ne!(to_id("a"), to_id("b"));
        let id = to_id("upgrade go-1.27.0");
        let parts: Vec<usize> = id.trim_start_matches("urn:uuid:").split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
    }
}
