//! Reading a tree: one leaf, all leaves below a directory, a directory's digest.

use super::node::{Entry, MAX_DEPTH, TreeNode, nibble};
use crate::objects::Reader;
use crate::{Digest, Error, Interrupt, Objects};

/// The leaf at a path, where there is one.
///
/// # Errors
/// [`Interrupt`]: objects that are needed, or damage.
pub fn get(objects: &dyn Objects, root: &Digest, path: &[&str]) -> Result<Option<Digest>, Interrupt> {
    let mut reader = Reader::new(objects);
    let entry = entry_at(&mut reader, root, path)?;
    reader.finish(match entry {
        Some(Entry::Leaf(digest)) => Some(digest),
        Some(Entry::Directory(_)) | None => None,
    })
}

/// The digest of the directory at a path: it names all that stands below it.
///
/// # Errors
/// [`Interrupt`]: objects that are needed, or damage.
pub fn directory_digest(objects: &dyn Objects, root: &Digest, path: &[&str]) -> Result<Option<Digest>, Interrupt> {
    let mut reader = Reader::new(objects);
    let entry = if path.is_empty() { Some(Entry::Directory(*root)) } else { entry_at(&mut reader, root, path)? };
    reader.finish(match entry {
        Some(Entry::Directory(digest)) => Some(digest),
        Some(Entry::Leaf(_)) | None => None,
    })
}

/// All leaves below a directory with their paths from the root, sorted.
///
/// # Errors
/// [`Interrupt`]: objects that are needed, or damage.
pub fn list(objects: &dyn Objects, root: &Digest, path: &[&str]) -> Result<Vec<(String, Digest)>, Interrupt> {
    let mut reader = Reader::new(objects);
    let mut leaves = Vec::new();
    let start = if path.is_empty() { Some(Entry::Directory(*root)) } else { entry_at(&mut reader, root, path)? };
    match start {
        Some(Entry::Directory(digest)) => collect_leaves(&mut reader, &digest, &path.join("/"), &mut leaves)?,
        Some(Entry::Leaf(digest)) => leaves.push((path.join("/"), digest)),
        None => {}
    }
    leaves.sort();
    reader.finish(leaves)
}

/// The names of the entries of one directory, sorted; none where it does not exist.
///
/// # Errors
/// [`Interrupt`]: objects that are needed, or damage.
pub fn names(objects: &dyn Objects, root: &Digest, path: &[&str]) -> Result<Vec<String>, Interrupt> {
    let mut reader = Reader::new(objects);
    let mut entries = Vec::new();
    let start = if path.is_empty() { Some(Entry::Directory(*root)) } else { entry_at(&mut reader, root, path)? };
    if let Some(Entry::Directory(digest)) = start {
        collect_entries(&mut reader, &digest, &mut entries)?;
    }
    let mut names: Vec<String> = entries.into_iter().map(|(name, _)| name).collect();
    names.sort();
    reader.finish(names)
}

/// How many entries one directory has, without reading them; 0 where it does not exist.
///
/// # Errors
/// [`Interrupt`]: objects that are needed, or damage.
pub fn count(objects: &dyn Objects, root: &Digest, path: &[&str]) -> Result<u64, Interrupt> {
    let mut reader = Reader::new(objects);
    let start = if path.is_empty() { Some(Entry::Directory(*root)) } else { entry_at(&mut reader, root, path)? };
    let entries = match start {
        Some(Entry::Directory(digest)) => load(&mut reader, &digest)?.map_or(0, |node| node.entries()),
        Some(Entry::Leaf(_)) | None => 0,
    };
    reader.finish(entries)
}

/// Loads and decodes a node; `None` where it is not at hand yet.
pub(super) fn load(reader: &mut Reader<'_>, digest: &Digest) -> Result<Option<TreeNode>, Error> {
    reader.get(digest).map(|bytes| TreeNode::from_bytes(digest, &bytes)).transpose()
}

/// Finds the entry of a name in a directory.
pub(super) fn lookup(reader: &mut Reader<'_>, directory: &Digest, name: &str) -> Result<Option<Entry>, Error> {
    let mut digest = *directory;
    for depth in 0..=MAX_DEPTH {
        match load(reader, &digest)? {
            None => return Ok(None),
            Some(TreeNode::Flat(entries)) => return Ok(entries.get(name).copied()),
            Some(TreeNode::Split(children)) => match children.get(&nibble(name, depth)) {
                Some(child) => digest = child.digest,
                None => return Ok(None),
            },
        }
    }
    Err(Error::Damaged { digest: *directory, reason: "it splits deeper than names have bits".to_owned() })
}

fn entry_at(reader: &mut Reader<'_>, root: &Digest, path: &[&str]) -> Result<Option<Entry>, Error> {
    let mut entry = Entry::Directory(*root);
    for name in path {
        match entry {
            Entry::Leaf(_) => return Ok(None),
            Entry::Directory(digest) => match lookup(reader, &digest, name)? {
                Some(found) => entry = found,
                None => return Ok(None),
            },
        }
    }
    Ok(Some(entry))
}

/// Every entry of one directory, its split pieces put together.
pub(super) fn collect_entries(
    reader: &mut Reader<'_>,
    directory: &Digest,
    into: &mut Vec<(String, Entry)>,
) -> Result<(), Error> {
    match load(reader, directory)? {
        None => {}
        Some(TreeNode::Flat(entries)) => into.extend(entries),
        Some(TreeNode::Split(children)) => {
            for child in children.values() {
                collect_entries(reader, &child.digest, into)?;
            }
        }
    }
    Ok(())
}

/// Every leaf below a directory.
pub(super) fn collect_leaves(
    reader: &mut Reader<'_>,
    directory: &Digest,
    prefix: &str,
    into: &mut Vec<(String, Digest)>,
) -> Result<(), Error> {
    let mut entries = Vec::new();
    collect_entries(reader, directory, &mut entries)?;
    for (name, entry) in entries {
        let path = join(prefix, &name);
        match entry {
            Entry::Leaf(digest) => into.push((path, digest)),
            Entry::Directory(digest) => collect_leaves(reader, &digest, &path, into)?,
        }
    }
    Ok(())
}

pub(super) fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") }
}
