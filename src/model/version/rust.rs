//! Rust: turns `1.99.0-beta.5` into a key; semantic versions (<https://releases.rs>).
//!
//! The channels `stable`, `beta` and `nightly-2026-01-01` name no version. Two numbers name a line (`1.82`), except
//! below 1: `0.10` was a release.

use super::key::Key;
use super::scheme::Rules;
use super::semver;

pub(super) const RULES: Rules = Rules::new("rust", parse);

fn parse(text: &str) -> Result<Key, &'static str> {
    let is_old = text.starts_with("0.") && text.matches('.').count() == 1;
    let padded = if is_old { format!("{text}.0") } else { text.to_owned() };
    semver::parse(&padded).map_err(
        |_| "it needs three numbers, as in `1.98.0` or `1.99.0-beta.5`; a channel such as `stable` is no version",
    )
}
