//! Sources: where a runtime's releases are read, as the catalog names them.

use std::fmt;

/// A source of releases.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The Go project's download list: every release, no dates.
    Go,
    /// A product of endoflife.date: release lines with their dates, and the newest release of each.
    Endoflife {
        /// The product, as in the address of its page.
        product: String,
    },
}

/// The kinds of sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// The Go project's download list.
    Go,
    /// A product of endoflife.date.
    Endoflife,
}

impl SourceKind {
    /// All of them, by the name that the catalog uses.
    pub const ALL: [(&'static str, Self); 2] = [("go", Self::Go), ("endoflife", Self::Endoflife)];
}

impl Source {
    /// Its name in the lock and on pages: `go`, `endoflife:ruby`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Go => "go".to_owned(),
            Self::Endoflife { product } => format!("endoflife:{product}"),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_one_name_per_source() {
        assert_eq!(Source::Go.name(), "go");
        assert_eq!(Source::Endoflife { product: "go".to_owned() }.to_string(), "endoflife:go");
    }
}
