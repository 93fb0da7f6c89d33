//! Changes between runbooks for people: what each team must do differently, with the words that changed.

use std::fmt::Write as _;

use super::{BOLD, CYAN, DIM, GREEN, RED, YELLOW};
use crate::model::changes::{Level, Part, Piece};
use crate::model::comparison::Comparison;
use crate::report::changes::{Drawn, Line, to_counts, to_groups, to_lines, to_word};
use crate::text::escape::to_terminal;

/// Prints comparisons, one after the other; those without changes are left out.
pub fn changes(comparisons: &[Comparison]) -> String {
    let differing = comparisons.iter().filter(|comparison| !comparison.changes.changes.is_empty());
    differing.map(comparison).collect::<Vec<_>>().join("\n")
}

fn comparison(comparison: &Comparison) -> String {
    let mut out = String::new();
    let changes = &comparison.changes;
    let (from, to) = (to_terminal(&changes.from), to_terminal(&changes.to));
    let _ = writeln!(out, "{BOLD}{from} -> {to}{BOLD:#}: {}", to_counts(changes.changes.iter()));
    let mut drawn = Drawn::default();
    for group in to_groups(comparison) {
        let _ = writeln!(out, "\n{BOLD}{}{BOLD:#}", to_terminal(group.title()));
        for section in group.sections {
            if let Some(component) = section.component {
                let _ = writeln!(out, "  {CYAN}{}{CYAN:#}", to_terminal(component));
            }
            for change in section.changes {
                let style = match change.level {
                    Level::Breaking => RED,
                    Level::Warning => YELLOW,
                    Level::Info => DIM,
                };
                let (word, text, id) = (to_word(change.level), to_terminal(change.sentence()), &change.id);
                let _ = writeln!(out, "    {style}{word:<8}{style:#}  {text} {DIM}[{id}]{DIM:#}");
                if change.words.is_empty() {
                    continue;
                }
                match drawn.find_same(change) {
                    Some(path) => {
                        let _ = writeln!(out, "              {DIM}the same words as in {}{DIM:#}", to_terminal(path));
                    }
                    None => out.push_str(&words(&change.words)),
                }
            }
        }
    }
    out
}

/// Draws the lines of a text that changed, marked as `git diff --word-diff` marks them.
fn words(words: &[Piece]) -> String {
    let mut out = String::new();
    for line in to_lines(words) {
        let shown = match line {
            Line::Gap => format!("{DIM}...{DIM:#}"),
            Line::Words(words) => words.into_iter().map(word).collect(),
        };
        let line = format!("            {DIM}|{DIM:#} {shown}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

fn word((part, text): (Part, &str)) -> String {
    let text = to_terminal(text);
    match part {
        Part::Same => text.into_owned(),
        Part::Removed => format!("{RED}[-{text}-]{RED:#}"),
        Part::Added => format!("{GREEN}{{+{text}+}}{GREEN:#}"),
    }
}
