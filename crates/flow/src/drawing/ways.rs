//! The ways out of a node, of one version or of two put together.

use std::collections::BTreeMap;

use greenroom_model::document::{Flow, Node};
use greenroom_model::{Language, NodeId};

use super::compared::{Change, Versions};
use super::words::{Exit, exits};

/// A way of one or both versions.
pub(super) struct Merged<'n> {
    pub(super) kind: &'static str,
    pub(super) label: String,
    pub(super) is_failure: bool,
    /// Where it leads before and after.
    pub(super) to: (Option<&'n NodeId>, Option<&'n NodeId>),
    pub(super) change: Change,
}

/// What tells the ways of a node apart: the key's word, and what stands on it.
type Key = (&'static str, String);

/// The ways of the earlier version that are not found in the later one so far, the first of each key last.
#[derive(Default)]
struct Earlier<'n> {
    keys: Vec<Key>,
    ways: BTreeMap<Key, Vec<(Option<&'n NodeId>, bool)>>,
}

impl<'n> Earlier<'n> {
    fn of(node: Option<&'n Node>, language: Option<&Language>) -> Self {
        let mut earlier = Self::default();
        let Some(node) = node else { return earlier };
        for exit in exits(node, language).into_iter().rev() {
            let is_failure = exit.is_failure(node);
            let key = (exit.kind, exit.label);
            earlier.keys.push(key.clone());
            earlier.ways.entry(key).or_default().push((exit.to, is_failure));
        }
        earlier
    }

    fn take(&mut self, key: &Key) -> Option<(Option<&'n NodeId>, bool)> {
        self.ways.get_mut(key)?.pop()
    }
}

/// The ways out of a node: those of the later version, then those that went.
pub(super) fn merged<'n>(versions: Versions<'n>, language: Option<&Language>, id: &NodeId) -> Vec<Merged<'n>> {
    let node = |flow: Option<&'n Flow>| flow.and_then(|flow| flow.nodes.get(id));
    let mut earlier = Earlier::of(node(versions.before()), language);
    let mut merged = Vec::new();
    if let Some(node) = node(versions.after()) {
        for exit in exits(node, language) {
            let is_failure = exit.is_failure(node);
            let Exit { kind, label, to } = exit;
            let key = (kind, label);
            let (to, change) = match earlier.take(&key) {
                Some((before, _)) if before == to => ((before, to), Change::Same),
                Some((before, _)) => ((before, to), Change::Changed),
                // In one version alone there is nothing that it could differ from.
                None if !versions.is_comparison() => ((to, to), Change::Same),
                None => ((None, to), Change::Added),
            };
            merged.push(Merged { kind, label: key.1, is_failure, to, change });
        }
    }
    for key in std::mem::take(&mut earlier.keys).into_iter().rev() {
        if let Some((to, is_failure)) = earlier.take(&key) {
            merged.push(Merged { kind: key.0, label: key.1, is_failure, to: (to, None), change: Change::Removed });
        }
    }
    merged
}
