//! Manifests in JSON: npm's `package.json`, Composer's `composer.json`, .NET's `global.json`
//! (<https://docs.npmjs.com/cli/configuring-npm/package-json#engines>, <https://docs.volta.sh/guide/understanding#managing-your-project>,
//! <https://getcomposer.org/doc/01-basic-usage.md#platform-packages>, <https://learn.microsoft.com/dotnet/core/tools/global-json>).

use jsonc_parser::ast::Value;

use super::Format;
use crate::scan::file::{File, Found, Scope};
use crate::scan::json;
use crate::scan::value::Style;

pub(super) const NPM: Format = Format { name: "package.json", matches: |_, name| name == "package.json", read: npm };

pub(super) const COMPOSER: Format =
    Format { name: "composer.json", matches: |_, name| name == "composer.json", read: composer };

pub(super) const GLOBAL: Format =
    Format { name: "global.json", matches: |_, name| name == "global.json", read: global };

fn npm(file: &File<'_>, found: &mut Found) {
    let Some(node) = file.tools.own("node") else { return };
    // Most name none, and a tree is dear.
    if !["volta", "devEngines", "engines"].iter().any(|key| file.text.contains(key)) {
        return;
    }
    let Some(package) = json::parse(file.text) else { return };
    let find = |path: &[&str]| json::find(&package, path).and_then(Value::as_string_lit);
    if let Some(version) = find(&["volta", "node"]) {
        found.version(node, json::to_text(version), Style::Build, &Scope::File);
    }
    if let Some(other) = find(&["volta", "extends"]) {
        let text = json::to_text(other);
        found.link(node, text.at, text.written, &format!("{}{}", file.folder(), text.written));
    }
    let development: Vec<&Value<'_>> = match json::find(&package, &["devEngines", "runtime"]) {
        Some(Value::Array(list)) => list.elements.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    for runtime in development.into_iter().filter_map(Value::as_object) {
        let is_node = runtime.get_string("name").is_some_and(|name| name.value == "node");
        if let Some(version) = runtime.get_string("version").filter(|_| is_node) {
            found.version(node, json::to_text(version), Style::Need, &Scope::File);
        }
    }
    if let Some(version) = find(&["engines", "node"]) {
        found.version(node, json::to_text(version), Style::Need, &Scope::File);
    }
}

fn composer(file: &File<'_>, found: &mut Found) {
    let Some(php) = file.tools.own("php") else { return };
    let Some(package) = json::parse(file.text) else { return };
    let find = |path: &[&str]| json::find(&package, path).and_then(Value::as_string_lit);
    if let Some(version) = find(&["require", "php"]) {
        found.version(php, json::to_text(version), Style::Need, &Scope::File);
    }
    if let Some(version) = find(&["config", "platform", "php"]) {
        found.version(php, json::to_text(version), Style::Build, &Scope::File);
    }
}

fn global(file: &File<'_>, found: &mut Found) {
    let Some(sdk) = file.tools.own("dotnet-sdk") else { return };
    let Some(document) = json::parse(file.text) else { return };
    if let Some(version) = json::find(&document, &["sdk", "version"]).and_then(Value::as_string_lit) {
        found.version(sdk, json::to_text(version), Style::Build, &Scope::File);
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_what_packages_are_run_with() {
        for (path, text, expected) in [
            ("package.json", r#"{"volta": {"node": "22.11.0", "npm": "10.1.0"}}"#, "1:21 node exact 22.11.0"),
            ("a/package.json", r#"{"volta": {"extends": "../package.json"}}"#, "1:24 node -> package.json"),
            (
                "package.json",
                r#"{"devEngines": {"runtime": {"name": "node", "version": ">=22"}}}"#,
                "1:57 node floor 22 `>=22`",
            ),
            (
                "package.json",
                r#"{"devEngines": {"runtime": [{"name": "bun", "version": "1"}, {"name": "node", "version": "^24"}]}}"#,
                "1:91 node range - `^24`",
            ),
            (
                "package.json",
                r#"{"engines": {"node": "20.x", "npm": ">=10"}, "packageManager": "pnpm@9.1.0"}"#,
                "1:23 node major 20 `20.x`",
            ),
            ("package.json", r#"{"dependencies": {"node": "20.1.0"}}"#, ""),
            ("package.json", r#"{"engines": ["node >= 0.4"]}"#, ""),
            ("package.json", "{\"engines\": ", ""),
            (
                "composer.json",
                r#"{"require": {"php": "^8.3", "ext-json": "*"}, "config": {"platform": {"php": "8.3.4"}}}"#,
                "1:22 php range - `^8.3`; 1:79 php exact 8.3.4",
            ),
            ("composer.json", r#"{"require-dev": {"php": "8.1"}}"#, ""),
            (
                "global.json",
                "{ // why\n  \"sdk\": { \"version\": \"8.0.100\", \"rollForward\": \"latestPatch\" },\n}",
                "2:24 dotnet-sdk exact 8.0.100",
            ),
        ] {
            assert_eq!(read(path, text), expected, "{path} {text}");
        }
        assert_eq!(read("package.json", &format!("{{\"engines\": {}", "[".repeat(100_000))), "");
    }
}
