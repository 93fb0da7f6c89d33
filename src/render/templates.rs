//! The page templates: those that this tool ships, each replaced by the file of that name in the user's `templates/`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use rust_embed::RustEmbed;
use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, Value};
use thiserror::Error;

use crate::render::layout;
use crate::text::escape;
use crate::text::limited::Limited;

/// The largest page, in bytes.
const LARGEST_PAGE: usize = 64 << 20;

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Shipped;

/// A template that cannot be used: it is the user's, or the user's data is.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct TemplateError(String);

impl From<tera::Error> for TemplateError {
    fn from(error: tera::Error) -> Self {
        Self(error.to_string().trim_start_matches("error: ").to_owned())
    }
}

/// Compiled page templates.
pub struct Templates {
    tera: Tera,
}

impl Templates {
    /// Compiles the shipped templates, and those in a folder in their place.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or that is not a template.
    pub fn load(folder: &Path) -> Result<Self> {
        let mut tera = Tera::default();
        tera.autoescape_on([".md"]);
        tera.set_escape_fn(escape::write_markdown);
        register_filters(&mut tera);
        let mut texts = Vec::new();
        for name in Shipped::iter() {
            let own = folder.join(&*name);
            let text = match own.is_file() {
                true => fs::read_to_string(&own).with_context(|| format!("reading `{}`", own.display()))?,
                false => {
                    let file = Shipped::get(&name).ok_or_else(|| anyhow!("the template `{name}` is missing"))?;
                    String::from_utf8(file.data.into_owned())
                        .with_context(|| format!("reading the template `{name}`"))?
                }
            };
            texts.push((name.to_string(), text));
        }
        texts.sort();
        tera.add_raw_templates(texts).map_err(TemplateError::from)?;
        Ok(Self { tera })
    }

    /// Fills in a template and tidies the result.
    ///
    /// # Errors
    ///
    /// A name that the view does not have, or a page that grows without bounds.
    pub fn render(&self, name: &str, view: &impl Serialize) -> Result<String> {
        let context = Context::from_serialize(view).map_err(TemplateError::from)?;
        let mut out = Limited::new(LARGEST_PAGE);
        self.tera.render_to(name, &context, &mut out).map_err(TemplateError::from)?;
        let text = String::from_utf8(out.into_bytes())
            .with_context(|| format!("the template `{name}` wrote something that is not text"))?;
        Ok(layout::tidy(&text))
    }
}

/// Filters that say how a value lands on the page; all others are Tera's own.
fn register_filters(tera: &mut Tera) {
    tera.register_filter("code", |value: &str, _: Kwargs, _: &State| Value::safe_string(&escape::to_code(value)));
    tera.register_filter("prose", |value: &str, _: Kwargs, _: &State| Value::safe_string(&escape::to_prose(value)));
    tera.register_filter("cell", |value: &str, _: Kwargs, _: &State| Value::safe_string(&layout::to_cell(value)));
    tera.register_filter("fence", |value: &str, args: Kwargs, _: &State| -> tera::TeraResult<Value> {
        let language: Option<&str> = args.get("language")?;
        Ok(Value::safe_string(&escape::to_fence(value, language.unwrap_or_default())))
    });
    tera.register_filter("link", |text: &str, args: Kwargs, _: &State| -> tera::TeraResult<Value> {
        let target: Option<Value> = args.get("to")?;
        let text = escape::to_markdown(text);
        Ok(Value::safe_string(&match target.as_ref().and_then(Value::as_str).and_then(escape::to_link_target) {
            Some(target) => format!("[{text}]({target})"),
            None => text,
        }))
    });
}
