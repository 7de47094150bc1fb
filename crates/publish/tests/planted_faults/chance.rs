//! What a seed decides: the same seed makes the same bots and faults.

use proptest::prelude::RngExt;
use proptest::test_runner::{RngAlgorithm, TestRng};

/// Choices that follow from a seed.
pub(crate) struct Chance(TestRng);

impl Chance {
    /// The choices of a seed, for one of several uses of it.
    pub(crate) fn of(seed: u64, used_for: &str) -> Self {
        let mut bytes = [0; 32];
        for (place, byte) in seed.to_le_bytes().into_iter().chain(used_for.bytes()).take(32).enumerate() {
            bytes[place] = byte;
        }
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
    }

    /// A number below this one, which is above 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    /// True once in so many times.
    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of several.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}
