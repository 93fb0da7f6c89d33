//! Semantic versions: turns `1.2.3-rc.1` into a key that orders by precedence (<https://semver.org/#spec-item-11>).
//!
//! Build metadata (`+7`) names a build of a version: it is printed, and takes no part in order or equality.

use super::key::{Key, Mark};
use super::scheme::Rules;

pub(super) const RULES: Rules = Rules::new("semver", parse);

/// Reads a version without its prefix, or says what is wrong. Node.js, .NET, Elixir and Rust use it as well.
pub(super) fn parse(text: &str) -> Result<Key, &'static str> {
    let version = ::semver::Version::parse(text)
        .map_err(|_| "it needs three numbers, as in `1.2.3`, `1.2.3-rc.1` or `1.2.3+7`")?;
    let numbers = [version.major, version.minor, version.patch].map(Into::into).to_vec();
    let marks = if version.pre.is_empty() { Vec::new() } else { vec![Mark::Identifiers(version.pre)] };
    Ok(Key::new(numbers, marks))
}
