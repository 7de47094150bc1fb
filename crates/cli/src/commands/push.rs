//! `push`: sends back what was edited in a folder that `pull` made. Each part is
//! compared and swapped: what others changed meanwhile is a conflict, never lost.

use std::path::PathBuf;

use clap::Args;
use greenroom_format::read_folder;
use greenroom_lifecycle::{Bot, Error, ExpectedPart, PartEdit};
use greenroom_model::BotId;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::findings::counted;
use crate::folder_state::{Digests, FolderState, differences, digests};
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `push`.
#[derive(Debug, Args)]
pub(crate) struct Push {
    /// The bot
    bot: BotId,

    /// The folder
    folder: PathBuf,

    /// Overwrite what others changed meanwhile in the parts that were edited here
    #[arg(long)]
    force: bool,
}

impl Push {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let state = self.state()?;
        let bundle = read_folder(&self.folder)?;
        let here = digests(&bundle)?;
        let draft = draft_digests(&bot).await?;
        let edits: Vec<PartEdit> = differences(&state.parts, &here)
            .into_iter()
            // What the draft has already is no edit: a push that was cut short after it sent, or a twin's.
            .filter(|(path, _, here)| *here != draft.get(path).copied())
            .map(|(path, before, _)| {
                let document = bundle.parts.get(&path).cloned();
                let expected = match before {
                    _ if self.force => ExpectedPart::Any,
                    Some(digest) => ExpectedPart::Digest(digest),
                    None => ExpectedPart::Absent,
                };
                PartEdit { path, expected, document }
            })
            .collect();
        let edited = bot.edit(&edits).await.map_err(|error| self.explained(error))?;
        FolderState::new(self.bot.clone(), here).write(&self.folder)?;
        let changed: Vec<_> =
            edited.changed.iter().map(|(path, digest)| json!({ "path": path, "digest": digest })).collect();
        let document =
            json!({ "bot": self.bot, "folder": self.folder, "changed": changed, "draft": edited.content.tree });
        output.give(&document, |output| {
            for (path, digest) in &edited.changed {
                output.line(format_args!("{} {path}", if digest.is_some() { "wrote  " } else { "deleted" }))?;
            }
            output.line(format_args!("pushed {} to the draft of `{}`", counted(changed.len(), "part"), self.bot))
        })?;
        Ok(Exit::Done)
    }

    /// What the folder remembers of the last pull or push.
    fn state(&self) -> Result<FolderState, Failure> {
        let (bot, place) = (&self.bot, self.folder.display());
        match FolderState::read(&self.folder)? {
            Some(state) if state.bot == self.bot => Ok(state),
            Some(state) => Err(Failure::conflict(format!(
                "`{place}` was pulled from the bot `{}`; `greenroom import {place} --bot {bot}` takes it into another bot",
                state.bot
            ))),
            None => Err(Failure::not_found(format!(
                "nothing was pulled into `{place}`, so there is nothing to compare with; `greenroom pull {bot} DIR` \
                 first, or `greenroom import {place} --bot {bot}`"
            ))),
        }
    }

    fn explained(&self, error: Error) -> Failure {
        match error {
            Error::PartConflict(conflicts) => {
                let advice = format!(
                    "`greenroom get {bot} PATH` shows what the draft has; then mend the parts, and \
                     `greenroom push {bot} {place} --force` overwrites these, or `greenroom pull {bot} {place} --force` \
                     takes the draft's",
                    bot = self.bot,
                    place = self.folder.display()
                );
                Failure::PartConflict(conflicts, advice)
            }
            error => error.into(),
        }
    }
}

async fn draft_digests(bot: &Bot) -> Result<Digests, Failure> {
    Ok(bot.parts(&bot.draft().await?).await?.into_iter().collect())
}
