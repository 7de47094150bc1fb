//! `pull`: gets the draft as a folder to edit, and remembers each part as it was then.

use std::path::PathBuf;

use clap::Args;
use greenroom_format::{Bundle, Format, read_folder, write_folder};
use greenroom_model::{BotId, PartPath};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::findings::counted;
use crate::folder_state::{Digests, FolderState, differences, digests};
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `pull`.
#[derive(Debug, Args)]
pub(crate) struct Pull {
    /// The bot
    bot: BotId,

    /// The folder
    folder: PathBuf,

    /// Overwrite edits of the folder that were not pushed
    #[arg(long)]
    force: bool,
}

impl Pull {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let documents = bot.documents(&bot.draft().await?).await?;
        let draft: Digests = documents.iter().map(|(path, digest, _)| (path.clone(), *digest)).collect();
        let bundle = Bundle { parts: documents.into_iter().map(|(path, _, document)| (path, document)).collect() };
        let before = self.standing(&draft)?;
        write_folder(&self.folder, &bundle)?;
        FolderState::new(self.bot.clone(), draft.clone()).write(&self.folder)?;
        let changed: Vec<PartPath> = differences(&before, &draft).into_iter().map(|(path, ..)| path).collect();
        let document = json!({ "bot": self.bot, "folder": self.folder, "parts": draft.len(), "changed": changed });
        output.give(&document, |output| {
            let place = self.folder.display();
            output.line(format_args!(
                "pulled the draft of `{}` into `{place}`: {}, {} changed here",
                self.bot,
                counted(draft.len(), "part"),
                changed.len()
            ))
        })?;
        Ok(Exit::Done)
    }

    /// What the folder has now; refused where a pull would overwrite what was not pushed.
    fn standing(&self, draft: &Digests) -> Result<Digests, Failure> {
        let state = FolderState::read(&self.folder)?;
        let place = self.folder.display();
        let other = state.as_ref().filter(|state| state.bot != self.bot).map(|state| &state.bot);
        if let (Some(other), false) = (other, self.force) {
            return Err(Failure::conflict(format!(
                "`{place}` is a folder of the bot `{other}`; pull into another one, or `--force` to overwrite it"
            )));
        }
        let is_ours =
            self.folder.exists() && (state.is_some() || matches!(Format::detect(&self.folder), Ok(Format::Folder)));
        if !is_ours {
            return Ok(Digests::new());
        }
        let standing = match read_folder(&self.folder) {
            Ok(bundle) => digests(&bundle)?,
            Err(error) => {
                return Err(Failure::conflict(format!(
                    "`{place}` cannot be read, so a pull might overwrite edits: {error}; mend or delete that file"
                )));
            }
        };
        let known = state.map(|state| state.parts).unwrap_or_default();
        let edited: Vec<String> = differences(&known, &standing)
            .into_iter()
            .filter(|(path, _, here)| *here != draft.get(path).copied())
            .map(|(path, ..)| format!("\n  {path}"))
            .collect();
        if edited.is_empty() || self.force {
            return Ok(standing);
        }
        Err(Failure::conflict(format!(
            "`{place}` has edits that were not pushed:{}\n`greenroom push {} {place}` sends them, `--force` overwrites them",
            edited.concat(),
            self.bot
        )))
    }
}
