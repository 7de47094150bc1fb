//! A channel as the system holds it, with its secrets, and as it may be seen.

use greenroom_model::Digest;
use serde::Serialize;
use url::Url;

use super::settings::check_text;
use super::{ChannelId, ChannelSettings, Origins, Secret, WebChat};
use crate::Error;

/// A way by which people reach an environment.
///
/// It holds secrets and so does not serialise: [`view`](Self::view) is what
/// interfaces show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its id, as it stands in addresses.
    pub id: ChannelId,
    /// How people tell it from others.
    pub name: String,
    /// What it is.
    pub kind: ChannelKind,
}

/// What a channel is, with its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelKind {
    /// The command line of whoever has the store.
    Terminal,
    /// A chat on web pages, and on a page of its own.
    WebChat(WebChat),
    /// Messages by HTTP, answered at once, in the shape of Rasa's REST channel.
    Rest {
        /// Which pages may use it from a browser; programs need no permission.
        origins: Origins,
        /// The digest of the token that callers must show; none: everybody may call.
        token: Option<Digest>,
    },
    /// Signed messages in both directions.
    Webhook {
        /// Where answers go.
        url: Url,
        /// What messages are signed with, in both directions.
        secret: Secret,
    },
}

/// A channel as interfaces show it: whatever is secret is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelView {
    /// Its id, as it stands in addresses.
    pub id: ChannelId,
    /// How people tell it from others.
    pub name: String,
    /// What is set.
    #[serde(flatten)]
    pub settings: ChannelSettings,
}

/// A channel that was just made or changed, and its secret where a new one was
/// made. The secret is told here and never again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChannel {
    /// The channel.
    pub channel: Channel,
    /// The text of its new secret: a token, or what messages are signed with.
    pub secret: Option<Secret>,
}

impl Channel {
    /// A channel of these settings, with a new secret where it needs one.
    ///
    /// # Errors
    /// [`Error::InvalidChannel`] says which rule the name or the settings break.
    pub fn with_new_secret(id: ChannelId, name: &str, settings: ChannelSettings) -> Result<NewChannel, Error> {
        let name = name.trim();
        check_text("name", Some(name), 100)?;
        if name.is_empty() {
            return Err(Error::InvalidChannel("a channel has a name; give it one".to_owned()));
        }
        settings.check()?;
        let (kind, secret) = match settings {
            ChannelSettings::Terminal {} => (ChannelKind::Terminal, None),
            ChannelSettings::WebChat(chat) => (ChannelKind::WebChat(chat), None),
            ChannelSettings::Rest { origins, token } => {
                let secret = if token { Some(Secret::random()?) } else { None };
                (ChannelKind::Rest { origins, token: secret.as_ref().map(Secret::digest) }, secret)
            }
            ChannelSettings::Webhook { url } => {
                let secret = Secret::random()?;
                (ChannelKind::Webhook { url, secret: secret.clone() }, Some(secret))
            }
        };
        Ok(NewChannel { channel: Self { id, name: name.to_owned(), kind }, secret })
    }

    /// What is set of it, without secrets.
    #[must_use]
    pub fn settings(&self) -> ChannelSettings {
        match &self.kind {
            ChannelKind::Terminal => ChannelSettings::Terminal {},
            ChannelKind::WebChat(chat) => ChannelSettings::WebChat(chat.clone()),
            ChannelKind::Rest { origins, token } => {
                ChannelSettings::Rest { origins: origins.clone(), token: token.is_some() }
            }
            ChannelKind::Webhook { url, .. } => ChannelSettings::Webhook { url: url.clone() },
        }
    }

    /// The channel as interfaces show it.
    #[must_use]
    pub fn view(&self) -> ChannelView {
        ChannelView { id: self.id.clone(), name: self.name.clone(), settings: self.settings() }
    }

    /// Whether a text is the channel's secret.
    ///
    /// What is compared are digests: how long it takes tells nothing of the secret.
    #[must_use]
    pub fn is_secret(&self, text: &str) -> bool {
        let shown = Digest::of(text.as_bytes());
        match &self.kind {
            ChannelKind::Rest { token: Some(token), .. } => shown == *token,
            ChannelKind::Webhook { secret, .. } => shown == secret.digest(),
            ChannelKind::Rest { token: None, .. } | ChannelKind::Terminal | ChannelKind::WebChat(_) => false,
        }
    }

    /// The same with the secret that another state of this channel had.
    pub(crate) fn with_secret_of(mut self, before: &Self) -> Result<Self, Error> {
        match (&mut self.kind, &before.kind) {
            (ChannelKind::Webhook { secret, .. }, ChannelKind::Webhook { secret: kept, .. }) => *secret = kept.clone(),
            (ChannelKind::Rest { token: Some(token), .. }, ChannelKind::Rest { token: Some(kept), .. }) => {
                *token = *kept;
            }
            (ChannelKind::Rest { .. }, ChannelKind::Rest { .. })
            | (ChannelKind::Terminal, ChannelKind::Terminal)
            | (ChannelKind::WebChat(_), ChannelKind::WebChat(_)) => {}
            _ => {
                let (id, is, asked) = (&self.id, before.settings().kind(), self.settings().kind());
                let reason = format!("the channel `{id}` is `{is}`, not `{asked}`; add another channel instead");
                return Err(Error::InvalidChannel(reason));
            }
        }
        Ok(self)
    }

    pub(crate) fn set_secret(&mut self, new: Secret) {
        match &mut self.kind {
            ChannelKind::Webhook { secret, .. } => *secret = new,
            ChannelKind::Rest { token, .. } => *token = Some(new.digest()),
            ChannelKind::Terminal | ChannelKind::WebChat(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook() -> NewChannel {
        let settings = ChannelSettings::Webhook { url: "https://crm.example/in".parse().unwrap() };
        Channel::with_new_secret(ChannelId::new("crm").unwrap(), "CRM", settings).unwrap()
    }

    #[test]
    fn neither_debug_nor_view_holds_a_secret() {
        let rest = ChannelSettings::Rest { origins: Origins::Any, token: true };
        for new in [webhook(), Channel::with_new_secret(ChannelId::new("site").unwrap(), "Site", rest).unwrap()] {
            let secret = new.secret.clone().unwrap();
            let seen = format!("{new:?} {}", serde_json::to_string(&new.channel.view()).unwrap());
            assert!(!seen.contains(secret.expose()), "{seen}");
            assert!(new.channel.is_secret(secret.expose()));
            assert!(!new.channel.is_secret(""));
        }
    }

    #[test]
    fn a_view_is_flat_and_says_what_is_set() {
        let view = serde_json::to_value(webhook().channel.view()).unwrap();
        let expected =
            serde_json::json!({ "id": "crm", "name": "CRM", "kind": "webhook", "url": "https://crm.example/in" });
        assert_eq!(view, expected);
    }
}
