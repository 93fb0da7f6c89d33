//! The shape of `settings`.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Scan, Text};
use crate::catalog::shape::{Day, Few, Ids, Levels, Named, One, Presets, Rules, Trackers, Url, Weekdays};
use crate::catalog::yaml::{Entries, OneOrMore, Spanned};
use crate::model::settings::Network as Bounds;

/// What belongs to the organisation rather than to a runtime.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The title of the index page. Default: `Runtime upgrades`.
    pub title: Option<Text>,
    /// Where the site is published, in full. Example: `https://example.gitlab.io/upgrades`.
    #[schemars(with = "Option<Url>")]
    pub site_url: Option<Text>,
    /// The repository that holds the catalog, for edit links. Example: `https://gitlab.com/example/upgrades`.
    #[schemars(with = "Option<Url>")]
    pub repo: Option<Text>,
    /// How handbook pages begin. Default: `{ preset: plain }`.
    pub handbook: Option<Handbook>,
    /// Where the issues of upgrades are. Default: none.
    pub tracker: Option<Tracker>,
    /// The labels by which progress is tracked, in the order in which work passes them. Default: the four labels of
    /// GitLab's Runtime Update Process working group.
    pub workflow: Option<Vec<WorkflowLabel>>,
    /// Days that matter to every upgrade.
    pub calendar: Option<Calendar>,
    /// How `upshift update` reaches upstream.
    pub network: Option<Network>,
    /// How runbooks are compared.
    pub diff: Option<Diff>,
    /// Where `upshift scan` looks in all repositories.
    pub scan: Option<Scan>,
}

/// How handbook pages begin.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Handbook {
    /// The front matter of a handbook page: `middleman` (GitLab's former handbook: layout and canonical path), `hugo`
    /// (title and description), `gitlab-docs` (stage, group and info), `plain` (none: a heading).
    #[schemars(with = "One<Presets>")]
    pub preset: Text,
}

/// Where the issues of upgrades are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tracker {
    /// What sort of tracker it is: `gitlab` or `github`.
    #[schemars(with = "One<Trackers>")]
    pub kind: Text,
    /// Its address. Example: `https://gitlab.com`.
    #[schemars(with = "Url")]
    pub url: Text,
    /// The group in which epics are opened. Example: `gitlab-org`.
    pub group: Option<Text>,
}

/// A label by which progress is tracked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkflowLabel {
    /// The label, as the tracker writes it. Example: `"workflow::In review"`.
    pub label: Text,
    /// What the label says about a task, in one sentence.
    pub means: Text,
}

/// Days that matter to every upgrade.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Calendar {
    /// The days of the week on which nobody works: `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`. `[]`: none. Default:
    /// `[sat, sun]`.
    #[schemars(with = "Option<Few<Weekdays>>")]
    pub weekend: Option<OneOrMore>,
    /// Days on which nobody works. Example: `[2026-12-25, 2027-01-01]`.
    #[schemars(with = "Vec<Day>")]
    pub holidays: Vec<Text>,
    /// Times in which production does not change.
    pub freezes: Vec<Freeze>,
    /// Days on which the product is released. Example: `[2026-09-17, 2026-10-15]`.
    #[schemars(with = "Vec<Day>")]
    pub releases: Vec<Text>,
}

/// A time in which production does not change.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// What people call it. Example: `Year-end`.
    pub name: Text,
    /// Its first day. Example: `2026-12-18`.
    #[schemars(with = "Day")]
    pub from: Text,
    /// Its last day, not before the first. Example: `2027-01-04`.
    #[schemars(with = "Day")]
    pub to: Text,
    /// Phases, by id, of whose tasks all rest; other tasks rest only where their step has the gate `not-frozen`.
    /// Example: `[final]`. Default: none.
    #[schemars(with = "Few<Ids>")]
    #[serde(default)]
    pub phases: OneOrMore,
}

/// How `upshift update` reaches upstream.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Network {
    /// The most requests in flight: 1 to 256. Default: `32`.
    #[schemars(range(min = 1, max = Bounds::MOST_REQUESTS))]
    pub requests: Option<Spanned<u32>>,
    /// The most requests in flight to one host: 1 to 256. Default: `8`.
    #[schemars(range(min = 1, max = Bounds::MOST_REQUESTS))]
    pub per_host: Option<Spanned<u32>>,
    /// The time for one whole request, in seconds: 1 to 3600. Default: `60`.
    #[schemars(range(min = 1, max = Bounds::LONGEST_TIMEOUT))]
    pub timeout: Option<Spanned<u32>>,
    /// A file in PEM with authorities that are trusted besides those of the system, such as a company's own. Its path
    /// begins at the folder that holds `data/`. Example: `certificates/company.pem`.
    pub ca: Option<Text>,
}

/// How runbooks are compared.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Diff {
    /// How much a kind of change matters: `info`, `warning` or `breaking`, by the name of its rule. Example:
    /// `{ gate-loosened: warning, title-changed: info }`. Default: the levels of the rules themselves.
    #[schemars(with = "Named<Rules, One<Levels>>")]
    pub levels: Entries<Text>,
}
