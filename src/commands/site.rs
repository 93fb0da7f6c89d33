//! What the site is made of beside the pages that reviewers compare.

use anyhow::Result;

use super::changes;
use super::documents::{self, Known};
use crate::render::html::{self, More};
use crate::render::output::Output;
use crate::render::{Material, Templates};

/// Makes the site, page by page.
pub fn make(material: &Material<'_>, templates: &Templates, output: &mut dyn Output) -> Result<()> {
    let Material { catalog, facts, scans, runbooks, revisions, as_of, .. } = *material;
    let pairs = changes::compare_all(catalog, runbooks, revisions);
    let documents = documents::make(&Known { catalog, facts, scans, runbooks, pairs: &pairs, as_of })?;
    html::pages(material, templates, More { documents: &documents, pairs: &pairs }, output)
}
