//! `publish`: plans, shows the findings, and carries the plan out unless they forbid it.

use clap::Args;
use greenroom_model::BotId;
use greenroom_publish::Decision;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::findings;
use crate::options::JudgingOptions;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `publish`.
#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// The bot
    bot: BotId,

    #[command(flatten)]
    judging: JudgingOptions,

    /// The release notes: what changes for those who talk to the bot
    #[arg(long, default_value = "")]
    notes: String,
}

impl Publish {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let plan = bot.plan(&self.judging.request(&self.notes)?).await?;
        if plan.decision() == Decision::Deny {
            return Err(Failure::Refused(plan.findings().to_vec()));
        }
        let published = bot.publish(&plan).await?;
        let document = json!({
            "bot": self.bot,
            "environment": published.environment,
            "version": published.version,
            "number": published.number,
            "draft_moved": published.draft_moved,
            "plan": plan.digest(),
            "findings": plan.findings(),
        });
        output.give(&document, |output| {
            if !plan.findings().is_empty() {
                findings::print(output, plan.findings())?;
            }
            output.line(format_args!(
                "published version {} of `{}` to `{}`",
                published.number, self.bot, published.environment
            ))?;
            if published.draft_moved {
                output.line("the draft was edited meanwhile; what was planned is what went out")?;
            }
            Ok(())
        })?;
        Ok(Exit::Done)
    }
}
