//! What shows that a stored record is the one that was written.
//!
//! Objects carry their digest as their name. SQLite itself has no checksums, so
//! a record carries one.

use greenroom_model::Digest;

/// The digest of a record's key, revision and value.
pub(crate) fn checksum(key: &str, revision: i64, value: &[u8]) -> Digest {
    // Keys and numbers hold no line end, so the parts cannot be mistaken for one another.
    let mut bytes = format!("{key}\n{revision}\n").into_bytes();
    bytes.extend_from_slice(value);
    Digest::of(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covers_key_revision_and_value() {
        let all = [("a", 1, "12"), ("b", 1, "12"), ("a", 2, "12"), ("a", 1, "13"), ("a", 11, "2"), ("a1", 1, "2")];
        let checksums: std::collections::BTreeSet<_> =
            all.iter().map(|(key, revision, value)| checksum(key, *revision, value.as_bytes())).collect();
        assert_eq!(checksums.len(), all.len());
    }
}
