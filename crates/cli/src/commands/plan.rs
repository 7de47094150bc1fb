//! `plan`: says what publishing would do, and does nothing.

use clap::Args;
use greenroom_model::BotId;
use greenroom_publish::Decision;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::JudgingOptions;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `plan`.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// The bot
    bot: BotId,

    #[command(flatten)]
    judging: JudgingOptions,

    /// The release notes that the publish would have
    #[arg(long, default_value = "")]
    notes: String,
}

impl Plan {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let plan = bot.plan(&self.judging.request(&self.notes)?).await?;
        let proposed = plan.proposed_notes();
        let document = json!({ "digest": plan.digest(), "plan": plan, "proposed_notes": proposed });
        output.give(&document, |output| {
            output.line(plan.to_string().trim_end())?;
            if !plan.notes().trim().is_empty() || proposed.is_empty() {
                return Ok(());
            }
            output.line("\nrelease notes that the difference gives, taken by `publish --proposed-notes`:")?;
            proposed.lines().try_for_each(|line| output.line(format_args!("    {line}")))
        })?;
        Ok(Exit::refused_unless(plan.decision() == Decision::Allow))
    }
}
