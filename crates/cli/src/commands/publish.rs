//! `publish`: plans, shows the findings, and carries the plan out unless they forbid it.

use clap::Args;
use greenroom_lifecycle::{Bot, IdempotencyKey, PlanRequest, Published};
use greenroom_model::BotId;
use greenroom_publish::{Decision, Plan};
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

    /// A name for this publish: repeated under it, the command does nothing but tell what it did
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<IdempotencyKey>,
}

impl Publish {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let request = self.judging.request(&self.notes)?;
        carry_out(&bot, &request, self.idempotency_key.as_ref(), output).await
    }
}

/// Plans a request, shows the findings, and carries the plan out unless they forbid it; under a key once.
pub(super) async fn carry_out(
    bot: &Bot,
    request: &PlanRequest,
    key: Option<&IdempotencyKey>,
    output: &Output,
) -> Result<Exit, Failure> {
    let kept = match key {
        Some(key) => bot.kept_publish(key).await?,
        None => None,
    };
    if let Some(kept) = kept {
        // The draft may have moved on, and what was published is no news to live: so nothing is planned anew.
        let plan = bot.plan_of(&kept).await?;
        let is_of_scope = request.with_needed || *plan.scope() == request.scope;
        if !is_of_scope || (plan.environment(), plan.notes()) != (&request.environment, request.notes.as_str()) {
            return Err(kept.reused().into());
        }
        return tell(bot, &plan, &kept.published, output);
    }
    let plan = bot.plan(request).await?;
    if plan.decision() == Decision::Deny {
        return Err(Failure::Refused(plan.findings().to_vec()));
    }
    let published = match key {
        Some(key) => bot.publish_once(&plan, key).await?,
        None => bot.publish(&plan).await?,
    };
    tell(bot, &plan, &published, output)
}

fn tell(bot: &Bot, plan: &Plan, published: &Published, output: &Output) -> Result<Exit, Failure> {
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
