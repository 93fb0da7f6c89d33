//! Values of Helm charts: images as a text, or as a map with `repository` and `tag`
//! (<https://helm.sh/docs/chart_best_practices/values/>).

use super::Format;
use crate::scan::file::{File, Found, Scope, Text};
use crate::scan::yaml::{self, Node};

pub(super) const FORMAT: Format = Format {
    name: "Helm values",
    matches: |_, name| {
        let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"));
        stem.is_some_and(|stem| stem == "values" || stem.starts_with("values-") || stem.starts_with("values."))
    },
    read,
};

fn read(file: &File<'_>, found: &mut Found) {
    for document in yaml::parse(file.text) {
        search(file, found, &document);
    }
}

/// The depth of a tree is bounded where it is read.
fn search(file: &File<'_>, found: &mut Found, node: &Node) {
    for (key, value) in node.entries() {
        if key.to_ascii_lowercase().ends_with("image") {
            image(file, found, value);
        }
        search(file, found, value);
    }
    for element in node.list() {
        search(file, found, element);
    }
}

fn image(file: &File<'_>, found: &mut Found, value: &Node) {
    if let Some(text) = value.plain() {
        if text.written.contains(':') {
            found.image(file.tools, text, &Scope::File);
        }
        return;
    }
    let text = |key: &str| value.get(key).and_then(|node| node.plain());
    let (Some(repository), Some(tag)) = (text("repository"), text("tag").or_else(|| text("version"))) else { return };
    let whole = format!("{}:{}", repository.written, tag.written);
    let before = found.pins.len();
    found.image(file.tools, Text::plain(tag.at, &whole), &Scope::File);
    for pin in found.pins.iter_mut().skip(before) {
        tag.written.clone_into(&mut pin.value);
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_images() {
        for (text, expected) in [
            ("image:\n  repository: docker.io/library/postgres\n  tag: 17.5\n", "3:8 postgresql exact 17.5"),
            ("a:\n  initImage: { repository: golang, tag: '1.26-alpine' }\n", "2:42 go minor 1.26 `1.26-alpine`"),
            ("image: golang:1.26\n", "1:8 go minor 1.26 `golang:1.26`"),
            ("image: { repository: golang, tag: '' }\n", ""),
            ("image: golang\nother: { repository: golang, tag: 1.2 }\n", ""),
        ] {
            assert_eq!(read("charts/a/values.yaml", text), expected, "{text}");
        }
    }
}
