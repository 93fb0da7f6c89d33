//! Turns what the user names on the command line of `upshift diff` into what it means. Reads nothing.

/// Where a side is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At<'a> {
    /// In the files as they are now.
    Here,
    /// In a revision of git.
    Git(&'a str),
}

/// One side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand<'a> {
    /// All upgrades.
    All(At<'a>),
    /// An upgrade, as planned.
    Upgrade(At<'a>, &'a str),
    /// A released revision of an upgrade.
    Revision(At<'a>, &'a str, u32),
    /// The file of a runbook.
    File(At<'a>, &'a str),
}

impl<'a> Operand<'a> {
    /// Reads an operand; `is_file` tells which files there are. What is there as a file is that file, whatever its name.
    pub fn parse(text: &'a str, is_file: &dyn Fn(&str) -> bool) -> Self {
        if is_file(text) {
            return Self::File(At::Here, text);
        }
        match text.split_once(':') {
            Some((revision, "")) => Self::All(At::Git(revision)),
            Some((revision, rest)) => Self::below(At::Git(revision), rest),
            None => Self::below(At::Here, text),
        }
    }

    /// Reads `A..B`, both sides of git in one; an empty one is `HEAD`, as git has it.
    pub fn parse_range(text: &'a str, is_file: &dyn Fn(&str) -> bool) -> Option<[Self; 2]> {
        if is_file(text) || is_path(text) || text.contains(':') {
            return None;
        }
        let (old, new) = text.split_once("..")?;
        Some([old, new].map(|revision| Self::All(At::Git(if revision.is_empty() { "HEAD" } else { revision }))))
    }

    fn below(at: At<'a>, text: &'a str) -> Self {
        if is_path(text) {
            return Self::File(at, text);
        }
        match text.rsplit_once("@r").and_then(|(upgrade, number)| Some((upgrade, number.parse().ok()?))) {
            Some((upgrade, number)) => Self::Revision(at, upgrade, number),
            None => Self::Upgrade(at, text),
        }
    }
}

fn is_path(text: &str) -> bool {
    text.ends_with(".json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let is_file = |text: &str| text == "go-1.26.7" || text == "a:b";
        let cases = [
            ("go-1.27.0", Operand::Upgrade(At::Here, "go-1.27.0")),
            ("go-1.27.0@r12", Operand::Revision(At::Here, "go-1.27.0", 12)),
            ("go-1.27.0@rx", Operand::Upgrade(At::Here, "go-1.27.0@rx")),
            ("site/go/1.27.0/r1.json", Operand::File(At::Here, "site/go/1.27.0/r1.json")),
            ("go-1.26.7", Operand::File(At::Here, "go-1.26.7")),
            ("a:b", Operand::File(At::Here, "a:b")),
            ("main:", Operand::All(At::Git("main"))),
            ("main:go-1.27.0", Operand::Upgrade(At::Git("main"), "go-1.27.0")),
            ("v1:go-1.27.0@r2", Operand::Revision(At::Git("v1"), "go-1.27.0", 2)),
            ("v1:site/a.json", Operand::File(At::Git("v1"), "site/a.json")),
        ];
        for (text, expected) in cases {
            assert_eq!(Operand::parse(text, &is_file), expected, "{text}");
        }
    }

    #[test]
    fn reads_both_sides_of_a_range() {
        let range = |text| Operand::parse_range(text, &|text| text == "a..b");
        let all = |revision| Operand::All(At::Git(revision));
        assert_eq!(range("v1.0..HEAD"), Some([all("v1.0"), all("HEAD")]));
        assert_eq!(range("v1.0.."), Some([all("v1.0"), all("HEAD")]));
        assert_eq!(range("origin/main..topic"), Some([all("origin/main"), all("topic")]));
        for text in ["a..b", "../x.json", "go-1.27.0", "main:..x"] {
            assert_eq!(range(text), None, "{text}");
        }
    }
}
