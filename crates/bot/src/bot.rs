//! The loaded bot and its turn.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use greenroom_flow::{
    Effect, EntityValue, Graph, HandlerReply, HttpAnswer, Input, Reply, Secrets, Session, TraceStep, step,
};
use greenroom_model::document::{ConversationTest, NlpRuntime, Settings};
use greenroom_model::{Document, EntityId, EventId, IntentId, Language, PartPath, TestId, VariableId};
use greenroom_nlp::{EntityContext, EntityModel, EntityRecogniser, Model, Scratch, SystemLanguage, Threshold};
use jiff::civil::DateTime;

use crate::entities::{definitions_of, recognised, recogniser};
use crate::{Error, Names, RankedIntent, Understanding};

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
    /// The models of learned entities; a language need not have one.
    entity_models: BTreeMap<Language, Arc<EntityModel>>,
    entities: BTreeSet<EntityId>,
    tests: BTreeMap<TestId, ConversationTest>,
    names: Names,
}

/// What a user does in one turn.
#[derive(Debug, Clone, PartialEq)]
pub enum UserInput {
    /// Opens the conversation.
    Start,
    /// Opens the conversation by a link of this name.
    Link(String),
    /// Says something.
    Text(String),
    /// Presses a button: the payload that was sent with it.
    Button(String),
    /// The channel or an embedder sends an event.
    Event(EventId),
    /// A handler answered, or failed with this message.
    HandlerResult(Result<HandlerReply, String>),
    /// A request was answered, or was not for this reason.
    HttpResult(Result<HttpAnswer, String>),
    /// The time of the timer with this number is over.
    Timeout(u64),
    /// An embedder reports an event that brings variables their values. Never from a customer.
    EventWith(EventId, BTreeMap<VariableId, serde_json::Value>),
    /// Anything, while the bot is switched off.
    Disabled,
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
    /// What must not be written down of what was said: transcripts and logs leave it out.
    pub secrets: Secrets,
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
        let mut entities = BTreeSet::new();
        let mut tests = BTreeMap::new();
        let mut flows = Vec::new();
        let mut names = Names::default();
        for (path, document) in parts {
            names.add(&path, &document);
            match (&path, &document) {
                (PartPath::Settings, Document::Settings(own)) => settings = Some(own.clone()),
                (PartPath::Intent(id), Document::Intent(intent)) => {
                    intents.insert(id.to_string(), (id.clone(), intent.name.clone()));
                }
                (PartPath::Runtime, Document::Runtime(own)) => runtime = own.clone(),
                (PartPath::Entity(id), Document::Entity(entity)) => {
                    definitions.extend(definitions_of(id, entity));
                    entities.insert(id.clone());
                }
                (PartPath::Test(id), Document::Test(test)) => {
                    tests.insert(id.clone(), test.clone());
                }
                _ => {}
            }
            if path.is_flow() || matches!(path, PartPath::Settings | PartPath::Entity(_)) {
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
            entity_models: BTreeMap::new(),
            entities,
            tests,
            names,
        })
    }

    /// The same with models of learned entities, by language.
    #[must_use]
    pub fn with_entity_models(mut self, models: BTreeMap<Language, Arc<EntityModel>>) -> Self {
        self.entity_models = models;
        self
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

    /// What its parts are called.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The compiled flows.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The models of learned entities, by language.
    #[must_use]
    pub fn entity_models(&self) -> &BTreeMap<Language, Arc<EntityModel>> {
        &self.entity_models
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

    /// A new session of a person of whom these values were kept: what
    /// [`Graph::kept_for_user`](greenroom_flow::Graph::kept_for_user) gave of an earlier one.
    #[must_use]
    pub fn session_of_user(
        &self,
        language: Option<Language>,
        kept: &BTreeMap<VariableId, serde_json::Value>,
    ) -> Session {
        Session::of_user(&self.graph, language, kept)
    }

    /// What the bot makes of a text. A language without a model understands
    /// nothing, but recognises entities. `now` is the date and time where the user
    /// is; without it no `tomorrow` is recognised.
    #[must_use]
    pub fn understand(&self, text: &str, language: &Language, now: Option<DateTime>) -> Understanding {
        let system_language = SystemLanguage::from_tag(language.as_str());
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
        let model = self.entity_models.get(&language).map(AsRef::as_ref);
        let context = EntityContext { model, language: system_language, now };
        let found = self.recogniser.iter().flat_map(|recogniser| recogniser.find(text, &context));
        let entities = found.flat_map(|found| recognised(found, &self.entities)).collect();
        Understanding { text: text.to_owned(), language, intent, intent_ranking, entities }
    }

    /// One turn of a conversation at no known time. Pure: the same arguments give the
    /// same turn.
    #[must_use]
    pub fn turn(&self, session: &Session, user: &UserInput) -> Turn {
        self.turn_at(session, user, None)
    }

    /// One turn of a conversation. `now` is the date and time where the user is, from
    /// which `tomorrow` is reckoned. Pure: the same arguments give the same turn.
    #[must_use]
    pub fn turn_at(&self, session: &Session, user: &UserInput, now: Option<DateTime>) -> Turn {
        let (input, understanding) = match user {
            UserInput::Start => (Input::Start, None),
            UserInput::Text(text) => {
                let heard = self.heard_language(text, session);
                let understanding = self.understand(text, heard.as_ref().unwrap_or(&session.language), now);
                let input = Input::Text {
                    text: text.clone(),
                    intent: understanding.intent.as_ref().map(|intent| intent.id.clone()),
                    entities: understanding
                        .entities
                        .iter()
                        .map(|found| EntityValue::new(found.entity.clone(), found.value.clone()))
                        .collect(),
                    language: heard,
                };
                (input, Some(understanding))
            }
            UserInput::Button(payload) => (Input::Button { payload: payload.clone() }, None),
            UserInput::Event(event) => (Input::event(event.clone()), None),
            UserInput::EventWith(event, variables) => {
                (Input::Event { event: event.clone(), variables: variables.clone() }, None)
            }
            UserInput::Link(link) => (Input::Link { link: link.clone() }, None),
            UserInput::HttpResult(result) => (Input::HttpResult(result.clone()), None),
            UserInput::Timeout(number) => (Input::Timeout { number: *number }, None),
            UserInput::Disabled => (Input::Disabled, None),
            UserInput::HandlerResult(result) => (Input::HandlerResult(result.clone()), None),
            UserInput::Resume => (Input::Resume, None),
        };
        let done = step(&self.graph, session, &input);
        Turn {
            session: done.session,
            replies: done.replies,
            effects: done.effects,
            trace: done.trace,
            secrets: done.secrets,
            understanding,
        }
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
