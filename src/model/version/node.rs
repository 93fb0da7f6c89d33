//! Node.js: turns `23.0.0-rc.1` into a key; semantic versions (<https://github.com/nodejs/Release>).
//!
//! A line is one number, and two below 1: 0.10 and 0.12 were lines of their own. Candidates and nightly builds
//! (`24.0.0-nightly20250101abcdef`) are pre-releases. Code names (`lts/jod`) are no versions.

use super::scheme::Rules;
use super::semver;

pub(super) const RULES: Rules =
    Rules { line: |key| if key.first() == 0 { 2 } else { 1 }, ..Rules::new("node", semver::parse) };
