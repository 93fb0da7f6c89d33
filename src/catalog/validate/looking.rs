//! Checks where a scan looks: patterns of files, and expressions that find pins.

use std::sync::Arc;

use ignore::gitignore::GitignoreBuilder;

use super::{Check, Kind};
use crate::catalog::raw;
use crate::catalog::yaml::{Spanned, to_place};
use crate::model::component::PinKind;
use crate::model::id::RuntimeId;
use crate::model::looking::{Looking, PinPattern};
use crate::model::problem::Problem;
use crate::model::quote::quote;

impl Check {
    pub(super) fn looking(&mut self, file: &Arc<str>, said: Option<&raw::Scan>) -> Looking {
        let Some(said) = said else { return Looking::default() };
        let mut lines = |lines: &[Spanned<String>]| -> Vec<String> {
            lines.iter().filter_map(|line| self.file_pattern(file, line)).collect()
        };
        let (include, exclude) = (lines(&said.include.0), lines(&said.exclude.0));
        let patterns = said.patterns.iter().filter_map(|said| self.pin_pattern(file, said)).collect();
        Looking { include, exclude, patterns }
    }

    fn file_pattern(&mut self, file: &Arc<str>, line: &Spanned<String>) -> Option<String> {
        let text = line.value.as_str();
        let fault = match () {
            () if text.trim().is_empty() || text.starts_with(['#', '!']) => Some("it names no file".to_owned()),
            () => GitignoreBuilder::new("").add_line(None, text).err().map(|error| error.to_string()),
        };
        if let Some(fault) = fault {
            let message = format!("{} is not a pattern of files: {fault}", quote(text));
            let problem = Problem::error("invalid-pattern", &to_place(line, file), message);
            self.problems.push(problem.help("write it as a line of a `.gitignore`: `docs/site/**`, `tools/legacy/`"));
            return None;
        }
        Some(text.to_owned())
    }

    fn pin_pattern(&mut self, file: &Arc<str>, said: &raw::PinPattern) -> Option<PinPattern> {
        if let Some(runtime) = &said.runtime {
            self.known(runtime, file, Kind::Runtime);
        }
        let files = self.file_pattern(file, &said.files);
        let kind = said.kind.as_ref().and_then(|kind| self.word(kind, file, "kind of pin", &PinKind::ALL));
        let pattern = match PinPattern::parse(&said.pattern.value, said.runtime.is_some()) {
            Ok(pattern) => Some(pattern),
            Err(fault) => {
                let message = format!("{} cannot find versions: {fault}", quote(&said.pattern.value));
                self.problems.push(Problem::error("invalid-pattern", &to_place(&said.pattern, file), message));
                None
            }
        };
        let runtime = said.runtime.as_ref().map(|runtime| RuntimeId::new(&runtime.value));
        Some(PinPattern { files: files?, pattern: pattern?, runtime, kind })
    }
}
