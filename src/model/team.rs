//! Teams: who owns components and steps.

use jiff::civil::Date;

use crate::model::id::TeamId;
use crate::model::place::Place;

/// A team, by its handle and label; people change teams, teams keep their handles longer.
#[derive(Clone, Debug)]
pub struct Team {
    /// Its id in the catalog.
    pub id: TeamId,
    /// What people call it.
    pub name: String,
    /// Its handle in the tracker, with the `@`.
    pub handle: Option<String>,
    /// Its label in the tracker.
    pub label: Option<String>,
    /// Its chat channel.
    pub chat: Option<String>,
    /// Earlier names and ids.
    pub aliases: Vec<String>,
    /// Days on which it does not work, besides those of the calendar; sorted.
    pub holidays: Vec<Date>,
    /// Where this was read.
    pub source: Option<String>,
    /// Where the catalog defines it.
    pub place: Place,
}
