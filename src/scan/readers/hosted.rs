//! Settings of hosted builders in YAML: Read the Docs and CircleCI
//! (<https://docs.readthedocs.com/platform/stable/config-file/v2.html>, <https://circleci.com/docs/configuration-reference/>).

use super::Format;
use crate::scan::file::{File, Found, Scope};
use crate::scan::value::Style;
use crate::scan::yaml::{self, Node};

pub(super) const READTHEDOCS: Format = Format {
    name: ".readthedocs.yaml",
    matches: |_, name| {
        matches!(name, ".readthedocs.yaml" | ".readthedocs.yml" | "readthedocs.yml" | "readthedocs.yaml")
    },
    read: readthedocs,
};

pub(super) const CIRCLECI: Format = Format {
    name: "CircleCI",
    matches: |path, _| path.ends_with(".circleci/config.yml") || path.ends_with(".circleci/config.yaml"),
    read: circleci,
};

fn readthedocs(file: &File<'_>, found: &mut Found) {
    for document in yaml::parse(file.text) {
        for (name, version) in document.find(&["build", "tools"]).into_iter().flat_map(|tools| tools.entries()) {
            if let (Some(tool), Some(text)) = (file.tools.find(name), version.plain()) {
                found.version(tool, text, Style::Build, &Scope::File);
            }
        }
    }
}

fn circleci(file: &File<'_>, found: &mut Found) {
    for document in yaml::parse(file.text) {
        let of = |key: &str| document.get(key).map(|map| map.map().to_vec()).unwrap_or_default();
        for (_, job) in of("jobs").iter().chain(&of("executors")) {
            images(file, found, job);
        }
    }
}

fn images(file: &File<'_>, found: &mut Found, job: &Node) {
    for container in job.get("docker").map(|docker| docker.list()).unwrap_or_default() {
        let Some(image) = container.get("image").and_then(|image| image.plain()) else { continue };
        if !image.written.contains("<<") {
            found.image(file.tools, image, &Scope::File);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_tools_and_images() {
        for (path, text, expected) in [
            (
                ".readthedocs.yaml",
                "build:\n  os: ubuntu-24.04\n  tools:\n    python: 3.10\n    nodejs: '22'\n",
                "4:13 python minor 3.10; 5:14 node major 22",
            ),
            (
                ".circleci/config.yml",
                "jobs:\n  a:\n    docker: [{ image: 'cimg/go:1.26.1' }]\n",
                "3:24 go exact 1.26.1 `cimg/go:1.26.1`",
            ),
            (".circleci/config.yml", "executors: { a: { docker: [{ image: 'cimg/ruby:<< parameters.v >>' }] } }\n", ""),
        ] {
            assert_eq!(read(path, text), expected, "{path} {text}");
        }
    }
}
