//! Proposals: upgrades that are due and that nobody has opened, and open ones whose target should move; each with its
//! reasons.

use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::model::advisory::Advisory;
use crate::model::id::{RuntimeId, UpgradeId};
use crate::model::plan::Fixed;
use crate::model::upgrade::{State, Upgrade};
use crate::model::version::Version;

/// A deadline is near when it is at most so many days ahead.
const NEAR: i32 = 90;

/// Work begins soon when it must within so many days.
const BEGINS_SOON: i32 = 30;

/// What is proposed for a runtime, and why other things are not.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The runtime.
    pub runtime: RuntimeId,
    /// The oldest version in use of each line, the oldest line first.
    pub in_use: Vec<Used>,
    /// What should be done.
    pub proposals: Vec<Proposal>,
    /// What is due and not proposed, because an upgrade deals with it.
    pub settled: Vec<Settled>,
    /// Why nothing can be said, or nothing can be done.
    pub notes: Vec<String>,
}

/// A version in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// The version.
    pub version: Version,
    /// How that is known.
    pub because: String,
}

/// An upgrade that should be opened, or moved to another target.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The upgrade as it would be.
    pub upgrade: Upgrade,
    /// How it comes about.
    pub way: Way,
    /// Why, by kind.
    pub reasons: Vec<Reason>,
    /// The known vulnerabilities that it fixes; nothing where none are recorded, and then nobody knows.
    pub fixes: Option<Vec<Advisory>>,
    /// The day by which it must be done.
    pub deadline: Option<Fixed>,
    /// What its plan says of time.
    pub timing: Timing,
    /// Upgrades to the same line that were given up.
    pub aborted: Vec<UpgradeId>,
}

impl Proposal {
    /// The kinds of its reasons, each once.
    #[must_use]
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.reasons.iter().map(|reason| reason.kind).collect();
        kinds.dedup();
        kinds
    }

    /// How urgent it is as of a day.
    #[must_use]
    pub fn urgency(&self, today: Date) -> Urgency {
        let is_within = |day: Option<Date>, days: i32| day.is_some_and(|day| (day - today).get_days() <= days);
        let deadline = self.deadline.as_ref().map(|deadline| deadline.day);
        if self.reasons.iter().any(|reason| reason.cannot_wait)
            || self.timing.late_by_days.is_some_and(|days| days > 0)
            || is_within(deadline, -1)
        {
            Urgency::Now
        } else if is_within(deadline, NEAR) || is_within(self.timing.begin_by, BEGINS_SOON) {
            Urgency::Soon
        } else {
            Urgency::Later
        }
    }
}

/// How a proposal comes about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// A new file of the catalog is written.
    Write {
        /// Its path, below the root of the repository.
        file: String,
    },
    /// A person moves the target of an open upgrade.
    Move {
        /// The target that it has now.
        now: Version,
    },
    /// A new upgrade cannot be written by itself.
    ByHand {
        /// Why.
        because: String,
    },
}

/// A reason of a proposal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// What it is about.
    pub kind: Kind,
    /// The reason, in words.
    pub text: String,
    /// Who says so: sources by their names in the lock, or addresses.
    pub sources: Vec<String>,
    /// Whether it makes the proposal urgent, whatever the deadline.
    pub cannot_wait: bool,
}

/// What the plan of a proposal says of time, if work began on the day that is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// The last day on which work must begin to meet the deadline.
    pub begin_by: Option<Date>,
    /// The first day on which all can be done.
    pub earliest_finish: Option<Date>,
    /// The days by which that is after the deadline.
    pub late_by_days: Option<u32>,
}

/// Something that is due and not proposed.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The target that would be proposed.
    pub to: Version,
    /// The kinds of reasons for it.
    pub kinds: Vec<Kind>,
    /// The upgrade that deals with it.
    pub upgrade: UpgradeId,
    /// Where that stands: it is open, or was given up.
    pub state: State,
    /// Why it was given up.
    pub because: Option<String>,
}

/// What a reason is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A newer release fixes vulnerabilities of a version in use.
    Security,
    /// A line in use reaches its end of life within a year, or has reached it.
    EndOfLife,
    /// A new line has to be adopted.
    NewLine,
    /// There is a newer release of a line in use.
    Patch,
    /// There is something better than the target of an open upgrade.
    Overtaken,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Security => "security",
            Self::EndOfLife => "end of life",
            Self::NewLine => "new line",
            Self::Patch => "patch",
            Self::Overtaken => "overtaken",
        })
    }
}

/// How urgent a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// A version in use has vulnerabilities that it fixes or has reached its end of life, or the deadline cannot be met.
    Now,
    /// The deadline is within 90 days, or work must begin within 30.
    Soon,
    /// There is time.
    Later,
}

impl fmt::Display for Urgency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Now => "now",
            Self::Soon => "soon",
            Self::Later => "later",
        })
    }
}
