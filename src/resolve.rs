//! Brings the lock up to date: turns the catalog's sources and the old lock into a new lock and the news in it.
//!
//! Must not lose facts to a failure: a source that cannot be read keeps what it said before, and is reported.

mod merge;
mod news;

use std::fmt;
use std::io;

use futures::StreamExt;
use jiff::civil::Date;

use crate::http::Http;
use crate::lock::{Lock, Record, RuntimeLock, reconcile};
use crate::model::facts::{SourceFacts, VersionFacts};
use crate::model::id::RuntimeId;
use crate::model::source::Source;
use crate::model::version::Scheme;
use crate::sources;

/// How many requests run at once.
const CONCURRENT: usize = 4;

/// A runtime whose versions are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The runtime.
    pub runtime: RuntimeId,
    /// How its versions read.
    pub scheme: Scheme,
    /// Where they are read, most trusted first.
    pub sources: Vec<Source>,
}

/// What an update brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The new lock.
    pub lock: Lock,
    /// Sources that could not be read, in the order in which they were wanted; their old facts are in the lock.
    pub failures: Vec<Failure>,
    /// Entries of sources that could not be read.
    pub skipped: Vec<Skipped>,
    /// What is new, one line each, with the runtime first; empty when nothing that is believed has changed.
    pub news: Vec<String>,
}

/// A source that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The runtime that wants it.
    pub runtime: RuntimeId,
    /// Its name in the lock.
    pub source: String,
    /// Its true address.
    pub url: String,
    /// What went wrong, on one line.
    pub message: String,
    /// Whether the lock holds what it said before.
    pub kept: bool,
}

/// An entry that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The runtime that it would have been about.
    pub runtime: RuntimeId,
    /// The source that sent it.
    pub source: String,
    /// What is wrong with it, on one line.
    pub reason: String,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {}: {}", self.runtime, self.source, self.reason)
    }
}

/// What a source says now.
struct Fresh {
    sha256: String,
    etag: Option<String>,
    facts: SourceFacts,
}

/// Reads all wanted sources and writes down what they say, as of a day.
///
/// Runtimes and sources that are not wanted leave the lock; whoever asks for some runtimes only puts the others back.
/// A source's time moves when its digest does, the
/// section's day when at least one source answered. The same replies on the same day give the same lock.
///
/// # Errors
///
/// When the system refuses the means to wait for the network. A failing source is no error but a [`Failure`].
pub fn resolve(wanted: &[Wanted], old: &Lock, http: &Http, as_of: Date) -> io::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let fetches = wanted.iter().flat_map(|wanted| wanted.sources.iter().map(|source| fetch(http, source)));
    let replies: Vec<Result<Fresh, String>> =
        runtime.block_on(futures::stream::iter(fetches.collect::<Vec<_>>()).buffered(CONCURRENT).collect());
    Ok(settle(wanted, old, replies, as_of))
}

async fn fetch(http: &Http, source: &Source) -> Result<Fresh, String> {
    let reply = http.fetch(&sources::url(source)).await.map_err(|error| error.fault.to_string())?;
    let facts = sources::to_facts(source, &reply.body).map_err(|error| error.to_string())?;
    let sha256 = sources::to_digest(source, &reply.body).map_err(|error| error.to_string())?;
    Ok(Fresh { sha256, etag: reply.etag, facts })
}

/// Takes over the replies, which are in the order of the wanted sources.
fn settle(wanted: &[Wanted], old: &Lock, replies: Vec<Result<Fresh, String>>, as_of: Date) -> Outcome {
    let mut outcome = Outcome { lock: Lock { days: old.days, ..Lock::default() }, ..Outcome::default() };
    let mut replies = replies.into_iter();
    for wanted in wanted {
        let before = old.runtimes.get(&wanted.runtime);
        let mut after = RuntimeLock::default();
        for (source, reply) in wanted.sources.iter().zip(replies.by_ref()) {
            let known = before.and_then(|before| before.sources.get(&source.name()));
            match reply.and_then(|fresh| take_over(wanted, source, known, fresh, as_of, &mut outcome.skipped)) {
                Ok(record) => {
                    outcome.lock.days.versions = Some(as_of);
                    after.sources.insert(source.name(), record);
                }
                Err(message) => {
                    let (name, url) = (source.name(), sources::url(source));
                    let kept = known.is_some();
                    outcome.failures.push(Failure {
                        runtime: wanted.runtime.clone(),
                        source: name,
                        url,
                        message,
                        kept,
                    });
                    after.sources.extend(known.map(|known| (source.name(), known.clone())));
                }
            }
        }
        if after.sources.is_empty() {
            continue;
        }
        let believed = reconcile(&after, &wanted.sources, wanted.scheme);
        outcome.news.extend(find_news(wanted, before, &after, &believed));
        after.conflicts = believed.conflicts;
        outcome.lock.runtimes.insert(wanted.runtime.clone(), after);
    }
    outcome
}

/// Compares like with like: a source that is read for the first time is one line of news, not hundreds.
fn find_news(
    wanted: &Wanted,
    before: Option<&RuntimeLock>,
    after: &RuntimeLock,
    believed: &VersionFacts,
) -> Vec<String> {
    let id = &wanted.runtime;
    let nothing = RuntimeLock::default();
    let before = before.unwrap_or(&nothing);
    let mut news = Vec::new();
    let mut known = RuntimeLock::default();
    for (name, record) in &after.sources {
        if before.sources.contains_key(name) {
            known.sources.insert(name.clone(), record.clone());
        } else {
            let (releases, lines) = (record.facts.releases.len(), record.facts.lines.len());
            news.push(format!("{id}: source {name} read for the first time: {releases} releases, {lines} lines"));
        }
    }
    for name in before.sources.keys().filter(|name| !after.sources.contains_key(*name)) {
        news.push(format!("{id}: source {name} is no longer in the catalog"));
    }
    let was = reconcile(before, &wanted.sources, wanted.scheme);
    let is =
        VersionFacts { conflicts: believed.conflicts.clone(), ..reconcile(&known, &wanted.sources, wanted.scheme) };
    news.extend(news::find(&was, &is).into_iter().map(|text| format!("{id}: {text}")));
    news
}

fn take_over(
    wanted: &Wanted,
    source: &Source,
    known: Option<&Record>,
    fresh: Fresh,
    as_of: Date,
    skipped: &mut Vec<Skipped>,
) -> Result<Record, String> {
    let merged = merge::merge(known.map(|known| &known.facts), fresh.facts, sources::coverage(source), wanted.scheme)?;
    let (runtime, name) = (&wanted.runtime, source.name());
    skipped.extend(merged.skipped.iter().map(|reason| Skipped {
        runtime: runtime.clone(),
        source: name.clone(),
        reason: reason.clone(),
    }));
    let facts = SourceFacts { skipped: Vec::new(), ..merged };
    let unchanged = known.filter(|known| known.sha256 == fresh.sha256);
    Ok(Record {
        url: sources::url(source),
        time: unchanged.map_or(as_of, |known| known.time),
        etag: unchanged.map_or(fresh.etag, |known| known.etag.clone()),
        sha256: fresh.sha256,
        facts,
    })
}

#[cfg(test)]
mod tests;
