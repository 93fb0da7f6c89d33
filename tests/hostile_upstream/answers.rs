//! Answers that come whole, and are not what upstream should send.

use super::*;
use crate::server::{bytes, reply};

#[test]
fn a_page_that_says_404_changes_nothing() {
    let page = "<!doctype html><title>404 Not Found</title>";
    let known = Known::go();
    known.assert_refuses(
        bytes(reply("404 Not Found", "content-type: text/html\r\n", page)),
        "the answer was 404 Not Found",
    );
    known.assert_refuses(
        bytes(reply("200 OK", "content-type: text/html\r\n", page)),
        "the reply is a web page, not data",
    );
}

#[test]
fn an_answer_is_judged_by_what_it_holds_not_by_the_type_that_it_claims() {
    let known = Known::go();
    let picture = reply("200 OK", "content-type: application/json\r\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    known.assert_refuses(bytes(picture), "the reply is not JSON: expected value at line 1 column 1");
    let page = reply("200 OK", "content-type: application/json\r\n", "<html>");
    known.assert_refuses(bytes(page), "the reply is a web page, not data");
    let tried = known.try_with(bytes(reply("200 OK", "content-type: text/html\r\n", list(&releases()))));
    assert_eq!(tried.run, Run { code: 0, out: String::new(), err: "wrote upshift.lock\n".to_owned() });
    assert_eq!(tried.lock, known.lock_of_later());
}

#[test]
fn an_error_with_the_status_200_changes_nothing() {
    let index = r#"{"8": {"supported_versions": ["8.4", "8.5"]}}"#;
    let list = r#"{"8.5.7": {"date": "04 Jun 2026", "tags": ["security"]}}"#;
    let error = r#"{"error": "Unknown version"}"#;
    let answer = |index: &'static str, old: &'static str| -> Answer {
        Box::new(move |head, stream| {
            let body = match head {
                head if head.contains("version=8.5") => list,
                head if head.contains("version=8.4") => old,
                _ => index,
            };
            good(body)(head, stream)
        })
    };
    let known = Known::new(
        "",
        "{ php: {} }",
        "php of go: https://www.php.net/releases/index.php?json",
        "/www.php.net/",
        answer(index, "[]"),
    );
    assert!(known.lock.contains("\n\"8.5.7\" = { php = { date = 2026-06-04, security = true } }\n"), "{}", known.lock);
    known.assert_refuses(answer(error, "[]"), "upstream says: Unknown version");
    known.assert_refuses(answer(index, error), "upstream says: Unknown version");
}

#[test]
fn text_that_is_not_utf_8_changes_nothing() {
    let known = Known::go();
    let text = b"[{\"version\": \"go1.27.\xff\", \"stable\": true}]";
    known.assert_refuses(good(text), "the reply is not JSON: invalid unicode code point at line 1 column 22");
}

#[test]
fn lists_in_lists_ten_thousand_deep_change_nothing() {
    let known = Known::go();
    let message = "the reply is not JSON: recursion limit exceeded at line 1 column 128";
    known.assert_refuses(good(["[".repeat(10_000), "]".repeat(10_000)].concat()), message);
}

/// What an update says when the list begins with these entries; nothing of them is in the lock.
#[track_caller]
fn assert_skips(entries: &[String], expected: &str) {
    let known = Known::go();
    let tried = known.try_with(good(list(&[entries, &releases()].concat())));
    let err = format!("{expected}wrote upshift.lock\n");
    assert_eq!(tried.run, Run { code: 0, out: String::new(), err });
    let without_source =
        |lock: &str| lock.lines().filter(|line| !line.starts_with("go = {")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(without_source(&tried.lock), without_source(&known.lock_of_later()));
}

fn versions(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("{{\"version\": {}, \"stable\": true}}", serde_json::Value::from(*name))).collect()
}

#[test]
fn a_version_with_control_characters_is_left_out_and_shown_tamed() {
    assert_skips(
        &versions(&["go1.27.0\u{1b}[31m", "go1.27.0\u{1b}]0;title\u{7}", "go1.27.0\n\"x\" = {}", "go1.27.\u{202e}0"]),
        "skipped: go from go: entry 1: `go1.27.0\\u{1b}[31m` holds spaces or control characters
skipped: go from go: entry 2: `go1.27.0\\u{1b}]0;title\\u{7}` holds spaces or control characters
skipped: go from go: entry 3: `go1.27.0\\u{a}\"x\" = {}` holds spaces or control characters
skipped: go from go: entry 4: `go1.27.\\u{202e}0` holds spaces or control characters
",
    );
}

#[test]
fn a_version_with_markup_is_left_out() {
    assert_skips(
        &versions(&["go1.27.0<script>alert(1)</script>", "go1.27.0`](javascript:alert(1))", "go1.27.0{{x}}"]),
        "skipped: go from go: `1.27.0<script>alert(1)</script>` is not a version in the scheme `go`: numbers are decimal, without leading zeros, and below 2^64
skipped: go from go: `1.27.0'](javascript:alert(1))` is not a version in the scheme `go`: numbers are decimal, without leading zeros, and below 2^64
skipped: go from go: `1.27.0{{x}}` is not a version in the scheme `go`: numbers are decimal, without leading zeros, and below 2^64
",
    );
}

#[test]
fn a_version_of_a_megabyte_is_left_out_and_cut_short() {
    let nines = "9".repeat(1_000_000);
    let expected = format!("skipped: go from go: entry 1: `go1.{}…` is too long for a name\n", &nines[..56]);
    assert_skips(&versions(&[&format!("go1.{nines}")]), &expected);
}

#[test]
fn a_release_that_is_listed_twice_counts_once() {
    assert_skips(&versions(&["go1.26.7"]), "skipped: go from go: entry 6: `1.26.7` is listed twice\n");
}

#[test]
fn a_list_that_shrinks_to_nothing_is_not_believed() {
    let known = Known::go();
    known.assert_refuses(good("[]"), "the reply lists nothing that can be read");
}

#[test]
fn a_list_that_shrinks_to_less_than_half_is_not_believed() {
    let known = Known::go();
    known.assert_refuses(
        good(list(&releases()[..5])),
        "the reply lists 5 releases where 12 were known; if that is right, delete the runtime from the lock and update again",
    );
}

#[test]
fn a_field_that_becomes_another_one_costs_that_field_alone() {
    let known = Known::go();
    let tried = known.try_with(good(list(&releases()).replacen("true", "\"yes\"", 1)));
    let err = "skipped: go from go: `1.26.11`, field `stable`: it is neither true nor false\nwrote upshift.lock\n";
    assert_eq!(tried.run, Run { code: 0, out: String::new(), err: err.to_owned() });
    known.assert_refuses(
        good(list(&releases()).replace("\"version\"", "\"name\"")),
        "the reply lists nothing that can be read",
    );
    known.assert_refuses(
        good(format!("{{\"releases\": {}}}", list(&releases()))),
        "the reply is not what this source sends: invalid type: map, expected a sequence at line 1 column 0",
    );
}

/// Twelve lines with their ends of life, as endoflife.date lists them.
fn lines() -> String {
    let line = |minor| format!(r#"{{"name": "1.{minor}", "isEol": true, "eolFrom": "2024-02-{minor}"}}"#);
    format!(r#"{{"result": {{"releases": [{}]}}}}"#, (10..22).map(line).collect::<Vec<_>>().join(", "))
}

#[test]
fn days_that_all_become_something_else_are_not_taken_for_unknown() {
    let source = "endoflife:golang of go: https://endoflife.date/api/v1/products/golang";
    let place = "/endoflife.date/api/v1/products/golang";
    let known = Known::new("", "{ endoflife: { product: golang } }", source, place, good(lines()));
    let message = "the reply lists 0 ends of life where 12 were known; if that is right, delete the runtime from the lock and update again";
    // The field is gone.
    known.assert_refuses(good(lines().replace("eolFrom", "endOfLife")), message);
    // The field is there, and holds something else.
    let tried = known.try_with(good(lines().replace("2024-02-", "February ")));
    let skipped: String = (10..22)
        .map(|minor| {
            format!(
                "skipped: go from endoflife:golang: `1.{minor}`, field `eolFrom`: `February {minor}` is not a date\n"
            )
        })
        .collect();
    let run = Run { err: tried.run.err.replace(&skipped, ""), ..tried.run.clone() };
    assert!(tried.run.err.starts_with(&skipped), "{}", tried.run.err);
    known.assert_kept(&Tried { run, ..tried }, message);
}
