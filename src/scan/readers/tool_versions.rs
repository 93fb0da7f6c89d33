//! `.tool-versions` of asdf and mise: a tool and its versions on a line, of which the first is used
//! (<https://asdf-vm.com/manage/configuration.html#tool-versions>).

use super::Format;
use crate::model::version::Scheme;
use crate::scan::file::{File, Found, Scope, Text};
use crate::scan::value::Style;

pub(super) const FORMAT: Format = Format { name: ".tool-versions", matches: |_, name| name == ".tool-versions", read };

fn read(file: &File<'_>, found: &mut Found) {
    for (_, line) in file.lines() {
        let line = line.split_once('#').map_or(line, |(code, _)| code);
        let mut words = line.split_ascii_whitespace();
        let Some(tool) = words.next().and_then(|name| file.tools.find(name)) else { continue };
        let versions: Vec<&str> = words.collect();
        let style = if versions.len() > 1 { Style::Element } else { Style::Build };
        for version in versions {
            let mut bare =
                version.strip_prefix("latest:").or_else(|| version.strip_prefix("prefix:")).unwrap_or(version);
            if tool.scheme == Scheme::Java {
                // The vendor stands first: `temurin-21.0.2+13.0.LTS`.
                bare = bare.find(|c: char| c.is_ascii_digit()).map_or(bare, |digit| &bare[digit..]);
            }
            found.version(tool, Text::plain(file.offset_of(bare), bare), style, &Scope::File);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_tools_and_their_versions() {
        for (text, expected) in [
            ("golang 1.26.5\nnodejs 22.11.0 # for the docs\n", "1:8 go exact 1.26.5; 2:8 node exact 22.11.0"),
            ("ruby 3.3.10 3.2.9\n", "1:6 ruby list 3.3.10; 1:13 ruby list 3.2.9"),
            ("\tgolang\t1.26.5\r\n", "1:9 go exact 1.26.5"),
            ("# golang 1.20\nmarkdownlint-cli2 0.22.1\n", ""),
            ("python system\nruby ref:main\n", ""),
            ("golang latest:1.26\n", "1:15 go minor 1.26"),
        ] {
            assert_eq!(read(".tool-versions", text), expected, "{text}");
        }
    }
}
