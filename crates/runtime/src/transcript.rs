//! What was said: every turn is kept beside the session that it led to, until
//! retention or the person it belongs to wants it gone.
//!
//! Turns of a place stand under names that sort the newest first, so that the
//! latest are read and the oldest are swept without looking at the others. A
//! second, empty record a turn finds those of one conversation.

use std::fmt;
use std::str::FromStr;

use greenroom_bot::{RankedIntent, RecognisedEntity, Understanding, UserInput};
use greenroom_flow::{Position, Reply};
use greenroom_model::{BotId, Digest, EventId, Language, Record as _};
use greenroom_store::{Commit, Expected, Key, layout};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::session::StoredSession;
use crate::{Error, Place, Runtime};

/// How many intents of a ranking a turn keeps.
const RANKING: usize = 5;

/// How many turns are deleted in one commit.
const BATCH: usize = 200;

/// The name of a turn; names sort the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TurnId(String);

impl TurnId {
    /// The turn of this number in a conversation. Two turns of one conversation
    /// have two numbers, even where the clock stands still.
    pub(crate) fn new(time: Timestamp, conversation: &str, number: u64) -> Self {
        let mut digest = Digest::of(format!("{number} {conversation}").as_bytes()).to_string();
        digest.truncate(16);
        Self(format!("{}-{digest}", newest_first(time)))
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

impl FromStr for TurnId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let sound = text.split_once('-').is_some_and(|(time, digest)| {
            time.len() == 20
                && digest.len() == 16
                && time.bytes().all(|byte| byte.is_ascii_digit())
                && digest.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        });
        if sound { Ok(Self(text.to_owned())) } else { Err(Error::InvalidTurnId(text.chars().take(80).collect())) }
    }
}

impl TryFrom<String> for TurnId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
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
    /// Said something.
    Text(String),
    /// Pressed a button: its payload.
    Button(String),
    /// The channel sent an event.
    Event(EventId),
    /// Another way on: a handler's result or the end of a handover.
    Other,
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
            UserInput::Start | UserInput::Link(_) => Self::Start,
            UserInput::Text(text) => Self::Text(text.clone()),
            UserInput::Button(payload) => Self::Button(payload.clone()),
            UserInput::Event(event) | UserInput::EventWith(event, _) => Self::Event(event.clone()),
            UserInput::HandlerResult(_)
            | UserInput::HttpResult(_)
            | UserInput::Timeout(_)
            | UserInput::Resume
            | UserInput::Disabled => Self::Other,
        }
    }
}

impl From<&StoredInput> for UserInput {
    /// What is known of it; another way on is told as the end of a handover.
    fn from(input: &StoredInput) -> Self {
        match input {
            StoredInput::Start => Self::Start,
            StoredInput::Text(text) => Self::Text(text.clone()),
            StoredInput::Button(payload) => Self::Button(payload.clone()),
            StoredInput::Event(event) => Self::Event(event.clone()),
            StoredInput::Other => Self::Resume,
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

impl StoredTurn {
    /// Adds the records of this turn to the commit that stores its session.
    pub(crate) fn keep(&self, commit: Commit, bot: &BotId, place: &Place) -> Result<Commit, Error> {
        let name = self.id.as_str();
        Ok(commit
            .put(layout::turns(bot, place.key())?.child(name)?, self.to_plain_bytes())
            .put(layout::conversation(bot, place.key(), &self.conversation)?.child(name)?, ""))
    }
}

impl Runtime {
    /// The turns of a place, the newest first: at most `limit` that are older than `after`.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn turns(
        &self,
        bot: &BotId,
        place: &Place,
        after: Option<&TurnId>,
        limit: usize,
    ) -> Result<Vec<StoredTurn>, Error> {
        let prefix = layout::turns(bot, place.key())?;
        let after = after.map(|after| prefix.child(after.as_str())).transpose()?;
        let page = self.store().records(&prefix, after.as_ref(), limit).await?;
        page.iter().map(|record| Ok(StoredTurn::from_bytes(&record.value)?)).collect()
    }

    /// The turns of one conversation, the newest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn conversation(
        &self,
        bot: &BotId,
        place: &Place,
        conversation: &str,
        after: Option<&TurnId>,
        limit: usize,
    ) -> Result<Vec<StoredTurn>, Error> {
        let prefix = layout::conversation(bot, place.key(), conversation)?;
        let after = after.map(|after| prefix.child(after.as_str())).transpose()?;
        let turns = layout::turns(bot, place.key())?;
        let mut found = Vec::new();
        for record in self.store().records(&prefix, after.as_ref(), limit).await? {
            if let Some(turn) = self.store().record(&turns.child(record.key.name())?).await? {
                found.push(StoredTurn::from_bytes(&turn.value)?);
            }
        }
        Ok(found)
    }

    /// Takes a turn out of the inbox; it stays in the transcript. `false` when
    /// there is no such turn, or it was settled before.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn settle(&self, bot: &BotId, place: &Place, turn: &TurnId) -> Result<bool, Error> {
        let key = layout::turns(bot, place.key())?.child(turn.as_str())?;
        loop {
            let Some(record) = self.store().record(&key).await? else { return Ok(false) };
            let stored = StoredTurn::from_bytes(&record.value)?;
            if !stored.open {
                return Ok(false);
            }
            let settled = StoredTurn { open: false, ..stored };
            match self.store().commit(Commit::new().swap(&record, settled.to_plain_bytes())).await {
                Ok(_) => return Ok(true),
                Err(greenroom_store::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Erases a conversation: its session and all that was said in it. Tells how many turns that were.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn erase(&self, bot: &BotId, place: &Place, conversation: &str) -> Result<usize, Error> {
        let session = self.store().record(&layout::session(bot, place.key(), conversation)?).await?;
        let person = session.map(|record| StoredSession::from_bytes(&record.value)).transpose()?;
        self.forget(bot, place, conversation).await?;
        if let Some(person) = person.and_then(|stored| stored.person) {
            let theirs = layout::conversation_of_person(bot, place.key(), &person, conversation)?;
            self.store().commit(delete(Commit::new(), theirs)).await?;
        }
        let prefix = layout::conversation(bot, place.key(), conversation)?;
        let turns = layout::turns(bot, place.key())?;
        let mut erased = 0;
        loop {
            let page = self.store().records(&prefix, None, BATCH).await?;
            if page.is_empty() {
                return Ok(erased);
            }
            erased += page.len();
            let mut commit = Commit::new();
            for record in page {
                commit = delete(commit, turns.child(record.key.name())?);
                commit = delete(commit, record.key);
            }
            self.store().commit(commit).await?;
        }
    }

    /// Deletes what was said in a place before a time. Tells how many turns that were.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn sweep(&self, bot: &BotId, place: &Place, before: Timestamp) -> Result<usize, Error> {
        let prefix = layout::turns(bot, place.key())?;
        // All later names in the order are older.
        let bound = prefix.child(&format!("{}-g", newest_first(before)))?;
        let mut swept = 0;
        loop {
            let page = self.store().records(&prefix, Some(&bound), BATCH).await?;
            if page.is_empty() {
                return Ok(swept);
            }
            swept += page.len();
            let mut commit = Commit::new();
            for record in page {
                let turn = StoredTurn::from_bytes(&record.value)?;
                let conversation = layout::conversation(bot, place.key(), &turn.conversation)?;
                commit = delete(commit, conversation.child(record.key.name())?);
                commit = delete(commit, record.key);
            }
            self.store().commit(commit).await?;
        }
    }
}

fn delete(commit: Commit, key: Key) -> Commit {
    commit.with(key, Expected::Any, None)
}
