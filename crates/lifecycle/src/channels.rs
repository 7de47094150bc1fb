//! The channels of an environment: by which ways people reach it. They belong
//! to the environment and are never published.

use greenroom_model::{EnvironmentId, Record as _};
use greenroom_store::{Commit, layout};
use serde::{Deserialize, Serialize};

use crate::audit::{Act, audit_entry};
use crate::{Bot, Error};

/// A way by which people reach an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// What it is, such as `rest` or `terminal`.
    pub kind: String,
    /// How people tell it from others.
    pub name: String,
}

#[derive(Default, Serialize, Deserialize)]
struct Channels {
    channels: Vec<Channel>,
}

impl greenroom_model::Record for Channels {
    const WHAT: &'static str = "a list of channels";
    const FORMAT: u32 = 1;
}

impl Bot {
    /// The channels of an environment.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn channels(&self, environment: &EnvironmentId) -> Result<Vec<Channel>, Error> {
        match self.lifecycle.store.record(&layout::channels(&self.id, environment)?).await? {
            Some(record) => Ok(Channels::from_bytes(&record.value)?.channels),
            None => Ok(Vec::new()),
        }
    }

    /// Sets the channels of an environment.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn set_channels(&self, environment: &EnvironmentId, channels: Vec<Channel>) -> Result<(), Error> {
        let key = layout::channels(&self.id, environment)?;
        let commit = Commit::new().put(key, Channels { channels }.to_bytes());
        let act = Act::ChannelsSet { environment: environment.clone() };
        self.lifecycle.store.commit(audit_entry(&self.lifecycle, &self.id, act, commit)?).await?;
        Ok(())
    }
}
