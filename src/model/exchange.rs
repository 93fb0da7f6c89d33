//! What is asked of an upstream and what it answers: plain values between the sources, which know what to ask, and the
//! network, which asks.

use std::fmt;

/// The most bytes of an answer, decompressed, unless a request says otherwise.
pub const LARGEST_ANSWER: usize = 32 << 20;

/// A question to an upstream.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The true address, whatever mirror is asked; always https.
    pub url: String,
    /// What is sent along: nothing for `GET`, a body for `POST`.
    pub body: Option<Body>,
    /// Headers that this upstream wants, as `("accept", "application/vnd.github+json")`.
    pub headers: Vec<(&'static str, String)>,
    /// The most bytes of the answer, decompressed.
    pub largest: usize,
    /// Who may be asked.
    pub access: Access,
}

/// The body of a `POST`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Its media type.
    pub content_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How an upstream lets one in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// At once; a token of the user's is sent where there is one for that host.
    Plain,
    /// As container registries do: it names a place where a token for this question is given to anybody.
    Registry,
}

impl Request {
    /// A `GET` of a public address.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self { url: url.into(), body: None, headers: Vec::new(), largest: LARGEST_ANSWER, access: Access::Plain }
    }

    /// A `POST` to a public address.
    #[must_use]
    pub fn post(url: impl Into<String>, content_type: &'static str, bytes: Vec<u8>) -> Self {
        Self { body: Some(Body { content_type, bytes }), ..Self::get(url) }
    }

    /// With one more header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Without the body, which is long and not for reading.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.body.is_some() { "POST" } else { "GET" };
        write!(f, "{verb} {}", self.url)
    }
}

/// An answer: always one that an upstream means as such (`200`, or `304` for an answer that is known).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The address that was asked, as in the request.
    pub asked: String,
    /// The true address that answered, after redirects; never a mirror's.
    pub url: String,
    /// The media type, as sent.
    pub content_type: Option<String>,
    /// The header `Link`, which names the next page.
    pub link: Option<String>,
    /// Upstream's mark of this version of the answer.
    pub etag: Option<String>,
    /// Whether upstream said that the answer in the cache is still current; `body` is that answer.
    pub not_modified: bool,
    /// The bytes, decompressed.
    pub body: Vec<u8>,
}

/// How far a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It is being asked.
    Asked,
    /// It has answered as before.
    Unchanged,
    /// It has answered something else, or for the first time.
    Answered,
    /// It has failed.
    Failed,
}
