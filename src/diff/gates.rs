//! What differs in the conditions that a task waits for.
//!
//! A gate is known by its kind and by what it is about: the step after which it waits, the words that it asks for. Its
//! measure, a time or a day, says which of two asks for more. Whether it holds, and what of the calendar is in its way,
//! is progress.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::diff::found::Found;
use crate::diff::pairs::Matched;
use crate::diff::texts::Texts;
use crate::model::changes::Rule;
use crate::model::runbook::{Gate, GateKind, TaskEntry};

/// A gate with what it is about.
#[derive(Clone)]
struct Known<'a> {
    gate: &'a Gate,
    about: String,
    /// Its number among those of its kind that are about the same.
    at: usize,
}

/// Compares the gates of a task.
pub fn compare(old: &TaskEntry, new: &TaskEntry, texts: &Texts<'_>, matched: &Matched<'_>) -> Vec<Found> {
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    let mut changed: Vec<(Known<'_>, Known<'_>, Rule)> = Vec::new();
    let mut slots: BTreeMap<(GateKind, String), (Vec<&Gate>, Vec<&Gate>)> = BTreeMap::new();
    for gate in &old.gates {
        let about = match (gate.kind, to_about(gate, texts)) {
            (GateKind::Wait, step) => matched.step(&step).to_owned(),
            (_, about) => about,
        };
        slots.entry((gate.kind, about)).or_default().0.push(gate);
    }
    for gate in &new.gates {
        slots.entry((gate.kind, to_about(gate, texts))).or_default().1.push(gate);
    }
    for ((_, about), (old, new)) in slots {
        let (mut old, mut new) = (to_known(old, &about).into_iter(), to_known(new, &about).into_iter());
        loop {
            match (old.next(), new.next()) {
                (Some(old), Some(new)) => {
                    if let Some(rule) = judge(old.gate, new.gate, texts) {
                        changed.push((old, new, rule));
                    }
                }
                (Some(old), None) => removed.push(old),
                (None, Some(new)) => added.push(new),
                (None, None) => break,
            }
        }
    }
    // What is left, and the only one of its kind on both sides, asks for something else now.
    for kind in removed.iter().map(|known| known.gate.kind).collect::<Vec<_>>() {
        if let (Some(old), Some(new)) = (find_only(&removed, kind), find_only(&added, kind)) {
            changed.push((removed.remove(old), added.remove(new), Rule::GateChanged));
        }
    }
    let mut found = Vec::new();
    for (before, after, rule) in changed {
        let text = format!("`{}` waits for this: {}; it was: {}", new.id, after.gate.text, before.gate.text);
        found.push(to_found(new, rule, text, &after, Some(before.gate), Some(after.gate)));
    }
    for known in removed {
        let text = format!("`{}` does not wait any more for this: {}", new.id, known.gate.text);
        found.push(to_found(new, Rule::GateRemoved, text, &known, Some(known.gate), None));
    }
    for known in added {
        let text = format!("`{}` waits for this: {}", new.id, known.gate.text);
        found.push(to_found(new, Rule::GateAdded, text, &known, None, Some(known.gate)));
    }
    found
}

/// Gates about the same, the shortest first.
fn to_known<'a>(mut gates: Vec<&'a Gate>, about: &str) -> Vec<Known<'a>> {
    gates.sort_by_key(|gate| (to_measure(gate), gate.text.as_str()));
    gates.into_iter().enumerate().map(|(at, gate)| Known { gate, about: about.to_owned(), at }).collect()
}

fn find_only(gates: &[Known<'_>], kind: GateKind) -> Option<usize> {
    let mut places = (0..gates.len()).filter(|at| gates[*at].gate.kind == kind);
    places.next().filter(|_| places.next().is_none())
}

fn to_found(
    task: &TaskEntry,
    rule: Rule,
    text: String,
    known: &Known<'_>,
    before: Option<&Gate>,
    after: Option<&Gate>,
) -> Found {
    let kind = serde_json::to_value(known.gate.kind).ok();
    let kind = kind.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    Found::new(rule, format!("tasks/{}/gates/{kind}", task.id), text, before, after)
        .apart(format!("{} {}", known.about, known.at))
}

/// What became of a gate that is about the same.
fn judge(old: &Gate, new: &Gate, texts: &Texts<'_>) -> Option<Rule> {
    match (old.kind, to_measure(old), to_measure(new)) {
        (GateKind::NotFrozen, ..) => None,
        (_, Some(before), Some(after)) => match after.cmp(&before) {
            Ordering::Less => Some(Rule::GateLoosened),
            Ordering::Equal => None,
            Ordering::Greater => Some(Rule::GateTightened),
        },
        _ => Some(Rule::GateChanged).filter(|_| !texts.is_same(&old.text, &new.text)),
    }
}

/// What a gate is about: the step after which it waits, or the words that it asks for. Others are alone of their kind.
fn to_about(gate: &Gate, texts: &Texts<'_>) -> String {
    match gate.kind {
        GateKind::Wait => {
            let task = gate.text.split('`').nth(1).unwrap_or_default();
            task.split('/').next().unwrap_or_default().to_owned()
        }
        GateKind::Released | GateKind::Published | GateKind::Evidence => texts.to_key(&gate.text),
        GateKind::Soak | GateKind::NotBefore | GateKind::NotFrozen | GateKind::BeforeRelease => String::new(),
    }
}

/// How much a gate asks for: a number that grows with its time or day.
fn to_measure(gate: &Gate) -> Option<i64> {
    match gate.kind {
        GateKind::Wait | GateKind::Soak | GateKind::BeforeRelease => to_time(&gate.text),
        GateKind::NotBefore => {
            gate.until.map(|day| (i64::from(day.year()) * 12 + i64::from(day.month())) * 31 + i64::from(day.day()))
        }
        GateKind::NotFrozen | GateKind::Released | GateKind::Published | GateKind::Evidence => None,
    }
}

/// The first length of time that a text names, in sixteenths of a day, of which a month and a year have a whole number.
/// The document has it in words only.
fn to_time(text: &str) -> Option<i64> {
    let words: Vec<&str> = text.split(' ').collect();
    words.windows(2).find_map(|pair| {
        let number: i64 = pair[0].parse().ok()?;
        let unit = match pair[1] {
            "day" | "days" => 16,
            "week" | "weeks" => 7 * 16,
            "month" | "months" => 487,
            "year" | "years" => 12 * 487,
            _ => return None,
        };
        number.checked_mul(unit)
    })
}
