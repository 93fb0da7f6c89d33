//! Released revisions: immutable states of a runbook, the list that binds them in a chain, and what their tasks have in
//! common with a draft.
//!
//! The types are the format `upshift/revisions/1`. The list is read by programs, but its entries are closed: a key that
//! no digest covers would prove nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::digest::sha256;
use crate::model::id::{TaskId, UpgradeId};
use crate::model::runbook::{Runbook, TaskEntry};
use crate::model::schema::{self, Day, Digest, Side};
use crate::model::upgrade::{TaskState, Upgrade};

/// The format that this version writes, and the only one that it reads.
pub const SCHEMA: &str = "upshift/revisions/1";

/// The name of the list in the folder of an upgrade.
pub const FILE: &str = "revisions.json";

/// The released revisions of an upgrade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RevisionList {
    /// The name and version of the format.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: Cow<'static, str>,
    /// The upgrade.
    pub upgrade: UpgradeId,
    /// The revisions, oldest first: r1, r2, and so on.
    pub revisions: Vec<Revision>,
}

/// A released revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Revision {
    /// Its number, from 1: the 2 of `r2.md` and `r2.json`.
    #[schemars(range(min = 1))]
    pub revision: u32,
    /// The day as of which it was released: the day of the lock, unless another one was asked for.
    #[schemars(with = "Day")]
    pub date: Date,
    /// What its author says about it.
    pub message: Option<String>,
    /// SHA-256 of its `rN.json`.
    #[schemars(with = "Digest")]
    pub json: String,
    /// SHA-256 of its `rN.md`.
    #[schemars(with = "Digest")]
    pub markdown: String,
    /// SHA-256 of the facts that it uses, as it stands in its `rN.json`.
    #[schemars(with = "Digest")]
    pub facts_digest: String,
    /// SHA-256 of `upshift.lock` at that time; none where there was no lock.
    #[schemars(with = "Option<Digest>")]
    pub lock: Option<String>,
    /// The `digest` of the revision before it; none for the first.
    #[schemars(with = "Option<Digest>")]
    pub previous: Option<String>,
    /// SHA-256 of all this but `digest` and `superseded_by`, as compact JSON with the keys in this order.
    #[schemars(with = "Digest")]
    pub digest: String,
    /// The revision that took its place; none for the latest. It follows from the list, so no digest covers it.
    pub superseded_by: Option<u32>,
}

/// What the digest of a revision covers.
#[derive(Serialize)]
struct Covered<'a> {
    revision: u32,
    date: Date,
    message: &'a Option<String>,
    json: &'a str,
    markdown: &'a str,
    facts_digest: &'a str,
    lock: &'a Option<String>,
    previous: &'a Option<String>,
}

impl Revision {
    /// Computes the digest that it should have.
    #[must_use]
    pub fn to_digest(&self) -> String {
        let Self { revision, date, message, json, markdown, facts_digest, lock, previous, .. } = self;
        let (revision, date) = (*revision, *date);
        let covered = Covered { revision, date, message, json, markdown, facts_digest, lock, previous };
        // Texts, numbers and days are always JSON.
        sha256(serde_json::to_string(&covered).unwrap_or_default().as_bytes())
    }
}

/// Makes the JSON Schema of lists of revisions.
#[must_use]
pub fn to_schema() -> Value {
    schema::to_schema::<RevisionList>(
        Side::Written,
        "revisions",
        "Upshift revisions",
        "`revisions.json` of an upgrade: its released revisions, each bound to its files and to the one before it by digests.",
    )
}

/// Says whether a path below the output folder is one of a released revision: `go/1.27.0/r1.md`.
#[must_use]
pub fn is_released_path(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts.as_slice(), [_, _, name] if *name == FILE || find_number(name).is_some())
}

/// The number in the name of a released file: 2 in `r2.json`. A number that cannot be one is 0.
#[must_use]
pub fn find_number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix('r')?;
    let digits = digits.strip_suffix(".json").or_else(|| digits.strip_suffix(".md"))?;
    let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    is_number.then(|| digits.parse().ok().filter(|_| !digits.starts_with('0')).unwrap_or(0))
}

/// A released revision and its runbook.
#[derive(Clone, Debug, PartialEq)]
pub struct Released {
    /// Its entry in the list.
    pub revision: Revision,
    /// What was released.
    pub runbook: Runbook,
}

/// The revisions of each upgrade that has any, oldest first.
pub type Histories = BTreeMap<UpgradeId, Vec<Released>>;

/// Says whether two runbooks hold the same, whichever revision they are of.
#[must_use]
pub fn is_same(a: &Runbook, b: &Runbook) -> bool {
    let plain = |runbook: &Runbook| {
        let mut plain = Runbook { revision: None, ..runbook.clone() };
        // It tells of earlier revisions, not of this runbook.
        plain.tasks.iter_mut().for_each(|task| task.changed_since_done = None);
        plain
    };
    plain(a) == plain(b)
}

/// Counts the tasks that only one of two runbooks has, or that are not the same piece of work in both. States, dates and
/// the order that follows from others do not count.
#[must_use]
pub fn count_differences(released: &Runbook, draft: &Runbook) -> usize {
    let by_id = |runbook| index(runbook).collect::<BTreeMap<&TaskId, &TaskEntry>>();
    let (old, new) = (by_id(released), by_id(draft));
    let is_other = |(id, task): &(&&TaskId, &&TaskEntry)| old.get(**id).is_none_or(|old| !is_same_work(old, task));
    new.iter().filter(is_other).count() + old.keys().filter(|id| !new.contains_key(**id)).count()
}

fn index(runbook: &Runbook) -> impl Iterator<Item = (&TaskId, &TaskEntry)> {
    runbook.tasks.iter().map(|task| (&task.id, task))
}

fn is_same_work(a: &TaskEntry, b: &TaskEntry) -> bool {
    let gates = |task: &TaskEntry| task.gates.iter().map(|gate| (gate.kind, gate.text.clone())).collect::<Vec<_>>();
    has_same_instructions(a, b)
        && (&a.title, &a.owner, &a.phase, &a.variant) == (&b.title, &b.owner, &b.phase, &b.variant)
        && (&a.needs, &a.rollback, &a.announce) == (&b.needs, &b.rollback, &b.announce)
        && a.takes_days.total_cmp(&b.takes_days).is_eq()
        && gates(a) == gates(b)
}

fn has_same_instructions(a: &TaskEntry, b: &TaskEntry) -> bool {
    (&a.instructions, &a.run, &a.verify) == (&b.instructions, &b.run, &b.verify)
}

/// Tells of each task that people reported as done whether its instructions changed since: against the revision that
/// was the latest on the day on which it was done.
pub fn mark_changed(runbook: &mut Runbook, upgrade: &Upgrade, released: &[Released]) {
    let mut tasks: BTreeMap<u32, BTreeMap<&TaskId, &TaskEntry>> = BTreeMap::new();
    for task in runbook.tasks.iter_mut().filter(|task| task.state == TaskState::Done) {
        let record = upgrade.tasks.get(&task.id).filter(|record| record.state == Some(TaskState::Done));
        let Some(on) = record.and_then(|record| record.on) else { continue };
        let Some(then) = released.iter().rev().find(|released| released.revision.date <= on) else { continue };
        let tasks = tasks.entry(then.revision.revision).or_insert_with(|| index(&then.runbook).collect());
        task.changed_since_done = tasks.get(&task.id).map(|old| !has_same_instructions(old, task));
    }
}

/// The runbook of a closed upgrade: what was released last, with what people reported about its tasks since.
#[must_use]
pub fn freeze(released: &Released, upgrade: &Upgrade) -> Runbook {
    let mut runbook = Runbook { state: upgrade.state, ..released.runbook.clone() };
    for task in &mut runbook.tasks {
        let Some(record) = upgrade.tasks.get(&task.id) else { continue };
        if let Some(state) = record.state {
            task.state = state;
        }
        if let Some(evidence) = record.evidence.as_ref().filter(|evidence| !task.evidence.contains(evidence)) {
            task.evidence.insert(0, evidence.clone());
        }
    }
    runbook.summary.settled = runbook.tasks.iter().filter(|task| task.state.is_settled()).count();
    runbook
}
