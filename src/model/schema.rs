//! JSON Schemas: how one is made of a type, and the shapes that several of them share.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::generate::{Contract, SchemaSettings};
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::model::id::LONGEST_ID;

/// An identifier; says in one expression what `id::find_fault` checks.
pub const ID: &str = r"^(?!(con|prn|aux|nul|com[1-9]|lpt[1-9])(\.|$))(?!.*\.\.)[a-z0-9]([a-z0-9._-]*[a-z0-9_-])?$";

/// Which side of a document a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What people or tools write, and this program reads: a key that may be missing is not required.
    Read,
    /// What this program writes: every key is there, and unknown is `null`.
    Written,
}

/// Makes the schema of a type: JSON Schema 2020-12.
///
/// The names become `$id`, title and description; descriptions of keys are the comments of the type's fields.
#[must_use]
pub fn to_schema<T: JsonSchema>(side: Side, name: &str, title: &str, about: &str) -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.contract = match side {
        Side::Read => Contract::Deserialize,
        Side::Written => Contract::Serialize,
    };
    let mut schema = settings.with_transform(RecursiveTransform(simplify)).into_generator().into_root_schema_for::<T>();
    schema.insert("$id".to_owned(), format!("urn:upshift:schema:{name}").into());
    schema.insert("title".to_owned(), title.into());
    schema.insert("description".to_owned(), about.into());
    schema.to_value()
}

/// Joins the lines of a comment, and takes out what only Rust knows: formats of numbers, and `null` for a missing key.
fn simplify(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.split("\n\n").map(|part| part.replace('\n', " ")).collect::<Vec<_>>().join("\n\n");
    }
    if schema.get("default") == Some(&Value::Null) {
        schema.remove("default");
    }
    let is_number = |format: &str| ["uint", "int", "double", "float"].iter().any(|kind| format.starts_with(kind));
    if schema.get("format").and_then(Value::as_str).is_some_and(is_number) {
        schema.remove("format");
    }
}

/// A set of texts that stands for itself in schemas only: no value of such a type is ever made.
pub trait Texts {
    /// The schema of these texts, without `type`.
    fn schema() -> Schema;
}

/// One of a set of texts.
pub struct One<T>(PhantomData<T>);

impl<T: Texts> JsonSchema for One<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "One".into()
    }

    fn schema_id() -> Cow<'static, str> {
        std::any::type_name::<Self>().into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut schema = T::schema();
        schema.insert("type".to_owned(), "string".into());
        schema
    }
}

/// Texts that are identifiers.
pub struct Ids;

impl Texts for Ids {
    fn schema() -> Schema {
        json_schema!({ "pattern": ID, "maxLength": LONGEST_ID })
    }
}

/// Texts that are ISO dates.
pub struct Days;

impl Texts for Days {
    fn schema() -> Schema {
        json_schema!({ "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
    }
}

/// A day: `2026-09-17`.
pub type Day = One<Days>;

/// An identifier.
pub type Id = One<Ids>;

/// Texts that are digests.
pub struct Digests;

impl Texts for Digests {
    fn schema() -> Schema {
        json_schema!({ "pattern": "^[0-9a-f]{64}$" })
    }
}

/// A SHA-256 in lower-case hexadecimal.
pub type Digest = One<Digests>;

/// Texts that are stable names of kinds of things.
pub struct Words;

impl Texts for Words {
    fn schema() -> Schema {
        json_schema!({ "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$" })
    }
}

/// The stable name of a kind of thing: `task-added`.
pub type Word = One<Words>;
