//! What fuzz targets share: inputs that spell several files, files that end with a checksum, and
//! texts to ask about.

/// Texts that are cut, classified and measured in different ways.
pub const TEXTS: &[&str] = &["", "where is my parcel", "Où est\u{301} mon colis \u{1f9f3}\u{200d}\u{fe0f}你好"];

/// The input with the right checksum in place of its last bytes: what nearly all that the fuzzer makes lacks.
pub fn sealed(input: &[u8]) -> Option<Vec<u8>> {
    let (content, _) = input.split_last_chunk::<{ blake3::OUT_LEN }>()?;
    Some([content, blake3::hash(content).as_bytes()].concat())
}

/// The files in an input, in order: `=== NAME` on a line of its own begins each. So an input is a text that a person
/// can read and mend. What stands before the first heading is nobody's.
pub fn files(input: &[u8]) -> Vec<(&str, Vec<u8>)> {
    let mut files: Vec<(&str, Vec<u8>)> = Vec::new();
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        let heading = line.strip_prefix(b"=== ").and_then(|name| std::str::from_utf8(name).ok());
        match (heading, files.last_mut()) {
            (Some(name), _) => files.push((name.trim(), Vec::new())),
            (None, Some((_, content))) => content.extend_from_slice(line),
            (None, None) => {}
        }
    }
    files
}
