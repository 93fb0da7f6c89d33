//! The builds of Elixir and Erlang/OTP that the Hex team publishes (<https://github.com/hexpm/bob#readme>): one row for
//! each build of a tag or branch.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::listing::Listing;
use super::text::{parse_name, parse_time};
use super::{OptionFault, SourceError, Upstream, check_count, parse_text};
use crate::model::exchange::{Reply, Request};
use crate::model::facts::{ReleaseFact, SourceFacts};

/// More releases than this are not made on one day, but built anew.
const MOST_A_DAY: usize = 4;

/// Elixir or Erlang/OTP as the Hex team builds them: every release, with its day unless it was built anew since.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Hexpm {
    /// What is wanted: `elixir` or `otp`. Example: `elixir`.
    of: Of,
    /// The platform whose builds of Erlang/OTP are listed, as in <https://builds.hex.pm/builds/otp/PLATFORM/builds.txt>.
    /// Example: `amd64/ubuntu-24.04`. Default: `ubuntu-22.04`.
    #[schemars(regex(pattern = "^[a-z0-9][a-z0-9.-]*(/[a-z0-9][a-z0-9.-]*)*$"))]
    platform: Option<String>,
}

/// What is built.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Of {
    /// Elixir: one build for each release of Erlang/OTP that it goes with.
    Elixir,
    /// Erlang/OTP.
    Otp,
}

impl Upstream for Hexpm {
    fn about(&self) -> String {
        match self.of {
            Of::Elixir => "elixir".to_owned(),
            Of::Otp => "otp".to_owned(),
        }
    }

    fn check(&self) -> Result<(), OptionFault> {
        let fail = |why: &str| Err(OptionFault { option: Some("platform"), why: why.to_owned() });
        let is_plain = |part: &str| {
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
            part.starts_with(|c: char| c.is_ascii_alphanumeric()) && part.chars().all(is_plain)
        };
        match (self.of, &self.platform) {
            (Of::Elixir, Some(_)) => fail("only Erlang/OTP is built for each platform"),
            (Of::Otp, Some(platform)) if !platform.split('/').all(is_plain) => {
                fail("platforms are written in small letters, digits, `.`, `-` and `/`")
            }
            _ => Ok(()),
        }
    }

    fn requests(&self) -> Vec<Request> {
        let platform = self.platform.as_deref().unwrap_or("ubuntu-22.04");
        vec![Request::get(match self.of {
            Of::Elixir => "https://builds.hex.pm/builds/elixir/builds.txt".to_owned(),
            Of::Otp => format!("https://builds.hex.pm/builds/otp/{platform}/builds.txt"),
        })]
    }

    fn to_facts(&self, _: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        replies.first().map_or(Err(SourceError::Empty), |reply| to_facts(&reply.body, self.of))
    }
}

/// A row is `REF COMMIT TIME`, and perhaps a digest. The time is that of the build; old releases were built anew, many on
/// one day. So the first build counts, and only on a day on which no more were built than are released on a day.
fn to_facts(body: &[u8], of: Of) -> Result<SourceFacts, SourceError> {
    let mut listing = Listing::default();
    let mut first_days: BTreeMap<String, Option<Date>> = BTreeMap::new();
    let mut count = 0;
    for (at, row) in parse_text(body)?.lines().enumerate() {
        let mut columns = row.split(' ');
        let Some(version) = columns.next().and_then(|name| find_version(name, of)) else { continue };
        count += 1;
        check_count(count)?;
        let place = format!("line {}", at + 1);
        match parse_name(version) {
            Err(why) => listing.skip(place, why),
            Ok(version) => {
                let known = first_days.entry(version).or_default();
                match parse_time(columns.nth(1).unwrap_or_default()) {
                    Ok(day) => *known = Some(known.map_or(day, |known| known.min(day))),
                    Err(why) => listing.skip(place, why),
                }
            }
        }
    }
    check_count(count)?;
    let mut builds: BTreeMap<Date, usize> = BTreeMap::new();
    for day in first_days.values().flatten() {
        *builds.entry(*day).or_default() += 1;
    }
    for (version, day) in first_days {
        let date = day.filter(|day| builds.get(day).is_some_and(|builds| *builds <= MOST_A_DAY));
        listing.release("", Ok(version), |_| ReleaseFact { date, ..ReleaseFact::default() });
    }
    Ok(listing.facts)
}

/// The version in the name of a tag: `1.18.4` of `v1.18.4-otp-27`, `27.3.4` of `OTP-27.3.4`; nothing in that of a branch
/// (`main-otp-25`, `v1.18`, `maint-27`).
fn find_version(name: &str, of: Of) -> Option<&str> {
    let starts = |text: &&str| text.starts_with(|c: char| c.is_ascii_digit());
    match of {
        Of::Otp => name.strip_prefix("OTP-").filter(starts),
        Of::Elixir => {
            let version = name.strip_prefix('v').filter(starts)?;
            let version = version.split_once("-otp-").map_or(version, |(version, _)| version);
            let numbers = version.split('-').next().unwrap_or_default();
            (numbers.matches('.').count() == 2).then_some(version)
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;
    use crate::sources::testing::{open, read, refuse};

    fn said(facts: &SourceFacts) -> Vec<(&str, Option<Date>)> {
        facts.releases.iter().map(|release| (release.version.as_str(), release.date)).collect()
    }

    #[test]
    fn reads_elixir_and_takes_its_variants_as_one() {
        let facts = to_facts(include_bytes!("../../tests/upstream/hexpm/good_elixir.txt"), Of::Elixir).unwrap();
        assert_eq!(
            said(&facts),
            [
                ("1.18.0-rc.0", Some(date(2024, 12, 3))),
                ("1.18.4", Some(date(2025, 5, 21))),
                ("1.9.0", None),
                ("1.9.1", None),
                ("1.9.2", None),
                ("1.9.3", None),
                ("1.9.4", None),
            ]
        );
        assert!(facts.skipped.is_empty());
    }

    #[test]
    fn reads_otp() {
        let facts = to_facts(include_bytes!("../../tests/upstream/hexpm/good_otp.txt"), Of::Otp).unwrap();
        assert_eq!(
            said(&facts),
            [
                ("27.0-rc1", Some(date(2024, 2, 14))),
                ("27.3.4", Some(date(2025, 5, 8))),
                ("27.3.4.16", Some(date(2026, 7, 2))),
            ]
        );
        assert!(facts.lines.is_empty() && facts.skipped.is_empty());
    }

    #[test]
    fn leaves_out_odd_rows_and_says_which() {
        let facts = to_facts(include_bytes!("../../tests/upstream/hexpm/odd.txt"), Of::Elixir).unwrap();
        assert_eq!(
            said(&facts),
            [
                ("1.18.1", None),
                ("1.18.2", None),
                ("1.18.3", Some(date(2025, 3, 6))),
                ("1.18.x", Some(date(2025, 3, 7)))
            ]
        );
        assert_eq!(
            facts.skipped,
            [
                "line 1: `` is not a time",
                "line 2: `2025-02-30T09:00:00Z` is not a time",
                "line 4: `yesterday` is not a time",
                "line 5: `1.18.5\\u{1b}[31m` holds spaces or control characters",
            ]
        );
    }

    #[test]
    fn refuses_broken_replies() {
        let upstream = open("hexpm", json!({ "of": "otp" }));
        let page = include_bytes!("../../tests/upstream/hexpm/broken_page.html");
        assert_eq!(read(&*upstream, page), Err(SourceError::Html));
        let elixir = include_bytes!("../../tests/upstream/hexpm/good_elixir.txt");
        assert_eq!(read(&*upstream, elixir), Err(SourceError::Empty));
        assert_eq!(read(&*upstream, b""), Err(SourceError::Empty));
        assert_eq!(
            read(&*upstream, b"OTP-27.3.4"),
            Ok(SourceFacts {
                releases: vec![ReleaseFact { version: "27.3.4".to_owned(), ..ReleaseFact::default() }],
                skipped: vec!["line 1: `` is not a time".to_owned()],
                ..SourceFacts::default()
            })
        );
    }

    #[test]
    fn the_platform_is_a_part_of_the_address_of_otp() {
        let address = |options| open("hexpm", options).address();
        assert_eq!(address(json!({ "of": "elixir" })), "https://builds.hex.pm/builds/elixir/builds.txt");
        assert_eq!(address(json!({ "of": "otp" })), "https://builds.hex.pm/builds/otp/ubuntu-22.04/builds.txt");
        assert_eq!(
            address(json!({ "of": "otp", "platform": "amd64/ubuntu-24.04" })),
            "https://builds.hex.pm/builds/otp/amd64/ubuntu-24.04/builds.txt"
        );
        for (options, why) in [
            (json!({ "of": "elixir", "platform": "ubuntu-22.04" }), "only Erlang/OTP is built for each platform"),
            (
                json!({ "of": "otp", "platform": "../elixir" }),
                "platforms are written in small letters, digits, `.`, `-` and `/`",
            ),
        ] {
            let fault = refuse("hexpm", options);
            assert_eq!((fault.option, fault.why.as_str()), (Some("platform"), why));
        }
        assert_eq!(refuse("hexpm", json!({ "of": "gleam" })).option, None);
    }
}
