//! `upshift scan`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use jiff::civil::Date;
use rayon::ThreadPoolBuilder;
use rayon::iter::{IntoParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _};
use regex::Regex;

use super::{Exit, Surroundings, load};
use crate::cli::{Format, Global, ScanArgs, ScanFailOn};
use crate::git::{Reach, Snapshot};
use crate::lock::Lock;
use crate::model::catalog::Catalog;
use crate::model::component::{Component, Pin};
use crate::model::count::count;
use crate::model::id::ComponentId;
use crate::model::looking::{Looking, PinPattern};
use crate::model::pins::{PinTrouble, Pins, Scan};
use crate::report::{Report, ScannedEntry};
use crate::review::pins;
use crate::scan::filter::{Choice, Filter};
use crate::scan::tool::{Tools, Wanted};
use crate::scan::walk::{MOST_INCLUDED, walk};
use crate::scan::{Note, Outcome, Scanner};
use crate::{catalog, git, lock, write};

/// How many repositories are fetched at a time.
const IN_FLIGHT: usize = 8;

/// How many files of a commit are held at a time.
const AT_ONCE: usize = 64;

/// Looks for pins.
pub fn run(global: &Global, args: &ScanArgs, surroundings: &Surroundings, report: &mut Report) -> Result<Exit> {
    match &args.path {
        Some(path) => folder(global, path, args.format, report),
        None => fleet(global, args, surroundings, report),
    }
}

/// Looks at one folder, whatever the catalog says of components. A catalog that is there names runtimes and patterns.
fn folder(global: &Global, path: &Path, format: Format, report: &mut Report) -> Result<Exit> {
    if !path.is_dir() {
        bail!("`{}` is not a folder", path.display());
    }
    let has_catalog = global.root.join(catalog::FOLDER).is_dir();
    let loaded = if has_catalog { Some(catalog::load(&global.root)) } else { None };
    let nothing = Catalog::default();
    let catalog = loaded.as_ref().map_or(&nothing, |loaded| &loaded.catalog);
    let tools = to_tools(catalog);
    let looking = &catalog.settings.looking;
    let mut scanner = Scanner::new(&tools, None, &looking.patterns);
    walk(path, &to_filter(&[looking]), &mut scanner);
    let outcome = scanner.finish();
    tell(None, &outcome, report);
    let mut document = Pins::new(outcome.pins.iter().cloned().collect());
    document.troubles = to_troubles(None, &outcome);
    report.pins(&document, format)?;
    report.note(&format!("{} in {}", count(outcome.pins.len(), "pin"), count(outcome.files, "file")));
    Ok(Exit::Done)
}

/// Where the repository of a component is.
enum Place {
    /// A checkout.
    Checkout(PathBuf),
    /// A commit in the cache.
    Commit(Snapshot),
}

/// Looks at the repository of each component, and records what is found.
fn fleet(global: &Global, args: &ScanArgs, surroundings: &Surroundings, report: &mut Report) -> Result<Exit> {
    if let Some(checkouts) = args.checkouts.as_ref().filter(|checkouts| !checkouts.is_dir()) {
        bail!("`{}` is not a folder", checkouts.display());
    }
    if args.remote && global.offline {
        report.failure("`scan --remote` asks other hosts, and `--offline` forbids it", &["leave `--offline` out"]);
        return Ok(Exit::Usage);
    }
    let Some(loaded) = load::sound_catalog(global, report)? else { return Ok(Exit::Usage) };
    let catalog = &loaded.catalog;
    for id in &args.component {
        if !catalog.components.contains_key(id.as_str()) {
            load::unknown("component", id, catalog.components.keys().map(ComponentId::as_str), report);
            return Ok(Exit::Usage);
        }
    }
    let Some(before) = load::lock(&global.root, report)? else { return Ok(Exit::Usage) };
    let day = global.as_of.unwrap_or(surroundings.today);
    let wanted: Vec<&Component> = find_wanted(catalog, args);
    let (places, mut failures) = match &args.checkouts {
        Some(checkouts) => (find_checkouts(checkouts, &wanted), BTreeMap::new()),
        None => fetch_all(&wanted, surroundings)?,
    };
    let tools = to_tools(catalog);
    let looked: Vec<(&ComponentId, Result<Repository<'_>>)> = wanted
        .par_iter()
        .filter_map(|component| Some((*component, places.get(&component.id)?)))
        .map(|(component, place)| (&component.id, look_at(catalog, component, place, &tools)))
        .collect();
    // One that cannot be read keeps nobody from the others.
    let mut found = Vec::new();
    for (id, outcome) in looked {
        match outcome {
            Ok(repository) => found.push(repository),
            Err(why) => _ = failures.insert(id.clone(), format!("{why:#}")),
        }
    }
    let missing: Vec<&ComponentId> = wanted
        .iter()
        .map(|component| &component.id)
        .filter(|id| !places.contains_key(*id) && !failures.contains_key(*id))
        .collect();
    let number: usize = found.iter().map(|found| found.outcome.pins.len()).sum();
    // Only programs are told of each; a fleet has many.
    let told = if args.format == Format::Json { found.as_slice() } else { &[] };
    let mut document = Pins::new(told.iter().flat_map(|found| found.outcome.pins.iter().cloned()).collect());
    let next = record(catalog, &before, &mut found, day);
    document.troubles = found.iter().flat_map(|found| to_troubles(Some(&found.component.id), &found.outcome)).collect();
    let looked: BTreeSet<&ComponentId> = found.iter().map(|found| &found.component.id).collect();
    document.findings =
        pins::find(catalog, &next.scans).into_iter().filter(|finding| looked.contains(&finding.component)).collect();
    for found in &found {
        tell(Some(&found.component.id), &found.outcome, report);
    }
    for id in &missing {
        report.detail(&format!("no repository: {id}"));
    }
    let rows: Vec<ScannedEntry> = found.iter().flat_map(|found| to_rows(catalog, found, &next)).collect();
    report.scanned(&document, &rows, args.format)?;
    let changed = before.scans != next.scans;
    if !args.check {
        write::write_in_place(&global.root.join(lock::FILE), next.to_text(&catalog.schemes()).as_bytes())?;
    }
    let looked = count(found.len(), "component");
    let absent = match missing.len() {
        0 => String::new(),
        number => format!("; no repository of {}", count(number, "other")),
    };
    report.note(&format!("{} in {looked}{absent}", count(number, "pin")));
    report.note(match (args.check, changed) {
        (true, true) => "something changed; nothing was written",
        (true, false) => "nothing changed",
        (false, true) => "wrote upshift.lock",
        (false, false) => "the pins in the lock are current",
    });
    for (id, why) in &failures {
        report.failure(&format!("{id}: {why}"), &["its pins stay as they are in the lock"]);
    }
    if !failures.is_empty() {
        return Ok(Exit::Outside);
    }
    let fails = args.fail_on == Some(ScanFailOn::Finding) && !document.findings.is_empty();
    Ok(if fails || (args.check && changed) { Exit::Findings } else { Exit::Done })
}

/// What was found of a component.
struct Repository<'a> {
    component: &'a Component,
    commit: Option<String>,
    outcome: Outcome,
}

/// The components that are looked at: those with a repository of their own, of the part that was asked for.
fn find_wanted<'a>(catalog: &'a Catalog, args: &ScanArgs) -> Vec<&'a Component> {
    let is_named = |component: &&Component| {
        args.component.is_empty() || args.component.iter().any(|id| id == component.id.as_str())
    };
    let own = catalog.components.values().filter(|component| component.shipped_by.is_none());
    let in_part = |index: usize| args.shard.is_none_or(|shard| index % shard.total == shard.index - 1);
    own.filter(is_named).enumerate().filter(|(index, _)| in_part(*index)).map(|(_, component)| component).collect()
}

/// The checkouts that there are.
fn find_checkouts(checkouts: &Path, wanted: &[&Component]) -> BTreeMap<ComponentId, Place> {
    let there = wanted
        .iter()
        .filter_map(|component| Some((component.id.clone(), Place::Checkout(find_checkout(checkouts, component)?))));
    there.collect()
}

/// The newest commit of each repository, and why some could not be brought.
fn fetch_all(
    wanted: &[&Component],
    surroundings: &Surroundings,
) -> Result<(BTreeMap<ComponentId, Place>, BTreeMap<ComponentId, String>)> {
    let Some(cache) = &surroundings.cache else {
        bail!("there is no folder for the cache: set `HOME` or `XDG_CACHE_HOME`");
    };
    // Several components can be in one repository.
    let urls: BTreeSet<&str> = wanted.iter().filter_map(|component| component.repo.as_deref()).collect();
    let urls: Vec<&str> = urls.into_iter().collect();
    let pool = ThreadPoolBuilder::new().num_threads(IN_FLIGHT).build()?;
    let fetched: BTreeMap<&str, Result<Snapshot>> =
        pool.install(|| urls.into_par_iter().map(|url| (url, git::fetch(url, cache, Reach::Hosts))).collect());
    let (mut places, mut failures) = (BTreeMap::new(), BTreeMap::new());
    for component in wanted {
        match component.repo.as_deref().and_then(|repo| fetched.get(repo)) {
            Some(Ok(snapshot)) => _ = places.insert(component.id.clone(), Place::Commit(snapshot.clone())),
            Some(Err(why)) => _ = failures.insert(component.id.clone(), format!("{why:#}")),
            None => {}
        }
    }
    Ok((places, failures))
}

/// The checkout of a component: by its id, or by the last name of its repository's address.
fn find_checkout(checkouts: &Path, component: &Component) -> Option<PathBuf> {
    let name = component.repo.as_deref().and_then(|repo| {
        let name = repo.trim_end_matches('/').rsplit('/').next()?;
        let name = name.strip_suffix(".git").unwrap_or(name);
        (!name.is_empty() && !name.starts_with('.') && !name.contains(['\\', ':'])).then_some(name)
    });
    let names = [Some(component.id.as_str()), name];
    names.into_iter().flatten().map(|name| checkouts.join(name)).find(|folder| folder.is_dir())
}

fn look_at<'a>(catalog: &'a Catalog, component: &'a Component, place: &Place, tools: &Tools) -> Result<Repository<'a>> {
    let looking = [&catalog.settings.looking, &component.looking];
    let declared: Vec<PinPattern> = component.pins.iter().filter_map(to_pattern).collect();
    let patterns: Vec<PinPattern> =
        looking.iter().flat_map(|looking| looking.patterns.iter().cloned()).chain(declared.iter().cloned()).collect();
    let declared = Looking { patterns: declared, ..Looking::default() };
    let mut filter = to_filter(&[looking[0], looking[1], &declared]);
    filter.within = component.path.as_deref().map(to_folder).unwrap_or_default();
    let same = catalog.components.values().filter(|other| other.id != component.id && other.repo == component.repo);
    let folders = same.filter_map(|other| other.path.as_deref()).map(to_folder);
    filter.others =
        folders.filter(|folder| !folder.is_empty() && !filter.within.starts_with(folder.as_str())).collect();
    let mut scanner = Scanner::new(tools, Some(component.id.clone()), &patterns);
    let commit = match place {
        Place::Checkout(folder) => {
            walk(folder, &filter, &mut scanner);
            git::find_head(folder)
        }
        Place::Commit(snapshot) => {
            read_snapshot(snapshot, &filter, &mut scanner)?;
            Some(snapshot.commit().to_owned())
        }
    };
    Ok(Repository { component, commit, outcome: scanner.finish() })
}

/// Reads what counts of a commit, some files at a time.
fn read_snapshot(snapshot: &Snapshot, filter: &Filter, scanner: &mut Scanner<'_>) -> Result<()> {
    let (mut wanted, odd) = snapshot.list_all(&[])?;
    if odd > 0 {
        scanner
            .note(Note::trouble("", format!("{} have names that are not UTF-8, and are not read", count(odd, "file"))));
    }
    wanted.retain(|entry| {
        let choice = filter.choose(&entry.path);
        scanner.leave_out(&entry.path, choice);
        choice == Choice::Read
    });
    snapshot.bring(&wanted)?;
    for some in wanted.chunks(AT_ONCE) {
        for (path, bytes) in snapshot.read(some)? {
            scanner.add(&path, &bytes, filter);
        }
    }
    for _ in 0..MOST_INCLUDED {
        let Some(path) = scanner.next_included() else { break };
        let one = snapshot.list(&[&path])?;
        snapshot.bring(&one)?;
        for (path, bytes) in snapshot.read(&one)? {
            scanner.add(&path, &bytes, filter);
        }
    }
    Ok(())
}

fn to_folder(path: &str) -> String {
    let path = path.trim_matches('/');
    if path.is_empty() || path == "." { String::new() } else { format!("{path}/") }
}

fn to_filter(looking: &[&Looking]) -> Filter {
    let include: Vec<String> = looking.iter().flat_map(|looking| looking.include.iter().cloned()).collect();
    let exclude: Vec<String> = looking.iter().flat_map(|looking| looking.exclude.iter().cloned()).collect();
    let any: Vec<String> =
        looking.iter().flat_map(|looking| looking.patterns.iter().map(|pattern| pattern.files.clone())).collect();
    Filter::new(&include, &exclude, &any)
}

/// A pin that the catalog names by its variable is looked for in its file, whatever the file's format.
fn to_pattern(pin: &Pin) -> Option<PinPattern> {
    let name = pin.name.as_deref()?;
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if name.is_empty() || !is_name || pin.file.contains(['*', '?', '[']) {
        return None;
    }
    let escaped = regex::escape(name);
    let expression = format!(
        r#"(?m)^[ \t]*(?:export[ \t]+)?["']?{escaped}["']?[ \t]*(?::=|\?=|=|:)[ \t]*["']?(?<version>[^\s"'#,]+)"#
    );
    Some(PinPattern {
        files: format!("/{}", pin.file.trim_start_matches('/')),
        pattern: Regex::new(&expression).ok()?,
        runtime: Some(pin.runtime.clone()),
        kind: pin.kind,
    })
}

fn to_tools(catalog: &Catalog) -> Tools {
    let wanted: Vec<Wanted> = catalog
        .runtimes
        .values()
        .map(|runtime| Wanted {
            runtime: runtime.id.clone(),
            scheme: runtime.scheme,
            variants: runtime.variants.keys().cloned().collect(),
        })
        .collect();
    Tools::new(&wanted)
}

/// The lock with what was found. Only runtimes of the catalog are recorded.
fn record(catalog: &Catalog, before: &Lock, found: &mut [Repository<'_>], day: Date) -> Lock {
    let mut next = before.clone();
    next.keep_scans(|id| catalog.components.contains_key(id));
    if found.is_empty() {
        return next;
    }
    next.days.pins = Some(day.max(before.days.pins.unwrap_or(day)));
    for Repository { component, commit, outcome } in found {
        let mut pins = std::mem::take(&mut outcome.pins);
        pins.retain(|pin| catalog.runtimes.contains_key(&pin.runtime));
        let scan = Scan { repo: component.repo.clone(), commit: commit.clone(), day, pins };
        next.put_scan(&component.id, scan);
    }
    next
}

/// What is printed of a component: a row for each runtime that it uses, or that it has pins of.
fn to_rows(catalog: &Catalog, found: &Repository<'_>, next: &Lock) -> Vec<ScannedEntry> {
    let component = found.component;
    let Some(scan) = next.scans.get(&component.id) else { return Vec::new() };
    let of_pins = scan.pins.iter().map(|pin| &pin.runtime);
    let runtimes: BTreeSet<_> = component.uses.keys().chain(of_pins).collect();
    let runtimes = runtimes.into_iter().filter_map(|id| catalog.runtimes.get(id));
    runtimes
        .map(|runtime| ScannedEntry {
            component: component.id.clone(),
            runtime: runtime.name.clone(),
            in_use: scan.find_in_use(&runtime.id, None).iter().map(|found| found.version.to_owned()).collect(),
            pins: scan.pins.iter().filter(|pin| pin.runtime == runtime.id).count(),
        })
        .collect()
}

fn to_troubles(component: Option<&ComponentId>, outcome: &Outcome) -> Vec<PinTrouble> {
    let troubles = outcome.notes.iter().filter(|note| note.is_trouble);
    troubles
        .map(|note| PinTrouble {
            component: component.cloned(),
            path: note.path.clone(),
            message: note.message.clone(),
        })
        .collect()
}

/// Tells what was not read: what counts always, what does not count to those who ask.
fn tell(component: Option<&ComponentId>, outcome: &Outcome, report: &mut Report) {
    for note in &outcome.notes {
        let whose = component.map(|id| format!("{id}: ")).unwrap_or_default();
        let what = if note.path.is_empty() { String::new() } else { format!("{}: ", note.path) };
        let text = format!("{whose}{what}{}", note.message);
        if note.is_trouble { report.note(&text) } else { report.detail(&text) }
    }
}
