//! What is answered to a request: pages, the script that loads them again, and news; or why not.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Method, Response, StatusCode};
use tokio::sync::watch::Receiver;
use tokio::time::timeout;

use super::{Shown, Site};

/// For how long a browser waits for news before it asks again.
const LONGEST_WAIT: Duration = Duration::from_secs(25);

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (CACHE_CONTROL, "no-cache"),
    (REFERRER_POLICY, "no-referrer"),
    (CONTENT_SECURITY_POLICY, POLICY),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

const PLAIN: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// What is known where requests are answered.
#[derive(Clone, Debug)]
pub struct Desk {
    pub port: u16,
    pub seen: Receiver<Shown>,
}

/// Answers a request.
pub async fn answer(State(mut desk): State<Desk>, request: Request) -> Response<Body> {
    if !is_for_us(&request, desk.port) {
        return reply(StatusCode::MISDIRECTED_REQUEST, PLAIN, "this preview answers to its own address only\n");
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut refused = reply(StatusCode::METHOD_NOT_ALLOWED, PLAIN, "only GET and HEAD\n");
        refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    let (path, query) = (request.uri().path(), request.uri().query());
    match path {
        "/.upshift/reload.js" => {
            return reply(StatusCode::OK, "text/javascript; charset=utf-8", include_str!("reload.js"));
        }
        "/.upshift/overlay.css" => {
            return reply(StatusCode::OK, "text/css; charset=utf-8", include_str!("overlay.css"));
        }
        "/.upshift/events" => {
            let after: Option<u64> = query.and_then(|query| query.strip_prefix("after=")?.parse().ok());
            if let Some(after) = after.filter(|_| request.method() == Method::GET) {
                // Time that is over and a server that ends are both answered with what there is.
                let _ = timeout(LONGEST_WAIT, desk.seen.wait_for(|shown| shown.version != after)).await;
            }
            let shown = desk.seen.borrow().clone();
            let news =
                serde_json::json!({ "version": shown.version, "pages": shown.pages, "problems": &*shown.problems });
            return reply(StatusCode::OK, "application/json", &news.to_string());
        }
        _ => {}
    }
    let shown = desk.seen.borrow().clone();
    page(&shown, path)
}

/// Whether a request names this server: a page elsewhere whose name was made to lead here does not.
fn is_for_us(request: &Request, port: u16) -> bool {
    let ours = [format!("localhost:{port}"), format!("127.0.0.1:{port}")];
    let mut hosts = request.headers().get_all(HOST).iter();
    let named = hosts.next().is_some_and(|host| ours.iter().any(|our| host.as_bytes() == our.as_bytes()));
    let target = request.uri().authority().is_none_or(|target| ours.iter().any(|our| target.as_str() == our));
    named && hosts.next().is_none() && target
}

fn page(shown: &Shown, raw: &str) -> Response<Body> {
    let site = &*shown.site;
    let Some(path) = to_path(raw) else { return missing(shown) };
    if site.is_empty() {
        let text = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Problems</title></head>\
             <body><noscript><pre>{}</pre></noscript></body></html>",
            shown.problems.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
        );
        return reply(StatusCode::SERVICE_UNAVAILABLE, HTML, &with_script(&text, shown.pages));
    }
    if path.is_empty() || path.ends_with('/') {
        return find_index(site, &path).map_or_else(|| missing(shown), |(path, text)| found(shown, &path, text));
    }
    match site.get(&path) {
        Some(text) => found(shown, &path, text),
        None if find_index(site, &format!("{path}/")).is_some() => {
            let last = raw.rsplit('/').next().unwrap_or_default();
            let mut moved = reply(StatusCode::PERMANENT_REDIRECT, PLAIN, "");
            if let Ok(location) = HeaderValue::from_str(&format!("./{last}/")) {
                moved.headers_mut().insert(LOCATION, location);
            }
            moved
        }
        None => missing(shown),
    }
}

/// The page of a folder.
fn find_index<'a>(site: &'a Site, folder: &str) -> Option<(String, &'a str)> {
    let path = format!("{folder}index.html");
    let text = site.get(&path)?;
    Some((path, text.as_str()))
}

/// The path of a page, decoded once; nothing for a path that no page can have.
fn to_path(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.strip_prefix('/')?.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let decoded = u8::try_from(digit()? * 16 + digit()?).ok()?;
        if decoded == b'/' {
            return None;
        }
        bytes.push(decoded);
    }
    let path = String::from_utf8(bytes).ok()?;
    let folders = path.strip_suffix('/').unwrap_or(&path);
    let is_strange = path.contains(['\\', '\0']) || folders.split('/').any(|part| matches!(part, "" | "." | ".."));
    (path.is_empty() || !is_strange).then_some(path)
}

fn found(shown: &Shown, path: &str, text: &str) -> Response<Body> {
    let kind = to_content_type(path);
    match kind == HTML {
        true => reply(StatusCode::OK, kind, &with_script(text, shown.pages)),
        false => reply(StatusCode::OK, kind, text),
    }
}

fn missing(shown: &Shown) -> Response<Body> {
    match shown.site.get("404.html") {
        Some(text) => reply(StatusCode::NOT_FOUND, HTML, &with_script(text, shown.pages)),
        None => reply(StatusCode::NOT_FOUND, PLAIN, "there is no such page\n"),
    }
}

/// Puts the script before the end of a page.
fn with_script(text: &str, pages: u64) -> String {
    let script = format!("<script src=\"/.upshift/reload.js?pages={pages}\" defer></script>");
    let (before, after) = text.split_at(text.rfind("</body>").unwrap_or(text.len()));
    format!("{before}{script}{after}")
}

fn to_content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, suffix)| suffix) {
        "html" => HTML,
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "xml" => "application/xml; charset=utf-8",
        "ics" => "text/calendar; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => PLAIN,
    }
}

fn reply(status: StatusCode, kind: &'static str, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(text.to_owned()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests;
