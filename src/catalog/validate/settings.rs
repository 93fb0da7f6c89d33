//! Checks the settings: they stand once, in whichever file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::{Check, File};
use crate::catalog::raw;
use crate::catalog::yaml::{Spanned, to_place};
use crate::model::changes::{Level, Levels, Rule};
use crate::model::id::{PhaseId, ProcessId};
use crate::model::place::{Located, Place};
use crate::model::problem::Problem;
use crate::model::process::Process;
use crate::model::settings::{Calendar, Freeze, Network, Preset, Settings, TRACKERS, Tracker, WEEKDAYS, WorkflowLabel};

impl Check {
    pub(super) fn settings(&mut self, files: &[File]) -> Settings {
        let mut first = None;
        let mut settings = Settings::default();
        for (file, raw) in files {
            let Some(said) = &raw.settings else { continue };
            let place = to_place(said, file);
            if let Some(first) = &first {
                self.problems.push(
                    Problem::error("duplicate-settings", &place, "the settings stand twice")
                        .related(first, "first here"),
                );
                continue;
            }
            first = Some(place);
            settings = self.said_settings(file, &said.value);
        }
        settings
    }

    fn said_settings(&mut self, file: &Arc<str>, said: &raw::Settings) -> Settings {
        let mut settings = Settings {
            site_url: self.optional_url(said.site_url.as_ref(), file),
            repo: self.optional_url(said.repo.as_ref(), file),
            ..Settings::default()
        };
        if let Some(title) = &said.title {
            settings.title.clone_from(&title.value);
        }
        if let Some(handbook) = &said.handbook {
            settings.preset = self.word(&handbook.preset, file, "preset", &Preset::ALL).unwrap_or(Preset::Plain);
        }
        if let Some(tracker) = &said.tracker {
            self.word(&tracker.kind, file, "kind of tracker", &TRACKERS.map(|kind| (kind, ())));
            settings.tracker = Some(Tracker {
                url: self.url(&tracker.url, file),
                group: tracker.group.as_ref().map(|group| group.value.clone()),
            });
        }
        if let Some(labels) = &said.workflow {
            let label = |said: &raw::WorkflowLabel| WorkflowLabel {
                label: said.label.value.clone(),
                means: said.means.value.clone(),
            };
            settings.workflow = labels.iter().map(label).collect();
        }
        if let Some(calendar) = &said.calendar {
            settings.calendar = self.calendar(file, calendar);
        }
        if let Some(network) = &said.network {
            settings.network = self.network(file, network);
        }
        if let Some(diff) = &said.diff {
            settings.levels = self.levels(file, diff);
        }
        settings.looking = self.looking(file, said.scan.as_ref());
        settings
    }

    fn levels(&mut self, file: &Arc<str>, said: &raw::Diff) -> Levels {
        let mut levels = Levels::default();
        for (rule, level) in &said.levels.0 {
            let rule = self.word(rule, file, "rule of the diff", Rule::ALL);
            let level = self.word(level, file, "level of a change", &Level::ALL);
            if let (Some(rule), Some(level)) = (rule, level) {
                levels.set(rule, level);
            }
        }
        levels
    }

    /// Reports phases of freezes that no process has.
    pub(super) fn freeze_phases(&mut self, calendar: &Calendar, processes: &BTreeMap<ProcessId, Process>) {
        let known: BTreeSet<&str> =
            processes.values().flat_map(|process| process.phases.iter().map(|phase| phase.id.as_str())).collect();
        for phase in calendar.freezes.iter().flat_map(|freeze| &freeze.phases) {
            if !known.contains(phase.value.as_str()) && !self.incomplete {
                let message = format!("no process has a phase `{}`", phase.value);
                let problem = Problem::error("unknown-phase", &phase.place, message);
                self.problems.push(problem.suggest(phase.value.as_str(), known.iter().copied()));
            }
        }
    }

    fn network(&mut self, file: &Arc<str>, said: &raw::Network) -> Network {
        let mut network = Network { ca: said.ca.as_ref().map(|path| path.value.clone().into()), ..Network::default() };
        for (to, said) in [(&mut network.requests, &said.requests), (&mut network.per_host, &said.per_host)] {
            if let Some(number) = self.number(file, said.as_ref(), Network::MOST_REQUESTS) {
                *to = number as usize;
            }
        }
        if let Some(seconds) = self.number(file, said.timeout.as_ref(), Network::LONGEST_TIMEOUT) {
            network.timeout = Duration::from_secs(seconds.into());
        }
        network
    }

    /// Reads a number from one to the highest that is allowed.
    fn number(&mut self, file: &Arc<str>, said: Option<&Spanned<u32>>, highest: u32) -> Option<u32> {
        let said = said?;
        if (1..=highest).contains(&said.value) {
            return Some(said.value);
        }
        let message = format!("`{}` is not a number from 1 to {highest}", said.value);
        self.problems.push(Problem::error("number-out-of-range", &to_place(said, file), message));
        None
    }

    fn calendar(&mut self, file: &Arc<str>, said: &raw::Calendar) -> Calendar {
        let mut calendar = Calendar {
            holidays: self.dates(&said.holidays, file),
            releases: self.dates(&said.releases, file),
            ..Calendar::default()
        };
        if let Some(weekend) = &said.weekend {
            let days = weekend.0.iter().filter_map(|day| self.word(day, file, "day of the week", &WEEKDAYS));
            calendar.weekend = days.collect();
            if WEEKDAYS.iter().all(|(_, day)| calendar.weekend.contains(day)) {
                let place = weekend.0.first().map_or_else(|| Place::whole(file), |day| to_place(day, file));
                let problem = Problem::error("no-working-day", &place, "the weekend is the whole week");
                self.problems.push(problem.help("leave at least one day on which people work"));
                calendar.weekend = Calendar::default().weekend;
            }
        }
        for freeze in &said.freezes {
            let (Some(from), Some(to)) = (self.date(&freeze.from, file), self.date(&freeze.to, file)) else { continue };
            if to < from {
                let message = format!("the freeze `{}` ends before it begins", freeze.name.value);
                self.problems.push(Problem::error("freeze-ends-early", &to_place(&freeze.to, file), message));
            }
            let phases = freeze
                .phases
                .0
                .iter()
                .map(|phase| Located { value: PhaseId::new(&phase.value), place: to_place(phase, file) })
                .collect();
            calendar.freezes.push(Freeze { name: freeze.name.value.clone(), from, to, phases });
        }
        calendar.freezes.sort_by(|a, b| (a.from, a.to, &a.name).cmp(&(b.from, b.to, &b.name)));
        calendar
    }
}
