//! Bundler and RubyGems: `Gemfile`, `Gemfile.lock` and `*.gemspec`
//! (<https://bundler.io/man/gemfile.5.html#RUBY>, <https://guides.rubygems.org/specification-reference/>).

use std::sync::LazyLock;

use regex::Regex;

use super::Format;
use crate::scan::file::{File, Found, Scope, Text};
use crate::scan::value::Style;

pub(super) const GEMFILE: Format =
    Format { name: "Gemfile", matches: |_, name| matches!(name, "Gemfile" | "gems.rb"), read: gemfile };

pub(super) const LOCK: Format =
    Format { name: "Gemfile.lock", matches: |_, name| matches!(name, "Gemfile.lock" | "gems.locked"), read: lock };

pub(super) const GEMSPEC: Format =
    Format { name: "gemspec", matches: |_, name| name.ends_with(".gemspec"), read: gemspec };

/// Quoted texts of a line of Ruby.
static QUOTED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"["']([^"']*)["']"#).ok());

/// The code of a line of Ruby, without a comment: `#` inside of quotes is none.
fn to_code(line: &str) -> &str {
    let mut quote = None;
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (None, '#') => return &line[..at],
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    line
}

fn quoted(code: &str) -> Vec<&str> {
    let Some(quoted) = QUOTED.as_ref() else { return Vec::new() };
    quoted.captures_iter(code).filter_map(|groups| groups.get(1)).map(|text| text.as_str()).collect()
}

/// The quoted texts with which a list of arguments begins; options and conditions follow them.
fn leading(code: &str) -> Vec<&str> {
    let mut texts = Vec::new();
    let mut rest = code.trim_start();
    while let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let Some((text, after)) = rest[1..].split_once(quote) else { break };
        texts.push(text);
        let Some(after) = after.trim_start().strip_prefix(',') else { break };
        rest = after.trim_start();
    }
    texts
}

fn gemfile(file: &File<'_>, found: &mut Found) {
    let Some(ruby) = file.tools.own("ruby") else { return };
    for (_, line) in file.lines() {
        let code = to_code(line).trim();
        let Some(after) = code.strip_prefix("ruby").filter(|after| after.starts_with([' ', '(', '\t'])) else {
            continue;
        };
        let has = |word: &str| after.contains(&format!("{word}:")) || after.contains(&format!(":{word} =>"));
        if has("engine") {
            continue;
        }
        if has("file") {
            if let Some(path) = quoted(after).first() {
                found.link(ruby, file.offset_of(path), path, &format!("{}{path}", file.folder()));
            }
            continue;
        }
        let mut texts = leading(after.trim_start().trim_start_matches('('));
        if after.contains("ENV") {
            // `ENV.fetch("RUBY", "3.3")`: the default.
            let is_version = |text: &&str| text.chars().all(|c| c.is_ascii_digit() || "~<>=. ".contains(c));
            texts = quoted(after).into_iter().filter(|text| !text.is_empty()).filter(is_version).collect();
        }
        requirement(file, found, &texts, Style::Build);
    }
}

fn gemspec(file: &File<'_>, found: &mut Found) {
    for (_, line) in file.lines() {
        let code = to_code(line);
        let Some((_, after)) = code.split_once("required_ruby_version") else { continue };
        let Some(after) = after.trim_start().strip_prefix('=') else { continue };
        let after = after.trim_start();
        let after = after.strip_prefix("Gem::Requirement.new").unwrap_or(after);
        requirement(file, found, &leading(after.trim_start_matches(['(', '['])), Style::Need);
    }
}

/// One requirement, or several that hold together.
fn requirement(file: &File<'_>, found: &mut Found, texts: &[&str], style: Style) {
    let Some(ruby) = file.tools.own("ruby") else { return };
    let Some(first) = texts.first() else { return };
    let joined = texts.join(", ");
    let is_plain = texts.len() == 1 && first.starts_with(|c: char| c.is_ascii_digit());
    let style = if is_plain { style } else { Style::Need };
    found.version(ruby, Text::plain(file.offset_of(first), &joined), style, &Scope::File);
}

fn lock(file: &File<'_>, found: &mut Found) {
    let Some(ruby) = file.tools.own("ruby") else { return };
    let mut in_section = false;
    for (_, line) in file.lines() {
        if !line.starts_with(' ') && !line.is_empty() {
            in_section = line == "RUBY VERSION";
        } else if in_section && let Some(version) = line.trim().strip_prefix("ruby ") {
            // The patch level says nothing more: `3.3.0p0`.
            let end = version.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(version.len());
            let (bare, rest) = version.split_at(end);
            let bare = if rest.starts_with('p') && rest[1..].bytes().all(|byte| byte.is_ascii_digit()) {
                bare
            } else {
                version
            };
            found.version(ruby, Text::plain(file.offset_of(bare), bare), Style::Build, &Scope::File);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_what_ruby_is_asked_for() {
        for (path, text, expected) in [
            ("Gemfile", "source 'https://rubygems.org'\nruby '3.3.0'\n", "2:7 ruby exact 3.3.0"),
            ("Gemfile", "ruby \"~> 3.2\" # not 3.1\n", "1:7 ruby range - `~> 3.2`"),
            ("Gemfile", "ruby '>= 3.1', '< 3.5'\n", "1:7 ruby range - `>= 3.1, < 3.5`"),
            ("Gemfile", "ruby '>= 3.1'\n", "1:7 ruby floor 3.1 `>= 3.1`"),
            ("a/Gemfile", "ruby file: '../.ruby-version'\n", "1:13 ruby -> .ruby-version"),
            ("Gemfile", "ruby '2.5.0', engine: 'jruby', engine_version: '9.4'\n", ""),
            ("Gemfile", "ruby ENV.fetch('RUBY_VERSION', '3.3.1')\n", "1:33 ruby exact 3.3.1"),
            ("Gemfile", "# ruby '3.0'\ngem 'ruby-progressbar', '1.13'\nruby_version = '3.1'\n", ""),
            (
                "Gemfile.lock",
                "GEM\n  specs:\n    ruby (3.1.0)\n\nRUBY VERSION\n   ruby 3.3.0p0\n\nBUNDLED WITH\n   2.5.0\n",
                "6:9 ruby exact 3.3.0",
            ),
            ("a.gemspec", "  s.required_ruby_version = '>= 2.7.0'\n", "1:30 ruby floor 2.7.0 `>= 2.7.0`"),
            ("a.gemspec", "  s.required_ruby_version = [\">= 2.7\", \"< 4\"]\n", "1:31 ruby range - `>= 2.7, < 4`"),
            (
                "a.gemspec",
                "  spec.required_ruby_version = Gem::Requirement.new(\">= 3.0\")\n",
                "1:54 ruby floor 3.0 `>= 3.0`",
            ),
            ("a.gemspec", "  # s.required_ruby_version = '>= 2.7.0'\n  s.required_rubygems_version = '>= 3'\n", ""),
            ("Gemfile", "ruby '3.3.0', patchlevel: '100'\n", "1:7 ruby exact 3.3.0"),
            ("Gemfile", "ruby ENV.fetch('2X', '3.3.1')\n", "1:23 ruby exact 3.3.1"),
            (
                "a.gemspec",
                "  s.required_ruby_version = '>= 2.7' if s.respond_to?('x')\n",
                "1:30 ruby floor 2.7 `>= 2.7`",
            ),
        ] {
            assert_eq!(read(path, text), expected, "{path} {text}");
        }
    }
}
