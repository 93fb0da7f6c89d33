//! endoflife.date, API v1 (<https://endoflife.date/docs/api/v1/>): release lines with their dates, and the newest
//! release of each. Its booleans are as of the day on which the site was built, so dates win over them.

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use super::{SourceError, to_format_error, to_plain, to_shown};
use crate::model::facts::{LineFact, ReleaseFact, SourceFacts};

pub fn to_url(product: &str) -> String {
    format!("https://endoflife.date/api/v1/products/{product}")
}

#[derive(Deserialize)]
struct Answer {
    result: Product,
}

#[derive(Deserialize)]
struct Product {
    releases: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cycle {
    name: String,
    release_date: Option<String>,
    is_lts: Option<bool>,
    eoas_from: Option<String>,
    is_eol: Option<bool>,
    eol_from: Option<String>,
    latest: Option<Latest>,
}

#[derive(Deserialize)]
struct Latest {
    name: Option<String>,
    date: Option<String>,
}

pub fn to_facts(bytes: &[u8]) -> Result<SourceFacts, SourceError> {
    let answer: Answer = serde_json::from_slice(bytes).map_err(|error| to_format_error(&error))?;
    let mut facts = SourceFacts::default();
    for value in answer.result.releases {
        let name = value.get("name").and_then(Value::as_str).map_or_else(|| "?".to_owned(), to_shown);
        match serde_json::from_value::<Cycle>(value)
            .map_err(|error| error.to_string())
            .and_then(|cycle| to_fact(&cycle))
        {
            Ok((line, release)) => {
                facts.lines.push(line);
                facts.releases.extend(release);
            }
            Err(reason) => facts.skipped.push(format!("line `{name}`: {reason}")),
        }
    }
    Ok(facts)
}

fn to_fact(cycle: &Cycle) -> Result<(LineFact, Option<ReleaseFact>), String> {
    let plain =
        |text: &str| to_plain(text).map(str::to_owned).ok_or_else(|| format!("`{}` is not a version", to_shown(text)));
    let latest = cycle.latest.as_ref();
    let version = latest.and_then(|latest| latest.name.as_deref()).map(plain).transpose()?;
    let date = to_date(latest.and_then(|latest| latest.date.as_deref()))?;
    let eol = to_date(cycle.eol_from.as_deref())?;
    let line = LineFact {
        line: plain(&cycle.name)?,
        released: to_date(cycle.release_date.as_deref())?,
        support_ends: to_date(cycle.eoas_from.as_deref())?,
        eol,
        // With a date the flag says nothing more, and flips on a day of its own.
        ended: cycle.is_eol.filter(|_| eol.is_none()),
        lts: cycle.is_lts.filter(|lts| *lts),
        latest: version.clone(),
        latest_date: None,
    };
    Ok((line, version.map(|version| ReleaseFact { version, date, prerelease: None })))
}

fn to_date(text: Option<&str>) -> Result<Option<Date>, String> {
    text.map(|text| text.parse().map_err(|_| format!("`{}` is not a date", to_shown(text)))).transpose()
}

/// The product without the time at which the site was built.
pub fn to_content(bytes: &[u8]) -> Vec<u8> {
    let Ok(Value::Object(mut answer)) = serde_json::from_slice(bytes) else { return bytes.to_owned() };
    answer.remove("generated_at");
    answer.remove("last_modified");
    serde_json::to_vec(&answer).unwrap_or_else(|_| bytes.to_owned())
}
