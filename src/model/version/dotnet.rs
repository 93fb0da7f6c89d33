//! .NET: turns `9.0.100-rc.2.24474.11` into a key; semantic versions, for runtimes and for SDKs.
//!
//! The third number of an SDK is its feature band and patch: it says nothing about the runtime inside, so runtimes and
//! SDKs must not be compared with each other (<https://learn.microsoft.com/dotnet/core/versions/>).

use super::scheme::Rules;
use super::semver;

pub(super) const RULES: Rules = Rules::new("dotnet", semver::parse);
