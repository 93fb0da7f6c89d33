//! What changed in an upgrade's runbook: from revision to revision, and from the upgrade before it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::changes::{Change, Changes, Level, Piece, to_excerpt};
use crate::model::count::count;
use crate::model::id::{TaskId, TeamId};
use crate::model::runbook::Runbook;
use crate::render::Material;

/// How many changes of a level are listed; the rest is counted.
const MOST_CHANGES: usize = 200;

/// The page.
#[derive(Serialize)]
pub struct ChangesView<'a> {
    runtime: &'a str,
    to: &'a str,
    /// Whether this stands beside the runbook.
    has_runbook: bool,
    parts: Vec<PartView<'a>>,
}

/// What changed between two runbooks.
#[derive(Serialize)]
struct PartView<'a> {
    from: &'a str,
    to: &'a str,
    levels: Vec<LevelView<'a>>,
}

#[derive(Serialize)]
struct LevelView<'a> {
    /// `Breaking (3 changes)`.
    heading: String,
    changes: Vec<ChangeView<'a>>,
    /// How many are not listed, where the list is too long.
    more: Option<String>,
}

#[derive(Serialize)]
struct ChangeView<'a> {
    sentence: &'a str,
    /// The words that changed, on one line.
    excerpt: Option<String>,
    /// Other tasks of which the same words changed in the same way, each with its team.
    alike: Vec<AlikeView<'a>>,
    rule: &'a str,
    team: Option<&'a str>,
}

#[derive(Serialize)]
struct AlikeView<'a> {
    tasks: Vec<&'a str>,
    team: Option<&'a str>,
}

/// Makes the view of an upgrade's changes.
pub fn view<'a>(material: &Material<'a>, runbook: &'a Runbook) -> ChangesView<'a> {
    let changes = material.changes.get(&runbook.upgrade).map_or(&[][..], Vec::as_slice);
    ChangesView {
        runtime: &runbook.runtime_name,
        to: &runbook.to,
        has_runbook: true,
        parts: changes.iter().map(to_part).collect(),
    }
}

/// Makes the view of what changed between two states of upgrades.
pub fn view_of_pair<'a>(runtime: &'a str, changes: &'a Changes) -> ChangesView<'a> {
    ChangesView { runtime, to: &changes.to, has_runbook: false, parts: vec![to_part(changes)] }
}

fn to_part(changes: &Changes) -> PartView<'_> {
    let levels = [(Level::Breaking, "Breaking"), (Level::Warning, "To look at"), (Level::Info, "Good to know")];
    let level = |(level, name): (Level, &str)| {
        let all: Vec<&Change> = changes.changes.iter().filter(|change| change.level == level).collect();
        let heading = format!("{name} ({})", count(all.len(), "change"));
        let alike = group(all);
        let listed = alike.len().min(MOST_CHANGES);
        let more = (alike.len() > listed).then(|| count(alike.len() - listed, "more change"));
        LevelView { heading, more, changes: alike[..listed].iter().map(|alike| to_view(alike)).collect() }
    };
    PartView {
        from: &changes.from,
        to: &changes.to,
        levels: levels.map(level).into_iter().filter(|level| !level.changes.is_empty()).collect(),
    }
}

/// Puts changes together in which the same words of several tasks changed in the same way; the order is that of the first
/// of each.
fn group(all: Vec<&Change>) -> Vec<Vec<&Change>> {
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    let mut known: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for change in all {
        if change.words.is_empty() {
            groups.push(vec![change]);
            continue;
        }
        let at = *known.entry((&change.id, to_key(&change.words))).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(change),
            None => groups.push(vec![change]),
        }
    }
    groups
}

/// What tells pieces of texts apart.
fn to_key(words: &[Piece]) -> String {
    words.iter().map(|piece| format!("{:?}{:?}", piece.part, piece.text)).collect()
}

fn to_view<'a>(alike: &[&'a Change]) -> ChangeView<'a> {
    let team = |change: &'a Change| change.team.as_ref().map(TeamId::as_str);
    let first = alike[0];
    let other = |change: &&'a Change| AlikeView {
        tasks: change.tasks.iter().map(TaskId::as_str).collect(),
        team: team(change),
    };
    ChangeView {
        sentence: first.sentence(),
        excerpt: (!first.words.is_empty()).then(|| to_excerpt(&first.words)),
        alike: alike[1..].iter().map(other).collect(),
        rule: &first.id,
        team: team(first),
    }
}
