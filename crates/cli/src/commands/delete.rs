//! `delete`: deletes one part of the draft.

use clap::Args;
use greenroom_lifecycle::{ExpectedPart, PartEdit};
use greenroom_model::{BotId, PartPath};
use serde_json::json;

use super::set::expected_part;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `delete`.
#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The bot
    bot: BotId,

    /// The part, such as `flows/order`
    path: PartPath,

    /// Only if the part has this digest (as `get --json` says)
    #[arg(long, value_name = "DIGEST", value_parser = expected_part)]
    expect: Option<ExpectedPart>,
}

impl Delete {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        if self.path == PartPath::Settings {
            let reason = "a bot without settings cannot answer; `greenroom set` writes others";
            return Err(Failure::failed(format!("`settings` cannot be deleted: {reason}")));
        }
        let bot = access.bot(&self.bot).await?;
        match self.expect {
            None => drop(bot.delete(&self.path).await?),
            Some(expected) => drop(bot.edit(&[PartEdit::delete(self.path.clone()).expecting(expected)]).await?),
        }
        let document = json!({ "bot": self.bot, "path": self.path });
        output.give(&document, |output| output.line(format_args!("deleted `{}` of `{}`", self.path, self.bot)))?;
        Ok(Exit::Done)
    }
}
