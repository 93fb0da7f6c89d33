//! The JSON Schemas: they describe what is shipped and generated, and refuse what the program refuses.

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "harness/harness.rs"]
mod harness;

use std::fs;
use std::path::{Path, PathBuf};

use harness::{read_tree, repository, root, upshift};
use jsonschema::Validator;
use serde_json::{Value, json};
use upshift::model::changes::{Change, Changes, Level};
use upshift::model::component::PinKind;
use upshift::model::id::{ComponentId, RuntimeId, TaskId, TeamId, VariantId};
use upshift::model::pins::{FoundPin, Pins};
use upshift::text::to_json;

const NAMES: [&str; 14] = [
    "catalog",
    "lock",
    "runbook",
    "index",
    "revisions",
    "problems",
    "versions",
    "update",
    "proposals",
    "plans",
    "status",
    "pins",
    "diff",
    "diffs",
];

const CATALOG: &str = r#"settings: { tracker: { kind: gitlab, url: "https://gitlab.com" }, calendar: { holidays: [2026-12-25] }, network: { requests: 16 }, diff: { levels: { gate-loosened: warning } } }
teams: { core: { name: Core } }
components:
  api: { owner: core, tags: shipped, uses: { go: { phase: work } } }
runtimes: { go: { scheme: go, releases: [{ endoflife: { product: go } }], process: go, policy: { support_last: 3 } } }
processes:
  go:
    phases: [{ id: work, blocks: true }]
    steps:
      test: { title: Test, phase: work, each: team, when: { bump: [major, minor] } }
      build: { title: Build, each: component, takes: 2d, needs: [test, { all: test, wait: 7d }] }
upgrades:
  go-1.27.0:
    runtime: go
    from: "1.26.7"
    to: "1.27.0"
    state: active
    due: 2026-09-17
    tasks: { build/api: { state: done, evidence: "https://example.com" } }
"#;

/// Each fault of shape: what becomes of a part of the catalog above.
const FAULTS: [(&str, &str, &str); 29] = [
    ("an unknown key at the top", "teams:", "team:"),
    ("an unknown key", "owner: core", "owner: core, ownr: core"),
    ("an unknown key of a condition", "when: { bump:", "when: { bmup:"),
    ("an unknown option of a source", "product: go", "produkt: go"),
    ("a missing key", "    runtime: go\n", ""),
    ("a missing key in a list", "phases: [{ id: work, ", "phases: [{ "),
    ("a missing owner", "owner: core, ", ""),
    ("a version without quotes", "from: \"1.26.7\"", "from: 1.20"),
    ("a number for a name", "name: Core", "name: 7"),
    ("a truth for a name", "name: Core", "name: true"),
    ("a text for a truth", "blocks: true", "blocks: yes"),
    ("a text for a number", "support_last: 3", "support_last: three"),
    ("a list for a map", "{ name: Core }", "[Core]"),
    ("a text for a list", "needs: [test, ", "needs: test, drop: ["),
    ("nothing for a map", "go: { phase: work }", "go:"),
    ("nothing for a text", "to: \"1.27.0\"", "to:"),
    ("an unknown state", "state: active", "state: begun"),
    ("an unknown state of a task", "state: done", "state: ready"),
    ("a number that is too high", "requests: 16", "requests: 257"),
    ("an unknown scheme", "scheme: go", "scheme: calver"),
    ("an unknown bump", "[major, minor]", "[major, tiny]"),
    ("an unknown kind of source", "endoflife:", "endofline:"),
    ("an unknown rule of the diff", "gate-loosened:", "gate-loose:"),
    ("an unknown level", "gate-loosened: warning", "gate-loosened: error"),
    ("something that is no id", "teams: { core:", "teams: { Core:"),
    ("something that is no date", "due: 2026-09-17", "due: 2026-02-30"),
    ("something that is no address", "https://gitlab.com", "gitlab.com"),
    ("something that is no working time", "takes: 2d", "takes: 2w"),
    ("a need of two steps", "{ all: test,", "{ all: test, step: test,"),
];

fn schema(name: &str) -> Value {
    let shown = upshift(root(), &["schema", name]);
    assert_eq!((shown.code, shown.err.as_str()), (0, ""), "{name}");
    serde_json::from_str(&shown.out).expect("is JSON")
}

fn validator(name: &str) -> Validator {
    jsonschema::options().should_validate_formats(true).build(&schema(name)).expect("is a schema")
}

fn faults(validator: &Validator, document: &Value) -> Vec<String> {
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn yaml(text: &str) -> Value {
    // As editors read it: `yes` is a text, as in YAML 1.2.
    serde_yaml::from_str_with_options(text, serde_yaml::options! { strict_booleans: true }).expect("is YAML")
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("is JSON")
}

fn find_files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let files = read_tree(folder).into_keys().filter(|path| path.ends_with(ending));
    files.map(|path| folder.join(path)).collect()
}

/// A TOML value as JSON, with dates as texts.
fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(day) => Value::String(day.to_string()),
        toml::Value::Array(list) => list.into_iter().map(from_toml).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, from_toml(value))).collect(),
        plain => serde_json::to_value(plain).expect("is plain"),
    }
}

#[test]
fn each_schema_is_committed_as_it_is_printed() {
    let committed: Vec<String> = read_tree(&root().join("site/schema")).into_keys().collect();
    let mut names = NAMES.map(|name| format!("{name}.schema.json"));
    names.sort();
    assert_eq!(committed, names);
    for name in NAMES {
        let text = fs::read_to_string(root().join(format!("site/schema/{name}.schema.json"))).expect("reads");
        let shown = upshift(root(), &["schema", name]);
        assert_eq!((shown.code, shown.err.as_str()), (0, ""), "{name}");
        assert!(shown.out == text, "site/schema/{name}.schema.json is not current: run `upshift build`");
    }
}

#[test]
fn each_schema_is_one_by_the_rules_of_2020_12() {
    for name in NAMES {
        let schema = schema(name);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        assert_eq!(schema["$id"], format!("urn:upshift:schema:{name}"));
        jsonschema::meta::validate(&schema).expect(name);
    }
}

#[test]
fn every_key_of_every_schema_is_explained() {
    fn walk(value: &Value, at: &str, silent: &mut Vec<String>) {
        if let Some(properties) = value["properties"].as_object() {
            let without =
                properties.iter().filter(|(_, schema)| schema["description"].as_str().is_none_or(str::is_empty));
            silent.extend(without.map(|(key, _)| format!("{at}: {key}")));
        }
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| walk(value, &format!("{at}/{key}"), silent)),
            Value::Array(list) => list.iter().for_each(|value| walk(value, at, silent)),
            _ => {}
        }
    }
    for name in NAMES {
        let mut silent = Vec::new();
        walk(&schema(name), name, &mut silent);
        assert_eq!(silent, Vec::<String>::new());
    }
}

#[test]
fn no_map_of_the_catalog_or_the_lock_takes_any_key() {
    fn walk(value: &Value, at: &str) {
        if value["type"] == "object" {
            assert!(value["additionalProperties"] == false || value["additionalProperties"].is_object(), "{at}");
        }
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| walk(value, &format!("{at}/{key}"))),
            Value::Array(list) => list.iter().for_each(|value| walk(value, at)),
            _ => {}
        }
    }
    walk(&schema("catalog"), "catalog");
    walk(&schema("lock"), "lock");
}

#[test]
fn versions_are_texts() {
    let schema = schema("catalog");
    for key in ["from", "to"] {
        assert_eq!(schema["$defs"]["Upgrade"]["properties"][key]["type"], "string", "{key}");
    }
}

#[test]
fn the_shipped_catalog_and_lock_are_as_described() {
    let catalog = validator("catalog");
    let files = find_files(&root().join("data"), ".yaml");
    assert!(files.len() >= 8);
    for file in files {
        let text = fs::read_to_string(&file).expect("reads");
        assert_eq!(faults(&catalog, &yaml(&text)), Vec::<String>::new(), "{}", file.display());
    }
    let lock = fs::read_to_string(root().join("upshift.lock")).expect("reads");
    let lock = from_toml(toml::from_str(&lock).expect("is TOML"));
    assert_eq!(faults(&validator("lock"), &lock), Vec::<String>::new());
}

#[test]
fn pins_in_a_lock_are_as_described() {
    let validator = validator("lock");
    let files = find_files(&root().join("tests/golden"), "upshift.lock");
    let read = |path: &PathBuf| fs::read_to_string(path).expect("reads");
    let with_pins: Vec<String> = files.iter().map(read).filter(|text| text.contains("[pins.")).collect();
    assert_eq!(with_pins.len(), 2);
    let faults = |text: &str| faults(&validator, &from_toml(toml::from_str(text).expect("is TOML")));
    for text in &with_pins {
        assert_eq!(faults(text), Vec::<String>::new());
    }
    let text = "format = 1\n[pins.a]\nday = 2026-08-22\nfound = [{ file = \"a\", line = 1, column = 1, runtime = \"go\", value = \"1\", kind = \"exact\" }]\n";
    assert_eq!(faults(text), Vec::<String>::new());
    for (part, fault) in [
        ("day = 2026-08-22\n", ""),
        ("day = 2026", "commit = \"HEAD\"\nday = 2026"),
        ("day = 2026", "surprise = 1\nday = 2026"),
        ("line = 1", "line = 0"),
        ("line = 1", "lines = 1"),
        ("column = 1, ", ""),
        ("runtime = \"go\"", "runtime = \"Go\""),
        ("value = \"1\"", "value = \"\""),
        ("file = \"a\"", "file = \"\""),
        ("kind = \"exact\"", "kind = \"exactly\""),
        ("kind = \"exact\"", "kind = \"exact\", variant = \"../x\""),
    ] {
        let broken = text.replacen(part, fault, 1);
        assert!(text.contains(part) && !faults(&broken).is_empty(), "{fault}");
        assert!(upshift::lock::Lock::parse(&broken).is_err(), "{fault}");
    }
}

#[test]
fn each_file_of_the_catalog_names_its_schema_to_editors() {
    for file in find_files(&root().join("data"), ".yaml") {
        let text = fs::read_to_string(&file).expect("reads");
        let first = text.lines().next().unwrap_or_default();
        let path = first.strip_prefix("# yaml-language-server: $schema=").expect("names its schema");
        let folder = file.parent().expect("has a folder");
        let named = fs::canonicalize(folder.join(path)).expect("is there");
        let schema = fs::canonicalize(root().join("site/schema/catalog.schema.json")).expect("is there");
        assert_eq!(named, schema, "{}", file.display());
    }
}

#[test]
fn generated_documents_are_as_described() {
    let mut found = 0;
    for folder in ["site", "tests/golden"] {
        for (file, name) in [
            ("runbook.json", "runbook"),
            ("r1.json", "runbook"),
            ("revisions.json", "revisions"),
            ("index.json", "index"),
        ] {
            let validator = validator(name);
            for path in find_files(&root().join(folder), file) {
                let document = parse(&fs::read_to_string(&path).expect("reads"));
                assert_eq!(faults(&validator, &document), Vec::<String>::new(), "{}", path.display());
                found += 1;
            }
        }
    }
    assert!(found >= 8, "{found} documents");
    let versions = upshift(root(), &["versions", "go", "--format", "json"]);
    assert_eq!(faults(&validator("versions"), &parse(&versions.out)), Vec::<String>::new());
    let folder = root().join("tests/golden/recorded_pins");
    let versions = upshift(&folder, &["versions", "go", "--format", "json"]);
    assert_eq!(faults(&validator("versions"), &parse(&versions.out)), Vec::<String>::new());
    for (name, question) in [
        ("runbook", &["plan", "go-1.27.0"][..]),
        ("plans", &["plan", "--all"]),
        ("status", &["status"]),
        ("proposals", &["propose", "--patches", "--as-of", "2027-06-01"]),
    ] {
        let answer = upshift(root(), &[question, &["--format", "json"]].concat());
        assert_eq!(faults(&validator(name), &parse(&answer.out)), Vec::<String>::new(), "{name}");
    }
    let problems = validator("problems");
    for catalog in [CATALOG, "teams: 7\n"] {
        let folder = repository(&[("data/a.yaml", catalog)]);
        let check = upshift(folder.path(), &["check", "--format", "json"]);
        assert_eq!(faults(&problems, &parse(&check.out)), Vec::<String>::new());
    }
}

#[test]
fn a_document_that_lacks_a_key_or_has_another_format_is_refused() {
    let path = root().join("site/go/1.27.0/runbook.json");
    let runbook = parse(&fs::read_to_string(path).expect("reads"));
    let validator = validator("runbook");
    for key in ["schema", "due", "tasks", "bump"] {
        let mut without = runbook.clone();
        without.as_object_mut().expect("is a map").remove(key);
        assert!(!validator.is_valid(&without), "{key}");
    }
    let mut other = runbook;
    other["schema"] = "upshift/runbook/2".into();
    assert!(!validator.is_valid(&other));
}

fn some_pins() -> Pins {
    let pin = |component: Option<&str>, file: &str, line, column, value: &str, version: Option<&str>, kind| FoundPin {
        component: component.map(ComponentId::new),
        file: file.to_owned(),
        line,
        column,
        runtime: RuntimeId::new("go"),
        value: value.to_owned(),
        version: version.map(str::to_owned),
        kind,
        variant: None,
    };
    let fips = pin(Some("gitaly"), "ci/build.yml", 12, 15, "1.26.7-1-openssl-fips", Some("1.26.7"), PinKind::Exact);
    Pins::new(vec![
        pin(Some("gdk"), ".tool-versions", 3, 15, "1.25.14", Some("1.25.14"), PinKind::List),
        FoundPin { variant: Some(VariantId::new("fips")), ..fips },
        pin(Some("gdk"), ".tool-versions", 3, 8, "1.26.7", Some("1.26.7"), PinKind::List),
        pin(None, "action.yml", 9, 21, "stable", None, PinKind::Channel),
    ])
}

fn some_changes() -> Changes {
    let change = |id: &str, level, path: &str, text: &str, before, after, digit: &str| Change {
        id: id.to_owned(),
        level,
        path: path.to_owned(),
        text: text.to_owned(),
        team: path.starts_with("tasks/").then(|| TeamId::new("core")),
        component: None,
        tasks: path.split('/').nth(1).filter(|_| path.starts_with("tasks/")).map(TaskId::new).into_iter().collect(),
        before,
        after,
        words: Vec::new(),
        fingerprint: digit.repeat(64),
    };
    let (from, to) = ("go-1.27.0@r1".to_owned(), "go-1.27.0".to_owned());
    let (long, short) = (json!(["pick-target", "open-epic"]), json!(["pick-target"]));
    let removed = Some(json!("Announce that it shipped"));
    let words = "`open-issue` no longer waits for `open-epic`";
    Changes::new(
        from,
        to,
        vec![
            change("task-removed", Level::Warning, "tasks/ship", "`ship` is gone", removed, None, "c"),
            change("needs-removed", Level::Info, "tasks/open-issue/needs", words, Some(long), Some(short), "b"),
            change("date-moved", Level::Warning, "due/date", "it is due", None, Some(json!("2026-09-17")), "a"),
        ],
    )
}

/// What is filled in is what a file shows, and the schema accepts it.
fn holds(name: &str, text: &str) -> Value {
    let committed = fs::read_to_string(root().join(format!("tests/documents/{name}.json"))).expect("reads");
    assert_eq!(text, committed);
    let document = parse(text);
    assert_eq!(faults(&validator(name), &document), Vec::<String>::new());
    document
}

/// What is wrong with a document after one of its values has been replaced.
fn faults_of(name: &str, document: &Value, pointer: &str, value: Value) -> Vec<String> {
    let mut changed = document.clone();
    *changed.pointer_mut(pointer).expect(pointer) = value;
    faults(&validator(name), &changed)
}

#[test]
fn pins_are_in_order_and_shaped_as_their_schema_says() {
    let document = holds("pins", &to_json(&some_pins()).expect("serialises"));
    for (pointer, value, fault) in [
        ("/schema", json!("upshift/pins/2"), r#"/schema: "upshift/pins/1" was expected"#),
        ("/pins/0/line", json!(0), "/pins/0/line: 0 is less than the minimum of 1"),
        ("/pins/0/file", json!(""), r#"/pins/0/file: "" is shorter than 1 character"#),
        ("/pins/0/value", json!(1.26), r#"/pins/0/value: 1.26 is not of type "string""#),
        ("/pins/0/runtime", Value::Null, r#"/pins/0/runtime: null is not of type "string""#),
    ] {
        assert_eq!(faults_of("pins", &document, pointer, value), [fault]);
    }
    assert_eq!(faults_of("pins", &document, "/pins/0/kind", json!("about")).len(), 1);
    assert_eq!(faults_of("pins", &document, "/pins/0", json!({})).len(), 9, "each key is asked for");
}

#[test]
fn changes_are_in_order_and_shaped_as_their_schema_says() {
    let document = holds("diff", &to_json(&some_changes()).expect("serialises"));
    for (pointer, value, fault) in [
        ("/schema", json!("upshift/diff/2"), r#"/schema: "upshift/diff/1" was expected"#),
        ("/to", Value::Null, r#"/to: null is not of type "string""#),
        ("/changes/0/path", json!(""), r#"/changes/0/path: "" is shorter than 1 character"#),
        ("/changes/0/fingerprint", json!("A"), r#"/changes/0/fingerprint: "A" does not match "^[0-9a-f]{64}$""#),
    ] {
        assert_eq!(faults_of("diff", &document, pointer, value), [fault]);
    }
    assert_eq!(faults_of("diff", &document, "/changes/0/id", json!("Task added")).len(), 1);
    assert_eq!(faults_of("diff", &document, "/changes/0/level", json!("error")).len(), 1);
    assert_eq!(faults_of("diff", &document, "/changes/0", json!({})).len(), 11, "each key is asked for");
}

#[test]
fn the_schema_refuses_the_shapes_that_the_program_refuses() {
    let validator = validator("catalog");
    let accepts = |text: &str| {
        let check = upshift(repository(&[("data/a.yaml", text)]).path(), &["check"]);
        (check.code == 0, validator.is_valid(&yaml(text)), check.err)
    };
    let (program, schema, said) = accepts(CATALOG);
    assert!(program && schema, "{said}");
    for (what, part, fault) in FAULTS {
        assert!(CATALOG.contains(part), "{what}");
        let (program, schema, said) = accepts(&CATALOG.replacen(part, fault, 1));
        assert_eq!((program, schema), (false, false), "{what}: {said}");
    }
}

#[test]
fn the_schema_accepts_what_the_program_reads() {
    let validator = validator("catalog");
    let data = |folder: &str| find_files(&root().join(folder), ".yaml");
    // A catalog that is wrong in meaning only has a sound shape; what is empty or no YAML is no matter for a schema.
    let meaning = ["duplicate-id", "step-cycle", "unknown-team", "process-cycle", "unknown-step", "missing-evidence"];
    let mut files: Vec<PathBuf> = meaning.iter().flat_map(|code| data(&format!("tests/problems/{code}"))).collect();
    files.extend(data("tests/golden").into_iter().filter(|path| !path.to_string_lossy().contains("empty_catalog")));
    assert!(files.len() >= 10);
    for file in files {
        let text = fs::read_to_string(&file).expect("reads");
        assert_eq!(faults(&validator, &yaml(&text)), Vec::<String>::new(), "{}", file.display());
    }
}

#[test]
fn an_unknown_schema_is_a_usage_error_that_lists_the_known() {
    let folder = repository(&[]);
    let shown = upshift(folder.path(), &["schema", "planets"]);
    assert_eq!((shown.code, shown.out.as_str()), (2, ""));
    for name in NAMES {
        assert!(shown.err.contains(name), "{}", shown.err);
    }
}
