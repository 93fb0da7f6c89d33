//! Turns repositories into the places in them that name versions of runtimes. Must not change anything there, must not run
//! anything, and must not follow links out of a repository.

pub mod expand;
pub mod file;
pub mod filter;
mod follow;
#[cfg(test)]
mod hostile;
mod image;
mod json;
pub mod readers;
mod toml;
pub mod tool;
pub mod value;
pub mod walk;
mod yaml;

use std::collections::BTreeSet;

use crate::model::component::PinKind;
use crate::model::id::{ComponentId, RuntimeId};
use crate::model::looking::PinPattern;
use crate::model::pins::FoundPin;
use file::{At, File, Found, Link, Open, Scope, Text};
use filter::{Choice, Filter};
use follow::{Known, Variables};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use readers::{FORMATS, INCLUDED};
use tool::Tools;
use value::Style;

/// The largest file that is read, in bytes; no file that people write to name versions is larger.
pub const LARGEST_FILE: u64 = 2 << 20;

/// The most things that are told of a repository.
const MOST_NOTES: usize = 1000;

/// Something about a file of a repository that people may want to know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The file or folder, from the root of the repository; empty for the repository as a whole.
    pub path: String,
    /// What is said of it.
    pub message: String,
    /// Whether something that counts could not be read.
    pub is_trouble: bool,
}

impl Note {
    /// Something that counts could not be read.
    #[must_use]
    pub fn trouble(path: &str, message: String) -> Self {
        Self { path: path.to_owned(), message, is_trouble: true }
    }

    /// Something does not count.
    #[must_use]
    pub fn skipped(path: &str, message: &str) -> Self {
        Self { path: path.to_owned(), message: message.to_owned(), is_trouble: false }
    }
}

/// What was found in a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The pins.
    pub pins: BTreeSet<FoundPin>,
    /// What people may want to know, by path.
    pub notes: Vec<Note>,
    /// How many files were read.
    pub files: usize,
}

/// A place that is not followed yet.
struct Waiting {
    pin: FoundPin,
    link: Link,
}

/// A pattern of the catalog, and the files that it reads.
struct Searching<'a> {
    files: Gitignore,
    pattern: &'a PinPattern,
}

/// Reads the files of one repository, one after the other.
pub struct Scanner<'a> {
    tools: &'a Tools,
    component: Option<ComponentId>,
    patterns: Vec<Searching<'a>>,
    pins: Vec<FoundPin>,
    waiting: Vec<Waiting>,
    variables: Variables,
    /// Files that a pipeline includes and that were not read yet; and all that were.
    included: Vec<String>,
    seen: BTreeSet<String>,
    notes: Vec<Note>,
    files: usize,
}

impl<'a> Scanner<'a> {
    /// Begins a repository: that of a component, or any.
    #[must_use]
    pub fn new(tools: &'a Tools, component: Option<ComponentId>, patterns: &'a [PinPattern]) -> Self {
        let search = |pattern: &'a PinPattern| {
            let mut builder = GitignoreBuilder::new("");
            // What is no pattern of files was reported when the catalog was read.
            let _ = builder.add_line(None, &pattern.files);
            Searching { files: builder.build().unwrap_or_else(|_| Gitignore::empty()), pattern }
        };
        Self {
            tools,
            component,
            patterns: patterns.iter().map(search).collect(),
            pins: Vec::new(),
            waiting: Vec::new(),
            variables: Variables::new(),
            included: Vec::new(),
            seen: BTreeSet::new(),
            notes: Vec::new(),
            files: 0,
        }
    }

    /// Tells something; only so much is kept.
    pub fn note(&mut self, note: Note) {
        if self.notes.len() < MOST_NOTES {
            self.notes.push(note);
        }
    }

    /// Tells that a file or folder is left out, and why.
    pub fn leave_out(&mut self, path: &str, choice: Choice) {
        match choice {
            Choice::Skipped => self.note(Note::skipped(path, "skipped by default")),
            Choice::Excluded => self.note(Note::skipped(path, "left out by the catalog")),
            Choice::Read | Choice::Other => {}
        }
    }

    /// A file that a pipeline includes, and that was not read yet, whatever its name. What is found there may include more.
    pub fn next_included(&mut self) -> Option<String> {
        while let Some(path) = self.included.pop() {
            if !self.seen.contains(&path) {
                return Some(path);
            }
        }
        None
    }

    /// Reads a file, by its path from the root of the repository.
    pub fn add(&mut self, path: &str, bytes: &[u8], filter: &Filter) {
        if bytes.len() as u64 > LARGEST_FILE {
            self.note(Note::trouble(path, format!("it is larger than {} MiB, and not read", LARGEST_FILE >> 20)));
            return;
        }
        if bytes.iter().take(8000).any(|byte| *byte == 0) {
            self.note(Note::trouble(path, "it is not a text, and not read".to_owned()));
            return;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            self.note(Note::trouble(path, "it is not UTF-8, and not read".to_owned()));
            return;
        };
        self.files += 1;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        self.seen.insert(path.to_owned());
        let mut found = read(path, text, self.tools);
        if filter.choose(path) == Choice::Other {
            // Nobody would read it for its name: a pipeline includes it.
            (INCLUDED.read)(&File { path, text, tools: self.tools }, &mut found);
        }
        self.included.append(&mut found.included);
        for searching in self.patterns.iter().filter(|searching| {
            filter.is_any(path) && searching.files.matched_path_or_any_parents(path, false).is_ignore()
        }) {
            search(&File { path, text, tools: self.tools }, searching.pattern, &mut found);
        }
        follow::remember(&mut self.variables, found.variables);
        for pin in found.pins {
            let (line, column) = to_line(text, pin.at);
            self.pins.push(FoundPin {
                component: self.component.clone(),
                file: path.to_owned(),
                line,
                column,
                runtime: pin.runtime,
                value: to_value(&pin.value),
                version: pin.version,
                kind: pin.kind,
                variant: pin.variant,
            });
        }
        for Open { at, value, kind, link, variant } in found.open {
            let (line, column) = to_line(text, at);
            let pin = FoundPin {
                component: self.component.clone(),
                file: path.to_owned(),
                line,
                column,
                // Only the link knows.
                runtime: RuntimeId::new(""),
                value: to_value(&value),
                version: None,
                kind,
                variant,
            };
            self.waiting.push(Waiting { pin, link });
        }
    }

    /// Follows what refers to other places, and gives what was found.
    #[must_use]
    pub fn finish(mut self) -> Outcome {
        let known = Known { tools: self.tools, variables: &self.variables, pins: &self.pins };
        let mut followed = Vec::new();
        for Waiting { pin, link } in &self.waiting {
            for found in known.follow(link) {
                followed.push(FoundPin { runtime: found.runtime, version: found.version, ..pin.clone() });
            }
        }
        self.notes.sort();
        self.notes.dedup();
        let mut pins: BTreeSet<FoundPin> = self.pins.into_iter().chain(followed).collect();
        pins.retain(|pin| !pin.value.is_empty());
        Outcome { pins, notes: self.notes, files: self.files }
    }
}

/// A value in one line.
fn to_value(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Finds pins by a pattern of the catalog.
fn search(file: &File<'_>, pattern: &PinPattern, found: &mut Found) {
    for groups in pattern.pattern.captures_iter(file.text) {
        let Some(version) = groups.name("version") else { continue };
        let tool = match (&pattern.runtime, groups.name("name")) {
            (Some(runtime), _) => file.tools.by_runtime(runtime),
            (None, Some(name)) => {
                let name = name.as_str().trim().to_ascii_lowercase();
                file.tools.find(&name).or_else(|| file.tools.find_variable(&name))
            }
            (None, None) => None,
        };
        let Some(tool) = tool else { continue };
        let at = At::Byte(version.start());
        let line = to_line(file.text, at).0;
        // What a reader knows already is not told twice.
        if found.pins.iter().any(|pin| pin.runtime == tool.runtime && to_line(file.text, pin.at).0 == line) {
            continue;
        }
        let text = Text::plain(at, version.as_str());
        let style = match pattern.kind {
            Some(PinKind::Floor) => Style::Floor,
            Some(PinKind::List) => Style::Element,
            Some(PinKind::Range) => Style::Need,
            _ => Style::Build,
        };
        let before = found.pins.len();
        if pattern.kind == Some(PinKind::Indirect) {
            found.pins.push(file::Pin {
                runtime: tool.runtime.clone(),
                variant: None,
                at,
                value: version.as_str().to_owned(),
                kind: PinKind::Indirect,
                version: None,
            });
            continue;
        }
        found.version(tool, text, style, &Scope::File);
        if let (Some(kind), Some(pin)) = (pattern.kind, found.pins.get_mut(before)) {
            pin.kind = kind;
        }
    }
}

/// Reads one file by all formats that it has; `path` is from the root of the repository.
#[must_use]
pub fn read(path: &str, text: &str, tools: &Tools) -> Found {
    let file = File { path, text: text.strip_prefix('\u{feff}').unwrap_or(text), tools };
    let mut found = Found::default();
    for format in FORMATS.iter().filter(|format| (format.matches)(path, file.name())) {
        (format.read)(&file, &mut found);
    }
    found
}

/// The line and column of a place, from 1, the column in characters.
fn to_line(text: &str, at: At) -> (u32, u32) {
    match at {
        At::Line(line, column) => (line, column),
        At::Byte(byte) => {
            let before = text.get(..byte).unwrap_or(text);
            let begin = before.rfind('\n').map_or(0, |end| end + 1);
            let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1);
            (count(before.matches('\n').count()), count(before[begin..].chars().count()))
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// What a reader says of a file, as tests tell it: `3:4 go floor 1.26.0; 7:1 go -> .go-version`.
    pub(crate) fn read(path: &str, text: &str) -> String {
        let tools = Tools::new(&[]);
        let found = super::read(path, text, &tools);
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut told: Vec<((u32, u32), String)> = Vec::new();
        for pin in &found.pins {
            let version = pin.version.as_deref().unwrap_or("-");
            // Where the value is not the version, it is told too.
            let value = if pin.version.as_deref() == Some(pin.value.as_str()) {
                String::new()
            } else {
                format!(" `{}`", pin.value)
            };
            told.push((to_line(text, pin.at), format!("{} {} {version}{value}", pin.runtime, pin.kind)));
        }
        for open in &found.open {
            let link = match &open.link {
                Link::File { runtime, path } => format!("{runtime} -> {path}"),
                Link::Value { runtime, text, .. } => format!("{runtime} -> {text}"),
                Link::Image { text, .. } => format!("image -> {text}"),
            };
            told.push((to_line(text, open.at), link));
        }
        told.sort();
        let told: Vec<String> = told.iter().map(|((line, column), text)| format!("{line}:{column} {text}")).collect();
        told.join("; ")
    }
}
