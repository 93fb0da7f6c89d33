//! Reads the YAML that some upstreams publish, with every scalar as the text that stands there: `4.0` is no number.
//! With `catalog/yaml.rs` the only file that names the YAML crate. Must not follow aliases, nor build what is too deep.

use serde_json::{Map, Value};
use serde_yaml::granit_parser::{Event, Parser, ScalarStyle};

use super::{SourceError, parse_text};
use crate::model::quote::clean;

/// The most nodes of a document.
const MOST_NODES: usize = 200_000;

/// How deep lists and maps may nest.
const DEEPEST: usize = 64;

/// A list or a map that is being read.
enum Open {
    List(Vec<Value>),
    /// Its entries, and the key that waits for its value.
    Map(Map<String, Value>, Option<String>),
}

/// Reads one document. Scalars become texts, or null where nothing stands; of a key that is given twice, the last counts.
pub(super) fn parse_yaml(body: &[u8]) -> Result<Value, SourceError> {
    let text = parse_text(body)?;
    let mut open: Vec<Open> = Vec::new();
    let mut document = None;
    for (count, next) in Parser::new_from_str(text).enumerate() {
        if count > MOST_NODES {
            return Err(fault("it holds too many values"));
        }
        let (event, _) = next.map_err(|error| fault(&clean(&error.to_string())))?;
        let value = match event {
            Event::Scalar(text, style, ..) => to_scalar(&text, style),
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() == DEEPEST => {
                return Err(fault("it is nested too deeply"));
            }
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(Map::new(), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(list)) => Value::Array(list),
                Some(Open::Map(map, _)) => Value::Object(map),
                None => continue,
            },
            Event::Alias(_) => return Err(fault("it holds aliases")),
            Event::DocumentStart(..) if document.is_some() => return Err(fault("it holds several documents")),
            _ => continue,
        };
        match open.last_mut() {
            Some(Open::List(list)) => list.push(value),
            Some(Open::Map(map, key)) => match key.take() {
                Some(key) => {
                    map.insert(key, value);
                }
                None => match value {
                    Value::String(name) => *key = Some(name),
                    _ => return Err(fault("a key is not a text")),
                },
            },
            None => document = Some(value),
        }
    }
    document.ok_or(SourceError::Empty)
}

fn to_scalar(text: &str, style: ScalarStyle) -> Value {
    match (style, text) {
        (ScalarStyle::Plain, "" | "~" | "null") => Value::Null,
        _ => Value::String(text.to_owned()),
    }
}

fn fault(why: &str) -> SourceError {
    SourceError::Shape(format!("as YAML, {why}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_scalar_is_the_text_that_stands_there() {
        let text =
            "- name: 4.0\n  eol:\n  at: 2026-04-01\n- [1.20, 0x1F, yes, ~, null, \"null\", '', .inf, 1_0]\n# end\n";
        let expected = json!([
            { "name": "4.0", "eol": null, "at": "2026-04-01" },
            ["1.20", "0x1F", "yes", null, null, "null", "", ".inf", "1_0"],
        ]);
        assert_eq!(parse_yaml(text.as_bytes()), Ok(expected));
        assert_eq!(parse_yaml(b"\xef\xbb\xbf---\na: b\na: c\n...\n"), Ok(json!({ "a": "c" })));
    }

    #[test]
    fn refuses_what_is_no_list_of_facts() {
        let shape = |text: &[u8]| match parse_yaml(text) {
            Err(SourceError::Shape(why)) => why,
            other => panic!("{other:?}"),
        };
        assert_eq!(shape(b"- &a [x]\n- *a\n"), "as YAML, it holds aliases");
        assert_eq!(shape(b"a: b\n---\nc: d\n"), "as YAML, it holds several documents");
        assert_eq!(shape(b"? [a]\n: b\n"), "as YAML, a key is not a text");
        assert_eq!(
            shape(format!("{}{}", "[".repeat(65), "]".repeat(65)).as_bytes()),
            "as YAML, it is nested too deeply"
        );
        assert!(shape(&b"[".repeat(100_000)).starts_with("as YAML, "));
        assert_eq!(shape(&b"- ".repeat(100_000)), "as YAML, it is nested too deeply");
        assert_eq!(shape("-\n".repeat(MOST_NODES).as_bytes()), "as YAML, it holds too many values");
        assert_eq!(shape(b"\xff"), "it is not UTF-8 from byte 0 on");
        assert!(shape(b"- [a\n").starts_with("as YAML, "));
        assert_eq!(parse_yaml(b""), Err(SourceError::Empty));
        assert_eq!(parse_yaml(b"<!doctype html>"), Err(SourceError::Html));
    }
}
