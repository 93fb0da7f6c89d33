//! Pins as they stand in repositories: what is recorded of them, and the document `upshift/pins/1`. What is said here was
//! read, not judged.
//!
//! Keys of the document may be added, not renamed. Unknown is `null`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::model::component::{Component, PinKind};
use crate::model::id::{ComponentId, RuntimeId, VariantId};
use crate::model::schema::{self, Id, Side};

/// The format that this version writes.
pub const SCHEMA: &str = "upshift/pins/1";

/// Makes the JSON Schema of pins.
#[must_use]
pub fn to_schema() -> Value {
    schema::to_schema::<Pins>(
        Side::Written,
        "pins",
        "Upshift pins",
        "The places in repositories that name a version of a runtime, each as it was read there.",
    )
}

/// The pins of some repositories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pins {
    /// The name and version of the format.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// The pins, by component, file, line and column. A list of versions has one entry for each of its elements.
    pub pins: Vec<FoundPin>,
}

impl Pins {
    /// Makes the document of pins, whatever the order in which they were found.
    #[must_use]
    pub fn new(mut pins: Vec<FoundPin>) -> Self {
        pins.sort();
        Self { schema: SCHEMA, pins }
    }
}

/// A pin: a place in a repository that names a version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct FoundPin {
    /// The component in whose repository it stands, by its id in the catalog; `null` for a repository that no component
    /// names.
    #[schemars(with = "Option<Id>")]
    pub component: Option<ComponentId>,
    /// The file, from the root of the repository, with `/` between its parts: `ci/build.yml`.
    #[schemars(length(min = 1))]
    pub file: String,
    /// The line of the value, from 1.
    #[schemars(range(min = 1))]
    pub line: u32,
    /// The column at which the value begins, in characters from 1.
    #[schemars(range(min = 1))]
    pub column: u32,
    /// The runtime whose version stands there, by its id: `go`.
    #[schemars(with = "Id")]
    pub runtime: RuntimeId,
    /// The value as it is written, without quotes: `1.26.7`, `golang:1.26-alpine`, `^3.4`, `stable`.
    #[schemars(length(min = 1))]
    pub value: String,
    /// The version that the value names, as the runtime's scheme prints it: `1.26.7`, or `1.26` where a line stands.
    /// `null` where the value names no single version: a range, a channel, a reference that could not be followed.
    pub version: Option<String>,
    /// What sort of pin it is.
    pub kind: PinKind,
    /// The build flavour that it is for, by its id: `fips`; `null` for the main one.
    #[schemars(with = "Option<Id>")]
    pub variant: Option<VariantId>,
}

impl FoundPin {
    /// Its file and line: `ci/build.yml:12`.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

/// What was found in the repository of each component that was ever scanned.
pub type Scans = BTreeMap<ComponentId, Scan>;

/// What was found in the repository of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The address of the repository.
    pub repo: Option<String>,
    /// The commit at which just these pins were first found, in lower-case hex; it stays while they do.
    pub commit: Option<String>,
    /// The day on which that was.
    pub day: Date,
    /// The pins of all runtimes, each once.
    pub pins: BTreeSet<FoundPin>,
}

impl Scan {
    /// The pins of a runtime, or of one of its build flavours.
    pub fn pins_of<'a>(
        &'a self,
        runtime: &'a RuntimeId,
        variant: Option<&'a VariantId>,
    ) -> impl Iterator<Item = &'a FoundPin> {
        self.pins.iter().filter(move |pin| &pin.runtime == runtime && pin.variant.as_ref() == variant)
    }

    /// The address of a pin's line as it was read; nothing for a forge that is neither GitLab nor GitHub by its name.
    ///
    /// GitLab has files below `/-/blob/COMMIT/` (<https://docs.gitlab.com/user/project/repository/files/>), GitHub below
    /// `/blob/COMMIT/` (<https://docs.github.com/en/repositories/working-with-files/using-files/getting-permanent-links-to-files>).
    #[must_use]
    pub fn link(&self, pin: &FoundPin) -> Option<String> {
        let (repo, commit) = (self.repo.as_ref()?, self.commit.as_ref()?);
        let mut url = Url::parse(repo).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
        let labels: Vec<&str> = url.host_str()?.split('.').collect();
        let blob: &[&str] = match () {
            () if labels.contains(&"gitlab") => &["-", "blob"],
            () if labels.contains(&"github") => &["blob"],
            () => return None,
        };
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path).to_owned();
        url.set_path(&path);
        // Whoever reads the page has a name of his own there.
        url.set_username("").and_then(|()| url.set_password(None)).ok()?;
        url.set_query(None);
        url.path_segments_mut().ok()?.extend(blob).push(commit).extend(pin.file.split('/'));
        url.set_fragment(Some(&format!("L{}", pin.line)));
        Some(url.into())
    }
}

/// What was found for a component. The version of a bundled one is that of the component that ships it.
#[must_use]
pub fn find_scan<'a>(scans: &'a Scans, component: &Component) -> Option<&'a Scan> {
    scans.get(component.shipped_by.as_ref().map_or(&component.id, |by| &by.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_linked_where_the_forge_shows_it() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        let pin = |file: &str| FoundPin {
            component: None,
            file: file.to_owned(),
            line: 12,
            column: 1,
            runtime: RuntimeId::new("go"),
            value: "1.26.7".to_owned(),
            version: Some("1.26.7".to_owned()),
            kind: PinKind::Exact,
            variant: None,
        };
        for (repo, file, expected) in [
            ("https://gitlab.com/a/b", "go.mod", Some("https://gitlab.com/a/b/-/blob/COMMIT/go.mod#L12")),
            ("https://gitlab.com/a/b.git", "go.mod", Some("https://gitlab.com/a/b/-/blob/COMMIT/go.mod#L12")),
            ("https://gitlab.com/a/b/", "c/go.mod", Some("https://gitlab.com/a/b/-/blob/COMMIT/c/go.mod#L12")),
            ("https://github.com/a/b", "c/go.mod", Some("https://github.com/a/b/blob/COMMIT/c/go.mod#L12")),
            (
                "https://gitlab.acme.org:8443/x/a/b",
                ".tool-versions",
                Some("https://gitlab.acme.org:8443/x/a/b/-/blob/COMMIT/.tool-versions#L12"),
            ),
            ("https://me:secret@gitlab.com/a/b", "x", Some("https://gitlab.com/a/b/-/blob/COMMIT/x#L12")),
            (
                "https://gitlab.com/a/b",
                "a b/c#1?.md",
                Some("https://gitlab.com/a/b/-/blob/COMMIT/a%20b/c%231%3F.md#L12"),
            ),
            ("https://gitlab.com/a/b", "50%/ä", Some("https://gitlab.com/a/b/-/blob/COMMIT/50%25/%C3%A4#L12")),
            ("https://git.acme.org/a/b", "go.mod", None),
            ("https://gitlab.acme/a/b?x=1", "go.mod", Some("https://gitlab.acme/a/b/-/blob/COMMIT/go.mod#L12")),
            ("ssh://git@gitlab.com/a/b", "go.mod", None),
            ("git@gitlab.com:a/b", "go.mod", None),
            ("javascript:alert(1)//gitlab.com", "go.mod", None),
        ] {
            let scan = |commit: Option<&str>| Scan {
                repo: Some(repo.to_owned()),
                commit: commit.map(str::to_owned),
                day: Date::constant(2026, 8, 22),
                pins: BTreeSet::new(),
            };
            let expected = expected.map(|url| url.replace("COMMIT", commit));
            assert_eq!(scan(Some(commit)).link(&pin(file)), expected, "{repo} {file}");
            assert_eq!(scan(None).link(&pin(file)), None);
        }
    }
}
