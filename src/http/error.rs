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
    /// A setting cannot be used.
    #[error("{0}")]
    Setting(String),
    /// There was no connection.
    #[error("no connection: {0}")]
    Connect(String),
    /// The other side could not show who it is.
    #[error("its certificate is not trusted: {0}")]
    Certificate(String),
    /// Something took too long.
    #[error("{late} {} s", .after.as_secs_f32())]
    Late {
        /// What did.
        late: Late,
        /// How long that was.
        after: Duration,
    },
    /// The answer was neither a body nor a redirect.
    #[error("the answer was {code} {reason}{}", to_limit(*code, *limited, *wait))]
    Status {
        /// The status code.
        code: u16,
        /// Its usual name.
        reason: &'static str,
        /// Whether upstream was asked too often.
        limited: bool,
        /// How long upstream asks to wait.
        wait: Option<Duration>,
    },
    /// The body is larger than allowed.
    #[error("the answer is larger than {} bytes", .0)]
    TooLarge(usize),
    /// A redirect that is not followed.
    #[error("{0}")]
    Redirect(String),
    /// The answer broke off, is not HTTP, or could not be decompressed.
    #[error("the answer is broken: {0}")]
    Broken(String),
    /// A registry's place for tokens gave none.
    #[error("no token from `{place}`: {fault}")]
    Token {
        /// That place.
        place: String,
        /// What went wrong there.
        fault: Box<Self>,
    },
    /// Something else, in words.
    #[error("{0}")]
    Other(String),
}

/// What took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Late {
    /// The connection.
    #[error("no connection within")]
    Connection,
    /// The next bytes.
    #[error("nothing came for")]
    Idle,
    /// The answer as a whole.
    #[error("no complete answer within")]
    Whole,
}

impl HttpError {
    pub(super) fn new(url: &str, fault: Fault) -> Self {
        Self { url: url.to_owned(), fault }
    }
}

impl Fault {
    pub(super) fn from_reqwest(error: &reqwest::Error, connect_timeout: Duration) -> Self {
        let mut root: &dyn Error = error;
        while let Some(source) = root.source() {
            root = source;
        }
        // The outermost text holds the address with its query; the innermost says what happened.
        let text = if root.is::<reqwest::Error>() { "unknown cause".to_owned() } else { clean(&root.to_string()) };
        match () {
            () if error.is_timeout() => Self::Late { late: Late::Connection, after: connect_timeout },
            () if error.is_connect() => match text.strip_prefix("invalid peer certificate: ") {
                Some(why) => Self::Certificate(to_certificate_fault(why)),
                None => Self::Connect(text.replace("tunnel error:", "the proxy refused:")),
            },
            () if error.is_body() || error.is_decode() || error.is_request() => Self::Broken(text),
            () => Self::Other(format!("the request failed: {text}")),
        }
    }

    /// Says whether the same request may work a little later.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Connect(_) | Self::Late { .. } | Self::Broken(_) => true,
            Self::Status { code, limited, .. } => *limited || matches!(code, 408 | 500 | 502 | 503 | 504),
            Self::Token { fault, .. } => fault.is_passing(),
            _ => false,
        }
    }

    /// How long upstream asks to wait.
    pub(super) fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::Status { wait, .. } => *wait,
            Self::Token { fault, .. } => fault.asked_wait(),
            _ => None,
        }
    }
}

/// What is wrong with a certificate, in words where the TLS library has a name or a unix time.
fn to_certificate_fault(why: &str) -> String {
    let words = match why {
        "UnknownIssuer" => "its authority is unknown; `settings.network.ca` or SSL_CERT_FILE can name it",
        "BadSignature" => "the authority that it names has not signed it",
        _ if why.starts_with("certificate expired") => "it has expired",
        _ if why.starts_with("certificate not valid yet") => "it is not valid yet",
        _ => why,
    };
    words.to_owned()
}

fn to_limit(code: u16, limited: bool, wait: Option<Duration>) -> String {
    // 429 says so by its name.
    let limit = if limited && code != 429 { ", since it was asked too often" } else { "" };
    match wait {
        Some(wait) if !wait.is_zero() => format!("{limit}; it asks to wait for {} s", wait.as_secs()),
        _ => limit.to_owned(),
    }
}
