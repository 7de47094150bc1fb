//! `export`: writes a bot as a folder or an archive.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use greenroom_format::{Bundle, write_archive, write_folder};
use greenroom_model::BotId;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::findings::counted;
use crate::options::StateOptions;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The bot
    bot: BotId,

    /// The folder or file to write
    out: PathBuf,

    /// The form [default: archive where OUT ends in `.zip`, else folder]
    #[arg(long, value_enum)]
    format: Option<ExportFormat>,

    #[command(flatten)]
    state: StateOptions,
}

/// The forms that a bot is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    /// A folder of YAML files
    Folder,
    /// One file
    Archive,
}

impl Export {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let content = self.state.content(&bot).await?;
        let documents = bot.documents(&content).await?;
        let bundle = Bundle { parts: documents.into_iter().map(|(path, _, document)| (path, document)).collect() };
        let is_zip = self.out.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
        let format = self.format.unwrap_or(if is_zip { ExportFormat::Archive } else { ExportFormat::Folder });
        let word = match format {
            ExportFormat::Folder => {
                write_folder(&self.out, &bundle)?;
                "folder"
            }
            ExportFormat::Archive => {
                write_archive_file(&self.out, &bundle)?;
                "archive"
            }
        };
        let parts = bundle.parts.len();
        let state = self.state.state.to_string();
        let document = json!({ "bot": bot.id(), "state": state, "format": word, "path": self.out, "parts": parts, "tree": content.tree });
        output.give(&document, |output| {
            let place = self.out.display();
            output.line(format_args!(
                "wrote {state} of `{}` as the {word} `{place}`: {}",
                bot.id(),
                counted(parts, "part")
            ))
        })?;
        Ok(Exit::Done)
    }
}

/// Writes an archive, all or nothing.
fn write_archive_file(path: &Path, bundle: &Bundle) -> Result<(), Failure> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let failed = |error: std::io::Error| Failure::file("write", path, &error);
    let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    write_archive(&mut temporary, bundle)?;
    temporary.flush().map_err(failed)?;
    temporary.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
