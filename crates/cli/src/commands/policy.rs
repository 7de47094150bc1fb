//! `policy`: shows or sets the publishing policy.

use std::path::PathBuf;

use clap::Args;
use greenroom_model::BotId;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::input_file;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `policy`.
#[derive(Debug, Args)]
pub(crate) struct Policy {
    /// The bot
    bot: BotId,

    /// The new policy, YAML or JSON; `-` is stdin. Without it the policy is shown
    file: Option<PathBuf>,
}

impl Policy {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let policy = match &self.file {
            Some(file) => {
                let policy = input_file::read_policy(file)?;
                bot.set_policy(&policy).await?;
                policy
            }
            None => bot.policy().await?,
        };
        let document = json!({ "bot": self.bot, "policy": policy, "digest": policy.digest() });
        output.give(&document, |output| {
            if self.file.is_some() {
                output.line(format_args!("set the policy of `{}`", self.bot))
            } else {
                output.document(&policy)
            }
        })?;
        Ok(Exit::Done)
    }
}
