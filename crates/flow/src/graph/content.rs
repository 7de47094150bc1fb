//! What a message says, compiled.

use super::{Buttons, Texts};
use crate::templates::{Address, Shape};

/// Something that a message says.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Text { text: Texts, buttons: Buttons },
    Card(Card),
    Carousel(Vec<Card>),
    Image { url: Address, text: Texts },
    Video { url: Address, text: Texts },
    File { url: Address, name: Texts },
    List { title: Texts, items: Vec<Card>, buttons: Buttons },
    Raw { channel: String, json: Shape },
}

/// A card, or an item of a list.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) title: Texts,
    pub(crate) subtitle: Texts,
    pub(crate) image: Option<Address>,
    pub(crate) buttons: Buttons,
}
