//! Elixir: turns `1.18.4-otp-27` into a key; semantic versions (<https://hexdocs.pm/elixir/Version.html>).
//!
//! `-otp-27` names the build for one line of Erlang/OTP: it is printed, and takes no part in order or equality. Semver
//! would take it for a pre-release.

use super::key::{Key, Number};
use super::scheme::Rules;
use super::semver;

pub(super) const RULES: Rules = Rules::new("elixir", parse);

fn parse(text: &str) -> Result<Key, &'static str> {
    let version = match text.split_once("-otp") {
        None => text,
        Some((version, build)) => {
            let line = build.strip_prefix('-').and_then(Number::parse_plain);
            line.map(|_| version).ok_or("the build for a line of Erlang/OTP is written as in `1.18.4-otp-27`")?
        }
    };
    semver::parse(version)
}
