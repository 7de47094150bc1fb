//! The chat beside every page of a bot: messages in, replies and their explanation out.

use axum::response::{IntoResponse, Response};
use greenroom_flow::{Reply, ReplyAction, ReplyContent};
use greenroom_lifecycle::{Error, Reference};
use greenroom_model::Language;
use greenroom_runtime::{Message, Place};
use greenroom_web::{Json, Problem};
use serde::{Deserialize, Serialize};

use crate::chat_trace::{TraceLine, trace_lines};
use crate::frame::Side;
use crate::viewed::{Editing, Viewed};

/// The channel that transcripts name for messages from here.
const CHANNEL: &str = "console";

/// The addresses that buttons open.
const OPENED: [&str; 4] = ["https://", "http://", "mailto:", "tel:"];

/// What the page sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Said {
    conversation: String,
    act: Act,
    #[serde(default)]
    language: Option<Language>,
}

/// What the person did.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    Start,
    Text(String),
    Button(String),
}

/// What the page gets back.
#[derive(Debug, Serialize)]
pub(crate) struct Told {
    replies: Vec<ShownReply>,
    intents: Vec<ShownIntent>,
    is_understood: bool,
    trace: Vec<TraceLine>,
    variables: Vec<(String, String)>,
    contexts: Vec<String>,
    handed_over: bool,
}

#[derive(Debug, Serialize)]
struct ShownReply {
    text: String,
    buttons: Vec<ShownButton>,
    /// Cards, a picture, a list: shown in the place of the text, as the web chat does.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<ReplyContent>,
}

#[derive(Debug, Serialize)]
struct ShownButton {
    title: String,
    payload: Option<String>,
    url: Option<String>,
}

#[derive(Debug, Serialize)]
struct ShownIntent {
    name: String,
    href: String,
    /// 0 to 100.
    percent: f32,
    is_chosen: bool,
}

/// `POST …/{place}/chat`
pub(crate) async fn say(viewed: Viewed, Json(said): Json<Said>) -> Result<Response, Problem> {
    let conversation = conversation_of(&viewed, &said.conversation)?;
    let mut message = match said.act {
        Act::Start => Message::start(),
        Act::Text(text) => Message::text(text),
        Act::Button(payload) => Message::button(payload),
    }
    .by_channel(CHANNEL);
    message.language = said.language;
    let answer = viewed.app.reply(viewed.bot.id(), &place(&viewed), &conversation, &message).await?;
    let chosen = answer.understanding.as_ref().and_then(|understanding| understanding.intent.as_ref());
    let intents =
        answer.understanding.iter().flat_map(|understanding| &understanding.intent_ranking).take(5).map(|ranked| {
            ShownIntent {
                name: ranked.name.clone(),
                href: viewed.href(&format!("intents/{}", ranked.id)),
                percent: (ranked.confidence * 1000.0).round() / 10.0,
                is_chosen: chosen.is_some_and(|chosen| chosen.id == ranked.id),
            }
        });
    let told = Told {
        replies: answer.replies.iter().map(shown_reply).collect(),
        intents: intents.collect(),
        is_understood: answer.understanding.is_none() || chosen.is_some(),
        trace: trace_lines(&viewed, &answer.trace),
        variables: answer.variables.iter().map(|(id, value)| (id.to_string(), shown_value(value))).collect(),
        contexts: answer.contexts.iter().map(|(id, turns)| format!("{id} ({turns} more turns)")).collect(),
        handed_over: answer.handed_over,
    };
    Ok(Json(told).into_response())
}

fn place(viewed: &Viewed) -> Place {
    if viewed.side == Some(Side::Live) { Place::live() } else { Place::Draft }
}

/// A conversation of this person's console alone: nobody gets into a customer's.
fn conversation_of(viewed: &Viewed, name: &str) -> Result<String, Problem> {
    if name.is_empty() || name.len() > 64 || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(Problem::invalid("a conversation is named by 1 to 64 letters, digits and `-`"));
    }
    Ok(format!("console:{}:{name}", viewed.caller.user()))
}

fn shown_reply(reply: &Reply) -> ShownReply {
    let buttons = reply.all_buttons().map(|button| {
        let (payload, url) = match &button.action {
            ReplyAction::Payload(payload) => (Some(payload.clone()), None),
            // Other schemes could run something; the page looks too.
            ReplyAction::Url(url) if OPENED.iter().any(|scheme| url.starts_with(scheme)) => (None, Some(url.clone())),
            ReplyAction::Url(_) => (None, None),
        };
        ShownButton { title: button.title.clone(), payload, url }
    });
    let (text, content) = match &reply.content {
        Some(ReplyContent::Raw { channel, json }) => (format!("only on {channel}: {json}"), None),
        content => (reply.text.clone(), content.clone()),
    };
    ShownReply { text, buttons: buttons.collect(), content }
}

/// A value as people read it: texts without quotation marks.
pub(crate) fn shown_value(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What the page sends to make a conversation a test.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    conversation: String,
    name: String,
}

/// Where the new test is, and whether it passes on the draft.
#[derive(Debug, Serialize)]
pub(crate) struct KeptTest {
    href: String,
    passed: bool,
    /// What its author should know.
    notes: Vec<String>,
}

/// `POST …/draft/chat/test`: makes the conversation a test of the draft.
pub(crate) async fn keep_as_test(Editing(viewed): Editing, Json(kept): Json<Kept>) -> Result<Response, Problem> {
    let conversation = conversation_of(&viewed, &kept.conversation)?;
    let recording = match viewed.bot.recording(&Reference::Draft, &conversation).await {
        Err(Error::ConversationNotFound { .. }) => return Err(Error::NothingRecorded.into()),
        other => other?,
    };
    let saved = viewed.bot.save_as_test(kept.name.trim(), &recording).await?;
    let href = viewed.href(&format!("tests/{}", saved.id));
    Ok(Json(KeptTest { href, passed: saved.outcome.passed(), notes: saved.notes }).into_response())
}
