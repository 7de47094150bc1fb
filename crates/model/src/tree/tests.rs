//! The laws of the tree, against an ordinary map.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{Error, Interrupt, MemoryObjects, Objects};

/// A tree with all its objects at hand.
struct Grown {
    objects: MemoryObjects,
    root: Digest,
}

impl Grown {
    fn new() -> Self {
        let (root, written) = empty();
        let mut grown = Self { objects: MemoryObjects::new(), root };
        grown.keep(written);
        grown
    }

    fn keep(&mut self, written: Written) {
        for (_, bytes) in written.0 {
            self.objects.insert(bytes);
        }
    }

    fn edit(&mut self, changes: &[(Vec<String>, Option<u16>)]) {
        let mut edits = Edits::new();
        for (path, value) in changes {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            edits.set(&path, value.map(leaf));
        }
        let (root, written) = apply(&self.objects, &self.root, &edits).unwrap();
        self.keep(written);
        self.root = root;
    }
}

fn leaf(value: u16) -> Digest {
    Digest::of(&value.to_le_bytes())
}

fn paths() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![
        3 => (0..600_u16).prop_map(|n| vec!["wide".to_owned(), format!("n{n}")]),
        1 => (0..6_u16, 0..6_u16).prop_map(|(a, b)| vec!["deep".to_owned(), format!("d{a}"), format!("e{b}")]),
        1 => (0..6_u16).prop_map(|n| vec![format!("top{n}")]),
    ]
}

fn changes() -> impl Strategy<Value = Vec<(Vec<String>, Option<u16>)>> {
    prop::collection::vec((paths(), prop::option::weighted(0.7, 0..4_u16)), 0..700)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_tree_is_the_map_of_its_last_edits_whatever_their_grouping(changes in changes(), group in 1..60_usize) {
        let mut map = BTreeMap::new();
        for (path, value) in &changes {
            match value {
                Some(value) => map.insert(path.join("/"), leaf(*value)),
                None => map.remove(&path.join("/")),
            };
        }
        let mut stepwise = Grown::new();
        for group in changes.chunks(group) {
            stepwise.edit(group);
        }
        let mut at_once = Grown::new();
        at_once.edit(&changes);
        let mut from_map = Grown::new();
        let mut edits = Edits::new();
        for (path, digest) in &map {
            edits.set(&path.split('/').collect::<Vec<_>>(), Some(*digest));
        }
        let (root, written) = apply(&from_map.objects, &from_map.root, &edits).unwrap();
        from_map.keep(written);

        prop_assert_eq!(stepwise.root, root);
        prop_assert_eq!(at_once.root, root);
        let listed: BTreeMap<String, Digest> = list(&stepwise.objects, &root, &[]).unwrap().into_iter().collect();
        prop_assert_eq!(&listed, &map);
        let wide = map.keys().filter(|path| path.starts_with("wide/")).count() as u64;
        prop_assert_eq!(count(&stepwise.objects, &root, &["wide"]).unwrap(), wide);
        for (path, digest) in &map {
            let path: Vec<&str> = path.split('/').collect();
            prop_assert_eq!(get(&stepwise.objects, &root, &path).unwrap(), Some(*digest));
        }
    }

    #[test]
    fn a_diff_is_the_difference_of_the_maps(before in changes(), after in changes()) {
        let mut grown = Grown::new();
        grown.edit(&before);
        let first = grown.root;
        grown.edit(&after);
        let second = grown.root;
        let one: BTreeMap<_, _> = list(&grown.objects, &first, &[]).unwrap().into_iter().collect();
        let two: BTreeMap<_, _> = list(&grown.objects, &second, &[]).unwrap().into_iter().collect();
        let mut expected = Vec::new();
        for path in one.keys().chain(two.keys()).collect::<std::collections::BTreeSet<_>>() {
            let (before, after) = (one.get(path).copied(), two.get(path).copied());
            if before != after {
                expected.push(Difference { path: path.clone(), before, after });
            }
        }
        prop_assert_eq!(diff(&grown.objects, &first, &second).unwrap(), expected);
        let (nothing, written) = empty();
        grown.keep(written);
        prop_assert_eq!(diff(&grown.objects, &nothing, &second).unwrap(), diff::added(&grown.objects, &second).unwrap());
    }
}

#[test]
fn a_graft_puts_a_directory_in_the_place_of_another() {
    let mut draft = Grown::new();
    let path = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
    draft.edit(&[(path("nlp/intents/a"), Some(1)), (path("flows/f"), Some(2))]);
    let nlp = directory_digest(&draft.objects, &draft.root, &["nlp"]).unwrap();
    let mut live = Grown::new();
    live.objects = draft.objects.clone();
    live.edit(&[(path("nlp/intents/b"), Some(3)), (path("flows/f"), Some(4))]);
    let mut edits = Edits::new();
    edits.graft(&["nlp"], nlp);
    let (root, written) = apply(&live.objects, &live.root, &edits).unwrap();
    live.keep(written);
    let paths: Vec<String> = list(&live.objects, &root, &[]).unwrap().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["flows/f", "nlp/intents/a"]);
    assert_eq!(get(&live.objects, &root, &["flows", "f"]).unwrap(), Some(leaf(4)));
    let mut edits = Edits::new();
    edits.graft(&["nlp"], None);
    let (root, written) = apply(&live.objects, &root, &edits).unwrap();
    live.keep(written);
    assert_eq!(names(&live.objects, &root, &[]).unwrap(), ["flows"]);
}

/// Gives out objects only after they were asked for, as a store does.
struct Lazy<'a> {
    all: &'a MemoryObjects,
    fetched: MemoryObjects,
}

impl Objects for Lazy<'_> {
    fn get(&self, digest: &Digest) -> Option<bytes::Bytes> {
        self.fetched.get(digest)
    }
}

#[test]
fn a_diff_of_one_edit_reads_a_handful_of_a_large_tree() {
    let mut grown = Grown::new();
    let many: Vec<_> = (0..20_000_u16).map(|n| (vec!["wide".to_owned(), format!("n{n}")], Some(n))).collect();
    grown.edit(&many);
    let before = grown.root;
    grown.edit(&[(vec!["wide".to_owned(), "n777".to_owned()], Some(1))]);
    let mut lazy = Lazy { all: &grown.objects, fetched: MemoryObjects::new() };
    let mut rounds = 0;
    let differences = loop {
        rounds += 1;
        match diff(&lazy, &before, &grown.root) {
            Ok(differences) => break differences,
            Err(Interrupt::Need(need)) => {
                for digest in need {
                    lazy.fetched.insert(lazy.all.get(&digest).unwrap());
                }
            }
            Err(Interrupt::Failed(error)) => panic!("{error}"),
        }
    };
    assert_eq!(differences.len(), 1);
    assert!(lazy.fetched.len() <= 12, "{} objects", lazy.fetched.len());
    assert!(rounds <= 7, "{rounds} rounds");
}

#[test]
fn damage_is_an_error_and_a_newer_format_is_told_apart() {
    let mut objects = MemoryObjects::new();
    for bytes in ["", "{}", "{\"tree\":1}", "{\"tree\":1,\"split\":{\"zz\":{\"n\":1,\"d\":\"\"}}}", "[[[["] {
        let root = objects.insert(bytes.as_bytes().to_vec().into());
        assert!(matches!(list(&objects, &root, &[]), Err(Interrupt::Failed(Error::Damaged { .. }))), "{bytes}");
    }
    let root = objects.insert(b"{\"tree\":2}".to_vec().into());
    assert!(matches!(list(&objects, &root, &[]), Err(Interrupt::Failed(Error::NewerFormat { found: 2, .. }))));
}

#[test]
fn the_shape_is_pinned() {
    // Stored trees are named by this digest: a change of the format breaks every store.
    let mut grown = Grown::new();
    grown.edit(&[(vec!["flows".to_owned(), "order".to_owned()], Some(7))]);
    assert_eq!(grown.root.short(), "06e2edf113e0");
    let mut edits = Edits::new();
    (0..3_000_u16).for_each(|n| edits.set(&["wide", &format!("n{n}")], Some(leaf(n))));
    let (_, written) = apply(&grown.objects, &grown.root, &edits).unwrap();
    assert!(written.0.len() > 16, "a large directory splits");
    for (_, bytes) in written.0 {
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(crate::to_canonical_bytes(&value).unwrap(), bytes, "stored trees are canonical JSON");
    }
}
