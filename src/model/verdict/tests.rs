//! What pins say: tables, and what holds in every scheme.

use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use crate::model::component::PinKind::{Channel, Exact, Floor, Indirect, List, Major, Minor, Range};
use crate::model::version::Scheme;

const BEHIND: Verdict = Verdict::Behind;
const AT: Verdict = Verdict::At;
const AHEAD: Verdict = Verdict::Ahead;
const MIXED: Verdict = Verdict::Mixed;
const UNKNOWN: Verdict = Verdict::Unknown;

/// A pin in a line of a file of its own kind; its version is its value, unless that is a range or begins with `$`.
fn pin(line: u32, kind: PinKind, value: &str) -> FoundPin {
    let names_one = kind != Range && !value.starts_with('$');
    FoundPin {
        component: None,
        file: kind.to_string(),
        line,
        column: 1,
        runtime: RuntimeId::new("go"),
        value: value.to_owned(),
        version: names_one.then(|| value.to_owned()),
        kind,
        variant: None,
    }
}

fn scan(pins: impl IntoIterator<Item = FoundPin>) -> Scan {
    let commit = "0123456789abcdef0123456789abcdef01234567".to_owned();
    let repo = "https://gitlab.com/acme/api".to_owned();
    Scan { repo: Some(repo), commit: Some(commit), day: date(2026, 8, 22), pins: pins.into_iter().collect() }
}

/// Pins in lines from 1 on.
fn pins(pins: &[(PinKind, &str)]) -> Scan {
    scan((1..).zip(pins).map(|(line, (kind, value))| pin(line, *kind, value)))
}

fn go() -> RuntimeId {
    RuntimeId::new("go")
}

fn said(wanted: PinCheck, scan: &Scan, target: &Version) -> Option<bool> {
    let runtime = go();
    check(wanted, scan, Aim { runtime: &runtime, variant: None, target }).map(|checked| checked.holds)
}

fn verdict(scan: &Scan, target: &Version) -> Verdict {
    judge(scan, Aim { runtime: &go(), variant: None, target })
}

#[test]
fn a_pin_is_read_by_its_kind() {
    let node = |kind, value, expected| (Scheme::Node, "22.23.2", kind, value, expected);
    let go = |kind, value, expected| (Scheme::Go, "1.27.0", kind, value, expected);
    for (scheme, target, kind, value, expected) in [
        go(Exact, "1.26.7", BEHIND),
        go(Exact, "1.27.0", AT),
        go(Exact, "go1.27.0", AT),
        go(Exact, "1.27.0-fips", AT),
        go(Exact, "1.27.1", AHEAD),
        go(Exact, "1.27rc1", BEHIND),
        // Go's language version is older than its first candidate.
        go(Exact, "1.27", BEHIND),
        go(Exact, "latest", UNKNOWN),
        go(Exact, "$GO", UNKNOWN),
        go(Minor, "1.26", BEHIND),
        go(Minor, "1.27", AT),
        go(Minor, "1.28", AHEAD),
        go(Minor, "1.9", BEHIND),
        go(Minor, "stable", UNKNOWN),
        go(Major, "1", AT),
        go(Major, "2", AHEAD),
        go(Floor, "1.26", AT),
        go(Floor, "1.27", AT),
        go(Floor, "1.27.0", AT),
        go(Floor, "1.27.1", AHEAD),
        go(Floor, "1.28", AHEAD),
        go(Floor, "$GO", UNKNOWN),
        go(Range, ">=1.26, <1.28", AT),
        go(Range, "1.27.x", AT),
        go(Range, "<1.27", BEHIND),
        go(Range, "1.25.x || 1.26.x", BEHIND),
        go(Range, ">=1.28", AHEAD),
        go(Range, "1.26.x || 1.28.x", UNKNOWN),
        go(Range, "^1.26", AT),
        go(Range, "~> 1.25.0", BEHIND),
        go(Range, ">=1.26,!=1.27.0", UNKNOWN),
        go(List, "1.26.7", BEHIND),
        go(List, "1.27", AT),
        go(List, "1.27.0", AT),
        go(List, "1.28", AHEAD),
        go(List, "tip", UNKNOWN),
        go(Indirect, "1.26.7", BEHIND),
        go(Indirect, "1.27", AT),
        go(Indirect, "$GO", UNKNOWN),
        go(Channel, "1.27.0", AT),
        go(Channel, "$stable", UNKNOWN),
        node(Exact, "22.23.1", BEHIND),
        node(Exact, "22", UNKNOWN),
        node(Major, "22", AT),
        node(Major, "20", BEHIND),
        node(List, "22", AT),
        node(List, "24", AHEAD),
        node(Floor, "22", AT),
        node(Floor, "24", AHEAD),
        node(Range, ">=20 <24", AT),
        (Scheme::Java, "21.0.12", List, "21", AT),
        (Scheme::Java, "21.0.12", Exact, "21", BEHIND),
        (Scheme::Java, "8u402", List, "1.8", AT),
        (Scheme::Python, "3.13.1", List, "3", AT),
        (Scheme::Python, "3.13.1", List, "3.12", BEHIND),
        (Scheme::Ruby, "3.4.5", Indirect, "3.4", AT),
        (Scheme::Postgresql, "17.6", List, "17", AT),
        (Scheme::Postgresql, "17.6", List, "17.5", BEHIND),
    ] {
        let judged = judge_pin(&pin(1, kind, value), &scheme.parse(target).unwrap());
        assert_eq!(judged, expected, "{kind} {value} and {scheme} {target}");
    }
}

#[test]
fn a_component_is_what_its_pins_agree_on() {
    let target = Scheme::Go.parse("1.27.0").unwrap();
    for (said, expected) in [
        (&[][..], UNKNOWN),
        (&[(Exact, "1.26.7")], BEHIND),
        (&[(Exact, "1.27.0"), (Minor, "1.27")], AT),
        (&[(Exact, "1.27.1"), (Minor, "1.28")], AHEAD),
        (&[(Exact, "1.26.7"), (Minor, "1.27")], MIXED),
        (&[(Exact, "1.26.7"), (Exact, "1.27.1")], MIXED),
        // What cannot be read, and floors that the target meets, do not count.
        (&[(Exact, "1.27.0"), (Exact, "latest"), (Channel, "$stable"), (Indirect, "$GO")], AT),
        (&[(Exact, "1.26.7"), (Floor, "1.25"), (Floor, "1.27.0")], BEHIND),
        (&[(Floor, "1.25")], UNKNOWN),
        (&[(Floor, "1.28")], AHEAD),
        (&[(Exact, "1.27.0"), (Floor, "1.28")], MIXED),
        (&[(Indirect, "1.26.7")], BEHIND),
        (&[(Range, "<1.27"), (Exact, "1.26.7")], BEHIND),
        (&[(Range, ">=1.26")], AT),
        // A list is one.
        (&[(List, "1.26.7"), (List, "1.27.0"), (List, "1.25")], AT),
        (&[(List, "1.26.7"), (List, "1.25"), (List, "tip")], BEHIND),
        (&[(List, "1.28.0")], AHEAD),
        (&[(List, "1.26.7"), (List, "1.28.0")], MIXED),
        (&[(List, "tip")], UNKNOWN),
        (&[(Exact, "1.27.0"), (List, "1.26.7"), (List, "1.27.0")], AT),
        (&[(Exact, "1.27.0"), (List, "1.26.7")], MIXED),
    ] {
        assert_eq!(verdict(&pins(said), &target), expected, "{said:?}");
    }
}

#[test]
fn steps_are_done_when_pins_say_so() {
    let target = Scheme::Go.parse("1.27.0").unwrap();
    let (yes, no) = (Some(true), Some(false));
    for (says, at_least, includes, only) in [
        (&[][..], None, None, None),
        (&[(Exact, "1.26.7")], no, no, no),
        (&[(Exact, "1.27.0")], yes, yes, yes),
        (&[(Minor, "1.27")], yes, yes, yes),
        (&[(Exact, "1.27.1")], yes, no, no),
        (&[(Exact, "1.27.0"), (Minor, "1.26")], no, yes, no),
        (&[(Exact, "1.27.0"), (Minor, "1.28")], yes, yes, no),
        (&[(Exact, "1.27.0"), (Indirect, "1.26.7")], no, yes, no),
        (&[(Exact, "1.27.0"), (Indirect, "$GO"), (Channel, "$stable")], yes, yes, yes),
        // One that cannot be read leaves open what hangs on it.
        (&[(Exact, "1.27.0"), (Exact, "latest")], None, yes, None),
        (&[(Exact, "1.26.7"), (Exact, "latest")], no, None, no),
        (&[(Exact, "latest")], None, None, None),
        // Floors and ranges name nothing that is built with.
        (&[(Floor, "1.27.0"), (Range, "1.27.x")], None, None, None),
        (&[(Exact, "1.27.0"), (Floor, "1.26"), (Range, "<1.27")], yes, yes, yes),
        // Lists.
        (&[(Exact, "1.27.0"), (List, "1.26.7"), (List, "1.27.0")], yes, yes, no),
        (&[(Exact, "1.27.0"), (List, "1.27.0"), (List, "1.28.0")], yes, yes, yes),
        (&[(Exact, "1.27.0"), (List, "1.28.0")], yes, yes, no),
        (&[(Exact, "1.26.7"), (List, "1.26.7"), (List, "1.27.0")], no, yes, no),
        (&[(Exact, "1.27.0"), (List, "1.27.0"), (List, "tip")], yes, yes, None),
        (&[(List, "1.26.7"), (List, "1.27.0")], yes, yes, no),
        (&[(List, "1.27.0")], yes, yes, yes),
        (&[(List, "1.26.7")], no, no, no),
        (&[(List, "1.28.0")], yes, no, no),
        (&[(List, "1.26.7"), (List, "tip")], None, None, no),
    ] {
        let scan = pins(says);
        let said = PinCheck::ALL.map(|(_, wanted)| said(wanted, &scan, &target));
        assert_eq!(said, [at_least, includes, only], "{says:?}");
    }
}

#[test]
fn the_lists_of_several_files_are_each_judged() {
    let target = Scheme::Go.parse("1.27.0").unwrap();
    let old = FoundPin { file: ".tool-versions".to_owned(), ..pin(1, List, "1.26.7") };
    let scan = scan([pin(1, List, "1.27.0"), pin(2, List, "1.26.7"), old]);
    assert_eq!(verdict(&scan, &target), MIXED);
    assert_eq!(PinCheck::ALL.map(|(_, wanted)| said(wanted, &scan, &target)), [Some(false), Some(true), Some(false)]);
}

#[test]
fn flavours_and_runtimes_do_not_mix() {
    let (target, fips) = (Scheme::Go.parse("1.27.0").unwrap(), VariantId::new("fips"));
    let flavour = FoundPin { variant: Some(fips.clone()), ..pin(2, Exact, "1.26.7") };
    let foreign = FoundPin { runtime: RuntimeId::new("ruby"), ..pin(3, Exact, "3.4.5") };
    let scan = scan([pin(1, Exact, "1.27.0"), flavour, foreign]);
    let (runtime, target) = (&go(), &target);
    for (variant, expected, holds) in
        [(None, AT, Some(true)), (Some(&fips), BEHIND, Some(false)), (Some(&VariantId::new("tiny")), UNKNOWN, None)]
    {
        let aim = Aim { runtime, variant, target };
        assert_eq!(judge(&scan, aim), expected);
        assert_eq!(check(PinCheck::AtLeast, &scan, aim).map(|checked| checked.holds), holds);
    }
}

#[test]
fn what_decides_is_the_proof() {
    let target = Scheme::Go.parse("1.27.0").unwrap();
    let scan = pins(&[(Exact, "1.27.0"), (Minor, "1.26"), (List, "1.27"), (List, "1.25"), (Floor, "1.25")]);
    let runtime = go();
    let prove = |wanted| check(wanted, &scan, Aim { runtime: &runtime, variant: None, target: &target }).unwrap();
    let proof = |text: &str, place: &str| Proof {
        text: text.to_owned(),
        url: Some(format!("https://gitlab.com/acme/api/-/blob/0123456789abcdef0123456789abcdef01234567/{place}")),
    };
    let exact = proof("exact:1 says 1.27.0", "exact#L1");
    let minor = proof("minor:2 says 1.26", "minor#L2");
    let (newer, older) = (proof("list:3 says 1.27", "list#L3"), proof("list:4 says 1.25", "list#L4"));
    assert_eq!(prove(PinCheck::AtLeast), Checked { holds: false, proof: vec![minor.clone()] });
    assert_eq!(prove(PinCheck::Includes), Checked { holds: true, proof: vec![exact, newer] });
    assert_eq!(prove(PinCheck::Only), Checked { holds: false, proof: vec![older, minor] });
}

/// Versions of one scheme, as releases are numbered there.
fn versions<const N: usize>() -> impl Strategy<Value = [Version; N]> {
    let number = || prop_oneof![3 => 0_u64..3, 1 => 9_u64..12];
    let of_scheme = move |scheme: Scheme| {
        let version = (10_u64..13, number(), number()).prop_map(move |(a, b, c)| {
            let text = if scheme == Scheme::Postgresql { format!("{a}.{b}") } else { format!("{a}.{b}.{c}") };
            scheme.parse(&text).unwrap()
        });
        prop::collection::vec(version, N).prop_map(|versions| versions.try_into().unwrap())
    };
    select(Scheme::ALL.as_slice()).prop_flat_map(of_scheme)
}

fn reverse(verdict: Verdict) -> Verdict {
    match verdict {
        BEHIND => AHEAD,
        AHEAD => BEHIND,
        same => same,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn exact_pins_compare_as_versions_do([a, b] in versions()) {
        let judge = |a: &Version, b| judge_pin(&pin(1, Exact, a.as_str()), b);
        let expected = match a.cmp(&b) {
            Ordering::Less => BEHIND,
            Ordering::Equal => AT,
            Ordering::Greater => AHEAD,
        };
        prop_assert_eq!(judge(&a, &b), expected);
        prop_assert_eq!(judge(&b, &a), reverse(expected));
    }

    #[test]
    fn lines_compare_as_lines_do([a, b] in versions()) {
        let expected = match crate::model::version::compare_lines(&a.line(), &b.line()) {
            Ordering::Less => BEHIND,
            Ordering::Equal => AT,
            Ordering::Greater => AHEAD,
        };
        for kind in [Minor, List, Indirect, Channel] {
            prop_assert_eq!(judge_pin(&pin(1, kind, &a.line()), &b), expected, "{}", kind);
        }
    }

    #[test]
    fn a_floor_is_never_behind([a, b] in versions()) {
        let expected = if a > b { AHEAD } else { AT };
        prop_assert_eq!(judge_pin(&pin(1, Floor, a.as_str()), &b), expected);
    }

    #[test]
    fn ranges_are_at_what_they_contain([a, b] in versions()) {
        let judge = |range: String| judge_pin(&pin(1, Range, &range), &b);
        // Two numbers of PostgreSQL's are a line to ranges, which is the same here.
        prop_assert_eq!(judge(format!(">={a}")), if b >= a { AT } else { AHEAD });
        prop_assert_eq!(judge(format!("<{a}")), if b < a { AT } else { BEHIND });
        prop_assert_eq!(judge(format!("<{a} || >{a}")), if b == a { UNKNOWN } else { AT });
    }

    #[test]
    fn checks_follow_from_each_other_and_from_the_verdict(
        [target, a, b, c] in versions(), kinds in prop::collection::vec(select(vec![Exact, Minor, List, Floor, Indirect]), 3)
    ) {
        let texts = [a, b, c].map(|version| version.to_string());
        let said: Vec<(PinKind, &str)> = kinds.into_iter().zip(texts.iter().map(String::as_str)).collect();
        let scan = pins(&said);
        let [at_least, includes, only] = PinCheck::ALL.map(|(_, wanted)| self::said(wanted, &scan, &target));
        let builds = said.iter().any(|(kind, _)| *kind != Floor);
        prop_assert_eq!([at_least, includes, only].map(|said| said.is_some()), [builds; 3]);
        if only == Some(true) {
            prop_assert_eq!((at_least, includes), (Some(true), Some(true)));
        }
        match verdict(&scan, &target) {
            BEHIND => prop_assert_eq!((at_least, includes, only), (Some(false), Some(false), Some(false))),
            AT => prop_assert_eq!((at_least, includes), (Some(true), Some(true))),
            AHEAD if builds => prop_assert_eq!((at_least, includes, only), (Some(true), Some(false), Some(false))),
            _ => {}
        }
    }

    #[test]
    fn more_of_another_flavour_changes_nothing(
        [target, a, b] in versions(), kinds in subsequence(PinKind::ALL.map(|(_, kind)| kind).to_vec(), 0..5)
    ) {
        let main = kinds.iter().map(|kind| pin(1, *kind, a.as_str()));
        let fips = kinds.iter().map(|kind| FoundPin { variant: Some(VariantId::new("fips")), ..pin(2, *kind, b.as_str()) });
        let (alone, both) = (scan(main.clone()), scan(main.chain(fips)));
        prop_assert_eq!(verdict(&alone, &target), verdict(&both, &target));
        let runtime = go();
        let aim = Aim { runtime: &runtime, variant: None, target: &target };
        for (_, wanted) in PinCheck::ALL {
            prop_assert_eq!(check(wanted, &alone, aim), check(wanted, &both, aim));
        }
    }
}
