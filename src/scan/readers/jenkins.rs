//! Jenkinsfiles: images of agents, tools and variables (<https://www.jenkins.io/doc/book/pipeline/syntax/>).

use super::Format;
use super::code::{before, find, pattern};
use crate::scan::file::{File, Found, Scope, Text};
use crate::scan::value::Style;

pub(super) const FORMAT: Format = Format {
    name: "Jenkinsfile",
    matches: |_, name| name == "Jenkinsfile" || name.starts_with("Jenkinsfile.") || name.ends_with(".jenkinsfile"),
    read,
};

pattern!(JENKINS_IMAGE, r#"\bimage\s*\(?\s*["'](?<value>[^"']+)["']"#);
pattern!(
    JENKINS_TOOL,
    r#"\b(?<name>jdk|nodejs|go)\s+["'](?:jdk|java|openjdk|temurin|nodejs|node|go|golang)?[-_ ]?(?<value>\d[\w.]*)["']"#
);
pattern!(JENKINS_VARIABLE, r#"\b(?<name>[A-Za-z]\w*)\s*=\s*["'](?<value>[^"']+)["']"#);

/// Images of agents, tools and variables (<https://www.jenkins.io/doc/book/pipeline/syntax/>).
fn read(file: &File<'_>, found: &mut Found) {
    let mut in_comment = false;
    for (begin, line) in file.lines() {
        let trimmed = line.trim_start();
        if in_comment || trimmed.starts_with("/*") {
            in_comment = !line.contains("*/");
            continue;
        }
        let code = before(line, "//");
        for (_, at, value) in find(&JENKINS_IMAGE, begin, code) {
            found.image(file.tools, Text::plain(at, value), &Scope::File);
        }
        for (name, at, value) in find(&JENKINS_TOOL, begin, code) {
            if let Some(tool) = file.tools.find(name) {
                found.version(tool, Text::plain(at, value), Style::Build, &Scope::File);
            }
        }
        for (name, at, value) in find(&JENKINS_VARIABLE, begin, code) {
            found.variable(file.tools, name, Text::plain(at, value), &Scope::File);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_versions() {
        for (path, text, expected) in [
            (
                "Jenkinsfile",
                "agent { docker { image 'golang:1.26' } }\n// image 'golang:1.2'\ntools { jdk 'jdk17'; nodejs 'node-20' }\nGO_VERSION = '1.26.5'\n",
                "1:25 go minor 1.26 `golang:1.26`; 3:17 java major 17; 3:35 node major 20; 4:15 go exact 1.26.5",
            ),
            ("Jenkinsfile", "/* image 'golang:1.2'\n*/ node 'linux'\n", ""),
        ] {
            assert_eq!(read(path, text), expected, "{path} {text}");
        }
    }
}
