//! A publish that happens once, however often it is asked for: its key is in the very
//! commit that moves the pointer, so that a crash leaves both or neither.

use std::fmt;
use std::str::FromStr;

use greenroom_model::{Digest, Record as _};
use greenroom_publish::Plan;
use greenroom_store::{Commit, layout};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Bot, Error, JobId, Published};

/// The longest key, in characters.
const MAX_CHARS: usize = 255;

/// A name for a publish that must not happen twice: any text of 1 to 255 characters
/// without control characters. A bot remembers it for good.
///
/// # Examples
/// ```
/// use greenroom_lifecycle::IdempotencyKey;
///
/// let key: IdempotencyKey = "release 2026-11-24".parse()?;
/// assert_eq!(key.as_str(), "release 2026-11-24");
/// assert!("".parse::<IdempotencyKey>().is_err());
/// # Ok::<(), greenroom_lifecycle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    pub(crate) fn of_job(job: &JobId) -> Self {
        Self(format!("job {job}"))
    }

    /// The text that writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.is_empty() || text.chars().count() > MAX_CHARS || text.chars().any(char::is_control) {
            let shown = text.chars().filter(|character| !character.is_control()).take(80).collect();
            return Err(Error::InvalidIdempotencyKey(shown));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for IdempotencyKey {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<IdempotencyKey> for String {
    fn from(key: IdempotencyKey) -> Self {
        key.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a publish with a key did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPublish {
    /// The bot.
    pub bot: greenroom_model::BotId,
    /// Its key.
    pub key: IdempotencyKey,
    /// The plan that it carried out.
    pub plan: Digest,
    /// What it did.
    pub published: Published,
    /// When.
    pub time: Timestamp,
}

impl greenroom_model::Record for KeptPublish {
    const WHAT: &'static str = "a publish that is kept for its idempotency key";
    const FORMAT: u32 = 1;
}

impl KeptPublish {
    /// What it did, where it was of this plan.
    pub(crate) fn of_plan(self, plan: &Plan) -> Result<Published, Error> {
        if self.plan == plan.digest() { Ok(self.published) } else { Err(self.reused()) }
    }

    /// The error that the key stands for another publish.
    #[must_use]
    pub fn reused(self) -> Error {
        Error::IdempotencyKeyReused { bot: self.bot, key: self.key.into(), number: self.published.number }
    }
}

impl Bot {
    /// The publish that happened under a key; none where none did.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn kept_publish(&self, key: &IdempotencyKey) -> Result<Option<KeptPublish>, Error> {
        let record = self.lifecycle.store.record(&layout::publish(&self.id, key.as_str())?).await?;
        Ok(record.map(|record| KeptPublish::from_bytes(&record.value)).transpose()?)
    }

    /// The same where the store answers; none where it does not, or nobody named a key.
    pub(crate) async fn kept_publish_of(&self, key: Option<&IdempotencyKey>) -> Option<KeptPublish> {
        self.kept_publish(key?).await.ok()?
    }

    /// The plan that was carried out by it.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Publish`].
    pub async fn plan_of(&self, kept: &KeptPublish) -> Result<Plan, Error> {
        Ok(Plan::from_bytes(&kept.plan, &self.reader().bytes(kept.plan).await?)?)
    }

    /// Adds the key to the commit of its publish, which carries the plan.
    pub(crate) fn keep_publish(
        &self,
        key: &IdempotencyKey,
        plan: Digest,
        published: &Published,
        commit: Commit,
    ) -> Result<Commit, Error> {
        let kept = KeptPublish {
            bot: self.id.clone(),
            key: key.clone(),
            plan,
            published: published.clone(),
            time: self.lifecycle.now(),
        };
        Ok(commit.create(layout::publish(&self.id, key.as_str())?, kept.to_bytes()))
    }
}
