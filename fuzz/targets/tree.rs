//! Any bytes as the objects of a tree: reading, comparing and editing end, with an answer or an error.
//!
//! Each line is an object; `@N` in it stands for the digest of line N, counted
//! from 0, which must be an earlier one. So digests are true, as a store's are,
//! and the fuzzer can still build a tree. The last object is the root.
#![no_main]

use bytes::Bytes;
use greenroom_model::{Digest, Interrupt, MemoryObjects, index, tree};
use libfuzzer_sys::{Corpus, fuzz_target};

/// More levels would let a hundred references to one object, level by level, outgrow any memory.
const MAX_OBJECTS: usize = 4;

fuzz_target!(|data: &[u8]| -> Corpus {
    let lines: Vec<&[u8]> = data.split(|byte| *byte == b'\n').collect();
    if lines.len() > MAX_OBJECTS {
        return Corpus::Reject;
    }
    let mut objects = MemoryObjects::new();
    let mut digests: Vec<Digest> = Vec::new();
    for line in lines {
        digests.push(objects.insert(with_digests(line, &digests)));
    }
    let (Some(root), Some(first)) = (digests.last(), digests.first()) else { return Corpus::Reject };

    let sound = is_sound(&objects, root);
    let _ = tree::get(&objects, root, &["flows", "a"]);
    let _ = tree::names(&objects, root, &["flows"]);
    let _ = tree::diff(&objects, first, root);
    let _ = index::problems(&objects, root, 10);
    if let Ok(differences) = tree::diff(&objects, root, root) {
        assert_eq!(differences, [], "a tree does not differ from itself");
    }
    let mut edits = tree::Edits::new();
    edits.set(&["flows", "a"], Some(*first));
    edits.set(&["tests"], None);
    match tree::apply(&objects, root, &edits) {
        Ok((edited, written)) => {
            written.0.into_iter().for_each(|(digest, bytes)| objects.insert_checked(digest, bytes));
            let read = tree::get(&objects, &edited, &["flows", "a"]);
            assert!(!sound || read == Ok(Some(*first)), "an edit is there to be read");
        }
        Err(Interrupt::Need(needed)) => assert!(!needed.is_empty(), "who stops for an object names it"),
        Err(Interrupt::Failed(_)) => {}
    }
    Corpus::Keep
});

/// Whether it is the tree that its own leaves make: only of such a tree is more asked than an end.
fn is_sound(objects: &MemoryObjects, root: &Digest) -> bool {
    let Ok(leaves) = tree::list(objects, root, &[]) else { return false };
    let mut edits = tree::Edits::new();
    for (path, digest) in &leaves {
        edits.set(&path.split('/').collect::<Vec<_>>(), Some(*digest));
    }
    let (empty, written) = tree::empty();
    let mut rebuilt = MemoryObjects::new();
    written.0.into_iter().for_each(|(digest, bytes)| rebuilt.insert_checked(digest, bytes));
    tree::apply(&rebuilt, &empty, &edits).is_ok_and(|(rebuilt, _)| rebuilt == *root)
}

/// The line with each `@N` replaced by that digest.
fn with_digests(line: &[u8], digests: &[Digest]) -> Bytes {
    let mut object = Vec::with_capacity(line.len());
    let mut rest = line.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        let named = rest.peek().and_then(|next| digests.get(usize::from(next.wrapping_sub(b'0'))));
        match named {
            Some(digest) if byte == b'@' => {
                object.extend_from_slice(digest.to_string().as_bytes());
                rest.next();
            }
            _ => object.push(byte),
        }
    }
    Bytes::from(object)
}
