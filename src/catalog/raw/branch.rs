//! The shape of `branches` and `groups`.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Text;
use crate::catalog::shape::{Day, Url};
use crate::catalog::yaml::{Entries, OneOrMore};

/// A release branch of the product.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// The product's version; quoted. Example: `"19.3"`.
    pub version: Text,
    /// The day of its release. Example: `2026-08-20`. Default: not known.
    #[schemars(with = "Option<Day>")]
    pub released: Option<Text>,
    /// The last day on which it is maintained. Example: `2026-11-19`. Default: not known; it is taken to be maintained.
    #[schemars(with = "Option<Day>")]
    pub ends: Option<Text>,
    /// The version of each runtime that it ships, by the runtime's id; quoted. Example: `{ go: "1.26.5" }`. Default:
    /// not known.
    #[serde(default)]
    pub ships: Entries<Text>,
    /// Words by which `where` of a step with `each: branch` selects it. Example: `[fips-fork]`. Default: none.
    #[serde(default)]
    pub tags: OneOrMore,
    /// Where this was read: a web address.
    #[schemars(with = "Option<Url>")]
    pub source: Option<Text>,
}

/// Upgrades that belong together: they share an overview, announcements and a calendar.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// What people call it. Default: its id.
    pub name: Option<Text>,
    /// Why these upgrades belong together, in Markdown.
    pub about: Option<Text>,
}
