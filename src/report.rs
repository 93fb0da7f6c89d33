//! The only module that prints: results to standard output, messages to standard error, control characters never.

mod changes;
mod finding;
mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod junit;
mod markdown;
mod progress;
mod sarif;

use std::io::{self, IsTerminal as _, Write as _};

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};
use anyhow::Result;
use jiff::civil::Date;
use serde::Serialize;

use crate::cli::{Color, DiffFormat, Format, Global, PlanFormat, ProblemFormat};
use crate::model::comparison::Comparison;
use crate::model::id::ComponentId;
use crate::model::pins::Pins;
use crate::model::place::Texts;
use crate::model::problem::Problem;
use crate::model::runbook::Runbook;
use crate::notation;
use crate::text::escape::to_terminal;
use crate::text::to_json;

use finding::{CHECK, DIFF, to_findings};
pub use json::{
    AdvisoryEntry, BehindEntry, DeadlineEntry, DiffsDocument, EndingEntry, FailureEntry, JumpEntry, NewsEntry,
    OutlookEntry, PlansDocument, ProposalEntry, ProposalsDocument, ReasonEntry, SettledEntry, SkippedEntry,
    StatusDocument, UpdateDocument, UsedEntry, VersionsDocument, to_diffs_schema, to_plans_schema, to_problems_schema,
    to_proposals_schema, to_status_schema, to_update_schema, to_versions_schema,
};
pub use progress::ProgressLines;

/// How much to say beside results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Volume {
    Quiet,
    Normal,
    Verbose,
}

/// What a component uses of a runtime, as a scan found it.
#[derive(Clone, Debug)]
pub struct ScannedEntry {
    /// The component.
    pub component: ComponentId,
    /// What people call the runtime.
    pub runtime: String,
    /// The versions that it is built with, the newest first.
    pub in_use: Vec<String>,
    /// How many pins there are.
    pub pins: usize,
}

/// How many upgrades the user asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// One that was named.
    One,
    /// All that there are.
    All,
}

/// The way to the user.
pub struct Report {
    out: AutoStream<io::Stdout>,
    err: AutoStream<io::Stderr>,
    volume: Volume,
    kept: Option<String>,
}

impl Report {
    /// Sets up both streams as the command line asks.
    #[must_use]
    pub fn new(global: &Global) -> Self {
        let choice = match global.color {
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
            Color::Auto => ColorChoice::Auto,
        };
        let volume = match (global.quiet, global.verbose) {
            (true, _) => Volume::Quiet,
            (_, true) => Volume::Verbose,
            _ => Volume::Normal,
        };
        Self {
            out: AutoStream::new(io::stdout(), choice),
            err: AutoStream::new(io::stderr(), choice),
            volume,
            kept: None,
        }
    }

    /// Prints a result. A reader that has gone away is no failure.
    fn print(&mut self, text: &str) {
        let _ = self.out.write_all(text.as_bytes());
        let _ = self.out.flush();
    }

    /// From now on, messages are also kept, for a reader elsewhere.
    pub fn keep(&mut self) {
        self.kept = Some(String::new());
    }

    /// The messages since [`Report::keep`], without colours.
    pub fn take_kept(&mut self) -> String {
        strip_str(&self.kept.take().unwrap_or_default()).to_string()
    }

    fn say(&mut self, text: &str) {
        if let Some(kept) = &mut self.kept {
            kept.push_str(text);
        }
        let _ = self.err.write_all(text.as_bytes());
        let _ = self.err.flush();
    }

    /// Prints a text as a result, line by line.
    pub fn text(&mut self, text: &str) {
        let shown: Vec<_> = text.split('\n').map(to_terminal).collect();
        self.print(&shown.join("\n"));
    }

    /// Prints a document as it is, or as it is told to people.
    fn document<D: Serialize>(&mut self, document: &D, format: Format, told: fn(&D) -> String) -> Result<()> {
        let text = match format {
            Format::Human => told(document),
            Format::Json => to_json(document)?,
        };
        self.print(&text);
        Ok(())
    }

    /// Prints a unified diff as a result, in colour.
    pub fn diff(&mut self, diff: &str) {
        self.print(&human::diff(diff));
    }

    /// Says something about the work, unless the user asked for silence.
    pub fn note(&mut self, text: &str) {
        if self.volume > Volume::Quiet {
            self.say(&format!("{}\n", to_terminal(text)));
        }
    }

    /// Says something that only the curious want to know.
    pub fn detail(&mut self, text: &str) {
        if self.volume == Volume::Verbose {
            self.say(&format!("{}\n", to_terminal(text)));
        }
    }

    /// Says that something went wrong without a place in the catalog.
    pub fn failure(&mut self, message: &str, help: &[&str]) {
        self.say(&human::failure(message, help));
    }

    /// Prints problems in a format: as the result of `check`, or, for people, on the way to something else.
    ///
    /// # Errors
    ///
    /// A document that cannot be written as JSON or XML.
    pub fn problems(&mut self, problems: &[Problem], texts: &Texts, format: ProblemFormat) -> Result<()> {
        if format == ProblemFormat::Human {
            let drawn = human::problems(problems, texts);
            self.say(&drawn);
            return Ok(());
        }
        let findings = to_findings(problems, texts);
        let document = match format {
            ProblemFormat::Human | ProblemFormat::Json => json::problems(problems, &findings)?,
            ProblemFormat::Sarif => sarif::findings(&CHECK, &findings)?,
            ProblemFormat::Junit => junit::findings(&CHECK, &findings)?,
            ProblemFormat::Gitlab => gitlab::findings(&findings)?,
            ProblemFormat::Github => github::findings(&CHECK, &findings),
        };
        self.print(&document);
        Ok(())
    }

    /// Prints how runbooks differ, as [`to_changes_text`] writes it.
    ///
    /// # Errors
    ///
    /// A document that cannot be written as JSON or XML.
    pub fn changes(&mut self, comparisons: &[Comparison], asked: Asked, format: DiffFormat) -> Result<()> {
        self.print(&to_changes_text(comparisons, asked, format)?);
        Ok(())
    }

    /// Prints a runbook in a format; `as_of` is the day as of which it is looked at.
    ///
    /// # Errors
    ///
    /// A document that cannot be written as JSON or CSV.
    pub fn plan(&mut self, runbook: &Runbook, format: PlanFormat, as_of: Option<Date>) -> Result<()> {
        let text = match format {
            PlanFormat::Human => Some(human::plan(runbook)),
            PlanFormat::Json => Some(to_json(runbook)?),
            PlanFormat::Mermaid => Some(notation::mermaid::flowchart(runbook)),
            PlanFormat::Gantt => notation::mermaid::gantt(runbook),
            PlanFormat::Dot => Some(notation::dot::graph(runbook)),
            PlanFormat::Ics => notation::ics::calendar(runbook, as_of),
            PlanFormat::Csv => Some(notation::csv::table(runbook)?),
        };
        match text {
            Some(text) => self.print(&text),
            None => self.note("nothing has a date yet, so there is nothing to print"),
        }
        Ok(())
    }

    /// Prints all plans.
    ///
    /// # Errors
    ///
    /// A document that cannot be written as JSON.
    pub fn plans(&mut self, document: &PlansDocument, format: Format) -> Result<()> {
        self.document(document, format, human::plans)
    }

    /// Prints how far upgrades are.
    ///
    /// # Errors
    ///
    /// A document that cannot be written as JSON.
    pub fn status(&mut self, document: &StatusDocument, format: Format) -> Result<()> {
        self.document(document, format, human::status)
    }

    /// Shows how far the sources are, one line each; nothing where nobody watches.
    #[must_use]
    pub fn progress(&self) -> ProgressLines {
        ProgressLines::new(self.volume > Volume::Quiet && io::stderr().is_terminal())
    }

    /// Prints what an update brought. Sources that failed are told as errors, beside the result.
    ///
    /// # Errors
    ///
    /// A document that cannot be written as JSON.
    pub fn update(&mut self, document: &UpdateDocument, format: Format) -> Result<()> {
        self.document(document, format, human::update)?;
        for failure in &document.failures {
            let help = match (failure.kept, failure.stale) {
                (true, Some(day)) => format!("what it said on {day} is kept"),
                (true, None) => "what it said before is kept".to_owned(),
                (false, _) => "nothing is known from it yet".to_owned(),
            };
            let FailureEntry { runtime, source, url, message, .. } = failure;
            self.failure(&format!("{source} of {runtime}: {url}: {message}"), &[&help]);
        }
        Ok(())
    }

    /// Prints which upgrades are due.
    ///
    /// # Errors
    ///
    /// A document that cannot be written as JSON.
    pub fn proposals(&mut self, document: &ProposalsDocument, format: Format) -> Result<()> {
        self.document(document, format, human::proposals)
    }

    /// Prints the pins of a folder.
    ///
    /// # Errors
    ///
    /// A document that cannot be written as JSON.
    pub fn pins(&mut self, document: &Pins, format: Format) -> Result<()> {
        self.document(document, format, human::pins)
    }

    /// Prints what was found in the repositories of components: the pins for programs, a row for each use for people.
    ///
    /// # Errors
    ///
    /// A document that cannot be written as JSON.
    pub fn scanned(&mut self, document: &Pins, entries: &[ScannedEntry], format: Format) -> Result<()> {
        let text = match format {
            Format::Human => human::scanned(document, entries),
            Format::Json => to_json(document)?,
        };
        self.print(&text);
        Ok(())
    }

    /// Prints the versions of a runtime.
    ///
    /// # Errors
    ///
    /// A document that cannot be written as JSON.
    pub fn versions(&mut self, document: &VersionsDocument, format: Format) -> Result<()> {
        self.document(document, format, human::versions)
    }
}

/// Writes how runbooks differ. For one upgrade that was named, programs get its document; for all, one that lists them.
///
/// # Errors
///
/// A document that cannot be written as JSON or XML.
pub fn to_changes_text(comparisons: &[Comparison], asked: Asked, format: DiffFormat) -> Result<String> {
    let findings = || finding::from_changes(comparisons);
    match (format, asked, comparisons) {
        (DiffFormat::Human, ..) => Ok(human::changes(comparisons)),
        (DiffFormat::Markdown, ..) => Ok(markdown::changes(comparisons)),
        (DiffFormat::Json, Asked::One, [one]) => to_json(&one.changes),
        (DiffFormat::Json, ..) => to_json(&DiffsDocument::new(comparisons)),
        (DiffFormat::Html, ..) => Ok(html::changes(comparisons)),
        (DiffFormat::Sarif, ..) => sarif::findings(&DIFF, &findings()),
        (DiffFormat::Junit, ..) => junit::findings(&DIFF, &findings()),
        (DiffFormat::Github, ..) => Ok(github::findings(&DIFF, &findings())),
    }
}
