//! The command line of `upshift init`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Writes a starter repository: a small example catalog, and the pipelines that check, publish and renew it.
///
/// The example builds as it is: teams and components are made up, and the facts about Go are true. The pipelines check the
/// catalog, publish the pages, tell in merge requests what changes for whom, and propose upgrades that are due; what has
/// to be set up by hand stands at the top of their file.
///
/// Nothing is overwritten: a file that is there stays as it is, and beside a catalog of yours the example is left out.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift init                           here, with a pipeline for GitLab
  upshift init upgrades --ci github
  upshift init --ci gitlab,github
  upshift init --ci none")]
pub struct InitArgs {
    /// Where to write, from the root; made where it does not exist [default: the root]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// Where pipelines run; can be given several times
    #[arg(long, value_name = "FORGE", default_value = "gitlab", value_delimiter = ',')]
    pub ci: Vec<Ci>,
}

/// Where pipelines run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Ci {
    /// GitLab CI and GitLab Pages: `.gitlab-ci.yml`
    Gitlab,
    /// GitHub Actions and GitHub Pages: `.github/workflows/upshift.yml`, and the action that it uses
    Github,
    /// Nowhere: just the catalog
    None,
}
