//! The runtimes that a scan looks for, and the names that files have for them.

use std::collections::BTreeMap;

use crate::model::id::{RuntimeId, VariantId};
use crate::model::version::Scheme;

/// A runtime that is known without a catalog.
struct Known {
    /// Its id, where no catalog names it otherwise.
    id: &'static str,
    scheme: Scheme,
    /// What version managers call it.
    names: &'static [&'static str],
    /// The last parts of the names of images that hold it.
    images: &'static [&'static str],
    /// What variables call it: the part before `_VERSION`, in lower case.
    variables: &'static [&'static str],
    /// The first numbers that its versions can have.
    firsts: std::ops::RangeInclusive<u64>,
}

const KNOWN: [Known; 12] = [
    Known {
        id: "dotnet",
        scheme: Scheme::Dotnet,
        names: &["dotnet-runtime"],
        images: &["dotnet/runtime", "dotnet/aspnet", "dotnet/runtime-deps"],
        variables: &["dotnet_runtime", "dotnet", "aspnet", "aspnetcore"],
        firsts: 1..=30,
    },
    Known {
        id: "dotnet-sdk",
        scheme: Scheme::Dotnet,
        names: &["dotnet", "dotnet-core", "dotnet-sdk", "dotnetcore"],
        images: &["dotnet/sdk", "devcontainers/dotnet"],
        variables: &["dotnet_sdk"],
        firsts: 1..=30,
    },
    Known {
        id: "elixir",
        scheme: Scheme::Elixir,
        names: &["elixir"],
        images: &["elixir"],
        variables: &["elixir"],
        firsts: 1..=2,
    },
    Known {
        id: "erlang",
        scheme: Scheme::Erlang,
        names: &["erlang", "otp"],
        images: &["erlang", "otp"],
        variables: &["erlang", "otp"],
        firsts: 17..=60,
    },
    Known {
        id: "go",
        scheme: Scheme::Go,
        names: &["go", "golang"],
        images: &["golang", "go", "golang-builder", "golang-cross"],
        variables: &["go", "golang"],
        firsts: 1..=1,
    },
    Known {
        id: "java",
        scheme: Scheme::Java,
        names: &["java", "jdk", "openjdk"],
        images: &[
            "eclipse-temurin",
            "temurin",
            "openjdk",
            "amazoncorretto",
            "corretto",
            "java",
            "jdk",
            "sapmachine",
            "ibm-semeru-runtimes",
            "zulu-openjdk",
        ],
        variables: &["java", "jdk", "openjdk", "jre"],
        firsts: 1..=60,
    },
    Known {
        id: "node",
        scheme: Scheme::Node,
        names: &["node", "nodejs"],
        images: &["node", "nodejs", "javascript-node", "typescript-node"],
        variables: &["node", "nodejs", "node_js"],
        firsts: 0..=60,
    },
    Known { id: "php", scheme: Scheme::Php, names: &["php"], images: &["php"], variables: &["php"], firsts: 4..=12 },
    Known {
        id: "postgresql",
        scheme: Scheme::Postgresql,
        names: &["postgres", "postgresql"],
        images: &["postgres", "postgresql"],
        variables: &["postgres", "postgresql", "pg"],
        firsts: 7..=40,
    },
    Known {
        id: "python",
        scheme: Scheme::Python,
        names: &["python", "cpython", "python3"],
        images: &["python"],
        variables: &["python", "python3", "py"],
        firsts: 2..=4,
    },
    Known {
        id: "ruby",
        scheme: Scheme::Ruby,
        names: &["ruby"],
        images: &["ruby"],
        variables: &["ruby"],
        firsts: 1..=6,
    },
    Known {
        id: "rust",
        scheme: Scheme::Rust,
        names: &["rust"],
        images: &["rust"],
        variables: &["rust", "rustc", "rust_toolchain"],
        firsts: 1..=2,
    },
];

/// A runtime that a scan looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Its id in the catalog, or by itself.
    pub runtime: RuntimeId,
    /// How its versions read.
    pub scheme: Scheme,
    /// Its build flavours; one is meant where a name has its id as a word: `GO_VERSION_FIPS`.
    pub variants: Vec<VariantId>,
    /// The first numbers that its versions can have; others are of something else.
    firsts: (u64, u64),
}

impl Tool {
    /// Says whether a version with this first number can be one of its versions.
    #[must_use]
    pub fn can_begin_with(&self, first: u64) -> bool {
        (self.firsts.0..=self.firsts.1).contains(&first)
    }

    /// The build flavour that a name speaks of.
    #[must_use]
    pub fn find_variant(&self, name: &str) -> Option<&VariantId> {
        let is_word = |variant: &&VariantId| {
            name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word.eq_ignore_ascii_case(variant.as_str()))
        };
        self.variants.iter().find(is_word)
    }
}

/// A runtime of a catalog, as far as a scan must know it.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its id.
    pub runtime: RuntimeId,
    /// How its versions read.
    pub scheme: Scheme,
    /// Its build flavours.
    pub variants: Vec<VariantId>,
}

/// All runtimes that a scan looks for, by the names that files have for them.
#[derive(Clone, Debug, Default)]
pub struct Tools {
    tools: Vec<Tool>,
    names: BTreeMap<String, usize>,
    images: BTreeMap<String, usize>,
    variables: BTreeMap<String, usize>,
}

impl Tools {
    /// The runtimes that are known without a catalog, and those of a catalog; the ids are the catalog's.
    ///
    /// A runtime of the catalog is one that is known when its id is one of the known names, or when it alone has the
    /// scheme of the known one.
    #[must_use]
    pub fn new(wanted: &[Wanted]) -> Self {
        let mut tools = Self::default();
        let mut left: Vec<&Wanted> = wanted.iter().collect();
        for known in &KNOWN {
            let is_named = |wanted: &&&Wanted| {
                let id = wanted.runtime.as_str();
                wanted.scheme == known.scheme && (id == known.id || (id != "dotnet" && known.names.contains(&id)))
            };
            let alone = || {
                let mut same = wanted.iter().filter(|wanted| wanted.scheme == known.scheme);
                let is_first = known.id != "dotnet-sdk";
                same.next().filter(|_| is_first && same.next().is_none())
            };
            let meant = left.iter().find(is_named).copied().or_else(alone);
            let tool = Tool {
                runtime: meant.map_or_else(|| RuntimeId::new(known.id), |meant| meant.runtime.clone()),
                scheme: known.scheme,
                variants: meant.map(|meant| meant.variants.clone()).unwrap_or_default(),
                firsts: (*known.firsts.start(), *known.firsts.end()),
            };
            left.retain(|wanted| wanted.runtime != tool.runtime);
            tools.add(tool, known.names, known.images, known.variables);
        }
        for other in left {
            let id = other.runtime.as_str();
            let variable = id.replace(['-', '.'], "_");
            let tool = Tool {
                runtime: other.runtime.clone(),
                scheme: other.scheme,
                variants: other.variants.clone(),
                firsts: (0, u64::MAX),
            };
            tools.add(tool, &[id], &[id], &[&variable]);
        }
        tools
    }

    fn add(&mut self, tool: Tool, names: &[&str], images: &[&str], variables: &[&str]) {
        let index = self.tools.len();
        let runtime = tool.runtime.to_string();
        self.tools.push(tool);
        let enter = |map: &mut BTreeMap<String, usize>, names: &[&str]| {
            for name in names {
                map.entry((*name).to_owned()).or_insert(index);
            }
        };
        enter(&mut self.names, names);
        enter(&mut self.images, images);
        enter(&mut self.variables, variables);
        enter(&mut self.names, &[&runtime]);
    }

    /// The runtime that version managers and package manifests call so: `golang`, `nodejs`, `java`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Tool> {
        self.names.get(name).and_then(|index| self.tools.get(*index))
    }

    /// The runtime that is known by this id of its own, whatever the catalog calls it: `go`, `dotnet-sdk`.
    #[must_use]
    pub fn own(&self, id: &str) -> Option<&Tool> {
        // `names` has version managers' words, in which `dotnet` means the SDK.
        let name = if id == "dotnet" { "dotnet-runtime" } else { id };
        self.names.get(name).and_then(|index| self.tools.get(*index))
    }

    /// The runtime with this id: the catalog's, where it has one.
    #[must_use]
    pub fn by_runtime(&self, runtime: &RuntimeId) -> Option<&Tool> {
        self.tools.iter().find(|tool| &tool.runtime == runtime)
    }

    /// The runtime that an image of this name holds: `golang`, `dotnet/sdk`.
    #[must_use]
    pub fn find_image(&self, name: &str) -> Option<&Tool> {
        self.images.get(name).and_then(|index| self.tools.get(*index))
    }

    /// The runtime whose version a variable of this name holds: `GO_VERSION`, `RUBY_VERSION_DEFAULT`, `nextRubyVersion`.
    ///
    /// Words that say which of several versions it is may stand around: `NEXT_RUBY_VERSION`. Other words make it the
    /// version of something else: `NODE_EXPORTER_VERSION`, `PROTOC_GEN_GO_VERSION`.
    #[must_use]
    pub fn find_variable(&self, name: &str) -> Option<&Tool> {
        if name.len() > 80 {
            return None;
        }
        let words = to_words(name);
        let version = words.iter().rposition(|word| matches!(word.as_str(), "version" | "versions" | "ver"))?;
        let mut before = &words[..version];
        let after = &words[version + 1..];
        while before.first().is_some_and(|word| BESIDES.contains(&word.as_str())) {
            before = &before[1..];
        }
        // `GO_FIPS_VERSION`: a build flavour stands after the runtime.
        while before.len() > 1 && before.last().is_some_and(|word| AFTER.contains(&word.as_str())) {
            before = &before[..before.len() - 1];
        }
        let is_beside = |word: &String| {
            let word = word.as_str();
            BESIDES.contains(&word) || AFTER.contains(&word) || word.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !after.iter().all(is_beside) {
            return None;
        }
        self.variables.get(&before.join("_")).and_then(|index| self.tools.get(*index))
    }
}

/// Words around the name of a runtime that say which of its versions is meant.
const BESIDES: [&str; 34] = [
    "base",
    "build",
    "builder",
    "ci",
    "container",
    "current",
    "def",
    "default",
    "dev",
    "docker",
    "expected",
    "gitlab",
    "image",
    "kube",
    "latest",
    "lts",
    "max",
    "min",
    "minimum",
    "my",
    "new",
    "next",
    "old",
    "oldest",
    "prev",
    "previous",
    "project",
    "required",
    "runtime",
    "stable",
    "supported",
    "system",
    "target",
    "test",
];

/// Words between the name of a runtime and `VERSION` that leave it the version of the runtime.
const AFTER: [&str; 7] = ["fips", "major", "minor", "default", "next", "min", "image"];

/// `GO_VERSION` and `goVersion` are the words `go` and `version`.
fn to_words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut was_lower = false;
    for c in name.chars() {
        let is_break = matches!(c, '_' | '-' | '.' | ' ' | '/');
        if (is_break || (c.is_ascii_uppercase() && was_lower)) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        if !is_break {
            word.push(c.to_ascii_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_name_a_runtime_or_something_else() {
        let tools = Tools::new(&[]);
        for (name, expected) in [
            ("GO_VERSION", Some("go")),
            ("GOLANG_VERSION", Some("go")),
            ("go-version", Some("go")),
            ("goVersion", Some("go")),
            ("GO_FIPS_VERSION", Some("go")),
            ("RUBY_VERSION_DEFAULT", Some("ruby")),
            ("NEXT_RUBY_VERSION", Some("ruby")),
            ("DEFAULT_NODE_VERSION", Some("node")),
            ("PG_VERSION", Some("postgresql")),
            ("NODE_JS_VERSION", Some("node")),
            ("PYTHON3_VERSION", Some("python")),
            ("RUST_TOOLCHAIN_VERSION", Some("rust")),
            ("NODE_EXPORTER_VERSION", None),
            ("PROTOC_GEN_GO_VERSION", None),
            ("GOLANGCI_LINT_VERSION", None),
            ("SENTRY_RUBY_VERSION", None),
            ("RUBY_BUNDLER_VERSION", None),
            ("GO_VERSION_FILE", None),
            ("VERSION", None),
            ("GO", None),
        ] {
            assert_eq!(tools.find_variable(name).map(|tool| tool.runtime.as_str()), expected, "{name}");
        }
    }
}
