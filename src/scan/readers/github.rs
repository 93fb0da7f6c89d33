//! GitHub's workflows and actions: setup actions, their version files and matrices, containers, services, variables
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax>).

use std::collections::BTreeMap;

use super::Format;
use crate::model::component::PinKind;
use crate::scan::file::{At, File, Found, Pin, Scope, Text};
use crate::scan::tool::Tool;
use crate::scan::value::Style;
use crate::scan::yaml::{self, Node};

pub(super) const FORMAT: Format = Format { name: "GitHub workflow", matches, read };

fn matches(path: &str, name: &str) -> bool {
    let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    let in_workflows = || path.starts_with(".github/workflows/") || path.contains("/.github/workflows/");
    is_yaml && (in_workflows() || matches!(name, "action.yml" | "action.yaml"))
}

/// Inputs of an action, each with the runtime that it is about.
type Inputs = &'static [(&'static str, &'static str)];

/// Actions that set up a runtime: their inputs for versions, and those for files that name one.
const ACTIONS: [(&str, Inputs, Inputs); 17] = [
    ("actions-rs/toolchain", &[("toolchain", "rust")], &[]),
    ("actions-rust-lang/setup-rust-toolchain", &[("toolchain", "rust")], &[]),
    ("actions/setup-dotnet", &[("dotnet-version", "dotnet-sdk")], &[("global-json-file", "dotnet-sdk")]),
    ("actions/setup-go", &[("go-version", "go")], &[("go-version-file", "go")]),
    ("actions/setup-java", &[("java-version", "java")], &[("java-version-file", "java")]),
    ("actions/setup-node", &[("node-version", "node")], &[("node-version-file", "node")]),
    ("actions/setup-python", &[("python-version", "python")], &[("python-version-file", "python")]),
    ("astral-sh/setup-uv", &[("python-version", "python")], &[]),
    ("dtolnay/rust-toolchain", &[("toolchain", "rust")], &[]),
    ("erlef/setup-beam", &[("otp-version", "erlang"), ("elixir-version", "elixir")], &[]),
    ("erlef/setup-elixir", &[("otp-version", "erlang"), ("elixir-version", "elixir")], &[]),
    ("golang/govulncheck-action", &[("go-version-input", "go")], &[("go-version-file", "go")]),
    ("graalvm/setup-graalvm", &[("java-version", "java")], &[]),
    ("moonrepo/setup-rust", &[("channel", "rust")], &[]),
    ("ruby/setup-ruby", &[("ruby-version", "ruby")], &[]),
    ("ruby/setup-ruby-pkgs", &[("ruby-version", "ruby")], &[]),
    ("shivammathur/setup-php", &[("php-version", "php")], &[("php-version-file", "php")]),
];

fn read(file: &File<'_>, found: &mut Found) {
    for document in yaml::parse(file.text) {
        let mut known = BTreeMap::new();
        for path in [&["on", "workflow_call", "inputs"][..], &["on", "workflow_dispatch", "inputs"], &["inputs"]] {
            for (name, input) in document.find(path).into_iter().flat_map(|inputs| inputs.entries()) {
                let Some(default) = input.get("default").and_then(|default| default.plain()) else { continue };
                known.insert(format!("inputs.{name}"), default.written.to_owned());
                if let Some(tool) = file.tools.find_variable(name) {
                    found.version(tool, default, Style::Build, &Scope::File);
                }
            }
        }
        let mut reader = Reader { file, found, known, matrix: None };
        reader.environment(&document);
        for (_, job) in document.get("jobs").into_iter().flat_map(|jobs| jobs.entries()) {
            reader.job(job);
        }
        if let Some(runs) = document.get("runs") {
            reader.action(runs);
        }
    }
}

/// What is known at a place of a workflow.
struct Reader<'a> {
    file: &'a File<'a>,
    found: &'a mut Found,
    /// Values by how expressions name them: `env.GO_VERSION`, `inputs.go`.
    known: BTreeMap<String, String>,
    matrix: Option<std::rc::Rc<Node>>,
}

/// What a text is when its expressions are put in.
enum Meant {
    /// A text; expressions that are not known stay as shells would write variables.
    Text(String),
    /// One text for each element of the matrix, with the element's place.
    Each(Vec<(At, String, String)>),
}

impl Reader<'_> {
    fn environment(&mut self, of: &Node) {
        let Some(variables) = of.get("env") else { return };
        for (name, value) in variables.entries() {
            let Some(text) = value.plain() else { continue };
            let known = match self.resolve(text.written) {
                Meant::Text(meant) => {
                    self.found.variable(self.file.tools, name, Text { meant: &meant, ..text }, &Scope::File);
                    meant
                }
                // It stays the expression that it is, and is told by the elements of the matrix.
                Meant::Each(_) => {
                    if let Some(tool) = self.file.tools.find_variable(name) {
                        self.version(tool, value);
                    }
                    text.written.to_owned()
                }
            };
            self.known.insert(format!("env.{name}"), known);
        }
    }

    fn job(&mut self, job: &Node) {
        let outside = self.known.clone();
        self.matrix = job.find(&["strategy", "matrix"]).cloned();
        self.environment(job);
        let container = job.get("container");
        let services = job.get("services").into_iter().flat_map(|services| services.entries()).map(|(_, one)| one);
        for image in container.into_iter().chain(services) {
            self.image(image.get("image").unwrap_or(image));
        }
        // A job can be a workflow that is called.
        self.uses(job);
        for step in job.get("steps").map(|steps| steps.list()).unwrap_or_default() {
            self.step(step);
        }
        self.known = outside;
        self.matrix = None;
    }

    fn step(&mut self, step: &Node) {
        let outside = step.get("env").map(|_| self.known.clone());
        self.environment(step);
        self.uses(step);
        if let Some(outside) = outside {
            self.known = outside;
        }
    }

    fn action(&mut self, runs: &Node) {
        if let Some(using) = runs.get("using").and_then(|using| using.plain())
            && let Some(version) = using.written.strip_prefix("node")
            && let Some(node) = self.file.tools.own("node")
        {
            // `node20`: the value has no dot that could be lost.
            self.found.version(node, Text::plain(using.at.shift(4), version), Style::Build, &Scope::File);
        }
        if let Some(image) = runs.get("image") {
            self.image(image);
        }
        for step in runs.get("steps").map(|steps| steps.list()).unwrap_or_default() {
            self.step(step);
        }
    }

    fn uses(&mut self, step: &Node) {
        let Some(uses) = step.get("uses").and_then(|uses| uses.plain()) else { return };
        if uses.written.starts_with("docker://") {
            self.found.image(self.file.tools, uses, &Scope::File);
            return;
        }
        let (action, at_ref) = uses.written.split_once('@').unwrap_or((uses.written, ""));
        let action_name = action.to_ascii_lowercase();
        let with = step.get("with");
        let known = ACTIONS.iter().find(|(name, ..)| *name == action_name);
        let Some((_, versions, files)) = known else {
            for (name, value) in with.into_iter().flat_map(|with| with.entries()) {
                if let Some(tool) = self.file.tools.find_variable(name) {
                    self.version(tool, value);
                }
            }
            return;
        };
        for (input, tool) in *versions {
            let Some(tool) = self.file.tools.own(tool) else { continue };
            match with.and_then(|with| with.get(input)) {
                Some(value) => self.version(tool, value),
                // The version is the name of the branch: `dtolnay/rust-toolchain@1.89`.
                None if action_name == "dtolnay/rust-toolchain" && at_ref != "master" => {
                    let at = uses.at.shift(action.chars().count() + 1);
                    self.found.version(tool, Text::plain(at, at_ref), Style::Build, &Scope::File);
                }
                None => {}
            }
        }
        for (input, tool) in *files {
            let Some(tool) = self.file.tools.own(tool) else { continue };
            let Some(path) = with.and_then(|with| with.get(input)).and_then(|value| value.plain()) else { continue };
            self.file_link(tool, path);
        }
    }

    fn file_link(&mut self, tool: &Tool, path: Text<'_>) {
        match self.resolve(path.written) {
            Meant::Text(meant) if !meant.contains('$') => self.found.link(tool, path.at, path.written, &meant),
            _ => {}
        }
    }

    /// The version of a runtime: a text, several lines, or what a matrix holds.
    fn version(&mut self, tool: &Tool, value: &Node) {
        let lines = value.lines(self.file.text);
        let style = if lines.len() > 1 { Style::Element } else { Style::Build };
        for (at, line) in lines {
            let is_file = matches!(line, ".ruby-version" | ".tool-versions" | "mise.toml");
            if is_file {
                self.file_link(tool, Text::plain(at, line));
                continue;
            }
            // ruby/setup-ruby has other engines by their names.
            if tool.runtime.as_str() == "ruby" && line.contains("ruby-") && !line.starts_with("ruby-") {
                continue;
            }
            match self.resolve(line) {
                Meant::Text(meant) => {
                    let text = Text { at, written: line, meant: &meant };
                    self.found.version(tool, text, style, &Scope::File);
                }
                Meant::Each(elements) => {
                    let style = if elements.len() > 1 { Style::Element } else { Style::Build };
                    for (at, _, meant) in elements {
                        if self.found.pins.iter().any(|pin| pin.at == at && pin.runtime == tool.runtime) {
                            continue;
                        }
                        self.found.version(tool, Text::plain(at, &meant), style, &Scope::File);
                    }
                }
            }
        }
    }

    fn image(&mut self, value: &Node) {
        let Some(text) = value.plain() else { return };
        // Each expression of a matrix by itself: what the others stand for is told with them.
        let mut rest = text.written.to_owned();
        let mut has_matrix = false;
        while let Some((before, expression, after)) = self.find_matrix(&rest) {
            has_matrix = true;
            self.image_elements(&before, &expression, &after);
            rest = format!("{before}${{X}}{after}");
        }
        if !has_matrix && let Meant::Text(meant) = self.resolve(text.written) {
            self.found.image(self.file.tools, Text { meant: &meant, ..text }, &Scope::File);
        }
    }

    /// Splits a text at its first expression that a matrix knows.
    fn find_matrix(&self, text: &str) -> Option<(String, String, String)> {
        let mut from = 0;
        loop {
            let begin = from + text.get(from..)?.find("${{")?;
            let end = begin + text[begin..].find("}}")?;
            let expression = &text[begin + 3..end];
            if matches!(self.value_of(expression), Value::Matrix(_)) {
                return Some((text[..begin].to_owned(), expression.to_owned(), text[end + 2..].to_owned()));
            }
            from = end + 2;
        }
    }

    fn image_elements(&mut self, before: &str, expression: &str, after: &str) {
        let Value::Matrix(elements) = self.value_of(expression) else { return };
        let is_list = elements.len() > 1;
        let open = |text: &str| text.replace("${{", "${").replace("}}", "}");
        for (at, element) in elements {
            let known = format!("{}{element}{}", open(before), open(after));
            let unknown = format!("{}${{X}}{}", open(before), open(after));
            let (mut images, mut without) = (Found::default(), Found::default());
            images.image(self.file.tools, Text::plain(at, &known), &Scope::File);
            without.image(self.file.tools, Text::plain(at, &unknown), &Scope::File);
            for mut pin in images.pins {
                // Only what the element decides.
                let same = |other: &Pin| other.runtime == pin.runtime && other.version == pin.version;
                let is_told = self.found.pins.iter().any(|known| known.at == at && known.runtime == pin.runtime);
                if pin.version.is_none() || without.pins.iter().any(same) || is_told {
                    continue;
                }
                pin.value.clone_from(&element);
                if is_list {
                    pin.kind = PinKind::List;
                }
                self.found.pins.push(pin);
            }
        }
    }

    /// Puts in what the expressions of a text stand for.
    fn resolve(&self, text: &str) -> Meant {
        let mut out = String::new();
        let mut rest = text;
        while let Some(begin) = rest.find("${{") {
            let Some(end) = rest[begin..].find("}}") else { break };
            let expression = &rest[begin + 3..begin + end];
            let after = &rest[begin + end + 2..];
            out.push_str(&rest[..begin]);
            match self.value_of(expression) {
                Value::Known(value) => out.push_str(&value),
                Value::Unknown => out.push_str("${X}"),
                Value::Matrix(elements) => {
                    let each = elements.into_iter().map(|(at, element)| {
                        let meant = format!("{out}{element}{after}");
                        (at, element, meant)
                    });
                    return Meant::Each(each.collect());
                }
            }
            rest = after;
        }
        out.push_str(rest);
        Meant::Text(out)
    }

    /// What an expression stands for: the first of its alternatives that is known.
    fn value_of(&self, expression: &str) -> Value {
        for alternative in expression.split("||") {
            let name = alternative.trim();
            if let Some(literal) = name.strip_prefix('\'').and_then(|name| name.strip_suffix('\'')) {
                return Value::Known(literal.to_owned());
            }
            if let Some(path) = name.strip_prefix("matrix.") {
                let elements = self.elements(path);
                if !elements.is_empty() {
                    return Value::Matrix(elements);
                }
            } else if let Some(known) = self.known.get(name) {
                let inner = known.strip_prefix("${{").and_then(|inner| inner.strip_suffix("}}"));
                return match inner.map(str::trim).and_then(|inner| inner.strip_prefix("matrix.")) {
                    Some(path) => Value::Matrix(self.elements(path)),
                    None if known.contains("${{") => Value::Unknown,
                    None => Value::Known(known.clone()),
                };
            } else if let Some(known) = name.strip_prefix("github.event.").and_then(|name| self.known.get(name)) {
                return Value::Known(known.clone());
            }
        }
        Value::Unknown
    }

    /// The values of a key of the matrix, of its `include` too: `go`, `ruby.version`.
    fn elements(&self, path: &str) -> Vec<(At, String)> {
        let Some(matrix) = &self.matrix else { return Vec::new() };
        let mut parts = path.split('.');
        let (Some(key), rest) = (parts.next(), parts.collect::<Vec<_>>()) else { return Vec::new() };
        let axis = matrix.get(key).map(|axis| axis.list()).unwrap_or_default();
        let included = matrix.get("include").map(|list| list.list()).unwrap_or_default();
        let all = axis.iter().chain(included.iter().filter_map(|entry| entry.get(key)));
        all.filter_map(|element| if rest.is_empty() { Some(element) } else { element.find(&rest) })
            .filter_map(|element| Some((element.at(), element.text()?.to_owned())))
            .filter(|(_, text)| !text.is_empty())
            .collect()
    }
}

/// What an expression stands for.
enum Value {
    Known(String),
    Unknown,
    Matrix(Vec<(At, String)>),
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    fn steps(text: &str) -> String {
        read(".github/workflows/ci.yml", &format!("jobs:\n  a:\n    steps:\n{text}"))
    }

    #[test]
    fn reads_setup_actions() {
        for (text, expected) in [
            ("      - uses: actions/setup-go@v5\n        with:\n          go-version: 1.20\n", "6:23 go exact 1.20"),
            ("      - { uses: actions/setup-go@v5, with: { go-version: '1.26.x' } }\n", "4:59 go minor 1.26 `1.26.x`"),
            ("      - { uses: actions/setup-go@v5, with: { go-version-file: ./go.mod } }\n", "4:63 go -> go.mod"),
            ("      - { uses: actions/setup-node@v4, with: { node-version: lts/* } }\n", "4:62 node channel - `lts/*`"),
            (
                "      - uses: actions/setup-python@v5\n        with:\n          python-version: |\n            3.10\n            pypy3.10\n            3.12\n",
                "7:13 python list 3.10; 9:13 python list 3.12",
            ),
            ("      - { uses: ruby/setup-ruby@v1, with: { ruby-version: jruby-9.4 } }\n", ""),
            (
                "      - { uses: ruby/setup-ruby@v1, with: { ruby-version: .ruby-version } }\n",
                "4:59 ruby -> .ruby-version",
            ),
            ("      - uses: dtolnay/rust-toolchain@1.89\n", "4:38 rust minor 1.89"),
            ("      - uses: dtolnay/rust-toolchain@stable\n", "4:38 rust channel - `stable`"),
            (
                "      - { uses: dtolnay/rust-toolchain@master, with: { toolchain: 1.89.0 } }\n",
                "4:67 rust exact 1.89.0",
            ),
            (
                "      - { uses: actions/setup-dotnet@v4, with: { dotnet-version: 8.0.x } }\n",
                "4:66 dotnet-sdk minor 8.0 `8.0.x`",
            ),
            (
                "      - { uses: erlef/setup-beam@v1, with: { otp-version: '27.1', elixir-version: '1.17' } }\n",
                "4:60 erlang exact 27.1; 4:84 elixir minor 1.17",
            ),
            ("      - { uses: actions/checkout@v4, with: { ref: '1.26' } }\n      # go-version: 1.2\n", ""),
            ("      - uses: docker://golang:1.26\n", "4:15 go minor 1.26 `docker://golang:1.26`"),
        ] {
            assert_eq!(steps(text), expected, "{text}");
        }
    }

    #[test]
    fn follows_expressions_within_the_file() {
        let text = "\
env:
  GO_VERSION: '1.26'
jobs:
  a:
    strategy:
      matrix:
        node: [20, 22]
        ruby: [{ version: '3.3' }, { version: '3.4' }]
        include:
          - node: 24
    container: golang:${{ env.GO_VERSION }}
    services:
      db: { image: 'postgres:${{ matrix.pg }}' }
    steps:
      - { uses: actions/setup-go@v5, with: { go-version: '${{ env.GO_VERSION }}' } }
      - { uses: actions/setup-node@v4, with: { node-version: '${{ matrix.node }}' } }
      - { uses: actions/setup-node@v4, with: { node-version: '${{ matrix.node }}' } }
      - { uses: ruby/setup-ruby@v1, with: { ruby-version: '${{ matrix.ruby.version }}' } }
      - { uses: actions/setup-python@v5, with: { python-version: '${{ matrix.python }}' } }
";
        assert_eq!(
            read(".github/workflows/ci.yml", text),
            "2:16 go minor 1.26; 7:16 node list 20; 7:20 node list 22; 8:28 ruby list 3.3; 8:48 ruby list 3.4; 10:19 node list 24; \
             11:16 go indirect 1.26 `golang:${{ env.GO_VERSION }}`; 13:21 postgresql indirect - `postgres:${{ matrix.pg }}`; \
             15:59 go indirect 1.26 `${{ env.GO_VERSION }}`; 19:67 python indirect - `${{ matrix.python }}`"
        );
    }

    #[test]
    fn a_variable_can_stand_for_a_matrix() {
        let text = "\
env: { GO_VERSION: '1.20.1' }
jobs:
  a:
    strategy: { matrix: { go: ['1.25', '1.26'] } }
    env: { GO_VERSION: '${{ matrix.go }}', X: '${{ env.X }}' }
    container: golang:${{ env.GO_VERSION }}
    steps:
      - { uses: actions/setup-go@v5, with: { go-version: '${{ env.GO_VERSION }}' } }
      - { uses: actions/setup-node@v4, with: { node-version: '${{ env.X }}' } }
";
        assert_eq!(
            read(".github/workflows/ci.yml", text),
            "1:21 go exact 1.20.1; 4:33 go list 1.25; 4:41 go list 1.26; 9:63 node indirect - `${{ env.X }}`"
        );
    }

    #[test]
    fn an_image_can_name_two_axes() {
        let text = "\
jobs:
  a:
    strategy:
      matrix:
        include: [{ elixir: 1.17.3, otp: 27.1 }, { elixir: 1.18.4, otp: 28.0 }]
    container: hexpm/elixir:${{ matrix.elixir }}-erlang-${{ matrix.otp }}-debian
";
        assert_eq!(
            read(".github/workflows/ci.yml", text),
            "5:29 elixir list 1.17.3; 5:42 erlang list 27.1; 5:60 elixir list 1.18.4; 5:73 erlang list 28.0"
        );
    }

    #[test]
    fn reads_actions_and_inputs() {
        let text = "inputs:\n  go-version: { default: '1.26' }\nruns:\n  using: node20\n";
        assert_eq!(read("a/action.yml", text), "2:27 go minor 1.26; 4:14 node major 20");
        assert_eq!(read("a/other.yml", text), "");
        assert_eq!(read("action.yml", "runs: [\n"), "");
    }
}
