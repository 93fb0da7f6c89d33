//! What can go wrong with a request: turns the client's errors into one short line without secrets.

use std::error::Error;
use std::time::Duration;

use thiserror::Error;

use crate::model::quote::clean;

/// A request that did not work out.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{url}`: {fault}")]
pub struct HttpError {
    /// The true address, without credentials.
    pub url: String,
    /// What went wrong, the last time that it was tried.
    pub fault: Fault,
}

/// What went wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// The address cannot be asked.
    #[error("{0}")]
    Address(String),
    /// There was no connection.
    #[error("no connection: {0}")]
    Connect(String),
    /// The answer was not complete in time.
    #[error("no complete answer within {} s", .0.as_secs_f32())]
    Timeout(Duration),
    /// The answer was neither a body nor a redirect.
    #[error("the answer was {code} {reason}{}", to_wait(*wait))]
    Status {
        /// The status code.
        code: u16,
        /// Its usual name.
        reason: &'static str,
        /// How long upstream asks to wait.
        wait: Option<Duration>,
    },
    /// The body is larger than allowed.
    #[error("the answer is larger than {} bytes", .0)]
    TooLarge(usize),
    /// A redirect that is not followed.
    #[error("{0}")]
    Redirect(String),
    /// The body broke off or could not be decompressed.
    #[error("the answer broke off: {0}")]
    Broken(String),
    /// The request could not be made.
    #[error("the request failed: {0}")]
    Other(String),
}

impl HttpError {
    pub(super) fn new(url: &str, fault: Fault) -> Self {
        Self { url: url.to_owned(), fault }
    }
}

impl Fault {
    pub(super) fn from_reqwest(error: &reqwest::Error, timeout: Duration) -> Self {
        let mut root: &dyn Error = error;
        while let Some(source) = root.source() {
            root = source;
        }
        // The outermost text holds the address with its query; the innermost says what happened.
        let text = if root.is::<reqwest::Error>() { "unknown cause".to_owned() } else { clean(&root.to_string()) };
        match () {
            () if error.is_timeout() => Self::Timeout(timeout),
            () if error.is_connect() => Self::Connect(text),
            () if error.is_body() || error.is_decode() || error.is_request() => Self::Broken(text),
            () => Self::Other(text),
        }
    }

    /// Says whether the same request may work a little later.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Connect(_) | Self::Timeout(_) | Self::Broken(_) => true,
            Self::Status { code, .. } => matches!(code, 408 | 429 | 500 | 502 | 503 | 504),
            _ => false,
        }
    }

    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { wait, .. } => *wait,
            _ => None,
        }
    }
}

fn to_wait(wait: Option<Duration>) -> String {
    match wait {
        Some(wait) if !wait.is_zero() => format!("; it asks to wait for {} s", wait.as_secs()),
        _ => String::new(),
    }
}
