//! Jobs: what is put down, run, cancelled, left behind.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use greenroom_lifecycle::{
    Bot, Error, Job, JobState, JobWork, Jobs, Lifecycle, OutOfScopeTexts, PlanRequest, TrainingRequest,
};
use greenroom_model::Document;
use greenroom_model::document::{Examples, Intent, Settings};
use greenroom_store::{MemoryStore, Store as _};
use serde_json::json;

async fn bot() -> (Arc<MemoryStore>, Bot) {
    let store = Arc::new(MemoryStore::new());
    let lifecycle = Lifecycle::new(store.clone()).acting_as("ann");
    let bot = lifecycle.create(&"shop".parse().unwrap(), Settings::new("Shop", "en".parse().unwrap())).await.unwrap();
    for (intent, texts) in [("buy", ["i want to buy", "sell me one"]), ("bye", ["good bye", "see you"])] {
        let path = format!("nlp/intents/{intent}").parse().unwrap();
        bot.put(&path, Document::Intent(Intent::new(intent))).await.unwrap();
        let path = format!("nlp/examples/en/{intent}").parse().unwrap();
        bot.put(&path, Document::Examples(Examples::of(texts))).await.unwrap();
    }
    (store, bot)
}

#[tokio::test]
async fn a_training_trains_and_its_record_tells() {
    let (store, bot) = bot().await;
    let jobs = Jobs::new(store.clone());
    let (job, run) = jobs.start(&bot, JobWork::Train(TrainingRequest::default())).await.unwrap();
    assert_eq!((job.state, job.by.as_str()), (JobState::Queued, "ann"));
    assert_eq!(jobs.get(bot.id(), &job.id).await.unwrap().state, JobState::Queued);
    let ended = run.run().await;
    assert_eq!((ended.state, ended.percentage), (JobState::Succeeded, 100), "{ended:?}");
    assert_eq!(ended.outcome.as_ref().unwrap()[0]["labels"], 2);
    assert_eq!(jobs.get(bot.id(), &job.id).await.unwrap(), ended);
    assert_eq!(Jobs::new(store).list(bot.id()).await.unwrap(), [ended]);
    assert_eq!(jobs.unfinished(), 0);
    assert!(!bot.draft().await.unwrap().models.is_empty());
}

#[tokio::test]
async fn a_cancelled_job_ends_and_changes_nothing() {
    let (store, bot) = bot().await;
    let jobs = Jobs::new(store);
    let (job, run) = jobs.start(&bot, JobWork::Train(TrainingRequest::default())).await.unwrap();
    jobs.cancel(&bot, &job.id).await.unwrap();
    assert_eq!(run.run().await.state, JobState::Cancelled);
    assert!(bot.draft().await.unwrap().models.is_empty());
    assert_eq!(jobs.cancel(&bot, &job.id).await.unwrap().state, JobState::Cancelled);
}

#[tokio::test]
async fn a_job_that_fails_says_why() {
    let (store, bot) = bot().await;
    let jobs = Jobs::new(store);
    let work = evaluation("nl", &[]);
    let (_, run) = jobs.start(&bot, work).await.unwrap();
    let ended = run.run().await;
    assert_eq!(ended.state, JobState::Failed);
    assert_eq!(ended.error.unwrap().code, "no_examples");
}

fn evaluation(language: &str, out_of_scope: &[&str]) -> JobWork {
    let out_of_scope = OutOfScopeTexts::new(out_of_scope.iter().map(ToString::to_string).collect()).unwrap();
    JobWork::Evaluate { language: language.parse().unwrap(), folds: 2, learning_curve: false, out_of_scope }
}

#[tokio::test]
async fn an_evaluation_counts_texts_out_of_scope_and_its_record_lets_them_go() {
    let (store, bot) = bot().await;
    let jobs = Jobs::new(store.clone());
    let record = async |job: &Job| {
        let key = greenroom_store::layout::job(bot.id(), job.id.as_str()).unwrap();
        String::from_utf8(store.record(&key).await.unwrap().unwrap().value.to_vec()).unwrap()
    };
    let (job, run) =
        jobs.start(&bot, evaluation("en", &["i want to buy", "what about mars", "what about mars"])).await.unwrap();
    assert!(record(&job).await.contains("what about mars"));
    drop(run);
    // As after a crash: the record alone says what is to be judged.
    let run = jobs.waiting(bot.lifecycle()).await.unwrap().remove(0);
    let ended = run.run().await;
    assert_eq!(ended.state, JobState::Succeeded, "{ended:?}");
    let thresholds = &ended.outcome.unwrap()["thresholds"];
    assert_eq!((&thresholds["out_of_scope"], &thresholds["in_scope"]), (&json!(3), &json!(4)));
    // The very words of an example are answered at a low threshold, nothing is at the highest.
    assert!(thresholds["points"][0]["out_of_scope_answered"].as_u64().unwrap() >= 1, "{thresholds}");
    assert_eq!(thresholds["points"][100]["out_of_scope_answered"], 0);
    assert!(!record(&job).await.contains("what about mars"));

    let (job, run) = jobs.start(&bot, evaluation("en", &["what about mars"])).await.unwrap();
    jobs.cancel(&bot, &job.id).await.unwrap();
    drop(run);
    assert!(!record(&job).await.contains("what about mars"));
}

#[tokio::test]
async fn the_jobs_and_plans_of_one_bot_are_not_those_of_another() {
    let (store, bot) = bot().await;
    let other = bot.lifecycle().create(&"other".parse().unwrap(), Settings::new("B", "en".parse().unwrap())).await;
    let other = other.unwrap();
    let jobs = Jobs::new(store);
    let (job, _run) = jobs.start(&bot, JobWork::Train(TrainingRequest::default())).await.unwrap();
    assert!(matches!(jobs.get(other.id(), &job.id).await, Err(Error::JobNotFound { .. })));
    let plan = bot.plan(&PlanRequest::full("notes")).await.unwrap();
    let digest = bot.keep_plan(&plan).await.unwrap();
    assert_eq!(bot.kept_plan(&digest).await.unwrap(), plan);
    assert!(matches!(other.kept_plan(&digest).await, Err(Error::PlanNotFound { .. })));
}

#[tokio::test]
async fn the_oldest_ended_jobs_make_room() {
    let (store, bot) = bot().await;
    let jobs = Jobs::new(store);
    let mut first = None;
    for _ in 0..202 {
        let (job, run) = jobs.start(&bot, JobWork::Test(PlanRequest::full(""))).await.unwrap();
        run.run().await;
        first.get_or_insert(job.id);
    }
    assert!(matches!(jobs.get(bot.id(), &first.unwrap()).await, Err(Error::JobNotFound { .. })));
    assert_eq!(jobs.list(bot.id()).await.unwrap().len(), 201);
}
