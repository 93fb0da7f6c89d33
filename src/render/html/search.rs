//! The index of the search: what there is, by name, and the words by which it is found. It is a script file, since a page
//! that is opened from a disk may load nothing else.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use serde::Serialize;

use super::Site;
use crate::model::count::count;

/// How many tasks are found one by one; of more, only the steps are.
const MOST_TASKS: usize = 5000;

/// The longest word by which something is found, in bytes.
const LONGEST_WORD: usize = 40;

/// The kinds of things that are found, in the order in which results show them.
const KINDS: [&str; 5] = ["Upgrades", "Components", "Teams", "Tasks", "Pages"];

/// The kinds, by their place.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// An upgrade.
    Upgrade,
    /// A component.
    Component,
    /// A team.
    Team,
    /// A task of an upgrade.
    Task,
    /// Any other page.
    Page,
}

/// What is found.
#[derive(Default)]
pub struct Index {
    /// The kind, title, path and detail of each.
    entries: Vec<(usize, String, String, String)>,
    /// For each word the entries that have it, and whether it is in their titles.
    words: BTreeMap<String, Vec<(usize, bool)>>,
}

/// The index as the script takes it.
#[derive(Serialize)]
struct Data<'a> {
    kinds: [&'static str; 5],
    entries: &'a [(usize, String, String, String)],
    /// A line for each word, in order: the word, and the entries as distances from the one before, in base 36; `!` marks
    /// those that have it in their titles.
    terms: String,
}

impl Index {
    /// Takes something to be found by the words of its title, its detail and others.
    pub fn add(&mut self, kind: Kind, title: &str, path: String, detail: &str, words: &str) {
        let entry = self.entries.len();
        self.entries.push((kind as usize, title.to_owned(), path, detail.to_owned()));
        for (text, is_title) in [(title, true), (detail, false), (words, false)] {
            for word in to_words(&text.to_lowercase()) {
                self.note(word, entry, is_title);
            }
        }
    }

    /// Notes that the newest entry has a word.
    fn note(&mut self, word: &str, entry: usize, is_title: bool) {
        let Some(entries) = self.words.get_mut(word) else {
            self.words.insert(word.to_owned(), vec![(entry, is_title)]);
            return;
        };
        if entries.last().is_none_or(|(last, _)| *last != entry) {
            entries.push((entry, is_title));
        }
    }

    /// Makes the script file.
    ///
    /// # Errors
    ///
    /// When an entry cannot be told in JSON.
    pub fn finish(&self) -> Result<String> {
        let mut terms = String::new();
        for (word, entries) in &self.words {
            let mut before = 0;
            terms.push_str(word);
            for (at, (entry, is_title)) in entries.iter().enumerate() {
                terms.push(if at == 0 { ' ' } else { '.' });
                write_base36(entry - before, &mut terms);
                before = *entry;
                if *is_title {
                    terms.push('!');
                }
            }
            terms.push('\n');
        }
        let data = Data { kinds: KINDS, entries: &self.entries, terms };
        Ok(format!("upshift.index({});\n", serde_json::to_string(&data)?))
    }
}

/// The words of a text in lower case, each once: less to hold, and to take, than the text.
#[must_use]
pub fn to_distinct_words(text: &str) -> String {
    let text = text.to_lowercase();
    let mut words: Vec<&str> = to_words(&text).collect();
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

/// The words of a text: letters and digits, with the dots of versions.
fn to_words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '.');
    words.map(|word| word.trim_matches('.')).filter(|word| !word.is_empty() && word.len() <= LONGEST_WORD)
}

fn write_base36(mut number: usize, out: &mut String) {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit((number % 36) as u32, 36).unwrap_or('0'));
        number /= 36;
        if number == 0 {
            break;
        }
    }
    out.extend(digits.into_iter().rev());
}

/// Makes the index of a site.
///
/// # Errors
///
/// When a text cannot be written as JSON.
pub fn index(site: &Site<'_>) -> Result<String> {
    let catalog = site.material.catalog;
    let mut index = Index::default();
    for folder in site.folders.values() {
        let runbook = folder.runbook;
        let mut words = format!("{} {} {} {}", runbook.upgrade, runbook.from, runbook.runtime, runbook.line);
        for advisory in runbook.advisories.fixed.iter().flatten() {
            let _ = write!(words, " {} {}", advisory.id, advisory.aliases.join(" "));
        }
        let detail = format!("from {}, {}", runbook.from, runbook.state);
        index.add(Kind::Upgrade, &folder.title, folder.handbook(), &detail, &words);
        index.add(Kind::Page, &format!("{} runbook", folder.title), folder.checklist(), "", "checklist tasks");
    }
    for component in catalog.components.values() {
        let owner = site.team_name(component.owner.as_str());
        let tags = component.tags.iter().cloned().collect::<Vec<_>>().join(" ");
        let words = format!("{} {} {tags}", component.id, component.repo.as_deref().unwrap_or_default());
        index.add(Kind::Component, &component.name, format!("components/{}/index.html", component.id), &owner, &words);
    }
    for team in catalog.teams.values() {
        let words = [&team.handle, &team.label, &team.chat].map(|way| way.as_deref().unwrap_or_default()).join(" ");
        let words = format!("{} {words} {}", team.id, team.aliases.join(" "));
        let detail = team.handle.clone().unwrap_or_default();
        index.add(Kind::Team, &team.name, format!("teams/{}/index.html", team.id), &detail, &words);
    }
    let open = || site.folders.values().filter(|folder| folder.is_open());
    let tasks: usize = open().map(|folder| folder.runbook.tasks.len()).sum();
    for folder in open() {
        if tasks <= MOST_TASKS {
            for task in &folder.runbook.tasks {
                let (page, anchor) = folder.place_of(&task.id);
                index.add(Kind::Task, &task.title, format!("{page}#{anchor}"), &folder.title, task.id.as_str());
            }
        } else {
            for step in &folder.runbook.steps {
                let of_step = folder.runbook.tasks.iter().filter(|task| task.step == step.id);
                let detail = format!("{}, {}", folder.title, count(of_step.count(), "task"));
                index.add(Kind::Task, &step.title, folder.checklist(), &detail, step.id.as_str());
            }
        }
    }
    for runtime in catalog.runtimes.values() {
        index.add(
            Kind::Page,
            &runtime.name,
            format!("{}/index.html", runtime.id),
            "support windows",
            runtime.id.as_str(),
        );
        if let Some(process) = catalog.process_of(runtime) {
            let steps = process.steps.keys().map(crate::model::id::StepId::as_str).collect::<Vec<_>>().join(" ");
            let title = format!("How {} is upgraded", runtime.name);
            index.add(Kind::Page, &title, format!("{}/process/index.html", runtime.id), "process", &steps);
        }
    }
    for group in catalog.groups.values() {
        index.add(Kind::Page, &group.name, format!("groups/{}/index.html", group.id), "group", group.id.as_str());
    }
    index.add(Kind::Page, "Calendar", "calendar/index.html".to_owned(), "", "days dates due freeze");
    index.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_with_what_has_them() {
        let mut index = Index::default();
        index.add(Kind::Upgrade, "Go 1.27.0", "go/1.27.0/index.html".to_owned(), "planned", "go-1.27.0");
        index.add(Kind::Team, "Gitaly <b>", "teams/gitaly/index.html".to_owned(), "", "go");
        assert_eq!(
            index.finish().expect("is JSON"),
            "upshift.index({\"kinds\":[\"Upgrades\",\"Components\",\"Teams\",\"Tasks\",\"Pages\"],\"entries\":[[0,\"Go 1.27.0\",\"go/1.27.0/index.html\",\"planned\"],[2,\"Gitaly <b>\",\"teams/gitaly/index.html\",\"\"]],\"terms\":\"1.27.0 0!\\nb 1!\\ngitaly 1!\\ngo 0!.1\\nplanned 0\\n\"});\n"
        );
    }

    #[test]
    fn a_word_of_a_text_is_told_once() {
        assert_eq!(to_distinct_words("Go 1.27.0: go, GO and 1.27.0."), "1.27.0 and go");
    }

    #[test]
    fn numbers_are_short() {
        let mut out = String::new();
        for number in [0, 35, 36, 1295, 46656] {
            write_base36(number, &mut out);
            out.push(' ');
        }
        assert_eq!(out, "0 z 10 zz 1000 ");
    }
}
