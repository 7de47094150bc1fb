//! Texts by language, compiled, and the choice among them.

use std::collections::BTreeMap;

use greenroom_model::Language;

use crate::ReplyAction;
use crate::templates::{Address, Template};

/// The alternatives of a text by language.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts(pub(crate) BTreeMap<Language, Vec<Template>>);

/// The buttons under a text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Buttons(pub(crate) Vec<Button>);

/// A button: its title by language, and what it does.
#[derive(Debug, Clone)]
pub(crate) struct Button {
    pub(crate) title: BTreeMap<Language, Template>,
    pub(crate) action: Pressing,
}

/// What pressing a button does.
#[derive(Debug, Clone)]
pub(crate) enum Pressing {
    /// This, whatever the conversation.
    Always(ReplyAction),
    /// It opens an address with values of the conversation in it.
    Opens(Address),
}

impl Texts {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text of a conversation's `turn`th turn.
    pub(crate) fn choose(&self, language: &Language, default: &Language, turn: u64) -> Option<&Template> {
        let alternatives = in_language(&self.0, language, default)?;
        let index = turn.checked_rem(alternatives.len() as u64)?;
        alternatives.get(usize::try_from(index).ok()?)
    }
}

/// What there is in a language: in itself (`pt-br`), in a wider one (`pt`), in
/// the bot's default language, or in the first of all (RFC 4647, 3.4, lookup).
pub(crate) fn in_language<'t, T>(
    texts: &'t BTreeMap<Language, T>,
    language: &Language,
    default: &Language,
) -> Option<&'t T> {
    look_up(texts, language.as_str()).or_else(|| look_up(texts, default.as_str())).or_else(|| texts.values().next())
}

fn look_up<'t, T>(texts: &'t BTreeMap<Language, T>, tag: &str) -> Option<&'t T> {
    let mut tag = tag;
    loop {
        if let Some(found) = texts.get(tag) {
            return Some(found);
        }
        (tag, _) = tag.rsplit_once('-')?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_fall_back_to_wider_ones_then_the_default_then_any() {
        let language = |tag: &str| Language::new(tag).unwrap();
        let texts = BTreeMap::from(["de", "nl", "pt", "pt-br"].map(|tag| (language(tag), tag)));
        let choose = |wanted: &str, default: &str| in_language(&texts, &language(wanted), &language(default)).copied();
        assert_eq!(choose("pt-br", "nl"), Some("pt-br"));
        assert_eq!(choose("pt-pt", "nl"), Some("pt"));
        assert_eq!(choose("nl-be-xy", "de"), Some("nl"));
        assert_eq!(choose("fr", "nl-be"), Some("nl"));
        assert_eq!(choose("fr", "en"), Some("de"));
        assert_eq!(in_language(&BTreeMap::<Language, ()>::new(), &language("fr"), &language("en")), None);
    }
}
