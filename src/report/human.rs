//! Results for people: problems drawn in place, plans by wave, versions as tables. Colours are taken out again when the
//! output is not a terminal.

mod changes;
mod plan;
mod plans;
mod propose;
mod scan;
mod status;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr as _;

use super::json::{AdvisoryEntry, BehindEntry, EndingEntry, JumpEntry, UpdateDocument, VersionsDocument};
use crate::model::count::count;
use crate::model::place::{Place, Texts};
use crate::model::problem::{Problem, Severity};
use crate::model::quote::is_hidden;
use crate::text::escape::to_terminal;

pub use changes::changes;
pub use plan::plan;
pub use plans::plans;
pub use propose::proposals;
pub use scan::{pins, scanned};
pub use status::status;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();

/// How many problems of one code are drawn. More of them mostly have one cause, and all must fit on a screen.
const MOST_OF_A_CODE: usize = 5;

/// How many places are named where the same is wrong; the rest is counted.
const MOST_PLACES: usize = 3;

/// The longest quoted name in a message, in characters; the line below the message shows where it stands.
const LONGEST_NAME: usize = 80;

/// Draws problems, with a line that counts them. Those that say the same are drawn once.
pub fn problems(problems: &[Problem], texts: &Texts) -> String {
    let mut places: BTreeMap<(&str, &str), Vec<&Place>> = BTreeMap::new();
    for problem in problems {
        places.entry((problem.code, &problem.message)).or_default().push(&problem.place);
    }
    let mut out = String::new();
    let mut drawn: BTreeMap<&str, usize> = BTreeMap::new();
    let mut left_out = 0;
    for problem in problems {
        let Some(same) = places.remove(&(problem.code, problem.message.as_str())) else { continue };
        let drawn = drawn.entry(problem.code).or_default();
        if *drawn == MOST_OF_A_CODE {
            left_out += same.len();
            continue;
        }
        *drawn += 1;
        out.push_str(&problem_in_place(problem, &same[1..], texts));
        out.push_str("\n\n");
    }
    if left_out > 0 {
        let _ = writeln!(out, "... and {left_out} more of these codes; `upshift check --format json` lists all\n");
    }
    let of = |severity: Severity| problems.iter().filter(|problem| problem.severity == severity).count();
    if !problems.is_empty() {
        let _ = writeln!(out, "{}, {}", count(of(Severity::Error), "error"), count(of(Severity::Warning), "warning"));
    }
    out
}

/// A message for the terminal in which no quoted name is longer than a person reads.
fn to_message(text: &str) -> String {
    let shorten = |(at, part): (usize, &str)| match at % 2 == 1 && part.chars().nth(LONGEST_NAME).is_some() {
        true => part.chars().take(LONGEST_NAME).chain(['…']).collect(),
        false => part.to_owned(),
    };
    let parts: Vec<String> = text.split('`').enumerate().map(shorten).collect();
    to_terminal(&parts.join("`")).into_owned()
}

/// Draws a problem that is the same elsewhere, too.
fn problem_in_place(problem: &Problem, elsewhere: &[&Place], texts: &Texts) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(to_message(&problem.message)).id(problem.code);
    let mut group = add_place(Group::with_title(title), &problem.place, texts, AnnotationKind::Primary, None);
    for (place, label) in &problem.related {
        group = add_place(group, place, texts, AnnotationKind::Context, Some(label));
    }
    if !elsewhere.is_empty() {
        let mut named: Vec<String> = elsewhere.iter().take(MOST_PLACES).map(|place| to_words(place)).collect();
        if elsewhere.len() > MOST_PLACES {
            named.push(count(elsewhere.len() - MOST_PLACES, "more place"));
        }
        group = group.element(Level::NOTE.message(to_terminal(&format!("also at {}", named.join(", "))).into_owned()));
    }
    for help in &problem.help {
        group = group.element(Level::HELP.message(to_message(help)));
    }
    Renderer::styled().render(&[group])
}

/// A place in words: its file, with line and column where these are known.
fn to_words(place: &Place) -> String {
    match place.line {
        0 => place.file.to_string(),
        line => format!("{}:{line}:{}", place.file, place.column),
    }
}

fn add_place<'a>(
    group: Group<'a>,
    place: &Place,
    texts: &Texts,
    kind: AnnotationKind,
    label: Option<&'a String>,
) -> Group<'a> {
    let line = (place.line as usize).checked_sub(1).and_then(|line| texts.get(&place.file)?.lines().nth(line));
    let Some(line) = line else {
        let origin = Origin::path(to_terminal(&place.file).into_owned());
        return group.element(if place.line > 0 {
            origin.line(place.line as usize).char_column(place.column as usize)
        } else {
            origin
        });
    };
    // Characters that would move the cursor are shown as one mark each, so that columns stay what they are.
    let shown: String =
        line.chars().map(|c| if c != '\t' && is_hidden(c) { '\u{fffd}' } else { c }).take(500).collect();
    let start = (place.column as usize).saturating_sub(1);
    let byte = |at: usize| shown.char_indices().nth(at).map_or(shown.len(), |(byte, _)| byte);
    // A value of several lines, such as a block of text, is marked on its first line only.
    let end = (start + (place.length as usize).max(1)).min(shown.chars().count().max(start + 1));
    let annotation: Annotation<'a> = kind.span(byte(start)..byte(end).max(byte(start)));
    let annotation = match label {
        Some(label) => annotation.label(label),
        None => annotation,
    };
    group.element(
        Snippet::source(shown)
            .line_start(place.line as usize)
            .path(to_terminal(&place.file).into_owned())
            .annotation(annotation),
    )
}

/// Draws a failure that has no place in the catalog.
pub fn failure(message: &str, help: &[&str]) -> String {
    let lines: Vec<_> = message.lines().map(to_terminal).collect();
    let mut out = format!("{RED}{BOLD}error{BOLD:#}{RED:#}: {}\n", lines.join("\n"));
    for help in help {
        let _ = writeln!(out, "  = help: {}", to_terminal(help));
    }
    out
}

/// Colours the lines of a unified diff.
pub fn diff(diff: &str) -> String {
    let mut out = String::new();
    for line in diff.lines() {
        let style = match line.chars().next() {
            _ if line.starts_with("---") || line.starts_with("+++") => BOLD,
            Some('-') => RED,
            Some('+') => GREEN,
            Some('@') => CYAN,
            _ => Style::new(),
        };
        let _ = writeln!(out, "{style}{}{style:#}", to_terminal(line));
    }
    out
}

/// Prints what an update brought: the news, and what they mean.
pub fn update(document: &UpdateDocument) -> String {
    let mut out = String::new();
    let name = |text: &str| to_terminal(text).into_owned();
    for news in &document.news {
        let _ = writeln!(out, "{}: {}", name(&news.runtime), name(&news.text));
    }
    let heading = |out: &mut String, text: &str| {
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{gap}{BOLD}{text}{BOLD:#}");
    };
    if !document.behind.is_empty() {
        heading(&mut out, "Upgrades behind their line");
        for BehindEntry { upgrade, to, newest, date, fixes } in &document.behind {
            let date = date.map_or_else(String::new, |date| format!(" of {date}"));
            let fixes = match fixes {
                None | Some(0) => String::new(),
                Some(1) => ", which fixes 1 known vulnerability".to_owned(),
                Some(number) => format!(", which fixes {number} known vulnerabilities"),
            };
            let _ = writeln!(out, "  {}: {to} was overtaken by {newest}{date}{fixes}", name(upgrade.as_str()));
        }
    }
    if !document.ending.is_empty() {
        heading(&mut out, "End of life within a year");
        for EndingEntry { runtime, line, eol, days } in &document.ending {
            let (style, when) = match days {
                0 => (RED, "today".to_owned()),
                1 => (RED, "tomorrow".to_owned()),
                days if *days <= 31 => (RED, format!("in {days} days")),
                days if *days <= 92 => (YELLOW, format!("in {days} days")),
                days => (Style::new(), format!("in {days} days")),
            };
            let _ = writeln!(out, "  {} {}: {eol}, {style}{when}{style:#}", name(runtime.as_str()), name(line));
        }
    }
    out
}

/// Prints release lines and releases.
pub fn versions(document: &VersionsDocument) -> String {
    let mut out = String::new();
    let name = |text: &str| to_terminal(text).into_owned();
    let text = |date: Option<jiff::civil::Date>| date.map_or_else(|| "-".to_owned(), |date| date.to_string());
    let _ = writeln!(out, "{BOLD}{}{BOLD:#} as of {}", document.runtime, text(document.as_of));
    if let Some(jump) = &document.jump {
        out.push_str(&self::jump(jump));
        return out;
    }
    if document.lines.is_empty() {
        let _ = writeln!(out, "\nnothing is recorded; run `upshift update`");
        return out;
    }
    let components = if document.other_components.is_some() { "Components" } else { "" };
    let head = ["Line", "Released", "Latest", "Of", "End of life", "Supported", components];
    let mut rows = vec![head.map(str::to_owned)];
    for line in document.lines.iter().rev() {
        rows.push([
            line.line.clone(),
            text(line.released),
            line.latest.clone().unwrap_or_else(|| "-".to_owned()),
            text(line.latest_date),
            text(line.eol),
            match line.supported {
                None => "unknown",
                Some(true) => "yes",
                Some(false) if line.released > document.as_of => "not yet",
                Some(false) => "no",
            }
            .to_owned(),
            line.components.as_ref().map(|components| components.len().to_string()).unwrap_or_default(),
        ]);
    }
    let _ = write!(out, "\n{}", table(&rows));
    if let Some(others) = document.other_components.as_ref().filter(|others| !others.is_empty()) {
        let _ = writeln!(out, "on none of these lines, or not known: {}", count(others.len(), "component"));
    }
    let mut rows = vec![["Release", "Date", "Line", "Kind"].map(str::to_owned)];
    for release in document.releases.iter().rev() {
        let kind = match (release.prerelease, release.security) {
            (true, _) => "pre-release",
            (false, Some(true)) => "release, security",
            (false, _) => "release",
        };
        rows.push([release.version.clone(), text(release.date), release.line.clone(), kind.to_owned()]);
    }
    let _ = write!(out, "\n{}", table(&rows));
    if !document.variants.is_empty() {
        let mut rows = vec![["Flavour", "Newest", "Of", "Source"].map(str::to_owned)];
        for variant in &document.variants {
            let names: Vec<String> = variant.sources.iter().map(|source| source.name.clone()).collect();
            let newest = variant.newest.clone().unwrap_or_else(|| "-".to_owned());
            rows.push([variant.id.to_string(), newest, text(variant.date), list(&names)]);
        }
        let _ = write!(out, "\n{}", table(&rows));
    }
    if let Some(advisories) = &document.advisories {
        let _ = writeln!(out, "\n{} advisories are recorded; `--format json` lists them", advisories.len());
    }
    let flavours = document.variants.iter().flat_map(|variant| &variant.sources);
    for source in document.sources.iter().chain(flavours) {
        if let Some(stale) = source.stale {
            let _ = writeln!(out, "{YELLOW}{} has not answered since {stale}{YELLOW:#}", name(&source.name));
        }
    }
    if !document.conflicts.is_empty() {
        let _ = writeln!(out, "\n{YELLOW}Sources disagree{YELLOW:#}");
        for conflict in &document.conflicts {
            let _ = writeln!(
                out,
                "  {}: {} by {} (followed), {} by {}",
                conflict.fact,
                conflict.followed.value,
                conflict.followed.source,
                conflict.other.value,
                conflict.other.source
            );
        }
    }
    out
}

/// Names in a cell: `a, b`, or a dash.
fn list(names: &[String]) -> String {
    if names.is_empty() { "-".to_owned() } else { names.join(", ") }
}

/// What a jump means for known vulnerabilities.
fn jump(jump: &JumpEntry) -> String {
    let mut out = String::new();
    let (from, to) = (&jump.from, &jump.to);
    let lists = [("Fixed", &jump.fixed), ("Still open", &jump.still_affected), ("New", &jump.newly_affected)];
    for (what, advisories) in lists {
        let Some(advisories) = advisories else { continue };
        let _ = writeln!(out, "\n{BOLD}{what} from {from} to {to}: {}{BOLD:#}", advisories.len());
        let row = |entry: &AdvisoryEntry| {
            let summary = entry.summary.clone().unwrap_or_else(|| "not described".to_owned());
            [format!("  {}", entry.id), list(&entry.aliases), summary]
        };
        out.push_str(&rows(&advisories.iter().map(row).collect::<Vec<_>>()));
    }
    if jump.fixed.is_none() {
        let _ = writeln!(
            out,
            "\nno advisories are recorded: give the runtime a source of `advisories`, and run `upshift update`"
        );
    }
    out
}

/// A table whose first row is its head.
fn table<const N: usize>(table: &[[String; N]]) -> String {
    let text = rows(table);
    let (head, rest) = text.split_once('\n').unwrap_or((&text, ""));
    format!("{BOLD}{head}{BOLD:#}\n{rest}")
}

/// Rows with aligned columns.
fn rows<const N: usize>(rows: &[[String; N]]) -> String {
    let mut out = String::new();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let cell = to_terminal(cell);
            format!("{cell}{}", " ".repeat(width.saturating_sub(cell.width())))
        });
        let _ = writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    out
}
