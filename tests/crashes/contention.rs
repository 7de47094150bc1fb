//! 64 publishers from one base: one wins, the others hear who did.

use std::sync::Arc;

use greenroom::lifecycle::{Error, PlanRequest, live};
use greenroom::store::{MemoryStore, Store};
use greenroom::store_sqlite::SqliteStore;
use tokio::sync::Barrier;

use crate::cases::cases;
use crate::promises;
use crate::shop::{create, flow, open, publish, shop};

const PUBLISHERS: usize = 64;

async fn one_wins_each_round(store: Arc<dyn Store>, rounds: usize) {
    let bot = create(store.clone()).await;
    publish(&bot).await;
    for round in 0..rounds {
        bot.edit(&[flow(100 + round)]).await.unwrap();
        let barrier = Arc::new(Barrier::new(PUBLISHERS));
        let publishers: Vec<_> = (0..PUBLISHERS)
            .map(|number| {
                let (store, barrier) = (store.clone(), barrier.clone());
                tokio::spawn(async move {
                    let lifecycle = open(store).acting_as(format!("publisher {number}"));
                    let bot = lifecycle.bot(&shop()).await.unwrap();
                    let plan = bot.plan(&PlanRequest::full(format!("{round} of {number}"))).await.unwrap();
                    barrier.wait().await;
                    bot.publish(&plan).await
                })
            })
            .collect();
        let mut winners = Vec::new();
        let mut told = Vec::new();
        for (number, publisher) in publishers.into_iter().enumerate() {
            match publisher.await.unwrap() {
                Ok(published) => winners.push((published.number, format!("publisher {number}"))),
                Err(Error::EnvironmentMoved { number, by, .. }) => told.push((number, by)),
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(winners.len(), 1, "round {round}");
        assert_eq!(winners[0].0, round as u64 + 2);
        assert_eq!(told, vec![winners[0].clone(); PUBLISHERS - 1], "each of the others hears of the winner");
        assert_eq!(bot.environment(&live()).await.unwrap().unwrap().number, winners[0].0);
    }
    promises::hold(&store).await;
    println!("{rounds} rounds of {PUBLISHERS} publishers: one won each, {} heard of it", PUBLISHERS - 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_publishers_in_memory_one_wins() {
    one_wins_each_round(Arc::new(MemoryStore::new()), cases(4)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_publishers_on_sqlite_one_wins() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("store.db")).await.unwrap();
    one_wins_each_round(Arc::new(store), cases(2)).await;
}
