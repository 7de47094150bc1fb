//! Calls timed one by one: criterion tells means, a promise to users is a percentile.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How often each call is made for the table.
const CALLS: usize = 100_000;

/// How long the calls took, one by one.
pub(crate) struct Percentiles(Vec<Duration>);

impl Percentiles {
    /// Times `call` with the numbers from 0, and what becomes of its result, after a tenth as many
    /// calls to warm up.
    pub(crate) fn of<T>(mut call: impl FnMut(usize) -> T) -> Self {
        (0..CALLS / 10).for_each(|number| drop(black_box(call(number))));
        let mut times: Vec<Duration> = (0..CALLS)
            .map(|number| {
                let start = Instant::now();
                drop(black_box(call(number)));
                start.elapsed()
            })
            .collect();
        times.sort_unstable();
        Self(times)
    }

    /// The time that so many of a thousand calls take at most, in microseconds.
    pub(crate) fn at(&self, per_thousand: usize) -> f64 {
        let place = (self.0.len() * per_thousand / 1_000).min(self.0.len() - 1);
        self.0[place].as_secs_f64() * 1e6
    }

    /// One row of a table.
    pub(crate) fn print(&self, name: &str) {
        println!(
            "{name:<40} p50 {:>7.2} µs   p90 {:>7.2} µs   p99 {:>7.2} µs   p99.9 {:>7.2} µs   of {} calls",
            self.at(500),
            self.at(900),
            self.at(990),
            self.at(999),
            self.0.len()
        );
    }
}
