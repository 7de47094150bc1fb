//! Environments: named pointers to versions.

use greenroom_model::{Content, Digest, Environment, EnvironmentId, Record as _, Version};
use greenroom_store::{Commit, Record, layout};
use serde::{Deserialize, Serialize};

use crate::{Act, Bot, Error};

/// The id of the environment that customers talk to.
pub const LIVE: &str = "live";

/// The environment that customers talk to.
#[must_use]
#[expect(clippy::expect_used, reason = "`live` is an id; a test reads it")]
pub fn live() -> EnvironmentId {
    EnvironmentId::new(LIVE).expect("`live` is an id")
}

/// What an environment keeps to itself; it is never published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentSettings {
    /// For how many days transcripts are kept, 1 to 3,650.
    pub retention_days: u32,
}

impl Default for EnvironmentSettings {
    fn default() -> Self {
        Self { retention_days: 30 }
    }
}

impl EnvironmentSettings {
    fn check(&self) -> Result<(), Error> {
        if (1..=3_650).contains(&self.retention_days) {
            return Ok(());
        }
        let text = format!("`retention_days` is {}; transcripts are kept for 1 to 3650 days", self.retention_days);
        Err(Error::InvalidSettings(text))
    }
}

#[derive(Serialize, Deserialize)]
struct StoredSettings {
    settings: EnvironmentSettings,
}

impl greenroom_model::Record for StoredSettings {
    const WHAT: &'static str = "settings of an environment";
    const FORMAT: u32 = 1;
}

impl Bot {
    /// The settings of an environment; the default ones where none were set.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn environment_settings(&self, environment: &EnvironmentId) -> Result<EnvironmentSettings, Error> {
        match self.lifecycle.store.record(&layout::environment_settings(&self.id, environment)?).await? {
            Some(record) => Ok(StoredSettings::from_bytes(&record.value)?.settings),
            None => Ok(EnvironmentSettings::default()),
        }
    }

    /// Sets the settings of an environment.
    ///
    /// # Errors
    /// [`Error::InvalidSettings`].
    pub async fn set_environment_settings(
        &self,
        environment: &EnvironmentId,
        settings: EnvironmentSettings,
    ) -> Result<(), Error> {
        settings.check()?;
        let key = layout::environment_settings(&self.id, environment)?;
        let act = Act::EnvironmentSet { environment: environment.clone(), retention_days: settings.retention_days };
        let commit = Commit::new().put(key, StoredSettings { settings }.to_bytes());
        self.act(act, commit).await
    }

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
        let running = self.published_environment(environment).await?;
        Ok(self.read_version(running.stable).await?.content)
    }

    /// Which version an environment runs, where it must run one.
    ///
    /// # Errors
    /// [`Error::NeverPublished`], which names those that do; [`Error::Store`].
    pub async fn published_environment(&self, environment: &EnvironmentId) -> Result<Environment, Error> {
        match self.environment(environment).await? {
            Some(running) => Ok(running),
            None => Err(self.never_published(environment).await?),
        }
    }

    /// The error that says so.
    pub(crate) async fn never_published(&self, environment: &EnvironmentId) -> Result<Error, Error> {
        let others = self.environments().await?.into_iter().map(|(other, _)| other).collect();
        Ok(Error::NeverPublished { bot: self.id.clone(), environment: environment.clone(), others })
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn live_is_an_id() {
        assert_eq!(super::live().as_str(), super::LIVE);
    }
}
