//! Turns the text of one YAML file into raw values with their places, or into one problem.
//! With `sources/yaml.rs`, which reads what upstreams publish, the only file that names the YAML crate.

mod advice;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_yaml::budget::BudgetBreach;
use serde_yaml::{DuplicateKeyPolicy, Error, Location, MergeKeyPolicy};

use crate::model::place::{Located, Place};
use crate::model::problem::Problem;

/// The largest catalog file, in bytes; real ones are a hundredth of it.
pub const LARGEST_FILE: usize = 4 << 20;

/// A value with its place: where it is used and where it is written, which differ for aliases only.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it is used.
    pub referenced: Location,
    /// Where it is written.
    pub defined: Location,
}

impl<T> Spanned<T> {
    /// Puts a value in a place.
    pub fn new(value: T, referenced: Location, defined: Location) -> Self {
        Self { value, referenced, defined }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let serde_yaml::Spanned { value, referenced, defined } = serde_yaml::Spanned::deserialize(deserializer)?;
        Ok(Self { value, referenced, defined })
    }
}

/// In a schema, a value stands for itself: places are not written.
impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// Values by id, in the order of the file, each id with its place.
#[derive(Debug)]
pub struct Entries<T>(pub Vec<(Spanned<String>, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Pairs<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of ids to values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key::<Spanned<String>>()? {
                    entries.push((key, map.next_value()?));
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Pairs(PhantomData))
    }
}

/// A value of any shape, for options whose shape their own reader knows: texts, truth values, lists and maps.
///
/// Numbers are refused: a version that YAML takes for a number is no longer the version that was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Anything(pub Value);

impl<'de> Deserialize<'de> for Anything {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, `true` or `false`, a list or a map")
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
                Ok(Value::Bool(flag))
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::String(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
                let mut values = Vec::new();
                while let Some(Anything(value)) = list.next_element()? {
                    values.push(value);
                }
                Ok(Value::Array(values))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut values = serde_json::Map::new();
                while let Some((key, Anything(value))) = map.next_entry::<String, _>()? {
                    values.insert(key, value);
                }
                Ok(Value::Object(values))
            }
        }

        deserializer.deserialize_any(Any).map(Self)
    }
}

/// One value or a list of them: `bump: minor` and `bump: [minor, major]`.
#[derive(Clone, Debug, Default)]
pub struct OneOrMore(pub Vec<Spanned<String>>);

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;

        impl<'de> Visitor<'de> for Values {
            type Value = Vec<Spanned<String>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(vec![Spanned::new(text.to_owned(), Location::UNKNOWN, Location::UNKNOWN)])
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                Ok(values)
            }
        }

        struct Any(Vec<Spanned<String>>);

        impl<'de> Deserialize<'de> for Any {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Values).map(Self)
            }
        }

        let whole = Spanned::<Any>::deserialize(deserializer)?;
        let place = whole.referenced;
        // A lone text has no place of its own inside the visitor: it is the value as a whole.
        let values = whole.value.0.into_iter().map(|value| match value.referenced == Location::UNKNOWN {
            true => Spanned::new(value.value, place, place),
            false => value,
        });
        Ok(Self(values.collect()))
    }
}

/// Reads one file.
///
/// # Errors
///
/// The first thing in the file that does not have the expected shape, with its place.
pub fn parse<T: DeserializeOwned>(text: &str, file: &Arc<str>) -> Result<T, Box<Problem>> {
    let options = serde_yaml::options! {
        budget: serde_yaml::budget! { max_depth: 64, max_nodes: 1_000_000, max_aliases: 0, max_anchors: 0 },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        no_schema: true,
        strict_booleans: true,
        reject_unsupported_tags: true,
        with_snippet: false,
    };
    serde_yaml::from_str_with_options(text, options).map_err(|error| Box::new(to_problem(&error, file, text)))
}

/// The place of a value.
#[must_use]
pub fn to_place<T>(value: &Spanned<T>, file: &Arc<str>) -> Place {
    place_of(value.referenced, file)
}

/// A value with its place, apart from the YAML crate's types.
#[must_use]
pub fn to_located(value: &Spanned<String>, file: &Arc<str>) -> Located<String> {
    Located { value: value.value.clone(), place: to_place(value, file) }
}

fn place_of(location: Location, file: &Arc<str>) -> Place {
    let small = |number: u64| u32::try_from(number).unwrap_or(0);
    let length = match location.span().len() {
        length if location == Location::UNKNOWN || length > 10_000 => 0,
        length => u32::try_from(length).unwrap_or(0),
    };
    Place { file: Arc::clone(file), line: small(location.line()), column: small(location.column()), length }
}

fn to_problem(error: &Error, file: &Arc<str>, text: &str) -> Problem {
    let error = error.without_snippet();
    let place = error.location().map_or_else(|| Place::whole(file), |location| place_of(location, file));
    match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            Problem::error("unknown-key", &place, format!("unknown key `{field}`"))
                .suggest(field, expected.iter().copied())
        }
        Error::SerdeMissingField { field, .. } => {
            let problem = Problem::error("missing-key", &place, format!("the key `{field}` is missing")).about(*field);
            advice::explain_missing(problem, text)
        }
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or("?");
            let problem = Problem::error("duplicate-key", &place, format!("the key `{key}` stands twice in one map"));
            let problem = problem.help("make one of the two, or give one of them another name");
            advice::explain_duplicate(problem, key, text)
        }
        Error::QuotingRequired { value, .. } => to_quoting_problem(value, &place),
        Error::NullIntoString { .. } => {
            Problem::error("wrong-type", &place, "a text is expected here, and there is nothing")
                .help("write the text, or leave the key out")
        }
        Error::InvalidBooleanStrict { .. } => {
            Problem::error("wrong-type", &place, "`true` or `false` is expected here")
        }
        Error::SerdeInvalidType { unexpected, expected, .. }
            if expected.starts_with("a text") && (unexpected.starts_with("float") || unexpected.starts_with("int")) =>
        {
            Problem::error("unquoted-version", &place, "a number stands here, and not a text")
                .help("put it in quotes: a YAML reader would make 1.2 of 1.20")
        }
        Error::SerdeInvalidType { unexpected, expected, .. } => {
            let unexpected = if unexpected == "unit value" { "nothing" } else { unexpected };
            Problem::error("wrong-type", &place, format!("{expected} is expected here, and there is {unexpected}"))
        }
        Error::Unexpected { expected, .. } => {
            let expected = match *expected {
                "mapping start" | "mapping" => "a map",
                "sequence start" | "sequence" => "a list",
                "string scalar" | "scalar" => "a text",
                other => other,
            };
            advice::explain_shape(Problem::error("wrong-type", &place, format!("{expected} is expected here")), text)
        }
        Error::Budget { breach: BudgetBreach::Anchors { .. } | BudgetBreach::Aliases { .. }, .. } => {
            Problem::error("invalid-yaml", &place, "anchors and aliases are not allowed")
                .help("use `extends` to share steps, and write the rest out")
        }
        Error::Budget { .. } => to_size_problem(&place),
        Error::MergeKeyNotAllowed { .. } => {
            Problem::error("invalid-yaml", &place, "merge keys are not allowed").help("use `extends` to share steps")
        }
        Error::MultipleDocuments { .. } => {
            Problem::error("invalid-yaml", &place, "a catalog file holds one YAML document, and this one holds more")
                .help("split it into several files")
        }
        other => {
            let message = other.to_string();
            let first = message.lines().next().unwrap_or("this is not YAML");
            // The parser has a limit of its own, which flow collections reach first.
            if first.starts_with("recursion limit exceeded") {
                return to_size_problem(&place);
            }
            // The place is shown beside the message.
            let first = first.rsplit_once(" at line ").map_or(first, |(message, _)| message);
            let problem = Problem::error("invalid-yaml", &place, first.trim_end_matches('.').to_owned());
            advice::explain_syntax(problem, text)
        }
    }
}

fn to_size_problem(place: &Place) -> Problem {
    Problem::error("too-large", place, "this file is larger or deeper than any catalog needs")
        .help("lists and maps nest at most 64 deep")
}

fn to_quoting_problem(value: &str, place: &Place) -> Problem {
    if value.parse::<f64>().is_ok() {
        let shown = value.parse::<f64>().map_or_else(|_| value.to_owned(), |number| number.to_string());
        let problem = Problem::error("unquoted-version", place, format!("`{value}` is a number in YAML, not a text"))
            .help(format!("write \"{value}\""));
        return match shown == value {
            true => problem,
            false => problem.help(format!("a YAML reader would make {shown} of it")),
        };
    }
    Problem::error("wrong-type", place, format!("`{value}` is not a text in YAML")).help(format!("write \"{value}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(default)]
        things: Entries<Thing>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Thing {
        version: Spanned<String>,
        #[serde(default)]
        many: OneOrMore,
    }

    fn parse_file(text: &str) -> Result<File, Box<Problem>> {
        parse(text, &Arc::from("data/x.yaml"))
    }

    #[test]
    fn keeps_the_place_of_keys_and_values() {
        let file =
            parse_file("things:\n  a: { version: \"1.20\", many: [x, y] }\n  b:\n    version: v2\n    many: z\n")
                .expect("parses");
        let places: Vec<_> = file
            .things
            .0
            .iter()
            .map(|(key, thing)| {
                let at = |value: &Spanned<String>| {
                    let place = to_place(value, &Arc::from("x"));
                    (value.value.clone(), place.line, place.column, place.length)
                };
                (at(key), at(&thing.version), thing.many.0.iter().map(at).collect::<Vec<_>>())
            })
            .collect();
        let own = |text: &str, line, column, length| (text.to_owned(), line, column, length);
        assert_eq!(
            places,
            [
                (own("a", 2, 3, 1), own("1.20", 2, 17, 6), vec![own("x", 2, 32, 1), own("y", 2, 35, 1)]),
                (own("b", 3, 3, 1), own("v2", 4, 14, 2), vec![own("z", 5, 11, 1)]),
            ]
        );
    }

    #[test]
    fn reads_options_of_any_shape_and_refuses_numbers() {
        let read = |text: &str| {
            let read: Result<Entries<Anything>, _> = parse(text, &Arc::from("data/x.yaml"));
            read.map(|entries| entries.0.into_iter().map(|(_, value)| value.0).collect::<Vec<_>>())
        };
        let expected = serde_json::json!([{ "b": "x", "c": [true, "1.20", {}] }, "2026-01-01"]);
        let said = read("a: { b: x, c: [true, \"1.20\", {}] }\nd: 2026-01-01").unwrap();
        assert_eq!(Value::Array(said), expected);
        let problem = read("a: { b: 1.20 }").unwrap_err();
        assert_eq!(
            (problem.code, problem.message.as_str()),
            ("unquoted-version", "a number stands here, and not a text")
        );
        let problem = read("a: null").unwrap_err();
        let message = "a text, `true` or `false`, a list or a map is expected here, and there is nothing";
        assert_eq!((problem.code, problem.message.as_str()), ("wrong-type", message));
    }

    #[test]
    fn tells_the_first_fault_of_shape_with_its_place() {
        let cases = [
            ("things: { a: { version: 1.20 } }", "unquoted-version", (1, 25)),
            ("things: { a: { version: null } }", "wrong-type", (1, 25)),
            ("things: { a: { version: \"1\", verson: x } }", "unknown-key", (1, 30)),
            ("things: { a: {} }", "missing-key", (1, 14)),
            ("things: { a: { version: x }, a: { version: y } }", "duplicate-key", (1, 30)),
            ("things: [a]", "wrong-type", (1, 9)),
            ("things: &a { a: { version: x } }", "invalid-yaml", (1, 12)),
            ("---\nthings: {}\n---\nthings: {}\n", "invalid-yaml", (4, 1)),
            ("things: {", "invalid-yaml", (1, 9)),
        ];
        for (text, code, (line, column)) in cases {
            let problem = parse_file(text).expect_err(text);
            let shown: String = text.chars().take(50).collect();
            assert_eq!(
                (problem.code, problem.place.line, problem.place.column),
                (code, line, column),
                "{shown} {problem:?}"
            );
        }
    }
}
