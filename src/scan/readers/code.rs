//! Build files that are programs, read line by line: Elixir's `mix.exs`, Bazel's `MODULE.bazel`, Nix, Jenkins, Omnibus.

use std::sync::LazyLock;

use regex::Regex;

use super::Format;
use crate::scan::file::{At, File, Found, Scope, Text};
use crate::scan::value::Style;

pub(super) const MIX: Format = Format { name: "mix.exs", matches: |_, name| name == "mix.exs", read: mix };

pub(super) const BAZEL: Format = Format {
    name: "MODULE.bazel",
    matches: |_, name| name == "MODULE.bazel" || name.ends_with(".MODULE.bazel"),
    read: bazel,
};

pub(super) const NIX: Format =
    Format { name: "Nix", matches: |_, name| matches!(name, "flake.nix" | "shell.nix" | "devenv.nix"), read: nix };

pub(super) const JENKINS: Format = Format {
    name: "Jenkinsfile",
    matches: |_, name| name == "Jenkinsfile" || name.starts_with("Jenkinsfile.") || name.ends_with(".jenkinsfile"),
    read: jenkins,
};

pub(super) const OMNIBUS: Format = Format {
    name: "Omnibus",
    matches: |path, name| {
        name.ends_with(".rb") && (path.starts_with("config/software/") || path.contains("/config/software/"))
    },
    read: omnibus,
};

/// An expression that is right: nothing only where it could not be.
type Pattern = LazyLock<Option<Regex>>;

macro_rules! pattern {
    ($name:ident, $text:expr) => {
        static $name: Pattern = LazyLock::new(|| Regex::new($text).ok());
    };
}

/// The groups `name` and `value` of all matches in the code of a line, with the offset of the value.
fn find<'t>(pattern: &'static Pattern, begin: usize, code: &'t str) -> Vec<(&'t str, At, &'t str)> {
    let Some(pattern) = pattern.as_ref() else { return Vec::new() };
    let groups = pattern.captures_iter(code).filter_map(|groups| {
        let value = groups.name("value")?;
        Some((groups.name("name").map_or("", |name| name.as_str()), At::Byte(begin + value.start()), value.as_str()))
    });
    groups.collect()
}

/// The code of a line before a comment that begins with a sign; within quotes it is none.
fn before<'t>(line: &'t str, sign: &str) -> &'t str {
    let mut quote = None;
    for (at, c) in line.char_indices() {
        match quote {
            None if line[at..].starts_with(sign) => return &line[..at],
            None if c == '"' || c == '\'' => quote = Some(c),
            Some(open) if open == c => quote = None,
            _ => {}
        }
    }
    line
}

pattern!(MIX_ELIXIR, r#"(?:\belixir:|@elixir_(?:requirement|version))\s*"(?<value>[^"]+)""#);

/// `elixir: "~> 1.14"` (<https://hexdocs.pm/mix/Mix.Project.html>).
fn mix(file: &File<'_>, found: &mut Found) {
    let Some(elixir) = file.tools.own("elixir") else { return };
    for (begin, line) in file.lines() {
        for (_, at, value) in find(&MIX_ELIXIR, begin, before(line, "#")) {
            found.version(elixir, Text::plain(at, value), Style::Need, &Scope::File);
        }
    }
}

pattern!(BAZEL_CALL, r"^\s*(?<value>\w+)\.(?:download|toolchain|host|from_file|wrap)\s*\(");
pattern!(
    BAZEL_VERSION,
    r#"\b(?<name>version|versions|python_version|node_version|go_mod)\s*=\s*\[?\s*"(?<value>[^"]+)""#
);
pattern!(BAZEL_MORE, r#""(?<value>[^"]+)""#);

/// `go_sdk.download(version = "1.26.1")` and its kin, over several lines
/// (<https://bazel.build/external/extension>); `bazel_dep` names rules, not runtimes.
fn bazel(file: &File<'_>, found: &mut Found) {
    let mut call: Option<&str> = None;
    for (begin, line) in file.lines() {
        let code = before(line, "#");
        if let Some((_, _, name)) = find(&BAZEL_CALL, begin, code).first() {
            call = Some(name);
        }
        let id = match call {
            Some("go_sdk") => "go",
            Some("python") => "python",
            Some("node") => "node",
            Some("rust") => "rust",
            _ => {
                continue;
            }
        };
        let Some(tool) = file.tools.own(id) else { continue };
        for (name, at, value) in find(&BAZEL_VERSION, begin, code) {
            match name {
                "go_mod" => {
                    // `//:go.mod` is a label: a package, and a file in it.
                    let path = value.trim_start_matches("//").replace(':', "/");
                    found.link(tool, at, value, &path);
                }
                "versions" => {
                    let Some(start) = code.find('[') else { continue };
                    let elements = find(&BAZEL_MORE, begin + start, &code[start..]);
                    let style = if elements.len() > 1 { Style::Element } else { Style::Build };
                    for (_, at, value) in elements {
                        found.version(tool, Text::plain(at, value), style, &Scope::File);
                    }
                }
                _ => found.version(tool, Text::plain(at, value), Style::Build, &Scope::File),
            }
        }
        if code.contains(')') {
            call = None;
        }
    }
}

pattern!(
    NIX_PACKAGE,
    r"\b(?<value>(?<name>go|nodejs|python|ruby|postgresql|jdk|php|elixir|erlang|temurin-bin)[-_]?\d+(?:_\d+)*)\b"
);

/// Packages with a line in their name: `go_1_26`, `python312` (<https://search.nixos.org/packages>).
fn nix(file: &File<'_>, found: &mut Found) {
    let mut in_comment = false;
    for (begin, line) in file.lines() {
        if in_comment || line.trim_start().starts_with("/*") {
            in_comment = !line.contains("*/");
            continue;
        }
        for (name, at, value) in find(&NIX_PACKAGE, begin, before(line, "#")) {
            // A part of a longer name is another package.
            let At::Byte(start) = at else { continue };
            let around = [start.checked_sub(1), Some(start + value.len())];
            if around.into_iter().flatten().any(|at| file.text.as_bytes().get(at) == Some(&b'-')) {
                continue;
            }
            let name = if name == "temurin-bin" { "jdk" } else { name };
            let Some(tool) = file.tools.find(name) else { continue };
            let digits = value[value.find(|c: char| c.is_ascii_digit()).unwrap_or(0)..].replace('_', ".");
            // `python312` is 3.12, `php83` is 8.3.
            let meant = match name {
                "python" | "php" if !digits.contains('.') && digits.len() > 1 => {
                    format!("{}.{}", &digits[..1], &digits[1..])
                }
                _ => digits,
            };
            let before = found.pins.len();
            found.version(tool, Text::plain(at, &meant), Style::Build, &Scope::File);
            for pin in found.pins.iter_mut().skip(before) {
                value.clone_into(&mut pin.value);
            }
        }
    }
}

pattern!(JENKINS_IMAGE, r#"\bimage\s*\(?\s*["'](?<value>[^"']+)["']"#);
pattern!(
    JENKINS_TOOL,
    r#"\b(?<name>jdk|nodejs|go)\s+["'](?:jdk|java|openjdk|temurin|nodejs|node|go|golang)?[-_ ]?(?<value>\d[\w.]*)["']"#
);
pattern!(JENKINS_VARIABLE, r#"\b(?<name>[A-Za-z]\w*)\s*=\s*["'](?<value>[^"']+)["']"#);

/// Images of agents, tools and variables (<https://www.jenkins.io/doc/book/pipeline/syntax/>).
fn jenkins(file: &File<'_>, found: &mut Found) {
    let mut in_comment = false;
    for (begin, line) in file.lines() {
        let trimmed = line.trim_start();
        if in_comment || trimmed.starts_with("/*") {
            in_comment = !line.contains("*/");
            continue;
        }
        let code = before(line, "//");
        for (_, at, value) in find(&JENKINS_IMAGE, begin, code) {
            found.image(file.tools, Text::plain(at, value), &Scope::File);
        }
        for (name, at, value) in find(&JENKINS_TOOL, begin, code) {
            if let Some(tool) = file.tools.find(name) {
                found.version(tool, Text::plain(at, value), Style::Build, &Scope::File);
            }
        }
        for (name, at, value) in find(&JENKINS_VARIABLE, begin, code) {
            found.variable(file.tools, name, Text::plain(at, value), &Scope::File);
        }
    }
}

pattern!(OMNIBUS_NAME, r#"^\s*name\s+["'](?<value>[\w-]+)["']"#);
pattern!(OMNIBUS_VERSION, r#"^\s*default_version\s+(?:.*\|\|\s*)?["'](?<value>[^"']+)["']"#);
pattern!(OMNIBUS_GITLAB, r#"\bGitlab::Version\.new\(\s*["'](?<name>[\w-]+)["']\s*,\s*["'](?<value>[^"']+)["']"#);

/// Software that Omnibus builds (<https://github.com/chef/omnibus>).
fn omnibus(file: &File<'_>, found: &mut Found) {
    let mut software = file.name().strip_suffix(".rb").unwrap_or_default();
    for (begin, line) in file.lines() {
        let code = before(line, "#");
        if let Some((_, _, name)) = find(&OMNIBUS_NAME, begin, code).first() {
            software = name;
        }
        if let Some(tool) = file.tools.find(software) {
            for (_, at, value) in find(&OMNIBUS_VERSION, begin, code) {
                found.version(tool, Text::plain(at, value), Style::Build, &Scope::File);
            }
        }
        for (name, at, value) in find(&OMNIBUS_GITLAB, begin, code) {
            if let Some(tool) = file.tools.find(name) {
                found.version(tool, Text::plain(at, value), Style::Build, &Scope::File);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_programs_line_by_line() {
        for (path, text, expected) in [
            ("mix.exs", "  elixir: \"~> 1.14\", # not 1.13\n  # elixir: \"1.2\"\n", "1:12 elixir range - `~> 1.14`"),
            ("mix.exs", "  @elixir_requirement \"~> 1.15\"\n", "1:24 elixir range - `~> 1.15`"),
            (
                "MODULE.bazel",
                "bazel_dep(name = \"rules_go\", version = \"0.50.1\")\ngo_sdk.download(version = \"1.26.1\")\n",
                "2:28 go exact 1.26.1",
            ),
            ("MODULE.bazel", "go_sdk.from_file(go_mod = \"//:go.mod\")\n", "1:28 go -> go.mod"),
            (
                "MODULE.bazel",
                "python.toolchain(\n    # python_version = \"3.9\",\n    python_version = \"3.12\",\n)\n",
                "3:23 python minor 3.12",
            ),
            (
                "MODULE.bazel",
                "rust.toolchain(versions = [\"1.89.0\", \"1.90.0\"])\n",
                "1:29 rust list 1.89.0; 1:39 rust list 1.90.0",
            ),
            (
                "flake.nix",
                "packages = [ pkgs.go_1_26 pkgs.nodejs_22 python312 ruby_3_4 ]; # go_1_20\n",
                "1:19 go minor 1.26 `go_1_26`; 1:32 node major 22 `nodejs_22`; 1:42 python minor 3.12 `python312`; 1:52 ruby minor 3.4 `ruby_3_4`",
            ),
            (
                "flake.nix",
                "buildGoModule golangci-lint go-tools_2 python3 nixos-24.05\n",
                "1:40 python major 3 `python3`",
            ),
            (
                "Jenkinsfile",
                "agent { docker { image 'golang:1.26' } }\n// image 'golang:1.2'\ntools { jdk 'jdk17'; nodejs 'node-20' }\nGO_VERSION = '1.26.5'\n",
                "1:25 go minor 1.26 `golang:1.26`; 3:17 java major 17; 3:35 node major 20; 4:15 go exact 1.26.5",
            ),
            (
                "config/software/python3.rb",
                "name 'python3'\ndefault_version '3.12.13'\nversion('3.11.0') { source sha256: 'x' }\n",
                "2:18 python exact 3.12.13",
            ),
            ("config/software/ruby.rb", "version = Gitlab::Version.new('ruby', '3.3.1')\n", "1:40 ruby exact 3.3.1"),
            ("config/software/zlib.rb", "default_version '1.3.1'\n", ""),
        ] {
            assert_eq!(read(path, text), expected, "{path} {text}");
        }
    }
}
