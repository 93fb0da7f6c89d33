//! The rules of the diff: which changes there are, what each means, how much it matters unless the settings say
//! otherwise, and what it is when the two runbooks change places.
//!
//! **Breaking** is what makes somebody who follows the older runbook do the wrong thing or miss something. Where work is
//! only done for nothing, or a plan must be looked at again, it is a warning. Progress and what follows from other
//! changes is info.

use std::collections::BTreeMap;

use crate::model::changes::Level;

macro_rules! rules {
    ($($rule:ident $name:literal $level:ident $mirror:ident $means:literal)*) => {
        /// A kind of change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule {
            $(#[doc = $means] $rule,)*
        }

        impl Rule {
            /// All rules, by name.
            pub const ALL: &[(&'static str, Self)] = &[$(($name, Self::$rule),)*];

            /// The stable name: `task-added`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$rule => $name,)* }
            }

            /// What it means, in one sentence.
            #[must_use]
            pub fn means(self) -> &'static str {
                match self { $(Self::$rule => $means,)* }
            }

            /// How much it matters, unless the settings say otherwise.
            #[must_use]
            pub fn level(self) -> Level {
                match self { $(Self::$rule => Level::$level,)* }
            }

            /// What it is when the two runbooks change places: the mirror of `task-added` is `task-removed`.
            #[must_use]
            pub fn mirror(self) -> Self {
                match self { $(Self::$rule => Self::$mirror,)* }
            }
        }
    };
}

rules! {
    AdvisoryAdded "advisory-added" Warning AdvisoryRemoved
        "The list of known vulnerabilities that the upgrade fixes, keeps open or brings has one more."
    AdvisoryRemoved "advisory-removed" Info AdvisoryAdded
        "The list of known vulnerabilities that the upgrade fixes, keeps open or brings has one less."
    AnnouncementChanged "announcement-changed" Warning AnnouncementChanged
        "Something else is to be announced, or elsewhere, or nothing any more."
    BranchChanged "branch-changed" Warning BranchChanged
        "A release branch came, went, or has something else to do with the upgrade."
    CommandChanged "command-changed" Breaking CommandChanged
        "Other commands are to be run for a task."
    ComponentAdded "component-added" Warning ComponentRemoved
        "A component uses the runtime that did not before; what is to be done for it are tasks of their own."
    ComponentChanged "component-changed" Info ComponentChanged
        "A component is found elsewhere, or something else is special about it."
    ComponentOwnerChanged "component-owner-changed" Warning ComponentOwnerChanged
        "Another team owns a component."
    ComponentRemoved "component-removed" Warning ComponentAdded
        "A component does not use the runtime any more."
    ComponentRenamed "component-renamed" Info ComponentRenamed
        "A component has another id and is otherwise the same."
    CriticalPathChanged "critical-path-changed" Info CriticalPathChanged
        "Another chain of tasks ends last."
    DateMoved "date-moved" Warning DateMoved
        "The upgrade begins on another day, or is due on another day."
    EvidenceChanged "evidence-changed" Info EvidenceChanged
        "Something else proves that a task is done."
    FactChanged "fact-changed" Info FactChanged
        "Upstream says something else than before, or a fact is used that was not."
    FromChanged "from-changed" Warning FromChanged
        "The upgrade begins at another version."
    GateAdded "gate-added" Breaking GateRemoved
        "A task waits for a condition that it did not wait for; who follows the older runbook begins too early."
    GateChanged "gate-changed" Breaking GateChanged
        "A condition of a task asks for something else, neither more nor less."
    GateLoosened "gate-loosened" Info GateTightened
        "A condition of a task asks for less time, or for an earlier day."
    GateRemoved "gate-removed" Info GateAdded
        "A task does not wait for a condition any more."
    GateTightened "gate-tightened" Breaking GateLoosened
        "A condition of a task asks for more time, or for a later day."
    InstructionsChanged "instructions-changed" Breaking InstructionsChanged
        "A task is done in another way."
    NeedsAdded "needs-added" Breaking NeedsRemoved
        "A task waits for another one that it did not wait for."
    NeedsRemoved "needs-removed" Info NeedsAdded
        "A task does not wait for another one any more."
    NotPlannedChanged "not-planned-changed" Info NotPlannedChanged
        "A component has no task and had one, or the reverse, or has none for another reason."
    NotesChanged "notes-changed" Info NotesChanged
        "Upstream's release notes are elsewhere."
    OwnerChanged "owner-changed" Breaking OwnerChanged
        "Another team does a task; who follows the older runbook leaves it to the team before."
    PhaseAdded "phase-added" Warning PhaseRemoved
        "There is one phase more."
    PhaseChanged "phase-changed" Warning PhaseChanged
        "A phase is called, explained or ordered in another way."
    PhaseRemoved "phase-removed" Warning PhaseAdded
        "There is one phase less."
    PhaseReordered "phase-reordered" Warning PhaseReordered
        "Phases come in another order."
    PinsChanged "pins-changed" Info PinsChanged
        "A component's recorded versions, or the places that name them, are others."
    RiskChanged "risk-changed" Warning RiskChanged
        "The upgrade is more or less risky."
    RollbackAdded "rollback-added" Info RollbackRemoved
        "It is said how to undo a task."
    RollbackChanged "rollback-changed" Warning RollbackChanged
        "A task is undone in another way."
    RollbackRemoved "rollback-removed" Warning RollbackAdded
        "It is not said any more how to undo a task."
    SecurityChanged "security-changed" Warning SecurityChanged
        "The upgrade is a security upgrade and was none, or the reverse, or it is one for another reason."
    StateChanged "state-changed" Info StateChanged
        "A task or the upgrade stands elsewhere: that is progress."
    TakesChanged "takes-changed" Info TakesChanged
        "A task takes more or less time."
    TargetChanged "target-changed" Breaking TargetChanged
        "The upgrade leads to another version."
    TaskAdded "task-added" Breaking TaskRemoved
        "There is something to do that was not there; who follows the older runbook misses it."
    TaskDueMoved "task-due-moved" Warning TaskDueMoved
        "The last day on which tasks may be done is another."
    TaskMoved "task-moved" Breaking TaskMoved
        "A task is in another phase; who follows the older runbook does it too early or too late."
    TaskRemoved "task-removed" Warning TaskAdded
        "There is nothing to do any more; who follows the older runbook does it for nothing."
    TaskRenamed "task-renamed" Info TaskRenamed
        "A task has another id and is otherwise the same, or as good as that."
    TaskStartMoved "task-start-moved" Info TaskStartMoved
        "The first day on which tasks can begin is another."
    TaskWave "task-wave" Info TaskWave
        "Tasks may run side by side with others than before; why is told by what they wait for."
    TeamChanged "team-changed" Info TeamChanged
        "A team is called or reached in another way."
    TitleChanged "title-changed" Info TitleChanged
        "A task is called otherwise."
    VariantChanged "variant-changed" Warning VariantChanged
        "A build flavour came, went, or is further than before."
    VerificationAdded "verification-added" Breaking VerificationRemoved
        "There is a way to know that a task worked; who follows the older runbook does not look."
    VerificationChanged "verification-changed" Breaking VerificationChanged
        "Something else tells that a task worked."
    VerificationRemoved "verification-removed" Warning VerificationAdded
        "It is not said any more how to know that a task worked."
    WaiverAdded "waiver-added" Info WaiverRemoved
        "A task need not be done for a time."
    WaiverChanged "waiver-changed" Warning WaiverChanged
        "A task need not be done until another day, or for another reason."
    WaiverRemoved "waiver-removed" Breaking WaiverAdded
        "A task that was waived is to be done: the waiver expired or was taken back."
}

/// How much each kind of change matters, in an organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<Rule, Level>);

impl Levels {
    /// Sets the level of a rule.
    pub fn set(&mut self, rule: Rule, level: Level) {
        self.0.insert(rule, level);
    }

    /// The level of a rule.
    #[must_use]
    pub fn of(&self, rule: Rule) -> Level {
        self.0.get(&rule).copied().unwrap_or_else(|| rule.level())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stand_by_name_and_each_is_the_mirror_of_its_mirror() {
        let names: Vec<&str> = Rule::ALL.iter().map(|(name, _)| *name).collect();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
        for (_, rule) in Rule::ALL {
            assert_eq!(rule.mirror().mirror(), *rule);
        }
    }
}
