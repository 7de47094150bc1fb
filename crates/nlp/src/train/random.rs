//! The crate's source of randomness: seeded, small, the same on every machine.

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
///
/// Its sequence is fixed by its seed alone. It is good enough to shuffle examples and unfit for
/// secrets.
#[derive(Debug, Clone)]
pub(crate) struct SplitMix64(u64);

/// What numbers are drawn for: equal seeds with different purposes give unrelated sequences.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// Dealing examples to the folds of a training.
    Folds,
    /// Dealing examples to the folds of a cross-validation.
    CrossValidation,
    /// The order of examples while the scorer of this number learns.
    Scorer(u64),
}

impl SplitMix64 {
    pub(crate) fn new(seed: u64, purpose: Purpose) -> Self {
        let purpose = match purpose {
            Purpose::Folds => 1,
            Purpose::CrossValidation => 2,
            Purpose::Scorer(number) => 16 + number,
        };
        // Two rounds of mixing keep neighbouring seeds and purposes apart.
        let mut generator = Self(purpose);
        let mixed = generator.next();
        Self(Self(seed ^ mixed).next())
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 if `bound` is 0. The bias is below `bound` / 2^64.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// Shuffles in place (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last + 1);
            items.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_published_sequence() {
        // First outputs for the state 1234567, as in the reference implementation's test vector.
        let mut generator = SplitMix64(1_234_567);
        assert_eq!(generator.next(), 6_457_827_717_110_365_317);
        assert_eq!(generator.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn shuffles_without_losing_anything() {
        let mut items: Vec<u32> = (0..100).collect();
        SplitMix64::new(1, Purpose::Folds).shuffle(&mut items);
        assert!(!items.is_sorted());
        items.sort_unstable();
        assert!(items.into_iter().eq(0..100));
    }

    #[test]
    fn seeds_and_purposes_give_different_sequences() {
        let first = |seed, purpose| SplitMix64::new(seed, purpose).next();
        let mut drawn = vec![
            first(1, Purpose::Folds),
            first(2, Purpose::Folds),
            first(1, Purpose::CrossValidation),
            first(1, Purpose::Scorer(0)),
            first(1, Purpose::Scorer(1)),
        ];
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn.len(), 5);
    }
}
