//! YAML files that others wrote: every scalar as the text that stands there, with its place; several documents, anchors,
//! aliases, merge keys and tags. What cannot be read ends the reading; what stands before it counts. One of the three files
//! that name the YAML crate.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_yaml::granit_parser::{Event, Parser, ScalarStyle};

use super::file::{At, Text};

/// The most values of a file, those behind aliases counted each time.
const MOST_NODES: usize = 200_000;

/// How deep lists and maps may nest.
const DEEPEST: usize = 64;

/// A value.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) line: u32,
    /// The column of the value, without its quote.
    pub(super) column: u32,
    pub(super) value: Value,
    /// The local tag, without its exclamation mark: `reference`.
    pub(super) tag: Option<String>,
    depth: usize,
    size: usize,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Value {
    /// A scalar; of a block scalar the lines stand below its place.
    Text { text: String, is_block: bool },
    /// A list.
    List(Vec<Rc<Node>>),
    /// A map, in the order of its keys.
    Map(Vec<(Rc<Node>, Rc<Node>)>),
}

impl Node {
    /// Its place.
    pub(super) fn at(&self) -> At {
        At::Line(self.line, self.column)
    }

    /// Its text, where it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Its text as it is meant, where it is one on a single line.
    pub(super) fn plain(&self) -> Option<Text<'_>> {
        self.text().filter(|text| !text.is_empty()).map(|text| Text::plain(self.at(), text))
    }

    /// The texts of a block scalar, line by line, or the text itself, each with its place; columns of a block begin where
    /// its text does in the file.
    pub(super) fn lines<'t>(&'t self, file: &'t str) -> Vec<(At, &'t str)> {
        let Value::Text { text, is_block } = &self.value else { return Vec::new() };
        if !*is_block {
            return vec![(self.at(), text.trim())];
        }
        let begin = self.line.saturating_sub(1);
        let below = file.lines().skip(begin as usize);
        let mut lines = Vec::new();
        let mut expected = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut next = expected.next();
        for (row, line) in (begin.saturating_add(1)..).zip(below) {
            let Some(wanted) = next else { break };
            let bare = line.trim();
            if bare.is_empty() {
                continue;
            }
            if bare != wanted {
                // The line that begins the block.
                if lines.is_empty() && row == self.line {
                    continue;
                }
                break;
            }
            let indent = line.chars().take_while(|c| c.is_whitespace()).count();
            let column = u32::try_from(indent).unwrap_or(u32::MAX).saturating_add(1);
            lines.push((At::Line(row, column), wanted));
            next = expected.next();
        }
        lines
    }

    /// Its elements, where it is a list.
    pub(super) fn list(&self) -> &[Rc<Node>] {
        match &self.value {
            Value::List(list) => list,
            _ => &[],
        }
    }

    /// Its entries, where it is a map.
    pub(super) fn map(&self) -> &[(Rc<Node>, Rc<Node>)] {
        match &self.value {
            Value::Map(map) => map,
            _ => &[],
        }
    }

    /// Its entries with their names.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &Rc<Node>)> {
        self.map().iter().filter_map(|(key, value)| Some((key.text()?, value)))
    }

    /// The value of a key, its own or one that it takes over by `<<`.
    pub(super) fn get(&self, key: &str) -> Option<&Rc<Node>> {
        let own = self.entries().find(|(name, _)| *name == key).map(|(_, value)| value);
        own.or_else(|| {
            let (_, merged) = self.entries().find(|(name, _)| *name == "<<")?;
            // The depth of a node bounds this.
            merged.get(key).or_else(|| merged.list().iter().find_map(|map| map.get(key)))
        })
    }

    /// The value at a path of keys.
    pub(super) fn find(&self, path: &[&str]) -> Option<&Rc<Node>> {
        let (first, rest) = path.split_first()?;
        let found = self.get(first)?;
        if rest.is_empty() { Some(found) } else { found.find(rest) }
    }
}

/// A list or map that is being read.
struct Open {
    node: Node,
    anchor: usize,
    key: Option<Rc<Node>>,
}

/// Reads the documents of a file.
pub(super) fn parse(text: &str) -> Vec<Rc<Node>> {
    let mut documents = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: BTreeMap<usize, Rc<Node>> = BTreeMap::new();
    let mut total = 0;
    for next in Parser::new_from_str(text) {
        let Ok((event, span)) = next else { break };
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let (line, column) = (number(span.start.line()), number(span.start.col()).saturating_add(1));
        let begin = |value: Value, tag: Option<String>, depth: usize| Node { line, column, value, tag, depth, size: 1 };
        let done = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let quote = u32::from(matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted));
                let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let is_null = style == ScalarStyle::Plain && matches!(&*text, "~" | "null");
                let text = if is_null { String::new() } else { text.into_owned() };
                let mut node = begin(Value::Text { text, is_block }, tag.map(|tag| tag.suffix().to_owned()), 1);
                node.column = node.column.saturating_add(quote);
                let node = Rc::new(node);
                anchors.insert(anchor, Rc::clone(&node));
                node
            }
            Event::SequenceStart(_, anchor, tag) if open.len() < DEEPEST => {
                let node = begin(Value::List(Vec::new()), tag.map(|tag| tag.suffix().to_owned()), 1);
                open.push(Open { node, anchor, key: None });
                continue;
            }
            Event::MappingStart(_, anchor, tag) if open.len() < DEEPEST => {
                let node = begin(Value::Map(Vec::new()), tag.map(|tag| tag.suffix().to_owned()), 1);
                open.push(Open { node, anchor, key: None });
                continue;
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => break,
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open { node, anchor, .. }) => {
                    let node = Rc::new(node);
                    anchors.insert(anchor, Rc::clone(&node));
                    node
                }
                None => break,
            },
            Event::Alias(anchor) => match anchors.get(&anchor) {
                Some(known) if known.depth + open.len() < DEEPEST && total + known.size <= MOST_NODES => {
                    Rc::clone(known)
                }
                _ => Rc::new(begin(Value::Text { text: String::new(), is_block: false }, None, 1)),
            },
            _ => continue,
        };
        total += done.size;
        if total > MOST_NODES {
            break;
        }
        match open.last_mut() {
            None => documents.push(done),
            Some(Open { node, key, .. }) => {
                node.depth = node.depth.max(done.depth + 1);
                node.size += done.size;
                match &mut node.value {
                    Value::List(list) => list.push(done),
                    Value::Map(map) => match key.take() {
                        None => *key = Some(done),
                        Some(name) => map.push((name, done)),
                    },
                    Value::Text { .. } => {}
                }
            }
        }
    }
    // What a broken file held before its fault: the outermost map or list as far as it was read.
    while let Some(Open { node, key, .. }) = open.pop() {
        let node = Rc::new(node);
        match open.last_mut() {
            None => documents.push(node),
            Some(parent) => match (&mut parent.node.value, parent.key.take()) {
                (Value::List(list), _) => list.push(node),
                (Value::Map(map), Some(name)) => map.push((name, node)),
                _ => {}
            },
        }
        drop(key);
    }
    documents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_stay_texts_and_know_their_place() {
        let documents = parse("a: 1.20\nb: ['3.10', \"x\"]\n---\nc: !reference [.d, e]\n");
        assert_eq!(documents.len(), 2);
        let at = |node: &Node| (node.text().map(str::to_owned), node.line, node.column);
        assert_eq!(at(documents[0].get("a").expect("a")), (Some("1.20".to_owned()), 1, 4));
        assert_eq!(at(&documents[0].get("b").expect("b").list()[0]), (Some("3.10".to_owned()), 2, 6));
        let reference = documents[1].get("c").expect("c");
        assert_eq!(reference.tag.as_deref(), Some("reference"));
        assert_eq!(at(&reference.list()[1]), (Some("e".to_owned()), 4, 20));
    }

    #[test]
    fn aliases_and_merges_are_followed_within_bounds() {
        let documents = parse("x: &x { a: '1', b: '2' }\ny:\n  <<: *x\n  b: '3'\nz: { <<: [*x] }\n");
        let text = |path: &[&str]| documents[0].find(path).and_then(|node| node.text().map(str::to_owned));
        assert_eq!(text(&["y", "a"]).as_deref(), Some("1"));
        assert_eq!(text(&["y", "b"]).as_deref(), Some("3"));
        assert_eq!(text(&["z", "a"]).as_deref(), Some("1"));
        let mut bomb = "a0: &a0 [x, x]\n".to_owned();
        for level in 1..40 {
            let before = level - 1;
            bomb.push_str(&format!("a{level}: &a{level} [*a{before}, *a{before}]\n"));
        }
        assert_eq!(parse(&bomb).len(), 1);
        assert!(parse(&"[".repeat(100_000)).len() <= 1);
        assert!(parse(&"- ".repeat(100_000)).len() <= 1);
    }

    #[test]
    fn a_broken_file_keeps_what_stands_before_the_fault() {
        let documents = parse("a: '1'\nb: [c\nd: ]]\n");
        assert_eq!(documents[0].get("a").and_then(|node| node.text().map(str::to_owned)).as_deref(), Some("1"));
        assert!(parse("").is_empty());
    }

    #[test]
    fn a_block_has_lines_with_places() {
        let text = "a: |\n  3.11\n\n  3.12\nb: x\n";
        let documents = parse(text);
        let lines = documents[0].get("a").expect("a").lines(text);
        assert_eq!(lines, [(At::Line(2, 3), "3.11"), (At::Line(4, 3), "3.12")]);
    }
}
