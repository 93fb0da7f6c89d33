//! What holds of all versions of all schemes, whether they look like upstream's or have been garbled.

use std::hash::{DefaultHasher, Hash, Hasher};

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::*;

/// What the texts of a scheme are made of.
struct Parts {
    prefixes: &'static [&'static str],
    /// The fewest and the most numbers of a release.
    count: (usize, usize),
    /// The numbers of a line, by the first number.
    line: fn(u64) -> usize,
    /// What comes before a release, from the furthest on.
    before: &'static [&'static str],
    /// What comes after it, from the nearest on.
    after: &'static [&'static str],
    /// What changes nothing.
    same: &'static [&'static str],
    /// Texts of other shapes.
    odd: &'static [&'static str],
}

const SEMVER: &[&str] = &["-0", "-1", "-alpha", "-alpha.1", "-beta.2", "-beta.10", "-rc", "-rc.1"];

fn parts(scheme: Scheme) -> Parts {
    let base = Parts {
        prefixes: &["", "v"],
        count: (3, 3),
        line: |_| 2,
        before: SEMVER,
        after: &[],
        same: &["+7", "+a.b"],
        odd: &[],
    };
    match scheme {
        Scheme::Go => Parts {
            prefixes: &["", "go"],
            before: &["beta1", "beta2", "rc2", "rc10"],
            same: &["-fips", "-1-openssl-fips"],
            odd: &["1.20", "1.21", "1.26", "1", "1.21rc2", "1.9.2rc2"],
            ..base
        },
        Scheme::Semver | Scheme::Dotnet => base,
        Scheme::Node => Parts { line: |first| if first == 0 { 2 } else { 1 }, ..base },
        Scheme::Python => Parts {
            prefixes: &["", "v", "Python "],
            before: &[".dev1", "a1.dev1", "a1", "a1.post1", "a2", "b2", "b10", "rc1.dev2", "rc1"],
            after: &[".post1.dev2", ".post1", ".post2"],
            same: &["+debian.1"],
            odd: &["2.7", "3.0", "3.14rc1", "3.14.0-rc.1", "3.14.0-1", "3.14.0-r1"],
            ..base
        },
        Scheme::Ruby => Parts {
            prefixes: &["", "v", "ruby-"],
            before: &["-preview1", "-preview2", "-preview10", "-rc1"],
            after: &["-p0", "p2", "-p10"],
            same: &[],
            odd: &["v3_4_10", "v3_4_0_preview1", "v2_0_0_648"],
            ..base
        },
        Scheme::Java => Parts {
            prefixes: &["", "jdk-", "jdk"],
            count: (1, 5),
            line: |_| 1,
            before: &["-beta+1", "-ea", "-ea+2", "-ea+10-LTS"],
            same: &["+13", "+13-LTS", "_9", "-LTS", "-b06", "+-x"],
            odd: &["8u402", "8u402-b06", "1.8.0_402-b06", "8.0.402", "1.8", "jdk8u412-b01-ea"],
            ..base
        },
        Scheme::Postgresql => Parts {
            count: (2, 2),
            line: |first| if first < 10 { 2 } else { 1 },
            before: &[],
            same: &["-1.pgdg13+1"],
            odd: &["REL_17_2", "REL_17_BETA1", "REL9_6_24", "9.6.24", "9.6.3", "9.6rc1", "17beta1", "17rc1"],
            ..base
        },
        Scheme::Php => Parts {
            prefixes: &["", "php-"],
            before: &["-dev", "alpha1", "beta2", "beta10", "RC1-dev", "RC1"],
            after: &["pl1", "pl10"],
            same: &[],
            odd: &["8.5.0rc1", "8.5.0-RC.1"],
            ..base
        },
        Scheme::Erlang => Parts {
            prefixes: &["", "OTP-"],
            count: (2, 6),
            line: |_| 1,
            before: &["-rc1", "-rc2", "-rc10"],
            same: &[],
            ..base
        },
        Scheme::Elixir => Parts { same: &["-otp-27", "+7", "-otp-9"], odd: &["1.19.0-rc.0-otp-28"], ..base },
        Scheme::Rust => Parts { odd: &["0.10", "0.9"], ..base },
        Scheme::Loose => Parts {
            count: (1, 6),
            before: &["-dev", "alpha1", "-beta.2", "-m1", "~rc1", "-rc-10"],
            after: &["-1", "-10", "+a", "p1", "w"],
            same: &[],
            odd: &["20.04", "20.4", "2024-01-01", "1.2_3-x.rc1"],
            ..base
        },
    }
}

fn scheme() -> impl Strategy<Value = Scheme> {
    select(Scheme::ALL.as_slice())
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0_u64..4, 2 => select(vec![8, 9, 10, 20, 21, 99, 402]), 1 => Just(u64::MAX)]
}

fn numbers(scheme: Scheme) -> impl Strategy<Value = Vec<u64>> {
    let (fewest, most) = parts(scheme).count;
    let numbers = prop::collection::vec(number(), fewest..=most);
    // Six of the largest leave no room for what stands around them.
    let numbers =
        numbers.prop_filter("a version has its length", |numbers| join(numbers).len() <= LONGEST_VERSION - 24);
    numbers.prop_filter("Java's 1.8 is 8, and PostgreSQL's 9.6 has a third number", move |numbers| match scheme {
        Scheme::Java => numbers[0] > 1,
        Scheme::Postgresql => numbers[0] >= 10,
        _ => true,
    })
}

fn join(numbers: &[u64]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(".")
}

/// A text as upstream writes it.
fn plausible(scheme: Scheme) -> impl Strategy<Value = String> {
    let Parts { prefixes, before, after, same, odd, .. } = parts(scheme);
    let tails = [before, after, same, &["", "", ""]].concat();
    let regular = (select(prefixes), numbers(scheme), select(tails))
        .prop_map(|(prefix, numbers, tail)| format!("{prefix}{}{tail}", join(&numbers)));
    let odd = select([odd, &["1.2.3"]].concat()).prop_map(str::to_owned);
    prop_oneof![4 => regular, 1 => odd]
}

/// A text that has perhaps suffered.
fn garbled(scheme: Scheme) -> impl Strategy<Value = String> {
    let damage = ("[0-9]|[-._+~ a-z]|[A-Z]|[é٢\u{0}]", any::<Index>(), 0_usize..4);
    (plausible(scheme), prop::collection::vec(damage, 0..3)).prop_map(|(text, damages)| {
        let mut chars: Vec<char> = text.chars().collect();
        for (put, at, length) in damages {
            let start = at.index(chars.len() + 1);
            let end = (start + length).min(chars.len());
            match length {
                0 => drop(chars.splice(start..start, put.chars())),
                1 => drop(chars.splice(start..end, put.chars())),
                2 => drop(chars.drain(start..end)),
                _ => {
                    let twice = chars[start..end].to_vec();
                    chars.splice(end..end, twice);
                }
            }
        }
        chars.into_iter().collect()
    })
}

fn versions<const N: usize>() -> impl Strategy<Value = [Version; N]> {
    let of_scheme = |scheme: Scheme| {
        // What damage made unreadable counts as never damaged: rejecting it would use up the patience of proptest.
        let version = (garbled(scheme), plausible(scheme))
            .prop_map(move |(text, whole)| scheme.parse(&text).or_else(|_| scheme.parse(&whole)).unwrap());
        prop::collection::vec(version, N).prop_map(|versions| versions.try_into().unwrap())
    };
    scheme().prop_flat_map(of_scheme)
}

fn hash(version: &Version) -> u64 {
    let mut hasher = DefaultHasher::new();
    version.hash(&mut hasher);
    hasher.finish()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn order_is_total([a, b, c] in versions(), other in versions::<1>()) {
        prop_assert_eq!(a.cmp(&a), Ordering::Equal);
        for (x, y) in [(&a, &b), (&a, &other[0])] {
            prop_assert_eq!(x.cmp(y), y.cmp(x).reverse());
            prop_assert_eq!(x == y, x.cmp(y) == Ordering::Equal);
        }
        if a == b {
            prop_assert_eq!(hash(&a), hash(&b));
            prop_assert_eq!(a.cmp(&c), b.cmp(&c));
        }
        let mut sorted = [a, b, c];
        sorted.sort();
        prop_assert!(sorted[0] <= sorted[2]);
    }

    #[test]
    fn printing_reads_back([a] in versions()) {
        let again = a.scheme().parse(a.as_str()).unwrap();
        prop_assert_eq!(&again, &a);
        prop_assert_eq!(again.as_str(), a.as_str());
    }

    #[test]
    fn a_prefix_changes_nothing(
        (scheme, prefix, text) in scheme().prop_flat_map(|s| (Just(s), select(parts(s).prefixes), plausible(s)))
    ) {
        let version = scheme.parse(&text).unwrap();
        let again = scheme.parse(&format!("{prefix}{version}")).unwrap();
        prop_assert_eq!(&again, &version);
        prop_assert_eq!(again.as_str(), version.as_str());
        prop_assert!(text.ends_with(version.as_str()) || text.contains('_'));
    }

    #[test]
    fn releases_are_ordered_sized_and_grouped_by_their_numbers(
        (scheme, a, b) in scheme().prop_flat_map(|s| (Just(s), numbers(s), numbers(s)))
    ) {
        let (x, y) = (scheme.parse(&join(&a)).unwrap(), scheme.parse(&join(&b)).unwrap());
        let pad = |numbers: &[u64]| [numbers, &[0; 6]].concat()[..6].to_vec();
        let (a, b) = (pad(&a), pad(&b));
        prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        prop_assert!(!x.is_prerelease());
        let line = if scheme == Scheme::Ruby && a < vec![2, 1] { 3 } else { (parts(scheme).line)(a[0]) };
        prop_assert_eq!(x.line(), join(&a[..line]));
        let expected = (a < b).then(|| match a.iter().zip(&b).position(|(a, b)| a != b) {
            Some(0) => Bump::Major,
            Some(1) => Bump::Minor,
            _ => Bump::Patch,
        });
        prop_assert_eq!(x.bump_to(&y), expected);
    }

    #[test]
    fn a_number_that_is_not_written_is_zero(
        (scheme, numbers) in scheme().prop_flat_map(|s| (Just(s), numbers(s))), count in 1_usize..3
    ) {
        let longer = [numbers.as_slice(), &[0, 0][..count]].concat();
        let version = scheme.parse(&join(&numbers)).unwrap();
        if let Ok(longer) = scheme.parse(&join(&longer)) {
            prop_assert_eq!(&longer, &version);
            prop_assert_eq!(hash(&longer), hash(&version));
            prop_assert_eq!(longer.line(), version.line());
        }
    }

    #[test]
    fn stages_of_a_release_stand_around_it((scheme, numbers) in scheme().prop_flat_map(|s| (Just(s), numbers(s)))) {
        let Parts { before, after, same, .. } = parts(scheme);
        let numbers = join(&numbers);
        let release = scheme.parse(&numbers).unwrap();
        let all: Vec<Version> = before.iter().chain(&[""]).chain(after)
            .map(|tail| scheme.parse(&format!("{numbers}{tail}")).unwrap()).collect();
        for (older, newer) in all.iter().zip(&all[1..]) {
            prop_assert!(older < newer, "{} < {}", older, newer);
            prop_assert_eq!(older.bump_to(newer), Some(Bump::Patch));
            prop_assert_eq!(older.line(), newer.line());
        }
        for version in &all {
            prop_assert_eq!(version.is_prerelease(), version < &release || version.as_str().contains(".post1.dev"));
        }
        for tail in same {
            let build = scheme.parse(&format!("{numbers}{tail}")).unwrap();
            prop_assert_eq!(&build, &release);
            prop_assert_eq!(hash(&build), hash(&release));
            prop_assert_eq!(build.to_string(), format!("{numbers}{tail}"));
        }
    }

    #[test]
    fn lines_and_bumps_agree_with_the_order([a, b] in versions()) {
        let (a, b) = if a <= b { (a, b) } else { (b, a) };
        let lines = compare_lines(&a.line(), &b.line());
        prop_assert_ne!(lines, Ordering::Greater);
        prop_assert_eq!(b.bump_to(&a), None);
        prop_assert_eq!(a.bump_to(&b).is_some(), a < b);
        prop_assert_eq!(lines == Ordering::Equal, a.line() == b.line());
        let length = a.line().split('.').count();
        match a.bump_to(&b) {
            None => prop_assert_eq!(a.line(), b.line()),
            Some(Bump::Major) => prop_assert_eq!(lines, Ordering::Less),
            Some(Bump::Minor) => prop_assert_eq!(lines, if length == 1 { Ordering::Equal } else { Ordering::Less }),
            // Ruby's lines had three numbers once.
            Some(Bump::Patch) => prop_assert!(length == 3 || lines == Ordering::Equal),
        }
    }

    #[test]
    fn the_range_of_a_line_holds_the_line([a, b] in versions()) {
        let range = a.scheme().parse_range(&format!("{}.x", a.line())).unwrap();
        prop_assert_eq!(range.contains(&b), a.line() == b.line());
    }

    #[test]
    fn sides_of_ranges_follow_the_order([a, b, c] in versions()) {
        let mut sorted = [a, b, c];
        sorted.sort();
        let scheme = sorted[0].scheme();
        let texts = [format!("{}.x", sorted[1].line()), format!(">={}, <{}", sorted[0], sorted[2]), format!("{} || {}.x", sorted[0], sorted[2].line())];
        for range in texts.iter().filter_map(|text| scheme.parse_range(text).ok()) {
            let sides: Vec<_> = sorted.iter().map(|version| range.side_of(version)).collect();
            for (version, side) in sorted.iter().zip(&sides) {
                prop_assert_eq!(*side == Some(Ordering::Equal), range.contains(version));
            }
            // Gaps aside, a newer version lies no lower.
            prop_assert!(sides.iter().flatten().is_sorted(), "{} {:?} {:?}", range, sorted, sides);
        }
    }

    #[test]
    fn ranges_agree_with_the_order([a, b] in versions()) {
        // A loose version may hold what ranges do not read.
        if let Ok(range) = a.scheme().parse_range(&format!(">={a}")) {
            prop_assert!(range.contains(&a));
            prop_assert!(b < a || range.contains(&b));
            let below = a.scheme().parse_range(&format!("<{a}")).unwrap();
            prop_assert_eq!(below.contains(&b), !range.contains(&b));
        } else {
            prop_assert_eq!(a.scheme(), Scheme::Loose);
        }
    }

    #[test]
    fn no_text_makes_a_reader_fall_over(
        text in prop_oneof![".{0,40}", "[0-9.a-z<>=|, _+-]{0,40}", scheme().prop_flat_map(garbled)]
    ) {
        for scheme in Scheme::ALL {
            if let Err(error) = scheme.parse(&text) {
                let error = error.to_string();
                prop_assert!(error.chars().count() < 800 && !error.contains(char::is_control), "{:?}", error);
            }
            if let Ok(range) = scheme.parse_range(&text) {
                prop_assert_eq!(scheme.parse_range(range.as_str()), Ok(range));
            }
        }
    }
}
