//! Components: the things somebody owns that use a runtime.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::id::{ComponentId, PhaseId, RuntimeId, TeamId};
use crate::model::looking::Looking;
use crate::model::place::{Located, Place};

/// A component.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its id in the catalog.
    pub id: ComponentId,
    /// What people call it.
    pub name: String,
    /// The address of its repository.
    pub repo: Option<String>,
    /// Its folder inside the repository.
    pub path: Option<String>,
    /// Where its issues go; the repository's own tracker unless the catalog says otherwise.
    pub tracker: Option<String>,
    /// The component that bundles this one, when it is not shipped by itself.
    pub shipped_by: Option<Located<ComponentId>>,
    /// The team that owns it.
    pub owner: TeamId,
    /// The fields that nobody stated: they were only inferred.
    pub inferred: BTreeSet<Field>,
    /// Where all this was read.
    pub source: Option<String>,
    /// Free labels that conditions select by.
    pub tags: BTreeSet<String>,
    /// The runtimes that it uses.
    pub uses: BTreeMap<RuntimeId, Use>,
    /// The places in its repository that are known to name a version.
    pub pins: Vec<Pin>,
    /// Where a scan looks in its repository.
    pub looking: Looking,
    /// Where the catalog defines it.
    pub place: Place,
}

impl Component {
    /// Says whether its owner is only inferred.
    #[must_use]
    pub fn is_owner_inferred(&self) -> bool {
        self.inferred.contains(&Field::Owner)
    }

    /// The known pins of one runtime, in the catalog's order.
    pub fn pins_of<'a>(&'a self, runtime: &'a RuntimeId) -> impl Iterator<Item = &'a Pin> {
        self.pins.iter().filter(move |pin| &pin.runtime == runtime)
    }
}

/// A field of a component that can be marked as inferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The owner.
    Owner,
    /// The pins.
    Pins,
    /// The tracker.
    Tracker,
}

impl Field {
    /// All of them, by the name that the catalog uses.
    pub const ALL: [(&'static str, Self); 3] =
        [("owner", Self::Owner), ("pins", Self::Pins), ("tracker", Self::Tracker)];
}

/// How a component uses one runtime.
#[derive(Clone, Debug)]
pub struct Use {
    /// The phase in which it is upgraded; steps without a phase of their own follow it.
    pub phase: Option<Located<PhaseId>>,
    /// Components whose task of the same step comes first.
    pub needs: Vec<Located<ComponentId>>,
    /// What is special about this component, in Markdown.
    pub note: Option<String>,
    /// Where the catalog says so.
    pub place: Place,
}

/// A place in a component's repository that names a version of a runtime.
#[derive(Clone, Debug)]
pub struct Pin {
    /// The runtime whose version stands there.
    pub runtime: RuntimeId,
    /// The file, inside the repository.
    pub file: String,
    /// The variable, key or line that holds the version.
    pub name: Option<String>,
    /// What sort of pin it is, where that is known.
    pub kind: Option<PinKind>,
}

/// The sorts of pins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PinKind {
    /// The version that it is built with.
    Exact,
    /// The newest patch of a line.
    Minor,
    /// The newest release of a major version.
    Major,
    /// The least version that consumers need: it can be ahead of a target, never behind it.
    Floor,
    /// A range of versions.
    Range,
    /// Several versions: a test matrix, a fallback list.
    List,
    /// A reference to another file or variable.
    Indirect,
    /// A floating name such as `stable`.
    Channel,
}

impl PinKind {
    /// All of them, by the name that the catalog uses.
    pub const ALL: [(&'static str, Self); 8] = [
        ("exact", Self::Exact),
        ("minor", Self::Minor),
        ("major", Self::Major),
        ("floor", Self::Floor),
        ("range", Self::Range),
        ("list", Self::List),
        ("indirect", Self::Indirect),
        ("channel", Self::Channel),
    ];
}

impl fmt::Display for PinKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, kind)| kind == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}
