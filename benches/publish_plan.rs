//! One edit and a plan of it in memory, and a plan and a publish of ten edits on SQLite, on published
//! bots of 100, 10,000 and 100,000 parts: the time must not grow with the bot.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

#[path = "../tests/growth/bots.rs"]
mod bots;

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use greenroom::lifecycle::PlanRequest;
use greenroom::store::MemoryStore;
use greenroom::store_sqlite::SqliteStore;

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
                executor.block_on(bot.edit(&[bots::edit_of(7, variant)])).unwrap()
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
                    bot.edit(&[bots::edit_of(7, variant)]).await.unwrap();
                    bot.plan(&request).await.unwrap()
                })
            });
        });
    }
    group.finish();
}

/// Ten edited flows are planned and published; editing them is not measured.
fn plan_and_publish(criterion: &mut Criterion) {
    let executor = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut group = criterion.benchmark_group("plan_and_publish_sqlite");
    group.sample_size(20);
    for parts in [100, 10_000, 100_000] {
        let folder = tempfile::tempdir().unwrap();
        let bot = executor.block_on(async {
            let store = SqliteStore::open(folder.path().join("greenroom.store")).await.unwrap();
            bots::bot_of(parts, Arc::new(store)).await
        });
        let mut variant = 0;
        group.bench_function(BenchmarkId::from_parameter(parts), |bencher| {
            bencher.iter_custom(|rounds| {
                let mut took = Duration::ZERO;
                for _ in 0..rounds {
                    variant += 1;
                    let edits: Vec<_> = (7..17).map(|flow| bots::edit_of(flow, variant)).collect();
                    executor.block_on(bot.edit(&edits)).unwrap();
                    let start = Instant::now();
                    executor.block_on(async {
                        let plan = bot.plan(&PlanRequest::full("ten edits")).await.unwrap();
                        bot.publish(&plan).await.unwrap()
                    });
                    took += start.elapsed();
                }
                took
            });
        });
    }
    group.finish();
}

criterion_group!(benches, publish_plan, plan_and_publish);
criterion_main!(benches);
