//! Compose files: images of services and arguments of builds; variables come from the `.env` beside them
//! (<https://docs.docker.com/reference/compose-file/interpolation/>).

use super::Format;
use crate::scan::file::{File, Found, Scope, Text};
use crate::scan::yaml;

pub(super) const FORMAT: Format = Format {
    name: "compose file",
    matches: |_, name| {
        let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
        is_yaml && (name.starts_with("docker-compose") || name.starts_with("compose") || name.contains("-compose."))
    },
    read,
};

fn read(file: &File<'_>, found: &mut Found) {
    let scope = Scope::Env(file.folder().to_owned());
    for document in yaml::parse(file.text) {
        for (_, service) in document.get("services").into_iter().flat_map(|services| services.entries()) {
            if let Some(image) = service.get("image").and_then(|image| image.plain()) {
                found.image(file.tools, image, &scope);
            }
            let Some(arguments) = service.find(&["build", "args"]) else { continue };
            for (name, value) in arguments.entries() {
                if let Some(text) = value.plain() {
                    found.variable(file.tools, name, text, &Scope::File);
                }
            }
            for text in arguments.list().iter().filter_map(|argument| argument.plain()) {
                if let Some((name, value)) = text.written.split_once('=') {
                    let at = text.at.shift(name.chars().count() + 1);
                    found.variable(file.tools, name, Text::plain(at, value), &Scope::File);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_images_and_arguments() {
        for (text, expected) in [
            ("services:\n  db:\n    image: postgres:17.5\n", "3:12 postgresql exact 17.5 `postgres:17.5`"),
            ("services: { db: { image: 'postgres:${PG_VERSION}' } }\n", "1:27 image -> postgres:${PG_VERSION}"),
            ("services:\n  a:\n    build: { args: { GO_VERSION: '1.26' } }\n", "3:35 go minor 1.26"),
            ("services:\n  a:\n    build:\n      args:\n        - GO_VERSION=1.26\n", "5:22 go minor 1.26"),
            ("services:\n  a:\n    image: redis\n# image: golang:1.2\n", ""),
            ("services: [\n", ""),
        ] {
            assert_eq!(read("docker-compose.yml", text), expected, "{text}");
        }
        assert_eq!(read("compose.yaml", "services: { a: { image: golang } }\n"), "1:25 go channel - `golang`");
    }
}
