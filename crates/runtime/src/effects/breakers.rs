//! Circuit breakers: what fails again and again is left alone for a while, so
//! that conversations need not wait for it each time (M. Nygard, «Release It!»).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::EffectLimits;

/// How many targets are watched; with more, those that are well are forgotten first.
const MAX_TARGETS: usize = 1_024;

/// The breakers of all targets.
#[derive(Debug, Default)]
pub(crate) struct Breakers {
    targets: Mutex<HashMap<String, Breaker>>,
}

/// What is known of a target that failed. One that does well is not in the map.
#[derive(Debug, Clone, Copy)]
struct Breaker {
    /// How often it failed in a row.
    failures: u32,
    /// Until when it is not called; set once it failed often enough.
    open_until: Option<Instant>,
}

impl Breakers {
    /// Whether a target may be called; else, in how long it may be tried again.
    /// After a pause one call is let through, and the others wait for what becomes of it.
    pub(crate) fn admit(&self, target: &str, limits: &EffectLimits) -> Result<(), Duration> {
        let now = Instant::now();
        let mut targets = self.lock();
        let Some(breaker) = targets.get_mut(target) else { return Ok(()) };
        match breaker.open_until {
            Some(until) if now < until => Err(until - now),
            Some(_) => {
                breaker.open_until = Some(now + limits.breaker_pause);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// A call got an answer.
    pub(crate) fn succeeded(&self, target: &str) {
        self.lock().remove(target);
    }

    /// A call got none.
    pub(crate) fn failed(&self, target: &str, limits: &EffectLimits) {
        let mut targets = self.lock();
        if targets.len() >= MAX_TARGETS && !targets.contains_key(target) {
            let now = Instant::now();
            targets.retain(|_, breaker| breaker.open_until.is_some_and(|until| now < until));
            if targets.len() >= MAX_TARGETS {
                return;
            }
        }
        let breaker = targets.entry(target.to_owned()).or_insert(Breaker { failures: 0, open_until: None });
        breaker.failures = breaker.failures.saturating_add(1);
        if breaker.failures >= limits.breaker_failures.max(1) {
            breaker.open_until = Some(Instant::now() + limits.breaker_pause);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Breaker>> {
        // No code that holds the lock can panic half-way.
        self.targets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn opens_after_five_failures_and_lets_one_call_try_after_the_pause() {
        let (breakers, limits) = (Breakers::default(), EffectLimits::default());
        for _ in 0..5 {
            assert!(breakers.admit("a", &limits).is_ok());
            breakers.failed("a", &limits);
        }
        assert_eq!(breakers.admit("a", &limits), Err(limits.breaker_pause));
        assert!(breakers.admit("b", &limits).is_ok(), "others are called");
        advance(limits.breaker_pause).await;
        assert!(breakers.admit("a", &limits).is_ok());
        assert!(breakers.admit("a", &limits).is_err(), "one tries, the others wait for it");
        breakers.failed("a", &limits);
        assert!(breakers.admit("a", &limits).is_err());
        advance(limits.breaker_pause).await;
        assert!(breakers.admit("a", &limits).is_ok());
        breakers.succeeded("a");
        assert!(breakers.admit("a", &limits).is_ok() && breakers.admit("a", &limits).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_success_in_between_begins_the_count_anew() {
        let (breakers, limits) = (Breakers::default(), EffectLimits::default());
        for _ in 0..3 {
            (0..4).for_each(|_| breakers.failed("a", &limits));
            breakers.succeeded("a");
        }
        assert!(breakers.admit("a", &limits).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn ever_new_targets_do_not_fill_the_memory() {
        let (breakers, limits) = (Breakers::default(), EffectLimits::default());
        for number in 0..5_000 {
            breakers.failed(&number.to_string(), &limits);
        }
        assert!(breakers.lock().len() <= MAX_TARGETS);
    }
}
