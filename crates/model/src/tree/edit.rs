//! Editing a tree: many changes in one pass, sharing all that stays.

use std::collections::BTreeMap;

use super::node::{Child, Entry, MAX_DEPTH, MAX_FLAT_ENTRIES, TreeNode, is_name, nibble};
use super::read::{collect_entries, load, lookup};
use crate::objects::Reader;
use crate::{Digest, Error, Interrupt, Objects, Written};

/// What to change in a tree: each path with its new leaf, or `None` to remove it.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    root: Directory,
}

#[derive(Debug, Clone, Default)]
struct Directory {
    leaves: BTreeMap<String, Option<Digest>>,
    grafts: BTreeMap<String, Option<Digest>>,
    directories: BTreeMap<String, Directory>,
}

impl Edits {
    /// No change.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets or removes the leaf at a path. Names are not blank and hold no `/`.
    pub fn set(&mut self, path: &[&str], leaf: Option<Digest>) {
        if let Some((directory, name)) = self.parent_of(path) {
            directory.leaves.insert(name, leaf);
        }
    }

    /// Puts a whole directory (by its digest) in the place of what stands at a
    /// path, or removes it. No other edit may name a path below it.
    pub fn graft(&mut self, path: &[&str], directory: Option<Digest>) {
        if let Some((parent, name)) = self.parent_of(path) {
            parent.grafts.insert(name, directory);
        }
    }

    fn parent_of(&mut self, path: &[&str]) -> Option<(&mut Directory, String)> {
        debug_assert!(path.iter().all(|name| is_name(name)), "{path:?}");
        let (name, parents) = path.split_last()?;
        let mut directory = &mut self.root;
        for parent in parents {
            directory = directory.directories.entry((*parent).to_owned()).or_default();
        }
        Some((directory, (*name).to_owned()))
    }

    /// Whether nothing is to change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.root.leaves.is_empty() && self.root.grafts.is_empty() && self.root.directories.is_empty()
    }
}

/// The tree after the edits: its root and the objects that it adds. Directories
/// that lose their last entry vanish. A directory that stands where a leaf is
/// to be set gives way to it, and the other way round.
///
/// # Errors
/// [`Interrupt`]: objects that are needed, or damage.
pub fn apply(objects: &dyn Objects, root: &Digest, edits: &Edits) -> Result<(Digest, Written), Interrupt> {
    let mut editor = Editor { reader: Reader::new(objects), written: Written::default() };
    let edited = editor.edit_directory(Some(root), &edits.root)?;
    let root = edited.unwrap_or_else(|| editor.written.add(TreeNode::empty().to_bytes()));
    let Editor { reader, written } = editor;
    reader.finish((root, written))
}

struct Editor<'a> {
    reader: Reader<'a>,
    written: Written,
}

type Changes<'e> = Vec<(&'e str, Option<Entry>)>;

impl Editor<'_> {
    /// The directory after the edits; `None` where nothing is left of it.
    fn edit_directory(&mut self, directory: Option<&Digest>, edits: &Directory) -> Result<Option<Digest>, Error> {
        let mut changes: Changes<'_> = Vec::new();
        for (name, below) in &edits.directories {
            let current = match directory {
                Some(digest) => lookup(&mut self.reader, digest, name)?,
                None => None,
            };
            let child = match current {
                Some(Entry::Directory(digest)) => Some(digest),
                Some(Entry::Leaf(_)) | None => None,
            };
            let edited = self.edit_directory(child.as_ref(), below)?;
            match (edited, current) {
                (Some(digest), _) => changes.push((name, Some(Entry::Directory(digest)))),
                (None, Some(Entry::Directory(_))) => changes.push((name, None)),
                (None, Some(Entry::Leaf(_)) | None) => {}
            }
        }
        for (name, graft) in &edits.grafts {
            changes.push((name, graft.map(Entry::Directory)));
        }
        for (name, leaf) in &edits.leaves {
            changes.push((name, leaf.map(Entry::Leaf)));
        }
        if changes.is_empty() {
            return Ok(directory.copied());
        }
        Ok(self.edit_piece(directory, 0, changes)?.map(|child| child.digest))
    }

    /// Changes entries of a directory, or of one piece of a split one.
    fn edit_piece(
        &mut self,
        piece: Option<&Digest>,
        depth: usize,
        changes: Changes<'_>,
    ) -> Result<Option<Child>, Error> {
        let node = match piece {
            None => TreeNode::empty(),
            Some(digest) => match load(&mut self.reader, digest)? {
                Some(node) => node,
                // Not at hand yet: this round's result is thrown away.
                None => return Ok(None),
            },
        };
        match node {
            TreeNode::Flat(mut entries) => {
                for (name, entry) in changes {
                    match entry {
                        Some(entry) => entries.insert(name.to_owned(), entry),
                        None => entries.remove(name),
                    };
                }
                Ok(self.write_entries(entries, depth))
            }
            TreeNode::Split(mut children) => {
                let mut by_nibble: BTreeMap<u8, Changes<'_>> = BTreeMap::new();
                for (name, entry) in changes {
                    by_nibble.entry(nibble(name, depth)).or_default().push((name, entry));
                }
                for (nibble, changes) in by_nibble {
                    let current = children.get(&nibble).map(|child| child.digest);
                    match self.edit_piece(current.as_ref(), depth + 1, changes)? {
                        Some(child) => children.insert(nibble, child),
                        None => children.remove(&nibble),
                    };
                }
                self.write_split(children)
            }
        }
    }

    /// Writes entries as one object, or split where they are too many.
    fn write_entries(&mut self, entries: BTreeMap<String, Entry>, depth: usize) -> Option<Child> {
        // Nothing is worth encoding in a round whose result will be thrown away.
        if entries.is_empty() || self.reader.is_short() {
            return None;
        }
        let count = entries.len() as u64;
        if entries.len() <= MAX_FLAT_ENTRIES || depth >= MAX_DEPTH {
            let digest = self.written.add(TreeNode::Flat(entries).to_bytes());
            return Some(Child { entries: count, digest });
        }
        let mut by_nibble: BTreeMap<u8, BTreeMap<String, Entry>> = BTreeMap::new();
        for (name, entry) in entries {
            by_nibble.entry(nibble(&name, depth)).or_default().insert(name, entry);
        }
        let mut children = BTreeMap::new();
        for (nibble, entries) in by_nibble {
            if let Some(child) = self.write_entries(entries, depth + 1) {
                children.insert(nibble, child);
            }
        }
        let digest = self.written.add(TreeNode::Split(children).to_bytes());
        Some(Child { entries: count, digest })
    }

    /// Writes a split piece, put together again where few entries are left.
    fn write_split(&mut self, children: BTreeMap<u8, Child>) -> Result<Option<Child>, Error> {
        if self.reader.is_short() {
            return Ok(None);
        }
        let node = TreeNode::Split(children);
        let count = node.entries();
        if count > MAX_FLAT_ENTRIES as u64 {
            return Ok(Some(Child { entries: count, digest: self.written.add(node.to_bytes()) }));
        }
        let TreeNode::Split(children) = node else { return Ok(None) };
        let mut entries = Vec::new();
        for child in children.values() {
            self.collect_with_written(&child.digest, &mut entries)?;
        }
        Ok(self.write_entries(entries.into_iter().collect(), MAX_DEPTH))
    }

    /// The entries of a piece that may have been written in this very pass.
    fn collect_with_written(&mut self, digest: &Digest, into: &mut Vec<(String, Entry)>) -> Result<(), Error> {
        let fresh = self.written.0.iter().rev().find(|(written, _)| written == digest).map(|(_, bytes)| bytes.clone());
        match fresh {
            None => collect_entries(&mut self.reader, digest, into),
            Some(bytes) => match TreeNode::from_bytes(digest, &bytes)? {
                TreeNode::Flat(entries) => {
                    into.extend(entries);
                    Ok(())
                }
                TreeNode::Split(children) => {
                    for child in children.values() {
                        self.collect_with_written(&child.digest, into)?;
                    }
                    Ok(())
                }
            },
        }
    }
}
