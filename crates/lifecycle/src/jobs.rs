//! Work that takes its time: trainings, evaluations, test runs, publishes.
//!
//! A job is a record: its work, its progress, its log, what came of it, and who works
//! on it. So it outlives the process that began it. Whoever works on a job takes it by
//! compare-and-swap and holds it by a lease, a time until which others leave it alone;
//! a job that nobody holds, because it was never begun or its process died, is taken up
//! by whoever asks for what is [waiting](Jobs::waiting). Every kind of work may be done
//! again. A job that takes its processes down with it has failed after five attempts.
//!
//! Beside the jobs of each bot stands one list of the unfinished of all bots, so that
//! looking for them costs what there is to do.

pub(crate) mod edits_form;
mod job;
pub(crate) mod policy_form;
mod run;
mod running;
mod stored;
mod work;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use greenroom_model::{BotId, Record as _};
use greenroom_store::{Commit, Expected, Key, Record, Store, layout};

pub use job::{Job, JobFailure, JobId, JobLine, JobState};
pub use run::{JobPulse, JobRun};
use running::Running;
use stored::{MAX_REPEATS, StoredJob};
pub use work::{JobKind, JobSubject, JobWork};

use crate::{Bot, Error, Lifecycle};

/// How many ended jobs of a bot are kept.
const KEPT: usize = 200;

/// How many records one look takes.
const PAGE: usize = 1_000;

/// The jobs of all bots of a store, as one process runs them. Cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    store: Arc<dyn Store>,
    at_hand: Arc<Mutex<HashMap<JobId, Arc<Running>>>>,
    closing: Arc<AtomicBool>,
}

impl std::fmt::Debug for Jobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jobs").finish_non_exhaustive()
    }
}

impl Jobs {
    /// The jobs of this store. Have one for a process.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, at_hand: Arc::default(), closing: Arc::default() }
    }

    /// Puts a job down. Nothing happens before the host gives a thread to
    /// [`JobRun::run`]; where it does not, the job [waits](Self::waiting) for another.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn start(&self, bot: &Bot, work: JobWork) -> Result<(Job, JobRun), Error> {
        let lifecycle = bot.lifecycle();
        let job = Job::new(bot.id().clone(), &work, lifecycle.actor.clone(), lifecycle.now());
        let stored = StoredJob { job: job.clone(), work: Some(work), lease: None };
        let mut commit = Commit::new()
            .create(layout::job(bot.id(), job.id.as_str())?, stored.to_bytes())
            .create(layout::unfinished_job(job.id.as_str(), bot.id())?, "{}");
        let mut ended: Vec<Key> = Vec::new();
        for stored in self.records(bot.id()).await? {
            let job = stored.seen();
            if job.state.has_ended() {
                ended.push(layout::job(bot.id(), job.id.as_str())?);
            }
        }
        for old in ended.iter().take(ended.len().saturating_sub(KEPT)) {
            commit = commit.with(old.clone(), Expected::Any, None);
        }
        let running = Arc::new(Running::new(job.clone()));
        self.lock().insert(job.id.clone(), running.clone());
        // From here on the run, when it is dropped, takes the job off the list.
        let run = JobRun::new(self.clone(), bot.clone(), running)?;
        self.store.commit(commit).await?;
        Ok((job, run))
    }

    /// The unfinished jobs of all bots that nobody works on, the oldest first: never begun,
    /// or left by a process that died. Each goes on under the name of who started it. Of
    /// several processes that run one, one does; look now and then, and after each start.
    ///
    /// Jobs that this process has a run of already are left out.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn waiting(&self, lifecycle: &Lifecycle) -> Result<Vec<JobRun>, Error> {
        let prefix = layout::unfinished_jobs()?;
        let mut runs = Vec::new();
        let mut after: Option<Key> = None;
        while !self.is_closing() {
            let page = self.store.records(&prefix, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            let mut keys = Vec::with_capacity(page.len());
            for entry in &page {
                if let Some((id, bot)) = layout::unfinished_job_of(&entry.key) {
                    keys.push(layout::job(&bot, id)?);
                }
            }
            for record in self.store.look_up(&keys).await?.into_iter().flatten() {
                runs.extend(self.free_run(lifecycle, &record)?);
            }
        }
        Ok(runs)
    }

    /// A run of a job that is free and not at hand yet.
    fn free_run(&self, lifecycle: &Lifecycle, record: &Record) -> Result<Option<JobRun>, Error> {
        // A newer build knows kinds of work that this one does not: it will take them up.
        let Ok(stored) = StoredJob::from_bytes(&record.value) else { return Ok(None) };
        if !stored.is_free(lifecycle.now()) {
            return Ok(None);
        }
        let job = stored.job;
        let running = Arc::new(Running::new(job.clone()));
        {
            let mut at_hand = self.lock();
            if at_hand.contains_key(&job.id) {
                return Ok(None);
            }
            at_hand.insert(job.id.clone(), running.clone());
        }
        let bot = Bot::new(lifecycle.clone().acting_as(job.by), job.bot);
        JobRun::new(self.clone(), bot, running).map(Some)
    }

    /// A job as it stands.
    ///
    /// # Errors
    /// [`Error::JobNotFound`].
    pub async fn get(&self, bot: &BotId, id: &JobId) -> Result<Job, Error> {
        // The run is looked up before the record: a job that ends meanwhile is found as it ran or as it ended.
        let running = self.at_hand(id);
        let (_, stored) = self.read(bot, id).await?;
        Ok(as_it_stands(stored, running))
    }

    /// A bot's jobs, the newest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn list(&self, bot: &BotId) -> Result<Vec<Job>, Error> {
        let at_hand = self.lock().clone();
        let mut jobs = self.records(bot).await?;
        jobs.reverse();
        Ok(jobs
            .into_iter()
            .map(|stored| {
                let running = at_hand.get(&stored.job.id).cloned();
                as_it_stands(stored, running)
            })
            .collect())
    }

    /// Asks a job to end, from whichever process. One that nobody works on ends at once;
    /// another at its next report after the next beat of its [pulse](JobPulse), within a
    /// second or two; one that has ended stays as it is.
    ///
    /// # Errors
    /// [`Error::JobNotFound`].
    pub async fn cancel(&self, bot: &Bot, id: &JobId) -> Result<Job, Error> {
        for _ in 0..MAX_REPEATS {
            let running = self.at_hand(id);
            let (record, mut stored) = self.read(bot.id(), id).await?;
            let now = bot.lifecycle().now();
            if stored.work.is_none() || stored.job.state.has_ended() || stored.job.cancelling {
                return Ok(as_it_stands(stored, running));
            }
            stored.job.cancelling = true;
            if stored.is_free(now) {
                stored.end(now, Err(Error::Cancelled));
            }
            match self.store.commit(stored.written_over(&record)?).await {
                Ok(_) => {
                    if let Some(running) = &running {
                        running.cancel(now);
                    }
                    return Ok(as_it_stands(stored, running));
                }
                Err(greenroom_store::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended(format!("the job `{id}`")))
    }

    /// How many jobs this process has at hand.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.lock().len()
    }

    /// Asks the jobs of this process to stop where they are, so that it can end: they go on
    /// where some process looks for what is [waiting](Self::waiting). None begins here any more.
    pub fn release_all(&self) {
        self.closing.store(true, Ordering::Release);
        self.lock().values().for_each(|running| running.release());
    }

    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    async fn read(&self, bot: &BotId, id: &JobId) -> Result<(Record, StoredJob), Error> {
        let record = self.store.record(&layout::job(bot, id.as_str())?).await?;
        let record = record.ok_or_else(|| Error::JobNotFound { bot: bot.clone(), job: id.clone() })?;
        let stored = StoredJob::from_bytes(&record.value)?;
        Ok((record, stored))
    }

    async fn records(&self, bot: &BotId) -> Result<Vec<StoredJob>, Error> {
        let prefix = layout::jobs(bot)?;
        let mut jobs = Vec::new();
        let mut after: Option<Key> = None;
        loop {
            let page = self.store.records(&prefix, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(jobs) };
            after = Some(last.key.clone());
            for record in &page {
                jobs.push(StoredJob::from_bytes(&record.value)?);
            }
        }
    }

    fn at_hand(&self, id: &JobId) -> Option<Arc<Running>> {
        self.lock().get(id).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<JobId, Arc<Running>>> {
        self.at_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever works on a job knows more of it than its record, until it has ended.
fn as_it_stands(stored: StoredJob, running: Option<Arc<Running>>) -> Job {
    match running {
        Some(running) if !stored.job.state.has_ended() && running.is_claimed() && !running.is_lost() => running.job(),
        _ => stored.seen(),
    }
}
