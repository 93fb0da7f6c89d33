//! What several verbs begin with: the catalog, the lock, the day, and the runbooks that follow from them.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, Result};
use jiff::civil::Date;

use super::Exit;
use crate::catalog::{self, Loaded};
use crate::cli::{Global, ProblemFormat};
use crate::lock::{self, Lock, LockError, Trust};
use crate::model::catalog::Catalog;
use crate::model::changes::Changes;
use crate::model::facts::{Known, VersionFacts};
use crate::model::id::{RuntimeId, UpgradeId, VariantId};
use crate::model::page::Page;
use crate::model::pins::Scans;
use crate::model::problem::{self, Problem};
use crate::model::revision::{self, Histories, Released};
use crate::model::runbook::Runbook;
use crate::model::runtime::Runtime;
use crate::model::upgrade::Upgrade;
use crate::render::{Material, TemplateError};
use crate::report::Report;
use crate::{planner, review, revisions, runbook};

/// What to do about a lock that cannot be read; it never has to be mended by hand.
const MEND_LOCK: &str = "take an older one from version control, or remove it and run `upshift update`";

/// Loads the catalog; prints its problems and returns nothing when one of them is an error.
pub fn sound_catalog(global: &Global, report: &mut Report) -> Result<Option<Loaded>> {
    let loaded = catalog::load(&global.root);
    if problem::has_errors(&loaded.problems) {
        report.problems(&loaded.problems, &loaded.texts, ProblemFormat::Human)?;
        return Ok(None);
    }
    Ok(Some(loaded))
}

/// Reads the lock; a repository that has none yet has an empty one. Says why, and returns nothing, when it is none.
pub fn lock(root: &Path, report: &mut Report) -> Result<Option<Lock>> {
    let path = root.join(lock::FILE);
    match fs::read_to_string(&path).map(|text| Lock::parse(&text)) {
        Ok(Ok(lock)) => Ok(Some(lock)),
        Ok(Err(error)) => {
            let help: &[&str] = if matches!(error, LockError::Newer(_)) { &[] } else { &[MEND_LOCK] };
            report.failure(&format!("`{}`: {error}", path.display()), help);
            Ok(None)
        }
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            report.failure(&format!("`{}`: the lock is not UTF-8", path.display()), &[MEND_LOCK]);
            Ok(None)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Some(Lock::default())),
        Err(error) => Err(error).with_context(|| format!("reading `{}`", path.display())),
    }
}

/// The day as of which things are looked at: the user's, else the lock's. An empty lock has none.
pub fn as_of(global: &Global, lock: &Lock) -> Option<Date> {
    global.as_of.or(lock.as_of())
}

/// What is believed about each runtime's versions.
pub fn facts(catalog: &Catalog, lock: &Lock) -> BTreeMap<RuntimeId, VersionFacts> {
    let of = |runtime: &Runtime, variant: Option<&VariantId>, trust: Trust<'_>| {
        let said = lock.find(&runtime.id, variant);
        said.map(|said| lock::reconcile(said, trust, runtime.scheme)).unwrap_or_default()
    };
    let known = catalog.runtimes.values().map(|runtime| {
        let trust = Trust { releases: &runtime.releases, advisories: &runtime.advisories };
        let variants = runtime.variants.values().map(|variant| {
            let trust = Trust { releases: &variant.releases, advisories: &[] };
            (variant.id.clone(), of(runtime, Some(&variant.id), trust))
        });
        let facts = VersionFacts { variants: variants.collect(), ..of(runtime, None, trust) };
        (runtime.id.clone(), facts)
    });
    known.collect()
}

/// The revision that a closed upgrade stays, where it was ever released.
fn find_frozen<'a>(upgrade: &Upgrade, released: &'a [Released]) -> Option<&'a Released> {
    released.last().filter(|_| !upgrade.is_open())
}

/// Plans an upgrade and writes its runbook, unless it is closed and stays what was released last.
pub fn runbook(
    catalog: &Catalog,
    upgrade: &Upgrade,
    facts: &BTreeMap<RuntimeId, VersionFacts>,
    scans: &Scans,
    released: &[Released],
    as_of: Option<Date>,
) -> Result<Runbook, Vec<Problem>> {
    let nothing = VersionFacts::default();
    let known = Known { versions: facts.get(&upgrade.runtime).unwrap_or(&nothing), scans };
    let mut runbook = match find_frozen(upgrade, released) {
        Some(last) => revision::freeze(last, upgrade),
        None => {
            let plan = planner::plan(catalog, upgrade, known, as_of).map_err(|problem| vec![*problem])?;
            runbook::write(catalog, upgrade, &plan, known)?
        }
    };
    revision::mark_changed(&mut runbook, upgrade, released);
    Ok(runbook)
}

/// The released revisions of each upgrade that has any; what is wrong with them joins the problems of the catalog.
pub fn revisions(global: &Global, loaded: &mut Loaded) -> Histories {
    let (revisions, problems) = revisions::load(&global.root);
    loaded.problems.extend(problems);
    revisions
}

/// The facts and the runbook of each upgrade of a loaded catalog; what is wrong with any of it joins its problems.
///
/// A closed upgrade that was ever released is not planned anew: it stays what was released last.
pub fn judge(
    loaded: &mut Loaded,
    lock: &Lock,
    revisions: &Histories,
    as_of: Option<Date>,
) -> (BTreeMap<RuntimeId, VersionFacts>, BTreeMap<UpgradeId, Runbook>) {
    let Loaded { catalog, problems, texts } = loaded;
    let facts = facts(catalog, lock);
    let nothing = VersionFacts::default();
    let mut runbooks = BTreeMap::new();
    let released = |upgrade: &Upgrade| revisions.get(&upgrade.id).map_or(&[][..], Vec::as_slice);
    let living = catalog.upgrades.values().filter(|upgrade| find_frozen(upgrade, released(upgrade)).is_none());
    let (plans, more) = planner::plan_all(catalog, living, &facts, &lock.scans, as_of);
    problems.extend(planner::rehearse(catalog));
    problems.extend(more);
    if !problem::has_errors(problems) {
        for (upgrade, plan) in plans.iter().filter_map(|(id, plan)| Some((catalog.upgrades.get(id)?, plan))) {
            let known = Known { versions: facts.get(&upgrade.runtime).unwrap_or(&nothing), scans: &lock.scans };
            match runbook::write(catalog, upgrade, plan, known) {
                Ok(runbook) => _ = runbooks.insert(upgrade.id.clone(), runbook),
                Err(more) => problems.extend(more),
            }
        }
        for upgrade in catalog.upgrades.values() {
            let released = released(upgrade);
            if let Some(last) = find_frozen(upgrade, released) {
                runbooks.insert(upgrade.id.clone(), revision::freeze(last, upgrade));
            }
            if let Some(runbook) = runbooks.get_mut(&upgrade.id) {
                revision::mark_changed(runbook, upgrade, released);
            }
        }
        problems.extend(review::review(catalog, &runbooks, &facts, as_of));
    }
    problem::settle(problems, texts);
    problem::sort(problems);
    (facts, runbooks)
}

/// A sound catalog with all that follows from it.
pub struct Judged {
    /// The catalog, and warnings about it.
    pub loaded: Loaded,
    /// What is recorded.
    pub lock: Lock,
    /// The day as of which things are looked at.
    pub as_of: Option<Date>,
    /// The released revisions.
    pub revisions: Histories,
    /// What is believed about each runtime's versions.
    pub facts: BTreeMap<RuntimeId, VersionFacts>,
    /// The runbook of each upgrade.
    pub runbooks: BTreeMap<UpgradeId, Runbook>,
}

impl Judged {
    /// All that pages are made of, with what was compared and the schemas.
    pub fn material<'a>(&'a self, changes: &'a BTreeMap<UpgradeId, Vec<Changes>>, schemas: &'a [Page]) -> Material<'a> {
        Material {
            catalog: &self.loaded.catalog,
            facts: &self.facts,
            scans: &self.lock.scans,
            runbooks: &self.runbooks,
            revisions: &self.revisions,
            changes,
            schemas,
            as_of: self.as_of,
        }
    }
}

/// Judges a catalog that was loaded; prints its problems and returns nothing when one of them is an error.
pub fn judged(global: &Global, mut loaded: Loaded, report: &mut Report) -> Result<Option<Judged>> {
    let Some(lock) = lock(&global.root, report)? else { return Ok(None) };
    let as_of = as_of(global, &lock);
    let revisions = revisions(global, &mut loaded);
    let (facts, runbooks) = judge(&mut loaded, &lock, &revisions, as_of);
    if problem::has_errors(&loaded.problems) {
        report.problems(&loaded.problems, &loaded.texts, ProblemFormat::Human)?;
        return Ok(None);
    }
    Ok(Some(Judged { loaded, lock, as_of, revisions, facts, runbooks }))
}

/// Reports a template that cannot be used; any other error is the disk's.
pub fn refuse_template(error: anyhow::Error, report: &mut Report) -> Result<Exit> {
    if !error.is::<TemplateError>() {
        return Err(error);
    }
    report.failure(&format!("{error:#}"), &["templates of your own stand in `templates/`; nothing was written"]);
    Ok(Exit::Usage)
}

/// Reports that something is not known by that name.
pub fn unknown<'a>(what: &str, id: &str, known: impl Iterator<Item = &'a str>, report: &mut Report) {
    let known: Vec<&str> = known.collect();
    let help = match problem::find_near_name(id, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("there is no {what} yet"),
        None if known.len() > 12 => format!("there are {} {what}s, and none is like that", known.len()),
        None => format!("known here: {}", known.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")),
    };
    report.failure(&format!("there is no {what} `{id}`"), &[&help]);
}
