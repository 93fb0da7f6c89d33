//! The shape of `runtimes`.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Text, Where};
use crate::catalog::shape::{
    AdvisorySource, Calendar, Called, Few, Id, One, PinRules, ReleaseSource, Schemes, Url, UrlTemplate,
};
use crate::catalog::yaml::{Anything, Entries, OneOrMore, Spanned};

/// What is upgraded.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Runtime {
    /// What people call it. Example: `Node.js`. Default: its id.
    pub name: Option<Text>,
    /// How its versions are read and sorted: `go`, `semver`, `node`, `python`, `ruby`, `java`, `dotnet`, `postgresql`,
    /// `php`, `erlang`, `elixir`, `rust`, or `loose` for anything else that begins with a number.
    #[schemars(with = "One<Schemes>")]
    pub scheme: Text,
    /// What this organisation calls a change of each number. Example: `{ minor: major, patch: minor }`, where a new line
    /// is called major. Default: by position.
    #[serde(default)]
    #[schemars(with = "Called")]
    pub bumps: Entries<Text>,
    /// Where its releases are read, the most trusted source first; where two disagree, pages show both. Example:
    /// `[{ go: {} }, { endoflife: { product: go } }]`. Default: none.
    #[serde(default)]
    #[schemars(with = "Vec<ReleaseSource>")]
    pub releases: Vec<Entries<Options>>,
    /// Where known vulnerabilities are read, the most trusted source first. Example:
    /// `[{ go-vulndb: { modules: [stdlib, toolchain] } }]`. Default: none, and nothing is said about security.
    #[serde(default)]
    #[schemars(with = "Vec<AdvisorySource>")]
    pub advisories: Vec<Entries<Options>>,
    /// Build flavours with releases of their own, by id. Example: `fips`. Default: none.
    #[serde(default)]
    pub variants: Entries<Variant>,
    /// What this organisation has decided about new releases.
    #[serde(default)]
    pub policy: Policy,
    /// The address of upstream's release notes; `{{ line }}` stands for the release line. Example:
    /// `"https://go.dev/doc/go{{ line }}"`.
    #[schemars(with = "Option<UrlTemplate>")]
    pub notes: Option<Text>,
    /// How its upgrades are done: a process, by id. Default: none; its versions are recorded, and nothing is planned.
    #[schemars(with = "Option<Id>")]
    pub process: Option<Text>,
}

/// A build flavour with releases of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// What people call it. Example: `FIPS`. Default: its id.
    pub name: Option<Text>,
    /// Where its releases are read, as for the runtime; versions are those of the runtime that they are built from.
    #[schemars(with = "Vec<ReleaseSource>")]
    pub releases: Vec<Entries<Options>>,
    /// The components that are built so. Example: `{ tags: [fips] }`. Default: all that use the runtime.
    #[serde(default, rename = "for")]
    pub applies: Where,
}

/// The options of a source, in whatever shape its kind asks for.
pub type Options = Entries<Spanned<Anything>>;

/// What an organisation has decided about new releases.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The time after its first release within which a new line is adopted: days, weeks, months or years. Example: `8mo`.
    /// Default: no limit.
    #[schemars(with = "Option<Calendar>")]
    pub adopt_within: Option<Text>,
    /// The time before the end of life of the line in use by which it must have been left. Example: `1mo`. Default: none;
    /// it must have been left when its life ends.
    #[schemars(with = "Option<Calendar>")]
    pub before_eol: Option<Text>,
    /// The time after its release within which a security release is taken. Example: `30d`. Default: no limit.
    #[schemars(with = "Option<Calendar>")]
    pub security_within: Option<Text>,
    /// How many of the product's latest releases must keep working with the versions that they shipped, from `branches`.
    /// Example: `3`. Default: none.
    pub support_last: Option<u32>,
    /// What pins of the runtime must be; `upshift scan` tells which are not: `one-version` (all that name what a component
    /// is built with agree), `floor-first-release` (a floor names the first release of its line, as `1.26.0`),
    /// `floor-shipped` (a floor is not newer than what the newest branch ships), `no-toolchain` (`go.mod` has no
    /// `toolchain` line). Example: `[one-version]`. Default: none.
    #[serde(default)]
    #[schemars(with = "Few<PinRules>")]
    pub pins: OneOrMore,
    /// Where this was decided: a web address.
    #[schemars(with = "Option<Url>")]
    pub source: Option<Text>,
}
