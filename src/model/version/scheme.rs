//! The schemes: the index of the files that hold their rules.

use std::fmt;
use std::str::FromStr;

use super::key::{Key, Number};
use super::{
    Version, VersionError, VersionRange, check_length, dotnet, elixir, erlang, go, java, loose, node, php, postgresql,
    python, range, requirement, ruby, rust, semver,
};
use crate::model::quote::quote;

/// How a runtime writes and orders its versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// The Go project's: `1.20`, `1.21rc2`, `1.26.7`.
    Go,
    /// Semantic versioning 2.0.0: `1.2.3`, `1.2.3-rc.1`.
    Semver,
    /// Node.js: `22.23.2`, `23.0.0-rc.1`.
    Node,
    /// CPython's: `3.13.1`, `3.14.0rc1`.
    Python,
    /// CRuby's: `3.4.10`, `3.4.0-preview1`, `2.0.0-p648`.
    Ruby,
    /// The JDK's: `21.0.2+13`, `22-ea+10`, `8u402-b06`.
    Java,
    /// .NET's runtimes and SDKs: `8.0.29`, `9.0.100-rc.2.24474.11`.
    Dotnet,
    /// PostgreSQL's: `17.6`, `18beta1`, `9.6.24`.
    Postgresql,
    /// PHP's: `8.4.24`, `8.5.0RC1`.
    Php,
    /// Erlang/OTP's: `27.3.4.16`, `28.0-rc1`.
    Erlang,
    /// Elixir's: `1.18.4`, `1.18.4-otp-27`.
    Elixir,
    /// Rust's numbered releases: `1.98.0`, `1.99.0-beta.5`.
    Rust,
    /// Numbers and words of anything else: `1.1.1w`, `20.04`.
    Loose,
}

/// What a scheme consists of.
pub(super) struct Rules {
    /// Its name in the catalog.
    pub(super) name: &'static str,
    /// What upstream writes before a version; the first that fits is taken off. No version begins with one.
    pub(super) prefixes: &'static [&'static str],
    /// Makes the usual spelling of one that only git tags have (`3_4_10`, without prefix), if it is one.
    pub(super) from_tag: fn(&str) -> Option<String>,
    /// Reads a version without its prefix, or says what is wrong.
    pub(super) parse: fn(&str) -> Result<Key, &'static str>,
    /// How many numbers make the line of a version.
    pub(super) line: fn(&Key) -> usize,
    /// Reads numbers with dots between them that stand for all versions that begin so, as ranges have them.
    pub(super) parse_start: fn(&str) -> Option<Vec<Number>>,
}

impl Rules {
    /// The rules of a scheme with the prefix `v` and lines of two numbers.
    pub(super) const fn new(name: &'static str, parse: fn(&str) -> Result<Key, &'static str>) -> Self {
        let parse_start = |text: &str| text.split('.').map(Number::parse_plain).collect();
        Self { name, prefixes: &["v"], from_tag: |_| None, parse, line: |_| 2, parse_start }
    }
}

impl Scheme {
    /// All schemes, in the order in which help texts list them.
    pub const ALL: [Self; 13] = [
        Self::Go,
        Self::Semver,
        Self::Node,
        Self::Python,
        Self::Ruby,
        Self::Java,
        Self::Dotnet,
        Self::Postgresql,
        Self::Php,
        Self::Erlang,
        Self::Elixir,
        Self::Rust,
        Self::Loose,
    ];

    pub(super) fn rules(self) -> &'static Rules {
        match self {
            Self::Go => &go::RULES,
            Self::Semver => &semver::RULES,
            Self::Node => &node::RULES,
            Self::Python => &python::RULES,
            Self::Ruby => &ruby::RULES,
            Self::Java => &java::RULES,
            Self::Dotnet => &dotnet::RULES,
            Self::Postgresql => &postgresql::RULES,
            Self::Php => &php::RULES,
            Self::Erlang => &erlang::RULES,
            Self::Elixir => &elixir::RULES,
            Self::Rust => &rust::RULES,
            Self::Loose => &loose::RULES,
        }
    }

    /// Its name in the catalog.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.rules().name
    }

    /// Reads a version, with or without upstream's prefix: `go`, `v`, `ruby-`, `jdk-`, `OTP-`, `php-`, `REL_`.
    ///
    /// # Errors
    ///
    /// When the text is empty, longer than [`LONGEST_VERSION`](super::LONGEST_VERSION), or not a version of this scheme.
    pub fn parse(self, text: &str) -> Result<Version, VersionError> {
        check_length(text)?;
        let spelled = self.to_usual_spelling(text);
        match (self.rules().parse)(&spelled) {
            Ok(key) => Ok(Version { text: spelled, scheme: self, key }),
            Err(why) => Err(VersionError::Version { text: text.to_owned(), scheme: self, why }),
        }
    }

    /// Reads a range; [`VersionRange`] describes the grammar.
    ///
    /// # Errors
    ///
    /// When the text is not a range, or names something that is not a version of this scheme.
    pub fn parse_range(self, text: &str) -> Result<VersionRange, VersionError> {
        range::parse(self, text)
    }

    /// Reads what a package manager takes for a range: `^20 || ^22`, `~> 3.2`, `>=3.9,<4`, `[17,18)`. Nothing where ours
    /// cannot say the same.
    #[must_use]
    pub fn parse_requirement(self, text: &str) -> Option<VersionRange> {
        check_length(text).ok()?;
        self.parse_range(&requirement::to_range(self, text)?).ok()
    }

    /// Reads the name of a line, or other first numbers, as all the versions that begin so: `1.26`, `22`.
    #[must_use]
    pub fn parse_line(self, text: &str) -> Option<VersionRange> {
        range::parse_line(self, text)
    }

    /// A version without upstream's prefix, and with dots where git tags have others.
    pub(super) fn to_usual_spelling(self, text: &str) -> String {
        let rules = self.rules();
        let bare = rules.prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
        (rules.from_tag)(bare).unwrap_or_else(|| bare.to_owned())
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Scheme {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|scheme| scheme.name() == text)
            .ok_or_else(|| format!("{} is not a scheme of versions", quote(text)))
    }
}
