//! Answers that are known: what is asked, what is kept, and for whom.

use std::path::Path;

use wiremock::matchers::header_exists;

use super::*;

fn cached(mirror: &MockServer, folder: &Path) -> Http {
    with_tokens(mirror, folder, &[])
}

fn with_tokens(mirror: &MockServer, folder: &Path, named: &[(&str, &str)]) -> Http {
    let cache = Some(folder.to_owned());
    Http::new(Options { cache, tokens: tokens(named), ..options(&mirror.uri()) }).unwrap()
}

#[test]
fn an_unchanged_answer_costs_a_304() {
    for (mark, conditional, value) in [
        ("etag", "if-none-match", "\"v1\""),
        ("etag", "if-none-match", "W/\"v1\""),
        ("last-modified", "if-modified-since", "Sat, 22 Aug 2026 09:00:00 GMT"),
    ] {
        run(async {
            let server = MockServer::start().await;
            let folder = tempfile::tempdir().unwrap();
            Mock::given(move |asked: &wiremock::Request| {
                asked.headers.get(conditional).is_some_and(|mark| mark == value)
            })
            .respond_with(ResponseTemplate::new(304))
            .expect(2)
            .mount(&server)
            .await;
            let full = ResponseTemplate::new(200)
                .set_body_raw("{}", "application/json")
                .insert_header("link", "<https://go.dev/2>; rel=\"next\"")
                .insert_header(mark, value);
            Mock::given(any()).respond_with(full).expect(1).mount(&server).await;
            let first = cached(&server, folder.path()).fetch(&get(URL)).await.unwrap();
            assert_eq!((first.not_modified, first.link.is_some(), first.content_type.is_some()), (false, true, true));
            for _ in 0..2 {
                let again = cached(&server, folder.path()).fetch(&get(URL)).await.unwrap();
                assert_eq!(again, Reply { not_modified: true, ..first.clone() });
            }
        });
    }
}

#[test]
fn nothing_is_kept_that_upstream_does_not_mark_or_wants_forgotten() {
    run(async {
        for full in [
            ResponseTemplate::new(200).set_body_string("body"),
            ResponseTemplate::new(200)
                .insert_header("etag", "\"v1\"")
                .insert_header("cache-control", "private, no-store"),
            ResponseTemplate::new(200).insert_header("etag", "x".repeat(5000)),
        ] {
            let server = MockServer::start().await;
            let folder = tempfile::tempdir().unwrap();
            answer(&server, full).await;
            cached(&server, folder.path()).fetch(&get(URL)).await.unwrap();
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    });
}

#[test]
fn what_was_told_to_one_is_not_told_to_another() {
    run(async {
        let server = MockServer::start().await;
        let folder = tempfile::tempdir().unwrap();
        Mock::given(header_exists("if-none-match")).respond_with(ResponseTemplate::new(304)).mount(&server).await;
        for token in ["hunter1", "hunter2"] {
            let secret = ResponseTemplate::new(200).set_body_string(token).insert_header("etag", "\"v1\"");
            Mock::given(header("authorization", format!("Bearer {token}"))).respond_with(secret).mount(&server).await;
        }
        let public = ResponseTemplate::new(200).set_body_string("public").insert_header("etag", "\"v1\"");
        answer(&server, public).await;
        let own = variable(&server.uri());
        for known in [false, true] {
            for (named, expected) in [
                (vec![(own.as_str(), "hunter1")], "hunter1"),
                (vec![], "public"),
                (vec![(own.as_str(), "hunter2")], "hunter2"),
            ] {
                let reply = with_tokens(&server, folder.path(), &named).fetch(&get(URL)).await.unwrap();
                assert_eq!((reply.body.as_slice(), reply.not_modified), (expected.as_bytes(), known));
            }
            // Another question about the same address has another answer.
            let request = get(URL).with_header("accept", "text/plain");
            let reply = cached(&server, folder.path()).fetch(&request).await.unwrap();
            assert_eq!((reply.body.as_slice(), reply.not_modified), (&b"public"[..], known));
        }
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let name = file.unwrap().path();
            let text = std::fs::read_to_string(&name).unwrap();
            let heading = text.rsplit_once('\n').unwrap().0;
            assert!(!heading.contains("hunter") && !name.to_string_lossy().contains("hunter"));
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
        assert_eq!(cached(&server, folder.path()).fetch(&get(URL)).await.unwrap().body, b"body");
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, text.replace("body", "bode")).unwrap();
        }
        assert_eq!(cached(&server, folder.path()).fetch(&get(URL)).await.unwrap().body, b"body");
        let file = folder.path().join("a file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(cached(&server, &file).fetch(&get(URL)).await.unwrap().body, b"body");
    });
}
