//! Writes changes as a fragment of HTML: elements with classes, no style, no script, no id, so that any page can hold it.

use std::fmt::Write as _;

use super::changes::{Drawn, Line, to_counts, to_groups, to_lines, to_word};
use crate::model::changes::{Part, Piece};
use crate::model::comparison::Comparison;
use crate::text::escape::{to_html, to_html_prose, to_one_line};

/// Writes a section for each comparison that differs.
pub fn changes(comparisons: &[Comparison]) -> String {
    let mut out = String::from("<div class=\"upshift-diff\">\n");
    let mut is_empty = true;
    for comparison in comparisons.iter().filter(|comparison| !comparison.changes.changes.is_empty()) {
        is_empty = false;
        write_comparison(comparison, &mut out);
    }
    if is_empty {
        out.push_str("<p class=\"upshift-none\">No runbook changes its meaning.</p>\n");
    }
    out + "</div>\n"
}

fn write_comparison(comparison: &Comparison, out: &mut String) {
    let changes = &comparison.changes;
    let name = |name: &str| to_html(&to_one_line(name));
    let _ = writeln!(
        out,
        "<section class=\"upshift-comparison\">\n<h2><code>{}</code> → <code>{}</code></h2>\n<p class=\"upshift-counts\">{}</p>",
        name(&changes.from),
        name(&changes.to),
        to_counts(changes.changes.iter()),
    );
    let mut drawn = Drawn::default();
    for group in to_groups(comparison) {
        let _ = writeln!(out, "<section class=\"upshift-team\">\n<h3>{}</h3>", name(group.title()));
        for section in group.sections {
            if let Some(component) = section.component {
                let _ = writeln!(out, "<h4>{}</h4>", name(component));
            }
            out.push_str("<ul>\n");
            for change in section.changes {
                let (level, text) = (to_word(change.level), to_html_prose(change.sentence()));
                let _ = write!(
                    out,
                    "<li class=\"upshift-change upshift-{level}\"><span class=\"upshift-level\">{level}</span> {text} <code class=\"upshift-rule\">{}</code>",
                    to_html(&change.id)
                );
                if !change.words.is_empty() {
                    match drawn.find_same(change) {
                        Some(path) => {
                            _ = write!(
                                out,
                                "<p class=\"upshift-same\">the same words as in <code>{}</code></p>",
                                to_html(path)
                            );
                        }
                        None => _ = write!(out, "<pre class=\"upshift-words\">{}</pre>", to_words(&change.words)),
                    }
                }
                out.push_str("</li>\n");
            }
            out.push_str("</ul>\n");
        }
        out.push_str("</section>\n");
    }
    out.push_str("</section>\n");
}

fn to_words(words: &[Piece]) -> String {
    let word = |(part, text): (Part, &str)| match part {
        Part::Same => to_html(text),
        Part::Removed => format!("<del>{}</del>", to_html(text)),
        Part::Added => format!("<ins>{}</ins>", to_html(text)),
    };
    let line = |line: Line<'_>| match line {
        Line::Gap => "…".to_owned(),
        Line::Words(words) => words.into_iter().map(word).collect(),
    };
    to_lines(words).into_iter().map(line).collect::<Vec<_>>().join("\n")
}
