//! A bot as one file: a zip of exactly the folder form, and `greenroom.json` that says so.
//! The same bot gives the same bytes.

use std::io::{Cursor, Read, Seek, Write};

use serde::{Deserialize, Serialize};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::form::{Standing, files_of, read_file, write_file};
use crate::limits::{Intake, MAX_FILES};
use crate::{Bundle, Error};

/// The version of the archive form that this build writes, and the newest that it reads.
pub const ARCHIVE_FORMAT: u32 = 1;

/// The entry that tells what an archive is.
const MANIFEST: &str = "greenroom.json";

/// What `greenroom.json` says.
#[derive(Serialize, Deserialize)]
struct Manifest {
    /// Always `bot`.
    what: String,
    format: u64,
}

/// Writes a bot as an archive.
///
/// # Errors
/// [`Error::Part`], [`Error::Unwritable`] and [`Error::TooLarge`] name what cannot be
/// written; [`Error::Archive`] says why `writer` did not take it.
///
/// # Examples
/// ```
/// use greenroom_format::{Bundle, read_archive, write_archive};
/// use greenroom_model::Document;
///
/// let path = "nlp/intents/greet".parse()?;
/// let intent = Document::from_json(&path, br#"{"name":"Greeting"}"#)?;
/// let bundle = Bundle { parts: [(path, intent)].into() };
///
/// let mut bytes = Vec::new();
/// write_archive(&mut bytes, &bundle)?;
/// assert_eq!(read_archive(std::io::Cursor::new(bytes))?, bundle);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_archive(mut writer: impl Write, bundle: &Bundle) -> Result<(), Error> {
    let failed = |error: ZipError| Error::Archive { reason: format!("it cannot be written: {error}") };
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, content: &[u8]| {
        archive.start_file(name, options).map_err(failed)?;
        archive.write_all(content).map_err(|error| failed(ZipError::Io(error)))
    };
    let manifest = Manifest { what: "bot".to_owned(), format: u64::from(ARCHIVE_FORMAT) };
    let manifest = serde_json::to_vec(&manifest).map_err(|error| failed(ZipError::Io(error.into())))?;
    add(MANIFEST, &manifest)?;
    for (file, parts) in files_of(bundle)? {
        add(&file.to_string(), write_file(&file, &parts)?.as_bytes())?;
    }
    let bytes = archive.finish().map_err(failed)?.into_inner();
    writer.write_all(&bytes).map_err(|error| failed(ZipError::Io(error)))
}

/// Reads a bot from an archive, whoever sent it: what is unpacked is counted as it
/// comes, and nothing is written anywhere.
///
/// # Errors
/// [`Error::Archive`] for an archive that is damaged, encrypted, names a file twice or
/// one outside itself; [`Error::TooLarge`] for one that unpacks to more than
/// [`MAX_FILES`], [`MAX_FILE_BYTES`](crate::MAX_FILE_BYTES) or
/// [`MAX_TOTAL_BYTES`](crate::MAX_TOTAL_BYTES); [`Error::NewerFormat`] for one of a
/// newer build; the rest as [`read_folder`](crate::read_folder).
pub fn read_archive(reader: impl Read + Seek) -> Result<Bundle, Error> {
    let mut archive = ZipArchive::new(reader).map_err(|error| damaged("as a whole", &error))?;
    if archive.len() > MAX_FILES {
        return Err(Error::TooLarge {
            what: "the archive has too many entries".to_owned(),
            limit: format!("{MAX_FILES} entries"),
            advice: "split the bot",
        });
    }
    if archive.has_duplicate_names() {
        return Err(Error::Archive { reason: "it names a file twice; pack it again".to_owned() });
    }
    let mut intake = Intake::default();
    let manifest_index = archive.index_for_name(MANIFEST).ok_or_else(|| Error::Archive {
        reason: format!("it has no `{MANIFEST}`; an archive of a bot has one beside `settings.yaml`"),
    })?;
    check_manifest(&unpack(&mut archive, manifest_index, &mut intake)?.content)?;
    let mut bundle = Bundle::default();
    for index in 0..archive.len() {
        if index == manifest_index {
            continue;
        }
        let Unpacked { name, content } = unpack(&mut archive, index, &mut intake)?;
        if let Standing::Ours(file) = Standing::of(&name)? {
            bundle.parts.extend(read_file(&file, &content)?);
        }
    }
    Ok(bundle)
}

struct Unpacked {
    name: String,
    /// Empty for a folder.
    content: Vec<u8>,
}

fn unpack(archive: &mut ZipArchive<impl Read + Seek>, index: usize, intake: &mut Intake) -> Result<Unpacked, Error> {
    let entry = archive.by_index_raw(index).map_err(|error| damaged("in its directory", &error))?;
    let name = checked_name(entry.name_raw())?;
    if entry.encrypted() {
        return Err(Error::Archive { reason: format!("`{name}` is encrypted; pack it without a password") });
    }
    if entry.is_symlink() {
        return Err(Error::Archive { reason: format!("`{name}` is a symbolic link; pack the file itself") });
    }
    let is_folder = entry.is_dir();
    drop(entry);
    if is_folder {
        return Ok(Unpacked { name, content: Vec::new() });
    }
    intake.add_file()?;
    let place = format!("at `{name}`");
    let entry = archive.by_index(index).map_err(|error| damaged(&place, &error))?;
    let content = intake.read(&name, entry, |error| damaged(&place, &ZipError::Io(error)))?;
    Ok(Unpacked { name, content })
}

/// The name of an entry, unless it could lead out of a folder on some system.
fn checked_name(raw: &[u8]) -> Result<String, Error> {
    let shown: String = String::from_utf8_lossy(raw).chars().take(200).flat_map(char::escape_default).collect();
    let fail = |reason: &str| Err(Error::Archive { reason: format!("the entry `{shown}` {reason}") });
    let Ok(name) = std::str::from_utf8(raw) else {
        return fail("has a name that is not UTF-8; rename it and pack again");
    };
    let inner = name.strip_suffix('/').unwrap_or(name);
    if name.contains(['\\', ':', '\0']) || inner.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        return fail("leads out of the archive; it was not made by greenroom, do not trust it");
    }
    Ok(name.to_owned())
}

fn check_manifest(json: &[u8]) -> Result<(), Error> {
    let manifest: Manifest = serde_json::from_slice(json).map_err(|error| {
        Error::content(MANIFEST, None, format!("{error}; an archive of a bot says `{{\"what\":\"bot\",\"format\":1}}`"))
    })?;
    if manifest.what != "bot" {
        let what: String = manifest.what.chars().take(80).collect();
        return Err(Error::content(MANIFEST, None, format!("the archive holds a `{what}`, not a `bot`")));
    }
    if manifest.format > u64::from(ARCHIVE_FORMAT) {
        return Err(Error::NewerFormat { found: manifest.format, supported: ARCHIVE_FORMAT });
    }
    Ok(())
}

fn damaged(place: &str, error: &ZipError) -> Error {
    Error::Archive { reason: format!("it is damaged or no zip file {place} ({error}); fetch or pack it again") }
}

#[cfg(test)]
mod tests;
