//! `upshift schema`, and the schemas as pages.

use anyhow::Result;
use serde_json::Value;

use super::Exit;
use crate::cli::{SchemaArgs, SchemaName};
use crate::model::page::Page;
use crate::model::{changes, pins, revision, runbook};
use crate::report::{self, Report};
use crate::text::to_json;
use crate::{catalog, lock, render};

/// Prints a schema.
pub fn run(args: &SchemaArgs, report: &mut Report) -> Result<Exit> {
    report.text(&to_json(&to_schema(args.name))?);
    Ok(Exit::Done)
}

/// All schemas as pages below `schema/`.
pub fn pages() -> Result<Vec<Page>> {
    let page = |name: SchemaName| {
        Ok(Page { path: format!("schema/{}.schema.json", name.word()), text: to_json(&to_schema(name))? })
    };
    SchemaName::ALL.into_iter().map(page).collect()
}

fn to_schema(name: SchemaName) -> Value {
    match name {
        SchemaName::Catalog => catalog::to_schema(),
        SchemaName::Lock => lock::to_schema(),
        SchemaName::Runbook => runbook::to_schema(),
        SchemaName::Index => render::to_index_schema(),
        SchemaName::Revisions => revision::to_schema(),
        SchemaName::Problems => report::to_problems_schema(),
        SchemaName::Plans => report::to_plans_schema(),
        SchemaName::Status => report::to_status_schema(),
        SchemaName::Versions => report::to_versions_schema(),
        SchemaName::Update => report::to_update_schema(),
        SchemaName::Proposals => report::to_proposals_schema(),
        SchemaName::Pins => pins::to_schema(),
        SchemaName::Diff => changes::to_schema(),
        SchemaName::Diffs => report::to_diffs_schema(),
    }
}
