//! Nix: packages with a line in their name (<https://search.nixos.org/packages>).

use super::Format;
use super::code::{before, find, pattern};
use crate::scan::file::{At, File, Found, Scope, Text};
use crate::scan::value::Style;

pub(super) const FORMAT: Format =
    Format { name: "Nix", matches: |_, name| matches!(name, "flake.nix" | "shell.nix" | "devenv.nix"), read };

pattern!(
    NIX_PACKAGE,
    r"\b(?<value>(?<name>go|nodejs|python|ruby|postgresql|jdk|php|elixir|erlang|temurin-bin)[-_]?\d+(?:_\d+)*)\b"
);

/// Packages with a line in their name: `go_1_26`, `python312` (<https://search.nixos.org/packages>).
fn read(file: &File<'_>, found: &mut Found) {
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

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_versions() {
        for (path, text, expected) in [
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
        ] {
            assert_eq!(read(path, text), expected, "{path} {text}");
        }
    }
}
