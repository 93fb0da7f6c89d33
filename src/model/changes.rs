//! What differs between two runbooks, by meaning: the document `upshift/diff/1`, of which reports are views.
//!
//! Keys may be added, not renamed.

mod excerpt;
mod rules;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::model::id::{ComponentId, TaskId, TeamId};
use crate::model::schema::{self, Digest, Side, Word};

pub use excerpt::to_excerpt;
pub use rules::{Levels, Rule};

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
    /// The older runbook, by its upgrade, with `@` and a revision where a released one is meant: `go-1.27.0@r1`. One of a
    /// git revision has that before it, as in `v1.0:go-1.27.0`; the file of a runbook is named by its path.
    #[schemars(length(min = 1))]
    pub from: String,
    /// The newer runbook, named in the same way: `go-1.27.0`.
    #[schemars(length(min = 1))]
    pub to: String,
    /// The changes, by path, then id, then fingerprint. There are none between equal runbooks.
    pub changes: Vec<Change>,
}

impl Changes {
    /// Makes the document of changes, whatever the order in which they were found.
    #[must_use]
    pub fn new(from: String, to: String, mut changes: Vec<Change>) -> Self {
        changes.sort_by(|a, b| (&a.path, &a.id, &a.fingerprint).cmp(&(&b.path, &b.id, &b.fingerprint)));
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
    /// What only one of the two runbooks has is named by its id there, and what both have under two ids by the newer
    /// one. A `*` stands for the tasks that `tasks` lists.
    #[schemars(length(min = 1))]
    pub path: String,
    /// The change in one sentence, for people.
    #[schemars(length(min = 1))]
    pub text: String,
    /// The team that it concerns: who does the task or owns the component in the newer runbook, or did so in the older.
    /// `null` where it concerns all.
    pub team: Option<TeamId>,
    /// The component that it concerns.
    pub component: Option<ComponentId>,
    /// The tasks that it concerns, by id.
    pub tasks: Vec<TaskId>,
    /// What stands at `path` in the older runbook, as it stands there; `null` where nothing does. With a `*` in `path`,
    /// what stands there for each of the tasks.
    pub before: Option<Value>,
    /// What stands at `path` in the newer runbook, as it stands there; `null` where nothing does.
    pub after: Option<Value>,
    /// How a text became another, word by word; empty where it is not a text that changed.
    pub words: Vec<Piece>,
    /// SHA-256 of what the change is about, as 64 digits in lower-case hex; no two changes of a document have the same,
    /// and it stays when `text` is worded anew.
    #[schemars(with = "Digest")]
    pub fingerprint: String,
}

impl Change {
    /// The change in one sentence without the words that changed, for those who show `words`.
    #[must_use]
    pub fn sentence(&self) -> &str {
        if self.words.is_empty() {
            return &self.text;
        }
        let sentence = self.text.strip_suffix(&to_excerpt(&self.words)).unwrap_or(&self.text);
        sentence.trim_end_matches(": ")
    }
}

/// A part of a text that changed. All that is not `added`, one after the other, is the older text; all that is not
/// `removed` is the newer one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Piece {
    /// In which of the two texts it is.
    pub part: Part,
    /// The words, with the blanks between them.
    pub text: String,
}

/// In which of two texts a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// In both.
    Same,
    /// Only in the older one.
    Removed,
    /// Only in the newer one.
    Added,
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

impl Level {
    /// All of them, by the name that the catalog uses.
    pub const ALL: [(&'static str, Self); 3] =
        [("info", Self::Info), ("warning", Self::Warning), ("breaking", Self::Breaking)];
}
