//! The words that changed in a text, on one line: what a sentence about it ends with.

use crate::model::changes::{Part, Piece};

/// How many words an excerpt shows around what changed, and how many characters in all.
const AROUND: usize = 3;
const LONGEST_EXCERPT: usize = 200;

/// The first things that changed with a few words around them, on one line, as `git diff --word-diff` marks them:
/// `raise it to [-1.26.7-]{+1.27.0+} in ...`.
#[must_use]
pub fn to_excerpt(pieces: &[Piece]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut length = 0;
    for (at, piece) in pieces.iter().enumerate() {
        let words: Vec<&str> = piece.text.split_whitespace().collect();
        let part = match piece.part {
            _ if words.is_empty() => continue,
            Part::Removed => format!("[-{}-]", cut(&words)),
            Part::Added => format!("{{+{}+}}", cut(&words)),
            Part::Same => {
                let head = if at == 0 { 0 } else { AROUND };
                let tail = if at + 1 == pieces.len() { 0 } else { AROUND };
                shorten(&words, head, tail)
            }
        };
        length += part.len();
        if length > LONGEST_EXCERPT && !parts.is_empty() {
            parts.push("...".to_owned());
            break;
        }
        parts.push(part);
    }
    parts.join(" ")
}

/// Words, as many as an excerpt has room for.
fn cut(words: &[&str]) -> String {
    let text = words.join(" ");
    match text.char_indices().nth(LONGEST_EXCERPT / 2) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// The first and last words of several.
fn shorten(words: &[&str], head: usize, tail: usize) -> String {
    if words.len() <= head + tail {
        return words.join(" ");
    }
    let (head, tail) = (&words[..head], &words[words.len() - tail..]);
    [head, &["..."], tail].concat().join(" ")
}
