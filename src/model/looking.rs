//! Where a scan looks: which files of repositories count, and the patterns that find pins where no format is known.

use regex::Regex;

use crate::model::component::PinKind;
use crate::model::id::RuntimeId;

/// Where a scan looks besides what it does by itself.
#[derive(Clone, Debug, Default)]
pub struct Looking {
    /// Files that are looked at although their folder is skipped by default, as lines of a `.gitignore` name them.
    pub include: Vec<String>,
    /// Files and folders that are not looked at, likewise.
    pub exclude: Vec<String>,
    /// What finds pins in other files.
    pub patterns: Vec<PinPattern>,
}

/// Finds pins in files of any format.
#[derive(Clone, Debug)]
pub struct PinPattern {
    /// The files, as a line of a `.gitignore` names them.
    pub files: String,
    /// The expression, with the group `version`, and `name` where the runtime stands beside it.
    pub pattern: Regex,
    /// The runtime; without one, that of the group `name`.
    pub runtime: Option<RuntimeId>,
    /// What sort of pin it is; by its text, when missing.
    pub kind: Option<PinKind>,
}

/// The longest expression, in bytes.
const LONGEST: usize = 1000;

impl PinPattern {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// Why it is none, in one line: its syntax (<https://docs.rs/regex/latest/regex/#syntax>), a group that has no
    /// meaning, or no group for the version.
    pub fn parse(text: &str, has_runtime: bool) -> Result<Regex, String> {
        if text.len() > LONGEST {
            return Err(format!("it is longer than {LONGEST} bytes"));
        }
        let regex = Regex::new(text).map_err(|error| {
            let text = error.to_string();
            text.lines().last().unwrap_or_default().trim_start_matches("error: ").trim_end_matches('.').to_owned()
        })?;
        let names: Vec<&str> = regex.capture_names().flatten().collect();
        if let Some(other) = names.iter().find(|name| !matches!(**name, "version" | "name")) {
            return Err(format!("the group `{other}` means nothing here"));
        }
        if !names.contains(&"version") {
            return Err("it has no group `version`: write `(?<version>...)` around the version".to_owned());
        }
        if !has_runtime && !names.contains(&"name") {
            return Err("it has no group `name`, and the pattern no `runtime`".to_owned());
        }
        Ok(regex)
    }
}
