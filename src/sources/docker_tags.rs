//! Tags of an image in a container registry (<https://github.com/opencontainers/distribution-spec/blob/main/spec.md>): names, with
//! no dates.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::listing::Listing;
use super::pages::find_refusal;
use super::text::parse_name;
use super::{OptionFault, SourceError, Upstream, check_count, find_next_page, parse_json};
use crate::model::exchange::{Access, Reply, Request};
use crate::model::facts::{ReleaseFact, SourceFacts};
use crate::model::image::{HUB, Image};

/// Where Docker Hub answers.
const HUB_HOST: &str = "registry-1.docker.io";

/// The tags of an image in a container registry: every tag, no dates. `match` says which tags are versions.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DockerTags {
    /// The image, without a tag, as `docker pull` takes it; `golang` is `docker.io/library/golang`. Example:
    /// `docker.io/library/golang`.
    #[schemars(regex(pattern = "^[a-z0-9._:/-]+$"))]
    image: String,
}

impl DockerTags {
    fn parse(&self) -> Image {
        Image::parse(&self.image)
    }
}

impl Upstream for DockerTags {
    fn about(&self) -> String {
        self.parse().to_string()
    }

    fn check(&self) -> Result<(), OptionFault> {
        let Image { registry, name } = self.parse();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let is_part = |part: &str| {
            part.starts_with(plain)
                && part.ends_with(plain)
                && part.chars().all(|c| plain(c) || matches!(c, '.' | '_' | '-'))
        };
        let (server, port) = registry.split_once(':').unwrap_or((&registry, "443"));
        let is_port = port.parse::<u16>().is_ok() && port.bytes().all(|byte| byte.is_ascii_digit());
        if is_part(server) && is_port && name.split('/').all(is_part) && self.image.len() <= 255 {
            return Ok(());
        }
        let why = "an image is written `registry/name` in small letters, without a tag".to_owned();
        Err(OptionFault { option: Some("image"), why })
    }

    fn requests(&self) -> Vec<Request> {
        let Image { registry, name } = self.parse();
        let host = if registry == HUB { HUB_HOST } else { &registry };
        vec![ask(format!("https://{host}/v2/{name}/tags/list?n=1000"))]
    }

    fn more(&self, _: &SourceFacts, reply: &Reply) -> Result<Vec<Request>, SourceError> {
        Ok(find_next_page(reply)?.map(ask).into_iter().collect())
    }

    fn to_facts(&self, _: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        let mut listing = Listing::default();
        let mut count = 0;
        for reply in replies {
            for tag in parse_tags(&reply.body)? {
                count += 1;
                let name = tag.as_str().map_or_else(|| Err("it is not a text".to_owned()), parse_name);
                listing.release(format!("entry {count}"), name, |_| ReleaseFact::default());
            }
        }
        check_count(count)?;
        Ok(listing.facts)
    }
}

fn ask(url: String) -> Request {
    Request { access: Access::Registry, ..Request::get(url) }
}

/// The tags of a page; an image without any has `null` for them.
fn parse_tags(body: &[u8]) -> Result<Vec<Value>, SourceError> {
    let mut page: Value = parse_json(body)?;
    match page.get_mut("tags").map(Value::take) {
        Some(Value::Array(tags)) => Ok(tags),
        Some(Value::Null) => Ok(Vec::new()),
        _ => Err(find_refusal(&page).unwrap_or_else(|| SourceError::Shape("it has no list of `tags`".to_owned()))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sources::testing::{open, read, refuse, reply};

    fn image(name: &str) -> Box<dyn Upstream> {
        open("docker-tags", json!({ "image": name }))
    }

    fn names(facts: &SourceFacts) -> Vec<&str> {
        facts.releases.iter().map(|release| release.version.as_str()).collect()
    }

    #[test]
    fn reads_the_tags_of_all_pages() {
        let good =
            reply("https://registry-1.docker.io/a", include_bytes!("../../tests/upstream/docker-tags/good.json"));
        let last = reply("https://registry-1.docker.io/b", b"{ \"name\": \"library/golang\", \"tags\": null }");
        let facts = image("golang").to_facts(&SourceFacts::default(), &[good, last]).unwrap();
        assert_eq!(names(&facts), ["1.26.7", "1.26.7-alpine", "1.27rc3", "latest"]);
        assert!(facts.skipped.is_empty() && facts.lines.is_empty());
    }

    #[test]
    fn leaves_out_odd_entries_and_says_which() {
        let facts = read(&*image("golang"), include_bytes!("../../tests/upstream/docker-tags/odd.json")).unwrap();
        assert_eq!(names(&facts), ["1.0"]);
        assert_eq!(
            facts.skipped,
            [
                "entry 2: it is not a text",
                "entry 3: it is not a text",
                "entry 4: `1.0` is listed twice",
                "entry 5: `a b` holds spaces or control characters",
            ]
        );
    }

    #[test]
    fn refuses_broken_replies() {
        let error = |body: &[u8]| read(&*image("golang"), body).unwrap_err().to_string();
        assert_eq!(
            error(include_bytes!("../../tests/upstream/docker-tags/broken_page.html")),
            "the reply is a web page, not data"
        );
        assert_eq!(
            error(include_bytes!("../../tests/upstream/docker-tags/broken_refusal.json")),
            "upstream says: repository name not known to registry"
        );
        assert_eq!(error(b"{ \"tags\": [ \"1.0\""), "the reply is cut off at line 1, column 17");
        assert_eq!(error(b"{ \"tags\": {} }"), "the reply is not what this source sends: it has no list of `tags`");
        assert_eq!(error(b"{}"), "the reply is not what this source sends: it has no list of `tags`");
        assert_eq!(error(b"{ \"tags\": null }"), "the reply lists nothing that can be read");
    }

    #[test]
    fn follows_pages_on_the_same_registry() {
        let address = "https://registry-1.docker.io/v2/library/golang/tags/list?n=1000";
        let more = |link: &str| {
            let reply = Reply { link: Some(link.to_owned()), ..reply(address, b"{ \"tags\": [] }") };
            image("golang").more(&SourceFacts::default(), &reply)
        };
        let next = more("</v2/library/golang/tags/list?last=1.26.7&n=1000>; rel=\"next\"").unwrap().remove(0);
        assert_eq!(next.url, "https://registry-1.docker.io/v2/library/golang/tags/list?last=1.26.7&n=1000");
        assert_eq!(next.access, Access::Registry);
        assert_eq!(
            more("<https://evil.example/>; rel=\"next\"").unwrap_err().to_string(),
            "the next page is at `https://evil.example/`, which is another server"
        );
    }

    #[test]
    fn an_image_has_a_registry_and_a_name() {
        for (name, about, address) in [
            ("golang", "docker.io/library/golang", "registry-1.docker.io/v2/library/golang"),
            ("docker.io/golang", "docker.io/library/golang", "registry-1.docker.io/v2/library/golang"),
            ("docker.io/library/golang", "docker.io/library/golang", "registry-1.docker.io/v2/library/golang"),
            ("index.docker.io/golang", "docker.io/library/golang", "registry-1.docker.io/v2/library/golang"),
            ("grafana/grafana", "docker.io/grafana/grafana", "registry-1.docker.io/v2/grafana/grafana"),
            ("ghcr.io/a/b", "ghcr.io/a/b", "ghcr.io/v2/a/b"),
            (
                "registry.example.com:5000/a/b_c/d-e",
                "registry.example.com:5000/a/b_c/d-e",
                "registry.example.com:5000/v2/a/b_c/d-e",
            ),
        ] {
            let upstream = image(name);
            assert_eq!(upstream.about(), about);
            assert_eq!(upstream.address(), format!("https://{address}/tags/list?n=1000"));
            assert_eq!(upstream.requests()[0].access, Access::Registry);
        }
        for name in
            ["", "golang:1.26", "golang@sha256:00", "Golang", "a/../b", "a//b", "https://ghcr.io/a", "ghcr.io:x/a"]
        {
            let fault = refuse("docker-tags", json!({ "image": name }));
            assert_eq!(fault.option, Some("image"), "{name}");
            assert_eq!(fault.why, "an image is written `registry/name` in small letters, without a tag");
        }
    }
}
