//! Takes what several sources say together: each fact from the most trusted source that has it, disagreements listed.

use std::collections::{BTreeMap, BTreeSet};

use super::RuntimeLock;
use super::text::to_numbers;
use crate::model::facts::{Conflict, Line, LineFact, Release, ReleaseFact, Said, VersionFacts};
use crate::model::source::Source;
use crate::model::version::{Scheme, Version};

/// Decides what is believed about a runtime; `trust` names its sources, the most trusted first.
#[must_use]
pub fn reconcile(lock: &RuntimeLock, trust: &[Source], scheme: Scheme) -> VersionFacts {
    let trust: Vec<String> = trust.iter().map(Source::name).collect();
    let mut conflicts = BTreeSet::new();
    let mut releases: Vec<Release> = lock
        .releases
        .iter()
        .filter_map(|(text, said)| to_release(scheme.parse(text).ok()?, said, &trust, &mut conflicts))
        .collect();
    releases.sort_by(|a, b| a.version.cmp(&b.version));
    let mut names: BTreeSet<(Vec<u64>, String)> =
        releases.iter().map(|release| release.version.line()).map(to_sortable).collect();
    names.extend(lock.lines.keys().cloned().map(to_sortable));
    let lines = names.into_iter().map(|(_, line)| {
        let said = lock.lines.get(&line);
        to_line(line, said, lock, scheme, &trust, &mut conflicts)
    });
    let lines = lines.collect();
    VersionFacts { releases, lines, conflicts: conflicts.into_iter().collect() }
}

fn to_sortable(line: String) -> (Vec<u64>, String) {
    (to_numbers(&line), line)
}

fn to_release(
    version: Version,
    said: &BTreeMap<String, ReleaseFact>,
    trust: &[String],
    conflicts: &mut BTreeSet<Conflict>,
) -> Option<Release> {
    let source = trust.iter().find(|source| said.contains_key(*source))?.clone();
    let date = decide(said, trust, |fact| fact.date, &format!("date of {version}"), conflicts);
    let prerelease = decide(said, trust, |fact| fact.prerelease, &format!("prerelease of {version}"), conflicts);
    Some(Release {
        prerelease: prerelease.map_or_else(|| version.is_prerelease(), |(_, prerelease)| prerelease),
        date_source: date.as_ref().map(|(source, _)| source.clone()),
        date: date.map(|(_, date)| date),
        version,
        source,
    })
}

fn to_line(
    line: String,
    said: Option<&BTreeMap<String, LineFact>>,
    lock: &RuntimeLock,
    scheme: Scheme,
    trust: &[String],
    conflicts: &mut BTreeSet<Conflict>,
) -> Line {
    let none = BTreeMap::new();
    let said = said.unwrap_or(&none);
    let mut date = |name: &str, field: fn(&LineFact) -> Option<jiff::civil::Date>| {
        decide(said, trust, field, &format!("{name} of {line}"), conflicts).map(|(_, date)| date)
    };
    let released = date("release", |fact| fact.released);
    let support_ends = date("end of active support", |fact| fact.support_ends);
    let eol = date("end of life", |fact| fact.eol);
    let latest = find_latest(&line, said, lock, scheme, trust, conflicts);
    let latest_date = latest.as_ref().and_then(|latest| {
        let in_releases =
            lock.releases.iter().find(|(text, _)| scheme.parse(text).is_ok_and(|version| &version == latest));
        let from_releases = in_releases.and_then(|(_, said)| trust.iter().find_map(|source| said.get(source)?.date));
        let from_lines = || {
            trust.iter().find_map(|source| {
                let fact = said.get(source)?;
                let same = scheme.parse(fact.latest.as_ref()?).is_ok_and(|version| &version == latest);
                fact.latest_date.filter(|_| same)
            })
        };
        from_releases.or_else(from_lines)
    });
    Line {
        released,
        support_ends,
        eol,
        ended: decide(said, trust, |fact| fact.ended, &format!("end of support of {line}"), conflicts)
            .map(|(_, ended)| ended),
        lts: decide(said, trust, |fact| fact.lts, &format!("long-term support of {line}"), conflicts)
            .map(|(_, lts)| lts),
        latest,
        latest_date,
        source: trust.iter().find(|source| said.contains_key(*source)).cloned(),
        line,
    }
}

/// The newest release of a line. A source that lists releases says so by its list, another by naming it.
fn find_latest(
    line: &str,
    said: &BTreeMap<String, LineFact>,
    lock: &RuntimeLock,
    scheme: Scheme,
    trust: &[String],
    conflicts: &mut BTreeSet<Conflict>,
) -> Option<Version> {
    let named = |source: &String| scheme.parse(said.get(source)?.latest.as_ref()?).ok();
    let listed = |source: &String| {
        let of_source = lock.releases.iter().filter(|(_, said)| said.contains_key(source));
        let versions = of_source.filter_map(|(text, _)| scheme.parse(text).ok());
        versions.filter(|version| version.line() == line && !version.is_prerelease()).max()
    };
    let mut followed: Option<(&String, Version)> = None;
    for source in trust {
        let Some(latest) = named(source).or_else(|| listed(source)) else { continue };
        match &followed {
            None => followed = Some((source, latest)),
            Some((first, believed)) if believed != &latest => {
                conflicts.insert(Conflict {
                    fact: format!("latest of {line}"),
                    followed: Said { source: (*first).clone(), value: believed.to_string() },
                    other: Said { source: source.clone(), value: latest.to_string() },
                });
            }
            Some(_) => {}
        }
    }
    followed.map(|(_, latest)| latest)
}

/// The value of the most trusted source that has one; every other value is a conflict.
fn decide<F, T: PartialEq + ToString>(
    said: &BTreeMap<String, F>,
    trust: &[String],
    field: impl Fn(&F) -> Option<T>,
    fact: &str,
    conflicts: &mut BTreeSet<Conflict>,
) -> Option<(String, T)> {
    let mut values = trust.iter().filter_map(|source| Some((source, field(said.get(source)?)?)));
    let (first, believed) = values.next()?;
    for (source, value) in values.filter(|(_, value)| value != &believed) {
        conflicts.insert(Conflict {
            fact: fact.to_owned(),
            followed: Said { source: first.clone(), value: believed.to_string() },
            other: Said { source: source.clone(), value: value.to_string() },
        });
    }
    Some((first.clone(), believed))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::lock::SourceRecord;
    use crate::model::facts::SourceFacts;

    fn record() -> SourceRecord {
        SourceRecord { url: String::new(), time: date(2026, 8, 22), sha256: String::new(), etag: None }
    }

    fn release(version: &str, day: Option<i8>) -> ReleaseFact {
        ReleaseFact { version: version.to_owned(), date: day.map(|day| date(2026, 8, day)), prerelease: None }
    }

    fn trust() -> Vec<Source> {
        vec![Source::Go, Source::Endoflife { product: "go".to_owned() }]
    }

    #[test]
    fn takes_each_fact_from_the_most_trusted_source_that_has_it() {
        let mut lock = RuntimeLock::default();
        let go =
            SourceFacts { releases: vec![release("1.20", None), release("1.20.1", Some(1))], ..SourceFacts::default() };
        let line = LineFact {
            line: "1.20".to_owned(),
            ended: Some(true),
            latest: Some("1.20.0".to_owned()),
            ..LineFact::default()
        };
        let eol = SourceFacts {
            releases: vec![release("1.20.0", Some(5)), release("1.20.1", Some(2))],
            lines: vec![line],
            ..SourceFacts::default()
        };
        lock.take_in(Scheme::Go, "go", record(), &go);
        lock.take_in(Scheme::Go, "endoflife:go", record(), &eol);
        let facts = reconcile(&lock, &trust(), Scheme::Go);

        let releases: Vec<_> =
            facts.releases.iter().map(|r| (r.version.as_str(), r.date, r.date_source.as_deref())).collect();
        assert_eq!(
            releases,
            [("1.20", Some(date(2026, 8, 5)), Some("endoflife:go")), ("1.20.1", Some(date(2026, 8, 1)), Some("go"))]
        );
        let line = facts.find_line("1.20").expect("is known");
        assert_eq!(line.latest.as_ref().map(Version::as_str), Some("1.20.1"));
        assert_eq!(line.latest_date, Some(date(2026, 8, 1)));
        assert_eq!(line.is_supported(date(2026, 8, 22)), Some(false));
        let conflicts: Vec<_> = facts
            .conflicts
            .iter()
            .map(|c| (c.fact.as_str(), c.followed.value.as_str(), c.other.value.as_str()))
            .collect();
        assert_eq!(conflicts, [("date of 1.20.1", "2026-08-01", "2026-08-02"), ("latest of 1.20", "1.20.1", "1.20.0")]);
        assert_eq!(lock.facts_of("endoflife:go").releases.len(), 2);
    }

    #[test]
    fn believes_nothing_that_no_source_says() {
        let mut lock = RuntimeLock::default();
        let go = SourceFacts { releases: vec![release("1.9.7", None)], ..SourceFacts::default() };
        lock.take_in(Scheme::Go, "go", record(), &go);
        let facts = reconcile(&lock, &trust(), Scheme::Go);
        let line = facts.find_line("1.9").expect("is known");
        assert_eq!((line.eol, line.ended, line.is_supported(date(2026, 8, 22))), (None, None, None));
    }

    #[test]
    fn supports_a_line_on_its_last_day() {
        let mut lock = RuntimeLock::default();
        let line = LineFact {
            line: "1.25".to_owned(),
            eol: Some(date(2026, 8, 19)),
            ended: Some(true),
            ..LineFact::default()
        };
        lock.take_in(
            Scheme::Go,
            "endoflife:go",
            record(),
            &SourceFacts { lines: vec![line], ..SourceFacts::default() },
        );
        let facts = reconcile(&lock, &trust(), Scheme::Go);
        let line = facts.find_line("1.25").expect("is known");
        assert_eq!(line.is_supported(date(2026, 8, 19)), Some(true));
        assert_eq!(line.is_supported(date(2026, 8, 20)), Some(false));
    }
}
