//! Checks single values from upstream: a name, a date, an address. Must not let through what a page or a terminal trips over.

use jiff::civil::Date;

use crate::model::quote::{is_hidden, quote};

/// The longest version or line, in bytes.
const LONGEST_NAME: usize = 128;

/// The longest address, in bytes.
const LONGEST_URL: usize = 2048;

/// Checks the name of a version or a line.
pub(super) fn parse_name(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("the name is empty".to_owned());
    }
    if text.len() > LONGEST_NAME {
        return Err(format!("{} is too long for a name", quote(text)));
    }
    if text.chars().any(|c| is_hidden(c) || c.is_whitespace()) {
        return Err(format!("{} holds spaces or control characters", quote(text)));
    }
    Ok(text.to_owned())
}

/// Checks a date of the form `2026-08-19`.
pub(super) fn parse_date(text: &str) -> Result<Date, String> {
    let shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let date = if shaped { text.parse::<Date>().ok() } else { None };
    date.filter(|date| (1970..=9999).contains(&date.year())).ok_or_else(|| format!("{} is not a date", quote(text)))
}

/// Checks an address of a page.
pub(super) fn parse_url(text: &str) -> Result<String, String> {
    let fail = || Err(format!("{} is not an http address", quote(text)));
    let odd = |c: char| {
        is_hidden(c) || c.is_whitespace() || matches!(c, '"' | '<' | '>' | '`' | '\\' | '{' | '}' | '|' | '^')
    };
    if text.len() > LONGEST_URL || text.chars().any(odd) {
        return fail();
    }
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || host.contains('@') { fail() } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_good_values_as_they_are() {
        assert_eq!(parse_name("1.21.0+13-LTS"), Ok("1.21.0+13-LTS".to_owned()));
        assert_eq!(parse_date("2024-02-29").map(|date| date.to_string()), Ok("2024-02-29".to_owned()));
        let url = "https://go.dev/doc/devel/release#go1.25.minor";
        assert_eq!(parse_url(url), Ok(url.to_owned()));
    }

    #[test]
    fn refuses_bad_values_in_one_short_line() {
        let long = "x".repeat(1_000_000);
        for text in ["", "a b", "a\n", "\u{1b}[31m", "\u{202e}1", &long] {
            let error = parse_name(text).unwrap_err();
            assert!(error.chars().count() < 200 && !error.contains(char::is_control), "{error}");
        }
        for text in [
            "",
            "2026-02-30",
            "2026-8-1",
            "20260819",
            "2026-08-19T00:00:00Z",
            "0000-01-01",
            "-001-01-01",
            "never",
            &long,
        ] {
            assert!(parse_date(text).unwrap_err().chars().count() < 200, "{text:.20}");
        }
        for text in [
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://",
            "//x.org",
            "https://a:b@x.org",
            "https://x.org/\n",
            "https://x.org/\"onload=",
            &long,
        ] {
            assert!(parse_url(text).unwrap_err().chars().count() < 200, "{text:.20}");
        }
    }
}
