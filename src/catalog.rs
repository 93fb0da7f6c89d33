//! Turns the YAML files below `data/` into one checked `Catalog` and the problems found on the way.
//! Reads files, and nothing else.

mod raw;
mod shape;
mod validate;
mod yaml;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::model::catalog::Catalog;
use crate::model::place::{Place, Texts};
use crate::model::problem::{self, Problem};
use crate::model::schema::{self, Side};

/// The folder of the catalog, below the root of the repository.
pub const FOLDER: &str = "data";

/// How deep folders below `data/` are searched.
const DEEPEST_FOLDER: usize = 16;

/// A catalog as far as it could be understood.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The parts that are sound; complete when no problem is an error.
    pub catalog: Catalog,
    /// What is wrong with the rest.
    pub problems: Vec<Problem>,
    /// The files.
    pub texts: Texts,
}

/// Makes the JSON Schema of catalog files: what editors complete, explain and check.
#[must_use]
pub fn to_schema() -> serde_json::Value {
    schema::to_schema::<raw::File>(
        Side::Read,
        "catalog",
        "Upshift catalog",
        "One of the YAML files below `data/`. All of them together are one catalog: the same keys may stand in one file or in many, and an id stands once.",
    )
}

/// Loads the catalog of a repository.
#[must_use]
pub fn load(root: &Path) -> Loaded {
    let mut problems = Vec::new();
    let mut texts = Texts::new();
    if root.join(FOLDER).is_dir() {
        read_folder(root, FOLDER, 0, &mut texts, &mut problems);
    } else {
        problems.push(
            Problem::error("no-catalog", &Place::whole(FOLDER), format!("there is no folder `{FOLDER}` here"))
                .help("run upshift in the root of a catalog's repository, or name it with `--root DIR`"),
        );
    }
    load_parts(texts, problems)
}

/// Loads a catalog from the texts of its files, wherever they come from.
#[must_use]
pub fn load_texts(texts: Texts) -> Loaded {
    load_parts(texts, Vec::new())
}

fn load_parts(texts: Texts, mut problems: Vec<Problem>) -> Loaded {
    let mut files = Vec::new();
    for (file, text) in &texts {
        if is_blank(text) {
            continue;
        }
        match yaml::parse::<raw::File>(text, file) {
            Ok(raw) => files.push((Arc::clone(file), raw)),
            Err(problem) => problems.push(*problem),
        }
    }
    let has_shape_faults = problem::has_errors(&problems);
    let catalog = validate::validate(&files, has_shape_faults, &mut problems);
    problem::sort(&mut problems);
    Loaded { catalog, problems, texts }
}

/// A file of nothing but comments is an empty part of the catalog, though YAML calls it null.
fn is_blank(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').lines().all(|line| {
        let line = line.trim();
        line.is_empty() || line.starts_with('#') || line == "---"
    })
}

fn read_folder(root: &Path, folder: &str, depth: usize, texts: &mut Texts, problems: &mut Vec<Problem>) {
    let entries = match fs::read_dir(root.join(folder)) {
        Ok(entries) => entries,
        Err(error) => return problems.push(unreadable(folder, &error)),
    };
    let mut names: Vec<(String, fs::FileType)> = Vec::new();
    for entry in entries.flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        match entry.file_name().into_string() {
            Ok(name) => names.push((name, kind)),
            Err(name) => problems.push(Problem::warning(
                "ignored-file",
                &Place::whole(folder),
                format!("`{}` is not read: its name is not UTF-8", name.to_string_lossy()),
            )),
        }
    }
    names.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, kind) in names {
        let path = format!("{folder}/{name}");
        // A symbolic link to a folder may lead back up, so only real folders are entered.
        if kind.is_dir() {
            match depth < DEEPEST_FOLDER {
                true => read_folder(root, &path, depth + 1, texts, problems),
                false => problems.push(Problem::warning(
                    "ignored-file",
                    &Place::whole(&path),
                    "this folder is too deep to be read",
                )),
            }
        } else if name.ends_with(".yaml") {
            read_file(root, &path, texts, problems);
        } else if name.ends_with(".yml") {
            problems.push(
                Problem::warning("ignored-file", &Place::whole(&path), format!("`{name}` is not read"))
                    .help("name it `.yaml` to make it a part of the catalog"),
            );
        }
    }
}

fn read_file(root: &Path, path: &str, texts: &mut Texts, problems: &mut Vec<Problem>) {
    let full = root.join(path);
    match fs::metadata(&full) {
        Ok(found) if !found.is_file() => {
            return problems.push(Problem::warning(
                "ignored-file",
                &Place::whole(path),
                "this is not read: it is no plain file",
            ));
        }
        Ok(found) if found.len() > yaml::LARGEST_FILE as u64 => {
            return problems.push(
                Problem::error("too-large", &Place::whole(path), format!("this file has {} bytes", found.len()))
                    .help(format!("a catalog file has at most {} bytes; split it", yaml::LARGEST_FILE)),
            );
        }
        Ok(_) => {}
        Err(error) => return problems.push(unreadable(path, &error)),
    }
    match fs::read(&full) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => {
                texts.insert(Arc::from(path), text);
            }
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let before = String::from_utf8_lossy(&error.as_bytes()[..valid]);
                let line = before.matches('\n').count() + 1;
                problems.push(Problem::error(
                    "unreadable-file",
                    &Place { line: u32::try_from(line).unwrap_or(0), column: 1, ..Place::whole(path) },
                    format!("this file is not UTF-8: byte {valid} does not belong to it"),
                ));
            }
        },
        Err(error) => problems.push(unreadable(path, &error)),
    }
}

fn unreadable(path: &str, error: &std::io::Error) -> Problem {
    Problem::error("unreadable-file", &Place::whole(path), format!("this cannot be read: {error}"))
}
