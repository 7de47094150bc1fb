//! `evaluate`: measures how well intents are told apart, by cross-validation of a bot's own
//! examples, on held-out texts, or on two splits of a file; says what to do about it.

use std::path::{Path, PathBuf};

use clap::Args;
use greenroom_bot::shipped_vectors;
use greenroom_lifecycle::EvaluationOptions;
use greenroom_model::document::NlpRuntime;
use greenroom_model::{BotId, Language, PartPath};
use greenroom_nlp::{
    Evaluated, EvaluationReport, EvaluationRequest, Example, FileOptions, JudgedTexts, Names, Prediction, Threshold,
    TrainParams, Utterance, Vectors, WrongAnswerCost, evaluate,
};
use serde_json::{Value, json};

use crate::evaluation_files;
use crate::evaluation_text;
use crate::examples_file::{LabelledText, read_splits};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interruption::Interruption;
use crate::output::Output;
use crate::store_access::StoreAccess;
use crate::training_display::TrainingDisplay;
use crate::utterances_file::{read_labelled, read_utterances};

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

    /// Judge on these texts instead: a table with the columns intent (id or name) and text
    #[arg(long, value_name = "FILE", requires = "bot", conflicts_with = "folds")]
    held_out: Option<PathBuf>,

    /// A file instead of a bot: tab-separated, with the columns split, intent and text
    #[arg(long, value_name = "FILE", conflicts_with_all = ["bot", "folds"], requires = "train", requires = "test")]
    data: Option<PathBuf>,

    /// The split to train on
    #[arg(long, value_name = "SPLIT", requires = "data")]
    train: Option<String>,

    /// The split to judge on
    #[arg(long, value_name = "SPLIT", requires = "data")]
    test: Option<String>,

    /// The language of the file's texts: it says which word vectors suit them
    #[arg(long, value_name = "LANGUAGE", default_value = "en", requires = "data")]
    data_language: Language,

    /// Write the reports, plots and advice into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Write what was recognised rightly too, as intent_successes.json
    #[arg(long, requires = "out")]
    successes: bool,

    /// How many refused answers a wrong one is as bad as, for the advice on the threshold
    #[arg(long, value_name = "COST", default_value = "3", value_parser = cost)]
    cost: WrongAnswerCost,

    /// Show accuracy by the number of examples too, which takes about three times as long
    #[arg(long)]
    learning_curve: bool,

    /// What people say that the bot has no intent for: one a line, or a table with the column text
    #[arg(long, value_name = "FILE")]
    out_of_scope: Option<PathBuf>,

    /// What people really say: one a line, or a table with the columns text and count
    #[arg(long, value_name = "FILE")]
    traffic: Option<PathBuf>,
}

/// What was found out of one language, or of a file.
struct Judged {
    report: EvaluationReport,
    predictions: Vec<Prediction>,
    names: Names,
    threshold: f64,
}

fn cost(text: &str) -> Result<WrongAnswerCost, String> {
    let value: f64 = text.parse().map_err(|_| "it must be a number".to_owned())?;
    WrongAnswerCost::new(value).map_err(|_| "it must be a number from 0.01 to 1000".to_owned())
}

impl Evaluate {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let interruption = Interruption::watch();
        match (&self.bot, &self.data, &self.train, &self.test) {
            (Some(bot), ..) => self.of_bot(bot, access, output, &interruption).await,
            (None, Some(data), Some(train), Some(test)) => self.of_file(data, train, test, output, &interruption),
            (None, ..) => Err(Failure::usage("name a bot, or a file with `--data`, `--train` and `--test`")),
        }
    }

    async fn of_bot(
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
        let held_out = self.held_out.as_deref().map(read_labelled).transpose()?.unwrap_or_default();
        let options = EvaluationOptions {
            folds: usize::from(self.folds),
            held_out: held_out.into_iter().map(|own| (own.text, own.intent)).collect(),
            learning_curve: self.learning_curve,
            out_of_scope: self.out_of_scope()?.into_iter().map(|utterance| utterance.text).collect(),
            traffic: self.traffic()?,
        };
        let mut evaluations: Vec<(Language, Judged)> = Vec::new();
        for language in languages {
            let mut display = TrainingDisplay::new(output);
            let mut report = |progress| {
                display.update(language.as_str(), &progress);
                interruption.flow()
            };
            let done = bot.evaluate(&language, &options, &mut report).await?;
            let (report, predictions) = (done.report, done.predictions);
            evaluations.push((language, Judged { report, predictions, names: done.names, threshold: done.threshold }));
        }
        for (language, judged) in &evaluations {
            // Rasa's users look for the files in the folder itself.
            let own = (evaluations.len() > 1).then_some(language.as_str());
            self.write(judged, own, output)?;
        }
        let documents: Vec<_> = evaluations
            .iter()
            .map(|(language, judged)| {
                let mut document = self.document(judged);
                document["language"] = json!(language);
                document
            })
            .collect();
        let folds = self.held_out.is_none().then_some(self.folds);
        output.give(&json!({ "bot": id, "folds": folds, "evaluations": documents }), |output| {
            for (language, judged) in &evaluations {
                match &self.held_out {
                    Some(file) => output.line(format_args!("language {language}, judged on `{}`", file.display()))?,
                    None => output.line(format_args!("language {language}, {} folds", self.folds))?,
                }
                evaluation_text::print(output, &judged.report, &self.options(judged))?;
            }
            Ok(())
        })?;
        Ok(Exit::Done)
    }

    /// Trains on one split of a file and judges on another.
    fn of_file(
        &self,
        data: &Path,
        train_split: &str,
        test_split: &str,
        output: &Output,
        interruption: &Interruption,
    ) -> Result<Exit, Failure> {
        let (trained, tested) = read_splits(data, train_split, test_split)?;
        let out_of_scope = self.out_of_scope()?;
        let params = TrainParams::default().check()?;
        let threshold = NlpRuntime::default().threshold;
        let mut display = TrainingDisplay::new(output);
        let begun = std::time::Instant::now();
        let (learnt, asked) = (examples(&trained), examples(&tested));
        let request = EvaluationRequest {
            examples: &learnt,
            params: &params,
            vectors: Vectors::for_language(shipped_vectors(), self.data_language.as_str()),
            names: &Names::none(),
            judged: JudgedTexts::HeldOut(&asked),
            learning_curve: self.learning_curve,
            out_of_scope: &out_of_scope.iter().map(|utterance| utterance.text.as_str()).collect::<Vec<_>>(),
            traffic: &self.traffic()?,
            #[expect(clippy::cast_possible_truncation, reason = "confidences are single precision")]
            threshold: Threshold::new(threshold as f32)?,
        };
        let mut trained_after = None;
        let Evaluated { report, predictions } = evaluate(&request, &mut |progress| {
            display.update(train_split, &progress);
            if progress.stage == greenroom_nlp::Stage::Done {
                // The first training is that of the model which is judged.
                trained_after.get_or_insert_with(|| begun.elapsed().as_secs_f64());
            }
            interruption.flow()
        })?;
        drop(display);
        let seconds = trained_after.unwrap_or_default();
        let judged = Judged { report, predictions, names: Names::none(), threshold };
        self.write(&judged, None, output)?;
        let mut document = self.document(&judged);
        document["data"] = json!(data);
        document["train"] = json!(train_split);
        document["test"] = json!(test_split);
        document["examples"] = json!(trained.len());
        document["seconds"] = json!(seconds);
        output.give(&document, |output| {
            let examples = trained.len();
            output.line(format_args!(
                "trained on {examples} texts of `{train_split}` in {seconds:.1} s, judged on `{test_split}`"
            ))?;
            evaluation_text::print(output, &judged.report, &self.options(&judged))
        })?;
        Ok(Exit::Done)
    }

    fn out_of_scope(&self) -> Result<Vec<Utterance>, Failure> {
        Ok(self.out_of_scope.as_deref().map(read_utterances).transpose()?.unwrap_or_default())
    }

    fn traffic(&self) -> Result<Vec<Utterance>, Failure> {
        Ok(self.traffic.as_deref().map(read_utterances).transpose()?.unwrap_or_default())
    }

    fn options<'a>(&self, judged: &'a Judged) -> FileOptions<'a> {
        FileOptions {
            names: &judged.names,
            cost: self.cost,
            threshold: Some(judged.threshold),
            successes: self.successes.then_some(&judged.predictions),
        }
    }

    fn document(&self, judged: &Judged) -> Value {
        let report = &judged.report;
        json!({
            "evaluation": report.evaluation,
            "threshold": report.thresholds.advise(self.cost),
            "advice": report.advice,
            "learning_curve": report.learning_curve,
            "coverage": report.coverage,
        })
    }

    /// Writes the files where a folder is named for them.
    fn write(&self, judged: &Judged, below: Option<&str>, output: &Output) -> Result<(), Failure> {
        let Some(folder) = &self.out else { return Ok(()) };
        let folder = below.map_or_else(|| folder.clone(), |below| folder.join(below));
        let files = judged.report.files(&self.options(judged));
        evaluation_files::write(&folder, &files)?;
        output.note(format_args!("wrote {} files into `{}`", files.len(), folder.display()));
        Ok(())
    }
}

fn examples(texts: &[LabelledText]) -> Vec<Example<'_>> {
    texts.iter().map(|own| Example { text: &own.text, label: &own.intent }).collect()
}
