//! How one input of a fuzz target spells several files: `=== NAME` on a line of
//! its own begins each. So an input is a text that a person can read and mend.

/// The files in an input, in order; what stands before the first heading is nobody's.
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
