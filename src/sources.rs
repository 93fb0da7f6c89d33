//! The upstreams: for each kind of source, its options, what it asks, and a pure reader of the answers.
//!
//! Turns answers into [`SourceFacts`]; must not fetch, and must not know the lock.

mod docker_tags;
mod dotnet;
mod endoflife;
mod git_tags;
mod github;
mod github_releases;
mod github_tags;
mod gitlab;
mod gitlab_releases;
mod gitlab_tags;
mod go;
mod go_vulndb;
mod hexpm;
mod java;
mod json;
mod json_path;
mod listing;
mod manual;
mod node;
mod osv;
mod osv_order;
mod osv_record;
mod pages;
mod php;
mod pkt_line;
mod postgresql;
mod python;
mod ruby;
mod rust;
mod text;
mod yaml;

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;

use crate::model::digest::{sha256, sha256_of_parts};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{ReleaseFact, SourceFacts};
use crate::model::quote::{clean, quote};
use crate::model::source::{DOCKER_TAGS, Source};

/// All kinds of sources, in the order in which help texts list them. A new kind is a file and a line here.
pub static KINDS: &[Kind] = &[
    kind::<go::Go>("go", Gives::Releases),
    kind::<go_vulndb::GoVulndb>("go-vulndb", Gives::Advisories),
    kind::<node::Node>("node", Gives::Releases),
    kind::<ruby::Ruby>("ruby", Gives::Releases),
    kind::<python::Python>("python", Gives::Releases),
    kind::<rust::Rust>("rust", Gives::Releases),
    kind::<java::Java>("java", Gives::Releases),
    kind::<dotnet::Dotnet>("dotnet", Gives::Both),
    kind::<php::Php>("php", Gives::Releases),
    kind::<postgresql::Postgresql>("postgresql", Gives::Releases),
    kind::<hexpm::Hexpm>("hexpm", Gives::Releases),
    kind::<endoflife::Endoflife>("endoflife", Gives::Releases),
    kind::<osv::Osv>("osv", Gives::Advisories),
    kind::<github_tags::GithubTags>("github-tags", Gives::Releases),
    kind::<github_releases::GithubReleases>("github-releases", Gives::Releases),
    kind::<gitlab_tags::GitlabTags>("gitlab-tags", Gives::Releases),
    kind::<gitlab_releases::GitlabReleases>("gitlab-releases", Gives::Releases),
    kind::<git_tags::GitTags>("git-tags", Gives::Releases),
    kind::<docker_tags::DockerTags>(DOCKER_TAGS, Gives::Releases),
    kind::<json::Json>("json", Gives::Releases),
    kind::<manual::Manual>("manual", Gives::Releases),
];

/// The most releases, lines or advisories that a source may list.
pub const MOST_ENTRIES: usize = 20_000;

/// A kind of source. Its options are the fields of the type that reads it, and their comments are the help of editors.
pub struct Kind {
    /// Its name in the catalog.
    pub name: &'static str,
    /// What it knows.
    pub gives: Gives,
    open: fn(&Value) -> Result<Box<dyn Upstream>, OptionFault>,
    schema: fn(&mut SchemaGenerator) -> Schema,
}

/// What a kind of source knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Releases and release lines.
    Releases,
    /// Advisories.
    Advisories,
    /// All of them.
    Both,
}

impl Gives {
    /// Says whether it knows releases.
    #[must_use]
    pub fn releases(self) -> bool {
        self != Self::Advisories
    }

    /// Says whether it knows advisories.
    #[must_use]
    pub fn advisories(self) -> bool {
        self != Self::Releases
    }
}

/// Why options are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionFault {
    /// The option, where it is one of them.
    pub option: Option<&'static str>,
    /// What is wrong with it.
    pub why: String,
}

/// One upstream with its options filled in: what to ask, and what the answers say. Every method is pure.
pub trait Upstream {
    /// What tells it from other sources of its kind: the product, the repository. It is a part of its name.
    fn about(&self) -> String {
        String::new()
    }

    /// Finds an option whose value cannot be.
    ///
    /// # Errors
    ///
    /// The first such option, and why.
    fn check(&self) -> Result<(), OptionFault> {
        Ok(())
    }

    /// How much of the past it lists.
    fn coverage(&self) -> Coverage {
        Coverage::Everything
    }

    /// Counts up when the reader finds more, or else, in the same answers: answers that did not change are read anew.
    fn revision(&self) -> u32 {
        1
    }

    /// The address where people find what it says.
    fn address(&self) -> String {
        self.requests().first().map(|request| request.url.clone()).unwrap_or_default()
    }

    /// What is asked first; all at once. Nothing, when the options say it all.
    fn requests(&self) -> Vec<Request>;

    /// What an answer makes it ask next: the following page, the records of an index.
    ///
    /// `known` is what it said the last time.
    ///
    /// # Errors
    ///
    /// When the answer is not what this upstream sends.
    fn more(&self, known: &SourceFacts, reply: &Reply) -> Result<Vec<Request>, SourceError> {
        let _ = (known, reply);
        Ok(Vec::new())
    }

    /// Says whether an answer counts when it is asked whether anything changed. Records that an index names do not.
    fn counts(&self, reply: &Reply) -> bool {
        let _ = reply;
        true
    }

    /// What of an answer counts as a change: all of it, or all but build times and the like.
    ///
    /// # Errors
    ///
    /// When the answer is not what this upstream sends.
    fn to_counted<'a>(&self, reply: &'a Reply) -> Result<Cow<'a, [u8]>, SourceError> {
        Ok(Cow::Borrowed(&reply.body))
    }

    /// Reads all answers, in the order in which they were asked for. Single bad entries are left out and told in
    /// `skipped`; names of versions are as upstream writes them.
    ///
    /// # Errors
    ///
    /// When an answer as a whole is not what this upstream sends.
    fn to_facts(&self, known: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError>;
}

/// How much of the past a source lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Every release: what it no longer lists, it no longer says.
    Everything,
    /// The newest release of each line: what it said of older ones stays said.
    NewestOfEachLine,
}

/// Why a whole answer cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SourceError {
    /// It is a web page.
    #[error("the reply is a web page, not data")]
    Html,
    /// It ends too early.
    #[error("the reply is cut off at line {line}, column {column}")]
    CutOff {
        /// The line of the end, from 1.
        line: usize,
        /// The column of the end.
        column: usize,
    },
    /// It is no JSON.
    #[error("the reply is not JSON: {0}")]
    NotJson(String),
    /// It is of another shape.
    #[error("the reply is not what this source sends: {0}")]
    Shape(String),
    /// Upstream says that something is wrong, in an answer that pretends to be one.
    #[error("upstream says: {0}")]
    Refused(String),
    /// It lists nothing, which no healthy upstream does.
    #[error("the reply lists nothing that can be read")]
    Empty,
    /// It lists more than can be true.
    #[error("the reply lists {0} entries, more than {MOST_ENTRIES}")]
    TooMany(usize),
    /// It sends one on to somewhere else.
    #[error("the next page is at {0}, which is another server")]
    Elsewhere(String),
}

const fn kind<T: Upstream + DeserializeOwned + JsonSchema + 'static>(name: &'static str, gives: Gives) -> Kind {
    Kind { name, gives, open: open_as::<T>, schema: T::json_schema }
}

fn open_as<T: Upstream + DeserializeOwned + 'static>(options: &Value) -> Result<Box<dyn Upstream>, OptionFault> {
    let upstream: T = serde_json::from_value(options.clone())
        .map_err(|error| OptionFault { option: None, why: clean(&error.to_string()) })?;
    upstream.check()?;
    Ok(Box::new(upstream))
}

impl Kind {
    /// Describes its options, for editors.
    pub fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        (self.schema)(generator)
    }

    /// The name of a source of this kind in the lock and on pages: `go`, `endoflife:ruby`.
    ///
    /// # Errors
    ///
    /// When the options are not what this kind asks for.
    pub fn name_source(&self, options: &Value) -> Result<String, OptionFault> {
        let about = (self.open)(options)?.about();
        Ok(if about.is_empty() { self.name.to_owned() } else { format!("{}:{about}", self.name) })
    }
}

/// Finds a kind of source by its name in the catalog.
#[must_use]
pub fn find_kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// Opens a source of the catalog.
///
/// # Errors
///
/// When there is no such kind, or the options are not what it asks for; the catalog has checked both.
pub fn open(source: &Source) -> Result<Box<dyn Upstream>, String> {
    let kind = find_kind(&source.kind).ok_or_else(|| format!("{} is not a kind of source", quote(&source.kind)))?;
    (kind.open)(&source.options).map_err(|fault| fault.why)
}

/// Tells apart how the answers of a source are read: another reader, option or pattern gives another mark.
#[must_use]
pub fn to_reading(source: &Source, upstream: &dyn Upstream) -> String {
    let pattern = source.pattern.as_ref().map_or("", |pattern| pattern.as_str());
    let (revision, options) = (upstream.revision().to_string(), source.options.to_string());
    let parts = [source.kind.as_str(), &revision, &options, pattern, if source.prereleases { "all" } else { "stable" }];
    sha256_of_parts(parts.map(str::as_bytes)).chars().take(12).collect()
}

/// Reads the answers of a source, and takes its pattern to the names of versions.
///
/// # Errors
///
/// When the answers as a whole are not what the source sends, or list nothing.
pub fn to_facts(
    source: &Source,
    upstream: &dyn Upstream,
    known: &SourceFacts,
    replies: &[Reply],
) -> Result<SourceFacts, SourceError> {
    let mut facts = upstream.to_facts(known, replies)?;
    if let Some(pattern) = &source.pattern {
        let find = |name: &str| pattern.find_version(name);
        facts.releases.retain_mut(|release| find(&release.version).map(|found| release.version = found).is_some());
        facts.releases = join_builds(facts.releases);
        for line in &mut facts.lines {
            line.latest = line.latest.as_deref().and_then(find);
        }
    }
    for count in [facts.releases.len(), facts.lines.len(), facts.advisories.len()] {
        if count > MOST_ENTRIES {
            return Err(SourceError::TooMany(count));
        }
    }
    if facts.releases.is_empty() && facts.lines.is_empty() && facts.advisories.is_empty() {
        return Err(SourceError::Empty);
    }
    Ok(facts)
}

/// One release for each version: of several builds, as `go1.26.7-1-fips` and `go1.26.7-2-fips`, the one that came first.
fn join_builds(releases: Vec<ReleaseFact>) -> Vec<ReleaseFact> {
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let mut joined: Vec<ReleaseFact> = Vec::new();
    for release in releases {
        let at = *first.entry(release.version.clone()).or_insert(joined.len());
        match joined.get_mut(at) {
            None => joined.push(release),
            Some(known) if release.date.is_some_and(|date| known.date.is_none_or(|known| date < known)) => {
                *known = release;
            }
            Some(_) => {}
        }
    }
    joined
}

/// The SHA-256, in lower-case hex, of all that counts in the answers of a source.
///
/// # Errors
///
/// When an answer is not what the source sends.
pub fn to_digest(upstream: &dyn Upstream, replies: &[Reply]) -> Result<String, SourceError> {
    let counted = replies.iter().filter(|reply| upstream.counts(reply)).map(|reply| upstream.to_counted(reply));
    let counted = counted.collect::<Result<Vec<_>, _>>()?;
    Ok(match counted.as_slice() {
        [one] => sha256(one),
        many => sha256_of_parts(many.iter().map(AsRef::as_ref)),
    })
}

/// Upstream's mark of all that counts in the answers of a source; nothing when one of them has none.
#[must_use]
pub fn to_mark(upstream: &dyn Upstream, replies: &[Reply]) -> Option<String> {
    let counted: Vec<&Reply> = replies.iter().filter(|reply| upstream.counts(reply)).collect();
    match counted.as_slice() {
        [] => None,
        [one] => one.etag.clone(),
        many => {
            let marks = many.iter().map(|reply| reply.etag.as_deref()).collect::<Option<Vec<&str>>>()?;
            let parts = many.iter().zip(marks).flat_map(|(reply, mark)| [reply.asked.as_bytes(), mark.as_bytes()]);
            Some(sha256_of_parts(parts))
        }
    }
}

/// Reads JSON, and says in plain words what came in its place.
fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, SourceError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match body.trim_ascii_start().first() {
        None => return Err(SourceError::CutOff { line: 1, column: 0 }),
        Some(b'<') => return Err(SourceError::Html),
        Some(_) => {}
    }
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        serde_json::error::Category::Eof => SourceError::CutOff { line: error.line(), column: error.column() },
        serde_json::error::Category::Data => SourceError::Shape(clean(&error.to_string())),
        _ => SourceError::NotJson(clean(&error.to_string())),
    })
}

/// Reads text that is no JSON, and refuses what is no text.
fn parse_text(body: &[u8]) -> Result<&str, SourceError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.trim_ascii_start().starts_with(b"<") {
        return Err(SourceError::Html);
    }
    std::str::from_utf8(body)
        .map_err(|error| SourceError::Shape(format!("it is not UTF-8 from byte {} on", error.valid_up_to())))
}

/// The answer to a question.
fn find_reply<'a>(replies: &'a [Reply], asked: &str) -> Result<&'a Reply, SourceError> {
    replies.iter().find(|reply| reply.asked == asked).ok_or(SourceError::Empty)
}

fn check_count(count: usize) -> Result<(), SourceError> {
    match count {
        0 => Err(SourceError::Empty),
        1..=MOST_ENTRIES => Ok(()),
        _ => Err(SourceError::TooMany(count)),
    }
}

/// The address of the next page, from the header `Link` (RFC 8288): on the same server, or not at all.
fn find_next_page(reply: &Reply) -> Result<Option<String>, SourceError> {
    let Some(link) = &reply.link else { return Ok(None) };
    let next = link.split(',').find_map(|part| {
        let (address, rest) = part.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = rest.split(';').any(|pair| matches!(pair.trim(), "rel=\"next\"" | "rel=next"));
        is_next.then_some(address)
    });
    let Some(next) = next else { return Ok(None) };
    let shown = || SourceError::Elsewhere(quote(next));
    let here = url::Url::parse(&reply.url).map_err(|_| shown())?;
    let next = here.join(next).map_err(|_| shown())?;
    if next.origin() == here.origin() { Ok(Some(next.into())) } else { Err(shown()) }
}

/// Options and answers for the tests of the readers.
#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "options are written where they are used")]
mod testing {
    use super::*;

    /// Opens a source with the options of a catalog.
    pub(super) fn open(kind: &str, options: Value) -> Box<dyn Upstream> {
        (find_kind(kind).unwrap().open)(&options).map_err(|fault| fault.why).unwrap()
    }

    /// The reason why options are refused.
    pub(super) fn refuse(kind: &str, options: Value) -> OptionFault {
        (find_kind(kind).unwrap().open)(&options).err().unwrap()
    }

    /// An answer to a question.
    pub(super) fn reply(asked: &str, body: &[u8]) -> Reply {
        Reply { asked: asked.to_owned(), url: asked.to_owned(), body: body.to_vec(), ..Reply::default() }
    }

    /// What a source of one question makes of an answer.
    pub(super) fn read(upstream: &dyn Upstream, body: &[u8]) -> Result<SourceFacts, SourceError> {
        let asked = upstream.requests().first().unwrap().url.clone();
        upstream.to_facts(&SourceFacts::default(), &[reply(&asked, body)])
    }

    /// What a source of several questions makes of its answers: pairs of address and body.
    pub(super) fn read_all(upstream: &dyn Upstream, answers: &[(&str, &[u8])]) -> Result<SourceFacts, SourceError> {
        let replies: Vec<Reply> = answers.iter().map(|(asked, body)| reply(asked, body)).collect();
        upstream.to_facts(&SourceFacts::default(), &replies)
    }
}

#[cfg(test)]
mod hostile;

#[cfg(test)]
mod tests;
