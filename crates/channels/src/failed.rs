//! Answers that could not be delivered: shown, sent again, thrown away.

use greenroom_model::{BotId, Record as _};
use greenroom_store::{Commit, Record, Store};
use jiff::Timestamp;
use serde::Serialize;

use crate::Error;
use crate::outbox::{Letter, conversation_name, failed, outbox, tell_of, waiting};

/// An answer that was not delivered within the time that there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedDelivery {
    /// Its id.
    pub id: String,
    /// The environment that the channel is of.
    pub environment: String,
    /// The channel.
    pub channel: String,
    /// The sender's name of the conversation.
    pub conversation: String,
    /// When the message came that it answers.
    pub received: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub error: String,
}

/// The answers that could not be delivered, oldest first: at most `most` of them.
///
/// # Errors
/// [`Error::Store`].
pub async fn failed_deliveries(store: &dyn Store, bot: &BotId, most: usize) -> Result<Vec<FailedDelivery>, Error> {
    let mut deliveries = Vec::new();
    for (record, letter) in waiting(store, &failed(bot)?, most).await? {
        let mut names = record.key.segments().skip(3);
        let mut next = || names.next().unwrap_or_default().to_owned();
        deliveries.push(FailedDelivery {
            environment: next(),
            channel: next(),
            id: next(),
            conversation: letter.conversation,
            received: letter.received,
            attempts: letter.attempts,
            error: letter.error.unwrap_or_default(),
        });
    }
    Ok(deliveries)
}

/// Sends an answer again that was given up: it has all its time once more.
///
/// # Errors
/// [`Error::DeliveryNotFound`], [`Error::Store`].
pub async fn retry_delivery(store: &dyn Store, bot: &BotId, id: &str) -> Result<(), Error> {
    let (record, mut letter) = find_failed(store, bot, id).await?;
    let now = Timestamp::now();
    letter.attempts = 0;
    letter.due = now;
    if let Some(answer) = &mut letter.answer {
        answer.time = now;
    } else {
        letter.received = now;
    }
    let mut names = record.key.segments().skip(3);
    let (environment, channel) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
    let conversation =
        outbox(bot)?.child(environment)?.child(channel)?.child(&conversation_name(&letter.conversation))?;
    let commit = Commit::new().delete(&record).create(conversation.child(record.key.name())?, letter.to_bytes());
    match store.commit(commit).await {
        Ok(_) => {
            tell_of(conversation);
            Ok(())
        }
        Err(greenroom_store::Error::Conflict { .. }) => Err(Error::DeliveryNotFound(id.to_owned())),
        Err(error) => Err(error.into()),
    }
}

/// Throws an answer away that was given up.
///
/// # Errors
/// [`Error::DeliveryNotFound`], [`Error::Store`].
pub async fn discard_delivery(store: &dyn Store, bot: &BotId, id: &str) -> Result<(), Error> {
    let (record, _) = find_failed(store, bot, id).await?;
    match store.commit(Commit::new().delete(&record)).await {
        Ok(_) => Ok(()),
        Err(greenroom_store::Error::Conflict { .. }) => Err(Error::DeliveryNotFound(id.to_owned())),
        Err(error) => Err(error.into()),
    }
}

async fn find_failed(store: &dyn Store, bot: &BotId, id: &str) -> Result<(Record, Letter), Error> {
    let prefix = failed(bot)?;
    let mut after = None;
    loop {
        let page = store.records(&prefix, after.as_ref(), 500).await?;
        let Some(last) = page.last() else { return Err(Error::DeliveryNotFound(id.chars().take(80).collect())) };
        after = Some(last.key.clone());
        if let Some(record) = page.into_iter().find(|record| record.key.name() == id) {
            let letter = Letter::from_bytes(&record.value)?;
            return Ok((record, letter));
        }
    }
}
