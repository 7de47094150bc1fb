//! What comes out of a step: replies, effects, and the step itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Effect, Secrets, Session, TraceStep};

/// Something that the bot says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reply {
    /// The text; of a card, a picture and the like what stands for it where a channel shows
    /// texts alone.
    pub text: String,
    /// The buttons under it; of cards and lists all of theirs too, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<ReplyButton>,
    /// Answers that are offered until the user says something.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quick_replies: Vec<ReplyButton>,
    /// What it is, where it is more than a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<ReplyContent>,
}

/// A button under a reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyButton {
    /// What stands on it.
    pub title: String,
    /// What pressing it does.
    pub action: ReplyAction,
}

/// What pressing a button does, as a channel sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyAction {
    /// Sends this payload back as [`Input::Button`](crate::Input::Button).
    Payload(String),
    /// Opens an address; nothing comes back.
    Url(String),
}

/// What a reply is, where it is more than a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReplyContent {
    /// A card.
    Card(ReplyCard),
    /// Cards side by side.
    Carousel {
        /// The cards, in order.
        cards: Vec<ReplyCard>,
    },
    /// A picture.
    Image {
        /// Its address.
        url: String,
        /// What it shows, for who cannot see it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
    },
    /// A film.
    Video {
        /// Its address.
        url: String,
        /// What it shows, for who cannot see it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
    },
    /// A file to download.
    File {
        /// Its address.
        url: String,
        /// What it is called.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
    },
    /// Items one below the other.
    List {
        /// What stands above them.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        title: String,
        /// The items, in order; each has one button at most.
        items: Vec<ReplyCard>,
    },
    /// What one kind of channel understands, and no other is to show.
    Raw {
        /// The kind of channel.
        channel: String,
        /// What it gets.
        json: Value,
    },
}

/// A card, or an item of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReplyCard {
    /// The title.
    pub title: String,
    /// What stands below it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subtitle: String,
    /// The address of a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The buttons under it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<ReplyButton>,
}

impl ReplyAction {
    /// How many bytes it takes, about.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Payload(text) | Self::Url(text) => text.len(),
        }
    }
}

impl Reply {
    /// A text without buttons.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Its buttons, then its quick replies: all that can be pressed.
    pub fn all_buttons(&self) -> impl Iterator<Item = &ReplyButton> {
        self.buttons.iter().chain(&self.quick_replies)
    }

    /// Whether a channel of this kind shows it: what is made for another kind it does not.
    #[must_use]
    pub fn is_for(&self, kind: &str) -> bool {
        !matches!(&self.content, Some(ReplyContent::Raw { channel, .. }) if channel != kind)
    }

    /// Whether there is nothing of it to be shown.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
            && self.buttons.is_empty()
            && self.quick_replies.is_empty()
            && self.content.is_none()
    }
}

/// What a step results in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The conversation's state after the step; its `position` says what waits.
    pub session: Session,
    /// What the bot says, in order.
    pub replies: Vec<Reply>,
    /// What the runtime shall do, in order.
    pub effects: Vec<Effect>,
    /// How it came to that. Values of sensitive variables are not in it.
    pub trace: Vec<TraceStep>,
    /// What must not be written down of what was said; it is not serialised itself.
    #[serde(skip)]
    pub secrets: Secrets,
}
