//! The channels of an environment: by which ways people reach it. They belong
//! to the environment and are never published.

use greenroom_model::{EnvironmentId, Record as _};
use greenroom_store::{Commit, layout};
use serde::{Deserialize, Serialize};

use crate::audit::{Act, audit_entry};
use crate::draft::MAX_REPEATS;
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

    /// Changes the channels of an environment. `edit` gets them as they stand, and
    /// again when somebody else changed them meanwhile: no change is lost.
    ///
    /// # Errors
    /// What `edit` says, and then nothing was changed; [`Error::Store`].
    pub async fn edit_channels<E: From<Error>>(
        &self,
        environment: &EnvironmentId,
        edit: impl Fn(&mut Vec<Channel>) -> Result<(), E>,
    ) -> Result<Vec<Channel>, E> {
        let key = layout::channels(&self.id, environment).map_err(Error::from)?;
        for _ in 0..MAX_REPEATS {
            let record = self.lifecycle.store.record(&key).await.map_err(Error::from)?;
            let mut channels = match &record {
                Some(record) => Channels::from_bytes(&record.value).map_err(Error::from)?,
                None => Channels::default(),
            };
            edit(&mut channels.channels)?;
            let commit = match &record {
                Some(record) => Commit::new().swap(record, channels.to_bytes()),
                None => Commit::new().create(key.clone(), channels.to_bytes()),
            };
            let act = Act::ChannelsSet { environment: environment.clone() };
            match self.lifecycle.store.commit(audit_entry(&self.lifecycle, &self.id, act, commit)?).await {
                Ok(_) => return Ok(channels.channels),
                Err(greenroom_store::Error::Conflict { .. }) => {}
                Err(error) => return Err(Error::from(error).into()),
            }
        }
        Err(Error::Contended(format!("the channels of `{environment}`")).into())
    }
}
