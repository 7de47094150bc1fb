//! What is cut off, step by step: each act from what was before it, and what must
//! be reached by doing it again.

use std::sync::Arc;

use greenroom::lifecycle::{
    Bot, CollectionOptions, Error, IdempotencyKey, Job, JobState, JobWork, Jobs, Lifecycle, PlanRequest, live,
};
use greenroom::store::Store;
use jiff::{SignedDuration, Timestamp};

use crate::failing::Failing;
use crate::shop::{create, create_with_two_versions, examples, flow, open, publish, shop, train};

/// An act that is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scene {
    /// A plan of the NLP alone, kept and carried out under a key.
    Publish,
    Rollback,
    Train,
    TrainingJob,
    TestJob,
    PublishJob,
    /// A collection of the garbage that edits left, and of a plan that nobody published.
    Collect,
}

impl Scene {
    pub(crate) const ALL: [Self; 7] =
        [Self::Publish, Self::Rollback, Self::Train, Self::TrainingJob, Self::TestJob, Self::PublishJob, Self::Collect];

    /// What the store is before it.
    pub(crate) async fn prepare(self, store: Arc<dyn Store>) {
        let bot = if self == Self::Rollback {
            return drop(create_with_two_versions(store).await);
        } else {
            create(store).await
        };
        publish(&bot).await;
        bot.edit(&[flow(2), examples(2)]).await.unwrap();
        if !matches!(self, Self::Train | Self::TrainingJob) {
            train(&bot).await.unwrap();
        }
        if self == Self::Collect {
            for edition in 3..9 {
                bot.edit(&[flow(edition), examples(edition)]).await.unwrap();
            }
            bot.keep_plan(&bot.plan(&PlanRequest::full("never")).await.unwrap()).await.unwrap();
            bot.edit(&[flow(2), examples(2)]).await.unwrap();
        }
    }

    /// Does it on a store that may fail. The error is what was told of it.
    pub(crate) async fn play(self, store: Arc<Failing>) -> Result<(), Error> {
        let bot = open(store.clone()).bot(&shop()).await?;
        match self {
            Self::Publish => {
                let plan = bot.plan(&PlanRequest::nlp_only("notes")).await?;
                bot.keep_plan(&plan).await?;
                bot.publish_once(&plan, &key()).await.map(drop)
            }
            Self::Rollback => bot.rollback(&live(), 1).await.map(drop),
            Self::Train => train(&bot).await,
            Self::TrainingJob | Self::TestJob | Self::PublishJob => self.job(&bot, store).await.map(drop),
            Self::Collect => later(&open(store)).collect_garbage(&at_once()).await.map(drop),
        }
    }

    async fn job(self, bot: &Bot, store: Arc<dyn Store>) -> Result<Job, Error> {
        let work = match self {
            Self::PublishJob => {
                let plan = bot.keep_plan(&bot.plan(&PlanRequest::full("notes")).await?).await?;
                JobWork::Publish { plan, key: None }
            }
            Self::TestJob => JobWork::Test(PlanRequest::full("notes")),
            _ => JobWork::Train(Default::default()),
        };
        let (_, run) = Jobs::new(store).start(bot, work).await?;
        let pulse = run.pulse();
        let job = run.run().await;
        pulse.beat().await?;
        Ok(job)
    }

    /// What follows in another process: what was cut off is done again, and then is done.
    pub(crate) async fn again(self, store: &Arc<dyn Store>) {
        let lifecycle = open(store.clone());
        let bot = lifecycle.bot(&shop()).await.unwrap();
        match self {
            Self::Publish => {
                let published = match bot.kept_publish(&key()).await.unwrap() {
                    Some(kept) => bot.publish_once(&bot.plan_of(&kept).await.unwrap(), &key()).await.unwrap(),
                    None => {
                        let plan = bot.plan(&PlanRequest::nlp_only("notes")).await.unwrap();
                        bot.publish_once(&plan, &key()).await.unwrap()
                    }
                };
                assert_eq!(published.number, 2);
            }
            Self::Rollback => assert_eq!(bot.rollback(&live(), 1).await.unwrap().to, 1),
            Self::Train => train(&bot).await.unwrap(),
            Self::TrainingJob | Self::TestJob | Self::PublishJob => {
                let jobs = finish_jobs(store, &lifecycle).await;
                if jobs.iter().any(|job| job.state == JobState::Succeeded) {
                    return self.is_reached(&bot).await;
                }
                // It was not put down, or the store's error failed it, and it says so.
                assert!(jobs.iter().all(|job| job.error.is_some()), "{jobs:?}");
                let failing = Failing::at(None, store);
                assert_eq!(self.job(&bot, failing).await.unwrap().state, JobState::Succeeded);
            }
            Self::Collect => {
                later(&lifecycle).collect_garbage(&at_once()).await.unwrap();
                let left = later(&lifecycle).collect_garbage(&at_once()).await.unwrap();
                assert_eq!((left.deleted.objects, left.waiting.objects, left.plans), (0, 0, 0), "garbage was left");
                // What is kept is enough to go on with.
                let loaded = bot.load(&bot.draft().await.unwrap()).await;
                assert!(loaded.is_ok());
            }
        }
        self.is_reached(&bot).await;
    }

    async fn is_reached(self, bot: &Bot) {
        let number = bot.environment(&live()).await.unwrap().unwrap().number;
        let versions = bot.versions().await.unwrap().len();
        let expected = match self {
            Self::Publish | Self::PublishJob => (2, 2),
            Self::Rollback => (1, 2),
            Self::Train | Self::TrainingJob | Self::TestJob | Self::Collect => (1, 1),
        };
        assert_eq!((number, versions), expected, "{self:?}");
        let plan = bot.plan(&PlanRequest::full("notes")).await.unwrap();
        let codes: Vec<&str> = plan.findings().iter().map(|finding| finding.code.as_str()).collect();
        assert!(!codes.contains(&"model_stale") && !codes.contains(&"model_missing"), "{self:?}: {codes:?}");
    }
}

fn key() -> IdempotencyKey {
    "monday".parse().unwrap()
}

/// The same a minute later, when leases are over and plans that are kept for seconds go.
fn later(lifecycle: &Lifecycle) -> Lifecycle {
    let later = Timestamp::now().checked_add(SignedDuration::from_mins(1)).unwrap();
    lifecycle.clone().with_clock(Arc::new(move || later))
}

/// A collection without a grace, which lets plans go after seconds.
fn at_once() -> CollectionOptions {
    let (grace, plans) = (SignedDuration::ZERO, SignedDuration::from_secs(1));
    CollectionOptions { grace, plans, ..CollectionOptions::default() }
}

/// Takes up what others left, after their leases, until nothing is unfinished.
async fn finish_jobs(store: &Arc<dyn Store>, lifecycle: &Lifecycle) -> Vec<Job> {
    let lifecycle = later(lifecycle);
    let jobs = Jobs::new(store.clone());
    for run in jobs.waiting(&lifecycle).await.unwrap() {
        run.run().await;
    }
    let jobs = jobs.list(&shop()).await.unwrap();
    assert!(jobs.iter().all(|job| job.state.has_ended()), "a job is stuck: {jobs:?}");
    jobs
}
