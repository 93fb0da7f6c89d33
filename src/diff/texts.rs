//! Whether two texts say the same, and how one became the other word by word.
//!
//! Texts name versions. Between two upgrades, that each names its own is told once, as another target; so a text that
//! differs in nothing else is the same text.

use similar::{ChangeTag, TextDiff};

use crate::model::changes::{Part, Piece};
use crate::model::runbook::Runbook;

/// The most words of a text that are compared word by word; a longer one is compared line by line.
const MOST_WORDS: usize = 2_000;

/// What the texts of two runbooks name.
pub struct Texts<'a> {
    /// What the older one and the newer one call the same.
    pairs: [(&'a str, &'a str); 4],
    /// All versions of both, the longest first; none where both name the same ones.
    versions: Vec<&'a str>,
}

/// A part of a text: what stands between versions, or a version.
#[derive(PartialEq, Eq)]
enum Token<'t> {
    Words(&'t str),
    Version(&'t str),
}

impl<'a> Texts<'a> {
    /// The texts of two runbooks.
    pub fn new(old: &'a Runbook, new: &'a Runbook) -> Self {
        let pairs: [(&str, &str); 4] =
            [(&old.from, &new.from), (&old.to, &new.to), (&old.from_line, &new.from_line), (&old.line, &new.line)];
        let mut versions: Vec<&str> = Vec::new();
        if pairs.iter().any(|(old, new)| old != new) {
            versions = pairs.iter().flat_map(|(old, new)| [*old, *new]).filter(|version| !version.is_empty()).collect();
            versions.sort_by_key(|version| (std::cmp::Reverse(version.len()), *version));
            versions.dedup();
        }
        Self { pairs, versions }
    }

    /// Whether a text of the older runbook and one of the newer say the same.
    pub fn is_same(&self, old: &str, new: &str) -> bool {
        if old == new || self.versions.is_empty() {
            return old == new;
        }
        let (old, new) = (self.split(old), self.split(new));
        old.len() == new.len()
            && old.iter().zip(&new).all(|pair| match pair {
                (Token::Version(old), Token::Version(new)) => old == new || self.pairs.contains(&(*old, *new)),
                (old, new) => old == new,
            })
    }

    /// The same for texts that may be missing.
    pub fn is_same_option(&self, old: Option<&str>, new: Option<&str>) -> bool {
        match (old, new) {
            (Some(old), Some(new)) => self.is_same(old, new),
            (old, new) => old.is_none() && new.is_none(),
        }
    }

    /// A text without the versions that it names: texts that say the same have the same key.
    pub fn to_key(&self, text: &str) -> String {
        if self.versions.is_empty() {
            return text.to_owned();
        }
        let pieces = self.split(text).into_iter().map(|token| match token {
            Token::Words(words) => words,
            Token::Version(_) => "\0",
        });
        pieces.collect()
    }

    /// Splits a text at the versions that it names. `1.26` is not named by `1.26.7` or `11.26`.
    fn split<'t>(&self, text: &'t str) -> Vec<Token<'t>> {
        let mut tokens = Vec::new();
        let (mut begin, mut at) = (0, 0);
        while let Some(next) = text[at..].chars().next() {
            let rest = &text[at..];
            let is_inside = text[..at].chars().next_back().is_some_and(|c| c.is_ascii_digit() || c == '.');
            let named =
                self.versions.iter().find(|version| rest.starts_with(**version) && !goes_on(&rest[version.len()..]));
            match named.filter(|_| !is_inside) {
                Some(version) => {
                    tokens.push(Token::Words(&text[begin..at]));
                    tokens.push(Token::Version(&rest[..version.len()]));
                    at += version.len();
                    begin = at;
                }
                None => at += next.len_utf8(),
            }
        }
        tokens.push(Token::Words(&text[begin..]));
        tokens
    }
}

/// Whether a version goes on: with a digit, or with a dot and a digit.
fn goes_on(rest: &str) -> bool {
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    rest.starts_with(|c: char| c.is_ascii_digit())
}

/// How a text became another, word by word. Read backwards, it is how the other became the one.
pub fn to_words(old: &str, new: &str) -> Vec<Piece> {
    // Which of several shortest ways is found depends on the direction, so it is always the same one.
    let is_turned = old > new;
    let (first, second) = if is_turned { (new, old) } else { (old, new) };
    let is_long = [old, new].iter().any(|text| text.split_whitespace().nth(MOST_WORDS).is_some());
    let diff = if is_long { TextDiff::from_lines(first, second) } else { TextDiff::from_words(first, second) };
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut removed, mut added) = (String::new(), String::new());
    for change in diff.iter_all_changes() {
        let text = change.value();
        match (change.tag(), is_turned) {
            // A blank between two changes makes them one.
            (ChangeTag::Equal, _) if text.trim().is_empty() && !removed.is_empty() && !added.is_empty() => {
                removed.push_str(text);
                added.push_str(text);
            }
            (ChangeTag::Equal, _) => {
                take(&mut pieces, &mut removed, &mut added);
                push(&mut pieces, Part::Same, text);
            }
            (ChangeTag::Delete, false) | (ChangeTag::Insert, true) => removed.push_str(text),
            (ChangeTag::Insert, false) | (ChangeTag::Delete, true) => added.push_str(text),
        }
    }
    take(&mut pieces, &mut removed, &mut added);
    pieces
}

/// Puts what was removed and what was added in its place behind what came before; the blanks at their end are the same.
fn take(pieces: &mut Vec<Piece>, removed: &mut String, added: &mut String) {
    let blanks = |text: &str| text[text.trim_end().len()..].to_owned();
    let end = blanks(removed);
    let is_shared = !end.is_empty() && end == blanks(added);
    for (part, text) in [(Part::Removed, removed), (Part::Added, added)] {
        if is_shared {
            text.truncate(text.len() - end.len());
        }
        if !text.is_empty() {
            push(pieces, part, text);
            text.clear();
        }
    }
    if is_shared {
        push(pieces, Part::Same, &end);
    }
}

fn push(pieces: &mut Vec<Piece>, part: Part, text: &str) {
    match pieces.last_mut().filter(|last| last.part == part) {
        Some(last) => last.text.push_str(text),
        None => pieces.push(Piece { part, text: text.to_owned() }),
    }
}
