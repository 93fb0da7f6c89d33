//! Problems: findings about the user's or upstream's data, collected rather than thrown.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::place::{Place, Texts};

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing can be generated before it is mended.
    Error,
    /// Generation goes on, but somebody should look.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// A finding with a stable code, a place, a message and help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How much it weighs.
    pub severity: Severity,
    /// The stable name of this kind of finding.
    pub code: &'static str,
    /// What is wrong: lower case, names in backticks, no final period.
    pub message: String,
    /// Where, as far as that is known.
    pub place: Place,
    /// Other places that belong to it, each with a word on why.
    pub related: Vec<(Place, String)>,
    /// What to do about it.
    pub help: Vec<String>,
    /// What it is about beside the value at its place, where several findings can share one; a name, never a sentence.
    pub about: String,
    /// Where inside the text at the place, when it is about a part of that text.
    pub within: Option<Within>,
}

/// A part of a text of several lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Within {
    /// The line of the text, from 1.
    pub line: u32,
    /// The column in that line, from 1, in characters.
    pub column: u32,
    /// The part itself.
    pub part: String,
}

impl Problem {
    /// Makes an error.
    #[must_use]
    pub fn error(code: &'static str, place: &Place, message: impl Into<String>) -> Self {
        Self::with(Severity::Error, code, place, message.into())
    }

    /// Makes a warning.
    #[must_use]
    pub fn warning(code: &'static str, place: &Place, message: impl Into<String>) -> Self {
        Self::with(Severity::Warning, code, place, message.into())
    }

    fn with(severity: Severity, code: &'static str, place: &Place, message: String) -> Self {
        Self {
            severity,
            code,
            message,
            place: place.clone(),
            related: Vec::new(),
            help: Vec::new(),
            about: String::new(),
            within: None,
        }
    }

    /// Adds a line of help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Says what it is about, so that it is told from other findings at the same place.
    #[must_use]
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.about = about.into();
        self
    }

    /// Says which part of the text at the place it is about.
    #[must_use]
    pub fn within(mut self, within: Within) -> Self {
        self.within = Some(within);
        self
    }

    /// Adds another place that belongs to the finding.
    #[must_use]
    pub fn related(mut self, place: &Place, label: impl Into<String>) -> Self {
        self.related.push((place.clone(), label.into()));
        self
    }

    /// Adds a suggestion when one of the known names is near the one that was written.
    #[must_use]
    pub fn suggest<'a>(self, written: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        match find_near_name(written, known.iter().copied()) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None if known.is_empty() || known.len() > 12 => self,
            None => {
                let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
                self.help(format!("known here: {}", names.join(", ")))
            }
        }
    }
}

/// Finds the known name that a person most likely meant, if one is near enough.
#[must_use]
pub fn find_near_name<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A hostile name of megabytes would make the distance quadratic in them.
    if written.len() > 256 {
        return None;
    }
    let folded = written.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&folded, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= (name.chars().count().max(3) / 3).max(1))
        .min()
        .map(|(_, name)| name)
}

/// Sorts problems by place, then weight, code and message, and drops exact repetitions.
pub fn sort(problems: &mut Vec<Problem>) {
    problems
        .sort_by(|a, b| (&a.place, a.severity, a.code, &a.message).cmp(&(&b.place, b.severity, b.code, &b.message)));
    problems.dedup();
}

/// Moves problems about a part of a text to that part, where the file shows the text as it is: literal blocks and texts
/// of one line. Folded texts have other lines in the file than in themselves, so those problems stay where they are.
pub fn settle(problems: &mut [Problem], texts: &Texts) {
    for problem in problems {
        let Some(within) = problem.within.take() else { continue };
        let lines = texts.get(&problem.place.file).map(|text| text.lines());
        let line = problem.place.line + within.line - 1;
        let Some(shown) = lines.and_then(|mut lines| lines.nth((line as usize).checked_sub(1)?)) else { continue };
        // A quoted text begins after its quote.
        let columns = [0, 1].map(|quote| problem.place.column + within.column - 1 + quote);
        let found = columns.into_iter().find(|column| {
            let rest: String = shown.chars().skip((*column as usize).saturating_sub(1)).collect();
            !within.part.is_empty() && rest.starts_with(&within.part)
        });
        if let Some(column) = found {
            let length = u32::try_from(within.part.chars().count()).unwrap_or(0);
            problem.place = Place { line, column, length, ..problem.place.clone() };
        }
    }
}

/// Says whether any of the problems is an error.
#[must_use]
pub fn has_errors(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.severity == Severity::Error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_the_nearest_known_name() {
        assert_eq!(find_near_name("pyhton", ["ruby", "python", "go"]), Some("python"));
        assert_eq!(find_near_name("Gitaly", ["gitaly", "pages"]), Some("gitaly"));
        assert_eq!(find_near_name("zzz", ["ruby", "python"]), None);
        assert_eq!(find_near_name(&"a".repeat(1 << 20), ["ruby"]), None);
    }
}
