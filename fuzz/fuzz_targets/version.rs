//! Any three lines as versions and ranges of each scheme: refused, or in an order that everything else agrees with.
#![no_main]

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

use libfuzzer_sys::fuzz_target;
use upshift::model::version::{Scheme, Version, compare_lines};

fuzz_target!(|text: &str| {
    let lines: Vec<&str> = text.split('\n').take(3).collect();
    for scheme in Scheme::ALL {
        let mut versions: Vec<Version> = lines.iter().filter_map(|line| scheme.parse(line).ok()).collect();
        versions.sort();
        for (at, a) in versions.iter().enumerate() {
            check_alone(a);
            for b in &versions[at..] {
                check_pair(a, b);
            }
        }
        for line in &lines {
            check_range(scheme, line, &versions);
        }
    }
});

fn check_alone(version: &Version) {
    let again = version.scheme().parse(version.as_str()).expect("what is printed is read");
    assert_eq!((&again, again.as_str()), (version, version.as_str()));
    let line = version.scheme().parse_range(&format!("{}.x", version.line())).expect("a line is a range");
    assert!(line.contains(version), "{version:?} is in its line");
}

/// Checks two versions that were sorted.
fn check_pair(a: &Version, b: &Version) {
    let order = a.cmp(b);
    assert_ne!(order, Ordering::Greater, "{a:?} {b:?}");
    assert_eq!(b.cmp(a), order.reverse(), "{a:?} {b:?}");
    assert_eq!(a == b, order == Ordering::Equal, "{a:?} {b:?}");
    assert_ne!(compare_lines(&a.line(), &b.line()), Ordering::Greater, "{a:?} {b:?}");
    assert_eq!(a.bump_to(b).is_some(), a < b, "{a:?} {b:?}");
    assert_eq!(b.bump_to(a), None, "{a:?} {b:?}");
    if a == b {
        assert_eq!((hash(a), a.line(), a.is_prerelease()), (hash(b), b.line(), b.is_prerelease()), "{a:?} {b:?}");
    }
}

fn check_range(scheme: Scheme, text: &str, versions: &[Version]) {
    if let Ok(range) = scheme.parse_range(text) {
        assert_eq!(scheme.parse_range(range.as_str()), Ok(range.clone()), "{text:?}");
        for pair in versions.windows(2).filter(|pair| pair[0] == pair[1]) {
            assert_eq!(range.contains(&pair[0]), range.contains(&pair[1]), "{text:?} {pair:?}");
        }
    }
    // A version that ranges can name splits all others in two.
    if let (Ok(version), Ok(above)) = (scheme.parse(text), scheme.parse_range(&format!(">={text}"))) {
        let below = scheme.parse_range(&format!("<{text}")).expect("one comparator is as good as another");
        for other in versions {
            assert_ne!(above.contains(other), below.contains(other), "{text:?} {other:?}");
            assert!(other < &version || above.contains(other), "{text:?} {other:?}");
        }
    }
}

fn hash(version: &Version) -> u64 {
    let mut hasher = DefaultHasher::new();
    version.hash(&mut hasher);
    hasher.finish()
}
