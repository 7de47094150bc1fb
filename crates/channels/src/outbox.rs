//! What came in by webhooks and was not answered to its end yet, and what could
//! not be delivered: records in the store, so that a crash loses none.
//!
//! | key | record |
//! |---|---|
//! | `bots/BOT/outbox/ENVIRONMENT/CHANNEL/CONVERSATION/UUID` | a message and, once there is one, its answer; by time |
//! | `bots/BOT/outbox-failed/ENVIRONMENT/CHANNEL/UUID` | an answer that was given up |
//! | `bots/BOT/webhook-seen/ENVIRONMENT/CHANNEL/MESSAGE` | that a message came: it is not taken twice |

use std::collections::BTreeMap;
use std::sync::LazyLock;

use greenroom_bot::UserInput;
use greenroom_flow::Reply;
use greenroom_model::{BotId, Digest, EventId, Record as _, VariableId};
use greenroom_store::{Commit, Key, Record, Store};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::Error;
use crate::door::Door;

/// Tells the worker of this process that something came. It is a hint: the store
/// is the truth, and the worker looks there now and then whatever it hears.
static ARRIVALS: LazyLock<broadcast::Sender<Key>> = LazyLock::new(|| broadcast::channel(4_096).0);

/// Hears of what arrives in this process.
pub(crate) fn arrivals() -> broadcast::Receiver<Key> {
    ARRIVALS.subscribe()
}

/// Tells of what arrives; nobody listens where no worker runs.
pub(crate) fn tell_of(conversation: Key) {
    let _ = ARRIVALS.send(conversation);
}

/// A message and, once there is one, its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Letter {
    /// The id that the sender gave the message.
    pub(crate) message: String,
    /// The sender's name of the conversation.
    pub(crate) conversation: String,
    pub(crate) input: WrittenInput,
    /// Whose message it is, where the sender says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<String>,
    pub(crate) received: Timestamp,
    pub(crate) answer: Option<WrittenAnswer>,
    /// How often it was tried to answer or to deliver.
    pub(crate) attempts: u32,
    /// When to try next.
    pub(crate) due: Timestamp,
    /// Why the last attempt failed.
    pub(crate) error: Option<String>,
}

/// What the sender did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WrittenInput {
    Text(String),
    Payload(String),
    Start,
    Event {
        event: EventId,
        variables: BTreeMap<VariableId, Value>,
    },
    /// Nothing: the bot has said something by itself.
    Unasked,
}

/// What the bot says to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WrittenAnswer {
    pub(crate) replies: Vec<Reply>,
    pub(crate) handed_over: bool,
    pub(crate) time: Timestamp,
}

impl greenroom_model::Record for Letter {
    const WHAT: &'static str = "a message of a webhook";
    const FORMAT: u32 = 1;
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) time: Timestamp,
}

impl greenroom_model::Record for Seen {
    const WHAT: &'static str = "the trace of a message";
    const FORMAT: u32 = 1;
}

impl WrittenInput {
    /// What the sender did; `None` where the bot has said something by itself.
    pub(crate) fn into_user(self) -> Option<UserInput> {
        Some(match self {
            Self::Text(text) => UserInput::Text(text),
            Self::Payload(payload) => UserInput::Button(payload),
            Self::Start => UserInput::Start,
            Self::Event { event, variables } => UserInput::EventWith(event, variables),
            Self::Unasked => return None,
        })
    }
}

/// Puts a message down; `false` where it came before.
pub(crate) async fn put_down(store: &dyn Store, door: &Door, letter: &Letter) -> Result<bool, Error> {
    let conversation = conversation_key(door, &letter.conversation)?;
    let seen = seen_key(door, &letter.message)?;
    let trace = Seen { time: letter.received };
    let commit = Commit::new()
        .create(seen, trace.to_bytes())
        .create(conversation.child(&Uuid::now_v7().to_string())?, letter.to_bytes());
    match store.commit(commit).await {
        Ok(_) => {
            tell_of(conversation);
            Ok(true)
        }
        Err(greenroom_store::Error::Conflict { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// What is waiting below a key, in its order.
pub(crate) async fn waiting(store: &dyn Store, below: &Key, most: usize) -> Result<Vec<(Record, Letter)>, Error> {
    let records = store.records(below, None, most).await?;
    records
        .into_iter()
        .map(|record| {
            let letter = Letter::from_bytes(&record.value)?;
            Ok((record, letter))
        })
        .collect()
}

/// The conversations in which something waits.
pub(crate) async fn waiting_conversations(store: &dyn Store, bot: &BotId) -> Result<Vec<Key>, Error> {
    let outbox = outbox(bot)?;
    let mut conversations: Vec<Key> = Vec::new();
    let mut after: Option<Key> = None;
    loop {
        let page = store.records(&outbox, after.as_ref(), 500).await?;
        let Some(last) = page.last() else { return Ok(conversations) };
        after = Some(last.key.clone());
        for record in &page {
            let conversation = parent(&record.key)?;
            if conversations.last() != Some(&conversation) {
                conversations.push(conversation);
            }
        }
    }
}

/// Gives a letter up: it is kept aside and shown.
pub(crate) async fn park(store: &dyn Store, record: &Record, letter: &Letter) -> Result<(), Error> {
    let Place { bot, environment, channel, .. } = Place::of(&record.key)?;
    let key = failed(&bot)?.child(&environment)?.child(&channel)?.child(record.key.name())?;
    match store.commit(Commit::new().delete(record).create(key, letter.to_bytes())).await {
        Ok(_) | Err(greenroom_store::Error::Conflict { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// How many messages wait for an answer or for their answer to be taken.
///
/// # Errors
/// [`Error::Store`].
pub async fn waiting_deliveries(store: &dyn Store, bot: &BotId) -> Result<usize, Error> {
    let outbox = outbox(bot)?;
    let (mut count, mut after) = (0, None);
    loop {
        let page = store.records(&outbox, after.as_ref(), 500).await?;
        count += page.len();
        match page.last() {
            Some(last) => after = Some(last.key.clone()),
            None => return Ok(count),
        }
    }
}

/// Forgets which messages came before a time, and what was given up before it.
pub(crate) async fn sweep(store: &dyn Store, bot: &BotId, seen: Timestamp, given_up: Timestamp) -> Result<(), Error> {
    let below = Key::of(&["bots", bot.as_str(), "webhook-seen"])?;
    sweep_below(store, &below, |bytes| Ok(Seen::from_bytes(bytes)?.time < seen)).await?;
    sweep_below(store, &failed(bot)?, |bytes| Ok(Letter::from_bytes(bytes)?.received < given_up)).await
}

async fn sweep_below(
    store: &dyn Store,
    below: &Key,
    is_old: impl Fn(&[u8]) -> Result<bool, Error>,
) -> Result<(), Error> {
    let mut after: Option<Key> = None;
    loop {
        let page = store.records(below, after.as_ref(), 500).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.key.clone());
        let mut commit = Commit::new();
        for record in &page {
            if is_old(&record.value)? {
                commit = commit.with(record.key.clone(), greenroom_store::Expected::Any, None);
            }
        }
        store.commit(commit).await?;
    }
}

/// What a key of the outbox names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) bot: BotId,
    pub(crate) environment: String,
    pub(crate) channel: String,
}

impl Place {
    /// Of the key of a conversation or a letter.
    pub(crate) fn of(key: &Key) -> Result<Self, Error> {
        let names: Vec<&str> = key.segments().collect();
        match names.as_slice() {
            [_, bot, _, environment, channel, ..] => Ok(Self {
                bot: bot.parse().map_err(Error::Model)?,
                environment: (*environment).to_owned(),
                channel: (*channel).to_owned(),
            }),
            _ => Err(Error::DeliveryNotFound(key.to_string())),
        }
    }
}

pub(crate) fn outbox(bot: &BotId) -> Result<Key, Error> {
    Ok(Key::of(&["bots", bot.as_str(), "outbox"])?)
}

pub(crate) fn failed(bot: &BotId) -> Result<Key, Error> {
    Ok(Key::of(&["bots", bot.as_str(), "outbox-failed"])?)
}

fn conversation_key(door: &Door, conversation: &str) -> Result<Key, Error> {
    let below = outbox(&door.bot)?.child(door.environment.as_str())?.child(door.channel.id.as_str())?;
    Ok(below.child(&conversation_name(conversation))?)
}

pub(crate) fn conversation_name(conversation: &str) -> String {
    Digest::of(conversation.as_bytes()).to_string()
}

fn seen_key(door: &Door, message: &str) -> Result<Key, Error> {
    let message = Digest::of(message.as_bytes()).to_string();
    let bot = door.bot.as_str();
    Ok(Key::of(&["bots", bot, "webhook-seen", door.environment.as_str(), door.channel.id.as_str(), &message])?)
}

fn parent(key: &Key) -> Result<Key, Error> {
    let (parent, _) = key.as_str().rsplit_once('/').unwrap_or((key.as_str(), ""));
    Ok(Key::new(parent)?)
}
