//! What differs in the tasks: what is to be done, by whom, after what.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::Serialize;

use crate::diff::found::{Found, or_none};
use crate::diff::gates;
use crate::diff::pairs::Matched;
use crate::diff::texts::{Texts, to_words};
use crate::model::changes::{Rule, to_excerpt};
use crate::model::id::TaskId;
use crate::model::runbook::TaskEntry;

/// Compares the tasks of two runbooks.
pub fn compare(texts: &Texts<'_>, matched: &Matched<'_>) -> Vec<Found> {
    let tasks = &matched.tasks;
    let path = |task: &TaskEntry| format!("tasks/{}", task.id);
    let both = tasks.both.par_iter().flat_map_iter(|(old, new)| {
        let found = Comparison { old, new, texts, matched }.compare();
        found.into_iter().map(|change| about(new, change))
    });
    let mut found: Vec<Found> = both.collect();
    found.extend(tasks.added.iter().map(|task| {
        let text = format!("`{}` is to be done: {}", task.id, task.title);
        about(task, Found::new(Rule::TaskAdded, path(task), text, None::<()>, task))
    }));
    found.extend(tasks.removed.iter().map(|task| {
        let text = format!("`{}` is not to be done any more: {}", task.id, task.title);
        about(task, Found::new(Rule::TaskRemoved, path(task), text, task, None::<()>))
    }));
    found
}

fn about(task: &TaskEntry, found: Found) -> Found {
    found.for_team(&task.owner).of_component(task.component.as_ref()).of_tasks(vec![task.id.clone()])
}

/// What is told when a text of a task came, went or changed.
struct TextRules {
    added: (Rule, &'static str),
    removed: (Rule, &'static str),
    changed: (Rule, &'static str),
}

const INSTRUCTIONS: TextRules = TextRules {
    added: (Rule::InstructionsChanged, "it is said how to do it"),
    removed: (Rule::InstructionsChanged, "it is not said any more how to do it"),
    changed: (Rule::InstructionsChanged, "it is done in another way"),
};

const COMMAND: TextRules = TextRules {
    added: (Rule::CommandChanged, "there are commands to run"),
    removed: (Rule::CommandChanged, "there are no commands to run any more"),
    changed: (Rule::CommandChanged, "other commands are to be run"),
};

const VERIFICATION: TextRules = TextRules {
    added: (Rule::VerificationAdded, "it is said how to know that it worked"),
    removed: (Rule::VerificationRemoved, "it is not said any more how to know that it worked"),
    changed: (Rule::VerificationChanged, "something else tells that it worked"),
};

const ROLLBACK: TextRules = TextRules {
    added: (Rule::RollbackAdded, "it is said how to undo it"),
    removed: (Rule::RollbackRemoved, "it is not said any more how to undo it"),
    changed: (Rule::RollbackChanged, "it is undone in another way"),
};

/// A task of both runbooks.
struct Comparison<'a, 'b> {
    old: &'a TaskEntry,
    new: &'a TaskEntry,
    texts: &'b Texts<'a>,
    matched: &'b Matched<'a>,
}

impl Comparison<'_, '_> {
    fn compare(&self) -> Vec<Found> {
        let Self { old, new, texts, matched } = self;
        let id = &new.id;
        let mut found = Vec::new();
        if old.id != new.id {
            let text = format!("`{}` is called `{id}` now", old.id);
            found.push(self.found(Rule::TaskRenamed, "id", text, &old.id, &new.id));
        }
        if old.phase != new.phase {
            let text = format!("`{id}` is in the phase `{}`, not in `{}`", new.phase, old.phase);
            found.push(self.found(Rule::TaskMoved, "phase", text, &old.phase, &new.phase));
        }
        if !texts.is_same(&old.title, &new.title) {
            let text = format!("`{id}` is called \"{}\"", new.title);
            let change = self.found(Rule::TitleChanged, "title", text, &old.title, &new.title);
            found.push(change.in_words(to_words(&old.title, &new.title)));
        }
        if old.owner != new.owner {
            let text = format!("`{id}` is done by `{}`, not by `{}`", new.owner, old.owner);
            found.push(self.found(Rule::OwnerChanged, "owner", text, &old.owner, &new.owner));
        }
        if old.takes_days.total_cmp(&new.takes_days).is_ne() {
            let text = format!("`{id}` takes {} working days, not {}", new.takes_days, old.takes_days);
            found.push(self.found(Rule::TakesChanged, "takes_days", text, old.takes_days, new.takes_days));
        }
        if old.state != new.state {
            let word = |value| serde_json::to_value(value).unwrap_or_default();
            let (before, after) = (word(old.state), word(new.state));
            let text = format!("`{id}` is {}, and was {}", after.as_str().unwrap_or(""), before.as_str().unwrap_or(""));
            found.push(self.found(Rule::StateChanged, "state", text, before, after));
        }
        let evidence = |task: &TaskEntry| task.evidence.iter().cloned().collect::<BTreeSet<_>>();
        if evidence(old) != evidence(new) {
            let shown = or_none(Some(new.evidence.join("; ")).filter(|shown| !shown.is_empty()));
            let text = format!("what proves that `{id}` is done: {shown}");
            found.push(self.found(Rule::EvidenceChanged, "evidence", text, &old.evidence, &new.evidence));
        }
        self.text("do", &INSTRUCTIONS, old.instructions.as_ref(), new.instructions.as_ref(), &mut found);
        self.text("run", &COMMAND, old.run.as_ref(), new.run.as_ref(), &mut found);
        self.text("verify", &VERIFICATION, old.verify.as_ref(), new.verify.as_ref(), &mut found);
        self.text("rollback", &ROLLBACK, old.rollback.as_ref(), new.rollback.as_ref(), &mut found);
        self.announcement(&mut found);
        self.waiver(&mut found);
        self.needs(&mut found);
        found.extend(gates::compare(old, new, texts, matched));
        found
    }

    fn found(&self, rule: Rule, key: &str, text: String, before: impl Serialize, after: impl Serialize) -> Found {
        Found::new(rule, format!("tasks/{}/{key}", self.new.id), text, before, after)
    }

    fn text(&self, key: &str, rules: &TextRules, old: Option<&String>, new: Option<&String>, found: &mut Vec<Found>) {
        let id = &self.new.id;
        let (rule, text, words) = match (old, new) {
            (Some(old), Some(new)) if !self.texts.is_same(old, new) => {
                let words = to_words(old, new);
                let (rule, what) = rules.changed;
                (rule, format!("`{id}`: {what}: {}", to_excerpt(&words)), words)
            }
            (None, Some(_)) => (rules.added.0, format!("`{id}`: {}", rules.added.1), Vec::new()),
            (Some(_), None) => (rules.removed.0, format!("`{id}`: {}", rules.removed.1), Vec::new()),
            _ => return,
        };
        found.push(self.found(rule, key, text, old, new).in_words(words));
    }

    fn announcement(&self, found: &mut Vec<Found>) {
        let Self { old, new, texts, .. } = self;
        let id = &new.id;
        let (text, words) = match (&old.announce, &new.announce) {
            (Some(old), Some(new)) => {
                let to = |channels: &[String]| channels.iter().cloned().collect::<BTreeSet<_>>();
                match (to(&old.to) == to(&new.to), texts.is_same(&old.text, &new.text)) {
                    (true, true) => return,
                    (false, true) => (format!("`{id}` is announced in {}", new.to.join(", ")), Vec::new()),
                    (_, false) => {
                        let words = to_words(&old.text, &new.text);
                        (format!("`{id}` is announced in other words: {}", to_excerpt(&words)), words)
                    }
                }
            }
            (None, Some(new)) => (format!("`{id}` is announced in {}", new.to.join(", ")), Vec::new()),
            (Some(_), None) => (format!("`{id}` is not announced any more"), Vec::new()),
            (None, None) => return,
        };
        let change = self.found(Rule::AnnouncementChanged, "announce", text, &old.announce, &new.announce);
        found.push(change.in_words(words));
    }

    fn waiver(&self, found: &mut Vec<Found>) {
        let Self { old, new, .. } = self;
        let id = &new.id;
        let (rule, text) = match (&old.waived, &new.waived) {
            (before, after) if before == after => return,
            (None, Some(new)) => {
                (Rule::WaiverAdded, format!("`{id}` need not be done until {}: {}", new.until, new.because))
            }
            (_, Some(new)) => {
                (Rule::WaiverChanged, format!("`{id}` need not be done until {}: {}", new.until, new.because))
            }
            (_, None) => (Rule::WaiverRemoved, format!("`{id}` is not waived any more")),
        };
        found.push(self.found(rule, "waived", text, &old.waived, &new.waived));
    }

    fn needs(&self, found: &mut Vec<Found>) {
        let Self { old, new, matched, .. } = self;
        let before: BTreeSet<&TaskId> = old.needs.iter().map(|need| matched.task(need)).collect();
        let after: BTreeSet<&TaskId> = new.needs.iter().collect();
        let mut tell = |rule, what: &str, tasks: Vec<&TaskId>| {
            let text = match tasks.as_slice() {
                [] => return,
                [one] => format!("`{}` {what} `{one}`", new.id),
                [first, ..] => format!("`{}` {what} {} tasks, `{first}` and others", new.id, tasks.len()),
            };
            found.push(self.found(rule, "needs", text, &old.needs, &new.needs));
        };
        tell(Rule::NeedsAdded, "waits for", after.difference(&before).copied().collect());
        tell(Rule::NeedsRemoved, "does not wait any more for", before.difference(&after).copied().collect());
    }
}
