//! Java's build files: Maven's `pom.xml`, Gradle's scripts, `gradle.properties` and version catalogs
//! (<https://maven.apache.org/plugins/maven-compiler-plugin/compile-mojo.html>, <https://docs.gradle.org/current/userguide/toolchains.html>).
//!
//! What code is compiled for is the least that it runs on: a floor. What it is compiled with is a toolchain.

use std::sync::LazyLock;

use regex::Regex;
use roxmltree::{Document, Node};

use super::Format;
use crate::model::component::PinKind;
use crate::scan::expand::expand;
use crate::scan::file::{At, File, Found, Scope, Text};
use crate::scan::toml;
use crate::scan::value::Style;

pub(super) const MAVEN: Format = Format { name: "pom.xml", matches: |_, name| name == "pom.xml", read: maven };

pub(super) const GRADLE: Format = Format {
    name: "Gradle",
    matches: |_, name| name.ends_with(".gradle") || name.ends_with(".gradle.kts") || name == "gradle.properties",
    read: gradle,
};

pub(super) const CATALOG: Format =
    Format { name: "Gradle version catalog", matches: |_, name| name.ends_with(".versions.toml"), read: catalog };

/// The text of an element with its place.
fn to_text<'t>(node: Node<'t, '_>) -> Option<(At, &'t str)> {
    let child = node.first_child().filter(Node::is_text)?;
    let text = child.text()?;
    let bare = text.trim();
    let indent = text.len() - text.trim_start().len();
    (!bare.is_empty()).then(|| (At::Byte(child.range().start + indent), bare))
}

fn maven(file: &File<'_>, found: &mut Found) {
    let Some(java) = file.tools.own("java") else { return };
    let Ok(document) = Document::parse(file.text) else { return };
    let named = |name: &str| {
        document.descendants().filter(move |node: &Node<'_, '_>| node.has_tag_name_any(name)).collect::<Vec<_>>()
    };
    let property = |name: &str| -> Option<String> {
        let properties = named("properties");
        let found = properties.iter().flat_map(Node::children).find(|node| node.tag_name().name() == name)?;
        to_text(found).map(|(_, text)| text.to_owned())
    };
    let put_in = |text: &str| -> String {
        let mut text = text.to_owned();
        for _ in 0..5 {
            let Some(name) = text.strip_prefix("${").and_then(|inner| inner.strip_suffix('}')) else { break };
            let Some(value) = property(name) else { break };
            text = value;
        }
        text
    };
    let mut add = |node: Node<'_, '_>, style: Style| {
        let Some((at, written)) = to_text(node) else { return };
        let meant = put_in(written);
        found.version(java, Text { at, written, meant: &meant }, style, &Scope::File);
    };
    for properties in named("properties") {
        for one in properties.children().filter(Node::is_element) {
            match one.tag_name().name() {
                "maven.compiler.release"
                | "java.version"
                | "maven.compiler.source"
                | "maven.compiler.target"
                | "jdk.version"
                | "javaVersion"
                | "java.release" => add(one, Style::Floor),
                _ => {}
            }
        }
    }
    for plugin in named("plugin") {
        let child = |node: Node<'_, '_>, name: &str| {
            node.children().find(|one| one.tag_name().name() == name).map(|one| one.id())
        };
        let artifact =
            child(plugin, "artifactId").and_then(|id| document.get_node(id)).and_then(to_text).map(|(_, text)| text);
        for one in plugin.descendants().filter(Node::is_element) {
            match (artifact, one.tag_name().name()) {
                (Some("maven-compiler-plugin"), "release" | "source" | "target") => add(one, Style::Floor),
                (Some("maven-toolchains-plugin"), "version")
                    if one.parent().is_some_and(|parent| parent.tag_name().name() == "jdk") =>
                {
                    add(one, Style::Build);
                }
                (Some("maven-enforcer-plugin"), "version")
                    if one.parent().is_some_and(|parent| parent.tag_name().name() == "requireJavaVersion") =>
                {
                    // A bare version is the least one: `17` is `[17,)`.
                    let is_bare = to_text(one).is_some_and(|(_, text)| !text.starts_with(['[', '(']));
                    add(one, if is_bare { Style::Floor } else { Style::Need });
                }
                _ => {}
            }
        }
    }
}

/// What `roxmltree` has no method for: names without regard to the namespace.
trait HasName {
    fn has_tag_name_any(&self, name: &str) -> bool;
}

impl HasName for Node<'_, '_> {
    fn has_tag_name_any(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

static TOOLCHAIN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?:JavaLanguageVersion\.of|jvmToolchain)\s*\(\s*["']?(?<version>\d+)"#).ok());

static COMPATIBLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern = r#"\b(?:source|target)Compatibility\s*(?:=|\(|\s)\s*["']?(?<version>JavaVersion\.VERSION_\d+(?:_\d+)?|\d+(?:\.\d+)?)"#;
    Regex::new(pattern).ok()
});

fn gradle(file: &File<'_>, found: &mut Found) {
    let Some(java) = file.tools.own("java") else { return };
    let is_properties = file.name() == "gradle.properties";
    let mut in_comment = false;
    for (begin, line) in file.lines() {
        if is_properties {
            if let Some((name, value)) = line.split_once('=').filter(|_| !line.trim_start().starts_with(['#', '!'])) {
                let value = value.trim();
                found.variable(file.tools, name.trim(), Text::plain(file.offset_of(value), value), &Scope::File);
            }
            continue;
        }
        let code = to_code(line, &mut in_comment);
        for (pattern, style) in [(&TOOLCHAIN, Style::Build), (&COMPATIBLE, Style::Floor)] {
            let Some(pattern) = pattern.as_ref() else { continue };
            for version in pattern.captures_iter(&code).filter_map(|groups| groups.name("version")) {
                let written = version.as_str();
                let meant = written.trim_start_matches("JavaVersion.VERSION_").replace('_', ".");
                let at = At::Byte(begin + version.start());
                let before = found.pins.len();
                found.version(java, Text { at, written, meant: &meant }, style, &Scope::File);
                for pin in found.pins.iter_mut().skip(before).filter(|_| style == Style::Floor) {
                    // `JavaVersion.VERSION_17` is a name of the version, not of a place.
                    pin.kind = PinKind::Floor;
                }
            }
        }
    }
}

/// The code of a line, with spaces in place of comments, so that places stay; a comment that goes on is remembered. What
/// looks like one within quotes is none: `'**/*.java'`.
fn to_code(line: &str, in_comment: &mut bool) -> String {
    let mut code = String::with_capacity(line.len());
    let mut quote = None;
    let mut rest = line.char_indices();
    while let Some((at, c)) = rest.next() {
        let after = &line[at..];
        let sign = match (*in_comment, quote) {
            (true, _) if after.starts_with("*/") => Some(false),
            (false, None) if after.starts_with("/*") => Some(true),
            (false, None) if after.starts_with("//") => break,
            _ => None,
        };
        if let Some(opens) = sign {
            *in_comment = opens;
            rest.next();
            code.push_str("  ");
            continue;
        }
        if *in_comment {
            code.push_str(&" ".repeat(c.len_utf8()));
            continue;
        }
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
        code.push(c);
    }
    code
}

fn catalog(file: &File<'_>, found: &mut Found) {
    let Some(java) = file.tools.own("java") else { return };
    let Some(document) = toml::parse(file.text) else { return };
    let Some(versions) = document.get("versions").and_then(|versions| versions.get_ref().as_table()) else { return };
    for name in ["java", "jdk", "jvm", "javaVersion", "java-version", "jvmToolchain"] {
        if let Some(text) = versions.get(name).and_then(|value| toml::to_text(file.text, value)) {
            let meant = expand(text.written, &|_| None);
            found.version(java, Text { meant: &meant, ..text }, Style::Build, &Scope::File);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_maven() {
        for (text, expected) in [
            (
                "<project><properties><maven.compiler.release>17</maven.compiler.release></properties></project>",
                "1:46 java floor 17",
            ),
            (
                "<project><properties><java.version> 1.8 </java.version><maven.compiler.source>${java.version}</maven.compiler.source></properties></project>",
                "1:37 java floor 8 `1.8`; 1:79 java indirect 8 `${java.version}`",
            ),
            (
                "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><build><plugins><plugin><artifactId>maven-compiler-plugin</artifactId><version>3.11.0</version><configuration><release>21</release></configuration></plugin></plugins></build></project>",
                "1:171 java floor 21",
            ),
            (
                "<project><build><plugins><plugin><artifactId>maven-enforcer-plugin</artifactId><rules><requireJavaVersion><version>[17,18)</version></requireJavaVersion></rules></plugin></plugins></build></project>",
                "1:116 java range - `[17,18)`",
            ),
            (
                "<project><!-- <properties><java.version>17</java.version></properties> --><release>17</release></project>",
                "",
            ),
            ("<!DOCTYPE x [<!ENTITY a \"b\">]><project/>", ""),
            ("<project>", ""),
        ] {
            assert_eq!(read("pom.xml", text), expected, "{text}");
        }
    }

    #[test]
    fn reads_gradle() {
        for (path, text, expected) in [
            (
                "build.gradle.kts",
                "java { toolchain { languageVersion.set(JavaLanguageVersion.of(21)) } }\n",
                "1:63 java major 21",
            ),
            ("build.gradle.kts", "kotlin { jvmToolchain(17) }\n", "1:23 java major 17"),
            (
                "build.gradle",
                "sourceCompatibility = '17'\ntargetCompatibility = JavaVersion.VERSION_1_8\n",
                "1:24 java floor 17; 2:23 java floor 8 `JavaVersion.VERSION_1_8`",
            ),
            (
                "build.gradle",
                "// jvmToolchain(17)\n/* sourceCompatibility = 8\njvmToolchain(8)\n*/ jvmToolchain(21)\n",
                "4:17 java major 21",
            ),
            ("gradle.properties", "javaVersion=17\n# javaVersion=8\nkotlin.version=1.9\n", "1:13 java major 17"),
            ("gradle/libs.versions.toml", "[versions]\njava = \"21\"\nkotlin = \"1.9\"\n", "2:9 java major 21"),
            ("build.gradle", "include '**/*.java'\njvmToolchain(17)\n", "2:14 java major 17"),
            ("build.gradle", "/* x */ jvmToolchain(17) // ä\n", "1:22 java major 17"),
            ("build.gradle", "/* ä\n ü */ jvmToolchain(21) /* y */\n", "2:20 java major 21"),
        ] {
            assert_eq!(read(path, text), expected, "{path} {text}");
        }
    }
}
