//! Turns the name of a container image into the runtimes that it holds: `golang:1.26-alpine`,
//! `registry.example.com:5000/mirror/node:22@sha256:...`, `debian-ruby-3.4-node-22`.

use super::tool::{Tool, Tools};
use super::value::{self, Reading, Style};
use crate::model::component::PinKind;
use crate::model::version::Scheme;

/// Images whose last name is that of a runtime, and that hold something else.
const OTHERS: [&str; 6] =
    ["kindest/node", "calico/node", "rancher/node", "k3d-io/node", "library/node-exporter", "cilium/node"];

/// A runtime in an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held<'a> {
    pub(super) tool: &'a Tool,
    pub(super) reading: Reading,
}

/// The parts of an image's name.
struct Parts<'t> {
    /// Registry and name.
    name: &'t str,
    tag: Option<&'t str>,
}

/// Splits `name:tag@digest`. The colon of a tag stands after the last slash, since before it stands that of a port
/// (<https://github.com/distribution/reference/blob/main/reference.go>); variables may hold colons of their own.
fn split(text: &str) -> Parts<'_> {
    let text = text.trim();
    let text = text.strip_prefix("docker://").unwrap_or(text);
    let text = text.split_once('@').map_or(text, |(before, _)| before);
    let mut depth = 0_usize;
    let mut colon = None;
    for (at, c) in text.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            '/' if depth == 0 => colon = None,
            ':' if depth == 0 && colon.is_none() => colon = Some(at),
            _ => {}
        }
    }
    match colon {
        Some(at) => Parts { name: &text[..at], tag: Some(&text[at + 1..]) },
        None => Parts { name: text, tag: None },
    }
}

/// Reads the runtimes that an image holds; variables in the text are left open.
pub(super) fn read<'a>(tools: &'a Tools, text: &str) -> Vec<Held<'a>> {
    let text = text.trim();
    // A name of an image has no spaces, except in the variables of templates.
    let is_odd = text.chars().any(|c| c.is_control() || !c.is_ascii());
    if text.is_empty() || text.len() > 400 || is_odd || (text.contains(char::is_whitespace) && !value::is_open(text)) {
        return Vec::new();
    }
    let Parts { name, tag } = split(text);
    let lower = name.to_ascii_lowercase();
    if OTHERS.iter().any(|other| lower == *other || lower.ends_with(&format!("/{other}"))) {
        return Vec::new();
    }
    let mut held: Vec<Held<'a>> = Vec::new();
    if let Some(tool) = find_tool(tools, &lower) {
        let is_devcontainer = lower.contains("devcontainers/") || lower.contains("vscode/devcontainers");
        held.push(Held { tool, reading: read_tag(tool, tag, is_devcontainer) });
    }
    for found in find_words(tools, name, tag) {
        if held.iter().all(|known| known.tool != found.tool) {
            held.push(found);
        }
    }
    held
}

/// By the last two parts of the name, or the last.
fn find_tool<'a>(tools: &'a Tools, name: &str) -> Option<&'a Tool> {
    let mut parts = name.rsplit('/');
    // A prefix may stand in a variable without a slash: `${PROXY}golang`.
    let last = parts.next()?.rsplit('}').next()?;
    let two = parts.next().map(|before| format!("{before}/{last}"));
    let flavoured = last.strip_suffix("-fips").filter(|bare| !bare.is_empty());
    two.and_then(|two| tools.find_image(&two)).or_else(|| tools.find_image(last)).or_else(|| {
        // `golang-fips` is a flavour of `golang`, where the catalog has one.
        tools.find_image(flavoured?).filter(|tool| tool.find_variant(last).is_some())
    })
}

fn read_tag(tool: &Tool, tag: Option<&str>, is_devcontainer: bool) -> Reading {
    let floating = Reading { kind: PinKind::Channel, version: None };
    let Some(tag) = tag.filter(|tag| !tag.is_empty()) else { return floating };
    // `1-3.11-bookworm`, `0-17`, `dev-1.26`: the number of the template comes first.
    let tag = match tag.split_once('-') {
        Some(("dev", rest)) => rest,
        Some((first, rest))
            if is_devcontainer
                && first.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
                && rest.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            rest
        }
        _ => tag,
    };
    let first = tag.split('-').next().unwrap_or(tag);
    if value::is_open(first) {
        return Reading { kind: PinKind::Indirect, version: None };
    }
    if tool.scheme == Scheme::Node
        && let Some(named) = value::read(tool, first, Style::Build).filter(|named| named.kind == PinKind::Channel)
    {
        return named;
    }
    value::read(tool, tag.split("-$").next().unwrap_or(tag), Style::Tag).unwrap_or(floating)
}

/// Finds runtimes that stand as words with their version after them: `debian-ruby-3.4-golang-1.26`, `3.9-temurin-21`,
/// `jdk17`, `pg16`.
fn find_words<'a>(tools: &'a Tools, name: &str, tag: Option<&str>) -> Vec<Held<'a>> {
    let last = name.rsplit('/').next().unwrap_or(name);
    let words: Vec<&str> = [Some(last), tag].into_iter().flatten().flat_map(split_words).collect();
    let mut held = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let lower = word.to_ascii_lowercase();
        let next = words.get(at + 1).copied();
        if let Some(tool) = tools.find_image(&lower).or_else(|| tools.find(&lower))
            && let Some(next) = next
            && let Some(reading) = read_word(tool, next)
        {
            held.push(Held { tool, reading });
        } else if let Some(digit) = lower.find(|c: char| c.is_ascii_digit()).filter(|digit| *digit > 0)
            && let Some(tool) = find_short(tools, &lower[..digit])
            && let Some(reading) = read_word(tool, &lower[digit..])
        {
            held.push(Held { tool, reading });
        }
    }
    held
}

fn read_word(tool: &Tool, word: &str) -> Option<Reading> {
    if word.starts_with('$') {
        return Some(Reading { kind: PinKind::Indirect, version: None });
    }
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    value::read(tool, word, Style::Tag)
}

/// What stands before a version without a dash.
fn find_short<'a>(tools: &'a Tools, word: &str) -> Option<&'a Tool> {
    match word {
        "pg" => tools.find("postgresql"),
        "py" => tools.find("python"),
        "jdk" | "jre" | "java" => tools.find("java"),
        "go" | "golang" | "node" | "nodejs" | "php" | "ruby" | "python" | "otp" => tools.find(word),
        _ => None,
    }
}

/// The words between dashes; a variable is one.
fn split_words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut begin, mut depth) = (0, 0_usize);
    for (at, c) in text.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            '-' if depth == 0 => {
                words.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    words.push(&text[begin..]);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_holds_runtimes() {
        let tools = Tools::new(&[]);
        for (text, expected) in [
            ("golang:1.26.5-alpine3.20", "go exact 1.26.5"),
            ("golang:1.26", "go minor 1.26"),
            ("golang", "go channel -"),
            ("golang:latest", "go channel -"),
            ("golang:alpine", "go channel -"),
            ("golang@sha256:0123", "go channel -"),
            ("golang:1.26@sha256:0123", "go minor 1.26"),
            ("registry.example.com:5000/mirror/golang", "go channel -"),
            ("registry.example.com:5000/mirror/golang:1.26", "go minor 1.26"),
            ("golang:${GO_VERSION}-alpine", "go indirect -"),
            ("golang:1.26-${FLAVOUR}", "go minor 1.26"),
            ("${REGISTRY}/golang:1.26", "go minor 1.26"),
            ("golang:${GO_VERSION:-1.26}", "go indirect -"),
            ("node:22-slim", "node major 22"),
            ("node:lts-alpine", "node channel -"),
            ("node:iron-slim", "node channel 20"),
            ("kindest/node:v1.27.3", ""),
            ("docker.io/kindest/node:v1.27.3", ""),
            ("node-exporter:1.8", ""),
            ("golangci/golangci-lint:v1.55", ""),
            ("mcr.microsoft.com/dotnet/sdk:8.0-alpine", "dotnet-sdk minor 8.0"),
            ("mcr.microsoft.com/dotnet/aspnet:8.0.4", "dotnet exact 8.0.4"),
            ("mcr.microsoft.com/devcontainers/python:1-3.11-bookworm", "python minor 3.11"),
            ("mcr.microsoft.com/devcontainers/typescript-node:0-18", "node major 18"),
            ("mcr.microsoft.com/devcontainers/go:dev-1.26-bookworm", "go minor 1.26"),
            ("eclipse-temurin:21.0.2_13-jre", "java exact 21.0.2_13"),
            ("maven:3.9-eclipse-temurin-21", "java major 21"),
            ("gradle:8.5-jdk17", "java major 17"),
            ("hexpm/elixir:1.16.0-erlang-26.2.1-debian-bookworm", "elixir exact 1.16.0, erlang exact 26.2.1"),
            ("timescale/timescaledb:latest-pg16", "postgresql major 16"),
            (
                "r.io/ci/debian-bookworm-ruby-3.3.8-golang-1.24-node-20.12:x",
                "ruby exact 3.3.8, go minor 1.24, node minor 20.12",
            ),
            ("r.io/ci/debian-${D}-ruby-${RUBY_VERSION}-golang-1.24", "ruby indirect -, go minor 1.24"),
            ("${PROXY}golang:1.26", "go minor 1.26"),
            ("quay.io/prometheus/golang-builder:1.26-base", "go minor 1.26"),
            ("postgres:17.5", "postgresql exact 17.5"),
            ("alpine:3.20", ""),
            ("golang:1.26\u{1b}[31m", ""),
            ("some words: 1.2", ""),
        ] {
            let read: Vec<String> = read(&tools, text)
                .iter()
                .map(|held| {
                    let version = held.reading.version.as_deref().unwrap_or("-");
                    format!("{} {} {version}", held.tool.runtime, held.reading.kind)
                })
                .collect();
            assert_eq!(read.join(", "), expected, "{text}");
        }
    }
}
