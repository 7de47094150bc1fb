//! No key of a source is lost without a word: deleting any key changes the bot
//! or the report (whatever the line numbers), or is refused.

use std::fs;
use std::path::Path;

use greenroom_format::{Error, Imported, LossReport, RasaOptions, read_rasa};
use serde_json::Value;

use crate::{bot, files_in};

/// The steps to a key: keys of maps and positions in lists.
type KeyPath = Vec<Step>;

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Key(String),
    Item(usize),
}

fn keys(value: &Value, at: &KeyPath, into: &mut Vec<KeyPath>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let mut path = at.clone();
                path.push(Step::Key(key.clone()));
                into.push(path.clone());
                keys(inner, &path, into);
            }
        }
        Value::Array(items) => {
            for (position, inner) in items.iter().enumerate() {
                let mut path = at.clone();
                path.push(Step::Item(position));
                keys(inner, &path, into);
            }
        }
        _ => {}
    }
}

fn delete(value: &mut Value, path: &[Step]) {
    match (value, path) {
        (Value::Object(map), [Step::Key(key)]) => {
            map.remove(key).unwrap();
        }
        (Value::Object(map), [Step::Key(key), rest @ ..]) => delete(map.get_mut(key).unwrap(), rest),
        (Value::Array(items), [Step::Item(position), rest @ ..]) => delete(&mut items[*position], rest),
        (value, path) => unreachable!("{path:?} in {value}"),
    }
}

/// The report without its line numbers, which every deletion changes.
fn without_lines(report: &LossReport) -> Vec<String> {
    let mut losses = report.losses.clone();
    losses.iter_mut().for_each(|loss| loss.line = None);
    let mut texts: Vec<String> = losses.iter().map(ToString::to_string).collect();
    texts.sort();
    texts
}

fn outcome(project: &Path) -> Result<(String, Vec<String>), String> {
    let imported: Result<Imported, Error> = read_rasa(project, &RasaOptions::default());
    let imported = imported.map_err(|error| error.to_string())?;
    Ok((format!("{:?}", imported.bundle), without_lines(&imported.losses)))
}

fn check(source: &Path) {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("bot");
    let mut trees: Vec<(std::path::PathBuf, Value)> = Vec::new();
    for file in files_in(source) {
        let copy = project.join(file.strip_prefix(source).unwrap());
        let tree: Value = serde_saphyr::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::write(&copy, serde_saphyr::to_string(&tree).unwrap()).unwrap();
        trees.push((copy, tree));
    }
    let whole = outcome(&project);
    assert!(whole.is_ok(), "{whole:?}");
    let mut silent = Vec::new();
    let mut deleted = 0;
    for (file, tree) in &trees {
        let mut paths = Vec::new();
        keys(tree, &Vec::new(), &mut paths);
        for path in paths {
            let mut without = tree.clone();
            delete(&mut without, &path);
            fs::write(file, serde_saphyr::to_string(&without).unwrap()).unwrap();
            deleted += 1;
            if outcome(&project) == whole {
                silent.push(format!("{}: {path:?}", file.strip_prefix(&project).unwrap().display()));
            }
        }
        fs::write(file, serde_saphyr::to_string(tree).unwrap()).unwrap();
    }
    assert!(deleted > 0);
    assert!(
        silent.is_empty(),
        "{} of {deleted} keys may be deleted without a word:\n{}",
        silent.len(),
        silent.join("\n")
    );
}

#[test]
fn deleting_any_key_of_a_bot_changes_the_bot_or_the_report() {
    check(&bot("library"));
}

#[test]
fn deleting_any_key_of_a_bot_with_stories_changes_the_bot_or_the_report() {
    check(&bot("travel"));
}
