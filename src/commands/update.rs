//! `upshift update`.

use std::collections::BTreeSet;

use anyhow::Result;
use jiff::civil::Date;

use super::{Exit, Surroundings, load};
use crate::cli::{Global, UpdateArgs};
use crate::http::{Http, Options};
use crate::lock::{self, Lock};
use crate::model::advisory;
use crate::model::catalog::Catalog;
use crate::model::id::RuntimeId;
use crate::report::{BehindEntry, EndingEntry, FailureEntry, NewsEntry, Report, SkippedEntry, UpdateDocument};
use crate::resolve::{self, Outcome, Wanted};
use crate::{review, write};

/// How far ahead ends of life are told, in days: a year, as calendars of upgrades begin to warn.
const WARNING: i32 = 366;

/// Asks upstream for new versions.
pub fn run(global: &Global, args: &UpdateArgs, surroundings: &Surroundings, report: &mut Report) -> Result<Exit> {
    if global.offline {
        report.failure("`update` asks upstream, and `--offline` forbids it", &["leave `--offline` out"]);
        return Ok(Exit::Usage);
    }
    let Some(loaded) = load::sound_catalog(global, report)? else { return Ok(Exit::Usage) };
    let catalog = &loaded.catalog;
    for id in &args.runtimes {
        if !catalog.runtimes.contains_key(id.as_str()) {
            load::unknown("runtime", id, catalog.runtimes.keys().map(RuntimeId::as_str), report);
            return Ok(Exit::Usage);
        }
    }
    let Some(before) = load::lock(&global.root, report)? else { return Ok(Exit::Usage) };
    let http = match Http::new(to_options(global, surroundings, catalog)) {
        Ok(http) => http,
        Err(error) => {
            report.failure(&error.to_string(), &[]);
            return Ok(Exit::Usage);
        }
    };
    let day = global.as_of.unwrap_or(surroundings.today);
    let wanted = find_wanted(catalog, &args.runtimes);
    let lines = report.progress();
    let mut outcome = resolve::resolve(&wanted, &before, &http, day, &|runtime, source, progress| {
        lines.tell(runtime, &source.name, progress);
    })?;
    lines.clear();
    let was_blank = before == Lock::default();
    let next = keep_unasked(catalog, before, std::mem::take(&mut outcome.lock), &wanted);
    let mut document = to_document(catalog, &next, day, &outcome);
    for entry in &document.skipped {
        report.note(&format!("skipped: {} from {}: {}", entry.runtime, entry.source, entry.reason));
    }
    // A first run that learns nothing leaves no file that looks as if it had.
    let is_blank = was_blank && next == Lock::default();
    if !args.check && !is_blank {
        let text = next.to_text(&catalog.schemes());
        let written = write::write_in_place(&global.root.join(lock::FILE), text.as_bytes())?;
        document.written = written.is_some();
    }
    report.update(&document, args.format)?;
    report.note(match (args.check, document.news.is_empty(), document.written) {
        (true, true, _) => "nothing is new",
        (true, false, _) => "nothing was written",
        (false, _, false) if is_blank => "nothing was written",
        (false, _, true) => "wrote upshift.lock",
        (false, _, false) => "the lock is current",
    });
    Ok(match (document.failures.is_empty(), args.check && !document.news.is_empty()) {
        (false, _) => Exit::Outside,
        (true, true) => Exit::Findings,
        (true, false) => Exit::Done,
    })
}

fn to_options(global: &Global, surroundings: &Surroundings, catalog: &Catalog) -> Options {
    let network = &catalog.settings.network;
    Options {
        mirror: global.mirror.clone(),
        cache: surroundings.cache.clone(),
        tokens: surroundings.tokens.clone(),
        ca: network.ca.as_ref().map(|path| global.root.join(path)),
        requests: network.requests,
        per_host: network.per_host,
        timeout: network.timeout,
        ..Options::default()
    }
}

/// What is asked of the runtimes that are named; of all, when none is.
fn find_wanted(catalog: &Catalog, named: &[String]) -> Vec<Wanted> {
    let is_wanted = |id: &RuntimeId| named.is_empty() || named.iter().any(|name| name == id.as_str());
    catalog.runtimes.values().filter(|runtime| is_wanted(&runtime.id)).flat_map(Wanted::of).collect()
}

/// Runtimes that were not asked keep what is known of them; runtimes that left the catalog are forgotten. Pins are found
/// by another command.
fn keep_unasked(catalog: &Catalog, mut before: Lock, mut next: Lock, wanted: &[Wanted]) -> Lock {
    let asked: BTreeSet<&RuntimeId> = wanted.iter().map(|wanted| &wanted.runtime).collect();
    for id in catalog.runtimes.keys().filter(|id| !asked.contains(id)) {
        if let Some(known) = before.runtimes.remove(id) {
            next.runtimes.insert(id.clone(), known);
        }
    }
    Lock { scans: before.scans, ..next }
}

/// What an update brought, and what it means for the lines in use and the open upgrades.
fn to_document(catalog: &Catalog, next: &Lock, day: Date, outcome: &Outcome) -> UpdateDocument {
    let facts = load::facts(catalog, next);
    let ending = facts.iter().flat_map(|(runtime, known)| {
        review::find_ending(known, day, WARNING).into_iter().map(|ending| EndingEntry {
            runtime: runtime.clone(),
            line: ending.line.to_owned(),
            eol: ending.eol,
            days: ending.days,
        })
    });
    let mut ending: Vec<EndingEntry> = ending.collect();
    ending.sort_by_key(|ending| ending.days);
    let behind = catalog.upgrades.values().filter(|upgrade| upgrade.is_open()).filter_map(|upgrade| {
        let known = facts.get(&upgrade.runtime)?;
        let target = &upgrade.to.value;
        let newest = known.find_newer(target)?;
        let newer = &newest.version;
        Some(BehindEntry {
            upgrade: upgrade.id.clone(),
            to: target.to_string(),
            newest: newer.to_string(),
            date: newest.date,
            fixes: known.advisories.as_ref().map(|known| advisory::judge(known, target, newer).fixed.len()),
        })
    });
    UpdateDocument {
        news: outcome
            .news
            .iter()
            .map(|news| NewsEntry { runtime: news.runtime.clone(), kind: news.kind, text: news.text.clone() })
            .collect(),
        ending,
        behind: behind.collect(),
        failures: outcome
            .failures
            .iter()
            .map(|failure| FailureEntry {
                runtime: failure.runtime.clone(),
                source: failure.source.clone(),
                url: failure.url.clone(),
                message: failure.message.clone(),
                kept: failure.kept,
                stale: failure.stale,
            })
            .collect(),
        skipped: outcome
            .skipped
            .iter()
            .map(|entry| SkippedEntry {
                runtime: entry.runtime.clone(),
                source: entry.source.clone(),
                reason: entry.reason.clone(),
            })
            .collect(),
        ..UpdateDocument::new(day)
    }
}
