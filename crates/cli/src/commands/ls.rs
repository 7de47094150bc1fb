//! `ls`: lists parts.

use clap::Args;
use greenroom_model::BotId;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::StateOptions;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `ls`.
#[derive(Debug, Args)]
pub(crate) struct Ls {
    /// The bot
    bot: BotId,

    /// Only parts at or below this path, such as `nlp/intents`
    prefix: Option<String>,

    #[command(flatten)]
    state: StateOptions,
}

impl Ls {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let content = self.state.content(&bot).await?;
        let mut parts = bot.documents(&content).await?;
        if let Some(prefix) = &self.prefix {
            let prefix = prefix.trim_end_matches('/');
            let below = format!("{prefix}/");
            parts.retain(|(path, ..)| {
                let path = path.to_string();
                path == prefix || path.starts_with(&below)
            });
        }
        let listed: Vec<_> = parts
            .iter()
            .map(|(path, digest, document)| json!({ "path": path, "name": document.name(), "digest": digest }))
            .collect();
        output.give(&json!({ "bot": self.bot, "parts": listed }), |output| {
            let rows = parts.iter().map(|(path, digest, document)| {
                [path.to_string(), document.name().unwrap_or_default().to_owned(), digest.short()]
            });
            output.table(["part", "name", "digest"], rows.collect())
        })?;
        Ok(Exit::Done)
    }
}
