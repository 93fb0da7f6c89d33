//! Numbers of things, in words.

/// `1 task`, `2 tasks`.
#[must_use]
pub fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}
