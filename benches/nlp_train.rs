//! Twenty examples a label to a model, for 10, 50 and 150 labels, beside naive Bayes over string
//! n-grams in the same run.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::hint::black_box;
use std::ops::ControlFlow;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use greenroom::nlp::{Example, ValidTrainParams, train};
use nlp_peers::{LABEL_COUNTS, NaiveBayes, generated_examples};

mod nlp_peers;

fn nlp_train(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("nlp_train");
    group.sample_size(10);
    for label_count in LABEL_COUNTS {
        let labelled = generated_examples(label_count);
        let examples: Vec<Example<'_>> = labelled.iter().map(|(text, label)| Example { text, label }).collect();
        let params = ValidTrainParams::default();
        group.bench_function(BenchmarkId::new("greenroom", label_count), |bencher| {
            bencher.iter(|| train(black_box(&examples), &params, None, &mut |_| ControlFlow::Continue(())).unwrap());
        });
        group.bench_function(BenchmarkId::new("naive_bayes", label_count), |bencher| {
            bencher.iter(|| black_box(NaiveBayes::train(black_box(&labelled))).rank("").len());
        });
    }
    group.finish();
}

criterion_group!(benches, nlp_train);
criterion_main!(benches);
