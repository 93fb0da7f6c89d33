//! Java as Eclipse Adoptium builds it, Temurin (<https://api.adoptium.net/q/swagger-ui/>): which feature releases there
//! are, and of each every build, page by page.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::listing::{Listing, find_text};
use super::text::{parse_name, parse_time, parse_url};
use super::{OptionFault, SourceError, Upstream, check_count, find_next_page, find_reply, parse_json};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{LineFact, ReleaseFact, SourceFacts};

const AVAILABLE: &str = "https://api.adoptium.net/v3/info/available_releases";

/// One build of each release is enough; 20 is the most that a page may hold.
const ONE_BUILD: &str = "architecture=x64&image_type=jdk&os=linux&page_size=20&project=jdk";

/// Java as Eclipse Adoptium builds it (Temurin): every release with its day, and which feature releases are long-term ones.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Java {
    /// The feature releases that are wanted. Example: `["17", "21"]`. Default: all.
    #[serde(default)]
    #[schemars(inner(regex(pattern = "^[1-9][0-9]{0,3}$")))]
    features: Vec<String>,
}

impl Upstream for Java {
    fn check(&self) -> Result<(), OptionFault> {
        let is_feature = |feature: &String| feature.len() < 5 && feature.parse::<u32>().is_ok_and(|number| number > 0);
        if self.features.iter().all(|feature| is_feature(feature) && !feature.starts_with(['0', '+'])) {
            return Ok(());
        }
        Err(OptionFault { option: Some("features"), why: "feature releases are numbers, such as `21`".to_owned() })
    }

    fn requests(&self) -> Vec<Request> {
        vec![Request::get(AVAILABLE)]
    }

    fn more(&self, _: &SourceFacts, reply: &Reply) -> Result<Vec<Request>, SourceError> {
        if reply.asked != AVAILABLE {
            return Ok(find_next_page(reply)?.map(Request::get).into_iter().collect());
        }
        let features = parse_json::<Available>(&reply.body)?.available_releases;
        let wanted = features.iter().filter_map(to_feature).filter(|feature| self.wants(feature));
        let first_page = |feature| {
            Request::get(format!("https://api.adoptium.net/v3/assets/feature_releases/{feature}/ga?{ONE_BUILD}"))
        };
        Ok(wanted.map(first_page).collect())
    }

    /// Downloads are counted in the answers.
    fn to_counted<'a>(&self, reply: &'a Reply) -> Result<Cow<'a, [u8]>, SourceError> {
        if reply.asked == AVAILABLE {
            return Ok(Cow::Borrowed(&reply.body));
        }
        let entries: Vec<Value> = parse_json(&reply.body)?;
        let fields = ["release_type", "release_link", "timestamp", "version_data"];
        let counted: Value = entries.iter().map(|entry| json!(fields.map(|field| &entry[field]))).collect();
        Ok(Cow::Owned(counted.to_string().into_bytes()))
    }

    fn to_facts(&self, _: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        let mut listing = Listing::default();
        self.read_features(&find_reply(replies, AVAILABLE)?.body, &mut listing)?;
        let mut entries: Vec<(String, Value)> = Vec::new();
        for (page, reply) in replies.iter().filter(|reply| reply.asked != AVAILABLE).enumerate() {
            let page_entries: Vec<Value> = parse_json(&reply.body)?;
            let place = |at| format!("page {}, entry {}", page + 1, at + 1);
            entries.extend(page_entries.into_iter().enumerate().map(|(at, entry)| (place(at), entry)));
        }
        check_count(entries.len())?;
        // A release that was built again stands there again: the first time counts.
        entries.sort_by(|(_, a), (_, b)| a["timestamp"].as_str().cmp(&b["timestamp"].as_str()));
        for (place, entry) in &entries {
            match find_text(&entry["version_data"], "openjdk_version").and_then(parse_name) {
                Ok(version) if listing.has(&version) => {}
                version => listing.release(place, version, |fields| ReleaseFact {
                    date: fields.text("timestamp", &entry["timestamp"], parse_time),
                    prerelease: (entry["release_type"] == "ea").then_some(true),
                    url: fields.text("release_link", &entry["release_link"], parse_url),
                    ..ReleaseFact::default()
                }),
            }
        }
        Ok(listing.facts)
    }
}

#[derive(Deserialize)]
struct Available {
    available_releases: Vec<Value>,
    #[serde(default)]
    available_lts_releases: Vec<Value>,
}

impl Java {
    fn wants(&self, feature: &str) -> bool {
        self.features.is_empty() || self.features.iter().any(|wanted| wanted == feature)
    }

    fn read_features(&self, body: &[u8], listing: &mut Listing) -> Result<(), SourceError> {
        let available: Available = parse_json(body)?;
        check_count(available.available_releases.len())?;
        for (at, entry) in available.available_releases.iter().enumerate() {
            let feature = to_feature(entry).ok_or_else(|| "it is not a number".to_owned());
            if feature.as_ref().is_ok_and(|feature| !self.wants(feature)) {
                continue;
            }
            let is_lts = feature.is_ok() && available.available_lts_releases.contains(entry);
            listing.line(format!("feature {}", at + 1), feature, |_| LineFact {
                lts: is_lts.then_some(true),
                ..LineFact::default()
            });
        }
        for feature in &self.features {
            if !available.available_releases.iter().any(|entry| to_feature(entry).as_ref() == Some(feature)) {
                listing.skip(format!("feature `{feature}`"), "upstream does not list it");
            }
        }
        Ok(())
    }
}

fn to_feature(entry: &Value) -> Option<String> {
    entry.as_u64().filter(|number| *number < 10_000).map(|number| number.to_string())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::sources::testing::{open, read_all, refuse, reply};
    use crate::sources::to_digest;

    const GOOD_AVAILABLE: &[u8] = include_bytes!("../../tests/upstream/java/good_available.json");
    const GOOD_PAGE: &[u8] = include_bytes!("../../tests/upstream/java/good_page.json");
    const PAGE: &str = "https://api.adoptium.net/v3/assets/feature_releases/21/ga";

    fn read(available: &[u8], page: &[u8]) -> Result<SourceFacts, SourceError> {
        read_all(&*open("java", json!({})), &[(AVAILABLE, available), (PAGE, page)])
    }

    #[test]
    fn reads_releases_and_feature_releases() {
        let facts = read(GOOD_AVAILABLE, GOOD_PAGE).unwrap();
        let release = |version: &str, year, month, day, prerelease, tag: &str| ReleaseFact {
            version: version.to_owned(),
            date: Some(date(year, month, day)),
            prerelease,
            url: Some(format!("https://github.com/adoptium/{tag}")),
            ..ReleaseFact::default()
        };
        assert_eq!(
            facts.releases,
            [
                release("1.8.0_302-b08", 2021, 7, 29, None, "temurin8-binaries/releases/tag/jdk8u302-b08"),
                release(
                    "17-beta+33-202107301459",
                    2021,
                    7,
                    31,
                    Some(true),
                    "temurin17-binaries/releases/tag/jdk17-2021-07-31-00-07-beta"
                ),
                release("21.0.2+13-LTS", 2024, 1, 17, None, "temurin21-binaries/releases/tag/jdk-21.0.2%2B13"),
            ]
        );
        let lines: Vec<_> = facts.lines.iter().map(|line| (line.line.as_str(), line.lts)).collect();
        assert_eq!(lines, [("8", Some(true)), ("16", None), ("21", Some(true))]);
        assert!(facts.skipped.is_empty());
    }

    #[test]
    fn leaves_out_odd_entries_and_fields_and_says_which() {
        let upstream = open("java", json!({ "features": ["21", "99"] }));
        let answers: [(&str, &[u8]); 2] = [
            (AVAILABLE, include_bytes!("../../tests/upstream/java/odd_available.json")),
            (PAGE, include_bytes!("../../tests/upstream/java/odd_page.json")),
        ];
        let facts = read_all(&*upstream, &answers).unwrap();
        let releases: Vec<_> = facts.releases.iter().map(|release| (release.version.as_str(), release.date)).collect();
        assert_eq!(releases, [("21.0.3+9-LTS", None), ("21.0.1+12-LTS", None)]);
        assert_eq!(facts.lines.iter().map(|line| line.line.as_str()).collect::<Vec<_>>(), ["21"]);
        assert_eq!(
            facts.skipped,
            [
                "feature 2: it is not a number",
                "feature 3: it is not a number",
                "feature 5: `21` is listed twice",
                "feature `99`: upstream does not list it",
                "page 1, entry 3: it has no `openjdk_version`",
                "page 1, entry 4: `openjdk_version` is not a text",
                "page 1, entry 5: `21.0.2\\u{202e}` holds spaces or control characters",
                "`21.0.1+12-LTS`, field `timestamp`: `2023-10-18` is not a time",
                "`21.0.1+12-LTS`, field `release_link`: `javascript:alert(1)` is not an http address",
            ]
        );
    }

    #[test]
    fn asks_for_each_feature_release_and_every_page() {
        let upstream = open("java", json!({ "features": ["8", "21"] }));
        let more = |reply: &Reply| {
            let more = upstream.more(&SourceFacts::default(), reply).unwrap();
            more.into_iter().map(|request| request.url).collect::<Vec<_>>()
        };
        assert_eq!(
            more(&reply(AVAILABLE, GOOD_AVAILABLE)),
            [
                "https://api.adoptium.net/v3/assets/feature_releases/8/ga?architecture=x64&image_type=jdk&os=linux&page_size=20&project=jdk",
                "https://api.adoptium.net/v3/assets/feature_releases/21/ga?architecture=x64&image_type=jdk&os=linux&page_size=20&project=jdk",
            ]
        );
        let link = Some(format!("<{PAGE}?page=1&page_size=20>; rel=\"next\""));
        assert_eq!(more(&Reply { link, ..reply(PAGE, GOOD_PAGE) }), [format!("{PAGE}?page=1&page_size=20")]);
        assert_eq!(more(&reply(PAGE, GOOD_PAGE)), Vec::<String>::new());
        let fault = refuse("java", json!({ "features": ["21", "../8"] }));
        assert_eq!(
            (fault.option, fault.why.as_str()),
            (Some("features"), "feature releases are numbers, such as `21`")
        );
    }

    #[test]
    fn downloads_do_not_move_the_digest_and_releases_do() {
        let upstream = open("java", json!({}));
        let digest = |page: &str| to_digest(&*upstream, &[reply(PAGE, page.as_bytes())]).unwrap();
        let page = std::str::from_utf8(GOOD_PAGE).unwrap();
        let downloaded = page.replace("352", "353");
        assert_ne!(page, downloaded);
        assert_eq!(digest(page), digest(&downloaded));
        for (before, after) in [("21.0.2+13-LTS", "21.0.3+9-LTS"), ("2024-01-17", "2024-01-18")] {
            assert_ne!(digest(page), digest(&page.replace(before, after)), "{before}");
        }
    }

    #[test]
    fn refuses_broken_replies() {
        let page = b"<!doctype html><title>404</title>";
        let cut = include_bytes!("../../tests/upstream/java/broken_cut_off.json");
        assert_eq!(read(page, GOOD_PAGE), Err(SourceError::Html));
        assert_eq!(read(GOOD_AVAILABLE, page), Err(SourceError::Html));
        assert_eq!(read(GOOD_AVAILABLE, cut), Err(SourceError::CutOff { line: 4, column: 22 }));
        assert_eq!(read(GOOD_AVAILABLE, b"[]"), Err(SourceError::Empty));
        assert!(matches!(read(GOOD_AVAILABLE, b"{\"errorMessage\":\"x\"}"), Err(SourceError::Shape(_))));
        let shape = SourceError::Shape("missing field 'available_releases' at line 1 column 15".to_owned());
        assert_eq!(read(b"{\"releases\":[]}", GOOD_PAGE), Err(shape));
    }
}
