//! Whatever stands in a project's files, the import ends with a bot that holds
//! together or with an error that names its file.

use std::collections::BTreeSet;
use std::fs;

use greenroom_format::{Error, Imported, RasaOptions, read_rasa};
use greenroom_model::Facts;
use proptest::prelude::*;

use crate::{bot, files_in};

/// Every reference leads to a part, every target to a node, and the bot is canonical.
fn holds_together(imported: &Imported) {
    let facts: Vec<Facts> =
        imported.bundle.parts.iter().map(|(path, document)| Facts::of_structure(path, document)).collect();
    let defined: BTreeSet<_> = facts.iter().flat_map(|facts| &facts.defines).collect();
    for (symbol, node) in facts.iter().flat_map(|facts| &facts.references) {
        assert!(defined.contains(symbol), "{symbol} at {node:?} is not defined");
    }
    for (path, document) in &imported.bundle.parts {
        let greenroom_model::Document::Flow(flow) = document else { continue };
        let triggers = flow.triggers.iter().filter_map(|trigger| trigger.node.as_ref());
        let targets = flow.nodes.values().flat_map(|node| node.targets()).map(|(_, target)| target);
        for target in triggers.chain(targets).chain([&flow.start]) {
            assert!(flow.nodes.contains_key(target), "{path} lacks `{target}`");
        }
    }
    assert_eq!(imported.bundle.canonical().unwrap(), imported.bundle);
}

#[test]
fn a_whole_bot_holds_together() {
    for name in ["library", "travel"] {
        holds_together(&read_rasa(&bot(name), &RasaOptions::default()).unwrap());
    }
}

/// What may happen to a line of a file.
#[derive(Debug, Clone)]
enum Edit {
    Delete,
    Double,
    Cut(usize),
    Indent,
    SwapWithNext,
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        Just(Edit::Delete),
        Just(Edit::Double),
        (0..40_usize).prop_map(Edit::Cut),
        Just(Edit::Indent),
        Just(Edit::SwapWithNext)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_edit_of_lines_gives_a_bot_or_an_error(
        name in prop::sample::select(vec!["library", "travel"]),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), edit()), 1..6)
    ) {
        let source = bot(name);
        let files = files_in(&source);
        let folder = tempfile::tempdir().unwrap();
        let mut texts: Vec<Vec<String>> = files
            .iter()
            .map(|file| fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect())
            .collect();
        for (file, line, edit) in edits {
            let lines = &mut texts[file.index(files.len())];
            if lines.is_empty() {
                continue;
            }
            let at = line.index(lines.len());
            match edit {
                Edit::Delete => drop(lines.remove(at)),
                Edit::Double => lines.insert(at, lines[at].clone()),
                Edit::Cut(most) => lines[at] = lines[at].chars().take(most).collect(),
                Edit::Indent => lines[at].insert_str(0, "  "),
                Edit::SwapWithNext if at + 1 < lines.len() => lines.swap(at, at + 1),
                Edit::SwapWithNext => {}
            }
        }
        for (file, lines) in files.iter().zip(&texts) {
            let copy = folder.path().join(file.strip_prefix(&source).unwrap());
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::write(copy, lines.join("\n")).unwrap();
        }
        match read_rasa(folder.path(), &RasaOptions::default()) {
            Ok(imported) => holds_together(&imported),
            Err(Error::Content { file, line, .. }) => prop_assert!(line.is_some(), "{}", file),
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}
