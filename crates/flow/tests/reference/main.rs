//! The walk against a reference: an interpreter of the documents that is slow, obvious and
//! written from `docs/flows.md`, on random bots and random dialogues.
//!
//! It shares with the library the documents, the data of a step (`Session`, `Reply`, `Effect`), and
//! two readers: of conditions' texts and of regular expressions. Everything else is its own: the
//! walk, triggers, returns, lifetimes, languages, templates, addresses, answers. `interpreter`,
//! `inputs`, `memory`, `nodes`, `contents`, `answers`, `texts` and `conditions` are read beside the page.
//!
//! Left to other tests: the limits of bytes and of time, templates past a few forms, traces and
//! secrets.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod answers;
mod bot;
mod chance;
mod compare;
mod conditions;
mod contents;
mod inputs;
mod interpreter;
mod measure;
mod memory;
mod nodes;
mod random_bots;
mod random_dialogues;
mod random_nodes;
mod texts;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use measure::{Measure, TRACE_KINDS};

/// Pairs of a bot and a dialogue in an ordinary run.
const PAIRS: u64 = 2_000;

/// Bots on which walk and reference once differed, far behind an ordinary run.
const ONCE_DIFFERED: [u64; 2] = [1_709, 171_640];

/// A run of this length says now and then how far it is.
const LONG: u64 = 50_000;

#[test]
fn the_walk_agrees_with_a_reference_where_it_once_did_not() {
    for seed in ONCE_DIFFERED {
        if let Err(differs) = compare::compare_bot(seed, &mut Measure::default()) {
            panic!("walk and reference differ: {differs}");
        }
    }
}

#[test]
fn the_walk_agrees_with_a_reference_on_random_bots_and_dialogues() {
    #[expect(clippy::disallowed_methods, reason = "a soak says how many pairs it wants")]
    let pairs: u64 = std::env::var("GREENROOM_SOAK_CASES").map_or(PAIRS, |cases| cases.parse().unwrap());
    let all = Mutex::new(Measure::default());
    let bots = AtomicU64::new(0);
    let difference = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while all.lock().unwrap().pairs < pairs && difference.lock().unwrap().is_none() {
                    let mut measure = Measure::default();
                    for _ in 0..50 {
                        let seed = bots.fetch_add(1, Ordering::Relaxed);
                        if let Err(differs) = compare::compare_bot(seed, &mut measure) {
                            difference.lock().unwrap().get_or_insert(differs);
                            break;
                        }
                    }
                    let mut all = all.lock().unwrap();
                    let before = all.pairs;
                    all.add(&measure);
                    if all.pairs / LONG > before / LONG {
                        println!("{} pairs, {} steps agree", all.pairs, all.steps);
                    }
                }
            });
        }
    });
    if let Some(differs) = difference.into_inner().unwrap() {
        panic!("walk and reference differ: {differs}");
    }
    let all = all.into_inner().unwrap();
    println!(
        "{} pairs, {} of them cut short, {} steps: {:.1} % enter a node, {:.1} % say something, {:.1} % say, do or change something, {:.2} % end a flow without end\nof 100 steps: {}\n{}",
        all.pairs,
        all.cut,
        all.steps,
        all.percent(all.walking),
        all.percent(all.speaking),
        all.percent(all.telling),
        all.percent(all.endless),
        all.shares(&all.inputs),
        all.shares(&all.trace),
    );
    assert_eq!(all.trace.len(), TRACE_KINDS, "every kind of step in a trace occurs: {}", all.shares(&all.trace));
    assert_eq!(all.inputs.len(), 10, "every kind of input occurs");
    assert!(all.cut * 100 < all.pairs, "few loops reach a limit that the reference does not have");
    assert!(all.percent(all.telling) > 70.0, "most steps come to something");
}
