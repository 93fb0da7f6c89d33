//! Python's projects: `pyproject.toml`, `Pipfile`, `setup.cfg` and `setup.py`
//! (<https://packaging.python.org/en/latest/specifications/pyproject-toml/#requires-python>).

use super::Format;
use crate::scan::file::{File, Found, Scope, Text};
use crate::scan::toml;
use crate::scan::value::Style;

pub(super) const PYPROJECT: Format =
    Format { name: "pyproject.toml", matches: |_, name| name == "pyproject.toml", read: pyproject };

pub(super) const PIPFILE: Format = Format { name: "Pipfile", matches: |_, name| name == "Pipfile", read: pipfile };

pub(super) const SETUP: Format =
    Format { name: "setup.cfg", matches: |_, name| matches!(name, "setup.cfg" | "setup.py"), read: setup };

fn pyproject(file: &File<'_>, found: &mut Found) {
    let Some(python) = file.tools.own("python") else { return };
    let Some(document) = toml::parse(file.text) else { return };
    let find = |path: &[&str]| toml::find(&document, path).and_then(|value| toml::to_text(file.text, value));
    let poetry = ["tool", "poetry", "dependencies", "python"];
    let needed = find(&["project", "requires-python"]).or_else(|| find(&poetry)).or_else(|| {
        let table = toml::find(&document, &poetry)?.get_ref().as_table()?;
        toml::to_text(file.text, table.get("version")?)
    });
    if let Some(text) = needed {
        found.version(python, text, Style::Need, &Scope::File);
    }
    let hatch = toml::find(&document, &["tool", "hatch", "envs"]).and_then(|envs| envs.get_ref().as_table());
    for environment in hatch.into_iter().flat_map(|envs| envs.values()) {
        let python_of = environment.get_ref().as_table().and_then(|table| table.get("python"));
        if let Some(text) = python_of.and_then(|value| toml::to_text(file.text, value)) {
            found.version(python, text, Style::Build, &Scope::File);
        }
    }
}

fn pipfile(file: &File<'_>, found: &mut Found) {
    let Some(python) = file.tools.own("python") else { return };
    let Some(document) = toml::parse(file.text) else { return };
    let find = |key| toml::find(&document, &["requires", key]).and_then(|value| toml::to_text(file.text, value));
    if let Some(text) = find("python_full_version").or_else(|| find("python_version")) {
        found.version(python, text, Style::Build, &Scope::File);
    }
}

fn setup(file: &File<'_>, found: &mut Found) {
    let Some(python) = file.tools.own("python") else { return };
    for (_, line) in file.lines() {
        let code = line.split('#').next().unwrap_or(line).trim();
        let Some(after) = code.strip_prefix("python_requires") else { continue };
        let Some(value) = after.trim_start().strip_prefix(['=', ':']) else { continue };
        let value = value.trim().trim_end_matches([',', ')']).trim_matches(['"', '\'']);
        found.version(python, Text::plain(file.offset_of(value), value), Style::Need, &Scope::File);
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_what_projects_need() {
        for (path, text, expected) in [
            (
                "pyproject.toml",
                "[project]\nrequires-python = \">=3.9\"\nclassifiers = [\"Programming Language :: Python :: 3.8\"]\n",
                "2:20 python floor 3.9 `>=3.9`",
            ),
            ("pyproject.toml", "[project]\nrequires-python = \">=3.9,<4\"\n", "2:20 python range - `>=3.9,<4`"),
            ("pyproject.toml", "[tool.poetry.dependencies]\npython = \"^3.11\"\n", "2:11 python range - `^3.11`"),
            (
                "pyproject.toml",
                "[tool.poetry.dependencies]\npython = { version = \"~3.11\" }\n",
                "2:23 python range - `~3.11`",
            ),
            (
                "pyproject.toml",
                "[tool.hatch.envs.test]\npython = \"3.12\"\n[tool.uv.dependency-groups]\ndev = { requires-python = \">=3.12\" }\n",
                "2:11 python minor 3.12",
            ),
            (
                "Pipfile",
                "[requires]\npython_version = \"3.11\"\npython_full_version = \"3.11.4\"\n",
                "3:24 python exact 3.11.4",
            ),
            ("setup.cfg", "[options]\npython_requires = >=3.8\n", "2:19 python floor 3.8 `>=3.8`"),
            (
                "setup.py",
                "setup(\n    # python_requires='>=2.7',\n    python_requires=\">=3.8, <4\",\n)\n",
                "3:22 python range - `>=3.8, <4`",
            ),
            ("pyproject.toml", "[project", ""),
        ] {
            assert_eq!(read(path, text), expected, "{path} {text}");
        }
    }
}
