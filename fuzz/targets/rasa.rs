//! Any texts as the files of a Rasa project: refused, or the same sound bot and the same report each time.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use greenroom_flow::Graph;
use greenroom_format::{RasaOptions, read_rasa};
use libfuzzer_sys::{Corpus, fuzz_target};
use tempfile::TempDir;

/// The files that a project of this target may have.
const NAMES: &[&str] =
    &["domain.yml", "data/nlu.yml", "data/rules.yml", "data/stories.yml", "config.yml", "tests/test_stories.yml"];

/// One folder for all runs; its files are replaced each time.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder for the project");
    for name in ["data", "tests"] {
        std::fs::create_dir(folder.path().join(name)).expect("a folder in the project");
    }
    folder
});

fuzz_target!(|data: &[u8]| -> Corpus {
    let files = greenroom_fuzz::files(data);
    if files.is_empty() || files.iter().any(|(name, _)| !NAMES.contains(name)) {
        return Corpus::Reject;
    }
    place(FOLDER.path(), &files);
    let Ok(imported) = read_rasa(FOLDER.path(), &RasaOptions::default()) else { return Corpus::Keep };
    let again = read_rasa(FOLDER.path(), &RasaOptions::default());
    assert_eq!(again.as_ref().ok(), Some(&imported), "importing again gives the same");
    let canonical = imported.bundle.canonical().expect("what was imported obeys the rules of its form");
    assert_eq!(canonical, imported.bundle, "what was imported is canonical");
    let _ = Graph::compile(imported.bundle.parts);
    Corpus::Keep
});

fn place(folder: &Path, files: &[(&str, Vec<u8>)]) {
    for name in NAMES {
        let path = folder.join(name);
        match files.iter().rev().find(|(found, _)| found == name) {
            Some((_, content)) => std::fs::write(&path, content).expect("a file can be written"),
            None if path.exists() => std::fs::remove_file(&path).expect("a file can be removed"),
            None => {}
        }
    }
}
