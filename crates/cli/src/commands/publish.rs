//! `publish`: plans, shows the findings, and carries the plan out unless they forbid it.

use clap::Args;
use greenroom_lifecycle::{Bot, PlanRequest};
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
        let request = self.judging.request(&self.notes)?;
        carry_out(&bot, &request, output).await
    }
}

/// Plans a request, shows the findings, and carries the plan out unless they forbid it.
pub(super) async fn carry_out(bot: &Bot, request: &PlanRequest, output: &Output) -> Result<Exit, Failure> {
    let plan = bot.plan(request).await?;
    if plan.decision() == Decision::Deny {
        return Err(Failure::Refused(plan.findings().to_vec()));
    }
    let published = bot.publish(&plan).await?;
    let document = json!({
        "bot": bot.id(),
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
            published.number,
            bot.id(),
            published.environment
        ))?;
        if published.draft_moved {
            output.line("the draft was edited meanwhile; what was planned is what went out")?;
        }
        Ok(())
    })?;
    Ok(Exit::Done)
}
