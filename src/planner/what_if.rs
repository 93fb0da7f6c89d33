//! Turns a catalog into the one that would be, were an upgrade another: other versions, dates or risk, or without some
//! components. What is on disk stays as it is.

use jiff::civil::Date;

use crate::model::catalog::Catalog;
use crate::model::id::{ComponentId, UpgradeId};
use crate::model::place::Located;
use crate::model::upgrade::Risk;
use crate::model::version::Version;

/// What would be otherwise in an upgrade; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct WhatIf {
    /// The version in use.
    pub from: Option<Version>,
    /// The target.
    pub to: Option<Version>,
    /// When work begins.
    pub start: Option<Date>,
    /// When it must be done.
    pub due: Option<Date>,
    /// How risky it is.
    pub risk: Option<Risk>,
    /// Components that do not take part.
    pub without: Vec<ComponentId>,
}

impl WhatIf {
    /// Says whether nothing is otherwise.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.from.is_none()
            && self.to.is_none()
            && self.start.is_none()
            && self.due.is_none()
            && self.risk.is_none()
            && self.without.is_empty()
    }
}

/// Changes an upgrade and what takes part in it.
pub fn assume(catalog: &mut Catalog, id: &UpgradeId, what_if: &WhatIf) {
    let Some(upgrade) = catalog.upgrades.get_mut(id) else { return };
    let located = |version: &Version| Located { value: version.clone(), place: upgrade.place.clone() };
    let (from, to) = (what_if.from.as_ref().map(located), what_if.to.as_ref().map(located));
    let due = what_if.due.map(|due| Located { value: due, place: upgrade.place.clone() });
    upgrade.from = from.unwrap_or_else(|| upgrade.from.clone());
    upgrade.to = to.unwrap_or_else(|| upgrade.to.clone());
    upgrade.due = due.or_else(|| upgrade.due.clone());
    upgrade.start = what_if.start.or(upgrade.start);
    upgrade.risk = what_if.risk.unwrap_or(upgrade.risk);
    for component in &what_if.without {
        if let Some(component) = catalog.components.get_mut(component) {
            component.uses.remove(&upgrade.runtime);
        }
    }
}
