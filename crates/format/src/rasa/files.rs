//! Which files of a Rasa project are read, and as what.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::report::{Place, Report};
use super::yaml::{Yaml, parse};
use crate::Error;
use crate::yaml::{MAX_FILE_BYTES, decode};

/// What a file is for, by where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// `domain.yml`, `domain/…`, `data/…`: what the bot is.
    Bot,
    /// `tests/…`: conversation tests.
    Tests,
    /// `config.yml`: language, pipeline, policies.
    Config,
    /// `endpoints.yml`, `credentials.yml`: where it runs, and secrets.
    Deployment,
}

/// A file of the project, parsed.
#[derive(Debug)]
pub(super) struct SourceFile {
    /// Relative to the project, with `/` between folders.
    pub(super) name: Arc<str>,
    pub(super) role: Role,
    pub(super) yaml: Yaml,
}

/// More files than any bot has.
const MAX_FILES: usize = 10_000;

/// All files together, in bytes.
const MAX_TOTAL_BYTES: u64 = 256 << 20;

/// Deeper folders are not entered.
const MAX_DEPTH: usize = 16;

/// Reads a project's files in the order of their names, the domain first.
///
/// # Errors
/// [`Error::NotABot`] when there is neither a domain nor data; [`Error::Io`],
/// [`Error::TooLarge`] and [`Error::Content`] name the file.
pub(super) fn read(project: &Path, report: &mut Report) -> Result<Vec<SourceFile>, Error> {
    let mut reader = Reader { project, report, files: Vec::new(), bytes: 0 };
    fs::read_dir(project).map_err(Error::io("read", project))?;
    for stem in ["domain", "data"] {
        reader.read_folder(stem, Role::Bot, 0)?;
        reader.read_yaml(stem, Role::Bot)?;
    }
    if reader.files.is_empty() {
        return Err(Error::NotABot {
            path: project.to_owned(),
            reason: "a Rasa project has a `domain.yml` or YAML files in `domain/` or `data/`; name the folder that \
                     holds them"
                .to_owned(),
        });
    }
    reader.read_folder("tests", Role::Tests, 0)?;
    reader.read_yaml("config", Role::Config)?;
    for stem in ["credentials", "endpoints"] {
        reader.read_yaml(stem, Role::Deployment)?;
    }
    Ok(reader.files)
}

struct Reader<'a> {
    project: &'a Path,
    report: &'a mut Report,
    files: Vec<SourceFile>,
    bytes: u64,
}

impl Reader<'_> {
    /// Reads `STEM.yml` or `STEM.yaml` where one of them exists.
    fn read_yaml(&mut self, stem: &str, role: Role) -> Result<(), Error> {
        for ending in ["yml", "yaml"] {
            let name = format!("{stem}.{ending}");
            if self.project.join(&name).is_file() {
                self.read_file(&name, role)?;
            }
        }
        Ok(())
    }

    fn read_folder(&mut self, folder: &str, role: Role, depth: usize) -> Result<(), Error> {
        let path = self.project.join(folder);
        if !path.is_dir() {
            return Ok(());
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(&path).map_err(Error::io("read", &path))? {
            let entry = entry.map_err(Error::io("read", &path))?;
            let kind = entry.file_type().map_err(Error::io("read", entry.path()))?;
            names.push((entry.file_name().to_string_lossy().into_owned(), kind));
        }
        names.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, kind) in names {
            let inside = format!("{folder}/{name}");
            if name.starts_with('.') {
                continue;
            }
            if kind.is_symlink() {
                self.leave(&inside, "a symbolic link is not followed", "put the file itself there");
            } else if kind.is_dir() && depth < MAX_DEPTH {
                self.read_folder(&inside, role, depth + 1)?;
            } else if kind.is_dir() {
                self.leave(&inside, "the folder stands too deep to be read", "move it up");
            } else if name.ends_with(".yml") || name.ends_with(".yaml") {
                self.read_file(&inside, role)?;
            } else if role == Role::Bot {
                self.leave(
                    &inside,
                    "only `.yml` and `.yaml` files are read",
                    "convert it to Rasa 3 YAML where it holds data",
                );
            }
        }
        Ok(())
    }

    fn leave(&mut self, file: &str, reason: &str, advice: &str) {
        self.report.lose(&Place::file(file), "file", reason, advice);
    }

    fn read_file(&mut self, name: &str, role: Role) -> Result<(), Error> {
        let path = self.project.join(name);
        let size = fs::metadata(&path).map_err(Error::io("read", &path))?.len();
        self.bytes = self.bytes.saturating_add(size);
        if size > MAX_FILE_BYTES as u64 {
            return Err(Error::TooLarge {
                what: format!("`{name}` has {size} bytes"),
                limit: format!("{MAX_FILE_BYTES} bytes"),
                advice: "split it",
            });
        }
        if self.bytes > MAX_TOTAL_BYTES || self.files.len() >= MAX_FILES {
            return Err(Error::TooLarge {
                what: format!("the project has {} files with {} bytes up to `{name}`", self.files.len(), self.bytes),
                limit: format!("{MAX_FILES} files and {MAX_TOTAL_BYTES} bytes"),
                advice: "name the folder of the bot alone",
            });
        }
        let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
        let yaml = parse(name, decode(name, &bytes)?)?;
        self.files.push(SourceFile { name: name.into(), role, yaml });
        Ok(())
    }
}
