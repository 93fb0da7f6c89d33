//! Values with a short form: a bare text where only one thing is said, a map where there is more.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::Text;
use crate::catalog::yaml::Spanned;

/// A bare text, or a map that says more.
#[derive(Clone, Debug)]
pub enum Short<M> {
    /// The text alone.
    Bare(Text),
    /// The map.
    Map(Box<M>),
}

/// A map that a bare text may stand for.
pub trait LongForm: for<'de> Deserialize<'de> + JsonSchema {
    /// The shape of the bare text.
    type Bare: JsonSchema;
    /// What is expected, for messages.
    const EXPECTED: &'static str;
    /// What it is, for editors.
    const ABOUT: &'static str;
}

impl<M: LongForm> JsonSchema for Short<M> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Short{}", M::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (bare, map) = (generator.subschema_for::<M::Bare>(), generator.subschema_for::<M>());
        json_schema!({ "anyOf": [bare, map], "description": M::ABOUT })
    }
}

impl<'de, M: LongForm> Deserialize<'de> for Short<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, referenced, defined } = Spanned::<Shape<M>>::deserialize(deserializer)?;
        Ok(match value {
            Shape::Bare(text) => Self::Bare(Spanned::new(text, referenced, defined)),
            Shape::Map(map) => Self::Map(map),
        })
    }
}

/// The same before its place is known.
enum Shape<M> {
    Bare(String),
    Map(Box<M>),
}

impl<'de, M: LongForm> Deserialize<'de> for Shape<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Shapes(PhantomData))
    }
}

struct Shapes<M>(PhantomData<M>);

impl<'de, M: LongForm> Visitor<'de> for Shapes<M> {
    type Value = Shape<M>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(M::EXPECTED)
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Shape::Bare(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Box::<M>::deserialize(MapAccessDeserializer::new(map)).map(Shape::Map)
    }
}
