//! How well intents are recognised, and how well what no intent means is refused, on data of your own.
//!
//! `cargo run --release --features train,format --example score_intents -- PATH… [SEEDS]`, where a PATH
//! (`examples/bots/bike-rental`) is
//!
//! - a file of lines of split, intent and text, tab-separated, as CLINC150 and BANKING77 are passed on: a model of
//!   `train` is judged on `val`; so are models of ten examples an intent (`train_10` and two draws), and models that
//!   a fifth of the intents, drawn five times, was left out of: how well are texts of these, and of `oos_val` where
//!   the file has it, told from the rest?
//! - a folder with a Greenroom bot or a Rasa project: five folds, dealt SEEDS times (10).
//!
//! English word vectors are used for all.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;

use greenroom::format::{RasaOptions, read_folder, read_rasa};
use greenroom::model::{Document, PartPath};
use greenroom::nlp::{
    Evaluation, Example, Model, Separation, TrainParams, Vectors, confidences, cross_validate, held_out, train,
};

/// A labelled text: intent, then text.
type Labelled = (String, String);

/// Draws of ten examples, and of intents to be left out.
const TEN_SHOT_DRAWS: u64 = 2;
const UNKNOWN_DRAWS: u64 = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    let seeds = paths.pop_if(|last| last.parse::<u64>().is_ok()).map_or(Ok(10), |seeds| seeds.parse())?;
    if paths.is_empty() {
        paths.push("examples/bots/bike-rental".to_owned());
    }
    let vectors = Vectors::for_language(greenroom::bot::shipped_vectors(), "en");
    for path in paths {
        println!("{path}");
        if Path::new(&path).is_dir() {
            score_bot(Path::new(&path), seeds, vectors)?;
        } else {
            score_file(&path, vectors)?;
        }
    }
    Ok(())
}

fn score_file(path: &str, vectors: Option<&Vectors>) -> Result<(), Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    let mut splits: BTreeMap<&str, Vec<Labelled>> = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let mut fields = line.splitn(3, '\t');
        let (Some(split), Some(intent), Some(text)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(format!("line {} has no three fields, apart by tabs", number + 1).into());
        };
        splits.entry(split).or_default().push((intent.to_owned(), text.to_owned()));
    }
    let split = |name: &str| splits.get(name).map_or(&[][..], Vec::as_slice);
    let (learnt, judged, strange) = (split("train"), split("val"), split("oos_val"));
    if learnt.is_empty() || judged.is_empty() {
        return Err("there is no split `train`, or none `val`".into());
    }

    let model = learn(learnt, vectors)?;
    print("all examples", &held_out(&model, &examples(judged))?);
    print_separation("  oos_val", &model, judged, strange);

    let mut accuracies = Vec::new();
    let draws = (1..=TEN_SHOT_DRAWS).map(|draw| (format!("ten examples, draw {draw}"), ten_examples(learnt, draw)));
    let ready = Some(split("train_10")).filter(|ten| !ten.is_empty());
    for (name, drawn) in ready.map(|ten| ("train_10".to_owned(), ten.to_vec())).into_iter().chain(draws) {
        let evaluation = held_out(&learn(&drawn, vectors)?, &examples(judged))?;
        print(&name, &evaluation);
        accuracies.push(evaluation.accuracy);
    }
    println!("{:34} accuracy {:.2} %", "ten examples, mean", 100.0 * mean(&accuracies));

    let intents: BTreeSet<&str> = learnt.iter().map(|(intent, _)| intent.as_str()).collect();
    let (mut of_unknown, mut of_strange) = (Vec::new(), Vec::new());
    for draw in 1..=UNKNOWN_DRAWS {
        let mut order: Vec<&str> = intents.iter().copied().collect();
        shuffle(&mut order, draw);
        let unknown: BTreeSet<&str> = order.into_iter().take(intents.len() / 5).collect();
        let is_unknown = |(intent, _): &&Labelled| unknown.contains(intent.as_str());
        let apart = |list: &[Labelled]| -> (Vec<Labelled>, Vec<Labelled>) {
            list.iter().cloned().partition(|own| is_unknown(&own))
        };
        let (model, (outside, inside)) = (learn(&apart(learnt).1, vectors)?, apart(judged));
        let name = format!("  {} unknown intents, draw {draw}", unknown.len());
        of_unknown.extend(print_separation(&name, &model, &inside, &outside));
        of_strange.extend(print_separation("    oos_val", &model, &inside, strange));
    }
    for (name, told) in [("unknown intents, mean", of_unknown), ("oos_val, mean of the same", of_strange)] {
        let of = |value: fn(&Separation) -> f64| mean(&told.iter().map(value).collect::<Vec<_>>());
        if !told.is_empty() {
            let (auroc, refused) = (of(|told| told.auroc), of(|told| told.refused_share));
            println!("{name:34} AUROC {auroc:.3}, refused where 95 % are kept {refused:.2}");
        }
    }
    Ok(())
}

fn score_bot(folder: &Path, seeds: u64, vectors: Option<&Vectors>) -> Result<(), Box<dyn Error>> {
    let is_own = folder.join("settings.yaml").exists();
    let bundle = if is_own { read_folder(folder)? } else { read_rasa(folder, &RasaOptions::default())?.bundle };
    let mut by_language: BTreeMap<String, Vec<Labelled>> = BTreeMap::new();
    for (path, document) in &bundle.parts {
        if let (PartPath::Examples(language, intent), Document::Examples(own)) = (path, document) {
            let texts = own.examples.iter().map(|example| (intent.to_string(), example.text.clone()));
            by_language.entry(language.to_string()).or_default().extend(texts);
        }
    }
    for (language, labelled) in by_language {
        let params = TrainParams::default().check()?;
        let mut evaluations = Vec::new();
        for seed in 1..=seeds {
            let report = &mut |_| ControlFlow::Continue(());
            evaluations.push(cross_validate(&examples(&labelled), &params, vectors, 5, seed, report)?);
        }
        let of = |value: fn(&Evaluation) -> f64| evaluations.iter().map(value).collect::<Vec<f64>>();
        let accuracies = of(|own| own.accuracy);
        let chance = mean(&of(|own| own.calibration.error_by_chance));
        let (middle, error) = (mean(&accuracies), mean(&of(|own| own.calibration.expected_error)));
        let deviation = mean(&accuracies.iter().map(|own| (own - middle).powi(2)).collect::<Vec<_>>()).sqrt();
        println!(
            "{:34} accuracy {:.2} %, deviation of {seeds} seeds {:.2}, calibration error {error:.4} ({chance:.4} by chance)",
            format!("{language}, {} examples, 5 folds", labelled.len()),
            100.0 * middle,
            100.0 * deviation,
        );
    }
    Ok(())
}

fn learn(labelled: &[Labelled], vectors: Option<&Vectors>) -> Result<Model, greenroom::nlp::Error> {
    train(&examples(labelled), &TrainParams::default().check()?, vectors, &mut |_| ControlFlow::Continue(()))
}

fn examples(labelled: &[Labelled]) -> Vec<Example<'_>> {
    labelled.iter().map(|(label, text)| Example { text, label }).collect()
}

/// Ten examples of each intent.
fn ten_examples(learnt: &[Labelled], seed: u64) -> Vec<Labelled> {
    let mut order = learnt.to_vec();
    shuffle(&mut order, seed);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    order.retain(|(intent, _)| {
        let count = counts.entry(intent.clone()).or_default();
        *count += 1;
        *count <= 10
    });
    order
}

/// Fisher's and Yates's shuffle, by a linear congruential generator (Knuth's MMIX).
fn shuffle<T>(list: &mut [T], seed: u64) {
    let mut state = seed;
    for at in (1..list.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        list.swap(at, ((state >> 33) % (at as u64 + 1)) as usize);
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn print(name: &str, evaluation: &Evaluation) {
    let Evaluation { accuracy, accuracy_interval, macro_f1, calibration, .. } = evaluation;
    println!(
        "{name:34} accuracy {:.2} % ({:.1} to {:.1}), macro-F1 {:.2} %, calibration error {:.4} ({:.4} by chance)",
        100.0 * accuracy,
        100.0 * accuracy_interval.low,
        100.0 * accuracy_interval.high,
        100.0 * macro_f1,
        calibration.expected_error,
        calibration.error_by_chance,
    );
}

/// Tells how well the model tells `inside` from `outside`.
fn print_separation(name: &str, model: &Model, inside: &[Labelled], outside: &[Labelled]) -> Option<Separation> {
    let sure = |list: &[Labelled]| confidences(model, &list.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>());
    let told = Separation::of(&sure(inside), &sure(outside))?;
    let Separation { auroc, auroc_interval, refused_share, refused_interval, .. } = told;
    println!(
        "{name:34} AUROC {auroc:.3} ({:.3} to {:.3}), refused where 95 % are kept {refused_share:.2} ({:.2} to {:.2})",
        auroc_interval.low, auroc_interval.high, refused_interval.low, refused_interval.high,
    );
    Some(told)
}
