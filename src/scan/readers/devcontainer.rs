//! Development containers: the image, and features with a version; the number after a feature's name is the feature's own
//! (<https://containers.dev/implementors/json_reference/>).

use jsonc_parser::ast::Value;

use super::Format;
use crate::model::component::PinKind;
use crate::scan::file::{At, File, Found, Scope, Text};
use crate::scan::json;
use crate::scan::value::Style;

pub(super) const FORMAT: Format = Format {
    name: "devcontainer.json",
    matches: |_, name| matches!(name, "devcontainer.json" | ".devcontainer.json"),
    read,
};

fn read(file: &File<'_>, found: &mut Found) {
    let Some(document) = json::parse(file.text) else { return };
    if let Some(image) = document.get_string("image") {
        found.image(file.tools, json::to_text(image), &Scope::File);
    }
    let Some(features) = document.get_object("features") else { return };
    for feature in &features.properties {
        let id = feature.name.as_str();
        let Some((_, name)) = id.rsplit_once("/features/") else { continue };
        let name = name.split([':', '@']).next().unwrap_or(name);
        let Some(tool) = file.tools.find(name) else { continue };
        let version = match &feature.value {
            Value::Object(options) => options.get_string("version"),
            Value::StringLit(version) => Some(version),
            _ => None,
        };
        match version {
            Some(version) => found.version(tool, json::to_text(version), Style::Build, &Scope::File),
            // Without a version a feature installs the newest.
            None => {
                let text = Text { at: At::Byte(feature.range.start + 1), written: id, meant: "latest" };
                let before = found.pins.len();
                found.version(tool, text, Style::Build, &Scope::File);
                for pin in found.pins.iter_mut().skip(before) {
                    pin.kind = PinKind::Channel;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_images_and_features() {
        for (text, expected) in [
            (
                r#"{"image": "mcr.microsoft.com/devcontainers/go:1-1.26-bookworm"}"#,
                "1:12 go minor 1.26 `mcr.microsoft.com/devcontainers/go:1-1.26-bookworm`",
            ),
            (r#"{"features": {"ghcr.io/devcontainers/features/go:1": {"version": "1.26"}}}"#, "1:67 go minor 1.26"),
            (r#"{"features": {"ghcr.io/devcontainers/features/node:1": "22"}}"#, "1:57 node major 22"),
            (
                r#"{"features": {"ghcr.io/devcontainers/features/ruby:1": {}, "ghcr.io/x/features/docker:2": {}}}"#,
                "1:16 ruby channel - `ghcr.io/devcontainers/features/ruby:1`",
            ),
            (r#"{"features": {"ghcr.io/devcontainers/features/python:1": {"version": "none"}}}"#, ""),
            ("{", ""),
        ] {
            assert_eq!(read(".devcontainer/devcontainer.json", text), expected, "{text}");
        }
    }
}
