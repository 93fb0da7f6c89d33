//! Which upgrades are due: the document `upshift/proposals/1`.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::AdvisoryEntry;
use crate::model::id::{RuntimeId, UpgradeId};
use crate::model::proposal::{Kind, Urgency};
use crate::model::schema::{self, Day, Id, Side};
use crate::model::upgrade::State;

/// The format of proposals.
const SCHEMA: &str = "upshift/proposals/1";

/// Makes the JSON Schema of proposals.
#[must_use]
pub fn to_proposals_schema() -> Value {
    schema::to_schema::<ProposalsDocument>(
        Side::Written,
        "proposals",
        "Upshift proposals",
        "What `upshift propose --format json` prints: the upgrades that are due, and what is not proposed.",
    )
}

/// The upgrades that are due: `upshift/proposals/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProposalsDocument {
    /// The name and version of the format.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// The day as of which they are due; unknown while nothing is recorded.
    #[schemars(with = "Option<Day>")]
    pub as_of: Option<Date>,
    /// The proposals, by urgency, deadline and runtime.
    pub proposals: Vec<ProposalEntry>,
    /// What is due and not proposed, since an upgrade deals with it: an open one, or one that was given up.
    pub settled: Vec<SettledEntry>,
    /// The runtimes that were looked at, by id.
    pub runtimes: Vec<OutlookEntry>,
}

impl ProposalsDocument {
    /// A document of a day on which nothing is due.
    #[must_use]
    pub fn new(as_of: Option<Date>) -> Self {
        Self { schema: SCHEMA, as_of, proposals: Vec::new(), settled: Vec::new(), runtimes: Vec::new() }
    }
}

/// An upgrade that should be opened, or an open one whose target should move.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProposalEntry {
    /// The id of the upgrade; it cannot be one where `by_hand` says so.
    pub id: String,
    /// The runtime.
    pub runtime: RuntimeId,
    /// What people call the runtime.
    pub name: String,
    /// The version from which it begins: the one in use, or where upgrades lead that come before.
    pub from: String,
    /// Its target.
    pub to: String,
    /// The target that the open upgrade has now, whose target should move; `null` for an upgrade that is to be opened.
    pub moves: Option<String>,
    /// What its reasons are about.
    pub kinds: Vec<Kind>,
    /// How urgent it is: `now` when a version in use has vulnerabilities that it fixes or has reached its end of life, or
    /// when the deadline cannot be met; `soon` when the deadline is within 90 days, or work must begin within 30; else
    /// `later`.
    pub urgency: Urgency,
    /// The day by which it must be done, by the policy of the runtime.
    pub deadline: Option<DeadlineEntry>,
    /// The last day on which work must begin to meet the deadline; unknown without one, and of no matter for an upgrade
    /// that is under way.
    #[schemars(with = "Option<Day>")]
    pub begin_by: Option<Date>,
    /// The first day on which all can be done, if work began on the day of the document.
    #[schemars(with = "Option<Day>")]
    pub earliest_finish: Option<Date>,
    /// The days by which that is after the deadline.
    pub late_by_days: Option<u32>,
    /// Why it is due.
    pub reasons: Vec<ReasonEntry>,
    /// The known vulnerabilities that it fixes; unknown where none are recorded.
    pub fixes: Option<Vec<AdvisoryEntry>>,
    /// Upgrades to the same line that were given up.
    pub aborted: Vec<UpgradeId>,
    /// The file that `--write` writes; `null` where it writes none.
    pub file: Option<String>,
    /// Whether this run wrote that file.
    pub written: bool,
    /// Why `--write` cannot write it, or what a person has to do instead.
    pub by_hand: Option<String>,
}

/// The day by which an upgrade must be done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeadlineEntry {
    /// The day.
    #[schemars(with = "Day")]
    pub date: Date,
    /// Why that one.
    pub because: String,
}

/// A reason of a proposal.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReasonEntry {
    /// What it is about.
    pub kind: Kind,
    /// The reason, in words.
    pub text: String,
    /// Who says so: sources by their names in the lock, or addresses.
    pub sources: Vec<String>,
}

/// Something that is due and not proposed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SettledEntry {
    /// The runtime.
    pub runtime: RuntimeId,
    /// The target that would be proposed.
    pub to: String,
    /// What the reasons for it are about.
    pub kinds: Vec<Kind>,
    /// The upgrade that deals with it.
    pub upgrade: UpgradeId,
    /// Where that stands.
    pub state: State,
    /// Why it was given up.
    pub because: Option<String>,
}

/// A runtime that was looked at.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OutlookEntry {
    /// The runtime.
    #[schemars(with = "Id")]
    pub id: RuntimeId,
    /// The oldest version in use of each line, the oldest line first.
    pub in_use: Vec<UsedEntry>,
    /// Why nothing can be said of it, or nothing can be done.
    pub notes: Vec<String>,
}

/// A version in use.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UsedEntry {
    /// The version.
    pub version: String,
    /// How that is known.
    pub because: String,
}
