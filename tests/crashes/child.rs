//! A process that trains, publishes and rolls back until it is killed, and says what it
//! has done. It is this test's own binary, told by the environment to be the child.

use std::sync::Arc;

use greenroom::lifecycle::{Bot, Error, IdempotencyKey, PlanRequest, live};
use greenroom::store_sqlite::SqliteStore;

use crate::chance::Chance;
use crate::shop::{examples, flow, open, shop, train};

/// Names the store, a seed, and what the process before had not heard the end of.
pub(crate) const STORE: &str = "GREENROOM_TEST_CRASHES";
pub(crate) const SEED: &str = "GREENROOM_TEST_CRASHES_SEED";
pub(crate) const UNHEARD: &str = "GREENROOM_TEST_CRASHES_UNHEARD";

/// What begins a line of the child, among those of the test's harness.
pub(crate) const MARK: char = '\u{1f}';

fn say(what: &str) {
    println!("{MARK}{what}");
}

/// As a test of its own it does nothing.
#[test]
fn acts_until_it_is_killed() {
    let Ok(path) = std::env::var(STORE) else { return };
    let mut chance = Chance(std::env::var(SEED).unwrap().parse().unwrap());
    let executor = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    executor.block_on(async {
        let bot = open(Arc::new(SqliteStore::open(path).await.unwrap())).bot(&shop()).await.unwrap();
        say("begun");
        if let Ok(unheard) = std::env::var(UNHEARD) {
            repeat(&bot, &unheard).await;
        }
        loop {
            act(&bot, &mut chance).await;
        }
    });
}

/// Asks again for the publish that the process before may have made.
async fn repeat(bot: &Bot, unheard: &str) {
    let (key, plan) = unheard.split_once(' ').unwrap();
    let plan = bot.kept_plan(&plan.parse().unwrap()).await.unwrap();
    match bot.publish_once(&plan, &key.parse().unwrap()).await {
        Ok(published) => say(&format!("published {} {}", published.number, published.version)),
        Err(Error::Refused(_)) => say("refused"),
        Err(error) => panic!("{error}"),
    }
}

async fn act(bot: &Bot, chance: &mut Chance) {
    let versions = bot.versions().await.unwrap().len();
    let edition = 1_000 + chance.below(1_000_000_000);
    match chance.below(4) {
        0 if versions > 1 => {
            let number = chance.below(versions) as u64 + 1;
            say(&format!("rolling {number}"));
            let done = bot.rollback(&live(), number).await.unwrap();
            say(&format!("rolled {}", done.to));
        }
        1 => {
            // Few sets of examples, so that some models are found trained already.
            bot.edit(&[flow(edition), examples(edition % 3)]).await.unwrap();
            train(bot).await.unwrap();
            publish(bot, PlanRequest::full("all"), edition).await;
        }
        2 => {
            bot.edit(&[examples(edition % 3)]).await.unwrap();
            train(bot).await.unwrap();
            publish(bot, PlanRequest::nlp_only("words"), edition).await;
        }
        _ => {
            bot.edit(&[flow(edition)]).await.unwrap();
            publish(bot, PlanRequest::full("texts"), edition).await;
        }
    }
}

async fn publish(bot: &Bot, request: PlanRequest, edition: usize) {
    // Each plan is another by its notes, so that none is carried out twice by mere chance.
    let plan = bot.plan(&PlanRequest { notes: format!("{edition}"), ..request }).await.unwrap();
    let digest = bot.keep_plan(&plan).await.unwrap();
    let key: IdempotencyKey = format!("edition-{edition}").parse().unwrap();
    say(&format!("publishing {key} {digest}"));
    match bot.publish_once(&plan, &key).await {
        Ok(published) => say(&format!("published {} {}", published.number, published.version)),
        // Words that are live already; or a draft that a kill left untrained.
        Err(Error::Refused(_)) => say("refused"),
        Err(error) => panic!("{error}"),
    }
}
