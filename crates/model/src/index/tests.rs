//! The index kept edit by edit is the index put together anew.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::document::{Examples, Intent};
use crate::{Document, MemoryObjects};

struct Indexed {
    objects: MemoryObjects,
    root: Digest,
    parts: BTreeMap<PartPath, Document>,
}

impl Indexed {
    fn new() -> Self {
        let (root, written) = empty(1);
        let mut indexed = Self { objects: MemoryObjects::new(), root, parts: BTreeMap::new() };
        indexed.keep(written);
        indexed
    }

    fn keep(&mut self, written: Written) {
        for (_, bytes) in written.0 {
            self.objects.insert(bytes);
        }
    }

    fn edit(&mut self, edits: &BTreeMap<PartPath, Option<Document>>) {
        let facts =
            |path: &PartPath, document: Option<&Document>| document.map(|document| Facts::of_structure(path, document));
        let changes: Vec<FactChange> = edits
            .iter()
            .map(|(path, document)| FactChange {
                path: path.clone(),
                before: facts(path, self.parts.get(path)),
                after: facts(path, document.as_ref()),
            })
            .collect();
        let (root, written) = update(&self.objects, &self.root, &changes).unwrap();
        self.keep(written);
        self.root = root;
        for (path, document) in edits {
            match document {
                Some(document) => self.parts.insert(path.clone(), document.clone()),
                None => self.parts.remove(path),
            };
        }
    }
}

fn part() -> impl Strategy<Value = (PartPath, Option<Document>)> {
    let intent = || (0..4_u8).prop_map(|n| IntentId::new(&format!("i{n}")).unwrap());
    let texts = prop::collection::vec(0..5_u8, 0..4);
    prop_oneof![
        (intent(), any::<bool>()).prop_map(|(id, there)| {
            (PartPath::Intent(id), there.then(|| Document::Intent(Intent::new("an intent"))))
        }),
        (intent(), any::<bool>(), prop::option::weighted(0.8, texts)).prop_map(|(id, english, texts)| {
            let language = Language::new(if english { "en" } else { "nl" }).unwrap();
            let texts = texts.map(|texts| {
                let mut texts: Vec<String> = texts.iter().map(|n| format!("text {n}")).collect();
                texts.sort();
                texts.dedup();
                Document::Examples(Examples::of(texts))
            });
            (PartPath::Examples(language, id), texts)
        }),
        (0..3_u8, prop::option::weighted(0.8, (0..4_u8, 0..3_u8))).prop_map(|(flow, uses)| {
            let path: PartPath = format!("flows/f{flow}").parse().unwrap();
            let document = uses.map(|(intent, target)| {
                let json = format!(
                    r#"{{"name":"f","start":"a","triggers":[{{"intent":"i{intent}"}}],
                    "nodes":{{"a":{{"jump":{{"to":{{"flow":"f{target}","node":"n{intent}"}}}}}},"n{target}":{{"end":{{}}}}}}}}"#
                );
                Document::from_json(&path, json.as_bytes()).unwrap()
            });
            (path, document)
        }),
    ]
}

proptest! {
    #[test]
    fn an_index_kept_edit_by_edit_is_the_index_made_anew(
        edits in prop::collection::vec(prop::collection::btree_map(0..9_u8, part(), 1..5), 1..12)
    ) {
        let mut kept = Indexed::new();
        for group in edits {
            kept.edit(&group.into_values().collect());
        }
        let mut anew = Indexed::new();
        anew.edit(&kept.parts.iter().map(|(path, document)| (path.clone(), Some(document.clone()))).collect());
        prop_assert_eq!(kept.root, anew.root);
        let problems = problems(&kept.objects, &kept.root, 3).unwrap();
        prop_assert_eq!(&problems, &slow_problems(&kept.parts));
    }
}

/// The same by looking at every part: short, slow, obvious.
fn slow_problems(parts: &BTreeMap<PartPath, Document>) -> Problems {
    let facts: Vec<(&PartPath, Facts)> =
        parts.iter().map(|(path, document)| (path, Facts::of_structure(path, document))).collect();
    let mut slow = Problems::default();
    let mut texts: BTreeMap<(Language, String), BTreeSet<IntentId>> = BTreeMap::new();
    for (path, own) in &facts {
        for (symbol, node) in &own.references {
            if !facts.iter().any(|(_, other)| other.defines.contains(symbol)) {
                let usage = Usage { path: (*path).clone(), node: node.clone() };
                slow.unknown.entry(symbol.clone()).or_default().insert(usage);
            }
        }
        if let Some(examples) = &own.examples {
            for text in examples.texts.values() {
                texts.entry((examples.language.clone(), text.clone())).or_default().insert(examples.intent.clone());
            }
            if (1..3).contains(&examples.count) {
                slow.few.insert((examples.language.clone(), examples.intent.clone()), examples.count);
            }
        }
        if let PartPath::Intent(id) = path {
            let has = |(_, other): &(&PartPath, Facts)| {
                other.examples.as_ref().is_some_and(|examples| examples.intent == *id && examples.count > 0)
            };
            if !facts.iter().any(has) {
                slow.empty.insert(id.clone());
            }
        }
    }
    for ((language, text), intents) in texts {
        if intents.len() > 1 {
            slow.duplicates.push(Duplicate { language, text, intents });
        }
    }
    slow
}
