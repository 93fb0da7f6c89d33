//! The Go vulnerability database (<https://go.dev/doc/security/vuln/database>): an index, and a record for each id. Only
//! records that changed are asked for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::osv_record::{Affected, Spelling, Subject, to_advisory};
use super::text::{parse_id, parse_name};
use super::{OptionFault, SourceError, Upstream, check_count, parse_json};
use crate::model::advisory::AdvisoryFact;
use crate::model::exchange::{Reply, Request};
use crate::model::facts::SourceFacts;
use crate::model::quote::{clean, quote};

const INDEX: &str = "https://vuln.go.dev/index/modules.json";

/// The advisories of the Go project, as `govulncheck` reads them, with the versions that they affect.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GoVulndb {
    /// What the advisories are about: `stdlib` is the standard library, `toolchain` the compiler and the command `go`.
    /// Example: `[stdlib]`. Default: both.
    #[serde(default = "both")]
    modules: Vec<Module>,
}

/// A part of Go that the database treats as a module.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Module {
    Stdlib,
    Toolchain,
}

fn both() -> Vec<Module> {
    vec![Module::Stdlib, Module::Toolchain]
}

impl Module {
    fn path(self) -> &'static str {
        match self {
            Self::Stdlib => "stdlib",
            Self::Toolchain => "toolchain",
        }
    }
}

impl Upstream for GoVulndb {
    fn check(&self) -> Result<(), OptionFault> {
        if self.modules.is_empty() {
            return Err(OptionFault {
                option: Some("modules"),
                why: "without modules there are no advisories".to_owned(),
            });
        }
        Ok(())
    }

    fn requests(&self) -> Vec<Request> {
        vec![Request::get(INDEX)]
    }

    fn more(&self, known: &SourceFacts, reply: &Reply) -> Result<Vec<Request>, SourceError> {
        if !self.counts(reply) {
            return Ok(Vec::new());
        }
        let known: BTreeMap<&str, Option<&str>> =
            known.advisories.iter().map(|fact| (fact.id.as_str(), fact.modified.as_deref())).collect();
        let index = self.read_index(&reply.body)?;
        let changed =
            index.modified.iter().filter(|(id, modified)| known.get(id.as_str()) != Some(&Some(modified.as_str())));
        Ok(changed.map(|(id, _)| Request::get(to_record(id))).collect())
    }

    fn counts(&self, reply: &Reply) -> bool {
        reply.asked == INDEX
    }

    /// Only what it says of the modules: other modules of Go change every day.
    fn to_counted<'a>(&self, reply: &'a Reply) -> Result<Cow<'a, [u8]>, SourceError> {
        let index = self.read_index(&reply.body)?;
        let lines: String = index.modified.iter().map(|(id, modified)| format!("{id} {modified}\n")).collect();
        Ok(Cow::Owned(lines.into_bytes()))
    }

    fn to_facts(&self, known: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        let (index, records) = replies.split_first().ok_or(SourceError::Empty)?;
        let Index { modified, mut skipped } = self.read_index(&index.body)?;
        let mut advisories: BTreeMap<&str, AdvisoryFact> = known
            .advisories
            .iter()
            .filter(|fact| modified.contains_key(&fact.id))
            .map(|fact| (fact.id.as_str(), fact.clone()))
            .collect();
        let ids: BTreeMap<String, &str> = modified.keys().map(|id| (to_record(id), id.as_str())).collect();
        for reply in records {
            let Some(id) = ids.get(&reply.asked) else { continue };
            let told = skipped.len();
            match self.read_record(id, &reply.body, &mut skipped) {
                Ok(advisory) => {
                    // Without a mark, what was not read in whole is asked for and told again.
                    let modified = modified.get(*id).filter(|_| skipped.len() == told).cloned();
                    advisories.insert(id, AdvisoryFact { modified, ..advisory });
                }
                // What was known of it stays, with its mark of then.
                Err(why) => skipped.push(format!("{}: {why}", quote(id))),
            }
        }
        Ok(SourceFacts { advisories: advisories.into_values().collect(), skipped, ..SourceFacts::default() })
    }
}

/// The mark of each record of the modules.
struct Index {
    modified: BTreeMap<String, String>,
    skipped: Vec<String>,
}

#[derive(Deserialize)]
struct IndexedModule {
    path: String,
    vulns: Vec<Value>,
}

#[derive(Deserialize)]
struct IndexedRecord {
    id: String,
    modified: String,
}

impl GoVulndb {
    fn read_index(&self, body: &[u8]) -> Result<Index, SourceError> {
        let mut index = Index { modified: BTreeMap::new(), skipped: Vec::new() };
        let mut missing: BTreeSet<&str> = self.modules.iter().map(|module| module.path()).collect();
        for module in parse_json::<Vec<IndexedModule>>(body)? {
            if !missing.remove(module.path.as_str()) {
                continue;
            }
            for (at, entry) in module.vulns.into_iter().enumerate() {
                let entry: Result<IndexedRecord, String> =
                    serde_json::from_value(entry).map_err(|error| clean(&error.to_string()));
                match entry.and_then(|entry| Ok((parse_id(&entry.id)?, parse_name(&entry.modified)?))) {
                    Ok((id, modified)) => {
                        index.modified.insert(id, modified);
                    }
                    Err(why) => index.skipped.push(format!("{}, entry {}: {why}", quote(&module.path), at + 1)),
                }
            }
        }
        index.skipped.extend(missing.into_iter().map(|path| format!("{}: the index does not list it", quote(path))));
        check_count(index.modified.len())?;
        Ok(index)
    }

    fn read_record(&self, id: &str, body: &[u8], skipped: &mut Vec<String>) -> Result<AdvisoryFact, String> {
        let record: Value = parse_json(body).map_err(|error| error.to_string())?;
        let is_about = |entry: &Affected| {
            entry.package.ecosystem == "Go" && self.modules.iter().any(|module| module.path() == entry.package.name)
        };
        let advisory = to_advisory(record, &Subject { is_about: &is_about, spelling: Spelling::Go }, skipped)?;
        if advisory.id != id {
            return Err(format!("the record is that of {}", quote(&advisory.id)));
        }
        Ok(AdvisoryFact { url: Some(format!("https://pkg.go.dev/vuln/{id}")), ..advisory })
    }
}

fn to_record(id: &str) -> String {
    format!("https://vuln.go.dev/ID/{id}.json")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::advisory::RangeFact;
    use crate::sources::testing::{open, refuse, reply};
    use crate::sources::to_digest;

    const GOOD: &[u8] = include_bytes!("../../tests/upstream/go-vulndb/good_index.json");
    const STDLIB: &[u8] = include_bytes!("../../tests/upstream/go-vulndb/good_stdlib.json");
    const TOOLCHAIN: &[u8] = include_bytes!("../../tests/upstream/go-vulndb/good_toolchain.json");
    const WITHDRAWN: &[u8] = include_bytes!("../../tests/upstream/go-vulndb/good_withdrawn.json");

    fn replies(index: &[u8], records: &[(&str, &[u8])]) -> Vec<Reply> {
        let records = records.iter().map(|(id, body)| reply(&to_record(id), body));
        std::iter::once(reply(INDEX, index)).chain(records).collect()
    }

    fn good() -> SourceFacts {
        let records = [("GO-2026-4602", STDLIB), ("GO-2026-4866", TOOLCHAIN), ("GO-2023-0001", WITHDRAWN)];
        open("go-vulndb", json!({})).to_facts(&SourceFacts::default(), &replies(GOOD, &records)).unwrap()
    }

    fn asked(options: Value, known: &SourceFacts, index: &[u8]) -> Vec<String> {
        let more = open("go-vulndb", options).more(known, &reply(INDEX, index)).unwrap();
        more.into_iter().map(|request| request.url).collect()
    }

    #[test]
    fn reads_advisories_and_what_they_affect() {
        let facts = good();
        let range = |introduced: Option<&str>, fixed: &str| RangeFact {
            introduced: introduced.map(str::to_owned),
            fixed: Some(fixed.to_owned()),
            last: None,
        };
        let expected = [
            AdvisoryFact {
                id: "GO-2023-0001".to_owned(),
                aliases: Vec::new(),
                summary: Some("Taken back".to_owned()),
                url: Some("https://pkg.go.dev/vuln/GO-2023-0001".to_owned()),
                modified: Some("2024-05-20T16:03:47Z".to_owned()),
                withdrawn: true,
                affected: vec![range(None, "1.20.2"), range(Some("1.20beta0"), "1.20.3")],
            },
            AdvisoryFact {
                id: "GO-2026-4602".to_owned(),
                aliases: vec!["CVE-2026-27139".to_owned(), "GHSA-xxxx-yyyy-zzzz".to_owned()],
                summary: Some("FileInfo can escape from a Root in os".to_owned()),
                url: Some("https://pkg.go.dev/vuln/GO-2026-4602".to_owned()),
                modified: Some("2026-03-06T21:03:42Z".to_owned()),
                withdrawn: false,
                affected: vec![range(None, "1.25.8"), range(Some("1.26"), "1.26.1")],
            },
            AdvisoryFact {
                id: "GO-2026-4866".to_owned(),
                aliases: vec!["CVE-2026-33810".to_owned()],
                summary: Some("A first line of details, where there is no summary".to_owned()),
                url: Some("https://pkg.go.dev/vuln/GO-2026-4866".to_owned()),
                modified: Some("2026-04-10T10:00:00Z".to_owned()),
                withdrawn: false,
                affected: vec![range(Some("1.27rc1"), "1.27rc3")],
            },
        ];
        assert_eq!(facts, SourceFacts { advisories: expected.to_vec(), ..SourceFacts::default() });
    }

    #[test]
    fn asks_for_changed_records_of_its_modules_only() {
        let all = ["GO-2023-0001", "GO-2026-4602", "GO-2026-4866"].map(to_record);
        assert_eq!(asked(json!({}), &SourceFacts::default(), GOOD), all);
        assert_eq!(
            asked(json!({ "modules": ["toolchain"] }), &SourceFacts::default(), GOOD),
            [to_record("GO-2026-4866")]
        );
        assert_eq!(asked(json!({}), &good(), GOOD), Vec::<String>::new());
        let changed = String::from_utf8_lossy(GOOD).replace("2026-03-06", "2026-03-09");
        assert_eq!(asked(json!({}), &good(), changed.as_bytes()), [to_record("GO-2026-4602")]);
        let record = open("go-vulndb", json!({})).more(&good(), &reply(&to_record("GO-2026-4602"), STDLIB));
        assert_eq!(record, Ok(Vec::new()));
    }

    #[test]
    fn keeps_what_did_not_change_and_drops_what_is_no_longer_listed() {
        let upstream = open("go-vulndb", json!({}));
        let changed = String::from_utf8_lossy(STDLIB).replace("FileInfo can", "FileInfo could");
        let index = String::from_utf8_lossy(GOOD).replace("2026-03-06", "2026-03-09").replace(
            "{ \"id\": \"GO-2023-0001\", \"modified\": \"2024-05-20T16:03:47Z\", \"fixed\": \"1.20.3\" },\n",
            "",
        );
        let replies = replies(index.as_bytes(), &[("GO-2026-4602", changed.as_bytes())]);
        let facts = upstream.to_facts(&good(), &replies).unwrap();
        let said: Vec<_> = facts.advisories.iter().map(|fact| (fact.id.as_str(), fact.summary.as_deref())).collect();
        assert_eq!(
            said,
            [
                ("GO-2026-4602", Some("FileInfo could escape from a Root in os")),
                ("GO-2026-4866", Some("A first line of details, where there is no summary")),
            ]
        );
        assert_eq!(facts.advisories[0].modified.as_deref(), Some("2026-03-09T21:03:42Z"));
    }

    #[test]
    fn leaves_out_odd_entries_and_says_which() {
        let index = include_bytes!("../../tests/upstream/go-vulndb/odd_index.json");
        let record = include_bytes!("../../tests/upstream/go-vulndb/odd_record.json");
        let records = [
            ("GO-2026-0001", &record[..]),
            ("GO-2026-0002", b"<html>"),
            ("GO-2026-0003", STDLIB),
            ("GO-2026-4602", &STDLIB[..STDLIB.len() / 2]),
        ];
        let upstream = open("go-vulndb", json!({}));
        let facts = upstream.to_facts(&good(), &replies(index, &records)).unwrap();
        assert_eq!(
            facts.skipped,
            [
                "`stdlib`, entry 5: `../../etc/passwd` is not the id of an advisory",
                "`stdlib`, entry 6: missing field 'modified'",
                "`stdlib`, entry 7: invalid type: null, expected struct IndexedRecord",
                "`toolchain`: the index does not list it",
                "`GO-2026-0001`: an alias is not a text",
                "`GO-2026-0001`: `CVE 1` is not the id of an advisory",
                "`GO-2026-0001`: a range is left out: `1.26` is not a version of Go's as its database writes them",
                "`GO-2026-0002`: the reply is a web page, not data",
                "`GO-2026-0003`: the record is that of `GO-2026-4602`",
                "`GO-2026-4602`: the reply is cut off at line 12, column 93",
            ]
        );
        let said: Vec<_> = facts.advisories.iter().map(|fact| (fact.id.as_str(), fact.modified.as_deref())).collect();
        assert_eq!(
            said,
            [("GO-2026-0001", None), ("GO-2026-4602", Some("2026-03-06T21:03:42Z"))],
            "one is asked for again, the other is known from before"
        );
    }

    #[test]
    fn refuses_broken_replies() {
        let upstream = open("go-vulndb", json!({}));
        let error = |index: &[u8]| {
            let read = upstream.to_facts(&good(), &replies(index, &[])).unwrap_err();
            assert_eq!(upstream.more(&good(), &reply(INDEX, index)).unwrap_err(), read);
            read.to_string()
        };
        let page = include_bytes!("../../tests/upstream/go-vulndb/broken_page.html");
        assert_eq!(error(page), "the reply is a web page, not data");
        assert_eq!(error(&GOOD[..100]), "the reply is cut off at line 2, column 98");
        assert_eq!(error(b"[]"), "the reply lists nothing that can be read");
        assert_eq!(error(b"[{\"path\":\"stdlib\",\"vulns\":[]}]"), "the reply lists nothing that can be read");
        assert_eq!(
            error(b"[{\"module\":\"stdlib\"}]"),
            "the reply is not what this source sends: missing field 'path' at line 1 column 20"
        );
        assert_eq!(upstream.to_facts(&good(), &[]), Err(SourceError::Empty));
    }

    #[test]
    fn other_modules_do_not_move_the_digest() {
        let upstream = open("go-vulndb", json!({}));
        let digest = |index: &str| to_digest(&*upstream, &[reply(INDEX, index.as_bytes())]).unwrap();
        let good = String::from_utf8_lossy(GOOD);
        assert_eq!(digest(&good), digest(&good.replace("GO-2022-0229", "GO-2022-9999")));
        assert_ne!(digest(&good), digest(&good.replace("2026-03-06", "2026-03-07")));
    }

    #[test]
    fn modules_are_those_of_go() {
        assert_eq!(refuse("go-vulndb", json!({ "modules": [] })).option, Some("modules"));
        assert_eq!(
            refuse("go-vulndb", json!({ "modules": ["golang.org/x/net"] })).why,
            "unknown variant 'golang.org/x/net', expected 'stdlib' or 'toolchain'"
        );
    }
}
