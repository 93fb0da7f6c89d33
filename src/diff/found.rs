//! A change as it is found, before the organisation has said how much it matters.

use serde::Serialize;
use serde_json::Value;

use crate::model::changes::{Change, Levels, Piece, Rule};
use crate::model::digest::sha256_of_parts;
use crate::model::id::{ComponentId, TaskId, TeamId};

/// A change of a kind.
pub struct Found {
    rule: Rule,
    path: String,
    text: String,
    before: Option<Value>,
    after: Option<Value>,
    team: Option<TeamId>,
    component: Option<ComponentId>,
    tasks: Vec<TaskId>,
    words: Vec<Piece>,
    /// What tells it from other changes of its kind at the same path.
    apart: String,
}

impl Found {
    /// A change at a path; the values are what stands there in the two runbooks.
    pub fn new(
        rule: Rule,
        path: impl Into<String>,
        text: String,
        before: impl Serialize,
        after: impl Serialize,
    ) -> Self {
        Self {
            rule,
            path: path.into(),
            text,
            before: to_value(before),
            after: to_value(after),
            team: None,
            component: None,
            tasks: Vec::new(),
            words: Vec::new(),
            apart: String::new(),
        }
    }

    /// Says which team it concerns.
    pub fn for_team(mut self, team: &TeamId) -> Self {
        self.team = Some(team.clone());
        self
    }

    /// Says which component it concerns.
    pub fn of_component(mut self, component: Option<&ComponentId>) -> Self {
        self.component = component.cloned();
        self
    }

    /// Says which tasks it concerns.
    pub fn of_tasks(mut self, mut tasks: Vec<TaskId>) -> Self {
        tasks.sort();
        self.tasks = tasks;
        self
    }

    /// Says how its text changed.
    pub fn in_words(mut self, words: Vec<Piece>) -> Self {
        self.words = words;
        self
    }

    /// Tells it from other changes of its kind at the same path.
    pub fn apart(mut self, apart: String) -> Self {
        self.apart = apart;
        self
    }

    /// Gives it its level and fingerprint.
    pub fn into_change(self, levels: &Levels) -> Change {
        let parts = [self.rule.name(), &self.path, &self.apart];
        Change {
            id: self.rule.name().to_owned(),
            level: levels.of(self.rule),
            fingerprint: sha256_of_parts(parts.map(str::as_bytes)),
            path: self.path,
            text: self.text,
            team: self.team,
            component: self.component,
            tasks: self.tasks,
            before: self.before,
            after: self.after,
            words: self.words,
        }
    }
}

/// A value of a runbook as it stands in the document; nothing where that is `null`.
fn to_value(value: impl Serialize) -> Option<Value> {
    serde_json::to_value(value).ok().filter(|value| !value.is_null())
}

/// A value for a sentence, where there may be none.
pub fn or_none<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}
