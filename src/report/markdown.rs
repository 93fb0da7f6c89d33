//! Writes changes as a comment of a merge request: short, with the parts of teams folded. Nothing in it mentions anybody,
//! links to an issue, or is a command of the tracker.

use std::fmt::Write as _;

use super::changes::{Drawn, Group, Line, Section, to_counts, to_groups, to_lines, to_word};
use crate::model::changes::{Change, Level, Part, Piece};
use crate::model::comparison::Comparison;
use crate::text::escape::{to_code, to_comment, to_fence, to_html_prose, to_one_line};

/// The longest comment, in bytes; GitHub takes 65,536 characters.
const LONGEST_COMMENT: usize = 60_000;

/// Writes a heading for each comparison that differs, what concerns everybody, and a folded part for each team.
pub fn changes(comparisons: &[Comparison]) -> String {
    let differing: Vec<&Comparison> =
        comparisons.iter().filter(|comparison| !comparison.changes.changes.is_empty()).collect();
    if differing.is_empty() {
        return "No runbook changes its meaning.\n".to_owned();
    }
    let mut out = String::new();
    let mut left_out = 0;
    for comparison in differing {
        let changes = &comparison.changes;
        let mut drawn = Drawn::default();
        let counts = to_counts(changes.changes.iter());
        let heading = format!("### {} → {}: {counts}\n\n", to_code(&changes.from), to_code(&changes.to));
        let parts =
            to_groups(comparison).into_iter().map(|group| (group.changes().count(), to_part(&group, &mut drawn)));
        let parts = parts.collect::<Vec<_>>();
        for (at, (count, part)) in parts.into_iter().enumerate() {
            let part = if at == 0 { format!("{heading}{part}") } else { part };
            match out.len() + part.len() > LONGEST_COMMENT {
                true => left_out += count,
                false => out.push_str(&part),
            }
        }
    }
    if left_out > 0 {
        let plural = if left_out == 1 { " is" } else { "s are" };
        let _ = writeln!(out, "{left_out} more change{plural} too long for a comment; `upshift diff` shows all.");
    }
    out.trim_end().to_owned() + "\n"
}

/// What concerns everybody stands open, the part of a team is folded.
fn to_part<'a>(group: &Group<'a>, drawn: &mut Drawn<'a>) -> String {
    let mut out = String::new();
    if group.team.is_some() {
        let (title, counts) = (to_summary(group.title()), to_counts(group.changes()));
        let _ = writeln!(out, "<details><summary>{title}: {counts}</summary>\n");
    }
    for Section { component, changes } in &group.sections {
        if let Some(component) = component {
            let _ = writeln!(out, "**{}**\n", to_comment(component));
        }
        changes.iter().for_each(|change| out.push_str(&to_item(change, drawn)));
        out.push_str(if out.ends_with("\n\n") { "" } else { "\n" });
    }
    if group.team.is_some() {
        out.push_str("</details>\n\n");
    }
    out
}

/// Text inside an element is no Markdown, but names still mention people there; as code they do not.
fn to_summary(name: &str) -> String {
    let words = to_one_line(name);
    let words = words.split(' ').map(|word| match to_comment(word) == word {
        true => to_html_prose(word),
        false => to_html_prose(&format!("`{}`", word.replace('`', "'"))),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn to_item<'a>(change: &'a Change, drawn: &mut Drawn<'a>) -> String {
    let word = match change.level {
        Level::Breaking => "**breaking**",
        Level::Warning | Level::Info => to_word(change.level),
    };
    let mut out = format!("- {word}: {} ({})\n", to_comment(change.sentence()), to_code(&change.id));
    if !change.words.is_empty() {
        let said = match drawn.find_same(change) {
            Some(path) => format!("the same words as in {}", to_code(path)),
            None => to_fence(&to_diff(&change.words), "diff"),
        };
        let _ = writeln!(out, "\n{}\n", indent(&said));
    }
    out
}

/// The lines of a text that changed, before and after. Each begins with a mark, so none can be a command of the tracker.
fn to_diff(words: &[Piece]) -> String {
    let mut out = String::new();
    for line in to_lines(words) {
        let Line::Words(words) = line else {
            out.push_str("  ...\n");
            continue;
        };
        let has = |wanted: Part| words.iter().any(|(part, _)| *part == wanted);
        let without = |unwanted: Part| -> String {
            words.iter().filter(|(part, _)| *part != unwanted).map(|(_, text)| *text).collect()
        };
        let marks: &[(&str, Part)] = match (has(Part::Removed), has(Part::Added), has(Part::Same)) {
            (false, false, _) => &[(" ", Part::Added)],
            (true, false, false) => &[("-", Part::Added)],
            (false, true, false) => &[("+", Part::Removed)],
            _ => &[("-", Part::Added), ("+", Part::Removed)],
        };
        for (mark, unwanted) in marks {
            let _ = writeln!(out, "{}", format!("{mark} {}", without(*unwanted)).trim_end());
        }
    }
    out
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
