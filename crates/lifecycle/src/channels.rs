//! The channels of an environment: by which ways people reach it. They belong
//! to the environment and are never published.

mod channel;
mod id;
mod origin;
mod preview;
mod secret;
mod settings;
mod stored;

use greenroom_model::{BotId, EnvironmentId, Record as _};
use greenroom_store::{Commit, layout};

pub use channel::{Channel, ChannelKind, ChannelView, NewChannel};
pub use id::ChannelId;
pub use origin::{Origin, Origins};
pub use preview::DraftPreview;
pub use secret::Secret;
pub use settings::{ChannelSettings, Colour, LauncherPosition, WebChat};
use stored::Channels;

use crate::draft::MAX_REPEATS;
use crate::{Act, Bot, Error, Lifecycle};

/// How many channels an environment may have.
const MAX_CHANNELS: usize = 100;

impl Lifecycle {
    /// One channel of an environment, where there is one: what answers messages
    /// asks this for each of them, so it is one reading of the store.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn channel(
        &self,
        bot: &BotId,
        environment: &EnvironmentId,
        id: &ChannelId,
    ) -> Result<Option<Channel>, Error> {
        let Some(record) = self.store.record(&layout::channels(bot, environment)?).await? else { return Ok(None) };
        let channels: Vec<Channel> = Channels::from_bytes(&record.value)?.into();
        Ok(channels.into_iter().find(|channel| channel.id == *id))
    }
}

impl Bot {
    /// The channels of an environment, in the order in which they were added.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn channels(&self, environment: &EnvironmentId) -> Result<Vec<Channel>, Error> {
        match self.lifecycle.store.record(&layout::channels(&self.id, environment)?).await? {
            Some(record) => Ok(Channels::from_bytes(&record.value)?.into()),
            None => Ok(Vec::new()),
        }
    }

    /// One channel of an environment.
    ///
    /// # Errors
    /// [`Error::ChannelNotFound`], [`Error::Store`].
    pub async fn channel(&self, environment: &EnvironmentId, id: &ChannelId) -> Result<Channel, Error> {
        let found = self.lifecycle.channel(&self.id, environment, id).await?;
        found.ok_or_else(|| self.no_channel(environment, id))
    }

    /// Adds a channel. A secret that it needs is made here; the answer alone holds its text.
    ///
    /// # Errors
    /// [`Error::ChannelExists`], [`Error::InvalidChannel`].
    pub async fn add_channel(
        &self,
        environment: &EnvironmentId,
        id: ChannelId,
        name: &str,
        settings: ChannelSettings,
    ) -> Result<NewChannel, Error> {
        let new = Channel::with_new_secret(id, name, settings)?;
        self.edit_channels(environment, |channels| {
            if channels.iter().any(|channel| channel.id == new.channel.id) {
                let (environment, channel) = (environment.clone(), new.channel.id.clone());
                return Err(Error::ChannelExists { environment, channel });
            }
            channels.push(new.channel.clone());
            Ok(())
        })
        .await?;
        Ok(new)
    }

    /// Gives a channel another name and other settings. It keeps its secret; one
    /// that it needs from now on is made here, and the answer alone holds its text.
    ///
    /// # Errors
    /// [`Error::ChannelNotFound`]; [`Error::InvalidChannel`], also where the
    /// settings are of another kind.
    pub async fn change_channel(
        &self,
        environment: &EnvironmentId,
        id: &ChannelId,
        name: &str,
        settings: ChannelSettings,
    ) -> Result<NewChannel, Error> {
        let new = Channel::with_new_secret(id.clone(), name, settings)?;
        let channels = self
            .edit_channels(environment, |channels| {
                let channel = self.find(environment, channels, id)?;
                *channel = new.channel.clone().with_secret_of(channel)?;
                Ok::<_, Error>(())
            })
            .await?;
        let changed = channels.into_iter().find(|channel| channel.id == *id).unwrap_or(new.channel);
        // The new secret is told only where the channel took it.
        let secret = new.secret.filter(|secret| changed.is_secret(secret.expose()));
        Ok(NewChannel { channel: changed, secret })
    }

    /// Gives a channel a new secret; the former one is worth nothing from then on.
    ///
    /// # Errors
    /// [`Error::ChannelNotFound`]; [`Error::InvalidChannel`] where it has none.
    pub async fn renew_channel_secret(&self, environment: &EnvironmentId, id: &ChannelId) -> Result<NewChannel, Error> {
        let current = self.channel(environment, id).await?;
        let new = Channel::with_new_secret(id.clone(), &current.name, current.settings())?;
        let Some(secret) = &new.secret else {
            let reason = format!("the channel `{id}` has no secret; change its settings so that it needs one");
            return Err(Error::InvalidChannel(reason));
        };
        let channels = self
            .edit_channels(environment, |channels| {
                let channel = self.find(environment, channels, id)?;
                channel.set_secret(secret.clone());
                Ok::<_, Error>(())
            })
            .await?;
        let channel = channels.into_iter().find(|channel| channel.id == *id).unwrap_or(new.channel);
        Ok(NewChannel { channel, secret: new.secret })
    }

    /// Removes a channel: nobody reaches the environment by it any more.
    ///
    /// # Errors
    /// [`Error::ChannelNotFound`].
    pub async fn remove_channel(&self, environment: &EnvironmentId, id: &ChannelId) -> Result<(), Error> {
        self.edit_channels(environment, |channels| {
            self.find(environment, channels, id)?;
            channels.retain(|channel| channel.id != *id);
            Ok::<_, Error>(())
        })
        .await?;
        Ok(())
    }

    /// Changes the channels of an environment. `edit` gets them as they stand, and
    /// again when somebody else changed them meanwhile: no change is lost.
    ///
    /// # Errors
    /// What `edit` says, and then nothing was changed; [`Error::InvalidChannel`]
    /// where there would be too many; [`Error::Store`].
    pub async fn edit_channels<E: From<Error>>(
        &self,
        environment: &EnvironmentId,
        edit: impl Fn(&mut Vec<Channel>) -> Result<(), E>,
    ) -> Result<Vec<Channel>, E> {
        let key = layout::channels(&self.id, environment).map_err(Error::from)?;
        for _ in 0..MAX_REPEATS {
            let record = self.lifecycle.store.record(&key).await.map_err(Error::from)?;
            let mut channels: Vec<Channel> = match &record {
                Some(record) => Channels::from_bytes(&record.value).map_err(Error::from)?.into(),
                None => Vec::new(),
            };
            edit(&mut channels)?;
            if channels.len() > MAX_CHANNELS {
                let reason = format!("an environment has at most {MAX_CHANNELS} channels; remove one first");
                return Err(Error::InvalidChannel(reason).into());
            }
            let value = Channels::from(channels.as_slice()).to_bytes();
            let commit = match &record {
                Some(record) => Commit::new().swap(record, value),
                None => Commit::new().create(key.clone(), value),
            };
            let act = Act::ChannelsSet { environment: environment.clone() };
            match self.act(act, commit).await {
                Ok(()) => return Ok(channels),
                Err(Error::Store(greenroom_store::Error::Conflict { .. })) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended(format!("the channels of `{environment}`")).into())
    }

    fn find<'c>(
        &self,
        environment: &EnvironmentId,
        channels: &'c mut [Channel],
        id: &ChannelId,
    ) -> Result<&'c mut Channel, Error> {
        let found = channels.iter_mut().find(|channel| channel.id == *id);
        found.ok_or_else(|| self.no_channel(environment, id))
    }

    fn no_channel(&self, environment: &EnvironmentId, id: &ChannelId) -> Error {
        Error::ChannelNotFound { bot: self.id.clone(), environment: environment.clone(), channel: id.clone() }
    }
}
