//! Follows the places whose version stands elsewhere in the repository: in another file, in a variable of one.

use std::collections::BTreeMap;

use super::expand::expand;
use super::file::{Link, Scope, Variable};
use super::tool::Tools;
use super::{image, value};
use crate::model::component::PinKind;
use crate::model::id::RuntimeId;
use crate::model::pins::FoundPin;

/// How often a variable may name another.
const DEEPEST: usize = 5;

/// The values of variables, by whose they are; nothing for one that is set to several.
pub(super) type Variables = BTreeMap<(Scope, String), Option<String>>;

/// Remembers what a file sets.
pub(super) fn remember(variables: &mut Variables, set: Vec<Variable>) {
    for Variable { scope, name, value } in set {
        let known = variables.entry((scope, name)).or_insert_with(|| Some(value.clone()));
        if known.as_ref().is_some_and(|known| *known != value) {
            *known = None;
        }
    }
}

/// What is known of the repository.
pub(super) struct Known<'a> {
    pub(super) tools: &'a Tools,
    pub(super) variables: &'a Variables,
    /// All pins that name a version themselves.
    pub(super) pins: &'a [FoundPin],
}

/// A runtime and its version.
pub(super) struct Followed {
    pub(super) runtime: RuntimeId,
    pub(super) version: Option<String>,
}

impl Known<'_> {
    /// Finds what stands there. A place of a known runtime is told even when its version stays unknown.
    pub(super) fn follow(&self, link: &Link) -> Vec<Followed> {
        match link {
            Link::File { runtime, path } => {
                vec![Followed { runtime: runtime.clone(), version: self.find_in_file(runtime, path) }]
            }
            Link::Value { runtime, text, style, scope } => {
                let tool = self.tools.by_runtime(runtime);
                let read = tool.and_then(|tool| value::read(tool, &self.expand(text, scope), *style));
                vec![Followed { runtime: runtime.clone(), version: read.and_then(|read| read.version) }]
            }
            Link::Image { text, scope } => image::read(self.tools, &self.expand(text, scope))
                .into_iter()
                .map(|held| Followed { runtime: held.tool.runtime.clone(), version: held.reading.version })
                .collect(),
        }
    }

    fn expand(&self, text: &str, scope: &Scope) -> String {
        let mut text = text.to_owned();
        for _ in 0..DEEPEST {
            let find = |name: &str| self.variables.get(&(scope.clone(), name.to_owned())).cloned().flatten();
            let next = expand(&text, &find);
            if next == text {
                break;
            }
            text = next;
        }
        text
    }

    /// The version that a file says: what something is built with before what is needed at least, as setup actions read
    /// `go.mod`.
    fn find_in_file(&self, runtime: &RuntimeId, path: &str) -> Option<String> {
        let of_file = || self.pins.iter().filter(|pin| pin.file == path && &pin.runtime == runtime);
        let first = of_file().filter(|pin| pin.version.is_some()).find(|pin| pin.is_build());
        let first = first.or_else(|| of_file().find(|pin| pin.version.is_some() && pin.kind != PinKind::Indirect));
        first.and_then(|pin| pin.version.clone())
    }
}

/// The path of a file that another names: without `./` and `..`; nothing outside the repository.
pub(super) fn to_path(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
