//! What authors do, at random.

use proptest::prelude::*;

use crate::parts::{Part, path};
use greenroom::model::PartPath;

#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Gives an intent this many examples in a language; none: empties it.
    Examples(u8, Language, u8),
    /// Renames an intent.
    Rename(u8, u8),
    /// Deletes an intent with its examples.
    DeleteIntent(u8),
    /// Lets a flow use an intent and say something.
    Flow(u8, u8, u8),
    DeleteFlow(u8),
    /// Renames the bot.
    Settings(u8),
    Train,
    Publish(Publish),
    /// Lets a flow of an environment use an intent and say something, past the draft; or deletes it.
    Hotfix(Place, u8, Option<(u8, u8)>),
    /// Takes hotfixes into the draft; of conflicts the draft's side, or the environment's.
    Merge(Place, bool),
    Rollback(u8),
    Restore(u8),
    /// Collects the garbage, without a grace.
    Collect,
}

/// Which environment.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    Live,
    Staging,
}

/// Of languages without word vectors: with them, training took four fifths of the time.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Language {
    German,
    Dutch,
}

/// A publish, and what its author wants all the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Publish {
    pub(crate) carried: Carried,
    /// What a rollback took away may come back.
    pub(crate) reintroduces: bool,
    /// The hotfixes that it undoes are given up by name.
    pub(crate) discards: bool,
}

/// What a publish carries.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Carried {
    All,
    Nlp,
    /// One language, of which there may be examples.
    Language(Language),
    /// A flow, perhaps with all that it needs.
    Flow(u8, bool),
    /// All, to another environment.
    Staging,
    /// A flow, to that environment.
    StagingFlow(u8),
    /// What that environment runs.
    Promotion,
}

impl Language {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::German => "de",
            Self::Dutch => "nl",
        }
    }
}

fn language() -> impl Strategy<Value = Language> {
    prop_oneof![3 => Just(Language::German), 1 => Just(Language::Dutch)]
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![3 => Just(Place::Live), 1 => Just(Place::Staging)]
}

fn publish() -> impl Strategy<Value = Publish> {
    let carried = prop_oneof![
        3 => Just(Carried::All),
        3 => Just(Carried::Nlp),
        2 => language().prop_map(Carried::Language),
        3 => (0..3_u8, any::<bool>()).prop_map(|(flow, with_needed)| Carried::Flow(flow, with_needed)),
        3 => Just(Carried::Staging),
        2 => (0..3_u8).prop_map(Carried::StagingFlow),
        4 => Just(Carried::Promotion),
    ];
    (carried, any::<bool>(), prop::bool::weighted(0.3)).prop_map(|(carried, reintroduces, discards)| Publish {
        carried,
        reintroduces,
        discards,
    })
}

pub(crate) fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..4_u8, language(), 0..4_u8).prop_map(|(intent, language, count)| Act::Examples(intent, language, count)),
        1 => (0..4_u8, 0..9_u8).prop_map(|(intent, name)| Act::Rename(intent, name)),
        2 => (0..4_u8).prop_map(Act::DeleteIntent),
        3 => (0..3_u8, 0..4_u8, 0..9_u8).prop_map(|(flow, intent, text)| Act::Flow(flow, intent, text)),
        1 => (0..3_u8).prop_map(Act::DeleteFlow),
        1 => (0..4_u8).prop_map(Act::Settings),
        4 => Just(Act::Train),
        8 => publish().prop_map(Act::Publish),
        2 => (place(), 0..3_u8, prop::option::weighted(0.9, (0..4_u8, 0..9_u8)))
            .prop_map(|(place, flow, says)| Act::Hotfix(place, flow, says)),
        2 => (place(), any::<bool>()).prop_map(|(place, is_draft)| Act::Merge(place, is_draft)),
        1 => (1..6_u8).prop_map(Act::Rollback),
        1 => (1..6_u8).prop_map(Act::Restore),
        2 => Just(Act::Collect),
    ]
}

/// A bot with three intents, of which a flow uses two, goes live, perhaps by way of staging.
pub(crate) fn first_publish(by_staging: bool) -> Vec<Act> {
    let publish = |carried| Act::Publish(Publish { carried, reintroduces: false, discards: false });
    let examples = (0..3).map(|intent| Act::Examples(intent, Language::German, 3));
    let flows = [Act::Flow(0, 0, 0), Act::Flow(1, 1, 0), Act::Train];
    let publishes = match by_staging {
        true => vec![publish(Carried::Staging), publish(Carried::Promotion)],
        false => vec![publish(Carried::All)],
    };
    examples.chain(flows).chain(publishes).collect()
}

impl Act {
    /// The parts that it edits, where it is an edit.
    pub(crate) fn edits(&self) -> Option<Vec<(PartPath, Option<Part>)>> {
        let flow = |flow: &u8| path(&format!("flows/f{flow}"));
        let intent_at = |intent: &u8| path(&format!("nlp/intents/i{intent}"));
        let examples_at = |language: &str, intent: &u8| path(&format!("nlp/examples/{language}/i{intent}"));
        let edits = match self {
            Self::Examples(intent, language, count) => vec![
                (intent_at(intent), Some(Part::Intent(format!("intent {intent}")))),
                (examples_at(language.code(), intent), Some(Part::Examples(*count))),
            ],
            Self::Rename(intent, name) => vec![(intent_at(intent), Some(Part::Intent(format!("name {name}"))))],
            Self::DeleteIntent(intent) => {
                vec![(intent_at(intent), None), (examples_at("de", intent), None), (examples_at("nl", intent), None)]
            }
            Self::Flow(at, intent, text) => {
                vec![(flow(at), Some(Part::Flow { intent: *intent, text: *text }))]
            }
            Self::Hotfix(_, at, says) => {
                vec![(flow(at), says.map(|(intent, text)| Part::Flow { intent, text }))]
            }
            Self::DeleteFlow(at) => vec![(flow(at), None)],
            Self::Settings(name) => vec![(path("settings"), Some(Part::Settings(format!("bot {name}"))))],
            _ => return None,
        };
        Some(edits)
    }
}
