//! How far a share that was counted may be from the true one.

use serde::{Deserialize, Serialize};

/// The 97.5 % point of the standard normal distribution: 95 % lie within it on both sides.
pub(super) const Z95: f64 = 1.959_964;

/// A range that holds the true value with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Wilson's score interval of a share at 95 % (E. B. Wilson, "Probable Inference, the Law of
    /// Succession, and Statistical Inference", 1927); 0 to 1 where nothing was counted.
    ///
    /// ```
    /// use greenroom_nlp::Interval;
    ///
    /// let interval = Interval::of_share(9, 10);
    /// assert!((interval.low - 0.596).abs() < 0.001 && (interval.high - 0.982).abs() < 0.001);
    /// ```
    pub fn of_share(part: usize, whole: usize) -> Self {
        if whole == 0 {
            return Self { low: 0.0, high: 1.0 };
        }
        let n = whole as f64;
        let share = part.min(whole) as f64 / n;
        let square = Z95 * Z95;
        let middle = share + square / (2.0 * n);
        let spread = Z95 * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
        let scale = 1.0 + square / n;
        Self { low: ((middle - spread) / scale).clamp(0.0, share), high: ((middle + spread) / scale).clamp(share, 1.0) }
    }

    /// Whether the value lies within.
    pub fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_interval_holds_its_share_and_narrows_with_more_texts(part in 0_usize..200, more in 0_usize..200) {
            let whole = part + more;
            let interval = Interval::of_share(part, whole);
            prop_assert!(0.0 <= interval.low && interval.low <= interval.high && interval.high <= 1.0);
            if whole > 0 {
                prop_assert!(interval.contains(part as f64 / whole as f64));
                let wider = Interval::of_share(part * 4, whole * 4);
                prop_assert!(wider.high - wider.low < interval.high - interval.low);
            }
        }
    }
}
