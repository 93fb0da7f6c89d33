//! Makefiles, shell scripts, `.env` files and Prometheus' `.promu.yml`: variables whose name is that of a runtime, and
//! images that commands of containers name.

use std::collections::BTreeMap;

use super::Format;
use crate::scan::expand::expand;
use crate::scan::file::{File, Found, Scope, Text};
use crate::scan::value::{Style, is_open};

pub(super) const MAKE: Format = Format {
    name: "Makefile",
    matches: |_, name| matches!(name, "Makefile" | "makefile" | "GNUmakefile" | ".promu.yml") || name.ends_with(".mk"),
    read,
};

pub(super) const SHELL: Format = Format {
    name: "shell script",
    matches: |_, name| {
        let is_env = name == ".envrc" || name == ".env" || name.starts_with(".env.") || name.ends_with(".env");
        is_env || name.ends_with(".sh") || name.ends_with(".bash")
    },
    read,
};

fn read(file: &File<'_>, found: &mut Found) {
    if file.name() == ".promu.yml" {
        promu(file, found);
        return;
    }
    let is_env = file.name().starts_with(".env") && file.name() != ".envrc";
    let scope = if is_env { Scope::Env(file.folder().to_owned()) } else { Scope::File };
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for (_, line) in file.lines() {
        let bare = line.trim();
        if bare.starts_with('#') {
            continue;
        }
        if let Some((name, value)) = find_assignment(bare) {
            assign(file, found, &mut known, name, value, &scope);
        } else if is_container_command(bare) {
            let images = bare.split_whitespace().map(|word| word.trim_matches(['"', '\'', '@', ';', '\\']));
            for word in images.filter(|word| word.contains(':') && !word.starts_with('-') && !word.contains('=')) {
                // What is written must name a runtime: a variable may hold any image.
                let mut written = Found::default();
                written.image(file.tools, Text::plain(file.offset_of(word), word), &Scope::File);
                if written.pins.is_empty() {
                    continue;
                }
                let meant = expand(word, &|name| known.get(name).cloned());
                let mut images = Found::default();
                let text = Text { at: file.offset_of(word), written: word, meant: &meant };
                images.image(file.tools, text, &Scope::File);
                // A word that is not known to have a version may be anything.
                found.pins.extend(images.pins.into_iter().filter(|pin| pin.version.is_some()));
            }
        }
    }
}

fn assign(
    file: &File<'_>,
    found: &mut Found,
    known: &mut BTreeMap<String, String>,
    name: &str,
    value: &str,
    scope: &Scope,
) {
    if value.contains('`') || value.contains("$(shell") || (value.contains("$(") && value.contains(' ')) {
        return;
    }
    // `${GO_VERSION:-1.26}` names itself.
    if let Some((_, default)) = value.strip_prefix("${").and_then(|inner| inner.strip_suffix('}')?.split_once(":-")) {
        found.variable(file.tools, name, Text::plain(file.offset_of(default), default), scope);
        known.insert(name.to_owned(), default.to_owned());
        return;
    }
    let meant = expand(value, &|name| known.get(name).cloned());
    // What a command says, what the caller gives and what other files set is not known here.
    if is_open(&meant) && *scope == Scope::File {
        return;
    }
    let text = Text { at: file.offset_of(value), written: value, meant: &meant };
    found.variable(file.tools, name, text, scope);
    known.insert(name.to_owned(), meant);
}

/// The name and value of a line that sets a variable: `GO_VERSION ?= 1.26`, `export GO_VERSION="1.26" # why`.
fn find_assignment(line: &str) -> Option<(&str, &str)> {
    let mut rest = line;
    for word in ["export ", "readonly ", "local ", "declare ", "override ", "-x ", "-r "] {
        rest = rest.strip_prefix(word).map_or(rest, str::trim_start);
    }
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
    let (name, after) = rest.split_at(end);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let after = after.trim_start();
    let value = ["?=", ":::=", "::=", ":=", "="].iter().find_map(|sign| after.strip_prefix(sign))?.trim();
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => {
            let value = value.split(" #").next()?.trim_end();
            value.split(';').next()?.trim_end()
        }
    };
    (!value.is_empty()).then_some((name, value))
}

fn is_container_command(line: &str) -> bool {
    ["docker ", "podman ", "nerdctl "].iter().any(|program| line.contains(program))
        && [" run", " pull", " create"].iter().any(|verb| line.contains(verb))
}

/// `go: { version: 1.26 }`, which promu builds with (<https://github.com/prometheus/promu>).
fn promu(file: &File<'_>, found: &mut Found) {
    let Some(go) = file.tools.own("go") else { return };
    let mut in_go = false;
    for (_, line) in file.lines() {
        let code = line.split(" #").next().unwrap_or(line);
        if !code.starts_with([' ', '\t', '#']) && !code.is_empty() {
            in_go = code.trim_end() == "go:";
        } else if in_go && let Some(value) = code.trim().strip_prefix("version:") {
            let value = value.trim().trim_matches(['"', '\'']);
            found.version(go, Text::plain(file.offset_of(value), value), Style::Build, &Scope::File);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_variables() {
        for (path, text, expected) in [
            ("Makefile", "GO_VERSION ?= 1.26.5\n", "1:15 go exact 1.26.5"),
            ("Makefile", "export GO_VERSION := 1.26 # why\n", "1:22 go minor 1.26"),
            ("a.mk", "# GO_VERSION = 1.2\nGO_SHA = 1.26\nNODE_EXPORTER_VERSION = 1.8.0\n", ""),
            ("Makefile", "GO_VERSION := $(shell go version)\nRUBY_VERSION = $(cat .ruby-version)\n", ""),
            ("a.sh", "GO_VERSION=\"${GO_VERSION:-1.26.5}\"\n", "1:27 go exact 1.26.5"),
            ("a.sh", "local RUBY_VERSION='3.4.1'; echo\n", "1:21 ruby exact 3.4.1"),
            ("a.sh", "if [ $GO_VERSION = 1.26 ]; then\n", ""),
            ("a.sh", "GO_VERSION=$(go version)\nNODE_VERSION=`node -v`\n", ""),
            (
                ".env",
                "NODE_VERSION=22.1.0\r\nGO_IMAGE=golang:1.26\n",
                "1:14 node exact 22.1.0; 2:10 go minor 1.26 `golang:1.26`",
            ),
            (
                "Makefile",
                "V = 1.26\nrun:\n\tdocker run --rm golang:$(V) go build\n",
                "3:18 go indirect 1.26 `golang:$(V)`",
            ),
            ("a.sh", "docker run -p 80:80 -v $PWD:/go python:3.12 x\n", "1:33 python minor 3.12 `python:3.12`"),
            (
                ".promu.yml",
                "go:\n    # Whenever\n    version: 1.26\n    cgo: true\nrepository:\n    version: 1.2\n",
                "3:14 go minor 1.26",
            ),
        ] {
            assert_eq!(read(path, text), expected, "{path} {text}");
        }
    }
}
