//! Turns problems and changes into findings with a fingerprint, by which other systems know a finding again. The
//! fingerprint of a problem is made of code, file and subject; it must not depend on line numbers, nor on the wording of a
//! message. Changes have theirs.

use std::collections::{BTreeMap, BTreeSet};

use std::fmt;

use crate::explain;
use crate::model::changes::Level;
use crate::model::comparison::{self, Comparison};
use crate::model::digest::sha256;
use crate::model::place::{Place, Texts};
use crate::model::problem::{Problem, Severity};

/// The column beyond which a line is not read: looking at each of many places on one endless line takes too long.
const LAST_COLUMN: u32 = 4000;

/// What findings are of: a verb, and what it says of them.
pub struct Origin {
    /// The command.
    pub name: &'static str,
    /// What it says when there are none.
    pub nothing: &'static str,
    /// What a code means, in a sentence.
    pub describe: fn(&str) -> String,
}

/// Problems of the catalog.
pub const CHECK: Origin = Origin {
    name: "upshift check",
    nothing: "the catalog is sound",
    describe: |code| explain::find(code).map_or_else(|| code.to_owned(), |explanation| explanation.summary() + "."),
};

/// Changes between runbooks.
pub const DIFF: Origin = Origin {
    name: "upshift diff",
    nothing: "nothing differs",
    describe: |code| comparison::find_meaning(code).unwrap_or(code).to_owned(),
};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Something must be done.
    Error,
    /// Somebody should look.
    Warning,
    /// Good to know.
    Note,
}

impl Weight {
    /// All of them, the heaviest first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Note];
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// Something that other systems show.
pub struct Finding<'a> {
    /// What sort of finding it is.
    pub code: &'a str,
    /// How much it weighs.
    pub weight: Weight,
    /// What it is.
    pub message: &'a str,
    /// What to do about it.
    pub help: &'a [String],
    /// Where it is.
    pub place: Place,
    /// Other places that have to do with it.
    pub related: &'a [(Place, String)],
    /// 64 digits in lower-case hex; no two findings of one run have the same.
    pub fingerprint: String,
}

impl<'a> Finding<'a> {
    /// Makes a finding of a problem.
    pub fn new(problem: &'a Problem, fingerprint: String) -> Self {
        Self {
            code: problem.code,
            weight: match problem.severity {
                Severity::Error => Weight::Error,
                Severity::Warning => Weight::Warning,
            },
            message: &problem.message,
            help: &problem.help,
            place: problem.place.clone(),
            related: &problem.related,
            fingerprint,
        }
    }
}

/// Makes a finding of each change. Its place is the newer runbook as a whole: people change the catalog, not its lines.
pub fn from_changes(comparisons: &[Comparison]) -> Vec<Finding<'_>> {
    let mut findings = Vec::new();
    for comparison in comparisons {
        let place = Place::whole(&comparison.file);
        findings.extend(comparison.changes.changes.iter().map(|change| Finding {
            code: &change.id,
            weight: match change.level {
                Level::Breaking => Weight::Error,
                Level::Warning => Weight::Warning,
                Level::Info => Weight::Note,
            },
            message: &change.text,
            help: &[],
            place: place.clone(),
            related: &[],
            fingerprint: change.fingerprint.clone(),
        }));
    }
    findings
}

/// Gives each problem its fingerprint. Findings that are equal in code, file and subject count up in the order given.
pub fn to_findings<'a>(problems: &'a [Problem], texts: &Texts) -> Vec<Finding<'a>> {
    let mut wanted: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for place in problems.iter().map(|problem| &problem.place).filter(|place| place.line > 0) {
        wanted.entry(&place.file).or_default().insert(place.line);
    }
    let mut lines: BTreeMap<&str, BTreeMap<u32, (String, &str)>> = BTreeMap::new();
    for (file, wanted) in wanted {
        if let Some(text) = texts.get(file) {
            lines.insert(file, find_parents(text, &wanted));
        }
    }
    let mut seen: BTreeMap<(&str, &str, String), usize> = BTreeMap::new();
    let to_finding = |problem: &'a Problem| {
        let place = &problem.place;
        let line = lines.get(&*place.file).and_then(|lines| lines.get(&place.line));
        let mut subject = line.map_or_else(String::new, |(parents, line)| find_subject(parents, line, place));
        subject.push('\n');
        subject.push_str(&problem.about);
        let ordinal = seen.entry((problem.code, &problem.place.file, subject.clone())).or_default();
        *ordinal += 1;
        let identity = format!("{}\0{}\0{subject}\0{ordinal}\0", problem.code, place.file);
        Finding::new(problem, sha256(identity.as_bytes()))
    };
    problems.iter().map(to_finding).collect()
}

/// The wanted lines of a YAML text, each with the keys above it: `components/api/uses`.
///
/// This reads indentation only. Where a text is laid out in another way the keys are fewer, and still the same from run
/// to run.
fn find_parents<'a>(text: &'a str, wanted: &BTreeSet<u32>) -> BTreeMap<u32, (String, &'a str)> {
    let mut found = BTreeMap::new();
    let mut above: Vec<(usize, &str)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let rest = line.trim_start_matches([' ', '-']);
        let indent = line.len() - rest.len();
        let is_content = !rest.trim_end().is_empty() && !rest.starts_with('#');
        if is_content {
            above.truncate(above.partition_point(|(other, _)| *other < indent));
        }
        if wanted.contains(&number) {
            let keys: Vec<&str> = above.iter().map(|(_, key)| *key).collect();
            found.insert(number, (keys.join("/"), line));
        }
        if is_content && let Some(key) = find_key(rest) {
            above.push((indent, key));
        }
    }
    found
}

/// The key at the start of a text, without its quotes.
fn find_key(text: &str) -> Option<&str> {
    let end = text.find(": ").or_else(|| text.trim_end().strip_suffix(':').map(str::len))?;
    let key = text[..end].trim_matches(['"', '\'', ' ']);
    (!key.contains(['{', '[', ','])).then_some(key)
}

/// What a place is about: the keys above it, those of the lists and maps in its line, and the value there.
fn find_subject(parents: &str, line: &str, place: &Place) -> String {
    if place.column > LAST_COLUMN {
        return parents.to_owned();
    }
    let column = (place.column as usize).saturating_sub(1);
    let mut open: Vec<String> = Vec::new();
    let mut key = String::new();
    let mut word = String::new();
    let mut quoted = None;
    for c in line.chars().take(column) {
        match (c, quoted) {
            (c, Some(quote)) if c == quote => quoted = None,
            (c, Some(_)) => word.push(c),
            ('"' | '\'', None) if word.trim().is_empty() => quoted = Some(c),
            (':', None) => key = std::mem::take(&mut word).trim_start_matches([' ', '-']).to_owned(),
            ('{' | '[', None) => {
                open.push(std::mem::take(&mut key));
                word.clear();
            }
            ('}' | ']', None) => {
                open.pop();
                key.clear();
                word.clear();
            }
            (',', None) => {
                key.clear();
                word.clear();
            }
            (c, None) => word.push(c),
        }
    }
    let value: String = line.chars().skip(column).take(place.length as usize).collect();
    // Written in braces or in lines of their own, the keys are the same.
    let keys: Vec<&str> = [parents].into_iter().chain(open.iter().map(String::as_str)).chain([key.as_str()]).collect();
    let keys: Vec<&str> = keys.into_iter().filter(|key| !key.is_empty()).collect();
    format!("{}\n{}", keys.join("/"), value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "teams: { core: {} }\ncomponents:\n  # who\n  api:\n    owner: croe\n    uses: { go: { phase: wrok, needs: [web] } }\n  web: { owner: croe }\n";

    fn find(line: u32, column: u32, length: u32) -> String {
        let place = Place { file: "a.yaml".into(), line, column, length };
        let found = find_parents(TEXT, &BTreeSet::from([line]));
        let (parents, text) = &found[&line];
        find_subject(parents, text, &place)
    }

    #[test]
    fn names_the_keys_above_a_value() {
        assert_eq!(find(5, 12, 4), "components/api/owner\ncroe");
        assert_eq!(find(6, 26, 4), "components/api/uses/go/phase\nwrok");
        assert_eq!(find(6, 40, 3), "components/api/uses/go/needs\nweb");
        assert_eq!(find(7, 17, 4), "components/web/owner\ncroe");
        assert_eq!(find(4, 3, 3), "components\napi");
    }

    #[test]
    fn stays_the_same_when_lines_move_and_words_change_and_differs_otherwise() {
        let prints = |text: &str, line: u32, message: &str, twice: bool| {
            let place = Place { file: "a.yaml".into(), line, column: 12, length: 4 };
            let problem = Problem::error("unknown-team", &place, message);
            let other = if twice { problem.clone() } else { problem.clone().about("x") };
            let problems = [problem, other];
            let texts = Texts::from([("a.yaml".into(), text.to_owned())]);
            let found = to_findings(&problems, &texts);
            [found[0].fingerprint.clone(), found[1].fingerprint.clone()]
        };
        let [one, two] = prints(TEXT, 5, "no team", true);
        assert_ne!(one, two);
        assert_eq!(one.len(), 64);
        assert_eq!(prints(&format!("# new\n\n{TEXT}"), 7, "there is no such team", true), [one.clone(), two.clone()]);
        let [same, about] = prints(TEXT, 5, "no team", false);
        assert_eq!(same, one);
        assert!(about != one && about != two);
        assert_ne!(prints(&TEXT.replace("croe", "cero"), 5, "no team", true)[0], one);
    }
}
