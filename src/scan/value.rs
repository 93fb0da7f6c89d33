//! Turns what stands at a place into what sort of pin it is, and the version that it names. Knows no file formats.

use super::tool::Tool;
use crate::model::component::PinKind;
use crate::model::version::Scheme;

/// What a place says with a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// What something is built with: a version file, a setup action, a variable. `1.26.5`, `1.26.x`, `stable`.
    Build,
    /// The tag of an image: a version and then words for the flavour, `1.26-alpine3.20`. Fewer numbers float.
    Tag,
    /// What consumers need, as ranges: `>=3.9`, `^20 || ^22`. A single lower bound is a floor.
    Need,
    /// What consumers need at least, as a bare version.
    Floor,
    /// One of several: a test matrix, a fallback list.
    Element,
}

/// What was read of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What sort of pin it is.
    pub kind: PinKind,
    /// The version, or the line, where it names a single one.
    pub version: Option<String>,
}

/// Words for versions that move by themselves.
const CHANNELS: [&str; 24] = [
    "alpha",
    "beta",
    "canary",
    "current",
    "default",
    "dev",
    "devel",
    "edge",
    "ga",
    "head",
    "latest",
    "lts",
    "lts/*",
    "lts/-1",
    "lts/-2",
    "main",
    "master",
    "nightly",
    "node",
    "oldstable",
    "rc",
    "stable",
    "tip",
    "unstable",
];

/// The code names of Node.js' lines with long-term support (<https://github.com/nodejs/Release>), with their first number.
const CODE_NAMES: [(&str, &str); 11] = [
    ("argon", "4"),
    ("boron", "6"),
    ("carbon", "8"),
    ("dubnium", "10"),
    ("erbium", "12"),
    ("fermium", "14"),
    ("gallium", "16"),
    ("hydrogen", "18"),
    ("iron", "20"),
    ("jod", "22"),
    ("krypton", "24"),
];

/// Says whether a text holds a reference that was not followed: `$VERSION`, `${{ matrix.go }}`, `{{ version }}`.
#[must_use]
pub fn is_open(text: &str) -> bool {
    text.contains('$') || text.contains("{{") || text.contains("#{")
}

/// Reads a value; nothing where it names no version of the runtime.
#[must_use]
pub fn read(tool: &Tool, text: &str, style: Style) -> Option<Reading> {
    let text = text.trim();
    if text.is_empty() || text.len() > 200 {
        return None;
    }
    if is_open(text) {
        return Some(Reading { kind: PinKind::Indirect, version: None });
    }
    let reading = if style == Style::Tag { read_tag(tool, text) } else { read_whole(tool, text, style) }?;
    Some(match style {
        Style::Element => Reading { kind: PinKind::List, ..reading },
        Style::Floor if reading.version.is_some() => Reading { kind: PinKind::Floor, ..reading },
        _ => reading,
    })
}

fn read_whole(tool: &Tool, text: &str, style: Style) -> Option<Reading> {
    if let Some(channel) = read_channel(tool, text) {
        return Some(channel);
    }
    if is_range(text) {
        return read_range(tool, text, style);
    }
    // A variable that becomes a tag may have a flavour, too: `1.26-bookworm`.
    let is_snapshot = text.ends_with("-dev");
    read_bare(tool, if is_snapshot { text } else { cut_flavour(text) }, style)
}

fn read_channel(tool: &Tool, text: &str) -> Option<Reading> {
    let lower = text.to_ascii_lowercase();
    let channel = |version: Option<&str>| Some(Reading { kind: PinKind::Channel, version: version.map(str::to_owned) });
    if CHANNELS.contains(&lower.as_str()) {
        return channel(None);
    }
    if tool.scheme == Scheme::Node {
        let name = lower.strip_prefix("lts/").unwrap_or(&lower);
        return CODE_NAMES.iter().find(|(code, _)| *code == name).and_then(|(_, line)| channel(Some(line)));
    }
    // `nightly-2026-01-02`, `stable-x86_64-unknown-linux-gnu`
    let is_dated = tool.scheme == Scheme::Rust && ["nightly-", "beta-", "stable-"].iter().any(|c| lower.starts_with(c));
    is_dated.then(|| channel(None)).flatten()
}

fn is_range(text: &str) -> bool {
    text.starts_with(['^', '~', '<', '>', '=', '!', '[', '(', '*'])
        || text.contains("||")
        || text.contains(',')
        || text.contains('|')
        || text.contains(" - ")
        || text.split_whitespace().count() > 1
}

fn read_range(tool: &Tool, text: &str, style: Style) -> Option<Reading> {
    let bounds: Vec<&str> = text.split(',').map(str::trim).filter(|bound| !bound.is_empty()).collect();
    if let [one] = bounds[..] {
        let version_after = |sign: &str| one.strip_prefix(sign).map(str::trim).filter(|rest| !is_range(rest));
        if let Some(version) = version_after("==").or_else(|| version_after("=")) {
            return read_bare(tool, version, Style::Build);
        }
        if let Some(version) = version_after(">=").filter(|_| style == Style::Need) {
            let version = read_bare(tool, version, Style::Floor)?.version;
            return Some(Reading { kind: PinKind::Floor, version });
        }
    }
    // Digits somewhere, and first numbers that can be this runtime's.
    let mut firsts = to_first_numbers(text).peekable();
    if text == "*" {
        return Some(Reading { kind: PinKind::Range, version: None });
    }
    firsts.peek()?;
    firsts.all(|first| tool.can_begin_with(first)).then_some(Reading { kind: PinKind::Range, version: None })
}

/// The first number of each version in a range.
fn to_first_numbers(text: &str) -> impl Iterator<Item = u64> + '_ {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '_' | '-')))
        .filter_map(|word| word.trim_start_matches('v').split(['.', '-', '+', '_']).next())
        .filter_map(|first| first.parse().ok())
}

/// Reads a version, or the beginning of one: `1.26.5`, `1.26`, `22`, `1.26.x`, `3.14-dev`.
fn read_bare(tool: &Tool, text: &str, style: Style) -> Option<Reading> {
    let bare = ["go", "v", "V", "ruby-", "python-", "node-", "php-", "php", "erlang-", "OTP-", "jdk-", "net"]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())))
        .unwrap_or(text);
    let floating = bare
        .strip_suffix(".x")
        .or_else(|| bare.strip_suffix(".X"))
        .or_else(|| bare.strip_suffix(".*"))
        .map(|start| start.trim_end_matches(".x").trim_end_matches(".*"));
    let floating = floating.or_else(|| bare.strip_suffix("-dev")).or_else(|| {
        // Python's builds without the global lock: `3.14t`
        bare.strip_suffix('t').filter(|_| tool.scheme == Scheme::Python)
    });
    if let Some(start) = floating {
        return read_start(tool, start);
    }
    let version = tool.scheme.parse(bare).ok();
    let numbers = to_numbers(bare);
    if let Some(version) = version
        && is_whole(tool.scheme, bare, style)
    {
        let first = to_first_number(tool.scheme, version.as_str())?;
        return tool
            .can_begin_with(first)
            .then(|| Reading { kind: PinKind::Exact, version: Some(version.as_str().to_owned()) });
    }
    numbers?;
    read_start(tool, bare)
}

/// The numbers of a text that consists of nothing else: `1.26` has two.
fn to_numbers(text: &str) -> Option<usize> {
    let mut count = 0;
    for part in text.split('.') {
        if part.is_empty() || part.len() > 9 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        count += 1;
    }
    Some(count)
}

/// Java up to 8 begins with 1: `1.8` is 8.
fn to_first_number(scheme: Scheme, text: &str) -> Option<u64> {
    let text = match scheme {
        Scheme::Java => text.strip_prefix("1.").unwrap_or(text),
        _ => text,
    };
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Says whether a text that is a version names one release, not the newest of several.
fn is_whole(scheme: Scheme, text: &str, style: Style) -> bool {
    let Some(numbers) = to_numbers(text) else { return true };
    match scheme {
        Scheme::Postgresql | Scheme::Loose => numbers >= 2,
        Scheme::Erlang if style != Style::Tag => numbers >= 2,
        // Before 1.21 the first release of a line had two numbers.
        Scheme::Go if style != Style::Tag && numbers == 2 => {
            text.strip_prefix("1.").and_then(|minor| minor.parse().ok()).is_some_and(|minor: u64| minor < 21)
        }
        _ => numbers >= 3,
    }
}

/// Reads the first numbers of versions: `1.26`, `22`.
fn read_start(tool: &Tool, text: &str) -> Option<Reading> {
    let text = match tool.scheme {
        Scheme::Java => text.strip_prefix("1.").unwrap_or(text),
        _ => text,
    };
    let numbers = to_numbers(text)?;
    let first = to_first_number(tool.scheme, text)?;
    tool.scheme.parse_line(text)?;
    let kind = match numbers {
        1 => PinKind::Major,
        2 => PinKind::Minor,
        _ => PinKind::Exact,
    };
    tool.can_begin_with(first).then(|| Reading { kind, version: Some(text.to_owned()) })
}

/// Reads the version at the beginning of a tag, or the first after words, and not what follows: `1.26-alpine3.20`,
/// `17-jdk`, `8u402-b06-jdk`, `21.0.2_13-jre`.
fn read_tag(tool: &Tool, tag: &str) -> Option<Reading> {
    if let Some(channel) = read_channel(tool, tag) {
        return Some(channel);
    }
    let version = cut_flavour(tag);
    let is_number = version.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit());
    is_number.then(|| read_bare(tool, version, Style::Tag)).flatten()
}

/// A version without what follows it, where it begins with a number.
fn cut_flavour(tag: &str) -> &str {
    if !tag.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()) {
        return tag;
    }
    let mut end = tag.find('-').unwrap_or(tag.len());
    // What follows is a flavour, unless it is the rest of the version: `8u402-b06-jdk`, `22.0.0-rc.1-slim`.
    while let Some(after) = tag.get(end + 1..).filter(|after| is_of_version(after)) {
        end = after.find('-').map_or(tag.len(), |length| end + 1 + length);
    }
    tag.get(..end).unwrap_or(tag)
}

/// Says whether a word after a dash belongs to the version before it.
fn is_of_version(word: &str) -> bool {
    let is_build = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    let starts = |start: &str| {
        word.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']) || is_build(rest))
    };
    ["rc", "RC", "alpha", "beta", "preview", "ea"].iter().any(|start| starts(start))
        || word.strip_prefix('b').is_some_and(is_build)
}

#[cfg(test)]
mod tests {
    use super::super::tool::Tools;
    use super::*;

    fn said(tool: &str, text: &str, style: Style) -> String {
        let tools = Tools::new(&[]);
        let tool = tools.own(tool).expect("is known");
        match read(tool, text, style) {
            None => "nothing".to_owned(),
            Some(reading) => format!("{} {}", reading.kind, reading.version.as_deref().unwrap_or("-")),
        }
    }

    #[test]
    fn a_value_names_a_version_a_line_a_range_or_a_channel() {
        for (tool, text, style, expected) in [
            ("go", "1.26.5", Style::Build, "exact 1.26.5"),
            ("go", "go1.26.5", Style::Build, "exact 1.26.5"),
            ("go", "1.26", Style::Build, "minor 1.26"),
            ("go", "1.20", Style::Build, "exact 1.20"),
            ("go", "1.20", Style::Tag, "minor 1.20"),
            ("go", "1.26.x", Style::Build, "minor 1.26"),
            ("go", "1.27rc1", Style::Build, "exact 1.27rc1"),
            ("go", "1", Style::Tag, "major 1"),
            ("go", "stable", Style::Build, "channel -"),
            ("go", "^1.21", Style::Build, "range -"),
            ("go", ">=1.20", Style::Build, "range -"),
            ("go", "1.26.0", Style::Floor, "floor 1.26.0"),
            ("go", "1.26", Style::Floor, "floor 1.26"),
            ("go", "1.26", Style::Element, "list 1.26"),
            ("go", "$GO_VERSION", Style::Build, "indirect -"),
            ("go", "0.3", Style::Build, "nothing"),
            ("go", "v2.40.1", Style::Build, "nothing"),
            ("go", "file", Style::Build, "nothing"),
            ("go", "1.26.5-alpine3.20", Style::Tag, "exact 1.26.5"),
            ("go", "1.26-bookworm", Style::Build, "minor 1.26"),
            ("go", "alpine", Style::Tag, "nothing"),
            ("node", "22", Style::Build, "major 22"),
            ("node", "v22.11.0", Style::Build, "exact 22.11.0"),
            ("node", "lts/*", Style::Build, "channel -"),
            ("node", "lts/iron", Style::Build, "channel 20"),
            ("node", "iron-slim", Style::Tag, "nothing"),
            ("node", ">=18", Style::Need, "floor 18"),
            ("node", ">= 18.17.0", Style::Need, "floor 18.17.0"),
            ("node", "^20 || ^22", Style::Need, "range -"),
            ("node", "20.x", Style::Need, "major 20"),
            ("node", "20.x.x", Style::Need, "major 20"),
            ("python", "3.14-dev", Style::Build, "minor 3.14"),
            ("python", "3.14t", Style::Build, "minor 3.14"),
            ("python", ">=3.9", Style::Need, "floor 3.9"),
            ("python", ">=3.9,<4", Style::Need, "range -"),
            ("python", "==3.11.*", Style::Need, "minor 3.11"),
            ("python", "3.13.0rc1-slim", Style::Tag, "exact 3.13.0rc1"),
            ("ruby", "~> 3.2", Style::Need, "range -"),
            ("ruby", "3.3.0", Style::Build, "exact 3.3.0"),
            ("java", "17-jdk", Style::Tag, "major 17"),
            ("java", "8u402-b06-jdk", Style::Tag, "exact 8u402-b06"),
            ("java", "21.0.2_13-jre", Style::Tag, "exact 21.0.2_13"),
            ("java", "1.8", Style::Build, "major 8"),
            ("java", "[17,18)", Style::Need, "range -"),
            ("postgresql", "17", Style::Tag, "major 17"),
            ("postgresql", "17.5-alpine", Style::Tag, "exact 17.5"),
            ("erlang", "27.1", Style::Build, "exact 27.1"),
            ("rust", "nightly-2026-01-02", Style::Build, "channel -"),
            ("rust", "1.89", Style::Floor, "floor 1.89"),
            ("php", "^8.3", Style::Need, "range -"),
        ] {
            assert_eq!(said(tool, text, style), expected, "{tool} {text} {style:?}");
        }
    }
}
