//! Any texts as the files of a bot's folder: refused, or a bot whose files, once written, stay the same.
//!
//! The files come in an archive without compression, which has the folder's very
//! form: so a run needs no disk, and no checksum hides the files from the fuzzer.
#![no_main]

use std::io::{Cursor, Write};

use greenroom_format::{read_archive, write_archive};
use libfuzzer_sys::{Corpus, fuzz_target};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some(folder) = pack(&greenroom_fuzz::files(data)) else { return Corpus::Reject };
    let Ok(bundle) = read_archive(Cursor::new(folder)) else { return Corpus::Keep };
    let mut once = Vec::new();
    if write_archive(&mut once, &bundle).is_ok() {
        let again = read_archive(Cursor::new(&once)).expect("what was written can be read");
        assert_eq!(again, bundle, "writing loses nothing");
        let mut twice = Vec::new();
        write_archive(&mut twice, &again).expect("what was written once can be written again");
        assert!(once == twice, "writing again changes no byte");
    }
    Corpus::Keep
});

/// The files as an archive; `None` where their names cannot stand in one.
fn pack(files: &[(&str, Vec<u8>)]) -> Option<Vec<u8>> {
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("greenroom.json", options).ok()?;
    archive.write_all(br#"{"what":"bot","format":1}"#).ok()?;
    for (name, content) in files {
        archive.start_file(*name, options).ok()?;
        archive.write_all(content).ok()?;
    }
    Some(archive.finish().ok()?.into_inner())
}
