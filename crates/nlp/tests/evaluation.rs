//! What evaluation promises: seeded folds without leaks, and defined answers at the edges.

#![allow(clippy::unwrap_used, reason = "what a test cannot do without fails it")]
#![cfg(feature = "train")]

mod sample;

use std::ops::ControlFlow;

use greenroom_nlp::{Error, Evaluation, Example, ValidTrainParams, cross_validate, held_out, train};

fn examples(list: &[(&'static str, &'static str)]) -> Vec<Example<'static>> {
    list.iter().map(|&(text, label)| Example { text, label }).collect()
}

fn validate(examples: &[Example<'_>], folds: usize, seed: u64) -> Result<Evaluation, Error> {
    cross_validate(examples, &ValidTrainParams::default(), None, folds, seed, &mut |_| ControlFlow::Continue(()))
}

#[test]
fn the_same_seed_gives_the_same_figures_and_another_other_folds() {
    let mut reversed = sample::examples();
    reversed.reverse();
    let one = validate(&sample::examples(), 3, 1).unwrap();
    assert_eq!(one, validate(&reversed, 3, 1).unwrap());
    assert_ne!(one, validate(&sample::examples(), 3, 2).unwrap());
}

#[test]
fn repetitions_do_not_leak_into_the_judged_fold() {
    // Labels are by chance: whoever gets more than half right has seen the answers.
    let texts: Vec<String> = (0..24).map(|n| format!("{}{}", ["ka", "lo", "mi", "ru"][n % 4], n * n * 7919)).collect();
    let mut list: Vec<Example<'_>> =
        texts.iter().enumerate().map(|(n, text)| Example { text, label: if n % 5 < 2 { "a" } else { "b" } }).collect();
    let shouted: Vec<String> = texts.iter().map(|text| text.to_uppercase()).collect();
    list.extend(shouted.iter().zip(list.clone()).map(|(text, example)| Example { text, ..example }));
    let evaluation = validate(&list, 4, 1).unwrap();
    assert_eq!(evaluation.n, 24);
    assert!(evaluation.accuracy < 0.8, "{}", evaluation.accuracy);
}

#[test]
fn a_label_with_one_example_is_judged_and_missed() {
    let mut list = sample::examples();
    list.push(Example { text: "do you sell coffee", label: "coffee" });
    let evaluation = validate(&list, 3, 1).unwrap();
    let coffee = evaluation.per_label.iter().find(|report| report.label == "coffee").unwrap();
    assert_eq!((coffee.support, coffee.recall), (1, 0.0));
    assert_eq!(evaluation.n, 97);
}

#[test]
fn more_folds_than_examples_leave_one_out() {
    let evaluation =
        validate(&examples(&[("yes", "a"), ("yes yes", "a"), ("no", "b"), ("no no", "b")]), 50, 1).unwrap();
    assert_eq!(evaluation.n, 4);
}

#[test]
fn refuses_what_cannot_be_judged() {
    let list = sample::examples();
    assert!(matches!(validate(&list, 1, 1), Err(Error::InvalidParameter { parameter: "folds", .. })));
    assert!(matches!(validate(&[], 5, 1), Err(Error::NoExamples)));
    assert!(matches!(validate(&list[..1], 5, 1), Err(Error::NothingToEvaluate)));
    let model = train(&list, &ValidTrainParams::default(), None, &mut |_| ControlFlow::Continue(())).unwrap();
    assert!(matches!(held_out(&model, &[]), Err(Error::NothingToEvaluate)));
}

#[test]
fn held_out_counts_unknown_labels_and_texts_as_wrong() {
    let model =
        train(&sample::examples(), &ValidTrainParams::default(), None, &mut |_| ControlFlow::Continue(())).unwrap();
    let evaluation =
        held_out(&model, &examples(&[("hello", "greet"), ("hello", "unheard_of"), ("你好", "greet")])).unwrap();
    assert!((evaluation.accuracy - 1.0 / 3.0).abs() < 1e-12);
    let listed: Vec<_> =
        evaluation.confusions.iter().map(|c| (c.expected.as_str(), c.predicted.as_deref(), c.count)).collect();
    assert_eq!(listed, [("greet", None, 1), ("unheard_of", Some("greet"), 1)]);
}

#[test]
fn cancels_in_any_fold() {
    for stop_at in [0.0, 0.4, 0.9] {
        let mut report = |progress: greenroom_nlp::Progress| {
            if progress.fraction >= stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let stopped = cross_validate(&sample::examples(), &ValidTrainParams::default(), None, 3, 1, &mut report);
        assert!(matches!(stopped, Err(Error::Cancelled)));
    }
}
