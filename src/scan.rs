//! Turns repositories into the places in them that name versions of runtimes. Must not change anything there, must not run
//! anything, and must not follow links out of a repository.

pub mod expand;
pub mod file;
mod image;
pub mod readers;
pub mod tool;
pub mod value;

use file::{At, File, Found};
use readers::FORMATS;
use tool::Tools;

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
                file::Link::File { runtime, path } => format!("{runtime} -> {path}"),
                file::Link::Value { runtime, text, .. } => format!("{runtime} -> {text}"),
                file::Link::Image { text, .. } => format!("image -> {text}"),
            };
            told.push((to_line(text, open.at), link));
        }
        told.sort();
        let told: Vec<String> = told.iter().map(|((line, column), text)| format!("{line}:{column} {text}")).collect();
        told.join("; ")
    }
}
