//! Settings: what belongs to the organisation rather than to a runtime.

use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::{Date, Weekday};

use crate::model::changes::Levels;
use crate::model::id::PhaseId;
use crate::model::looking::Looking;
use crate::model::place::Located;

/// The settings of a catalog.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The title of the index page.
    pub title: String,
    /// Where the site is published.
    pub site_url: Option<String>,
    /// The repository that holds the catalog, for edit links.
    pub repo: Option<String>,
    /// How handbook pages begin.
    pub preset: Preset,
    /// Where upgrades are tracked.
    pub tracker: Option<Tracker>,
    /// The labels by which progress is tracked.
    pub workflow: Vec<WorkflowLabel>,
    /// Days that matter to every upgrade.
    pub calendar: Calendar,
    /// How upstream is reached.
    pub network: Network,
    /// How much each kind of change of a runbook matters.
    pub levels: Levels,
    /// Where a scan looks in all repositories.
    pub looking: Looking,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            title: "Runtime upgrades".to_owned(),
            site_url: None,
            repo: None,
            preset: Preset::Plain,
            tracker: None,
            workflow: WorkflowLabel::defaults(),
            calendar: Calendar::default(),
            network: Network::default(),
            levels: Levels::default(),
            looking: Looking::default(),
        }
    }
}

/// The front matter that a handbook page begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// GitLab's former handbook: layout, canonical path, a table of contents by macro.
    Middleman,
    /// GitLab's handbook since 2023: title and description.
    Hugo,
    /// GitLab's documentation: stage, group and info; the title becomes the heading.
    GitlabDocs,
    /// No front matter: a heading.
    Plain,
}

impl Preset {
    /// All of them, by the name that the catalog uses.
    pub const ALL: [(&'static str, Self); 4] = [
        ("middleman", Self::Middleman),
        ("hugo", Self::Hugo),
        ("gitlab-docs", Self::GitlabDocs),
        ("plain", Self::Plain),
    ];
}

/// The kinds of trackers, by the name that the catalog uses.
pub const TRACKERS: [&str; 2] = ["gitlab", "github"];

/// The tracker that holds the issues of upgrades.
#[derive(Clone, Debug)]
pub struct Tracker {
    /// Its address.
    pub url: String,
    /// The group in which epics are opened.
    pub group: Option<String>,
}

/// A label by which progress is tracked.
#[derive(Clone, Debug)]
pub struct WorkflowLabel {
    /// The label, as the tracker writes it.
    pub label: String,
    /// What it says about a task.
    pub means: String,
}

impl WorkflowLabel {
    /// The four labels of GitLab's Runtime Update Process working group, in the order in which work passes them.
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        [
            ("workflow::In dev", "somebody is working on it"),
            ("workflow::In review", "a merge request is open and waits for review"),
            ("workflow::blocked", "it cannot go on before something else is done; say what in a comment"),
            ("workflow::production", "it is merged and runs in production"),
        ]
        .map(|(label, means)| Self { label: label.to_owned(), means: means.to_owned() })
        .into()
    }
}

/// The days of the week, by the name that the catalog uses.
pub const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Days that matter to every upgrade.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// The days of the week on which nobody works.
    pub weekend: Vec<Weekday>,
    /// Days on which nobody works.
    pub holidays: Vec<Date>,
    /// Times in which production does not change.
    pub freezes: Vec<Freeze>,
    /// Days on which the product is released.
    pub releases: Vec<Date>,
}

impl Default for Calendar {
    fn default() -> Self {
        Self {
            weekend: vec![Weekday::Saturday, Weekday::Sunday],
            holidays: Vec::new(),
            freezes: Vec::new(),
            releases: Vec::new(),
        }
    }
}

/// A time in which production does not change.
#[derive(Clone, Debug)]
pub struct Freeze {
    /// What people call it.
    pub name: String,
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub to: Date,
    /// The phases of whose tasks all rest; of other tasks, those that touch production.
    pub phases: Vec<Located<PhaseId>>,
}

/// How upstream is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// The most requests in flight.
    pub requests: usize,
    /// The most requests in flight to one host.
    pub per_host: usize,
    /// The time for one whole request.
    pub timeout: Duration,
    /// A file with authorities that are trusted besides those of the system; relative to the root of the repository.
    pub ca: Option<PathBuf>,
}

impl Network {
    /// The highest number of requests that can be set.
    pub const MOST_REQUESTS: u32 = 256;

    /// The longest time for a request that can be set, in seconds.
    pub const LONGEST_TIMEOUT: u32 = 3600;
}

impl Default for Network {
    fn default() -> Self {
        Self { requests: 32, per_host: 8, timeout: Duration::from_mins(1), ca: None }
    }
}
