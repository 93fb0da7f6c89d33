//! Readers of pin files against files that end anywhere, with letters of more than one byte: none may panic.

use super::readers::FORMATS;
use super::tool::Tools;
use super::{read, to_line};

/// A file of each format.
const FILES: [(&str, &str); 26] = [
    (
        ".gitlab-ci.yml",
        "spec: { inputs: { go_version: { default: '1.26' } } }\n---\nvariables: { GO_VERSION: \"1.26ä\" }\na:\n  image: golang:${GO_VERSION:-1.2}-$[[ inputs.x ]]\n  parallel: { matrix: [{ RUBY_VERSION: ['3.3', ü] }] }\n",
    ),
    (
        ".github/workflows/a.yml",
        "env: { GO_VERSION: '1.26' }\njobs: { a: { strategy: { matrix: { go: [1.2, ä] } }, container: 'golang:${{ matrix.go }}-${{ ü }}', steps: [{ uses: dtolnay/rust-toolchain@1.8, with: { go-version: '${{ matrix.go }}' } }] } }\n",
    ),
    (
        "Dockerfile",
        "# escape=`\nARG A=\"1.26ä\"\nFROM --platform=x golang:${A} AS b\nENV K=V GO_VERSION 1.2\nCOPY --from=node:22ü /a /b\nRUN <<EOF\nx\nEOF\nRUN curl go1.26.5.linux-ä ü/ruby-3.3.0.tar\n",
    ),
    ("Makefile", "GO_VERSION ?= \"1.26ä\" # ü\nrun:\n\tdocker run golang:$(GO_VERSION) x\n"),
    (".env", "GO_VERSION='1.26\nPG_VERSION=ä\n"),
    (".promu.yml", "go:\n  version: 1.26ä\n"),
    ("Gemfile", "ruby \"~> 3.2ä\", '< 4' # ü\nruby file: 'ä'\nruby ENV.fetch('X', '3.3')\n"),
    ("Gemfile.lock", "RUBY VERSION\n   ruby 3.3.0pä\n"),
    ("a.gemspec", "required_ruby_version = [\"ä\", '>= 2']\n"),
    ("go.mod", "go \"1.26ä\"\ntoolchain go1.26 // ü\n"),
    (".tool-versions", "java temurin-21ä.0 latest:ü\nruby 3.3 3.4\n"),
    ("mise.toml", "[tools]\ngo = ['1.26ä', { version = \"1.2\" }]\njava = 'temurin-ä21'\n"),
    ("Cargo.toml", "[package]\nrust-version = \"1.8ä\"\n"),
    ("rust-toolchain", "stable-ä\n"),
    ("pyproject.toml", "[project]\nrequires-python = '''>=3.9ä'''\n"),
    ("setup.py", "python_requires=\">=3ä\",\n"),
    ("package.json", "{\"volta\": {\"node\": \"22ä\", \"extends\": \"../ü\"}, \"engines\": {\"node\": \"^\\u0032\"}}"),
    (".devcontainer.json", "{\"image\": \"go:1ä\", \"features\": {\"x/features/go:1\": {}}}"),
    (
        "pom.xml",
        "<p><properties><java.version>${ä}</java.version></properties><plugin><artifactId>maven-compiler-plugin</artifactId><release>1ä</release></plugin></p>",
    ),
    ("build.gradle", "/* ä */ jvmToolchain(\"17\") // ü\nsourceCompatibility = 1.8ä\n"),
    ("a.csproj", "<P><PropertyGroup><TargetFrameworks>net8.0ä; net9.0;$(ü)</TargetFrameworks></PropertyGroup></P>"),
    ("MODULE.bazel", "go_sdk.download(version = \"1.26ä\")\nrust.toolchain(versions = [\"1ä\", \"2\"])\n"),
    ("flake.nix", "go_1_26 ä python3 /* ü\n*/ ruby_3\n"),
    ("values.yaml", "aImage: { repository: ä/golang, tag: 1.2ü }\nimage: 'node:2ä'\n"),
    (".java-version", "openjdk64-11ä\n"),
    ("Jenkinsfile", "image 'golang:1ä' // ü\njdk 'jdk17'\nGO_VERSION = \"ä\"\n"),
];

#[test]
fn a_file_that_ends_anywhere_is_read_without_panic() {
    let tools = Tools::new(&[]);
    for (path, text) in FILES {
        let name = path.rsplit('/').next().unwrap_or(path);
        assert!(FORMATS.iter().any(|format| (format.matches)(path, name)), "{path}");
        for end in text.char_indices().map(|(at, _)| at).chain([text.len()]) {
            let text = &text[..end];
            let lines = u32::try_from(text.matches('\n').count()).expect("is short") + 1;
            for pin in read(path, text, &tools).pins {
                assert!(to_line(text, pin.at).0 <= lines, "{path} {text} {pin:?}");
            }
        }
    }
}
