//! What form something on disk has.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use crate::Error;
use crate::form::FOLDERS;

/// The forms that a bot can be read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// A folder of YAML files; see [`read_folder`](crate::read_folder).
    Folder,
    /// One file; see [`read_archive`](crate::read_archive).
    Archive,
    /// A Rasa 3 project.
    Rasa,
    /// A table of examples; see [`read_csv`](crate::read_csv).
    Csv,
}

impl Format {
    /// The form of a file or folder, by what stands in it.
    ///
    /// # Errors
    /// [`Error::NotABot`] when it is none of them, [`Error::Io`] when it cannot be read.
    ///
    /// # Examples
    /// ```
    /// use greenroom_format::Format;
    ///
    /// let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/bots/tiny");
    /// assert_eq!(Format::detect(&folder)?, Format::Folder);
    /// # Ok::<(), greenroom_format::Error>(())
    /// ```
    pub fn detect(path: &Path) -> Result<Self, Error> {
        let metadata = fs::metadata(path).map_err(Error::io("read", path))?;
        if metadata.is_dir() { of_folder(path) } else { of_file(path) }
    }

    /// The word for it, as the command line spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Archive => "archive",
            Self::Rasa => "rasa",
            Self::Csv => "csv",
        }
    }
}

fn of_folder(path: &Path) -> Result<Format, Error> {
    let has = |name: &str| path.join(name).exists();
    if has("settings.yaml") {
        return Ok(Format::Folder);
    }
    // Rasa keeps its tests in `tests` too: what only Rasa has is asked first.
    if ["domain.yml", "domain.yaml", "domain", "data"].into_iter().any(has) {
        return Ok(Format::Rasa);
    }
    if has("nlp.yaml") || FOLDERS.into_iter().any(has) {
        return Ok(Format::Folder);
    }
    Err(Error::NotABot {
        path: path.to_owned(),
        reason: "it has neither `settings.yaml`, `flows`, `intents` (a bot's folder) nor `domain.yml`, `data` \
                 (a Rasa project); name the folder that has"
            .to_owned(),
    })
}

fn of_file(path: &Path) -> Result<Format, Error> {
    let mut magic = Vec::new();
    let file = File::open(path).map_err(Error::io("read", path))?;
    file.take(4).read_to_end(&mut magic).map_err(Error::io("read", path))?;
    if magic.starts_with(b"PK") {
        return Ok(Format::Archive);
    }
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase();
    if matches!(extension.as_str(), "csv" | "tsv") {
        return Ok(Format::Csv);
    }
    Err(Error::NotABot {
        path: path.to_owned(),
        reason: "a file is read when it is an archive (a zip) or a table whose name ends in `.csv` or `.tsv`; \
                 else name a folder"
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_forms_apart() {
        let cases: [(&[&str], &str); 7] = [
            (&["settings.yaml", "data/x"], "Ok(Folder)"),
            (&["flows/a.yaml"], "Ok(Folder)"),
            (&["domain.yml", "tests/test_stories.yml"], "Ok(Rasa)"),
            (&["data/nlu.yml", "config.yml"], "Ok(Rasa)"),
            (&["domain/a.yml"], "Ok(Rasa)"),
            (&["README.md"], "Err"),
            (&[], "Err"),
        ];
        for (files, expected) in cases {
            let folder = tempfile::tempdir().unwrap();
            for file in files {
                let path = folder.path().join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "").unwrap();
            }
            assert!(format!("{:?}", Format::detect(folder.path())).starts_with(expected), "{files:?}");
        }
    }

    #[test]
    fn an_archive_is_told_by_its_bytes_and_a_table_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let detect = |name: &str, content: &[u8]| {
            fs::write(folder.path().join(name), content).unwrap();
            Format::detect(&folder.path().join(name))
        };
        assert_eq!(detect("bot", b"PK\x03\x04...").unwrap(), Format::Archive);
        assert_eq!(detect("a.CSV", b"intent,text").unwrap(), Format::Csv);
        assert!(detect("a.txt", b"intent,text").unwrap_err().to_string().contains("is not a bot"));
        assert!(matches!(Format::detect(&folder.path().join("none")), Err(Error::Io { .. })));
    }
}
