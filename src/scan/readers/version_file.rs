//! Files that hold nothing but a version, for one runtime each: `.go-version`, `.ruby-version`, `.nvmrc`, `.node-version`,
//! `.python-version`, `.java-version`, `runtime.txt`; and SDKMAN's `.sdkmanrc`.

use super::Format;
use crate::scan::file::{File, Found, Scope, Text};
use crate::scan::value::Style;

pub(super) const FORMAT: Format =
    Format { name: "version file", matches: |_, name| FILES.iter().any(|(file, _)| *file == name), read };

const FILES: [(&str, &str); 8] = [
    (".go-version", "go"),
    (".java-version", "java"),
    (".node-version", "node"),
    (".nvmrc", "node"),
    (".python-version", "python"),
    (".ruby-version", "ruby"),
    (".sdkmanrc", "java"),
    // Heroku writes `python-3.12.1`, Netlify `3.12`.
    ("runtime.txt", "python"),
];

fn read(file: &File<'_>, found: &mut Found) {
    let Some((name, id)) = FILES.iter().find(|(name, _)| *name == file.name()) else { return };
    let Some(tool) = file.tools.own(id) else { return };
    let lines = file.lines().map(|(_, line)| line.split('#').next().unwrap_or(line).trim());
    let lines: Vec<&str> = lines.filter_map(|line| to_version(name, line)).filter(|line| !line.is_empty()).collect();
    // Only pyenv takes several lines; of the others the first counts.
    let is_list = *id == "python" && lines.len() > 1;
    let (style, count) = if is_list { (Style::Element, lines.len()) } else { (Style::Build, 1) };
    for line in lines.into_iter().take(count) {
        found.version(tool, Text::plain(file.offset_of(line), line), style, &Scope::File);
    }
}

/// The version on a line; nothing for other engines and for names.
fn to_version<'t>(file: &str, line: &'t str) -> Option<&'t str> {
    let is_digit = |c: char| c.is_ascii_digit();
    match file {
        // A gemset may follow; other engines are other runtimes.
        ".ruby-version" => {
            let line = line.split('@').next()?;
            (line.starts_with("ruby-") || line.starts_with(is_digit)).then_some(line)
        }
        // `3.10/envs/x` is an environment of 3.10.
        ".python-version" => {
            let line = line.split('/').next()?;
            let bare = line.strip_prefix("cpython-").or_else(|| line.strip_prefix("cpython@")).unwrap_or(line);
            bare.starts_with(is_digit).then_some(bare)
        }
        ".java-version" => line.find(is_digit).filter(|_| !line.contains("graal")).and_then(|digit| {
            // `openjdk64-11.0.2`: the digits of a name are followed by a dash.
            let start =
                line.rfind('-').filter(|dash| line[*dash..].len() > 1 && line[dash + 1..].starts_with(is_digit));
            let start = start.filter(|_| !line.starts_with(is_digit)).map_or(digit, |dash| dash + 1);
            line.get(start..)
        }),
        // The vendor follows the last dash: `21.0.2-tem`.
        ".sdkmanrc" => {
            let version = line.strip_prefix("java")?.trim_start().strip_prefix('=')?.trim();
            Some(version.rsplit_once('-').map_or(version, |(version, _)| version))
        }
        "runtime.txt" => {
            let bare = line.strip_prefix("python-").unwrap_or(line);
            bare.starts_with(is_digit).then_some(bare)
        }
        _ => Some(line),
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::tests::read;

    #[test]
    fn reads_the_version() {
        for (path, text, expected) in [
            (".go-version", "1.26.5\n", "1:1 go exact 1.26.5"),
            ("a/.go-version", "go1.26\n", "1:1 go minor 1.26 `go1.26`"),
            (".ruby-version", "ruby-3.3.0@gems\r\n", "1:1 ruby exact 3.3.0 `ruby-3.3.0`"),
            (".ruby-version", "jruby-9.4.5.0\n", ""),
            (".ruby-version", "truffleruby-24.1\n", ""),
            (".ruby-version", "\n 3.4.1 \n", "2:2 ruby exact 3.4.1"),
            (".nvmrc", "v22.11.0\r\n", "1:1 node exact 22.11.0 `v22.11.0`"),
            (".nvmrc", "lts/iron # why\n", "1:1 node channel 20 `lts/iron`"),
            (".nvmrc", "lts/*\n", "1:1 node channel - `lts/*`"),
            (".node-version", "22\n", "1:1 node major 22"),
            (".python-version", "3.12.1\n3.11\n# 3.9\npypy3.10-7.3\n", "1:1 python list 3.12.1; 2:1 python list 3.11"),
            (".python-version", "cpython-3.12\n", "1:9 python minor 3.12"),
            (".python-version", "3.10.1/envs/x\n", "1:1 python exact 3.10.1"),
            (".python-version", "my-env\n", ""),
            (".java-version", "17\n", "1:1 java major 17"),
            (".java-version", "1.8\n", "1:1 java major 8 `1.8`"),
            (".java-version", "temurin-21.0.2\n", "1:9 java exact 21.0.2"),
            (".java-version", "openjdk64-11.0.2\n", "1:11 java exact 11.0.2"),
            (".sdkmanrc", "# java=8\njava=21.0.2-tem\ngradle=8.5\n", "2:6 java exact 21.0.2"),
            ("runtime.txt", "python-3.12.1\n", "1:8 python exact 3.12.1"),
            ("runtime.txt", "3.12", "1:1 python minor 3.12"),
            ("runtime.txt", "some words\n", ""),
            (".nvmrc", "", ""),
        ] {
            assert_eq!(read(path, text), expected, "{path} {text}");
        }
    }
}
