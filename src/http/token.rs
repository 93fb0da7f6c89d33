//! Tokens: turns variables of the environment into who is told who asks.
//!
//! Must not show a token to anybody but the origin that it is for: no message, log, address or file repeats it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;

use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use super::address;
use super::error::{Fault, HttpError};
use crate::model::digest::sha256_of_parts;

/// What the variable for any host begins with.
const PREFIX: &str = "UPSHIFT_TOKEN_";

/// Variables that others read too, and the host that they are for.
const KNOWN: [(&str, &str); 2] = [("GITHUB_TOKEN", "API_GITHUB_COM"), ("GITLAB_TOKEN", "GITLAB_COM")];

/// The most bytes of a token.
const LONGEST_TOKEN: usize = 16 << 10;

/// The user's tokens, each for one origin.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    /// By the host, as a variable names it.
    by_host: BTreeMap<String, SecretString>,
    /// A variable that holds something else.
    unusable: Option<String>,
}

/// What a request says of who asks.
#[derive(Clone, Debug)]
pub(super) struct Credential {
    /// The header, which no log shows.
    pub(super) header: HeaderValue,
    /// A digest that tells one who asks from another.
    pub(super) identity: String,
}

impl Tokens {
    /// Takes tokens out of the variables of an environment.
    ///
    /// `GITHUB_TOKEN` is for `https://api.github.com`, `GITLAB_TOKEN` for `https://gitlab.com`, `UPSHIFT_TOKEN_<HOST>`
    /// for any host: in capitals, `.` as `_`, `-` as `__`, and with `_` and the port where that is not 443, such as
    /// `UPSHIFT_TOKEN_GIT_MY__ORG_COM_8443` for `https://git.my-org.com:8443`. So no two hosts share a variable.
    /// Empty variables are none.
    pub fn parse(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut tokens = Self::default();
        let mut known = BTreeMap::new();
        for (name, value) in variables {
            let Ok(name) = name.into_string() else { continue };
            let shared = KNOWN.iter().find(|(variable, _)| *variable == name).map(|(_, host)| *host);
            let Some(host) = name.strip_prefix(PREFIX).or(shared) else { continue };
            let value = value.into_string().unwrap_or_else(|_| "\0".to_owned());
            match value.trim() {
                "" => {}
                token if !is_token(token) => tokens.unusable = Some(name),
                token if shared.is_some() => _ = known.insert(host.to_owned(), SecretString::from(token)),
                token => _ = tokens.by_host.insert(host.to_owned(), SecretString::from(token)),
            }
        }
        for (host, token) in known {
            tokens.by_host.entry(host).or_insert(token);
        }
        tokens
    }

    pub(super) fn check(&self) -> Result<(), HttpError> {
        match &self.unusable {
            Some(name) => Err(HttpError::new(name, Fault::Setting("it holds characters that no token has".to_owned()))),
            None => Ok(()),
        }
    }

    /// The token for an address that is about to be asked.
    pub(super) fn find(&self, asked: &Url) -> Option<Credential> {
        let token = self.by_host.get(&to_name(asked)?).filter(|_| address::is_safe(asked))?;
        Credential::new(token.expose_secret(), "user")
    }
}

impl Credential {
    /// A token that a registry's place gave; it is another one each time, but its asker stays.
    pub(super) fn of_registry(token: &str, asker: Option<&Self>) -> Option<Self> {
        let asker = asker.map_or("anybody", |asker| asker.identity.as_str());
        let identity = sha256_of_parts([b"registry", asker.as_bytes()]);
        Some(Self { identity, ..Self::new(token, "registry")? })
    }

    fn new(token: &str, kind: &str) -> Option<Self> {
        let mut header = HeaderValue::try_from(format!("Bearer {token}")).ok().filter(|_| is_token(token))?;
        header.set_sensitive(true);
        Some(Self { header, identity: sha256_of_parts([kind.as_bytes(), token.as_bytes()]) })
    }
}

fn is_token(text: &str) -> bool {
    (1..=LONGEST_TOKEN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The host and port of an address, as a variable names them.
fn to_name(url: &Url) -> Option<String> {
    let mut name = String::new();
    for c in url.host_str()?.chars() {
        match c {
            '.' => name.push('_'),
            '-' => name.push_str("__"),
            c if c.is_ascii_alphanumeric() => name.push(c.to_ascii_uppercase()),
            _ => return None,
        }
    }
    match url.port_or_known_default()? {
        443 => {}
        port => _ = write!(name, "_{port}"),
    }
    Some(name)
}
