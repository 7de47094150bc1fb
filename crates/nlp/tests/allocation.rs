//! Classifying allocates nothing once its buffers have grown.

#![allow(clippy::unwrap_used, reason = "what a test cannot do without fails it")]
#![cfg(feature = "train")]

mod sample;

use std::ops::ControlFlow;

use greenroom_nlp::{Scratch, Threshold, ValidTrainParams, train};

#[test]
fn classifying_allocates_nothing_in_the_steady_state() {
    let vectors = sample::vectors();
    let report = &mut |_| ControlFlow::Continue(());
    let model = train(&sample::examples(), &ValidTrainParams::default(), Some(&vectors), report).unwrap();
    let texts = ["hello", "where is the quiet room", "can’t you renew my loan, señor? 👍🏽", "", "ＦＩＮＥ ﬁne straße"];
    let mut scratch = Scratch::default();
    let mut classify_all =
        || texts.iter().filter(|text| model.classify(text, &mut scratch).best(Threshold::ZERO).is_some()).count();
    assert_eq!(classify_all(), 4);
    let allocated = allocation_counter::measure(|| {
        classify_all();
    });
    assert_eq!(allocated.count_total, 0, "{allocated:?}");
}
