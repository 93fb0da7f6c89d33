//! Dockerfiles: base images of all stages, arguments and variables, images that files are copied from, archives that are
//! downloaded (<https://docs.docker.com/reference/dockerfile/>).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::Format;
use crate::scan::expand::expand;
use crate::scan::file::{At, File, Found, Scope, Text};
use crate::scan::value::Style;

pub(super) const FORMAT: Format = Format { name: "Dockerfile", matches, read };

fn matches(_path: &str, name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_other = [".md", ".dockerignore", ".eex", ".erb", ".j2", ".template", ".tmpl", ".tpl"]
        .iter()
        .any(|ending| lower.ends_with(ending));
    let begins = |start: &str| {
        lower.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
    };
    !is_other && (begins("dockerfile") || begins("containerfile") || lower.ends_with(".dockerfile"))
}

/// A line without its continuations, each part with the offset at which it begins.
struct Instruction<'t> {
    parts: Vec<&'t str>,
}

/// Splits a file into instructions; comments, and the lines of documents within (`<<EOF`), are left out.
fn split<'t>(file: &File<'t>) -> Vec<Instruction<'t>> {
    let escape = find_escape(file.text);
    let mut instructions = Vec::new();
    let mut parts: Vec<&str> = Vec::new();
    let mut until: Option<&str> = None;
    for (_, line) in file.lines() {
        let bare = line.trim();
        if let Some(end) = until {
            if bare == end {
                until = None;
            }
            continue;
        }
        if bare.starts_with('#') || (bare.is_empty() && parts.is_empty()) {
            continue;
        }
        match bare.strip_suffix(escape) {
            Some(start) => parts.push(start),
            None => {
                parts.push(bare);
                until = parts.iter().find_map(|part| find_document(part));
                instructions.push(Instruction { parts: std::mem::take(&mut parts) });
            }
        }
    }
    if !parts.is_empty() {
        instructions.push(Instruction { parts });
    }
    instructions
}

/// The escape character that a directive sets; directives stand before anything else.
fn find_escape(text: &str) -> char {
    for line in text.lines() {
        let Some(comment) = line.trim().strip_prefix('#') else { break };
        let Some((name, value)) = comment.split_once('=') else { break };
        if name.trim().eq_ignore_ascii_case("escape") {
            return if value.trim() == "`" { '`' } else { '\\' };
        }
    }
    '\\'
}

/// The word that ends a document within: `<<EOF`, `<<-"EOF"`.
fn find_document(text: &str) -> Option<&str> {
    let (_, after) = text.split_once("<<")?;
    let after = after.strip_prefix('-').unwrap_or(after);
    let after = after.trim_start_matches(['"', '\'']);
    let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
    (end > 0 && after.starts_with(|c: char| c.is_ascii_alphabetic())).then(|| &after[..end])
}

/// Archives whose names hold a version, by the runtime that is in them.
static ARCHIVES: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    let of = |runtime, pattern: &str| Regex::new(pattern).ok().map(|regex| (runtime, regex));
    [
        of("go", r"\bgo(?<version>1\.\d+(?:\.\d+)?(?:rc\d+|beta\d+)?)\.(?:linux|darwin|windows|src)"),
        of("node", r"\bnode-v(?<version>\d+\.\d+\.\d+)(?:-(?:linux|darwin|win)|\.tar)"),
        of("python", r"\bPython-(?<version>3\.\d+\.\d+(?:rc\d+)?)\.(?:tgz|tar)"),
        of("ruby", r"(?:^|[/ ])ruby-(?<version>\d+\.\d+\.\d+)\.tar"),
        of("node", r"\binstall-tool node v?(?<version>\d[\w.]*)"),
        of("go", r"\binstall-tool golang v?(?<version>\d[\w.]*)"),
        of("python", r"\binstall-tool python v?(?<version>\d[\w.]*)"),
        of("ruby", r"\binstall-tool ruby v?(?<version>\d[\w.]*)"),
        of("java", r"\binstall-tool java v?(?<version>\d[\w.]*)"),
    ]
    .into_iter()
    .flatten()
    .collect()
});

fn read(file: &File<'_>, found: &mut Found) {
    let instructions = split(file);
    let named: Vec<String> = instructions.iter().filter_map(find_from).map(|from| from.image.to_owned()).collect();
    let mut reader = Reader { file, found, named, globals: BTreeMap::new(), locals: None, stages: Vec::new() };
    for instruction in &instructions {
        reader.read(instruction);
    }
}

struct Reader<'a> {
    file: &'a File<'a>,
    found: &'a mut Found,
    /// The images of all stages, as they are written.
    named: Vec<String>,
    /// Arguments before the first stage: only these reach `FROM`.
    globals: BTreeMap<String, String>,
    /// What is set in the stage.
    locals: Option<BTreeMap<String, String>>,
    /// The names of earlier stages, in lower case.
    stages: Vec<String>,
}

/// The parts of `FROM`.
struct From<'t> {
    image: &'t str,
    name: Option<&'t str>,
}

fn find_from<'t>(instruction: &Instruction<'t>) -> Option<From<'t>> {
    let mut words = instruction.words();
    words.next().filter(|word| word.eq_ignore_ascii_case("from"))?;
    let image = words.find(|word| !word.starts_with("--"))?;
    let name = words.next().filter(|word| word.eq_ignore_ascii_case("as")).and_then(|_| words.next());
    Some(From { image, name })
}

impl<'t> Instruction<'t> {
    fn words(&self) -> impl Iterator<Item = &'t str> + '_ {
        self.parts.iter().flat_map(|part| part.split_whitespace())
    }
}

impl Reader<'_> {
    fn read(&mut self, instruction: &Instruction<'_>) {
        let Some(verb) = instruction.words().next() else { return };
        match verb.to_ascii_uppercase().as_str() {
            "ARG" => self.arguments(instruction),
            "ENV" => self.environment(instruction),
            "FROM" => self.from(instruction),
            "COPY" | "ADD" => self.copy(instruction),
            "RUN" => {
                self.mounts(instruction);
                self.archives(instruction);
            }
            _ => {}
        }
    }

    fn from(&mut self, instruction: &Instruction<'_>) {
        let Some(from) = find_from(instruction) else { return };
        self.locals = Some(BTreeMap::new());
        let meant = expand(unquote(from.image), &|name| self.globals.get(name).cloned());
        if !self.is_stage(&meant) && meant != "scratch" {
            self.image(from.image, &meant);
        }
        self.stages.extend(from.name.map(str::to_ascii_lowercase));
    }

    fn image(&mut self, written: &str, meant: &str) {
        let written = unquote(written);
        let text = Text { at: self.file.offset_of(written), written, meant };
        self.found.image(self.file.tools, text, &Scope::File);
    }

    fn is_stage(&self, image: &str) -> bool {
        self.stages.contains(&image.to_ascii_lowercase()) || image.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn copy(&mut self, instruction: &Instruction<'_>) {
        let from: Vec<&str> = instruction.words().skip(1).filter_map(|word| word.strip_prefix("--from=")).collect();
        for image in from {
            self.other_image(image);
        }
    }

    fn mounts(&mut self, instruction: &Instruction<'_>) {
        let mounts = instruction.words().skip(1).filter_map(|word| word.strip_prefix("--mount="));
        let from: Vec<&str> =
            mounts.flat_map(|mount| mount.split(',')).filter_map(|part| part.strip_prefix("from=")).collect();
        for image in from {
            self.other_image(image);
        }
    }

    fn other_image(&mut self, image: &str) {
        let meant = self.put_in(unquote(image));
        if !self.is_stage(&meant) {
            self.image(image, &meant);
        }
    }

    fn put_in(&self, text: &str) -> String {
        let local = |name: &str| self.locals.as_ref().and_then(|locals| locals.get(name)).cloned();
        expand(text, &|name| local(name).or_else(|| self.globals.get(name).cloned()))
    }

    fn arguments(&mut self, instruction: &Instruction<'_>) {
        let words: Vec<&str> = instruction.words().skip(1).collect();
        for word in words {
            let Some((name, value)) = word.split_once('=') else {
                // A global argument that is named again is known in the stage.
                continue;
            };
            self.set(name, value);
        }
    }

    fn environment(&mut self, instruction: &Instruction<'_>) {
        let Some(first) = instruction.parts.first() else { return };
        let pairs: Vec<(&str, &str)> = instruction.words().skip(1).filter_map(|word| word.split_once('=')).collect();
        if pairs.is_empty() || first.split_whitespace().nth(1).is_some_and(|word| !word.contains('=')) {
            // `ENV NAME value`
            let mut words = first.split_whitespace().skip(1);
            if let (Some(name), Some(value), None) = (words.next(), words.next(), words.next()) {
                self.set(name, value);
            }
            return;
        }
        for (name, value) in pairs {
            self.set(name, value);
        }
    }

    fn set(&mut self, name: &str, value: &str) {
        let value = unquote(value);
        let meant = self.put_in(value);
        let text = Text { at: self.file.offset_of(value), written: value, meant: &meant };
        let is_base = |image: &String| image.contains(&format!("${{{name}}}")) || image.contains(&format!("${name}"));
        if self.file.tools.find_variable(name).is_none()
            && self.locals.is_none()
            && self.named.iter().any(|image| {
                // The argument is the whole image, not a part of its name.
                is_base(image) && unquote(image).trim_start_matches(['$', '{']).trim_end_matches('}') == name
            })
        {
            self.found.image(self.file.tools, text, &Scope::File);
        } else {
            self.found.variable(self.file.tools, name, text, &Scope::File);
        }
        let known = self.locals.as_mut().unwrap_or(&mut self.globals);
        known.insert(name.to_owned(), meant);
    }

    fn archives(&mut self, instruction: &Instruction<'_>) {
        for part in &instruction.parts {
            for (runtime, archive) in ARCHIVES.iter() {
                let Some(tool) = self.file.tools.own(runtime) else { continue };
                for version in archive.captures_iter(part).filter_map(|groups| groups.name("version")) {
                    let At::Byte(begin) = self.file.offset_of(part) else { continue };
                    let text = Text::plain(At::Byte(begin + version.start()), version.as_str());
                    self.found.version(tool, text, Style::Build, &Scope::File);
                }
            }
        }
    }
}

fn unquote(text: &str) -> &str {
    text.trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read as read_file;

    fn read(text: &str) -> String {
        read_file("Dockerfile", text)
    }

    #[test]
    fn reads_base_images_of_all_stages() {
        for (text, expected) in [
            (
                "FROM golang:1.26.5 AS build\nFROM scratch\nCOPY --from=build /a /a\n",
                "1:6 go exact 1.26.5 `golang:1.26.5`",
            ),
            ("from --platform=$BUILDPLATFORM golang:1.26 as Build\nFROM BUILD\n", "1:32 go minor 1.26 `golang:1.26`"),
            ("\u{feff}FROM golang:1.26\r\n", "1:6 go minor 1.26 `golang:1.26`"),
            ("# syntax=docker/dockerfile:1.26.0\nFROM ruby:3.4\n", "2:6 ruby minor 3.4 `ruby:3.4`"),
            ("# escape=`\nFROM `\n  golang:1.26\n", "3:3 go minor 1.26 `golang:1.26`"),
            ("# FROM golang:1.2\n", ""),
            ("FROM localhost:5000/golang\n", "1:6 go channel - `localhost:5000/golang`"),
            ("FROM golang:1.26@sha256:0123456789\n", "1:6 go minor 1.26 `golang:1.26@sha256:0123456789`"),
            ("FROM alpine\nCOPY --from=node:22 /a /b\nCOPY --from=0 /a /b\n", "2:13 node major 22 `node:22`"),
            (
                "FROM alpine\nRUN --mount=type=bind,from=golang:1.26,target=/x true\n",
                "2:28 go minor 1.26 `golang:1.26`",
            ),
            ("FROM alpine\nRUN <<EOF\nFROM golang:1.2\nEOF\n", ""),
            ("FROM alpine\nRUN apk add nodejs # go1.2\n", ""),
            (
                "FROM alpine\nRUN curl -O \\\n  # note\n  https://go.dev/dl/go1.26.5.linux-amd64.tar.gz\n",
                "4:23 go exact 1.26.5",
            ),
            ("FROM alpine\nRUN install-tool node 24.19.0\n", "2:23 node exact 24.19.0"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn follows_arguments() {
        for (text, expected) in [
            (
                "ARG GO_VERSION=1.26.5\nFROM golang:${GO_VERSION}-alpine\n",
                "1:16 go exact 1.26.5; 2:6 go indirect 1.26.5 `golang:${GO_VERSION}-alpine`",
            ),
            ("ARG GO_VERSION\nFROM golang:$GO_VERSION\n", "2:6 go indirect - `golang:$GO_VERSION`"),
            ("ARG V\nFROM golang:${V:-1.26}\n", "2:6 go indirect 1.26 `golang:${V:-1.26}`"),
            (
                "FROM alpine\nARG GO_VERSION=1.26\nFROM golang:$GO_VERSION\n",
                "2:16 go minor 1.26; 3:6 go indirect - `golang:$GO_VERSION`",
            ),
            (
                "ARG BASE=\"golang:1.26\"\nFROM ${BASE}\n",
                "1:11 go minor 1.26 `golang:1.26`; 2:6 go indirect 1.26 `${BASE}`",
            ),
            ("ARG A=1.26\nARG TAG=${A}-alpine\nFROM golang:${TAG}\n", "3:6 go indirect 1.26 `golang:${TAG}`"),
            ("FROM alpine\nENV NODE_VERSION=22.1.0 \\\n    YARN_VERSION=1.22.22\n", "2:18 node exact 22.1.0"),
            ("FROM alpine\nENV GO_VERSION 1.26.5\n", "2:16 go exact 1.26.5"),
            ("ARG GO_SHA256=0123456789abcdef\nARG GOLANG_VERSION_SHA=1.26\n", ""),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn knows_dockerfiles_by_their_names() {
        for (path, is_read) in [
            ("Dockerfile", true),
            ("a/Dockerfile.dev", true),
            ("Containerfile", true),
            ("build.Dockerfile", true),
            ("Dockerfile.md", false),
            (".dockerignore", false),
            ("dockerfiles.txt", false),
        ] {
            assert_eq!(!read_file(path, "FROM golang:1.26\n").is_empty(), is_read, "{path}");
        }
    }
}
