//! The documents of every part: what an author writes, typed.

mod conversation_test;
mod entity;
mod flow;
mod nlp;
mod rename;
mod settings;
mod text;

pub use conversation_test::{
    AnswersByCall, Called, ConversationTest, Expectation, ExpectedCall, ExpectedContext, ExpectedRaw, ExpectedReply,
    ExpectedText, Given, StubbedAnswer, StubbedAnswers, Turn, UserAct,
};
pub use entity::{Entity, Fuzziness, SystemEntity};
pub use flow::{
    Accept, ActionNode, BranchNode, Button, ButtonAction, Card, CardList, Case, Content, Context, EndNode, EventNode,
    FileContent, Flow, Handler, HandoverNode, HttpCall, HttpMethod, InputNode, IntentFilter, Interruptions, ItemList,
    JumpNode, JumpTo, Lifetime, ListItem, MAX_ALTERNATIVES, MAX_BUTTONS, MAX_CARDS, MAX_CASES, MAX_CONTENTS,
    MAX_LIST_ITEMS, MAX_NODES, MAX_OPTIONS, MAX_TRIGGERS, Media, MessageNode, Node, Prompt, RawContent, Retries, Said,
    SystemEvent, Trigger, TriggerOn, ValueType, Variable, WaitNode,
};
pub use nlp::{Annotation, Example, Examples, Intent, NlpRuntime, Training};
pub use rename::Renames;
pub use settings::{LanguageDetection, OpenSessions, SessionSettings, Settings};
pub use text::{Alternatives, LocalizedText};

use bytes::Bytes;

use crate::canonical::{from_json_strictly, from_value, to_canonical_bytes};
use crate::{Error, PartPath};

/// The largest document, in bytes of its canonical form: 16 MiB.
pub const MAX_DOCUMENT_BYTES: usize = 16 << 20;

/// The content of one part.
#[derive(Debug, Clone, PartialEq)]
pub enum Document {
    /// `settings`
    Settings(Settings),
    /// `flows/ID`
    Flow(Flow),
    /// `flows/contexts/ID`
    Context(Context),
    /// `flows/variables/ID`
    Variable(Variable),
    /// `flows/handlers/ID`
    Handler(Handler),
    /// `nlp/intents/ID`
    Intent(Intent),
    /// `nlp/examples/LANGUAGE/ID`
    Examples(Examples),
    /// `nlp/entities/ID`
    Entity(Entity),
    /// `nlp/training`
    Training(Training),
    /// `nlp/runtime`
    Runtime(NlpRuntime),
    /// `tests/ID`
    Test(ConversationTest),
}

/// Runs `$body` with `$it` bound to the typed document, whichever it is.
macro_rules! each_document {
    ($document:expr, $it:ident => $body:expr) => {
        match $document {
            Document::Settings($it) => $body,
            Document::Flow($it) => $body,
            Document::Context($it) => $body,
            Document::Variable($it) => $body,
            Document::Handler($it) => $body,
            Document::Intent($it) => $body,
            Document::Examples($it) => $body,
            Document::Entity($it) => $body,
            Document::Training($it) => $body,
            Document::Runtime($it) => $body,
            Document::Test($it) => $body,
        }
    };
}

/// Reads the document type that stands at `$path` with `$read`.
macro_rules! read_document {
    ($path:expr, $read:expr) => {
        match $path {
            PartPath::Settings => $read.map(Document::Settings),
            PartPath::Flow(_) => $read.map(Document::Flow),
            PartPath::Context(_) => $read.map(Document::Context),
            PartPath::Variable(_) => $read.map(Document::Variable),
            PartPath::Handler(_) => $read.map(Document::Handler),
            PartPath::Intent(_) => $read.map(Document::Intent),
            PartPath::Examples(..) => $read.map(Document::Examples),
            PartPath::Entity(_) => $read.map(Document::Entity),
            PartPath::Training => $read.map(Document::Training),
            PartPath::Runtime => $read.map(Document::Runtime),
            PartPath::Test(_) => $read.map(Document::Test),
        }
    };
}

impl Document {
    /// Reads the document of a part from JSON, strictly: unknown and repeated
    /// keys are errors. Sets come back sorted.
    ///
    /// # Errors
    /// [`Error::Document`] names the part, the place inside it and the fault.
    ///
    /// # Examples
    /// ```
    /// use greenroom_model::{Document, PartPath};
    ///
    /// let path: PartPath = "nlp/intents/greet".parse()?;
    /// let document = Document::from_json(&path, br#"{ "name": "greet" }"#)?;
    /// assert_eq!(document.to_bytes(&path)?, &br#"{"name":"greet"}"#[..]);
    ///
    /// let error = Document::from_json(&path, br#"{ "nmae": "greet" }"#).unwrap_err();
    /// assert!(error.to_string().starts_with("part `nlp/intents/greet`: at `nmae`: unknown field `nmae`"));
    /// # Ok::<(), greenroom_model::Error>(())
    /// ```
    pub fn from_json(path: &PartPath, json: &[u8]) -> Result<Self, Error> {
        let document: Result<Self, String> = read_document!(path, from_json_strictly(json));
        document.and_then(Self::canonical).map_err(|reason| Error::Document { path: path.clone(), reason })
    }

    /// Reads the document of a part from a JSON value.
    ///
    /// # Errors
    /// As [`Document::from_json`].
    pub fn from_value(path: &PartPath, value: serde_json::Value) -> Result<Self, Error> {
        let document: Result<Self, String> = read_document!(path, from_value(value));
        document.and_then(Self::canonical).map_err(|reason| Error::Document { path: path.clone(), reason })
    }

    /// The document as a JSON value.
    ///
    /// # Errors
    /// [`Error::Document`] when a number in it is not finite.
    pub fn to_value(&self, path: &PartPath) -> Result<serde_json::Value, Error> {
        each_document!(self, document => serde_json::to_value(document))
            .map_err(|error| Error::Document { path: path.clone(), reason: error.to_string() })
    }

    /// The canonical bytes: what is stored and hashed.
    ///
    /// # Errors
    /// [`Error::Document`] when the document stands at the wrong path, breaks a
    /// rule of its form (a range, a repeated id), or is larger than
    /// [`MAX_DOCUMENT_BYTES`].
    pub fn to_bytes(&self, path: &PartPath) -> Result<Bytes, Error> {
        let fail = |reason: String| Error::Document { path: path.clone(), reason };
        if !self.stands_at(path) {
            return Err(fail(format!("a document of kind {} cannot stand there", self.kind())));
        }
        let canonical = self.clone().canonical().map_err(fail)?;
        let bytes = each_document!(&canonical, document => to_canonical_bytes(document))
            .map_err(|error| fail(error.to_string()))?;
        if bytes.len() > MAX_DOCUMENT_BYTES {
            return Err(fail(format!(
                "it takes {} bytes, more than the {MAX_DOCUMENT_BYTES} that a part may have; split it",
                bytes.len()
            )));
        }
        Ok(Bytes::from(bytes))
    }

    /// The word for this kind of document.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Settings(_) => "settings",
            Self::Flow(_) => "flow",
            Self::Context(_) => "context",
            Self::Variable(_) => "variable",
            Self::Handler(_) => "handler",
            Self::Intent(_) => "intent",
            Self::Examples(_) => "examples",
            Self::Entity(_) => "entity",
            Self::Training(_) => "training",
            Self::Runtime(_) => "runtime",
            Self::Test(_) => "test",
        }
    }

    /// The name that people know it by, where documents of its kind have one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Settings(settings) => Some(&settings.name),
            Self::Flow(flow) => Some(&flow.name),
            Self::Context(context) => Some(&context.name),
            Self::Variable(variable) => Some(&variable.name),
            Self::Handler(handler) => Some(&handler.name),
            Self::Intent(intent) => Some(&intent.name),
            Self::Entity(entity) => Some(&entity.name),
            Self::Test(test) => Some(&test.name),
            Self::Examples(_) | Self::Training(_) | Self::Runtime(_) => None,
        }
    }

    fn stands_at(&self, path: &PartPath) -> bool {
        matches!(
            (self, path),
            (Self::Settings(_), PartPath::Settings)
                | (Self::Flow(_), PartPath::Flow(_))
                | (Self::Context(_), PartPath::Context(_))
                | (Self::Variable(_), PartPath::Variable(_))
                | (Self::Handler(_), PartPath::Handler(_))
                | (Self::Intent(_), PartPath::Intent(_))
                | (Self::Examples(_), PartPath::Examples(..))
                | (Self::Entity(_), PartPath::Entity(_))
                | (Self::Training(_), PartPath::Training)
                | (Self::Runtime(_), PartPath::Runtime)
                | (Self::Test(_), PartPath::Test(_))
        )
    }

    /// Sorts what is a set and checks the rules of form that types alone do not hold.
    fn canonical(mut self) -> Result<Self, String> {
        match &mut self {
            Self::Settings(settings) => settings.check()?,
            Self::Flow(flow) => flow.check()?,
            Self::Context(context) => context.check()?,
            Self::Variable(variable) => variable.check()?,
            Self::Handler(handler) => handler.check()?,
            Self::Intent(intent) => intent.check()?,
            Self::Examples(examples) => examples.canonicalize()?,
            Self::Entity(entity) => entity.canonicalize()?,
            Self::Training(training) => training.check()?,
            Self::Runtime(runtime) => runtime.check()?,
            Self::Test(test) => test.check()?,
        }
        Ok(self)
    }
}

/// A name that people read: not blank, at most 200 characters.
fn check_name(name: &str) -> Result<(), String> {
    if name.trim().is_empty() {
        return Err("at `name`: it is blank; give a name that people recognise".to_owned());
    }
    if name.chars().count() > 200 {
        return Err("at `name`: it is longer than 200 characters; move the rest into `description`".to_owned());
    }
    Ok(())
}
