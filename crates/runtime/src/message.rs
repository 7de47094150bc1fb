//! Messages and answers, as channels exchange them with the runtime.

use std::collections::BTreeMap;

use greenroom_bot::{Understanding, UserInput};
use greenroom_flow::{Position, Reply, TraceStep};
use greenroom_model::{ContextId, Digest, EnvironmentId, EventId, Language, VariableId};
use serde::Serialize;
use serde_json::Value;

use crate::TurnId;

/// Where a conversation takes place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// The draft as it stands, for its authors.
    Draft,
    /// What an environment runs.
    Environment(EnvironmentId),
}

impl Place {
    /// The environment that customers talk to.
    #[must_use]
    #[expect(clippy::expect_used, reason = "`live` is an id")]
    pub fn live() -> Self {
        Self::Environment(EnvironmentId::new("live").expect("`live` is an id"))
    }

    /// The place that keys call so.
    pub(crate) fn of_key(key: &str) -> Option<Self> {
        match key {
            "draft." => Some(Self::Draft),
            environment => EnvironmentId::new(environment).ok().map(Self::Environment),
        }
    }

    /// The word for it in keys: no environment can have a name with a dot.
    pub(crate) fn key(&self) -> &str {
        match self {
            Self::Draft => "draft.",
            Self::Environment(environment) => environment.as_str(),
        }
    }
}

/// What a customer sends.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// What the customer does.
    pub input: UserInput,
    /// The language of a conversation that this message begins; the bot's default where none is given.
    pub language: Option<Language>,
    /// The channel that it came by, for the transcript.
    pub channel: Option<String>,
    /// Names the message within its conversation: sent again, it gets the same
    /// answer and is not heard twice. Without one, each is a message of its own.
    pub id: Option<String>,
    /// Whose message it is, where the channel knows: what a person said can be
    /// exported and erased, and what flows keep of a person comes with them.
    pub person: Option<String>,
}

impl Message {
    /// What a customer does, whatever it is.
    #[must_use]
    pub fn new(input: UserInput) -> Self {
        Self { input, language: None, channel: None, id: None, person: None }
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(UserInput::Text(text.into()))
    }

    /// A pressed button: the payload that came with it.
    pub fn button(payload: impl Into<String>) -> Self {
        Self::new(UserInput::Button(payload.into()))
    }

    /// An event.
    #[must_use]
    pub fn event(event: EventId) -> Self {
        Self::new(UserInput::Event(event))
    }

    /// The opening of a conversation.
    #[must_use]
    pub fn start() -> Self {
        Self::new(UserInput::Start)
    }

    /// The same in a language.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// The same with an id, which the sender gives it; any text.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The same, of a person; any text.
    #[must_use]
    pub fn of_person(mut self, person: impl Into<String>) -> Self {
        self.person = Some(person.into());
        self
    }

    /// The same, by a channel.
    #[must_use]
    pub fn by_channel(mut self, channel: impl Into<String>) -> Self {
        self.channel = Some(channel.into());
        self
    }
}

/// What the bot answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// The name of the turn in the transcript.
    pub turn: TurnId,
    /// What it says, in order.
    pub replies: Vec<Reply>,
    /// What it made of the text, where the customer said one.
    pub understanding: Option<Understanding>,
    /// What was considered and done.
    pub trace: Vec<TraceStep>,
    /// The version that answered; none for the draft.
    pub version: Option<Digest>,
    /// Whether a person has taken over.
    pub handed_over: bool,
    /// Where the conversation waits now.
    pub position: Option<Position>,
    /// The variables that have a value now.
    pub variables: BTreeMap<VariableId, Value>,
    /// The contexts that are active now, and for how many further user turns.
    pub contexts: BTreeMap<ContextId, u32>,
    /// The language of the conversation.
    pub language: Language,
    /// Whether the message was answered before: then the replies are those that it
    /// got, the trace is blank, and all else is as the conversation now stands.
    pub repeated: bool,
}
