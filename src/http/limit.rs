//! Refusals: turns a status and its headers into a fault that says whether to come back, and when.
//!
//! Must not use a clock: dates and unix times are held against the `Date` of the same answer.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use super::error::Fault;

/// Unix times are above this, numbers of seconds below: it was a September day of 2001, or is 31 years.
const FIRST_UNIX_TIME: i64 = 1_000_000_000;

/// What is left of a limit: GitHub's and Docker's word, and GitLab's.
const REMAINING: [&str; 2] = ["x-ratelimit-remaining", "ratelimit-remaining"];

/// When a limit begins anew, by [GitLab](https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/) and
/// [GitHub](https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api).
const RESETS: [&str; 2] = ["ratelimit-reset", "x-ratelimit-reset"];

pub(super) fn to_fault(status: StatusCode, headers: &HeaderMap) -> Fault {
    let code = status.as_u16();
    let remaining = REMAINING.into_iter().find_map(|name| text(headers, name)?.parse::<u64>().ok());
    let asked = asked_wait(headers);
    // GitHub answers 403 to those who ask too often, and also to those who may not ask at all.
    let limited = code == 429 || (code == 403 && (remaining == Some(0) || asked.is_some()));
    let reset = || RESETS.into_iter().find_map(|name| until(headers, name));
    let wait = asked.or_else(|| if limited && remaining.unwrap_or(0) == 0 { reset() } else { None });
    Fault::Status { code, reason: status.canonical_reason().unwrap_or("unknown status"), limited, wait }
}

/// What is asked in so many words, by [RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#field.retry-after) or Docker Hub.
fn asked_wait(headers: &HeaderMap) -> Option<Duration> {
    let date = || since_reply(headers, parse_date(text(headers, RETRY_AFTER.as_str())?)?.as_second());
    until(headers, RETRY_AFTER.as_str()).or_else(date).or_else(|| until(headers, "x-retry-after"))
}

/// Reads a header that holds a number of seconds or a unix time.
fn until(headers: &HeaderMap, name: &str) -> Option<Duration> {
    let number: i64 = text(headers, name)?.parse().ok()?;
    if number >= FIRST_UNIX_TIME {
        return since_reply(headers, number);
    }
    u64::try_from(number).ok().map(Duration::from_secs)
}

fn since_reply(headers: &HeaderMap, unix_time: i64) -> Option<Duration> {
    let now = parse_date(text(headers, DATE.as_str())?)?.as_second();
    Some(Duration::from_secs(u64::try_from(unix_time.saturating_sub(now)).unwrap_or(0)))
}

fn parse_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}
