//! `diff`: compares two states of a bot, part by part.

use clap::Args;
use greenroom_lifecycle::Reference;
use greenroom_model::BotId;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::findings::counted;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `diff`.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The bot
    bot: BotId,

    /// The one side: draft, live or another environment, or a version's number
    before: Reference,

    /// The other side
    after: Reference,
}

impl Diff {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let diff = access.bot(&self.bot).await?.diff(&self.before, &self.after).await?;
        let document = json!({
            "bot": self.bot,
            "before": self.before.to_string(),
            "after": self.after.to_string(),
            "parts": diff.parts,
        });
        output.give(&document, |output| {
            for part in &diff.parts {
                output.line(part.to_string().trim_end())?;
            }
            let differ = if diff.parts.len() == 1 { "differs" } else { "differ" };
            output.line(format_args!("{} {differ}", counted(diff.parts.len(), "part")))
        })?;
        Ok(Exit::Done)
    }
}
