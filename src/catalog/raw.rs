//! The shape of catalog files, exactly as people write them: texts with their places, nothing resolved.
//! Every key of the format is here; what the values mean is decided by `validate`.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::catalog::yaml::{Entries, OneOrMore, Spanned};

type Text = Spanned<String>;

/// One file below `data/`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    pub settings: Option<Spanned<Settings>>,
    pub teams: Entries<Team>,
    pub components: Entries<Component>,
    pub runtimes: Entries<Runtime>,
    pub processes: Entries<Process>,
    pub upgrades: Entries<Upgrade>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    pub title: Option<Text>,
    pub site_url: Option<Text>,
    pub repo: Option<Text>,
    pub handbook: Option<Handbook>,
    pub tracker: Option<Tracker>,
    pub workflow: Option<Vec<WorkflowLabel>>,
    pub calendar: Option<Calendar>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handbook {
    pub preset: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tracker {
    pub kind: Text,
    pub url: Text,
    pub group: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkflowLabel {
    pub label: Text,
    pub means: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calendar {
    pub holidays: Vec<Text>,
    pub freezes: Vec<Freeze>,
    pub releases: Vec<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    pub name: Text,
    pub from: Text,
    pub to: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    pub name: Option<Text>,
    pub handle: Option<Text>,
    pub label: Option<Text>,
    pub chat: Option<Text>,
    #[serde(default)]
    pub aliases: Vec<Text>,
    pub source: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    pub name: Option<Text>,
    pub repo: Option<Text>,
    pub path: Option<Text>,
    pub tracker: Option<Text>,
    pub shipped_by: Option<Text>,
    pub owner: Option<Text>,
    #[serde(default)]
    pub inferred: OneOrMore,
    pub source: Option<Text>,
    #[serde(default)]
    pub tags: OneOrMore,
    pub uses: Entries<Use>,
    #[serde(default)]
    pub pins: Vec<Pin>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Use {
    pub phase: Option<Text>,
    #[serde(default)]
    pub needs: OneOrMore,
    pub note: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    pub runtime: Text,
    pub file: Text,
    pub name: Option<Text>,
    pub kind: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runtime {
    pub name: Option<Text>,
    pub scheme: Text,
    #[serde(default)]
    pub bumps: Entries<Text>,
    #[serde(default)]
    pub releases: Vec<Entries<SourceOptions>>,
    #[serde(default)]
    pub policy: Policy,
    pub notes: Option<Text>,
    pub process: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceOptions {
    pub product: Option<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    pub adopt_within: Option<Text>,
    pub support_last: Option<u32>,
    pub source: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Process {
    pub extends: Option<Text>,
    pub name: Option<Text>,
    pub about: Option<Text>,
    pub goal: Option<Text>,
    #[serde(default)]
    pub roles: Entries<Role>,
    pub phases: Option<Vec<Phase>>,
    #[serde(default)]
    pub steps: Entries<Step>,
    #[serde(default)]
    pub drop: OneOrMore,
    pub source: Option<Text>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    pub name: Text,
    pub does: Text,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    pub id: Text,
    pub name: Option<Text>,
    pub about: Option<Text>,
    #[serde(default)]
    pub in_order: Vec<Text>,
    pub after: Option<Vec<Text>>,
    pub blocks: Option<bool>,
}

/// A step; every key may be missing, because a step given again overrides just the keys that it names.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    pub title: Option<Text>,
    pub each: Option<Text>,
    #[serde(rename = "where")]
    pub which: Option<Where>,
    pub when: Option<When>,
    pub phase: Option<Text>,
    pub owner: Option<Text>,
    pub needs: Option<Vec<Need>>,
    pub takes: Option<Text>,
    #[serde(rename = "do")]
    pub instructions: Option<Text>,
    pub run: Option<Text>,
    pub verify: Option<Text>,
    pub rollback: Option<Text>,
    pub announce: Option<Announcement>,
    pub source: Option<Text>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announcement {
    pub to: OneOrMore,
    pub text: Text,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    pub bump: OneOrMore,
    pub risk: OneOrMore,
    pub security: Option<bool>,
    pub from: Option<Text>,
    pub to: Option<Text>,
    pub any: Vec<When>,
    pub not: Option<Box<When>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Where {
    pub tags: OneOrMore,
    pub component: OneOrMore,
    pub owner: OneOrMore,
    pub phase: OneOrMore,
    pub bundled: Option<bool>,
    pub any: Vec<Where>,
    pub not: Option<Box<Where>>,
}

/// A need: a bare id, or a map with `step` or `all`.
#[derive(Clone, Debug)]
pub enum Need {
    Bare(Text),
    Map(Box<NeedMap>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedMap {
    pub step: Option<Text>,
    pub all: Option<Text>,
    pub wait: Option<Text>,
    pub when: Option<When>,
}

impl<'de> Deserialize<'de> for Need {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        enum Shape {
            Bare(String),
            Map(Box<NeedMap>),
        }

        impl<'de> Deserialize<'de> for Shape {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Shapes;

                impl<'de> Visitor<'de> for Shapes {
                    type Value = Shape;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a step's id, or a map with `step` or `all`")
                    }

                    fn visit_str<E>(self, id: &str) -> Result<Shape, E> {
                        Ok(Shape::Bare(id.to_owned()))
                    }

                    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Shape, A::Error> {
                        Box::<NeedMap>::deserialize(MapAccessDeserializer::new(map)).map(Shape::Map)
                    }
                }

                deserializer.deserialize_any(Shapes)
            }
        }

        let Spanned { value, referenced, defined } = Spanned::<Shape>::deserialize(deserializer)?;
        Ok(match value {
            Shape::Bare(id) => Self::Bare(Spanned::new(id, referenced, defined)),
            Shape::Map(map) => Self::Map(map),
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upgrade {
    pub runtime: Text,
    pub from: Text,
    pub to: Text,
    pub state: Option<Text>,
    pub because: Option<Text>,
    pub superseded_by: Option<Text>,
    pub risk: Option<Text>,
    pub security: Option<Security>,
    pub start: Option<Text>,
    pub due: Option<Text>,
    pub goal: Option<Text>,
    #[serde(default)]
    pub roles: Entries<Text>,
    #[serde(default)]
    pub criteria: Vec<Criterion>,
    #[serde(default)]
    pub risks: Vec<KnownRisk>,
    #[serde(default)]
    pub contingency: Vec<Contingency>,
    #[serde(default)]
    pub links: Entries<Text>,
    #[serde(default)]
    pub tasks: Entries<TaskRecord>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Security {
    pub because: Text,
    pub source: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    pub id: Text,
    pub text: Text,
    pub dri: Option<Text>,
    pub start: Option<Text>,
    pub target: Option<Text>,
    pub tasks: TaskFilter,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskFilter {
    pub step: OneOrMore,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownRisk {
    pub risk: Text,
    pub mitigation: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contingency {
    pub when: Text,
    pub then: Text,
    pub owner: Option<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TaskRecord {
    pub state: Option<Text>,
    pub on: Option<Text>,
    pub evidence: Option<Text>,
    pub waived: Option<Waiver>,
    pub owner: Option<Text>,
    pub takes: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    pub because: Text,
    pub until: Text,
}
