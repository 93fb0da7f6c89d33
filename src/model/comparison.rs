//! Two runbooks that were compared: their changes, and the names that reports need to tell them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::changes::{Change, Changes, Level, Rule};
use crate::model::count::count;
use crate::model::digest::sha256_of_parts;
use crate::model::id::{ComponentId, TeamId};
use crate::model::runbook::Runbook;

/// The rules for an upgrade that only one side has: name, level, meaning.
const ONE_SIDED: [(&str, Level, &str); 2] = [
    ("upgrade-added", Level::Info, "There is an upgrade that was not there."),
    ("upgrade-removed", Level::Breaking, "An upgrade is gone; who follows its runbook follows nothing any more."),
];

/// The changes between two runbooks.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What differs.
    pub changes: Changes,
    /// The file of the runbook, below the root of the repository.
    pub file: String,
    /// The names of teams.
    pub teams: BTreeMap<TeamId, String>,
    /// The names of components.
    pub components: BTreeMap<ComponentId, String>,
}

impl Comparison {
    /// Brings together changes and the runbooks between which they are.
    ///
    /// Fingerprints become those of changes of this upgrade, since a report may hold several.
    #[must_use]
    pub fn new(mut changes: Changes, old: &Runbook, new: &Runbook) -> Self {
        for change in &mut changes.changes {
            change.fingerprint =
                sha256_of_parts([new.upgrade.as_str(), change.fingerprint.as_str()].map(str::as_bytes));
        }
        Self::of(changes, &[old, new])
    }

    /// An upgrade that only the newer side has.
    #[must_use]
    pub fn added(from: String, to: String, runbook: &Runbook) -> Self {
        let text = format!("the upgrade `{}` is new: {}", runbook.upgrade, count(runbook.tasks.len(), "task"));
        Self::of(Changes::new(from, to, vec![one_sided(ONE_SIDED[0], text, runbook)]), &[runbook])
    }

    /// An upgrade that only the older side has.
    #[must_use]
    pub fn removed(from: String, to: String, runbook: &Runbook) -> Self {
        let text = format!("the upgrade `{}` is gone, with {}", runbook.upgrade, count(runbook.tasks.len(), "task"));
        let mut change = one_sided(ONE_SIDED[1], text, runbook);
        (change.before, change.after) = (change.after, None);
        Self::of(Changes::new(from, to, vec![change]), &[runbook])
    }

    /// The later runbooks decide on names.
    fn of(changes: Changes, runbooks: &[&Runbook]) -> Self {
        let teams = runbooks.iter().flat_map(|runbook| &runbook.teams);
        let components = runbooks.iter().flat_map(|runbook| &runbook.components);
        Self {
            changes,
            file: runbooks.last().map_or_else(String::new, |runbook| to_file(runbook)),
            teams: teams.map(|team| (team.id.clone(), team.name.clone())).collect(),
            components: components.map(|component| (component.id.clone(), component.name.clone())).collect(),
        }
    }

    /// Leaves out what is about other teams only. A team that no longer owns something hears of it, too.
    pub fn restrict(&mut self, team: &TeamId) {
        let owner = [Rule::OwnerChanged, Rule::ComponentOwnerChanged].map(Rule::name);
        self.changes.changes.retain(|change| {
            let is_left =
                || owner.contains(&&*change.id) && change.before.as_ref() == Some(&Value::from(team.as_str()));
            change.team.as_ref().is_none_or(|concerned| concerned == team) || is_left()
        });
    }
}

/// What a kind of change means, in a sentence.
#[must_use]
pub fn find_meaning(id: &str) -> Option<&'static str> {
    let rule = Rule::ALL.iter().find(|(name, _)| *name == id).map(|(_, rule)| rule.means());
    rule.or_else(|| ONE_SIDED.iter().find(|(name, ..)| *name == id).map(|(.., means)| *means))
}

fn one_sided((id, level, _): (&str, Level, &str), text: String, runbook: &Runbook) -> Change {
    Change {
        id: id.to_owned(),
        level,
        path: "upgrade".to_owned(),
        text,
        team: None,
        component: None,
        tasks: Vec::new(),
        before: None,
        after: Some(Value::from(runbook.upgrade.as_str())),
        words: Vec::new(),
        fingerprint: sha256_of_parts([id, runbook.upgrade.as_str()].map(str::as_bytes)),
    }
}

/// The file in which `build` keeps a runbook.
fn to_file(runbook: &Runbook) -> String {
    let (runtime, upgrade) = (runbook.runtime.as_str(), runbook.upgrade.as_str());
    let slug = upgrade.strip_prefix(runtime).and_then(|rest| rest.strip_prefix('-')).unwrap_or(upgrade);
    format!("site/{runtime}/{slug}/runbook.json")
}
