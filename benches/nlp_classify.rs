//! One text to ranked labels, for models of 10, 50 and 150 labels, beside naive Bayes over string
//! n-grams in the same run.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::hint::black_box;
use std::ops::ControlFlow;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use greenroom::nlp::{Example, Scratch, Threshold, ValidTrainParams, train};
use nlp_peers::{LABEL_COUNTS, NaiveBayes, generated_examples};

mod nlp_peers;

fn nlp_classify(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("nlp_classify");
    for label_count in LABEL_COUNTS {
        let labelled = generated_examples(label_count);
        let examples: Vec<Example<'_>> = labelled.iter().map(|(text, label)| Example { text, label }).collect();
        let model = train(&examples, &ValidTrainParams::default(), None, &mut |_| ControlFlow::Continue(())).unwrap();
        let bayes = NaiveBayes::train(&labelled);
        let mut scratch = Scratch::default();

        let mut texts = labelled.iter().map(|(text, _)| text.as_str()).cycle();
        group.bench_function(BenchmarkId::new("greenroom", label_count), |bencher| {
            bencher.iter(|| {
                let answer = model.classify(black_box(texts.next().unwrap()), &mut scratch);
                black_box(answer.best(Threshold::ZERO).map(|best| best.confidence))
            });
        });
        let batch: Vec<&str> = labelled.iter().map(|(text, _)| text.as_str()).take(256).collect();
        group.bench_function(BenchmarkId::new("greenroom, 256 at once", label_count), |bencher| {
            bencher.iter(|| model.classify_batch(black_box(&batch), 1, &mut scratch));
        });
        let mut texts = labelled.iter().map(|(text, _)| text.as_str()).cycle();
        group.bench_function(BenchmarkId::new("naive_bayes", label_count), |bencher| {
            bencher.iter(|| black_box(bayes.rank(black_box(texts.next().unwrap()))).first().map(|best| best.1));
        });
    }
    group.finish();
}

criterion_group!(benches, nlp_classify);
criterion_main!(benches);
