//! What an author sets of a channel, without its secrets: what interfaces take and show.

use std::fmt;
use std::str::FromStr;

use greenroom_model::Language;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use super::{Origin, Origins};
use crate::Error;

/// What an author sets of a channel. It holds no secret: interfaces take it and show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum ChannelSettings {
    /// The command line of whoever has the store.
    Terminal {},
    /// A chat on web pages, and on a page of its own.
    WebChat(WebChat),
    /// Messages by HTTP, answered at once, in the shape of Rasa's REST channel.
    Rest {
        /// Which pages may use it from a browser; programs need no permission.
        #[serde(default)]
        origins: Origins,
        /// Whether callers must show a token.
        #[serde(default)]
        token: bool,
    },
    /// Signed messages in both directions: what comes in is answered by a call of ours.
    Webhook {
        /// Where answers go.
        url: Url,
    },
}

/// How the web chat looks, and on which pages it may stand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebChat {
    /// The pages that it may stand on; it always may on its own.
    #[serde(default)]
    pub origins: Vec<Origin>,
    /// What stands above it; the bot's name where there is none. At most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What stands beside the closed chat. At most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greeting: Option<String>,
    /// The colour of its head and its buttons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
    /// At which corner it opens.
    #[serde(default)]
    pub position: LauncherPosition,
    /// The language of its conversations; the bot's default where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

/// At which corner of a page the web chat opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LauncherPosition {
    /// At the end of a line of text: the right, where text runs from left to right.
    #[default]
    End,
    /// At the beginning of a line of text.
    Start,
}

/// A colour: `#` and six hexadecimal digits, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colour(String);

impl ChannelSettings {
    /// What it is, in one word: `web_chat`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Terminal {} => "terminal",
            Self::WebChat(_) => "web_chat",
            Self::Rest { .. } => "rest",
            Self::Webhook { .. } => "webhook",
        }
    }

    /// The language that it gives its conversations, where it gives one.
    #[must_use]
    pub fn language(&self) -> Option<&Language> {
        match self {
            Self::WebChat(chat) => chat.language.as_ref(),
            Self::Terminal {} | Self::Rest { .. } | Self::Webhook { .. } => None,
        }
    }

    /// Whether everything is within its limits.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let origins = match self {
            Self::WebChat(chat) => {
                check_text("title", chat.title.as_deref(), 100)?;
                check_text("greeting", chat.greeting.as_deref(), 200)?;
                chat.origins.len()
            }
            Self::Rest { origins: Origins::Only(origins), .. } => origins.len(),
            Self::Webhook { url } => return check_webhook(url),
            Self::Terminal {} | Self::Rest { origins: Origins::Any, .. } => 0,
        };
        if origins > 100 {
            return Err(Error::InvalidChannel("a channel takes at most 100 origins; make another channel".to_owned()));
        }
        Ok(())
    }
}

/// What can be said of a webhook's address without looking its host up; whoever
/// calls it must look at the addresses too.
fn check_webhook(url: &Url) -> Result<(), Error> {
    let refuse = |reason: &str| Err(Error::InvalidChannel(format!("the webhook's address is refused: {reason}")));
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() {
        return refuse("it begins with `https://` and a host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("it holds a user name or password; messages are signed instead");
    }
    if url.as_str().len() > 2_000 {
        return refuse("it is longer than 2,000 characters");
    }
    Ok(())
}

pub(crate) fn check_text(what: &str, text: Option<&str>, most: usize) -> Result<(), Error> {
    let Some(text) = text else { return Ok(()) };
    if text.chars().count() > most {
        return Err(Error::InvalidChannel(format!("the {what} is longer than {most} characters; shorten it")));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::InvalidChannel(format!("the {what} holds control characters; take them out")));
    }
    Ok(())
}

impl Colour {
    /// Checks a text and makes it a colour.
    ///
    /// # Errors
    /// [`Error::InvalidChannel`] where it is not `#` and six hexadecimal digits.
    pub fn new(text: &str) -> Result<Self, Error> {
        let digits = text.strip_prefix('#').unwrap_or_default();
        if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self(text.to_ascii_lowercase()));
        }
        let text: String = text.chars().take(80).collect();
        Err(Error::InvalidChannel(format!("`{text}` is not a colour; write it as `#1a5fb4`")))
    }

    /// The colour as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Colour {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::new(text)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Colour {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Colour {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_cannot_smuggle_in_a_style() {
        assert_eq!(Colour::new("#1A5fb4").unwrap().as_str(), "#1a5fb4");
        for text in ["", "red", "#12345", "#1234567", "#12345g", "1a5fb4", "#1a5fb4;a", "#1a5f}{", "##1a5fb"] {
            assert!(Colour::new(text).is_err(), "`{text}` was taken");
        }
    }

    #[test]
    fn settings_refuse_fields_that_they_do_not_have() {
        for text in [
            r##"{"kind":"rest","tokens":true}"##,
            r##"{"kind":"terminal","token":true}"##,
            r##"{"kind":"web_chat","colour":"#1a5fb4","secret":"a"}"##,
            r##"{"kind":"webhook","url":"https://a.example","secret":"a"}"##,
            r##"{"kind":"carrier_pigeon"}"##,
        ] {
            assert!(serde_json::from_str::<ChannelSettings>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_webhook_address_holds_no_password_and_is_one_of_the_web() {
        let check = |url: &str| ChannelSettings::Webhook { url: url.parse().unwrap() }.check();
        assert!(check("https://crm.example/in?a=b").is_ok());
        for url in ["https://ann:secret@crm.example/", "file:///etc/passwd", "gopher://crm.example", "data:a,b"] {
            assert!(check(url).is_err(), "{url}");
        }
    }
}
