//! A process that answers messages until it is killed: lines in, lines out. It is
//! this test's own binary, told by the environment to be the child.

use std::fs::OpenOptions;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use greenroom::flow::HandlerReply;
use greenroom::runtime::{EffectLimits, Handler, HandlerCall, HandlerError, Handlers, Message, Place, Runtime};
use greenroom::store_sqlite::SqliteStore;

use crate::desk::shop;

/// Names the store to the child.
pub(crate) const STORE: &str = "GREENROOM_TEST_CHILD";

/// What parts the words of a line.
pub(crate) const PART: char = '\u{1f}';

/// Writes each payment down, as a bank would.
struct Bank(PathBuf);

#[async_trait]
impl Handler for Bank {
    async fn call(&self, call: &HandlerCall) -> Result<HandlerReply, HandlerError> {
        let mut book = OpenOptions::new().append(true).create(true).open(&self.0).unwrap();
        book.write_all(format!("{} {:?}\n", call.conversation, call.input).as_bytes()).unwrap();
        // Long enough for some to be killed amid it.
        tokio::time::sleep(Duration::from_millis(1)).await;
        Ok(HandlerReply::default())
    }
}

/// As a test of its own it does nothing.
#[test]
fn answers_lines_until_it_is_killed() {
    let Ok(store) = std::env::var(STORE) else { return };
    let store = PathBuf::from(store);
    let executor = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    executor.block_on(async {
        let bank = Arc::new(Bank(store.with_extension("book")));
        let limits = EffectLimits { timeout: Duration::from_millis(500), ..EffectLimits::default() };
        let runtime = Runtime::new(Arc::new(SqliteStore::open(&store).await.unwrap()))
            .with_handlers(Handlers::new().with("pay", bank))
            .with_effect_limits(limits);
        let (lines, mut incoming) = tokio::sync::mpsc::channel::<String>(1_024);
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines() {
                let Ok(line) = line else { return };
                if lines.blocking_send(line).is_err() {
                    return;
                }
            }
        });
        while let Some(line) = incoming.recv().await {
            let runtime = runtime.clone();
            tokio::spawn(async move {
                let mut words = line.split(PART);
                let (conversation, id, text) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
                let message = Message::text(text).with_id(id);
                let said = match runtime.reply(&shop(), &Place::live(), conversation, &message).await {
                    Ok(answer) => answer.replies.last().map(|reply| reply.text.clone()).unwrap_or_default(),
                    Err(error) => format!("error: {error}"),
                };
                println!("{PART}{conversation}{PART}{id}{PART}{said}");
            });
        }
    });
}
