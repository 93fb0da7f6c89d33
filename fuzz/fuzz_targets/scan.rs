//! Readers of pin files must not panic, whatever a repository holds, and what they find stands in the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use upshift::scan::filter::Filter;
use upshift::scan::tool::Tools;
use upshift::scan::{Scanner, readers};

/// A name of each format; the first byte chooses one.
const NAMES: [&str; 44] = [
    ".env", ".gitlab-ci.yml", ".go-version", ".java-version", ".nvmrc", ".promu.yml", ".python-version",
    ".readthedocs.yaml", ".ruby-version", ".sdkmanrc", ".tool-versions", "Cargo.toml", "Dockerfile", "Gemfile",
    "Gemfile.lock", "Jenkinsfile", "MODULE.bazel", "Makefile", "Pipfile", "a.csproj", "a.gemspec", "a.sh",
    "action.yml", "build.gradle", "build.gradle.kts", "composer.json", "config/software/ruby.rb",
    "devcontainer.json", "docker-compose.yml", "flake.nix", "global.json", "go.mod", "gradle.properties",
    "libs.versions.toml", "mise.toml", "mix.exs", "package.json", "pom.xml", "pyproject.toml", "runtime.txt",
    "rust-toolchain", "setup.cfg", "values.yaml", ".circleci/config.yml",
];

fuzz_target!(|data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    let path = NAMES[usize::from(*first) % NAMES.len()];
    assert!(readers::FORMATS.iter().any(|format| (format.matches)(path, path.rsplit('/').next().unwrap_or(path))));
    let tools = Tools::new(&[]);
    let mut scanner = Scanner::new(&tools, None, &[]);
    scanner.add(path, bytes, &Filter::new(&[], &[], &[]));
    let outcome = scanner.finish();
    let lines = bytes.split(|byte| *byte == b'\n').count();
    for pin in outcome.pins {
        assert!(pin.line as usize <= lines, "{path}: {pin:?}");
        assert!(!pin.value.is_empty() && !pin.value.contains('\n'));
    }
});
