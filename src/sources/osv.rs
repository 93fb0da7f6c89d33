//! OSV (<https://google.github.io/osv.dev/post-v1-query/>): the advisories of a package of an ecosystem, page by page.

use std::borrow::Cow;
use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::osv_record::{Affected, Spelling, Subject, to_advisory};
use super::pages::find_refusal;
use super::{OptionFault, SourceError, Upstream, check_count, parse_json};
use crate::model::advisory::AdvisoryFact;
use crate::model::exchange::{Reply, Request};
use crate::model::facts::SourceFacts;
use crate::model::quote::quote;

const URL: &str = "https://api.osv.dev/v1/query";

/// The longest option, and the longest mark of a page, in bytes.
const LONGEST: usize = 2000;

/// The advisories that OSV knows about a package: `package` and `ecosystem`, or `purl`. A name that it does not know and
/// one without advisories look the same, so an empty answer is an error.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Osv {
    /// The package, spelled as its ecosystem does, capital letters included; in the ecosystem `GIT`, the address of a
    /// repository. Example: `stdlib`.
    package: Option<String>,
    /// The ecosystem of the package, as <https://ossf.github.io/osv-schema/#defined-ecosystems> lists them. Example: `Go`.
    ecosystem: Option<String>,
    /// A package URL without a version, in place of both. Example: `pkg:pypi/jinja2`.
    #[schemars(regex(pattern = "^pkg:[^@]+$"))]
    purl: Option<String>,
}

/// What is asked for.
enum Named<'a> {
    Package(&'a str, &'a str),
    Purl(&'a str),
}

impl Osv {
    fn named(&self) -> Result<Named<'_>, OptionFault> {
        let fault = |option, why: &str| Err(OptionFault { option: Some(option), why: why.to_owned() });
        let fits = |text: &str| !text.is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control);
        match (&self.package, &self.ecosystem, &self.purl) {
            (Some(package), _, _) if !fits(package) => fault("package", "it is the name of a package"),
            (_, Some(ecosystem), _) if !fits(ecosystem) => fault("ecosystem", "it is the name of an ecosystem"),
            (Some(package), Some(ecosystem), None) => Ok(Named::Package(package, ecosystem)),
            (Some(_), None, None) => fault("package", "the package needs its `ecosystem`"),
            (None, Some(_), None) => fault("ecosystem", "the ecosystem needs a `package`"),
            (None, None, Some(purl)) if fits(purl) && purl.starts_with("pkg:") && !purl.contains(['@', ' ']) => {
                Ok(Named::Purl(purl))
            }
            (None, None, Some(_)) => fault("purl", "it begins with `pkg:` and has no version"),
            (_, _, Some(_)) => fault("purl", "it stands in place of `package` and `ecosystem`, not beside them"),
            (None, None, None) => fault("package", "give `package` and `ecosystem`, or `purl`"),
        }
    }

    fn ask(&self, page: Option<&str>) -> Option<Request> {
        let mut query = match self.named().ok()? {
            Named::Package(name, ecosystem) => json!({ "package": { "name": name, "ecosystem": ecosystem } }),
            Named::Purl(purl) => json!({ "package": { "purl": purl } }),
        };
        if let Some(page) = page {
            query["page_token"] = page.into();
        }
        Some(Request::post(URL, "application/json", query.to_string().into_bytes()))
    }

    fn is_about(&self, entry: &Affected) -> bool {
        let bare = |text: &str| text.trim_end_matches('/').trim_end_matches(".git").to_owned();
        match self.named() {
            Ok(Named::Package(name, "GIT")) => entry.ranges.iter().any(|range| bare(&range.repo) == bare(name)),
            // `Debian` stands for `Debian:12` and all others.
            Ok(Named::Package(name, ecosystem)) => {
                let rest = entry.package.ecosystem.strip_prefix(ecosystem);
                entry.package.name == name && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
            }
            Ok(Named::Purl(purl)) => entry.package.purl.split(['@', '?']).next() == Some(purl),
            Err(_) => false,
        }
    }

    fn spelling(&self) -> Spelling {
        match self.named() {
            Ok(
                Named::Package("stdlib" | "toolchain", "Go")
                | Named::Purl("pkg:golang/stdlib" | "pkg:golang/toolchain"),
            ) => Spelling::Go,
            _ => Spelling::Upstream,
        }
    }
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    vulns: Vec<Value>,
    next_page_token: Option<String>,
}

/// A page may hold nothing but the mark of the next one; no advisories at all are `{}`.
fn parse_page(body: &[u8]) -> Result<Page, SourceError> {
    let page: Value = parse_json(body)?;
    if page.get("vulns").is_none()
        && let Some(refusal) = find_refusal(&page)
    {
        return Err(refusal);
    }
    parse_json(body)
}

impl Upstream for Osv {
    fn about(&self) -> String {
        match self.named() {
            Ok(Named::Package(name, ecosystem)) => format!("{ecosystem}/{name}"),
            Ok(Named::Purl(purl)) => purl.to_owned(),
            Err(_) => String::new(),
        }
    }

    fn check(&self) -> Result<(), OptionFault> {
        self.named().map(|_| ())
    }

    fn address(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        match self.named() {
            Ok(Named::Package(name, ecosystem)) => query.append_pair("q", name).append_pair("ecosystem", ecosystem),
            Ok(Named::Purl(purl)) => query.append_pair("q", purl),
            Err(_) => &mut query,
        };
        format!("https://osv.dev/list?{}", query.finish())
    }

    fn requests(&self) -> Vec<Request> {
        self.ask(None).into_iter().collect()
    }

    fn more(&self, _: &SourceFacts, reply: &Reply) -> Result<Vec<Request>, SourceError> {
        let token = parse_page(&reply.body)?.next_page_token.filter(|token| !token.is_empty());
        if token.as_ref().is_some_and(|token| token.len() > LONGEST) {
            return Err(SourceError::Shape("the mark of the next page is too long".to_owned()));
        }
        Ok(token.and_then(|token| self.ask(Some(&token))).into_iter().collect())
    }

    /// The marks of pages are made anew for each question.
    fn to_counted<'a>(&self, reply: &'a Reply) -> Result<Cow<'a, [u8]>, SourceError> {
        Ok(Cow::Owned(Value::Array(parse_page(&reply.body)?.vulns).to_string().into_bytes()))
    }

    fn to_facts(&self, _: &SourceFacts, replies: &[Reply]) -> Result<SourceFacts, SourceError> {
        let mut facts = SourceFacts::default();
        let mut known = BTreeSet::new();
        let is_about = |entry: &Affected| self.is_about(entry);
        let subject = Subject { is_about: &is_about, spelling: self.spelling() };
        let mut count = 0;
        for reply in replies {
            for record in parse_page(&reply.body)?.vulns {
                count += 1;
                match to_advisory(record, &subject, &mut facts.skipped) {
                    Ok(advisory) if known.insert(advisory.id.clone()) => {
                        let url = Some(format!("https://osv.dev/vulnerability/{}", advisory.id));
                        facts.advisories.push(AdvisoryFact { url, ..advisory });
                    }
                    Ok(advisory) => {
                        facts.skipped.push(format!("entry {count}: {} is listed twice", quote(&advisory.id)));
                    }
                    Err(why) => facts.skipped.push(format!("entry {count}: {why}")),
                }
            }
        }
        check_count(count)?;
        Ok(facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::advisory::RangeFact;
    use crate::sources::testing::{open, read, refuse, reply};
    use crate::sources::to_digest;

    const GOOD: [&[u8]; 2] = [
        include_bytes!("../../tests/upstream/osv/good_1.json"),
        include_bytes!("../../tests/upstream/osv/good_2.json"),
    ];

    fn osv() -> Box<dyn Upstream> {
        open("osv", json!({ "package": "jinja2", "ecosystem": "PyPI" }))
    }

    fn body(request: &Request) -> String {
        request.body.as_ref().map(|body| String::from_utf8_lossy(&body.bytes).into_owned()).unwrap_or_default()
    }

    #[test]
    fn reads_advisories_of_all_pages() {
        let replies = GOOD.map(|body| reply(URL, body));
        let facts = osv().to_facts(&SourceFacts::default(), &replies).unwrap();
        let text = |text: &str| Some(text.to_owned());
        let range = |introduced: Option<String>, fixed: Option<String>, last: Option<String>| RangeFact {
            introduced,
            fixed,
            last,
        };
        let expected = [
            AdvisoryFact {
                id: "PYSEC-2026-1".to_owned(),
                aliases: vec!["CVE-2026-0001".to_owned(), "GHSA-aaaa-bbbb-cccc".to_owned()],
                summary: text("Open redirect in jinja2"),
                url: text("https://osv.dev/vulnerability/PYSEC-2026-1"),
                modified: None,
                withdrawn: false,
                affected: vec![
                    range(text("2.9"), text("2.11.3"), None),
                    range(text("3.0"), text("3.1.10"), None),
                    range(text("4.0rc1"), None, text("4.0rc1")),
                ],
            },
            AdvisoryFact {
                id: "GHSA-dddd-eeee-ffff".to_owned(),
                aliases: Vec::new(),
                summary: text("Was a mistake. More of it."),
                url: text("https://osv.dev/vulnerability/GHSA-dddd-eeee-ffff"),
                modified: None,
                withdrawn: true,
                affected: vec![range(None, None, text("2.8"))],
            },
        ];
        assert_eq!(facts, SourceFacts { advisories: expected.to_vec(), ..SourceFacts::default() });
    }

    #[test]
    fn asks_page_by_page() {
        let first = osv().requests().remove(0);
        assert_eq!(first.url, "https://api.osv.dev/v1/query");
        assert_eq!(body(&first), r#"{"package":{"ecosystem":"PyPI","name":"jinja2"}}"#);
        let more = |body: &[u8]| osv().more(&SourceFacts::default(), &reply(URL, body));
        let next = r#"{"package":{"ecosystem":"PyPI","name":"jinja2"},"page_token":"CgkKAxIB"}"#;
        assert_eq!(more(GOOD[0]).unwrap().iter().map(body).collect::<Vec<_>>(), [next]);
        assert_eq!(more(b"{\"next_page_token\":\"CgkKAxIB\"}").unwrap().iter().map(body).collect::<Vec<_>>(), [next]);
        for last in [GOOD[1], b"{}", b"{\"next_page_token\":\"\"}", b"{\"next_page_token\":null}"] {
            assert_eq!(more(last), Ok(Vec::new()));
        }
        let long = json!({ "next_page_token": "x".repeat(100_000) }).to_string();
        let why = "the mark of the next page is too long".to_owned();
        assert_eq!(more(long.as_bytes()), Err(SourceError::Shape(why)));
    }

    #[test]
    fn the_marks_of_pages_do_not_move_the_digest() {
        let digest = |text: &str| to_digest(&*osv(), &[reply(URL, text.as_bytes())]).unwrap();
        let good = String::from_utf8_lossy(GOOD[0]);
        assert_eq!(digest(&good), digest(&good.replace("CgkKAxIB", "AAAA")));
        assert_ne!(digest(&good), digest(&good.replace("3.1.10", "3.1.11")));
    }

    #[test]
    fn leaves_out_odd_entries_and_says_which() {
        let facts = read(&*osv(), include_bytes!("../../tests/upstream/osv/odd.json")).unwrap();
        let said: Vec<_> = facts
            .advisories
            .iter()
            .map(|fact| (fact.id.as_str(), fact.summary.as_deref(), fact.affected.len()))
            .collect();
        assert_eq!(said, [("A-1", None, 1), ("A-3", None, 1), ("A-4", None, 0)]);
        assert_eq!(
            facts.skipped,
            [
                "entry 2: `a b` is not the id of an advisory",
                "entry 3: missing field 'id'",
                "entry 4: invalid type: null, expected struct Record",
                "entry 5: `A-1` is listed twice",
                "entry 6: invalid type: string \"CVE-2026-1\", expected a sequence",
                "`A-3`: field `affected`, entry 1: invalid type: string \"jinja2\", expected struct Package",
            ]
        );
    }

    #[test]
    fn refuses_broken_replies() {
        let error = |body: &[u8]| read(&*osv(), body).unwrap_err().to_string();
        assert_eq!(
            error(include_bytes!("../../tests/upstream/osv/broken_page.html")),
            "the reply is a web page, not data"
        );
        assert_eq!(error(&GOOD[0][..90]), "the reply is cut off at line 5, column 41");
        assert_eq!(error(b"{\"code\":3,\"message\":\"Invalid query.\"}"), "upstream says: Invalid query.");
        assert_eq!(error(b"{}"), "the reply lists nothing that can be read");
        assert_eq!(
            error(b"{\"vulns\":{}}"),
            "the reply is not what this source sends: invalid type: map, expected a sequence at line 1 column 9"
        );
    }

    #[test]
    fn a_package_is_named_in_one_way() {
        assert_eq!(osv().about(), "PyPI/jinja2");
        assert_eq!(osv().address(), "https://osv.dev/list?q=jinja2&ecosystem=PyPI");
        let purl = open("osv", json!({ "purl": "pkg:pypi/jinja2" }));
        assert_eq!(
            (purl.about().as_str(), purl.address().as_str()),
            ("pkg:pypi/jinja2", "https://osv.dev/list?q=pkg%3Apypi%2Fjinja2")
        );
        assert_eq!(body(&purl.requests()[0]), r#"{"package":{"purl":"pkg:pypi/jinja2"}}"#);
        assert_eq!(read(&*purl, GOOD[0]).unwrap().advisories[0].affected.len(), 3);
        for (options, option, why) in [
            (json!({}), "package", "give `package` and `ecosystem`, or `purl`"),
            (json!({ "package": "a" }), "package", "the package needs its `ecosystem`"),
            (json!({ "ecosystem": "Go" }), "ecosystem", "the ecosystem needs a `package`"),
            (json!({ "package": "", "ecosystem": "Go" }), "package", "it is the name of a package"),
            (json!({ "package": "a", "ecosystem": "\n" }), "ecosystem", "it is the name of an ecosystem"),
            (json!({ "purl": "pkg:pypi/a@1" }), "purl", "it begins with `pkg:` and has no version"),
            (json!({ "purl": "pypi/a" }), "purl", "it begins with `pkg:` and has no version"),
            (
                json!({ "purl": "pkg:pypi/a", "package": "a" }),
                "purl",
                "it stands in place of `package` and `ecosystem`, not beside them",
            ),
        ] {
            let fault = refuse("osv", options);
            assert_eq!((fault.option, fault.why.as_str()), (Some(option), why));
        }
    }

    #[test]
    fn an_advisory_counts_for_what_is_asked_for() {
        let affected = |options: Value, entry: Value| {
            let page = json!({ "vulns": [{ "id": "A-1", "affected": [entry] }] }).to_string();
            let facts = read(&*open("osv", options), page.as_bytes()).unwrap();
            facts.advisories[0].affected.iter().filter_map(|range| range.introduced.clone()).collect::<Vec<_>>()
        };
        let range = json!([{ "type": "SEMVER", "events": [{ "introduced": "1.26.0-0" }] }]);
        let go = |name: &str| json!({ "package": { "name": name, "ecosystem": "Go" }, "ranges": range });
        assert_eq!(affected(json!({ "package": "stdlib", "ecosystem": "Go" }), go("stdlib")), ["1.26"]);
        assert_eq!(affected(json!({ "package": "x/net", "ecosystem": "Go" }), go("x/net")), ["1.26.0-0"]);
        assert_eq!(affected(json!({ "package": "stdlib", "ecosystem": "Go" }), go("toolchain")), Vec::<String>::new());
        let debian = json!({ "package": { "name": "a", "ecosystem": "Debian:12" }, "versions": ["1"] });
        assert_eq!(affected(json!({ "package": "a", "ecosystem": "Debian" }), debian.clone()), ["1"]);
        assert_eq!(affected(json!({ "package": "a", "ecosystem": "Deb" }), debian), Vec::<String>::new());
        let git = json!({ "versions": ["v3.4.1"], "ranges": [{ "type": "GIT", "repo": "https://github.com/python/cpython" }] });
        let repo = json!({ "package": "https://github.com/python/cpython.git", "ecosystem": "GIT" });
        assert_eq!(affected(repo, git), ["v3.4.1"]);
    }
}
