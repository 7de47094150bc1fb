//! What was said, as transcripts keep it.
//!
//! The runtime writes turns, lifecycle makes tests of them and replays them; what they have in
//! common is here.

mod calls;
mod redaction;

use std::fmt;
use std::str::FromStr;

use greenroom_flow::{Position, Reply};
use greenroom_model::document::{Called, StubbedAnswer};
use greenroom_model::{Digest, EventId, Language};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{RankedIntent, RecognisedEntity, Understanding, UserInput};

/// How many intents of a ranking a turn keeps.
const RANKING: usize = 5;

/// The name of a turn; names sort the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TurnId(String);

impl TurnId {
    /// The turn of this number in a conversation. Two turns of one conversation
    /// have two numbers, even where the clock stands still.
    #[must_use]
    pub fn new(time: Timestamp, conversation: &str, number: u64) -> Self {
        let mut digest = Digest::of(format!("{number} {conversation}").as_bytes()).to_string();
        digest.truncate(16);
        Self(format!("{}-{digest}", newest_first(time)))
    }

    /// A name that every turn at or after this time sorts before, and every earlier one after.
    #[must_use]
    pub fn before(time: Timestamp) -> String {
        format!("{}-g", newest_first(time))
    }

    /// The text that writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that sorts the later times first.
fn newest_first(time: Timestamp) -> String {
    let microseconds = u64::try_from(time.as_microsecond()).unwrap_or(0);
    format!("{:020}", u64::MAX - microseconds)
}

/// A text is not the name of a turn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the name of a turn; transcripts and the inbox tell them")]
pub struct InvalidTurnId(String);

impl FromStr for TurnId {
    type Err = InvalidTurnId;

    fn from_str(text: &str) -> Result<Self, InvalidTurnId> {
        let sound = text.split_once('-').is_some_and(|(time, digest)| {
            time.len() == 20
                && digest.len() == 16
                && time.bytes().all(|byte| byte.is_ascii_digit())
                && digest.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        });
        if sound { Ok(Self(text.to_owned())) } else { Err(InvalidTurnId(text.chars().take(80).collect())) }
    }
}

impl TryFrom<String> for TurnId {
    type Error = InvalidTurnId;

    fn try_from(text: String) -> Result<Self, InvalidTurnId> {
        text.parse()
    }
}

impl From<TurnId> for String {
    fn from(id: TurnId) -> Self {
        id.0
    }
}

impl fmt::Display for TurnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One turn as it is kept: what a person did, and what the bot made of it and said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredTurn {
    /// Its name.
    pub id: TurnId,
    /// The conversation, as its channel names it.
    pub conversation: String,
    /// When.
    pub time: Timestamp,
    /// The channel that it came by, where one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// What the person did.
    pub input: StoredInput,
    /// What the bot made of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub understanding: Option<StoredUnderstanding>,
    /// What was called in it and how that answered, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<StoredCall>,
    /// What it said.
    pub replies: Vec<Reply>,
    /// The version that answered; none for the draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Digest>,
    /// Whose conversation it is, where the channel knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Where the conversation then waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Whether nobody has settled it yet: a text that stands in the inbox.
    pub open: bool,
}

impl greenroom_model::Record for StoredTurn {
    const WHAT: &'static str = "a turn of a conversation";
    const FORMAT: u32 = 1;
}

/// What a person did in a turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoredInput {
    /// Opened the conversation.
    Start,
    /// Opened it by a link of this name.
    Link(String),
    /// Said something.
    Text(String),
    /// Pressed a button: its payload.
    Button(String),
    /// The channel sent an event.
    Event(EventId),
    /// Waited until the time of the timer with this number was over.
    Timeout(u64),
    /// Got the conversation back from the person who had taken over.
    Resume,
    /// Said something while the bot was switched off.
    Disabled,
    /// Another way on: what was called answered after a crash.
    Other,
}

/// What was called in a turn, and how it answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredCall {
    /// The handler, or the node that sent the request.
    pub called: Called,
    /// What came back: of a request's answer what the flow took from it. Nothing where that was
    /// more than 16 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<StubbedAnswer>,
}

/// What the bot made of a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredUnderstanding {
    /// The language whose model was asked.
    pub language: Language,
    /// The intent that was understood; none: not understood.
    pub intent: Option<RankedIntent>,
    /// The most confident intents; at most five.
    pub intent_ranking: Vec<RankedIntent>,
    /// The entities.
    pub entities: Vec<RecognisedEntity>,
}

impl From<&UserInput> for StoredInput {
    fn from(input: &UserInput) -> Self {
        match input {
            UserInput::Start => Self::Start,
            UserInput::Link(link) => Self::Link(link.clone()),
            UserInput::Text(text) => Self::Text(text.clone()),
            UserInput::Button(payload) => Self::Button(payload.clone()),
            UserInput::Event(event) | UserInput::EventWith(event, _) => Self::Event(event.clone()),
            UserInput::Timeout(number) => Self::Timeout(*number),
            UserInput::Resume => Self::Resume,
            UserInput::Disabled => Self::Disabled,
            UserInput::HandlerResult(_) | UserInput::HttpResult(_) => Self::Other,
        }
    }
}

impl From<&StoredInput> for UserInput {
    /// What is known of it; another way on is told as the end of a handover.
    fn from(input: &StoredInput) -> Self {
        match input {
            StoredInput::Start => Self::Start,
            StoredInput::Link(link) => Self::Link(link.clone()),
            StoredInput::Text(text) => Self::Text(text.clone()),
            StoredInput::Button(payload) => Self::Button(payload.clone()),
            StoredInput::Event(event) => Self::Event(event.clone()),
            StoredInput::Timeout(number) => Self::Timeout(*number),
            StoredInput::Disabled => Self::Disabled,
            StoredInput::Resume | StoredInput::Other => Self::Resume,
        }
    }
}

impl From<&Understanding> for StoredUnderstanding {
    fn from(understanding: &Understanding) -> Self {
        Self {
            language: understanding.language.clone(),
            intent: understanding.intent.clone(),
            intent_ranking: understanding.intent_ranking.iter().take(RANKING).cloned().collect(),
            entities: understanding.entities.clone(),
        }
    }
}
