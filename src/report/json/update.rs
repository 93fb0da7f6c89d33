//! What an update brought: the document `upshift/update/1`.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::model::id::{RuntimeId, UpgradeId};
use crate::model::news;
use crate::model::schema::{self, Day, Side};

/// The format of updates.
const SCHEMA: &str = "upshift/update/1";

/// Makes the JSON Schema of what an update brought.
#[must_use]
pub fn to_update_schema() -> Value {
    schema::to_schema::<UpdateDocument>(
        Side::Written,
        "update",
        "Upshift update",
        "What `upshift update --format json` prints: what upstream has new, and what that means.",
    )
}

/// What an update brought: `upshift/update/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UpdateDocument {
    /// The name and version of the format.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// The day of the update.
    #[schemars(with = "Day")]
    pub as_of: Date,
    /// Whether the lock was written; it is not when nothing changed, nor with `--check`.
    pub written: bool,
    /// What is new, by runtime.
    pub news: Vec<NewsEntry>,
    /// Release lines that reach their end of life within a year, the nearest first.
    pub ending: Vec<EndingEntry>,
    /// Open upgrades whose target was overtaken, by id.
    pub behind: Vec<BehindEntry>,
    /// Sources that could not be read; what they said before is kept.
    pub failures: Vec<FailureEntry>,
    /// Entries of sources that could not be read and are left out.
    pub skipped: Vec<SkippedEntry>,
}

/// A piece of news.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NewsEntry {
    /// The runtime, with its build flavour. Example: `go fips`.
    pub runtime: String,
    /// What it is about.
    pub kind: news::Kind,
    /// The news, in one line.
    pub text: String,
}

/// A release line that reaches its end of life soon.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EndingEntry {
    /// The runtime.
    pub runtime: RuntimeId,
    /// The line.
    pub line: String,
    /// The last day of any support.
    #[schemars(with = "Day")]
    pub eol: Date,
    /// The days until then, from the day of the update.
    pub days: i32,
}

/// An open upgrade whose target was overtaken.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BehindEntry {
    /// The upgrade.
    pub upgrade: UpgradeId,
    /// Its target.
    pub to: String,
    /// The newest release of the target's line.
    pub newest: String,
    /// The day of that release.
    #[schemars(with = "Option<Day>")]
    pub date: Option<Date>,
    /// How many known vulnerabilities of the target it fixes; unknown where no advisories are recorded.
    pub fixes: Option<usize>,
}

/// A source that could not be read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FailureEntry {
    /// The runtime, with its build flavour.
    pub runtime: String,
    /// The source, by its name in the lock.
    pub source: String,
    /// Its address.
    pub url: String,
    /// What went wrong.
    pub message: String,
    /// Whether the lock holds what it said before.
    pub kept: bool,
    /// The last day on which it answered, where others have answered since.
    #[schemars(with = "Option<Day>")]
    pub stale: Option<Date>,
}

/// An entry that is left out.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SkippedEntry {
    /// The runtime, with its build flavour.
    pub runtime: String,
    /// The source, by its name in the lock.
    pub source: String,
    /// What is wrong with the entry.
    pub reason: String,
}

impl UpdateDocument {
    /// A document of a day in which nothing has happened yet.
    #[must_use]
    pub fn new(as_of: Date) -> Self {
        Self {
            schema: SCHEMA,
            as_of,
            written: false,
            news: Vec::new(),
            ending: Vec::new(),
            behind: Vec::new(),
            failures: Vec::new(),
            skipped: Vec::new(),
        }
    }
}
