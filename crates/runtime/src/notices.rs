//! What a runtime tells its host: that a flow raised an event, that a person is
//! asked for, that something was said which nobody has asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use greenroom_bot::Turn;
use greenroom_flow::{Effect, Handover, Reply};
use greenroom_model::{BotId, EventId};
use serde_json::Value;

use crate::stage::Scene;
use crate::{Place, Runtime, StoredTurn, TurnId};

/// How many turns of the transcript come with a handover.
const TRANSCRIPT: usize = 100;

/// Something that the host may want to know.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Notice {
    /// The bot.
    pub bot: BotId,
    /// Where the conversation takes place.
    pub place: Place,
    /// The conversation.
    pub conversation: String,
    /// The turn in which it happened.
    pub turn: TurnId,
    /// What happened.
    pub what: Happening,
}

/// What happened in a conversation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Happening {
    /// A flow raised an event.
    Event {
        /// Which.
        event: EventId,
        /// What else there is to tell.
        data: BTreeMap<String, Value>,
    },
    /// A person is to take over. The bot is silent until the conversation is given
    /// back: [`UserInput::Resume`](greenroom_bot::UserInput::Resume).
    Handover {
        /// Whom to, and what to know.
        handover: Handover,
        /// What was said, the newest first; at most 100 turns, sensitive values left out.
        transcript: Vec<StoredTurn>,
    },
    /// The bot said something when nobody had asked, as after a wait. Where the
    /// host does not bring it to the person, it comes with the next answer; who
    /// does fetches it by [`Runtime::take_unsaid`].
    Said {
        /// What it said.
        replies: Vec<Reply>,
    },
}

/// Hears of what happens.
///
/// # Contract for implementors
/// A notice is given once, after the commit of its turn, on a task of its own; a
/// crash right after the commit may lose it. Notices of one conversation may
/// overtake each other: their turns tell the order.
#[async_trait]
pub trait Observer: Send + Sync {
    /// Something happened.
    async fn notice(&self, notice: Notice);
}

impl Runtime {
    /// Tells the observer of what a stored step came to.
    pub(crate) fn tell(&self, scene: &Scene, id: &TurnId, turn: &Turn, to_nobody: bool) {
        let Some(observer) = &self.observer else { return };
        let mut happenings: Vec<Happening> = turn.effects.iter().filter_map(happening).collect();
        if to_nobody && !turn.replies.is_empty() {
            happenings.push(Happening::Said { replies: turn.replies.clone() });
        }
        if happenings.is_empty() {
            return;
        }
        let (runtime, observer) = (self.clone(), Arc::clone(observer));
        let (bot, place, conversation) = (scene.bot.clone(), scene.place.clone(), scene.conversation.clone());
        let id = id.clone();
        tokio::spawn(async move {
            for mut what in happenings {
                if let Happening::Handover { transcript, .. } = &mut what {
                    let turns = runtime.conversation(&bot, &place, &conversation, None, TRANSCRIPT).await;
                    *transcript = turns.unwrap_or_else(|error| {
                        tracing::warn!(%error, %bot, "a handover is told of without its transcript");
                        Vec::new()
                    });
                }
                let (bot, place) = (bot.clone(), place.clone());
                observer
                    .notice(Notice { bot, place, conversation: conversation.clone(), turn: id.clone(), what })
                    .await;
            }
        });
    }
}

fn happening(effect: &Effect) -> Option<Happening> {
    match effect {
        Effect::Event { event, data } => Some(Happening::Event { event: event.clone(), data: data.clone() }),
        Effect::Handover(handover) => Some(Happening::Handover { handover: handover.clone(), transcript: Vec::new() }),
        Effect::Call { .. } | Effect::Http(_) | Effect::Timer { .. } => None,
    }
}
