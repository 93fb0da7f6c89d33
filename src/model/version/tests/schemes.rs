//! What each scheme reads and refuses, and how it orders, groups and sizes awkward versions.

use super::super::*;

/// What is claimed of a scheme.
struct Table<'a> {
    scheme: Scheme,
    /// From oldest to newest; the spellings of one version stand together.
    order: &'a [&'a [&'a str]],
    /// Those of `order` that are pre-releases, one spelling each.
    prereleases: &'a [&'a str],
    lines: &'a [(&'a str, &'a str)],
    bumps: &'a [(&'a str, &'a str, Bump)],
    /// What is written, and what is printed.
    prints: &'a [(&'a str, &'a str)],
    refused: &'a [(&'a str, &'a str)],
}

impl Table<'_> {
    fn check(&self) {
        let parse = |text: &str| self.scheme.parse(text).unwrap();
        for (at, spellings) in self.order.iter().enumerate() {
            for text in *spellings {
                assert_eq!(parse(text), parse(spellings[0]), "{text}");
                for older in self.order[..at].iter().copied().flatten() {
                    assert!(parse(older) < parse(text), "{older} < {text}");
                }
            }
        }
        let found: Vec<&str> =
            self.order.iter().map(|spellings| spellings[0]).filter(|text| parse(text).is_prerelease()).collect();
        assert_eq!(found, self.prereleases);
        for (text, line) in self.lines {
            assert_eq!(parse(text).line(), *line, "{text}");
        }
        for (from, to, bump) in self.bumps {
            assert_eq!(parse(from).bump_to(&parse(to)), Some(*bump), "{from} to {to}");
        }
        for (text, printed) in self.prints {
            assert_eq!(parse(text).to_string(), *printed);
        }
        for (text, why) in self.refused {
            let message = format!("`{text}` is not a version in the scheme `{}`: {why}", self.scheme);
            assert_eq!(self.scheme.parse(text).unwrap_err().to_string(), message);
        }
    }
}

#[test]
fn node_has_lines_of_one_number_from_1_on() {
    let shape = "it needs three numbers, as in `1.2.3`, `1.2.3-rc.1` or `1.2.3+7`";
    Table {
        scheme: Scheme::Node,
        order: &[
            &["v0.10.48"],
            &["v0.12.18"],
            &["4.9.1"],
            &["20.0.0-nightly2022101987cdf7d412"],
            &["20.0.0-nightly20230101aaaaaaaaaa"],
            &["20.0.0-rc.2"],
            &["20.0.0-rc.10"],
            &["20.0.0", "v20.0.0"],
            &["20.9.0"],
            &["20.10.0"],
            &["22.23.2"],
        ],
        prereleases: &[
            "20.0.0-nightly2022101987cdf7d412",
            "20.0.0-nightly20230101aaaaaaaaaa",
            "20.0.0-rc.2",
            "20.0.0-rc.10",
        ],
        lines: &[("v22.23.2", "22"), ("v0.12.18", "0.12"), ("v20.0.0-rc.2", "20")],
        bumps: &[
            ("20.0.0-rc.10", "20.0.0", Bump::Patch),
            ("20.9.0", "20.10.0", Bump::Minor),
            ("20.9.0", "22.0.0", Bump::Major),
        ],
        prints: &[("v20.0.0", "20.0.0")],
        refused: &[("22", shape), ("lts/jod", shape), ("v022.1.0", shape), ("node", shape), ("vv1.2.3", shape)],
    }
    .check();
}

#[test]
fn python_follows_pep_440() {
    let shape = "it is written as in `3.13.1`, `3.14.0rc1` or `3.13.1.post1`";
    Table {
        scheme: Scheme::Python,
        order: &[
            &["2.7"],
            &["2.7.18"],
            &["3.9.25"],
            &["3.10.1"],
            &["3.14.0.dev3", "3.14.0dev3"],
            &["3.14.0a1.dev2"],
            &["3.14.0a1", "3.14.0alpha1", "3.14.0-a.1", "3.14a1"],
            &["3.14.0a1.post1"],
            &["3.14.0a2"],
            &["3.14.0b2"],
            &["3.14.0b10"],
            &["3.14.0rc1", "3.14.0c1", "3.14.0RC1", "3.14.0-rc.1", "3.14.0.preview_1"],
            &["3.14.0", "v3.14.0", "Python 3.14.0", "3.14.0+debian.1"],
            &["3.14.0.post1.dev1"],
            &["3.14.0.post1", "3.14.0-1", "3.14.0-r1"],
            &["3.14.1"],
        ],
        prereleases: &[
            "3.14.0.dev3",
            "3.14.0a1.dev2",
            "3.14.0a1",
            "3.14.0a1.post1",
            "3.14.0a2",
            "3.14.0b2",
            "3.14.0b10",
            "3.14.0rc1",
            "3.14.0.post1.dev1",
        ],
        lines: &[("3.14.0rc1", "3.14"), ("2.7", "2.7"), ("3.10.1", "3.10")],
        bumps: &[("3.14.0rc1", "3.14.0", Bump::Patch), ("3.9.25", "3.10.1", Bump::Minor)],
        prints: &[("Python 3.14.0rc1", "3.14.0rc1"), ("3.0", "3.0"), ("3.14.0+debian.1", "3.14.0+debian.1")],
        refused: &[
            ("3", shape),
            ("3.14t", shape),
            ("3.13.1.2", shape),
            ("1!3.13.0", shape),
            ("3.14.0rc1a1", shape),
            ("3.14.0 rc1", shape),
            ("3.13.0-", shape),
            ("3.13", "two numbers name a line; a release has three, as in `3.13.0`"),
            ("pypy3.10-7.3", "it begins with a number"),
            ("3.13.0+", "a suffix that names a build holds letters, digits, `.`, `_`, `+` and `-`"),
            ("3.14.0+rc1", "Python writes candidates as `3.14.0rc1`, without `+`"),
        ],
    }
    .check();
}

#[test]
fn ruby_has_patch_levels_after_the_release() {
    let shape = "it needs three numbers, and then may have `-preview1`, `-rc1` or `-p648`";
    Table {
        scheme: Scheme::Ruby,
        order: &[
            &["1.9.3"],
            &["1.9.3-p0"],
            &["1.9.3-p551", "ruby-1.9.3-p551", "1.9.3p551"],
            &["2.0.0-p0"],
            &["2.0.0-p648", "2.0.0p648", "v2_0_0_648"],
            &["2.1.0"],
            &["3.4.0-preview1", "v3_4_0_preview1", "3.4.0.preview1"],
            &["3.4.0-preview2"],
            &["3.4.0-preview10"],
            &["3.4.0-rc1"],
            &["3.4.0", "ruby-3.4.0", "v3_4_0"],
            &["3.4.2"],
            &["3.4.10", "v3_4_10"],
            &["4.0.6", "v4.0.6"],
        ],
        prereleases: &["3.4.0-preview1", "3.4.0-preview2", "3.4.0-preview10", "3.4.0-rc1"],
        lines: &[
            ("3.4.10", "3.4"),
            ("4.0.0-preview2", "4.0"),
            ("2.1.10", "2.1"),
            ("2.0.0-p648", "2.0.0"),
            ("1.9.3", "1.9.3"),
        ],
        bumps: &[
            ("3.4.0-rc1", "3.4.0", Bump::Patch),
            ("2.0.0-p0", "2.0.0-p648", Bump::Patch),
            ("1.9.2", "1.9.3", Bump::Patch),
            ("3.3.9", "3.4.0", Bump::Minor),
        ],
        prints: &[
            ("ruby-3.3.0-preview1", "3.3.0-preview1"),
            ("v3_3_0_preview1", "3.3.0-preview1"),
            ("v2_0_0_648", "2.0.0-p648"),
            ("v3_4_10", "3.4.10"),
            ("2.0.0p648", "2.0.0p648"),
        ],
        refused: &[
            ("3.4", shape),
            ("3.4.0.1", shape),
            ("3.4.0-dev", shape),
            ("3.4.0-rc", shape),
            ("3.4.0-rc1.1", shape),
            ("3.4.0-github1", shape),
            ("jruby-9.4", "it begins with a number"),
            ("v3_4_0_rc1_1", shape),
        ],
    }
    .check();
}

#[test]
fn java_reads_all_spellings_of_8_and_any_count_of_numbers() {
    let shape = "it is written as in `21.0.2+13-LTS`, `22-ea+10`, `8u402-b06` or `1.8.0_402-b06`";
    Table {
        scheme: Scheme::Java,
        order: &[
            &["1.7.0_80", "7u80", "7.0.80"],
            &["8", "1.8.0", "1.8"],
            &["8u92"],
            &[
                "8u402",
                "8u402-b06",
                "8u402-b06_openj9-0.43.0",
                "8.0.402",
                "8.0.402+6",
                "1.8.0_402",
                "1.8.0_402-b06",
                "1.8.0.402",
                "jdk8u402-b06",
                "jdk8u402-b09.1",
            ],
            &["8u412-b01-ea"],
            &["8u412"],
            &["11", "11.0", "11.0.0", "11+28", "11_28"],
            &["17-beta+32-202107272348", "17.0.0-beta+32.0.202107272348"],
            &["17-beta+33"],
            &["17-ea"],
            &["17"],
            &["17.0.4", "17.0.4+8"],
            &["17.0.4.1", "17.0.4.1+1"],
            &["21-ea+9"],
            &["21-ea+10"],
            &["21", "jdk-21+35"],
            &[
                "21.0.2",
                "21.0.2+13",
                "21.0.2+14",
                "21.0.2+13-LTS",
                "21.0.2-LTS",
                "21.0.2+13.0.LTS",
                "21.0.2_13",
                "21.0.2+-LTS",
            ],
            &["21.0.12.1+1"],
            &["21.0.12.9.1"],
        ],
        prereleases: &["8u412-b01-ea", "17-beta+32-202107272348", "17-beta+33", "17-ea", "21-ea+9", "21-ea+10"],
        lines: &[
            ("1.8", "8"),
            ("8u402", "8"),
            ("1.8.0_402-b06", "8"),
            ("21", "21"),
            ("21.0.12.1+1", "21"),
            ("22-ea+10", "22"),
        ],
        bumps: &[
            ("8u402-b06", "8u412", Bump::Patch),
            ("21-ea+9", "21", Bump::Patch),
            ("17.0.4", "17.0.4.1", Bump::Patch),
            ("17.0.4", "21", Bump::Major),
            ("1.8.0_402", "11.0.2", Bump::Major),
        ],
        prints: &[("jdk-21.0.2+13", "21.0.2+13"), ("jdk8u402-b06", "8u402-b06"), ("1.8.0_402", "1.8.0_402")],
        refused: &[
            ("21.0.2-tem", shape),
            ("17-jdk", shape),
            ("8u", shape),
            ("8u402-", shape),
            ("21.0.2+", shape),
            ("21.0.2+13 LTS", shape),
            ("21.0.2-LTS-1", shape),
            ("21.0.2-eab", shape),
            ("jdk17-2021-07-31-00-07-beta", shape),
            ("temurin-21.0.2", "it begins with a number"),
            ("021.0.2", "numbers are decimal, without leading zeros, and below 2^64"),
        ],
    }
    .check();
}

#[test]
fn dotnet_has_semantic_versions() {
    let shape = "it needs three numbers, as in `1.2.3`, `1.2.3-rc.1` or `1.2.3+7`";
    Table {
        scheme: Scheme::Dotnet,
        order: &[
            &["3.1.32"],
            &["9.0.0-preview.7.24405.7"],
            &["9.0.0-rc.1.24431.7"],
            &["9.0.0-rc.2.24473.5"],
            &["9.0.0"],
            &["9.0.9"],
            &["9.0.18"],
            &["9.0.118"],
            &["9.0.316"],
            &["10.0.100-preview.4.25258.110"],
        ],
        prereleases: &[
            "9.0.0-preview.7.24405.7",
            "9.0.0-rc.1.24431.7",
            "9.0.0-rc.2.24473.5",
            "10.0.100-preview.4.25258.110",
        ],
        lines: &[("9.0.18", "9.0"), ("3.1.32", "3.1"), ("10.0.100-rc.1.25451.107", "10.0")],
        bumps: &[("9.0.9", "9.0.18", Bump::Patch), ("9.0.18", "10.0.0", Bump::Major)],
        prints: &[("v9.0.0", "9.0.0")],
        refused: &[("net8.0", shape), ("8.0", shape), ("8.0.x", shape)],
    }
    .check();
}

#[test]
fn postgresql_has_two_numbers_from_10_on() {
    let shape = "it is written as in `17.6`, `18beta1`, `18rc1` or, before 10, `9.6.24`";
    Table {
        scheme: Scheme::Postgresql,
        order: &[
            &["8.4", "8.4.0"],
            &["9.6beta1", "9.6.0beta1", "REL9_6_BETA1"],
            &["9.6rc1"],
            &["9.6.9"],
            &["9.6.24", "REL9_6_24"],
            &["10.0"],
            &["17devel"],
            &["17alpha1"],
            &["17beta1", "REL_17_BETA1", "17BETA1"],
            &["17rc1", "17.0rc1"],
            &["17.0"],
            &["17.9"],
            &["17.10", "REL_17_10", "17.10-1.pgdg13+1", "17.10-R2"],
            &["18.3"],
        ],
        prereleases: &["9.6beta1", "9.6rc1", "17devel", "17alpha1", "17beta1", "17rc1"],
        lines: &[("17.10", "17"), ("18beta1", "18"), ("9.6.24", "9.6"), ("9.6rc1", "9.6")],
        bumps: &[
            ("17rc1", "17.0", Bump::Patch),
            ("17.9", "17.10", Bump::Minor),
            ("9.6.9", "9.6.24", Bump::Patch),
            ("9.6.24", "17.0", Bump::Major),
        ],
        prints: &[("REL_17_BETA1", "17beta1"), ("REL_16_2", "16.2"), ("REL9_6_24", "9.6.24"), ("17BETA1", "17BETA1")],
        refused: &[
            ("17", "one number names a line; a release has two, as in `17.0`"),
            ("17.2.1", shape),
            ("17.2.1beta1", shape),
            ("9", shape),
            ("9beta1", shape),
            ("9.6.1.1", shape),
            ("17.2gamma1", shape),
            ("17beta", shape),
            ("15.8.1.004", "numbers are decimal, without leading zeros, and below 2^64"),
            ("18.0-rc1", "PostgreSQL writes candidates as `18rc1`, without `-`"),
        ],
    }
    .check();
}

#[test]
fn php_orders_as_version_compare_does() {
    let shape = "it needs three numbers, and then may have `alpha1`, `beta1`, `RC1`, `pl1` or `-dev`";
    Table {
        scheme: Scheme::Php,
        order: &[
            &["5.2.17"],
            &["8.4.24"],
            &["8.5.0-dev", "8.5.0dev"],
            &["8.5.0alpha2", "8.5.0a2", "8.5.0-alpha.2"],
            &["8.5.0alpha10"],
            &["8.5.0beta1"],
            &["8.5.0RC1-dev"],
            &["8.5.0RC1", "8.5.0rc1", "php-8.5.0RC1"],
            &["8.5.0"],
            &["8.5.0pl1", "8.5.0p1"],
            &["8.5.1"],
            &["8.10.0"],
        ],
        prereleases: &["8.5.0-dev", "8.5.0alpha2", "8.5.0alpha10", "8.5.0beta1", "8.5.0RC1-dev", "8.5.0RC1"],
        lines: &[("8.4.24", "8.4"), ("8.5.0RC1", "8.5")],
        bumps: &[("8.5.0RC1", "8.5.0", Bump::Patch), ("8.4.24", "8.5.1", Bump::Minor)],
        prints: &[("php-8.5.0RC1", "8.5.0RC1")],
        refused: &[("8.4", shape), ("8", shape), ("8.5.0RC", shape), ("8.5.0-fpm", shape), ("8.5.0.1", shape)],
    }
    .check();
}

#[test]
fn erlang_has_two_numbers_or_more() {
    let shape = "it is written as in `27.0`, `27.3.4.16` or `28.0-rc1`; `R16B03` and older are not read";
    Table {
        scheme: Scheme::Erlang,
        order: &[
            &["17.5.6.10"],
            &["27.0-rc2", "OTP-27.0-rc2", "27.0-rc.2"],
            &["27.0-rc10"],
            &["27.0", "OTP-27.0", "27.0.0"],
            &["27.3.4"],
            &["27.3.4.1.1"],
            &["27.3.4.9"],
            &["27.3.4.16"],
            &["28.5.0.5"],
        ],
        prereleases: &["27.0-rc2", "27.0-rc10"],
        lines: &[("27.3.4.16", "27"), ("27.0-rc1", "27")],
        bumps: &[
            ("27.0-rc1", "27.0", Bump::Patch),
            ("27.3.4.9", "27.3.4.16", Bump::Patch),
            ("27.0", "27.3.4", Bump::Minor),
        ],
        prints: &[("OTP-27.3.4.16", "27.3.4.16")],
        refused: &[
            ("27", "one number names a line; a release has two or more, as in `27.0`"),
            ("OTP_R16B03", shape),
            ("maint-27", shape),
            ("27.0-rc", shape),
            ("27.0-beta1", shape),
            ("27.0rc1", shape),
            ("27.0.", shape),
        ],
    }
    .check();
}

#[test]
fn elixir_names_builds_for_a_line_of_otp() {
    let shape = "it needs three numbers, as in `1.2.3`, `1.2.3-rc.1` or `1.2.3+7`";
    let build = "the build for a line of Erlang/OTP is written as in `1.18.4-otp-27`";
    Table {
        scheme: Scheme::Elixir,
        order: &[
            &["0.15.1"],
            &["1.0.0-rc2"],
            &["1.9.4"],
            &["1.18.4", "v1.18.4", "1.18.4-otp-27", "1.18.4-otp-26"],
            &["1.19.0-rc.0", "1.19.0-rc.0-otp-28"],
            &["1.19.0-rc.1"],
            &["1.19.0", "1.19.0-otp-28"],
        ],
        prereleases: &["1.0.0-rc2", "1.19.0-rc.0", "1.19.0-rc.1"],
        lines: &[("1.18.4-otp-27", "1.18")],
        bumps: &[("1.19.0-rc.1-otp-28", "1.19.0", Bump::Patch), ("1.18.4-otp-27", "1.19.0-otp-28", Bump::Minor)],
        prints: &[("v1.18.4-otp-27", "1.18.4-otp-27")],
        refused: &[
            ("v1.18", shape),
            ("main", shape),
            ("main-otp-25", shape),
            ("1.18.4-otp", build),
            ("1.18.4-otp-", build),
            ("1.18.4-otp-27-otp-28", build),
        ],
    }
    .check();
}

#[test]
fn rust_has_numbered_releases_only() {
    let shape = "it needs three numbers, as in `1.98.0` or `1.99.0-beta.5`; a channel such as `stable` is no version";
    Table {
        scheme: Scheme::Rust,
        order: &[
            &["0.9", "0.9.0"],
            &["0.10"],
            &["1.0.0-alpha.2"],
            &["1.0.0-beta"],
            &["1.0.0"],
            &["1.9.0"],
            &["1.83.0-beta.5"],
            &["1.83.0-beta.10"],
            &["1.83.0"],
        ],
        prereleases: &["1.0.0-alpha.2", "1.0.0-beta", "1.83.0-beta.5", "1.83.0-beta.10"],
        lines: &[("1.82.0", "1.82"), ("0.10", "0.10"), ("1.83.0-beta.5", "1.83")],
        bumps: &[("1.83.0-beta.5", "1.83.0", Bump::Patch), ("1.9.0", "1.83.0", Bump::Minor)],
        prints: &[("v1.98.0", "1.98.0"), ("0.10", "0.10")],
        refused: &[
            ("1.82", shape),
            ("stable", shape),
            ("beta", shape),
            ("nightly-2026-01-01", shape),
            ("0.10-pre", shape),
        ],
    }
    .check();
}

#[test]
fn loose_orders_anything_that_begins_with_a_number() {
    let shape = "it holds letters, digits, and single signs between them";
    let start = "it begins with a number below 2^64";
    Table {
        scheme: Scheme::Loose,
        order: &[
            &["1.1.1", "v1.1.1", "1.1.1.0"],
            &["1.1.1-2", "1.1.1+2", "1.1.1_02"],
            &["1.1.1-10"],
            &["1.1.1a"],
            &["1.1.1m"],
            &["1.1.1w", "1.1.1-W"],
            &["1.2-SNAPSHOT", "1.2dev"],
            &["1.2~alpha2"],
            &["1.2-beta"],
            &["1.2-beta.1", "1.2.beta1", "1.2BETA_1"],
            &["1.2-M1", "1.2-milestone1", "1.2pre1"],
            &["1.2-rc.2", "1.2CR2"],
            &["1.2-rc10"],
            &["1.2", "1.2.0", "1.2.0.0"],
            &["1.2p2"],
            &["1.2p10"],
            &["20.4"],
            &["20.04"],
            &["20.04.3"],
            &["20.10"],
            &["2024.1.9.2.3.10"],
        ],
        prereleases: &["1.2-SNAPSHOT", "1.2~alpha2", "1.2-beta", "1.2-beta.1", "1.2-M1", "1.2-rc.2", "1.2-rc10"],
        lines: &[("1.1.1w", "1.1"), ("20.04.3", "20.04"), ("7", "7.0"), ("1.2-rc1", "1.2")],
        bumps: &[("1.1.1a", "1.1.1w", Bump::Patch), ("20.04.3", "20.10", Bump::Minor)],
        prints: &[("v1.2.0", "1.2.0"), ("1.2CR2", "1.2CR2")],
        refused: &[
            ("latest", start),
            ("99999999999999999999", start),
            ("1.2..3", shape),
            ("1.2-", shape),
            ("1.2 3", shape),
            ("1.2é", shape),
            ("1.2.x", "it is a range of versions"),
            ("1.2-99999999999999999999", "numbers are decimal, without leading zeros, and below 2^64"),
        ],
    }
    .check();
}

#[test]
fn ranges_know_the_spellings_of_each_scheme() {
    let cases: [(Scheme, &str, &[&str], &[&str]); 22] = [
        (Scheme::Node, "22", &["22.23.2", "22.0.0-rc.1"], &["20.1.0"]),
        (Scheme::Node, ">=20 <23", &["20.0.0-rc.1", "22.23.2"], &["23.0.0-rc.1", "18.20.8"]),
        (Scheme::Python, ">=3.10, <3.14", &["3.10.0a1", "3.13.9"], &["3.9.25", "3.14.0a1"]),
        (Scheme::Python, ">=3.14.0", &["3.14.0", "3.14.0.post1"], &["3.14.0rc1"]),
        (Scheme::Ruby, "3.4", &["3.4.0-preview1", "3.4.10"], &["3.3.9"]),
        (Scheme::Ruby, ">v3_4_9", &["3.4.10"], &["3.4.9"]),
        (Scheme::Ruby, "2.0.0.x", &["2.0.0-p0", "2.0.0-p648"], &["2.1.0"]),
        (Scheme::Java, "1.8", &["8u402", "1.8.0_402-b06", "8.0.402"], &["7u80", "11"]),
        (Scheme::Java, ">=8u402", &["8.0.402", "1.8.0_412", "11"], &["8u392"]),
        (Scheme::Java, ">=17 <21.0.2", &["17-ea", "17.0.4.1+1", "21+35"], &["21.0.2+13", "11"]),
        (Scheme::Java, "21.0.2+13", &["21.0.2", "21.0.2+14-LTS"], &["21.0.3"]),
        (Scheme::Dotnet, "8.0", &["8.0.29", "8.0.423"], &["9.0.0-rc.1.24431.7"]),
        (Scheme::Dotnet, "9.x", &["9.0.0"], &["8.0.29"]),
        (Scheme::Postgresql, "17", &["17.10", "17beta1"], &["16.2"]),
        (Scheme::Postgresql, ">=9.6 <17.10", &["9.6.0", "17.9"], &["17.10", "9.5.1"]),
        (Scheme::Php, ">=8.1 <8.5", &["8.1.0RC1", "8.4.24"], &["8.5.0-dev"]),
        (Scheme::Erlang, "27.3.4.x", &["27.3.4", "27.3.4.16"], &["27.3.5"]),
        (Scheme::Erlang, ">=OTP-27.3.4.9", &["27.3.4.16"], &["27.3.4.1"]),
        (Scheme::Elixir, "1.18.4", &["1.18.4-otp-27"], &["1.18.3"]),
        (Scheme::Rust, "1.82", &["1.82.0"], &["1.83.0-beta.1"]),
        (Scheme::Loose, "20.04", &["20.04.3"], &["20.4", "20.10"]),
        (Scheme::Loose, "<1.1.1w", &["1.1.1", "1.1.1m"], &["1.1.1w", "1.2-rc1"]),
    ];
    for (scheme, text, inside, outside) in cases {
        let range = scheme.parse_range(text).unwrap();
        assert_eq!(range.to_string(), text);
        for version in inside {
            assert!(range.contains(&scheme.parse(version).unwrap()), "{scheme}: {text} holds {version}");
        }
        for version in outside {
            assert!(!range.contains(&scheme.parse(version).unwrap()), "{scheme}: {text} does not hold {version}");
        }
    }
}
