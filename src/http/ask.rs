//! One try of a request: turns it into an answer, through redirects and the token flow of registries.
//!
//! Must not send a token, or anything that one led to, once a chain of redirects has left the origin where it began.

use std::time::Duration;

use reqwest::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LINK,
    LOCATION,
};
use reqwest::{Method, Response, StatusCode, Url};
use tokio::time::timeout;

use super::cache::{Cache, Head, Kept, Key};
use super::error::{Fault, Late};
use super::token::Credential;
use super::{Http, address, limit, registry};
use crate::model::exchange::{Access, Reply, Request};

/// What came back from one address.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    /// Empty unless the status is 200.
    body: Vec<u8>,
}

/// One address on the way to an answer.
struct Hop<'a> {
    /// The true address.
    url: &'a Url,
    /// The address that is asked in its place.
    asked: &'a Url,
    request: &'a Request,
    credential: Option<&'a Credential>,
}

impl Http {
    /// Tries once.
    pub(super) async fn ask(&self, request: &Request, first: &Url) -> Result<Reply, Fault> {
        let home = self.to_asked(first)?.origin();
        let (mut url, mut at_home, mut redirects) = (first.clone(), true, 0);
        let mut registry = self.given.find(request, first);
        let mut asked_place = false;
        loop {
            let asked = self.to_asked(&url)?;
            at_home = at_home && asked.origin() == home;
            let credential = at_home.then(|| registry.clone().or_else(|| self.options.tokens.find(&asked))).flatten();
            let hop = Hop { url: &url, asked: &asked, request, credential: credential.as_ref() };
            let (answer, kept) = self.exchange(&hop, self.cache.as_ref()).await?;
            // Whoever has waited for this turn asks before this answer is kept and read, which takes the only thread.
            tokio::task::yield_now().await;
            match (answer.status.as_u16(), kept) {
                (200, _) => return Ok(self.to_reply(&hop, answer)),
                (304, Some(kept)) => return Ok(to_known_reply(&hop, kept)),
                (301 | 302 | 303 | 307 | 308, _) => {
                    redirects += 1;
                    if redirects > self.options.redirects {
                        let message = format!("it redirects more than {} times", self.options.redirects);
                        return Err(Fault::Redirect(message));
                    }
                    url = self.follow(&hop, &answer)?;
                }
                (401, _) if request.access == Access::Registry && at_home && !asked_place => {
                    let Some(place) = registry::find_challenge(&answer.headers, &url)? else {
                        return Err(limit::to_fault(answer.status, &answer.headers));
                    };
                    let credential = self.find_registry_token(&place).await?;
                    self.given.keep(first, &credential);
                    (registry, asked_place) = (Some(credential), true);
                }
                _ => return Err(limit::to_fault(answer.status, &answer.headers)),
            }
        }
    }

    /// The address that is asked in place of the true one.
    fn to_asked(&self, url: &Url) -> Result<Url, Fault> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Fault::Address("it holds credentials; give them as a token of the host".to_owned()));
        }
        match &self.mirror {
            Some(mirror) if url.scheme() == "https" && url.has_host() => mirror.to_mirror(url),
            None if address::is_safe(url) => Ok(url.clone()),
            _ => Err(Fault::Address("it is not an https address".to_owned())),
        }
    }

    /// Asks the place that gives tokens for one, as anybody, or as the user where there is a token for that place.
    async fn find_registry_token(&self, place: &Url) -> Result<Credential, Fault> {
        let fail = |fault| Fault::Token { place: address::to_shown(place), fault: Box::new(fault) };
        let asked = self.to_asked(place)?;
        let credential = self.options.tokens.find(&asked);
        let request = Request { largest: registry::LARGEST_TOKEN, ..Request::get(place.as_str()) };
        let hop = Hop { url: place, asked: &asked, request: &request, credential: credential.as_ref() };
        let (answer, _) = self.exchange(&hop, None).await.map_err(fail)?;
        if answer.status != StatusCode::OK {
            return Err(fail(limit::to_fault(answer.status, &answer.headers)));
        }
        registry::to_credential(&answer.body, credential.as_ref()).map_err(fail)
    }

    /// Waits for its turn, asks one address whether what is known of it has changed, and reads a good answer to its end.
    async fn exchange(&self, hop: &Hop<'_>, cache: Option<&Cache>) -> Result<(Answer, Option<Kept>), Fault> {
        let _turn = self.gate.enter(hop.url).await;
        // Not before, so that the first requests leave while those that wait have read nothing yet.
        let kept = cache.and_then(|cache| cache.load(&to_key(hop)?, hop.request.largest));
        let whole = self.options.timeout;
        let answer = timeout(whole, self.send(hop, kept.as_ref())).await;
        Ok((answer.unwrap_or(Err(Fault::Late { late: Late::Whole, after: whole }))?, kept))
    }

    async fn send(&self, hop: &Hop<'_>, kept: Option<&Kept>) -> Result<Answer, Fault> {
        let method = if hop.request.body.is_some() { Method::POST } else { Method::GET };
        let mut builder = self.client.request(method, hop.asked.clone());
        for (name, value) in &hop.request.headers {
            builder = builder.header(*name, value);
        }
        if let Some(body) = &hop.request.body {
            builder = builder.header(CONTENT_TYPE, body.content_type).body(body.bytes.clone());
        }
        if let Some(credential) = hop.credential {
            builder = builder.header(reqwest::header::AUTHORIZATION, credential.header.clone());
        }
        if let Some(head) = kept.map(|kept| &kept.head) {
            let marks = [(IF_NONE_MATCH, &head.etag), (IF_MODIFIED_SINCE, &head.last_modified)];
            for (name, mark) in marks.into_iter().filter_map(|(name, mark)| Some((name, mark.as_ref()?))) {
                builder = builder.header(name, mark);
            }
        }
        let mut response = self.in_time(builder.send()).await?;
        let body = match response.status() {
            StatusCode::OK => self.read(&mut response, hop.request.largest).await?,
            _ => Vec::new(),
        };
        Ok(Answer { status: response.status(), headers: std::mem::take(response.headers_mut()), body })
    }

    /// Reads a body chunk by chunk, so that one which grows when it is decompressed ends at the limit.
    async fn read(&self, response: &mut Response, largest: usize) -> Result<Vec<u8>, Fault> {
        if response.content_length().is_some_and(|length| length > largest as u64) {
            return Err(Fault::TooLarge(largest));
        }
        let mut body = Vec::new();
        while let Some(chunk) = self.in_time(response.chunk()).await? {
            if body.len() + chunk.len() > largest {
                return Err(Fault::TooLarge(largest));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Waits for the next thing that comes.
    async fn in_time<T>(&self, coming: impl Future<Output = reqwest::Result<T>>) -> Result<T, Fault> {
        let idle: Duration = self.options.idle_timeout;
        match timeout(idle, coming).await {
            Ok(came) => came.map_err(|error| Fault::from_reqwest(&error, self.options.connect_timeout)),
            Err(_) => Err(Fault::Late { late: Late::Idle, after: idle }),
        }
    }

    /// The true address that a redirect points to.
    fn follow(&self, hop: &Hop<'_>, answer: &Answer) -> Result<Url, Fault> {
        // Some write more than ASCII, and mean UTF-8.
        let location = answer.headers.get(LOCATION).and_then(|location| str::from_utf8(location.as_bytes()).ok());
        let location = location.ok_or_else(|| Fault::Redirect("it redirects to nowhere".to_owned()))?;
        let next = match &self.mirror {
            Some(mirror) => mirror.follow(hop.url, hop.asked, location),
            None => hop.url.join(location).ok(),
        };
        let next =
            next.ok_or_else(|| Fault::Redirect("it redirects to something that is not an address".to_owned()))?;
        let next = address::without_credentials(next);
        let refuse = |why: &str| Fault::Redirect(format!("it redirects to `{}`, {why}", address::to_shown(&next)));
        if !address::is_as_safe(&next, hop.url) {
            return Err(refuse("which is not https"));
        }
        // What was sent is for this origin, and only these two codes mean that it is to be sent again.
        if hop.request.body.is_some() {
            if next.origin() != hop.url.origin() {
                return Err(refuse("and what is posted goes to no other origin"));
            }
            if !matches!(answer.status.as_u16(), 307 | 308) {
                return Err(refuse("and does not say that it wants what is posted"));
            }
        }
        Ok(next)
    }

    fn to_reply(&self, hop: &Hop<'_>, answer: Answer) -> Reply {
        let head = Head {
            content_type: text_of(&answer.headers, &CONTENT_TYPE),
            link: text_of(&answer.headers, &LINK),
            etag: text_of(&answer.headers, &ETAG),
            last_modified: text_of(&answer.headers, &LAST_MODIFIED),
        };
        let may_keep = text_of(&answer.headers, &CACHE_CONTROL).is_none_or(|text| !text.contains("no-store"));
        if let (Some(cache), Some(key), true) = (&self.cache, to_key(hop), may_keep) {
            // A cache that cannot be written only costs the next run a full reply.
            let _ = cache.store(&key, &head, &answer.body);
        }
        Reply {
            asked: hop.request.url.clone(),
            url: hop.url.to_string(),
            content_type: head.content_type,
            link: head.link,
            etag: head.etag,
            not_modified: false,
            body: answer.body,
        }
    }
}

fn to_known_reply(hop: &Hop<'_>, kept: Kept) -> Reply {
    Reply {
        asked: hop.request.url.clone(),
        url: hop.url.to_string(),
        content_type: kept.head.content_type,
        link: kept.head.link,
        etag: kept.head.etag,
        not_modified: true,
        body: kept.body,
    }
}

/// Where an answer is kept; answers to what is posted are not.
fn to_key(hop: &Hop<'_>) -> Option<Key> {
    let identity = hop.credential.map(|credential| credential.identity.as_str());
    hop.request.body.is_none().then(|| Key::new(hop.asked, &hop.request.headers, identity))
}

fn text_of(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().filter(|text| !text.is_empty()).map(str::to_owned)
}
