//! Choices by a seed: the same seed makes the same bots and dialogues.

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

pub(crate) struct Chance(TestRng);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        // The algorithm is slow to leave a seed of few bits behind, so they are spread.
        let spread =
            |place: u64| seed.wrapping_add(place).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31).to_le_bytes();
        let mut chance = Self(TestRng::from_seed(RngAlgorithm::XorShift, &[spread(1), spread(2)].concat()));
        (0..8).for_each(|_| _ = chance.0.next_u64());
        chance
    }

    /// A number below this one.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.0.next_u64() % end.max(1) as u64).unwrap()
    }

    /// Whether it happens, in so many of a hundred cases.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub(crate) fn pick<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())].clone()
    }

    /// So many of these at most, each once, in their order.
    pub(crate) fn some<T: Clone>(&mut self, values: &[T], most: usize) -> Vec<T> {
        let wanted = self.below(most + 1);
        let mut chosen: Vec<usize> = (0..wanted).map(|_| self.below(values.len())).collect();
        chosen.sort_unstable();
        chosen.dedup();
        chosen.into_iter().map(|place| values[place].clone()).collect()
    }
}
