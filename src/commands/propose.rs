//! `upshift propose`.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use jiff::civil::Date;

use super::{Exit, load};
use crate::catalog::{self, Loaded};
use crate::cli::{Global, ProblemFormat, ProposeArgs};
use crate::lock::Lock;
use crate::model::catalog::Catalog;
use crate::model::facts::{Known, VersionFacts};
use crate::model::id::RuntimeId;
use crate::model::pins::Scans;
use crate::model::place::Texts;
use crate::model::problem::{self, Severity};
use crate::model::proposal::{Outlook, Proposal, Timing, Way};
use crate::model::revision::Histories;
use crate::model::runtime::Runtime;
use crate::model::upgrade::State;
use crate::propose::{self, Ground, Patches};
use crate::report::{
    AdvisoryEntry, DeadlineEntry, OutlookEntry, ProposalEntry, ProposalsDocument, ReasonEntry, Report, SettledEntry,
    UsedEntry,
};
use crate::{planner, write};

/// Tells which upgrades are due, and writes them where that is asked.
pub fn run(global: &Global, args: &ProposeArgs, report: &mut Report) -> Result<Exit> {
    let Some(mut loaded) = load::sound_catalog(global, report)? else { return Ok(Exit::Usage) };
    for id in &args.runtimes {
        if !loaded.catalog.runtimes.contains_key(id.as_str()) {
            load::unknown("runtime", id, loaded.catalog.runtimes.keys().map(RuntimeId::as_str), report);
            return Ok(Exit::Usage);
        }
    }
    let Some(lock) = load::lock(&global.root, report)? else { return Ok(Exit::Usage) };
    let as_of = load::as_of(global, &lock);
    let revisions = load::revisions(global, &mut loaded);
    if args.write {
        // What is written must leave a sound catalog, so it has to be one before.
        load::judge(&mut loaded, &lock, &revisions, as_of);
        if problem::has_errors(&loaded.problems) {
            report.problems(&loaded.problems, &loaded.texts, ProblemFormat::Human)?;
            return Ok(Exit::Usage);
        }
    }
    let catalog = &loaded.catalog;
    let facts = load::facts(catalog, &lock);
    let mut outlooks = look(catalog, &facts, &lock.scans, as_of, args);
    let mut proposals: Vec<Proposal> =
        outlooks.iter_mut().flat_map(|outlook| std::mem::take(&mut outlook.proposals)).collect();
    let mut document = ProposalsDocument::new(as_of);
    if let Some(today) = as_of {
        add_timing(catalog, &facts, &lock.scans, today, &mut proposals);
        propose::rank(&mut proposals, today);
        let written = if args.write {
            write_all(global, &loaded, (&lock, &revisions), today, &mut proposals)?
        } else {
            Vec::new()
        };
        document.proposals = proposals.iter().map(|proposal| to_entry(catalog, proposal, today, &written)).collect();
    }
    outlooks.into_iter().for_each(|outlook| add_outlook(outlook, &mut document));
    report.proposals(&document, args.format)?;
    tell(&document, args, report);
    Ok(if args.check && !document.proposals.is_empty() { Exit::Findings } else { Exit::Done })
}

fn look(
    catalog: &Catalog,
    facts: &BTreeMap<RuntimeId, VersionFacts>,
    scans: &Scans,
    as_of: Option<Date>,
    args: &ProposeArgs,
) -> Vec<Outlook> {
    let nothing = VersionFacts::default();
    let patches = if args.patches { Patches::All } else { Patches::Security };
    let is_asked =
        |runtime: &&Runtime| args.runtimes.is_empty() || args.runtimes.iter().any(|asked| asked == runtime.id.as_str());
    let outlooks = catalog.runtimes.values().filter(is_asked).map(|runtime| {
        let known = facts.get(&runtime.id).unwrap_or(&nothing);
        propose::propose(&Ground { catalog, runtime, known, scans, as_of, patches })
    });
    outlooks.collect()
}

/// Plans each proposal as if it began on the day.
fn add_timing(
    catalog: &Catalog,
    facts: &BTreeMap<RuntimeId, VersionFacts>,
    scans: &Scans,
    today: Date,
    proposals: &mut [Proposal],
) {
    for proposal in proposals {
        let upgrade = &proposal.upgrade;
        let Some(versions) = facts.get(&upgrade.runtime) else { continue };
        // A watched runtime has no plan, and neither has a process that goes round in a circle.
        let Ok(plan) = planner::plan(catalog, upgrade, Known { versions, scans }, Some(today)) else { continue };
        proposal.timing = Timing {
            begin_by: plan.latest_start().filter(|_| upgrade.state == State::Planned),
            earliest_finish: plan.schedule.as_ref().and_then(|schedule| schedule.earliest_finish),
            late_by_days: plan.schedule.as_ref().and_then(|schedule| schedule.late_by_days),
        };
    }
}

/// Writes the new upgrades that leave a sound catalog; the others are left to a person. Returns the files that it wrote.
fn write_all(
    global: &Global,
    loaded: &Loaded,
    recorded: (&Lock, &Histories),
    today: Date,
    proposals: &mut [Proposal],
) -> Result<Vec<String>> {
    let mut texts = loaded.texts.clone();
    let mut files = Vec::new();
    for proposal in &mut *proposals {
        let Way::Write { file } = &proposal.way else { continue };
        let Some(runtime) = loaded.catalog.runtimes.get(&proposal.upgrade.runtime) else { continue };
        let text = propose::draft(proposal, runtime, today);
        let mut trial = texts.clone();
        let fault = match trial.insert(file.as_str().into(), text.clone()) {
            Some(_) => Some(is_there(file)),
            None => {
                find_fault(trial.clone(), recorded, today).map(|fault| format!("it would not pass `check`: {fault}"))
            }
        };
        match fault {
            Some(because) => proposal.way = Way::ByHand { because },
            None => {
                texts = trial;
                files.push((format!("{}.yaml", proposal.upgrade.id), text));
            }
        }
    }
    let added = write::add(&global.root, propose::FOLDER, &files).context("writing the proposed upgrades")?;
    let added: Vec<String> = added.into_iter().map(|name| format!("{}/{name}", propose::FOLDER)).collect();
    for proposal in proposals {
        if let Way::Write { file } = &proposal.way
            && !added.contains(file)
        {
            proposal.way = Way::ByHand { because: is_there(file) };
        }
    }
    Ok(added)
}

fn is_there(file: &str) -> String {
    format!("`{file}` is there, and is about something else")
}

/// The first error of a catalog that is made of these files.
fn find_fault(texts: Texts, (lock, revisions): (&Lock, &Histories), today: Date) -> Option<String> {
    let mut loaded = catalog::load_texts(texts);
    load::judge(&mut loaded, lock, revisions, Some(today));
    let error = loaded.problems.into_iter().find(|problem| problem.severity == Severity::Error)?;
    Some(error.message)
}

fn to_entry(catalog: &Catalog, proposal: &Proposal, today: Date, written: &[String]) -> ProposalEntry {
    let upgrade = &proposal.upgrade;
    let (from, to) = (upgrade.from.value.to_string(), upgrade.to.value.to_string());
    let runtime = catalog.runtimes.get(&upgrade.runtime);
    let (moves, file, by_hand) = match &proposal.way {
        Way::Write { file } => (None, Some(file.clone()), None),
        Way::ByHand { because } => (None, None, Some(because.clone())),
        Way::Move { now } => {
            let place = &upgrade.to.place;
            (Some(now.to_string()), None, Some(format!("write `to: \"{to}\"` in {}:{}", place.file, place.line)))
        }
    };
    ProposalEntry {
        id: upgrade.id.to_string(),
        runtime: upgrade.runtime.clone(),
        name: runtime.map_or_else(|| upgrade.runtime.to_string(), |runtime| runtime.name.clone()),
        from,
        to,
        moves,
        kinds: proposal.kinds(),
        urgency: proposal.urgency(today),
        deadline: proposal
            .deadline
            .as_ref()
            .map(|deadline| DeadlineEntry { date: deadline.day, because: deadline.because.clone() }),
        begin_by: proposal.timing.begin_by,
        earliest_finish: proposal.timing.earliest_finish,
        late_by_days: proposal.timing.late_by_days,
        reasons: proposal
            .reasons
            .iter()
            .map(|reason| ReasonEntry { kind: reason.kind, text: reason.text.clone(), sources: reason.sources.clone() })
            .collect(),
        fixes: proposal.fixes.as_ref().map(|fixes| fixes.iter().map(AdvisoryEntry::new).collect()),
        aborted: proposal.aborted.clone(),
        written: file.as_ref().is_some_and(|file| written.contains(file)),
        file,
        by_hand,
    }
}

fn add_outlook(outlook: Outlook, document: &mut ProposalsDocument) {
    let runtime = &outlook.runtime;
    document.settled.extend(outlook.settled.into_iter().map(|settled| SettledEntry {
        runtime: runtime.clone(),
        to: settled.to.to_string(),
        kinds: settled.kinds,
        upgrade: settled.upgrade,
        state: settled.state,
        because: settled.because,
    }));
    let in_use = outlook
        .in_use
        .into_iter()
        .map(|used| UsedEntry { version: used.version.to_string(), because: used.because })
        .collect();
    document.runtimes.push(OutlookEntry { id: outlook.runtime, in_use, notes: outlook.notes });
}

/// Says beside the result what was done, and to the curious what it rests on.
fn tell(document: &ProposalsDocument, args: &ProposeArgs, report: &mut Report) {
    for entry in &document.runtimes {
        for used in &entry.in_use {
            report.detail(&format!("{}: {} is in use: {}", entry.id, used.version, used.because));
        }
    }
    for entry in document.settled.iter().filter(|entry| entry.state != State::Aborted) {
        let kinds: Vec<String> = entry.kinds.iter().map(ToString::to_string).collect();
        report.detail(&format!("{}: {}: `{}` deals with it", entry.runtime, kinds.join(", "), entry.upgrade));
    }
    let count = document.proposals.len();
    let writable = document.proposals.iter().filter(|entry| entry.file.is_some()).count();
    for entry in document.proposals.iter().filter(|entry| entry.written) {
        report.note(&format!("wrote {}", entry.file.as_deref().unwrap_or_default()));
    }
    match (count, writable) {
        (0, _) if document.settled.iter().any(|entry| entry.state != State::Aborted) => {
            report.note("nothing to propose: open upgrades bring what is due, and `-v` names them");
        }
        (0, _) if document.runtimes.iter().any(|entry| !entry.in_use.is_empty()) => report.note("nothing is due"),
        (0, _) => {}
        (_, 0) if args.write => report.note("nothing was written"),
        (_, writable) if writable > 0 && !args.write => {
            let files = if writable == 1 { "a file" } else { "files" };
            let which = if writable == count { String::new() } else { format!(", for {writable} of {count}") };
            report.note(&format!("`upshift propose --write` writes {files}{which}"));
        }
        _ => {}
    }
}
