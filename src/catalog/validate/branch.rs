//! Checks the product's release branches and groups of upgrades.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Check, File, Kind};
use crate::catalog::raw;
use crate::catalog::yaml::{Spanned, to_place};
use crate::model::branch::{Branch, Group};
use crate::model::id::{BranchId, GroupId, RuntimeId};
use crate::model::problem::Problem;
use crate::model::runtime::Runtime;

impl Check {
    pub(super) fn branches(
        &mut self,
        files: &[File],
        runtimes: &BTreeMap<RuntimeId, Runtime>,
    ) -> BTreeMap<BranchId, Branch> {
        let mut branches = BTreeMap::new();
        for (file, raw) in files {
            for (key, said) in &raw.branches.0 {
                let branch = self.branch(file, key, said, runtimes);
                branches.entry(branch.id.clone()).or_insert(branch);
            }
        }
        branches
    }

    fn branch(
        &mut self,
        file: &Arc<str>,
        key: &Spanned<String>,
        said: &raw::Branch,
        runtimes: &BTreeMap<RuntimeId, Runtime>,
    ) -> Branch {
        let released = said.released.as_ref().and_then(|day| self.date(day, file));
        let ends = said.ends.as_ref().and_then(|day| self.date(day, file));
        if let (Some(from), Some(to), Some(text)) = (released, ends, &said.ends)
            && to < from
        {
            let message = format!("the branch `{}` ends before its release", key.value);
            self.problems.push(Problem::error("branch-ends-early", &to_place(text, file), message));
        }
        let ships = said.ships.0.iter().filter_map(|(runtime, version)| {
            self.known(runtime, file, Kind::Runtime);
            let scheme = runtimes.get(runtime.value.as_str())?.scheme;
            Some((RuntimeId::new(&runtime.value), self.version(file, version, scheme)?))
        });
        Branch {
            id: BranchId::new(&key.value),
            version: said.version.value.clone(),
            released,
            ends,
            ships: ships.collect(),
            tags: said.tags.0.iter().map(|tag| tag.value.clone()).collect(),
            source: self.optional_url(said.source.as_ref(), file),
            place: to_place(key, file),
        }
    }

    pub(super) fn groups(&mut self, files: &[File]) -> BTreeMap<GroupId, Group> {
        let mut groups = BTreeMap::new();
        for (file, raw) in files {
            for (key, said) in &raw.groups.0 {
                let group = Group {
                    id: GroupId::new(&key.value),
                    name: said.name.as_ref().map_or_else(|| key.value.clone(), |name| name.value.clone()),
                    about: said.about.as_ref().map(|about| about.value.trim().to_owned()),
                    place: to_place(key, file),
                };
                groups.entry(group.id.clone()).or_insert(group);
            }
        }
        groups
    }
}
