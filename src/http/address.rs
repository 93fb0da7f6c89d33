//! Addresses: what is asked in place of a true address when there is a mirror, where a redirect leads, and what a message shows.

use std::net::Ipv4Addr;

use reqwest::Url;

use super::error::{Fault, HttpError};

/// Query keys whose values no message repeats.
const SECRET_KEYS: [&str; 8] = ["token", "key", "secret", "pass", "sig", "auth", "credential", "code"];

/// A proxy cache that answers `https://HOST/PATH` at `BASE/HOST/PATH`.
#[derive(Clone, Debug)]
pub(super) struct Mirror {
    base: Url,
}

impl Mirror {
    pub(super) fn parse(text: &str) -> Result<Self, HttpError> {
        let fail = |why: &str| HttpError::new("the mirror", Fault::Setting(why.to_owned()));
        let base = Url::parse(text).map_err(|_| fail("it is not an address"))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(fail("it is not an http or https address"));
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(fail("it must not have a query or a fragment"));
        }
        Ok(Self { base })
    }

    /// The mirror's address for a true one.
    pub(super) fn to_mirror(&self, url: &Url) -> Result<Url, Fault> {
        let host = url.host_str().ok_or_else(|| Fault::Address("it has no host".to_owned()))?;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let mut asked = self.base.clone();
        asked.set_path(&format!("{}/{host}{port}{}", self.root(), url.path()));
        asked.set_query(url.query());
        Ok(asked)
    }

    /// The true address that a mirror's redirect means.
    ///
    /// A mirror may pass on what upstream said (`/dl/`, `https://...`) or put its own place in (`/go.dev/dl/`).
    pub(super) fn follow(&self, url: &Url, asked: &Url, location: &str) -> Option<Url> {
        let next = asked.join(location).ok()?;
        if next.origin() == self.base.origin() {
            self.to_true(&next).or_else(|| url.join(location).ok())
        } else {
            Some(next)
        }
    }

    fn to_true(&self, next: &Url) -> Option<Url> {
        let place = next.path().strip_prefix(self.root())?.strip_prefix('/')?;
        let (host, _) = place.split_once('/')?;
        if !host.contains('.') {
            return None;
        }
        let mut url = Url::parse(&format!("https://{place}")).ok()?;
        url.set_query(next.query());
        Some(url)
    }

    fn root(&self) -> &str {
        self.base.path().trim_end_matches('/')
    }
}

/// Says whether what is sent to an address is for its host alone: https, or this machine.
pub(super) fn is_safe(url: &Url) -> bool {
    url.has_host() && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url)))
}

/// Says whether an address that another one names may be asked: a public one does not lead into this machine.
pub(super) fn is_as_safe(next: &Url, from: &Url) -> bool {
    is_safe(next) && (next.scheme() == "https" || from.scheme() == "http")
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str().unwrap_or_default() {
        "localhost" | "[::1]" => true,
        host => host.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback()),
    }
}

/// The address without user and password, which nobody but the user may choose.
pub(super) fn without_credentials(mut url: Url) -> Url {
    // These fail only for addresses that cannot hold credentials at all.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

/// The address as messages show it: without credentials, fragment, and the values of secret query keys.
pub(super) fn to_shown(url: &Url) -> String {
    let mut shown = without_credentials(url.clone());
    shown.set_fragment(None);
    if let Some(query) = url.query() {
        let kept: Vec<String> = query.split('&').map(hide_secret).collect();
        shown.set_query(Some(&kept.join("&")));
    }
    let text: String = shown.into();
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn hide_secret(pair: &str) -> String {
    let key = pair.split('=').next().unwrap_or_default();
    let lower = key.to_ascii_lowercase();
    if SECRET_KEYS.iter().any(|secret| lower.contains(secret)) { format!("{key}=***") } else { pair.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_mirror_keeps_host_path_and_query() {
        let mirror = Mirror::parse("https://user:pw@cache.example/up/").unwrap();
        for (text, expected) in [
            (
                "https://go.dev/dl/?mode=json&include=all",
                "https://user:pw@cache.example/up/go.dev/dl/?mode=json&include=all",
            ),
            ("https://x.org:8443", "https://user:pw@cache.example/up/x.org:8443/"),
            ("https://x.org/a%2Fb", "https://user:pw@cache.example/up/x.org/a%2Fb"),
        ] {
            assert_eq!(mirror.to_mirror(&url(text)).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn refuses_mirrors_that_cannot_work_without_repeating_them() {
        for (text, expected) in [
            ("", "`the mirror`: it is not an address"),
            ("cache.example", "`the mirror`: it is not an address"),
            ("ftp://a:secret@cache.example", "`the mirror`: it is not an http or https address"),
            ("https://cache.example/?a=b", "`the mirror`: it must not have a query or a fragment"),
        ] {
            assert_eq!(Mirror::parse(text).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn a_redirect_of_a_mirror_is_read_as_the_true_address() {
        let mirror = Mirror::parse("http://localhost:8000").unwrap();
        let from = url("https://go.dev/dl");
        let asked = mirror.to_mirror(&from).unwrap();
        for (location, expected) in [
            ("/dl/", "https://go.dev/dl/"),
            ("/go.dev/dl/?a=b", "https://go.dev/dl/?a=b"),
            ("dl/", "https://go.dev/dl/"),
            ("http://localhost:8000/go.dev/dl/", "https://go.dev/dl/"),
            ("https://golang.org/dl/", "https://golang.org/dl/"),
            ("http://golang.org/dl/", "http://golang.org/dl/"),
        ] {
            assert_eq!(mirror.follow(&from, &asked, location).unwrap().as_str(), expected, "{location}");
        }
    }

    #[test]
    fn messages_show_no_secrets() {
        assert_eq!(
            to_shown(&url("https://u:p@x.org/a?page=2&private_token=abc&X-Sig=1#f")),
            "https://x.org/a?page=2&private_token=***&X-Sig=***"
        );
        assert!(to_shown(&url(&format!("https://x.org/{}", "a".repeat(100_000)))).chars().count() <= 201);
    }
}
