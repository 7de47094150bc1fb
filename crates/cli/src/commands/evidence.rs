//! `evidence`: finds out what a publish would do, so that the plan can tell.

use clap::Args;
use greenroom_lifecycle::EvidenceOptions;
use greenroom_model::BotId;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::interruption::Interruption;
use crate::options::CandidateOptions;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `evidence`.
#[derive(Debug, Args)]
pub(crate) struct Evidence {
    /// The bot
    bot: BotId,

    #[command(flatten)]
    candidate: CandidateOptions,

    /// How many of the latest conversations are played with what is live and with what would be
    #[arg(long, value_name = "NUMBER", default_value_t = EvidenceOptions::default().conversations)]
    conversations: usize,

    /// Into how many parts examples are dealt to judge them; 0: not at all, which is faster
    #[arg(long, value_name = "NUMBER", default_value_t = EvidenceOptions::default().folds)]
    folds: usize,
}

impl Evidence {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let options = EvidenceOptions { conversations: self.conversations, folds: self.folds };
        let request = self.candidate.request("", None)?;
        let interruption = Interruption::watch();
        let effect = bot.gather_evidence(&request, &options, &mut |_| interruption.flow()).await?;
        output.give(&effect, |output| {
            output.line(format_args!("tests: {} passed, {} failed", effect.passed, effect.failed))?;
            if let Some(tests) = &effect.tests_against_live {
                output.line(format_args!("tests that go another way than live: {}", tests.summary.parted))?;
            }
            if let Some(played) = &effect.conversations {
                output.line(format_args!(
                    "conversations: {} played, {} go another way than live",
                    played.summary.conversations, played.summary.parted
                ))?;
            }
            for behaviour in &effect.behaviour {
                output.line(format_args!(
                    "utterances in {}: {} asked, {} understood as another intent, {} no more, {} for the first time",
                    behaviour.language, behaviour.utterances, behaviour.other_intent, behaviour.lost, behaviour.gained
                ))?;
            }
            for scores in &effect.scores {
                output.line(format_args!(
                    "scores in {}: accuracy {:.1} %, macro-F1 {:.1} %",
                    scores.language,
                    scores.accuracy * 100.0,
                    scores.macro_f1 * 100.0
                ))?;
            }
            Ok(())
        })?;
        Ok(Exit::Done)
    }
}
