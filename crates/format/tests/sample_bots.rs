//! The sample bots are what this crate writes: read and written again, not a byte changes.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use greenroom_format::{Bundle, read_archive, read_folder, write_archive, write_folder};
use greenroom_model::{Document, PartPath};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/bots").join(name)
}

/// Every YAML file below a folder with its content.
fn content(dir: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                files.insert(path.strip_prefix(dir).unwrap().to_owned(), fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

fn check(name: &str) -> Bundle {
    let bundle = read_folder(&sample(name)).unwrap();
    let again = tempfile::tempdir().unwrap();
    write_folder(again.path(), &bundle).unwrap();
    assert_eq!(content(again.path()), content(&sample(name)));

    let mut archive = Vec::new();
    write_archive(&mut archive, &bundle).unwrap();
    assert_eq!(read_archive(std::io::Cursor::new(archive)).unwrap(), bundle);
    bundle
}

#[test]
fn the_tiny_bot_is_in_canonical_form() {
    let bundle = check("tiny");
    assert_eq!(bundle.parts.keys().filter(|path| matches!(path, PartPath::Intent(_))).count(), 4);
}

#[test]
fn the_bike_rental_is_in_canonical_form_and_complete_in_two_languages() {
    let bundle = check("bike-rental");
    let intents: Vec<_> = bundle.parts.keys().filter(|path| matches!(path, PartPath::Intent(_))).collect();
    assert_eq!(intents.len(), 20);
    for language in ["en", "nl"] {
        for path in &intents {
            let id = path.segments()[2];
            let Some(Document::Examples(examples)) =
                bundle.parts.get(&format!("nlp/examples/{language}/{id}").parse().unwrap())
            else {
                panic!("{id} has no examples in {language}");
            };
            assert!((12..=20).contains(&examples.examples.len()), "{id} in {language}");
        }
    }
    for (path, document) in &bundle.parts {
        // Wherever a text is English it is Dutch too.
        let json = document.to_value(path).unwrap().to_string();
        assert_eq!(json.matches("\"en\":").count(), json.matches("\"nl\":").count(), "{path}");
    }
}
