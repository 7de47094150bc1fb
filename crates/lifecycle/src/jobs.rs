//! Work that takes its time: trainings, evaluations, test runs.
//!
//! A job is a record, so that whoever asks later learns what became of it. Its
//! progress is kept in memory and read from there; the record is written when
//! the job begins and when it ends. A record that says «running» while no run
//! of this process works on it was left by a process that died: it reads as
//! interrupted.

mod job;
mod run;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use greenroom_model::{BotId, Record as _};
use greenroom_store::{Commit, Key, Store, layout};

pub use job::{Job, JobFailure, JobId, JobKind, JobState, JobWork};
pub use run::JobRun;
use run::Running;

use crate::{Bot, Error};

/// How many ended jobs of a bot are kept.
const KEPT: usize = 200;

/// The jobs of all bots of a store, as one process runs them. Cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    store: Arc<dyn Store>,
    running: Arc<Mutex<HashMap<JobId, Arc<Running>>>>,
}

impl std::fmt::Debug for Jobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jobs").finish_non_exhaustive()
    }
}

impl Jobs {
    /// The jobs of this store. Have one for a process.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, running: Arc::default() }
    }

    /// Puts a job down. Nothing happens before the host gives a thread to
    /// [`JobRun::run`]; a run that is dropped instead leaves its job interrupted.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn start(&self, bot: &Bot, work: JobWork) -> Result<(Job, JobRun), Error> {
        let lifecycle = bot.lifecycle();
        let job = Job::new(bot.id().clone(), work.kind(), lifecycle.actor.clone(), lifecycle.now());
        let mut commit = Commit::new().create(layout::job(bot.id(), job.id.as_str())?, job.to_bytes());
        let mut ended: Vec<Key> = Vec::new();
        for record in self.records(bot.id()).await? {
            if self.running(&record.id).is_none() {
                ended.push(layout::job(bot.id(), record.id.as_str())?);
            }
        }
        for old in ended.iter().take(ended.len().saturating_sub(KEPT)) {
            commit = commit.with(old.clone(), greenroom_store::Expected::Any, None);
        }
        let running = Arc::new(Running::new(job.clone()));
        self.lock().insert(job.id.clone(), running.clone());
        // From here on the run, when it is dropped, takes the job off the list.
        let run = JobRun::new(self.clone(), bot.clone(), work, running);
        self.store.commit(commit).await?;
        Ok((job, run))
    }

    /// A job as it stands.
    ///
    /// # Errors
    /// [`Error::JobNotFound`].
    pub async fn get(&self, bot: &BotId, id: &JobId) -> Result<Job, Error> {
        // The run is looked up before the record: a job that ends meanwhile is found as it ran or as it ended.
        let running = self.running(id);
        let record = self.store.record(&layout::job(bot, id.as_str())?).await?;
        let Some(record) = record else { return Err(Error::JobNotFound { bot: bot.clone(), job: id.clone() }) };
        let stored = Job::from_bytes(&record.value)?;
        Ok(self.as_it_stands(stored, running))
    }

    /// A bot's jobs, the newest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn list(&self, bot: &BotId) -> Result<Vec<Job>, Error> {
        let running = self.lock().clone();
        let mut jobs = self.records(bot).await?;
        jobs.reverse();
        Ok(jobs
            .into_iter()
            .map(|job| {
                let running = running.get(&job.id).cloned();
                self.as_it_stands(job, running)
            })
            .collect())
    }

    /// Asks a job to end. It ends at its next report, usually within a second or
    /// two; one that has ended stays as it is.
    ///
    /// # Errors
    /// [`Error::JobNotFound`].
    pub async fn cancel(&self, bot: &BotId, id: &JobId) -> Result<Job, Error> {
        let job = self.get(bot, id).await?;
        if let Some(running) = self.running(id) {
            running.cancel();
        }
        Ok(job)
    }

    /// How many jobs of this process have not ended.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.lock().len()
    }

    /// Asks all jobs of this process to end.
    pub fn cancel_all(&self) {
        self.lock().values().for_each(|running| running.cancel());
    }

    async fn records(&self, bot: &BotId) -> Result<Vec<Job>, Error> {
        let prefix = layout::jobs(bot)?;
        let mut jobs = Vec::new();
        let mut after: Option<Key> = None;
        loop {
            let page = self.store.records(&prefix, after.as_ref(), 1_000).await?;
            let Some(last) = page.last() else { return Ok(jobs) };
            after = Some(last.key.clone());
            for record in &page {
                jobs.push(Job::from_bytes(&record.value)?);
            }
        }
    }

    fn as_it_stands(&self, stored: Job, running: Option<Arc<Running>>) -> Job {
        match running {
            _ if stored.state.has_ended() => stored,
            Some(running) => running.job(),
            None => Job { state: JobState::Interrupted, ..stored },
        }
    }

    fn running(&self, id: &JobId) -> Option<Arc<Running>> {
        self.lock().get(id).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<JobId, Arc<Running>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
