//! linfa's fit and our own on the same problems: both descend, and reach the same optimum.
//!
//! `cargo xtask soak nlp-guard` draws 300 problems; where it names a file of split, intent and
//! text, they are subsets of its split `train`.

use std::ops::ControlFlow;

use ndarray::{Array2, ArrayView2};

use super::corpus::{Corpus, choose_vocabulary};
use super::dense::DenseBlock;
use super::head::{Head, HeadProblem, Precision};
use super::out_of_fold::HeadFeatures;
use super::progress::Meter;
use super::random::{Purpose, SplitMix64};
use super::recipe::Recipe;
use super::scorer::ScorerInput;
use super::{Dataset, Example, fused_head, linfa_head};
use crate::TrainParams;

/// By how much of it one loss may be above the other.
const LOSS_TOLERANCE: f64 = 0.01;
/// The share of texts, over all problems, that both give the same label.
const AGREEMENT: f64 = 0.995;
/// Steps after which our own fit has long ended by itself.
const ITERATIONS: usize = 500;

/// What the soak says by the environment.
#[expect(clippy::disallowed_methods, reason = "a test, and only of how many cases")]
fn said(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

#[expect(clippy::disallowed_methods, reason = "a test, of a file that it is told")]
fn soak_file() -> Option<String> {
    said("GREENROOM_SOAK_FILE").map(|path| std::fs::read_to_string(path).unwrap())
}

/// From 0 up to 1.
fn share(random: &mut SplitMix64) -> f64 {
    random.below(1 << 20) as f64 / f64::from(1 << 20)
}

/// Rows as training makes them: a vector of length 1 near its label's, then a score a label.
fn generated(random: &mut SplitMix64) -> HeadProblem<f32> {
    let label_count = 2 + random.below(20);
    let dimensions = [0, 8, 48][random.below(3)];
    let examples = label_count * (1 + random.below(15));
    let (noise, score_noise) = (2.0 * share(random), 3.0 * share(random));
    let mut uniform = |scale: f64| (scale * (2.0 * share(random) - 1.0)) as f32;
    let centres = Array2::from_shape_simple_fn((label_count, dimensions), || uniform(1.0));
    let mut records = Array2::zeros((examples, dimensions + label_count));
    for (example, mut row) in records.outer_iter_mut().enumerate() {
        let label = example % label_count;
        let mut length = 0.0_f32;
        for dimension in 0..dimensions {
            row[dimension] = centres[[label, dimension]] + uniform(noise);
            length += row[dimension].powi(2);
        }
        row.iter_mut().take(dimensions).for_each(|value| *value /= length.sqrt().max(1e-6));
        for other in 0..label_count {
            let own = f32::from(u8::from(other == label));
            row[dimensions + other] = 0.1 * (2.0 * own + uniform(score_noise));
        }
    }
    let targets = (0..examples).map(|example| example % label_count).collect();
    HeadProblem { records, targets, label_count }
}

/// A random part of real examples, through the stages before the head.
fn subset(examples: &[Example<'_>], random: &mut SplitMix64) -> HeadProblem<f32> {
    let all = Dataset::new(examples).unwrap();
    let wanted_labels = (2.0 + 40.0 * share(random)) / all.labels.len() as f64;
    let kept_labels: Vec<bool> = all.labels.iter().map(|_| share(random) < wanted_labels).collect();
    let kept_share = 0.02 + 0.5 * share(random).powi(2);
    let kept: Vec<bool> =
        all.examples.iter().map(|example| kept_labels[example.label] && share(random) < kept_share).collect();
    let of_kept = all.examples.iter().zip(&kept).filter(|(_, kept)| **kept);
    let drawn: Vec<Example<'_>> =
        of_kept.map(|(example, _)| Example { text: &example.text, label: &all.labels[example.label] }).collect();
    let Some(dataset) = Dataset::new(&drawn).ok().filter(|dataset| dataset.labels.len() > 1) else {
        return subset(examples, random);
    };
    let params = TrainParams::default();
    let vocabulary = choose_vocabulary(&dataset, params.max_ngrams as usize);
    let corpus = Corpus::vectorise(&dataset, &vocabulary);
    let labels: Vec<usize> = dataset.examples.iter().map(|example| example.label).collect();
    let input = ScorerInput {
        corpus: &corpus,
        dense: &DenseBlock::compute(&dataset, None).rows,
        labels: &labels,
        ngram_count: vocabulary.len(),
        label_count: dataset.labels.len(),
    };
    let recipe = Recipe::choose(&dataset, 0, &params);
    let report = &mut |_| ControlFlow::Continue(());
    HeadFeatures::compute(input, &recipe, random.below(1 << 30) as u64, &mut Meter::new(report)).unwrap().problem
}

fn winners<F: Precision>(head: &Head<F>, records: ArrayView2<'_, F>) -> Vec<usize> {
    let logits = head.logits(records);
    let best = |row: ndarray::ArrayView1<'_, F>| {
        (0..row.len()).reduce(|best, next| if row[next] > row[best] { next } else { best }).unwrap()
    };
    logits.outer_iter().map(best).collect()
}

#[test]
fn both_solvers_descend_to_the_same_optimum() {
    let cases: u64 = said("GREENROOM_SOAK_CASES").map_or(12, |cases| cases.parse().unwrap());
    let content = soak_file();
    let examples: Option<Vec<Example<'_>>> = content.as_ref().map(|content| {
        let example = |line| match str::split(line, '\t').collect::<Vec<_>>()[..] {
            ["train", label, text] => Some(Example { text, label }),
            _ => None,
        };
        content.lines().filter_map(example).collect()
    });
    let (mut texts, mut equal, mut worst, mut worst_agreement) = (0, 0, 0.0_f64, 1.0_f64);
    let (mut too_far, mut beyond) = (Vec::new(), 0);
    for case in 0..cases {
        let mut random = SplitMix64::new(case, Purpose::Folds);
        let problem = match &examples {
            Some(examples) => subset(examples, &mut random),
            None => generated(&mut random),
        };
        let alpha = 10.0_f64.powf(3.0 * share(&mut random) - 2.0);
        let exact = HeadProblem {
            records: problem.records.mapv(f64::from),
            targets: problem.targets.clone(),
            label_count: problem.label_count,
        };
        let (rows, columns) = problem.records.dim();
        let name = format!("case {case}: {rows} × {columns}, {} labels, alpha {alpha:.3}", problem.label_count);
        let ours = fused_head::fit_head(&problem, alpha, ITERATIONS, None, &mut |_| Ok(())).unwrap();
        let theirs = linfa_head::fit_head(&exact, alpha, &mut |_| Ok(())).unwrap().head;
        // One judge for both, in double precision.
        let ours_exact = Head { weights: ours.weights.mapv(f64::from), biases: ours.biases.mapv(f64::from) };
        let start = Head::zero(columns, problem.label_count).judge(&exact, alpha).loss;
        let judgement = ours_exact.judge(&exact, alpha);
        let (our_loss, their_loss) = (judgement.loss, theirs.judge(&exact, alpha).loss);
        assert!(our_loss < start && their_loss < start, "{name}: {start}, ours {our_loss}, linfa's {their_loss}");
        let apart = (our_loss - their_loss).abs() / our_loss.min(their_loss);
        let winners = winners(&ours, problem.records.view()).into_iter().zip(winners(&theirs, exact.records.view()));
        let agreeing = winners.filter(|(ours, theirs)| ours == theirs).count();
        if said("GREENROOM_SOAK_CASES").is_some() {
            println!("{name}: loss {our_loss:.4}, linfa's {their_loss:.4}; {agreeing} of {rows} labels agree");
        }
        // There linfa's own loss is wrong: its guard stops it on the way, never past the optimum.
        if judgement.spread >= linfa_head::LARGEST_SPREAD {
            assert!(our_loss <= their_loss * (1.0 + LOSS_TOLERANCE), "{name}: {our_loss} and linfa's {their_loss}");
            beyond += 1;
            continue;
        }
        if apart > LOSS_TOLERANCE {
            too_far.push(format!("{name}: {our_loss:.4} and linfa's {their_loss:.4}"));
        }
        texts += rows;
        equal += agreeing;
        worst = worst.max(apart);
        worst_agreement = worst_agreement.min(agreeing as f64 / rows as f64);
    }
    let agreement = equal as f64 / texts as f64;
    println!(
        "{cases} problems, {beyond} with an optimum beyond linfa's reach; of the others losses at most {worst:.5} apart, \
         {agreement:.5} of the labels agree, {worst_agreement:.4} where fewest"
    );
    assert!(too_far.is_empty(), "{} of {cases}: {too_far:#?}", too_far.len());
    assert!(agreement >= AGREEMENT, "{agreement}");
}
