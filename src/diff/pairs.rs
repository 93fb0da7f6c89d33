//! What of the older runbook is what of the newer one: by id, and what is left by content, so that another id is a
//! rename and not something removed and something added.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::texts::Texts;
use crate::model::id::{ComponentId, TaskId};
use crate::model::runbook::{ComponentEntry, Runbook, TaskEntry};

/// The entries of two lists: what both have, and what only one has.
pub struct Pairs<'a, T> {
    /// What both have: as it is in the older runbook, and as it is in the newer.
    pub both: Vec<(&'a T, &'a T)>,
    /// What only the older one has.
    pub removed: Vec<&'a T>,
    /// What only the newer one has.
    pub added: Vec<&'a T>,
}

impl<'a, T> Pairs<'a, T> {
    /// Pairs what has the same id.
    pub fn by_id<K: Ord + 'a>(old: &'a [T], new: &'a [T], id: impl Fn(&'a T) -> &'a K) -> Self {
        let mut left: BTreeMap<&K, &T> = new.iter().map(|entry| (id(entry), entry)).collect();
        let mut pairs = Self { both: Vec::with_capacity(old.len()), removed: Vec::new(), added: Vec::new() };
        for (id, entry) in old.iter().map(|entry| (id(entry), entry)).collect::<BTreeMap<_, _>>() {
            match left.remove(id) {
                Some(other) => pairs.both.push((entry, other)),
                None => pairs.removed.push(entry),
            }
        }
        pairs.added = left.into_values().collect();
        pairs
    }

    /// Pairs what is left and has the same key, where just one entry of either side has it: what could be either of
    /// several is neither.
    fn by_key<K: Ord>(&mut self, of_old: impl Fn(&T) -> Option<K>, of_new: impl Fn(&T) -> Option<K>) {
        if self.removed.is_empty() || self.added.is_empty() {
            return;
        }
        let mut found: BTreeMap<K, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (at, entry) in self.removed.iter().enumerate() {
            if let Some(key) = of_old(entry) {
                found.entry(key).or_default().0.push(at);
            }
        }
        for (at, entry) in self.added.iter().enumerate() {
            if let Some(key) = of_new(entry) {
                found.entry(key).or_default().1.push(at);
            }
        }
        let (mut of_removed, mut of_added) = (BTreeSet::new(), BTreeSet::new());
        for places in found.into_values() {
            if let ([old], [new]) = (places.0.as_slice(), places.1.as_slice()) {
                self.both.push((self.removed[*old], self.added[*new]));
                of_removed.insert(*old);
                of_added.insert(*new);
            }
        }
        self.removed = leave_out(&self.removed, &of_removed);
        self.added = leave_out(&self.added, &of_added);
    }
}

fn leave_out<'a, T>(entries: &[&'a T], places: &BTreeSet<usize>) -> Vec<&'a T> {
    entries.iter().enumerate().filter(|(at, _)| !places.contains(at)).map(|(_, entry)| *entry).collect()
}

/// The tasks and components of two runbooks, and what the newer one calls those of the older.
pub struct Matched<'a> {
    /// The tasks.
    pub tasks: Pairs<'a, TaskEntry>,
    /// The components.
    pub components: Pairs<'a, ComponentEntry>,
    renamed_tasks: BTreeMap<&'a TaskId, &'a TaskId>,
    renamed_steps: BTreeMap<&'a str, &'a str>,
    renamed_components: BTreeMap<&'a ComponentId, &'a ComponentId>,
}

impl<'a> Matched<'a> {
    /// Matches two runbooks.
    pub fn new(old: &'a Runbook, new: &'a Runbook, texts: &Texts<'a>) -> Self {
        let components = match_components(old, new);
        let renamed = components.both.iter().map(|(old, new)| (&old.id, &new.id)).filter(|(old, new)| old != new);
        let mut matched = Self {
            tasks: Pairs::by_id(&old.tasks, &new.tasks, |task| &task.id),
            renamed_components: renamed.collect(),
            components,
            renamed_tasks: BTreeMap::new(),
            renamed_steps: BTreeMap::new(),
        };
        matched.match_tasks(texts);
        for (old, new) in matched.tasks.both.iter().filter(|(old, new)| old.id != new.id) {
            matched.renamed_tasks.insert(&old.id, &new.id);
            if old.step != new.step {
                matched.renamed_steps.insert(old.step.as_str(), new.step.as_str());
            }
        }
        matched
    }

    /// Pairs tasks of the same component, team or branch: first those with the same texts and needs, then those with
    /// the same texts, then with the same instructions, at last with the same title.
    fn match_tasks(&mut self, texts: &Texts<'a>) {
        let renamed = &self.renamed_components;
        let subject = |task: &TaskEntry, is_old: bool| {
            let component = task.component.as_ref().map(|id| match is_old {
                true => renamed.get(id).map_or(id, |id| *id).clone(),
                false => id.clone(),
            });
            (component, task.team.clone(), task.branch.clone(), task.variant.clone())
        };
        let key = |text: &Option<String>| text.as_deref().map(|text| texts.to_key(text));
        let all = |task: &TaskEntry| {
            let title = texts.to_key(&task.title);
            (title, key(&task.instructions), key(&task.run), key(&task.verify), key(&task.rollback))
        };
        let needs = |task: &TaskEntry| task.needs.iter().cloned().collect::<BTreeSet<_>>();
        let tasks = &mut self.tasks;
        tasks.by_key(
            |task| Some((subject(task, true), all(task), needs(task))),
            |task| Some((subject(task, false), all(task), needs(task))),
        );
        tasks.by_key(|task| Some((subject(task, true), all(task))), |task| Some((subject(task, false), all(task))));
        tasks.by_key(
            |task| Some((subject(task, true), key(&task.instructions)?)),
            |task| Some((subject(task, false), key(&task.instructions)?)),
        );
        tasks.by_key(
            |task| Some((subject(task, true), texts.to_key(&task.title))),
            |task| Some((subject(task, false), texts.to_key(&task.title))),
        );
    }

    /// What the newer runbook calls a task of the older one.
    pub fn task<'b>(&self, old: &'b TaskId) -> &'b TaskId
    where
        'a: 'b,
    {
        self.renamed_tasks.get(old).copied().unwrap_or(old)
    }

    /// What the newer runbook calls a step of the older one.
    pub fn step<'b>(&self, old: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.renamed_steps.get(old).copied().unwrap_or(old)
    }

    /// What the newer runbook calls a component of the older one.
    pub fn component<'b>(&self, old: &'b ComponentId) -> &'b ComponentId
    where
        'a: 'b,
    {
        self.renamed_components.get(old).copied().unwrap_or(old)
    }
}

/// Pairs components: what is left after ids by where it is, then by name and owner.
fn match_components<'a>(old: &'a Runbook, new: &'a Runbook) -> Pairs<'a, ComponentEntry> {
    let mut pairs = Pairs::by_id(&old.components, &new.components, |component| &component.id);
    let place = |component: &ComponentEntry| Some((component.repo.clone()?, component.path.clone()));
    pairs.by_key(place, place);
    let name = |component: &ComponentEntry| Some((component.name.clone(), component.owner.clone()));
    pairs.by_key(name, name);
    pairs
}
