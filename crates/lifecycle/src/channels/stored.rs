//! Channels as they are stored: with their secrets, so this form stays in here.

use greenroom_model::Digest;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Channel, ChannelId, ChannelKind, Origins, Secret, WebChat};

/// The record of an environment's channels.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Channels {
    channels: Vec<StoredChannel>,
}

impl greenroom_model::Record for Channels {
    const WHAT: &'static str = "a list of channels";
    const FORMAT: u32 = 2;
}

#[derive(Serialize, Deserialize)]
struct StoredChannel {
    /// Format 1 had none: what it listed were words without a way in, so they
    /// read as terminals. Nothing opens by an upgrade.
    #[serde(default)]
    id: Option<ChannelId>,
    name: String,
    #[serde(flatten)]
    kind: StoredKind,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum StoredKind {
    WebChat(WebChat),
    Rest {
        // Absent in format 1, whose entries become terminals below.
        #[serde(default)]
        origins: Origins,
        #[serde(default)]
        token: Option<Digest>,
    },
    Webhook {
        url: Url,
        secret: String,
    },
    #[serde(other)]
    Terminal,
}

impl From<Channels> for Vec<Channel> {
    fn from(stored: Channels) -> Self {
        stored.channels.into_iter().map(Channel::from).collect()
    }
}

impl From<StoredChannel> for Channel {
    fn from(stored: StoredChannel) -> Self {
        let StoredChannel { id, name, kind } = stored;
        let Some(id) = id else {
            return Self { id: ChannelId::from_name(&name), name, kind: ChannelKind::Terminal };
        };
        let kind = match kind {
            StoredKind::Terminal => ChannelKind::Terminal,
            StoredKind::WebChat(chat) => ChannelKind::WebChat(chat),
            StoredKind::Rest { origins, token } => ChannelKind::Rest { origins, token },
            StoredKind::Webhook { url, secret } => ChannelKind::Webhook { url, secret: Secret::new(secret) },
        };
        Self { id, name, kind }
    }
}

impl From<&[Channel]> for Channels {
    fn from(channels: &[Channel]) -> Self {
        Self { channels: channels.iter().map(StoredChannel::from).collect() }
    }
}

impl From<&Channel> for StoredChannel {
    fn from(channel: &Channel) -> Self {
        let kind = match &channel.kind {
            ChannelKind::Terminal => StoredKind::Terminal,
            ChannelKind::WebChat(chat) => StoredKind::WebChat(chat.clone()),
            ChannelKind::Rest { origins, token } => StoredKind::Rest { origins: origins.clone(), token: *token },
            ChannelKind::Webhook { url, secret } => {
                StoredKind::Webhook { url: url.clone(), secret: secret.expose().to_owned() }
            }
        };
        Self { id: Some(channel.id.clone()), name: channel.name.clone(), kind }
    }
}

#[cfg(test)]
mod tests {
    use greenroom_model::Record as _;

    use super::*;
    use crate::{ChannelSettings, Colour, LauncherPosition, Origin};

    #[test]
    fn every_kind_reads_back() {
        let chat = WebChat {
            origins: vec![Origin::new("https://shop.example").unwrap()],
            title: Some("Help".to_owned()),
            greeting: None,
            colour: Some(Colour::new("#1a5fb4").unwrap()),
            position: LauncherPosition::Start,
            language: Some("en".parse().unwrap()),
        };
        let settings = [
            ChannelSettings::Terminal {},
            ChannelSettings::WebChat(chat),
            ChannelSettings::Rest { origins: Origins::Any, token: true },
            ChannelSettings::Rest { origins: Origins::default(), token: false },
            ChannelSettings::Webhook { url: "https://crm.example/in".parse().unwrap() },
        ];
        let channels: Vec<Channel> = (0..)
            .zip(settings)
            .map(|(number, settings): (u32, _)| {
                Channel::with_new_secret(ChannelId::new(&format!("c{number}")).unwrap(), "a", settings).unwrap().channel
            })
            .collect();
        let bytes = Channels::from(channels.as_slice()).to_bytes();
        assert_eq!(Vec::<Channel>::from(Channels::from_bytes(&bytes).unwrap()), channels);
    }

    #[test]
    fn an_upgrade_opens_no_channel_of_format_1() {
        let old = br#"{"channels":[{"kind":"rest","name":"The site"},{"kind":"smoke","name":"b"}],"format":1}"#;
        let channels = Vec::<Channel>::from(Channels::from_bytes(old).unwrap());
        assert!(channels.iter().all(|channel| channel.kind == ChannelKind::Terminal));
        assert_eq!(channels.first().unwrap().id.as_str(), "the_site");
    }
}
