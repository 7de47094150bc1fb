//! What a message node says: a text with buttons, and richer contents in order.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Button;
use crate::NodeId;
use crate::document::LocalizedText;

/// Says something: the text with its buttons, then the contents in their order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct MessageNode {
    /// The text by language.
    #[serde(skip_serializing_if = "LocalizedText::is_empty")]
    pub text: LocalizedText,
    /// Buttons under the text (at most 100).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// What is said after the text, in order (at most 50): cards, pictures, further texts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub content: Vec<Content>,
    /// Answers that are offered under the last of all that, until the user says something (at most 100).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quick_replies: Vec<Button>,
    /// The node that follows. Without one the flow waits where it is when a button
    /// goes to a node of it, else it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<NodeId>,
}

/// Something that a message says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A text with buttons.
    Text(Said),
    /// A card.
    Card(Card),
    /// Cards side by side.
    Carousel(CardList),
    /// A picture.
    Image(Media),
    /// A film.
    Video(Media),
    /// A file to download.
    File(FileContent),
    /// Items one below the other.
    List(ItemList),
    /// What one kind of channel understands and no other sees.
    Raw(RawContent),
}

/// A text with buttons.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Said {
    /// The text by language.
    pub text: LocalizedText,
    /// Buttons under it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
}

/// A title with what belongs to it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Card {
    /// The title by language.
    pub title: LocalizedText,
    /// What stands below the title, by language.
    #[serde(skip_serializing_if = "LocalizedText::is_empty")]
    pub subtitle: LocalizedText,
    /// The address of a picture (a template; `https://` or `http://`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Buttons under it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
}

/// Cards side by side.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CardList {
    /// The cards, in order (1 to 50).
    pub cards: Vec<Card>,
}

/// A picture or a film.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// Its address (a template, so that `{{ language }}` may be a part of it; `https://` or `http://`).
    pub url: String,
    /// What it shows, by language: for who cannot see it, and for channels that know texts alone.
    #[serde(default, skip_serializing_if = "LocalizedText::is_empty")]
    pub text: LocalizedText,
}

/// A file to download.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FileContent {
    /// Its address (a template; `https://` or `http://`).
    pub url: String,
    /// What it is called, by language.
    #[serde(default, skip_serializing_if = "LocalizedText::is_empty")]
    pub name: LocalizedText,
}

/// Items one below the other.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ItemList {
    /// What stands above the items, by language.
    #[serde(skip_serializing_if = "LocalizedText::is_empty")]
    pub title: LocalizedText,
    /// The items, in order (1 to 100).
    pub items: Vec<ListItem>,
    /// Buttons under the list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ListItem {
    /// The title by language.
    pub title: LocalizedText,
    /// What stands below the title, by language.
    #[serde(skip_serializing_if = "LocalizedText::is_empty")]
    pub subtitle: LocalizedText,
    /// The address of a picture (a template; `https://` or `http://`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// What belongs to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub button: Option<Button>,
}

/// What one kind of channel understands and no other sees.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RawContent {
    /// The kind of channel, as it names itself: `web_chat`, `rest`, `webhook`.
    pub channel: String,
    /// What it gets. Texts in it, at whatever depth, are templates.
    pub json: Value,
}

impl MessageNode {
    /// Every button of the message, in the order of the document.
    pub fn all_buttons(&self) -> impl Iterator<Item = &Button> {
        self.buttons.iter().chain(self.content.iter().flat_map(Content::buttons)).chain(&self.quick_replies)
    }

    /// Every button of the message, to be changed.
    pub fn all_buttons_mut(&mut self) -> impl Iterator<Item = &mut Button> {
        let contents = self.content.iter_mut().flat_map(Content::buttons_mut);
        self.buttons.iter_mut().chain(contents).chain(&mut self.quick_replies)
    }
}

impl Content {
    /// The word for its kind, as documents spell it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Card(_) => "card",
            Self::Carousel(_) => "carousel",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::File(_) => "file",
            Self::List(_) => "list",
            Self::Raw(_) => "raw",
        }
    }

    /// Every button in it, in the order of the document.
    #[must_use]
    pub fn buttons(&self) -> Vec<&Button> {
        match self {
            Self::Text(said) => said.buttons.iter().collect(),
            Self::Card(card) => card.buttons.iter().collect(),
            Self::Carousel(list) => list.cards.iter().flat_map(|card| &card.buttons).collect(),
            Self::List(list) => list.items.iter().flat_map(|item| &item.button).chain(&list.buttons).collect(),
            Self::Image(_) | Self::Video(_) | Self::File(_) | Self::Raw(_) => Vec::new(),
        }
    }

    fn buttons_mut(&mut self) -> Vec<&mut Button> {
        match self {
            Self::Text(said) => said.buttons.iter_mut().collect(),
            Self::Card(card) => card.buttons.iter_mut().collect(),
            Self::Carousel(list) => list.cards.iter_mut().flat_map(|card| &mut card.buttons).collect(),
            Self::List(list) => {
                list.items.iter_mut().flat_map(|item| &mut item.button).chain(&mut list.buttons).collect()
            }
            Self::Image(_) | Self::Video(_) | Self::File(_) | Self::Raw(_) => Vec::new(),
        }
    }

    /// Every text by language in it, with its key: titles of buttons are not among them.
    #[must_use]
    pub fn texts(&self) -> Vec<(String, &LocalizedText)> {
        match self {
            Self::Text(said) => vec![("text".to_owned(), &said.text)],
            Self::Card(card) => card.texts("").into(),
            Self::Carousel(list) => {
                let cards = list.cards.iter().enumerate();
                cards.flat_map(|(place, card)| card.texts(&format!("cards[{place}]."))).collect()
            }
            Self::Image(media) | Self::Video(media) => vec![("text".to_owned(), &media.text)],
            Self::File(file) => vec![("name".to_owned(), &file.name)],
            Self::List(list) => {
                let items = list.items.iter().enumerate().flat_map(|(place, item)| {
                    [
                        (format!("items[{place}].title"), &item.title),
                        (format!("items[{place}].subtitle"), &item.subtitle),
                    ]
                });
                std::iter::once(("title".to_owned(), &list.title)).chain(items).collect()
            }
            Self::Raw(_) => Vec::new(),
        }
    }

    /// Every text by language and every button in it, to be changed.
    pub fn texts_and_buttons_mut(&mut self) -> (Vec<&mut LocalizedText>, Vec<&mut Button>) {
        let (mut texts, mut buttons) = (Vec::new(), Vec::new());
        match self {
            Self::Text(said) => {
                texts.push(&mut said.text);
                buttons.extend(&mut said.buttons);
            }
            Self::Card(card) => card.split(&mut texts, &mut buttons),
            Self::Carousel(list) => list.cards.iter_mut().for_each(|card| card.split(&mut texts, &mut buttons)),
            Self::Image(media) | Self::Video(media) => texts.push(&mut media.text),
            Self::File(file) => texts.push(&mut file.name),
            Self::List(list) => {
                texts.push(&mut list.title);
                for item in &mut list.items {
                    texts.extend([&mut item.title, &mut item.subtitle]);
                    buttons.extend(&mut item.button);
                }
                buttons.extend(&mut list.buttons);
            }
            Self::Raw(_) => {}
        }
        (texts, buttons)
    }
}

impl Card {
    fn texts(&self, before: &str) -> [(String, &LocalizedText); 2] {
        [(format!("{before}title"), &self.title), (format!("{before}subtitle"), &self.subtitle)]
    }

    fn split<'c>(&'c mut self, texts: &mut Vec<&'c mut LocalizedText>, buttons: &mut Vec<&'c mut Button>) {
        texts.extend([&mut self.title, &mut self.subtitle]);
        buttons.extend(&mut self.buttons);
    }
}
