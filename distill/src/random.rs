//! The generator behind the one random choice: SplitMix64, the same on every machine.

/// Steele, Lea and Flood's generator (`SplitMix64`).
pub(crate) struct SplitMix64(u64);

impl SplitMix64 {
    /// Equal seeds give equal numbers.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) fn next_bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound` − 1; 0 if `bound` is 0.
    pub(crate) fn next_below(&mut self, bound: usize) -> usize {
        // The upper half of the product: no bias worth the name for bounds far below 2^64.
        ((u128::from(self.next_bits()) * bound as u128) >> 64) as usize
    }

    /// A number from −1 to 1, for tests.
    #[cfg(test)]
    pub(crate) fn next_signed(&mut self) -> f32 {
        (self.next_bits() >> 40) as f32 / 8_388_608.0 - 1.0
    }
}

/// Keeps `count` of the values, chosen and ordered by the seed.
pub(crate) fn choose<T>(mut values: Vec<T>, count: usize, seed: u64) -> Vec<T> {
    let mut random = SplitMix64::new(seed);
    for place in 0..count.min(values.len()) {
        let from = place + random.next_below(values.len() - place);
        values.swap(place, from);
    }
    values.truncate(count);
    values
}

#[cfg(test)]
mod tests {
    use super::{SplitMix64, choose};

    #[test]
    fn numbers_are_those_of_the_reference() {
        // The first outputs for seed 0 of the authors' C program.
        let mut random = SplitMix64::new(0);
        assert_eq!([random.next_bits(), random.next_bits()], [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4]);
    }

    #[test]
    fn a_choice_holds_each_value_once_and_changes_with_the_seed() {
        let chosen = choose((0..100).collect(), 60, 1);
        let mut distinct = chosen.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), 60);
        assert_eq!(chosen, choose((0..100).collect(), 60, 1));
        assert_ne!(chosen, choose((0..100).collect(), 60, 2));
        assert!(distinct.iter().any(|value| *value >= 90), "the end of the list is never chosen");
        assert_eq!(choose(vec![1], 5, 1), [1]);
    }
}
