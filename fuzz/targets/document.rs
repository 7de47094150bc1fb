//! Any bytes as the document of any part: refused, or canonical from the first writing on.
//!
//! The first line is the path, the rest the JSON.
#![no_main]

use greenroom_model::{Document, PartPath};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else { return Corpus::Reject };
    let (path, json) = (&data[..end], &data[end + 1..]);
    let Some(path) = std::str::from_utf8(path).ok().and_then(|path| path.parse::<PartPath>().ok()) else {
        return Corpus::Reject;
    };
    assert_eq!(path.to_string().parse::<PartPath>().as_ref(), Ok(&path), "a path is what it prints");

    let Ok(document) = Document::from_json(&path, json) else { return Corpus::Keep };
    let Ok(bytes) = document.to_bytes(&path) else { return Corpus::Keep };
    let again = Document::from_json(&path, &bytes).expect("what was written can be read");
    assert_eq!(again.to_bytes(&path).as_ref(), Ok(&bytes), "writing again changes nothing");
    assert_eq!(
        greenroom_flow::derive(&path, &document),
        greenroom_flow::derive(&path, &again),
        "facts are those of the stored bytes"
    );
    Corpus::Keep
});
