//! Messages and answers, as channels exchange them with the runtime.

use greenroom_bot::{Understanding, UserInput};
use greenroom_flow::{Reply, TraceStep};
use greenroom_model::{Digest, EnvironmentId, EventId, Language};
use serde::Serialize;

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
}

impl Message {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { input: UserInput::Text(text.into()), language: None }
    }

    /// A pressed button: the payload that came with it.
    pub fn button(payload: impl Into<String>) -> Self {
        Self { input: UserInput::Button(payload.into()), language: None }
    }

    /// An event.
    #[must_use]
    pub fn event(event: EventId) -> Self {
        Self { input: UserInput::Event(event), language: None }
    }

    /// The opening of a conversation.
    #[must_use]
    pub fn start() -> Self {
        Self { input: UserInput::Start, language: None }
    }

    /// The same in a language.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }
}

/// What the bot answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
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
}
