//! What training promises: the same bytes from the same examples, defined answers at the edges,
//! and a floor of accuracy.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]
#![cfg(feature = "train")]

mod sample;

use std::ops::ControlFlow;

use greenroom_nlp::{
    Error, Example, Model, Progress, Scratch, Solver, Stage, Threshold, TrainParams, ValidTrainParams, cross_validate,
    train,
};
use proptest::prelude::*;

fn params() -> ValidTrainParams {
    ValidTrainParams::default()
}

fn train_on(examples: &[(&str, &str)]) -> Result<Model, Error> {
    let examples: Vec<Example<'_>> = examples.iter().map(|&(text, label)| Example { text, label }).collect();
    train(&examples, &params(), None, &mut |_| ControlFlow::Continue(()))
}

fn best<'a>(model: &'a Model, text: &str) -> Option<&'a str> {
    model.rank(text).first().filter(|best| best.confidence > 0.0).map(|best| best.label)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_and_repetition_of_examples_do_not_change_a_byte(
        shuffled in Just(sample::examples()).prop_shuffle(),
        repeated in 0_usize..90,
    ) {
        let vectors = sample::vectors();
        let in_order = train(&sample::examples(), &params(), Some(&vectors), &mut |_| ControlFlow::Continue(())).unwrap();
        let mut shuffled = shuffled;
        shuffled.push(shuffled[repeated]);
        let other = train(&shuffled, &params(), Some(&vectors), &mut |_| ControlFlow::Continue(())).unwrap();
        prop_assert_eq!(in_order.to_bytes().unwrap(), other.to_bytes().unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_trained_reads_back_and_answers(
        list in proptest::collection::vec(("([a-c]{1,3} ?){0,4}|\\PC{0,6}", "[a-e]"), 1..30),
        alpha in prop_oneof![Just(0.01), Just(1.0), Just(1_000.0)],
        solver in prop_oneof![Just(Solver::Linfa), Just(Solver::Fused)],
        text in "([a-c]{1,3} ?){0,4}",
    ) {
        let params = TrainParams { alpha, solver, ..TrainParams::default() }.check().unwrap();
        let examples: Vec<Example<'_>> = list.iter().map(|(text, label)| Example { text, label }).collect();
        match train(&examples, &params, None, &mut |_| ControlFlow::Continue(())) {
            Ok(model) => {
                let read = Model::from_bytes(&model.to_bytes().unwrap(), &[]).unwrap();
                prop_assert_eq!(read.rank(&text), model.rank(&text));
                let in_range = |ranked: &greenroom_nlp::RankedLabel<'_>| (0.0..=1.0).contains(&ranked.confidence);
                prop_assert!(read.rank(&text).iter().all(in_range));
            }
            Err(error) => {
                prop_assert!(matches!(error, Error::NoExamples), "{error}");
                prop_assert!(list.iter().all(|(text, _)| text.trim().is_empty()), "{list:?}");
            }
        }
    }
}

#[test]
fn threads_do_not_change_a_byte() {
    let bytes: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let trainings: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| train(&sample::examples(), &params(), None, &mut |_| ControlFlow::Continue(()))))
            .collect();
        trainings.into_iter().map(|training| training.join().unwrap().unwrap().to_bytes().unwrap()).collect()
    });
    assert!(bytes.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn case_width_and_composition_of_examples_do_not_change_a_byte() {
    let plain = train_on(&[("caf\u{e9} please", "a"), ("where is it", "b"), ("thank you", "b")]).unwrap();
    let other = train_on(&[("ＣＡＦＥ\u{301} PLEASE", "a"), ("Where is it", "b"), ("Thank You", "b")]).unwrap();
    assert_eq!(plain.to_bytes().unwrap(), other.to_bytes().unwrap());
}

#[test]
fn another_seed_gives_another_model() {
    let other = TrainParams { seed: 2, ..TrainParams::default() }.check().unwrap();
    let one = train(&sample::examples(), &params(), None, &mut |_| ControlFlow::Continue(())).unwrap();
    let two = train(&sample::examples(), &other, None, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_ne!(one.to_bytes().unwrap(), two.to_bytes().unwrap());
}

#[test]
fn recognises_texts_that_it_was_not_trained_on() {
    let mut accuracies = Vec::new();
    for seed in 1..=3 {
        let report = &mut |_| ControlFlow::Continue(());
        let evaluation = cross_validate(&sample::examples(), &params(), None, 4, seed, report).unwrap();
        assert_eq!(evaluation.n, 96);
        accuracies.push(evaluation.accuracy);
    }
    let mean = accuracies.iter().sum::<f64>() / accuracies.len() as f64;
    assert!(mean >= ACCURACY_FLOOR, "{accuracies:?}");
}

/// Four folds of the sample, mean of three seeds; measured 0.847.
const ACCURACY_FLOOR: f64 = 0.82;

#[test]
fn knows_its_own_examples() {
    let examples = sample::examples();
    let model = train(&examples, &params(), None, &mut |_| ControlFlow::Continue(())).unwrap();
    let right = examples.iter().filter(|example| best(&model, example.text) == Some(example.label)).count();
    assert!(right >= 94, "{right} of {}", examples.len());
}

#[test]
fn refuses_nothing_to_learn_from() {
    assert!(matches!(train_on(&[]), Err(Error::NoExamples)));
    assert!(matches!(train_on(&[("", "a"), (" \t\u{3000}", "b")]), Err(Error::NoExamples)));
}

#[test]
fn names_the_example_with_a_blank_label() {
    match train_on(&[("hello", "a"), ("bye", " ")]) {
        Err(Error::BlankLabel { index, text }) => assert_eq!((index, text.as_str()), (1, "bye")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_label_with_blank_texts_alone_is_no_label() {
    let model = train_on(&[("hello", "a"), ("bye", "b"), ("  ", "c")]).unwrap();
    assert_eq!(model.labels(), ["a", "b"]);
}

#[test]
fn a_single_label_is_as_sure_as_the_text_is_known() {
    let model = train_on(&[("where is my parcel", "track"), ("track my order", "track")]).unwrap();
    let confidence = |text: &str| model.rank(text)[0].confidence;
    assert!(confidence("where is my parcel") > 0.99);
    assert!(confidence("where is my hamster") < confidence("where is my order"));
    assert!(confidence("zzz qqq") < 0.01);
    assert_eq!(confidence(""), 0.0);
}

#[test]
fn labels_with_few_examples_keep_them() {
    for shots in 1..=4 {
        let examples: Vec<(&str, &str)> = [
            ["where is my parcel", "has my order shipped", "track my parcel please", "when will it arrive"],
            ["i want my money back", "please refund this", "can i get a refund", "return the payment"],
            ["talk to a person", "human please", "connect me with an agent", "i need a real person"],
        ]
        .iter()
        .zip(["track", "refund", "human"])
        .flat_map(|(texts, label)| texts.iter().take(shots).map(move |&text| (text, label)))
        .collect();
        let model = train_on(&examples).unwrap();
        for (text, label) in examples {
            assert_eq!(best(&model, text), Some(label), "{text} with {shots} examples a label");
        }
    }
}

#[test]
fn one_example_beside_many_is_still_found() {
    let mut examples = sample::examples();
    examples.push(Example { text: "do you sell coffee", label: "coffee" });
    let model = train(&examples, &params(), None, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(best(&model, "do you sell coffee"), Some("coffee"));
    assert_eq!(best(&model, "hello"), Some("greet"));
}

#[test]
fn a_text_under_two_labels_divides_its_confidence() {
    let model = train_on(&[("hello", "a"), ("hello", "b")]).unwrap();
    let ranking = model.rank("hello");
    assert!((0.35..0.65).contains(&ranking[0].confidence), "{ranking:?}");
    assert!((0.35..0.65).contains(&ranking[1].confidence), "{ranking:?}");
}

#[test]
fn answers_are_defined_for_every_kind_of_text() {
    let model = train(&sample::examples(), &params(), None, &mut |_| ControlFlow::Continue(())).unwrap();
    let mut scratch = Scratch::default();
    let long = "renew my book ".repeat(100_000 / 14);
    let texts = ["", " ", "你好世界", "مرحبا", "👍🏽", "\u{0}\u{1}", "e\u{301}\u{301}", "\u{FFFD}", &long];
    for text in texts {
        let answer = model.classify(text, &mut scratch);
        let confidences: Vec<f32> = answer.ranking().map(|ranked| ranked.confidence).collect();
        assert_eq!(confidences.len(), 8, "{text:.20?}");
        assert!(confidences.is_sorted_by(|left, right| left >= right), "{text:.20?}");
        let sum: f32 = confidences.iter().sum();
        assert!((0.0..1.0 + 1e-5).contains(&sum), "{text:.20?}: {sum}");
    }
    for nothing in ["", " \n", "你好世界"] {
        assert!(model.classify(nothing, &mut scratch).best(Threshold::ZERO).is_none(), "{nothing:?}");
    }
    assert_eq!(best(&model, &long), Some("renew_loan"));
}

#[test]
fn a_batch_has_the_answers_of_its_texts_one_by_one() {
    let model = train(&sample::examples(), &params(), None, &mut |_| ControlFlow::Continue(())).unwrap();
    let texts: Vec<&str> = sample::examples().iter().map(|example| example.text).chain(["", "你好", "renew"]).collect();
    for most in [0, 1, 3, 8, 9, usize::MAX] {
        let answers = model.classify_batch(&texts, most, &mut Scratch::default());
        assert_eq!(answers.len(), texts.len());
        for (text, answer) in texts.iter().zip(answers) {
            let ranking = model.rank(text);
            assert_eq!(answer, ranking[..most.min(8)], "{text:?}, {most}");
        }
    }
    assert!(model.classify_batch(&[] as &[&str], 1, &mut Scratch::default()).is_empty());
}

#[test]
fn progress_rises_to_the_end_through_every_stage() {
    let mut reports: Vec<Progress> = Vec::new();
    let mut report = |progress| {
        reports.push(progress);
        ControlFlow::Continue(())
    };
    train(&sample::examples(), &params(), None, &mut report).unwrap();
    assert!(reports.is_sorted_by(|left, right| left.fraction <= right.fraction && left.stage <= right.stage));
    assert_eq!(reports.first().map(|first| first.fraction), Some(0.0));
    assert_eq!(reports.last().map(|last| (last.fraction, last.stage)), Some((1.0, Stage::Done)));
    for stage in [Stage::Scoring, Stage::Fitting, Stage::Calibrating] {
        assert!(reports.iter().filter(|progress| progress.stage == stage).count() > 3, "{stage:?}");
    }
}

#[test]
fn stops_at_whichever_report_breaks() {
    let mut total = 0;
    let mut count = |_| {
        total += 1;
        ControlFlow::Continue(())
    };
    train(&sample::examples(), &params(), None, &mut count).unwrap();
    for stop_at in (1..=total).step_by(7) {
        let mut heard = 0;
        let mut report = |_| {
            heard += 1;
            if heard == stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        assert!(matches!(train(&sample::examples(), &params(), None, &mut report), Err(Error::Cancelled)));
        assert_eq!(heard, stop_at, "no report after the break");
    }
}

#[test]
fn vectors_know_words_that_no_example_has() {
    let examples = [("hello", "greet"), ("hi", "greet"), ("pay my fine", "pay"), ("what do i owe", "pay")];
    let examples = examples.map(|(text, label)| Example { text, label });
    let vectors = sample::vectors();
    let train_with = |vectors| train(&examples, &params(), vectors, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(best(&train_with(Some(&vectors)), "debt"), Some("pay"));
    assert_eq!(best(&train_with(Some(&vectors)), "GREETINGS"), Some("greet"));
    assert_eq!(best(&train_with(None), "zzz"), None);
}

#[test]
fn memory_is_counted_before_it_is_spent() {
    let small = TrainParams { memory_limit: 1 << 20, ..TrainParams::default() }.check().unwrap();
    let examples: Vec<(String, String)> = (0..400).map(|n| (format!("text {n} of many"), format!("l{n}"))).collect();
    let examples: Vec<Example<'_>> = examples.iter().map(|(text, label)| Example { text, label }).collect();
    match train(&examples, &small, None, &mut |_| ControlFlow::Continue(())) {
        Err(Error::MemoryLimit { needed, limit }) => assert!(limit == 1 << 20 && needed > limit),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_vocabulary_keeps_to_its_limit() {
    let small = TrainParams { max_ngrams: 300, ..TrainParams::default() }.check().unwrap();
    let model = train(&sample::examples(), &small, None, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(model.ngram_count(), 300);
    assert_eq!(best(&model, "hello"), Some("greet"));
}
