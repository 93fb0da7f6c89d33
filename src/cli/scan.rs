//! The command line of `upshift scan` and `upshift lock`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};

use super::Format;

/// Finds the places in repositories that name a version of a runtime, and records them.
///
/// `scan PATH` looks at one folder, needs no catalog, and prints what it finds. With `--checkouts` each component of the
/// catalog is looked for at DIR/COMPONENT, or else at DIR/NAME with the last name of its repository's address; what is found
/// there goes into `upshift.lock`, with the commit that is checked out, and pages, verdicts and proposals follow from it.
/// With `--remote` git fetches each repository as `git clone` would, with your keys and credential helpers, into a cache;
/// one that fails keeps its pins, is reported, and makes the exit code 3.
///
/// Files that git ignores are skipped, and so are links and folders that hold no pins of their own: `vendor`,
/// `node_modules`, `testdata`, `fixtures`, `spec`, `docs`, `examples` and the like; `-v` tells what was skipped. The key
/// `scan` of the settings or of a component includes or excludes more, and finds versions in files of other formats.
///
/// A component that another one ships is not looked for: what that one builds counts.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift scan .
  upshift scan . --format json | jq '.pins[] | select(.runtime == \"go\")'
  upshift scan --checkouts ../checkouts
  upshift scan --remote
  upshift scan --checkouts ../checkouts --component gitaly --component workhorse
  upshift scan --checkouts ../checkouts --check            tell what changed, write nothing
  upshift scan --checkouts ../checkouts --shard \"$CI_NODE_INDEX/$CI_NODE_TOTAL\"")]
pub struct ScanArgs {
    /// One folder to look at, instead of the components of the catalog
    #[arg(value_name = "PATH", required_unless_present_any = ["checkouts", "remote"])]
    pub path: Option<PathBuf>,
    /// A folder with a checkout of each component
    #[arg(long, value_name = "DIR", conflicts_with = "path")]
    pub checkouts: Option<PathBuf>,
    /// Fetch the newest commit of each component's repository by git, and only the files that are read
    #[arg(long, conflicts_with_all = ["path", "checkouts"])]
    pub remote: bool,
    /// Only this component, by its id; can be given several times
    #[arg(long, value_name = "COMPONENT", conflicts_with = "path")]
    pub component: Vec<String>,
    /// Only the I-th of N equal parts of the components, for N jobs side by side; `upshift lock merge` unites their locks
    #[arg(long, value_name = "I/N", conflicts_with = "path")]
    pub shard: Option<Shard>,
    /// Write nothing; exit with 1 when something changed
    #[arg(long, conflicts_with = "path")]
    pub check: bool,
    /// Exit with 1 when pins break a rule of their runtime's policy
    #[arg(long, value_name = "WHAT", conflicts_with = "path")]
    pub fail_on: Option<ScanFailOn>,
    /// How to print
    #[arg(long, default_value = "human")]
    pub format: Format,
}

/// What makes a scan fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScanFailOn {
    /// Pins that break a rule, or a runtime that the catalog does not list
    Finding,
}

/// One of several equal parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which one, from 1.
    pub index: usize,
    /// How many there are.
    pub total: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(index, total)| Some((index.parse().ok()?, total.parse().ok()?)));
        match numbers {
            Some((index, total)) if (1..=total).contains(&index) => Ok(Self { index, total }),
            _ => Err("write which part of how many, from 1: `2/5`".to_owned()),
        }
    }
}

/// Works with locks.
#[derive(Debug, Args)]
pub struct LockArgs {
    /// What to do
    #[command(subcommand)]
    pub verb: LockVerb,
}

/// What to do with locks.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "the help of a verb stands at its arguments")]
pub enum LockVerb {
    Merge(LockMergeArgs),
}

/// Unites locks, as those of a scan that several jobs shared, and writes `upshift.lock`.
///
/// What only one of them has is taken. What several have is taken from the one that learnt it last. Where two learnt
/// different things on one day, nothing is written.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift lock merge shard-1/upshift.lock shard-2/upshift.lock
  upshift lock merge upshift.lock shard-*/upshift.lock")]
pub struct LockMergeArgs {
    /// The locks
    #[arg(value_name = "LOCK", required = true, num_args = 1..)]
    pub locks: Vec<PathBuf>,
}
