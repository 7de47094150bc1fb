//! What a server does without being asked.

use std::time::Duration;

use greenroom_lifecycle::{CollectionOptions, Lifecycle};
use greenroom_web::{AppState, sweep};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::health::Health;

/// How often what is out of date is thrown away.
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);

/// How often is looked whether a time has ended that a flow waits for.
const RING_EVERY: Duration = Duration::from_secs(1);

/// How often figures are kept small.
const TIDY_EVERY: Duration = Duration::from_secs(5);

/// How often is looked for jobs of servers that ended amid them.
const RESUME_EVERY: Duration = Duration::from_secs(5);

/// How long after its start a server collects garbage first: not while it has to get ready.
const COLLECT_AFTER: Duration = Duration::from_secs(600);

/// How often it does so: twice in the time for which garbage is left, so that no jitter adds a day.
const COLLECT_EVERY: Duration = Duration::from_secs(12 * 3_600);

/// Does its chores until the server stops.
pub(crate) async fn chores(app: AppState, health: Health, stop: CancellationToken) {
    let collections = collect_garbage(app.lifecycle().clone(), CollectionOptions::default());
    let collections = tokio::spawn(stop.clone().run_until_cancelled_owned(collections));
    let mut sweeping = tokio::time::interval(SWEEP_EVERY);
    let mut tidying = tokio::time::interval(TIDY_EVERY);
    let mut resuming = tokio::time::interval(RESUME_EVERY);
    let mut ringing = tokio::time::interval(RING_EVERY);
    ringing.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = tidying.tick() => health.tidy(),
            _ = ringing.tick() => if let Err(error) = app.runtime().ring_due_timers().await {
                tracing::warn!(%error, "times that flows wait for could not be looked up; it is tried again");
            },
            _ = resuming.tick() => if let Err(error) = app.resume_jobs().await {
                tracing::warn!(%error, "jobs that wait could not be looked up; it is tried again");
            },
            _ = sweeping.tick() => match sweep(&app).await {
                Ok(swept) => tracing::debug!(?swept, "swept"),
                Err(problem) => tracing::warn!(code = problem.code, "a sweep failed; it is tried again in an hour"),
            },
        }
    } // It holds the store.
    _ = collections.await;
}

/// Deletes what nothing refers to any more. It may be broken off anywhere.
async fn collect_garbage(lifecycle: Lifecycle, options: CollectionOptions) {
    let mut collecting = tokio::time::interval_at(Instant::now() + COLLECT_AFTER, COLLECT_EVERY);
    collecting.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        collecting.tick().await;
        match lifecycle.collect_garbage(&options).await {
            Ok(collected) => tracing::info!(
                deleted = collected.deleted.objects,
                bytes = collected.deleted.bytes,
                waiting = collected.waiting.objects,
                plans = collected.plans,
                "garbage was collected"
            ),
            Err(error) => tracing::warn!(%error, "garbage could not be collected; it is tried again in 12 hours"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "what a test cannot do without fails it")]

    use std::sync::Arc;

    use greenroom_model::document::Settings;
    use greenroom_store::{MemoryStore, Store as _};
    use jiff::{SignedDuration, Timestamp};

    use super::*;

    /// Collections find the same garbage for a day, and then delete it.
    #[tokio::test(start_paused = true)]
    async fn what_nothing_refers_to_is_deleted_after_a_day() {
        let store = Arc::new(MemoryStore::new());
        let (began, at) = (Instant::now(), Timestamp::now());
        let clock = move || at.checked_add(SignedDuration::try_from(began.elapsed()).unwrap()).unwrap();
        let lifecycle = Lifecycle::new(store.clone()).acting_as("ann").with_clock(Arc::new(clock));
        let settings = |name: &str| Settings::new(name, "en".parse().unwrap());
        let bot = lifecycle.create(&"shop".parse().unwrap(), settings("Shop")).await.unwrap();
        for name in ["Shop 2", "Shop 3"] {
            let document = greenroom_model::Document::Settings(settings(name));
            bot.put(&greenroom_model::PartPath::Settings, document).await.unwrap();
        }
        let stored = async || store.stored_objects(None, 1_000).await.unwrap().len();
        let before = stored().await;
        let stop = CancellationToken::new();
        let collections = collect_garbage(lifecycle, CollectionOptions::default());
        let collections = tokio::spawn(stop.clone().run_until_cancelled_owned(collections));
        tokio::time::sleep(COLLECT_AFTER * 2).await;
        assert_eq!(stored().await, before, "what was just referred to is left for a day");
        tokio::time::sleep(COLLECT_EVERY * 2).await;
        assert!(stored().await < before, "{} of {before} objects are left", stored().await);
        bot.documents(&bot.draft().await.unwrap()).await.unwrap();
        stop.cancel();
        assert_eq!(collections.await.unwrap(), None);
    }
}
