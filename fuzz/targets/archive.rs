//! Any bytes as an archive of a bot: refused, or a bot that packs and unpacks unchanged.
#![no_main]

use std::io::Cursor;

use greenroom_format::{read_archive, write_archive};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(bundle) = read_archive(Cursor::new(data)) else { return };
    let mut packed = Vec::new();
    if write_archive(&mut packed, &bundle).is_ok() {
        let again = read_archive(Cursor::new(&packed)).expect("what was packed can be unpacked");
        assert_eq!(again, bundle, "packing loses nothing");
    }
});
