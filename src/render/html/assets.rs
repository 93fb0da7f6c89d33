//! The files that all pages share: one stylesheet, one script, one icon. Their names tell what is in them, so that a browser
//! may keep them for ever.

use crate::model::digest::sha256;
use crate::render::Templates;

/// The paths and texts of shared files.
pub struct Assets {
    pub css: String,
    pub script: String,
    pub icon: String,
    texts: [String; 3],
}

impl Assets {
    /// Puts the files of each kind together.
    pub fn of(templates: &Templates) -> Self {
        let texts = ["css", "js", "svg"].map(|ending| templates.assets(ending).collect::<Vec<_>>().join("\n"));
        let name = |at: usize, ending: &str| format!("assets/upshift.{}.{ending}", &sha256(texts[at].as_bytes())[..12]);
        Self { css: name(0, "css"), script: name(1, "js"), icon: name(2, "svg"), texts }
    }

    /// All of them.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        [&self.css, &self.script, &self.icon].into_iter().map(String::as_str).zip(self.texts.iter().map(String::as_str))
    }
}
