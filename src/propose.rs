//! Turns the catalog and what is believed of a runtime's versions into the upgrades that are due: which should be opened,
//! and which open ones should move, each with its reasons. Pure; how long a proposal takes is told by its plan, which
//! another stage makes.

mod draft;
mod in_use;
mod reasons;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::advisory::{self, Advisory};
use crate::model::catalog::Catalog;
use crate::model::due;
use crate::model::facts::VersionFacts;
use crate::model::id::{self, RoleId, UpgradeId};
use crate::model::pins::Scans;
use crate::model::place::{Located, Place};
use crate::model::proposal::{Kind, Outlook, Proposal, Reason, Settled, Timing, Used, Way};
use crate::model::runtime::Runtime;
use crate::model::upgrade::{Risk, Security, State, Upgrade};
use crate::model::version::{Version, compare_lines};

pub use draft::draft;

/// The folder of new upgrades, below the root of the repository.
pub const FOLDER: &str = "data/upgrades";

/// Which patch releases are proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patches {
    /// Those that fix vulnerabilities.
    Security,
    /// All.
    All,
}

/// What is looked at.
pub struct Ground<'a> {
    /// The catalog.
    pub catalog: &'a Catalog,
    /// A runtime of it.
    pub runtime: &'a Runtime,
    /// What is believed of its versions.
    pub known: &'a VersionFacts,
    /// What was found in the repositories of components.
    pub scans: &'a Scans,
    /// The day as of which; unknown before anything is recorded.
    pub as_of: Option<Date>,
    /// Which patch releases are wanted.
    pub patches: Patches,
}

/// Something that is due: a jump, and why.
struct Wish<'a> {
    from: Version,
    to: Version,
    reason: Reason,
    /// The open upgrade that brings it, too.
    covered_by: Option<&'a Upgrade>,
}

/// What should be opened.
struct Wanted {
    from: Version,
    reasons: Vec<Reason>,
}

/// Proposes what is due for a runtime.
#[must_use]
pub fn propose(ground: &Ground<'_>) -> Outlook {
    let mut outlook = Outlook {
        runtime: ground.runtime.id.clone(),
        in_use: in_use::find(ground),
        proposals: Vec::new(),
        settled: Vec::new(),
        notes: Vec::new(),
    };
    let Some(today) = ground.as_of.filter(|_| !ground.known.releases.is_empty()) else {
        outlook.notes.push("nothing is recorded: run `upshift update`".to_owned());
        return outlook;
    };
    if outlook.in_use.is_empty() {
        outlook.notes.push("no version in use is known: run `upshift scan`, or write an upgrade by hand".to_owned());
    }
    let open: Vec<&Upgrade> =
        ground.catalog.upgrades_of(&ground.runtime.id).filter(|upgrade| upgrade.is_open()).collect();
    outlook.proposals.extend(open.iter().filter_map(|upgrade| find_move(ground, upgrade, today)));
    let mut wishes = find_patches(ground, &outlook.in_use, &open);
    // A patch that was given up leads nowhere.
    let patches: Vec<&Wish<'_>> = wishes.iter().filter(|wish| find_aborted(ground, &wish.to).is_none()).collect();
    let later = find_lines(ground, &outlook.in_use, &open, &patches, today, &mut outlook.notes);
    wishes.extend(later);

    let mut wanted: BTreeMap<Version, Wanted> = BTreeMap::new();
    for wish in wishes {
        if let Some(upgrade) = wish.covered_by.or_else(|| find_aborted(ground, &wish.to)) {
            settle(&mut outlook.settled, &wish, upgrade);
            continue;
        }
        let wanted = wanted.entry(wish.to).or_insert_with(|| Wanted { from: wish.from.clone(), reasons: Vec::new() });
        wanted.from = wish.from.min(wanted.from.clone());
        wanted.reasons.push(wish.reason);
    }
    outlook.proposals.extend(wanted.into_iter().map(|(to, wanted)| to_proposal(ground, wanted, to)));
    outlook
}

/// Sorts proposals: by urgency as of a day, deadline, runtime and target.
pub fn rank(proposals: &mut [Proposal], today: Date) {
    let key = |proposal: &Proposal| {
        let deadline = proposal.deadline.as_ref().map_or(Date::MAX, |deadline| deadline.day);
        (proposal.urgency(today), deadline, proposal.upgrade.runtime.clone())
    };
    proposals.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.upgrade.to.value.cmp(&b.upgrade.to.value)));
}

/// The newer releases of the lines in use, as far as they are wanted.
fn find_patches<'a>(ground: &Ground<'_>, in_use: &[Used], open: &[&'a Upgrade]) -> Vec<Wish<'a>> {
    let known = ground.known;
    let patches = in_use.iter().filter_map(|used| {
        let newest = known.find_newer(&used.version)?;
        let reason = reasons::security(known, &used.version, &newest.version)
            .or_else(|| (ground.patches == Patches::All).then(|| reasons::patch(newest)))?;
        let covered_by = open.iter().copied().find(|upgrade| known.line_of(&upgrade.to.value) == newest.line);
        Some(Wish { from: used.version.clone(), to: newest.version.clone(), reason, covered_by })
    });
    patches.collect()
}

/// The newer lines to which the lines in use must go: those that end, and the oldest when a new line has to be adopted.
fn find_lines<'a>(
    ground: &Ground<'_>,
    in_use: &[Used],
    open: &[&'a Upgrade],
    patches: &[&Wish<'a>],
    today: Date,
    notes: &mut Vec<String>,
) -> Vec<Wish<'a>> {
    let known = ground.known;
    let newer = |upgrade: &Upgrade, line: &str| compare_lines(&known.line_of(&upgrade.to.value), line);
    let mut wishes = Vec::new();
    for (at, used) in in_use.iter().enumerate() {
        let line = known.line_of(&used.version);
        let end = known.find_line(&line).and_then(|line| reasons::end_of_life(line, ground.runtime, today));
        let Some((next, newest)) = reasons::find_next_line(known, &line, today) else {
            notes.extend(end.map(|reason| format!("{}, and no newer line has a release", reason.text)));
            continue;
        };
        let mut add = |reason: Reason, covered_by: Option<&'a Upgrade>| {
            let from = find_base(known, &used.version, open, patches, &newest.version);
            wishes.push(Wish { from, to: newest.version.clone(), reason, covered_by });
        };
        if let Some(reason) = end {
            add(reason, open.iter().copied().find(|upgrade| newer(upgrade, &line) == Ordering::Greater));
        }
        if at == 0 && ground.runtime.policy.adopt_within.is_some() {
            let covered_by = open.iter().copied().find(|upgrade| newer(upgrade, &next.line) != Ordering::Less);
            add(reasons::new_line(next, ground.runtime), covered_by);
        }
    }
    wishes
}

/// The version from which a later upgrade begins: where the open upgrades and the proposed patches lead from a version in
/// use, before a target is reached.
fn find_base(
    known: &VersionFacts,
    used: &Version,
    open: &[&Upgrade],
    patches: &[&Wish<'_>],
    target: &Version,
) -> Version {
    let opened = open.iter().map(|upgrade| {
        let to = known.find_newer(&upgrade.to.value).map_or(&upgrade.to.value, |newest| &newest.version);
        (&upgrade.from.value, to)
    });
    let steps: Vec<(&Version, &Version)> =
        opened.chain(patches.iter().map(|patch| (&patch.from, &patch.to))).filter(|(_, to)| *to < target).collect();
    let mut base = used;
    while let Some((_, next)) = steps
        .iter()
        .filter(|(from, to)| *to > base && known.line_of(from) == known.line_of(base))
        .max_by_key(|(_, to)| *to)
    {
        base = next;
    }
    base.clone()
}

/// The upgrade to a target that was given up.
fn find_aborted<'a>(ground: &Ground<'a>, to: &Version) -> Option<&'a Upgrade> {
    let mut all = ground.catalog.upgrades_of(&ground.runtime.id);
    all.find(|upgrade| upgrade.state == State::Aborted && upgrade.to.value == *to)
}

fn settle(settled: &mut Vec<Settled>, wish: &Wish<'_>, upgrade: &Upgrade) {
    let kind = wish.reason.kind;
    match settled.iter_mut().find(|settled| settled.upgrade == upgrade.id && settled.to == wish.to) {
        Some(settled) if settled.kinds.contains(&kind) => {}
        Some(settled) => settled.kinds.push(kind),
        None => settled.push(Settled {
            to: wish.to.clone(),
            kinds: vec![kind],
            upgrade: upgrade.id.clone(),
            state: upgrade.state,
            because: upgrade.because.clone(),
        }),
    }
}

/// An open upgrade whose target was overtaken: by a newer release of its line, or by the end of that line.
fn find_move(ground: &Ground<'_>, upgrade: &Upgrade, today: Date) -> Option<Proposal> {
    let known = ground.known;
    let (from, now) = (&upgrade.from.value, &upgrade.to.value);
    let line = known.line_of(now);
    let ended = known.find_line(&line).filter(|known| reasons::has_ended(known, today));
    let next_line = ended
        .filter(|_| known.line_of(from) != line)
        .and_then(|ended| Some((ended, reasons::find_next_line(known, &line, today)?)));
    let (newest, reason) = match next_line {
        Some((ended, (_, newest))) => {
            let leaves = known.find_line(&known.line_of(from));
            let cannot_wait = leaves.is_some_and(|line| reasons::has_ended(line, today));
            (newest, Reason { cannot_wait, ..reasons::line_overtaken(ended, ground.runtime, newest) })
        }
        None => {
            let newest = known.find_newer(now)?;
            (newest, reasons::overtaken(now, newest))
        }
    };
    let to = Located { value: newest.version.clone(), place: upgrade.to.place.clone() };
    let security = reasons::security(known, now, &to.value);
    let reasons = security.into_iter().chain([reason]).collect();
    let way = Way::Move { now: now.clone() };
    Some(finish(ground, Upgrade { to, ..upgrade.clone() }, way, reasons))
}

fn to_proposal(ground: &Ground<'_>, wanted: Wanted, to: Version) -> Proposal {
    let Wanted { from, mut reasons } = wanted;
    if reasons.iter().all(|reason| reason.kind != Kind::Security) {
        reasons.extend(reasons::security(ground.known, &from, &to));
    }
    reasons.sort();
    let id = UpgradeId::new(&to_id(ground.runtime, &to));
    let file = format!("{FOLDER}/{id}.yaml");
    let place = Place::whole(&file);
    // What advisories say is known without the upgrade's saying it; what a source marks is not.
    let marked = reasons.iter().find(|reason| reason.kind == Kind::Security && ground.known.advisories.is_none());
    let model = find_model(ground);
    let way = match find_obstacle(ground, &id, model) {
        Some(because) => Way::ByHand { because },
        None => Way::Write { file },
    };
    let upgrade = Upgrade {
        id,
        runtime: ground.runtime.id.clone(),
        from: Located { value: from, place: place.clone() },
        to: Located { value: to, place: place.clone() },
        state: State::Planned,
        because: None,
        superseded_by: None,
        risk: Risk::Normal,
        group: None,
        security: marked.map(|reason| Security { because: reason.text.clone(), source: None }),
        start: None,
        due: None,
        goal: None,
        roles: model.map(|upgrade| upgrade.roles.clone()).unwrap_or_default(),
        criteria: Vec::new(),
        risks: Vec::new(),
        contingency: Vec::new(),
        links: BTreeMap::new(),
        tasks: BTreeMap::new(),
        place,
    };
    finish(ground, upgrade, way, reasons)
}

fn finish(ground: &Ground<'_>, upgrade: Upgrade, way: Way, reasons: Vec<Reason>) -> Proposal {
    let known = ground.known;
    let (from, to) = (&upgrade.from.value, &upgrade.to.value);
    let fixes: Option<Vec<Advisory>> =
        known.advisories.as_ref().map(|known| advisory::judge(known, from, to).fixed.into_iter().cloned().collect());
    let is_security = upgrade.security.is_some() || fixes.as_ref().is_some_and(|fixes| !fixes.is_empty());
    let line = known.line_of(to);
    let aborted = ground.catalog.upgrades_of(&upgrade.runtime).filter(|other| {
        other.state == State::Aborted && known.line_of(&other.to.value) == line && other.id != upgrade.id
    });
    Proposal {
        deadline: due::find_due(&upgrade, ground.runtime, known, is_security),
        aborted: aborted.map(|other| other.id.clone()).collect(),
        way,
        reasons,
        fixes,
        timing: Timing::default(),
        upgrade,
    }
}

/// The id of an upgrade: what cannot stand in a file name becomes a hyphen, as in Java's `21.0.8+9`.
fn to_id(runtime: &Runtime, to: &Version) -> String {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    let slug = to.as_str().to_lowercase().chars().map(|c| if is_plain(c) { c } else { '-' }).collect::<String>();
    format!("{}-{slug}", runtime.id)
}

/// The newest upgrade of the runtime: who held the roles there holds them again.
fn find_model<'a>(ground: &Ground<'a>) -> Option<&'a Upgrade> {
    ground.catalog.upgrades_of(&ground.runtime.id).max_by(|a, b| a.to.value.cmp(&b.to.value))
}

/// Why an upgrade cannot be written without a person.
fn find_obstacle(ground: &Ground<'_>, id: &UpgradeId, model: Option<&Upgrade>) -> Option<String> {
    let runtime = &ground.runtime.id;
    let Some(process) = ground.catalog.process_of(ground.runtime) else {
        return Some(format!("the runtime `{runtime}` has no process, so nothing can be planned for it"));
    };
    if let Some(fault) = id::find_fault(id.as_str()) {
        return Some(format!("its version makes no id of an upgrade: {fault}"));
    }
    if let Some(other) = ground.catalog.upgrades.get(id) {
        let who = if other.state == State::Done { "; `-v` tells who is not there yet" } else { "" };
        return Some(format!("the id `{id}` is taken by an upgrade that is {}{who}", other.state));
    }
    let is_held = |role: &&RoleId| model.is_some_and(|upgrade| upgrade.roles.contains_key(*role));
    let missing: Vec<String> =
        process.roles.keys().filter(|role| !is_held(role)).map(|role| format!("`{role}`")).collect();
    (!missing.is_empty()).then(|| {
        let roles = if missing.len() == 1 { "role" } else { "roles" };
        format!("no upgrade of `{runtime}` says who holds the {roles} {}; write the first by hand", missing.join(", "))
    })
}
