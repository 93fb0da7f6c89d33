//! PHP: turns `8.5.0RC1` into a key that orders as `version_compare` does
//! (<https://www.php.net/manual/function.version-compare.php>).
//!
//! `dev < alpha < beta < RC < release < pl`, in capitals or not, with `-`, `_`, `+` or `.` between or nothing.

use super::key::{Key, Mark};
use super::reader::Reader;
use super::scheme::Rules;

pub(super) const RULES: Rules = Rules { prefixes: &["php-", "v"], ..Rules::new("php", parse) };

fn parse(text: &str) -> Result<Key, &'static str> {
    const SHAPE: &str = "it needs three numbers, and then may have `alpha1`, `beta1`, `RC1`, `pl1` or `-dev`";
    let mut reader = Reader::new(text);
    let numbers = reader.numbers()?;
    if numbers.len() != 3 {
        return Err(SHAPE);
    }
    let mut marks = Vec::new();
    while !reader.is_done() {
        reader.skip(&['-', '_', '+', '.']);
        let word = reader.word();
        reader.skip_before_digit(&['.']);
        let number = reader.number()?;
        marks.push(match (word.as_str(), number) {
            ("dev", number) => Mark::Dev(number.unwrap_or(0)),
            ("alpha" | "a", Some(number)) => Mark::Alpha(number),
            ("beta" | "b", Some(number)) => Mark::Beta(number),
            ("rc", Some(number)) => Mark::Candidate(number),
            ("pl" | "p", Some(number)) => Mark::Then(number),
            _ => return Err(SHAPE),
        });
    }
    Ok(Key::new(numbers, marks))
}
