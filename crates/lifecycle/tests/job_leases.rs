//! Jobs outlive their processes: taken up when a lease has run out, by one, a bounded
//! number of times; cancelled and watched from elsewhere.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use greenroom_lifecycle::{
    Act, Bot, JobPulse, JobRun, JobState, JobWork, Jobs, Lifecycle, PlanRequest, TrainingRequest, live,
};
use greenroom_model::document::{Examples, Intent, Settings};
use greenroom_model::{Digest, Document};
use greenroom_store::{Commit, Committed, Error, Key, MemoryStore, Record, Store};
use jiff::Timestamp;
use tokio::sync::{Barrier, Semaphore};

/// A store that answers so many commits and readings of objects, and then no more: as it
/// is for a process that dies, and for one that waits.
struct Halting {
    inner: Arc<MemoryStore>,
    commits: Semaphore,
    objects: Semaphore,
}

impl Halting {
    fn after(inner: &Arc<MemoryStore>, commits: usize, objects: usize) -> Arc<Self> {
        let (commits, objects) = (Semaphore::new(commits), Semaphore::new(objects));
        Arc::new(Self { inner: inner.clone(), commits, objects })
    }
}

#[async_trait]
impl Store for Halting {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, Error> {
        self.objects.acquire().await.unwrap().forget();
        self.inner.objects(digests).await
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Error> {
        self.inner.look_up(keys).await
    }

    async fn records(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        self.inner.records(prefix, after, limit).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, Error> {
        self.commits.acquire().await.unwrap().forget();
        self.inner.commit(commit).await
    }
}

/// A store in which so many readings of records wait for each other, once it is told to.
struct Together {
    inner: Arc<MemoryStore>,
    barrier: Barrier,
    waiting: AtomicUsize,
}

#[async_trait]
impl Store for Together {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, Error> {
        self.inner.objects(digests).await
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Error> {
        let found = self.inner.look_up(keys).await;
        let waits = self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if waits.is_ok() {
            self.barrier.wait().await;
        }
        found
    }

    async fn records(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        self.inner.records(prefix, after, limit).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, Error> {
        self.inner.commit(commit).await
    }
}

/// Two processes' view of one store, and the time on their clocks.
struct Machines {
    store: Arc<MemoryStore>,
    seconds: Arc<AtomicI64>,
}

const MANY: usize = 1_000_000;

impl Machines {
    async fn new() -> (Self, Bot) {
        let machines = Self { store: Arc::new(MemoryStore::new()), seconds: Arc::default() };
        let lifecycle = machines.lifecycle(machines.store.clone()).acting_as("ann");
        let settings = Settings::new("Shop", "en".parse().unwrap());
        let bot = lifecycle.create(&"shop".parse().unwrap(), settings).await.unwrap();
        for (intent, texts) in [("buy", ["i want to buy", "sell me one"]), ("bye", ["good bye", "see you"])] {
            let path = format!("nlp/intents/{intent}").parse().unwrap();
            bot.put(&path, Document::Intent(Intent::new(intent))).await.unwrap();
            let path = format!("nlp/examples/en/{intent}").parse().unwrap();
            bot.put(&path, Document::Examples(Examples::of(texts))).await.unwrap();
        }
        (machines, bot)
    }

    fn lifecycle(&self, store: Arc<dyn Store>) -> Lifecycle {
        let seconds = self.seconds.clone();
        let now = move || Timestamp::from_second(seconds.load(Ordering::Relaxed)).unwrap();
        Lifecycle::new(store).with_clock(Arc::new(now))
    }

    /// A process of its own.
    fn process(&self) -> (Jobs, Lifecycle) {
        (Jobs::new(self.store.clone()), self.lifecycle(self.store.clone()))
    }

    fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Puts down a training, and gives its run to a process whose bot stops at the first object it reads.
    async fn halted(&self, bot: &Bot, jobs: &Jobs) -> (Arc<Halting>, JobRun) {
        let halting = Halting::after(&self.store, MANY, 0);
        let (job, run) = jobs.start(bot, JobWork::Train(TrainingRequest::default())).await.unwrap();
        drop(run);
        let mut runs = jobs.waiting(&self.lifecycle(halting.clone())).await.unwrap();
        assert_eq!((runs.len(), job.state), (1, JobState::Queued));
        (halting, runs.remove(0))
    }
}

/// Runs until nothing moves any more, then ends as a killed process does: in the midst.
async fn die(run: JobRun) {
    let died = tokio::time::timeout(Duration::from_millis(20), run.run()).await;
    assert!(died.is_err(), "it ended before it was killed: {died:?}");
}

async fn trainings(bot: &Bot) -> usize {
    let acts = bot.audit(None, 1_000).await.unwrap();
    acts.iter().filter(|line| matches!(line.entry.act, Act::Trained { .. })).count()
}

#[tokio::test]
async fn a_job_of_a_process_that_died_is_taken_up_when_its_lease_has_run_out() {
    let (machines, bot) = Machines::new().await;
    let (jobs, _) = machines.process();
    let (_, run) = machines.halted(&bot, &jobs).await;
    die(run).await;
    let (others, lifecycle) = machines.process();
    assert!(others.waiting(&lifecycle).await.unwrap().is_empty(), "whoever has it may live");
    machines.pass(29);
    assert!(others.waiting(&lifecycle).await.unwrap().is_empty());
    machines.pass(1);
    let mut runs = others.waiting(&lifecycle).await.unwrap();
    assert_eq!(runs.len(), 1);
    assert!(others.waiting(&lifecycle).await.unwrap().is_empty(), "it is at hand already");
    let ended = runs.remove(0).run().await;
    assert_eq!((ended.state, ended.attempts, ended.by.as_str()), (JobState::Succeeded, 2, "ann"), "{ended:?}");
    let said: Vec<&str> = ended.log.iter().map(|line| line.text.as_str()).collect();
    assert!(said.starts_with(&["begun", "begun again: whoever had it is gone"]), "{said:?}");
    assert_eq!(said.last(), Some(&"done"));
    assert_eq!(trainings(&bot).await, 1);
    machines.pass(1_000);
    assert!(others.waiting(&lifecycle).await.unwrap().is_empty(), "what has ended is not begun again");
}

#[tokio::test]
async fn a_run_that_lives_keeps_its_job_and_one_that_lost_it_leaves_it_alone() {
    let (machines, bot) = Machines::new().await;
    let (jobs, _) = machines.process();
    let (halting, run) = machines.halted(&bot, &jobs).await;
    let pulse = run.pulse();
    let work = tokio::spawn(run.run());
    tokio::task::yield_now().await;
    let (others, lifecycle) = machines.process();
    for _ in 0..10 {
        machines.pass(20);
        pulse.beat().await.unwrap();
        assert!(others.waiting(&lifecycle).await.unwrap().is_empty());
    }
    // It is cut off from the store for longer than its lease; another does the work.
    machines.pass(31);
    let ended = others.waiting(&lifecycle).await.unwrap().remove(0).run().await;
    assert_eq!(ended.state, JobState::Succeeded);
    pulse.beat().await.unwrap();
    halting.objects.add_permits(MANY);
    assert_eq!(work.await.unwrap(), ended, "the other's outcome stands");
    assert_eq!(trainings(&bot).await, 1);
    assert_eq!(jobs.get(bot.id(), &ended.id).await.unwrap(), ended);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_processes_one_takes_a_job() {
    let (machines, bot) = Machines::new().await;
    let work = JobWork::Train(TrainingRequest { retrain: true, ..TrainingRequest::default() });
    let (job, run) = machines.process().0.start(&bot, work).await.unwrap();
    drop(run);
    let store =
        Arc::new(Together { inner: machines.store.clone(), barrier: Barrier::new(16), waiting: AtomicUsize::new(0) });
    let mut runs = Vec::new();
    for _ in 0..16 {
        runs.extend(Jobs::new(store.clone()).waiting(&machines.lifecycle(machines.store.clone())).await.unwrap());
    }
    assert_eq!(runs.len(), 16);
    // All see that it is free before one of them takes it.
    store.waiting.store(16, Ordering::Relaxed);
    let runs: Vec<_> = runs.into_iter().map(|run| tokio::spawn(run.run())).collect();
    for run in runs {
        run.await.unwrap();
    }
    let ended = machines.process().0.get(bot.id(), &job.id).await.unwrap();
    assert_eq!((ended.state, ended.attempts), (JobState::Succeeded, 1));
    assert_eq!(trainings(&bot).await, 1, "each retraining is an act");
}

#[tokio::test]
async fn a_job_that_takes_its_processes_down_has_failed_after_five_attempts() {
    let (machines, bot) = Machines::new().await;
    let (jobs, _) = machines.process();
    let (halting, run) = machines.halted(&bot, &jobs).await;
    die(run).await;
    for _ in 0..4 {
        machines.pass(30);
        let mut runs = machines.process().0.waiting(&machines.lifecycle(halting.clone())).await.unwrap();
        die(runs.remove(0)).await;
    }
    machines.pass(30);
    let (others, lifecycle) = machines.process();
    let ended = others.waiting(&lifecycle).await.unwrap().remove(0).run().await;
    assert_eq!((ended.state, ended.attempts), (JobState::Failed, 5));
    let failure = ended.error.unwrap();
    assert!(failure.code == "job_abandoned" && failure.detail.contains("5 times"), "{failure:?}");
    assert!(others.waiting(&lifecycle).await.unwrap().is_empty());
}

#[tokio::test]
async fn another_process_watches_and_cancels_a_job() {
    let (machines, bot) = Machines::new().await;
    let (jobs, _) = machines.process();
    let (halting, run) = machines.halted(&bot, &jobs).await;
    let pulse: JobPulse = run.pulse();
    let work = tokio::spawn(run.run());
    tokio::task::yield_now().await;
    let (others, _) = machines.process();
    let id = jobs.list(bot.id()).await.unwrap().remove(0).id;
    assert_eq!(others.get(bot.id(), &id).await.unwrap().state, JobState::Running);
    let asked = others.cancel(&bot, &id).await.unwrap();
    assert_eq!((asked.state, asked.cancelling), (JobState::Running, true));
    pulse.beat().await.unwrap();
    halting.objects.add_permits(MANY);
    assert_eq!(work.await.unwrap().state, JobState::Cancelled);
    let ended = others.get(bot.id(), &id).await.unwrap();
    assert_eq!((ended.state, ended.cancelling), (JobState::Cancelled, true));
    assert!(ended.log.iter().any(|line| line.text.contains("asked it to end")), "{:?}", ended.log);
    assert!(bot.draft().await.unwrap().models.is_empty());
}

#[tokio::test]
async fn a_job_that_nobody_works_on_is_cancelled_at_once() {
    let (machines, bot) = Machines::new().await;
    let (jobs, _) = machines.process();
    let (_, run) = machines.halted(&bot, &jobs).await;
    let id = jobs.list(bot.id()).await.unwrap().remove(0).id;
    die(run).await;
    machines.pass(30);
    let (others, lifecycle) = machines.process();
    assert_eq!(others.cancel(&bot, &id).await.unwrap().state, JobState::Cancelled);
    assert!(others.waiting(&lifecycle).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_process_that_ends_hands_its_jobs_on() {
    let (machines, bot) = Machines::new().await;
    let (jobs, lifecycle) = machines.process();
    let (halting, run) = machines.halted(&bot, &jobs).await;
    let work = tokio::spawn(run.run());
    tokio::task::yield_now().await;
    let (_, waits) = jobs.start(&bot, JobWork::Test(PlanRequest::full(""))).await.unwrap();
    jobs.release_all();
    halting.objects.add_permits(MANY);
    let left = work.await.unwrap();
    assert_eq!((left.state, waits.run().await.state), (JobState::Queued, JobState::Queued));
    assert!(jobs.waiting(&lifecycle).await.unwrap().is_empty(), "this process begins nothing any more");
    assert_eq!(jobs.unfinished(), 0);
    let (others, lifecycle) = machines.process();
    for run in others.waiting(&lifecycle).await.unwrap() {
        let ended = run.run().await;
        assert_eq!((ended.state, ended.attempts), (JobState::Succeeded, 1), "{ended:?}");
    }
    assert_eq!(others.list(bot.id()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_publish_whose_process_died_after_it_is_not_done_again() {
    let (machines, bot) = Machines::new().await;
    bot.train(&TrainingRequest::default(), &mut |_| std::ops::ControlFlow::Continue(())).await.unwrap();
    let plan = bot.keep_plan(&bot.plan(&PlanRequest::full("first")).await.unwrap()).await.unwrap();
    // It is put down and begun; how it ended is not stored any more.
    let halting = Halting::after(&machines.store, 2, MANY);
    let (job, run) = Jobs::new(halting).start(&bot, JobWork::Publish { plan, key: None }).await.unwrap();
    die(run).await;
    assert_eq!(bot.environment(&live()).await.unwrap().unwrap().number, 1);
    machines.pass(30);
    let (others, lifecycle) = machines.process();
    let ended = others.waiting(&lifecycle).await.unwrap().remove(0).run().await;
    assert_eq!((ended.id, ended.state), (job.id, JobState::Succeeded));
    assert_eq!(ended.outcome.unwrap()["number"], 1);
    assert_eq!(bot.versions().await.unwrap().len(), 1);
}

#[tokio::test]
async fn progress_is_stored_when_there_is_some_and_the_lease_before_it_runs_out() {
    let (machines, bot) = Machines::new().await;
    let halting = Halting::after(&machines.store, MANY, MANY);
    let jobs = Jobs::new(halting.clone());
    let (_, run) = machines.halted(&bot, &jobs).await;
    let pulse = run.pulse();
    let _work = tokio::spawn(run.run());
    tokio::task::yield_now().await;
    let written = AtomicUsize::new(halting.commits.available_permits());
    let commits = || {
        let left = halting.commits.available_permits();
        written.swap(left, Ordering::Relaxed) - left
    };
    pulse.beat().await.unwrap();
    assert_eq!(commits(), 0, "there is nothing to tell");
    machines.pass(14);
    pulse.beat().await.unwrap();
    assert_eq!(commits(), 0);
    machines.pass(1);
    pulse.beat().await.unwrap();
    assert_eq!(commits(), 1, "half of the lease is over");
}

#[tokio::test]
async fn the_work_of_a_job_is_read_as_it_was_put_down() {
    let (machines, bot) = Machines::new().await;
    let policy = greenroom_publish::Policy::from_json(br#"{"rules":{"untested":{"severity":"deny"}}}"#).unwrap();
    let request = PlanRequest { policy: Some(policy), ..PlanRequest::nlp_only("notes") };
    let work = JobWork::Test(request);
    let text = serde_json::to_string(&work).unwrap();
    assert_eq!(serde_json::from_str::<JobWork>(&text).unwrap(), work);
    let (jobs, lifecycle) = machines.process();
    let (_, run) = jobs.start(&bot, work).await.unwrap();
    drop(run);
    let ended = jobs.waiting(&lifecycle).await.unwrap().remove(0).run().await;
    assert_eq!(ended.state, JobState::Succeeded, "{ended:?}");
}

#[tokio::test]
async fn an_unfinished_job_of_an_older_build_reads_as_failed() {
    let (machines, bot) = Machines::new().await;
    let id = "01999999-0000-7000-8000-000000000000";
    let record = format!(
        r#"{{"format":1,"id":"{id}","bot":"shop","kind":"train","state":"running","percentage":40,
        "step":"en: fitting the model","by":"ann","created":"2026-11-01T00:00:00Z"}}"#
    );
    let key = Key::new(&format!("bots/shop/jobs/{id}")).unwrap();
    machines.store.commit(Commit::new().create(key, record)).await.unwrap();
    let (jobs, lifecycle) = machines.process();
    let job = jobs.get(bot.id(), &id.parse().unwrap()).await.unwrap();
    assert_eq!((job.state, job.error.unwrap().code.as_str()), (JobState::Failed, "interrupted"));
    assert!(jobs.waiting(&lifecycle).await.unwrap().is_empty());
}
