//! A publish under a key happens once; one whose candidate is gone does not happen.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use greenroom_lifecycle::{Bot, Error, IdempotencyKey, Lifecycle, PlanRequest, Published, live};
use greenroom_model::document::{Examples, Intent, Settings};
use greenroom_model::{Digest, Document, Record as _, Scope, TrainedModel};
use greenroom_publish::Plan;
use greenroom_store::{Commit, Committed, Key, MemoryStore, Record, Store};

/// A store that may carry out a commit and not know it, and may have lost objects.
#[derive(Default)]
struct Unsure {
    inner: MemoryStore,
    forgets_outcome: AtomicBool,
    lost: Mutex<BTreeSet<Digest>>,
}

#[async_trait::async_trait]
impl Store for Unsure {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<bytes::Bytes>>, greenroom_store::Error> {
        let found = self.inner.objects(digests).await?;
        let lost = self.lost.lock().unwrap();
        Ok(digests.iter().zip(found).map(|(digest, found)| found.filter(|_| !lost.contains(digest))).collect())
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, greenroom_store::Error> {
        self.inner.look_up(keys).await
    }

    async fn records(
        &self,
        prefix: &Key,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<Record>, greenroom_store::Error> {
        self.inner.records(prefix, after, limit).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, greenroom_store::Error> {
        let done = self.inner.commit(commit).await?;
        if self.forgets_outcome.swap(false, Ordering::Relaxed) {
            let source = std::io::Error::other("the connection was lost").into();
            return Err(greenroom_store::Error::Backend { what: "cannot tell".to_owned(), source });
        }
        Ok(done)
    }
}

async fn bot() -> (Arc<Unsure>, Bot) {
    let store = Arc::new(Unsure::default());
    let lifecycle = Lifecycle::new(store.clone()).acting_as("ann");
    let bot = lifecycle.create(&"shop".parse().unwrap(), Settings::new("Shop", "en".parse().unwrap())).await.unwrap();
    (store, bot)
}

/// Says something else in the draft's only flow.
async fn plan(bot: &Bot, text: &str) -> Plan {
    let path = "flows/hello".parse().unwrap();
    let json = format!(
        r#"{{"name":"Hello","start":"a","triggers":[{{"system":"introduction"}}],
        "nodes":{{"a":{{"message":{{"text":{{"en":"{text}"}}}}}}}}}}"#
    );
    bot.put(&path, Document::from_json(&path, json.as_bytes()).unwrap()).await.unwrap();
    bot.plan(&PlanRequest::full(text)).await.unwrap()
}

fn key(text: &str) -> IdempotencyKey {
    text.parse().unwrap()
}

#[tokio::test]
async fn the_same_key_and_plan_give_the_same_outcome_whatever_happened_since() {
    let (_, bot) = bot().await;
    let first = plan(&bot, "one").await;
    let published = bot.publish_once(&first, &key("monday")).await.unwrap();
    assert!(!published.replayed);
    let again = bot.publish_once(&first, &key("monday")).await.unwrap();
    assert_eq!(again, Published { replayed: true, ..published.clone() });
    let second = plan(&bot, "two").await;
    bot.publish(&second).await.unwrap();
    let again = bot.publish_once(&first, &key("monday")).await.unwrap();
    assert_eq!(again, Published { replayed: true, ..published.clone() });
    assert_eq!(bot.environment(&live()).await.unwrap().unwrap().number, 2, "nothing was done again");
    assert_eq!(bot.versions().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_key_of_another_plan_is_refused_and_names_what_it_did() {
    let (_, bot) = bot().await;
    let first = plan(&bot, "one").await;
    bot.publish_once(&first, &key("monday")).await.unwrap();
    let second = plan(&bot, "two").await;
    match bot.publish_once(&second, &key("monday")).await {
        Err(Error::IdempotencyKeyReused { key, number: 1, .. }) => assert_eq!(key, "monday"),
        other => panic!("{other:?}"),
    }
    assert_eq!(bot.environment(&live()).await.unwrap().unwrap().number, 1);
    assert_eq!(bot.publish_once(&second, &key("tuesday")).await.unwrap().number, 2);
}

#[tokio::test]
async fn a_store_that_does_not_know_whether_it_committed_is_asked_by_the_key() {
    let (store, bot) = bot().await;
    let first = plan(&bot, "one").await;
    store.forgets_outcome.store(true, Ordering::Relaxed);
    let published = bot.publish_once(&first, &key("monday")).await.unwrap();
    assert_eq!(published.version, bot.environment(&live()).await.unwrap().unwrap().stable);
    let again = bot.publish_once(&first, &key("monday")).await.unwrap();
    assert_eq!(again, Published { replayed: true, ..published.clone() });
    let second = plan(&bot, "two").await;
    store.forgets_outcome.store(true, Ordering::Relaxed);
    match bot.publish(&second).await {
        Err(Error::Store(greenroom_store::Error::Backend { .. })) => {}
        other => panic!("{other:?}"),
    }
    // Without a key nobody can tell one's own publish from another's.
    assert!(matches!(bot.publish(&second).await, Err(Error::EnvironmentMoved { .. })));
    assert_eq!(bot.versions().await.unwrap().len(), 2);
}

#[tokio::test]
async fn of_many_callers_with_one_key_all_hear_of_one_publish() {
    let (_, bot) = bot().await;
    let first = plan(&bot, "one").await;
    let callers: Vec<_> = (0..16)
        .map(|_| {
            let (bot, plan) = (bot.clone(), first.clone());
            tokio::spawn(async move { bot.publish_once(&plan, &key("monday")).await.unwrap() })
        })
        .collect();
    let mut heard = Vec::new();
    for caller in callers {
        heard.push(caller.await.unwrap());
    }
    assert_eq!(heard.iter().filter(|published| !published.replayed).count(), 1, "one did it, the others are told so");
    heard.dedup_by_key(|published| (published.version, published.number));
    assert_eq!(heard.len(), 1);
    assert_eq!(bot.versions().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_candidate_that_the_store_has_lost_is_not_published() {
    let (store, bot) = bot().await;
    let lost = plan(&bot, "one").await;
    for (object, what) in [(lost.candidate().tree, "the root of its parts"), (lost.candidate().index, "their index")] {
        *store.lost.lock().unwrap() = [object].into();
        match bot.publish(&lost).await {
            Err(error @ Error::CandidateIncomplete { .. }) => {
                let text = error.to_string();
                assert!(text.contains(what) && text.contains("plan again"), "{text}");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(bot.environment(&live()).await.unwrap(), None);
    }
    store.lost.lock().unwrap().clear();
    assert_eq!(bot.publish(&lost).await.unwrap().number, 1);
}

#[tokio::test]
async fn a_candidate_whose_model_the_store_has_lost_is_not_published() {
    let (store, bot) = bot().await;
    for (intent, texts) in [("buy", ["i want to buy", "sell me one"]), ("bye", ["good bye", "see you"])] {
        bot.put(&format!("nlp/intents/{intent}").parse().unwrap(), Document::Intent(Intent::new(intent)))
            .await
            .unwrap();
        let path = format!("nlp/examples/en/{intent}").parse().unwrap();
        bot.put(&path, Document::Examples(Examples::of(texts))).await.unwrap();
    }
    let trained = bot.train(&Default::default(), &mut |_| ControlFlow::Continue(())).await.unwrap();
    let whole = plan(&bot, "one").await;
    let record = trained[0].model;
    let bytes = store.objects(&[record]).await.unwrap().remove(0).unwrap();
    let artifact = TrainedModel::from_bytes(&bytes).unwrap().artifact;
    for (object, what) in [(record, "the record of its model for `en`"), (artifact, "its model for `en`")] {
        *store.lost.lock().unwrap() = [object].into();
        match bot.publish(&whole).await {
            Err(Error::CandidateIncomplete { missing }) => assert_eq!(missing, [what]),
            other => panic!("{other:?}"),
        }
    }
    store.lost.lock().unwrap().clear();
    assert_eq!(bot.publish(&whole).await.unwrap().number, 1);
}

#[test]
fn keys_are_texts_of_1_to_255_characters() {
    assert!("é".repeat(255).parse::<IdempotencyKey>().is_ok());
    for text in ["", "a\nb", &"a".repeat(256)] {
        assert!(matches!(text.parse::<IdempotencyKey>(), Err(Error::InvalidIdempotencyKey(_))), "{text}");
    }
}

#[tokio::test]
async fn a_rollback_under_a_key_happens_once_even_where_nothing_was_to_be_done() {
    let (_, bot) = bot().await;
    for text in ["one", "two"] {
        let plan = plan(&bot, text).await;
        bot.publish(&plan).await.unwrap();
    }
    let back = async |number, key: &IdempotencyKey| {
        let plan = match bot.kept_publish(key).await.unwrap() {
            Some(kept) => bot.plan_of(&kept).await.unwrap(),
            None => {
                bot.plan(&PlanRequest { scope: Scope::Rollback(number), ..PlanRequest::full("back") }).await.unwrap()
            }
        };
        bot.publish_once(&plan, key).await.unwrap()
    };
    let (there, away) = (key("there already"), key("away"));
    assert!(!back(2, &there).await.replayed);
    assert_eq!(back(1, &away).await.number, 1);
    for (number, key) in [(2, &there), (1, &away)] {
        let again = back(number, key).await;
        assert!(again.replayed && again.number == number);
        assert_eq!(bot.environment(&live()).await.unwrap().unwrap().number, 1, "it happened again");
    }
}
