//! Statuses other than 200: what is tried again, and when, and what is said in the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const DATE: &str = "Sat, 22 Aug 2026 09:00:00 GMT";
/// The same moment, as a unix time.
const NOW: u64 = 1_787_389_200;

fn refusal(code: u16, headers: &[(&str, &str)]) -> ResponseTemplate {
    headers.iter().fold(ResponseTemplate::new(code), |made, (name, value)| made.insert_header(*name, *value))
}

/// What is said in the end, and after how many requests.
fn outcome(template: ResponseTemplate) -> (String, usize) {
    run(async {
        let server = MockServer::start().await;
        answer(&server, template).await;
        let error = http(&server.uri()).fetch(&get(URL)).await.unwrap_err();
        (error.to_string(), server.received_requests().await.unwrap().len())
    })
}

#[test]
fn does_not_try_again_what_is_refused_for_good() {
    for (code, expected) in [
        (204, "the answer was 204 No Content"),
        (304, "the answer was 304 Not Modified"),
        (400, "the answer was 400 Bad Request"),
        (401, "the answer was 401 Unauthorized"),
        (403, "the answer was 403 Forbidden"),
        (404, "the answer was 404 Not Found"),
        (410, "the answer was 410 Gone"),
        (501, "the answer was 501 Not Implemented"),
        (799, "the answer was 799 unknown status"),
    ] {
        let page = ResponseTemplate::new(code).set_body_string("<html>no such page</html>");
        assert_eq!(outcome(page), (format!("`{URL}`: {expected}"), 1));
    }
}

#[test]
fn tries_three_times_what_may_pass() {
    for (code, expected) in [
        (429, "the answer was 429 Too Many Requests"),
        (500, "the answer was 500 Internal Server Error"),
        (502, "the answer was 502 Bad Gateway"),
        (503, "the answer was 503 Service Unavailable"),
        (504, "the answer was 504 Gateway Timeout"),
    ] {
        assert_eq!(outcome(ResponseTemplate::new(code)), (format!("`{URL}`: {expected}"), 3));
    }
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let server = serve(move |_, stream| {
        counted.fetch_add(1, Ordering::SeqCst);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[");
    });
    assert!(matches!(run(http(&server).fetch(&get(URL))), Err(HttpError { fault: Fault::Broken(_), .. })));
    assert_eq!(count.load(Ordering::SeqCst), 3);
}

#[test]
fn an_answer_that_comes_late_is_as_good() {
    run(async {
        for refused in [
            refusal(429, &[("retry-after", "0")]),
            refusal(503, &[("date", DATE), ("retry-after", DATE)]),
            refusal(403, &[("x-ratelimit-remaining", "0")]),
            refusal(403, &[("date", DATE), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1787389199")]),
        ] {
            let server = MockServer::start().await;
            Mock::given(any()).respond_with(refused).up_to_n_times(2).expect(2).mount(&server).await;
            answer(&server, ResponseTemplate::new(200).set_body_string("late")).await;
            assert_eq!(http(&server.uri()).fetch(&get(URL)).await.unwrap().body, b"late");
        }
    });
}

#[test]
fn gives_up_on_an_upstream_that_asks_for_more_time_than_there_is() {
    let later = (NOW + 3600).to_string();
    let later = later.as_str();
    let too_often = "the answer was 429 Too Many Requests; it asks to wait for 3600 s";
    let forbidden = "the answer was 403 Forbidden, since it was asked too often; it asks to wait for 3600 s";
    for (code, headers, expected) in [
        (429, &[("retry-after", "3600")][..], too_often),
        (429, &[("date", DATE), ("retry-after", "Sat, 22 Aug 2026 10:00:00 GMT")], too_often),
        (429, &[("date", DATE), ("x-retry-after", later)], too_often),
        (429, &[("date", DATE), ("ratelimit-reset", later)], too_often),
        (429, &[("ratelimit-reset", "3600"), ("ratelimit-remaining", "0")], too_often),
        (429, &[("date", DATE), ("x-ratelimit-reset", later)], too_often),
        (403, &[("date", DATE), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", later)], forbidden),
        (403, &[("retry-after", "3600")], forbidden),
        (503, &[("retry-after", "3600")], "the answer was 503 Service Unavailable; it asks to wait for 3600 s"),
    ] {
        assert_eq!(outcome(refusal(code, headers)), (format!("`{URL}`: {expected}"), 1), "{headers:?}");
    }
}

#[test]
fn takes_nothing_for_a_limit_that_is_none() {
    let later = (NOW + 3600).to_string();
    for (code, headers, expected, requests) in [
        // May not ask at all, with some of the limit left.
        (403, &[("date", DATE), ("x-ratelimit-remaining", "7"), ("x-ratelimit-reset", &later)][..], "403 Forbidden", 1),
        // Another limit than the one whose end is told.
        (
            429,
            &[("date", DATE), ("x-ratelimit-remaining", "7"), ("x-ratelimit-reset", &later)],
            "429 Too Many Requests",
            3,
        ),
        // A time, and no time to hold it against: wiremock sends no date of its own when one is set.
        (429, &[("date", "today"), ("x-retry-after", &later)], "429 Too Many Requests", 3),
        (429, &[("retry-after", "soon")], "429 Too Many Requests", 3),
        (429, &[("retry-after", "-1")], "429 Too Many Requests", 3),
        (429, &[("retry-after", "99999999999999999999")], "429 Too Many Requests", 3),
        (404, &[("date", DATE), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &later)], "404 Not Found", 1),
    ] {
        assert_eq!(
            outcome(refusal(code, headers)),
            (format!("`{URL}`: the answer was {expected}"), requests),
            "{headers:?}"
        );
    }
}
