//! The only door to the network: asks upstreams, with limits, retries, tokens, a cache and an optional mirror.
//!
//! Turns a request into an answer of bounded size; must not send a token to anybody but whom it is for, and must not
//! read what it fetched.

mod address;
mod ask;
mod cache;
mod client;
mod error;
mod gate;
mod limit;
mod registry;
mod token;

use std::path::PathBuf;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use reqwest::{Client, Url};

use crate::model::exchange::{Reply, Request};
use crate::model::settings::Network;
use address::Mirror;
use cache::Cache;
use gate::Gate;
use registry::Given;

pub use error::{Fault, HttpError};
pub use token::Tokens;

/// How the client behaves; the defaults suit public upstreams.
#[derive(Clone, Debug)]
pub struct Options {
    /// A proxy cache: `https://HOST/PATH` is asked for as `MIRROR/HOST/PATH`.
    pub mirror: Option<String>,
    /// A folder for answers that upstreams mark with an `ETag` or a `Last-Modified`; it is made when needed.
    pub cache: Option<PathBuf>,
    /// A file in PEM with authorities that are trusted besides those of the system.
    pub ca: Option<PathBuf>,
    /// Who may be told who asks.
    pub tokens: Tokens,
    /// The most requests in flight.
    pub requests: usize,
    /// The most requests in flight to one host.
    pub per_host: usize,
    /// The time to connect.
    pub connect_timeout: Duration,
    /// The time in which nothing comes.
    pub idle_timeout: Duration,
    /// The time for one whole request, its body included; waiting for its turn does not count.
    pub timeout: Duration,
    /// The most redirects of one request.
    pub redirects: usize,
    /// How often a request is tried while its failures are passing ones.
    pub tries: usize,
    /// The wait before the second try; it doubles each time, and up to as much is added by chance.
    pub first_wait: Duration,
    /// The longest wait that an upstream may ask for; one that asks for more is given up.
    pub longest_wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        let network = Network::default();
        Self {
            mirror: None,
            cache: None,
            ca: network.ca,
            tokens: Tokens::default(),
            requests: network.requests,
            per_host: network.per_host,
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(20),
            timeout: network.timeout,
            redirects: 5,
            tries: 3,
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
    gate: Gate,
    given: Given,
    options: Options,
}

impl Http {
    /// Makes a client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When the mirror is not an http address, a token or the file with authorities cannot be used, or the system's TLS
    /// settings cannot be read.
    pub fn new(options: Options) -> Result<Self, HttpError> {
        options.tokens.check()?;
        Ok(Self {
            client: client::build(&options)?,
            mirror: options.mirror.as_deref().map(Mirror::parse).transpose()?,
            cache: options.cache.clone().map(Cache::new),
            gate: Gate::new(options.requests, options.per_host),
            given: Given::default(),
            options,
        })
    }

    /// Asks an upstream, over the mirror where there is one. As many of these may run at once as one likes.
    ///
    /// # Errors
    ///
    /// When there is no complete answer `200` (or `304` for an answer in the cache) within the limits. The message is
    /// one line that names the address without secrets.
    pub async fn fetch(&self, request: &Request) -> Result<Reply, HttpError> {
        let Ok(url) = Url::parse(&request.url) else {
            return Err(HttpError::new("an address", Fault::Address("it cannot be read".to_owned())));
        };
        let waits = ExponentialBuilder::new()
            .with_factor(2.0)
            .with_jitter()
            .with_min_delay(self.options.first_wait)
            .with_max_delay(self.options.longest_wait)
            .with_max_times(self.options.tries.saturating_sub(1));
        let tried = (|| self.ask(request, &url))
            .retry(waits)
            .when(Fault::is_passing)
            .adjust(|fault, wait| {
                let asked = fault.asked_wait().unwrap_or_default();
                // On top of what is asked, so that those who were told the same time do not come at the same time.
                wait.filter(|_| asked <= self.options.longest_wait).map(|wait| asked + wait)
            })
            .await;
        tried.map_err(|fault| HttpError::new(&address::to_shown(&url), fault))
    }
}

#[cfg(test)]
mod tests;
