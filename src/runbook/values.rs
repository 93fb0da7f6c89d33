//! The values that the texts of the catalog may name, and the stand-ins for texts about no task in particular.

use std::collections::BTreeMap;

use serde::Serialize;
use tera::Context;

use crate::model::catalog::Catalog;
use crate::model::component::Component;
use crate::model::id::{BranchId, RuntimeId, TeamId};
use crate::model::plan::{Plan, Subject};
use crate::model::process::fill;
use crate::model::runbook::Variant;
use crate::model::runtime::Runtime;
use crate::model::upgrade::Upgrade;

#[derive(Serialize)]
struct UpgradeValues<'a> {
    id: &'a str,
    slug: &'a str,
    risk: String,
    state: String,
    due: Option<String>,
}

#[derive(Serialize)]
struct Named<'a> {
    id: &'a str,
    name: &'a str,
}

/// A team, as texts may name it.
#[derive(Serialize)]
pub struct TeamValues {
    id: String,
    name: String,
    handle: Option<String>,
    chat: Option<String>,
}

/// A component, as texts may name it.
#[derive(Serialize)]
pub struct ComponentValues {
    id: String,
    name: String,
    repo: Option<String>,
    path: Option<String>,
    tracker: Option<String>,
    shipped_by: Option<String>,
    owner_name: String,
}

/// A release branch, as texts may name it.
#[derive(Serialize)]
pub struct BranchValues {
    id: String,
    version: String,
    ships: Option<String>,
}

/// A build flavour, as texts may name it.
#[derive(Serialize)]
pub struct VariantValues<'a> {
    id: &'a str,
    name: &'a str,
    newest: Option<&'a str>,
}

/// A release branch, as texts may name it.
pub fn branch(catalog: &Catalog, id: &BranchId, runtime: &RuntimeId) -> Option<BranchValues> {
    let branch = catalog.branches.get(id)?;
    let ships = branch.ships.get(runtime).map(|version| version.value.to_string());
    Some(BranchValues { id: id.to_string(), version: branch.version.clone(), ships })
}

/// A build flavour, as texts may name it.
pub fn variant(variant: &Variant) -> VariantValues<'_> {
    VariantValues { id: variant.id.as_str(), name: &variant.name, newest: variant.newest.as_deref() }
}

/// The values of an upgrade, which all its tasks share.
pub fn of_upgrade(catalog: &Catalog, runtime: &Runtime, upgrade: &Upgrade, plan: &Plan) -> Context {
    let mut context = Context::new();
    context.insert(
        "upgrade",
        &UpgradeValues {
            id: upgrade.id.as_str(),
            slug: upgrade.slug(),
            risk: upgrade.risk.to_string(),
            state: upgrade.state.to_string(),
            due: plan.due.as_ref().map(|due| due.day.to_string()),
        },
    );
    context.insert("runtime", &Named { id: runtime.id.as_str(), name: &runtime.name });
    context.insert("from", &upgrade.from.value.to_string());
    context.insert("to", &upgrade.to.value.to_string());
    context.insert("from_line", &upgrade.from.value.line().to_string());
    context.insert("line", &upgrade.to.value.line().to_string());
    context.insert("bump", &plan.bump.map(|bump| bump.to_string()));
    context.insert("called", &plan.bump.map(|bump| runtime.called(bump)));
    context.insert("security", &plan.security.is_some());
    let roles: BTreeMap<&str, TeamValues> =
        upgrade.roles.iter().map(|(role, id)| (role.as_str(), team(catalog, id))).collect();
    context.insert("roles", &roles);
    let supported = plan.branches.iter().filter(|branch| branch.supported);
    let supported: Vec<BranchValues> =
        supported.filter_map(|plan| branch(catalog, &plan.branch, &runtime.id)).collect();
    context.insert("supported", &supported);
    context
}

/// A team, as texts may name it.
pub fn team(catalog: &Catalog, id: &TeamId) -> TeamValues {
    let team = catalog.teams.get(id);
    TeamValues {
        id: id.to_string(),
        name: team.map_or_else(|| id.to_string(), |team| team.name.clone()),
        handle: team.and_then(|team| team.handle.clone()),
        chat: team.and_then(|team| team.chat.clone()),
    }
}

/// A component, as texts may name it.
pub fn component(catalog: &Catalog, component: &Component) -> ComponentValues {
    ComponentValues {
        id: component.id.to_string(),
        name: component.name.clone(),
        repo: component.repo.clone(),
        path: component.path.clone(),
        tracker: component.tracker.clone(),
        shipped_by: component.shipped_by.as_ref().map(|by| {
            catalog.components.get(&by.value).map_or_else(|| by.value.to_string(), |bundler| bundler.name.clone())
        }),
        owner_name: team(catalog, &component.owner).name,
    }
}

/// Puts "each component" or "each team" in the place of a task's own, for the title of all tasks of a step.
pub fn generalise(context: &mut Context, catalog: &Catalog, subject: &Subject) {
    match subject {
        Subject::Upgrade => {}
        Subject::Branch(_) => {
            context.insert(
                "branch",
                &BranchValues { id: "BRANCH".to_owned(), version: "each release branch".to_owned(), ships: None },
            );
        }
        Subject::Component(id) => {
            let Some(one) = catalog.components.get(id) else { return };
            let each = ComponentValues {
                id: "COMPONENT".to_owned(),
                name: "each component".to_owned(),
                owner_name: "its owner".to_owned(),
                ..component(catalog, one)
            };
            context.insert("component", &each);
        }
        Subject::Team(id) => {
            let each = TeamValues { id: "TEAM".to_owned(), name: "each team".to_owned(), ..team(catalog, id) };
            context.insert("team", &each);
        }
    }
}

/// The address of upstream's release notes for the target's line.
pub fn notes(runtime: &Runtime, upgrade: &Upgrade) -> Option<String> {
    let line = upgrade.to.value.line().to_string();
    runtime.notes.as_ref().map(|notes| fill(notes, &[("line", &line)]))
}
