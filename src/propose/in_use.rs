//! Turns recorded pins, or else what the catalog says, into the versions of a runtime that are in use: of each line the
//! oldest, with the reason.

use std::collections::BTreeMap;

use super::Ground;
use crate::model::component::{Component, PinKind};
use crate::model::pins::{FoundPin, find_scan};
use crate::model::proposal::Used;
use crate::model::quote::quote;
use crate::model::upgrade::State;
use crate::model::version::{Version, compare_lines};

/// The oldest version in use of each line, the oldest line first: what pins say; where none says anything, what upgrades
/// do; where there are none either, what the newest release branch ships.
pub(super) fn find(ground: &Ground<'_>) -> Vec<Used> {
    let mut all = of_pins(ground);
    if all.is_empty() {
        all = of_upgrades(ground);
    }
    if all.is_empty() {
        all.extend(of_branches(ground));
    }
    let mut oldest: BTreeMap<String, Used> = BTreeMap::new();
    for used in all {
        let line = ground.known.line_of(&used.version);
        match oldest.get(&line) {
            Some(known) if known.version <= used.version => {}
            _ => _ = oldest.insert(line, used),
        }
    }
    let mut lines: Vec<(String, Used)> = oldest.into_iter().collect();
    lines.sort_by(|(a, _), (b, _)| compare_lines(a, b));
    lines.into_iter().map(|(_, used)| used).collect()
}

/// What components are built with, by their recorded pins. Build flavours have releases of their own, and do not count.
fn of_pins(ground: &Ground<'_>) -> Vec<Used> {
    let mut all = Vec::new();
    for (component, _) in ground.catalog.users(&ground.runtime.id) {
        let Some(scan) = find_scan(ground.scans, component) else { continue };
        for found in scan.find_in_use(&ground.runtime.id, None) {
            all.extend(found.pins.iter().filter_map(|pin| to_used(ground, component, pin, found.version)));
        }
    }
    all
}

/// What a pin names: a version; or a line, and then it follows the newest release of that.
fn to_used(ground: &Ground<'_>, component: &Component, pin: &FoundPin, text: &str) -> Option<Used> {
    let scheme = ground.runtime.scheme;
    let names_line = |version: &Version| match pin.kind {
        PinKind::Exact => false,
        PinKind::Minor | PinKind::Major => true,
        _ => version.names_line(),
    };
    let exact = scheme.parse(text).ok().filter(|version| version.is_installable() && !names_line(version));
    let newest = || {
        let line = scheme.parse_line(text)?;
        let mut releases = ground.known.releases.iter().rev().filter(|release| !release.prerelease);
        releases.find(|release| line.contains(&release.version)).map(|release| release.version.clone())
    };
    let because = format!("`{}` of `{}` says {}", pin.place(), component.id, quote(&pin.value));
    Some(Used { version: exact.or_else(newest)?, because })
}

/// The target of the newest upgrade that is done, and where open ones begin. What is done counts more in its line: an open
/// upgrade may have been written before.
fn of_upgrades(ground: &Ground<'_>) -> Vec<Used> {
    let upgrades = || ground.catalog.upgrades_of(&ground.runtime.id);
    let done = upgrades().filter(|upgrade| upgrade.state == State::Done).max_by(|a, b| a.to.value.cmp(&b.to.value));
    let done =
        done.map(|upgrade| Used { version: upgrade.to.value.clone(), because: format!("`{}` is done", upgrade.id) });
    let open = upgrades()
        .filter(|upgrade| upgrade.is_open())
        .map(|upgrade| Used { version: upgrade.from.value.clone(), because: format!("`{}` begins there", upgrade.id) });
    let line = |used: &Used| ground.known.line_of(&used.version);
    let is_left =
        |used: &Used| done.as_ref().is_some_and(|done| line(done) == line(used) && used.version <= done.version);
    let mut all: Vec<Used> = open.filter(|used| !is_left(used)).collect();
    // Somebody may have gone on since, without an upgrade.
    if !done.as_ref().is_some_and(|done| all.iter().any(|used| line(used) == line(done))) {
        all.extend(done);
    }
    all
}

fn of_branches(ground: &Ground<'_>) -> Option<Used> {
    let ships = ground
        .catalog
        .branches
        .values()
        .filter_map(|branch| Some((&branch.ships.get(&ground.runtime.id)?.value, branch)));
    let (version, branch) = ships.max_by(|(a, _), (b, _)| a.cmp(b))?;
    Some(Used { version: version.clone(), because: format!("the release branch `{}` ships it", branch.id) })
}
