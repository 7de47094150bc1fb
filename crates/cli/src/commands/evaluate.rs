//! `evaluate`: measures how well intents are told apart, by cross-validation of a
//! bot's own examples or on two splits of a file.

use std::path::{Path, PathBuf};

use clap::Args;
use greenroom_model::{BotId, Language, PartPath};
use greenroom_nlp::{Evaluation, Example, TrainParams, held_out, train};
use serde_json::json;

use crate::evaluation_text;
use crate::examples_file::{LabelledText, read_splits};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interruption::Interruption;
use crate::output::Output;
use crate::store_access::StoreAccess;
use crate::training_display::TrainingDisplay;

/// The arguments of `evaluate`.
#[derive(Debug, Args)]
pub(crate) struct Evaluate {
    /// The bot whose draft is evaluated
    #[arg(required_unless_present = "data")]
    bot: Option<BotId>,

    /// Train so many times, each time on all but one part of the examples, and judge on that part
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u16).range(2..=100))]
    folds: u16,

    /// Only this language; may be given several times
    #[arg(long, requires = "bot")]
    language: Vec<Language>,

    /// A file instead of a bot: tab-separated, with the columns split, intent and text
    #[arg(long, value_name = "FILE", conflicts_with_all = ["bot", "folds"], requires = "train", requires = "test")]
    data: Option<PathBuf>,

    /// The split to train on
    #[arg(long, value_name = "SPLIT", requires = "data")]
    train: Option<String>,

    /// The split to judge on
    #[arg(long, value_name = "SPLIT", requires = "data")]
    test: Option<String>,
}

impl Evaluate {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let interruption = Interruption::watch();
        match (&self.bot, &self.data, &self.train, &self.test) {
            (Some(bot), ..) => self.cross_validation(bot, access, output, &interruption).await,
            (None, Some(data), Some(train), Some(test)) => of_file(data, train, test, output, &interruption),
            (None, ..) => Err(Failure::usage("name a bot, or a file with `--data`, `--train` and `--test`")),
        }
    }

    async fn cross_validation(
        &self,
        id: &BotId,
        access: &StoreAccess,
        output: &Output,
        interruption: &Interruption,
    ) -> Result<Exit, Failure> {
        let bot = access.bot(id).await?;
        let mut languages = self.language.clone();
        if languages.is_empty() {
            let parts = bot.parts(&bot.draft().await?).await?;
            languages.extend(parts.into_iter().filter_map(|(path, _)| match path {
                PartPath::Examples(language, _) => Some(language),
                _ => None,
            }));
            languages.dedup();
        }
        if languages.is_empty() {
            return Err(Failure::not_found(format!("the bot `{id}` has no examples; add some, then evaluate")));
        }
        let mut evaluations = Vec::new();
        for language in languages {
            let mut display = TrainingDisplay::new(output);
            let mut report = |progress| {
                display.update(language.as_str(), &progress);
                interruption.flow()
            };
            let evaluation = bot.evaluate(&language, usize::from(self.folds), &mut report).await?;
            evaluations.push((language, evaluation));
        }
        let documents: Vec<_> = evaluations
            .iter()
            .map(|(language, evaluation)| json!({ "language": language, "evaluation": evaluation }))
            .collect();
        output.give(&json!({ "bot": id, "folds": self.folds, "evaluations": documents }), |output| {
            for (language, evaluation) in &evaluations {
                output.line(format_args!("language {language}, {} folds", self.folds))?;
                evaluation_text::print(output, evaluation)?;
            }
            Ok(())
        })?;
        Ok(Exit::Done)
    }
}

/// Trains on one split of a file and judges on another.
fn of_file(
    data: &Path,
    train_split: &str,
    test_split: &str,
    output: &Output,
    interruption: &Interruption,
) -> Result<Exit, Failure> {
    let (trained, tested) = read_splits(data, train_split, test_split)?;
    let params = TrainParams::default().check()?;
    let mut display = TrainingDisplay::new(output);
    let begun = std::time::Instant::now();
    let model = train(&examples(&trained), &params, None, &mut |progress| {
        display.update(train_split, &progress);
        interruption.flow()
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    drop(display);
    let evaluation: Evaluation = held_out(&model, &examples(&tested))?;
    let document = json!({
        "data": data,
        "train": train_split,
        "test": test_split,
        "examples": trained.len(),
        "seconds": seconds,
        "evaluation": evaluation,
    });
    output.give(&document, |output| {
        let examples = trained.len();
        output.line(format_args!(
            "trained on {examples} texts of `{train_split}` in {seconds:.1} s, judged on `{test_split}`"
        ))?;
        evaluation_text::print(output, &evaluation)
    })?;
    Ok(Exit::Done)
}

fn examples(texts: &[LabelledText]) -> Vec<Example<'_>> {
    texts.iter().map(|own| Example { text: &own.text, label: &own.intent }).collect()
}
