//! Servers on loopback that answer well, oddly and badly.

mod cached;
mod hostile;
mod refused;
mod registry;
mod sent;
mod turns;

use std::future::Future;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use wiremock::matchers::{any, header, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;

const URL: &str = "https://go.dev/dl/?mode=json";

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Options that wait for nothing.
fn quick() -> Options {
    Options { first_wait: Duration::from_millis(1), longest_wait: Duration::from_millis(900), ..Options::default() }
}

fn options(mirror: &str) -> Options {
    Options { mirror: Some(mirror.to_owned()), ..quick() }
}

fn http(mirror: &str) -> Http {
    Http::new(options(mirror)).unwrap()
}

/// A question whose answer is to be short.
fn get(url: &str) -> Request {
    Request { largest: 100_000, ..Request::get(url) }
}

fn tokens(variables: &[(&str, &str)]) -> Tokens {
    Tokens::parse(variables.iter().map(|(name, value)| (name.into(), value.into())))
}

/// The variable with the token for a server on this machine.
fn variable(server: &str) -> String {
    format!("UPSHIFT_TOKEN_127_0_0_1_{}", server.rsplit(':').next().unwrap())
}

async fn answer(server: &MockServer, template: ResponseTemplate) {
    Mock::given(any()).respond_with(template).mount(server).await;
}

/// A server that gives the head of each request, and its connection, to a function.
fn serve(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer = std::sync::Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, answer) = (stream.unwrap(), answer.clone());
            thread::spawn(move || {
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
                    head.push(byte[0]);
                }
                answer(&String::from_utf8_lossy(&head), &mut stream);
            });
        }
    });
    address
}

/// Answers every request with the same bytes, whatever they are, and hangs up.
fn serve_bytes(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> String {
    serve(move |_, stream| {
        let _ = stream.write_all(bytes.as_ref());
    })
}

/// Answers every request with these bytes and then with silence, until the other side hangs up.
fn serve_and_stall(bytes: &'static [u8]) -> String {
    serve(move |_, stream| {
        let _ = stream.write_all(bytes);
        let _ = stream.read(&mut [0]);
    })
}

#[test]
fn fetches_a_body_over_the_mirror_and_records_the_true_address() {
    run(async {
        let server = MockServer::start().await;
        let full = ResponseTemplate::new(200).set_body_raw("[]", "application/json").insert_header("etag", "\"x\"");
        Mock::given(path("/go.dev/dl/"))
            .and(query_param("mode", "json"))
            .and(header("user-agent", concat!("upshift/", env!("CARGO_PKG_VERSION"))))
            .and(header("accept", "application/json"))
            .respond_with(full.insert_header("link", "<https://go.dev/dl/?page=2>; rel=\"next\""))
            .expect(1)
            .mount(&server)
            .await;
        let reply = http(&server.uri()).fetch(&get(URL).with_header("accept", "application/json")).await.unwrap();
        let expected = Reply {
            asked: URL.to_owned(),
            url: URL.to_owned(),
            content_type: Some("application/json".to_owned()),
            link: Some("<https://go.dev/dl/?page=2>; rel=\"next\"".to_owned()),
            etag: Some("\"x\"".to_owned()),
            not_modified: false,
            body: b"[]".to_vec(),
        };
        assert_eq!(reply, expected);
    });
}

#[test]
fn posts_a_body_and_keeps_no_answer_to_it() {
    run(async {
        let server = MockServer::start().await;
        Mock::given(wiremock::matchers::method("POST"))
            .and(path("/api.osv.dev/v1/query"))
            .and(header("content-type", "application/json"))
            .and(wiremock::matchers::body_string("{}"))
            .respond_with(ResponseTemplate::new(200).set_body_string("{}").insert_header("etag", "\"x\""))
            .expect(2)
            .mount(&server)
            .await;
        let folder = tempfile::tempdir().unwrap();
        let http = Http::new(Options { cache: Some(folder.path().to_owned()), ..options(&server.uri()) }).unwrap();
        let request = Request::post("https://api.osv.dev/v1/query", "application/json", b"{}".to_vec());
        for _ in 0..2 {
            let reply = http.fetch(&request).await.unwrap();
            assert_eq!((reply.body.as_slice(), reply.not_modified), (&b"{}"[..], false));
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    });
}

#[test]
fn asks_for_https_only_and_for_no_address_with_credentials() {
    let http = Http::new(Options::default()).unwrap();
    for (url, expected) in [
        ("http://go.dev/", "`http://go.dev/`: it is not an https address"),
        ("file:///etc/passwd", "`file:///etc/passwd`: it is not an https address"),
        ("go.dev", "`an address`: it cannot be read"),
        (
            "https://oauth2:hunter2@gitlab.com/",
            "`https://gitlab.com/`: it holds credentials; give them as a token of the host",
        ),
    ] {
        assert_eq!(run(http.fetch(&get(url))).unwrap_err().to_string(), expected);
    }
}

#[test]
fn a_mirror_stands_for_https_only() {
    let error = run(http("http://127.0.0.1:9").fetch(&get("http://127.0.0.1:8/"))).unwrap_err();
    assert_eq!(error.to_string(), "`http://127.0.0.1:8/`: it is not an https address");
}
