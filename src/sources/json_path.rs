//! Paths in JSON (<https://www.rfc-editor.org/rfc/rfc9535>) whose cost is bounded: each value of a reply is visited a few
//! times at most. Must not take what multiplies: descendants, several selectors at once, functions, paths inside filters.

use jsonpath_rust::parser::model::{Comparable, Filter, FilterAtom, JpQuery, Segment, Selector, SingularQuery, Test};
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_process;
use serde_json::Value;

/// The longest path, in bytes.
const LONGEST: usize = 200;

static NULL: Value = Value::Null;

/// A path to any number of values.
pub(super) struct Many(JpQuery);

/// A path to one value.
pub(super) struct One(JpQuery);

impl Many {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let query = parse(text)?;
        query.segments.iter().try_for_each(check)?;
        Ok(Self(query))
    }

    /// All values that it leads to.
    pub(super) fn find<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        let found = js_path_process(&self.0, value).unwrap_or_default();
        found.into_iter().map(|found| found.val).collect()
    }
}

impl One {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let query = parse(text)?;
        if is_single(&query.segments) {
            return Ok(Self(query));
        }
        Err("it leads to one value, by names and numbers: `$.released.date`".to_owned())
    }

    /// The value that it leads to; `null` when there is none.
    pub(super) fn find<'a>(&self, value: &'a Value) -> &'a Value {
        let found = js_path_process(&self.0, value).unwrap_or_default();
        found.into_iter().next().map_or(&NULL, |found| found.val)
    }
}

fn parse(text: &str) -> Result<JpQuery, String> {
    if text.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    parse_json_path(text).map_err(|_| "it is not a path by RFC 9535, as `$.releases[*]`".to_owned())
}

fn is_single(segments: &[Segment]) -> bool {
    segments.iter().all(|segment| matches!(segment, Segment::Selector(Selector::Name(_) | Selector::Index(_))))
}

fn check(segment: &Segment) -> Result<(), String> {
    match segment {
        Segment::Descendant(_) => Err("`..` is not for paths here: name the way".to_owned()),
        Segment::Selectors(_) => Err("several selectors at once are not for paths here".to_owned()),
        Segment::Selector(Selector::Filter(filter)) => check_filter(filter),
        Segment::Selector(_) => Ok(()),
    }
}

fn check_filter(filter: &Filter) -> Result<(), String> {
    let is_plain = |side: &Comparable| {
        matches!(side, Comparable::Literal(_) | Comparable::SingularQuery(SingularQuery::Current(_)))
    };
    let fits = match filter {
        Filter::Or(filters) | Filter::And(filters) => return filters.iter().try_for_each(check_filter),
        Filter::Atom(FilterAtom::Filter { expr, .. }) => return check_filter(expr),
        Filter::Atom(FilterAtom::Test { expr, .. }) => matches!(&**expr, Test::RelQuery(path) if is_single(path)),
        Filter::Atom(FilterAtom::Comparison(comparison)) => {
            let (left, right) = comparison.vals();
            is_plain(left) && is_plain(right)
        }
    };
    let why = "a filter here looks at fields of the entry, and compares them: `$[?@.stable == true]`";
    if fits { Ok(()) } else { Err(why.to_owned()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn finds_what_a_path_leads_to() {
        let value = json!({ "a b": [{ "v": 1, "ok": true }, { "v": 2 }, { "v": 3, "ok": false }], "c": { "d": [7] } });
        let many = |path: &str| Many::parse(path).unwrap().find(&value).into_iter().cloned().collect::<Vec<_>>();
        assert_eq!(many("$.c.d[*]"), [json!(7)]);
        assert_eq!(many("$['a b'][?@.ok].v"), [json!(1), json!(3)]);
        assert_eq!(many("$['a b'][?@.ok == true && @.v < 3].v"), [json!(1)]);
        assert_eq!(many("$['a b'][1:].v"), [json!(2), json!(3)]);
        assert_eq!(many("$.*.d"), [json!([7])]);
        assert_eq!(many("$.none"), Vec::<Value>::new());
        let one = |path: &str| One::parse(path).unwrap().find(&value).clone();
        assert_eq!(
            (one("$.c.d[0]"), one("$.c.d[-1]"), one("$.c.none"), one("$.c.d[9]")),
            (json!(7), json!(7), Value::Null, Value::Null)
        );
    }

    #[test]
    fn refuses_what_is_no_path_or_costs_too_much() {
        let filter = "a filter here looks at fields of the entry, and compares them: `$[?@.stable == true]`";
        for (path, expected) in [
            ("", "it is not a path by RFC 9535, as `$.releases[*]`"),
            ("releases", "it is not a path by RFC 9535, as `$.releases[*]`"),
            ("$.releases[", "it is not a path by RFC 9535, as `$.releases[*]`"),
            (&format!("${}", ".a".repeat(100)), "it is longer than 200 bytes"),
            (&format!("$[?{}", "(".repeat(190)), "it is not a path by RFC 9535, as `$.releases[*]`"),
            ("$..version", "`..` is not for paths here: name the way"),
            ("$[*,*][*,*]", "several selectors at once are not for paths here"),
            ("$[?$.a]", filter),
            ("$[?@.a[?@.b]]", filter),
            ("$[?@..a]", filter),
            ("$[?length(@.a) > 1]", filter),
            ("$[?match(@.a, 'x')]", filter),
            ("$[?@.a == $.b]", filter),
            ("$[?!(@.a || @.b[*])]", filter),
        ] {
            assert_eq!(Many::parse(path).err().as_deref(), Some(expected), "{path}");
        }
        for path in ["$[*]", "$.a[?@.b]", "$.a[0:1]", "$..a"] {
            let expected = "it leads to one value, by names and numbers: `$.released.date`";
            assert_eq!(One::parse(path).err().as_deref(), Some(expected), "{path}");
        }
    }
}
