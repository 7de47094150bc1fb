//! What bots say when nobody has asked, as after a wait: on its way to those whom a
//! webhook reaches. All others get it with their next answer.

use std::sync::Arc;

use async_trait::async_trait;
use greenroom_lifecycle::{ChannelKind, Lifecycle};
use greenroom_runtime::{Happening, Notice, Observer, Place};
use greenroom_store::Store;
use jiff::Timestamp;

use crate::Error;
use crate::door::Door;
use crate::outbox::{Letter, WrittenInput, put_down};

/// Puts down what a bot has said unasked in a conversation of a webhook, for the
/// [`DeliveryWorker`](crate::DeliveryWorker) to deliver. Register it by
/// [`Runtime::with_observer`](greenroom_runtime::Runtime::with_observer).
///
/// What a crash keeps from being put down comes with the next answer.
#[derive(Clone)]
pub struct UnaskedReplies {
    store: Arc<dyn Store>,
    lifecycle: Lifecycle,
}

impl std::fmt::Debug for UnaskedReplies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnaskedReplies").finish_non_exhaustive()
    }
}

impl UnaskedReplies {
    /// Of the bots of a store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { lifecycle: Lifecycle::new(store.clone()), store }
    }

    async fn put_down(&self, notice: Notice) -> Result<(), Error> {
        let (Happening::Said { .. }, Place::Environment(environment)) = (&notice.what, notice.place) else {
            return Ok(());
        };
        // The name that a door gives its conversations.
        let Some((channel, sender)) = notice.conversation.split_once(':') else { return Ok(()) };
        let Ok(channel) = channel.parse() else { return Ok(()) };
        let found = self.lifecycle.channel(&notice.bot, &environment, &channel).await?;
        let Some(channel) = found.filter(|channel| matches!(channel.kind, ChannelKind::Webhook { .. })) else {
            return Ok(());
        };
        let door = Door { bot: notice.bot, environment, channel };
        let now = Timestamp::now();
        let letter = Letter {
            message: format!("unasked:{}", notice.turn),
            conversation: sender.to_owned(),
            input: WrittenInput::Unasked,
            person: None,
            received: now,
            answer: None,
            attempts: 0,
            due: now,
            error: None,
        };
        put_down(&*self.store, &door, &letter).await.map(|_| ())
    }
}

#[async_trait]
impl Observer for UnaskedReplies {
    async fn notice(&self, notice: Notice) {
        let (bot, conversation) = (notice.bot.clone(), notice.conversation.clone());
        if let Err(error) = self.put_down(notice).await {
            tracing::warn!(%error, %bot, conversation, "what was said unasked comes with the next answer only");
        }
    }
}
