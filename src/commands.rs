//! The verbs: each wires stages together and decides on an exit code. No verb computes anything itself.

mod build;
mod changes;
mod check;
mod diff;
mod documents;
mod explain;
mod init;
mod load;
mod lock;
mod manual;
mod plan;
mod propose;
mod release;
mod scan;
mod schema;
mod serve;
mod site;
mod status;
mod update;
mod versions;

use std::path::PathBuf;

use anyhow::Result;
use jiff::civil::Date;

use crate::cli::{Cli, Verb};
use crate::report::Report;

pub use crate::http::Tokens;

/// What the process gives to a verb: the only things from outside that are not files of the repository.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The day on which the command runs.
    pub today: Date,
    /// Where answers of upstream may be kept between runs.
    pub cache: Option<PathBuf>,
    /// Who is told who asks.
    pub tokens: Tokens,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Done,
    /// There are differences or findings.
    Findings,
    /// The command line or the catalog is wrong.
    Usage,
    /// The outside world failed: upstream, tracker, disk.
    Outside,
}

impl Exit {
    /// The exit code, the same for every verb.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Outside => 3,
        }
    }
}

/// Runs a verb.
///
/// # Errors
///
/// What the outside world did: a disk or file that fails. Problems of the catalog are reported and become an exit code.
pub fn run(cli: &Cli, surroundings: &Surroundings, report: &mut Report) -> Result<Exit> {
    match &cli.verb {
        Verb::Init(args) => init::run(&cli.global, args, report),
        Verb::Check(args) => check::run(&cli.global, args, report),
        Verb::Update(args) => update::run(&cli.global, args, surroundings, report),
        Verb::Versions(args) => versions::run(&cli.global, args, report),
        Verb::Scan(args) => scan::run(&cli.global, args, surroundings, report),
        Verb::Lock(args) => lock::run(&cli.global, args, report),
        Verb::Propose(args) => propose::run(&cli.global, args, report),
        Verb::Plan(args) => plan::run(&cli.global, args, report),
        Verb::Status(args) => status::run(&cli.global, args, report),
        Verb::Release(args) => release::run(&cli.global, args, report),
        Verb::Build(args) => build::run(&cli.global, args, report),
        Verb::Serve(args) => serve::run(&cli.global, args, report),
        Verb::Diff(args) => diff::run(&cli.global, args, report),
        Verb::Explain(args) => Ok(explain::run(args, report)),
        Verb::Completions(args) => Ok(manual::completions(args, report)),
        Verb::Man(args) => manual::man(&cli.global.root, args, report),
        Verb::Schema(args) => schema::run(args, report),
    }
}
