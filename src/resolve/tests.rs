//! Updates against upstreams that move, fail and shrink.

use jiff::civil::date;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::http::Options;
use crate::model::facts::{LineFact, ReleaseFact};

const GO: &str = include_str!("../../tests/upstream/go/good.json");
const ENDOFLIFE: &str = include_str!("../../tests/upstream/endoflife/good.json");
const FIRST: Date = date(2026, 8, 22);
const LATER: Date = date(2026, 9, 3);

fn source(kind: &str, name: &str, options: serde_json::Value) -> Source {
    Source { kind: kind.to_owned(), name: name.to_owned(), options, pattern: None, prereleases: true }
}

fn go() -> Source {
    source("go", "go", serde_json::json!({}))
}

fn endoflife() -> Source {
    source("endoflife", "endoflife:go", serde_json::json!({ "product": "go" }))
}

fn wanted() -> Vec<Wanted> {
    let releases = vec![go(), endoflife()];
    vec![Wanted { runtime: RuntimeId::new("go"), variant: None, scheme: Scheme::Go, releases, advisories: Vec::new() }]
}

/// What a source makes of a body; an error stands for a source that cannot be reached.
fn answer(source: &Source, body: Result<&str, &str>) -> Result<Answer, String> {
    let upstream = sources::open(source)?;
    let body = body.map_err(str::to_owned)?.as_bytes().to_vec();
    let replies = [Reply { asked: upstream.address(), url: upstream.address(), body, ..Reply::default() }];
    let facts = sources::to_facts(source, &*upstream, &SourceFacts::default(), &replies);
    Ok(Answer::Fresh(Fresh {
        sha256: sources::to_digest(&*upstream, &replies).unwrap_or_default(),
        etag: None,
        reading: sources::to_reading(source, &*upstream),
        facts: facts.map_err(|error| error.to_string())?,
    }))
}

/// Updates from bodies, in the order of `wanted`.
fn update(old: &Lock, bodies: [Result<&str, &str>; 2], day: Date) -> Outcome {
    settle(&wanted(), old, vec![answer(&go(), bodies[0]), answer(&endoflife(), bodies[1])], day)
}

/// The news as people read them.
fn told(outcome: &Outcome) -> Vec<String> {
    outcome.news.iter().map(ToString::to_string).collect()
}

fn first() -> Lock {
    update(&Lock::default(), [Ok(GO), Ok(ENDOFLIFE)], FIRST).lock
}

fn record<'a>(lock: &'a Lock, source: &str) -> &'a Record {
    &lock.runtimes[&RuntimeId::new("go")].sources[source]
}

#[test]
fn the_first_update_is_told_source_by_source() {
    let outcome = update(&Lock::default(), [Ok(GO), Ok(ENDOFLIFE)], FIRST);
    let expected = [
        "go: source endoflife:go read for the first time: 2 releases, 2 lines",
        "go: source go read for the first time: 6 releases",
    ];
    assert_eq!(told(&outcome), expected);
    assert!(outcome.failures.is_empty() && outcome.skipped.is_empty());
    assert_eq!(outcome.lock.as_of(), Some(FIRST));
}

#[test]
fn the_same_replies_give_the_same_lock_and_no_news() {
    let outcome = update(&first(), [Ok(GO), Ok(ENDOFLIFE)], FIRST);
    assert_eq!(outcome, Outcome { lock: first(), ..Outcome::default() });
    let rebuilt = ENDOFLIFE.replace("2026-08-22T09", "2026-09-03T09");
    let outcome = update(&first(), [Ok(GO), Ok(&rebuilt)], LATER);
    let mut expected = first();
    expected.days.versions = Some(LATER);
    assert_eq!(outcome, Outcome { lock: expected, ..Outcome::default() });
}

#[test]
fn a_new_release_moves_the_time_of_the_source_that_tells_it() {
    let go = GO.replacen(
        "[",
        "[ { \"version\": \"go1.26.8\", \"stable\": true },\n { \"version\": \"go1.28rc1\", \"stable\": false },",
        1,
    );
    let outcome = update(&first(), [Ok(&go), Ok(ENDOFLIFE)], LATER);
    assert_eq!(
        told(&outcome),
        [
            "go: new release 1.26.8",
            "go: new pre-release 1.28rc1",
            "go: sources disagree on the latest of 1.26: go says 1.26.8, endoflife:go says 1.26.7",
        ]
    );
    assert_eq!((record(&outcome.lock, "go").time, record(&outcome.lock, "endoflife:go").time), (LATER, FIRST));
    assert_eq!(outcome.lock.runtimes[&RuntimeId::new("go")].conflicts.len(), 1);

    let caught_up = ENDOFLIFE.replace("1.26.7\", \"date\": \"2026-08-19", "1.26.8\", \"date\": \"2026-09-02");
    let after = update(&outcome.lock, [Ok(&go), Ok(&caught_up)], LATER);
    assert_eq!(
        told(&after),
        ["go: date of 1.26.8: unknown -> 2026-09-02", "go: sources agree again on the latest of 1.26"]
    );
    let dates: Vec<_> =
        record(&after.lock, "endoflife:go").facts.releases.iter().map(|fact| fact.version.as_str()).collect();
    assert_eq!(dates, ["1.25.14", "1.26.7", "1.26.8"], "what was said of 1.26.7 stays");
}

#[test]
fn a_source_that_fails_keeps_its_facts_and_is_reported() {
    let cut = &GO[..GO.len() / 2];
    for (bodies, source, message) in [
        (
            [Err("the answer was 503 Service Unavailable"), Ok(ENDOFLIFE)],
            "go",
            "the answer was 503 Service Unavailable",
        ),
        ([Ok("[]"), Ok(ENDOFLIFE)], "go", "the reply lists nothing that can be read"),
        ([Ok("<html>"), Ok(ENDOFLIFE)], "go", "the reply is a web page, not data"),
        ([Ok(cut), Ok(ENDOFLIFE)], "go", "the reply is cut off at line"),
        (
            [Ok("[{\"version\":\"gotip\"}]"), Ok(ENDOFLIFE)],
            "go",
            "the reply holds no version that the scheme `go` can read",
        ),
        ([Ok(GO), Ok("{\"result\":{\"releases\":[]}}")], "endoflife:go", "the reply lists nothing that can be read"),
    ] {
        let outcome = update(&first(), bodies, FIRST);
        assert_eq!((outcome.lock, outcome.news), (first(), Vec::new()));
        let [failure] = outcome.failures.as_slice() else { unreachable!("one failure") };
        assert!(failure.kept && failure.source == source && failure.message.starts_with(message), "{failure:?}");
    }
}

#[test]
fn the_day_stays_when_nobody_answers() {
    let outcome = update(&first(), [Err("no connection"), Err("no connection")], LATER);
    assert_eq!((outcome.lock, outcome.failures.len()), (first(), 2));
    let outcome = update(&Lock::default(), [Err("no connection"), Err("no connection")], LATER);
    assert_eq!(outcome.lock, Lock::default());
}

#[test]
fn a_source_that_fails_while_others_answer_is_marked_with_the_day_of_its_last_answer() {
    let failed = update(&first(), [Err("no connection"), Ok(ENDOFLIFE)], LATER).lock;
    assert_eq!((record(&failed, "go").stale, record(&failed, "endoflife:go").stale), (Some(FIRST), None));
    let again = update(&failed, [Err("no connection"), Ok(ENDOFLIFE)], date(2026, 9, 10)).lock;
    assert_eq!(record(&again, "go").stale, Some(FIRST));
    let back = update(&again, [Ok(GO), Ok(ENDOFLIFE)], date(2026, 9, 10)).lock;
    assert_eq!(record(&back, "go").stale, None);
}

#[test]
fn an_answer_that_did_not_change_keeps_what_was_read() {
    let outcome = settle(&wanted(), &first(), vec![Ok(Answer::Unchanged), Ok(Answer::Unchanged)], LATER);
    assert_eq!((outcome.lock.runtimes, outcome.news), (first().runtimes, Vec::new()));
    let outcome = settle(&wanted(), &Lock::default(), vec![Ok(Answer::Unchanged), Ok(Answer::Unchanged)], LATER);
    assert_eq!(outcome.failures[0].message, "it says that nothing has changed, and nothing is known");
}

#[test]
fn a_pattern_that_somebody_changed_may_leave_little() {
    let many: Vec<String> = (0..30).map(|patch| format!("{{\"version\": \"go1.26.{patch}\"}}")).collect();
    let body = format!("[{}]", many.join(","));
    let wanted = |source: &Source| [Wanted { releases: vec![source.clone()], ..wanted().remove(0) }];
    let before = settle(&wanted(&go()), &Lock::default(), vec![answer(&go(), Ok(&body))], FIRST).lock;
    let few = Source { pattern: Some(crate::model::source::Pattern::parse(r"^1\.26\.[12]$").unwrap()), ..go() };
    let outcome = settle(&wanted(&few), &before, vec![answer(&few, Ok(&body))], FIRST);
    assert_eq!(outcome.failures, []);
    let versions: Vec<_> = record(&outcome.lock, "go").facts.releases.iter().map(|fact| fact.version.clone()).collect();
    assert_eq!(versions, ["1.26.1", "1.26.2"]);
}

#[test]
fn candidates_are_left_out_when_they_are_not_wanted() {
    let stable = |source: Source| Source { prereleases: false, ..source };
    let wanted = [Wanted { releases: vec![stable(go())], ..wanted().remove(0) }];
    let outcome = settle(&wanted, &Lock::default(), vec![answer(&wanted[0].releases[0], Ok(GO))], FIRST);
    let versions: Vec<_> =
        record(&outcome.lock, "go").facts.releases.iter().map(|release| release.version.as_str()).collect();
    assert_eq!(versions, ["1", "1.20", "1.26.7", "1.27.0"]);
}

#[test]
fn a_source_that_comes_back_is_one_line_of_news() {
    let without = update(&Lock::default(), [Err("no connection"), Ok(ENDOFLIFE)], FIRST).lock;
    let outcome = update(&without, [Ok(GO), Ok(ENDOFLIFE)], FIRST);
    assert_eq!(told(&outcome), ["go: source go read for the first time: 6 releases"]);
    assert_eq!(outcome.lock, first());
}

#[test]
fn changed_dates_and_lost_entries_are_news() {
    let go = GO.replace(" { \"version\": \"go1.27rc1\", \"stable\": false, \"files\": [] },\n", "");
    let endoflife = ENDOFLIFE
        .replace("\"eolFrom\": null", "\"eolFrom\": \"2027-02-10\"")
        .replace("\"2026-02-10\"", "\"2026-02-11\"");
    let outcome = update(&first(), [Ok(&go), Ok(&endoflife)], LATER);
    assert_eq!(
        told(&outcome),
        [
            "go: release 1.27rc1 is no longer listed",
            "go: end of active support of 1.25: 2026-02-10 -> 2026-02-11",
            "go: first release of 1.26: 2026-02-10 -> 2026-02-11",
            "go: end of life of 1.26: unknown -> 2027-02-10",
            "go: end of support of 1.26: false -> unknown",
        ]
    );
}

#[test]
fn what_the_catalog_no_longer_wants_leaves_the_lock() {
    let only = [Wanted { releases: vec![go()], ..wanted().remove(0) }];
    let outcome = settle(&only, &first(), vec![answer(&go(), Ok(GO))], FIRST);
    assert_eq!(outcome.lock.runtimes[&RuntimeId::new("go")].sources.keys().collect::<Vec<_>>(), ["go"]);
    assert_eq!(told(&outcome), ["go: source endoflife:go is no longer in the catalog"]);
    let outcome = settle(&[], &first(), Vec::new(), FIRST);
    assert_eq!((outcome.lock.runtimes.len(), outcome.news), (0, Vec::new()));
}

fn facts(releases: &[&str], lines: &[(&str, &str)]) -> SourceFacts {
    let line = |(line, latest): &(&str, &str)| LineFact {
        line: (*line).into(),
        latest: Some((*latest).into()),
        ..LineFact::default()
    };
    let release = |version: &&str| ReleaseFact { version: (*version).into(), ..ReleaseFact::default() };
    SourceFacts {
        releases: releases.iter().map(release).collect(),
        lines: lines.iter().map(line).collect(),
        ..SourceFacts::default()
    }
}

#[test]
fn older_statements_stay_and_retracted_ones_go() {
    use crate::sources::Coverage::{Everything, NewestOfEachLine};
    let before = facts(&["1.20.0", "1.26.6", "1.26.7", "1.26.8"], &[("1.26", "1.26.8")]);
    let fresh = facts(&["1.20", "1.26.7"], &[("1.26", "1.26.7")]);
    for (coverage, expected) in
        [(NewestOfEachLine, vec!["1.20", "1.26.6", "1.26.7"]), (Everything, vec!["1.20", "1.26.7"])]
    {
        let merged = merge::merge(Some(&before), fresh.clone(), coverage, true, Scheme::Go).unwrap();
        assert_eq!(merged.releases.iter().map(|fact| fact.version.as_str()).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn a_list_that_shrinks_to_less_than_half_is_not_believed() {
    let many: Vec<String> = (0..12).map(|patch| format!("1.26.{patch}")).collect();
    let before = facts(&many.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
    let check = |count: usize| {
        let now = facts(&["1.26.0", "1.26.1", "1.26.2", "1.26.3", "1.26.4", "1.26.5"][..count], &[]);
        merge::check(&before, &now)
    };
    assert_eq!(check(6), Ok(()));
    assert_eq!(
        check(5).unwrap_err(),
        "the reply lists 5 releases where 12 were known; if that is right, delete the runtime from the lock and update again"
    );
}

#[test]
fn days_that_are_mostly_gone_are_not_taken_for_unknown() {
    let day = Some(FIRST);
    let line = |at: usize, eol| LineFact { line: format!("1.{at}"), eol, ..LineFact::default() };
    let release = |at: usize, date| ReleaseFact { version: format!("1.26.{at}"), date, ..ReleaseFact::default() };
    let with = |ends: usize, dates: usize| SourceFacts {
        lines: (0..12).map(|at| line(at, day.filter(|_| at < ends))).collect(),
        releases: (0..12).map(|at| release(at, day.filter(|_| at < dates))).collect(),
        ..SourceFacts::default()
    };
    let refused = |what: &str| {
        let help = "if that is right, delete the runtime from the lock and update again";
        Err(format!("the reply lists 5 {what} where 12 were known; {help}"))
    };
    assert_eq!(merge::check(&with(12, 12), &with(6, 6)), Ok(()));
    assert_eq!(merge::check(&with(12, 12), &with(5, 12)), refused("ends of life"));
    assert_eq!(merge::check(&with(12, 12), &with(12, 5)), refused("dates of releases"));
    assert_eq!(merge::check(&with(9, 9), &with(0, 0)), Ok(()), "few days may go");
}

#[test]
fn entries_that_the_scheme_cannot_read_are_reported_and_not_recorded() {
    let odd = include_str!("../../tests/upstream/go/odd.json");
    let outcome = update(&Lock::default(), [Ok(odd), Ok(ENDOFLIFE)], FIRST);
    assert_eq!(outcome.skipped.len(), 8);
    assert!(outcome.skipped[7].reason.starts_with("`weekly.2011` is not a version"), "{:?}", outcome.skipped[7]);
    assert_eq!(record(&outcome.lock, "go").facts.releases.len(), 2);
}

#[test]
fn asks_the_real_addresses_over_the_mirror() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(1).build().unwrap();
    let server = runtime.block_on(async {
        let server = MockServer::start().await;
        for (place, body) in [("/go.dev/dl/", GO), ("/endoflife.date/api/v1/products/go", ENDOFLIFE)] {
            let reply = ResponseTemplate::new(200).set_body_string(body);
            Mock::given(path(place)).respond_with(reply).mount(&server).await;
        }
        server
    });
    let http = Http::new(Options { mirror: Some(server.uri()), ..Options::default() }).unwrap();
    let outcome = resolve(&wanted(), &Lock::default(), &http, FIRST, &|_, _, _| ()).unwrap();
    assert_eq!((outcome.lock, outcome.failures), (first(), Vec::new()));
}

fn manual(releases: &serde_json::Value) -> Source {
    let reference = "https://docs.example.com/releases";
    source(
        "manual",
        "manual:docs.example.com/releases",
        serde_json::json!({ "reference": reference, "releases": releases }),
    )
}

/// Asks a source with answers that a function makes.
fn ask_with(source: &Source, answer: impl Fn(&Request) -> Reply) -> Result<Answer, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(ask(async |request| Ok(answer(request)), source, None))
}

#[test]
fn pages_without_end_are_given_up() {
    let link = |request: &Request| {
        let page: usize = request.url.split("page=").last().and_then(|page| page.parse().ok()).unwrap_or(1);
        Some(format!("<https://api.github.com/a/tags?page={}>; rel=\"next\"", page + 1))
    };
    let endless = |request: &Request| Reply {
        asked: request.url.clone(),
        url: request.url.clone(),
        link: link(request),
        body: b"[{\"name\":\"1.26.7\"}]".to_vec(),
        ..Reply::default()
    };
    let tags = source("github-tags", "github-tags:a/b", serde_json::json!({ "repo": "a/b" }));
    assert_eq!(ask_with(&tags, endless).err().as_deref(), Some("it goes on after 4000 pages"));
    let large = |request: &Request| {
        let body = format!("[{{\"name\":\"1.26.7\",\"notes\":\"{}\"}}]", "x".repeat(2 << 20)).into_bytes();
        Reply { body, ..endless(request) }
    };
    assert_eq!(ask_with(&tags, large).err().as_deref(), Some("it sends more than 128 MiB"));
}

#[test]
fn pages_that_come_slowly_and_without_end_are_given_up() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let given_up = runtime.block_on(async { in_time(Duration::from_millis(10), std::future::pending()).await });
    assert_eq!(given_up.err().as_deref(), Some("it has not come to an end within 0.01 s"));
}

#[test]
fn pages_that_go_in_a_circle_are_read_once() {
    let page = |request: &Request| {
        let (name, next) = if request.url.ends_with("page=2") { ("1.26.7", 1) } else { ("1.27.0", 2) };
        Reply {
            asked: request.url.clone(),
            url: request.url.clone(),
            link: Some(format!("<https://api.github.com/repos/a/b/tags?per_page=100&page={next}>; rel=\"next\"")),
            body: format!("[{{\"name\":\"{name}\"}}]").into_bytes(),
            ..Reply::default()
        }
    };
    let tags = source("github-tags", "github-tags:a/b", serde_json::json!({ "repo": "a/b" }));
    let Ok(Answer::Fresh(fresh)) = ask_with(&tags, page) else { unreachable!("it answers") };
    let versions: Vec<_> = fresh.facts.releases.iter().map(|release| release.version.as_str()).collect();
    assert_eq!(versions, ["1.27.0", "1.26.7"]);
    assert_eq!(fresh.facts.skipped, ["entry 3: `1.27.0` is listed twice"]);
}

#[test]
fn what_the_catalog_states_needs_no_network_and_moves_when_it_is_edited() {
    let update = |old: &Lock, releases: serde_json::Value, others: Result<&str, &str>, day: Date| {
        let wanted = [Wanted { releases: vec![manual(&releases), go()], ..wanted().remove(0) }];
        let stated = ask_with(&manual(&releases), |_| unreachable!("nothing is asked"));
        settle(&wanted, old, vec![stated, answer(&go(), others)], day)
    };
    let many: Vec<_> = (0..20).map(|patch| serde_json::json!({ "version": format!("1.26.{patch}") })).collect();
    let before = update(&Lock::default(), many.clone().into(), Ok(GO), FIRST).lock;
    let name = "manual:docs.example.com/releases";
    assert_eq!(
        (record(&before, name).time, record(&before, name).url.as_str()),
        (FIRST, "https://docs.example.com/releases")
    );

    let same = update(&before, many.clone().into(), Ok(GO), LATER);
    assert_eq!((same.lock.runtimes, same.news), (before.runtimes.clone(), Vec::new()));

    let cut_off = update(&before, many[..2].into(), Err("no connection"), LATER).lock;
    assert_eq!((record(&cut_off, name).time, record(&cut_off, name).facts.releases.len()), (LATER, 2));
    assert_eq!((cut_off.as_of(), record(&cut_off, "go").stale), (Some(FIRST), None), "nobody was reached");
}
