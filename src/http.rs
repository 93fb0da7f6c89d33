//! The only door to the network: one client with time limits, size limits, retries, a mirror and a cache by ETag.

mod cache;

use std::path::PathBuf;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use futures::StreamExt as _;
use reqwest::header::{ETAG, HeaderMap, IF_NONE_MATCH, RETRY_AFTER};
use reqwest::{Client, StatusCode, Url, redirect};
use thiserror::Error;

use cache::Cache;

/// Limits and habits of the client.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where `https://HOST/PATH` is reached instead, as `MIRROR/HOST/PATH`.
    pub mirror: Option<String>,
    /// The folder in which answers are kept for the next run.
    pub cache: Option<PathBuf>,
    /// The largest answer, in bytes, after decompression.
    pub largest: usize,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long one request may take as a whole.
    pub timeout: Duration,
    /// How often to try again after a failure that may pass.
    pub retries: usize,
    /// How long to wait before the first retry; each later one waits twice as long.
    pub first_delay: Duration,
    /// The longest wait that a server may ask for.
    pub longest_delay: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mirror: None,
            cache: None,
            largest: 32 << 20,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            retries: 3,
            first_delay: Duration::from_millis(500),
            longest_delay: Duration::from_secs(30),
        }
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// Its ETag.
    pub etag: Option<String>,
    /// Whether the server said that the copy of the last run is still right.
    pub not_modified: bool,
}

/// Why there is no answer. Messages name the address that was asked, without its query.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HttpError {
    /// Not an address.
    #[error("`{0}` is not a web address")]
    Url(String),
    /// The server refused.
    #[error("{url}: the server answered {status}")]
    Status {
        /// The address.
        url: String,
        /// The status, with its name.
        status: String,
        /// Whether it may pass.
        may_pass: bool,
        /// How long the server asks to wait.
        wait: Option<Duration>,
    },
    /// The server asks to wait longer than this tool does.
    #[error("{url}: the server answered {status} and asks to wait {seconds} seconds")]
    Busy {
        /// The address.
        url: String,
        /// The status, with its name.
        status: String,
        /// How long.
        seconds: u64,
    },
    /// The answer is too large.
    #[error("{url}: the answer is larger than {largest} bytes")]
    TooLarge {
        /// The address.
        url: String,
        /// The limit.
        largest: usize,
    },
    /// The connection failed.
    #[error("{url}: {reason}")]
    Connection {
        /// The address.
        url: String,
        /// Why.
        reason: String,
        /// Whether it may pass.
        may_pass: bool,
    },
}

impl HttpError {
    fn may_pass(&self) -> bool {
        matches!(self, Self::Status { may_pass: true, .. } | Self::Connection { may_pass: true, .. })
    }

    fn wait(&self) -> Option<Duration> {
        match self {
            Self::Status { wait, .. } => *wait,
            _ => None,
        }
    }
}

/// The client.
#[derive(Debug)]
pub struct Http {
    client: Client,
    cache: Option<Cache>,
    options: Options,
}

impl Http {
    /// Sets up the client.
    ///
    /// # Errors
    ///
    /// When the system offers no TLS, or the mirror is not a web address.
    pub fn new(options: Options) -> Result<Self, HttpError> {
        if let Some(mirror) = &options.mirror {
            parse_url(mirror)?;
        }
        let client = Client::builder()
            .user_agent(concat!("upshift/", env!("CARGO_PKG_VERSION")))
            .referer(false)
            .connect_timeout(options.connect_timeout)
            .timeout(options.timeout)
            .redirect(redirect::Policy::custom(follow))
            .build()
            .map_err(|error| HttpError::Connection {
                url: "client".to_owned(),
                reason: to_reason(&error),
                may_pass: false,
            })?;
        Ok(Self { client, cache: options.cache.clone().map(Cache::new), options })
    }

    /// Fetches an address, trying again after failures that may pass.
    ///
    /// # Errors
    ///
    /// When there is no answer within the limits.
    pub async fn fetch(&self, url: &str) -> Result<Reply, HttpError> {
        let url = self.to_target(url)?;
        let delays = ExponentialBuilder::default()
            .with_min_delay(self.options.first_delay)
            .with_max_delay(self.options.longest_delay)
            .with_max_times(self.options.retries);
        (|| self.try_once(&url))
            .retry(delays)
            .when(HttpError::may_pass)
            .adjust(|error, delay| delay.map(|delay| error.wait().unwrap_or(delay)))
            .await
    }

    /// The address that is really asked: the mirror's, where there is one.
    fn to_target(&self, url: &str) -> Result<Url, HttpError> {
        let asked = parse_url(url)?;
        let Some(mirror) = &self.options.mirror else { return Ok(asked) };
        let host = asked.host_str().unwrap_or_default();
        let port = asked.port().map_or_else(String::new, |port| format!(":{port}"));
        let query = asked.query().map_or_else(String::new, |query| format!("?{query}"));
        parse_url(&format!("{}/{host}{port}{}{query}", mirror.trim_end_matches('/'), asked.path()))
    }

    async fn try_once(&self, url: &Url) -> Result<Reply, HttpError> {
        let shown = to_shown(url);
        let failed = |error: reqwest::Error| HttpError::Connection {
            url: shown.clone(),
            reason: to_reason(&error),
            may_pass: error.is_timeout() || error.is_connect() || error.is_body() || error.is_decode(),
        };
        let kept = self.cache.as_ref().and_then(|cache| cache.find(url.as_str()));
        let mut request = self.client.get(url.clone());
        if let Some(kept) = &kept {
            request = request.header(IF_NONE_MATCH, &kept.etag);
        }
        let reply = request.send().await.map_err(failed)?;
        if let (StatusCode::NOT_MODIFIED, Some(kept)) = (reply.status(), kept) {
            return Ok(Reply { body: kept.body, etag: Some(kept.etag), not_modified: true });
        }
        if !reply.status().is_success() {
            return Err(self.to_status_error(shown, reply.status(), reply.headers()));
        }
        let etag = reply.headers().get(ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        let mut body = Vec::new();
        let mut chunks = reply.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(failed)?;
            if body.len() + chunk.len() > self.options.largest {
                return Err(HttpError::TooLarge { url: shown, largest: self.options.largest });
            }
            body.extend_from_slice(&chunk);
        }
        if let (Some(cache), Some(etag)) = (&self.cache, &etag) {
            cache.keep(url.as_str(), etag, &body);
        }
        Ok(Reply { body, etag, not_modified: false })
    }

    fn to_status_error(&self, url: String, status: StatusCode, headers: &HeaderMap) -> HttpError {
        let may_pass = status == StatusCode::TOO_MANY_REQUESTS
            || status == StatusCode::REQUEST_TIMEOUT
            || status.is_server_error();
        let wait =
            headers.get(RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.trim().parse().ok()).map(Duration::from_secs);
        let status = status.to_string();
        match wait.filter(|wait| may_pass && *wait > self.options.longest_delay) {
            Some(wait) => HttpError::Busy { url, status, seconds: wait.as_secs() },
            None => HttpError::Status { url, status, may_pass, wait },
        }
    }
}

/// Follows a redirect unless it leaves TLS, or there have been several already.
fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let leaves_tls = attempt.url().scheme() != "https" && attempt.previous().iter().any(|url| url.scheme() == "https");
    if leaves_tls {
        attempt.error("the server redirects to an address without TLS")
    } else if attempt.previous().len() > 5 {
        attempt.error("the server redirects too often")
    } else {
        attempt.follow()
    }
}

fn parse_url(text: &str) -> Result<Url, HttpError> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    url.ok_or_else(|| HttpError::Url(text.chars().take(80).flat_map(char::escape_debug).collect()))
}

/// An address as messages show it: no credentials, no query.
fn to_shown(url: &Url) -> String {
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

/// The innermost cause of a failure, which is what a person can act on.
fn to_reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer within the time limit".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let reason = cause.to_string();
    if error.is_connect() { format!("no connection: {reason}") } else { reason }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use wiremock::matchers::{header, method, path};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;

    fn options() -> Options {
        Options {
            largest: 1_000,
            timeout: Duration::from_millis(400),
            retries: 2,
            first_delay: Duration::from_millis(1),
            longest_delay: Duration::from_secs(2),
            ..Options::default()
        }
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("starts").block_on(future)
    }

    /// Starts a server that answers each request at `/x` with the next of some replies, and fetches it.
    fn fetch(options: Options, replies: Vec<ResponseTemplate>) -> (Result<Reply, HttpError>, String) {
        run(async {
            let server = MockServer::start().await;
            let count = replies.len();
            for (at, reply) in replies.into_iter().enumerate() {
                let mock = Mock::given(method("GET")).and(path("/x")).respond_with(reply);
                let mock = if at + 1 < count { mock.up_to_n_times(1) } else { mock };
                mock.mount(&server).await;
            }
            let http = Http::new(options).expect("sets up");
            (http.fetch(&format!("{}/x?secret=1", server.uri())).await, server.uri())
        })
    }

    fn error(options: Options, replies: Vec<ResponseTemplate>) -> String {
        let (reply, uri) = fetch(options, replies);
        reply.expect_err("fails").to_string().replace(&uri, "URL")
    }

    #[test]
    fn fetches_a_body_with_its_etag() {
        let (reply, _) =
            fetch(options(), vec![ResponseTemplate::new(200).insert_header("etag", "\"a\"").set_body_string("hi")]);
        let expected = Reply { body: b"hi".to_vec(), etag: Some("\"a\"".to_owned()), not_modified: false };
        assert_eq!(reply, Ok(expected));
    }

    #[test]
    fn tries_again_after_failures_that_may_pass() {
        for status in [429, 500, 503] {
            let busy = ResponseTemplate::new(status).insert_header("retry-after", "0");
            let (reply, _) = fetch(options(), vec![busy, ResponseTemplate::new(200).set_body_string("hi")]);
            assert_eq!(reply.map(|reply| reply.body), Ok(b"hi".to_vec()), "{status}");
        }
    }

    #[test]
    fn tells_why_there_is_no_answer() {
        let redirect = || ResponseTemplate::new(302).insert_header("location", "/x");
        let cases = [
            (ResponseTemplate::new(404).set_body_string("<html>"), "URL/x: the server answered 404 Not Found"),
            (ResponseTemplate::new(503), "URL/x: the server answered 503 Service Unavailable"),
            (
                ResponseTemplate::new(429).insert_header("retry-after", "3600"),
                "URL/x: the server answered 429 Too Many Requests and asks to wait 3600 seconds",
            ),
            (ResponseTemplate::new(200).set_body_bytes(vec![0; 1_001]), "URL/x: the answer is larger than 1000 bytes"),
            (redirect(), "URL/x: the server redirects too often"),
            (ResponseTemplate::new(200).set_delay(Duration::from_secs(5)), "URL/x: no answer within the time limit"),
        ];
        for (reply, message) in cases {
            assert_eq!(error(options(), vec![reply]), message);
        }
        let http = Http::new(options()).expect("sets up");
        let refused = run(http.fetch("http://127.0.0.1:9/x")).expect_err("nobody listens").to_string();
        assert!(refused.starts_with("http://127.0.0.1:9/x: no connection: "), "{refused}");
        let message = run(http.fetch("ftp://x/\u{1b}")).expect_err("no address").to_string();
        assert_eq!(message, "`ftp://x/\\u{1b}` is not a web address");
    }

    #[test]
    fn counts_the_size_of_a_body_after_decompression() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(&vec![0; 1 << 20]).expect("packs");
        let bomb = packer.finish().expect("packs");
        assert!(bomb.len() < 2_000);
        let reply = ResponseTemplate::new(200).insert_header("content-encoding", "gzip").set_body_bytes(bomb);
        assert_eq!(
            error(Options { largest: 100_000, ..options() }, vec![reply]),
            "URL/x: the answer is larger than 100000 bytes"
        );
    }

    #[test]
    fn does_not_take_half_an_answer() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
        let url = format!("http://{}/x", listener.local_addr().expect("has an address"));
        std::thread::spawn(move || {
            for stream in listener.incoming().take(3) {
                let mut stream = stream.expect("connects");
                let _ = stream.read(&mut [0; 1024]);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
            }
        });
        let http = Http::new(options()).expect("sets up");
        let message = run(http.fetch(&url)).expect_err("fails").to_string();
        assert!(message.starts_with(&url), "{message}");
    }

    #[test]
    fn asks_a_mirror_and_keeps_answers_for_the_next_run() {
        let folder = tempfile::tempdir().expect("a folder");
        run(async {
            let server = MockServer::start().await;
            let whole = ResponseTemplate::new(200).insert_header("etag", "\"a\"").set_body_string("hi");
            Mock::given(path("/go.dev/dl/"))
                .and(header("if-none-match", "\"a\""))
                .respond_with(ResponseTemplate::new(304))
                .with_priority(1)
                .mount(&server)
                .await;
            Mock::given(path("/go.dev/dl/")).respond_with(whole).mount(&server).await;
            let options = Options {
                mirror: Some(format!("{}/", server.uri())),
                cache: Some(folder.path().join("c")),
                ..options()
            };
            for not_modified in [false, true] {
                let http = Http::new(options.clone()).expect("sets up");
                let reply = http.fetch("https://go.dev/dl/?mode=json").await.expect("answers");
                assert_eq!((reply.body, reply.not_modified), (b"hi".to_vec(), not_modified));
            }
        });
    }
}
