//! The command line: types only, and the help texts that they carry.

mod init;
mod scan;
mod serve;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

pub use init::{Ci, InitArgs};
pub use scan::{LockArgs, LockMergeArgs, LockVerb, ScanArgs, ScanFailOn, Shard};
pub use serve::ServeArgs;

/// Generates runbooks and handbook pages for language-runtime upgrades.
///
/// Upshift reads one reviewed catalog (the folder `data`: runtimes, components, owners, steps) and the recorded facts
/// about upstream versions (`upshift.lock`), and writes for each upgrade a runbook, a checklist for each team, and a
/// handbook page below `site`.
///
/// Exit codes: 0 done, 1 differences or findings, 2 usage or catalog errors, 3 the outside world failed.
#[derive(Debug, Parser)]
#[command(name = "upshift", version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Cli {
    /// Options that every verb takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

const EXAMPLES: &str = "Examples:
  upshift init                     write a small catalog to begin with, and its pipelines
  upshift check                    find what is wrong in the catalog
  upshift update                   ask upstream for new versions
  upshift versions go              list Go's release lines and releases
  upshift scan .                   list every place that names a version of a runtime
  upshift propose                  tell which upgrades are due
  upshift plan go-1.27.0           show who does what, in which order
  upshift status                   show how far upgrades are, and what is late
  upshift build                    write all pages
  upshift serve                    show the site while the catalog is edited
  upshift build --check            tell whether the committed pages are current
  upshift release go-1.27.0        freeze the runbook as its next revision
  upshift diff main:               show what changes for whom since the branch `main`
  upshift schema catalog           describe every key of the catalog, for editors";

/// Options that every verb takes.
#[derive(Debug, Args)]
pub struct Global {
    /// The root of the repository that holds the catalog
    #[arg(short = 'C', long, value_name = "DIR", default_value = ".", global = true)]
    pub root: PathBuf,
    /// The day as of which to look at things, instead of the day of the lock
    #[arg(long, value_name = "DATE", global = true)]
    pub as_of: Option<Date>,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: Color,
    /// Send `https://HOST/PATH` to `URL/HOST/PATH`, for networks that reach upstream through a proxy cache
    #[arg(long, value_name = "URL", env = "UPSHIFT_MIRROR", global = true)]
    pub mirror: Option<String>,
    /// Refuse to use the network
    #[arg(long, global = true)]
    pub offline: bool,
    /// Say less: only errors and results
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more: what was read, what was skipped
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// When the output is a terminal and `NO_COLOR` is not set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How to print results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Human,
    /// For programs
    Json,
}

/// How to print problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProblemFormat {
    /// For people
    Human,
    /// For programs
    Json,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// For test reports: JUnit
    Junit,
    /// For merge requests: GitLab's Code Quality
    Gitlab,
    /// For pull requests: GitHub's workflow commands
    Github,
}

/// How to print a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For people: by wave, with a timeline
    Human,
    /// For programs: the runbook as a document
    Json,
    /// What comes before what: a Mermaid flowchart of steps
    Mermaid,
    /// What is done when: a Mermaid Gantt chart of steps
    Gantt,
    /// What comes before what: a Graphviz graph of tasks
    Dot,
    /// For calendars: due date, phases, critical path, end of life
    Ics,
    /// For spreadsheets: a row for each task
    Csv,
}

/// How to print changes between runbooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people: by team, then component, with the words that changed
    Human,
    /// For a comment of a merge request: folded by team; mentions nobody
    Markdown,
    /// For programs
    Json,
    /// For pages: a fragment, with classes only
    Html,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// For test reports: JUnit
    Junit,
    /// For pull requests: GitHub's workflow commands
    Github,
}

/// The least level of a change that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ChangeLevel {
    /// Who follows the older runbook would do the wrong thing, or miss something
    Breaking,
    /// Somebody may have to look again
    Warning,
    /// Any change
    Info,
}

/// What to do.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "the help of a verb stands at its arguments")]
pub enum Verb {
    Init(InitArgs),
    Check(CheckArgs),
    Update(UpdateArgs),
    Versions(VersionsArgs),
    Scan(ScanArgs),
    Lock(LockArgs),
    Propose(ProposeArgs),
    Plan(PlanArgs),
    Status(StatusArgs),
    Build(BuildArgs),
    Release(ReleaseArgs),
    Serve(ServeArgs),
    Diff(DiffArgs),
    Explain(ExplainArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
    Schema(SchemaArgs),
}

/// Finds what is wrong in the catalog.
///
/// Reads all YAML files below `data`, resolves every reference, tries every process for every bump and risk, plans
/// every upgrade, fills in every text, and proves that released revisions are what was released. Problems have a code, a
/// place and help. Errors give exit code 2.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift check
  upshift check --fail-on warning
  upshift check --format json | jq '.problems[].code'
  upshift check --format gitlab > gl-code-quality-report.json")]
pub struct CheckArgs {
    /// How to print the problems
    #[arg(long, default_value = "human")]
    pub format: ProblemFormat,
    /// The least severity that makes the exit code other than 0: errors give 2, warnings 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    pub fail_on: FailOn,
}

/// The least severity that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Only errors
    Error,
    /// Warnings too
    Warning,
}

/// Asks upstream for new versions and writes what changed into `upshift.lock`.
///
/// All sources of all runtimes are asked at once. Printed is what is new, which open upgrades it overtakes, and which
/// release lines reach their end of life within a year. A source that fails keeps what it said before, is reported, and
/// makes the exit code 3; in the lock it carries the day of its last answer. Two runs of one day over the same upstream
/// give the same lock, byte by byte.
///
/// Tokens are read from the environment and sent to their own host only: GITHUB_TOKEN, GITLAB_TOKEN, and
/// UPSHIFT_TOKEN_HOST for any other host, as in UPSHIFT_TOKEN_GITLAB_EXAMPLE_COM.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift update
  upshift update go ruby                                ask about these runtimes only
  upshift update --check                                tell what is new, write nothing
  upshift update --format json | jq '.news[] | select(.kind == \"release\")'
  upshift update --mirror https://proxy.example/mirror  reach https://go.dev/dl/ as
                                                        https://proxy.example/mirror/go.dev/dl/")]
pub struct UpdateArgs {
    /// Ask runtimes by their id; all, when none is named
    #[arg(value_name = "RUNTIME")]
    pub runtimes: Vec<String>,
    /// Write nothing; exit with 1 when something is new
    #[arg(long)]
    pub check: bool,
    /// How to print what is new
    #[arg(long, default_value = "human")]
    pub format: Format,
}

/// Lists the release lines and releases of a runtime, from the lock.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift versions go
  upshift versions go --all
  upshift versions go --from 1.26.5 --to 1.26.7         which known vulnerabilities the jump fixes
  upshift versions go --format json | jq '.lines[] | select(.supported)'")]
pub struct VersionsArgs {
    /// The runtime, by its id in the catalog
    #[arg(value_name = "RUNTIME")]
    pub runtime: String,
    /// How to print
    #[arg(long, default_value = "human")]
    pub format: Format,
    /// Show all releases, not only those of lines that are supported
    #[arg(long)]
    pub all: bool,
    /// Tell which known vulnerabilities a jump from this version fixes, keeps open and brings
    #[arg(long, value_name = "VERSION")]
    pub from: Option<String>,
    /// The version to which the jump goes [default: the newest release of the line of `--from`]
    #[arg(long, value_name = "VERSION", requires = "from")]
    pub to: Option<String>,
}

/// Tells which upgrades are due, the most urgent first, and why.
///
/// An upgrade is due when a newer release of a line in use fixes known vulnerabilities, when a line in use reaches its end
/// of life within a year, or when the policy of the runtime asks for a new line. What an open upgrade brings already is
/// not proposed again, and neither is a target that was given up; an open upgrade whose target was overtaken should move.
///
/// In use is, of each line, the oldest version that recorded pins name. Where none is recorded, it is the target of the
/// newest upgrade that is done and where open ones begin, and where there is none, what the newest release branch ships.
///
/// Urgency: `now` when a version in use has vulnerabilities that the upgrade fixes or has reached its end of life, or when
/// the deadline cannot be met; `soon` when the deadline is within 90 days, or work must begin within 30; else `later`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift propose
  upshift propose go ruby --patches     plain patch releases of these runtimes, too
  upshift propose --write               write a file for each new upgrade
  upshift propose --check               exit with 1 when something is due, for CI
  upshift propose --format json | jq '.proposals[] | select(.urgency == \"now\") | .id'")]
pub struct ProposeArgs {
    /// Look at runtimes by their id; at all, when none is named
    #[arg(value_name = "RUNTIME")]
    pub runtimes: Vec<String>,
    /// Write `data/upgrades/ID.yaml` for each new upgrade; files that are there stay as they are
    #[arg(long, conflicts_with = "check")]
    pub write: bool,
    /// Exit with 1 when something is proposed
    #[arg(long)]
    pub check: bool,
    /// Propose patch releases that fix no known vulnerability, too
    #[arg(long)]
    pub patches: bool,
    /// How to print
    #[arg(long, default_value = "human")]
    pub format: Format,
}

/// Shows who does what in an upgrade, when, and in which order.
///
/// Tasks of one wave may run side by side. Reasons, needs and owners come from the catalog. Days are the earliest ones;
/// slack is the working days by which a task may slip before the due date does. The critical path is the longest chain of
/// tasks and waits.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift plan go-1.27.0
  upshift plan go-1.27.0 --start 2026-12-01 --without kas
  upshift plan go-1.27.0 --to 1.27.1 --due 2027-02-18   what changes if we slip, without touching the catalog
  upshift plan --all                                    which teams are asked by several upgrades at once
  upshift plan go-1.27.0 --format json | jq '.tasks[] | select(.state == \"ready\") | .id'
  upshift plan go-1.27.0 --format dot | dot -Tsvg > plan.svg
  upshift plan go-1.27.0 --format ics > go-1.27.0.ics
  (echo '```mermaid'; upshift plan go-1.27.0 --format gantt; echo '```') >> issue.md")]
pub struct PlanArgs {
    /// The upgrade, by its id in the catalog
    #[arg(value_name = "UPGRADE", required_unless_present = "all")]
    pub upgrade: Option<String>,
    /// Show when all open upgrades can be done, and where they ask the same team in the same week
    #[arg(long, conflicts_with = "upgrade")]
    pub all: bool,
    /// How to print; with `--all`, `human` or `json`
    #[arg(long, default_value = "human")]
    pub format: PlanFormat,
    /// What if: the version in use
    #[arg(long, value_name = "VERSION", conflicts_with = "all", help_heading = "What if")]
    pub from: Option<String>,
    /// What if: the target
    #[arg(long, value_name = "VERSION", conflicts_with = "all", help_heading = "What if")]
    pub to: Option<String>,
    /// What if: the day on which work begins
    #[arg(long, value_name = "DATE", conflicts_with = "all", help_heading = "What if")]
    pub start: Option<Date>,
    /// What if: the day by which it must be done
    #[arg(long, value_name = "DATE", conflicts_with = "all", help_heading = "What if")]
    pub due: Option<Date>,
    /// What if: the risk
    #[arg(long, value_name = "RISK", conflicts_with = "all", help_heading = "What if", value_parser = ["low", "normal", "high"])]
    pub risk: Option<String>,
    /// What if: a component that does not take part; can be given several times
    #[arg(long, value_name = "COMPONENT", conflicts_with = "all", help_heading = "What if", value_delimiter = ',')]
    pub without: Vec<String>,
}

/// Shows how far upgrades are, what can be done now, and what is late.
///
/// Progress is counted from evidence: a task is done when the catalog holds a link that proves it or what is recorded
/// of repositories does, and waived while its waiver holds. Late is what should have been done by the day of the lock.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift status
  upshift status go-1.27.0 --for gitaly                 what a team can do now
  upshift status --format json | jq '.upgrades[] | {upgrade, percent}'")]
pub struct StatusArgs {
    /// Upgrades by their id in the catalog; all open ones, when none is named
    #[arg(value_name = "UPGRADE")]
    pub upgrades: Vec<String>,
    /// List only the tasks of this team, by its id in the catalog
    #[arg(long = "for", value_name = "TEAM")]
    pub team: Option<String>,
    /// How to print
    #[arg(long, default_value = "human")]
    pub format: Format,
}

/// Writes all pages below `site`.
///
/// Needs no network: the catalog and the lock are all that goes in, and the same input gives the same bytes. Pages
/// that are no longer generated are removed, and nothing else is. Exit code 1 with `--check` means that the pages are
/// not current.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift build
  upshift build --check
  upshift build --into handbook/go-upgrade.md --upgrade go-1.27.0")]
pub struct BuildArgs {
    /// Write nothing; print the differences and exit with 1 when there are any
    #[arg(long)]
    pub check: bool,
    /// Where to write the pages that reviewers compare, below the root
    #[arg(long, value_name = "DIR", default_value = "site")]
    pub output: PathBuf,
    /// Where to write the site that people open, below the root
    #[arg(long, value_name = "DIR", default_value = "public", conflicts_with_all = ["check", "into"])]
    pub public: PathBuf,
    /// Write no site
    #[arg(long, conflicts_with_all = ["public", "check", "into"])]
    pub no_public: bool,
    /// Put the handbook page between its markers in a page of yours, and write nothing else
    ///
    /// The markers are `<!-- BEGIN upshift: UPGRADE -->` and `<!-- END upshift: UPGRADE -->`, on lines of their own.
    #[arg(long, value_name = "PAGE", requires = "upgrade")]
    pub into: Option<PathBuf>,
    /// The upgrade whose handbook page `--into` means
    #[arg(long, value_name = "UPGRADE", requires = "into")]
    pub upgrade: Option<String>,
}

/// Freezes the current runbook of an upgrade as its next revision: r1, r2, and so on.
///
/// What engineers follow can be superseded, never edited under them. A revision is `rN.md` and `rN.json` in the folder of
/// the upgrade below `site`, and an entry in `revisions.json` there, with the digests of both files, of the facts and the
/// lock, and of the entry before it. Nothing rewrites or removes these files, and `upshift check` proves that nobody did.
/// The date is the day of the lock. Where nothing changed since the last revision, nothing is released.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift release go-1.27.0
  upshift release go-1.27.0 -m 'FIPS has a release of its own' && upshift build
  jq -r '.revisions[] | \"r\\(.revision) \\(.date) \\(.message)\"' site/go/1.27.0/revisions.json
  jq -cj '.revisions[0] | del(.digest, .superseded_by)' site/go/1.27.0/revisions.json | sha256sum")]
pub struct ReleaseArgs {
    /// The upgrade, by its id in the catalog
    #[arg(value_name = "UPGRADE")]
    pub upgrade: String,
    /// What is new in this revision
    #[arg(short, long, value_name = "MESSAGE", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub message: Option<String>,
}

/// Shows how runbooks differ by meaning: what somebody who follows the older one must do differently.
///
/// OLD and NEW are each an upgrade as it is planned now (`go-1.27.0`), a released revision (`go-1.27.0@r1`), a file
/// (`runbook.json`), or all upgrades of a git revision (`v1.0:`), one of them (`v1.0:go-1.27.0`) or a file in it
/// (`v1.0:site/go/1.27.0/runbook.json`). Of a git revision, catalog and lock are read and planned anew; nothing is checked
/// out. Without NEW, OLD is compared with the catalog as it is now, and an upgrade's latest revision with the upgrade.
/// Without both, each open upgrade's latest revision is.
///
/// A change is breaking when somebody who follows the older runbook would now do the wrong thing, or miss something.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift diff                                   what released revisions do not have yet
  upshift diff main: --format markdown           what a merge request changes, as its comment
  upshift diff v1.0..HEAD --fail-on breaking
  upshift diff go-1.27.0@r1 go-1.27.0@r2 --for gitaly
  upshift diff go-1.26.7 go-1.27.0               what is different from the last time
  upshift diff old/runbook.json site/go/1.27.0/runbook.json --format json

As git's own diff of runbooks:
  echo 'site/**/runbook.json diff=upshift' >> .gitattributes
  git config diff.upshift.command 'upshift diff --git-driver'")]
pub struct DiffArgs {
    /// The older side; `A..B` means the git revisions `A:` and `B:`
    #[arg(value_name = "OLD")]
    pub old: Option<String>,
    /// The newer side
    #[arg(value_name = "NEW")]
    pub new: Option<String>,
    /// How to print the changes
    #[arg(long, default_value = "human")]
    pub format: DiffFormat,
    /// The least level of a change that makes the exit code 1
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub fail_on: ChangeLevel,
    /// Show only what this team must know, by its id in the catalog
    #[arg(long = "for", value_name = "TEAM")]
    pub team: Option<String>,
    /// Take the arguments that git gives to a diff driver, and print that file's changes; the exit code is 0
    #[arg(
        long,
        value_name = "ARGS",
        num_args = 1..,
        allow_hyphen_values = true,
        conflicts_with_all = ["old", "new", "format", "fail_on", "team"]
    )]
    pub git_driver: Vec<PathBuf>,
}

/// Tells what a problem code means, with a wrong and a right example, and how the problem goes away.
///
/// Without a code, lists all of them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift explain
  upshift explain unknown-key")]
pub struct ExplainArgs {
    /// The code, as it stands in brackets after `error` or `warning`
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
}

/// Prints completions for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift completions bash > ~/.local/share/bash-completion/completions/upshift
  upshift completions fish > ~/.config/fish/completions/upshift.fish")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// Prints the manual page, or writes the pages of all verbs into a folder.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift man | man -l -
  upshift man --output ~/.local/share/man/man1")]
pub struct ManArgs {
    /// Write one page for each verb into this folder
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// Prints the JSON Schema (2020-12) of a file that Upshift reads or of a document that it writes.
///
/// `upshift build` writes all of them below `site/schema`. An editor that knows the YAML language server completes and
/// explains the keys of a catalog file that begins with
/// `# yaml-language-server: $schema=../site/schema/catalog.schema.json`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift schema catalog
  upshift schema runbook | jq '.properties | keys'
  upshift schema catalog > catalog.schema.json
  check-jsonschema --schemafile catalog.schema.json data/teams.yaml")]
pub struct SchemaArgs {
    /// What to describe
    #[arg(value_name = "NAME")]
    pub name: SchemaName,
}

/// What has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaName {
    /// The YAML files below `data`
    Catalog,
    /// `upshift.lock`
    Lock,
    /// `runbook.json`, and what `plan --format json` prints
    Runbook,
    /// `index.json`
    Index,
    /// `revisions.json` of an upgrade
    Revisions,
    /// What `check --format json` prints
    Problems,
    /// What `plan --all --format json` prints
    Plans,
    /// What `status --format json` prints
    Status,
    /// What `versions --format json` prints
    Versions,
    /// What `update --format json` prints
    Update,
    /// What `propose --format json` prints
    Proposals,
    /// Pins: the places in repositories that name a version
    Pins,
    /// What `diff --format json` prints of one upgrade
    Diff,
    /// What `diff --format json` prints of all upgrades
    Diffs,
}

impl SchemaName {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Catalog,
        Self::Lock,
        Self::Runbook,
        Self::Index,
        Self::Revisions,
        Self::Problems,
        Self::Plans,
        Self::Status,
        Self::Versions,
        Self::Update,
        Self::Proposals,
        Self::Pins,
        Self::Diff,
        Self::Diffs,
    ];

    /// The name on the command line and of the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::Lock => "lock",
            Self::Runbook => "runbook",
            Self::Index => "index",
            Self::Revisions => "revisions",
            Self::Problems => "problems",
            Self::Plans => "plans",
            Self::Status => "status",
            Self::Versions => "versions",
            Self::Update => "update",
            Self::Proposals => "proposals",
            Self::Pins => "pins",
            Self::Diff => "diff",
            Self::Diffs => "diffs",
        }
    }
}
