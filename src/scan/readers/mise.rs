//! mise's configuration: tools with a version, several, or a table of options
//! (<https://mise.jdx.dev/configuration.html>).

use ::toml::Spanned;
use ::toml::de::DeValue;

use super::Format;
use crate::model::version::Scheme;
use crate::scan::file::{File, Found, Scope, Text};
use crate::scan::toml;
use crate::scan::tool::Tool;
use crate::scan::value::Style;

pub(super) const FORMAT: Format = Format { name: "mise", matches, read };

fn matches(path: &str, name: &str) -> bool {
    let is_mise = |name: &str| {
        let middle = name.strip_suffix(".toml").map(|name| name.trim_start_matches('.'));
        middle.is_some_and(|middle| middle == "mise" || middle.starts_with("mise.") || middle == "rtx")
    };
    let in_folder = ["mise/config.toml", ".mise/config.toml", ".config/mise.toml", ".config/mise/config.toml"];
    is_mise(name) || in_folder.iter().any(|end| path == *end || path.ends_with(&format!("/{end}")))
}

fn read(file: &File<'_>, found: &mut Found) {
    let Some(document) = toml::parse(file.text) else { return };
    let mut tables = vec![document.get("tools")];
    if let Some(tasks) = document.get("tasks").and_then(|tasks| tasks.get_ref().as_table()) {
        tables.extend(tasks.values().map(|task| task.get_ref().as_table().and_then(|task| task.get("tools"))));
    }
    for tools in tables.into_iter().flatten().filter_map(|tools| tools.get_ref().as_table()) {
        for (name, value) in tools {
            let name: &str = name.get_ref().as_ref();
            let bare = ["core:", "asdf:", "vfox:"].iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
            if let Some(tool) = file.tools.find(bare) {
                versions(file, found, tool, value);
            }
        }
    }
}

fn versions(file: &File<'_>, found: &mut Found, tool: &Tool, value: &Spanned<DeValue<'_>>) {
    let list: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
        DeValue::Array(list) => list.iter().collect(),
        _ => vec![value],
    };
    let style = if list.len() > 1 { Style::Element } else { Style::Build };
    for one in list {
        let one = one.get_ref().as_table().and_then(|table| table.get("version")).unwrap_or(one);
        let Some(text) = toml::to_text(file.text, one) else { continue };
        let bare = text.written.strip_prefix("prefix:").unwrap_or(text.written);
        // The vendor of a JDK stands before the version.
        let bare = match tool.scheme {
            Scheme::Java => bare.find(|c: char| c.is_ascii_digit()).map_or(bare, |digit| &bare[digit..]),
            _ => bare,
        };
        found.version(tool, Text { meant: bare, ..text }, style, &Scope::File);
        if let Some(pin) = found.pins.last_mut().filter(|pin| pin.at == text.at && bare != text.written) {
            // A prefix is no reference.
            let plain = crate::scan::value::read(tool, bare, style);
            pin.kind = plain.map_or(pin.kind, |plain| plain.kind);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_tools() {
        for (path, text, expected) in [
            (
                "mise.toml",
                "[tools]\ngo = \"1.26.5\"\nnode = ['22', '20']\n",
                "2:7 go exact 1.26.5; 3:10 node list 22; 3:16 node list 20",
            ),
            (
                ".mise.toml",
                "[tools]\npython = { version = \"3.12\", virtualenv = \".venv\" }\n",
                "2:23 python minor 3.12",
            ),
            (
                "mise.local.toml",
                "[tools]\n\"core:ruby\" = \"3.4.1\"\n\"npm:node\" = \"1.0.0\"\n",
                "2:16 ruby exact 3.4.1",
            ),
            (
                ".config/mise/config.toml",
                "[tools]\njava = \"temurin-21.0.2\"\n",
                "2:9 java exact 21.0.2 `temurin-21.0.2`",
            ),
            (
                "mise.toml",
                "[tools]\ngo = \"{{ vars.go }}\"\nnode = \"latest\"\n",
                "2:7 go indirect - `{{ vars.go }}`; 3:9 node channel - `latest`",
            ),
            ("mise.toml", "[tools]\n# go = \"1.2\"\n", ""),
            ("mise.toml", "[tools\n", ""),
            ("other.toml", "[tools]\ngo = \"1.26\"\n", ""),
        ] {
            assert_eq!(read(path, text), expected, "{path} {text}");
        }
    }
}
