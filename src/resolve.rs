//! Brings the lock up to date: turns the catalog's sources and the old lock into a new lock and the news in it.
//!
//! Must not lose facts to a failure: a source that cannot be read keeps what it said before, and is reported.

mod merge;
mod news;

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use jiff::civil::Date;

use crate::http::{Http, HttpError};
use crate::lock::{Lock, Record, RuntimeLock, Trust, reconcile};
use crate::model::digest::sha256;
use crate::model::exchange::{Progress, Reply, Request};
use crate::model::facts::{Conflict, Said, SourceFacts, VersionFacts};
use crate::model::id::{RuntimeId, VariantId};
use crate::model::news::{Kind, News};
use crate::model::runtime::Runtime;
use crate::model::source::Source;
use crate::model::version::Scheme;
use crate::sources::{self, SourceError};

/// The most questions to one source in one run.
const MOST_REQUESTS: usize = 4_000;

/// The most bytes that one source may answer in one run, all answers together.
const MOST_BYTES: usize = 128 << 20;

/// The longest time for one source, with all its questions and their turns.
const LONGEST: Duration = Duration::from_mins(15);

/// A runtime, or one of its build flavours, whose versions are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The runtime.
    pub runtime: RuntimeId,
    /// The build flavour, when it is one.
    pub variant: Option<VariantId>,
    /// How its versions read.
    pub scheme: Scheme,
    /// Where releases are read, most trusted first.
    pub releases: Vec<Source>,
    /// Where advisories are read, most trusted first.
    pub advisories: Vec<Source>,
}

impl Wanted {
    /// All that is wanted of a runtime: of itself, and of each of its build flavours.
    #[must_use]
    pub fn of(runtime: &Runtime) -> Vec<Self> {
        let itself = Self {
            runtime: runtime.id.clone(),
            variant: None,
            scheme: runtime.scheme,
            releases: runtime.releases.clone(),
            advisories: runtime.advisories.clone(),
        };
        let variants = runtime.variants.values().map(|variant| Self {
            variant: Some(variant.id.clone()),
            releases: variant.releases.clone(),
            advisories: Vec::new(),
            ..itself.clone()
        });
        std::iter::once(itself.clone()).chain(variants).collect()
    }

    /// Its sources, each once.
    fn sources(&self) -> impl Iterator<Item = &Source> {
        let is_new = |source: &&Source| self.releases.iter().all(|known| known.name != source.name);
        self.releases.iter().chain(self.advisories.iter().filter(is_new))
    }

    fn trust(&self) -> Trust<'_> {
        Trust { releases: &self.releases, advisories: &self.advisories }
    }

    /// What messages call it: `go`, `go fips`.
    fn called(&self) -> String {
        self.variant.as_ref().map_or_else(|| self.runtime.to_string(), |variant| format!("{} {variant}", self.runtime))
    }
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
    /// What is new; empty when nothing that is believed has changed.
    pub news: Vec<News>,
}

/// A source that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The runtime that wants it, with its build flavour.
    pub runtime: String,
    /// Its name in the lock.
    pub source: String,
    /// Its true address.
    pub url: String,
    /// What went wrong, on one line.
    pub message: String,
    /// Whether the lock holds what it said before.
    pub kept: bool,
    /// The last day on which it answered, where others have answered since.
    pub stale: Option<Date>,
}

/// An entry that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The runtime that it would have been about, with its build flavour.
    pub runtime: String,
    /// The source that sent it.
    pub source: String,
    /// What is wrong with it, on one line.
    pub reason: String,
}

/// What a source answers.
enum Answer {
    /// What it answered before; nobody has read it again.
    Unchanged,
    /// Something else, or something that has to be read.
    Fresh(Fresh),
}

/// What a source says now.
struct Fresh {
    sha256: String,
    etag: Option<String>,
    reading: String,
    facts: SourceFacts,
}

/// Reads all wanted sources and writes down what they say, as of a day. `watch` is told how far each source of a runtime is.
///
/// Runtimes and sources that are not wanted leave the lock; whoever asks for some runtimes only puts the others back.
/// A source's time moves when its digest does, the section's day when at least one source answered. The same replies on
/// the same day give the same lock.
///
/// # Errors
///
/// When the system refuses the means to wait for the network. A failing source is no error but a [`Failure`].
pub fn resolve(
    wanted: &[Wanted],
    old: &Lock,
    http: &Http,
    as_of: Date,
    watch: &dyn Fn(&str, &Source, Progress),
) -> io::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let asked = wanted.iter().flat_map(|wanted| {
        let before = old.find(&wanted.runtime, wanted.variant.as_ref());
        wanted.sources().map(move |source| (wanted, source, before.and_then(|before| before.sources.get(&source.name))))
    });
    let answers = asked.map(|(wanted, source, known)| async move {
        let called = wanted.called();
        watch(&called, source, Progress::Asked);
        let answer = in_time(LONGEST, ask(async |request| http.fetch(request).await, source, known)).await;
        let progress = match answer {
            Ok(Answer::Unchanged) => Progress::Unchanged,
            Ok(Answer::Fresh(_)) => Progress::Answered,
            Err(_) => Progress::Failed,
        };
        watch(&called, source, progress);
        answer
    });
    // How many questions are on their way at once is `http`'s business.
    let answers = runtime.block_on(futures::future::join_all(answers));
    Ok(settle(wanted, old, answers, as_of))
}

/// Gives up on a source whose pages come slowly and without end: each of them is in time, and all of them are not.
async fn in_time(longest: Duration, asking: impl Future<Output = Result<Answer, String>>) -> Result<Answer, String> {
    let message = || format!("it has not come to an end within {} s", longest.as_secs_f32());
    tokio::time::timeout(longest, asking).await.unwrap_or_else(|_| Err(message()))
}

/// Asks a source all its questions, round by round: what an answer leads to is asked in the next.
async fn ask(
    fetch: impl AsyncFn(&Request) -> Result<Reply, HttpError>,
    source: &Source,
    known: Option<&Record>,
) -> Result<Answer, String> {
    let upstream = sources::open(source)?;
    let reading = sources::to_reading(source, &*upstream);
    // What was read in another way says nothing about what can be left out now.
    let known = known.filter(|known| known.reading == reading);
    let nothing = SourceFacts::default();
    let said = known.map_or(&nothing, |known| &known.facts);
    let mut replies: Vec<Reply> = Vec::new();
    let mut asked = BTreeSet::new();
    let mut round = upstream.requests();
    while !round.is_empty() {
        round.retain(|request| {
            asked.insert((request.url.clone(), request.body.as_ref().map(|body| body.bytes.clone())))
        });
        if asked.len() > MOST_REQUESTS {
            return Err(format!("it goes on after {MOST_REQUESTS} pages"));
        }
        let answers = futures::future::try_join_all(round.iter().map(|request| fetch(request))).await;
        let answers = answers.map_err(|error| error.fault.to_string())?;
        let mut next = Vec::new();
        for reply in &answers {
            next.extend(upstream.more(said, reply).map_err(|error| error.to_string())?);
        }
        replies.extend(answers);
        if replies.iter().map(|reply| reply.body.len()).sum::<usize>() > MOST_BYTES {
            return Err(format!("it sends more than {} MiB", MOST_BYTES >> 20));
        }
        round = next;
    }
    let etag = sources::to_mark(&*upstream, &replies);
    if known.is_some_and(|known| etag.is_some() && known.etag == etag) {
        return Ok(Answer::Unchanged);
    }
    let read = || {
        let facts = sources::to_facts(source, &*upstream, said, &replies)?;
        // Where nothing is asked, the catalog itself says it all.
        let sha256 = match replies.as_slice() {
            [] => sha256(source.options.to_string().as_bytes()),
            replies => sources::to_digest(&*upstream, replies)?,
        };
        Ok(Fresh { sha256, etag, reading, facts })
    };
    read().map(Answer::Fresh).map_err(|error: SourceError| error.to_string())
}

/// Takes over the answers, which are in the order of the wanted sources.
fn settle(wanted: &[Wanted], old: &Lock, answers: Vec<Result<Answer, String>>, as_of: Date) -> Outcome {
    let mut outcome = Outcome { lock: Lock { days: old.days, ..Lock::default() }, ..Outcome::default() };
    // When nobody answers, the network is at fault: the day of the lock stays, and says it all. Sources that are not
    // asked always answer, and say nothing about the network.
    let sources = wanted.iter().flat_map(Wanted::sources);
    let mut asked = sources.zip(&answers).filter(|(source, _)| is_asked(source)).map(|(_, answer)| answer).peekable();
    let is_cut_off = asked.peek().is_some() && asked.all(Result::is_err);
    let mut answers = answers.into_iter();
    for wanted in wanted {
        let before = old.find(&wanted.runtime, wanted.variant.as_ref());
        let mut after = RuntimeLock::default();
        for (source, answer) in wanted.sources().zip(answers.by_ref()) {
            let known = before.and_then(|before| before.sources.get(&source.name));
            match answer.and_then(|answer| take_over(wanted, source, known, answer, as_of, &mut outcome.skipped)) {
                Ok(record) => {
                    if !is_cut_off {
                        outcome.lock.days.versions = Some(as_of);
                    }
                    after.sources.insert(source.name.clone(), record);
                }
                Err(message) => {
                    let stale = known.and_then(|known| {
                        let answered = known.stale.or(old.days.versions).unwrap_or(known.time);
                        if is_cut_off { known.stale } else { Some(answered).filter(|day| *day < as_of) }
                    });
                    outcome.failures.push(Failure {
                        runtime: wanted.called(),
                        source: source.name.clone(),
                        url: sources::open(source).map(|upstream| upstream.address()).unwrap_or_default(),
                        message,
                        kept: known.is_some(),
                        stale,
                    });
                    let kept = known.map(|known| (source.name.clone(), Record { stale, ..known.clone() }));
                    after.sources.extend(kept);
                }
            }
        }
        let believed = reconcile(&after, wanted.trust(), wanted.scheme);
        outcome.news.extend(find_news(wanted, before, &after, &believed));
        after.conflicts = believed.conflicts;
        outcome.lock.put(&wanted.runtime, wanted.variant.as_ref(), after);
    }
    outcome
}

/// Says whether a source is asked anything; otherwise the catalog states what it says.
fn is_asked(source: &Source) -> bool {
    sources::open(source).is_ok_and(|upstream| !upstream.requests().is_empty())
}

/// Compares like with like: a source that is read for the first time is one line of news, not hundreds.
fn find_news(wanted: &Wanted, before: Option<&RuntimeLock>, after: &RuntimeLock, believed: &VersionFacts) -> Vec<News> {
    let runtime = wanted.called();
    let nothing = RuntimeLock::default();
    let before = before.unwrap_or(&nothing);
    // From the same statements follows what was believed already.
    if before.sources == after.sources {
        return Vec::new();
    }
    let mut news = Vec::new();
    let mut known = RuntimeLock::default();
    for (name, record) in &after.sources {
        if before.sources.contains_key(name) {
            known.sources.insert(name.clone(), record.clone());
        } else {
            let facts = &record.facts;
            let counts =
                [("release", facts.releases.len()), ("line", facts.lines.len()), ("advisory", facts.advisories.len())];
            let told = |(what, count): (&str, usize)| match count {
                0 => None,
                1 => Some(format!("1 {what}")),
                count => Some(format!(
                    "{count} {}",
                    what.strip_suffix('y').map_or(format!("{what}s"), |what| format!("{what}ies"))
                )),
            };
            let counts = counts.into_iter().filter_map(told);
            let counts = counts.collect::<Vec<_>>().join(", ");
            news.push((Kind::Source, format!("source {name} read for the first time: {counts}")));
        }
    }
    for name in before.sources.keys().filter(|name| !after.sources.contains_key(*name)) {
        news.push((Kind::Source, format!("source {name} is no longer in the catalog")));
    }
    let was = reconcile(before, wanted.trust(), wanted.scheme);
    // What a new source says differently is not new in the world: it is counted.
    let is_old = |said: &Said| before.sources.contains_key(&said.source);
    let (old, new): (Vec<Conflict>, Vec<Conflict>) =
        believed.conflicts.iter().cloned().partition(|conflict| is_old(&conflict.followed) && is_old(&conflict.other));
    let is = VersionFacts { conflicts: old, ..reconcile(&known, wanted.trust(), wanted.scheme) };
    news.extend(news::find(&was, &is));
    match new.len() {
        0 => {}
        1 => news.push((Kind::Conflict, news::tell(&new[0]))),
        number => {
            let text = format!("sources disagree on {number} facts: `upshift versions {}` lists them", wanted.runtime);
            news.push((Kind::Conflict, text));
        }
    }
    news.into_iter().map(|(kind, text)| News { runtime: runtime.clone(), kind, text }).collect()
}

fn take_over(
    wanted: &Wanted,
    source: &Source,
    known: Option<&Record>,
    answer: Answer,
    as_of: Date,
    skipped: &mut Vec<Skipped>,
) -> Result<Record, String> {
    let fresh = match (answer, known) {
        (Answer::Fresh(fresh), _) => fresh,
        (Answer::Unchanged, Some(known)) => return Ok(Record { stale: None, ..known.clone() }),
        (Answer::Unchanged, None) => return Err("it says that nothing has changed, and nothing is known".to_owned()),
    };
    let upstream = sources::open(source)?;
    // What people have changed in the catalog, they have changed on purpose.
    let before = known.filter(|_| is_asked(source)).map(|known| &known.facts);
    let merged = merge::merge(before, fresh.facts, upstream.coverage(), source.prereleases, wanted.scheme)?;
    skipped.extend(merged.skipped.iter().map(|reason| Skipped {
        runtime: wanted.called(),
        source: source.name.clone(),
        reason: reason.clone(),
    }));
    // A pattern or option that somebody changed may leave as little as it likes.
    let is_read_alike = |known: &&Record| known.reading == fresh.reading || known.reading.is_empty();
    if let Some(known) = known.filter(|_| is_asked(source)).filter(is_read_alike) {
        merge::check(&known.facts, &merged)?;
    }
    let facts = SourceFacts { skipped: Vec::new(), ..merged };
    let unchanged = known.filter(|known| known.sha256 == fresh.sha256);
    Ok(Record {
        url: upstream.address(),
        time: unchanged.map_or(as_of, |known| known.time),
        etag: fresh.etag,
        sha256: fresh.sha256,
        reading: fresh.reading,
        stale: None,
        facts,
    })
}

#[cfg(test)]
mod tests;
