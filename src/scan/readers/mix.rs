//! Elixir's `mix.exs`: `elixir: "~> 1.14"` (<https://hexdocs.pm/mix/Mix.Project.html>).

use super::Format;
use super::code::{before, find, pattern};
use crate::scan::file::{File, Found, Scope, Text};
use crate::scan::value::Style;

pub(super) const FORMAT: Format = Format { name: "mix.exs", matches: |_, name| name == "mix.exs", read };

pattern!(MIX_ELIXIR, r#"(?:\belixir:|@elixir_(?:requirement|version))\s*"(?<value>[^"]+)""#);

/// `elixir: "~> 1.14"` (<https://hexdocs.pm/mix/Mix.Project.html>).
fn read(file: &File<'_>, found: &mut Found) {
    let Some(elixir) = file.tools.own("elixir") else { return };
    for (begin, line) in file.lines() {
        for (_, at, value) in find(&MIX_ELIXIR, begin, before(line, "#")) {
            found.version(elixir, Text::plain(at, value), Style::Need, &Scope::File);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_versions() {
        for (path, text, expected) in [
            ("mix.exs", "  elixir: \"~> 1.14\", # not 1.13\n  # elixir: \"1.2\"\n", "1:12 elixir range - `~> 1.14`"),
            ("mix.exs", "  @elixir_requirement \"~> 1.15\"\n", "1:24 elixir range - `~> 1.15`"),
        ] {
            assert_eq!(read(path, text), expected, "{path} {text}");
        }
    }
}
