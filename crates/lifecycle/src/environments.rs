//! Environments: named pointers to versions.

use greenroom_model::{Content, Digest, Environment, EnvironmentId, Record as _, Version};
use greenroom_store::{Record, layout};

use crate::{Bot, Error};

/// The id of the environment that customers talk to.
pub const LIVE: &str = "live";

/// The environment that customers talk to.
#[must_use]
#[expect(clippy::expect_used, reason = "`live` is an id; a test reads it")]
pub fn live() -> EnvironmentId {
    EnvironmentId::new(LIVE).expect("`live` is an id")
}

impl Bot {
    /// What an environment points to; none before its first publish.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn environment(&self, environment: &EnvironmentId) -> Result<Option<Environment>, Error> {
        Ok(self.read_environment(environment).await?.map(|(_, environment)| environment))
    }

    /// All environments that something was published to.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn environments(&self) -> Result<Vec<(EnvironmentId, Environment)>, Error> {
        let records = self.lifecycle.store.records(&layout::environments(&self.id)?, None, 1_000).await?;
        records
            .into_iter()
            .map(|record| Ok((record.key.name().parse()?, Environment::from_bytes(&record.value)?)))
            .collect()
    }

    pub(crate) async fn read_environment(
        &self,
        environment: &EnvironmentId,
    ) -> Result<Option<(Record, Environment)>, Error> {
        match self.lifecycle.store.record(&layout::environment(&self.id, environment)?).await? {
            Some(record) => {
                let environment = Environment::from_bytes(&record.value)?;
                Ok(Some((record, environment)))
            }
            None => Ok(None),
        }
    }

    pub(crate) async fn read_version(&self, digest: Digest) -> Result<Version, Error> {
        Ok(Version::from_bytes(&self.reader().bytes(digest).await?)?)
    }

    /// What an environment runs.
    ///
    /// # Errors
    /// [`Error::NeverPublished`].
    pub async fn live_content(&self, environment: &EnvironmentId) -> Result<Content, Error> {
        match self.environment(environment).await? {
            Some(pointer) => Ok(self.read_version(pointer.stable).await?.content),
            None => Err(Error::NeverPublished { bot: self.id.clone(), environment: environment.clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn live_is_an_id() {
        assert_eq!(super::live().as_str(), super::LIVE);
    }
}
