//! Turns raw values into the model: resolves references, reads versions and dates, collects every problem of meaning.

mod branch;
mod component;
mod condition;
mod gate;
mod looking;
mod process;
mod runtime;
mod settings;
mod source;
mod upgrade;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::catalog::raw;
use crate::catalog::yaml::{Entries, Spanned, to_place};
use crate::model::catalog::Catalog;
use crate::model::id::{self, TeamId};
use crate::model::place::Place;
use crate::model::problem::Problem;
use crate::model::team::Team;

/// A raw file and its path.
pub type File = (Arc<str>, raw::File);

/// Checks all files together.
///
/// `incomplete` says that some file could not be read, so that a reference to something unknown may be that file's
/// fault: such references are then not reported.
pub fn validate(files: &[File], incomplete: bool, problems: &mut Vec<Problem>) -> Catalog {
    let mut check = Check { names: Names::default(), incomplete, problems: Vec::new() };
    check.collect_names(files);
    let settings = check.settings(files);
    let teams = check.teams(files);
    let processes = check.processes(files);
    check.freeze_phases(&settings.calendar, &processes);
    let runtimes = check.runtimes(files);
    let branches = check.branches(files, &runtimes);
    let groups = check.groups(files);
    let components = check.components(files);
    check.component_phases(&components, &runtimes, &processes);
    let mut catalog =
        Catalog { settings, teams, components, branches, runtimes, processes, groups, ..Catalog::default() };
    catalog.upgrades = check.upgrades(files, &catalog);
    problems.append(&mut check.problems);
    catalog
}

/// The ids that the files define, by kind, each with its first place.
#[derive(Default)]
struct Names {
    teams: BTreeMap<String, Place>,
    components: BTreeMap<String, Place>,
    runtimes: BTreeMap<String, Place>,
    processes: BTreeMap<String, Place>,
    upgrades: BTreeMap<String, Place>,
    groups: BTreeMap<String, Place>,
}

/// The check under way: what is known, and what was found.
struct Check {
    names: Names,
    incomplete: bool,
    problems: Vec<Problem>,
}

impl Check {
    fn collect_names(&mut self, files: &[File]) {
        let mut names = Names::default();
        // Nothing refers to a branch, but none stands twice.
        let mut branches = BTreeMap::new();
        for (file, raw) in files {
            self.collect(file, &raw.teams, "team", &mut names.teams);
            self.collect(file, &raw.components, "component", &mut names.components);
            self.collect(file, &raw.runtimes, "runtime", &mut names.runtimes);
            self.collect(file, &raw.processes, "process", &mut names.processes);
            self.collect(file, &raw.upgrades, "upgrade", &mut names.upgrades);
            self.collect(file, &raw.groups, "group", &mut names.groups);
            self.collect(file, &raw.branches, "branch", &mut branches);
        }
        self.names = names;
    }

    fn collect<T>(&mut self, file: &Arc<str>, entries: &Entries<T>, what: &str, known: &mut BTreeMap<String, Place>) {
        for (key, _) in &entries.0 {
            let place = to_place(key, file);
            self.id(key, file);
            if let Some(first) = known.get(&key.value) {
                self.problems.push(
                    Problem::error("duplicate-id", &place, format!("the {what} `{}` is defined twice", key.value))
                        .related(first, "first defined here")
                        .help("keep one of the two, or give one another id"),
                );
            } else {
                known.insert(key.value.clone(), place);
            }
        }
    }

    /// Reports a text that is not an id.
    fn id(&mut self, text: &Spanned<String>, file: &Arc<str>) {
        if let Some(fault) = id::find_fault(&text.value) {
            let shown: String = text.value.chars().take(80).collect();
            let message = format!("`{}` is not an id", shown.escape_debug());
            self.problems.push(Problem::error("invalid-id", &to_place(text, file), message).help(fault));
        }
    }

    /// Finds the meaning of one of a few words.
    fn word<T: Copy>(&mut self, text: &Spanned<String>, file: &Arc<str>, what: &str, all: &[(&str, T)]) -> Option<T> {
        let found = all.iter().find(|(word, _)| *word == text.value).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let problem =
                Problem::error("unknown-value", &to_place(text, file), format!("`{}` is not a {what}", text.value));
            self.problems.push(problem.suggest(&text.value, all.iter().map(|(word, _)| *word)));
        }
        found
    }

    /// Reads an ISO date.
    fn date(&mut self, text: &Spanned<String>, file: &Arc<str>) -> Option<Date> {
        let date = text.value.parse::<Date>().ok().filter(|date| date.to_string() == text.value);
        if date.is_none() {
            self.problems.push(
                Problem::error("invalid-date", &to_place(text, file), format!("`{}` is not a date", text.value))
                    .help("write year, month and day: 2026-09-17"),
            );
        }
        date
    }

    /// Reads dates, and puts them in order.
    fn dates(&mut self, texts: &[Spanned<String>], file: &Arc<str>) -> Vec<Date> {
        let mut dates: Vec<Date> = texts.iter().filter_map(|day| self.date(day, file)).collect();
        dates.sort_unstable();
        dates.dedup();
        dates
    }

    /// Reports an address that is not http or https.
    fn url(&mut self, text: &Spanned<String>, file: &Arc<str>) -> String {
        let sound = ["https://", "http://"].iter().any(|scheme| {
            text.value.strip_prefix(scheme).is_some_and(|rest| {
                rest.starts_with(|c: char| c.is_alphanumeric() || c == '[')
                    && !text.value.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"`\\".contains(c))
            })
        });
        if !sound {
            self.problems.push(
                Problem::error("invalid-url", &to_place(text, file), format!("`{}` is not a web address", text.value))
                    .help("write it in full, with https://"),
            );
        }
        text.value.clone()
    }

    fn optional_url(&mut self, text: Option<&Spanned<String>>, file: &Arc<str>) -> Option<String> {
        text.map(|text| self.url(text, file))
    }

    /// Reports a reference to something that nobody defines.
    fn known(&mut self, text: &Spanned<String>, file: &Arc<str>, kind: Kind) -> bool {
        let known = match kind {
            Kind::Team => &self.names.teams,
            Kind::Component => &self.names.components,
            Kind::Runtime => &self.names.runtimes,
            Kind::Process => &self.names.processes,
            Kind::Upgrade => &self.names.upgrades,
            Kind::Group => &self.names.groups,
        };
        let found = known.contains_key(&text.value);
        if !found && !self.incomplete {
            let (code, what) = kind.code_and_word();
            let problem =
                Problem::error(code, &to_place(text, file), format!("no {what} `{}` in the catalog", text.value));
            self.problems.push(match known.is_empty() {
                true => problem.help(format!("there is no {what} at all: is a file missing, or not named `.yaml`?")),
                false => problem.suggest(&text.value, known.keys().map(String::as_str)),
            });
        }
        found
    }

    fn teams(&mut self, files: &[File]) -> BTreeMap<TeamId, Team> {
        let mut teams = BTreeMap::new();
        for (file, raw) in files {
            for (key, team) in &raw.teams.0 {
                let text = |value: &Option<Spanned<String>>| value.as_ref().map(|text| text.value.clone());
                let id = TeamId::new(&key.value);
                let team = Team {
                    name: text(&team.name).unwrap_or_else(|| key.value.clone()),
                    handle: text(&team.handle),
                    label: text(&team.label),
                    chat: text(&team.chat),
                    holidays: self.dates(&team.holidays, file),
                    aliases: team.aliases.iter().map(|alias| alias.value.clone()).collect(),
                    source: self.optional_url(team.source.as_ref(), file),
                    place: to_place(key, file),
                    id: id.clone(),
                };
                teams.entry(id).or_insert(team);
            }
        }
        teams
    }
}

/// What a reference points at.
#[derive(Clone, Copy)]
enum Kind {
    Team,
    Component,
    Runtime,
    Process,
    Upgrade,
    Group,
}

impl Kind {
    fn code_and_word(self) -> (&'static str, &'static str) {
        match self {
            Self::Team => ("unknown-team", "team"),
            Self::Component => ("unknown-component", "component"),
            Self::Runtime => ("unknown-runtime", "runtime"),
            Self::Process => ("unknown-process", "process"),
            Self::Upgrade => ("unknown-upgrade", "upgrade"),
            Self::Group => ("unknown-group", "group"),
        }
    }
}
