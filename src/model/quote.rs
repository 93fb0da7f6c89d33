//! Turns text from outside into something fit for a one-line message: short, printable, in backticks.

use std::fmt::Write as _;

/// The most characters of a foreign name that a message repeats.
const LONGEST_NAME: usize = 60;

/// The most characters of a foreign sentence that a message repeats.
const LONGEST_SENTENCE: usize = 160;

/// Quotes a text in backticks for a message: about 60 characters at most, with control and direction characters escaped.
#[must_use]
pub fn quote(text: &str) -> String {
    format!("`{}`", shorten(text, LONGEST_NAME))
}

/// Shortens a sentence to about 160 characters and escapes what a terminal or a reader could mistake.
#[must_use]
pub fn clean(text: &str) -> String {
    shorten(text, LONGEST_SENTENCE)
}

/// What a character is shown as counts, not the character: a text may hold nothing but what must be escaped.
fn shorten(text: &str, longest: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    for c in text.chars() {
        if length >= longest {
            out.push('…');
            break;
        }
        let before = out.len();
        if is_hidden(c) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(if c == '`' { '\'' } else { c });
        }
        length += out[before..].chars().count();
    }
    out
}

/// Says whether a character is invisible or changes how its neighbours are shown: controls, direction marks, joiners.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_plain_text_and_tames_the_rest() {
        for (text, expected) in [
            ("1.26.7", "`1.26.7`"),
            ("", "``"),
            ("a\u{1b}[31mb\n", "`a\\u{1b}[31mb\\u{a}`"),
            ("a\u{202e}b", "`a\\u{202e}b`"),
            ("a`b", "`a'b`"),
        ] {
            assert_eq!(quote(text), expected);
        }
    }

    #[test]
    fn shortens_a_long_text() {
        let quoted = quote(&"x".repeat(1_000_000));
        assert_eq!(quoted, format!("`{}…`", "x".repeat(60)));
        assert_eq!(quote(&"\u{202e}".repeat(1_000_000)), format!("`{}…`", "\\u{202e}".repeat(8)));
    }
}
