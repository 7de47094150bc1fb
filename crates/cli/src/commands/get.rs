//! `get`: prints one part.

use clap::Args;
use greenroom_model::{BotId, PartPath};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::StateOptions;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `get`.
#[derive(Debug, Args)]
pub(crate) struct Get {
    /// The bot
    bot: BotId,

    /// The part, such as `flows/order`
    path: PartPath,

    #[command(flatten)]
    state: StateOptions,
}

impl Get {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let content = self.state.content(&bot).await?;
        let (digest, document) = bot.get(&content, &self.path).await?;
        let value = document.to_value(&self.path)?;
        let document = json!({ "bot": self.bot, "path": self.path, "digest": digest, "document": value });
        // The document alone, so that `set` takes what `get` gave.
        output.give(&document, |output| output.document(&value))?;
        Ok(Exit::Done)
    }
}
