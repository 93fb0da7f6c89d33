//! Projects of .NET: the frameworks that they target; numbers of the older .NET Framework and of .NET Standard are of
//! something else (<https://learn.microsoft.com/dotnet/standard/frameworks>).

use std::collections::BTreeMap;

use roxmltree::{Document, Node};

use super::Format;
use crate::model::component::PinKind;
use crate::scan::file::{At, File, Found, Scope, Text};
use crate::scan::value::Style;

pub(super) const FORMAT: Format = Format {
    name: ".NET project",
    matches: |_, name| {
        let is_project = [".csproj", ".fsproj", ".vbproj", ".props"].iter().any(|ending| name.ends_with(ending));
        is_project || name == "Directory.Build.targets"
    },
    read,
};

fn read(file: &File<'_>, found: &mut Found) {
    let Some(dotnet) = file.tools.own("dotnet") else { return };
    let Ok(document) = Document::parse(file.text) else { return };
    let in_group = |node: &Node<'_, '_>| {
        node.is_element() && node.parent().is_some_and(|parent| parent.tag_name().name() == "PropertyGroup")
    };
    let mut known: BTreeMap<&str, &str> = BTreeMap::new();
    for property in document.descendants().filter(in_group) {
        if let Some(text) = property.text() {
            known.insert(property.tag_name().name(), text.trim());
        }
        if !matches!(property.tag_name().name(), "TargetFramework" | "TargetFrameworks") {
            continue;
        }
        let Some(child) = property.first_child().filter(Node::is_text) else { continue };
        let text = child.text().unwrap_or_default();
        let frameworks: Vec<&str> = text.split(';').map(str::trim).filter(|one| !one.is_empty()).collect();
        let style = if frameworks.len() > 1 { Style::Element } else { Style::Build };
        for written in frameworks {
            let at = At::Byte(child.range().start + (written.as_ptr() as usize - text.as_ptr() as usize));
            let name = written.strip_prefix("$(").and_then(|inner| inner.strip_suffix(')'));
            let framework = name.map_or(Some(written), |name| known.get(name).copied());
            if let Some(version) = framework.and_then(to_version) {
                // A framework names its version; a property is a reference.
                let plain = Text { at, written: version, meant: version };
                let before = found.pins.len();
                found.version(dotnet, plain, style, &Scope::File);
                for pin in found.pins.iter_mut().skip(before) {
                    written.clone_into(&mut pin.value);
                    if name.is_some() && style == Style::Build {
                        pin.kind = PinKind::Indirect;
                    }
                }
            }
        }
    }
}

/// `net8.0-windows` is 8.0; `net48` and `netstandard2.0` are none.
fn to_version(framework: &str) -> Option<&str> {
    let rest = framework.strip_prefix("netcoreapp").or_else(|| framework.strip_prefix("net"))?;
    let version = rest.split('-').next()?;
    (version.contains('.') && version.starts_with(|c: char| c.is_ascii_digit())).then_some(version)
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_target_frameworks() {
        let project = |inner: &str| format!("<Project><PropertyGroup>{inner}</PropertyGroup></Project>");
        for (inner, expected) in [
            ("<TargetFramework>net8.0</TargetFramework>", "1:42 dotnet minor 8.0 `net8.0`"),
            ("<TargetFramework>net8.0-windows</TargetFramework>", "1:42 dotnet minor 8.0 `net8.0-windows`"),
            (
                "<TargetFrameworks>net8.0;net9.0;netstandard2.0;net472</TargetFrameworks>",
                "1:43 dotnet list 8.0 `net8.0`; 1:50 dotnet list 9.0 `net9.0`",
            ),
            ("<TargetFramework>netcoreapp3.1</TargetFramework>", "1:42 dotnet minor 3.1 `netcoreapp3.1`"),
            ("<TargetFramework>net48</TargetFramework>", ""),
            ("<Tfm>net9.0</Tfm><TargetFramework>$(Tfm)</TargetFramework>", "1:59 dotnet indirect 9.0 `$(Tfm)`"),
            ("<TargetFramework>$(Elsewhere)</TargetFramework>", ""),
            ("<!-- <TargetFramework>net8.0</TargetFramework> -->", ""),
        ] {
            assert_eq!(read("a.csproj", &project(inner)), expected, "{inner}");
        }
        assert_eq!(read("a.csproj", "<Project>"), "");
    }
}
