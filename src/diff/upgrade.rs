//! What differs in the upgrade itself: versions, dates, risk, facts, advisories, flavours, release branches, teams.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::json;

use crate::diff::found::{Found, or_none};
use crate::diff::pairs::{Matched, Pairs};
use crate::diff::texts::Texts;
use crate::model::changes::Rule;
use crate::model::id::{ComponentId, TaskId};
use crate::model::runbook::{Advisory, BranchEntry, Due, Runbook, TeamEntry, Variant};

/// Compares the upgrades of two runbooks.
pub fn compare(old: &Runbook, new: &Runbook, texts: &Texts<'_>, matched: &Matched<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut value = |rule, path: &str, what: &str, before: String, after: String| {
        if before != after {
            let text = format!("{what} is `{after}`, not `{before}`");
            found.push(Found::new(rule, path, text, before, after));
        }
    };
    value(Rule::TargetChanged, "to", "the target", old.to.clone(), new.to.clone());
    value(Rule::FromChanged, "from", "the version in use", old.from.clone(), new.from.clone());
    value(Rule::RiskChanged, "risk", "the risk", word(&old.risk), word(&new.risk));
    value(Rule::StateChanged, "state", "the state of the upgrade", word(&old.state), word(&new.state));
    security(old, new, texts, &mut found);
    if !texts.is_same_option(old.notes.as_deref(), new.notes.as_deref()) {
        let text = format!("the release notes are at {}", or_none(new.notes.as_ref()));
        found.push(Found::new(Rule::NotesChanged, "notes", text, &old.notes, &new.notes));
    }
    date("start", "the upgrade begins", &old.start, &new.start, &mut found);
    date("due", "the upgrade is due", &old.due, &new.due, &mut found);
    critical_path(old, new, matched, &mut found);
    facts(old, new, &mut found);
    for (list, what, before, after) in [
        ("fixed", "the upgrade fixes", &old.advisories.fixed, &new.advisories.fixed),
        ("still_affected", "the upgrade keeps open", &old.advisories.still_affected, &new.advisories.still_affected),
        ("newly_affected", "the upgrade brings", &old.advisories.newly_affected, &new.advisories.newly_affected),
    ] {
        advisories(list, what, before.as_deref().unwrap_or_default(), after.as_deref().unwrap_or_default(), &mut found);
    }
    variants(old, new, texts, matched, &mut found);
    branches(old, new, &mut found);
    teams(old, new, &mut found);
    not_planned(old, new, texts, matched, &mut found);
    found
}

/// A word of the document.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn security(old: &Runbook, new: &Runbook, texts: &Texts<'_>, found: &mut Vec<Found>) {
    let because = |runbook: &Runbook| runbook.security_because.as_ref().map(|because| because.text.clone());
    let is_same = texts.is_same_option(because(old).as_deref(), because(new).as_deref());
    if old.security == new.security && is_same {
        return;
    }
    let text = match (new.security, because(new)) {
        (Some(true), Some(because)) => format!("it is a security upgrade: {because}"),
        (Some(true), None) => "it is a security upgrade".to_owned(),
        (Some(false), _) => "it is not a security upgrade".to_owned(),
        (None, _) => "nobody says whether it is a security upgrade".to_owned(),
    };
    let value = |runbook: &Runbook| json!({ "security": runbook.security, "because": because(runbook) });
    found.push(Found::new(Rule::SecurityChanged, "security", text, value(old), value(new)));
}

fn date(path: &str, what: &str, old: &Due, new: &Due, found: &mut Vec<Found>) {
    if old.date != new.date {
        let text = match (old.date, new.date) {
            (Some(old), Some(new)) => format!("{what} on {new}, not on {old}"),
            (None, Some(new)) => format!("{what} on {new}; it had no date"),
            (_, None) => format!("{what} on no date any more"),
        };
        found.push(Found::new(Rule::DateMoved, format!("{path}/date"), text, old.date, new.date));
    }
}

fn critical_path(old: &Runbook, new: &Runbook, matched: &Matched<'_>, found: &mut Vec<Found>) {
    let (before, after) = (&old.summary.critical_path, &new.summary.critical_path);
    let renamed: Vec<&TaskId> = before.iter().map(|task| matched.task(task)).collect();
    if !renamed.iter().copied().eq(after) {
        let text = match after.as_slice() {
            [] => "no chain of tasks is known to end last".to_owned(),
            [one] => format!("the critical path is `{one}`"),
            [first, .., last] => {
                format!("the critical path has {} tasks, from `{first}` to `{last}`", after.len())
            }
        };
        found.push(Found::new(Rule::CriticalPathChanged, "summary/critical_path", text, before, after));
    }
}

fn facts(old: &Runbook, new: &Runbook, found: &mut Vec<Found>) {
    let pairs = Pairs::by_id(&old.facts, &new.facts, |fact| &fact.id);
    let mut change = |id: &str, text, before: Option<&str>, after: Option<&str>| {
        found.push(Found::new(Rule::FactChanged, format!("facts/{id}"), text, before, after));
    };
    for (old, new) in &pairs.both {
        if old.value != new.value {
            let text = format!("{}: {}, not {}", new.fact, new.value, old.value);
            change(&new.id, text, Some(&old.value), Some(&new.value));
        }
    }
    for fact in &pairs.removed {
        change(&fact.id, format!("not used any more: {}", fact.fact), Some(&fact.value), None);
    }
    for fact in &pairs.added {
        change(&fact.id, format!("{}: {}", fact.fact, fact.value), None, Some(&fact.value));
    }
}

fn advisories(list: &str, what: &str, old: &[Advisory], new: &[Advisory], found: &mut Vec<Found>) {
    let pairs = Pairs::by_id(old, new, |advisory| &advisory.id);
    let path = |advisory: &Advisory| format!("advisories/{list}/{}", advisory.id);
    let name = |advisory: &Advisory| match &advisory.summary {
        Some(summary) => format!("`{}` ({summary})", advisory.id),
        None => format!("`{}`", advisory.id),
    };
    for advisory in &pairs.added {
        let text = format!("{what} {}", name(advisory));
        found.push(Found::new(Rule::AdvisoryAdded, path(advisory), text, None::<()>, advisory));
    }
    for advisory in &pairs.removed {
        let text = format!("not any more: {what} {}", name(advisory));
        found.push(Found::new(Rule::AdvisoryRemoved, path(advisory), text, advisory, None::<()>));
    }
}

fn variants(old: &Runbook, new: &Runbook, texts: &Texts<'_>, matched: &Matched<'_>, found: &mut Vec<Found>) {
    let pairs = Pairs::by_id(&old.variants, &new.variants, |variant| &variant.id);
    let is_same = |old: &Variant, new: &Variant| {
        let before: BTreeSet<&ComponentId> = old.components.iter().map(|id| matched.component(id)).collect();
        old.name == new.name
            && old.lag_days == new.lag_days
            && texts.is_same_option(old.to.as_deref(), new.to.as_deref())
            && texts.is_same_option(old.newest.as_deref(), new.newest.as_deref())
            && before == new.components.iter().collect()
    };
    let path = |variant: &Variant| format!("variants/{}", variant.id);
    for (old, new) in pairs.both.iter().filter(|(old, new)| !is_same(old, new)) {
        let newest = or_none(new.newest.as_ref());
        let text = match (&new.to, new.components.len()) {
            (Some(to), components) => format!("{} has {to}; {components} components are built so", new.name),
            (None, components) => {
                format!("{} has nothing newer than {newest}; {components} components are built so", new.name)
            }
        };
        found.push(Found::new(Rule::VariantChanged, path(new), text, old, new));
    }
    for variant in &pairs.removed {
        let text = format!("there is no build flavour {} any more", variant.name);
        found.push(Found::new(Rule::VariantChanged, path(variant), text, variant, None::<()>));
    }
    for variant in &pairs.added {
        let text = format!("there is a build flavour {}", variant.name);
        found.push(Found::new(Rule::VariantChanged, path(variant), text, None::<()>, variant));
    }
}

fn branches(old: &Runbook, new: &Runbook, found: &mut Vec<Found>) {
    let pairs = Pairs::by_id(&old.branches, &new.branches, |branch| &branch.id);
    let said = |branch: &BranchEntry| {
        (branch.version.clone(), branch.released, branch.ends, branch.ships.clone(), branch.fit, branch.supported)
    };
    let path = |branch: &BranchEntry| format!("branches/{}", branch.id);
    for (old, new) in pairs.both.iter().filter(|(old, new)| said(old) != said(new)) {
        let text =
            format!("the release branch {} {} (ships {})", new.version, new.because, or_none(new.ships.as_ref()));
        found.push(Found::new(Rule::BranchChanged, path(new), text, old, new));
    }
    for branch in &pairs.removed {
        let text = format!("the release branch {} is gone", branch.version);
        found.push(Found::new(Rule::BranchChanged, path(branch), text, branch, None::<()>));
    }
    for branch in &pairs.added {
        let text = format!("there is a release branch {}, which {}", branch.version, branch.because);
        found.push(Found::new(Rule::BranchChanged, path(branch), text, None::<()>, branch));
    }
}

/// Teams that came or went are told by what they own.
fn teams(old: &Runbook, new: &Runbook, found: &mut Vec<Found>) {
    for (old, new) in Pairs::by_id(&old.teams, &new.teams, |team| &team.id).both {
        if old != new {
            let TeamEntry { id, name, handle, label, chat } = new;
            let ways: Vec<&str> = [handle, label, chat].into_iter().flatten().map(String::as_str).collect();
            let text = format!(
                "the team `{id}` is {name}, reached by {}",
                match ways.as_slice() {
                    [] => "nothing".to_owned(),
                    ways => ways.join(", "),
                }
            );
            found.push(Found::new(Rule::TeamChanged, format!("teams/{id}"), text, old, new).for_team(id));
        }
    }
}

fn not_planned(old: &Runbook, new: &Runbook, texts: &Texts<'_>, matched: &Matched<'_>, found: &mut Vec<Found>) {
    let mut reasons: BTreeMap<&ComponentId, (Option<&str>, Option<&str>)> = BTreeMap::new();
    for entry in &old.not_planned {
        reasons.entry(matched.component(&entry.component)).or_default().0 = Some(&entry.because);
    }
    for entry in &new.not_planned {
        reasons.entry(&entry.component).or_default().1 = Some(&entry.because);
    }
    for (id, (before, after)) in reasons {
        if !texts.is_same_option(before, after) {
            let text = match after {
                Some(because) => format!("`{id}` has no task: {because}"),
                None => format!("`{id}` is not left out any more"),
            };
            let change = Found::new(Rule::NotPlannedChanged, format!("not_planned/{id}"), text, before, after);
            found.push(change.of_component(Some(id)));
        }
    }
}
