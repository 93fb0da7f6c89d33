//! Identifiers: what things are called in the catalog, in documents, in paths and in links.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest identifier, in characters.
pub const LONGEST_ID: usize = 64;

/// Names that Windows reserves for devices; a page of that name could not be written there.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Says what is wrong with a text as an identifier, or nothing when it is one.
///
/// Identifiers become file names, so they are lower case, start with a letter or digit, and go on with
/// letters, digits, `.`, `_` and `-`.
#[must_use]
pub fn find_fault(text: &str) -> Option<String> {
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return Some("an id must not be empty".to_owned());
    };
    if text.chars().count() > LONGEST_ID {
        return Some(format!("an id has at most {LONGEST_ID} characters"));
    }
    let lower = text.to_lowercase();
    if lower != text && find_fault(&lower).is_none() {
        return Some(format!("an id is lower case, so that no two differ by case alone: write `{lower}`"));
    }
    if !(first.is_ascii_lowercase() || first.is_ascii_digit()) {
        return Some("an id starts with a lower-case letter or a digit".to_owned());
    }
    if !chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-')) {
        return Some("an id holds lower-case letters, digits, `.`, `_` and `-` only".to_owned());
    }
    let stem = text.split('.').next().unwrap_or(text);
    if DEVICES.contains(&stem) || text.ends_with('.') || text.contains("..") {
        return Some("this id cannot be a file name on every system".to_owned());
    }
    None
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps a text that the catalog has checked, or that a test made up.
            #[must_use]
            pub fn new(text: &str) -> Self {
                Self(Arc::from(text))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )*};
}

ids! {
    /// Names a team.
    TeamId
    /// Names a component.
    ComponentId
    /// Names a runtime.
    RuntimeId
    /// Names a build flavour of a runtime.
    VariantId
    /// Names a process.
    ProcessId
    /// Names a phase of a process.
    PhaseId
    /// Names a step of a process.
    StepId
    /// Names a role that an upgrade gives to a team.
    RoleId
    /// Names an upgrade: its runtime's id, `-`, and its slug.
    UpgradeId
    /// Names a release branch of the product.
    BranchId
    /// Names a group of upgrades.
    GroupId
    /// Names a task: `step`, `step/component`, `step/team` or `step/branch`.
    TaskId
}

impl TaskId {
    /// Builds the id of a step's task, with its component, team or branch where it has one.
    #[must_use]
    pub fn of(step: &StepId, subject: Option<&str>) -> Self {
        match subject {
            None => Self::new(step.as_str()),
            Some(subject) => Self::new(&format!("{step}/{subject}")),
        }
    }
}

/// The folders of output that are of all runtimes; no runtime can be called so.
pub const FOLDERS: [&str; 8] = ["api", "assets", "calendar", "components", "groups", "schema", "search", "teams"];

/// The folders of a runtime that are of all its upgrades; no upgrade can end so.
pub const FOLDERS_OF_RUNTIME: [&str; 3] = ["changes", "latest", "process"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_can_be_a_file_name_everywhere() {
        for id in ["go", "go-1.27.0", "gitlab_runner", "0ad", "a"] {
            assert_eq!(find_fault(id), None, "{id}");
        }
    }

    #[test]
    fn refuses_what_cannot_be_a_file_name_somewhere() {
        let long = "a".repeat(65);
        for id in ["", "Go", "../x", "a/b", "a b", "-a", ".a", "con", "nul.txt", "a..b", "a.", "ä", "a\u{202e}b", &long]
        {
            assert!(find_fault(id).is_some(), "{id:?}");
        }
    }
}
