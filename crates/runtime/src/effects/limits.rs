//! How long, how often and how much: what an effect may take.

use std::time::Duration;

/// What an effect (a handler's call, a call over HTTP) may take.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use greenroom_runtime::EffectLimits;
///
/// let patient = EffectLimits { timeout: Duration::from_secs(20), ..EffectLimits::default() };
/// assert_eq!(patient.attempts, 3);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct EffectLimits {
    /// How long one effect may take, all its attempts and the waits between them included. 10 s.
    pub timeout: Duration,
    /// How long all effects of one message may take; what is left then fails at once. 25 s.
    pub message_timeout: Duration,
    /// How often an effect is tried where nothing was done by the attempts before. 3.
    pub attempts: u32,
    /// The wait before the second attempt; it doubles with each, and chance takes up to half of it. 200 ms.
    pub first_wait: Duration,
    /// The longest wait between two attempts. 2 s.
    pub longest_wait: Duration,
    /// The longest answer, in bytes of its JSON or its body. 1 MiB.
    pub max_answer_bytes: usize,
    /// After how many failures in a row a target is not called any more for a while. 5.
    pub breaker_failures: u32,
    /// For how long it is then not called; after it one call tries. 30 s.
    pub breaker_pause: Duration,
    /// How long a handler that was not waited for may go on, so that its late answer is at least logged. 60 s.
    pub late: Duration,
}

impl Default for EffectLimits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            message_timeout: Duration::from_secs(25),
            attempts: 3,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(2),
            max_answer_bytes: 1 << 20,
            breaker_failures: 5,
            breaker_pause: Duration::from_secs(30),
            late: Duration::from_secs(60),
        }
    }
}

impl EffectLimits {
    /// The wait after so many attempts: between half and all of what doubling
    /// gives, by `chance` (0 to 1), so that many do not come back at once.
    pub(crate) fn wait(&self, attempts: u32, chance: f64) -> Duration {
        let factor = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        let doubled = self.first_wait.saturating_mul(factor).min(self.longest_wait);
        doubled.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_vary_by_half() {
        let limits = EffectLimits::default();
        let milliseconds = |attempts, chance| limits.wait(attempts, chance).as_millis();
        assert_eq!((milliseconds(1, 0.0), milliseconds(1, 1.0)), (100, 200));
        assert_eq!((milliseconds(3, 0.0), milliseconds(3, 1.0)), (400, 800));
        assert_eq!((milliseconds(9, 1.0), milliseconds(400, 0.0), milliseconds(400, 7.0)), (2_000, 1_000, 2_000));
    }
}
