//! What changed in an upgrade's runbook: from revision to revision, and from the upgrade before it.

use serde::Serialize;

use crate::model::changes::{Change, Changes, Level};
use crate::model::id::TeamId;
use crate::model::runbook::Runbook;
use crate::render::Material;
use crate::render::views::parts::count;

/// How many changes of a level are listed; the rest is counted.
const MOST_CHANGES: usize = 200;

/// The page.
#[derive(Serialize)]
pub struct ChangesView<'a> {
    runtime: &'a str,
    to: &'a str,
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
    text: &'a str,
    rule: &'a str,
    team: Option<&'a str>,
}

/// Makes the view of an upgrade's changes.
pub fn view<'a>(material: &Material<'a>, runbook: &'a Runbook) -> ChangesView<'a> {
    let changes = material.changes.get(&runbook.upgrade).map_or(&[][..], Vec::as_slice);
    ChangesView { runtime: &runbook.runtime_name, to: &runbook.to, parts: changes.iter().map(to_part).collect() }
}

fn to_part(changes: &Changes) -> PartView<'_> {
    let levels = [(Level::Breaking, "Breaking"), (Level::Warning, "To look at"), (Level::Info, "Good to know")];
    let level = |(level, name): (Level, &str)| {
        let all: Vec<&Change> = changes.changes.iter().filter(|change| change.level == level).collect();
        let listed = all.len().min(MOST_CHANGES);
        let more = (all.len() > listed).then(|| count(all.len() - listed, "more change"));
        let heading = format!("{name} ({})", count(all.len(), "change"));
        LevelView { heading, more, changes: all[..listed].iter().map(|change| to_view(change)).collect() }
    };
    PartView {
        from: &changes.from,
        to: &changes.to,
        levels: levels.map(level).into_iter().filter(|level| !level.changes.is_empty()).collect(),
    }
}

fn to_view(change: &Change) -> ChangeView<'_> {
    ChangeView { text: &change.text, rule: &change.id, team: change.team.as_ref().map(TeamId::as_str) }
}
