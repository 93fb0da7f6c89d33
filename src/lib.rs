//! Upshift turns one reviewed catalog (runtimes, components, owners, steps) and recorded facts about upstream versions
//! into versioned runbooks and a handbook page for each language-runtime upgrade.
//!
//! The flow, in the order of the modules:
//!
//! 1. [`catalog`] reads the YAML files of `data/`: `Catalog` and problems.
//! 2. [`resolve`] asks [`sources`] through [`http`] and brings the answers into the [`lock`].
//! 3. [`planner`] turns an upgrade into its plan: which steps, for whom, in which order.
//! 4. [`runbook`] turns the plan into a document: names, texts and facts filled in.
//! 5. [`propose`] finds the upgrades that are due, and [`review`] finds what is doubtful in all that; [`revisions`] proves
//!    that what was released before is unchanged.
//! 6. [`diff`] tells what differs between two runbooks by meaning; [`git`] reads the catalog of an older revision for it.
//! 7. [`notation`] turns a runbook into diagrams, a calendar, a table.
//! 8. [`render`] turns runbooks and catalog into pages.
//! 9. [`mod@write`] brings pages to disk, or compares them with what is there; [`serve`] shows the site while it is edited.
//!
//! [`model`] holds the values that pass between them, [`text`] fills in texts and escapes what comes from outside,
//! [`commands`] wires stages together, [`cli`] is the command line, [`init`] what a
//! new repository begins with, and [`report`] prints.

pub mod model;
pub mod text;

pub mod catalog;
pub mod git;
pub mod http;
pub mod lock;
pub mod resolve;
pub mod scan;
pub mod sources;

pub mod diff;
pub mod planner;
pub mod propose;
pub mod review;
pub mod revisions;
pub mod runbook;

pub mod notation;
pub mod render;
pub mod serve;
pub mod write;

pub mod cli;
pub mod commands;
pub mod explain;
pub mod init;
pub mod report;
