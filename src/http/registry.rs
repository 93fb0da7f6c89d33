//! How container registries let anybody in: turns the refusal of a question into the place that gives tokens for it, and
//! that place's answer into a token.
//!
//! <https://distribution.github.io/distribution/spec/auth/token/>

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use http_auth::parser::ChallengeParser;
use reqwest::Url;
use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};
use serde::Deserialize;

use super::address;
use super::error::Fault;
use super::token::Credential;
use crate::model::exchange::{Access, Request};

/// The most bytes that a place may answer; tokens have some kilobytes.
pub(super) const LARGEST_TOKEN: usize = 64 << 10;

/// What a place answers; only one of the two is there.
#[derive(Deserialize)]
struct Gift {
    token: Option<String>,
    access_token: Option<String>,
}

/// The tokens that places gave in this run: one question has many pages, and one token is enough for them.
#[derive(Debug, Default)]
pub(super) struct Given(Mutex<BTreeMap<String, Credential>>);

impl Given {
    pub(super) fn find(&self, request: &Request, url: &Url) -> Option<Credential> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&to_question(url)).filter(|_| request.access == Access::Registry).cloned()
    }

    pub(super) fn keep(&self, url: &Url, credential: &Credential) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(to_question(url), credential.clone());
    }
}

/// What all pages of a question have in common.
fn to_question(url: &Url) -> String {
    let mut question = url.clone();
    question.set_query(None);
    question.into()
}

/// The place that gives tokens, with the question, or nothing when the refusal names none.
pub(super) fn find_challenge(headers: &HeaderMap, refused: &Url) -> Result<Option<Url>, Fault> {
    let texts = headers.get_all(WWW_AUTHENTICATE).into_iter().filter_map(|value| value.to_str().ok());
    let mut challenges = texts.flat_map(|text| ChallengeParser::new(text).filter_map(Result::ok));
    let Some(challenge) = challenges.find(|challenge| challenge.scheme.eq_ignore_ascii_case("bearer")) else {
        return Ok(None);
    };
    let find = |wanted: &str| {
        let (_, value) = challenge.params.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
        Some(value.to_unescaped())
    };
    let Some(realm) = find("realm") else { return Ok(None) };
    let fail = |why: String| Err(Fault::Address(why));
    let Ok(mut place) = Url::parse(&realm) else {
        return fail("the place that it names for tokens is not an address".to_owned());
    };
    if !address::is_as_safe(&place, refused) {
        let shown = address::to_shown(&place);
        return fail(format!("the place that it names for tokens, `{shown}`, is not https"));
    }
    place = address::without_credentials(place);
    for name in ["service", "scope"] {
        if let Some(value) = find(name) {
            place.query_pairs_mut().append_pair(name, &value);
        }
    }
    Ok(Some(place))
}

/// The token in a place's answer, and whose it is: that of whoever asked for it.
pub(super) fn to_credential(body: &[u8], asker: Option<&Credential>) -> Result<Credential, Fault> {
    let gift: Option<Gift> = serde_json::from_slice(body).ok();
    gift.and_then(|gift| gift.token.or(gift.access_token))
        .and_then(|token| Credential::of_registry(&token, asker))
        .ok_or_else(|| Fault::Other("the answer holds no token".to_owned()))
}
