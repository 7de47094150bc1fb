//! The way in from an address: `{bot}/{env}/{channel}` to the channel that it names.
//!
//! Whatever is not there looks the same from outside, so that nobody learns
//! which bots, environments and channels of another kind there are.

use axum::http::StatusCode;
use greenroom_bot::UserInput;
use greenroom_lifecycle::{Channel, ChannelId};
use greenroom_model::{BotId, EnvironmentId};
use greenroom_runtime::{Answer, Message, Place};
use greenroom_web::{AppState, Problem};
use serde::Deserialize;

/// How many characters a message may have.
pub(crate) const MAX_MESSAGE_CHARACTERS: usize = 10_000;

/// How many characters a sender's id may have.
const MAX_SENDER_CHARACTERS: usize = 200;

/// The parameters of a channel's address.
#[derive(Debug, Deserialize)]
pub(crate) struct Address {
    bot: String,
    env: String,
    channel: String,
}

/// A channel that was found.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) bot: BotId,
    pub(crate) environment: EnvironmentId,
    pub(crate) channel: Channel,
}

impl Door {
    /// The channel at an address.
    pub(crate) async fn find(app: &AppState, address: &Address) -> Result<Self, Problem> {
        let Address { bot, env, channel } = address;
        let (Ok(bot), Ok(environment), Ok(id)) = (bot.parse::<BotId>(), env.parse::<EnvironmentId>(), channel.parse())
        else {
            return Err(no_channel());
        };
        let id: ChannelId = id;
        let channel = app.lifecycle().channel(&bot, &environment, &id).await?.ok_or_else(no_channel)?;
        Ok(Self { bot, environment, channel })
    }

    /// Answers a message of a sender. Senders of different channels never share a conversation.
    pub(crate) async fn reply(&self, app: &AppState, sender: &str, message: Message) -> Result<Answer, Problem> {
        let place = Place::Environment(self.environment.clone());
        let message = message.by_channel(self.channel.id.as_str());
        Ok(app.reply(&self.bot, &place, &self.conversation(sender), &message).await?)
    }

    /// The name of a sender's conversation.
    pub(crate) fn conversation(&self, sender: &str) -> String {
        format!("{}:{sender}", self.channel.id)
    }
}

/// What an address says behind which there is no channel of the kind.
pub(crate) fn no_channel() -> Problem {
    let detail = "there is no such channel; its connect page shows the right address";
    Problem::new(StatusCode::NOT_FOUND, "channel_not_found", detail)
}

/// Whether a message is short enough.
pub(crate) fn check_length(input: &UserInput) -> Result<(), Problem> {
    let text = match input {
        UserInput::Text(text) | UserInput::Button(text) => text,
        _ => return Ok(()),
    };
    if text.chars().count() <= MAX_MESSAGE_CHARACTERS {
        return Ok(());
    }
    let detail = format!("a message has at most {MAX_MESSAGE_CHARACTERS} characters; shorten it");
    Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "message_too_long", detail))
}

/// Whether the id of a message is one.
pub(crate) fn check_message_id(id: &str) -> Result<(), Problem> {
    let length = id.chars().count();
    if (1..=MAX_SENDER_CHARACTERS).contains(&length) {
        return Ok(());
    }
    Err(Problem::invalid(format!("the id of a message has 1 to {MAX_SENDER_CHARACTERS} characters")))
}

/// Whether a sender's id is one.
pub(crate) fn check_sender(sender: &str) -> Result<(), Problem> {
    let length = sender.chars().count();
    if (1..=MAX_SENDER_CHARACTERS).contains(&length) {
        return Ok(());
    }
    Err(Problem::invalid(format!("the id of a sender or conversation has 1 to {MAX_SENDER_CHARACTERS} characters")))
}
