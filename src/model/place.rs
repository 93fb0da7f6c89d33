//! Places in files: where a value stands, so that a problem can point at it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

/// The texts of files by their path, so that problems can be drawn in place.
pub type Texts = BTreeMap<Arc<str>, String>;

/// A place in a file of the catalog.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, relative to the root of the repository, with `/` between its parts.
    pub file: Arc<str>,
    /// The line, from 1; 0 when the place is the file as a whole.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// How many characters the place covers; 0 when that is not known.
    #[serde(skip)]
    pub length: u32,
}

impl Place {
    /// A place that is a file as a whole.
    #[must_use]
    pub fn whole(file: &str) -> Self {
        Self { file: Arc::from(file), line: 0, column: 0, length: 0 }
    }
}

/// A value and the place where the catalog says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}
