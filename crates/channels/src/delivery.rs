//! Answers what came in by webhooks and delivers the answers: in order within a
//! conversation, side by side otherwise, again and again until they are taken or
//! a day has passed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use greenroom_flow::ReplyAction;
use greenroom_lifecycle::ChannelKind;
use greenroom_model::Record as _;
use greenroom_runtime::Message;
use greenroom_store::{Commit, Key, Record};
use greenroom_web::AppState;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;

use crate::Error;
use crate::door::Door;
use crate::outbox::{self, Letter, Place, WrittenAnswer};
use crate::signature::{SIGNATURE_HEADER, sign};
use crate::webhook_client::WebhookClient;

/// The header that names a delivery; it is the same each time that it is tried.
pub const DELIVERY_HEADER: &str = "x-greenroom-delivery";

/// How many calls may run at once to one channel, so that a slow one takes its own turns only.
const CALLS_OF_A_CHANNEL: usize = 8;

/// How often the store is searched for what no hint told of.
const SEARCH_EVERY: Duration = Duration::from_secs(10);

/// How often what is old is thrown away.
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);

/// For how long a message that came is known: its sender may send it again.
const SEEN_HOURS: i64 = 24;

/// For how long an answer that was given up is kept.
const GIVEN_UP_HOURS: i64 = 30 * 24;

/// How long the end waits for calls that are under way.
const LAST_CALLS: Duration = Duration::from_secs(12);

/// When what failed is tried again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// The wait after the first failure; it doubles with each.
    pub(crate) first: Duration,
    /// The longest wait.
    pub(crate) longest: Duration,
    /// After this time it is given up.
    pub(crate) whole: SignedDuration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(15 * 60),
            whole: SignedDuration::from_hours(24),
        }
    }
}

impl Patience {
    /// The wait after so many failures: between half and all of it, by chance
    /// (`chance` from 0 to 1), so that many do not come back at once.
    fn wait(&self, failures: u32, chance: f64) -> Duration {
        let doubled = self.first.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX));
        doubled.min(self.longest).mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
    }
}

/// Answers and delivers what came in by webhooks. One runs beside a server.
#[derive(Debug, Clone)]
pub struct DeliveryWorker {
    app: AppState,
    client: WebhookClient,
    patience: Patience,
    turns: Arc<Mutex<HashMap<Key, Arc<Semaphore>>>>,
    /// Nothing new is begun any more.
    ends: Arc<AtomicBool>,
}

/// What a conversation came to for now.
enum Outcome {
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
        let client = WebhookClient::new(app.settings().allow_private_webhooks)?;
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
    async fn work_on(&self, conversation: &Key) -> Outcome {
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

    /// Lets the bot answer. A crash between its answer and the commit that keeps
    /// it lets the bot hear the message once more: no message is lost.
    async fn answer(&self, door: &Door, letter: &Letter) -> Result<WrittenAnswer, String> {
        let message = Message::new(letter.input.clone().into());
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

/// Which conversations are worked on, and which wait for their time.
#[derive(Default)]
struct Desk {
    tasks: JoinSet<(Key, Outcome)>,
    under_way: HashSet<Key>,
    /// Something came while they were worked on.
    again: HashSet<Key>,
    later: BTreeMap<Key, Timestamp>,
}

impl Desk {
    /// Works on a conversation, unless it is worked on already, or waits for its
    /// time: what came new stands behind what waits there.
    fn take_up(&mut self, worker: &DeliveryWorker, conversation: Key, came_new: bool) {
        if self.under_way.contains(&conversation) {
            if came_new {
                self.again.insert(conversation);
            }
            return;
        }
        let waits = self.later.get(&conversation).is_some_and(|due| *due > Timestamp::now());
        if waits {
            return;
        }
        self.later.remove(&conversation);
        self.under_way.insert(conversation.clone());
        let worker = worker.clone();
        self.tasks.spawn(async move {
            let key = conversation.clone();
            // A task of its own, so that a panic ends this work alone.
            let work = tokio::spawn(async move { worker.work_on(&key).await });
            let outcome = work.await.unwrap_or_else(|error| {
                tracing::error!(%error, "a delivery ended badly; it is tried again");
                Outcome::Later(after(SEARCH_EVERY))
            });
            (conversation, outcome)
        });
    }

    fn put_by(&mut self, worker: &DeliveryWorker, ended: Result<(Key, Outcome), tokio::task::JoinError>) {
        let Ok((conversation, outcome)) = ended else { return };
        self.under_way.remove(&conversation);
        let again = self.again.remove(&conversation);
        match outcome {
            Outcome::Later(due) => {
                self.later.insert(conversation, due);
            }
            Outcome::Empty if again => self.take_up(worker, conversation, false),
            Outcome::Empty => {}
        }
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.later.values().min().copied()
    }

    fn take_up_due(&mut self, worker: &DeliveryWorker) {
        let now = Timestamp::now();
        let due: Vec<Key> =
            self.later.iter().filter(|(_, due)| **due <= now).map(|(conversation, _)| conversation.clone()).collect();
        due.into_iter().for_each(|conversation| self.take_up(worker, conversation, false));
    }
}

async fn wait_until(time: Option<Timestamp>) {
    match time {
        Some(time) => {
            let wait = Duration::try_from(time.duration_since(Timestamp::now())).unwrap_or_default();
            tokio::time::sleep(wait).await;
        }
        None => std::future::pending().await,
    }
}

fn after(wait: Duration) -> Timestamp {
    Timestamp::now().checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// A number from 0 to 1; without randomness the middle will do.
fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

/// What the receiver gets. Its `id` is the same each time that it is tried.
fn body(door: &Door, id: &str, letter: &Letter, answer: &WrittenAnswer) -> Value {
    let replies: Vec<Value> = answer
        .replies
        .iter()
        .map(|reply| {
            let buttons: Vec<Value> = reply
                .buttons
                .iter()
                .map(|button| match &button.action {
                    ReplyAction::Payload(payload) => json!({ "title": button.title, "payload": payload }),
                    ReplyAction::Url(url) => json!({ "title": button.title, "url": url }),
                })
                .collect();
            json!({ "text": reply.text, "buttons": buttons })
        })
        .collect();
    json!({
        "id": id,
        "bot": door.bot,
        "environment": door.environment,
        "channel": door.channel.id,
        "conversation": letter.conversation,
        "in_reply_to": letter.message,
        "time": answer.time,
        "replies": replies,
        "handed_over": answer.handed_over,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_vary_by_half() {
        let patience = Patience::default();
        let seconds = |failures, chance| patience.wait(failures, chance).as_secs_f64();
        assert_eq!((seconds(1, 0.0), seconds(1, 1.0)), (0.5, 1.0));
        assert_eq!((seconds(5, 0.0), seconds(5, 1.0)), (8.0, 16.0));
        assert_eq!((seconds(11, 1.0), seconds(400, 1.0), seconds(400, 0.0)), (900.0, 900.0, 450.0));
    }
}
