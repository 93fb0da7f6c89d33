//! Which vulnerabilities the releases of .NET fix, as advisories: turns lists of fixes into ranges of affected versions.
//!
//! Upstream says only what a release fixes. So all that its channel shipped before counts as affected, and nothing of
//! other channels; that a vulnerability came in later than with the first release, nobody says.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Product, Shipped};
use crate::model::advisory::{AdvisoryFact, RangeFact};
use crate::model::version::Version;
use crate::sources::listing::{Listing, find_text};
use crate::sources::text::{parse_id, parse_url};
use crate::sources::{MOST_ENTRIES, SourceError};

/// The advisories so far, by id.
#[derive(Default)]
pub(super) struct Fixes {
    advisories: BTreeMap<String, AdvisoryFact>,
    ranges: usize,
}

impl Fixes {
    /// Reads the fixes of a channel, oldest release first.
    pub(super) fn read(
        &mut self,
        releases: &[(Shipped, &Value)],
        product: Product,
        listing: &mut Listing,
    ) -> Result<(), SourceError> {
        // The first and last version that was shipped of each band until then.
        let mut before: BTreeMap<u64, (&Version, &Version)> = BTreeMap::new();
        for (shipped, fixed) in releases {
            let mut first: BTreeMap<u64, &Version> = BTreeMap::new();
            for version in &shipped.versions {
                let known = first.entry(to_band(version, product)).or_insert(version);
                *known = version.min(*known);
            }
            // Absent or null where nothing is fixed.
            for entry in fixed.as_array().into_iter().flatten() {
                match find_text(entry, "cve-id").and_then(parse_id) {
                    Err(why) => listing.skip(format!("release `{}`, `cve-list`", shipped.release), why),
                    Ok(id) => self.fix(id, &entry["cve-url"], &before, &first, shipped.versions.is_empty())?,
                }
            }
            for version in &shipped.versions {
                let (oldest, newest) = before.entry(to_band(version, product)).or_insert((version, version));
                (*oldest, *newest) = (version.min(*oldest), version.max(*newest));
            }
        }
        Ok(())
    }

    fn fix(
        &mut self,
        id: String,
        url: &Value,
        before: &BTreeMap<u64, (&Version, &Version)>,
        first: &BTreeMap<u64, &Version>,
        ships_nothing: bool,
    ) -> Result<(), SourceError> {
        if ships_nothing {
            return Ok(());
        }
        let affected = before.iter().map(|(band, (oldest, newest))| {
            let fixed = first.get(band);
            RangeFact {
                introduced: Some(oldest.to_string()),
                fixed: fixed.map(ToString::to_string),
                // The band had ended.
                last: fixed.is_none().then(|| newest.to_string()),
            }
        });
        let known = self.advisories.entry(id.clone()).or_insert_with(|| AdvisoryFact {
            id,
            url: url.as_str().and_then(|url| parse_url(url).ok()),
            ..AdvisoryFact::default()
        });
        known.affected.extend(affected);
        self.ranges += before.len();
        if self.ranges > MOST_ENTRIES { Err(SourceError::TooMany(self.ranges)) } else { Ok(()) }
    }

    /// All advisories that affect anything.
    pub(super) fn finish(self) -> Vec<AdvisoryFact> {
        let all = self.advisories.into_values().map(|mut advisory| {
            advisory.affected.sort();
            advisory.affected.dedup();
            advisory
        });
        all.filter(|advisory| !advisory.affected.is_empty()).collect()
    }
}

/// SDKs are kept up in bands of a hundred side by side (<https://learn.microsoft.com/dotnet/core/releases-and-support>):
/// `8.0.129` holds what `8.0.423` does, `8.0.422` does not. Runtimes have one band.
fn to_band(version: &Version, product: Product) -> u64 {
    match product {
        Product::Runtime => 0,
        Product::Sdk => {
            let numbers = version.as_str().split(['-', '+']).next().unwrap_or_default();
            let patch = numbers.rsplit('.').next().unwrap_or_default();
            patch.parse().map_or(0, |patch: u64| patch / 100)
        }
    }
}
