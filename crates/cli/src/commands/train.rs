//! `train`: trains the languages whose model is missing or stale.

use std::time::Instant;

use clap::Args;
use greenroom_lifecycle::TrainingRequest;
use greenroom_model::{BotId, Language};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::findings::counted;
use crate::interruption::Interruption;
use crate::output::Output;
use crate::store_access::StoreAccess;
use crate::training_display::TrainingDisplay;

/// The arguments of `train`.
#[derive(Debug, Args)]
pub(crate) struct Train {
    /// The bot
    bot: BotId,

    /// Only this language; may be given several times
    #[arg(long)]
    language: Vec<Language>,

    /// Train anew where a model of the same data exists already
    #[arg(long)]
    retrain: bool,
}

impl Train {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let request = TrainingRequest { languages: self.language.into_iter().collect(), retrain: self.retrain };
        let interruption = Interruption::watch();
        let mut display = TrainingDisplay::new(output);
        let begun = Instant::now();
        let trained = bot
            .train(&request, &mut |progress| {
                display.update(progress.language.as_str(), &progress.progress);
                interruption.flow()
            })
            .await?;
        let seconds = begun.elapsed().as_secs_f64();
        drop(display);
        output.give(&json!({ "bot": self.bot, "trained": trained, "seconds": seconds }), |output| {
            if trained.is_empty() {
                return output.line("there is nothing to train: no language has examples");
            }
            for done in &trained {
                let word = if done.fresh { "trained" } else { "has its model already" };
                let (intents, examples) =
                    (counted(done.labels as usize, "intent"), counted(done.examples as usize, "example"));
                output.line(format_args!("{}: {word} ({intents}, {examples})", done.language))?;
            }
            output.line(format_args!("{seconds:.1} s"))
        })?;
        Ok(Exit::Done)
    }
}
