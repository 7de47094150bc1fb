//! A bot as a folder that people read, edit and diff in git.
//!
//! ```text
//! settings.yaml
//! flows/ID.yaml           flows/contexts.yaml  flows/variables.yaml  flows/handlers.yaml
//! intents/ID.yaml         (name, description, and the examples of every language)
//! entities/ID.yaml
//! nlp.yaml                (training and runtime)
//! tests/ID.yaml
//! ```
//! What does not exist has no file. Other files, such as a README, may stand beside
//! them; symbolic links are not followed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::form::{FOLDERS, FormFile, Parts, Standing, files_of, read_file, write_file};
use crate::limits::Intake;
use crate::{Bundle, Error};

/// Reads a bot from a folder. Every document comes back in canonical form.
///
/// # Errors
/// [`Error::Content`] names file, line and column of a fault; [`Error::FileName`] a YAML
/// file in one of the bot's folders that cannot be one of its files;
/// [`Error::NotABot`] a folder without any; [`Error::TooLarge`] and [`Error::Io`] the rest.
///
/// # Examples
/// ```
/// use greenroom_format::read_folder;
///
/// let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/bots/tiny");
/// let bundle = read_folder(&folder)?;
/// assert!(bundle.parts.contains_key(&"settings".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_folder(dir: &Path) -> Result<Bundle, Error> {
    let files = list(dir, UnknownFiles::Refuse)?;
    if files.is_empty() {
        return Err(Error::NotABot {
            path: dir.to_owned(),
            reason: "it has none of `settings.yaml`, `nlp.yaml`, `flows/ID.yaml`, `intents/ID.yaml`, \
                     `entities/ID.yaml`, `tests/ID.yaml`; name the folder that has"
                .to_owned(),
        });
    }
    let mut intake = Intake::default();
    let mut bundle = Bundle::default();
    for file in &files {
        bundle.parts.extend(read_file(file, &read_bytes(dir, file, &mut intake)?)?);
    }
    Ok(bundle)
}

/// Writes a bot into a folder, which is made where it does not exist.
///
/// Files of parts that the bot lacks are deleted. A file that means the same already
/// is left as it is, with its comments and its layout. Each file is replaced at once:
/// a reader sees the old or the new one, never half of it.
///
/// # Errors
/// [`Error::Occupied`], before anything is written, when a file that would be replaced
/// or deleted is not readable as a bot's: it may be somebody's work.
/// [`Error::Part`], [`Error::Unwritable`] and [`Error::TooLarge`] name what cannot be
/// written; [`Error::Io`] may leave some files new and some old: write again.
///
/// # Examples
/// ```
/// use greenroom_format::{Bundle, read_folder, write_folder};
/// use greenroom_model::Document;
///
/// let folder = tempfile::tempdir()?;
/// let path = "nlp/intents/greet".parse()?;
/// let intent = Document::from_json(&path, br#"{"name":"Greeting"}"#)?;
/// let bundle = Bundle { parts: [(path, intent)].into() };
///
/// write_folder(folder.path(), &bundle)?;
/// assert_eq!(std::fs::read_to_string(folder.path().join("intents/greet.yaml"))?, "name: Greeting\n");
/// assert_eq!(read_folder(folder.path())?, bundle);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_folder(dir: &Path, bundle: &Bundle) -> Result<(), Error> {
    let mut wanted = BTreeMap::new();
    for (file, parts) in files_of(bundle)? {
        let text = write_file(&file, &parts)?;
        wanted.insert(file, (parts, text));
    }
    fs::create_dir_all(dir).map_err(Error::io("make the folder", dir))?;
    let mut gone = Vec::new();
    let mut intake = Intake::default();
    for file in list(dir, UnknownFiles::LeaveAlone)? {
        let standing = read_bytes(dir, &file, &mut intake)?;
        if wanted.get(&file).is_some_and(|(_, text)| text.as_bytes() == standing) {
            wanted.remove(&file);
            continue;
        }
        let meant: Parts = read_file(&file, &standing)
            .map_err(|error| Error::Occupied { path: path_of(dir, &file), reason: error.to_string() })?;
        match wanted.get(&file) {
            Some((parts, _)) if *parts == meant => {
                wanted.remove(&file);
            }
            Some(_) => {}
            None => gone.push(file),
        }
    }
    for (file, (_, text)) in &wanted {
        replace(&path_of(dir, file), text)?;
    }
    for file in &gone {
        let path = path_of(dir, file);
        fs::remove_file(&path).map_err(Error::io("delete", path))?;
    }
    for folder in FOLDERS {
        // Only an empty folder can be removed this way; one with a README stays.
        let _ = fs::remove_dir(dir.join(folder));
    }
    Ok(())
}

/// What to do about YAML files in the bot's folders that are not its files.
#[derive(Clone, Copy, PartialEq)]
enum UnknownFiles {
    /// A reader must not overlook what an author meant to be read.
    Refuse,
    /// A writer has no business with them.
    LeaveAlone,
}

/// The bot's files in a folder, in the order of their names.
fn list(dir: &Path, unknown: UnknownFiles) -> Result<Vec<FormFile>, Error> {
    let mut files = Vec::new();
    let mut intake = Intake::default();
    let mut look_at = |name: String, is_link: bool| match Standing::of(&name) {
        Ok(Standing::Ours(_)) if is_link => Err(link(&name)),
        Ok(Standing::Ours(file)) => {
            files.push(file);
            intake.add_file()
        }
        Ok(Standing::Foreign) => Ok(()),
        Err(_) if unknown == UnknownFiles::LeaveAlone => Ok(()),
        Err(error) => Err(error),
    };
    for (name, kind) in entries(dir)? {
        if !FOLDERS.contains(&name.as_str()) {
            if !kind.is_dir() {
                look_at(name, kind.is_symlink())?;
            }
            continue;
        }
        if kind.is_symlink() {
            return Err(link(&name));
        }
        if !kind.is_dir() {
            return Err(Error::FileName {
                file: name,
                reason: "a folder must stand there; move the file away".to_owned(),
            });
        }
        for (base, kind) in entries(&dir.join(&name))? {
            if kind.is_dir() && !base.starts_with('.') && unknown == UnknownFiles::Refuse {
                return Err(Error::FileName {
                    file: format!("{name}/{base}"),
                    reason: format!("files stand in `{name}` itself, not in folders below it; move them up"),
                });
            }
            if !kind.is_dir() {
                look_at(format!("{name}/{base}"), kind.is_symlink())?;
            }
        }
    }
    files.sort();
    Ok(files)
}

fn link(name: &str) -> Error {
    Error::FileName {
        file: name.to_owned(),
        reason: "it is a symbolic link, and those are not followed; put the file itself there".to_owned(),
    }
}

/// What stands in a folder, by name. A name that is not UTF-8 is nobody's of ours.
fn entries(dir: &Path) -> Result<Vec<(String, fs::FileType)>, Error> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(dir).map_err(Error::io("read the folder", dir))? {
        let entry = entry.map_err(Error::io("read the folder", dir))?;
        let kind = entry.file_type().map_err(Error::io("read", entry.path()))?;
        if let Ok(name) = entry.file_name().into_string() {
            entries.push((name, kind));
        }
    }
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(entries)
}

fn path_of(dir: &Path, file: &FormFile) -> std::path::PathBuf {
    file.to_string().split('/').fold(dir.to_owned(), |path, segment| path.join(segment))
}

fn read_bytes(dir: &Path, file: &FormFile, intake: &mut Intake) -> Result<Vec<u8>, Error> {
    let path = path_of(dir, file);
    let opened = File::open(&path).map_err(Error::io("read", &path))?;
    intake.read(&file.to_string(), opened, Error::io("read", path))
}

/// Puts a file in place of the one that stands there, or of none.
fn replace(path: &Path, text: &str) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    match fs::create_dir(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(Error::io("make the folder", folder)(error));
        }
        _ => {}
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".greenroom-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Without this the file would be its writer's alone; the umask still applies.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut temporary = builder.tempfile_in(folder).map_err(Error::io("write into", folder))?;
    temporary.write_all(text.as_bytes()).map_err(Error::io("write", path))?;
    temporary.persist(path).map_err(|error| Error::io("write", path)(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests;
