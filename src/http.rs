//! The only door to the network: fetches public addresses, with limits, retries, a cache and an optional mirror.
//!
//! Turns an https address into a body of bounded size; must not send credentials to upstreams, and must not read what it fetched.

mod address;
mod cache;
mod error;

use std::path::PathBuf;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use jiff::fmt::rfc2822;
use reqwest::header::{DATE, ETAG, HeaderMap, IF_NONE_MATCH, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};

use crate::model::exchange::{Reply, Request};

use address::Mirror;
use cache::{Cache, Cached};

pub use error::{Fault, HttpError};

/// The longest `ETag` that is kept, in bytes.
const LONGEST_ETAG: usize = 256;

/// How the client behaves; the defaults suit public upstreams.
#[derive(Clone, Debug)]
pub struct Options {
    /// A proxy cache: `https://HOST/PATH` is asked for as `MIRROR/HOST/PATH`.
    pub mirror: Option<String>,
    /// A folder for bodies that upstreams mark with an `ETag`; it is made when needed.
    pub cache: Option<PathBuf>,
    /// The time to connect.
    pub connect_timeout: Duration,
    /// The time for one whole request, its body included.
    pub timeout: Duration,
    /// The most bytes of a body, decompressed.
    pub largest_body: usize,
    /// The most redirects of one request.
    pub redirects: usize,
    /// How often a passing failure is tried again.
    pub retries: usize,
    /// The wait before the first retry; it doubles each time.
    pub first_wait: Duration,
    /// The longest wait; an upstream that asks for more (`Retry-After`) is given up.
    pub longest_wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mirror: None,
            cache: None,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_mins(1),
            largest_body: 32 << 20,
            redirects: 5,
            retries: 3,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_mins(1),
        }
    }
}

/// A client.
#[derive(Debug)]
pub struct Http {
    client: Client,
    mirror: Option<Mirror>,
    cache: Option<Cache>,
    options: Options,
}

impl Http {
    /// Makes a client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When the mirror is not an http address, or the system's TLS settings cannot be read.
    pub fn new(options: Options) -> Result<Self, HttpError> {
        let mirror = options.mirror.as_deref().map(Mirror::parse).transpose()?;
        let client = Client::builder()
            .user_agent(concat!("upshift/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.connect_timeout)
            .timeout(options.timeout)
            .redirect(Policy::none())
            .referer(false)
            .build()
            .map_err(|error| HttpError::new("the network", Fault::from_reqwest(&error, options.timeout)))?;
        Ok(Self { client, mirror, cache: options.cache.clone().map(Cache::new), options })
    }

    /// Fetches an https address, over the mirror where there is one.
    ///
    /// # Errors
    ///
    /// When there is no complete answer `200` (or `304` for a body in the cache) within the limits. The message is one
    /// line that names the address without credentials.
    pub async fn fetch(&self, request: &Request) -> Result<Reply, HttpError> {
        let Ok(parsed) = Url::parse(&request.url) else {
            return Err(HttpError::new("an address", Fault::Address("it cannot be read".to_owned())));
        };
        let waits = ExponentialBuilder::new()
            .with_factor(2.0)
            .with_min_delay(self.options.first_wait)
            .with_max_delay(self.options.longest_wait)
            .with_max_times(self.options.retries);
        let tried = (|| self.try_fetch(&parsed))
            .retry(waits)
            .when(Fault::is_passing)
            .adjust(|fault, wait| {
                wait.map(|wait| fault.retry_after().map_or(wait, |asked| asked.max(wait)))
                    .filter(|wait| *wait <= self.options.longest_wait)
            })
            .await;
        let reply = tried.map(|reply| Reply { asked: request.url.clone(), ..reply });
        reply.map_err(|fault| HttpError::new(&address::to_shown(&parsed), fault))
    }

    async fn try_fetch(&self, first: &Url) -> Result<Reply, Fault> {
        let mut url = first.clone();
        for _ in 0..=self.options.redirects {
            let asked = self.to_asked(&url)?;
            let cached = self.cache.as_ref().and_then(|cache| cache.load(&asked, self.options.largest_body));
            let response = self.send(&asked, cached.as_ref()).await?;
            match response.status() {
                StatusCode::OK => return self.read(response, url, &asked).await,
                StatusCode::NOT_MODIFIED => {
                    let cached = cached.ok_or(Fault::Status { code: 304, reason: "Not Modified", wait: None })?;
                    return Ok(Reply {
                        body: cached.body,
                        etag: Some(cached.etag),
                        not_modified: true,
                        url: url.into(),
                        ..Reply::default()
                    });
                }
                status if is_redirect(status) => url = self.follow(&response, &url, &asked)?,
                status => return Err(to_fault(status, response.headers())),
            }
        }
        Err(Fault::Redirect(format!("it redirects more than {} times", self.options.redirects)))
    }

    /// The address that is asked in place of the true one.
    fn to_asked(&self, url: &Url) -> Result<Url, Fault> {
        if url.scheme() != "https" || url.host_str().is_none() {
            return Err(Fault::Address("it is not an https address".to_owned()));
        }
        match &self.mirror {
            Some(mirror) => mirror.to_mirror(url),
            None => Ok(url.clone()),
        }
    }

    async fn send(&self, asked: &Url, cached: Option<&Cached>) -> Result<Response, Fault> {
        let mut request = self.client.get(asked.clone());
        if let Some(cached) = cached {
            request = request.header(IF_NONE_MATCH, cached.etag.as_str());
        }
        request.send().await.map_err(|error| Fault::from_reqwest(&error, self.options.timeout))
    }

    async fn read(&self, mut response: Response, url: Url, asked: &Url) -> Result<Reply, Fault> {
        let etag = response.headers().get(ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        let etag = etag.filter(|etag| !etag.is_empty() && etag.len() <= LONGEST_ETAG);
        let mut body = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| Fault::from_reqwest(&error, self.options.timeout))?
        {
            if body.len() + chunk.len() > self.options.largest_body {
                return Err(Fault::TooLarge(self.options.largest_body));
            }
            body.extend_from_slice(&chunk);
        }
        if let (Some(cache), Some(etag)) = (&self.cache, &etag) {
            // A cache that cannot be written only costs the next run a full reply.
            let _ = cache.store(asked, etag, &body);
        }
        Ok(Reply { body, etag, url: url.into(), ..Reply::default() })
    }

    /// The true address that a redirect points to.
    fn follow(&self, response: &Response, url: &Url, asked: &Url) -> Result<Url, Fault> {
        let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        let location = location.ok_or_else(|| Fault::Redirect("it redirects to nowhere".to_owned()))?;
        let next = match &self.mirror {
            Some(mirror) => mirror.follow(url, asked, location),
            None => url.join(location).ok(),
        };
        let next =
            next.ok_or_else(|| Fault::Redirect("it redirects to something that is not an address".to_owned()))?;
        if next.scheme() != "https" {
            return Err(Fault::Redirect(format!("it redirects to `{}`, which is not https", address::to_shown(&next))));
        }
        Ok(next)
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn to_fault(status: StatusCode, headers: &HeaderMap) -> Fault {
    Fault::Status {
        code: status.as_u16(),
        reason: status.canonical_reason().unwrap_or("unknown status"),
        wait: parse_wait(headers),
    }
}

/// Reads `Retry-After`: seconds, or a date, which is held against the reply's own `Date` and so needs no clock of ours.
fn parse_wait(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let parser = rfc2822::DateTimeParser::new();
    let until = parser.parse_timestamp(text).ok()?;
    let now = parser.parse_timestamp(headers.get(DATE)?.to_str().ok()?).ok()?;
    Some(Duration::from_secs(u64::try_from(until.as_second() - now.as_second()).unwrap_or(0)))
}

#[cfg(test)]
mod tests;
