//! The import of Rasa projects: bots of our own in, folders and reports out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod asking;
mod hostile;
mod keys;
mod played;
mod refusals;
mod responses;
mod stories;
mod talk;
mod translations;
mod whatever;

use std::fs;
use std::path::{Path, PathBuf};

use greenroom_format::{Imported, RasaOptions, read_rasa, write_folder};

/// The folder of a bot that stands beside the tests.
fn bot(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rasa/bots").join(name)
}

/// Writes files into a folder of the given name and imports it.
fn import(files: &[(&str, &str)]) -> Result<Imported, greenroom_format::Error> {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("bot");
    for (name, content) in files {
        let path = project.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    read_rasa(&project, &RasaOptions::default())
}

/// A bot as its folder form and its report, for people to read.
fn text(imported: &Imported) -> String {
    let folder = tempfile::tempdir().unwrap();
    write_folder(folder.path(), &imported.bundle).unwrap();
    let mut text = String::new();
    for file in files_in(folder.path()) {
        let name = file.strip_prefix(folder.path()).unwrap().to_string_lossy().into_owned();
        text.push_str(&format!("━━ {name}\n{}", fs::read_to_string(&file).unwrap()));
    }
    format!("{text}━━ losses\n{}", imported.losses)
}

/// All files of a folder, sorted.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_in(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
