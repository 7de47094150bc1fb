//! `publish`: plans, shows the findings, and carries the plan out unless they forbid it.

use clap::Args;
use greenroom_lifecycle::{Bot, IdempotencyKey, PlanRequest, Published};
use greenroom_model::{BotId, Scope};
use greenroom_publish::{Decision, Plan};
use serde_json::json;

use super::rollback::tell_broken_log;
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

    /// Take as release notes what the difference says: what is added, changed and removed, by name
    #[arg(long, conflicts_with = "notes")]
    proposed_notes: bool,

    /// A name for this publish: repeated under it, the command does nothing but tell what it did
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<IdempotencyKey>,
}

impl Publish {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let request = self.judging.request(&self.notes)?;
        carry_out(&bot, &request, self.proposed_notes, self.idempotency_key.as_ref(), output).await
    }
}

/// Plans a request, shows the findings, and carries the plan out unless they forbid it; under a key once, and with
/// the release notes that the difference gives where they are `proposed`.
pub(super) async fn carry_out(
    bot: &Bot,
    request: &PlanRequest,
    proposed: bool,
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
        // What the difference said then, it may say no more.
        let is_of_notes = proposed || plan.notes() == request.notes;
        if !is_of_scope || !is_of_notes || *plan.environment() != request.environment {
            return Err(kept.reused().into());
        }
        let published = Published { replayed: true, ..kept.published };
        return tell(bot, &plan, &published, output);
    }
    let mut plan = bot.plan(request).await?;
    if proposed {
        let request = PlanRequest { notes: plan.proposed_notes(), ..request.clone() };
        plan = bot.plan(&request).await?;
    }
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
        "replayed": published.replayed,
        "plan": plan.digest(),
        "findings": plan.findings(),
    });
    if let Some(fault) = &published.log_fault {
        tell_broken_log(output, bot.id(), fault);
    }
    output.give(&document, |output| {
        let Published { number, environment, replayed, version, .. } = published;
        if *replayed {
            let text = format!("published version {number} of `{}` to `{environment}`", bot.id());
            return output.line(format_args!("{text} before, under this key; nothing was done now"));
        }
        if !plan.findings().is_empty() {
            findings::print(output, plan.findings())?;
        }
        match plan.scope() {
            Scope::Rollback(_) if plan.live() == Some(*version) => {
                output.line(format_args!("`{environment}` runs version {number} already; nothing was changed"))?;
            }
            Scope::Rollback(_) => output.line(format_args!("`{environment}` runs version {number} now"))?,
            _ => {
                output.line(format_args!("published version {number} of `{}` to `{environment}`", bot.id()))?;
            }
        }
        if published.draft_moved {
            output.line("the draft was edited meanwhile; what was planned is what went out")?;
        }
        Ok(())
    })?;
    Ok(Exit::Done)
}
