//! An edit, a plan and a publish read and write as much of a large bot as of a small one, and versions
//! take the room of what changed. Counted in objects, calls and bytes, which do not depend on the
//! machine; `benches/publish_plan.rs` has the times.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

mod bots;
mod counting;
mod versions;

use std::sync::Arc;

use counting::{Counted, Counting};
use greenroom::lifecycle::{Bot, Lifecycle, PlanRequest};

/// The flows that are edited. One of them jumps to another and comes back.
const EDITED: std::ops::Range<usize> = 7..17;

/// The bot as somebody sees it who has read nothing of it yet.
async fn anew(bot: &Bot) -> Bot {
    let lifecycle = Lifecycle::new(bot.lifecycle().store().clone()).acting_as("ann");
    lifecycle.bot(bot.id()).await.unwrap()
}

/// What ten edits, a plan of them and its publish ask of the store, on a bot of so many parts.
async fn counted(parts: usize) -> [Counted; 3] {
    let store = Arc::new(Counting::default());
    let bot = bots::bot_of(parts, store.clone()).await;
    store.take();
    let edits: Vec<_> = EDITED.map(|flow| bots::edit_of(flow, 1)).collect();
    anew(&bot).await.edit(&edits).await.unwrap();
    let edited = store.take();
    let plan = anew(&bot).await.plan(&PlanRequest::full("ten edits")).await.unwrap();
    assert_eq!(plan.diff().parts.len(), EDITED.len());
    let findings: Vec<&str> = plan.findings().iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(findings, ["untested", "channel_missing"], "what is wrong would cost by its number");
    let planned = store.take();
    anew(&bot).await.publish(&plan).await.unwrap();
    [edited, planned, store.take()]
}

#[tokio::test]
async fn what_an_edit_a_plan_and_a_publish_touch_does_not_grow_with_the_bot() {
    let [small_edit, small_plan, small_publish] = counted(100).await;
    let [edit, plan, publish] = counted(5_000).await;
    // The trees of 5,000 are two or three levels deeper: ten edits go down ten ways where they went
    // down one. Fifty times the parts must not show.
    assert!(edit.read <= small_edit.read + 250 && edit.written <= small_edit.written + 150, "{small_edit:?} {edit:?}");
    assert!(plan.read <= small_plan.read + 60, "{small_plan:?} {plan:?}");
    // Each round waits for the store, and each commit for the disk.
    assert!(edit.rounds <= small_edit.rounds + 8 && plan.rounds <= small_plan.rounds + 8, "{edit:?} {plan:?}");
    assert_eq!((edit.commits, plan.commits, publish.commits), (1, 0, 1));
    // A publish looks at roots and at the model, and writes a version and a plan.
    assert_eq!((publish.read, publish.rounds, publish.written), (4, 2, 2), "{small_publish:?}");
    assert!(publish.bytes <= small_publish.bytes + 100, "{small_publish:?} {publish:?}");
}
