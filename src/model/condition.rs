//! Conditions: which steps an upgrade needs, and for which components.
//!
//! Keys of a condition are joined by "and", values inside a key by "or". They are data rather than expressions,
//! so that they can be checked for every bump and risk, and told to people in words.

use std::collections::BTreeSet;

use crate::model::branch::Branch;
use crate::model::component::Component;
use crate::model::id::{ComponentId, PhaseId, TeamId};
use crate::model::upgrade::Risk;
use crate::model::version::{Bump, Version, VersionRange};

/// A condition on an upgrade.
#[derive(Clone, Debug, Default)]
pub struct When {
    /// The bumps that it allows; any, when empty.
    pub bump: BTreeSet<Bump>,
    /// The risks that it allows; any, when empty.
    pub risk: BTreeSet<Risk>,
    /// Whether the upgrade must, or must not, be a security upgrade.
    pub security: Option<bool>,
    /// Versions from which the upgrade starts.
    pub from: Option<Range>,
    /// Versions to which the upgrade goes.
    pub to: Option<Range>,
    /// Conditions of which one must hold.
    pub any: Vec<When>,
    /// A condition that must not hold.
    pub not: Option<Box<When>>,
}

/// A range of versions and how the catalog writes it.
#[derive(Clone, Debug)]
pub struct Range {
    /// As written.
    pub text: String,
    /// As understood.
    pub range: VersionRange,
}

/// What a `when` looks at: a real upgrade, or one that is only tried.
#[derive(Clone, Debug)]
pub struct Situation {
    /// The size of the change.
    pub bump: Option<Bump>,
    /// How risky it is.
    pub risk: Risk,
    /// Why it is a security upgrade, when it is one.
    pub security: Option<String>,
    /// The versions on both sides.
    pub versions: Versions,
}

/// The versions of a situation.
#[derive(Clone, Debug)]
pub enum Versions {
    /// A real upgrade's.
    Real {
        /// The version in use.
        from: Version,
        /// The target.
        to: Version,
    },
    /// No version in particular: every range is taken to hold, or none.
    Assumed(bool),
}

/// How a condition came out: whether it holds, and why, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it holds.
    pub holds: bool,
    /// The reasons for that outcome; empty when nothing was asked.
    pub reasons: Vec<String>,
}

impl Verdict {
    fn all(parts: Vec<Self>) -> Self {
        let holds = parts.iter().all(|part| part.holds);
        Self { holds, reasons: Self::reasons_of(parts, holds) }
    }

    fn any(parts: Vec<Self>) -> Self {
        let holds = parts.iter().any(|part| part.holds);
        Self { holds, reasons: Self::reasons_of(parts, holds) }
    }

    fn reasons_of(parts: Vec<Self>, holds: bool) -> Vec<String> {
        parts.into_iter().filter(|part| part.holds == holds).flat_map(|part| part.reasons).collect()
    }
}

impl When {
    /// Says whether nothing is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bump.is_empty()
            && self.risk.is_empty()
            && self.security.is_none()
            && self.from.is_none()
            && self.to.is_none()
            && self.any.is_empty()
            && self.not.is_none()
    }

    /// Decides the condition for a situation, with the reasons.
    #[must_use]
    pub fn decide(&self, situation: &Situation) -> Verdict {
        let mut parts = Vec::new();
        if !self.bump.is_empty() {
            let holds = situation.bump.is_some_and(|bump| self.bump.contains(&bump));
            parts.push(Verdict { holds, reasons: vec![situation.bump_in_words()] });
        }
        if !self.risk.is_empty() {
            let holds = self.risk.contains(&situation.risk);
            parts.push(Verdict { holds, reasons: vec![format!("the risk is {}", situation.risk)] });
        }
        if let Some(wanted) = self.security {
            let holds = situation.security.is_some() == wanted;
            let reason = match &situation.security {
                Some(because) => format!("security upgrade: {because}"),
                None => "not a security upgrade".to_owned(),
            };
            parts.push(Verdict { holds, reasons: vec![reason] });
        }
        if let Some(range) = &self.from {
            parts.push(situation.versions.decide(range, Side::From));
        }
        if let Some(range) = &self.to {
            parts.push(situation.versions.decide(range, Side::To));
        }
        if !self.any.is_empty() {
            parts.push(Verdict::any(self.any.iter().map(|part| part.decide(situation)).collect()));
        }
        if let Some(not) = &self.not {
            let inner = not.decide(situation);
            parts.push(Verdict { holds: !inner.holds, reasons: inner.reasons });
        }
        Verdict::all(parts)
    }

    /// Tells the condition in words: `a major or minor bump, and a security upgrade`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let mut parts = Vec::new();
        if !self.bump.is_empty() {
            parts.push(format!("a {} bump", join_or(self.bump.iter())));
        }
        if !self.risk.is_empty() {
            parts.push(format!("{} risk", join_or(self.risk.iter())));
        }
        match self.security {
            Some(true) => parts.push("a security upgrade".to_owned()),
            Some(false) => parts.push("no security upgrade".to_owned()),
            None => {}
        }
        if let Some(range) = &self.from {
            parts.push(format!("from `{}`", range.text));
        }
        if let Some(range) = &self.to {
            parts.push(format!("to `{}`", range.text));
        }
        if !self.any.is_empty() {
            parts.push(join_or(self.any.iter().map(Self::in_words)));
        }
        if let Some(not) = &self.not {
            parts.push(format!("not {}", not.in_words()));
        }
        parts.join(", and ")
    }
}

impl Situation {
    fn bump_in_words(&self) -> String {
        match (&self.versions, self.bump) {
            (Versions::Real { from, to }, Some(_)) if from.line() != to.line() => {
                format!("new line: {} to {}", from.line(), to.line())
            }
            (Versions::Real { from, to }, Some(bump)) => format!("{bump} release: {from} to {to}"),
            (_, Some(bump)) => format!("a {bump} bump"),
            (_, None) => "no bump".to_owned(),
        }
    }
}

#[derive(Clone, Copy)]
enum Side {
    From,
    To,
}

impl Versions {
    fn decide(&self, range: &Range, side: Side) -> Verdict {
        match self {
            Self::Assumed(holds) => Verdict { holds: *holds, reasons: vec![format!("versions `{}`", range.text)] },
            Self::Real { from, to } => {
                let (word, version) = match side {
                    Side::From => ("from", from),
                    Side::To => ("to", to),
                };
                let holds = range.range.contains(version);
                let relation = if holds { "in" } else { "not in" };
                Verdict { holds, reasons: vec![format!("{word} {version}, {relation} `{}`", range.text)] }
            }
        }
    }
}

/// A condition on a component.
#[derive(Clone, Debug, Default)]
pub struct Where {
    /// Tags of which it has one; any, when empty.
    pub tags: BTreeSet<String>,
    /// The components themselves; any, when empty.
    pub component: BTreeSet<ComponentId>,
    /// Teams of which one owns it; any, when empty.
    pub owner: BTreeSet<TeamId>,
    /// Phases of which it declares one; any, when empty.
    pub phase: BTreeSet<PhaseId>,
    /// Whether it must, or must not, be bundled by another component.
    pub bundled: Option<bool>,
    /// Conditions of which one must hold.
    pub any: Vec<Where>,
    /// A condition that must not hold.
    pub not: Option<Box<Where>>,
}

impl Where {
    /// Says whether nothing is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tags.is_empty()
            && self.component.is_empty()
            && self.owner.is_empty()
            && self.phase.is_empty()
            && self.bundled.is_none()
            && self.any.is_empty()
            && self.not.is_none()
    }

    /// Decides the condition for a component that uses a runtime in a phase, with the reasons.
    #[must_use]
    pub fn decide(&self, component: &Component, phase: Option<&PhaseId>) -> Verdict {
        let mut parts = Vec::new();
        parts.extend(self.decide_tags(&component.tags));
        if !self.component.is_empty() {
            let holds = self.component.contains(&component.id);
            let reason = if holds { "named by the step" } else { "not named by the step" };
            parts.push(Verdict { holds, reasons: vec![reason.to_owned()] });
        }
        if !self.owner.is_empty() {
            let holds = self.owner.contains(&component.owner);
            parts.push(Verdict { holds, reasons: vec![format!("owned by {}", component.owner)] });
        }
        if !self.phase.is_empty() {
            let holds = phase.is_some_and(|phase| self.phase.contains(phase));
            let reason = phase.map_or_else(|| "in no phase".to_owned(), |phase| format!("in phase {phase}"));
            parts.push(Verdict { holds, reasons: vec![reason] });
        }
        if let Some(wanted) = self.bundled {
            let holds = component.shipped_by.is_some() == wanted;
            let reason = match &component.shipped_by {
                Some(by) => format!("bundled by {}", by.value),
                None => "not bundled by another component".to_owned(),
            };
            parts.push(Verdict { holds, reasons: vec![reason] });
        }
        if !self.any.is_empty() {
            parts.push(Verdict::any(self.any.iter().map(|part| part.decide(component, phase)).collect()));
        }
        if let Some(not) = &self.not {
            let inner = not.decide(component, phase);
            parts.push(Verdict { holds: !inner.holds, reasons: inner.reasons });
        }
        Verdict::all(parts)
    }

    /// Decides the condition for a release branch, of which it asks nothing but tags.
    #[must_use]
    pub fn decide_branch(&self, branch: &Branch) -> Verdict {
        let mut parts: Vec<Verdict> = self.decide_tags(&branch.tags).into_iter().collect();
        if !self.any.is_empty() {
            parts.push(Verdict::any(self.any.iter().map(|part| part.decide_branch(branch)).collect()));
        }
        if let Some(not) = &self.not {
            let inner = not.decide_branch(branch);
            parts.push(Verdict { holds: !inner.holds, reasons: inner.reasons });
        }
        Verdict::all(parts)
    }

    fn decide_tags(&self, tags: &BTreeSet<String>) -> Option<Verdict> {
        if self.tags.is_empty() {
            return None;
        }
        let common: Vec<&String> = self.tags.intersection(tags).collect();
        let reason = match common.is_empty() {
            true => format!("not tagged {}", join_or(self.tags.iter())),
            false => format!("tagged {}", join_or(&common)),
        };
        Some(Verdict { holds: !common.is_empty(), reasons: vec![reason] })
    }

    /// Says whether it asks for nothing but tags.
    #[must_use]
    pub fn asks_for_tags_only(&self) -> bool {
        self.component.is_empty()
            && self.owner.is_empty()
            && self.phase.is_empty()
            && self.bundled.is_none()
            && self.any.iter().all(Self::asks_for_tags_only)
            && self.not.as_ref().is_none_or(|not| not.asks_for_tags_only())
    }

    /// Tells the condition in words: `tagged shipped or fips, and in phase approval`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let mut parts = Vec::new();
        if !self.tags.is_empty() {
            parts.push(format!("tagged {}", join_or(self.tags.iter())));
        }
        if !self.component.is_empty() {
            parts.push(join_or(self.component.iter()));
        }
        if !self.owner.is_empty() {
            parts.push(format!("owned by {}", join_or(self.owner.iter())));
        }
        if !self.phase.is_empty() {
            parts.push(format!("in phase {}", join_or(self.phase.iter())));
        }
        match self.bundled {
            Some(true) => parts.push("bundled by another component".to_owned()),
            Some(false) => parts.push("not bundled by another component".to_owned()),
            None => {}
        }
        if !self.any.is_empty() {
            parts.push(join_or(self.any.iter().map(Self::in_words)));
        }
        if let Some(not) = &self.not {
            parts.push(format!("not {}", not.in_words()));
        }
        parts.join(", and ")
    }
}

fn join_or<T: ToString>(values: impl IntoIterator<Item = T>) -> String {
    values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join(" or ")
}
