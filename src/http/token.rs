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
            Some(name) => Err(HttpError::new(
                name,
                Fault::Setting("it holds characters that no token has, or too many".to_owned()),
            )),
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

/// The host and port of an address, as a variable names them; nothing for hosts that have no name of their own then,
/// such as `a..b`, which would be taken for `a-b`.
fn to_name(url: &Url) -> Option<String> {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && part.trim_matches('-') == part
    };
    let parts: Vec<&str> = url.host_str()?.split('.').collect();
    if !parts.iter().all(|part| is_part(part)) {
        return None;
    }
    let mut name = parts.join("_").replace('-', "__").to_ascii_uppercase();
    match url.port_or_known_default()? {
        443 => {}
        port => _ = write!(name, "_{port}"),
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(variables: &[(&str, &str)]) -> Tokens {
        Tokens::parse(variables.iter().map(|(name, value)| (name.into(), value.into())))
    }

    /// What is sent to an address.
    fn sent(tokens: &Tokens, url: &str) -> Option<String> {
        let credential = tokens.find(&Url::parse(url).unwrap())?;
        Some(credential.header.to_str().unwrap().to_owned())
    }

    #[test]
    fn each_variable_is_for_one_origin() {
        let tokens = parse(&[
            ("GITHUB_TOKEN", "github"),
            ("GITLAB_TOKEN", " gitlab\n"),
            ("UPSHIFT_TOKEN_GIT_MY__ORG_COM", "org"),
            ("UPSHIFT_TOKEN_GIT_MY__ORG_COM_8443", "org-port"),
            ("UPSHIFT_TOKEN_127_0_0_1_8080", "local"),
            ("UPSHIFT_TOKEN_XN____BCHER__KVA_EXAMPLE", "idn"),
            ("UPSHIFT_TOKEN_EMPTY_COM", " "),
            ("OTHER_TOKEN", "other"),
        ]);
        for (url, expected) in [
            ("https://api.github.com/repos/a/b/tags", Some("github")),
            ("https://github.com/a/b", None),
            ("https://api.github.com:8443/", None),
            ("http://api.github.com/", None),
            ("https://api.github.com.evil.example/", None),
            ("https://gitlab.com/api/v4", Some("gitlab")),
            ("https://GitLab.com/", Some("gitlab")),
            ("https://registry.gitlab.com/", None),
            ("https://git.my-org.com/", Some("org")),
            ("https://git.my.org.com/", None),
            ("https://git.my..org.com/", None),
            ("https://git.my-.org.com/", None),
            ("https://git.my-org.com./", None),
            ("https://git-my-org-com/", None),
            ("https://git.my-org.com:8443/", Some("org-port")),
            ("https://git_my__org_com/", None),
            ("http://127.0.0.1:8080/", Some("local")),
            ("http://127.0.0.1/", None),
            ("https://b\u{fc}cher-kva.example/", None),
            ("https://xn--bcher-kva.example/", Some("idn")),
            ("https://empty.com/", None),
            ("file:///etc/passwd", None),
        ] {
            assert_eq!(sent(&tokens, url), expected.map(|token| format!("Bearer {token}")), "{url}");
        }
    }

    #[test]
    fn the_variable_of_a_host_comes_before_the_shared_one() {
        for variables in [
            [("GITHUB_TOKEN", "shared"), ("UPSHIFT_TOKEN_API_GITHUB_COM", "own")],
            [("UPSHIFT_TOKEN_API_GITHUB_COM", "own"), ("GITHUB_TOKEN", "shared")],
        ] {
            assert_eq!(sent(&parse(&variables), "https://api.github.com/"), Some("Bearer own".to_owned()));
        }
    }

    #[test]
    fn refuses_what_cannot_be_a_token_without_repeating_it() {
        let long = "x".repeat(LONGEST_TOKEN + 1);
        for value in ["two words", "two\r\nlines", "\u{fc}", long.as_str()] {
            let error = parse(&[("GITLAB_TOKEN", value)]).check().unwrap_err();
            assert_eq!(error.to_string(), "`GITLAB_TOKEN`: it holds characters that no token has, or too many");
        }
        assert_eq!(parse(&[("GITHUB_TOKEN", "good"), ("SOME_TOKEN", "two words")]).check(), Ok(()));
    }

    #[test]
    fn shows_no_token() {
        let tokens = parse(&[("GITHUB_TOKEN", "hunter2")]);
        let credential = tokens.find(&Url::parse("https://api.github.com/").unwrap());
        assert_eq!(format!("{:?}", tokens.by_host), r#"{"API_GITHUB_COM": SecretBox<str>([REDACTED])}"#);
        assert!(!format!("{tokens:?} {credential:?}").contains("hunter2"));
    }
}
