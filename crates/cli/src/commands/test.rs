//! `test`: runs the bot's conversation tests on what a publish would carry out.

use clap::Args;
use greenroom_model::BotId;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::CandidateOptions;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `test`.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// The bot
    bot: BotId,

    #[command(flatten)]
    candidate: CandidateOptions,
}

impl Test {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let report = bot.test(&self.candidate.request("", None)).await?;
        let document = json!({
            "bot": self.bot,
            "passed": report.passed,
            "failed": report.failed,
            "outcomes": report.outcomes,
        });
        output.give(&document, |output| {
            for (test, outcome) in &report.outcomes {
                output.line(format_args!("{} {test}", if outcome.passed() { "ok  " } else { "FAIL" }))?;
                for mismatch in &outcome.mismatches {
                    let (turn, what) = (mismatch.turn, &mismatch.what);
                    output.line(format_args!("     turn {turn}, {what}: expected {}", mismatch.expected))?;
                    output.line(format_args!("     turn {turn}, {what}: found    {}", mismatch.found))?;
                }
            }
            output.line(format_args!("{} passed, {} failed", report.passed, report.failed))
        })?;
        Ok(Exit::refused_unless(report.failed == 0))
    }
}
