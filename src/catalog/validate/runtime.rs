//! Checks runtimes: their scheme, sources and policy.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Check, File, Kind};
use crate::catalog::raw;
use crate::catalog::yaml::{Entries, Spanned, to_place};
use crate::model::id::{FOLDERS, ProcessId, RuntimeId, VariantId};
use crate::model::problem::Problem;
use crate::model::process::fill;
use crate::model::runtime::{PinRule, Policy, Runtime, Variant};
use crate::model::span::CalendarTime;
use crate::model::version::{Bump, Scheme};
use crate::sources::Gives;

impl Check {
    pub(super) fn runtimes(&mut self, files: &[File]) -> BTreeMap<RuntimeId, Runtime> {
        let mut runtimes = BTreeMap::new();
        for (file, raw) in files {
            for (key, said) in &raw.runtimes.0 {
                if let Some(runtime) = self.runtime(file, key, said) {
                    runtimes.entry(runtime.id.clone()).or_insert(runtime);
                }
            }
        }
        runtimes
    }

    fn runtime(&mut self, file: &Arc<str>, key: &Spanned<String>, said: &raw::Runtime) -> Option<Runtime> {
        if let Some(process) = &said.process {
            self.known(process, file, Kind::Process);
        }
        if FOLDERS.contains(&key.value.as_str()) {
            let message = format!("a runtime cannot be called `{}`: other pages have that folder", key.value);
            let help = "choose another id; `name` says what people call it";
            self.problems.push(Problem::error("invalid-id", &to_place(key, file), message).about("folder").help(help));
        }
        let bumps = self.bumps(file, &said.bumps);
        let releases = self.sources(file, &said.releases, Gives::Releases);
        let advisories = self.sources(file, &said.advisories, Gives::Advisories);
        self.agree(file, &said.advisories, &releases, &advisories);
        let variants = self.variants(file, &said.variants);
        let policy = Policy {
            adopt_within: said.policy.adopt_within.as_ref().and_then(|time| self.calendar_time(file, time)),
            before_eol: said.policy.before_eol.as_ref().and_then(|time| self.calendar_time(file, time)),
            security_within: said.policy.security_within.as_ref().and_then(|time| self.calendar_time(file, time)),
            support_last: said.policy.support_last,
            pins: said
                .policy
                .pins
                .0
                .iter()
                .filter_map(|rule| self.word(rule, file, "rule of pins", &PinRule::ALL))
                .collect(),
            source: self.optional_url(said.policy.source.as_ref(), file),
        };
        let scheme = self.word(&said.scheme, file, "version scheme", &schemes())?;
        Some(Runtime {
            id: RuntimeId::new(&key.value),
            name: said.name.as_ref().map_or_else(|| key.value.clone(), |name| name.value.clone()),
            scheme,
            bumps,
            releases,
            advisories,
            variants,
            policy,
            notes: self
                .optional_url(said.notes.as_ref().map(without_template).as_ref(), file)
                .and(said.notes.as_ref().map(|notes| notes.value.clone())),
            process: said.process.as_ref().map(|process| ProcessId::new(&process.value)),
            place: to_place(key, file),
        })
    }

    fn bumps(&mut self, file: &Arc<str>, said: &Entries<Spanned<String>>) -> BTreeMap<Bump, String> {
        let named = said.0.iter().filter_map(|(bump, called)| {
            let bump = self.word(bump, file, "bump", &bump_words())?;
            Some((bump, called.value.clone()))
        });
        named.collect()
    }

    fn variants(&mut self, file: &Arc<str>, said: &Entries<raw::Variant>) -> BTreeMap<VariantId, Variant> {
        let mut variants = BTreeMap::new();
        for (key, said) in &said.0 {
            self.id(key, file);
            let variant = Variant {
                id: VariantId::new(&key.value),
                name: said.name.as_ref().map_or_else(|| key.value.clone(), |name| name.value.clone()),
                releases: self.sources(file, &said.releases, Gives::Releases),
                applies: self.which(file, &said.applies, &[]),
                place: to_place(key, file),
            };
            variants.insert(variant.id.clone(), variant);
        }
        variants
    }

    pub(super) fn calendar_time(&mut self, file: &Arc<str>, text: &Spanned<String>) -> Option<CalendarTime> {
        let time = CalendarTime::parse(&text.value);
        if time.is_none() {
            self.problems.push(
                Problem::error(
                    "invalid-duration",
                    &to_place(text, file),
                    format!("`{}` is not a length of time", text.value),
                )
                .help("write days, weeks, months or years: 7d, 2w, 8mo, 1y"),
            );
        }
        time
    }
}

fn schemes() -> Vec<(&'static str, Scheme)> {
    Scheme::ALL.iter().map(|scheme| (scheme.name(), *scheme)).collect()
}

pub(super) fn bump_words() -> Vec<(&'static str, Bump)> {
    Bump::ALL.iter().map(|bump| (bump.name(), *bump)).collect()
}

/// The address with its template parts filled in, so that it can be checked like any other.
fn without_template(notes: &Spanned<String>) -> Spanned<String> {
    Spanned::new(fill(&notes.value, &[("line", "1")]), notes.referenced, notes.defined)
}
