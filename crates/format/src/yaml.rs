//! YAML as this crate reads and writes it: typed, strict, in linear time, with
//! the line and column of every fault.

mod fault;
mod tree;

use greenroom_model::MAX_DOCUMENT_BYTES;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;

pub(crate) use fault::fault;
use tree::Tree;

/// The largest file that is read or written, in bytes: 16 MiB.
pub const MAX_FILE_BYTES: usize = MAX_DOCUMENT_BYTES;

/// How deep a file may nest: what fits on the stack of any thread, in a debug build too.
pub(crate) const MAX_DEPTH: usize = 48;

/// Reads a file: UTF-8 with or without a byte-order mark, one YAML document, each
/// key once, no anchors, `true` and `false` as the only truth values.
pub(crate) fn read<T: DeserializeOwned>(file: &str, bytes: &[u8]) -> Result<T, Error> {
    let text = decode(file, bytes)?;
    // A comment or a separator makes no node, and a node without any character of its
    // own (`[,]`) still needs one beside it: so the length of a text bounds its nodes.
    let nodes = text.len().saturating_mul(2).saturating_add(1_000);
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_anchors: 0,
            max_aliases: 0,
            max_documents: 1,
            max_depth: MAX_DEPTH,
            max_nodes: nodes,
            max_events: nodes.saturating_mul(2),
            max_total_scalar_bytes: MAX_FILE_BYTES.saturating_mul(2),
            simple_key_max_lookahead: MAX_KEY_CHARACTERS,
        },
        merge_keys: serde_saphyr::MergeKeyPolicy::Error,
        strict_booleans: true,
        reject_unsupported_tags: true,
        emit_comments: false,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| fault(file, &error))
}

/// Longer keys are legal (an entity's value is one), but no author writes them.
const MAX_KEY_CHARACTERS: usize = 1 << 16;

/// Writes a value as YAML that [`read`] reads back to the letter.
pub(crate) fn write<T: Serialize>(value: &T) -> Result<String, String> {
    let options = serde_saphyr::ser_options! {
        compact_list_indent: false,
        // Text is kept to the letter and a diff should show one changed line: never fold.
        folded_wrap_chars: MAX_FILE_BYTES,
    };
    let tree = Tree::of(value).map_err(|error| error.to_string())?;
    let mut text = String::new();
    serde_saphyr::to_fmt_writer_with_options(&mut text, &tree, options).map_err(|error| error.to_string())?;
    Ok(text)
}

/// The text of a file, without its byte-order mark.
pub(crate) fn decode<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, Error> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Error::content(file, Some((1, 1)), "the file is UTF-16; save it as UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |position| position + 1);
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let column = String::from_utf8_lossy(before.get(line_start..).unwrap_or_default()).chars().count() + 1;
        let place = u32::try_from(line).ok().zip(u32::try_from(column).ok());
        Error::content(file, place, "here is a byte that is not UTF-8; save the file as UTF-8")
    })
}

#[cfg(test)]
pub(crate) mod tests;
