//! What readers take and give: a file, and the pins in it.

use super::follow::to_path;
use super::image;
use super::tool::{Tool, Tools};
use super::value::{self, Style};
use crate::model::component::PinKind;
use crate::model::id::{RuntimeId, VariantId};

/// A file of a repository, as a reader sees it.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its path, from the root of the repository, with `/` between its parts.
    pub path: &'a str,
    /// Its text, without a byte-order mark.
    pub text: &'a str,
    /// The runtimes that are looked for.
    pub tools: &'a Tools,
}

impl<'a> File<'a> {
    /// The last part of its path.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    /// The folder in which it stands: empty, or with a `/` at its end.
    #[must_use]
    pub fn folder(&self) -> &'a str {
        let name = self.name();
        &self.path[..self.path.len() - name.len()]
    }

    /// Its lines without their ends, each with the offset at which it begins.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &'a str)> + use<'a> {
        let mut at = 0;
        self.text.split('\n').map(move |line| {
            let begin = at;
            at += line.len() + 1;
            (begin, line.strip_suffix('\r').unwrap_or(line))
        })
    }

    /// The offset of a part of its text.
    #[must_use]
    pub fn offset_of(&self, part: &str) -> At {
        At::Byte((part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize).min(self.text.len()))
    }
}

/// Where in a file something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// A byte, from 0.
    Byte(usize),
    /// A line and a column in characters, both from 1.
    Line(u32, u32),
}

impl At {
    /// A place that stands some characters later on the same line; the characters must be of one byte for a byte.
    #[must_use]
    pub fn shift(self, characters: usize) -> Self {
        match self {
            Self::Byte(byte) => Self::Byte(byte + characters),
            Self::Line(line, column) => {
                Self::Line(line, column.saturating_add(u32::try_from(characters).unwrap_or(u32::MAX)))
            }
        }
    }
}

/// A place that names a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The runtime.
    pub runtime: RuntimeId,
    /// The build flavour that it is for.
    pub variant: Option<VariantId>,
    /// Where the value begins.
    pub at: At,
    /// The value as it is written, without quotes.
    pub value: String,
    /// What sort of pin it is.
    pub kind: PinKind,
    /// The version that it names, where it is a single one.
    pub version: Option<String>,
}

/// A place whose version stands elsewhere in the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Where the value begins.
    pub at: At,
    /// The value as it is written, without quotes.
    pub value: String,
    /// What sort of pin it is.
    pub kind: PinKind,
    /// The build flavour that it is for.
    pub variant: Option<VariantId>,
    /// Where to look.
    pub link: Link,
}

/// Where the version of a place stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// In another file, from the root of the repository; for the runtime of that name ([`Tools::own`]).
    File {
        /// The runtime.
        runtime: RuntimeId,
        /// Its path.
        path: String,
    },
    /// In variables that other files of the same sort set: the version of a runtime with their names in it.
    Value {
        /// The runtime.
        runtime: RuntimeId,
        /// The value, with variables as shells write them: `${GO_VERSION}`.
        text: String,
        /// What it says.
        style: Style,
        /// Whose variables count.
        scope: Scope,
    },
    /// In variables that other files of the same sort set: an image with their names in it.
    Image {
        /// The image, with variables as shells write them.
        text: String,
        /// Whose variables count.
        scope: Scope,
    },
}

/// Files that share their variables.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Nobody else: what is unknown in the file stays so.
    File,
    /// GitLab's pipeline: all its files in the repository.
    Gitlab,
    /// The `.env` of a folder, for compose files beside it; a folder is empty or ends with `/`.
    Env(String),
}

/// A variable that other files of its scope may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Whose it is.
    pub scope: Scope,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// What was found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The places that name a version.
    pub pins: Vec<Pin>,
    /// The places that refer to other files.
    pub open: Vec<Open>,
    /// The variables that other files may name.
    pub variables: Vec<Variable>,
    /// Files that are parts of the same pipeline, by their paths from the root of the repository.
    pub included: Vec<String>,
}

/// A text of a file, as it is written and as it is meant.
#[derive(Clone, Copy, Debug)]
pub struct Text<'t> {
    /// Where it begins.
    pub at: At,
    /// As it is written, without quotes.
    pub written: &'t str,
    /// With the variables that the file itself sets put in; the others as shells write them: `${GO_VERSION}`.
    pub meant: &'t str,
}

impl<'t> Text<'t> {
    /// A text that means itself.
    #[must_use]
    pub fn plain(at: At, written: &'t str) -> Self {
        Self { at, written, meant: written }
    }
}

impl Found {
    /// Adds the version of a runtime. What cannot be one is left out.
    pub fn version(&mut self, tool: &Tool, text: Text<'_>, style: Style, scope: &Scope) {
        self.version_of(tool, None, text, style, scope);
    }

    /// Adds the version of a runtime, in the build flavour of which a name speaks.
    pub fn version_of(&mut self, tool: &Tool, name: Option<&str>, text: Text<'_>, style: Style, scope: &Scope) {
        let written = value::read(tool, text.written, style);
        let meant = if text.meant == text.written { written.clone() } else { value::read(tool, text.meant, style) };
        let Some(meant) = meant else { return };
        let variant = name.into_iter().chain([text.written]).find_map(|name| tool.find_variant(name));
        if meant.kind == PinKind::Indirect && *scope != Scope::File {
            let link =
                Link::Value { runtime: tool.runtime.clone(), text: text.meant.to_owned(), style, scope: scope.clone() };
            self.open.push(Open {
                at: text.at,
                value: text.written.to_owned(),
                kind: PinKind::Indirect,
                variant: variant.cloned(),
                link,
            });
            return;
        }
        // A list stays one, wherever its element stands.
        let is_indirect = style != Style::Element && written.as_ref() != Some(&meant);
        self.pins.push(Pin {
            runtime: tool.runtime.clone(),
            variant: variant.cloned(),
            at: text.at,
            value: text.written.trim().to_owned(),
            kind: if is_indirect { PinKind::Indirect } else { meant.kind },
            version: meant.version,
        });
    }

    /// Adds the runtimes of an image; nothing for images that hold none.
    pub fn image(&mut self, tools: &Tools, text: Text<'_>, scope: &Scope) {
        let meant = image::read(tools, text.meant);
        let written = if text.meant == text.written { meant.clone() } else { image::read(tools, text.written) };
        let is_unknown = meant.iter().any(|held| held.reading.kind == PinKind::Indirect) || meant.is_empty();
        if is_unknown && *scope != Scope::File && value::is_open(text.meant) {
            let link = Link::Image { text: text.meant.to_owned(), scope: scope.clone() };
            self.open.push(Open {
                at: text.at,
                value: text.written.to_owned(),
                kind: PinKind::Indirect,
                variant: None,
                link,
            });
            return;
        }
        for held in meant {
            let is_indirect = !written.contains(&held);
            self.pins.push(Pin {
                runtime: held.tool.runtime.clone(),
                variant: held.tool.find_variant(text.meant).cloned(),
                at: text.at,
                value: text.written.trim().to_owned(),
                kind: if is_indirect { PinKind::Indirect } else { held.reading.kind },
                version: held.reading.version,
            });
        }
    }

    /// Adds what a variable says: the version of a runtime (`GO_VERSION`) or an image (`GO_IMAGE`). Others are kept for
    /// the files of the scope that name them.
    pub fn variable(&mut self, tools: &Tools, name: &str, text: Text<'_>, scope: &Scope) {
        if *scope != Scope::File && text.meant.len() < 200 {
            self.variables.push(Variable {
                scope: scope.clone(),
                name: name.to_owned(),
                value: text.meant.trim().to_owned(),
            });
        }
        if let Some(tool) = tools.find_variable(name) {
            self.version_of(tool, Some(name), text, Style::Build, scope);
        } else if is_image_name(name) {
            self.image(tools, text, scope);
        }
    }

    /// Adds a place whose version stands in another file, by its path from the root of the repository.
    pub fn link(&mut self, tool: &Tool, at: At, value: &str, path: &str) {
        self.link_as(PinKind::Indirect, tool, at, value, path);
    }

    /// Adds a place of a kind whose version stands in another file. A floor stays one, wherever it is written.
    pub fn link_as(&mut self, kind: PinKind, tool: &Tool, at: At, value: &str, path: &str) {
        let Some(path) = to_path(path) else { return };
        let link = Link::File { runtime: tool.runtime.clone(), path };
        self.open.push(Open { at, value: value.to_owned(), kind, variant: None, link });
    }
}

/// Says whether a variable holds an image by its name: `GO_IMAGE`, `image`.
fn is_image_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "image" || name.ends_with("_image") || name.ends_with("-image") || name.ends_with("_image_name")
}
