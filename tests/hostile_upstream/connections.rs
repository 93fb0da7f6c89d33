//! Connections that break, stall, lead elsewhere, or never come to an end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::*;
use crate::harness::read_tree;
use crate::server::{Authority, Then, authority, bytes, find_header, reply, to_target};

/// The tags of a repository on GitHub as the most trusted source, and its first answer.
fn tags() -> Known {
    Known::new(
        "",
        "{ github-tags: { repo: golang-fips/go } }",
        "github-tags:golang-fips/go of go: https://api.github.com/repos/golang-fips/go/tags?per_page=100",
        "/api.github.com/",
        good(r#"[{"name": "1.26.7"}, {"name": "1.26.6"}]"#),
    )
}

/// A page of tags that names another one as the next.
fn page(next: &str) -> Vec<u8> {
    reply("200 OK", &format!("link: <{next}>; rel=\"next\"\r\n"), r#"[{"name": "1.26.7"}]"#)
}

fn redirect(to: &str) -> Vec<u8> {
    reply("302 Found", &format!("location: {to}\r\n"), "")
}

#[test]
fn an_answer_that_breaks_off_changes_nothing() {
    let known = Known::go();
    let cut = &list(&releases())[..100];
    let tried = known.try_with(bytes(format!("HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{cut}")));
    known.assert_kept(&tried, "the answer is broken: end of file before message length reached");
    assert_eq!(tried.asked.len(), 4, "it is tried three times, the other source once");
}

#[test]
fn a_connection_that_is_reset_in_the_middle_changes_nothing() {
    let known = Known::go();
    let reset: Answer = Box::new(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n[{\"version\"").map(|()| Then::Reset)
    });
    known.assert_refuses(reset, "the answer is broken: Connection reset by peer (os error 104)");
}

#[test]
fn an_answer_that_trickles_ends_with_the_time_that_the_settings_give() {
    let known = Known::go_with("settings: { network: { timeout: 1 } }");
    let trickle: Answer = Box::new(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n[")?;
        loop {
            stream.write_all(b" ")?;
            thread::park_timeout(Duration::from_millis(20));
        }
    });
    known.assert_refuses(trickle, "no complete answer within 1 s");
}

/// Ten gigabytes, of which ten megabytes are on their way at most.
#[test]
fn an_answer_that_grows_when_it_is_decompressed_ends_at_the_limit() {
    let known = Known::go();
    let zeros = include_bytes!("../upstream/bombs/zeros.deflate");
    let bomb: Answer = Box::new(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n")?;
        stream.write_all(b"\x1f\x8b\x08\0\0\0\0\0\0\x03")?;
        (0..10_240).try_for_each(|_| stream.write_all(zeros)).map(|()| Then::HangUp)
    });
    known.assert_refuses(bomb, "the answer is larger than 33554432 bytes");
}

#[test]
fn pages_without_end_are_given_up() {
    let known = tags();
    let count = AtomicUsize::new(1);
    let endless: Answer = Box::new(move |_, stream| {
        let next = count.fetch_add(1, Ordering::SeqCst) + 1;
        stream.write_all(&page(&format!("https://api.github.com/tags?page={next}"))).map(|()| Then::Listen)
    });
    let tried = known.try_with(endless);
    known.assert_kept(&tried, "it goes on after 4000 pages");
    assert_eq!(tried.asked.len(), 4001, "the pages, and the other source");
}

#[test]
fn pages_of_another_server_are_not_asked_for() {
    let known = tags();
    let tried = known.try_with(bytes(page("https://evil.example/tags?page=2")));
    known.assert_kept(&tried, "the next page is at `https://evil.example/tags?page=2`, which is another server");
    assert_eq!(
        tried.asked,
        ["/api.github.com/repos/golang-fips/go/tags?per_page=100", "/endoflife.date/api/v1/products/go"]
    );
}

#[test]
fn redirects_in_a_circle_are_given_up() {
    let known = Known::go();
    let tried = known.try_with(Box::new(|head, stream| {
        let next = if to_target(head).ends_with("&again") { "&once" } else { "&again" };
        let to = format!("https://go.dev/dl/?mode=json&include=all{next}");
        stream.write_all(&redirect(&to)).map(|()| Then::Listen)
    }));
    known.assert_kept(&tried, "it redirects more than 5 times");
    assert_eq!(tried.asked.len(), 7, "the question, its redirects, and the other source");
}

/// Every host behind a proxy, with an authority that the settings name: so true hosts and their tokens are meant.
struct Behind {
    folder: TempDir,
    server: Server,
}

impl Behind {
    /// One of the hosts has a certificate of another authority.
    fn new(options: &str, impostor: (&'static str, Authority), routes: Routes) -> Self {
        let authority = authority("Company");
        let catalog = CATALOG.replace("SETTINGS", "settings: { network: { ca: ca.pem } }").replace("SOURCE", options);
        let folder = repository(&[("data/a.yaml", &catalog), ("ca.pem", &authority.pem())]);
        Self { folder, server: Server::start_as_every_host(authority, impostor, routes) }
    }

    fn update(&self, day: &str) -> Run {
        let variables = [("HTTPS_PROXY", self.server.url.as_str()), ("GITHUB_TOKEN", "hunter2")];
        tame(upshift_with(self.folder.path(), &["update", "--as-of", day], &variables))
    }

    /// What a host was asked, and with which token.
    fn told(&self, host: &str) -> Vec<(String, Option<String>)> {
        let heads = self.server.heads();
        let told = heads.iter().filter(|head| to_target(head).starts_with(host));
        let to_pair =
            |head: &String| (to_target(head).to_owned(), find_header(head, "authorization").map(str::to_owned));
        told.map(to_pair).collect()
    }
}

#[test]
fn a_redirect_to_another_host_and_back_gets_no_token() {
    let behind = Behind::new(
        "{ github-tags: { repo: golang-fips/go } }",
        ("nobody.example", authority("Nobody")),
        vec![
            ("/api.github.com/back", good(r#"[{"name": "1.26.7"}]"#)),
            ("/api.github.com/", bytes(redirect("https://evil.example/tags"))),
            ("/evil.example/", bytes(redirect("https://api.github.com/back"))),
            ("/endoflife.date/", good(ENDOFLIFE)),
        ],
    );
    let run = behind.update(FIRST);
    let out = "go: source endoflife:go read for the first time: 1 release, 1 line
go: source github-tags:golang-fips/go read for the first time: 1 release
go: sources disagree on the latest of 1.26: endoflife:go says 1.26.11, github-tags:golang-fips/go says 1.26.7
";
    assert_eq!(run, Run { code: 0, out: out.to_owned(), err: "wrote upshift.lock\n".to_owned() });
    let asked = |target: &str, token: Option<&str>| (target.to_owned(), token.map(str::to_owned));
    let first = "/api.github.com/repos/golang-fips/go/tags?per_page=100";
    assert_eq!(
        behind.told("/api.github.com/"),
        [asked(first, Some("Bearer hunter2")), asked("/api.github.com/back", None)]
    );
    assert_eq!(behind.told("/evil.example/"), [asked("/evil.example/tags", None)]);
    assert_eq!(behind.told("/endoflife.date/"), [asked("/endoflife.date/api/v1/products/go", None)]);
    let written = read_tree(behind.folder.path());
    assert!(!written.values().any(|text| text.contains("hunter2")), "no file holds the token");
}

#[test]
fn a_certificate_of_another_authority_changes_nothing() {
    let known = Known::go();
    for (name, message) in [
        ("Nobody", "its authority is unknown; `settings.network.ca` or SSL_CERT_FILE can name it"),
        ("Company", "the authority that it names has not signed it"),
    ] {
        let routes: Routes = vec![("/go.dev/", good(list(&releases()))), ("/endoflife.date/", good(ENDOFLIFE))];
        let behind = Behind::new("{ go: {} }", ("go.dev", authority(name)), routes);
        fs::write(behind.folder.path().join("upshift.lock"), &known.lock).expect("writes");
        let run = behind.update(LATER);
        let tried = Tried { run, lock: load(behind.folder.path()), asked: behind.server.asked() };
        known.assert_kept(&tried, &format!("its certificate is not trusted: {message}"));
        assert_eq!(tried.asked, ["/endoflife.date/api/v1/products/go"], "nothing is asked of the impostor");
    }
}
