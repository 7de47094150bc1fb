//! How many turns a second one file takes, the whole path but HTTP: classify,
//! entities, step, session, transcript, one synced commit.

use std::sync::Arc;
use std::time::{Duration, Instant};

use greenroom::runtime::{Message, Place, Runtime};

use crate::desk::{open_shop, shop};

/// How many conversations go on at once.
const AT_ONCE: usize = 100;

/// How many turns there are in all.
fn turns() -> usize {
    std::env::var("GREENROOM_SOAK_CASES").map_or(400, |turns| turns.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn turns_of_many_conversations_share_commits() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_shop(&folder.path().join("store.db"), "hello").await;
    let runtime = Arc::new(Runtime::new(store));
    let each = turns().div_ceil(AT_ONCE);
    let begun = Instant::now();
    let mut customers = Vec::new();
    for customer in 0..AT_ONCE {
        let runtime = runtime.clone();
        customers.push(tokio::spawn(async move {
            let mut times = Vec::with_capacity(each);
            for number in 0..each {
                // Now and then a new conversation, as customers come and go.
                let conversation = format!("{customer} {}", number / 10);
                let message = Message::text("hello there").with_id(number.to_string());
                let begun = Instant::now();
                let answer = runtime.reply(&shop(), &Place::live(), &conversation, &message).await.unwrap();
                times.push(begun.elapsed());
                assert_eq!(answer.replies[0].text, "hello there");
            }
            times
        }));
    }
    let mut times: Vec<Duration> = Vec::new();
    for customer in customers {
        times.extend(customer.await.unwrap());
    }
    let whole = begun.elapsed().as_secs_f64();
    times.sort_unstable();
    let quantile = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{} turns of {AT_ONCE} conversations at once: {:.0} a second, p50 {:.1} ms, p99 {:.1} ms",
        times.len(),
        times.len() as f64 / whole,
        quantile(0.5),
        quantile(0.99)
    );
    let kept = runtime.turns(&shop(), &Place::live(), None, times.len() + 1).await.unwrap();
    assert_eq!(kept.len(), times.len(), "every turn is in the transcript");
}
