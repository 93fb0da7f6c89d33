//! `go.mod` and `go.work`: the `go` line is what the module needs at least, the `toolchain` line what it is built with
//! (<https://go.dev/ref/mod#go-mod-file-go>, <https://go.dev/doc/toolchain>).

use super::Format;
use crate::scan::file::{File, Found, Scope, Text};
use crate::scan::value::Style;

pub(super) const FORMAT: Format =
    Format { name: "go.mod", matches: |_, name| matches!(name, "go.mod" | "go.work"), read };

fn read(file: &File<'_>, found: &mut Found) {
    let Some(go) = file.tools.own("go") else { return };
    for (_, line) in file.lines() {
        let line = line.split_once("//").map_or(line, |(code, _)| code);
        // Inside of a block lines are indented, and a module may be called `go`.
        let mut words = line.split_ascii_whitespace();
        let (Some(word), Some(value), None) = (words.next(), words.next(), words.next()) else { continue };
        if !line.starts_with(word) {
            continue;
        }
        let value = value.trim_matches(['"', '`']);
        let text = Text::plain(file.offset_of(value), value);
        match word {
            "go" => found.version(go, text, Style::Floor, &Scope::File),
            "toolchain" if value != "default" => found.version(go, text, Style::Build, &Scope::File),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_what_the_module_needs_and_what_it_is_built_with() {
        for (text, expected) in [
            ("module a\n\ngo 1.26.0\n\ntoolchain go1.26.5\n", "3:4 go floor 1.26.0; 5:11 go exact 1.26.5 `go1.26.5`"),
            ("go 1.26 // what we need\r\n", "1:4 go floor 1.26"),
            ("toolchain default\n", ""),
            ("go \"1.26.0\"\n", "1:5 go floor 1.26.0"),
            ("// go 1.20\nrequire (\n\tgo 1.20\n\texample.org/go v1.2.3\n)\nretract v1.0.0\n", ""),
            ("go 1.27rc1\n", "1:4 go floor 1.27rc1"),
            ("go one\n", ""),
        ] {
            assert_eq!(read("go.mod", text), expected, "{text}");
        }
    }
}
