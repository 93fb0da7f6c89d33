//! The templates of pages, and the files that pages share: those that this tool ships, each replaced by the file of that
//! name in the user's `templates/`.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use rust_embed::RustEmbed;
use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, Value};
use thiserror::Error;

use crate::model::digest::sha256;
use crate::render::highlight::Highlighter;
use crate::render::{layout, markup};
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

/// Compiled page templates, and the files that pages of the site share.
pub struct Templates {
    /// Those of Markdown pages.
    markdown: Tera,
    /// Those of HTML pages.
    html: Tera,
    assets: Vec<(String, String)>,
    /// SHA-256 of all of them, so that a page is known to be as it would be made again.
    digest: String,
    highlighter: Arc<Highlighter>,
}

impl Templates {
    /// Compiles the shipped templates, and those in a folder in their place.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or that is not a template.
    pub fn load(folder: &Path) -> Result<Self> {
        let highlighter = Arc::new(Highlighter::default());
        let mut markdown = Tera::default();
        markdown.autoescape_on([".md"]);
        markdown.set_escape_fn(escape::write_markdown);
        register_filters(&mut markdown);
        let mut html = Tera::default();
        html.autoescape_on([".html"]);
        html.set_escape_fn(escape::write_html);
        register_html_filters(&mut html, &highlighter);
        let (mut pages, mut html_pages, mut assets) = (Vec::new(), Vec::new(), Vec::new());
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
            let of_kind = match name.rsplit_once('.').map(|(_, ending)| ending) {
                Some("html") => &mut html_pages,
                Some("css" | "js" | "svg") => &mut assets,
                _ => &mut pages,
            };
            of_kind.push((name.to_string(), text));
        }
        for texts in [&mut pages, &mut html_pages, &mut assets] {
            texts.sort();
        }
        let all: Vec<&(String, String)> = pages.iter().chain(&html_pages).chain(&assets).collect();
        let digest = sha256(serde_json::to_string(&(env!("CARGO_PKG_VERSION"), all))?.as_bytes());
        markdown.add_raw_templates(pages).map_err(TemplateError::from)?;
        html.add_raw_templates(html_pages).map_err(TemplateError::from)?;
        Ok(Self { markdown, html, assets, digest, highlighter })
    }

    /// Fills in the template of a Markdown page and tidies the result.
    ///
    /// # Errors
    ///
    /// A name that the view does not have, or a page that grows without bounds.
    pub fn render(&self, name: &str, view: &impl Serialize) -> Result<String> {
        fill(&self.markdown, name, view).map(|text| layout::tidy(&text))
    }

    /// Fills in the template of an HTML page.
    ///
    /// # Errors
    ///
    /// A name that the view does not have, or a page that grows without bounds.
    pub fn render_html(&self, name: &str, view: &impl Serialize) -> Result<String> {
        fill(&self.html, name, view)
    }

    /// The files that pages of the site share and whose names begin so, by name.
    pub fn assets<'a>(&'a self, ending: &'a str) -> impl Iterator<Item = &'a str> {
        self.assets.iter().filter(move |(name, _)| name.ends_with(ending)).map(|(_, text)| text.as_str())
    }

    /// SHA-256 of all templates and of the program's version.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Colours the code of all pages.
    #[must_use]
    pub fn highlighter(&self) -> &Highlighter {
        &self.highlighter
    }
}

fn fill(tera: &Tera, name: &str, view: &impl Serialize) -> Result<String> {
    let context = Context::from_serialize(view).map_err(TemplateError::from)?;
    let mut out = Limited::new(LARGEST_PAGE);
    tera.render_to(name, &context, &mut out).map_err(TemplateError::from)?;
    String::from_utf8(out.into_bytes())
        .with_context(|| format!("the template `{name}` wrote something that is not text"))
}

/// Filters of HTML pages that say how a value lands there.
fn register_html_filters(tera: &mut Tera, highlighter: &Arc<Highlighter>) {
    let own = Arc::clone(highlighter);
    tera.register_filter("markdown", move |value: &str, _: Kwargs, _: &State| {
        Value::safe_string(&markup::to_fragment(value, &own))
    });
    let own = Arc::clone(highlighter);
    tera.register_filter("inline", move |value: &str, _: Kwargs, _: &State| {
        Value::safe_string(&markup::to_inline(value, &own))
    });
    tera.register_filter("prose", |value: &str, _: Kwargs, _: &State| {
        Value::safe_string(&escape::to_html_prose(value))
    });
    let own = Arc::clone(highlighter);
    tera.register_filter("block", move |value: &str, args: Kwargs, _: &State| -> tera::TeraResult<Value> {
        let language: Option<&str> = args.get("language")?;
        Ok(Value::safe_string(&markup::to_block(&own.to_html(language.unwrap_or_default(), value))))
    });
    tera.register_filter("link", |text: &str, args: Kwargs, _: &State| -> tera::TeraResult<Value> {
        let target: Option<Value> = args.get("to")?;
        let text = escape::to_html(&escape::to_one_line(text));
        Ok(Value::safe_string(&match target.as_ref().and_then(Value::as_str).and_then(escape::to_link_target) {
            Some(target) => format!("<a href=\"{}\" rel=\"noopener\">{text}</a>", escape::to_html(&target)),
            None => text,
        }))
    });
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
