//! .NET's release metadata (<https://github.com/dotnet/core/blob/main/release-notes/README.md>): an index of channels,
//! and for each channel its releases, with the vulnerabilities that they fix.

mod fixes;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use self::fixes::Fixes;
use super::listing::{Fields, Listing, find_text};
use super::text::{parse_date, parse_name, parse_url};
use super::{OptionFault, SourceError, Upstream, check_count, find_reply, parse_json};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{LineFact, ReleaseFact, SourceFacts};
use crate::model::quote::quote;
use crate::model::version::{Scheme, Version};

const INDEX: &str = "https://builds.dotnet.microsoft.com/dotnet/release-metadata/releases-index.json";

/// .NET: channels with their dates, every release with its day, and the vulnerabilities that each release fixes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Dotnet {
    /// Which versions are meant: those of the `runtime` or those of the `sdk`, which never compare. Example: `sdk`.
    /// Default: `runtime`.
    #[serde(default)]
    product: Product,
    /// The channels that are wanted. Example: `["8.0", "10.0"]`. Default: all, at about a megabyte each.
    #[serde(default)]
    #[schemars(inner(regex(pattern = "^[0-9]{1,3}\\.[0-9]{1,3}$")))]
    channels: Vec<String>,
}

/// What has versions of its own.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Product {
    /// What programs run on: `8.0.29`.
    #[default]
    Runtime,
    /// What programs are built with: `8.0.423`, in bands of a hundred.
    Sdk,
}

impl Upstream for Dotnet {
    fn about(&self) -> String {
        match self.product {
            Product::Runtime => "runtime".to_owned(),
            Product::Sdk => "sdk".to_owned(),
        }
    }

    fn check(&self) -> Result<(), OptionFault> {
        match self.channels.iter().find_map(|channel| parse_channel(channel).err()) {
            None => Ok(()),
            Some(why) => Err(OptionFault { option: Some("channels"), why }),
        }
    }

    fn requests(&self) -> Vec<Request> {
        vec![Request::get(INDEX)]
    }

    fn more(&self, _: &SourceFacts, reply: &Reply) -> Result<Vec<Request>, SourceError> {
        if reply.asked != INDEX {
            return Ok(Vec::new());
        }
        let channels = parse_index(&reply.body)?;
        let channels = channels.iter().filter_map(|entry| to_channel(entry).ok()).filter(|name| self.wants(name));
        Ok(channels.map(|channel| Request::get(to_url(&channel))).collect())
    }

    fn to_facts(&self, _: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        let mut listing = Listing::default();
        let mut fixes = Fixes::default();
        for (at, entry) in parse_index(&find_reply(replies, INDEX)?.body)?.iter().enumerate() {
            let channel = to_channel(entry);
            if channel.as_ref().is_ok_and(|channel| !self.wants(channel)) {
                continue;
            }
            let known = listing.facts.lines.len();
            let name = channel.clone().unwrap_or_default();
            listing.line(format!("entry {}", at + 1), channel, |fields| self.to_line(fields, entry));
            if listing.facts.lines.len() == known {
                continue;
            }
            let reply = find_reply(replies, &to_url(&name))?;
            let first = self.read_channel(&reply.body, &name, &mut listing, &mut fixes)?;
            if let Some(line) = listing.facts.lines.last_mut() {
                line.released = first;
            }
        }
        for channel in &self.channels {
            if listing.facts.lines.iter().all(|line| line.line != *channel) {
                listing.skip(format!("channel `{channel}`"), "upstream does not list it");
            }
        }
        listing.facts.advisories = fixes.finish();
        Ok(listing.facts)
    }
}

/// A release of a channel: how it stands among the others, and what it ships.
struct Shipped {
    release: Version,
    versions: Vec<Version>,
}

impl Dotnet {
    fn wants(&self, channel: &str) -> bool {
        self.channels.is_empty() || self.channels.iter().any(|wanted| wanted == channel)
    }

    fn to_line(&self, fields: &mut Fields, entry: &Value) -> LineFact {
        let latest = match self.product {
            Product::Runtime => "latest-runtime",
            Product::Sdk => "latest-sdk",
        };
        // A preview has no such day yet.
        let eol = fields.text("eol-date", &entry["eol-date"], parse_date);
        let ended = match entry["support-phase"].as_str() {
            Some("eol") => Some(true),
            Some("preview" | "go-live" | "active" | "maintenance") => Some(false),
            _ => None,
        };
        LineFact {
            eol,
            ended: ended.filter(|_| eol.is_none()),
            lts: (entry["release-type"] == "lts").then_some(true),
            latest: fields.text(latest, &entry[latest], parse_name),
            ..LineFact::default()
        }
    }

    /// Reads the releases of a channel, and finds the day of the first that was no preview.
    fn read_channel(
        &self,
        body: &[u8],
        channel: &str,
        listing: &mut Listing,
        fixes: &mut Fixes,
    ) -> Result<Option<Date>, SourceError> {
        let answer: Channel = parse_json(body)?;
        check_count(answer.releases.len())?;
        let mut first = None;
        let mut all = Vec::new();
        for (at, entry) in answer.releases.iter().enumerate() {
            let place = format!("channel `{channel}`, entry {}", at + 1);
            let release = match find_text(entry, "release-version").and_then(parse_version) {
                Ok(release) => release,
                Err(why) => {
                    listing.skip(place, why);
                    continue;
                }
            };
            let mut versions = Vec::new();
            for version in self.find_versions(entry) {
                let version = version.and_then(parse_version);
                versions.extend(version.clone().ok());
                let name = version.map(|version| version.as_str().to_owned());
                listing.release(&place, name, |fields| ReleaseFact {
                    date: fields.text("release-date", &entry["release-date"], parse_date),
                    security: fields.flag("security", &entry["security"]),
                    url: fields.text("release-notes", &entry["release-notes"], parse_url),
                    ..ReleaseFact::default()
                });
            }
            if release.as_str() == format!("{channel}.0") {
                first = entry["release-date"].as_str().and_then(|day| parse_date(day).ok());
            }
            all.push((Shipped { release, versions }, &entry["cve-list"]));
        }
        all.sort_by(|(a, _), (b, _)| a.release.cmp(&b.release));
        fixes.read(&all, self.product, listing)?;
        Ok(first)
    }

    /// What a release ships of the product: one runtime, but an SDK for each band that is still supported.
    fn find_versions<'a>(&self, entry: &'a Value) -> Vec<Result<&'a str, String>> {
        match (self.product, &entry["sdks"]) {
            (Product::Runtime, _) if entry["runtime"].is_null() => Vec::new(),
            (Product::Runtime, _) => vec![find_text(&entry["runtime"], "version")],
            (Product::Sdk, Value::Array(sdks)) => sdks.iter().map(|sdk| find_text(sdk, "version")).collect(),
            (Product::Sdk, _) => vec![find_text(&entry["sdk"], "version")],
        }
    }
}

#[derive(Deserialize)]
struct Index {
    #[serde(rename = "releases-index")]
    channels: Vec<Value>,
}

#[derive(Deserialize)]
struct Channel {
    releases: Vec<Value>,
}

fn parse_index(body: &[u8]) -> Result<Vec<Value>, SourceError> {
    let index: Index = parse_json(body)?;
    check_count(index.channels.len())?;
    Ok(index.channels)
}

fn to_channel(entry: &Value) -> Result<String, String> {
    find_text(entry, "channel-version").and_then(parse_channel)
}

/// The name of a channel becomes a part of an address.
fn parse_channel(text: &str) -> Result<String, String> {
    let is_number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        Some((major, minor)) if is_number(major) && is_number(minor) => Ok(text.to_owned()),
        _ => Err(format!("{} is not a channel, such as `8.0`", quote(text))),
    }
}

fn to_url(channel: &str) -> String {
    format!("https://builds.dotnet.microsoft.com/dotnet/release-metadata/{channel}/releases.json")
}

fn parse_version(text: &str) -> Result<Version, String> {
    let name = parse_name(text)?;
    Scheme::Dotnet.parse(&name).map_err(|_| format!("{} is not a version of .NET", quote(text)))
}

#[cfg(test)]
mod tests;
