//! Sources: where a runtime's releases are read, as the catalog names them.

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

impl Source {
    /// Its name in the lock and on pages.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Go => "go".to_owned(),
            Self::Endoflife { product } => format!("endoflife:{product}"),
        }
    }
}
