//! GitLab's pipelines: images, services, variables, matrices and references, in one document or after a header of inputs
//! (<https://docs.gitlab.com/ci/yaml/>).

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Format;
use crate::model::component::PinKind;
use crate::scan::expand::expand;
use crate::scan::file::{File, Found, Scope, Text};
use crate::scan::follow::to_path;
use crate::scan::value::Style;
use crate::scan::yaml::{self, Node};

pub(super) const FORMAT: Format = Format { name: "GitLab pipeline", matches, read };

/// Folders in which pipelines keep their parts.
const FOLDERS: [&str; 7] = [".ci", ".gitlab", ".gitlab-ci", "ci", "ci_files", "gitlab-ci", "gitlab-ci-config"];

/// Top-level keys that are no jobs.
const KEYWORDS: [&str; 5] = ["include", "spec", "stages", "variables", "workflow"];

/// How often a reference may lead to another.
const DEEPEST: usize = 10;

fn matches(path: &str, name: &str) -> bool {
    let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    is_yaml && (name.contains("gitlab-ci") || path.split('/').rev().skip(1).any(|part| FOLDERS.contains(&part)))
}

fn read(file: &File<'_>, found: &mut Found) {
    let documents = yaml::parse(file.text);
    let mut inputs = BTreeMap::new();
    for (name, input) in documents.iter().filter_map(|one| one.find(&["spec", "inputs"])).flat_map(|one| one.entries())
    {
        let Some(default) = input.get("default").and_then(|default| default.plain()) else { continue };
        inputs.insert(name.to_owned(), default.written.to_owned());
        if let Some(tool) = file.tools.find_variable(name) {
            found.version(tool, default, Style::Build, &Scope::Gitlab);
        }
    }
    for include in documents.iter().filter_map(|document| document.get("include")) {
        let list = if include.list().is_empty() { std::slice::from_ref(include) } else { include.list() };
        // A bare text is a file of the repository, unless it is an address.
        let local = list.iter().filter_map(|one| one.get("local").unwrap_or(one).text());
        let local = local.filter(|path| !path.contains("://") && !path.contains(['*', '$']) && !path.is_empty());
        found.included.extend(local.filter_map(to_path));
    }
    let mut reader = Reader { file, found, documents: &documents, inputs, variables: BTreeMap::new() };
    for document in &documents {
        reader.pipeline(document);
    }
}

struct Reader<'a> {
    file: &'a File<'a>,
    found: &'a mut Found,
    documents: &'a [Rc<Node>],
    /// The defaults of inputs.
    inputs: BTreeMap<String, String>,
    /// The variables of the pipeline, and of the job that is read.
    variables: BTreeMap<String, String>,
}

impl Reader<'_> {
    fn pipeline(&mut self, document: &Node) {
        self.set_variables(document.get("variables"));
        let rules = document.find(&["workflow", "rules"]).map(|rules| rules.list().to_vec()).unwrap_or_default();
        for rule in rules {
            self.read_rule(&rule);
        }
        // Before there was `default`, its keys stood at the top.
        self.read_images(document, &[]);
        for (name, job) in document.entries() {
            if !KEYWORDS.contains(&name) && !job.map().is_empty() {
                self.job(job);
            }
        }
    }

    fn job(&mut self, job: &Node) {
        let outside = self.variables.clone();
        self.take_over(job, DEEPEST);
        self.set_variables(job.get("variables"));
        for rule in job.get("rules").map(|rules| rules.list().to_vec()).unwrap_or_default() {
            self.read_rule(&rule);
        }
        let matrix = job.find(&["parallel", "matrix"]).map(|matrix| self.follow(matrix));
        let axes = matrix.map(|matrix| self.to_axes(&matrix)).unwrap_or_default();
        for (name, values) in &axes {
            self.read_axis(name, values);
        }
        self.read_images(job, &axes);
        self.variables = outside;
    }

    /// Takes over the variables of the jobs that a job extends, the later before the earlier. Their pins are told with them.
    fn take_over(&mut self, job: &Node, depth: usize) {
        let Some(extends) = job.get("extends").filter(|_| depth > 0) else { return };
        let names = if extends.list().is_empty() { std::slice::from_ref(extends) } else { extends.list() };
        for name in names.iter().filter_map(|name| name.text()) {
            let Some(base) = self.documents.iter().find_map(|document| document.get(name)).cloned() else { continue };
            self.take_over(&base, depth - 1);
            for (name, text) in self.to_texts(base.get("variables")) {
                let meant = self.put_in(text.text().unwrap_or_default());
                self.variables.insert(name, meant);
            }
        }
    }

    /// The names of variables with their values: those that are merged in, and then their own.
    fn to_texts(&self, variables: Option<&Rc<Node>>) -> Vec<(String, Rc<Node>)> {
        let Some(variables) = variables.map(|variables| self.follow(variables)) else { return Vec::new() };
        let merged = variables.get("<<").cloned();
        // Of several maps the first counts, so it comes last.
        let maps = merged.iter().flat_map(|merged| merged.list().iter().rev().chain([merged]));
        let entries = maps.flat_map(|map| map.map().iter()).chain(variables.map());
        let texts = entries.filter_map(|(key, value)| {
            let name = key.text().filter(|name| *name != "<<")?;
            let value = self.follow(value);
            let value = value.get("value").cloned().unwrap_or(value);
            value.plain().is_some().then(|| (name.to_owned(), value))
        });
        texts.collect()
    }

    /// Variables of a rule count there only.
    fn read_rule(&mut self, rule: &Node) {
        let outside = self.variables.clone();
        self.set_variables(rule.get("variables"));
        self.variables = outside;
    }

    fn set_variables(&mut self, variables: Option<&Rc<Node>>) {
        for (name, value) in self.to_texts(variables) {
            let Some(text) = value.plain() else { continue };
            let meant = self.put_in(text.written);
            self.found.variable(self.file.tools, &name, Text { meant: &meant, ..text }, &Scope::Gitlab);
            self.variables.insert(name, meant);
        }
    }

    fn read_images(&mut self, of: &Node, axes: &[(String, Vec<Rc<Node>>)]) {
        let services = of.get("services").map(|services| self.follow(services));
        let services = services.iter().flat_map(|services| services.list().iter().cloned());
        for image in of.get("image").cloned().into_iter().chain(services) {
            let image = self.follow(&image);
            let image = image.get("name").map(|name| self.follow(name)).unwrap_or(image);
            let Some(text) = image.plain() else { continue };
            let meant = self.put_in(text.written);
            let is_used = |name: &str| meant.contains(&format!("${{{name}}}")) || meant.contains(&format!("${name}"));
            match axes.iter().find(|(name, _)| is_used(name)) {
                Some((name, values)) => self.read_image_axis(&meant, name, values),
                None => self.found.image(self.file.tools, Text { meant: &meant, ..text }, &Scope::Gitlab),
            }
        }
    }

    /// The variables of a matrix, each with all its values.
    fn to_axes(&self, matrix: &Node) -> Vec<(String, Vec<Rc<Node>>)> {
        let mut axes: Vec<(String, Vec<Rc<Node>>)> = Vec::new();
        for entry in matrix.list().iter().map(|entry| self.follow(entry)) {
            for (name, values) in entry.entries() {
                let values = self.follow(values);
                let values: Vec<Rc<Node>> = match values.list() {
                    [] => vec![values],
                    // A reference inside of a list stands for the elements of its target.
                    list => list
                        .iter()
                        .flat_map(|one| {
                            let one = self.follow(one);
                            if one.list().is_empty() { vec![one] } else { one.list().to_vec() }
                        })
                        .collect(),
                };
                match axes.iter_mut().find(|(known, _)| known == name) {
                    Some((_, known)) => known.extend(values),
                    None => axes.push((name.to_owned(), values)),
                }
            }
        }
        axes
    }

    /// A variable of a matrix whose name is that of a runtime.
    fn read_axis(&mut self, name: &str, values: &[Rc<Node>]) {
        let Some(tool) = self.file.tools.find_variable(name) else { return };
        let style = if values.len() > 1 { Style::Element } else { Style::Build };
        for text in values.iter().filter_map(|value| value.plain()) {
            let meant = self.put_in(text.written);
            self.found.version_of(tool, Some(name), Text { meant: &meant, ..text }, style, &Scope::Gitlab);
        }
    }

    /// A variable of a matrix that an image names.
    fn read_image_axis(&mut self, image: &str, name: &str, values: &[Rc<Node>]) {
        for value in values {
            let Some(text) = value.plain() else { continue };
            let find = |wanted: &str| (wanted == name).then(|| text.written.to_owned());
            let meant = expand(image, &find);
            let mut images = Found::default();
            images.image(self.file.tools, Text::plain(text.at, &meant), &Scope::File);
            for mut pin in images.pins {
                // A variable with the name of a runtime was read already.
                if self.found.pins.iter().any(|known| known.at == pin.at && known.runtime == pin.runtime) {
                    continue;
                }
                text.written.clone_into(&mut pin.value);
                if values.len() > 1 {
                    pin.kind = PinKind::List;
                }
                self.found.pins.push(pin);
            }
        }
    }

    /// What a text means with the variables and inputs that are known here.
    fn put_in(&self, text: &str) -> String {
        let mut text = text.to_owned();
        while let Some(begin) = text.find("$[[") {
            let Some(end) = text[begin..].find("]]") else { break };
            let inner = text[begin + 3..begin + end].trim();
            let name = inner.strip_prefix("inputs.").unwrap_or(inner);
            let name = name.split('|').next().unwrap_or(name).trim();
            let value = self.inputs.get(name).cloned().unwrap_or_else(|| "${INPUT}".to_owned());
            if value.contains("$[[") {
                break;
            }
            text.replace_range(begin..begin + end + 2, &value);
        }
        expand(&text, &|name| self.variables.get(name).cloned())
    }

    /// What `!reference [job, key]` stands for.
    fn follow(&self, node: &Rc<Node>) -> Rc<Node> {
        let mut node = Rc::clone(node);
        for _ in 0..DEEPEST {
            if node.tag.as_deref() != Some("reference") {
                break;
            }
            let path: Vec<&str> = node.list().iter().filter_map(|part| part.text()).collect();
            let Some(next) = self.documents.iter().find_map(|document| document.find(&path)) else { break };
            node = Rc::clone(next);
        }
        node
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read as read_file;

    fn read(text: &str) -> String {
        read_file(".gitlab-ci.yml", text)
    }

    #[test]
    fn reads_images_and_variables() {
        for (text, expected) in [
            ("image: golang:1.26\n", "1:8 go minor 1.26 `golang:1.26`"),
            ("image: { name: 'golang:1.26', entrypoint: [''] }\n", "1:17 go minor 1.26 `golang:1.26`"),
            ("variables:\n  GO_VERSION: 1.20\n", "2:15 go exact 1.20"),
            ("variables:\n  GO_VERSION: { value: '1.26.5', description: 'Go 1.2' }\n", "2:25 go exact 1.26.5"),
            (
                "variables: { GO_VERSION: '1.26' }\na:\n  image: golang:${GO_VERSION}-alpine\n",
                "1:27 go minor 1.26; 3:10 go indirect 1.26 `golang:${GO_VERSION}-alpine`",
            ),
            ("a:\n  image: golang:${GO_VERSION}\n", "2:10 image -> golang:${GO_VERSION}"),
            ("a:\n  services: ['postgres:17', { name: 'redis:7' }]\n", "2:15 postgresql major 17 `postgres:17`"),
            ("a:\n  script: ['docker run golang:1.26']\n  # image: golang:1.2\n", ""),
            ("a:\n  rules:\n    - variables: { RUBY_VERSION: '3.4' }\n", "3:35 ruby minor 3.4"),
            ("default: { image: 'ruby:3.4' }\n", "1:20 ruby minor 3.4 `ruby:3.4`"),
            ("a: [\n", ""),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn reads_matrices_references_and_inputs() {
        for (text, expected) in [
            (
                "a:\n  parallel:\n    matrix:\n      - GO_VERSION: ['1.25', '1.26']\n  image: golang:$GO_VERSION\n",
                "4:23 go list 1.25; 4:31 go list 1.26",
            ),
            (
                "a:\n  parallel:\n    matrix:\n      - TAG: ['1.25', '1.26']\n  image: golang:${TAG}\n",
                "4:16 go list 1.25; 4:24 go list 1.26",
            ),
            (
                ".versions:\n  go: '1.26'\n  all: ['1.25', '1.26']\nvariables:\n  GO_VERSION: !reference [.versions, go]\na:\n  parallel:\n    matrix:\n      - GO_VERSION: !reference [.versions, all]\n",
                "2:8 go minor 1.26; 3:10 go list 1.25; 3:18 go list 1.26",
            ),
            (
                "spec:\n  inputs:\n    go_version: { default: '1.26' }\n---\na:\n  image: golang:$[[ inputs.go_version ]]\n",
                "3:29 go minor 1.26; 6:10 go indirect 1.26 `golang:$[[ inputs.go_version ]]`",
            ),
            (
                ".base: &base\n  image: ruby:3.4\na:\n  <<: *base\n",
                "2:10 ruby minor 3.4 `ruby:3.4`; 2:10 ruby minor 3.4 `ruby:3.4`",
            ),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_job_has_the_variables_of_those_that_it_extends() {
        let text = "\
variables: { GO_VERSION: '1.25' }
.older: { variables: { GO_VERSION: '1.24', RUBY_VERSION: '3.3' } }
.new: { extends: .older, variables: { GO_VERSION: '1.26' } }
a: { extends: [.older, .new], image: 'golang:${GO_VERSION}' }
b: { extends: .new, image: 'ruby:${RUBY_VERSION}' }
c: { extends: c, image: 'golang:${GO_VERSION}' }
";
        assert_eq!(
            read(text),
            "1:27 go minor 1.25; 2:37 go minor 1.24; 2:59 ruby minor 3.3; 3:52 go minor 1.26; \
             4:39 go indirect 1.26 `golang:${GO_VERSION}`; 5:29 ruby indirect 3.3 `ruby:${RUBY_VERSION}`; \
             6:26 go indirect 1.25 `golang:${GO_VERSION}`"
        );
    }

    #[test]
    fn knows_where_pipelines_keep_their_parts() {
        let text = "variables: { GO_VERSION: '1.26' }\n";
        for (path, is_read) in [
            ("a/.gitlab-ci.yml", true),
            (".gitlab/ci/version.yml", true),
            ("gitlab-ci-config/variables.yml", true),
            ("build.gitlab-ci.yml", true),
            ("config/settings.yml", false),
        ] {
            assert_eq!(!read_file(path, text).is_empty(), is_read, "{path}");
        }
    }
}
