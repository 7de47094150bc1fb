//! What a job is to do, and doing it. Each kind may be done again after a process
//! died amid it: models are stored by the digest of their data, evidence by that of
//! the candidate, and a publish has a key under which it happens once.

use std::collections::BTreeMap;

use greenroom_model::{Digest, EnvironmentId, Language, Scope, to_canonical_bytes};
use greenroom_nlp::Progress;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::JobId;
use super::running::Running;
use crate::{
    Bot, Error, EvaluationOptions, EvaluationOutcome, EvidenceOptions, IdempotencyKey, OutOfScopeTexts, PlanRequest,
    TrainingRequest,
};

/// What a job is to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobWork {
    /// [`Bot::train`].
    Train(TrainingRequest),
    /// [`Bot::evaluate`].
    Evaluate {
        /// The language.
        language: Language,
        /// How many folds, 2 or more.
        folds: usize,
        /// Whether accuracy by the number of examples is wanted too, which takes longer.
        learning_curve: bool,
        /// Texts that no intent means, for threshold advice; a job that has ended no longer keeps them.
        #[serde(default, skip_serializing_if = "OutOfScopeTexts::is_empty")]
        out_of_scope: OutOfScopeTexts,
    },
    /// [`Bot::test`].
    Test(PlanRequest),
    /// [`Bot::gather_evidence`].
    GatherEvidence {
        /// Of what.
        request: PlanRequest,
        /// How much.
        options: EvidenceOptions,
    },
    /// [`Bot::publish_once`] of a kept plan.
    Publish {
        /// The digest of the plan.
        plan: Digest,
        /// Under which it happens once; the job's own id where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<IdempotencyKey>,
    },
}

impl JobWork {
    pub(super) fn kind(&self) -> JobKind {
        match self {
            Self::Train(_) => JobKind::Train,
            Self::Evaluate { .. } => JobKind::Evaluate,
            Self::Test(_) => JobKind::Test,
            Self::GatherEvidence { .. } => JobKind::Evidence,
            Self::Publish { .. } => JobKind::Publish,
        }
    }

    /// Of what it judges something.
    pub(super) fn subject(&self) -> Option<JobSubject> {
        match self {
            Self::Test(request) | Self::GatherEvidence { request, .. } => Some(request.subject()),
            Self::Train(_) | Self::Evaluate { .. } | Self::Publish { .. } => None,
        }
    }

    /// Lets go what only doing it takes: the records of ended jobs are many, and often read.
    pub(super) fn forget_texts(&mut self) {
        if let Self::Evaluate { out_of_scope, .. } = self {
            *out_of_scope = OutOfScopeTexts::default();
        }
    }

    /// Does it. The value is the outcome that the job keeps.
    pub(super) async fn perform(&self, bot: &Bot, job: &JobId, running: &Running) -> Result<Value, Error> {
        let now = || bot.lifecycle().now();
        match self {
            Self::Train(request) => {
                let languages = bot.languages_with_examples().await?;
                let languages: Vec<_> = languages
                    .into_iter()
                    .filter(|language| request.languages.is_empty() || request.languages.contains(language))
                    .collect();
                let trained = bot
                    .train(request, &mut |progress| {
                        let before = languages.iter().position(|language| *language == progress.language).unwrap_or(0);
                        #[expect(clippy::cast_precision_loss, reason = "a few languages")]
                        let share =
                            (before as f64 + f64::from(progress.progress.fraction)) / languages.len().max(1) as f64;
                        running.report(now(), share, || format!("{}: {}", progress.language, doing(&progress.progress)))
                    })
                    .await?;
                Ok(json!(trained))
            }
            Self::Evaluate { language, folds, learning_curve, out_of_scope } => {
                let options = EvaluationOptions {
                    folds: *folds,
                    learning_curve: *learning_curve,
                    out_of_scope: out_of_scope.as_slice().to_vec(),
                    ..EvaluationOptions::default()
                };
                let done = bot
                    .evaluate(language, &options, &mut |progress| {
                        let share = f64::from(progress.fraction);
                        running.report(now(), share, || format!("{language}: {}", doing(&progress)))
                    })
                    .await?;
                Ok(json!(EvaluationOutcome::of(language, *folds, done)))
            }
            Self::Test(request) => {
                if running.report(now(), 0.0, || "playing the tests".to_owned()).is_break() {
                    return Err(Error::Cancelled);
                }
                Ok(json!(bot.test(request).await?))
            }
            Self::GatherEvidence { request, options } => {
                let effect = bot
                    .gather_evidence(request, options, &mut |progress| {
                        running.report(now(), progress.fraction, || progress.step)
                    })
                    .await?;
                Ok(json!(effect))
            }
            Self::Publish { plan, key } => {
                if running.report(now(), 0.0, || "carrying out the plan".to_owned()).is_break() {
                    return Err(Error::Cancelled);
                }
                let own = IdempotencyKey::of_job(job);
                let plan = bot.kept_plan(plan).await?;
                let mut published = bot.publish_once(&plan, key.as_ref().unwrap_or(&own)).await?;
                // An attempt of this very job did it, and died before it could say so.
                published.replayed &= key.is_some();
                Ok(json!(published))
            }
        }
    }
}

/// What tests or evidence judge: what a request would publish, whatever the draft is by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobSubject {
    /// What is carried.
    pub scope: Scope,
    /// Where to.
    pub environment: EnvironmentId,
    /// Of a hotfix: the name of its edits; the same edits have the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edits: Option<Digest>,
}

impl PlanRequest {
    /// What a job that judges this request judges.
    #[must_use]
    pub fn subject(&self) -> JobSubject {
        let edits = self.edits.iter().map(|edit| {
            let document = edit.document.as_ref().and_then(|document| document.to_bytes(&edit.path).ok());
            (edit.path.to_string(), document.map(|bytes| Digest::of(&bytes)))
        });
        let edits: BTreeMap<String, Option<Digest>> = edits.collect();
        let edits = (!edits.is_empty()).then(|| Digest::of(&to_canonical_bytes(&edits).unwrap_or_default()));
        JobSubject { scope: self.scope.clone(), environment: self.environment.clone(), edits }
    }
}

/// The kind of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// A training; its outcome is a list of [`Trained`](crate::Trained).
    Train,
    /// An evaluation; its outcome is an [`EvaluationOutcome`].
    Evaluate,
    /// A run of the conversation tests; its outcome is a [`TestReport`](crate::TestReport).
    Test,
    /// What a publish would do, measured; its outcome is an [`Effect`](crate::Effect).
    Evidence,
    /// A publish; its outcome is a [`Published`](crate::Published).
    Publish,
}

fn doing(progress: &Progress) -> &'static str {
    match progress.stage {
        greenroom_nlp::Stage::Preparing => "reading the examples",
        greenroom_nlp::Stage::Scoring => "learning the words",
        greenroom_nlp::Stage::Fitting => "fitting the model",
        greenroom_nlp::Stage::Calibrating => "making confidences honest",
        _ => "finishing",
    }
}
