//! One run of a job, on the thread that the host gives it.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use greenroom_model::Record as _;
use greenroom_nlp::Progress;
use greenroom_store::{Commit, layout};
use serde_json::{Value, json};

use super::{Job, JobFailure, JobState, JobWork, Jobs};
use crate::{Bot, Error, EvaluationOptions, EvaluationOutcome};

/// A job that this process has not ended yet.
#[derive(Debug)]
pub(super) struct Running {
    job: Mutex<Job>,
    cancelled: AtomicBool,
}

impl Running {
    pub(super) fn new(job: Job) -> Self {
        Self { job: Mutex::new(job), cancelled: AtomicBool::new(false) }
    }

    pub(super) fn job(&self) -> Job {
        self.job.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    fn change(&self, change: impl FnOnce(&mut Job)) -> Job {
        let mut job = self.job.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut job);
        job.clone()
    }

    /// Takes a report; breaks where somebody cancelled the job.
    fn report(&self, share: f64, step: impl FnOnce() -> String) -> ControlFlow<()> {
        self.change(|job| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 99")]
            let percentage = (share * 100.0).clamp(0.0, 99.0) as u8;
            job.percentage = job.percentage.max(percentage);
            job.step = step();
        });
        if self.cancelled.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// What does the work of a job.
#[derive(Debug)]
#[must_use = "a job begins when its run is given a thread"]
pub struct JobRun {
    jobs: Jobs,
    bot: Bot,
    work: JobWork,
    running: Arc<Running>,
}

impl Drop for JobRun {
    fn drop(&mut self) {
        let id = self.running.job().id;
        self.jobs.lock().remove(&id);
    }
}

impl JobRun {
    pub(super) fn new(jobs: Jobs, bot: Bot, work: JobWork, running: Arc<Running>) -> Self {
        Self { jobs, bot, work, running }
    }

    /// Does the work and puts down what came of it. Blocks the calling thread,
    /// as training does; give it one. What goes wrong becomes the job's failure.
    pub async fn run(self) -> Job {
        let lifecycle = self.bot.lifecycle();
        let begun = self.running.change(|job| {
            job.state = JobState::Running;
            job.started = Some(lifecycle.now());
        });
        let stored = self.store(&begun).await;
        let done = match stored {
            Ok(()) if self.running.cancelled.load(Ordering::Relaxed) => Err(Error::Cancelled),
            Ok(()) => self.work().await,
            Err(error) => Err(error),
        };
        let ended = self.running.change(|job| {
            job.finished = Some(lifecycle.now());
            match done {
                Ok(outcome) => {
                    job.state = JobState::Succeeded;
                    job.percentage = 100;
                    "done".clone_into(&mut job.step);
                    job.outcome = Some(outcome);
                }
                Err(Error::Cancelled) => {
                    job.state = JobState::Cancelled;
                    "cancelled; nothing was stored".clone_into(&mut job.step);
                }
                Err(error) => {
                    job.state = JobState::Failed;
                    "failed".clone_into(&mut job.step);
                    job.error = Some(JobFailure { code: error.code().to_owned(), detail: error.to_string() });
                }
            }
        });
        // A job whose end cannot be stored reads as interrupted, which is true enough.
        let _ = self.store(&ended).await;
        ended
    }

    async fn store(&self, job: &Job) -> Result<(), Error> {
        let commit = Commit::new().put(layout::job(&job.bot, job.id.as_str())?, job.to_bytes());
        self.jobs.store.commit(commit).await?;
        Ok(())
    }

    async fn work(&self) -> Result<Value, Error> {
        match &self.work {
            JobWork::Train(request) => {
                let languages = self.bot.languages_with_examples().await?;
                let languages: Vec<_> = languages
                    .into_iter()
                    .filter(|language| request.languages.is_empty() || request.languages.contains(language))
                    .collect();
                let trained = self
                    .bot
                    .train(request, &mut |progress| {
                        let before = languages.iter().position(|language| *language == progress.language).unwrap_or(0);
                        #[expect(clippy::cast_precision_loss, reason = "a few languages")]
                        let share =
                            (before as f64 + f64::from(progress.progress.fraction)) / languages.len().max(1) as f64;
                        self.running.report(share, || format!("{}: {}", progress.language, doing(&progress.progress)))
                    })
                    .await?;
                Ok(json!(trained))
            }
            JobWork::Evaluate { language, folds, learning_curve } => {
                let options = EvaluationOptions {
                    folds: *folds,
                    learning_curve: *learning_curve,
                    ..EvaluationOptions::default()
                };
                let done = self
                    .bot
                    .evaluate(language, &options, &mut |progress| {
                        self.running
                            .report(f64::from(progress.fraction), || format!("{language}: {}", doing(&progress)))
                    })
                    .await?;
                Ok(json!(EvaluationOutcome::of(language, *folds, done)))
            }
            JobWork::Test(request) => Ok(json!(self.bot.test(request).await?)),
        }
    }
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
