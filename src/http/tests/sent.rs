//! What is sent to whom: redirects, and the tokens that stay at home.

use wiremock::matchers::method;

use super::*;

fn redirect(code: u16, to: &str) -> ResponseTemplate {
    ResponseTemplate::new(code).insert_header("location", to)
}

fn ok() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_string("ok")
}

/// The values of one header in all requests that a server has seen.
async fn seen(server: &MockServer, name: &str) -> Vec<Option<String>> {
    let requests = server.received_requests().await.unwrap();
    requests.iter().map(|request| Some(request.headers.get(name)?.to_str().unwrap().to_owned())).collect()
}

fn with_tokens(servers: &[&MockServer]) -> Http {
    let named: Vec<(String, String)> = servers
        .iter()
        .enumerate()
        .map(|(number, server)| (variable(&server.uri()), format!("hunter{}", number + 1)))
        .collect();
    let named: Vec<(&str, &str)> = named.iter().map(|(name, token)| (name.as_str(), token.as_str())).collect();
    Http::new(Options { tokens: tokens(&named), ..quick() }).unwrap()
}

#[test]
fn follows_redirects_within_limits() {
    run(async {
        let server = MockServer::start().await;
        for (from, to) in [
            ("/endoflife.date/golang", "/go"),
            ("/endoflife.date/one", "/two"),
            ("/endoflife.date/two", "/three"),
            ("/endoflife.date/three", "/four"),
            ("/endoflife.date/four", "/five"),
            ("/endoflife.date/five", "/go"),
            ("/endoflife.date/zero", "/one"),
            ("/endoflife.date/loop", "/loop"),
            ("/endoflife.date/plain", "http://endoflife.date/go?token=hunter2"),
            ("/endoflife.date/inside", "http://127.0.0.1:8080/"),
            ("/endoflife.date/bad", "https://"),
            ("/endoflife.date/file", "file:///etc/passwd"),
            ("/endoflife.date/user", "https://oauth2:hunter2@endoflife.date/go"),
        ] {
            Mock::given(path(from)).respond_with(redirect(301, to)).mount(&server).await;
        }
        Mock::given(path("/endoflife.date/none")).respond_with(ResponseTemplate::new(302)).mount(&server).await;
        Mock::given(path("/endoflife.date/go")).respond_with(ok()).mount(&server).await;
        let http = http(&server.uri());
        for place in ["golang", "one", "user"] {
            let reply = http.fetch(&get(&format!("https://endoflife.date/{place}"))).await.unwrap();
            assert_eq!((reply.body.as_slice(), reply.url.as_str()), (&b"ok"[..], "https://endoflife.date/go"));
        }
        for (place, expected) in [
            ("zero", "it redirects more than 5 times"),
            ("loop", "it redirects more than 5 times"),
            ("plain", "it redirects to `http://endoflife.date/go?token=***`, which is not https"),
            ("inside", "it redirects to `http://127.0.0.1:8080/`, which is not https"),
            ("bad", "it redirects to something that is not an address"),
            ("file", "it redirects to `file:///etc/passwd`, which is not https"),
            ("none", "it redirects to nowhere"),
        ] {
            let url = format!("https://endoflife.date/{place}");
            assert_eq!(http.fetch(&get(&url)).await.unwrap_err().to_string(), format!("`{url}`: {expected}"));
        }
        assert_eq!(seen(&server, "referer").await, vec![None; 27]);
    });
}

#[test]
fn follows_an_address_in_plain_utf_8() {
    let server = serve(|head, stream| {
        let answer = match head.starts_with("GET /go.dev/m%C3%B6ve ") {
            true => "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
            // The server closes after each answer; a client that thought otherwise would ask again on the way out.
            false => {
                "HTTP/1.1 301 Moved Permanently\r\nlocation: /m\u{f6}ve\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            }
        };
        let _ = stream.write_all(answer.as_bytes());
    });
    assert_eq!(run(http(&server).fetch(&get(URL))).unwrap().url, "https://go.dev/m%C3%B6ve");
}

#[test]
fn a_token_goes_to_its_own_origin_only_whoever_redirects() {
    run(async {
        let (home, away) = (MockServer::start().await, MockServer::start().await);
        Mock::given(path("/start")).respond_with(redirect(302, "/next")).mount(&home).await;
        Mock::given(path("/next")).respond_with(redirect(302, &format!("{}/turn?q=1", away.uri()))).mount(&home).await;
        Mock::given(path("/turn")).respond_with(redirect(302, &format!("{}/back", home.uri()))).mount(&away).await;
        Mock::given(path("/back")).respond_with(ok()).mount(&home).await;
        // There is a token for the other place too, and it stays where it is: the redirect is not the user's wish.
        let http = with_tokens(&[&home, &away]);
        let request = get(&format!("{}/start", home.uri())).with_header("accept", "text/plain");
        let reply = http.fetch(&request).await.unwrap();
        assert_eq!(reply.url, format!("{}/back", home.uri()));
        let token = Some("Bearer hunter1".to_owned());
        assert_eq!(seen(&home, "authorization").await, [token.clone(), token, None]);
        assert_eq!(seen(&away, "authorization").await, [None]);
        assert_eq!(seen(&away, "referer").await, [None]);
        assert_eq!(seen(&away, "accept").await, [Some("text/plain".to_owned())]);
    });
}

#[test]
fn a_token_that_fails_is_not_in_the_message() {
    run(async {
        let server = MockServer::start().await;
        answer(&server, ResponseTemplate::new(401)).await;
        let http = with_tokens(&[&server]);
        let url = format!("{}/", server.uri());
        let error = http.fetch(&get(&url)).await.unwrap_err();
        assert_eq!(error.to_string(), format!("`{url}`: the answer was 401 Unauthorized"));
        assert!(!format!("{error:?} {http:?}").contains("hunter"));
        assert_eq!(seen(&server, "authorization").await, [Some("Bearer hunter1".to_owned())]);
    });
}

#[test]
fn a_mirror_gets_its_own_token_and_no_other() {
    run(async {
        let mirror = MockServer::start().await;
        answer(&mirror, ok()).await;
        let own = variable(&mirror.uri());
        for (named, expected) in [
            (vec![("GITHUB_TOKEN", "hunter1"), ("UPSHIFT_TOKEN_API_GITHUB_COM", "hunter2")], None),
            (vec![("GITHUB_TOKEN", "hunter1"), (own.as_str(), "hunter3")], Some("Bearer hunter3".to_owned())),
        ] {
            let http = Http::new(Options { tokens: tokens(&named), ..options(&mirror.uri()) }).unwrap();
            http.fetch(&get("https://api.github.com/repos/a/b/tags")).await.unwrap();
            assert_eq!(seen(&mirror, "authorization").await.pop(), Some(expected));
        }
    });
}

#[test]
fn what_is_posted_stays_at_its_origin() {
    run(async {
        let (home, away) = (MockServer::start().await, MockServer::start().await);
        let post = |server: &MockServer, place: &str| {
            Request::post(format!("{}{place}", server.uri()), "text/plain", b"secret".to_vec())
        };
        for (from, code, to) in [
            ("/moved", 308, "/here".to_owned()),
            ("/found", 302, "/here".to_owned()),
            ("/away", 307, format!("{}/here", away.uri())),
        ] {
            Mock::given(method("POST")).and(path(from)).respond_with(redirect(code, &to)).mount(&home).await;
        }
        Mock::given(method("POST"))
            .and(path("/here"))
            .and(wiremock::matchers::body_string("secret"))
            .respond_with(ok())
            .mount(&home)
            .await;
        let http = with_tokens(&[&home]);
        assert_eq!(http.fetch(&post(&home, "/moved")).await.unwrap().body, b"ok");
        for (place, to, why) in [
            ("/found", &home, "and does not say that it wants what is posted"),
            ("/away", &away, "and what is posted goes to no other origin"),
        ] {
            let expected = format!("`{}{place}`: it redirects to `{}/here`, {why}", home.uri(), to.uri());
            assert_eq!(http.fetch(&post(&home, place)).await.unwrap_err().to_string(), expected);
        }
        assert_eq!(away.received_requests().await.unwrap().len(), 0);
    });
}
