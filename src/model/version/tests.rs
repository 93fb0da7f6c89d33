//! The order, lines, bumps and ranges of versions, and texts that are none.

use super::*;

mod properties;
mod schemes;

fn go(text: &str) -> Version {
    Scheme::Go.parse(text).unwrap()
}

fn semver(text: &str) -> Version {
    Scheme::Semver.parse(text).unwrap()
}

#[test]
fn orders_go_versions_as_the_go_project_does() {
    let sorted = [
        "1",
        "1.1",
        "1.2.2",
        "1.3rc1",
        "1.3",
        "1.9beta1",
        "1.9beta2",
        "1.9rc2",
        "1.9",
        "1.9.1",
        "1.9.2rc2",
        "1.9.2",
        "1.10beta1",
        "1.10",
        "1.20rc1",
        "1.20",
        "1.20.1",
        "1.21",
        "1.21beta1",
        "1.21rc2",
        "1.21rc10",
        "1.21.0",
        "1.21.1",
        "1.21.10",
        "1.26",
        "1.26rc1",
        "1.26.0",
        "1.26.7",
        "2.0.0",
    ];
    for pair in sorted.windows(2) {
        assert!(go(pair[0]) < go(pair[1]), "{} < {}", pair[0], pair[1]);
    }
}

#[test]
fn orders_semantic_versions_by_precedence() {
    let sorted =
        ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0"];
    for pair in sorted.windows(2) {
        assert!(semver(pair[0]) < semver(pair[1]), "{} < {}", pair[0], pair[1]);
    }
}

#[test]
fn different_spellings_of_a_version_are_equal_and_keep_their_spelling() {
    for (a, b) in [
        (go("1.20"), go("1.20.0")),
        (go("1"), go("1.0.0")),
        (go("1.21rc1"), go("1.21.0rc1")),
        (go("1.26.5"), go("go1.26.5-1-openssl-fips")),
        (semver("1.2.3"), semver("v1.2.3+7")),
    ] {
        assert_eq!(a, b);
        assert_ne!(a.as_str(), b.as_str());
    }
    assert_ne!(go("1.21"), go("1.21.0"));
    assert_ne!(go("1.2.3"), semver("1.2.3"));
}

#[test]
fn prints_the_text_less_its_prefix() {
    for (version, expected) in [
        (go("go1.20"), "1.20"),
        (go("1.28rc2"), "1.28rc2"),
        (go("go1.26.5-1-openssl-fips"), "1.26.5-1-openssl-fips"),
        (semver("v1.2.3"), "1.2.3"),
        (semver("1.2.3-rc.1+7"), "1.2.3-rc.1+7"),
    ] {
        assert_eq!(version.to_string(), expected);
    }
    assert_eq!(format!("{:>7}|{:?}", go("1.20"), go("1.20")), "   1.20|go:1.20");
}

#[test]
fn knows_lines_and_prereleases() {
    for (version, line, prerelease) in [
        (go("1.26.7"), "1.26", false),
        (go("1.26"), "1.26", true),
        (go("1.20"), "1.20", false),
        (go("1"), "1.0", false),
        (go("1.28rc1"), "1.28", true),
        (go("1.9.2rc2"), "1.9", true),
        (go("1.26.5-fips"), "1.26", false),
        (semver("22.4.1"), "22.4", false),
        (semver("22.4.1-rc.1"), "22.4", true),
    ] {
        assert_eq!((version.line().as_str(), version.is_prerelease()), (line, prerelease), "{version}");
    }
}

#[test]
fn some_versions_are_named_as_their_line_is() {
    for (scheme, text, expected) in [
        (Scheme::Go, "1.26", true),
        (Scheme::Go, "go1.20", true),
        (Scheme::Go, "1", true),
        (Scheme::Go, "1.26.0", false),
        (Scheme::Go, "1.26rc1", false),
        (Scheme::Java, "21", true),
        (Scheme::Java, "1.8", true),
        (Scheme::Java, "21.0", false),
        (Scheme::Postgresql, "9.6", true),
        (Scheme::Postgresql, "17.5", false),
        (Scheme::Node, "22.1.0", false),
    ] {
        assert_eq!(scheme.parse(text).unwrap().names_line(), expected, "{text}");
    }
}

#[test]
fn a_language_version_cannot_be_installed() {
    for (version, expected) in [
        (go("1.26"), false),
        (go("1.26rc1"), true),
        (go("1.26.0"), true),
        (go("1.20"), true),
        (semver("1.2.3-rc.1"), true),
    ] {
        assert_eq!(version.is_installable(), expected, "{version}");
    }
}

#[test]
fn sizes_a_step_by_the_first_number_that_differs() {
    for (from, to, bump) in [
        ("1.26.5", "1.26.7", Some(Bump::Patch)),
        ("1.26.5", "1.27.0", Some(Bump::Minor)),
        ("1.26.5", "2.0.0", Some(Bump::Major)),
        ("1.26rc1", "1.26.0", Some(Bump::Patch)),
        ("1.20", "1.20.0", None),
        ("1.26.7", "1.26.5", None),
        ("1.26.5", "1.26.5-fips", None),
    ] {
        assert_eq!(go(from).bump_to(&go(to)), bump, "{from} to {to}");
    }
    assert_eq!(go("1.2.3").bump_to(&semver("2.0.0")), None);
}

#[test]
fn refuses_what_is_no_version_with_a_short_message() {
    let (long, huge) = ("1.2".repeat(400_000), "1.99999999999999999999.0");
    let hostile = [
        "",
        " ",
        "1.2.3 ",
        "go",
        "gogo1.2.3",
        "1.02.3",
        "01.2.3",
        "1.2.3.4",
        "1..2",
        ".1.2",
        "1.2.",
        "1.٢.3",
        "1.2.3\n",
        "1\0.2.3",
        "-1.2.3",
        "1.2.3-",
        "+1.2.3",
        huge,
        &long,
        "1.21.0-rc.1",
        "1.21rc",
        "1.21rc01",
        "1.21alpha1",
        "latest",
        "\u{202e}1.2.3",
        "1.2.3-é",
        "rc1",
        "v1.2.3",
    ];
    for text in hostile {
        let error = Scheme::Go.parse(text).unwrap_err().to_string();
        assert!(error.chars().count() < 250 && !error.contains(char::is_control), "{error:?}");
    }
    for text in [
        "",
        "1",
        "1.2",
        "1.2.3.4",
        "01.2.3",
        "1.2.3-01",
        "v",
        "vv1.2.3",
        "1.2.3 ",
        "go1.2.3",
        huge,
        &long,
        "1.2.3-\u{7}",
    ] {
        let error = Scheme::Semver.parse(text).unwrap_err().to_string();
        assert!(error.chars().count() < 250 && !error.contains(char::is_control), "{error:?}");
    }
}

#[test]
fn says_what_is_wrong() {
    assert_eq!(
        Scheme::Go.parse("1.02").unwrap_err().to_string(),
        "`1.02` is not a version in the scheme `go`: numbers are decimal, without leading zeros, and below 2^64"
    );
    assert_eq!(Scheme::Go.parse("").unwrap_err().to_string(), "a version must not be empty");
    assert_eq!("Go".parse::<Scheme>().unwrap_err(), "`Go` is not a scheme of versions");
    assert_eq!("huge".parse::<Bump>().unwrap_err(), "`huge` is not a bump: use `major`, `minor` or `patch`");
}

#[test]
fn names_read_back() {
    for scheme in Scheme::ALL {
        assert_eq!(scheme.to_string().parse(), Ok(scheme));
    }
    for bump in Bump::ALL {
        assert_eq!(bump.to_string().parse(), Ok(bump));
    }
}

#[test]
fn the_readme_lists_all_schemes_and_is_right_about_them() {
    let readme = include_str!("../../../README.md");
    let (_, section) = readme.split_once("## Version schemes\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let mut listed = Vec::new();
    for row in section.lines().filter_map(|line| line.strip_prefix("| `")) {
        let (name, rest) = row.split_once("` | ").unwrap();
        let scheme: Scheme = name.parse().unwrap();
        let (texts, rest) = rest.split_once(" | ").unwrap();
        let versions: Vec<Version> =
            texts.split(' ').map(|text| scheme.parse(text.trim_matches('`')).unwrap()).collect();
        assert!(versions.is_sorted_by(|older, newer| older < newer), "{row}");
        assert!(rest.starts_with(&format!("`{}` |", versions.last().unwrap().line())), "{row}");
        listed.push(scheme);
    }
    assert_eq!(listed, Scheme::ALL);
}

#[test]
fn a_source_may_name_a_line_by_its_first_number() {
    let dotnet = |text: &str| Scheme::Dotnet.parse(text).unwrap();
    let is_known = |line: &str| ["8", "3.1", "3"].contains(&line);
    for (version, line) in [("8.0.30", "8"), ("3.1.32", "3.1"), ("9.0.19", "9.0"), ("3.0.3", "3")] {
        assert_eq!(dotnet(version).line_among(is_known), line);
    }
}

#[test]
fn orders_lines_by_their_numbers() {
    let mut lines = ["1.10", "trixie", "20.4", "1.9", "20.04", "22", "2.0.0", "1.26", "2", "2.1", "bookworm"];
    lines.sort_by(|a, b| compare_lines(a, b));
    assert_eq!(lines, ["1.9", "1.10", "1.26", "2", "2.0.0", "2.1", "20.4", "20.04", "22", "bookworm", "trixie"]);
}

#[test]
fn ranges_hold_what_they_say() {
    let cases: [(&str, &[&str], &[&str]); 15] = [
        ("1.26", &["1.26.0", "1.26.7", "1.26rc1", "1.26.5-fips"], &["1.25.9", "1.27.0", "1.27rc1"]),
        ("1.26.x", &["1.26.0", "1.26.7"], &["1.27.0"]),
        ("go1.26.*", &["1.26.7"], &["1.2.6"]),
        ("1.26.5", &["1.26.5", "1.26.5-1-openssl-fips"], &["1.26.4", "1.26.6", "1.26.50"]),
        ("=1.20.0", &["1.20", "1.20.0"], &["1.20.1"]),
        (">=1.25, <1.27", &["1.25.0", "1.26.7", "1.26rc1"], &["1.24.9", "1.27.0", "1.27rc1"]),
        (">= 1.25.3 < 1.27.0", &["1.25.3", "1.27rc1"], &["1.25.2", "1.27.0"]),
        (">=1.25.3<1.27.0", &["1.26.0"], &["1.27.0"]),
        (">1.26", &["1.27rc1", "1.27.0"], &["1.26.7"]),
        ("<=1.26", &["1.26.7", "1.2"], &["1.27rc1"]),
        ("<1.20", &["1.19.13"], &["1.20", "1.20rc1"]),
        ("1.20.x || >=1.26.3", &["1.20", "1.20.14", "1.26.3", "2.0.0"], &["1.21.0", "1.26.2"]),
        ("1", &["1.0.0", "1.26.7", "1"], &["2.0.0"]),
        ("1.x", &["1.5"], &["2.0.0"]),
        ("*", &["1.5", "1.27rc1"], &[]),
    ];
    for (text, inside, outside) in cases {
        let range = Scheme::Go.parse_range(text).unwrap();
        assert_eq!(range.to_string(), text);
        for version in inside {
            assert!(range.contains(&go(version)), "{text} holds {version}");
        }
        for version in outside {
            assert!(!range.contains(&go(version)), "{text} does not hold {version}");
        }
    }
    let range = Scheme::Semver.parse_range(">=22, <24 || v20.1.2").unwrap();
    assert!(range.contains(&semver("22.0.0")) && range.contains(&semver("20.1.2+7")));
    assert!(!range.contains(&semver("24.0.0")) && !range.contains(&go("22.0.0")));
}

#[test]
fn a_range_tells_on_which_side_of_it_a_version_lies() {
    let (below, within, above) = (Some(Ordering::Less), Some(Ordering::Equal), Some(Ordering::Greater));
    for (range, version, expected) in [
        ("1.26.x", "1.25.9", below),
        ("1.26.x", "1.26.0", within),
        ("1.26.x", "1.27rc1", above),
        ("1.26.5", "1.26.4", below),
        ("1.26.5", "1.26.6", above),
        (">=1.26.5", "1.26.4", below),
        (">1.26.5", "1.26.5", below),
        ("<1.26.5", "1.26.5", above),
        ("<=1.26.5", "1.26.6", above),
        (">=1.25, <1.27", "1.24.0", below),
        (">=1.25, <1.27", "1.27.0", above),
        ("1.24.x || 1.26.x", "1.23.0", below),
        ("1.24.x || 1.26.x", "1.25.0", None),
        ("1.24.x || 1.26.x", "1.26.0", within),
        ("1.24.x || 1.26.x", "1.27.0", above),
        ("<1.24 || >=1.26", "1.25.0", None),
        (">1.26.2 <1.26.1", "1.26.1", None),
        ("*", "1.26.1", within),
    ] {
        assert_eq!(Scheme::Go.parse_range(range).unwrap().side_of(&go(version)), expected, "{version} and {range}");
    }
    assert_eq!(Scheme::Go.parse_range("*").unwrap().side_of(&semver("1.2.3")), None);
}

#[test]
fn the_first_numbers_stand_for_all_versions_that_begin_so() {
    for (scheme, line, inside, outside) in [
        (Scheme::Go, "1.26", "1.26.7", "1.27rc1"),
        (Scheme::Go, "go1.26", "1.26.7", "1.2.6"),
        (Scheme::Go, "1", "1.26.7", "2.0.0"),
        (Scheme::Go, "1.26.7", "1.26.7", "1.26.8"),
        (Scheme::Node, "22", "22.23.2", "23.0.0"),
        (Scheme::Java, "1.8", "8u402", "21.0.2"),
        (Scheme::Postgresql, "17", "17.5", "18beta1"),
        (Scheme::Loose, "20.04", "20.04.1", "20.4.1"),
    ] {
        let range = scheme.parse_line(line).unwrap();
        let [inside, outside] = [inside, outside].map(|text| range.contains(&scheme.parse(text).unwrap()));
        assert_eq!((inside, outside), (true, false), "{line}");
        assert_eq!(scheme.parse_range(range.as_str()), Ok(range));
    }
    for text in ["", "latest", "1.26.x", "1.26rc1", "1..2", ">=1", "01", "1.26 ", &"1.".repeat(100)] {
        assert_eq!(Scheme::Go.parse_line(text), None, "{text}");
    }
}

#[test]
fn refuses_what_is_no_range_with_a_short_message() {
    let long = "1.2 ".repeat(300_000);
    let bad = [
        "",
        " ",
        ",",
        "||",
        "1.26 ||",
        ">=",
        ">= ",
        "> = 1.2",
        "^1.26",
        "~>1.26",
        "~1.26",
        "!=1.26",
        "1.25, 1.26",
        "1.2 - 1.3",
        "x.1",
        "1.x.3",
        ">=1.2|1.3",
        "1.26.rc",
        "\u{1b}1.26",
        &long,
    ];
    for text in bad {
        let error = Scheme::Go.parse_range(text).unwrap_err().to_string();
        assert!(error.chars().count() < 400 && !error.contains(char::is_control), "{error:?}");
    }
    assert_eq!(
        Scheme::Go.parse_range("1.25, 1.26").unwrap_err().to_string(),
        "`1.25, 1.26` is not a range of versions: no version is two things at once; write `||` for one or the other"
    );
}
