//! Container images: turns what `docker pull` takes into registry, name and tag, and says which tags are recorded.

use std::collections::BTreeSet;
use std::fmt;

use crate::model::source::Pattern;
use crate::model::version::Scheme;

/// Docker Hub, as people write it.
pub const HUB: &str = "docker.io";

/// The other names of Docker Hub: how programs have called it, and where it answers.
const HUB_ALIASES: [&str; 3] = ["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"];

/// An image in a container registry, without a tag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Image {
    /// The registry, with its port where it has one: `docker.io`, `registry.example.com:5000`.
    pub registry: String,
    /// The name in that registry, as it is asked for: `library/golang`.
    pub name: String,
}

impl Image {
    /// Reads the name of an image; `golang` is `docker.io/library/golang`. Whether a registry can have such an image is
    /// not checked.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let is_host = |part: &str| part.contains(['.', ':']) || part == "localhost";
        let (registry, name) = text.split_once('/').filter(|(host, _)| is_host(host)).unwrap_or((HUB, text));
        let is_hub = registry == HUB || HUB_ALIASES.contains(&registry);
        Self {
            registry: if is_hub { HUB } else { registry }.to_owned(),
            name: if is_hub && !name.contains('/') { format!("library/{name}") } else { name.to_owned() },
        }
    }

    /// Reads an image with its tag; without one, `latest` is meant. Nothing for an image that is named by its digest, since
    /// then its tag does not count.
    #[must_use]
    pub fn parse_tagged(text: &str) -> Option<(Self, &str)> {
        let text = text.trim();
        if text.contains('@') {
            return None;
        }
        // A colon before a slash begins a port.
        let (name, tag) = text.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).unwrap_or((text, "latest"));
        (!name.is_empty() && !tag.is_empty()).then(|| (Self::parse(name), tag))
    }
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.name)
    }
}

/// What a source recorded of the tags of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageTags {
    /// The image.
    pub image: Image,
    /// Which tags the source takes for versions, and where in them the version stands.
    pub pattern: Option<Pattern>,
    /// Whether it records betas and candidates.
    pub prereleases: bool,
    /// How it reads versions.
    pub scheme: Scheme,
    /// What it recorded: versions, which are whole tags where there is no pattern.
    pub versions: BTreeSet<String>,
}

impl ImageTags {
    /// Says whether a tag is there; unknown for one that the source would not record.
    ///
    /// A pattern that makes the same version of several tags cannot tell them apart.
    #[must_use]
    pub fn lists(&self, tag: &str) -> Option<bool> {
        let version = match &self.pattern {
            Some(pattern) => pattern.find_version(tag)?,
            None => tag.to_owned(),
        };
        let read = self.scheme.parse(&version).ok()?;
        let is_recorded = self.prereleases || !read.is_prerelease();
        is_recorded.then(|| self.versions.contains(&version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_has_a_registry_and_a_name() {
        for (text, expected) in [
            ("golang", "docker.io/library/golang"),
            ("library/golang", "docker.io/library/golang"),
            ("docker.io/golang", "docker.io/library/golang"),
            ("docker.io/library/golang", "docker.io/library/golang"),
            ("index.docker.io/golang", "docker.io/library/golang"),
            ("registry-1.docker.io/library/golang", "docker.io/library/golang"),
            ("docker.io/grafana/grafana", "docker.io/grafana/grafana"),
            ("grafana/grafana", "docker.io/grafana/grafana"),
            ("ghcr.io/a/b", "ghcr.io/a/b"),
            ("ghcr.io/a", "ghcr.io/a"),
            ("localhost/a", "localhost/a"),
            ("registry.example.com:5000/a/b/c", "registry.example.com:5000/a/b/c"),
        ] {
            assert_eq!(Image::parse(text).to_string(), expected, "{text}");
        }
    }

    #[test]
    fn a_tag_stands_after_the_last_colon_unless_that_begins_a_port() {
        for (text, expected) in [
            ("golang:1.27.0-alpine", Some("docker.io/library/golang 1.27.0-alpine")),
            ("golang", Some("docker.io/library/golang latest")),
            (" docker.io/library/golang:1.27.0\n", Some("docker.io/library/golang 1.27.0")),
            ("localhost:5000/golang", Some("localhost:5000/golang latest")),
            ("registry.example.com:5000/a/golang:1.27.0", Some("registry.example.com:5000/a/golang 1.27.0")),
            ("golang@sha256:0123", None),
            ("golang:1.27.0@sha256:0123", None),
            ("golang:", None),
            (":1.27.0", None),
            ("", None),
        ] {
            let read = Image::parse_tagged(text).map(|(image, tag)| format!("{image} {tag}"));
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
