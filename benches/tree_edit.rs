//! One edit of a parts tree and the diff that finds it, on bots of 100, 10,000
//! and 100,000 parts; a copy of an ordinary map is the baseline that grows.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use greenroom::model::{Digest, MemoryObjects, Written, tree};

struct Grown {
    objects: MemoryObjects,
    root: Digest,
}

fn keep(objects: &mut MemoryObjects, written: Written) {
    for (digest, bytes) in written.0 {
        objects.insert_checked(digest, bytes);
    }
}

fn leaf(number: usize) -> Digest {
    Digest::of(&number.to_le_bytes())
}

fn grown(parts: usize) -> Grown {
    let mut objects = MemoryObjects::new();
    let (root, written) = tree::empty();
    keep(&mut objects, written);
    let mut edits = tree::Edits::new();
    for number in 0..parts {
        edits.set(&["nlp", "intents", &format!("intent-{number}")], Some(leaf(number)));
    }
    let (root, written) = tree::apply(&objects, &root, &edits).unwrap();
    keep(&mut objects, written);
    Grown { objects, root }
}

fn tree_edit(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tree_edit");
    for parts in [100, 10_000, 100_000] {
        let grown = grown(parts);
        let mut edits = tree::Edits::new();
        edits.set(&["nlp", "intents", "intent-77"], Some(leaf(parts)));
        group.bench_function(BenchmarkId::new("edit", parts), |bencher| {
            bencher.iter(|| tree::apply(&grown.objects, black_box(&grown.root), &edits).unwrap());
        });
        let (edited, written) = tree::apply(&grown.objects, &grown.root, &edits).unwrap();
        let mut objects = grown.objects.clone();
        keep(&mut objects, written);
        group.bench_function(BenchmarkId::new("diff", parts), |bencher| {
            bencher.iter(|| tree::diff(&objects, black_box(&grown.root), &edited).unwrap());
        });
        let map: BTreeMap<String, Digest> = tree::list(&objects, &grown.root, &[]).unwrap().into_iter().collect();
        group.bench_function(BenchmarkId::new("baseline_copy_of_a_map", parts), |bencher| {
            bencher.iter(|| {
                let mut copy = black_box(&map).clone();
                copy.insert("nlp/intents/intent-77".to_owned(), leaf(parts));
                copy
            });
        });
    }
    group.finish();
}

criterion_group!(benches, tree_edit);
criterion_main!(benches);
