//! Software that Omnibus builds (<https://github.com/chef/omnibus>).

use super::Format;
use super::code::{before, find, pattern};
use crate::scan::file::{File, Found, Scope, Text};
use crate::scan::value::Style;

pub(super) const FORMAT: Format = Format {
    name: "Omnibus",
    matches: |path, name| {
        name.ends_with(".rb") && (path.starts_with("config/software/") || path.contains("/config/software/"))
    },
    read,
};

pattern!(OMNIBUS_NAME, r#"^\s*name\s+["'](?<value>[\w-]+)["']"#);
pattern!(OMNIBUS_VERSION, r#"^\s*default_version\s+(?:.*\|\|\s*)?["'](?<value>[^"']+)["']"#);
pattern!(OMNIBUS_GITLAB, r#"\bGitlab::Version\.new\(\s*["'](?<name>[\w-]+)["']\s*,\s*["'](?<value>[^"']+)["']"#);

/// Software that Omnibus builds (<https://github.com/chef/omnibus>).
fn read(file: &File<'_>, found: &mut Found) {
    let mut software = file.name().strip_suffix(".rb").unwrap_or_default();
    for (begin, line) in file.lines() {
        let code = before(line, "#");
        if let Some((_, _, name)) = find(&OMNIBUS_NAME, begin, code).first() {
            software = name;
        }
        if let Some(tool) = file.tools.find(software) {
            for (_, at, value) in find(&OMNIBUS_VERSION, begin, code) {
                found.version(tool, Text::plain(at, value), Style::Build, &Scope::File);
            }
        }
        for (name, at, value) in find(&OMNIBUS_GITLAB, begin, code) {
            if let Some(tool) = file.tools.find(name) {
                found.version(tool, Text::plain(at, value), Style::Build, &Scope::File);
            }
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
                "config/software/python3.rb",
                "name 'python3'\ndefault_version '3.12.13'\nversion('3.11.0') { source sha256: 'x' }\n",
                "2:18 python exact 3.12.13",
            ),
            ("config/software/ruby.rb", "version = Gitlab::Version.new('ruby', '3.3.1')\n", "1:40 ruby exact 3.3.1"),
            ("config/software/zlib.rb", "default_version '1.3.1'\n", ""),
        ] {
            assert_eq!(read(path, text), expected, "{path} {text}");
        }
    }
}
