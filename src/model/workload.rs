//! What upgrades ask of teams, week by week.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::id::{TeamId, UpgradeId};

/// A week in which several upgrades ask the same team.
#[derive(Clone, Debug, PartialEq)]
pub struct Collision {
    /// The first day of the week, a Monday.
    pub week: Date,
    /// The team.
    pub team: TeamId,
    /// What each upgrade asks of it.
    pub asks: BTreeMap<UpgradeId, Ask>,
}

/// What an upgrade asks of a team in a week.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ask {
    /// How many tasks are worked on.
    pub tasks: usize,
    /// The working days that they take in that week. Longer tasks are spread evenly over their working days.
    pub days: f64,
}
