//! A hundred versions of a large bot take the room of one and of what changed between them.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use greenroom::lifecycle::{Bot, CollectionOptions, PlanRequest};
use greenroom::model::{Content, Digest};
use greenroom::store::Store;
use greenroom::store_sqlite::SqliteStore;
use jiff::SignedDuration;
use serde_json::Value;

use crate::bots;

const PARTS: usize = 10_000;
const VERSIONS: usize = 100;
const CHANGED: usize = 10;

/// The bytes of the file that a store takes once all that nothing refers to is gone, without free pages.
async fn file_bytes(bot: &Bot, store: &SqliteStore, to: &Path) -> u64 {
    let at_once =
        CollectionOptions { grace: SignedDuration::ZERO, plans: SignedDuration::ZERO, ..CollectionOptions::default() };
    // What a first collection finds, a second one deletes.
    for _ in 0..2 {
        bot.lifecycle().collect_garbage(&at_once).await.unwrap();
    }
    store.backup(to).await.unwrap().bytes
}

/// All objects of a store.
async fn all_objects(store: &SqliteStore) -> HashMap<Digest, Bytes> {
    let mut all: HashMap<Digest, Bytes> = HashMap::new();
    let mut last = None;
    loop {
        let page = store.stored_objects(last.as_ref(), 1_000).await.unwrap();
        let digests: Vec<Digest> = page.iter().map(|object| object.digest).collect();
        let Some(end) = digests.last() else { return all };
        last = Some(*end);
        all.extend(digests.iter().copied().zip(store.objects(&digests).await.unwrap().into_iter().flatten()));
    }
}

/// The digests that a stored piece of a tree names.
fn named(bytes: &[u8]) -> Vec<Digest> {
    let Ok(Value::Object(node)) = serde_json::from_slice(bytes) else { return Vec::new() };
    let is_tree = node.get("tree").is_some_and(Value::is_u64);
    let entries = node.values().filter_map(Value::as_object).flat_map(|entries| entries.values());
    let digests =
        entries.flat_map(|entry| [&entry["l"], &entry["d"]]).filter_map(|digest| digest.as_str()?.parse().ok());
    digests.filter(|_| is_tree).collect()
}

/// The bytes of the objects that a content consists of and that are not in `seen` yet: of all, and
/// of what authors wrote among them.
fn new_bytes(objects: &HashMap<Digest, Bytes>, content: &Content, seen: &mut HashSet<Digest>) -> (u64, u64) {
    let (mut all, mut written) = (0, 0);
    for (root, is_of_parts) in [(content.tree, true), (content.index, false)] {
        let mut ahead = vec![root];
        while let Some(digest) = ahead.pop() {
            // The index has leaves of which only the name counts.
            let Some(bytes) = objects.get(&digest) else { continue };
            if !seen.insert(digest) {
                continue;
            }
            let below = named(bytes);
            all += bytes.len() as u64;
            if below.is_empty() && is_of_parts {
                written += bytes.len() as u64;
            }
            ahead.extend(below);
        }
    }
    (all, written)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_versions_take_the_room_of_one_and_the_changes() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path().join("greenroom.store")).await.unwrap());
    let bot = bots::bot_of(PARTS, store.clone()).await;
    let one = file_bytes(&bot, &store, &folder.path().join("one")).await;
    for version in 1..VERSIONS {
        // Other parts each time, far from each other.
        let edits: Vec<_> = (0..CHANGED).map(|at| bots::edit_of((version * 37 + at * 977) % 9_900, version)).collect();
        bot.edit(&edits).await.unwrap();
        let plan = bot.plan(&PlanRequest::full("ten edits")).await.unwrap();
        assert_eq!(plan.diff().parts.len(), CHANGED);
        bot.publish(&plan).await.unwrap();
    }
    let hundred = file_bytes(&bot, &store, &folder.path().join("hundred")).await;

    // The changes are what a version consists of and none before it: the parts that were edited, and
    // the pieces of trees on the way to them.
    let objects = all_objects(&store).await;
    let mut seen = HashSet::new();
    let (mut changes, mut parts) = (0, 0);
    for number in 1..=VERSIONS as u64 {
        let (all, written) = new_bytes(&objects, &bot.version(number).await.unwrap().1.content, &mut seen);
        if number > 1 {
            changes += all;
            parts += written;
        }
    }
    println!("one version {one} bytes, {VERSIONS} versions {hundred}; changes {changes}, parts alone {parts}");
    assert!(parts > 0 && changes > parts, "the walk finds what was edited");
    assert!(hundred * 5 <= (one + changes) * 6, "{hundred} bytes are more than 1.2 × ({one} + {changes})");
    // What plans, the log and the store itself add stays small beside that, and all of it beside the bot.
    let each = (hundred - one) / (VERSIONS as u64 - 1);
    assert!(each < 100_000 && each * 100 < one, "a version takes {each} bytes");
}
