//! What the bot makes of a text: intent, ranking, entities.

use greenroom_model::{EntityId, IntentId, Language};
use serde::{Deserialize, Serialize};

/// What the bot makes of a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Understanding {
    /// The text.
    pub text: String,
    /// The language whose model was asked.
    pub language: Language,
    /// The intent whose confidence is greater than the threshold; none: not understood.
    pub intent: Option<RankedIntent>,
    /// The intents, the most confident first; at most ten.
    pub intent_ranking: Vec<RankedIntent>,
    /// The entities, in the order of the text.
    pub entities: Vec<RecognisedEntity>,
}

/// An intent and how sure the model is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RankedIntent {
    /// The id.
    pub id: IntentId,
    /// The name that people see.
    pub name: String,
    /// A probability, 0 to 1.
    pub confidence: f32,
}

/// An entity found in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecognisedEntity {
    /// The entity.
    pub entity: EntityId,
    /// The value that the found words stand for.
    pub value: String,
    /// The first character (not byte) in the text, from 0.
    pub start: usize,
    /// The first character after it.
    pub end: usize,
}
