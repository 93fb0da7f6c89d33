//! What several pages say about vulnerabilities and build flavours: what a jump fixes, and how far each flavour is.

use serde::Serialize;

use crate::model::count::count;
use crate::model::runbook::{Advisory, Runbook, Variant};

/// What a jump means for known vulnerabilities.
#[derive(Serialize)]
pub struct SecurityView {
    /// `1.26.7 fixes 3 known vulnerabilities of 1.26.5`.
    pub summary: String,
    /// The lists that are not empty.
    pub lists: Vec<AdvisoryList>,
    /// Who was asked.
    pub sources: Vec<String>,
}

/// Advisories that the jump treats alike.
#[derive(Serialize)]
pub struct AdvisoryList {
    heading: String,
    advisories: Vec<AdvisoryRow>,
}

#[derive(Serialize)]
struct AdvisoryRow {
    id: String,
    url: Option<String>,
    aliases: Option<String>,
    summary: String,
}

/// Makes the view of a runbook's advisories; nothing when no advisories are recorded.
pub fn view(runbook: &Runbook) -> Option<SecurityView> {
    let known = &runbook.advisories;
    let (fixed, still, new) = (known.fixed.as_ref()?, known.still_affected.as_ref()?, known.newly_affected.as_ref()?);
    let (from, to) = (&runbook.from, &runbook.to);
    let lists =
        [(format!("Fixed in {to}"), fixed), (format!("Still open in {to}"), still), (format!("New in {to}"), new)];
    let list = |(heading, advisories): (String, &Vec<Advisory>)| AdvisoryList {
        heading,
        advisories: advisories.iter().map(to_row).collect(),
    };
    Some(SecurityView {
        summary: summarise(from, to, fixed.len(), still.len(), new.len()),
        lists: lists.into_iter().filter(|(_, advisories)| !advisories.is_empty()).map(list).collect(),
        sources: known.sources.clone(),
    })
}

fn to_row(advisory: &Advisory) -> AdvisoryRow {
    AdvisoryRow {
        id: advisory.id.clone(),
        url: advisory.url.clone(),
        aliases: Some(advisory.aliases.join(", ")).filter(|aliases| !aliases.is_empty()),
        summary: advisory.summary.clone().unwrap_or_else(|| "not described".to_owned()),
    }
}

fn summarise(from: &str, to: &str, fixed: usize, still: usize, new: usize) -> String {
    let is = |number: usize| if number == 1 { "is" } else { "are" };
    let vulnerabilities = |number: usize| {
        if number == 1 { "1 known vulnerability".to_owned() } else { format!("{number} known vulnerabilities") }
    };
    let mut text = match fixed {
        0 => format!("{to} fixes no known vulnerability of {from}"),
        fixed => format!("{to} fixes {} of {from}", vulnerabilities(fixed)),
    };
    if still > 0 {
        text.push_str(&format!("; {still} {} still open", is(still)));
    }
    if new > 0 {
        text.push_str(&format!("; {new} {} new in {to}", is(new)));
    }
    text
}

/// A build flavour.
#[derive(Clone, Serialize)]
pub struct VariantView {
    name: String,
    /// `1.26.7`, `1.26.7 is not released yet; its newest release is 1.26.6`.
    state: String,
    /// Its newest release, when that is not the target; short, for tables.
    behind: Option<String>,
    /// How many components are built so.
    components: String,
}

/// Makes the views of a runbook's build flavours.
pub fn variants(runbook: &Runbook) -> Vec<VariantView> {
    let view = |variant: &Variant| VariantView {
        name: variant.name.clone(),
        state: to_state(variant, &runbook.to),
        behind: variant.to.is_none().then(|| variant.newest.clone().unwrap_or_else(|| "not known".to_owned())),
        components: count(variant.components.len(), "component"),
    };
    runbook.variants.iter().map(view).collect()
}

fn to_state(variant: &Variant, target: &str) -> String {
    match (&variant.to, &variant.newest) {
        (Some(to), _) => format!("{to} is released"),
        (None, Some(newest)) => {
            let lag = variant.lag_days.filter(|days| *days > 0).map_or_else(String::new, |days| {
                format!(", {} older", count(usize::try_from(days).unwrap_or_default(), "day"))
            });
            format!("{target} is not released yet; its newest release is {newest}{lag}")
        }
        (None, None) if variant.sources.is_empty() => "its releases are not recorded".to_owned(),
        (None, None) => format!("it has no release up to {target}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::VariantId;

    #[test]
    fn the_summary_counts_what_is_there() {
        for (counts, expected) in [
            ((0, 0, 0), "1.26.7 fixes no known vulnerability of 1.26.5"),
            ((1, 0, 0), "1.26.7 fixes 1 known vulnerability of 1.26.5"),
            ((3, 1, 2), "1.26.7 fixes 3 known vulnerabilities of 1.26.5; 1 is still open; 2 are new in 1.26.7"),
        ] {
            let (fixed, still, new) = counts;
            assert_eq!(summarise("1.26.5", "1.26.7", fixed, still, new), expected);
        }
    }

    #[test]
    fn a_flavour_says_how_far_it_is() {
        let variant = |to: Option<&str>, newest: Option<&str>, lag_days, sources: &[&str]| Variant {
            id: VariantId::new("fips"),
            name: "FIPS".to_owned(),
            to: to.map(str::to_owned),
            newest: newest.map(str::to_owned),
            lag_days,
            components: Vec::new(),
            sources: sources.iter().map(|source| (*source).to_owned()).collect(),
        };
        let asked = &["github-tags:golang-fips/go"][..];
        for (variant, expected) in [
            (variant(Some("1.26.7"), Some("1.26.7"), Some(0), asked), "1.26.7 is released"),
            (
                variant(None, Some("1.26.6"), Some(6), asked),
                "1.26.7 is not released yet; its newest release is 1.26.6, 6 days older",
            ),
            (variant(None, Some("1.26.6"), Some(0), asked), "1.26.7 is not released yet; its newest release is 1.26.6"),
            (variant(None, Some("1.26.6"), None, asked), "1.26.7 is not released yet; its newest release is 1.26.6"),
            (variant(None, None, None, asked), "it has no release up to 1.26.7"),
            (variant(None, None, None, &[]), "its releases are not recorded"),
        ] {
            assert_eq!(to_state(&variant, "1.26.7"), expected);
        }
    }
}
