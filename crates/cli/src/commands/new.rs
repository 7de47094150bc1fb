//! `new`: makes a bot with nothing in it.

use clap::Args;
use greenroom_model::document::Settings;
use greenroom_model::{BotId, Language};
use serde_json::json;

use crate::bot_source::language_or_english;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `new`.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// The bot's id: a-z, 0-9, `_`, `-`
    bot: BotId,

    /// The name that people see [default: the id]
    #[arg(long)]
    name: Option<String>,

    /// The language that it speaks by default [default: en]
    #[arg(long)]
    language: Option<Language>,
}

impl New {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let name = self.name.unwrap_or_else(|| self.bot.to_string());
        let settings = Settings::new(name, language_or_english(self.language.as_ref())?);
        let bot = access.lifecycle_or_new().await?.create(&self.bot, settings.clone()).await?;
        let draft = bot.draft().await?.tree;
        let document =
            json!({ "bot": bot.id(), "name": settings.name, "language": settings.default_language, "draft": draft });
        output.give(&document, |output| {
            output.line(format_args!("made the bot `{}` in `{}`", bot.id(), access.path().display()))?;
            output.line(format_args!("next: `greenroom import PATH --bot {0}`, or `greenroom pull {0} DIR`", bot.id()))
        })?;
        Ok(Exit::Done)
    }
}
