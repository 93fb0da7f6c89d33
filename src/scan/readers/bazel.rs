//! Bazel's `MODULE.bazel`: versions and files that toolchains are made of (<https://bazel.build/external/extension>).

use super::Format;
use super::code::{before, find, pattern};
use crate::scan::file::{File, Found, Scope, Text};
use crate::scan::value::Style;

pub(super) const FORMAT: Format =
    Format { name: "MODULE.bazel", matches: |_, name| name == "MODULE.bazel" || name.ends_with(".MODULE.bazel"), read };

pattern!(BAZEL_CALL, r"^\s*(?<value>\w+)\.(?:download|toolchain|host|from_file|wrap)\s*\(");
pattern!(
    BAZEL_VERSION,
    r#"\b(?<name>version|versions|python_version|node_version|go_mod)\s*=\s*\[?\s*"(?<value>[^"]+)""#
);
pattern!(BAZEL_MORE, r#""(?<value>[^"]+)""#);

/// `go_sdk.download(version = "1.26.1")` and its kin, over several lines
/// (<https://bazel.build/external/extension>); `bazel_dep` names rules, not runtimes.
fn read(file: &File<'_>, found: &mut Found) {
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

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_versions() {
        for (path, text, expected) in [
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
        ] {
            assert_eq!(read(path, text), expected, "{path} {text}");
        }
    }
}
