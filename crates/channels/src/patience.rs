//! When what failed is tried again, and when it is given up.

use std::time::Duration;

use jiff::SignedDuration;

/// When what failed is tried again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// The wait after the first failure; it doubles with each.
    pub(crate) first: Duration,
    /// The longest wait.
    pub(crate) longest: Duration,
    /// After this time it is given up.
    pub(crate) whole: SignedDuration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(15 * 60),
            whole: SignedDuration::from_hours(24),
        }
    }
}

impl Patience {
    /// The wait after so many failures: between half and all of it, by chance
    /// (`chance` from 0 to 1), so that many do not come back at once.
    pub(crate) fn wait(&self, failures: u32, chance: f64) -> Duration {
        let doubled = self.first.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX));
        doubled.min(self.longest).mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
    }
}

/// A number from 0 to 1; without randomness the middle will do.
pub(crate) fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_vary_by_half() {
        let patience = Patience::default();
        let seconds = |failures, chance| patience.wait(failures, chance).as_secs_f64();
        assert_eq!((seconds(1, 0.0), seconds(1, 1.0)), (0.5, 1.0));
        assert_eq!((seconds(5, 0.0), seconds(5, 1.0)), (8.0, 16.0));
        assert_eq!((seconds(11, 1.0), seconds(400, 1.0), seconds(400, 0.0)), (900.0, 900.0, 450.0));
    }
}
