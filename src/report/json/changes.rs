//! The changes of several upgrades at once, for programs.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::model::changes::Changes;
use crate::model::comparison::Comparison;
use crate::model::schema::{self, Side};

/// The format of changes of several upgrades.
const DIFFS: &str = "upshift/diffs/1";

/// Makes the JSON Schema of the changes of several upgrades.
#[must_use]
pub fn to_diffs_schema() -> Value {
    schema::to_schema::<DiffsDocument<'_>>(
        Side::Written,
        "diffs",
        "Upshift diffs",
        "What `upshift diff --format json` prints where it compares all upgrades: the changes of each that differs.",
    )
}

/// The changes of several upgrades: `upshift/diffs/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DiffsDocument<'a> {
    /// The name and version of the format.
    #[schemars(extend("const" = DIFFS))]
    schema: &'static str,
    /// The changes of each upgrade that differs, by its id; one that only one side has is a single change.
    diffs: Vec<&'a Changes>,
}

impl<'a> DiffsDocument<'a> {
    /// Makes the document.
    #[must_use]
    pub fn new(comparisons: &'a [Comparison]) -> Self {
        let differing = comparisons.iter().map(|comparison| &comparison.changes);
        Self { schema: DIFFS, diffs: differing.filter(|changes| !changes.changes.is_empty()).collect() }
    }
}
