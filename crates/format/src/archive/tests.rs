//! What an archive keeps, and what it refuses.

use greenroom_model::{Document, PartPath};
use proptest::prelude::*;

use super::*;
use crate::form::strategies::bundle;
use crate::{MAX_FILE_BYTES, MAX_TOTAL_BYTES};

const MANIFEST_TEXT: &[u8] = br#"{"what":"bot","format":1}"#;
const SETTINGS: &[u8] = b"name: A\ndefault_language: en\n";

fn archive_of(bundle: &Bundle) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_archive(&mut bytes, bundle).unwrap();
    bytes
}

/// A zip of these entries, whatever they are.
fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn check(bytes: &[u8]) -> String {
    match read_archive(Cursor::new(bytes)) {
        Ok(bundle) => bundle.parts.keys().map(PartPath::to_string).collect::<Vec<_>>().join(" "),
        Err(error) => error.to_string(),
    }
}

/// Replaces every occurrence of a name by one of the same length.
fn renamed(mut bytes: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let positions: Vec<usize> = bytes
        .windows(from.len())
        .enumerate()
        .filter(|(_, window)| *window == from.as_bytes())
        .map(|(at, _)| at)
        .collect();
    assert!(positions.len() >= 2, "the name stands in the entry and in the directory");
    for at in positions {
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_archive_loses_nothing_and_has_the_same_bytes_again(bundle in bundle()) {
        let bytes = archive_of(&bundle);
        let read = read_archive(Cursor::new(&bytes)).unwrap();
        prop_assert_eq!(&read, &bundle.canonical().unwrap());
        prop_assert_eq!(archive_of(&read), bytes);
    }

    #[test]
    fn a_damaged_archive_never_panics_and_a_short_one_is_refused(bundle in bundle(), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut bytes = archive_of(&bundle);
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let _ = read_archive(Cursor::new(&bytes));
        bytes.truncate(at);
        prop_assert!(read_archive(Cursor::new(&bytes)).is_err());
    }
}

#[test]
fn reads_what_people_pack_by_hand() {
    let bytes =
        zip(&[("flows/", b""), ("README.md", b"hello"), ("settings.yaml", SETTINGS), (MANIFEST, MANIFEST_TEXT)]);
    assert_eq!(check(&bytes), "settings");
}

#[test]
fn says_what_is_wrong_with_an_archive() {
    let said = [
        check(b""),
        check(b"PK\x03\x04 and then nothing"),
        check(&zip(&[("settings.yaml", SETTINGS)])),
        check(&zip(&[(MANIFEST, b"{}")])),
        check(&zip(&[(MANIFEST, br#"{"what":"cat","format":1}"#)])),
        check(&zip(&[(MANIFEST, br#"{"what":"bot","format":2,"more":true}"#)])),
        check(&zip(&[(MANIFEST, MANIFEST_TEXT), ("flows/A.yaml", b"")])),
        check(&zip(&[(MANIFEST, MANIFEST_TEXT), ("settings.yaml", b"name: A\n")])),
    ];
    insta::assert_snapshot!(said.join("\n"), @r#"
    cannot read the archive: it is damaged or no zip file as a whole (invalid Zip archive: Could not find EOCD); fetch or pack it again
    cannot read the archive: it is damaged or no zip file as a whole (invalid Zip archive: Could not find EOCD); fetch or pack it again
    cannot read the archive: it has no `greenroom.json`; an archive of a bot has one beside `settings.yaml`
    greenroom.json: missing field `what` at line 1 column 2; an archive of a bot says `{"what":"bot","format":1}`
    greenroom.json: the archive holds a `cat`, not a `bot`
    the archive has format version 2, this build reads up to 1; use a newer build
    `flows/A.yaml` is not a file of a bot: its name is the id of what it holds, and `A` is not a flow id: it must begin with a lower-case letter or a digit; rename it
    settings.yaml:1:1: `default_language` is missing; add it
    "#);
}

#[test]
fn names_that_lead_out_of_the_archive_are_refused() {
    for name in
        ["../a.yaml", "/etc/a.yaml", "flows/../../a.yaml", "c:/a.yaml", "..\\a.yaml", "flows//a.yaml", "./a.yaml", ".."]
    {
        let placeholder = "z".repeat(name.len());
        let honest = zip(&[(MANIFEST, MANIFEST_TEXT), (&placeholder, b"name: A\n")]);
        assert_eq!(check(&honest), "");
        let said = check(&renamed(honest, &placeholder, name));
        assert!(said.contains("leads out of the archive"), "{name}: {said}");
    }
}

#[test]
fn a_name_given_twice_is_refused() {
    let bytes = zip(&[(MANIFEST, MANIFEST_TEXT), ("intents/a.yaml", b"name: A\n"), ("intents/b.yaml", b"name: B\n")]);
    assert!(check(&renamed(bytes, "intents/b.yaml", "intents/a.yaml")).contains("names a file twice"));
}

#[test]
fn a_flipped_bit_in_a_file_is_found() {
    let long = format!("name: {}\ndefault_language: en\n", "a".repeat(150));
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in [(MANIFEST, MANIFEST_TEXT), ("settings.yaml", long.as_bytes())] {
        archive.start_file(name, stored).unwrap();
        archive.write_all(content).unwrap();
    }
    let mut bytes = archive.finish().unwrap().into_inner();
    let at = bytes.windows(9).position(|window| window == b"aaaaaaaaa").unwrap();
    bytes[at] = b'b';
    assert!(check(&bytes).contains("damaged"), "{}", check(&bytes));
}

#[test]
fn an_encrypted_entry_is_refused() {
    let mut bytes = zip(&[(MANIFEST, MANIFEST_TEXT), ("settings.yaml", SETTINGS)]);
    // Bit 0 of the flags of each entry, in the entry (offset 6) and in the directory (offset 8).
    for (signature, offset) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let starts: Vec<usize> = (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(signature)).collect();
        for start in starts {
            bytes[start + offset] |= 1;
        }
    }
    assert!(check(&bytes).contains("is encrypted"), "{}", check(&bytes));
}

#[test]
fn a_bomb_is_refused_at_the_limit() {
    let zeros = vec![b'#'; MAX_FILE_BYTES + 1];
    let bomb = zip(&[(MANIFEST, MANIFEST_TEXT), ("settings.yaml", &zeros)]);
    assert!(bomb.len() < 100_000);
    assert_eq!(
        check(&bomb),
        "`settings.yaml` is too large, over the limit of 16777216 bytes a file; split what it holds"
    );

    // Files that are each small enough, and too much together. None of them is the bot's.
    let files = usize::try_from(MAX_TOTAL_BYTES).unwrap() / MAX_FILE_BYTES;
    let names: Vec<String> = (0..files).map(|number| format!("{number}.txt")).collect();
    let mut entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &zeros[..MAX_FILE_BYTES])).collect();
    entries.push((MANIFEST, MANIFEST_TEXT));
    assert_eq!(
        check(&zip(&entries)),
        "the files together are too large, over the limit of 536870912 bytes in all; split the bot"
    );
}

#[test]
fn a_lying_size_changes_nothing() {
    let mut bytes = archive_of(&Bundle {
        parts: [(
            "nlp/intents/a".parse().unwrap(),
            Document::from_json(&"nlp/intents/a".parse().unwrap(), br#"{"name":"A"}"#).unwrap(),
        )]
        .into(),
    });
    // The unpacked size that each entry claims in the directory (offset 24): four gigabytes.
    let starts: Vec<usize> = (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(b"PK\x01\x02")).collect();
    for start in starts {
        bytes[start + 24..start + 28].copy_from_slice(&[0xfe, 0xff, 0xff, 0xff]);
    }
    let said = check(&bytes);
    assert!(said == "nlp/intents/a" || said.contains("damaged"), "{said}");
}
