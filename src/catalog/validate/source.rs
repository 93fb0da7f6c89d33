//! Checks sources: their kind, the options that it asks for, and the pattern for names of versions.

use std::collections::BTreeSet;
use std::sync::Arc;

use schemars::SchemaGenerator;
use serde_json::{Map, Value};

use super::Check;
use crate::catalog::raw::Options;
use crate::catalog::yaml::{Anything, Entries, Spanned, to_place};
use crate::model::place::Place;
use crate::model::problem::Problem;
use crate::model::source::{Pattern, Source};
use crate::sources::{Gives, KINDS, Kind};

/// The options of every source of releases, beside those of its kind.
const COMMON: [&str; 2] = ["match", "prerelease"];

impl Check {
    /// Reads a list of sources; what they are wanted for decides which kinds there are.
    pub(super) fn sources(&mut self, file: &Arc<str>, said: &[Entries<Options>], wanted: Gives) -> Vec<Source> {
        let mut known = BTreeSet::new();
        let mut found = Vec::new();
        for entry in said {
            let Some((kind, source)) = self.source(file, entry, wanted) else { continue };
            if known.insert(source.name.clone()) {
                found.push(source);
            } else {
                let message = format!("the source `{}` stands twice in this list", source.name);
                let problem = Problem::error("duplicate-source", &to_place(kind, file), message);
                self.problems.push(problem.help("ask it once, with one `match` for all names"));
            }
        }
        found
    }

    /// A source that gives both releases and advisories is asked once, and so has one set of options.
    pub(super) fn agree(
        &mut self,
        file: &Arc<str>,
        said: &[Entries<Options>],
        releases: &[Source],
        advisories: &[Source],
    ) {
        for (source, entry) in advisories.iter().zip(said) {
            let twin = releases.iter().find(|other| other.name == source.name);
            if twin.is_some_and(|twin| twin.options != source.options)
                && let Some((kind, _)) = entry.0.first()
            {
                let message = format!("the source `{}` has other options under `releases`", source.name);
                self.problems.push(
                    Problem::error("duplicate-source", &to_place(kind, file), message)
                        .help("it is asked once for both: give it the same options"),
                );
            }
        }
    }

    fn source<'a>(
        &mut self,
        file: &Arc<str>,
        said: &'a Entries<Options>,
        wanted: Gives,
    ) -> Option<(&'a Spanned<String>, Source)> {
        let [(word, options)] = said.0.as_slice() else {
            let place = said.0.get(1).map(|(kind, _)| to_place(kind, file));
            let place = place.unwrap_or_else(|| Place::whole(file));
            self.problems.push(
                Problem::error("unknown-value", &place, "a source is one kind with its options")
                    .help("write `- endoflife: { product: go }`"),
            );
            return None;
        };
        let (what, suits): (&str, fn(&&Kind) -> bool) = match wanted {
            Gives::Advisories => ("kind of source for advisories", |kind| kind.gives.advisories()),
            Gives::Releases | Gives::Both => ("kind of source for releases", |kind| kind.gives.releases()),
        };
        let kinds: Vec<(&str, &'static Kind)> = KINDS.iter().filter(suits).map(|kind| (kind.name, kind)).collect();
        let kind = self.word(word, file, what, &kinds)?;
        let common: &[&str] = if wanted == Gives::Advisories { &[] } else { &COMMON };
        let own = self.options(file, word, options, kind, common)?;
        let (pattern, prereleases) = self.common(file, options, common);
        match kind.name_source(&own) {
            Ok(name) => {
                let source = Source { kind: kind.name.to_owned(), name, options: own, pattern, prereleases };
                Some((word, source))
            }
            Err(fault) => {
                let option = fault.option.and_then(|name| find(options, name));
                let place = option.map_or_else(|| to_place(word, file), |(key, _)| to_place(key, file));
                let about = fault.option.map_or(String::new(), |name| format!(" `{name}`"));
                let message = format!("the source `{}` cannot use its option{about}: {}", kind.name, fault.why);
                self.problems.push(Problem::error("invalid-option", &place, message));
                None
            }
        }
    }

    /// The options that belong to the kind; reports those that it does not have, and those that it misses.
    fn options(
        &mut self,
        file: &Arc<str>,
        word: &Spanned<String>,
        said: &Options,
        kind: &Kind,
        common: &[&str],
    ) -> Option<Value> {
        let schema = kind.schema(&mut SchemaGenerator::default());
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let mut sound = true;
        let mut own = Map::new();
        for (key, value) in &said.0 {
            if properties.contains_key(&key.value) {
                own.insert(key.value.clone(), value.value.0.clone());
            } else if !common.contains(&key.value.as_str()) {
                sound = false;
                let message = format!("the source `{}` has no option `{}`", kind.name, key.value);
                let known = properties.keys().map(String::as_str).chain(common.iter().copied());
                self.problems
                    .push(Problem::error("unknown-key", &to_place(key, file), message).suggest(&key.value, known));
            }
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str).filter(|name| !own.contains_key(*name)) {
            sound = false;
            let about = properties.get(name).and_then(|option| option["description"].as_str()).unwrap_or_default();
            let about: String = about.split_whitespace().collect::<Vec<_>>().join(" ");
            let message = format!("the source `{}` needs the option `{name}`", kind.name);
            self.problems.push(Problem::error("missing-key", &to_place(word, file), message).about(name).help(about));
        }
        sound.then_some(Value::Object(own))
    }

    fn common(&mut self, file: &Arc<str>, said: &Options, common: &[&str]) -> (Option<Pattern>, bool) {
        let said = |name: &str| common.contains(&name).then(|| find(said, name)).flatten();
        let pattern = said("match").and_then(|(key, value)| {
            let parsed = match &value.value.0 {
                Value::String(text) => Pattern::parse(text),
                _ => Err("it is not a text".to_owned()),
            };
            let fail = |why: String| {
                Problem::error("invalid-pattern", &to_place(value, file), format!("`match` is no pattern: {why}"))
                    .about(&key.value)
                    .help("write a regular expression, with the version as a group: \"^v(?<version>.+)$\"")
            };
            parsed.map_err(|why| self.problems.push(fail(why))).ok()
        });
        let prereleases = said("prerelease").is_none_or(|(_, value)| match value.value.0 {
            Value::Bool(flag) => flag,
            _ => {
                let message = "`true` or `false` is expected here";
                self.problems.push(Problem::error("wrong-type", &to_place(value, file), message));
                true
            }
        });
        (pattern, prereleases)
    }
}

fn find<'a>(options: &'a Options, name: &str) -> Option<&'a (Spanned<String>, Spanned<Anything>)> {
    options.0.iter().find(|(key, _)| key.value == name)
}
