//! Asks all sources at once and turns their answers into the next lock. A source that fails keeps what it said before.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use futures::StreamExt as _;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::http::{Http, Reply};
use crate::lock::{Lock, RuntimeLock, SourceRecord, reconcile};
use crate::model::facts::{ReleaseFact, SourceFacts};
use crate::model::runtime::Runtime;
use crate::model::source::Source;
use crate::model::version::Version;
use crate::sources::{self, Extent};

/// How many requests are under way at a time.
const PARALLEL: usize = 16;

/// What came of asking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The next lock.
    pub lock: Lock,
    /// Sources that failed; what they said before is still in the lock.
    pub failures: Vec<Failure>,
    /// Entries that could not be read, each with its source.
    pub skipped: Vec<String>,
    /// What is new, in words.
    pub news: Vec<String>,
}

/// A source that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The runtime that it was asked for.
    pub runtime: String,
    /// The source.
    pub source: String,
    /// Why, in a line.
    pub message: String,
    /// Whether the lock holds what it said before.
    pub kept: bool,
}

/// Asks the sources of all runtimes.
///
/// # Errors
///
/// Only when no network client can be set up; failing sources are in the outcome.
pub fn resolve<'a>(
    runtimes: impl IntoIterator<Item = &'a Runtime>,
    old: &Lock,
    http: &Http,
    day: Date,
) -> Result<Outcome> {
    let runtimes: Vec<&Runtime> = runtimes.into_iter().collect();
    let wanted: Vec<(&Runtime, &Source)> =
        runtimes.iter().flat_map(|runtime| runtime.releases.iter().map(move |source| (*runtime, source))).collect();
    let engine = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("starting the network client")?;
    let answers: Vec<Result<Reply, String>> = engine.block_on(
        futures::stream::iter(wanted.iter().map(|(_, source)| async move {
            http.fetch(&sources::to_url(source)).await.map_err(|error| error.to_string())
        }))
        .buffered(PARALLEL)
        .collect(),
    );
    let mut outcome = Outcome::default();
    outcome.lock.versions_day = Some(day);
    let mut answers = wanted.into_iter().zip(answers).peekable();
    for runtime in runtimes {
        let before = old.runtimes.get(runtime.id.as_str());
        let mut next = RuntimeLock::default();
        while let Some(((_, source), answer)) = answers.next_if(|((asked, _), _)| asked.id == runtime.id) {
            take_answer(runtime, source, answer, before, day, &mut next, &mut outcome);
        }
        next.conflicts = reconcile(&next, &runtime.releases, runtime.scheme).conflicts;
        outcome.news.extend(find_news(runtime, before, &next));
        outcome.lock.runtimes.insert(runtime.id.to_string(), next);
    }
    Ok(outcome)
}

fn take_answer(
    runtime: &Runtime,
    source: &Source,
    answer: Result<Reply, String>,
    before: Option<&RuntimeLock>,
    day: Date,
    next: &mut RuntimeLock,
    outcome: &mut Outcome,
) {
    let name = source.name();
    let record = before.and_then(|before| before.sources.get(&name));
    let said = before.map(|before| before.facts_of(&name)).unwrap_or_default();
    let read = answer.and_then(|reply| match sources::to_facts(source, &reply.body) {
        Ok(facts) => Ok((reply, facts)),
        Err(error) => Err(format!("{}: {error}", sources::to_url(source))),
    });
    match read {
        Ok((reply, mut facts)) => {
            for entry in facts.skipped.drain(..) {
                outcome.skipped.push(format!("{} from {name}: {entry}", runtime.id));
            }
            if sources::to_extent(source) == Extent::Newest {
                keep_earlier(runtime, &said, &mut facts);
            }
            let sha256 = to_hex(&Sha256::digest(sources::to_content(source, &reply.body)));
            let time = record.filter(|record| record.sha256 == sha256).map_or(day, |record| record.time);
            let etag = match record.filter(|record| record.sha256 == sha256) {
                Some(record) => record.etag.clone(),
                None => reply.etag,
            };
            let record = SourceRecord { url: sources::to_url(source), time, sha256, etag };
            next.take_in(runtime.scheme, &name, record, &facts);
        }
        Err(message) => {
            let failure =
                Failure { runtime: runtime.id.to_string(), source: name.clone(), message, kept: record.is_some() };
            outcome.failures.push(failure);
            if let Some(record) = record {
                next.take_in(runtime.scheme, &name, record.clone(), &said);
            }
        }
    }
}

/// Keeps what a source said of releases that it no longer names because newer ones took their place.
fn keep_earlier(runtime: &Runtime, said: &SourceFacts, facts: &mut SourceFacts) {
    let parse = |fact: &ReleaseFact| runtime.scheme.parse(&fact.version).ok();
    let named: Vec<Version> = facts.releases.iter().filter_map(parse).collect();
    let earlier = said.releases.iter().filter(|fact| parse(fact).is_some_and(|version| !named.contains(&version)));
    facts.releases.extend(earlier.cloned());
}

fn find_news(runtime: &Runtime, before: Option<&RuntimeLock>, next: &RuntimeLock) -> Vec<String> {
    let new = reconcile(next, &runtime.releases, runtime.scheme);
    let Some(before) = before.filter(|before| !before.releases.is_empty()) else {
        let newest =
            new.newest_stable().map_or_else(String::new, |newest| format!(", the newest is {}", newest.version));
        return vec![format!("{}: {} releases{newest}", runtime.name, new.releases.len())];
    };
    let old = reconcile(before, &runtime.releases, runtime.scheme);
    let mut news = Vec::new();
    for release in new.releases.iter().filter(|release| old.find(&release.version).is_none()) {
        let date = release.date.map_or_else(String::new, |date| format!(", of {date}"));
        news.push(format!("{} {}{date}", runtime.name, release.version));
    }
    for release in old.releases.iter().filter(|release| new.find(&release.version).is_none()) {
        news.push(format!("{} {} is no longer listed", runtime.name, release.version));
    }
    let ends: BTreeMap<&str, Option<Date>> = old.lines.iter().map(|line| (line.line.as_str(), line.eol)).collect();
    for line in &new.lines {
        if let (Some(before), Some(eol)) = (ends.get(line.line.as_str()), line.eol)
            && *before != Some(eol)
        {
            news.push(format!("{} {} reaches its end of life on {eol}", runtime.name, line.line));
        }
    }
    news
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
