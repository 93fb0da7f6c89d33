//! Pages: generated files, before they are on disk.

/// A page to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its path below the output folder, with `/` between its parts.
    pub path: String,
    /// Its text.
    pub text: String,
}
