//! The shapes of catalog values for the JSON Schema: which words, patterns and maps an editor offers and checks.
//! Words come from the tables that `validate` reads, so that the two agree.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::catalog::yaml::{Entries, OneOrMore};
use crate::model::changes::{Level, Rule};
use crate::model::component::{Field, PinKind};
use crate::model::process::{Each, PinCheck};
use crate::model::runtime::PinRule;
use crate::model::schema::Texts;
use crate::model::settings::{Preset, TRACKERS, WEEKDAYS};
use crate::model::upgrade::{Risk, State, TaskState};
use crate::model::version::{Bump, Scheme};
use crate::sources::{KINDS, Kind};

pub use crate::model::schema::{Day, Id, Ids, One};

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $schema:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl Texts for $name {
            fn schema() -> Schema {
                $schema
            }
        }
    )*};
}

/// A schema that allows just these words.
fn words<const N: usize>(words: [&str; N]) -> Schema {
    json_schema!({ "enum": words.as_slice() })
}

/// The words of a table.
fn first<T, const N: usize>(table: [(&'static str, T); N]) -> Schema {
    words(table.map(|(word, _)| word))
}

texts! {
    /// Addresses.
    Urls = json_schema!({ "pattern": r#"^https?://[^\s<>"`\\/][^\s<>"`\\]*$"# });
    /// Addresses with a place for the line.
    UrlTemplates = json_schema!({ "pattern": "^https?://." });
    /// Working time.
    WorkingTimes = json_schema!({ "pattern": "^[0-9]+[dh]$" });
    /// Calendar time.
    CalendarTimes = json_schema!({ "pattern": "^[0-9]+(d|w|mo|y)$" });
    /// Kinds of front matter.
    Presets = first(Preset::ALL);
    /// Kinds of trackers.
    Trackers = words(TRACKERS);
    /// Fields that can be inferred.
    Fields = first(Field::ALL);
    /// Sorts of pins.
    PinKinds = first(PinKind::ALL);
    /// Rules of pins.
    PinRules = first(PinRule::ALL);
    /// Version schemes.
    Schemes = words(Scheme::ALL.map(Scheme::name));
    /// Scopes of steps.
    Scopes = first(Each::ALL);
    /// What a step asks of pins.
    PinChecks = first(PinCheck::ALL);
    /// Days of the week.
    Weekdays = first(WEEKDAYS);
    /// Rules of the diff.
    Rules = json_schema!({ "enum": Rule::ALL.iter().map(|(name, _)| *name).collect::<Vec<_>>() });
    /// How much a change of a runbook matters.
    Levels = first(Level::ALL);
    /// Sizes of a change.
    Bumps = words(Bump::ALL.map(Bump::name));
    /// Risks.
    Risks = first(Risk::ALL);
    /// States of upgrades.
    States = first(State::ALL);
    /// States that people give to tasks.
    Reported = first(TaskState::REPORTED);
}

/// A web address.
pub type Url = One<Urls>;
/// A web address with a place for the line.
pub type UrlTemplate = One<UrlTemplates>;
/// Working time.
pub type Working = One<WorkingTimes>;
/// Calendar time.
pub type Calendar = One<CalendarTimes>;

/// One text of a set, or a list of them.
pub struct Few<T>(PhantomData<T>);

impl<T: Texts> JsonSchema for Few<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Few".into()
    }

    fn schema_id() -> Cow<'static, str> {
        std::any::type_name::<Self>().into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = One::<T>::json_schema(generator);
        json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}

/// A map with names of a set.
pub struct Named<N, T>(PhantomData<(N, T)>);

impl<N: Texts, T: JsonSchema> JsonSchema for Named<N, T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Named".into()
    }

    fn schema_id() -> Cow<'static, str> {
        std::any::type_name::<Self>().into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({ "type": "object", "propertyNames": N::schema(), "additionalProperties": value })
    }
}

impl<T: JsonSchema> JsonSchema for Entries<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Entries".into()
    }

    fn schema_id() -> Cow<'static, str> {
        std::any::type_name::<Self>().into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Named::<Ids, T>::json_schema(generator)
    }
}

impl JsonSchema for OneOrMore {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OneOrMore".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Few::<Anything>::json_schema(generator)
    }
}

texts! {
    /// Any names.
    Anything = json_schema!({});
    /// Tasks.
    Tasks = json_schema!({ "pattern": "^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)?$" });
}

macro_rules! inline {
    ($($(#[$doc:meta])* $name:ident = $schema:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )*};
}

inline! {
    /// What an organisation calls each bump.
    Called = to_called();
}

/// A source of releases: one kind with its options.
pub struct ReleaseSource;

impl JsonSchema for ReleaseSource {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ReleaseSource".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        to_source(generator, KINDS.iter().filter(|kind| kind.gives.releases()), &common_options())
    }
}

/// A source of advisories: one kind with its options.
pub struct AdvisorySource;

impl JsonSchema for AdvisorySource {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "AdvisorySource".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        to_source(generator, KINDS.iter().filter(|kind| kind.gives.advisories()), &json!({}))
    }
}

fn to_called() -> Schema {
    let mut properties = Map::new();
    for bump in Bump::ALL.map(Bump::name) {
        let about = format!("What this organisation calls a change of the {bump} number.");
        properties.insert(bump.to_owned(), json_schema!({ "type": "string", "description": about }).to_value());
    }
    json_schema!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// A list of kinds, each with its options.
fn to_source(generator: &mut SchemaGenerator, kinds: impl Iterator<Item = &'static Kind>, common: &Value) -> Schema {
    let mut properties = Map::new();
    for kind in kinds {
        let mut schema = kind.schema(generator);
        let options = schema.ensure_object().entry("properties").or_insert_with(|| Value::Object(Map::new()));
        if let (Some(options), Some(common)) = (options.as_object_mut(), common.as_object()) {
            options.extend(common.clone());
        }
        schema.remove("title");
        properties.insert(kind.name.to_owned(), schema.to_value());
    }
    json_schema!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
    })
}

/// The options that every source of releases takes.
fn common_options() -> Value {
    json!({
        "match": {
            "type": "string",
            "description": "A regular expression: which of upstream's names are versions. The version is the group `version`; or `major`, `minor` and `patch` with dots between and `pre` after them; or, without groups, all that matches. Example: `\"^v(?<version>.+)$\"`. Default: every name, without the prefix that the scheme knows.",
        },
        "prerelease": {
            "type": "boolean",
            "description": "`false`: betas and candidates are left out. Default: they are recorded, and marked.",
        },
    })
}
