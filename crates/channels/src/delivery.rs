//! Answers what came in by webhooks and delivers the answers: in order within a
//! conversation, side by side otherwise, again and again until they are taken or
//! a day has passed.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use greenroom_flow::Reply;
use greenroom_lifecycle::ChannelKind;
use greenroom_model::Record as _;
use greenroom_runtime::Message;
use greenroom_store::{Commit, Key, Record};
use greenroom_web::AppState;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Mutex, Semaphore};

use crate::Error;
use crate::delivered::body;
use crate::desk::{Desk, wait_until};
use crate::door::Door;
use crate::guarded_client::GuardedClient;
use crate::outbox::{self, Letter, Place, WrittenAnswer, WrittenInput};
use crate::outgoing_policy::OutgoingPolicy;
use crate::patience::{Patience, chance};
use crate::signature::{SIGNATURE_HEADER, sign};

/// The header that names a delivery; it is the same each time that it is tried.
pub const DELIVERY_HEADER: &str = "x-greenroom-delivery";

/// How many calls may run at once to one channel, so that a slow one takes its own turns only.
const CALLS_OF_A_CHANNEL: usize = 8;

/// How often the store is searched for what no hint told of.
pub(crate) const SEARCH_EVERY: Duration = Duration::from_secs(10);

/// How often what is old is thrown away.
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);

/// For how long a message that came is known: its sender may send it again.
const SEEN_HOURS: i64 = 24;

/// For how long an answer that was given up is kept.
const GIVEN_UP_HOURS: i64 = 30 * 24;

/// How long the end waits for calls that are under way.
const LAST_CALLS: Duration = Duration::from_secs(12);

/// Answers and delivers what came in by webhooks. One runs beside a server.
#[derive(Debug, Clone)]
pub struct DeliveryWorker {
    app: AppState,
    client: GuardedClient,
    patience: Patience,
    turns: Arc<Mutex<HashMap<Key, Arc<Semaphore>>>>,
    /// Nothing new is begun any more.
    ends: Arc<AtomicBool>,
}

/// What is left to deliver of a conversation.
pub(crate) enum Outcome {
    /// Nothing waits any more.
    Empty,
    /// The next one is tried at this time.
    Later(Timestamp),
}

impl DeliveryWorker {
    /// Whether it may call private networks, the app's settings say.
    ///
    /// # Errors
    /// [`Error::Client`] where the system has no certificates to trust.
    pub fn new(app: AppState) -> Result<Self, Error> {
        let client = GuardedClient::new(
            OutgoingPolicy::public().with_private_networks(app.settings().allow_private_webhooks).with_any_port(),
        )?;
        Ok(Self { app, client, patience: Patience::default(), turns: Arc::default(), ends: Arc::default() })
    }

    #[cfg(test)]
    pub(crate) fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Works until `shutdown` is ready, and then ends the calls that are under
    /// way. What waits is in the store: the next worker goes on with it.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut arrivals = outbox::arrivals();
        let mut search = tokio::time::interval(SEARCH_EVERY);
        let mut sweep = tokio::time::interval(SWEEP_EVERY);
        let mut desk = Desk::default();
        loop {
            let next = desk.next_due();
            tokio::select! {
                () = &mut shutdown => break,
                arrived = arrivals.recv() => match arrived {
                    Ok(conversation) => desk.take_up(&self, conversation, true),
                    // Too many at once: the store knows them all.
                    Err(RecvError::Lagged(_)) => self.search(&mut desk).await,
                    Err(RecvError::Closed) => tokio::time::sleep(SEARCH_EVERY).await,
                },
                Some(ended) = desk.tasks.join_next() => desk.put_by(&self, ended),
                () = wait_until(next) => desk.take_up_due(&self),
                _ = search.tick() => self.search(&mut desk).await,
                _ = sweep.tick() => self.sweep().await,
            }
        }
        self.ends.store(true, Ordering::Relaxed);
        let last_calls = async { while desk.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST_CALLS, last_calls).await.is_err() {
            tracing::warn!("deliveries were cut off at the end; they are tried again at the next start");
        }
    }

    /// Looks for conversations that nobody told of, such as those before a restart.
    async fn search(&self, desk: &mut Desk) {
        let bots = match self.app.lifecycle().bots().await {
            Ok(bots) => bots,
            Err(error) => return tracing::error!(%error, "the outbox cannot be searched"),
        };
        for bot in bots {
            match outbox::waiting_conversations(&**self.app.store(), &bot).await {
                Ok(conversations) => {
                    conversations.into_iter().for_each(|conversation| desk.take_up(self, conversation, false));
                }
                Err(error) => tracing::error!(%error, %bot, "the outbox cannot be searched"),
            }
        }
    }

    async fn sweep(&self) {
        let before = |hours| Timestamp::now().checked_sub(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MIN);
        let bots = self.app.lifecycle().bots().await.unwrap_or_default();
        for bot in bots {
            let swept = outbox::sweep(&**self.app.store(), &bot, before(SEEN_HOURS), before(GIVEN_UP_HOURS)).await;
            if let Err(error) = swept {
                tracing::error!(%error, %bot, "what is old in the outbox cannot be thrown away");
            }
        }
    }

    /// Goes on with one conversation as far as it goes now.
    pub(crate) async fn work_on(&self, conversation: &Key) -> Outcome {
        match self.try_work_on(conversation).await {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::error!(%error, "a conversation of a webhook cannot be gone on with; it is tried again");
                Outcome::Later(after(self.patience.longest.min(Duration::from_secs(30))))
            }
        }
    }

    async fn try_work_on(&self, conversation: &Key) -> Result<Outcome, Error> {
        let store = &**self.app.store();
        loop {
            let waiting = outbox::waiting(store, conversation, 1).await?;
            let Some((record, letter)) = waiting.into_iter().next() else { return Ok(Outcome::Empty) };
            if self.ends.load(Ordering::Relaxed) {
                return Ok(Outcome::Later(letter.due));
            }
            if letter.due > Timestamp::now() {
                return Ok(Outcome::Later(letter.due));
            }
            let Some(door) = self.door(&record.key).await? else {
                let error = Some("the channel was removed".to_owned());
                outbox::park(store, &record, &Letter { error, ..letter }).await?;
                continue;
            };
            if letter.answer.is_none() && letter.input == WrittenInput::Unasked {
                self.take_unasked(&door, &record, &letter).await?;
                continue;
            }
            let done = match &letter.answer {
                None => self.answer(&door, &letter).await.map(Some),
                Some(answer) => self.deliver(&door, &record, &letter, answer).await.map(|()| None),
            };
            let commit = match done {
                Ok(Some(answer)) => {
                    let due = answer.time;
                    let answered = Letter { answer: Some(answer), attempts: 0, due, error: None, ..letter };
                    Commit::new().swap(&record, answered.to_bytes())
                }
                Ok(None) => Commit::new().delete(&record),
                Err(error) => match self.failed(letter, error) {
                    Failed::GivenUp(letter) => {
                        tracing::warn!(delivery = record.key.name(), "a delivery to a webhook was given up");
                        outbox::park(store, &record, &letter).await?;
                        continue;
                    }
                    Failed::Later(letter) => Commit::new().swap(&record, letter.to_bytes()),
                },
            };
            match store.commit(commit).await {
                Ok(_) | Err(greenroom_store::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The channel as it is now; none where it is a webhook no more.
    async fn door(&self, key: &Key) -> Result<Option<Door>, Error> {
        let place = Place::of(key)?;
        let (Ok(environment), Ok(id)) = (place.environment.parse(), place.channel.parse()) else { return Ok(None) };
        let channel = self.app.lifecycle().channel(&place.bot, &environment, &id).await?;
        let webhook = channel.filter(|channel| matches!(channel.kind, ChannelKind::Webhook { .. }));
        Ok(webhook.map(|channel| Door { bot: place.bot, environment, channel }))
    }

    /// Takes what the bot has said by itself as the letter's answer; where an answer has brought it
    /// already, nothing is left to deliver.
    async fn take_unasked(&self, door: &Door, record: &Record, letter: &Letter) -> Result<(), Error> {
        let time = Timestamp::now();
        let keep = |replies: &[Reply]| {
            let answer = WrittenAnswer { replies: replies.to_vec(), handed_over: false, time };
            let answered = Letter { answer: Some(answer), due: time, ..letter.clone() };
            Commit::new().swap(record, answered.to_bytes())
        };
        let place = greenroom_runtime::Place::Environment(door.environment.clone());
        let conversation = door.conversation(&letter.conversation);
        let taken = self.app.runtime().take_unsaid_into(&door.bot, &place, &conversation, keep).await?;
        if taken.is_empty() {
            match self.app.store().commit(Commit::new().delete(record)).await {
                Ok(_) | Err(greenroom_store::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Lets the bot answer. After a crash between its answer and the commit that
    /// keeps it the message is told once more, under its id, and gets the same answer.
    async fn answer(&self, door: &Door, letter: &Letter) -> Result<WrittenAnswer, String> {
        let Some(input) = letter.input.clone().into_user() else { return Err("nobody said anything".to_owned()) };
        let mut message = Message::new(input).with_id(&letter.message);
        message.person.clone_from(&letter.person);
        let answer = door.reply(&self.app, &letter.conversation, message).await.map_err(|problem| problem.detail)?;
        Ok(WrittenAnswer { replies: answer.replies, handed_over: answer.handed_over, time: Timestamp::now() })
    }

    async fn deliver(
        &self,
        door: &Door,
        record: &Record,
        letter: &Letter,
        answer: &WrittenAnswer,
    ) -> Result<(), String> {
        let ChannelKind::Webhook { url, secret } = &door.channel.kind else { return Ok(()) };
        let id = record.key.name();
        let body = Bytes::from(body(door, id, letter, answer).to_string());
        let turns = self.turns_of(&record.key).await;
        let turn = turns.acquire().await.map_err(|error| error.to_string())?;
        let signature = sign(secret.expose(), Timestamp::now().as_second(), &body);
        let headers = [(SIGNATURE_HEADER, signature), (DELIVERY_HEADER, id.to_owned())];
        let status = self.client.post(url, &headers, body).await?;
        drop(turn);
        match status {
            200..=299 => Ok(()),
            300..=399 => Err(format!("the receiver redirects ({status}), which is not followed; change the address")),
            _ => Err(format!("the receiver answered with status {status}")),
        }
    }

    /// The calls that a channel may have under way.
    async fn turns_of(&self, key: &Key) -> Arc<Semaphore> {
        let channel: Vec<&str> = key.segments().take(5).collect();
        let mut turns = self.turns.lock().await;
        let key = Key::of(&channel).unwrap_or_else(|_| key.clone());
        Arc::clone(turns.entry(key).or_insert_with(|| Arc::new(Semaphore::new(CALLS_OF_A_CHANNEL))))
    }

    fn failed(&self, letter: Letter, error: String) -> Failed {
        let now = Timestamp::now();
        let since = letter.answer.as_ref().map_or(letter.received, |answer| answer.time);
        let attempts = letter.attempts.saturating_add(1);
        let wait = self.patience.wait(attempts, chance());
        let due = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        let letter = Letter { attempts, due, error: Some(error), ..letter };
        if due.duration_since(since) > self.patience.whole { Failed::GivenUp(letter) } else { Failed::Later(letter) }
    }
}

enum Failed {
    GivenUp(Letter),
    Later(Letter),
}

pub(crate) fn after(wait: Duration) -> Timestamp {
    Timestamp::now().checked_add(wait).unwrap_or(Timestamp::MAX)
}
