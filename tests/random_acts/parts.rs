//! What the acts make of a bot, as plain values: no digest, no tree.

use std::collections::{BTreeMap, BTreeSet};

use greenroom::model::document::{Examples, Intent, Settings};
use greenroom::model::{Document, PartPath, Scope};

/// What a part says. The path says the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// The name of the bot.
    Settings(String),
    /// The name of an intent.
    Intent(String),
    /// How many examples an intent has in a language.
    Examples(u8),
    /// The intent that a flow is for, and what it then says.
    Flow { intent: u8, text: u8 },
}

/// A bot, whole.
pub(crate) type Parts = BTreeMap<PartPath, Part>;

pub(crate) fn path(text: &str) -> PartPath {
    text.parse().unwrap()
}

impl Part {
    pub(crate) fn document(&self, at: &PartPath) -> Document {
        match self {
            Self::Settings(name) => Document::Settings(Settings::new(name, "de".parse().unwrap())),
            Self::Intent(name) => Document::Intent(Intent::new(name.clone())),
            Self::Examples(count) => {
                Document::Examples(Examples::of((0..*count).map(|number| format!("{at} said in way {number}"))))
            }
            Self::Flow { intent, text } => {
                let json = format!(
                    r#"{{"name":"{at}","start":"a","triggers":[{{"intent":"i{intent}"}}],
                    "nodes":{{"a":{{"message":{{"text":{{"de":"text {text}"}}}}}}}}}}"#
                );
                Document::from_json(at, json.as_bytes()).unwrap()
            }
        }
    }

    /// Two edits of one part in one, where they are in different places of it.
    pub(crate) fn merged(before: Option<&Self>, one: Option<&Self>, other: Option<&Self>) -> Option<Self> {
        let of = |before: u8, one: u8, other: u8| match (one == before, other == before) {
            (true, _) => Some(other),
            (_, true) => Some(one),
            _ => (one == other).then_some(one),
        };
        match (before?, one?, other?) {
            (
                Self::Flow { intent: a, text: x },
                Self::Flow { intent: b, text: y },
                Self::Flow { intent: c, text: z },
            ) => Some(Self::Flow { intent: of(*a, *b, *c)?, text: of(*x, *y, *z)? }),
            _ => None,
        }
    }
}

/// The paths at which two bots differ.
pub(crate) fn difference<'p>(one: &'p Parts, other: &'p Parts) -> BTreeSet<&'p PartPath> {
    one.keys().chain(other.keys()).filter(|path| one.get(*path) != other.get(*path)).collect()
}

/// What a scope takes of the source and puts onto the rest.
pub(crate) fn carried(scope: &Scope, source: &Parts, onto: &Parts) -> Parts {
    let takes = |path: &PartPath| match (scope, path) {
        (Scope::NlpOfLanguages(languages), PartPath::Examples(language, _)) => languages.contains(language),
        (Scope::NlpOnly | Scope::NlpOfLanguages(_), path) => path.to_string().starts_with("nlp/"),
        (Scope::Flows(selection), path) => {
            selection.parts.contains(path) || selection.nlp && path.to_string().starts_with("nlp/")
        }
        _ => true,
    };
    let kept = onto.iter().filter(|(path, _)| !takes(path));
    let taken = source.iter().filter(|(path, _)| takes(path));
    kept.chain(taken).map(|(path, part)| (path.clone(), part.clone())).collect()
}
