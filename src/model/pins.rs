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
use crate::model::version::compare_lines;

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
    /// What breaks a rule of the catalog, by component, runtime and rule.
    pub findings: Vec<PinFinding>,
    /// What could not be read, by component and path.
    pub troubles: Vec<PinTrouble>,
}

impl Pins {
    /// Makes the document of pins, whatever the order in which they were found.
    #[must_use]
    pub fn new(mut pins: Vec<FoundPin>) -> Self {
        pins.sort();
        Self { schema: SCHEMA, pins, findings: Vec::new(), troubles: Vec::new() }
    }
}

/// Pins that break a rule of the catalog.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct PinFinding {
    /// The component, by its id.
    #[schemars(with = "Id")]
    pub component: ComponentId,
    /// The runtime, by its id.
    #[schemars(with = "Id")]
    pub runtime: RuntimeId,
    /// The rule, by its name in the catalog: `one-version`; or `unlisted-runtime`, where the catalog does not say that the
    /// component uses the runtime.
    pub rule: &'static str,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The places, as `file:line`.
    pub places: Vec<String>,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct PinTrouble {
    /// The component, by its id; `null` for a repository that no component names.
    #[schemars(with = "Option<Id>")]
    pub component: Option<ComponentId>,
    /// The file, from the root of the repository; empty for the repository as a whole.
    pub path: String,
    /// What went wrong.
    pub message: String,
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

    /// Says whether it names what its component is built with; a list does not say which of its versions that is.
    #[must_use]
    pub fn is_build(&self) -> bool {
        match self.kind {
            PinKind::Exact | PinKind::Minor | PinKind::Major => true,
            PinKind::Indirect | PinKind::Channel => self.version.is_some(),
            PinKind::Floor | PinKind::Range | PinKind::List => false,
        }
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

    /// The versions of a runtime, or of one of its build flavours, that are in use, the newest first: those that pins name
    /// for the build, or else those of lists.
    #[must_use]
    pub fn find_in_use<'a>(&'a self, runtime: &'a RuntimeId, variant: Option<&'a VariantId>) -> Vec<InUse<'a>> {
        let pins = || self.pins_of(runtime, variant);
        let names_build = pins().any(|pin| pin.is_build() && pin.version.is_some());
        let counts = |pin: &&FoundPin| if names_build { pin.is_build() } else { pin.kind == PinKind::List };
        let mut found: BTreeMap<&str, Vec<&FoundPin>> = BTreeMap::new();
        for pin in pins().filter(counts) {
            if let Some(version) = &pin.version {
                found.entry(version).or_default().push(pin);
            }
        }
        let mut found: Vec<InUse<'a>> = found.into_iter().map(|(version, pins)| InUse { version, pins }).collect();
        found.sort_by(|a, b| compare_lines(b.version, a.version));
        found
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

/// A version in use, and the pins that say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InUse<'a> {
    /// The version, or the line where a pin names no more.
    pub version: &'a str,
    /// The pins, by file and line.
    pub pins: Vec<&'a FoundPin>,
}

/// What was found for a component. The version of a bundled one is that of the component that ships it.
#[must_use]
pub fn find_scan<'a>(scans: &'a Scans, component: &Component) -> Option<&'a Scan> {
    scans.get(component.shipped_by.as_ref().map_or(&component.id, |by| &by.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(file: &str) -> FoundPin {
        FoundPin {
            component: None,
            file: file.to_owned(),
            line: 12,
            column: 1,
            runtime: RuntimeId::new("go"),
            value: "1.26.7".to_owned(),
            version: Some("1.26.7".to_owned()),
            kind: PinKind::Exact,
            variant: None,
        }
    }

    #[test]
    fn the_versions_in_use_are_those_that_are_built_with() {
        let (go, fips) = (RuntimeId::new("go"), VariantId::new("fips"));
        let of = |line, kind, version: Option<&str>| FoundPin {
            line,
            kind,
            version: version.map(str::to_owned),
            ..pin("x")
        };
        let list = [of(1, PinKind::List, Some("1.9")), of(2, PinKind::List, Some("1.26")), of(3, PinKind::List, None)];
        let floor = of(4, PinKind::Floor, Some("1.25"));
        let flavour = FoundPin { variant: Some(fips.clone()), ..of(5, PinKind::Exact, Some("1.24.1")) };
        let foreign = FoundPin { runtime: RuntimeId::new("ruby"), ..of(6, PinKind::Exact, Some("3.4.5")) };
        let builds = [
            of(7, PinKind::Exact, Some("1.26.7")),
            of(8, PinKind::Indirect, Some("1.27rc1")),
            of(9, PinKind::Minor, Some("1.26.7")),
            of(10, PinKind::Channel, None),
        ];
        let in_use = |pins: Vec<FoundPin>, variant: Option<&VariantId>| {
            let scan =
                Scan { repo: None, commit: None, day: Date::constant(2026, 8, 22), pins: pins.into_iter().collect() };
            let to_text = |found: &InUse<'_>| {
                let lines: Vec<String> = found.pins.iter().map(|pin| pin.line.to_string()).collect();
                format!("{} in {}", found.version, lines.join(" and "))
            };
            scan.find_in_use(&go, variant).iter().map(to_text).collect::<Vec<_>>().join(", ")
        };
        let others = || list.iter().chain([&floor, &flavour, &foreign]).cloned();
        assert_eq!(in_use(others().chain(builds).collect(), None), "1.27rc1 in 8, 1.26.7 in 7 and 9");
        assert_eq!(in_use(others().collect(), None), "1.26 in 2, 1.9 in 1");
        assert_eq!(in_use(others().collect(), Some(&fips)), "1.24.1 in 5");
        assert_eq!(in_use(vec![floor, of(10, PinKind::Channel, None)], None), "");
    }

    #[test]
    fn a_pin_is_linked_where_the_forge_shows_it() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
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
