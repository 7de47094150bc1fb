//! A bot that counts what it hears and pays by a handler, and the store and
//! handlers to try it with.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use greenroom_flow::HandlerReply;
use greenroom_lifecycle::Lifecycle;
use greenroom_model::document::Settings;
use greenroom_model::{BotId, Digest, Document};
use greenroom_runtime::{Answer, EffectLimits, Handler, HandlerCall, HandlerError, Handlers, Message, Place, Runtime};
use greenroom_store::{Commit, Committed, Error, Key, MemoryStore, Record, Store};
use jiff::Timestamp;

const PARTS: &[(&str, &str)] = &[
    ("flows/variables/card", r#"{"name": "card", "sensitive": true}"#),
    ("flows/variables/nickname", r#"{"name": "nickname", "lifetime": "user"}"#),
    ("flows/handlers/on_and_on", r#"{"name": "on and on"}"#),
    (
        "flows/card",
        r#"{"name": "Card", "start": "ask", "triggers": [{"button": "card"}], "nodes": {
            "ask": {"input": {"variable": "card", "ask": {"text": {"en": "which card?"}}, "next": "ok"}},
            "ok": {"message": {"text": {"en": "paid by {{ card }}"}}}}}"#,
    ),
    (
        "flows/nickname",
        r#"{"name": "Nickname", "start": "ask", "triggers": [{"button": "nickname"}], "nodes": {
            "ask": {"input": {"variable": "nickname", "skip_when_known": true, "ask": {"text": {"en": "who?"}}, "next": "ok"}},
            "ok": {"message": {"text": {"en": "hi {{ nickname }}"}}}}}"#,
    ),
    (
        "flows/reminder",
        r#"{"name": "Reminder", "start": "wait", "triggers": [{"button": "remind"}], "nodes": {
            "wait": {"wait": {"events": {"paid": "thanks"}, "seconds": 7200, "on_timeout": "remind"}},
            "remind": {"message": {"text": {"en": "still there?"}}},
            "thanks": {"message": {"text": {"en": "thanks"}}}}}"#,
    ),
    (
        "flows/person",
        r#"{"name": "Person", "start": "tell", "triggers": [{"button": "person"}], "nodes": {
            "tell": {"event": {"event": "wanted", "data": {"by": "{{ heard }}"}, "next": "over"}},
            "over": {"handover": {"text": {"en": "one moment"}, "to": "sales"}}}}"#,
    ),
    (
        "flows/loop",
        r#"{"name": "Loop", "start": "call", "triggers": [{"button": "loop"}], "nodes": {
            "call": {"action": {"call": "on_and_on", "next": "call", "on_error": "call"}}}}"#,
    ),
    (
        "flows/ask",
        r#"{"name": "Ask", "start": "ask", "triggers": [{"button": "ask"}], "nodes": {
            "ask": {"action": {"http": {"url": "https://api.example.com/orders/7", "into": {"receipt": "/number"},
                "retries": 2}, "next": "ok", "on_error": "sorry"}},
            "ok": {"message": {"text": {"en": "order {{ receipt }}"}}},
            "sorry": {"message": {"text": {"en": "sorry"}}}}}"#,
    ),
    ("flows/variables/heard", r#"{"name": "heard", "type": "number", "default": 0}"#),
    ("flows/variables/receipt", r#"{"name": "receipt"}"#),
    ("flows/handlers/pay", r#"{"name": "pay"}"#),
    (
        "flows/hello",
        r#"{"name": "Hello", "start": "count", "triggers": [{"system": "not_understood"}], "nodes": {
            "count": {"action": {"set": {"heard": "{{ heard + 1 }}"}, "next": "say"}},
            "say": {"message": {"text": {"en": "heard {{ heard }}"}}}}}"#,
    ),
    (
        "flows/pay",
        r#"{"name": "Pay", "start": "wait", "triggers": [{"button": "pay"}], "nodes": {
            "wait": {"message": {"text": {"en": "one moment"}, "next": "count"}},
            "count": {"action": {"set": {"heard": "{{ heard + 1 }}"}, "next": "call"}},
            "call": {"action": {"call": "pay", "next": "paid", "on_error": "sorry"}},
            "paid": {"message": {"text": {"en": "paid"}}},
            "sorry": {"message": {"text": {"en": "sorry"}}}}}"#,
    ),
];

/// The bot's name.
pub(crate) fn shop() -> BotId {
    "shop".parse().unwrap()
}

/// A store with the bot in it.
pub(crate) async fn store() -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    fill(store.clone()).await;
    store
}

/// Puts the bot into a store.
pub(crate) async fn fill(store: Arc<dyn Store>) {
    let settings = Settings::new("Shop", "en".parse().unwrap());
    let bot = Lifecycle::new(store).create(&shop(), settings).await.unwrap();
    for (path, json) in PARTS {
        let path = path.parse().unwrap();
        bot.put(&path, Document::from_json(&path, json.as_bytes()).unwrap()).await.unwrap();
    }
}

/// A runtime with a handler that pays.
pub(crate) fn runtime(store: Arc<dyn Store>, handler: Arc<dyn Handler>) -> Runtime {
    Runtime::new(store)
        .with_handlers(Handlers::new().with("pay", handler))
        .with_clock(Arc::new(|| Timestamp::from_second(1_000).unwrap()))
        .with_chance(Arc::new(|| 0.5))
}

/// Limits that let tests of time end soon where time is not paused.
pub(crate) fn short() -> EffectLimits {
    let milliseconds = std::time::Duration::from_millis;
    EffectLimits { timeout: milliseconds(50), message_timeout: milliseconds(100), ..EffectLimits::default() }
}

/// Says something in a conversation with the draft.
pub(crate) async fn say(runtime: &Runtime, conversation: &str, message: Message) -> Vec<String> {
    texts(&runtime.reply(&shop(), &Place::Draft, conversation, &message).await.unwrap())
}

/// What an answer says.
pub(crate) fn texts(answer: &Answer) -> Vec<String> {
    answer.replies.iter().map(|reply| reply.text.clone()).collect()
}

/// A press of the button that pays.
pub(crate) fn pay() -> Message {
    Message::button("pay")
}

/// What a handler does when it is called for the n-th time, from 0.
type Act = Box<dyn Fn(usize) -> Result<HandlerReply, HandlerError> + Send + Sync>;

/// A handler that counts its calls.
pub(crate) struct Till {
    pub(crate) calls: AtomicUsize,
    act: Act,
    /// Each call waits for a permit.
    pub(crate) open: tokio::sync::Semaphore,
}

impl Till {
    /// One that does this at once.
    pub(crate) fn new(act: impl Fn(usize) -> Result<HandlerReply, HandlerError> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { calls: AtomicUsize::new(0), act: Box::new(act), open: tokio::sync::Semaphore::new(1_000) })
    }

    /// One that pays.
    pub(crate) fn paying() -> Arc<Self> {
        Self::new(|_| Ok(HandlerReply::default()))
    }

    /// One that pays once it is let.
    pub(crate) fn closed() -> Arc<Self> {
        let act: Act = Box::new(|_| Ok(HandlerReply::default()));
        Arc::new(Self { calls: AtomicUsize::new(0), act, open: tokio::sync::Semaphore::new(0) })
    }

    /// How often it was called.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Handler for Till {
    async fn call(&self, _: &HandlerCall) -> Result<HandlerReply, HandlerError> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        self.open.acquire().await.unwrap().forget();
        (self.act)(number)
    }
}

/// A store whose process ends at a commit: from then on nothing is answered.
pub(crate) struct Dying {
    pub(crate) store: Arc<MemoryStore>,
    /// How many commits are carried out and acknowledged.
    pub(crate) commits: AtomicUsize,
    /// Whether the last one is carried out, though nobody hears of it.
    pub(crate) carries_out_the_last: bool,
    dead: std::sync::atomic::AtomicBool,
}

impl Dying {
    pub(crate) fn after(store: Arc<MemoryStore>, commits: usize, carries_out_the_last: bool) -> Arc<Self> {
        let commits = AtomicUsize::new(commits);
        Arc::new(Self { store, commits, carries_out_the_last, dead: false.into() })
    }

    fn alive(&self) -> Result<(), Error> {
        match self.dead.load(Ordering::SeqCst) {
            false => Ok(()),
            true => Err(dead()),
        }
    }
}

fn dead() -> Error {
    Error::Unavailable { place: "here".into(), reason: "the process has ended".into() }
}

#[async_trait]
impl Store for Dying {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, Error> {
        self.alive()?;
        self.store.objects(digests).await
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Error> {
        self.alive()?;
        self.store.look_up(keys).await
    }

    async fn records(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        self.alive()?;
        self.store.records(prefix, after, limit).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, Error> {
        self.alive()?;
        if self.commits.load(Ordering::SeqCst) == 0 {
            self.dead.store(true, Ordering::SeqCst);
            if self.carries_out_the_last {
                self.store.commit(commit).await?;
            }
            return Err(dead());
        }
        self.commits.fetch_sub(1, Ordering::SeqCst);
        self.store.commit(commit).await
    }
}
