//! Servers on loopback that answer well, oddly and badly.

use std::future::Future;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread;

use wiremock::matchers::{any, header, header_exists, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;

const URL: &str = "https://go.dev/dl/?mode=json";

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn options(mirror: &str) -> Options {
    Options {
        mirror: Some(mirror.to_owned()),
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(900),
        ..Options::default()
    }
}

fn get(url: &str) -> Request {
    Request { largest: 100_000, ..Request::get(url) }
}

fn http(mirror: &str) -> Http {
    Http::new(options(mirror)).unwrap()
}

async fn answer(server: &MockServer, template: ResponseTemplate) {
    Mock::given(any()).respond_with(template).mount(server).await;
}

/// Answers every connection with the same bytes, whatever they are.
fn serve_raw(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(bytes);
        }
    });
    address
}

#[test]
fn fetches_a_body_over_the_mirror_and_records_the_true_address() {
    run(async {
        let server = MockServer::start().await;
        Mock::given(path("/go.dev/dl/"))
            .and(query_param("mode", "json"))
            .and(header("user-agent", concat!("upshift/", env!("CARGO_PKG_VERSION"))))
            .respond_with(ResponseTemplate::new(200).set_body_string("[]").insert_header("etag", "\"x\""))
            .expect(1)
            .mount(&server)
            .await;
        let reply = http(&server.uri()).fetch(&get(URL)).await.unwrap();
        let expected = Reply {
            asked: URL.to_owned(),
            url: URL.to_owned(),
            content_type: Some("text/plain".to_owned()),
            etag: Some("\"x\"".to_owned()),
            body: b"[]".to_vec(),
            ..Reply::default()
        };
        assert_eq!(reply, expected);
    });
}

#[test]
fn says_the_status_of_a_refusal_and_does_not_ask_again() {
    run(async {
        for (code, expected) in [
            (404, "`https://go.dev/dl/?mode=json`: the answer was 404 Not Found"),
            (204, "`https://go.dev/dl/?mode=json`: the answer was 204 No Content"),
            (304, "`https://go.dev/dl/?mode=json`: the answer was 304 Not Modified"),
        ] {
            let server = MockServer::start().await;
            let page = ResponseTemplate::new(code).set_body_string("<html>no such page</html>");
            Mock::given(any()).respond_with(page).expect(1).mount(&server).await;
            assert_eq!(http(&server.uri()).fetch(&get(URL)).await.unwrap_err().to_string(), expected);
        }
    });
}

#[test]
fn waits_as_asked_and_tries_again() {
    run(async {
        let date = ("date", "Sat, 22 Aug 2026 09:00:00 GMT");
        let waits = [ResponseTemplate::new(429).insert_header("retry-after", "0"), ResponseTemplate::new(503), {
            ResponseTemplate::new(503)
                .insert_header(date.0, date.1)
                .insert_header("retry-after", "Sat, 22 Aug 2026 09:00:00 GMT")
        }];
        for wait in waits {
            let server = MockServer::start().await;
            Mock::given(any()).respond_with(wait).up_to_n_times(2).expect(2).mount(&server).await;
            answer(&server, ResponseTemplate::new(200).set_body_string("late")).await;
            assert_eq!(http(&server.uri()).fetch(&get(URL)).await.unwrap().body, b"late");
        }
    });
}

#[test]
fn gives_up_after_its_retries_or_when_asked_to_wait_too_long() {
    run(async {
        for (template, requests, expected) in [
            (ResponseTemplate::new(503), 3, "`https://go.dev/dl/?mode=json`: the answer was 503 Service Unavailable"),
            (
                ResponseTemplate::new(429).insert_header("retry-after", "3600"),
                1,
                "`https://go.dev/dl/?mode=json`: the answer was 429 Too Many Requests; it asks to wait for 3600 s",
            ),
        ] {
            let server = MockServer::start().await;
            Mock::given(any()).respond_with(template).expect(requests).mount(&server).await;
            assert_eq!(http(&server.uri()).fetch(&get(URL)).await.unwrap_err().to_string(), expected);
        }
    });
}

#[test]
fn stops_at_the_size_limit_even_when_compressed() {
    run(async {
        let server = MockServer::start().await;
        answer(&server, ResponseTemplate::new(200).set_body_bytes(vec![b' '; 100_001])).await;
        let expected = "`https://go.dev/dl/?mode=json`: the answer is larger than 100000 bytes";
        assert_eq!(http(&server.uri()).fetch(&get(URL)).await.unwrap_err().to_string(), expected);

        let server = MockServer::start().await;
        let bomb = include_bytes!("../../tests/upstream/bomb.gz");
        assert!(bomb.len() < 20_000);
        answer(
            &server,
            ResponseTemplate::new(200).set_body_bytes(bomb.to_vec()).insert_header("content-encoding", "gzip"),
        )
        .await;
        assert_eq!(http(&server.uri()).fetch(&get(URL)).await.unwrap_err().to_string(), expected);
    });
}

#[test]
fn stops_when_upstream_is_slow() {
    run(async {
        let server = MockServer::start().await;
        answer(&server, ResponseTemplate::new(200).set_delay(Duration::from_secs(30))).await;
        let http = Http::new(Options { timeout: Duration::from_millis(50), ..options(&server.uri()) }).unwrap();
        let error = http.fetch(&get(URL)).await.unwrap_err();
        assert_eq!(error.to_string(), "`https://go.dev/dl/?mode=json`: no complete answer within 0.05 s");
    });
}

#[test]
fn says_when_nobody_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mirror = format!("http://user:hunter2@{}", listener.local_addr().unwrap());
    drop(listener);
    let error = run(http(&mirror).fetch(&get(URL))).unwrap_err().to_string();
    assert!(error.starts_with("`https://go.dev/dl/?mode=json`: no connection: "), "{error}");
    assert!(!error.contains("hunter2") && error.chars().count() < 200);
}

#[test]
fn refuses_a_body_that_breaks_off() {
    for bytes in [
        &b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[{\"version\""[..],
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n[{\"ve\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 10\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\x03",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n[{}]",
        b"",
        b"SSH-2.0-server\r\n",
    ] {
        let error = run(http(&serve_raw(bytes)).fetch(&get(URL))).unwrap_err();
        assert!(matches!(error.fault, Fault::Broken(_)), "{error}");
        assert!(error.to_string().chars().count() < 200);
    }
}

#[test]
fn follows_redirects_within_limits() {
    run(async {
        let server = MockServer::start().await;
        let redirect = |to: &str| ResponseTemplate::new(301).insert_header("location", to);
        for (from, to) in [
            ("/endoflife.date/golang", "/go"),
            ("/endoflife.date/loop", "/loop"),
            ("/endoflife.date/plain", "http://endoflife.date/go?token=hunter2"),
            ("/endoflife.date/bad", "https://"),
            ("/endoflife.date/file", "file:///etc/passwd"),
        ] {
            Mock::given(path(from)).respond_with(redirect(to)).mount(&server).await;
        }
        Mock::given(path("/endoflife.date/none")).respond_with(ResponseTemplate::new(302)).mount(&server).await;
        Mock::given(path("/endoflife.date/go"))
            .respond_with(ResponseTemplate::new(200).set_body_string("ok"))
            .mount(&server)
            .await;
        let http = http(&server.uri());
        let reply = http.fetch(&get("https://endoflife.date/golang")).await.unwrap();
        assert_eq!((reply.body.as_slice(), reply.url.as_str()), (&b"ok"[..], "https://endoflife.date/go"));
        for (place, expected) in [
            ("loop", "it redirects more than 5 times"),
            ("plain", "it redirects to `http://endoflife.date/go?token=***`, which is not https"),
            ("bad", "it redirects to something that is not an address"),
            ("file", "it redirects to `file:///etc/passwd`, which is not https"),
            ("none", "it redirects to nowhere"),
        ] {
            let url = format!("https://endoflife.date/{place}");
            assert_eq!(http.fetch(&get(&url)).await.unwrap_err().to_string(), format!("`{url}`: {expected}"));
        }
    });
}

#[test]
fn asks_for_https_only() {
    let http = Http::new(Options::default()).unwrap();
    for (url, expected) in [
        ("http://go.dev/", "`http://go.dev/`: it is not an https address"),
        ("file:///etc/passwd", "`file:///etc/passwd`: it is not an https address"),
        ("go.dev", "`an address`: it cannot be read"),
    ] {
        assert_eq!(run(http.fetch(&get(url))).unwrap_err().to_string(), expected);
    }
}

#[test]
fn uses_the_cached_body_when_upstream_says_that_it_is_current() {
    let folder = tempfile::tempdir().unwrap();
    let cached = |server: &MockServer, folder: &Path| {
        Http::new(Options { cache: Some(folder.to_owned()), ..options(&server.uri()) }).unwrap()
    };
    run(async {
        let server = MockServer::start().await;
        Mock::given(header("if-none-match", "\"v1\""))
            .respond_with(ResponseTemplate::new(304))
            .expect(2)
            .mount(&server)
            .await;
        let full = ResponseTemplate::new(200).set_body_string("body").insert_header("etag", "\"v1\"");
        Mock::given(any()).respond_with(full).expect(1).mount(&server).await;
        let first = cached(&server, folder.path()).fetch(&get(URL)).await.unwrap();
        assert!(!first.not_modified);
        for _ in 0..2 {
            let again = cached(&server, folder.path()).fetch(&get(URL)).await.unwrap();
            assert_eq!(again, Reply { not_modified: true, ..first.clone() });
        }
    });
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test damages files")]
fn asks_in_full_when_the_cache_is_damaged_and_lives_without_one() {
    run(async {
        let server = MockServer::start().await;
        Mock::given(header_exists("if-none-match"))
            .respond_with(ResponseTemplate::new(304))
            .expect(0)
            .mount(&server)
            .await;
        let full = ResponseTemplate::new(200).set_body_string("body").insert_header("etag", "\"v1\"");
        Mock::given(any()).respond_with(full).expect(3).mount(&server).await;
        let folder = tempfile::tempdir().unwrap();
        let with = |cache: PathBuf| Http::new(Options { cache: Some(cache), ..options(&server.uri()) }).unwrap();
        let http = with(folder.path().to_owned());
        assert_eq!(http.fetch(&get(URL)).await.unwrap().body, b"body");
        for file in std::fs::read_dir(folder.path()).unwrap() {
            std::fs::write(file.unwrap().path(), "00\n{}\nother").unwrap();
        }
        assert_eq!(http.fetch(&get(URL)).await.unwrap().body, b"body");
        let file = folder.path().join("a file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(with(file).fetch(&get(URL)).await.unwrap().body, b"body");
    });
}
