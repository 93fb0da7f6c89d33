//! The token flow of container registries, with places that give tokens, and places that do not.

use super::*;

const TAGS: &str = "/v2/library/golang/tags/list";

fn request(server: &MockServer) -> Request {
    Request { access: crate::model::exchange::Access::Registry, ..get(&format!("{}{TAGS}", server.uri())) }
}

/// A registry that lets nobody in without the token `given`, and says where it is.
async fn registry(challenge: &str) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path(TAGS))
        .and(header("authorization", "Bearer given"))
        .respond_with(ResponseTemplate::new(200).set_body_string("{\"tags\":[]}").insert_header("etag", "\"1\""))
        .mount(&server)
        .await;
    let refusal = ResponseTemplate::new(401).insert_header("www-authenticate", challenge);
    Mock::given(path(TAGS)).respond_with(refusal).mount(&server).await;
    server
}

/// A place that answers every question for a token alike.
async fn place(template: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path("/token"))
        .and(query_param("service", "registry.docker.io"))
        .and(query_param("scope", "repository:library/golang:pull"))
        .respond_with(template)
        .mount(&server)
        .await;
    server
}

fn challenge(place: &MockServer) -> String {
    let realm = format!("{}/token", place.uri());
    format!(r#"Bearer realm="{realm}",service="registry.docker.io",scope="repository:library/golang:pull""#)
}

async fn authorizations(server: &MockServer) -> Vec<Option<String>> {
    let requests = server.received_requests().await.unwrap();
    requests.iter().map(|request| Some(request.headers.get("authorization")?.to_str().unwrap().to_owned())).collect()
}

#[test]
fn fetches_a_token_where_the_registry_says_and_asks_again() {
    run(async {
        for body in [r#"{"token":"given","expires_in":300}"#, r#"{"access_token":"given"}"#] {
            let place = place(ResponseTemplate::new(200).set_body_string(body)).await;
            let registry = registry(&format!("Basic realm=\"x\", {}", challenge(&place))).await;
            let reply = Http::new(quick()).unwrap().fetch(&request(&registry)).await.unwrap();
            assert_eq!(reply.body, b"{\"tags\":[]}");
            assert_eq!(authorizations(&registry).await, [None, Some("Bearer given".to_owned())]);
            assert_eq!(authorizations(&place).await, [None]);
        }
    });
}

#[test]
fn the_place_gets_no_token_but_its_own() {
    run(async {
        let place = place(ResponseTemplate::new(200).set_body_string(r#"{"token":"given"}"#)).await;
        let registry = registry(&challenge(&place)).await;
        let (at_registry, at_place) = (variable(&registry.uri()), variable(&place.uri()));
        for (named, expected) in [
            (vec![(at_registry.as_str(), "hunter1")], None),
            (vec![(at_registry.as_str(), "hunter1"), (at_place.as_str(), "hunter2")], Some("Bearer hunter2")),
        ] {
            let http = Http::new(Options { tokens: tokens(&named), ..quick() }).unwrap();
            http.fetch(&request(&registry)).await.unwrap();
            assert_eq!(authorizations(&place).await.pop().unwrap().as_deref(), expected);
            let shown = authorizations(&registry).await;
            assert_eq!(shown[shown.len() - 2..], [Some("Bearer hunter1".to_owned()), Some("Bearer given".to_owned())]);
        }
    });
}

#[test]
fn asks_the_place_over_the_mirror() {
    run(async {
        let mirror = MockServer::start().await;
        let refusal = ResponseTemplate::new(401).insert_header(
            "www-authenticate",
            r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io""#,
        );
        Mock::given(path("/registry-1.docker.io/v2/a/tags/list"))
            .and(header("authorization", "Bearer given"))
            .respond_with(ResponseTemplate::new(200).set_body_string("{}"))
            .mount(&mirror)
            .await;
        Mock::given(path("/registry-1.docker.io/v2/a/tags/list")).respond_with(refusal).mount(&mirror).await;
        Mock::given(path("/auth.docker.io/token"))
            .respond_with(ResponseTemplate::new(200).set_body_string(r#"{"token":"given"}"#))
            .mount(&mirror)
            .await;
        let url = "https://registry-1.docker.io/v2/a/tags/list";
        let request = Request { access: crate::model::exchange::Access::Registry, ..get(url) };
        assert_eq!(http(&mirror.uri()).fetch(&request).await.unwrap().url, url);
    });
}

#[test]
fn one_token_is_enough_for_all_pages_until_it_is_refused() {
    run(async {
        let place = place(ResponseTemplate::new(200).set_body_string(r#"{"token":"given"}"#)).await;
        let registry = registry(&challenge(&place)).await;
        let http = Http::new(quick()).unwrap();
        let page = |number: usize| {
            let first = request(&registry);
            Request { url: format!("{}?n=100&last={number}", first.url), ..first }
        };
        for number in 0..3 {
            http.fetch(&page(number)).await.unwrap();
        }
        let given = Some("Bearer given".to_owned());
        assert_eq!(authorizations(&registry).await, [None, given.clone(), given.clone(), given.clone()]);
        assert_eq!(place.received_requests().await.unwrap().len(), 1);

        registry.reset().await;
        let again = ResponseTemplate::new(401).insert_header("www-authenticate", challenge(&place));
        Mock::given(path(TAGS)).respond_with(again).up_to_n_times(1).mount(&registry).await;
        answer(&registry, ResponseTemplate::new(200)).await;
        http.fetch(&page(3)).await.unwrap();
        assert_eq!(authorizations(&registry).await, [given.clone(), given]);
        assert_eq!(place.received_requests().await.unwrap().len(), 2);
        // Another question, another token.
        let other = Request { url: format!("{}/v2/library/ruby/tags/list", registry.uri()), ..page(0) };
        http.fetch(&other).await.unwrap();
        assert_eq!(authorizations(&registry).await.pop(), Some(None));
    });
}

#[test]
fn says_what_is_wrong_with_a_place() {
    run(async {
        let giant = format!(r#"{{"token":"{}"}}"#, "x".repeat(70_000));
        let long = format!(r#"{{"token":"{}"}}"#, "x".repeat(20_000));
        for (answer, expected, requests) in [
            (ResponseTemplate::new(200).set_body_string(giant), "the answer is larger than 65536 bytes", 1),
            (ResponseTemplate::new(200).set_body_string(long), "the answer holds no token", 1),
            (ResponseTemplate::new(200).set_body_string(r#"{"token":"a\r\nb"}"#), "the answer holds no token", 1),
            (ResponseTemplate::new(200).set_body_string(r#"{"token":null}"#), "the answer holds no token", 1),
            (ResponseTemplate::new(200).set_body_string("<html>"), "the answer holds no token", 1),
            (ResponseTemplate::new(403), "the answer was 403 Forbidden", 1),
            (ResponseTemplate::new(302).insert_header("location", "/token"), "the answer was 302 Found", 1),
            (ResponseTemplate::new(500), "the answer was 500 Internal Server Error", 3),
        ] {
            let place = place(answer).await;
            let registry = registry(&challenge(&place)).await;
            let error = Http::new(quick()).unwrap().fetch(&request(&registry)).await.unwrap_err();
            let shown = format!(
                "`{}{TAGS}`: no token from `{}/token?service=registry.docker.io&scope=repository%3Alibrary%2Fgolang%3Apull`: {expected}",
                registry.uri(),
                place.uri()
            );
            assert_eq!(error.to_string(), shown);
            assert_eq!(place.received_requests().await.unwrap().len(), requests);
        }
    });
}

#[test]
fn asks_no_place_that_is_not_one() {
    run(async {
        let refused = "the answer was 401 Unauthorized";
        for (challenge, expected) in [
            (
                r#"Bearer realm="http://auth.example/token""#,
                "the place that it names for tokens, `http://auth.example/token`, is not https",
            ),
            (
                r#"Bearer realm="file:///etc/passwd""#,
                "the place that it names for tokens, `file:///etc/passwd`, is not https",
            ),
            (r#"Bearer realm="token""#, "the place that it names for tokens is not an address"),
            (r#"Bearer service="x""#, refused),
            (r#"Basic realm="https://auth.example""#, refused),
            (r#"Bearer realm="https://auth.example"#, refused),
            ("", refused),
        ] {
            let registry = registry(challenge).await;
            let error = Http::new(quick()).unwrap().fetch(&request(&registry)).await.unwrap_err();
            assert_eq!(error.to_string(), format!("`{}{TAGS}`: {expected}", registry.uri()));
            assert_eq!(registry.received_requests().await.unwrap().len(), 1);
        }
    });
}

#[test]
fn asks_for_a_token_once_and_only_where_registries_are_asked() {
    run(async {
        let place = place(ResponseTemplate::new(200).set_body_string(r#"{"token":"other"}"#)).await;
        let registry = registry(&challenge(&place)).await;
        let http = Http::new(quick()).unwrap();
        let expected = format!("`{}{TAGS}`: the answer was 401 Unauthorized", registry.uri());
        assert_eq!(http.fetch(&request(&registry)).await.unwrap_err().to_string(), expected);
        assert_eq!(place.received_requests().await.unwrap().len(), 1);
        let plain = get(&request(&registry).url);
        assert_eq!(http.fetch(&plain).await.unwrap_err().to_string(), expected);
        assert_eq!(place.received_requests().await.unwrap().len(), 1);
    });
}

#[test]
fn a_token_of_a_registry_does_not_leave_it() {
    run(async {
        let (registry, away) = (MockServer::start().await, MockServer::start().await);
        let place = place(ResponseTemplate::new(200).set_body_string(r#"{"token":"given"}"#)).await;
        let to = ResponseTemplate::new(307).insert_header("location", format!("{}/tags", away.uri()));
        Mock::given(header("authorization", "Bearer given")).respond_with(to).mount(&registry).await;
        let refusal = ResponseTemplate::new(401).insert_header("www-authenticate", challenge(&place));
        answer(&registry, refusal.clone()).await;
        // It would like to have one of its own.
        answer(&away, refusal).await;
        let error = Http::new(quick()).unwrap().fetch(&request(&registry)).await.unwrap_err();
        assert_eq!(error.fault.to_string(), "the answer was 401 Unauthorized");
        assert_eq!(authorizations(&away).await, [None]);
        assert_eq!(place.received_requests().await.unwrap().len(), 1);
    });
}

#[test]
fn an_answer_to_a_registrys_token_is_known_the_next_time() {
    run(async {
        let place = place(ResponseTemplate::new(200).set_body_string(r#"{"token":"given"}"#)).await;
        let registry = registry(&challenge(&place)).await;
        let folder = tempfile::tempdir().unwrap();
        let ask = async || {
            let http = Http::new(Options { cache: Some(folder.path().to_owned()), ..quick() }).unwrap();
            http.fetch(&request(&registry)).await.unwrap();
            let asked = registry.received_requests().await.unwrap().pop().unwrap();
            asked.headers.get("if-none-match").map(|mark| mark.to_str().unwrap().to_owned())
        };
        assert_eq!(ask().await, None);
        assert_eq!(ask().await, Some("\"1\"".to_owned()));
    });
}
