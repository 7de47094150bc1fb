//! Attempts to sign in: after five wrong passwords each next one has to wait longer.

use std::time::Duration;

use greenroom_model::Record as _;
use greenroom_store::Commit;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::identities::MAX_REPEATS;
use crate::{Error, Identities, UserName, layout};

/// So many attempts need not wait.
const FREE_ATTEMPTS: u32 = 5;

/// No wait is longer, in seconds.
const MAX_WAIT_SECONDS: i64 = 300;

/// Attempts are forgotten after a day without another one.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);

#[derive(Serialize, Deserialize)]
struct Attempts {
    count: u32,
    last: Timestamp,
}

impl greenroom_model::Record for Attempts {
    const WHAT: &'static str = "attempts to sign in";
    const FORMAT: u32 = 1;
}

impl Attempts {
    /// How long after the last attempt the next one may come: 1 s after the
    /// fifth, then twice as long each time, up to five minutes.
    fn wait(&self) -> SignedDuration {
        let Some(beyond) = self.count.checked_sub(FREE_ATTEMPTS) else { return SignedDuration::ZERO };
        let seconds = 1_i64.checked_shl(beyond.min(32)).unwrap_or(MAX_WAIT_SECONDS);
        SignedDuration::from_secs(seconds.min(MAX_WAIT_SECONDS))
    }
}

impl Identities {
    /// Counts one attempt, or refuses it.
    pub(crate) async fn count_attempt(&self, name: &UserName) -> Result<(), Error> {
        let key = layout::attempts(name)?;
        for _ in 0..MAX_REPEATS {
            let now = self.now();
            let record = self.store.record(&key).await?;
            let commit = match &record {
                None => Commit::new().create(key.clone(), Attempts { count: 1, last: now }.to_bytes()),
                Some(record) => {
                    let attempts = Attempts::from_bytes(&record.value)?;
                    let passed = now.duration_since(attempts.last);
                    let left = attempts.wait() - passed;
                    if left.is_positive() {
                        let retry_after = Duration::try_from(left.min(attempts.wait())).unwrap_or_default();
                        return Err(Error::TooManyAttempts { retry_after });
                    }
                    let count = if passed > FORGOTTEN_AFTER { 1 } else { attempts.count.saturating_add(1) };
                    Commit::new().swap(record, Attempts { count, last: now }.to_bytes())
                }
            };
            match self.store.commit(commit).await {
                Ok(_) => return Ok(()),
                Err(greenroom_store::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended("the attempts to sign in".to_owned()))
    }

    /// What a right password adds to the commit that lets the user in.
    pub(crate) fn forget_attempts(&self, name: &UserName, commit: Commit) -> Result<Commit, Error> {
        Ok(commit.with(layout::attempts(name)?, greenroom_store::Expected::Any, None))
    }
}
