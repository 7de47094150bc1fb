//! Drawing flows of 100 and 1,000 nodes: laid out and written as SVG, alone and against
//! another version.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use greenroom::flow::{DrawingOptions, FlowBuilder, draw, draw_changes};
use greenroom::model::document::{Flow, HttpCall};

#[path = "../crates/flow/src/drawing/tests/practice.rs"]
mod practice;

fn flow_draw(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("flow_draw");
    group.sample_size(20);
    for nodes in [100, 1_000] {
        let flow = practice::practice_flow(nodes);
        let before = practice::practice_flow(nodes - 5);
        group.bench_function(BenchmarkId::new("alone", nodes), |bencher| {
            bencher.iter(|| draw(black_box(&flow), &DrawingOptions::new()).to_svg());
        });
        group.bench_function(BenchmarkId::new("against", nodes), |bencher| {
            bencher.iter(|| draw_changes(Some(&before), Some(black_box(&flow)), &DrawingOptions::new()).to_svg());
        });
    }
    group.finish();
}

criterion_group!(benches, flow_draw);
criterion_main!(benches);
