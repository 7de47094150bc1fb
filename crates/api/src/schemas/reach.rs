//! Environments, channels, links to the draft, and what people said by them.
#![expect(dead_code, reason = "types that only the document reads")]

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What an environment keeps to itself; it is never published.
#[derive(ToSchema)]
#[schema(as = EnvironmentSettings)]
pub(crate) struct EnvironmentSettingsSchema {
    /// For how many days transcripts are kept.
    #[schema(minimum = 1, maximum = 3650)]
    retention_days: u32,
}

/// A link by which people without an account chat with the draft.
#[derive(ToSchema)]
#[schema(as = DraftPreview)]
pub(crate) struct DraftPreviewSchema {
    /// By which it is revoked.
    id: String,
    /// What it is for.
    name: String,
    /// Who made it.
    by: String,
    #[schema(format = DateTime)]
    created: String,
    #[schema(format = DateTime)]
    expires: String,
}

/// A channel, without its secret. What is set beside depends on the kind.
#[derive(ToSchema)]
#[schema(as = Channel)]
pub(crate) struct ChannelSchema {
    /// As it stands in addresses.
    id: String,
    /// How people tell it from others.
    name: String,
    /// `web_chat`, `rest`, `webhook` or `terminal`.
    kind: String,
}

/// One turn of a conversation as it is kept.
#[derive(ToSchema)]
#[schema(as = Turn)]
pub(crate) struct TurnSchema {
    id: String,
    /// The conversation, as its channel names it.
    conversation: String,
    #[schema(format = DateTime)]
    time: String,
    /// The channel that it came by.
    channel: Option<String>,
    /// What the person did: `start`, or an object `text`, `button` or `event`.
    input: Value,
    /// What the bot made of a text: `language`, `intent`, `intent_ranking`, `entities`.
    understanding: Option<Value>,
    /// What it said.
    replies: Vec<Value>,
    /// The digest of the version that answered; none for the draft.
    version: Option<String>,
    /// Whose conversation it is, where the channel knows.
    person: Option<String>,
    /// Where the conversation then waits.
    position: Option<Value>,
    /// Whether it stands in the inbox.
    open: bool,
}

/// All that is known of a person.
#[derive(ToSchema)]
#[schema(as = Person)]
pub(crate) struct PersonSchema {
    /// The person, as channels name them.
    person: String,
    /// What flows keep of them from one conversation to the next, by variable.
    #[schema(value_type = Object)]
    kept: Value,
    /// Their conversations.
    conversations: Vec<ConversationSchema>,
}

/// All that is known of a conversation.
#[derive(ToSchema)]
#[schema(as = Conversation)]
pub(crate) struct ConversationSchema {
    /// The conversation, as its channel names it.
    conversation: String,
    /// Its language; none where its state is gone.
    language: Option<String>,
    /// When somebody last said something.
    #[schema(format = DateTime)]
    seen: Option<String>,
    /// The variables that have a value, sensitive ones among them.
    #[schema(value_type = Object)]
    variables: Value,
    /// What was said, the oldest first, without sensitive values.
    turns: Vec<TurnSchema>,
}

/// What is set of a channel; its secret is made by the server.
#[derive(Deserialize, ToSchema)]
#[schema(as = ChannelSettings)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ChannelSettingsSchema {
    /// The command line of whoever has the store.
    Terminal,
    /// A chat on web pages, and on a page of its own.
    WebChat {
        /// The pages that it may stand on, such as `https://shop.example`.
        origins: Option<Vec<String>>,
        /// What stands above it; the bot's name where there is none.
        #[schema(max_length = 100)]
        title: Option<String>,
        /// What stands beside the closed chat.
        #[schema(max_length = 200)]
        greeting: Option<String>,
        #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
        colour: Option<String>,
        position: Option<LauncherPositionSchema>,
        /// The language of its conversations; the bot's default where none is given.
        language: Option<String>,
    },
    /// Messages by HTTP, answered at once, in the shape of Rasa's REST channel.
    Rest {
        /// Which pages may use it from a browser: `any`, or an object `only` with their origins.
        #[schema(value_type = Option<Value>)]
        origins: Option<String>,
        /// Whether callers must show a token.
        token: Option<bool>,
    },
    /// Signed messages in both directions: what comes in is answered by a call of ours.
    Webhook {
        /// Where answers go.
        #[schema(pattern = "^https?://[a-z0-9.-]+(/[a-z0-9./_-]*)?$")]
        url: String,
    },
}

/// At which corner the chat opens.
#[derive(Deserialize, ToSchema)]
#[schema(as = LauncherPosition)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LauncherPositionSchema {
    End,
    Start,
}
