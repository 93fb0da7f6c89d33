//! Checks single values from upstream: a name, a date, an address. Must not let through what a page or a terminal trips over.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::quote::{is_hidden, quote};

/// The longest version or line, in bytes.
const LONGEST_NAME: usize = 128;

/// The longest time, in bytes: down to nanoseconds.
const LONGEST_TIME: usize = 35;

/// The longest address, in bytes.
const LONGEST_URL: usize = 2048;

/// The most characters of a summary.
const LONGEST_SUMMARY: usize = 200;

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

/// Checks a time of the form `2026-08-19T09:00:00Z`, and takes the day of it as upstream writes it.
pub(super) fn parse_time(text: &str) -> Result<Date, String> {
    let is_time = text.len() <= LONGEST_TIME && text.parse::<Timestamp>().is_ok();
    let day = if is_time { text.get(..10) } else { None };
    day.and_then(|day| parse_date(day).ok()).ok_or_else(|| format!("{} is not a time", quote(text)))
}

/// Checks the id of an advisory: `GO-2026-4602`. It is fit for the path of an address.
pub(super) fn parse_id(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    let fits = text.len() <= LONGEST_NAME && text.chars().all(plain) && text.starts_with(|c: char| c.is_alphanumeric());
    if fits { Ok(text.to_owned()) } else { Err(format!("{} is not the id of an advisory", quote(text))) }
}

/// Makes one short line of a text.
pub(super) fn to_summary(text: &str) -> Option<String> {
    let mut out = String::new();
    for (at, word) in
        text.split(|c: char| c.is_whitespace() || is_hidden(c)).filter(|word| !word.is_empty()).enumerate()
    {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(word);
        if let Some((end, _)) = out.char_indices().nth(LONGEST_SUMMARY) {
            out.truncate(end);
            out.push('…');
            break;
        }
    }
    (!out.is_empty()).then_some(out)
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

/// Checks the path of a page of a site, and makes its address of it.
pub(super) fn parse_path(site: &str, path: &str) -> Result<String, String> {
    // Without the slash it could go on with the name of the host.
    if path.starts_with('/') {
        parse_url(&format!("{site}{path}"))
    } else {
        Err(format!("{} is not a path", quote(path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_good_values_as_they_are() {
        assert_eq!(parse_name("1.21.0+13-LTS"), Ok("1.21.0+13-LTS".to_owned()));
        assert_eq!(parse_date("2024-02-29").map(|date| date.to_string()), Ok("2024-02-29".to_owned()));
        for text in ["2026-08-19T09:00:00Z", "2026-08-19T23:59:59.999999999+02:00", "2026-08-19T00:00:00+00:00"] {
            assert_eq!(parse_time(text).map(|date| date.to_string()), Ok("2026-08-19".to_owned()), "{text}");
        }
        let url = "https://go.dev/doc/devel/release#go1.25.minor";
        assert_eq!(parse_url(url), Ok(url.to_owned()));
        assert_eq!(parse_path("https://go.dev", "/doc/devel/release#go1.25.minor"), Ok(url.to_owned()));
    }

    #[test]
    fn a_summary_is_one_short_line() {
        assert_eq!(to_summary(" Panic\n in  \u{1b}[31mFoo\t"), Some("Panic in [31mFoo".to_owned()));
        assert_eq!(to_summary("\n \u{200b}"), None);
        assert_eq!(to_summary(&"x".repeat(100_000)), Some(format!("{}…", "x".repeat(200))));
        let many = to_summary(&"word ".repeat(100_000)).unwrap_or_default();
        assert_eq!(many.chars().count(), 201);
    }

    #[test]
    fn ids_are_fit_for_addresses() {
        assert_eq!(parse_id("GO-2026-4602"), Ok("GO-2026-4602".to_owned()));
        for text in ["", "../x", "a/b", "a b", "-a", "a%2Fb", "a?b"] {
            assert_eq!(parse_id(text), Err(format!("`{text}` is not the id of an advisory")));
        }
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
        for text in ["", "2026-08-19", "2026-08-19T09:00:00", "20260819T090000Z", "-002026-08-19T09:00:00Z", "é", &long]
        {
            assert!(parse_time(text).unwrap_err().chars().count() < 200, "{text:.20}");
        }
        for text in ["", "doc", ".evil.example/", "@evil.example/", "/\"onload=", &long] {
            assert!(parse_path("https://go.dev", text).unwrap_err().chars().count() < 200, "{text:.20}");
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
