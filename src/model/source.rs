//! Sources: where facts about a runtime's versions are read, as the catalog names them.

use std::fmt;

use regex::Regex;
use serde_json::Value;

use crate::model::image::Image;

/// The longest pattern, in bytes.
const LONGEST_PATTERN: usize = 1000;

/// A source of facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its kind, by the name that the catalog uses: `endoflife`.
    pub kind: String,
    /// Its name in the lock and on pages: `go`, `endoflife:ruby`.
    pub name: String,
    /// Its options, in the shape that its kind asks for.
    pub options: Value,
    /// Which names of upstream's are versions, and where in them the version stands.
    pub pattern: Option<Pattern>,
    /// Whether betas and candidates count; they do, unless somebody says no.
    pub prereleases: bool,
}

/// The kind of source that reads tags of container images.
pub const DOCKER_TAGS: &str = "docker-tags";

impl Source {
    /// The container image whose tags it reads, where it is one that does.
    #[must_use]
    pub fn image(&self) -> Option<Image> {
        let image = self.options.get("image").filter(|_| self.kind == DOCKER_TAGS)?;
        image.as_str().map(Image::parse)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

/// Finds the version in upstream's name for it: `go(?<version>.+)-fips`.
#[derive(Clone)]
pub struct Pattern(Regex);

/// The groups that hold the numbers of a version, where upstream writes them apart.
const NUMBERS: [&str; 3] = ["major", "minor", "patch"];

impl Pattern {
    /// Reads a regular expression.
    ///
    /// # Errors
    ///
    /// Why it is none, in one line: its syntax (<https://docs.rs/regex/latest/regex/#syntax>), or a group that has no meaning.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST_PATTERN {
            return Err(format!("it is longer than {LONGEST_PATTERN} bytes"));
        }
        let regex = Regex::new(text).map_err(|error| {
            let text = error.to_string();
            text.lines().last().unwrap_or_default().trim_start_matches("error: ").trim_end_matches('.').to_owned()
        })?;
        for name in regex.capture_names().flatten() {
            if name != "version" && name != "pre" && !NUMBERS.contains(&name) {
                return Err(format!("the group `{name}` means nothing here"));
            }
        }
        Ok(Self(regex))
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The version in a name: the group `version`; or `major`, `minor` and `patch` with dots between, and `pre` after
    /// them; or, without groups, all that the pattern matches. Nothing when it does not match.
    #[must_use]
    pub fn find_version(&self, name: &str) -> Option<String> {
        let found = self.0.captures(name)?;
        let group = |group: &str| found.name(group).map(|found| found.as_str());
        if let Some(version) = group("version") {
            return Some(version.to_owned());
        }
        let numbers: Vec<&str> = NUMBERS.iter().filter_map(|number| group(number)).collect();
        match numbers.as_slice() {
            [] => Some(found[0].to_owned()),
            numbers => Some(format!("{}{}", numbers.join("."), group("pre").unwrap_or_default())),
        }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.as_str()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(pattern: &str, name: &str) -> Option<String> {
        Pattern::parse(pattern).unwrap().find_version(name)
    }

    #[test]
    fn finds_the_version_in_a_name() {
        for (pattern, name, expected) in [
            (r"^go(?<version>.+)-\d+-openssl-fips$", "go1.26.7-1-openssl-fips", Some("1.26.7")),
            (r"^go(?<version>.+)-\d+-openssl-fips$", "go1.26.7", None),
            (r"^v(?<major>\d+)_(?<minor>\d+)_(?<patch>\d+)$", "v3_4_10", Some("3.4.10")),
            (r"^v(?<major>\d+)_(?<minor>\d+)_(?<patch>\d+)_?(?<pre>rc\d)?$", "v4_0_0_rc1", Some("4.0.0rc1")),
            (r"\d+\.\d+", "release 17.5 of today", Some("17.5")),
        ] {
            assert_eq!(find(pattern, name).as_deref(), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_pattern() {
        for (pattern, expected) in [
            ("(", "unclosed group"),
            ("(?<line>.*)", "the group `line` means nothing here"),
            (&"x".repeat(1001), "it is longer than 1000 bytes"),
            (r"\w{1000}{1000}", "Compiled regex exceeds size limit of 10485760 bytes"),
        ] {
            assert!(Pattern::parse(pattern).unwrap_err().contains(expected), "{:?}", Pattern::parse(pattern));
        }
    }
}
