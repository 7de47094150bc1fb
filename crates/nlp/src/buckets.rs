//! Where in a list of ascending hashes each begins, for n-grams and for word pieces.
//!
//! A search in a bucket takes one look at a hash that is spread well, and the logarithm of their
//! number at worst: keys that somebody made to clash cost no more than that.

use std::ops::Range;

/// Buckets by the upper bits of hashes.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Buckets {
    /// Where each bucket begins, and where the last one ends.
    starts: Vec<u32>,
    /// How many bits of a hash do not name its bucket.
    shift: u32,
}

/// How many buckets there are for each hash, at least. With two, unknown n-grams cost more; the
/// table of 16,384 takes 256 KB.
const BUCKETS_A_HASH: u64 = 4;

impl Buckets {
    /// Of hashes in ascending order, fewer than 2^32.
    pub(crate) fn new(hashes: impl ExactSizeIterator<Item = u32>) -> Self {
        let bits = (BUCKETS_A_HASH * hashes.len() as u64).next_power_of_two().ilog2().clamp(1, 31);
        let shift = u32::BITS - bits;
        let mut starts = vec![0; (1 << bits) + 1];
        for hash in hashes {
            starts[(hash >> shift) as usize + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { starts, shift }
    }

    /// The places of all hashes that share this one's bucket.
    pub(crate) fn range(&self, hash: u32) -> Range<usize> {
        let bucket = (hash >> self.shift) as usize;
        let place = |at: usize| self.starts.get(at).map_or(0, |&start| start as usize);
        place(bucket)..place(bucket + 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Buckets;

    proptest! {
        #[test]
        fn every_hash_lies_in_its_bucket(
            hashes in prop::collection::vec(prop_oneof![any::<u32>(), 0..9_u32, (u32::MAX - 9)..=u32::MAX], 0..300),
            other: u32,
        ) {
            let mut hashes = hashes;
            hashes.sort_unstable();
            let buckets = Buckets::new(hashes.iter().copied());
            for wanted in hashes.iter().copied().chain([other]) {
                let range = buckets.range(wanted);
                prop_assert!(range.end <= hashes.len());
                let outside = hashes[..range.start].iter().chain(&hashes[range.end..]);
                prop_assert!(outside.copied().all(|hash| hash != wanted));
            }
        }

        #[test]
        fn spread_hashes_are_few_in_a_bucket(count in 1..3_000_u32) {
            let hashes: Vec<u32> = (0..count).map(|n| (u64::from(n) * (1 << 32) / u64::from(count)) as u32).collect();
            let buckets = Buckets::new(hashes.iter().copied());
            prop_assert!(hashes.iter().all(|&hash| buckets.range(hash).len() <= 2));
        }
    }
}
