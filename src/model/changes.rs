//! What differs between two runbooks, by meaning: the document `upshift/diff/1`, of which reports are views.
//!
//! Keys may be added, not renamed.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::model::schema::{self, Digest, Side, Word};

/// The format that this version writes.
pub const SCHEMA: &str = "upshift/diff/1";

/// Makes the JSON Schema of changes.
#[must_use]
pub fn to_schema() -> Value {
    schema::to_schema::<Changes>(
        Side::Written,
        "diff",
        "Upshift diff",
        "What differs between two runbooks by meaning: what somebody who followed the older one must know.",
    )
}

/// The changes from one runbook to another.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Changes {
    /// The name and version of the format.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// The older runbook, by its upgrade, with `@` and a revision where a released one is meant: `go-1.27.0@r1`.
    #[schemars(length(min = 1))]
    pub from: String,
    /// The newer runbook, named in the same way: `go-1.27.0`.
    #[schemars(length(min = 1))]
    pub to: String,
    /// The changes, by path, then id. There are none between equal runbooks.
    pub changes: Vec<Change>,
}

impl Changes {
    /// Makes the document of changes, whatever the order in which they were found.
    #[must_use]
    pub fn new(from: String, to: String, mut changes: Vec<Change>) -> Self {
        changes.sort_by(|a, b| (&a.path, &a.id).cmp(&(&b.path, &b.id)));
        Self { schema: SCHEMA, from, to, changes }
    }
}

/// A change.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    /// The stable name of this kind of change: `task-added`, `gate-tightened`.
    #[schemars(with = "Word")]
    pub id: String,
    /// How much it matters to somebody who followed the older runbook.
    pub level: Level,
    /// The part of the runbook that changed, as the keys and ids that lead to it: `due/date`, `tasks/bump-pin/kas/owner`.
    /// What only one of the two runbooks has is named by its id there.
    #[schemars(length(min = 1))]
    pub path: String,
    /// The change in one sentence, for people.
    #[schemars(length(min = 1))]
    pub text: String,
    /// What stands at `path` in the older runbook, as it stands there; `null` where nothing does.
    pub before: Option<Value>,
    /// What stands at `path` in the newer runbook, as it stands there; `null` where nothing does.
    pub after: Option<Value>,
    /// SHA-256 of what the change is about, as 64 digits in lower-case hex; no two changes of a document have the same,
    /// and it stays when `text` is worded anew.
    #[schemars(with = "Digest")]
    pub fingerprint: String,
}

/// How much a change matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Good to know; what was done stays right.
    Info,
    /// Somebody may have to look again at what they did or planned.
    Warning,
    /// Somebody who follows the older runbook would now do the wrong thing, or miss something.
    Breaking,
}
