//! Versions: how each scheme reads, prints, sorts and groups them. Never compared as text, never as numbers with a point.

mod go;
mod range;

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use thiserror::Error;

pub use range::VersionRange;

/// The longest version, in bytes; real ones are a third of it.
pub const LONGEST_VERSION: usize = 64;

/// A way to read and sort versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// Go's: `1.20`, `1.21.0`, `1.27rc2` (<https://go.dev/doc/toolchain#version>).
    Go,
    /// Semantic versions: `1.2.3`, `1.2.3-rc.1` (<https://semver.org>).
    Semver,
}

impl Scheme {
    /// All schemes.
    pub const ALL: [Self; 2] = [Self::Go, Self::Semver];

    /// The name by which the catalog knows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Semver => "semver",
        }
    }

    /// Reads a version.
    ///
    /// # Errors
    ///
    /// A text that is not a version of this scheme.
    pub fn parse(self, text: &str) -> Result<Version, VersionError> {
        let error = |help| VersionError { text: shorten(text), scheme: self, help };
        if text.len() > LONGEST_VERSION {
            return Err(error("it is longer than any version"));
        }
        let (text, key) = match self {
            Self::Go => {
                let text = text.strip_prefix("go").unwrap_or(text);
                (text, Key::Go(go::parse(text).ok_or_else(|| error("write it as `1.27.0` or `1.27rc1`"))?))
            }
            Self::Semver => {
                let text = text.strip_prefix('v').unwrap_or(text);
                let parsed = semver::Version::parse(text).map_err(|_| error("write three numbers, such as `1.2.3`"))?;
                (text, Key::Semver(parsed))
            }
        };
        Ok(Version { text: text.to_owned(), key })
    }

    /// Reads a range of versions: `>=1.21 <1.27`, `1.26.x`, `1.25 || 1.26`.
    ///
    /// A bound that names only a line is compared by the parts that it names: `>=1.26` holds for `1.26rc1`.
    ///
    /// # Errors
    ///
    /// A text that is not such a range.
    pub fn parse_range(self, text: &str) -> Result<VersionRange, VersionError> {
        range::parse(self, text)
    }
}

impl FromStr for Scheme {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|scheme| scheme.name() == text).ok_or(())
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A text that is not a version, or not a range of versions.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` is not a version of the scheme `{scheme}`: {help}")]
pub struct VersionError {
    text: String,
    scheme: Scheme,
    help: &'static str,
}

fn shorten(text: &str) -> String {
    let shown: String = text.chars().take(40).flat_map(char::escape_debug).collect();
    if text.chars().count() > 40 { format!("{shown}...") } else { shown }
}

/// A version of some scheme. It prints as upstream writes it, less a prefix such as `go`; it is equal to another when
/// the scheme says so, so Go's `1.20` equals `1.20.0`.
#[derive(Clone, Debug)]
pub struct Version {
    text: String,
    key: Key,
}

#[derive(Clone, Debug)]
enum Key {
    Go(go::Key),
    Semver(semver::Version),
}

impl Version {
    /// The version as upstream writes it, less its prefix.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The scheme that it belongs to.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        match self.key {
            Key::Go(_) => Scheme::Go,
            Key::Semver(_) => Scheme::Semver,
        }
    }

    /// Its three numbers: major, minor, patch.
    #[must_use]
    pub fn parts(&self) -> [u64; 3] {
        match &self.key {
            Key::Go(key) => key.parts,
            Key::Semver(version) => [version.major, version.minor, version.patch],
        }
    }

    /// The release line that it belongs to: `1.26`.
    #[must_use]
    pub fn line(&self) -> String {
        let [major, minor, _] = self.parts();
        format!("{major}.{minor}")
    }

    /// Says whether it came before its release: a beta or a candidate.
    #[must_use]
    pub fn is_prerelease(&self) -> bool {
        match &self.key {
            Key::Go(key) => matches!(key.stage, go::Stage::Beta(_) | go::Stage::Candidate(_)),
            Key::Semver(version) => !version.pre.is_empty(),
        }
    }

    /// Says whether it can be installed. Go's `1.27` cannot: from 1.21 on that is the name of the language version.
    #[must_use]
    pub fn is_installable(&self) -> bool {
        !matches!(&self.key, Key::Go(key) if key.stage == go::Stage::Language)
    }

    /// The size of the step to another version: the first number that differs; none when none does.
    #[must_use]
    pub fn bump_to(&self, other: &Self) -> Option<Bump> {
        let differs = self.parts().iter().zip(other.parts()).position(|(own, other)| *own != other);
        match differs {
            Some(position) => Some(Bump::ALL[position]),
            None if self == other => None,
            // From a candidate to its release.
            None => Some(Bump::Patch),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.key, &other.key) {
            (Key::Go(own), Key::Go(other)) => own.cmp(other),
            // Build metadata does not order versions (semver.org, item 10), so it does not make them differ either.
            (Key::Semver(own), Key::Semver(other)) => own.cmp_precedence(other),
            _ => self.scheme().cmp(&other.scheme()),
        }
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

/// The size of a change of version, by the position of the first number that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bump {
    /// The first number.
    Major,
    /// The second.
    Minor,
    /// The third, or what follows it.
    Patch,
}

impl Bump {
    /// All bumps, the largest first.
    pub const ALL: [Self; 3] = [Self::Major, Self::Minor, Self::Patch];

    /// The name by which the catalog knows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Patch => "patch",
        }
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn go(text: &str) -> Version {
        Scheme::Go.parse(text).expect(text)
    }

    fn semver(text: &str) -> Version {
        Scheme::Semver.parse(text).expect(text)
    }

    #[test]
    fn sorts_go_versions_as_the_go_project_does() {
        let sorted = [
            "1",
            "1.2rc1",
            "1.2.2",
            "1.9.2rc2",
            "1.9.2",
            "1.20beta1",
            "1.20rc2",
            "1.20rc10",
            "1.20",
            "1.20.1",
            "1.21",
            "1.21beta1",
            "1.21rc2",
            "1.21rc10",
            "1.21.0",
            "1.21.9",
            "1.21.13",
            "1.26.7",
            "1.27",
            "1.27rc1",
            "1.27.0",
        ];
        let mut versions: Vec<Version> = sorted.iter().rev().map(|text| go(text)).collect();
        versions.sort();
        assert_eq!(versions.iter().map(Version::as_str).collect::<Vec<_>>(), sorted);
    }

    #[test]
    fn knows_the_first_release_of_an_old_go_line_by_both_its_names() {
        assert_eq!(go("1.20"), go("1.20.0"));
        assert_ne!(go("1.21"), go("1.21.0"));
        assert_eq!(go("go1.20").to_string(), "1.20");
        assert_eq!(go("1.26.5-1-openssl-fips"), go("1.26.5"));
        assert!(go("1.20").is_installable() && !go("1.27").is_installable() && go("1.27rc1").is_installable());
    }

    #[test]
    fn groups_versions_into_lines_and_measures_bumps() {
        let cases = [
            ("1.26.5", "1.26.7", Some(Bump::Patch)),
            ("1.26.7", "1.27.0", Some(Bump::Minor)),
            ("1.26.7", "2.0.0", Some(Bump::Major)),
            ("1.27rc1", "1.27.0", Some(Bump::Patch)),
            ("1.20", "1.20.0", None),
        ];
        for (from, to, bump) in cases {
            assert_eq!(go(from).bump_to(&go(to)), bump, "{from} to {to}");
        }
        assert_eq!(go("1.27rc1").line(), "1.27");
        assert_eq!(semver("v22.22.3").line(), "22.22");
    }

    #[test]
    fn sorts_semantic_versions_by_precedence() {
        let sorted = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0", "1.2.0", "1.10.0", "2.0.0"];
        let mut versions: Vec<Version> = sorted.iter().rev().map(|text| semver(text)).collect();
        versions.sort();
        assert_eq!(versions.iter().map(Version::as_str).collect::<Vec<_>>(), sorted);
        assert_eq!(semver("1.2.3+a"), semver("v1.2.3+b"));
    }

    #[test]
    fn refuses_what_is_no_version() {
        let long = "1".repeat(1 << 20);
        for text in [
            "",
            "go",
            "1.",
            "1.2.3.4",
            "01.2",
            "1.02",
            "1.2rc",
            "1.2rc01",
            "1.2alpha1",
            " 1.2",
            "1.2 ",
            "1.२",
            "v1.2",
            "1.2.3\u{7}",
            "99999999999999999999.1",
            &long,
        ] {
            assert!(Scheme::Go.parse(text).is_err(), "{}", shorten(text));
        }
        for text in ["1.2", "01.2.3", "1.2.3 ", "", "vv1.2.3", "go1.2.3"] {
            assert!(Scheme::Semver.parse(text).is_err(), "{text}");
        }
        let message = Scheme::Go.parse(&"x\u{1b}".repeat(100)).expect_err("no version").to_string();
        assert!(message.len() < 300 && !message.contains('\u{1b}'), "{message}");
        assert_eq!(
            Scheme::Go.parse("1.27.x").expect_err("no version").to_string(),
            "`1.27.x` is not a version of the scheme `go`: write it as `1.27.0` or `1.27rc1`"
        );
    }

    #[test]
    fn decides_ranges() {
        let cases = [
            (">=1.21 <1.27", "1.26.7", true),
            (">=1.21, <1.27", "1.27.0", false),
            (">=1.27", "1.27rc1", true),
            (">1.26", "1.26.7", false),
            (">1.26", "1.27.0", true),
            ("<=1.26", "1.26.7", true),
            ("<1.26.7", "1.26.7", false),
            ("1.26", "1.26.7", true),
            ("1.26.x", "1.27.0", false),
            ("1.26.*", "1.26.0", true),
            ("1.26.7", "1.26.7", true),
            ("1.26.7", "1.26.6", false),
            ("=1.26", "1.26.1", true),
            ("1.25 || 1.26", "1.26.1", true),
            ("1.25 || 1.26", "1.27.0", false),
            ("*", "1.2.2", true),
        ];
        for (range, version, expected) in cases {
            let range = Scheme::Go.parse_range(range).expect(range);
            assert_eq!(range.contains(&go(version)), expected, "{range:?} {version}");
        }
        for text in ["", "||", ">=", "^1.2", "~1.2", ">=1.x.2", "1.2 ||", "> = 1", ">=1.26rc"] {
            assert!(Scheme::Go.parse_range(text).is_err(), "{text}");
        }
    }

    fn go_text() -> impl Strategy<Value = String> {
        let stage = prop_oneof![
            4 => (0u64..40).prop_map(|patch| format!(".{patch}")),
            1 => (1u64..20).prop_map(|n| format!("rc{n}")),
            1 => (1u64..20).prop_map(|n| format!("beta{n}")),
            1 => Just(String::new()),
        ];
        (1u64..3, 0u64..40, stage).prop_map(|(major, minor, stage)| format!("{major}.{minor}{stage}"))
    }

    fn semver_text() -> impl Strategy<Value = String> {
        let pre = prop_oneof![Just(String::new()), (0u64..20).prop_map(|n| format!("-rc.{n}"))];
        (0u64..3, 0u64..30, 0u64..30, pre).prop_map(|(a, b, c, pre)| format!("{a}.{b}.{c}{pre}"))
    }

    fn any_version() -> impl Strategy<Value = Version> {
        prop_oneof![go_text().prop_map(|text| go(&text)), semver_text().prop_map(|text| semver(&text))]
    }

    proptest! {
        #[test]
        fn order_is_total(a in any_version(), b in any_version(), c in any_version()) {
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            if a <= b && b <= c {
                prop_assert!(a <= c);
            }
            prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
        }

        #[test]
        fn prints_what_it_read(version in any_version()) {
            let again = version.scheme().parse(&version.to_string()).expect("reads its own print");
            prop_assert_eq!(again.as_str(), version.as_str());
            prop_assert_eq!(again, version);
        }

        #[test]
        fn lines_and_bumps_agree_with_the_order(a in go_text(), b in go_text()) {
            let (a, b) = (go(&a), go(&b));
            prop_assert_eq!(a.bump_to(&b), b.bump_to(&a));
            match a.bump_to(&b) {
                None => prop_assert_eq!(a, b),
                Some(Bump::Patch) => prop_assert_eq!(a.line(), b.line()),
                Some(_) => {
                    prop_assert_ne!(a.line(), b.line());
                    prop_assert_eq!(a.cmp(&b), a.parts()[..2].cmp(&b.parts()[..2]));
                }
            }
        }

        #[test]
        fn never_panics_on_any_text(text in "\\PC{0,80}") {
            for scheme in Scheme::ALL {
                let _ = scheme.parse(&text);
                let _ = scheme.parse_range(&text);
            }
        }
    }
}
