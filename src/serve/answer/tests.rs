//! Requests of all sorts to a small site.

use std::sync::Arc;

use axum::body::to_bytes;
use tokio::sync::watch::channel;

use super::*;

const SITE: [(&str, &str); 4] = [
    ("index.html", "<html><body>home</body></html>"),
    ("go/index.html", "<html><body>go</body></html>"),
    ("api/index.json", "{}"),
    ("404.html", "<html><body>lost</body></html>"),
];

fn shown(pages: &[(&str, &str)]) -> Shown {
    let site = pages.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    Shown { version: 3, pages: 2, site: Arc::new(site), problems: Arc::from("error: a < b") }
}

fn ask(shown: Shown, method: &str, host: &str, path: &str) -> (u16, Response<()>, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (_sender, seen) = channel(shown);
        let request = Request::builder().method(method).uri(path).header(HOST, host).body(Body::empty()).unwrap();
        let (parts, body) = answer(State(Desk { port: 4000, seen }), request).await.into_parts();
        let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
        (parts.status.as_u16(), Response::from_parts(parts, ()), text)
    })
}

#[test]
fn answers_its_own_hosts_and_two_methods_only() {
    for (method, host, expected) in [
        ("GET", "localhost:4000", 200),
        ("HEAD", "127.0.0.1:4000", 200),
        ("GET", "localhost", 421),
        ("GET", "127.0.0.1:4001", 421),
        ("GET", "evil.example:4000", 421),
        ("GET", "localhost:4000.evil.example", 421),
        ("POST", "localhost:4000", 405),
        ("OPTIONS", "localhost:4000", 405),
    ] {
        assert_eq!(ask(shown(&SITE), method, host, "/").0, expected, "{method} {host}");
    }
}

#[test]
fn finds_pages_and_refuses_paths_that_no_page_can_have() {
    for (path, expected) in [
        ("/", 200),
        ("/index.html", 200),
        ("/go/", 200),
        ("/g%6f/", 200),
        ("/go", 308),
        ("/api/index.json", 200),
        ("/nothing", 404),
        ("/go/../index.html", 404),
        ("/%2e%2e/index.html", 404),
        ("/go/%2e%2e/index.html", 404),
        ("/go%2findex.html", 404),
        ("/go%2Findex.html", 404),
        ("/..%5cindex.html", 404),
        ("//go/", 404),
        ("/go//index.html", 404),
        ("/%00", 404),
        ("/%", 404),
        ("/%zz", 404),
        ("/%ff", 404),
        ("/g%256f/", 404),
    ] {
        assert_eq!(ask(shown(&SITE), "GET", "localhost:4000", path).0, expected, "{path}");
    }
    let (_, moved, _) = ask(shown(&SITE), "GET", "localhost:4000", "/go");
    assert_eq!(moved.headers()[LOCATION], "./go/");
}

#[test]
fn adds_the_script_to_pages_once_and_to_nothing_else() {
    let script = "<script src=\"/.upshift/reload.js?pages=2\" defer></script>";
    for (path, expected) in [
        ("/", format!("<html><body>home{script}</body></html>")),
        ("/nothing", format!("<html><body>lost{script}</body></html>")),
        ("/api/index.json", "{}".to_owned()),
    ] {
        let (_, response, text) = ask(shown(&SITE), "GET", "localhost:4000", path);
        assert_eq!(text, expected, "{path}");
        for (name, value) in HEADERS {
            assert_eq!(response.headers()[&name], value, "{path}");
        }
    }
}

#[test]
fn shows_problems_while_there_are_no_pages_and_tells_them_as_news() {
    let (status, _, text) = ask(shown(&[]), "GET", "localhost:4000", "/go/");
    assert_eq!(status, 503);
    assert!(text.contains("error: a &lt; b"), "{text}");
    let (_, _, news) = ask(shown(&SITE), "GET", "localhost:4000", "/.upshift/events?after=2");
    assert_eq!(news, r#"{"pages":2,"problems":"error: a < b","version":3}"#);
}
