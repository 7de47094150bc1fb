//! What every file of the workspace begins with, and what none contains.

use std::path::{Path, PathBuf};

use crate::root;

/// The folders and files that people write; build output stays outside.
const WRITTEN: &[&str] = &[
    ".cargo",
    ".ci",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.toml",
    "README.md",
    "benches",
    "browser",
    "clippy.toml",
    "crates",
    "deny.toml",
    "deploy",
    "docs",
    "examples",
    "fuzz/Cargo.toml",
    "fuzz/README.md",
    "fuzz/seeds",
    "fuzz/targets",
    "src",
    "tests",
    "xtask",
];

/// Every file that people write, by its path from the root.
fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut waiting: Vec<PathBuf> = WRITTEN.iter().map(|name| root().join(name)).collect();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.is_file() {
            files.push(path.strip_prefix(root()).unwrap().to_path_buf());
        }
    }
    files.sort();
    files
}

fn rust_files() -> Vec<(PathBuf, String)> {
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    let files: Vec<_> = files().into_iter().filter(is_rust).map(|path| (path.clone(), crate::read(path))).collect();
    assert!(files.len() > 50, "only {} Rust files were found", files.len());
    files
}

#[test]
fn every_rust_file_says_at_its_top_what_lives_in_it() {
    for (path, text) in rust_files() {
        let first = text.lines().next().unwrap_or_default();
        // The façade's documentation depends on its features, and so its first line is an attribute.
        let words = first.strip_prefix("//! ").or_else(|| first.strip_prefix("#![doc = \""));
        assert!(words.is_some_and(|words| words.len() > 10), "{}: `{first}`", path.display());
    }
}

/// A test that does not run tells nothing: what is long is a soak, and its short form a test.
#[test]
fn no_test_is_ignored() {
    // Put together here, so that this file does not find itself.
    let ways = ["#[ig", "#[cfg_attr(miri, ig", "//! ```ig", "/// ```ig"].map(|start| format!("{start}nore"));
    for (path, text) in rust_files() {
        for way in &ways {
            assert!(!text.contains(way), "{}: {way}", path.display());
        }
    }
}

#[test]
fn no_file_names_a_folder_of_one_machine() {
    let folders = ["work", "root"].map(|name| format!("/{name}/"));
    for path in files() {
        let Ok(text) = String::from_utf8(std::fs::read(root().join(&path)).unwrap()) else { continue };
        for folder in &folders {
            // `docs/work/…` is a path like any other; what starts at the machine's root is not.
            let found = text.match_indices(folder.as_str()).any(|(at, _)| {
                !text[..at]
                    .chars()
                    .next_back()
                    .is_some_and(|before| before.is_alphanumeric() || "._-*}>".contains(before))
            });
            assert!(!found, "{}: {folder}", path.display());
        }
    }
}

#[test]
fn what_is_written_is_where_this_test_looks() {
    for name in WRITTEN.iter().filter(|name| Path::new(name).extension().is_some()) {
        assert!(root().join(name).is_file(), "{name} is missing");
    }
    assert!(files().contains(&Path::new("tests/architecture/files.rs").to_path_buf()));
}
