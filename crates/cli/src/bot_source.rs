//! Reading a bot from disk, whatever form it has there.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use clap::ValueEnum;
use greenroom_format::{
    Bundle, Format, Imported, LossReport, MAX_TOTAL_BYTES, RasaOptions, read_archive, read_csv, read_folder, read_rasa,
};
use greenroom_model::document::Settings;
use greenroom_model::{BotId, Document, Language, PartPath};

use crate::failure::Failure;

/// The language of examples that say none.
const ENGLISH: &str = "en";

/// The form of what is read, as the command line spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatOption {
    /// Whichever it is
    Auto,
    /// A folder of YAML files, as `export` and `pull` write it
    Folder,
    /// One file, as `export` writes it
    Archive,
    /// A Rasa 3 project
    Rasa,
    /// A table with the columns `intent` and `text`
    Csv,
}

/// A bot as it was read.
pub(crate) struct BotSource {
    /// The form that it had.
    pub(crate) format: Format,
    /// The bot.
    pub(crate) bundle: Bundle,
    /// What did not carry over.
    pub(crate) losses: LossReport,
}

/// Reads a bot.
pub(crate) fn read(path: &Path, format: FormatOption, language: Option<&Language>) -> Result<BotSource, Failure> {
    let format = match format {
        FormatOption::Auto => Format::detect(path)?,
        FormatOption::Folder => Format::Folder,
        FormatOption::Archive => Format::Archive,
        FormatOption::Rasa => Format::Rasa,
        FormatOption::Csv => Format::Csv,
    };
    let whole = |bundle| Imported { bundle, losses: LossReport::default() };
    let Imported { bundle, losses } = match format {
        Format::Folder => whole(read_folder(path)?),
        Format::Archive => whole(read_archive(open(path)?)?),
        Format::Rasa => read_rasa(path, &RasaOptions { language: language.cloned() })?,
        Format::Csv => read_table(path, &language_or_english(language)?)?,
        other => {
            return Err(Failure::failed(format!("`{}` is a {}, which cannot be read", path.display(), other.as_str())));
        }
    };
    Ok(BotSource { format, bundle, losses })
}

impl BotSource {
    /// The settings of a bot that is made of it.
    pub(crate) fn settings(&self, id: &BotId, language: Option<&Language>) -> Result<Settings, Failure> {
        match self.bundle.parts.get(&PartPath::Settings) {
            Some(Document::Settings(settings)) => Ok(settings.clone()),
            _ => Ok(Settings::new(id.as_str(), language_or_english(language)?)),
        }
    }
}

/// The language that an option names, or English.
pub(crate) fn language_or_english(language: Option<&Language>) -> Result<Language, Failure> {
    Ok(language.cloned().map_or_else(|| ENGLISH.parse(), Ok)?)
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| Failure::file("read", path, &error))
}

fn read_table(path: &Path, language: &Language) -> Result<Imported, Failure> {
    let mut bytes = Vec::new();
    let read = open(path)?.take(MAX_TOTAL_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::file("read", path, &error))?;
    if bytes.len() as u64 > MAX_TOTAL_BYTES {
        let place = path.display();
        return Err(Failure::failed(format!("`{place}` is larger than {MAX_TOTAL_BYTES} bytes; split it")));
    }
    let mut imported = read_csv(&bytes, language)?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    for loss in &mut imported.losses.losses {
        loss.file.clone_from(&name);
    }
    Ok(imported)
}
