//! Verdicts: turns the recorded pins of a component into how it compares with the target of an upgrade, and into what
//! they say about a step of it. Must not guess: what the scheme cannot read is unknown.
//!
//! How a pin is read depends on its kind:
//!
//! - `exact` names a version; it is compared by the scheme.
//! - `minor` and `major` name a line, or the first number of several: `1.26`. They are at the target when it begins so.
//! - `list`, `indirect` and `channel` name either; where that is both, as Java's `21`, a line. Without a version an
//!   indirect pin or a channel says nothing.
//! - `range` is at the target when it contains it.
//! - `floor` is what others need at least. It is ahead of a target below it, and else at it: there is nothing to do.
//!
//! All elements of a list in one file are one: it is at the target when an element is.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::component::PinKind;
use crate::model::id::{RuntimeId, VariantId};
use crate::model::pins::{FoundPin, Scan};
use crate::model::process::PinCheck;
use crate::model::version::Version;

/// How a pin or component compares with the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It has an older version.
    Behind,
    /// It has the target.
    At,
    /// It has a newer version.
    Ahead,
    /// Its pins disagree.
    Mixed,
    /// Nobody knows.
    Unknown,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Behind => "behind",
            Self::At => "at",
            Self::Ahead => "ahead",
            Self::Mixed => "mixed",
            Self::Unknown => "unknown",
        })
    }
}

/// What pins are compared with: a version of a runtime, in its main build or in one of its flavours.
#[derive(Clone, Copy, Debug)]
pub struct Aim<'a> {
    /// The runtime.
    pub runtime: &'a RuntimeId,
    /// The build flavour; pins of other flavours do not count.
    pub variant: Option<&'a VariantId>,
    /// The target.
    pub target: &'a Version,
}

/// What pins say about a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Whether they say what they must.
    pub holds: bool,
    /// The pins that prove it, by file and line.
    pub proof: Vec<Proof>,
}

/// A pin as evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What stands where: `ci/build.yml:12 says 1.27.0`.
    pub text: String,
    /// The address of that line, where it is known.
    pub url: Option<String>,
}

/// Compares a pin with a target, whatever its runtime and flavour.
#[must_use]
pub fn judge_pin(pin: &FoundPin, target: &Version) -> Verdict {
    match (find_side(pin, target), pin.kind) {
        (None, _) => Verdict::Unknown,
        (Some(Ordering::Less), PinKind::Floor) | (Some(Ordering::Equal), _) => Verdict::At,
        (Some(Ordering::Less), _) => Verdict::Behind,
        (Some(Ordering::Greater), _) => Verdict::Ahead,
    }
}

/// Where a pin stands as seen from the target.
fn find_side(pin: &FoundPin, target: &Version) -> Option<Ordering> {
    let scheme = target.scheme();
    if pin.kind == PinKind::Range {
        let range = scheme.parse_range(&pin.value).ok().or_else(|| scheme.parse_requirement(&pin.value))?;
        return range.side_of(target).map(Ordering::reverse);
    }
    let text = pin.version.as_deref()?;
    let exact = scheme.parse(text).ok();
    let line = || scheme.parse_line(text)?.side_of(target).map(Ordering::reverse);
    match pin.kind {
        PinKind::Exact => exact.map(|version| version.cmp(target)),
        PinKind::Minor | PinKind::Major => line(),
        PinKind::List | PinKind::Indirect | PinKind::Channel if exact.as_ref().is_none_or(Version::names_line) => {
            line()
        }
        // A floor of a line is the first of its versions.
        _ => exact.map(|version| version.cmp(target)).or_else(line),
    }
}

/// Compares a list with a target, by what is said of its elements: at it when one is, and else what all agree on.
#[must_use]
pub fn judge_list(elements: &[Verdict]) -> Verdict {
    if elements.contains(&Verdict::At) { Verdict::At } else { join(elements.iter().copied()) }
}

/// What all that is known agrees on.
fn join(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let known: BTreeSet<Verdict> = verdicts.filter(|verdict| *verdict != Verdict::Unknown).collect();
    match known.first() {
        None => Verdict::Unknown,
        Some(verdict) if known.len() == 1 => *verdict,
        Some(_) => Verdict::Mixed,
    }
}

/// The pins of a component that count, each with its verdict, and its lists, by file.
struct Counted<'a> {
    single: Vec<(&'a FoundPin, Verdict)>,
    lists: BTreeMap<&'a str, Vec<(&'a FoundPin, Verdict)>>,
}

impl<'a> Counted<'a> {
    fn of(scan: &'a Scan, aim: Aim<'a>) -> Self {
        let mut counted = Self { single: Vec::new(), lists: BTreeMap::new() };
        for pin in scan.pins_of(aim.runtime, aim.variant) {
            let judged = (pin, judge_pin(pin, aim.target));
            match pin.kind {
                PinKind::List => counted.lists.entry(&pin.file).or_default().push(judged),
                // It is met: it says nothing about what the component is built with.
                PinKind::Floor if judged.1 == Verdict::At => {}
                _ => counted.single.push(judged),
            }
        }
        counted
    }

    /// The pins that name what the component is built with.
    fn builds(&self) -> impl Iterator<Item = (&'a FoundPin, Verdict)> {
        self.single.iter().copied().filter(|(pin, _)| pin.is_build())
    }

    fn elements(&self) -> impl Iterator<Item = (&'a FoundPin, Verdict)> {
        self.lists.values().flatten().copied()
    }
}

/// Compares a component with a target, by its pins: what all that count agree on. Pins that are met floors, and those that
/// cannot be read, do not count.
#[must_use]
pub fn judge(scan: &Scan, aim: Aim<'_>) -> Verdict {
    let counted = Counted::of(scan, aim);
    let lists = counted.lists.values().map(|list| judge_list(&to_verdicts(list)));
    join(counted.single.iter().map(|(_, verdict)| *verdict).chain(lists))
}

fn to_verdicts(pins: &[(&FoundPin, Verdict)]) -> Vec<Verdict> {
    pins.iter().map(|(_, verdict)| *verdict).collect()
}

/// Says whether the pins of a component say what a step wants.
///
/// - `at-least`: all that name what it is built with are at the target or ahead. Where there are only lists, each of them
///   has an element that is.
/// - `includes`: one that names what it is built with, or an element of a list, is at the target.
/// - `only`: all that name what it is built with are at the target, each list has it, and no element is behind.
///
/// Floors and ranges have no part in it. Nothing when no pin has, or when it hangs on one that cannot be read.
#[must_use]
pub fn check(wanted: PinCheck, scan: &Scan, aim: Aim<'_>) -> Option<Checked> {
    let counted = Counted::of(scan, aim);
    let reaches = |verdict| matches!(verdict, Verdict::At | Verdict::Ahead);
    let mut votes: Vec<Vote<'_>> = Vec::new();
    let builds = counted.builds();
    match wanted {
        PinCheck::AtLeast => {
            votes.extend(builds.map(|judged| Vote::all([judged], reaches)));
            if votes.is_empty() {
                votes.extend(counted.lists.values().map(|list| Vote::any(list.iter().copied(), reaches)));
            }
        }
        PinCheck::Includes => {
            let all: Vec<_> = builds.chain(counted.elements()).collect();
            votes.extend((!all.is_empty()).then(|| Vote::any(all, |verdict| verdict == Verdict::At)));
        }
        PinCheck::Only => {
            votes.extend(builds.map(|judged| Vote::all([judged], |verdict| verdict == Verdict::At)));
            for list in counted.lists.values() {
                votes.push(Vote::any(list.iter().copied(), |verdict| verdict == Verdict::At));
                votes.push(Vote::all(list.iter().copied(), reaches));
            }
        }
    }
    let holds = match () {
        () if votes.is_empty() => None,
        () if votes.iter().any(|vote| vote.holds == Some(false)) => Some(false),
        () if votes.iter().any(|vote| vote.holds.is_none()) => None,
        () => Some(true),
    }?;
    let proof: BTreeSet<&FoundPin> =
        votes.iter().filter(|vote| vote.holds == Some(holds)).flat_map(|vote| vote.pins.iter().copied()).collect();
    let proof =
        proof.into_iter().map(|pin| Proof { text: format!("{} says {}", pin.place(), pin.value), url: scan.link(pin) });
    Some(Checked { holds, proof: proof.collect() })
}

/// What some pins say to one condition, and those that decide it.
struct Vote<'a> {
    holds: Option<bool>,
    pins: Vec<&'a FoundPin>,
}

impl<'a> Vote<'a> {
    /// One pin at least must be as wanted.
    fn any(pins: impl IntoIterator<Item = (&'a FoundPin, Verdict)>, wanted: impl Fn(Verdict) -> bool) -> Self {
        let vote = Self::all(pins, |verdict| !wanted(verdict));
        Self { holds: vote.holds.map(|holds| !holds), ..vote }
    }

    /// All pins must be as wanted.
    fn all(pins: impl IntoIterator<Item = (&'a FoundPin, Verdict)>, wanted: impl Fn(Verdict) -> bool) -> Self {
        let (known, unknown): (Vec<_>, Vec<_>) =
            pins.into_iter().partition(|(_, verdict)| *verdict != Verdict::Unknown);
        let (good, bad): (Vec<_>, Vec<_>) = known.into_iter().partition(|(_, verdict)| wanted(*verdict));
        let (holds, deciding) = match (bad.is_empty(), unknown.is_empty()) {
            (false, _) => (Some(false), bad),
            (true, true) => (Some(true), good),
            (true, false) => (None, Vec::new()),
        };
        Self { holds, pins: deciding.into_iter().map(|(pin, _)| pin).collect() }
    }
}

#[cfg(test)]
mod tests;
