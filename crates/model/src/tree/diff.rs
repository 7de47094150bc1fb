//! What differs between two trees: only directories whose digests differ are read.

use std::collections::BTreeMap;

use super::node::{Child, Entry, TreeNode};
use super::read::{collect_entries, join, load};
use crate::objects::Reader;
use crate::{Digest, Error, Interrupt, Objects};

/// A leaf that two trees do not share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Its path from the root.
    pub path: String,
    /// What the first tree holds there.
    pub before: Option<Digest>,
    /// What the second tree holds there.
    pub after: Option<Digest>,
}

/// The leaves that differ, sorted by path.
///
/// # Errors
/// [`Interrupt`]: objects that are needed, or damage.
pub fn diff(objects: &dyn Objects, before: &Digest, after: &Digest) -> Result<Vec<Difference>, Interrupt> {
    let mut reader = Reader::new(objects);
    let mut differences = Vec::new();
    diff_directories(&mut reader, Some(before), Some(after), "", &mut differences)?;
    differences.sort();
    reader.finish(differences)
}

fn diff_directories(
    reader: &mut Reader<'_>,
    before: Option<&Digest>,
    after: Option<&Digest>,
    prefix: &str,
    into: &mut Vec<Difference>,
) -> Result<(), Error> {
    let mut changed: BTreeMap<String, (Option<Entry>, Option<Entry>)> = BTreeMap::new();
    diff_pieces(reader, before, after, &mut changed)?;
    for (name, (before, after)) in changed {
        let path = join(prefix, &name);
        let leaf = |entry| match entry {
            Some(Entry::Leaf(digest)) => Some(digest),
            Some(Entry::Directory(_)) | None => None,
        };
        let directory = |entry| match entry {
            Some(Entry::Directory(digest)) => Some(digest),
            Some(Entry::Leaf(_)) | None => None,
        };
        if leaf(before) != leaf(after) {
            into.push(Difference { path: path.clone(), before: leaf(before), after: leaf(after) });
        }
        if directory(before) != directory(after) {
            diff_directories(reader, directory(before).as_ref(), directory(after).as_ref(), &path, into)?;
        }
    }
    Ok(())
}

/// The entries in which two pieces of one directory differ.
fn diff_pieces(
    reader: &mut Reader<'_>,
    before: Option<&Digest>,
    after: Option<&Digest>,
    into: &mut BTreeMap<String, (Option<Entry>, Option<Entry>)>,
) -> Result<(), Error> {
    if before == after {
        return Ok(());
    }
    let mut node = |digest: Option<&Digest>| digest.map_or(Ok(None), |digest| load(reader, digest));
    match (node(before)?, node(after)?) {
        (Some(TreeNode::Split(left)), Some(TreeNode::Split(right))) => {
            for nibble in 0..16 {
                let digest = |children: &BTreeMap<u8, Child>| children.get(&nibble).map(|child| child.digest);
                diff_pieces(reader, digest(&left).as_ref(), digest(&right).as_ref(), into)?;
            }
        }
        (left, right) => {
            let mut left = entries_of(reader, left)?;
            for (name, entry) in entries_of(reader, right)? {
                let stood = left.remove(&name);
                if stood != Some(entry) {
                    into.insert(name, (stood, Some(entry)));
                }
            }
            into.extend(left.into_iter().map(|(name, entry)| (name, (Some(entry), None))));
        }
    }
    Ok(())
}

/// The entries of a piece and of all below it that belong to the same directory.
fn entries_of(reader: &mut Reader<'_>, piece: Option<TreeNode>) -> Result<BTreeMap<String, Entry>, Error> {
    match piece {
        None => Ok(BTreeMap::new()),
        Some(TreeNode::Flat(entries)) => Ok(entries),
        Some(TreeNode::Split(children)) => {
            let mut entries = Vec::new();
            for child in children.values() {
                collect_entries(reader, &child.digest, &mut entries)?;
            }
            Ok(entries.into_iter().collect())
        }
    }
}

/// All leaves of a directory as if they had been added.
#[cfg(test)]
pub(super) fn added(objects: &dyn Objects, root: &Digest) -> Result<Vec<Difference>, Interrupt> {
    let mut reader = Reader::new(objects);
    let mut leaves = Vec::new();
    super::read::collect_leaves(&mut reader, root, "", &mut leaves)?;
    leaves.sort();
    reader.finish(
        leaves.into_iter().map(|(path, digest)| Difference { path, before: None, after: Some(digest) }).collect(),
    )
}
