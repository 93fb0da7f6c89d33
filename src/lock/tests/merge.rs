//! Locks that are united.

use super::*;

const EMPTY: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn lock(day: &str, source_day: &str, latest: &str, stale: &str) -> Lock {
    let text = format!(
        "format = 1\n\n[days]\nversions = {day}\n\n[runtimes.go.sources]\ngo = {{ url = \"https://go.dev/dl/\", time = {source_day}, sha256 = \"{EMPTY}\"{stale} }}\n\n[runtimes.go.releases]\n\"{latest}\" = {{ go = {{}} }}\n"
    );
    Lock::parse(&text).expect("reads")
}

fn latest(lock: &Lock) -> String {
    let go = lock.find(&RuntimeId::new("go"), None).expect("is there");
    go.sources.values().flat_map(|record| &record.facts.releases).map(|release| release.version.clone()).collect()
}

#[test]
fn what_was_learnt_last_counts() {
    let old = lock("2026-08-22", "2026-08-20", "1.26.6", "");
    let new = lock("2026-08-23", "2026-08-23", "1.26.7", "");
    for (a, b) in [(&old, &new), (&new, &old)] {
        let united = a.clone().merge(b.clone()).expect("unites");
        assert_eq!(united, new);
        assert_eq!(latest(&united), "1.26.7");
    }
    assert_eq!(old.clone().merge(Lock::default()), Ok(old.clone()));
    assert_eq!(Lock::default().merge(old.clone()), Ok(old.clone()));
    assert_eq!(old.clone().merge(old.clone()), Ok(old));
}

#[test]
fn a_source_that_answered_counts_before_one_that_did_not() {
    let stale = lock("2026-08-23", "2026-08-20", "1.26.6", ", stale = 2026-08-21");
    let fresh = lock("2026-08-23", "2026-08-20", "1.26.6", "");
    assert_eq!(stale.clone().merge(fresh.clone()), Ok(fresh.clone()));
    assert_eq!(fresh.clone().merge(stale), Ok(fresh));
}

#[test]
fn what_differs_on_one_day_is_not_united() {
    let one = lock("2026-08-22", "2026-08-20", "1.26.6", "");
    let other = lock("2026-08-22", "2026-08-20", "1.26.7", "");
    let faults = one.merge(other).expect_err("differ");
    assert_eq!(faults, ["the source `go` of go says different things on 2026-08-20"]);
}
