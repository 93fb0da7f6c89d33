//! Rust: `rust-toolchain`, `rust-toolchain.toml` and `Cargo.toml`
//! (<https://rust-lang.github.io/rustup/overrides.html>, <https://doc.rust-lang.org/cargo/reference/rust-version.html>).

use super::Format;
use crate::model::component::PinKind;
use crate::scan::file::{File, Found, Scope, Text};
use crate::scan::toml;
use crate::scan::value::Style;

pub(super) const TOOLCHAIN: Format = Format {
    name: "rust-toolchain",
    matches: |_, name| matches!(name, "rust-toolchain" | "rust-toolchain.toml"),
    read: toolchain,
};

pub(super) const CARGO: Format = Format { name: "Cargo.toml", matches: |_, name| name == "Cargo.toml", read: cargo };

fn toolchain(file: &File<'_>, found: &mut Found) {
    let Some(rust) = file.tools.own("rust") else { return };
    let lines: Vec<&str> = file.lines().map(|(_, line)| line.trim()).filter(|line| !line.is_empty()).collect();
    // The older form is one line with the name of a channel.
    if let [line] = lines[..]
        && file.name() == "rust-toolchain"
        && !line.starts_with(['[', '#'])
        && !line.contains('=')
    {
        found.version(rust, Text::plain(file.offset_of(line), line), Style::Build, &Scope::File);
        return;
    }
    let Some(document) = toml::parse(file.text) else { return };
    if let Some(text) =
        toml::find(&document, &["toolchain", "channel"]).and_then(|value| toml::to_text(file.text, value))
    {
        found.version(rust, text, Style::Build, &Scope::File);
    }
}

fn cargo(file: &File<'_>, found: &mut Found) {
    let Some(rust) = file.tools.own("rust") else { return };
    // Most have none, and a tree is dear.
    if !file.text.contains("rust-version") {
        return;
    }
    let Some(document) = toml::parse(file.text) else { return };
    for path in [&["package", "rust-version"][..], &["workspace", "package", "rust-version"]] {
        let Some(value) = toml::find(&document, path) else { continue };
        if let Some(text) = toml::to_text(file.text, value) {
            found.version(rust, text, Style::Floor, &Scope::File);
        } else if value
            .get_ref()
            .as_table()
            .is_some_and(|table| table.get("workspace").and_then(|is_so| is_so.get_ref().as_bool()) == Some(true))
        {
            let at = crate::scan::file::At::Byte(value.span().start);
            // The least version stays that.
            found.link_as(PinKind::Floor, rust, at, "workspace = true", "Cargo.toml");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_toolchains_and_what_crates_need() {
        for (path, text, expected) in [
            ("rust-toolchain", "1.89.0\n", "1:1 rust exact 1.89.0"),
            ("rust-toolchain", "nightly-2026-01-02\n", "1:1 rust channel - `nightly-2026-01-02`"),
            ("rust-toolchain", "[toolchain]\nchannel = \"1.89\"\n", "2:12 rust minor 1.89"),
            (
                "rust-toolchain.toml",
                "[toolchain]\nchannel = \"stable\" # always\ncomponents = [\"clippy\"]\n",
                "2:12 rust channel - `stable`",
            ),
            ("rust-toolchain.toml", "[toolchain]\npath = \"/x\"\n", ""),
            (
                "Cargo.toml",
                "[package]\nrust-version = \"1.85\"\n[dependencies]\nserde = \"1.0\"\n",
                "2:17 rust floor 1.85",
            ),
            ("Cargo.toml", "[workspace.package]\nrust-version = \"1.85.0\"\n", "2:17 rust floor 1.85.0"),
            ("Cargo.toml", "[package]\nedition = \"2021\"\n", ""),
            ("Cargo.toml", "rust-version = [", ""),
        ] {
            assert_eq!(read(path, text), expected, "{path} {text}");
        }
        assert!(read("a/Cargo.toml", "[package]\nrust-version.workspace = true\n").ends_with("rust -> Cargo.toml"));
    }
}
