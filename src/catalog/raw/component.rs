//! The shape of `teams` and `components`.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Text;
use crate::catalog::shape::{Day, Few, Fields, Id, Ids, One, PinKinds, Url};
use crate::catalog::yaml::{Entries, OneOrMore};

/// The owner of components and steps.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// What people call the team. Default: its id.
    pub name: Option<Text>,
    /// Its handle in the tracker, with the `@`. Example: `"@gl-gitaly"`.
    pub handle: Option<Text>,
    /// Its label in the tracker. Example: `"group::gitaly"`.
    pub label: Option<Text>,
    /// Its chat channel, with the `#`. Example: `"#g_gitaly"`.
    pub chat: Option<Text>,
    /// Other names under which people know it. Default: none.
    #[serde(default)]
    pub aliases: Vec<Text>,
    /// Days on which this team does not work, besides those of the calendar. Example: `[2026-11-26]`. Default: none.
    #[serde(default)]
    #[schemars(with = "Vec<Day>")]
    pub holidays: Vec<Text>,
    /// Where this was read: a web address.
    #[schemars(with = "Option<Url>")]
    pub source: Option<Text>,
}

/// A thing that somebody owns and that uses a runtime.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// What people call it. Default: its id.
    pub name: Option<Text>,
    /// Its repository. Example: `https://gitlab.com/gitlab-org/gitaly`.
    #[schemars(with = "Option<Url>")]
    pub repo: Option<Text>,
    /// Its folder inside the repository, where the repository holds several. Example: `workhorse/`.
    pub path: Option<Text>,
    /// Where its issues go: a web address. Default: the issues of the repository.
    #[schemars(with = "Option<Url>")]
    pub tracker: Option<Text>,
    /// The component that bundles it, by id: what counts is the version that that one ships.
    #[schemars(with = "Option<Id>")]
    pub shipped_by: Option<Text>,
    /// The team that answers for it, by id. Required; where it can only be guessed, add `inferred: [owner]`.
    // `validate` reports a missing owner, so that it can say what to do; for an editor the key is simply required.
    #[schemars(with = "Id")]
    pub owner: Option<Text>,
    /// Keys that nobody states and that are only inferred; pages say so. Example: `[owner]`. Default: none.
    #[serde(default)]
    #[schemars(with = "Few<Fields>")]
    pub inferred: OneOrMore,
    /// Where this was read: a web address.
    #[schemars(with = "Option<Url>")]
    pub source: Option<Text>,
    /// Words by which `where` of a step selects it. Example: `[shipped, fips]`. Default: none.
    #[serde(default)]
    pub tags: OneOrMore,
    /// The runtimes that it uses, by id. Example: `go: { phase: approval }`; `ruby: {}` where the steps name the phase.
    pub uses: Entries<Use>,
    /// The places in its repository that name a version. Default: none is known.
    #[serde(default)]
    pub pins: Vec<Pin>,
    /// Where `upshift scan` looks in its repository, besides what the settings say.
    pub scan: Option<Scan>,
}

/// How a component uses one runtime.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// The phase of the runtime's process in which it is upgraded: that of its tasks whose step names none.
    #[schemars(with = "Option<Id>")]
    pub phase: Option<Text>,
    /// Components whose task of the same step comes first, by id. Example: `[gitaly]`. Default: none.
    #[serde(default)]
    #[schemars(with = "Few<Ids>")]
    pub needs: OneOrMore,
    /// What is special about it, in Markdown; stands with its tasks.
    pub note: Option<Text>,
}

/// A place that names a version of a runtime.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// The runtime whose version stands there, by id; one of those below `uses`.
    #[schemars(with = "Id")]
    pub runtime: Text,
    /// The file, inside the repository. Example: `.gitlab-ci.yml`.
    pub file: Text,
    /// The variable, key or line that holds the version. Example: `GO_VERSION`.
    pub name: Option<Text>,
    /// What sort of pin it is: `exact` (the version that it is built with), `minor` (the newest patch of a line),
    /// `major` (the newest release of a major version), `floor` (the least version that consumers need), `range`,
    /// `list` (a test matrix), `indirect` (a reference to another file or variable), `channel` (a floating name).
    /// Leave it out where that is not known.
    #[schemars(with = "Option<One<PinKinds>>")]
    pub kind: Option<Text>,
}

/// Where `upshift scan` looks.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Scan {
    /// Files that are read although their folder is skipped by default (`docs`, `spec`, `vendor`, `testdata` and others),
    /// as lines of a `.gitignore`. Example: `["docs/site/**"]`. Default: none.
    pub include: OneOrMore,
    /// Files and folders that are not read, as lines of a `.gitignore`. Example: `["tools/legacy/"]`. Default: none.
    pub exclude: OneOrMore,
    /// What finds versions in files of other formats. Default: none.
    pub patterns: Vec<PinPattern>,
}

/// Finds versions in files of any format.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PinPattern {
    /// The files, as a line of a `.gitignore`. Example: `ci_files/variables.yml`.
    pub files: Text,
    /// A regular expression that is looked for in the whole file: the group `version` is the version, and `name`, where
    /// there is one, the name of the runtime. Example: `'(?m)^golang = (?<version>\S+)'`.
    #[serde(rename = "match")]
    pub pattern: Text,
    /// The runtime whose version it finds, by id; required unless the expression has a group `name`.
    #[schemars(with = "Option<Id>")]
    pub runtime: Option<Text>,
    /// What sort of pin it is, as for `pins`. Default: by the version's text.
    #[schemars(with = "Option<One<PinKinds>>")]
    pub kind: Option<Text>,
}
