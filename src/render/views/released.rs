//! What pages say of released revisions: which one is the latest, how far the draft is from it, and the list of all.

use serde::Serialize;

use crate::model::count::count;
use crate::model::id::UpgradeId;
use crate::model::revision::{self, Released, Revision};
use crate::model::runbook::Runbook;
use crate::render::Material;

/// A released revision, as a checklist names it.
#[derive(Serialize)]
pub struct ReleasedView {
    number: u32,
    date: String,
    message: Option<String>,
    /// The path of its page.
    page: String,
    /// How the page that is shown compares with it; none on its own page.
    standing: Option<String>,
}

impl ReleasedView {
    fn new(revision: &Revision, folder: &str, standing: Option<String>) -> Self {
        Self {
            number: revision.revision,
            date: revision.date.to_string(),
            message: revision.message.clone(),
            page: format!("{folder}r{}.md", revision.revision),
            standing,
        }
    }

    /// What the page of a revision says of itself.
    pub fn of_revision(revision: &Revision) -> Self {
        Self::new(revision, "", None)
    }

    /// What a page of the current runbook says of the latest revision; `folder` leads from it to the upgrade's folder.
    pub fn of_latest(material: &Material<'_>, runbook: &Runbook, folder: &str) -> Option<Self> {
        let latest = find(material, &runbook.upgrade).last()?;
        let is_closed = material.catalog.upgrades.get(&runbook.upgrade).is_some_and(|upgrade| !upgrade.is_open());
        let standing = match revision::count_differences(&latest.runbook, runbook) {
            _ if is_closed => {
                "the upgrade is closed, so this stays what was released, with the progress since".to_owned()
            }
            0 => "the draft asks for the same tasks".to_owned(),
            tasks => format!("the draft differs from it in {}", count(tasks, "task")),
        };
        Some(Self::new(&latest.revision, folder, Some(standing)))
    }
}

/// A row in the list of revisions.
#[derive(Serialize)]
pub struct RevisionRow {
    number: u32,
    date: String,
    message: Option<String>,
    /// `current`, `superseded by r2`.
    state: String,
}

/// The revisions of an upgrade, the latest first.
pub fn to_rows(material: &Material<'_>, upgrade: &UpgradeId) -> Vec<RevisionRow> {
    let row = |Released { revision, .. }: &Released| RevisionRow {
        number: revision.revision,
        date: revision.date.to_string(),
        message: revision.message.clone(),
        state: revision.superseded_by.map_or_else(|| "current".to_owned(), |by| format!("superseded by r{by}")),
    };
    find(material, upgrade).iter().rev().map(row).collect()
}

fn find<'a>(material: &Material<'a>, upgrade: &UpgradeId) -> &'a [Released] {
    material.revisions.get(upgrade).map_or(&[], Vec::as_slice)
}
