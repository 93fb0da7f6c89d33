//! Pins as they stand in repositories: the document `upshift/pins/1`. What is said here was read, not judged.
//!
//! Keys may be added, not renamed. Unknown is `null`.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::model::component::PinKind;
use crate::model::id::{ComponentId, RuntimeId};
use crate::model::schema::{self, Id, Side};

/// The format that this version writes.
pub const SCHEMA: &str = "upshift/pins/1";

/// Makes the JSON Schema of pins.
#[must_use]
pub fn to_schema() -> Value {
    schema::to_schema::<Pins>(
        Side::Written,
        "pins",
        "Upshift pins",
        "The places in repositories that name a version of a runtime, each as it was read there.",
    )
}

/// The pins of some repositories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pins {
    /// The name and version of the format.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// The pins, by component, file, line and column. A list of versions has one entry for each of its elements.
    pub pins: Vec<FoundPin>,
}

impl Pins {
    /// Makes the document of pins, whatever the order in which they were found.
    #[must_use]
    pub fn new(mut pins: Vec<FoundPin>) -> Self {
        pins.sort();
        Self { schema: SCHEMA, pins }
    }
}

/// A pin: a place in a repository that names a version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct FoundPin {
    /// The component in whose repository it stands, by its id in the catalog; `null` for a repository that no component
    /// names.
    #[schemars(with = "Option<Id>")]
    pub component: Option<ComponentId>,
    /// The file, from the root of the repository, with `/` between its parts: `ci/build.yml`.
    #[schemars(length(min = 1))]
    pub file: String,
    /// The line of the value, from 1.
    #[schemars(range(min = 1))]
    pub line: u32,
    /// The column at which the value begins, in characters from 1.
    #[schemars(range(min = 1))]
    pub column: u32,
    /// The runtime whose version stands there, by its id: `go`.
    #[schemars(with = "Id")]
    pub runtime: RuntimeId,
    /// The value as it is written, without quotes: `1.26.7`, `golang:1.26-alpine`, `^3.4`, `stable`.
    #[schemars(length(min = 1))]
    pub value: String,
    /// The version that the value names, as the runtime's scheme prints it: `1.26.7`, or `1.26` where a line stands.
    /// `null` where the value names no single version: a range, a channel, a reference that could not be followed.
    pub version: Option<String>,
    /// What sort of pin it is.
    pub kind: PinKind,
    /// The build flavour that it is for, by its id: `fips`; `null` for the main one.
    #[schemars(with = "Option<Id>")]
    pub variant: Option<String>,
}
