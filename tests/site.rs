//! The site: every way in it leads somewhere, nothing is written twice, and what never changes is not made again.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on stops, and writes where it likes"
)]

#[path = "harness/fleet.rs"]
mod fleet;
#[path = "harness/harness.rs"]
mod harness;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use fleet::Fleet;
use harness::{copy, read_tree, root, upshift};

/// Builds the site of a catalog: the shipped one, or that of a golden situation.
fn build(situation: Option<&str>) -> tempfile::TempDir {
    let from = situation.map_or_else(|| root().to_path_buf(), |name| root().join("tests/golden").join(name));
    let work = tempfile::tempdir().expect("a folder");
    for part in ["data", "templates", "site", "upshift.lock"] {
        let source = from.join(part);
        // The shipped templates are inside the program.
        if source.is_dir() && (situation.is_some() || part == "data") {
            copy(&source, &work.path().join(part));
        } else if source.is_file() {
            fs::copy(&source, work.path().join(part)).expect("copies");
        }
    }
    let built = upshift(work.path(), &["build"]);
    assert_eq!(built.code, 0, "{built:?}");
    work
}

/// The values of an attribute in a page.
fn find_values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let mark = format!(" {attribute}=\"");
    html.split(mark.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// The path that a link of a page leads to.
fn resolve(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => assert!(parts.pop().is_some(), "{page}: {link} leads out of the site"),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn find_dead_links(site: &Path) -> Vec<String> {
    let files = read_tree(site);
    let mut anchors: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (path, html) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let ids = find_values(html, "id");
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "{path}: an id stands twice");
        anchors.insert(path, known);
    }
    let mut dead = Vec::new();
    let mut links = 0;
    for (path, html) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        for link in find_values(html, "href").into_iter().chain(find_values(html, "src")) {
            links += 1;
            if link.starts_with("https://") || link.starts_with("http://") || link.starts_with("mailto:") {
                continue;
            }
            let link = link.replace("&amp;", "&").replace("&#39;", "'");
            let (target, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match path.as_str() {
                _ if target.is_empty() => path.clone(),
                // It is served for any address, so its links begin at the top.
                "404.html" => target.trim_start_matches('/').to_owned(),
                _ => resolve(path, target),
            };
            let is_there = match anchors.get(target.as_str()) {
                Some(ids) => anchor.is_empty() || ids.contains(anchor),
                None => files.contains_key(&target) && anchor.is_empty(),
            };
            if !is_there {
                dead.push(format!("{path}: {link}"));
            }
        }
    }
    assert!(links > 100, "there are links");
    dead
}

#[test]
fn every_link_and_anchor_leads_somewhere() {
    for situation in [
        None,
        Some("released_revisions"),
        Some("dates_gates_and_branches"),
        Some("hostile_names"),
        Some("recorded_pins"),
    ] {
        let work = build(situation);
        assert_eq!(find_dead_links(&work.path().join("public")), Vec::<String>::new(), "{situation:?}");
    }
}

#[test]
fn links_lead_to_the_tasks_of_a_checklist_that_is_too_long_for_one_page() {
    let work = tempfile::tempdir().expect("a folder");
    Fleet { components: 41, steps: 50 }.write(work.path());
    fleet::build(work.path());
    let site = work.path().join("public");
    assert_eq!(find_dead_links(&site), Vec::<String>::new());
    let files = read_tree(&site);
    assert!(!files["go/1.27.0/runbook/index.html"].contains("id=\"task-"), "the tasks stand in the parts of teams");
    assert!(files["teams/team-0001/index.html"].contains("/teams/team-0001/index.html#task-"));
}

#[test]
fn pages_hold_nothing_that_their_policy_forbids() {
    for situation in [None, Some("hostile_names"), Some("released_revisions")] {
        let work = build(situation);
        for (path, html) in read_tree(&work.path().join("public")) {
            if !path.ends_with(".html") {
                continue;
            }
            assert!(html.contains("Content-Security-Policy"), "{path}");
            for bad in [" style=\"", "<style", " onload=", " onclick=", "=\"javascript:", "<iframe", "<base", "<form"] {
                let shown = html.replace("&lt;", "");
                assert!(!shown.contains(bad), "{situation:?} {path}: {bad}");
            }
            let scripts: Vec<&str> = html.split("<script").skip(1).collect();
            assert!(scripts.len() == 1 && scripts[0].contains("defer></script>"), "{path}: one deferred script");
        }
    }
}

fn times(site: &Path) -> BTreeMap<String, SystemTime> {
    let time = |path: &String| fs::metadata(site.join(path)).expect("is there").modified().expect("has a time");
    read_tree(site).keys().map(|path| (path.clone(), time(path))).collect()
}

#[test]
fn a_page_that_did_not_change_is_not_written() {
    let work = build(Some("released_revisions"));
    let site = work.path().join("public");
    let (before, texts) = (times(&site), read_tree(&site));
    let again = upshift(work.path(), &["build"]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.err.contains("files of the site, 0 changed"), "{again:?}");
    assert_eq!(times(&site), before);
    assert_eq!(read_tree(&site), texts);

    // A team gets another name: pages that do not name it stay as they are.
    let teams = work.path().join("data/teams.yaml");
    let file = if teams.is_file() { teams } else { find_file_with(&work.path().join("data"), "name:") };
    let text = fs::read_to_string(&file).expect("reads");
    fs::write(&file, text.replacen("name: ", "name: Renamed ", 1)).expect("writes");
    assert_eq!(upshift(work.path(), &["build"]).code, 0);
    let after = times(&site);
    let changed: Vec<&String> = before.keys().filter(|path| after.get(*path) != before.get(*path)).collect();
    assert!(!changed.is_empty() && changed.len() < before.len(), "{changed:?}");
    assert_eq!(after["search/index.html"], before["search/index.html"]);
}

fn find_file_with(folder: &Path, words: &str) -> std::path::PathBuf {
    let files = read_tree(folder);
    let (path, _) = files.iter().find(|(_, text)| text.contains(words)).expect("a file has it");
    folder.join(path)
}

#[test]
fn a_frozen_revision_is_not_rendered_again() {
    let work = build(Some("released_revisions"));
    let page = work.path().join("public/go/1.27.0/r1/index.html");
    // Somebody who rendered it again would write the title; what is as long as before is taken for it.
    let text = fs::read_to_string(&page).expect("reads");
    let marked = text.replacen("<h1>Go", "<h1>XX", 1);
    assert_ne!(text, marked);
    fs::write(&page, &marked).expect("writes");
    assert_eq!(upshift(work.path(), &["build"]).code, 0);
    assert_eq!(fs::read_to_string(&page).expect("reads"), marked);
    // A page of another length is not what was written.
    fs::write(&page, "short").expect("writes");
    assert_eq!(upshift(work.path(), &["build"]).code, 0);
    assert_eq!(fs::read_to_string(&page).expect("reads"), text);
}

#[test]
fn the_site_can_be_left_out_or_go_elsewhere() {
    let work = build(Some("empty_catalog"));
    fs::remove_dir_all(work.path().join("public")).expect("removes");
    assert_eq!(upshift(work.path(), &["build", "--no-public"]).code, 0);
    assert_eq!(upshift(work.path(), &["build", "--check"]).code, 0);
    assert!(!work.path().join("public").exists());
    assert_eq!(upshift(work.path(), &["build", "--public", "out/html"]).code, 0);
    assert!(work.path().join("out/html/index.html").is_file());
}
