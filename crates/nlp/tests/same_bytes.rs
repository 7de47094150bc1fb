//! Training the same examples gives the same bytes, in whatever order they come, however many
//! trainings run side by side, and in every process.
//!
//! `cargo xtask soak nlp-same-bytes` runs it with more shuffles, and on the split `train_10` of a
//! file of split, intent and text, where one is named.

#![allow(clippy::unwrap_used, reason = "what a test cannot do without fails it")]
#![allow(clippy::disallowed_methods, reason = "the soak says by the environment how much is tested")]
#![cfg(feature = "train")]

mod sample;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use greenroom_nlp::{Example, ValidTrainParams, train};

/// How many trainings run side by side.
const THREADS: [usize; 3] = [1, 2, 8];
/// Set in the second process, so that it starts no third.
const SECOND_PROCESS: &str = "GREENROOM_SECOND_PROCESS";
/// Stands before the digest in what the second process prints.
const PRINTED: &str = "the model's digest is ";

/// Of the bytes of two models: one on n-grams alone, one with word vectors.
fn digest(examples: &[Example<'_>]) -> String {
    let vectors = sample::vectors();
    let mut hasher = blake3::Hasher::new();
    for vectors in [None, Some(&vectors)] {
        let model = train(examples, &ValidTrainParams::default(), vectors, &mut |_| ControlFlow::Continue(())).unwrap();
        hasher.update(&model.to_bytes().unwrap());
    }
    hasher.finalize().to_string()
}

/// The examples of the soak's file, else the sample.
fn with_examples(test: impl FnOnce(&[Example<'_>])) {
    let Ok(path) = std::env::var("GREENROOM_SOAK_FILE") else { return test(&sample::examples()) };
    let content = std::fs::read_to_string(path).unwrap();
    let example = |line| match str::split(line, '\t').collect::<Vec<_>>()[..] {
        ["train_10", label, text] => Some(Example { text, label }),
        _ => None,
    };
    let examples: Vec<Example<'_>> = content.lines().filter_map(example).collect();
    assert!(examples.len() > 100, "{} lines of the split `train_10`", examples.len());
    test(&examples);
}

/// The examples in one of many orders (Fisher and Yates, with Knuth's MMIX generator).
fn shuffled<'a>(examples: &[Example<'a>], seed: u64) -> Vec<Example<'a>> {
    let mut state = seed;
    let mut shuffled = examples.to_vec();
    for end in (1..shuffled.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        shuffled.swap(end, (state >> 33) as usize % (end + 1));
    }
    shuffled
}

/// How many trainings gave which digest.
fn digests(examples: &[Example<'_>], shuffles: usize, threads: usize) -> BTreeMap<String, usize> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        loop {
            let shuffle = next.fetch_add(1, Ordering::Relaxed);
            if shuffle >= shuffles {
                return found;
            }
            found.push(digest(&shuffled(examples, shuffle as u64)));
        }
    };
    let found: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let mut counts = BTreeMap::new();
    found.into_iter().for_each(|digest| *counts.entry(digest).or_default() += 1);
    counts
}

#[test]
fn any_order_any_threads_and_any_process_give_the_same_bytes() {
    let shuffles = std::env::var("GREENROOM_SOAK_CASES").map_or(2, |cases| cases.parse().unwrap());
    with_examples(|examples| {
        let expected = digest(examples);
        for threads in THREADS {
            // Each thread has something to do, so that as many trainings run side by side.
            let shuffles = shuffles.max(threads);
            let found = digests(examples, shuffles, threads);
            assert_eq!(found, BTreeMap::from([(expected.clone(), shuffles)]), "{threads} threads");
        }
        println!("{PRINTED}{expected}");
        if std::env::var_os(SECOND_PROCESS).is_none() {
            let mut second = Command::new(std::env::current_exe().unwrap());
            second.args(["--exact", "any_order_any_threads_and_any_process_give_the_same_bytes", "--nocapture"]);
            let output = second.env(SECOND_PROCESS, "1").output().unwrap();
            let printed = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && printed.contains(&format!("{PRINTED}{expected}")), "{printed}");
        }
    });
}

#[test]
fn another_example_gives_other_bytes() {
    let examples = sample::examples();
    assert_ne!(digest(&examples), digest(&examples[1..]));
}
