//! What package managers write for ranges of versions, in the grammar of [`VersionRange`](super::VersionRange): `^1.2`,
//! `~> 3.2`, `~=3.11`, `>=3.9,<4`, `[17,18)`, `18 - 20`. Must not guess: what cannot be said in that grammar is nothing.
//!
//! Carets and tildes differ: npm's `~1.2` is 1.2.x (<https://docs.npmjs.com/cli/using-npm/semver>), Composer's is below 2
//! (<https://getcomposer.org/doc/articles/versions.md>), as are `~>` of RubyGems and Mix and `~=` of Python.

use super::Scheme;

/// The same range in the grammar of [`VersionRange`](super::VersionRange).
pub(super) fn to_range(scheme: Scheme, text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(range) = to_interval(text) {
        return Some(range);
    }
    let sides = text.split("||").flat_map(|side| side.split('|')).filter(|side| !side.trim().is_empty());
    let sides: Option<Vec<String>> = sides.map(|side| to_side(scheme, side)).collect();
    sides.filter(|sides| !sides.is_empty()).map(|sides| sides.join(" || "))
}

/// Maven's `[17,18)`.
fn to_interval(text: &str) -> Option<String> {
    let (low, high) = match text.chars().next()? {
        '[' => (">=", text.strip_prefix('[')?),
        '(' => (">", text.strip_prefix('(')?),
        _ => return None,
    };
    let (end, inner) = match high.chars().next_back()? {
        ']' => ("<=", high.strip_suffix(']')?),
        ')' => ("<", high.strip_suffix(')')?),
        _ => return None,
    };
    let (from, to) = inner.split_once(',')?;
    let part = |sign: &str, bound: &str| {
        let bound = bound.trim();
        (!bound.is_empty()).then(|| format!("{sign}{bound}"))
    };
    let parts: Vec<String> = [part(low, from), part(end, to)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// All that must hold together.
fn to_side(scheme: Scheme, side: &str) -> Option<String> {
    if let Some((from, to)) = side.split_once(" - ") {
        return Some(format!(">={} <={}", from.trim(), to.trim()));
    }
    let mut terms = Vec::new();
    let joined = side.replace(',', " ");
    let mut words = joined.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let is_sign = |c: char| matches!(c, '^' | '~' | '<' | '>' | '=' | '!');
        let end = word.find(|c| !is_sign(c)).unwrap_or(word.len());
        let (sign, mut version) = word.split_at(end);
        if version.is_empty() {
            version = words.next()?;
        }
        // Composer's flags of stability say nothing about the version.
        let version = version.split('@').next()?.trim_start_matches('v');
        terms.push(to_term(scheme, sign, version)?);
    }
    (!terms.is_empty()).then(|| terms.join(" "))
}

fn to_term(scheme: Scheme, sign: &str, version: &str) -> Option<String> {
    let written: Vec<&str> = version.split('.').collect();
    let numbers: Option<Vec<u64>> =
        written.iter().filter(|part| !matches!(**part, "x" | "X" | "*")).map(|part| part.parse().ok()).collect();
    let below = |place: usize| -> Option<String> {
        let mut numbers = numbers.clone()?;
        numbers.truncate(place + 1);
        *numbers.get_mut(place)? += 1;
        Some(numbers.iter().map(u64::to_string).collect::<Vec<_>>().join("."))
    };
    let span = |place: usize| Some(format!(">={version} <{}", below(place)?));
    match sign {
        "" | "=" | "==" | "===" => Some(version.to_owned()),
        ">=" | "<=" | ">" | "<" => Some(format!("{sign}{version}")),
        "^" => {
            let numbers = numbers.clone()?;
            let place = numbers.iter().position(|number| *number != 0).unwrap_or(numbers.len().saturating_sub(1));
            span(place)
        }
        "~>" | "~=" => span(written.len().saturating_sub(2)),
        "~" if scheme == Scheme::Php => span(written.len().saturating_sub(2)),
        "~" => span(usize::from(written.len() > 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_package_managers_are_said_in_ours() {
        for (scheme, text, expected) in [
            (Scheme::Node, "^20.1", Some(">=20.1 <21")),
            (Scheme::Node, "^20 || ^22", Some(">=20 <21 || >=22 <23")),
            (Scheme::Node, "~20.1.2", Some(">=20.1.2 <20.2")),
            (Scheme::Node, "~20", Some(">=20 <21")),
            (Scheme::Node, "18 - 20", Some(">=18 <=20")),
            (Scheme::Node, ">= 18.17 < 23", Some(">=18.17 <23")),
            (Scheme::Node, "^0.10.3", Some(">=0.10.3 <0.11")),
            (Scheme::Php, "~8.2.0 || ~8.3.0", Some(">=8.2.0 <8.3 || >=8.3.0 <8.4")),
            (Scheme::Php, "~8.2", Some(">=8.2 <9")),
            (Scheme::Php, "^7.4|^8.0", Some(">=7.4 <8 || >=8.0 <9")),
            (Scheme::Ruby, "~> 3.2", Some(">=3.2 <4")),
            (Scheme::Ruby, "~> 3.2.1", Some(">=3.2.1 <3.3")),
            (Scheme::Ruby, ">= 2.7, < 3.5", Some(">=2.7 <3.5")),
            (Scheme::Python, "~=3.11", Some(">=3.11 <4")),
            (Scheme::Python, ">=3.9,<4", Some(">=3.9 <4")),
            (Scheme::Python, ">=3.9,!=3.9.7", None),
            (Scheme::Java, "[17,18)", Some(">=17 <18")),
            (Scheme::Java, "[17,)", Some(">=17")),
            (Scheme::Go, "latest", Some("latest")),
            (Scheme::Go, "", None),
        ] {
            assert_eq!(to_range(scheme, text).as_deref(), expected, "{text}");
        }
    }
}
