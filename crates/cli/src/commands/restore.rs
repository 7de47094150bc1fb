//! `restore`: makes the draft what a version was.

use clap::Args;
use greenroom_model::BotId;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::version_number;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `restore`.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The bot
    bot: BotId,

    /// The version's number
    #[arg(value_parser = version_number)]
    version: u64,
}

impl Restore {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let restored = access.bot(&self.bot).await?.restore(self.version).await?;
        let document = json!({
            "bot": self.bot,
            "version": self.version,
            "saved": restored.saved,
            "draft": restored.content.tree,
        });
        output.give(&document, |output| {
            output.line(format_args!("the draft of `{}` is version {} again", self.bot, self.version))?;
            output.line(format_args!("what it was is kept as version {}", restored.saved))
        })?;
        Ok(Exit::Done)
    }
}
