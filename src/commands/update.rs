//! `upshift update`.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Exit, Surroundings, load};
use crate::cli::{Global, UpdateArgs};
use crate::http::{Http, Options};
use crate::lock;
use crate::model::id::RuntimeId;
use crate::model::runtime::Runtime;
use crate::model::version::Scheme;
use crate::report::Report;
use crate::resolve::{self, Wanted};
use crate::write;

/// Asks upstream for new versions.
pub fn run(global: &Global, args: &UpdateArgs, surroundings: &Surroundings, report: &mut Report) -> Result<Exit> {
    if global.offline {
        report.failure("`update` asks upstream, and `--offline` forbids it", &["leave `--offline` out"]);
        return Ok(Exit::Usage);
    }
    let Some(loaded) = load::sound_catalog(global, report)? else { return Ok(Exit::Usage) };
    let runtimes = &loaded.catalog.runtimes;
    for id in &args.runtimes {
        if !runtimes.contains_key(id.as_str()) {
            load::unknown("runtime", id, runtimes.keys().map(RuntimeId::as_str), report);
            return Ok(Exit::Usage);
        }
    }
    let wanted: Vec<&Runtime> = runtimes
        .values()
        .filter(|runtime| args.runtimes.is_empty() || args.runtimes.iter().any(|id| id == runtime.id.as_str()))
        .collect();
    for runtime in &wanted {
        for source in &runtime.releases {
            report.note(&format!("asking {} about {}", source.name, runtime.name));
        }
    }
    let Some(before) = load::lock(&global.root, report)? else { return Ok(Exit::Usage) };
    let day = global.as_of.unwrap_or(surroundings.today);
    let network = &loaded.catalog.settings.network;
    let options = Options {
        mirror: global.mirror.clone(),
        cache: surroundings.cache.clone(),
        tokens: surroundings.tokens.clone(),
        ca: network.ca.as_ref().map(|path| global.root.join(path)),
        requests: network.requests,
        per_host: network.per_host,
        timeout: network.timeout,
        ..Options::default()
    };
    let http = match Http::new(options) {
        Ok(http) => http,
        Err(error) => {
            report.failure(&error.to_string(), &[]);
            return Ok(Exit::Usage);
        }
    };
    let asked: Vec<Wanted> = wanted.iter().flat_map(|runtime| Wanted::of(runtime)).collect();
    let mut outcome = resolve::resolve(&asked, &before, &http, day, &|_, _| ())?;
    // Runtimes that were not asked keep what is known of them; runtimes that left the catalog are forgotten.
    for id in runtimes.keys() {
        if let (false, Some(known)) = (outcome.lock.runtimes.contains_key(id), before.runtimes.get(id)) {
            outcome.lock.runtimes.insert(id.clone(), known.clone());
        }
    }
    for entry in &outcome.skipped {
        report.note(&format!("skipped: {entry}"));
    }
    for news in &outcome.news {
        report.text(&format!("{news}\n"));
    }
    for failure in &outcome.failures {
        let help = match failure.kept {
            true => "what it said before is kept",
            false => "nothing is known from it yet",
        };
        report.failure(
            &format!("{} of {}: {}: {}", failure.source, failure.runtime, failure.url, failure.message),
            &[help],
        );
    }
    let failed = !outcome.failures.is_empty();
    if args.check {
        report.note(if outcome.news.is_empty() { "nothing is new" } else { "nothing was written" });
        return Ok(match (failed, outcome.news.is_empty()) {
            (true, _) => Exit::Outside,
            (false, true) => Exit::Done,
            (false, false) => Exit::Findings,
        });
    }
    let schemes: BTreeMap<RuntimeId, Scheme> =
        runtimes.values().map(|runtime| (runtime.id.clone(), runtime.scheme)).collect();
    let path = global.root.join(lock::FILE);
    let text = outcome.lock.to_text(&schemes);
    match write::write_in_place(&path, text.as_bytes())? {
        None => report.note("the lock is current"),
        Some(_) => report.note(&format!("wrote {}", lock::FILE)),
    }
    Ok(if failed { Exit::Outside } else { Exit::Done })
}
