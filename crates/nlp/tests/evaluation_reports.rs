//! What reports promise: the shapes of the files, the laws of the figures, advice that names what
//! is wrong with examples that are made to be wrong.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]
#![cfg(feature = "train")]

mod sample;

use std::f64::consts::PI;
use std::ops::ControlFlow;

use greenroom_nlp::{
    Advice, AdviceKind, Calibration, Evaluation, EvaluationReport, EvaluationRequest, Example, FileOptions,
    JudgedTexts, Model, Names, Prediction, ReportFile, Threshold, Utterance, ValidTrainParams, WrongAnswerCost,
    coverage, diff_behaviour, evaluate, learning_curve, predict_by_cross_validation, train,
};
use proptest::prelude::*;
use serde_json::Value;

fn prediction(text: &str, expected: &str, predicted: &str, confidence: f32) -> Prediction {
    Prediction {
        text: text.to_owned(),
        expected: expected.to_owned(),
        predicted: (!predicted.is_empty()).then(|| predicted.to_owned()),
        confidence,
        expected_probability: if expected == predicted { confidence } else { 1.0 - confidence },
    }
}

fn trained(examples: &[Example<'_>]) -> Model {
    train(examples, &ValidTrainParams::default(), None, &mut |_| ControlFlow::Continue(())).unwrap()
}

fn threshold(value: f32) -> Threshold {
    Threshold::new(value).unwrap()
}

/// Judged predictions of three intents, with mistakes of each kind.
fn some_predictions() -> Vec<Prediction> {
    vec![
        prediction("hi", "greet", "greet", 0.95),
        prediction("good day", "greet", "greet", 0.75),
        prediction("hello <b>", "greet", "bye", 0.55),
        prediction("so long", "bye", "bye", 0.85),
        prediction("see you", "bye", "greet", 0.65),
        prediction("你好", "bye", "", 0.0),
        prediction("pay me back", "refund", "refund", 0.45),
        prediction("money", "refund", "bye", 0.35),
    ]
}

fn file<'a>(files: &'a [ReportFile], name: &str) -> &'a str {
    &files.iter().find(|file| file.name == name).unwrap().content
}

#[test]
fn files_have_the_shapes_that_rasa_gave_them() {
    let names = Names::new([("greet", "Greet"), ("bye", "Say goodbye"), ("refund", "Refund")]);
    let predictions = some_predictions();
    let report = EvaluationReport::of(&[], &predictions, &[], &names);
    let options = FileOptions { names: &names, successes: Some(&predictions), ..FileOptions::default() };
    let files = report.files(&options);
    insta::assert_snapshot!("intent_report", file(&files, "intent_report.json"));
    insta::assert_snapshot!("intent_errors", file(&files, "intent_errors.json"));
    insta::assert_snapshot!("intent_successes", file(&files, "intent_successes.json"));
    insta::assert_snapshot!("summary", file(&files, "summary.json"));
    for json in files.iter().filter(|file| file.media_type == "application/json") {
        assert!(serde_json::from_str::<Value>(&json.content).is_ok(), "{}", json.name);
    }
}

#[test]
fn the_words_on_the_threshold_tell_what_it_does_to_texts_out_of_scope() {
    let said = |outside: &[f32]| {
        let report = EvaluationReport::of(&[], &some_predictions(), outside, &Names::none());
        report.threshold_text(&FileOptions { threshold: Some(0.4), ..FileOptions::default() }).unwrap()
    };
    // A confidence that equals the threshold is not understood.
    let told = said(&[0.9, 0.41, 0.4, 0.1]);
    assert!(told.contains("; of what the bot has no intent for, 50.0 % is answered."), "{told}");
    assert!(!said(&[]).contains("no intent for"), "{}", said(&[]));
}

#[test]
fn a_report_survives_json_and_can_be_cut() {
    let report = EvaluationReport::of(&sample::examples(), &some_predictions(), &[0.25], &Names::none());
    let json = serde_json::to_string(&report).unwrap();
    let read: EvaluationReport = serde_json::from_str(&json).unwrap();
    assert_eq!((&read.thresholds, &read.advice, &read.errors), (&report.thresholds, &report.advice, &report.errors));
    assert!((read.evaluation.accuracy_interval.low - report.evaluation.accuracy_interval.low).abs() < 1e-12);
    let cut = report.with_errors_at_most(1);
    assert_eq!((cut.errors.len(), cut.errors_omitted, cut.errors[0].text.as_str()), (1, 3, "see you"));
}

proptest! {
    #[test]
    fn every_text_is_counted_once(
        list in proptest::collection::vec((0_usize..4, 0_usize..5, 0.0_f32..=1.0), 1..60),
    ) {
        let labels = ["a", "b", "c", "d", ""];
        let predictions: Vec<Prediction> =
            list.iter().map(|(expected, predicted, sure)| prediction("t", labels[*expected], labels[*predicted], *sure)).collect();
        let evaluation = Evaluation::of(&predictions);
        let wrong: usize = evaluation.confusions.iter().map(|confusion| confusion.count).sum();
        let right: usize = evaluation.per_label.iter().map(|label| label.right).sum();
        prop_assert_eq!(wrong + right, predictions.len());
        prop_assert_eq!(evaluation.per_label.iter().map(|label| label.support).sum::<usize>(), predictions.len());
        prop_assert!((evaluation.accuracy - right as f64 / predictions.len() as f64).abs() < 1e-12);
        prop_assert!((evaluation.micro_average.recall - evaluation.accuracy).abs() < 1e-12);
        prop_assert!((evaluation.weighted_average.recall - evaluation.accuracy).abs() < 1e-12);
        prop_assert!(evaluation.accuracy_interval.contains(evaluation.accuracy));
        let histogram: usize = evaluation.confidences.iter().map(|bin| bin.right + bin.wrong).sum();
        let binned: usize = evaluation.calibration.bins.iter().map(|bin| bin.count).sum();
        prop_assert_eq!((histogram, binned), (predictions.len(), predictions.len()));
        prop_assert!((0.0..=0.5).contains(&evaluation.calibration.error_by_chance));
        prop_assert!(evaluation.calibration.expected_error <= evaluation.calibration.largest_error + 1e-12);
    }
}

#[test]
fn honest_confidences_have_no_calibration_error_and_boasts_have() {
    // Of 100 texts at each confidence, as many are right as it says.
    let of = |boast: f32| {
        let confidences = (1..=9).flat_map(|tenth| (0..100).map(move |n| (tenth as f32 / 10.0, n < tenth * 10)));
        let predictions: Vec<Prediction> = confidences
            .map(|(sure, is_right)| prediction("t", "a", if is_right { "a" } else { "b" }, (sure + boast).min(1.0)))
            .collect();
        Calibration::of(&predictions)
    };
    assert!(of(0.0).expected_error < 1e-6 && of(0.0).bias.abs() < 1e-6, "{:?}", of(0.0));
    // Nine bins of 100 texts: √(2/π · Σ p(1 − p)) each, over 900.
    let by_chance: f64 =
        (1..=9).map(|tenth| f64::from(tenth) / 10.0).map(|p| (200.0 / PI * p * (1.0 - p)).sqrt()).sum();
    assert!((of(0.0).error_by_chance - by_chance / 900.0).abs() < 1e-6, "{:?}", of(0.0));
    assert!(of(0.0).is_honest() && !of(0.1).is_honest());
    assert!((of(0.1).expected_error - 0.1).abs() < 1e-6 && (of(0.1).bias - 0.1).abs() < 1e-6, "{:?}", of(0.1));
}

#[test]
fn predictions_keep_the_authors_spelling_and_come_from_models_that_had_not_seen_the_text() {
    let mut examples = sample::examples();
    examples.push(Example { text: "Do you sell COFFEE?", label: "coffee" });
    examples.push(Example { text: "HELLO", label: "greet" });
    let params = ValidTrainParams::default();
    let judged =
        predict_by_cross_validation(&examples, &params, None, 3, 1, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(judged.len(), 97);
    let coffee = judged.iter().find(|prediction| prediction.expected == "coffee").unwrap();
    assert_eq!(
        (coffee.text.as_str(), coffee.is_right(), coffee.expected_probability),
        ("Do you sell COFFEE?", false, 0.0)
    );
}

#[test]
fn more_examples_teach_more() {
    let curve =
        learning_curve(&sample::examples(), &ValidTrainParams::default(), None, 1, &mut |_| ControlFlow::Continue(()))
            .unwrap();
    let shares: Vec<f64> = curve.points.iter().map(|point| point.share).collect();
    assert_eq!(shares, [0.2, 0.4, 0.6, 0.8, 1.0]);
    assert!(curve.points.windows(2).all(|pair| pair[0].examples < pair[1].examples), "{curve:?}");
    assert!(curve.points[4].accuracy > curve.points[0].accuracy + 0.1, "{curve:?}");
    assert!(curve.points.iter().all(|point| point.interval.contains(point.accuracy)));
}

fn advice_of(examples: &[Example<'_>]) -> Advice {
    let params = ValidTrainParams::default();
    let judged =
        predict_by_cross_validation(examples, &params, None, 4, 1, &mut |_| ControlFlow::Continue(())).unwrap();
    Advice::of(examples, &judged, &Names::new([("greet", "Greet"), ("goodbye", "Say goodbye")]))
}

#[test]
fn advice_finds_what_was_planted() {
    let mut examples = sample::examples();
    // Stands under two intents; stands under the wrong one; a pair that nobody can tell apart; a small one.
    examples.push(Example { text: "Hello there", label: "greet" });
    examples.push(Example { text: "hello THERE", label: "goodbye" });
    examples.push(Example { text: "i lost my library card yesterday", label: "opening_hours" });
    examples.push(Example { text: "do you sell coffee", label: "coffee" });
    let kinds = ["red", "blue", "green", "old", "new", "big", "small", "thin"];
    let twins: Vec<String> = kinds.iter().map(|kind| format!("i want the {kind} map")).collect();
    for (n, text) in twins.iter().enumerate() {
        examples.push(Example { text, label: if n % 2 == 0 { "map_a" } else { "map_b" } });
    }
    let advice = advice_of(&examples);
    let has = |wanted: &dyn Fn(&AdviceKind) -> bool| advice.findings.iter().find(|finding| wanted(&finding.kind));

    let duplicate =
        has(&|kind| matches!(kind, AdviceKind::Duplicate { intents, .. } if intents == &["goodbye", "greet"]));
    assert_eq!(duplicate.unwrap().message, "“hello THERE” is an example of \"Say goodbye\" and \"Greet\".");
    let mislabelled = has(&|kind| {
        matches!(kind, AdviceKind::Mislabelled { text, intent, suggested, like, .. }
            if text == "i lost my library card yesterday" && intent == "opening_hours" && suggested == "lost_card"
                && like.as_deref() == Some("i lost my library card"))
    });
    assert!(mislabelled.unwrap().message.contains("stands under \"opening_hours\""), "{advice:#?}");
    let confused = has(&|kind| {
        matches!(kind, AdviceKind::Confused { intents, collisions, texts: 8, .. }
            if intents.iter().all(|intent| intent.starts_with("map_"))
                && collisions.iter().all(|collision| collision.like.as_ref().is_some_and(|like| like.contains("map"))))
    });
    assert!(confused.is_some(), "{advice:#?}");
    let lost = has(&|kind| matches!(kind, AdviceKind::NeverRecognised { intent, texts: 1, .. } if intent == "coffee"));
    assert!(lost.is_some(), "{advice:#?}");
    let few =
        has(&|kind| matches!(kind, AdviceKind::FewExamples { intent, examples: 1, missing: 9 } if intent == "coffee"));
    assert!(few.is_some(), "{advice:#?}");
}

#[test]
fn sound_examples_get_no_advice_to_move_anything() {
    let advice = advice_of(&sample::examples());
    let moved = |finding: &&greenroom_nlp::AdviceFinding| {
        matches!(
            finding.kind,
            AdviceKind::Duplicate { .. } | AdviceKind::FewExamples { .. } | AdviceKind::NeverRecognised { .. }
        )
    };
    assert_eq!(advice.findings.iter().filter(moved).count(), 0, "{advice:#?}");
}

#[test]
fn coverage_counts_what_people_say_and_groups_what_is_not_understood() {
    let model = trained(&sample::examples());
    let said = |text: &str, count| Utterance { text: text.to_owned(), count };
    let utterances = [
        said("i lost my library card", 6),
        said("I LOST my library card", 1),
        said("qwertz zuiop", 4),
        said("qwertz zuiop!", 2),
        said("你好", 1),
        said("  ", 9),
        said("never said", 0),
    ];
    let found = coverage(&model, threshold(0.5), &utterances);
    assert_eq!((found.utterances, found.different), (14, 4));
    assert!((found.understood_share - 0.5).abs() < 1e-12, "{found:?}");
    assert_eq!(found.by_intent, [("lost_card".to_owned(), 7)]);
    let groups: Vec<(u64, usize)> = found.not_understood.iter().map(|group| (group.count, group.texts.len())).collect();
    assert_eq!(groups, [(6, 2), (1, 1)]);
    assert_eq!(found.not_understood[0].texts[0].text, "qwertz zuiop");
    assert_eq!(coverage(&model, threshold(0.5), &[]).understood_share, 0.0);
}

#[test]
fn a_model_differs_in_nothing_from_itself() {
    let model = trained(&sample::examples());
    let utterances: Vec<Utterance> =
        sample::examples().iter().map(|example| Utterance { text: example.text.to_owned(), count: 3 }).collect();
    let diff = diff_behaviour((&model, threshold(0.4)), (&model, threshold(0.4)), &utterances);
    assert!(diff.changes.is_empty());
    assert_eq!((diff.summary.utterances, diff.summary.same), (288, 288));
}

#[test]
fn what_changes_most_often_and_most_comes_first() {
    let before = trained(&sample::examples());
    let moved: Vec<Example<'_>> = sample::examples()
        .into_iter()
        .map(|example| if example.label == "lost_card" { Example { label: "card", ..example } } else { example })
        .collect();
    let after = trained(&moved);
    let said = |text: &str, count| Utterance { text: text.to_owned(), count };
    let utterances = [
        said("my card was stolen", 1),
        said("i lost my library card", 7),
        said("i lost my library card", 3),
        said("hello", 99),
        said("你好", 5),
    ];
    let diff = diff_behaviour((&before, threshold(0.4)), (&after, threshold(0.4)), &utterances);
    assert_eq!((diff.summary.utterances, diff.summary.same, diff.summary.other_intent), (115, 104, 11));
    let changed: Vec<&str> = diff.changes.iter().map(|change| change.text.as_str()).collect();
    assert_eq!(changed, ["i lost my library card", "my card was stolen"]);
    let first = &diff.changes[0];
    assert_eq!((first.before.intent.as_deref(), first.after.intent.as_deref()), (Some("lost_card"), Some("card")));
    assert!(first.weight > 5.0 && first.weight <= 10.0, "{first:?}");

    let refusing = diff_behaviour((&before, threshold(0.4)), (&before, threshold(1.0)), &utterances);
    assert_eq!((refusing.summary.no_longer_understood, refusing.summary.same), (110, 5));
    let accepting = diff_behaviour((&before, threshold(1.0)), (&before, threshold(0.4)), &utterances);
    assert_eq!(accepting.summary.newly_understood, 110);
    // Nothing about the model changed, so no confidence did: how often people say it decides.
    assert!(refusing.changes.iter().all(|change| change.weight == 0.0));
    assert_eq!(refusing.changes.iter().map(|change| change.count).collect::<Vec<_>>(), [99, 10, 1]);
}

#[test]
fn one_call_evaluates_all_and_its_progress_never_falls() {
    let (examples, params) = (sample::examples(), ValidTrainParams::default());
    let traffic = [Utterance { text: "hello".to_owned(), count: 2 }];
    let request = EvaluationRequest {
        examples: &examples,
        params: &params,
        vectors: None,
        names: &Names::none(),
        judged: JudgedTexts::CrossValidation { folds: 3 },
        learning_curve: true,
        out_of_scope: &["what is the weather on mars", "sing me a song"],
        traffic: &traffic,
        threshold: threshold(0.4),
    };
    let mut last = 0.0;
    let done = evaluate(&request, &mut |progress| {
        assert!(progress.fraction >= last && progress.fraction <= 1.0, "{last} and {}", progress.fraction);
        last = progress.fraction;
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(last > 0.99, "{last}");
    assert_eq!((done.predictions.len(), done.report.thresholds.out_of_scope), (96, 2));
    assert!(done.report.learning_curve.is_some() && done.report.coverage.is_some());

    let held_out = EvaluationRequest { judged: JudgedTexts::HeldOut(&examples[..8]), learning_curve: false, ..request };
    let done = evaluate(&held_out, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(done.report.evaluation.n, 8);
    assert!(done.report.thresholds.advise(WrongAnswerCost::default()).is_some());
}
