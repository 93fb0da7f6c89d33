//! Turns what is recorded from outside into the proof that a task is done: pins of its component, or an image.

use crate::model::catalog::Catalog;
use crate::model::facts::Known;
use crate::model::id::VariantId;
use crate::model::pins::find_scan;
use crate::model::plan::Subject;
use crate::model::process::{Check, Text, fill};
use crate::model::upgrade::Upgrade;
use crate::model::verdict::{self, Aim};

/// What proves that a step is done for a subject: an address or a statement for each fact. Nothing, when the facts do not
/// prove it.
pub fn find_proof(
    catalog: &Catalog,
    upgrade: &Upgrade,
    check: &Check,
    (subject, variant): (&Subject, Option<&VariantId>),
    known: Known<'_>,
) -> Option<Vec<String>> {
    match check {
        Check::Pin(wanted) => {
            let component = catalog.components.get(subject.component()?)?;
            let aim = Aim { runtime: &upgrade.runtime, variant, target: &upgrade.to.value };
            let checked = verdict::check(*wanted, find_scan(known.scans, component)?, aim)?;
            let proof = checked.proof.into_iter().map(|proof| proof.url.unwrap_or(proof.text));
            checked.holds.then(|| proof.collect())
        }
        Check::Image(image) => {
            let image = to_image(upgrade, image);
            let is_there = known.versions.is_published(&image) == Some(true);
            is_there.then(|| vec![format!("the image {image} is recorded")])
        }
    }
}

/// The image that a reference names in an upgrade.
pub fn to_image(upgrade: &Upgrade, reference: &Text) -> String {
    let to = &upgrade.to.value;
    fill(&reference.value, &[("to", &to.to_string()), ("line", &to.line())])
}
