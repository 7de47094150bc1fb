//! What every handler stands on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use greenroom_identity::{Identities, Role};
use greenroom_lifecycle::{Bot, Job, JobId, JobKind, JobPulse, JobRun, JobWork, Jobs, Lifecycle};
use greenroom_model::{BotId, Document, PartPath};
use greenroom_runtime::{Answer, Message, Place, Runtime};
use greenroom_store::Store;
use tokio::sync::Semaphore;

use crate::{Caller, Observations, Problem, RateLimit};

/// How surfaces get at the [`App`]: `State<AppState>`.
pub type AppState = Arc<App>;

/// How many jobs of a server compute at once; the others wait, but for publishes.
const JOBS_AT_ONCE: usize = 1;

/// What the operator decided.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// The address at which people reach the server, such as `https://bots.example`, without a last `/`.
    pub public_url: String,
    /// Whether a proxy stands before the server whose `X-Forwarded-For` is to be believed.
    pub behind_proxy: bool,
    /// How many requests one address may make; none: as many as it likes.
    pub rate: Option<RateLimit>,
    /// The longest body of a request in bytes; uploads of archives have a limit of their own.
    pub max_body_bytes: usize,
    /// How long a request may take until its answer begins.
    pub request_timeout: Duration,
    /// Whether webhooks may be sent to addresses inside private networks.
    pub allow_private_webhooks: bool,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080".to_owned(),
            behind_proxy: false,
            rate: Some(RateLimit::default()),
            max_body_bytes: 2 << 20,
            request_timeout: Duration::from_secs(30),
            allow_private_webhooks: false,
        }
    }
}

impl WebSettings {
    /// Whether people reach the server by TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// One server's store and all that works on it.
#[derive(Debug)]
pub struct App {
    lifecycle: Lifecycle,
    runtime: Arc<Runtime>,
    identities: Identities,
    jobs: Jobs,
    settings: WebSettings,
    sample: BTreeMap<PartPath, Document>,
    observations: Observations,
    turns: Arc<Semaphore>,
}

impl App {
    /// Everything on one store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, settings: WebSettings) -> Self {
        Self {
            lifecycle: Lifecycle::new(store.clone()).acting_as("server"),
            runtime: Arc::new(Runtime::new(store.clone())),
            identities: Identities::new(store.clone()),
            jobs: Jobs::new(store),
            settings,
            sample: BTreeMap::new(),
            observations: Observations::default(),
            turns: Arc::new(Semaphore::new(JOBS_AT_ONCE)),
        }
    }

    /// The same with another runtime, such as one with handlers.
    #[must_use]
    pub fn with_runtime(mut self, runtime: Runtime) -> Self {
        self.runtime = Arc::new(runtime);
        self
    }

    /// The same with other identities, such as ones whose passwords cost less in tests.
    #[must_use]
    pub fn with_identities(mut self, identities: Identities) -> Self {
        self.identities = identities;
        self
    }

    /// The same with a sample bot that people can begin with.
    #[must_use]
    pub fn with_sample(mut self, sample: BTreeMap<PartPath, Document>) -> Self {
        self.sample = sample;
        self
    }

    /// What authors do, under the name of the server itself; [`OnBot`](crate::OnBot) acts under the caller's.
    #[must_use]
    pub fn lifecycle(&self) -> &Lifecycle {
        &self.lifecycle
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        self.lifecycle.store()
    }

    /// What customers do. To answer a message, use [`App::reply`].
    #[must_use]
    pub fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    /// Who may do what.
    #[must_use]
    pub fn identities(&self) -> &Identities {
        &self.identities
    }

    /// The jobs.
    #[must_use]
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// What the operator decided.
    #[must_use]
    pub fn settings(&self) -> &WebSettings {
        &self.settings
    }

    /// The parts of the sample bot; none where the server has no sample.
    #[must_use]
    pub fn sample_bot(&self) -> &BTreeMap<PartPath, Document> {
        &self.sample
    }

    /// What was seen since the start: answers, their times, errors.
    #[must_use]
    pub fn observations(&self) -> &Observations {
        &self.observations
    }

    /// Puts a job down and gives it a thread as soon as one is free.
    ///
    /// # Errors
    /// As [`Jobs::start`].
    pub async fn start_job(&self, bot: &Bot, work: JobWork) -> Result<Job, greenroom_lifecycle::Error> {
        let (job, run) = self.jobs.start(bot, work).await?;
        self.work_on(run);
        Ok(job)
    }

    /// Asks a job to end, in the name of a caller who may edit the bot; a publish is not for editors to stop.
    ///
    /// # Errors
    /// 403 where the role is too low; as [`Jobs::cancel`].
    pub async fn cancel_job(&self, caller: &Caller, bot: &Bot, id: &JobId) -> Result<Job, Problem> {
        let job = self.jobs.get(bot.id(), id).await?;
        if job.kind == JobKind::Publish && !caller.may(Role::Publisher, bot.id()) {
            return Err(Problem::forbidden("this job publishes; to stop it takes the role `publisher`"));
        }
        Ok(self.jobs.cancel(bot, id).await?)
    }

    /// Takes up what waits: jobs of processes that ended amid them. Call it at the start and now and then.
    ///
    /// # Errors
    /// As [`Jobs::waiting`].
    pub async fn resume_jobs(&self) -> Result<(), greenroom_lifecycle::Error> {
        self.jobs.waiting(&self.lifecycle).await?.into_iter().for_each(|run| self.work_on(run));
        Ok(())
    }

    fn work_on(&self, run: JobRun) {
        let turns = self.turns.clone();
        let executor = tokio::runtime::Handle::current();
        tokio::spawn(async move {
            let turn = match run.kind() {
                // It takes milliseconds, and must not wait behind minutes of measuring.
                JobKind::Publish => None,
                // The semaphore is never closed; if it were, the job would merely not wait.
                _ => turns.acquire_owned().await.ok(),
            };
            let pulse = run.pulse();
            let mut work = tokio::task::spawn_blocking(move || executor.block_on(run.run()));
            let done = loop {
                tokio::select! {
                    done = &mut work => break done,
                    () = tokio::time::sleep(JobPulse::EVERY) => if let Err(error) = pulse.beat().await {
                        tracing::warn!(%error, "the progress of a job could not be stored; it is tried again");
                    },
                }
            };
            drop(turn);
            match done {
                Ok(job) => tracing::info!(bot = %job.bot, job = %job.id, state = ?job.state, "job left"),
                Err(error) => {
                    tracing::error!(%error, "a job panicked");
                    if let Err(error) = pulse.give_up().await {
                        tracing::warn!(%error, "a job could not be given back; it is taken up when its lease has run out");
                    }
                }
            }
        });
    }

    /// Answers a message, and notes how long that took.
    ///
    /// # Errors
    /// As [`Runtime::reply`].
    pub async fn reply(
        &self,
        bot: &BotId,
        place: &Place,
        conversation: &str,
        message: &Message,
    ) -> Result<Answer, greenroom_runtime::Error> {
        let begun = Instant::now();
        let answer = self.runtime.reply(bot, place, conversation, message).await;
        self.observations.answered(bot, place, begun.elapsed(), answer.as_ref());
        answer
    }
}
