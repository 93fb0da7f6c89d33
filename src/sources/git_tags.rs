//! Tags of a git repository over https (<https://git-scm.com/docs/protocol-v2>, <https://git-scm.com/docs/http-protocol>): names,
//! with no dates. Servers answer in the second version of the protocol, in the first, or with a plain list.

use schemars::JsonSchema;
use serde::Deserialize;

use super::listing::Listing;
use super::pages::{check_base, to_about};
use super::pkt_line::{self, Packet};
use super::text::parse_name;
use super::{OptionFault, SourceError, Upstream, check_count, parse_text};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{ReleaseFact, SourceFacts};
use crate::model::quote::{clean, quote};

const ADVERTISED: &str = "/info/refs?service=git-upload-pack";

const TAGS: &str = "refs/tags/";

/// The tags of a git repository, asked as `git ls-remote --tags` does: every tag, no dates. Where a repository has tags
/// that are no versions, `match` says which are.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GitTags {
    /// The address that `git clone` takes. Example: `https://go.googlesource.com/go`.
    #[schemars(regex(pattern = "^https://"))]
    url: String,
}

impl Upstream for GitTags {
    fn about(&self) -> String {
        to_about(&self.url).to_owned()
    }

    fn check(&self) -> Result<(), OptionFault> {
        check_base("url", &self.url)
    }

    fn address(&self) -> String {
        self.url.clone()
    }

    fn requests(&self) -> Vec<Request> {
        vec![Request::get(format!("{}{ADVERTISED}", self.url)).with_header("git-protocol", "version=2")]
    }

    fn more(&self, _: &SourceFacts, reply: &Reply) -> Result<Vec<Request>, SourceError> {
        let Answer::Offer(offer) = parse(&reply.body)? else { return Ok(Vec::new()) };
        // A repository that has moved is asked where it is now; a redirect of the question itself would lose it.
        let moved = reply.url.strip_suffix(ADVERTISED).unwrap_or(&self.url);
        let content_type = "application/x-git-upload-pack-request";
        let request = Request::post(format!("{moved}/git-upload-pack"), content_type, offer.to_question());
        Ok(vec![
            request
                .with_header("git-protocol", "version=2")
                .with_header("accept", "application/x-git-upload-pack-result"),
        ])
    }

    /// What a server offers says nothing about tags.
    fn counts(&self, reply: &Reply) -> bool {
        !matches!(parse(&reply.body), Ok(Answer::Offer(_)))
    }

    fn to_facts(&self, _: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        let mut listing = Listing::default();
        let mut count = 0;
        for reply in replies {
            let Answer::Refs(refs) = parse(&reply.body)? else { continue };
            for (at, line) in refs {
                match parse_ref(line) {
                    // An annotated tag and what it points to are one tag.
                    Ok(name) if name.ends_with("^{}") => {}
                    Ok(name) => {
                        let Some(tag) = name.strip_prefix(TAGS) else { continue };
                        count += 1;
                        listing.release(format!("line {at}"), parse_name(tag), |_| ReleaseFact::default());
                    }
                    Err(why) => listing.skip(format!("line {at}"), why),
                }
            }
        }
        check_count(count)?;
        Ok(listing.facts)
    }
}

/// What a server says.
enum Answer<'a> {
    /// What it can do; it waits for a question.
    Offer(Offer<'a>),
    /// Lines about references, each with its place.
    Refs(Vec<(usize, &'a [u8])>),
}

/// What a server of the second version of the protocol can do, as far as it matters here.
#[derive(Default)]
struct Offer<'a> {
    has_agent: bool,
    object_format: Option<&'a str>,
}

impl Offer<'_> {
    /// The question for the tags.
    fn to_question(&self) -> Vec<u8> {
        let mut question = Vec::new();
        pkt_line::write(&mut question, "command=ls-refs");
        if self.has_agent {
            pkt_line::write(&mut question, concat!("agent=upshift/", env!("CARGO_PKG_VERSION")));
        }
        if let Some(format) = self.object_format {
            pkt_line::write(&mut question, &format!("object-format={format}"));
        }
        question.extend(b"0001");
        pkt_line::write(&mut question, &format!("ref-prefix {TAGS}"));
        question.extend(b"0000");
        question
    }
}

/// Tells the answers apart by what they are: a mirror does not keep their media type.
fn parse(body: &[u8]) -> Result<Answer<'_>, SourceError> {
    let is_plain = body.iter().position(|byte| *byte == b'\t').is_some_and(|tab| is_object(&body[..tab]));
    if is_plain {
        let lines = parse_text(body)?.lines().map(str::as_bytes);
        return Ok(Answer::Refs((1..).zip(lines).collect()));
    }
    if body.trim_ascii_start().starts_with(b"<") {
        return Err(SourceError::Html);
    }
    let packets = pkt_line::parse(body)?;
    if packets.last() != Some(&Packet::Flush) {
        return Err(SourceError::CutOff { line: packets.len() + 1, column: 0 });
    }
    let mut lines = Vec::new();
    for (at, packet) in (1..).zip(packets) {
        let Packet::Line(line) = packet else { continue };
        if let Some(said) = line.strip_prefix(b"ERR ") {
            return Err(SourceError::Refused(clean(&String::from_utf8_lossy(said))));
        }
        if !line.starts_with(b"# service=") && line != b"version 1" {
            lines.push((at, line));
        }
    }
    match lines.split_first() {
        Some(((_, b"version 2"), offered)) => to_offer(offered).map(Answer::Offer),
        _ => Ok(Answer::Refs(lines)),
    }
}

fn to_offer<'a>(lines: &[(usize, &'a [u8])]) -> Result<Offer<'a>, SourceError> {
    let mut offer = Offer::default();
    let mut lists = false;
    for (_, line) in lines {
        let line = std::str::from_utf8(line).unwrap_or_default();
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        match name {
            "agent" => offer.has_agent = true,
            "ls-refs" => lists = true,
            "object-format" if matches!(value, "sha1" | "sha256") => offer.object_format = Some(value),
            _ => {}
        }
    }
    if lists { Ok(offer) } else { Err(SourceError::Shape("the server does not list references".to_owned())) }
}

/// The name in a line about a reference: the object, the name, and what else the server tells.
fn parse_ref(line: &[u8]) -> Result<&str, String> {
    // The first line of the first version goes on with what the server can do.
    let line = line.split(|byte| *byte == 0).next().unwrap_or_default();
    let shown = || quote(&String::from_utf8_lossy(line));
    let text = std::str::from_utf8(line).map_err(|_| format!("{} is not UTF-8", shown()))?;
    let mut words = text.split([' ', '\t']);
    match (words.next(), words.next()) {
        (Some(object), Some(name)) if is_object(object.as_bytes()) => Ok(name),
        _ => Err(format!("{} is not a reference", shown())),
    }
}

/// Says whether a text is the name of an object: 40 digits, or 64 with SHA-256.
fn is_object(text: &[u8]) -> bool {
    matches!(text.len(), 40 | 64) && text.iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sources::testing::{open, refuse, reply};
    use crate::sources::to_digest;

    const OBJECT: &str = "617f66979579d1263eb127e493bec344b4ab943f";
    const INFO: &str = "https://git.example/go/info/refs?service=git-upload-pack";
    const PACK: &str = "https://git.example/go/git-upload-pack";

    fn git() -> Box<dyn Upstream> {
        open("git-tags", json!({ "url": "https://git.example/go" }))
    }

    /// A message of lines; an empty one stands for the end of a message.
    fn message(lines: &[&str]) -> Vec<u8> {
        let mut out = Vec::new();
        for line in lines {
            if line.is_empty() { out.extend(b"0000") } else { pkt_line::write(&mut out, line) }
        }
        out.extend(b"0000");
        out
    }

    fn offer() -> Vec<u8> {
        message(&[
            "version 2",
            "agent=git/2.47.3",
            "ls-refs=unborn",
            "fetch=shallow",
            "new-thing",
            "object-format=sha1",
        ])
    }

    fn refs() -> Vec<u8> {
        message(&[
            &format!("{OBJECT} refs/tags/go1.26.7"),
            &format!("{OBJECT} refs/tags/go1.27rc1 peeled:{OBJECT}"),
            &format!("{OBJECT} refs/heads/master"),
        ])
    }

    fn read(bodies: &[&[u8]]) -> Result<(Vec<String>, Vec<String>), SourceError> {
        let replies: Vec<Reply> = [INFO, PACK].iter().zip(bodies).map(|(asked, body)| reply(asked, body)).collect();
        let facts = git().to_facts(&SourceFacts::default(), &replies)?;
        Ok((facts.releases.into_iter().map(|release| release.version).collect(), facts.skipped))
    }

    fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
        texts.map(str::to_owned).to_vec()
    }

    #[test]
    fn asks_for_tags_in_the_second_version_of_the_protocol() {
        let first = git().requests().remove(0);
        assert_eq!((first.url.as_str(), first.headers), (INFO, vec![("git-protocol", "version=2".to_owned())]));
        let service = message(&["# service=git-upload-pack"]);
        for offer in [offer(), [service, offer()].concat()] {
            let next = git().more(&SourceFacts::default(), &reply(INFO, &offer)).unwrap().remove(0);
            assert_eq!(next.url, PACK);
            let headers = [("git-protocol", "version=2"), ("accept", "application/x-git-upload-pack-result")];
            assert_eq!(next.headers, headers.map(|(name, value)| (name, value.to_owned())));
            let body = next.body.unwrap();
            assert_eq!(body.content_type, "application/x-git-upload-pack-request");
            let agent = concat!("agent=upshift/", env!("CARGO_PKG_VERSION"));
            let expected = format!(
                "0014command=ls-refs\n{:04x}{agent}\n0017object-format=sha1\n0001001aref-prefix refs/tags/\n0000",
                agent.len() + 5
            );
            assert_eq!(String::from_utf8(body.bytes).unwrap(), expected);
            assert_eq!(read(&[&offer, &refs()]), Ok((texts(["go1.26.7", "go1.27rc1"]), vec![])));
        }
        assert_eq!(git().more(&SourceFacts::default(), &reply(PACK, &refs())), Ok(Vec::new()));
        let plain = message(&["version 2", "ls-refs"]);
        let next = git().more(&SourceFacts::default(), &reply(INFO, &plain)).unwrap().remove(0);
        assert_eq!(next.body.unwrap().bytes, b"0014command=ls-refs\n0001001aref-prefix refs/tags/\n0000");
    }

    #[test]
    fn asks_a_repository_where_it_has_moved_to() {
        let moved = Reply { url: INFO.replace("/go/", "/golang/"), ..reply(INFO, &offer()) };
        let next = git().more(&SourceFacts::default(), &moved).unwrap().remove(0);
        assert_eq!(next.url, "https://git.example/golang/git-upload-pack");
    }

    #[test]
    fn reads_the_first_version_of_the_protocol() {
        let head = message(&["# service=git-upload-pack"]);
        let refs = message(&[
            &format!("{OBJECT} HEAD\0multi_ack symref=HEAD:refs/heads/master agent=git/2.47.3"),
            &format!("{OBJECT} refs/heads/master"),
            &format!("{OBJECT} refs/tags/v1.0.0"),
            &format!("{OBJECT} refs/tags/v1.0.0^{{}}"),
            &format!("{OBJECT} refs/tags/release/1.1"),
        ]);
        let body = [head, refs].concat();
        assert_eq!(read(&[&body]), Ok((texts(["v1.0.0", "release/1.1"]), vec![])));
        assert_eq!(git().more(&SourceFacts::default(), &reply(INFO, &body)), Ok(Vec::new()));
        let sha256 = "0".repeat(64);
        let first = message(&["version 1", &format!("{sha256} refs/tags/v2\0ofs-delta")]);
        assert_eq!(read(&[&first]), Ok((texts(["v2"]), vec![])));
    }

    #[test]
    fn reads_a_plain_list() {
        let body = format!(
            "{OBJECT}\trefs/heads/master\n{OBJECT}\trefs/tags/go1.20\n{OBJECT}\trefs/tags/v1\n{OBJECT}\trefs/tags/v1^{{}}\n"
        );
        assert_eq!(read(&[body.as_bytes()]), Ok((texts(["go1.20", "v1"]), vec![])));
        assert_eq!(git().more(&SourceFacts::default(), &reply(INFO, body.as_bytes())), Ok(Vec::new()));
    }

    #[test]
    fn leaves_out_odd_lines_and_says_which() {
        let mut body = message(&[
            &format!("{OBJECT} refs/tags/v1"),
            "unborn HEAD symref-target:refs/heads/main",
            "refs/tags/v2",
            &format!("{OBJECT} refs/tags/v1"),
            &format!("{OBJECT} refs/tags/a\u{202e}b"),
            &format!("{OBJECT} refs/tags/"),
        ]);
        body.truncate(body.len() - 4);
        body.extend(b"0033617f66979579d1263eb127e493bec344b4ab943f refs/\xff0000");
        assert_eq!(
            read(&[&offer(), &body]),
            Ok((
                texts(["v1"]),
                texts([
                    "line 2: `unborn HEAD symref-target:refs/heads/main` is not a reference",
                    "line 3: `refs/tags/v2` is not a reference",
                    "line 4: `v1` is listed twice",
                    "line 5: `a\\u{202e}b` holds spaces or control characters",
                    "line 6: the name is empty",
                    "line 7: `617f66979579d1263eb127e493bec344b4ab943f refs/\u{fffd}` is not UTF-8",
                ])
            ))
        );
    }

    #[test]
    fn refuses_broken_replies() {
        let error = |body: &[u8]| read(&[body]).unwrap_err().to_string();
        assert_eq!(
            error(include_bytes!("../../tests/upstream/git-tags/broken_page.html")),
            "the reply is a web page, not data"
        );
        assert_eq!(error(b""), "the reply is cut off at line 1, column 0");
        assert_eq!(error(&refs()[..100]), "the reply is cut off at line 2, column 36");
        assert_eq!(error(&refs()[..refs().len() - 4]), "the reply is cut off at line 4, column 0");
        assert_eq!(error(&message(&["ERR access denied"])), "upstream says: access denied");
        assert_eq!(
            error(&message(&["version 2", "fetch"])),
            "the reply is not what this source sends: the server does not list references"
        );
        assert_eq!(
            error(b"Not Found"),
            "the reply is not what this source sends: line 1 of git's protocol has no length"
        );
        assert_eq!(error(&message(&[])), "the reply lists nothing that can be read");
        assert_eq!(error(&offer()), "the reply lists nothing that can be read");
    }

    #[test]
    fn what_a_server_offers_does_not_move_the_digest() {
        let digest = |agent: &str| {
            let offer = String::from_utf8(offer()).unwrap().replace("git/2.47.3", agent);
            to_digest(&*git(), &[reply(INFO, offer.as_bytes()), reply(PACK, &refs())]).unwrap()
        };
        assert_eq!(digest("git/2.47.3"), digest("git/2.48.0"));
    }

    #[test]
    fn a_repository_is_an_https_address() {
        assert_eq!(git().about(), "git.example/go");
        assert_eq!(git().address(), "https://git.example/go");
        for url in
            ["", "git@example.org:a/b", "http://git.example/go", "ssh://git.example/go", "https://u@git.example/go"]
        {
            let fault = refuse("git-tags", json!({ "url": url }));
            assert_eq!(fault.option, Some("url"), "{url}");
            assert_eq!(fault.why, "it is an https address without a name, a query, a fragment or a `/` at its end");
        }
    }
}
