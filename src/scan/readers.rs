//! The formats of files that name versions, one file each, and which files are of which format.
//!
//! A reader is pure: it turns the text of a file into what it says. It must not fail: what it cannot read it leaves out.

mod bazel;
mod code;
mod compose;
mod devcontainer;
mod dockerfile;
mod dotnet_project;
mod gems;
mod github;
mod gitlab_ci;
mod go_mod;
mod helm;
mod hosted;
mod jenkins;
mod json_manifests;
mod jvm;
mod mise;
mod mix;
mod nix;
mod omnibus;
mod python;
mod rust;
mod tool_versions;
mod variables;
mod version_file;

use super::file::{File, Found};

/// A format of files.
#[derive(Clone, Copy)]
pub struct Format {
    /// What it is called in messages.
    pub name: &'static str,
    /// Says whether a file is of it, by its path from the root of the repository and the last part of that.
    pub matches: fn(path: &str, name: &str) -> bool,
    /// Adds what a file says.
    pub read: fn(&File<'_>, &mut Found),
}

/// The format of what a pipeline includes, whatever its name.
pub const INCLUDED: &Format = &gitlab_ci::FORMAT;

/// All formats, in order of their names. A file can be of several.
#[rustfmt::skip]
pub const FORMATS: &[Format] = &[
    bazel::FORMAT,
    compose::FORMAT,
    devcontainer::FORMAT,
    dockerfile::FORMAT,
    dotnet_project::FORMAT,
    gems::GEMFILE,
    gems::GEMSPEC,
    gems::LOCK,
    github::FORMAT,
    gitlab_ci::FORMAT,
    go_mod::FORMAT,
    helm::FORMAT,
    hosted::CIRCLECI,
    hosted::READTHEDOCS,
    jenkins::FORMAT,
    json_manifests::COMPOSER,
    json_manifests::GLOBAL,
    json_manifests::NPM,
    jvm::CATALOG,
    jvm::GRADLE,
    jvm::MAVEN,
    mise::FORMAT,
    mix::FORMAT,
    nix::FORMAT,
    omnibus::FORMAT,
    python::PIPFILE,
    python::PYPROJECT,
    python::SETUP,
    rust::CARGO,
    rust::TOOLCHAIN,
    tool_versions::FORMAT,
    variables::MAKE,
    variables::SHELL,
    version_file::FORMAT,
];
