//! News: what an update brought, in words for people and sorted for programs.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

/// A piece of news about a runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The runtime, with its build flavour: `go`, `go fips`.
    pub runtime: String,
    /// What it is about.
    pub kind: Kind,
    /// The news, in one line.
    pub text: String,
}

impl fmt::Display for News {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.runtime, self.text)
    }
}

/// What a piece of news is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A source that came or went.
    Source,
    /// A release that came, went or changed.
    Release,
    /// A release line that came, went or changed.
    Line,
    /// An advisory that came, went or changed.
    Advisory,
    /// Sources that disagree, or agree again.
    Conflict,
}
