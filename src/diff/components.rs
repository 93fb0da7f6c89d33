//! What differs in the components that use the runtime.

use crate::diff::found::{Found, or_none};
use crate::diff::pairs::Matched;
use crate::model::changes::Rule;
use crate::model::component::PinKind;
use crate::model::id::VariantId;
use crate::model::runbook::{ComponentEntry, PinEntry};

/// Compares the components of two runbooks.
pub fn compare(matched: &Matched<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let path = |component: &ComponentEntry| format!("components/{}", component.id);
    for component in &matched.components.added {
        let text = format!("{} uses the runtime", component.name);
        found.push(about(component, Found::new(Rule::ComponentAdded, path(component), text, None::<()>, component)));
    }
    for component in &matched.components.removed {
        let text = format!("{} does not use the runtime any more", component.name);
        found.push(about(component, Found::new(Rule::ComponentRemoved, path(component), text, component, None::<()>)));
    }
    for (old, new) in &matched.components.both {
        found.extend(component(old, new, matched).into_iter().map(|change| about(new, change)));
    }
    found
}

fn about(component: &ComponentEntry, found: Found) -> Found {
    found.for_team(&component.owner).of_component(Some(&component.id))
}

fn component(old: &ComponentEntry, new: &ComponentEntry, matched: &Matched<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let path = |key: &str| format!("components/{}/{key}", new.id);
    if old.id != new.id {
        let text = format!("the component `{}` is called `{}` now", old.id, new.id);
        found.push(Found::new(Rule::ComponentRenamed, path("id"), text, &old.id, &new.id));
    }
    if old.owner != new.owner {
        let text = format!("{} belongs to `{}`, not to `{}`", new.name, new.owner, old.owner);
        found.push(Found::new(Rule::ComponentOwnerChanged, path("owner"), text, &old.owner, &new.owner));
    }
    let renamed = old.shipped_by.as_ref().map(|by| matched.component(by));
    if renamed != new.shipped_by.as_ref() {
        let text = format!("{} is shipped by {}", new.name, or_none(new.shipped_by.as_ref()));
        found.push(Found::new(Rule::ComponentChanged, path("shipped_by"), text, &old.shipped_by, &new.shipped_by));
    }
    if old.owner_inferred != new.owner_inferred {
        let text = match new.owner_inferred {
            true => format!("that `{}` owns {} is only inferred", new.owner, new.name),
            false => format!("that `{}` owns {} is known", new.owner, new.name),
        };
        let key = path("owner_inferred");
        found.push(Found::new(Rule::ComponentChanged, key, text, old.owner_inferred, new.owner_inferred));
    }
    let phase = |component: &ComponentEntry| component.phase.as_ref().map(ToString::to_string);
    for (key, before, after) in [
        ("name", Some(old.name.clone()), Some(new.name.clone())),
        ("repo", old.repo.clone(), new.repo.clone()),
        ("path", old.path.clone(), new.path.clone()),
        ("tracker", old.tracker.clone(), new.tracker.clone()),
        ("phase", phase(old), phase(new)),
        ("note", old.note.clone(), new.note.clone()),
        ("source", old.source.clone(), new.source.clone()),
    ] {
        if before != after {
            let text =
                format!("the {key} of `{}` is {}, not {}", new.id, or_none(after.as_ref()), or_none(before.as_ref()));
            found.push(Found::new(Rule::ComponentChanged, path(key), text, before, after));
        }
    }
    if old.versions != new.versions {
        let list = |versions: &[String]| or_none(Some(versions.join(", ")).filter(|list| !list.is_empty()));
        let text = format!("{} uses {}, not {}", new.name, list(&new.versions), list(&old.versions));
        found.push(Found::new(Rule::PinsChanged, path("versions"), text, &old.versions, &new.versions));
    }
    if said(&old.pins) != said(&new.pins) {
        let text = format!("{} names versions in other places, or other ones there", new.name);
        found.push(Found::new(Rule::PinsChanged, path("pins"), text, &old.pins, &new.pins));
    }
    found
}

/// What pins say, without their lines and how they compare with the target.
fn said(pins: &[PinEntry]) -> Vec<(&str, Option<&str>, Option<&str>, Option<PinKind>, Option<&VariantId>)> {
    let mut said: Vec<_> = pins
        .iter()
        .map(|pin| (pin.file.as_str(), pin.name.as_deref(), pin.value.as_deref(), pin.kind, pin.variant.as_ref()))
        .collect();
    said.sort_unstable();
    said
}
