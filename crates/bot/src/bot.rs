//! The loaded bot and its turn.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use greenroom_flow::{Effect, EntityValue, Graph, HandlerReply, Input, Reply, Session, TraceStep, step};
use greenroom_model::document::{ConversationTest, Entity, NlpRuntime, Settings};
use greenroom_model::{Document, EntityId, EventId, IntentId, Language, PartPath, TestId};
use greenroom_nlp::{EntityDefinition, EntityKind, EntityRecogniser, Model, Scratch, SynonymValue, Threshold};

use crate::{Error, RankedIntent, RecognisedEntity, Understanding};

/// How many intents a ranking names.
const RANKING: usize = 10;

/// A bot that is ready to answer: flows, models, entities. Immutable; share it behind an `Arc`.
#[derive(Debug)]
pub struct Bot {
    settings: Settings,
    graph: Graph,
    models: BTreeMap<Language, Arc<Model>>,
    /// Intent names and ids by the label that the models know them by.
    intents: HashMap<String, (IntentId, String)>,
    threshold: Threshold,
    recogniser: Option<EntityRecogniser>,
    tests: BTreeMap<TestId, ConversationTest>,
}

/// What a user does in one turn.
#[derive(Debug, Clone, PartialEq)]
pub enum UserInput {
    /// Opens the conversation.
    Start,
    /// Says something.
    Text(String),
    /// Presses a button: the payload that was sent with it.
    Button(String),
    /// The channel or an embedder sends an event.
    Event(EventId),
    /// A handler answered, or failed with this message.
    HandlerResult(Result<HandlerReply, String>),
    /// A person who took over gives the conversation back.
    Resume,
}

/// What one turn came to.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The session to keep for the next turn.
    pub session: Session,
    /// What the bot says, in order.
    pub replies: Vec<Reply>,
    /// What the host is to do.
    pub effects: Vec<Effect>,
    /// What was considered and done.
    pub trace: Vec<TraceStep>,
    /// What the bot made of the text, where the user said one.
    pub understanding: Option<Understanding>,
}

impl Bot {
    /// A bot of these parts and models. What is wrong with single parts is for
    /// findings to tell, not for loading: a pattern that does not compile finds
    /// nothing, an edge that leads nowhere ends the flow.
    ///
    /// # Errors
    /// [`Error::NoSettings`] when no part is `settings`.
    pub fn new(
        parts: impl IntoIterator<Item = (PartPath, Document)>,
        models: BTreeMap<Language, Arc<Model>>,
    ) -> Result<Self, Error> {
        let mut settings = None;
        let mut intents = HashMap::new();
        let mut runtime = NlpRuntime::default();
        let mut definitions = Vec::new();
        let mut tests = BTreeMap::new();
        let mut flows = Vec::new();
        for (path, document) in parts {
            match (&path, &document) {
                (PartPath::Settings, Document::Settings(own)) => settings = Some(own.clone()),
                (PartPath::Intent(id), Document::Intent(intent)) => {
                    intents.insert(id.to_string(), (id.clone(), intent.name.clone()));
                }
                (PartPath::Runtime, Document::Runtime(own)) => runtime = own.clone(),
                (PartPath::Entity(id), Document::Entity(entity)) => definitions.extend(entity_definitions(id, entity)),
                (PartPath::Test(id), Document::Test(test)) => {
                    tests.insert(id.clone(), test.clone());
                }
                _ => {}
            }
            if path.is_flow() || path == PartPath::Settings {
                flows.push((path, document));
            }
        }
        Ok(Self {
            settings: settings.ok_or(Error::NoSettings)?,
            graph: Graph::compile(flows),
            models,
            intents,
            #[expect(clippy::cast_possible_truncation, reason = "confidences are single precision")]
            threshold: Threshold::new(runtime.threshold as f32).unwrap_or(Threshold::ZERO),
            recogniser: recogniser(&definitions),
            tests,
        })
    }

    /// The bot's settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The bot's conversation tests.
    #[must_use]
    pub fn tests(&self) -> &BTreeMap<TestId, ConversationTest> {
        &self.tests
    }

    /// The compiled flows.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The models by language.
    #[must_use]
    pub fn models(&self) -> &BTreeMap<Language, Arc<Model>> {
        &self.models
    }

    /// What confidence an intent must exceed to be understood.
    #[must_use]
    pub fn threshold(&self) -> Threshold {
        self.threshold
    }

    /// A new session, in a language or in the bot's default one.
    #[must_use]
    pub fn session(&self, language: Option<Language>) -> Session {
        Session::new(&self.graph, language)
    }

    /// What the bot makes of a text. A language without a model understands
    /// nothing, but recognises entities.
    #[must_use]
    pub fn understand(&self, text: &str, language: &Language) -> Understanding {
        let mut scratch = Scratch::default();
        let mut intent_ranking = Vec::new();
        let mut intent = None;
        let language = self.language_with_model(language);
        if let Some(model) = self.models.get(&language) {
            let classification = model.classify(text, &mut scratch);
            intent = classification.best(self.threshold).and_then(|best| self.ranked(best.label, best.confidence));
            intent_ranking = classification
                .ranking()
                .take(RANKING)
                .filter_map(|ranked| self.ranked(ranked.label, ranked.confidence))
                .collect();
        }
        let entities = self
            .recogniser
            .iter()
            .flat_map(|recogniser| recogniser.find(text))
            .filter_map(|found| {
                let entity = EntityId::new(&found.entity).ok()?;
                Some(RecognisedEntity { entity, value: found.value, start: found.chars.start, end: found.chars.end })
            })
            .collect();
        Understanding { text: text.to_owned(), language, intent, intent_ranking, entities }
    }

    /// One turn of a conversation. Pure: the same arguments give the same turn.
    #[must_use]
    pub fn turn(&self, session: &Session, user: &UserInput) -> Turn {
        let (input, understanding) = match user {
            UserInput::Start => (Input::Start, None),
            UserInput::Text(text) => {
                let understanding = self.understand(text, &session.language);
                let input = Input::Text {
                    text: text.clone(),
                    intent: understanding.intent.as_ref().map(|intent| intent.id.clone()),
                    entities: understanding
                        .entities
                        .iter()
                        .map(|found| EntityValue::new(found.entity.clone(), found.value.clone()))
                        .collect(),
                };
                (input, Some(understanding))
            }
            UserInput::Button(payload) => (Input::Button { payload: payload.clone() }, None),
            UserInput::Event(event) => (Input::Event { event: event.clone() }, None),
            UserInput::HandlerResult(result) => (Input::HandlerResult(result.clone()), None),
            UserInput::Resume => (Input::Resume, None),
        };
        let done = step(&self.graph, session, &input);
        Turn { session: done.session, replies: done.replies, effects: done.effects, trace: done.trace, understanding }
    }

    /// The language itself, its primary subtag, or the bot's default: the first that has a model.
    fn language_with_model(&self, language: &Language) -> Language {
        let primary = language.as_str().split('-').next().and_then(|primary| Language::new(primary).ok());
        [Some(language.clone()), primary]
            .into_iter()
            .flatten()
            .find(|candidate| self.models.contains_key(candidate))
            .unwrap_or_else(|| {
                if self.models.contains_key(&self.settings.default_language) {
                    self.settings.default_language.clone()
                } else {
                    language.clone()
                }
            })
    }

    /// A label of a model as an intent. A label whose intent is gone is nothing.
    fn ranked(&self, label: &str, confidence: f32) -> Option<RankedIntent> {
        let (id, name) = self.intents.get(label)?;
        Some(RankedIntent { id: id.clone(), name: name.clone(), confidence })
    }
}

fn entity_definitions(id: &EntityId, entity: &Entity) -> Vec<EntityDefinition> {
    let mut definitions = Vec::new();
    if !entity.values.is_empty() {
        let values = entity
            .values
            .iter()
            .map(|(value, synonyms)| SynonymValue {
                value: value.clone(),
                synonyms: synonyms.iter().cloned().collect(),
            })
            .collect();
        definitions.push(EntityDefinition { id: id.to_string(), kind: EntityKind::Synonyms(values) });
    }
    for pattern in &entity.patterns {
        definitions.push(EntityDefinition { id: id.to_string(), kind: EntityKind::Regex(vec![pattern.clone()]) });
    }
    definitions
}

/// The recogniser of all definitions that compile.
fn recogniser(definitions: &[EntityDefinition]) -> Option<EntityRecogniser> {
    EntityRecogniser::new(definitions).ok().or_else(|| {
        let sound: Vec<EntityDefinition> = definitions
            .iter()
            .filter(|definition| EntityRecogniser::new(std::slice::from_ref(definition)).is_ok())
            .cloned()
            .collect();
        EntityRecogniser::new(&sound).ok()
    })
}
