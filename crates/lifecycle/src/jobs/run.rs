//! One run of a job, on the thread that the host gives it, and the pulse that keeps
//! the job this run's own meanwhile.

use std::sync::Arc;
use std::time::Duration;

use greenroom_model::Record as _;
use greenroom_store::{Key, Store, layout};

use super::running::Running;
use super::stored::{LEASE, MAX_ATTEMPTS, MAX_REPEATS, StoredJob};
use super::{Job, JobKind, JobState, JobWork, Jobs};
use crate::{Bot, Error};

/// What does the work of a job.
#[derive(Debug)]
#[must_use = "a job begins when its run is given a thread"]
pub struct JobRun {
    jobs: Jobs,
    bot: Bot,
    hold: Hold,
}

impl Drop for JobRun {
    fn drop(&mut self) {
        self.jobs.lock().remove(&self.hold.running.job().id);
    }
}

impl JobRun {
    pub(super) fn new(jobs: Jobs, bot: Bot, running: Arc<Running>) -> Result<Self, Error> {
        let key = layout::job(bot.id(), running.job().id.as_str())?;
        let token = uuid::Uuid::now_v7().to_string();
        let hold = Hold { store: jobs.store.clone(), bot: bot.clone(), key, token, running };
        Ok(Self { jobs, bot, hold })
    }

    /// What kind of work it is.
    #[must_use]
    pub fn kind(&self) -> JobKind {
        self.hold.running.job().kind
    }

    /// What keeps the job this run's own. Let it [beat](JobPulse::beat) beside the run.
    #[must_use]
    pub fn pulse(&self) -> JobPulse {
        JobPulse { hold: self.hold.clone() }
    }

    /// Takes the job, does the work and puts down what came of it. Blocks the calling
    /// thread, as training does; give it one. What goes wrong becomes the job's failure.
    ///
    /// Where another run has the job, or its end was asked for already, nothing is done,
    /// and the answer is the job as it stands. So it is where the store does not answer:
    /// the job then waits to be taken up again.
    pub async fn run(self) -> Job {
        let work = match self.claim().await {
            Ok(Some(work)) => work,
            Ok(None) | Err(_) => return self.hold.running.job(),
        };
        let running = &self.hold.running;
        let done = work.perform(&self.bot, &running.job().id, running).await;
        let cut_off = matches!(done, Err(Error::Cancelled)) && !running.is_cancelled();
        let ended = if cut_off {
            // Nobody asked for its end: this process ends, or another one has the job.
            self.hold.give_back("the server ended; it goes on after the next start", true).await
        } else {
            let mut ended = StoredJob { job: running.job(), work: None, lease: None };
            ended.end(self.bot.lifecycle().now(), done);
            self.hold
                .change(|stored| {
                    let cancelling = stored.job.cancelling;
                    stored.job = Job { cancelling, ..ended.job.clone() };
                    stored.lease = None;
                })
                .await
        };
        // A job whose end cannot be stored is taken up again when its lease has run out.
        match ended {
            Ok(Some(stored)) => stored.seen(),
            Ok(None) | Err(_) => running.job(),
        }
    }

    /// Takes the job, if it is free. Where it cannot begin any more, ends it.
    async fn claim(&self) -> Result<Option<JobWork>, Error> {
        let Hold { store, key, token, running, .. } = &self.hold;
        for _ in 0..MAX_REPEATS {
            let Some(record) = store.record(key).await? else { return Ok(None) };
            let mut stored = StoredJob::from_bytes(&record.value)?;
            let now = self.bot.lifecycle().now();
            if stored.is_held_by(token) {
                // An earlier round took it, and was told of no outcome.
                running.claim(stored.job);
                return Ok(stored.work);
            }
            if !stored.is_free(now) || self.jobs.is_closing() {
                running.change(|job| *job = stored.seen());
                return Ok(None);
            }
            let attempts = stored.job.attempts;
            if stored.job.cancelling {
                stored.end(now, Err(Error::Cancelled));
            } else if attempts >= MAX_ATTEMPTS {
                stored.end(now, Err(Error::JobAbandoned { attempts, step: stored.job.step.clone() }));
            } else if stored.work.is_some() {
                stored.job.attempts += 1;
                stored.job.state = JobState::Running;
                stored.job.started.get_or_insert(now);
                let again = if attempts > 0 { " again: whoever had it is gone" } else { "" };
                stored.job.note(now, &format!("begun{again}"));
                stored.lend(token, now);
            } else {
                return Ok(None);
            }
            match store.commit(stored.written_over(&record)?).await {
                Ok(_) if stored.is_held_by(token) => {
                    running.claim(stored.job);
                    return Ok(stored.work);
                }
                Ok(_) => {
                    running.change(|job| *job = stored.seen());
                    return Ok(None);
                }
                Err(greenroom_store::Error::Conflict { .. } | greenroom_store::Error::Backend { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended(format!("the job `{}`", running.job().id)))
    }
}

/// Keeps a job its run's own: beside the run, on another thread or task.
///
/// A run blocks its thread, and so cannot say by itself that it lives.
///
/// # Examples
/// ```
/// # use std::{ops::ControlFlow, sync::Arc};
/// # use greenroom_lifecycle::{JobPulse, JobWork, Jobs, Lifecycle, PlanRequest};
/// # use greenroom_model::document::Settings;
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let store = Arc::new(greenroom_store::MemoryStore::new());
/// # let lifecycle = Lifecycle::new(store.clone());
/// # let bot = lifecycle.create(&"shop".parse()?, Settings::new("Shop", "en".parse()?)).await?;
/// let jobs = Jobs::new(store);
/// let (job, run) = jobs.start(&bot, JobWork::Test(PlanRequest::full(""))).await?;
/// let pulse = run.pulse();
/// let executor = tokio::runtime::Handle::current();
/// let mut work = tokio::task::spawn_blocking(move || executor.block_on(run.run()));
/// let ended = loop {
///     tokio::select! {
///         ended = &mut work => break ended?,
///         () = tokio::time::sleep(JobPulse::EVERY) => drop(pulse.beat().await),
///     }
/// };
/// assert_eq!(ended.id, job.id);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct JobPulse {
    hold: Hold,
}

impl JobPulse {
    /// How often it shall beat. Other processes take the job up after 30 seconds without a beat.
    pub const EVERY: Duration = Duration::from_secs(1);

    /// Says that the run lives, stores its progress, and tells it where somebody
    /// asked for its end or another process took the job.
    ///
    /// # Errors
    /// [`Error::Store`]; beat again.
    pub async fn beat(&self) -> Result<(), Error> {
        let running = &self.hold.running;
        if !running.is_claimed() {
            return Ok(());
        }
        let held = self.hold.read().await?.filter(|(_, stored)| stored.is_held_by(&self.hold.token));
        let Some((_, stored)) = held else {
            // Another process has it; or it has ended, and then nothing looks at this any more.
            running.lose();
            return Ok(());
        };
        let now = self.hold.bot.lifecycle().now();
        if stored.job.cancelling {
            running.cancel(now);
        }
        let seen = running.job();
        let is_fresh = stored.lease.as_ref().is_some_and(|lease| lease.until.duration_since(now) > LEASE / 2);
        if is_fresh
            && (seen.percentage, &seen.step, &seen.log) == (stored.job.percentage, &stored.job.step, &stored.job.log)
        {
            return Ok(());
        }
        let beat = self.hold.change(|stored| {
            stored.job.percentage = seen.percentage;
            stored.job.step.clone_from(&seen.step);
            stored.job.log.clone_from(&seen.log);
            stored.lend(&self.hold.token, now);
        });
        beat.await.map(drop)
    }

    /// Gives the job back after its run panicked, so that it need not wait for its lease to run out.
    ///
    /// # Errors
    /// [`Error::Store`]; the job is then taken up when its lease has run out.
    pub async fn give_up(&self) -> Result<(), Error> {
        if !self.hold.running.is_claimed() {
            return Ok(());
        }
        self.hold.give_back("it was cut off by a fault of the program; it is tried again", false).await.map(drop)
    }
}

/// A run's hold on its job.
#[derive(Clone)]
struct Hold {
    store: Arc<dyn Store>,
    bot: Bot,
    key: Key,
    token: String,
    running: Arc<Running>,
}

impl std::fmt::Debug for Hold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hold").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Hold {
    async fn read(&self) -> Result<Option<(greenroom_store::Record, StoredJob)>, Error> {
        let Some(record) = self.store.record(&self.key).await? else { return Ok(None) };
        let stored = StoredJob::from_bytes(&record.value)?;
        Ok(Some((record, stored)))
    }

    /// Changes the record as long as the job is this run's own; none where it is not.
    /// One that has ended is told as it is.
    async fn change(&self, mut change: impl FnMut(&mut StoredJob) + Send) -> Result<Option<StoredJob>, Error> {
        for _ in 0..MAX_REPEATS {
            let Some((record, mut stored)) = self.read().await? else { return Ok(None) };
            if stored.job.state.has_ended() {
                return Ok(Some(stored));
            }
            if !stored.is_held_by(&self.token) {
                self.running.change(|job| *job = stored.job);
                return Ok(None);
            }
            change(&mut stored);
            match self.store.commit(stored.written_over(&record)?).await {
                Ok(_) => return Ok(Some(stored)),
                Err(greenroom_store::Error::Conflict { .. } | greenroom_store::Error::Backend { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended(format!("the job `{}`", self.running.job().id)))
    }

    /// Lets others take the job at once. An attempt that was cut off on purpose does not count.
    async fn give_back(&self, why: &str, on_purpose: bool) -> Result<Option<StoredJob>, Error> {
        let now = self.bot.lifecycle().now();
        let seen = self.running.job();
        self.change(|stored| {
            stored.job.percentage = seen.percentage;
            stored.job.step.clone_from(&seen.step);
            stored.job.log.clone_from(&seen.log);
            stored.job.note(now, why);
            stored.job.state = JobState::Queued;
            if on_purpose {
                stored.job.attempts = stored.job.attempts.saturating_sub(1);
            }
            stored.lease = None;
        })
        .await
    }
}
