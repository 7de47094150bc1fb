//! One edit and a plan of it, on published bots of 100, 10,000 and 100,000
//! parts: the time must not grow with the bot.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

#[path = "../tests/growth/bots.rs"]
mod bots;

use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use greenroom::lifecycle::PlanRequest;
use greenroom::store::MemoryStore;

fn publish_plan(criterion: &mut Criterion) {
    let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut group = criterion.benchmark_group("publish_plan");
    group.sample_size(30);
    for parts in [100, 10_000, 100_000] {
        let bot = executor.block_on(bots::bot_of(parts, Arc::new(MemoryStore::new())));
        let mut variant = 0;
        group.bench_function(BenchmarkId::new("edit", parts), |bencher| {
            bencher.iter(|| {
                variant += 1;
                executor.block_on(bot.edit(&[bots::one_edit(variant)])).unwrap()
            });
        });
        let request = PlanRequest::full("one edit");
        group.bench_function(BenchmarkId::new("plan", parts), |bencher| {
            bencher.iter(|| executor.block_on(bot.plan(&request)).unwrap());
        });
        group.bench_function(BenchmarkId::new("edit_diff_and_plan", parts), |bencher| {
            bencher.iter(|| {
                variant += 1;
                executor.block_on(async {
                    bot.edit(&[bots::one_edit(variant)]).await.unwrap();
                    bot.plan(&request).await.unwrap()
                })
            });
        });
    }
    group.finish();
}

criterion_group!(benches, publish_plan);
criterion_main!(benches);
