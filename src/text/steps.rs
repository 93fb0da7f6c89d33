//! The step texts of a process, compiled once and filled in task by task.
//! Values are escaped for where they land; a name that is not defined is a problem, never an empty place.

use tera::{Context, ErrorKind, Span, Tera};

use crate::model::id::StepId;
use crate::model::problem::{Problem, Within};
use crate::model::process::{Process, Step, Text};
use crate::text::escape;
use crate::text::limited::Limited;

/// The longest text that a template may become, in bytes.
const LONGEST_TEXT: usize = 64 << 10;

/// A text of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The title: plain text.
    Title,
    /// What to do: Markdown.
    Do,
    /// Commands: shell.
    Run,
    /// How a person knows that it worked: Markdown.
    Verify,
    /// How to undo it: Markdown.
    Rollback,
    /// What to announce: plain text.
    Announce,
}

impl Field {
    const ALL: [Self; 6] = [Self::Title, Self::Do, Self::Run, Self::Verify, Self::Rollback, Self::Announce];

    /// The key by which the catalog knows it.
    fn key(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Do => "do",
            Self::Run => "run",
            Self::Verify => "verify",
            Self::Rollback => "rollback",
            Self::Announce => "announce",
        }
    }

    fn text(self, step: &Step) -> Option<&Text> {
        match self {
            Self::Title => Some(&step.title),
            Self::Do => step.instructions.as_ref(),
            Self::Run => step.run.as_ref(),
            Self::Verify => step.verify.as_ref(),
            Self::Rollback => step.rollback.as_ref(),
            Self::Announce => step.announce.as_ref().map(|announcement| &announcement.text),
        }
    }
}

/// The compiled step texts of a process, and the values that all of them may name.
pub struct StepTexts {
    plain: Tera,
    markdown: Tera,
    shell: Tera,
}

impl StepTexts {
    /// Compiles all texts of a process. What `shared` holds is there for each of them.
    ///
    /// # Errors
    ///
    /// Every text that is not a template, with its place.
    pub fn new(process: &Process, shared: &Context) -> Result<Self, Vec<Problem>> {
        let mut texts = Self { plain: Tera::default(), markdown: Tera::default(), shell: Tera::default() };
        texts.plain.autoescape_on(Vec::<&str>::new());
        texts.markdown.autoescape_on([""]);
        texts.markdown.set_escape_fn(escape::write_markdown);
        texts.shell.autoescape_on([""]);
        texts.shell.set_escape_fn(escape::write_shell);
        for engine in [&mut texts.plain, &mut texts.markdown, &mut texts.shell] {
            engine.global_context().extend(shared.clone());
        }
        let mut problems = Vec::new();
        for step in process.steps.values() {
            for field in Field::ALL {
                let Some(text) = field.text(step) else { continue };
                let name = to_name(&step.id, field);
                if let Err(error) = texts.engine_mut(field).add_raw_template(&name, &text.value) {
                    problems.push(to_problem(&error, step, field, text));
                }
            }
        }
        if problems.is_empty() { Ok(texts) } else { Err(problems) }
    }

    /// Fills in a text of a step; `None` when the step has none.
    ///
    /// # Errors
    ///
    /// A name that neither the context nor what is shared defines, or a text that grows without bounds.
    pub fn render(&self, step: &Step, field: Field, context: &Context) -> Result<Option<String>, Box<Problem>> {
        let Some(text) = field.text(step) else { return Ok(None) };
        let mut out = Limited::new(LONGEST_TEXT);
        let name = to_name(&step.id, field);
        match self.engine(field).render_to(&name, context, &mut out) {
            Ok(()) => Ok(Some(String::from_utf8_lossy(&out.into_bytes()).trim().to_owned())),
            Err(error) if matches!(error.kind(), ErrorKind::Io(_)) => {
                let message = format!("`{}` of the step `{}`", field.key(), step.id);
                let problem = match out.is_full() {
                    true => Problem::error("invalid-template", &text.place, message + " grows beyond 64 KiB"),
                    false => Problem::error("invalid-template", &text.place, message + ": a value is no plain word")
                        .help("a shell could read it as a command; in `run`, use ids, versions and paths"),
                };
                Err(Box::new(problem))
            }
            Err(error) => Err(Box::new(to_problem(&error, step, field, text))),
        }
    }

    fn engine(&self, field: Field) -> &Tera {
        match field {
            Field::Title | Field::Announce => &self.plain,
            Field::Run => &self.shell,
            Field::Do | Field::Verify | Field::Rollback => &self.markdown,
        }
    }

    fn engine_mut(&mut self, field: Field) -> &mut Tera {
        match field {
            Field::Title | Field::Announce => &mut self.plain,
            Field::Run => &mut self.shell,
            Field::Do | Field::Verify | Field::Rollback => &mut self.markdown,
        }
    }
}

fn to_name(step: &StepId, field: Field) -> String {
    format!("{step}.{}", field.key())
}

fn to_problem(error: &tera::Error, step: &Step, field: Field, text: &Text) -> Problem {
    let (message, within) = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            (report.message().to_owned(), find_part(&text.value, report.span()))
        }
        other => (other.to_string(), None),
    };
    let message = message.lines().next().unwrap_or_default();
    let mut message = message.trim_start_matches("error: ").trim_end_matches('.').to_owned();
    if let Some(first) = message.get(..1) {
        let first = first.to_lowercase();
        message.replace_range(..1, &first);
    }
    // The engine lists the names that exist after the message.
    let (message, known) = message.split_once(". Available").unwrap_or((&message, ""));
    let message = format!("`{}` of the step `{}`: {message}", field.key(), step.id);
    let mut problem = Problem::error("invalid-template", &text.place, message);
    if let Some((_, names)) = known.split_once(": ") {
        let names: Vec<&str> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        let written = within.as_ref().map_or("", |within: &Within| within.part.as_str());
        problem = problem.suggest(written, names);
    }
    match within {
        Some(within) => problem.within(within),
        None => problem,
    }
}

/// The part of a template that an error is about.
fn find_part(text: &str, span: &Span) -> Option<Within> {
    let part = text.get(span.range.clone())?;
    let before = text.get(..span.range.start)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = u32::try_from(before.matches('\n').count()).ok()? + 1;
    let column = u32::try_from(before[start..].chars().count()).ok()? + 1;
    Some(Within { line, column, part: part.lines().next()?.to_owned() })
}
