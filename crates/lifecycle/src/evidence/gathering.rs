//! Finding out what a publish would do: tests, scores, utterances and conversations through both bots.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use greenroom_bot::StoredInput;
use greenroom_model::{Content, Language};
use greenroom_nlp::{Progress, Utterance, diff_behaviour};
use greenroom_publish::{Behaviour, Candidate, ChangedUtterance, Evidence, Scores};
use serde::{Deserialize, Serialize};

use super::comparison;
use crate::{Bot, Error, EvaluationOptions, PlanRequest, Recording, Reference, ReplayReport};

/// How many changed utterances the evidence shows of each language.
const MOST_SHOWN: usize = 10;

/// What is gathered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceOptions {
    /// How many of the latest conversations are replayed, and their texts asked of both models.
    pub conversations: usize,
    /// Into how many parts examples are dealt for scores; 0: no scores, which take longest.
    pub folds: usize,
}

impl Default for EvidenceOptions {
    fn default() -> Self {
        Self { conversations: 100, folds: 5 }
    }
}

/// How far the gathering is.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceProgress {
    /// The share that is done, 0 to 1.
    pub fraction: f64,
    /// What is done now, for people.
    pub step: String,
}

/// What a publish would do, as far as it can be measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// How many tests passed on the candidate.
    pub passed: u32,
    /// How many failed.
    pub failed: u32,
    /// How well each language's intents can be told apart.
    pub scores: Vec<Scores>,
    /// What utterances would be understood as, against live.
    pub behaviour: Vec<Behaviour>,
    /// Recent conversations through both, where something is live.
    pub conversations: Option<ReplayReport>,
    /// The draft's tests through both, where something is live.
    pub tests_against_live: Option<ReplayReport>,
}

impl Bot {
    /// Finds out what a publish would do and keeps it as evidence: plans of the same candidate then
    /// tell it. Blocks the calling thread, as training does. Nothing of the bot changes.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when `report` breaks; [`Error::Load`], [`Error::Training`], and what
    /// [`Bot::plan`] may say.
    pub async fn gather_evidence(
        &self,
        request: &PlanRequest,
        options: &EvidenceOptions,
        report: &mut (dyn FnMut(EvidenceProgress) -> ControlFlow<()> + Send),
    ) -> Result<Effect, Error> {
        let mut say = |fraction: f64, step: String| match report(EvidenceProgress { fraction, step }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled),
        };
        say(0.0, "playing the tests".to_owned())?;
        let tested = self.test(request).await?;
        let draft = self.draft().await?;
        let (candidate, content) = self.candidate_to_judge(request).await?;
        let live = match self.environment(&request.environment).await? {
            Some(running) => Some(self.read_version(running.stable).await?.content),
            None => None,
        };
        let mut effect = Effect {
            passed: tested.passed,
            failed: tested.failed,
            scores: Vec::new(),
            behaviour: Vec::new(),
            conversations: None,
            tests_against_live: None,
        };
        if let Some(live) = live {
            say(0.1, "playing the latest conversations with both".to_owned())?;
            let recordings =
                self.recordings(&Reference::Environment(request.environment.clone()), options.conversations).await?;
            self.compare(&mut effect, (&candidate, &content), &live, &draft, &recordings).await?;
        }
        let languages = candidate.data.len().max(1);
        for (done, (language, data)) in candidate.data.iter().enumerate().filter(|_| options.folds > 1) {
            #[expect(clippy::cast_precision_loss, reason = "a few languages")]
            let share = |fraction: f64| 0.3 + 0.7 * (done as f64 + fraction) / languages as f64;
            let step = format!("judging the examples in {language}");
            say(share(0.0), step.clone())?;
            let mut told = |progress: Progress| match say(share(f64::from(progress.fraction)), step.clone()) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            };
            let folds = EvaluationOptions { folds: options.folds, ..EvaluationOptions::default() };
            let judged = self.evaluate_content(&content, language, &folds, &mut told).await?;
            let scores = Scores {
                language: language.clone(),
                data: data.digest(),
                folds: u32::try_from(options.folds).unwrap_or(u32::MAX),
                accuracy: judged.report.evaluation.accuracy,
                macro_f1: judged.report.evaluation.macro_f1,
                intents: judged
                    .report
                    .evaluation
                    .per_label
                    .iter()
                    .filter_map(|of| Some((of.label.parse().ok()?, of.f1)))
                    .collect(),
            };
            self.keep_evidence(&data.digest(), &draft, vec![Evidence::Scores(scores.clone())]).await?;
            effect.scores.push(scores);
        }
        Ok(effect)
    }

    /// Asks and plays both bots, and keeps what that shows.
    async fn compare(
        &self,
        effect: &mut Effect,
        (candidate, content): (&Candidate, &Content),
        live: &Content,
        draft: &Content,
        recordings: &[Recording],
    ) -> Result<(), Error> {
        let live_candidate = self.candidate(&mut self.reader(), live).await?;
        let (new, old) = (candidate.digest(), live_candidate.digest());
        let (of_live, of_candidate) = (self.load(live).await?, self.load(content).await?);
        let said = texts_by_language(recordings, of_live.settings().default_language.as_str());
        // Where nobody said anything that is what there is to know, and a policy is content.
        for (language, before) in of_live.models() {
            let Some(after) = of_candidate.models().get(language) else { continue };
            let (language, texts) = (language.clone(), said.get(language).map_or(&[][..], Vec::as_slice));
            let diff = diff_behaviour((before, of_live.threshold()), (after, of_candidate.threshold()), texts);
            effect.behaviour.push(Behaviour {
                candidate: new,
                live: old,
                language,
                utterances: diff.summary.utterances,
                other_intent: diff.summary.other_intent,
                lost: diff.summary.no_longer_understood,
                gained: diff.summary.newly_understood,
                examples: diff
                    .changes
                    .iter()
                    .take(MOST_SHOWN)
                    .map(|change| ChangedUtterance {
                        text: change.text.clone(),
                        before: change.before.intent.clone(),
                        after: change.after.intent.clone(),
                    })
                    .collect(),
            });
        }
        let played = self.replay_between(&of_live, &of_candidate, recordings);
        let tests = self.replay_tests_between(&of_live, &of_candidate, draft).await?;
        let names = played.parted().chain(tests.parted()).take(MOST_SHOWN).map(str::to_owned).collect();
        let mut evidence: Vec<Evidence> = effect.behaviour.iter().cloned().map(Evidence::Behaviour).collect();
        evidence.push(Evidence::Conversations {
            candidate: new,
            live: old,
            played: (played.summary.conversations + tests.summary.conversations) as u64,
            parted: (played.summary.parted + tests.summary.parted) as u64,
            names,
        });
        self.keep_evidence(&comparison(&new, &old), draft, evidence).await?;
        effect.conversations = Some(played);
        effect.tests_against_live = Some(tests);
        Ok(())
    }
}

/// What people said in these conversations and how often, by the language that it was understood in.
fn texts_by_language(recordings: &[Recording], default: &str) -> BTreeMap<Language, Vec<Utterance>> {
    let mut counts: BTreeMap<Language, BTreeMap<&str, u64>> = BTreeMap::new();
    for turn in recordings.iter().flat_map(|recording| &recording.turns) {
        let StoredInput::Text(text) = &turn.input else { continue };
        let spoken = turn.understanding.as_ref().map(|understanding| understanding.language.clone());
        let Some(language) = spoken.or_else(|| default.parse().ok()) else { continue };
        *counts.entry(language).or_default().entry(text).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(language, texts)| {
            let texts = texts.into_iter().map(|(text, count)| Utterance { text: text.to_owned(), count });
            (language, texts.collect())
        })
        .collect()
}
